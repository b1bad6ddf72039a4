"""The cases: a list to choose from, and the one chosen beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from scc_admin.i18n import N_
from scc_admin.model import CaseRow, CaseState, Changes, Situation
from scc_admin.words import CASE_STATES, SITUATIONS
from ui.messages import Banner
from ui.moderation.incident import NAME, IncidentForm, open_incident
from ui.moderation.sheet import CaseView
from ui.moderation.words import called
from ui.screen import Shell
from ui.tables import Cell, Column, RowsModel, Table, Tag
from ui.theme import Space
from ui.widgets import (
    CASE_STATE_LOOK,
    EmptyState,
    SearchField,
    Tone,
    margins,
    plain,
    splitter,
)

_CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class _Listed:
    rows: Sequence[CaseRow]
    unfinished: bool
    """Whether an incident was begun and not logged."""
    filtered: bool
    owed: int
    """Cases that wait for something that is late."""


class CasesPane(QWidget):
    """Filters, the list, and the case in focus."""

    case_shown = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        tr = shell.tr.tr
        self._wanted: int | None = None
        self.search = SearchField(shell.icons, tr(N_("Search the cases")))
        self.states = QComboBox()
        self.states.setAccessibleName(tr(N_("State")))
        self.states.addItem(tr(N_("All states")), None)
        for state in CaseState:
            icon, color = CASE_STATE_LOOK[state]
            self.states.addItem(shell.icons.icon(icon, color), tr(CASE_STATES[state]), state.value)
        self.situations = QComboBox()
        self.situations.setAccessibleName(tr(N_("Situation")))
        self.situations.addItem(tr(N_("All situations")), None)
        self.situations.addItem(shell.icons.icon("block", "block"), tr(N_("Critical")), _CRITICAL)
        for situation in Situation:
            self.situations.addItem(tr(SITUATIONS[situation]), situation.value)
        for combo in (self.states, self.situations):
            combo.setMinimumContentsLength(8)
            combo.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            combo.currentIndexChanged.connect(lambda _i: self.read())
        self.search.searched.connect(lambda _text: self.read())
        self.resume = Banner(shell.icons)
        self.table = Table(shell.theme, shell.icons, tr(N_("Cases")), two_lines=True)
        self.table.horizontalHeader().hide()
        self.model: RowsModel[CaseRow] = RowsModel(
            [Column(tr(N_("Cases")), self._cell)], lambda row: row.id
        )
        self.table.use(self.model)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(lambda _id: self.focus_case())
        self.none = EmptyState(
            shell.icons,
            "moderation",
            tr(N_("No case yet")),
            tr(N_("Log an incident")),
            lambda: open_incident(shell),
            detail=tr(N_("A case begins with what was seen: a comment, a link, a picture.")),
        )
        self.nothing = EmptyState(
            shell.icons,
            "search",
            tr(N_("Nothing found")),
            tr(N_("Show all cases")),
            self.show_all,
        )
        self.stack = QStackedWidget()
        for page in (self.table, self.none, self.nothing):
            self.stack.addWidget(page)
        self.count = plain(role="small")

        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(Space.LARGE, Space.MEDIUM, 0, Space.SMALL)
        column.setSpacing(Space.SMALL)
        column.addWidget(self.search)
        filters = QHBoxLayout()
        margins(filters, 0, Space.SMALL)
        filters.addWidget(self.states, 1)
        filters.addWidget(self.situations, 1)
        column.addLayout(filters)
        column.addWidget(self.resume)
        column.addWidget(self.stack, 1)
        column.addWidget(self.count)
        self.view = CaseView(shell)
        self.view.loaded.connect(self.case_shown)
        left.setMinimumWidth(shell.theme.px(240))
        self.view.setMinimumWidth(shell.theme.px(420))
        self.split = splitter(left, self.view, (340, 760))
        self.split.setStretchFactor(0, 0)
        self.split.setStretchFactor(1, 1)
        outer = QVBoxLayout(self)
        margins(outer, 0, 0)
        outer.addWidget(self.split)

    # -- reading --------------------------------------------------------------------------------

    def show_all(self) -> None:
        """Take every filter away."""
        self.search.clear()
        self.states.setCurrentIndex(0)
        self.situations.setCurrentIndex(0)
        self.read()

    def read(self) -> None:
        moderation = self.shell.workspace.moderation
        text = self.search.text()
        state, situation = self.states.currentData(), self.situations.currentData()
        filtered = bool(text.strip() or state or situation)
        today = self.shell.tr.local(self.shell.clock()).date()

        def read() -> _Listed:
            rows = moderation.cases(
                states=[CaseState(state)] if state else (),
                situations=[Situation(situation)] if situation not in (None, _CRITICAL) else (),
                critical=True if situation == _CRITICAL else None,
                text=text,
            )
            owed = {deadline.case_id for deadline in moderation.deadlines(today)}
            return _Listed(rows, NAME in moderation.unfinished.names(), filtered, len(owed))

        self.shell.tasks.read(self, read, self._arrived, key="cases")

    def refresh(self, changes: Changes) -> None:
        self.read()
        self.view.refresh(changes)

    def _arrived(self, listed: _Listed) -> None:
        tr = self.shell.tr
        wanted, self._wanted = self._wanted, None
        shown = wanted or self.view.case_id
        self.model.set_rows(listed.rows)
        empty = self.nothing if listed.filtered else self.none
        focused: QWidget | None = self.window().focusWidget()
        had_focus = focused is not None and self.stack.isAncestorOf(focused)
        self.stack.setCurrentWidget(self.table if listed.rows else empty)
        if had_focus:
            self.focus_list()
        self.shell.window.show_badge("moderation", listed.owed)
        self.count.setText(tr.ntr("{n} case", "{n} cases", len(listed.rows)))
        if listed.unfinished:
            self.resume.show_message(
                Tone.INFO,
                tr.tr(N_("An incident was begun and not logged.")),
                [(tr.tr(N_("Go on")), lambda: open_incident(self.shell))],
            )
        else:
            self.resume.hide()
        if shown is not None and not self.table.select_id(shown) and wanted is not None:
            # Asked for from elsewhere, and hidden by a filter: it is shown all the same.
            self.view.open_case(shown)
        elif shown is None:
            self.table.select_first()

    def _cell(self, row: CaseRow) -> Cell:
        tr = self.shell.tr
        icon, _ = CASE_STATE_LOOK[row.state]
        seen = tr.ntr("{n} comment", "{n} comments", row.incidents)
        tags = (Tag(tr.tr(N_("Critical")), "block", "block"),) if row.critical else ()
        return Cell(
            f"{called(self.shell, row.person, row.name)} – {row.title}",
            " · ".join(
                (
                    row.number,
                    tr.tr(CASE_STATES[row.state]),
                    seen,
                    tr.day(tr.local(row.last_event_at).date()),
                )
            ),
            tags=tags,
            icon=icon,
            color="text",
        )

    # -- choosing -------------------------------------------------------------------------------

    def open_case(self, case_id: int) -> None:
        """Show a case asked for from elsewhere."""
        self._wanted = case_id
        self.view.open_case(case_id)
        self.read()

    def _picked(self, case_id: int) -> None:
        if case_id >= 0 and case_id != self.view.case_id:
            self.view.open_case(case_id)

    def focus_list(self) -> None:
        """Put the focus on the list, or on what stands in its place."""
        empty = self.stack.currentWidget()
        if isinstance(empty, EmptyState) and empty.button is not None:
            empty.button.setFocus()
        else:
            self.table.setFocus()

    def focus_case(self) -> None:
        """Go into the case."""
        self.view.timeline.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def log_incident(self) -> IncidentForm:
        return open_incident(self.shell)

    def panes(self) -> Sequence[QWidget]:
        return (self.search, self.table, *self.view.panes())
