"""The moderation screen: the cases, the journal, what is to be destroyed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from scc_admin.i18n import N_
from scc_admin.model import CaseState, Changes, Rung
from scc_admin.moderation.unfinished import kind_of
from ui.moderation.cases import CasesPane
from ui.moderation.finding import find_cases
from ui.moderation.incident import open_incident
from ui.moderation.journal import JournalPane
from ui.moderation.retention import RetentionPane
from ui.moderation.sheet import CaseView
from ui.screen import Screen, Shell
from ui.widgets import margins, rule

CASES, JOURNAL, RETENTION = range(3)
_ON_CASE = frozenset(
    {
        "climb_next", "climb", "add_note", "ask_affairs", "log_here", "compare_comments",
        "show_evidence", "undo_step", "review_case", "lift_ban", "appeal_ban", "close_case",
        "reopen_case", "hold_case", "reclassify_case", "edit_person", "build_packet",
        "destroy_evidence", "print_screen",
    }
)  # fmt: skip
"""Handlers that need a case."""


class Moderation(Screen):
    """Three parts behind one bar. `go("moderation", id)` opens a case, `("step", id)` a case at its
    next step, `("form", name)` a begun form of one, `("journal", seq)` an entry, `"retention"` what
    is to be destroyed."""

    interests: ClassVar[frozenset[str]] = frozenset(
        {"cases", "persons", "evidence", "escalations", "journal", "pages"}
    )

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        tr = shell.tr.tr
        self.bar = QTabBar()
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setAccessibleName(tr(N_("Parts of moderation")))
        for text in (N_("Cases"), N_("Journal"), N_("Retention")):
            self.bar.addTab(tr(text))
        self.cases = CasesPane(shell)
        self._journal: JournalPane | None = None
        self._retention: RetentionPane | None = None
        self.stack = QStackedWidget()
        self.stack.addWidget(self.cases)
        column = QVBoxLayout(self)
        margins(column, 0, 0)
        column.addWidget(self.bar)
        column.addWidget(rule())
        column.addWidget(self.stack, 1)
        self.bar.currentChanged.connect(self._part)
        self.cases.case_shown.connect(lambda: self.shell.window.title_changed())
        self.cases.view.access_asked.connect(lambda person: self.retention.give_access(person))
        self.cases.read()
        unfinished = shell.workspace.moderation.unfinished
        yesterday = shell.clock() - timedelta(days=1)
        shell.tasks.mutate(
            self, lambda: unfinished.forget_strays(yesterday), failed=lambda _error: None
        )

    # -- its parts: two of them made when they are first looked at ------------------------------

    @property
    def journal(self) -> JournalPane:
        if self._journal is None:
            self._journal = JournalPane(self.shell)
            self._journal.case_asked.connect(self._open_numbered)
            self.stack.addWidget(self._journal)
        return self._journal

    @property
    def retention(self) -> RetentionPane:
        if self._retention is None:
            self._retention = RetentionPane(self.shell)
            self.stack.addWidget(self._retention)
        return self._retention

    # -- what the window asks -------------------------------------------------------------------

    def title(self) -> str:
        return self.shell.tr.tr(N_("Moderation"))

    def primary_text(self) -> str:
        return self.shell.tr.tr(N_("Log an incident"))

    def primary(self) -> None:
        """From a case, the form knows the case already."""
        if self.bar.currentIndex() == CASES and self.view.sheet is not None:
            self.log_here()
        else:
            open_incident(self.shell)

    def log_incident(self) -> None:
        """The same by its shortcut."""
        self.primary()

    def open(self, target: object) -> None:
        match target:
            case int():
                self.bar.setCurrentIndex(CASES)
                self.cases.open_case(target)
            case ("step", int(case_id)):
                self.bar.setCurrentIndex(CASES)
                self.cases.open_case(case_id)
                self.view.when_shown(self.view.focus_next)
            case ("form", str(name)):
                about = kind_of(name)[1]
                self.bar.setCurrentIndex(CASES)
                if about is not None:
                    self.cases.open_case(about)
                    self.view.when_shown(partial(self.view.take_up, name))
            case ("journal", int(seq)):
                self.bar.setCurrentIndex(JOURNAL)
                self.journal.open_entry(seq)
            case "journal":
                self.bar.setCurrentIndex(JOURNAL)
            case "retention":
                self.bar.setCurrentIndex(RETENTION)

    def refresh(self, changes: Changes) -> None:
        if changes.touches("cases", "persons", "evidence", "escalations", "pages"):
            self.cases.refresh(changes)
        pane = self.stack.currentWidget()
        if isinstance(pane, JournalPane) and changes.touches("journal"):
            pane.read()
        if isinstance(pane, RetentionPane):
            pane.read()

    def focus_first(self) -> None:
        pane = self.stack.currentWidget()
        if pane is self.cases:
            self.cases.focus_list()
        elif isinstance(pane, JournalPane):
            pane.search.setFocus()
        else:
            self.retention.table.setFocus()

    def panes(self) -> Sequence[QWidget]:
        pane = self.stack.currentWidget()
        inner = pane.panes() if isinstance(pane, CasesPane | JournalPane | RetentionPane) else ()
        return (self.bar, *inner)

    def state(self) -> object:
        return self.bar.currentIndex(), self.view.case_id

    def restore(self, state: object) -> None:
        if isinstance(state, tuple):
            part, case_id = state
            if case_id is not None:
                self.cases.open_case(case_id)
            self.bar.setCurrentIndex(part)

    def can(self, handler: str) -> bool:
        method = handler.partition(":")[0]
        if method not in _ON_CASE:
            return True
        sheet = self.view.sheet
        if self.bar.currentIndex() != CASES or sheet is None:
            return False
        state = sheet.case.state
        match method:
            case "lift_ban" | "appeal_ban":
                return state is CaseState.BANNED
            case "reopen_case":
                return state is CaseState.CLOSED
            case "close_case" | "review_case" | "ask_affairs" | "reclassify_case":
                return state is not CaseState.CLOSED
            case "build_packet" | "print_screen":
                asked = any(e.closed_at is None for e in sheet.escalations)
                return asked or state is not CaseState.CLOSED
            case "show_evidence":
                return bool(sheet.evidence)
            case "destroy_evidence":
                left = any(not piece.erased for piece in sheet.evidence)
                return left and not sheet.case.hold
        return True

    def print_screen(self) -> None:
        """A case is printed as its packet, which leaves out what is nobody's business."""
        sheet = self.view.sheet
        if sheet is None or any(e.closed_at is None for e in sheet.escalations):
            self.view.build_next_packet()
            return
        tr = self.shell.tr.tr
        self.shell.messages.toast(
            tr(N_("A case is printed as its packet for Public Affairs.")),
            tr(N_("Build the packet…")),
            self.view.build_next_packet,
        )

    # -- moving about ---------------------------------------------------------------------------

    def _part(self, index: int) -> None:
        if index == CASES:
            self.stack.setCurrentWidget(self.cases)
        else:
            pane = self.journal if index == JOURNAL else self.retention
            self.stack.setCurrentWidget(pane)
            pane.read()
        self.shell.window.title_changed()

    def _open_numbered(self, number: str) -> None:
        moderation = self.shell.workspace.moderation
        self.shell.tasks.read(
            self,
            lambda: moderation.case_by_number(number),
            lambda case_id: self.shell.window.go("moderation", case_id),
        )

    @property
    def view(self) -> CaseView:
        return self.cases.view

    # -- acts on the case in front ----------------------------------------------------------------

    def log_here(self) -> None:
        self.view.log_here()

    def climb_next(self) -> None:
        self.view.climb_next()

    def climb(self, rung: str) -> None:
        self.view.climb(Rung[rung.upper()])

    def add_note(self) -> None:
        self.view.add_note()

    def ask_affairs(self) -> None:
        self.view.affairs_next()

    def build_packet(self) -> None:
        self.view.build_next_packet()

    def compare_comments(self) -> None:
        self.view.compare_comments()

    def show_evidence(self) -> None:
        self.view.show_evidence()

    def destroy_evidence(self) -> None:
        self.view.destroy_evidence()

    def undo_step(self) -> None:
        self.view.undo_step()

    def review_case(self) -> None:
        self.view.acts.review()

    def lift_ban(self) -> None:
        self.view.acts.lift()

    def appeal_ban(self) -> None:
        self.view.acts.appeal()

    def close_case(self) -> None:
        self.view.acts.close()

    def reopen_case(self) -> None:
        self.view.acts.reopen()

    def hold_case(self) -> None:
        self.view.acts.hold()

    def reclassify_case(self) -> None:
        self.view.acts.reclassify()

    def edit_person(self) -> None:
        self.view.person.edit()

    # -- the journal ----------------------------------------------------------------------------

    def verify_journal(self) -> None:
        self.bar.setCurrentIndex(JOURNAL)
        self.journal.verify()

    def make_checkpoint(self) -> None:
        self.bar.setCurrentIndex(JOURNAL)
        self.journal.checkpoint()


__all__ = ["Moderation", "find_cases"]
