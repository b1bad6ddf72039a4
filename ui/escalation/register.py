"""The register of confidentiality incidents, with its eight items."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from scc_admin.i18n import N_
from scc_admin.model import Ground, Situation
from scc_admin.moderation.register import (
    ITEMS,
    ConfidentialityIncident,
    ConfidentialityInput,
    lines_due,
)
from ui.files import save_as, saved
from ui.forms import Field, FormDialog
from ui.messages import Banner
from ui.moderation.erasing import approver_field, ground_field
from ui.screen import Shell
from ui.tables import Cell, Column, RowsModel, Table, Tag
from ui.theme import Space
from ui.widgets import (
    EmptyState,
    Scroll,
    Section,
    Tone,
    button,
    clear,
    margins,
    plain,
    splitter,
    stack,
)

_LONG = frozenset({"information", "circumstances", "risk", "notices", "measures"})


@dataclass(frozen=True, slots=True)
class _Listed:
    lines: Sequence[ConfidentialityIncident]
    owed: Sequence[tuple[int, str]]
    """Cases of this kind, by id and number, that stand in no line yet."""
    due: frozenset[int]
    """Lines whose time is over."""


class RegisterPane(QWidget):
    """The lines at the left, the one in focus at the right."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        tr = shell.tr.tr
        self._listed: _Listed | None = None
        self.band = Banner(shell.icons)
        self.table = Table(shell.theme, shell.icons, tr(N_("Register")), two_lines=True)
        self.model: RowsModel[ConfidentialityIncident] = RowsModel(
            [
                Column(tr(N_("Incident")), self._line, stretch=1),
                Column(tr(N_("Noticed on")), self._noticed, width=130),
            ],
            lambda line: line.id,
        )
        self.table.use(self.model)
        self.table.picked.connect(lambda _id: self._show())
        self.table.opened.connect(lambda _id: self.edit())
        self.none = EmptyState(
            shell.icons,
            "lock",
            tr(N_("The register is empty")),
            tr(N_("Add a line")),
            self.add,
            detail=tr(N_("The law asks that every confidentiality incident be written in it.")),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.none)
        self.detail = Scroll(padding=Space.LARGE, spacing=Space.SMALL)
        self.detail.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.detail.setAccessibleName(tr(N_("The line in focus")))
        self.detail.setMinimumWidth(shell.theme.px(320))
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(Space.LARGE, Space.MEDIUM, 0, Space.SMALL)
        column.setSpacing(Space.SMALL)
        column.addWidget(self.band)
        column.addWidget(self.stack, 1)
        self.acts = QWidget()
        row = QHBoxLayout(self.acts)
        margins(row, 0, Space.SMALL)
        self.add_button = button(tr(N_("Add a line…")), self.add, icons=shell.icons, icon="plus")
        self.export_button = button(
            tr(N_("Export…")), self.ask_export, icons=shell.icons, icon="download"
        )
        row.addWidget(self.add_button)
        row.addWidget(self.export_button)
        row.addStretch(1)
        column.addWidget(self.acts)
        outer = QVBoxLayout(self)
        margins(outer, 0, 0)
        outer.addWidget(splitter(left, self.detail, (55, 45)))

    # -- reading --------------------------------------------------------------------------------

    def read(self) -> None:
        workspace = self.shell.workspace
        today = self.shell.tr.local(self.shell.clock()).date()

        def read() -> _Listed:
            lines = workspace.moderation.register.all()
            known = {line.case for line in lines}
            cases = workspace.moderation.cases(situations=[Situation.CONFIDENTIAL])
            years = int(workspace.settings.get("retention.register_years"))
            return _Listed(
                lines,
                [(row.id, row.number) for row in cases if row.number not in known],
                frozenset(line.id for line in lines_due(lines, today, years)),
            )

        self.shell.tasks.read(self, read, self._arrived, key="register")

    def _arrived(self, listed: _Listed) -> None:
        tr = self.shell.tr.tr
        self._listed = listed
        self.model.set_rows(listed.lines)
        self.stack.setCurrentWidget(self.table if listed.lines else self.none)
        # An empty register says itself what to do next.
        for part in (self.acts, self.detail):
            part.setVisible(bool(listed.lines))
        if listed.owed:
            case_id, number = listed.owed[0]
            self.band.show_message(
                Tone.WARNING,
                tr(N_("{case} discloses confidential information and stands in no line yet."),
                   case=number),
                [(tr(N_("Prepare the line…")), lambda: self.prepare(case_id, number))],
            )  # fmt: skip
        else:
            self.band.hide()
        self.table.select_first()
        self._show()

    def _line(self, line: ConfidentialityIncident) -> Cell:
        tr = self.shell.tr
        tags = []
        if self._listed is not None and line.id in self._listed.due:
            tags.append(Tag(tr.tr(N_("to destroy")), "clock", "warning"))
        if line.items.serious:
            tags.append(Tag(tr.tr(N_("Serious")), "warning", "error"))
        if line.missing:
            tags.append(
                Tag(
                    tr.ntr("{n} item missing", "{n} items missing", len(line.missing)),
                    "info",
                    "warning",
                )
            )
        return Cell(line.items.circumstances, line.case, tags=tuple(tags))

    def _noticed(self, line: ConfidentialityIncident) -> Cell:
        day = line.items.noticed_on
        return Cell(self.shell.tr.date(day) if day else "—", color="muted")

    def current(self) -> ConfidentialityIncident | None:
        line_id = self.table.current_id()
        lines = self._listed.lines if self._listed is not None else ()
        return next((line for line in lines if line.id == line_id), None)

    def _show(self) -> None:
        line, body, tr = self.current(), self.detail.body, self.shell.tr
        clear(body)
        if line is None:
            body.addWidget(plain(tr.tr(N_("No line chosen.")), role="muted"))
            body.addStretch(1)
            return
        shell = self.shell
        edit = button(
            tr.tr(N_("Change…")), self.edit, icons=shell.icons, icon="drafts", kind="small"
        )
        body.addWidget(Section(line.case or tr.tr(N_("Without a case")), action=edit))
        for number, (name, label) in enumerate(ITEMS, start=1):
            value = getattr(line.items, name)
            words = tr.date(value, "long") if isinstance(value, dt.date) else value
            if name == "risk" and line.items.serious is not None:
                said = N_("The risk is serious.") if line.items.serious else N_("No serious risk.")
                words = f"{tr.tr(said)}\n{words}".strip()
            missing = name in line.missing
            body.addWidget(
                stack(
                    plain(f"{number}. {tr.tr(label)}", role="small"),
                    plain(words or tr.tr(N_("Still missing") if missing else N_("Not owed")),
                          role="" if words else "error" if missing else "muted"),
                    spacing=0,
                )
            )  # fmt: skip
        if self._listed is not None and line.id in self._listed.due:
            row = QHBoxLayout()
            row.addWidget(
                button(
                    tr.tr(N_("Destroy this line…")),
                    self.ask_destroy,
                    icons=shell.icons,
                    icon="trash",
                    kind="danger",
                )
            )
            row.addStretch(1)
            body.addLayout(row)
        body.addStretch(1)

    # -- writing --------------------------------------------------------------------------------

    def add(self) -> FormDialog:
        return self._form(None, ConfidentialityInput(), "")

    def prepare(self, case_id: int, number: str) -> None:
        """A new line, with what the case knows already."""
        register, tr = self.shell.workspace.moderation.register, self.shell.tr.tr
        self.shell.tasks.read(
            self,
            lambda: register.draft(case_id, tr),
            lambda items: self._form(None, items, number),
        )

    def edit(self) -> FormDialog | None:
        line = self.current()
        return None if line is None else self._form(line, line.items, line.case)

    def _form(
        self, line: ConfidentialityIncident | None, items: ConfidentialityInput, case: str
    ) -> FormDialog:
        tr = self.shell.tr.tr
        register = self.shell.workspace.moderation.register

        def write(values: dict[str, Any]) -> Any:
            serious = {"": None, "yes": True, "no": False}[values.pop("serious")]
            made = ConfidentialityInput(serious=serious, **values)
            return register.add(made, case) if line is None else register.change(line.id, made)

        fields = []
        for number, (name, label) in enumerate(ITEMS, start=1):
            words = f"{number}. {tr(label)}"
            value = getattr(items, name)
            if name == "noticed_on":
                fields.append(Field(name, words, "date", initial=value))
            else:
                fields.append(
                    Field(
                        name,
                        words,
                        "text" if name in _LONG else "line",
                        initial=value,
                        required=name == "circumstances",
                        lines=3,
                    )
                )
            if name == "risk":
                fields.append(
                    Field(
                        "serious",
                        tr(N_("Is the risk of serious injury there?")),
                        "choice",
                        initial={None: "", True: "yes", False: "no"}[items.serious],
                        choices=(
                            ("", tr(N_("Not concluded yet"))),
                            ("yes", tr(N_("Yes"))),
                            ("no", tr(N_("No"))),
                        ),
                    )
                )
        title = N_("A line of the register") if not case else N_("A line of the register – {case}")
        dialog = FormDialog(
            self.shell,
            tr(title, case=case),
            tr(
                N_("The eight items that the law asks for. What is missing can wait, but not long.")
            ),
            tr(N_("Write the line")),
            write,
            fields=fields,
            keep=f"register-{line.id if line else case or 'new'}",
            tone=Tone.INFO,
            width=640,
        )
        dialog.open()
        return dialog

    def ask_export(self) -> None:
        tr = self.shell.tr.tr
        name = "registre-confidentialite.xlsx"
        save_as(self, tr(N_("Export the register")), name, "XLSX (*.xlsx)", self.export)

    def export(self, target: Path) -> None:
        workspace, tr = self.shell.workspace, self.shell.tr
        self.shell.tasks.read(
            self,
            lambda: workspace.export_register(target, tr),
            lambda path: saved(self, path),
        )

    def ask_destroy(self) -> FormDialog | None:
        """Take out a line whose time is over."""
        line, tr = self.current(), self.shell.tr.tr
        if line is None:
            return None
        workspace = self.shell.workspace

        def write(values: dict[str, Any]) -> Any:
            changes = workspace.moderation.register.destroy(
                line.id, ground=Ground(values["ground"]), approver=values["approver"]
            )
            workspace.journal.settle()
            return changes

        dialog = FormDialog(
            self.shell,
            tr(N_("Destroy this line")),
            tr(N_("Its time is over. What it said is gone for good, also from the journal.")),
            tr(N_("Destroy for good")),
            write,
            fields=(
                ground_field(self.shell.tr, tuple(Ground)),
                approver_field(self.shell.tr),
            ),
            tone=Tone.WARNING,
            danger=True,
            label=tr(N_("Erasing")),
        )
        dialog.open()
        return dialog

    def panes(self) -> Sequence[QWidget]:
        return (self.stack, self.detail)
