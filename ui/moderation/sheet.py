"""A case, read from top to bottom: who, where on the ladder, what is next, on what evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from scc_admin.i18n import N_
from scc_admin.model import (
    Alike,
    BegunForm,
    CaseLock,
    CaseRow,
    CaseSheet,
    CaseState,
    Changes,
    DeadlineKind,
    Escalation,
    Gate,
    Incident,
    Page,
    Person,
    Rung,
    RungView,
    Situation,
)
from scc_admin.moderation import (
    GATE_TEXTS,
    alike,
    deadlines,
    reason,
    same_argument,
    unanswered,
    waits_for_affairs,
)
from scc_admin.moderation.unfinished import kind_of, part_of
from scc_admin.words import BEGUN, CASE_STATES, RUNGS, SITUATIONS
from ui.forms import whole_moment
from ui.keyboard import Menu
from ui.messages import Banner, Choice
from ui.moderation import words
from ui.moderation.acts import CaseActs
from ui.moderation.compare import Comparison
from ui.moderation.erasing import ask_destroy_evidence
from ui.moderation.incident import IncidentForm, open_incident
from ui.moderation.ladder import Ladder
from ui.moderation.person import PersonPanel
from ui.moderation.steps import StepDialog
from ui.moderation.timeline import Thumbnails, Timeline
from ui.moderation.viewer import Viewer
from ui.moderation.words import Event
from ui.screen import Shell
from ui.theme import Space
from ui.widgets import (
    CASE_STATE_LOOK,
    Chip,
    Elided,
    EmptyState,
    FlowLayout,
    Tone,
    button,
    clear,
    margins,
    plain,
    rule,
)

_BESIDE = 760
"""Width from which the next step and its buttons stand side by side."""
_COMPARED_FROM = 3
"""Comments from which on it is worth loading the model that compares meanings."""

WHY: Mapping[Situation, str] = {
    Situation.SLANDER_EMPLOYEE: N_("Slander by an employee is no light matter (slide 39)."),
    Situation.SLANDER_OUTSIDER: N_("Slander by an outside person is no light matter (slide 39)."),
    Situation.ATTACK_INTEGRITY: N_(
        "An attack on the integrity of the Society or its people is no light matter (slide 39)."
    ),
    Situation.CONFIDENTIAL: N_(
        "The disclosure of confidential information is no light matter (slide 39)."
    ),
}


@dataclass(frozen=True, slots=True)
class CaseData:
    """What the view is shown; read in a worker."""

    sheet: CaseSheet
    pages: Mapping[int, Page]
    pairs: Sequence[Alike]
    """Comments that repeat an earlier one."""
    others: Sequence[CaseRow]
    """Other cases of the same person."""
    begun: Sequence[BegunForm]
    """Forms about this case that were begun and not recorded."""


class CaseView(QWidget):
    """One case. It reads it again by itself when told that something changed."""

    access_asked = Signal(object)
    """The `Person` who is to be given what is held on them."""
    loaded = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.case_id: int | None = None
        self.data: CaseData | None = None
        self._then: Callable[[], object] | None = None
        """What is done once the case asked for is shown."""
        self._meaning: list[Alike] = []
        self._meaning_of: tuple[int, ...] = ()
        tr = shell.tr.tr
        self._build_head()
        self.band = Banner(shell.icons)
        self.begun = Banner(shell.icons)
        """Forms that were begun and not recorded."""
        self.ladder = Ladder(shell)
        self.ladder.asked.connect(self.climb)
        self._build_next()
        self._signals_box = QWidget()
        self._signals = FlowLayout(Space.SMALL)
        self._signals_box.setLayout(self._signals)
        self._build_tabs()

        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, 0)
        column.setSpacing(Space.SMALL)
        column.addLayout(self._head)
        column.addWidget(self.band)
        column.addWidget(self.begun)
        column.addWidget(self.ladder)
        column.addLayout(self._next)
        column.addWidget(self._signals_box)
        column.addWidget(self.tabs)
        outer = QVBoxLayout(self)
        margins(outer, 0, 0)
        self.empty = EmptyState(
            shell.icons,
            "moderation",
            tr(N_("Choose a case at the left.")),
            detail=tr(N_("Its ladder, its evidence and its timeline are shown here.")),
        )
        self.whole = QWidget()
        inner = QVBoxLayout(self.whole)
        margins(inner, 0, 0)
        inner.addWidget(top)
        inner.addWidget(rule())
        self.pages.setMinimumHeight(shell.theme.px(64))  # one event; the list scrolls by itself
        inner.addWidget(self.pages, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.whole)
        outer.addWidget(self._stack)

    # -- building -------------------------------------------------------------------------------

    def _build_head(self) -> None:
        self.title = Elided(role="section")
        self.who = Elided(role="muted")
        self._chips = QHBoxLayout()
        margins(self._chips, 0, Space.HAIR)
        first = QHBoxLayout()
        margins(first, 0, Space.SMALL)
        first.addWidget(self.title, 1)
        first.addLayout(self._chips)
        self._head = QVBoxLayout()
        margins(self._head, 0, 2)
        self._head.addLayout(first)
        self._head.addWidget(self.who)

    def _build_next(self) -> None:
        shell, tr = self.shell, self.shell.tr.tr
        self.next_step = plain(role="strong")
        self.gathered = plain(role="muted")
        said = QVBoxLayout()
        margins(said, 0, 2)
        said.addWidget(self.next_step)
        said.addWidget(self.gathered)
        self.next_button = button("", self.climb_next, icons=shell.icons, icon="arrow-up")
        self.note_button = button(
            tr(N_("Note…")), self.add_note, icons=shell.icons, icon="drafts", kind="quiet"
        )
        self.more = QPushButton(tr(N_("More")))
        self.more.setProperty("kind", "menu")
        self.more.setAccessibleName(tr(N_("More acts on this case")))
        self.more.setMenu(Menu(self.more, fill=self._fill_more))
        buttons = QHBoxLayout()
        margins(buttons, 0, Space.SMALL)
        for widget in (self.next_button, self.note_button, self.more):
            buttons.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        buttons.addStretch(1)
        self._next = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        margins(self._next, 0, Space.SMALL)
        self._next.addLayout(said, 1)
        self._next.addLayout(buttons)

    def resizeEvent(self, event: QResizeEvent) -> None:
        # Beside the buttons the words need room; where there is none, they stand above them.
        wide = event.size().width() >= self.shell.theme.px(_BESIDE)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._next.setDirection(across if wide else down)
        super().resizeEvent(event)

    def _build_tabs(self) -> None:
        shell, tr = self.shell, self.shell.tr.tr
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(tr(N_("Parts of the case")))
        self.thumbnails = Thumbnails(shell, self)
        self.timeline = Timeline(shell, self.thumbnails)
        self.timeline.setProperty("role", "bare")
        self.timeline.opened.connect(self.open_event)
        self.timeline.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.timeline.customContextMenuRequested.connect(self._event_menu)
        self.evidence = Timeline(shell, self.thumbnails)
        self.evidence.setProperty("role", "bare")
        self.evidence.setAccessibleName(tr(N_("Evidence")))
        self.evidence.opened.connect(self.open_event)
        self.person = PersonPanel(shell, self.access_asked.emit)
        self.pages = QStackedWidget()
        for page in (self.timeline, self.evidence, self.person):
            self.pages.addWidget(page)
            self.tabs.addTab("")
        self.tabs.currentChanged.connect(self.pages.setCurrentIndex)

    # -- reading --------------------------------------------------------------------------------

    def open_case(self, case_id: int | None) -> None:
        """Show another case; None for none."""
        if case_id != self.case_id:
            self.case_id = case_id
            self.data = None
            self._then = None
            self._meaning, self._meaning_of = [], ()
            self.tabs.setCurrentIndex(0)
        self.read()

    def refresh(self, changes: Changes) -> None:
        """Something changed: read the case again, unless it is another one's doing."""
        if changes.case_id is None or changes.case_id == self.case_id:
            self.read()

    def read(self) -> None:
        case_id = self.case_id
        if case_id is None:
            self._stack.setCurrentWidget(self.empty)
            return
        workspace = self.shell.workspace

        def read() -> CaseData:
            sheet = workspace.moderation.sheet(case_id)
            pages = {page.id: page for page in workspace.editorial.pages()}
            others = workspace.moderation.cases(person_id=sheet.person.id)
            return CaseData(
                sheet,
                pages,
                alike(sheet.incidents),
                [row for row in others if row.id != case_id],
                [f for f in workspace.moderation.unfinished.begun() if f.case_id == case_id],
            )

        self.shell.tasks.read(self, read, self._arrived, key="case")

    def _arrived(self, data: CaseData) -> None:
        if data.sheet.case.id != self.case_id:
            return
        self.data = data
        self._show()
        self._stack.setCurrentWidget(self.whole)
        self._compare_meanings()
        self.loaded.emit()
        then, self._then = self._then, None
        if then is not None:
            then()

    def when_shown(self, act: Callable[[], object]) -> None:
        """Do something once the case that was asked for is read and shown."""
        self._then = act

    @property
    def sheet(self) -> CaseSheet | None:
        return None if self.data is None else self.data.sheet

    @property
    def acts(self) -> CaseActs:
        assert self.sheet is not None
        return CaseActs(self.shell, self.sheet)

    def _compare_meanings(self) -> None:
        """Look, in a worker, for the same argument in other words."""
        sheet, workspace = self.sheet, self.shell.workspace
        assert sheet is not None
        comments = tuple(i.id for i in sheet.incidents if i.text.strip() and not i.retracted)
        if comments == self._meaning_of or len(comments) < _COMPARED_FROM:
            return
        self._meaning_of = comments

        def compare() -> list[Alike]:
            if not (
                workspace.settings.get("verdict.meaning")
                and workspace.proofreader.meaning.available
            ):
                return []
            return same_argument(sheet.incidents, workspace.proofreader.meaning.encode)

        def done(pairs: list[Alike]) -> None:
            self._meaning = pairs
            if pairs and self.sheet is not None:
                self._show_signals()

        self.shell.tasks.read(self, compare, done, lambda _error: None, key="meaning")

    # -- showing --------------------------------------------------------------------------------

    def _show(self) -> None:
        sheet, tr = self.sheet, self.shell.tr
        assert sheet is not None
        assert self.data is not None
        case = sheet.case
        self.title.set_whole(f"{case.number} · {case.title}")
        self.who.set_whole(f"{words.who(self.shell, sheet)} · {tr.tr(SITUATIONS[case.situation])}")
        clear(self._chips)
        icon, color = CASE_STATE_LOOK[case.state]
        for text, mark, ink in (
            *(((tr.tr(N_("Critical")), "block", "block"),) if case.critical else ()),
            *(((tr.tr(N_("Legal hold")), "lock", "warning"),) if case.hold else ()),
            (tr.tr(CASE_STATES[case.state]), icon, color),
        ):
            self._chips.addWidget(Chip(self.shell.theme, self.shell.icons, text, mark, ink))
        self._show_band(sheet)
        self._show_begun(self.data.begun)
        self.ladder.show_rungs(sheet.ladder)
        self._show_next(sheet)
        self._show_signals()
        events = words.timeline(tr, sheet, self.data.pages)
        self.timeline.show_events(events)
        self.evidence.show_events([e for e in events if e.evidence])
        self.person.show_person(sheet.person, self.data.others)
        pieces = len(sheet.evidence)
        self.tabs.setTabText(0, tr.tr(N_("Timeline ({n})"), n=tr.number(len(events))))
        self.tabs.setTabText(1, tr.tr(N_("Evidence ({n})"), n=tr.number(pieces)))
        self.tabs.setTabText(2, tr.tr(N_("Person")))

    def _show_band(self, sheet: CaseSheet) -> None:
        """Public Affairs first, and the one button that helps."""
        tr = self.shell.tr
        case = sheet.case
        first = tr.tr(N_("Public Affairs first"))
        waiting = next((e for e in sheet.escalations if e.closed_at is None), None)
        if case.state is CaseState.CLOSED or case.destroyed_at:
            self.band.hide()
            return
        waits = waits_for_affairs(case, sheet.incidents, sheet.escalations)
        if sheet.locks and not waits:
            self._show_locks(sheet.locks)
            return
        if not case.critical:
            self._show_asked(waiting)
            return
        why = tr.tr(WHY.get(case.situation, N_("This case was marked as critical.")))
        if waiting is not None and waiting.answered_at is not None:
            waiting = None
        answered = [e for e in sheet.escalations if e.answered_at]
        last = max(answered, key=lambda e: e.answer_entry, default=None)
        if last is not None and not waits:
            self.band.show_message(
                Tone.INFO, last.answer, title=tr.tr(N_("Instructions of Public Affairs"))
            )
        elif last is not None and waiting is None:
            new = unanswered(sheet.incidents, sheet.escalations)
            self.band.show_message(
                Tone.BLOCK,
                " ".join(
                    (
                        tr.ntr(
                            "{n} comment was logged since Public Affairs answered: ask them again"
                            " before you reply or ban.",
                            "{n} comments were logged since Public Affairs answered: ask them"
                            " again before you reply or ban.",
                            len(new),
                        ),
                        tr.tr(N_("They said: “{answer}”"), answer=last.answer),
                    )
                ),
                [(tr.tr(N_("Prepare the escalation…")), self.escalate)],
                title=first,
            )
        elif waiting is None:
            self.band.show_message(
                Tone.BLOCK,
                f"{why} "
                + tr.tr(
                    N_(
                        "Act quickly, but not in just any way: no reply, nothing hidden, nobody"
                        " banned before they have answered (slide 40)."
                    )
                ),
                [(tr.tr(N_("Prepare the escalation…")), self.escalate)],
                title=first,
            )
        elif waiting.escalated_at is None:
            self.band.show_message(
                Tone.BLOCK,
                tr.tr(
                    N_("{number} is prepared, and nobody was reached yet. {why}"),
                    number=waiting.number,
                    why=why,
                )
                if waiting.exported_at is None
                else tr.tr(
                    N_("{number} was exported on {day}, and nobody was reached yet. {why}"),
                    number=waiting.number,
                    day=tr.date(waiting.exported_at),
                    why=why,
                ),
                [
                    (tr.tr(N_("Record the contact…")), lambda: self.acts.contact(waiting.id)),
                    (tr.tr(N_("Build the packet…")), lambda: self.build_packet(waiting.id)),
                ],
                title=first,
            )
        else:
            since = words.span(tr, self.shell.clock() - waiting.escalated_at)
            self.band.show_message(
                Tone.BLOCK,
                tr.tr(
                    N_("Reached {time} ago. Reply and ban stay locked until they answer."),
                    time=since,
                ),
                [(tr.tr(N_("Record their answer…")), lambda: self.acts.affairs_answer(waiting.id))],
                title=first,
            )

    def _show_locks(self, locks: Sequence[CaseLock]) -> None:
        """Which case of this person waits for Public Affairs, and the way there."""
        tr = self.shell.tr
        self.band.show_message(
            Tone.BLOCK,
            tr.tr(
                N_(
                    "{number}, of the same person, waits for Public Affairs: no reply, no private"
                    " message and no ban before they have answered there."
                ),
                number=tr.join([lock.number for lock in locks]),
            ),
            [
                (tr.tr(N_("Open {number}"), number=lock.number), partial(self.go_to, lock))
                for lock in locks[:2]
            ],
            title=tr.tr(N_("Public Affairs first")),
        )

    def go_to(self, lock: CaseLock) -> None:
        """Leave for the case that locks this one."""
        self.shell.window.go("moderation", lock.case_id)

    def _show_begun(self, begun: Sequence[BegunForm]) -> None:
        """What is kept of forms begun about this case, and the way back into each."""
        tr = self.shell.tr
        if not begun:
            self.begun.hide()
            return
        one = len(begun) == 1
        self.begun.show_message(
            Tone.INFO,
            tr.tr(
                N_("{begun}, not recorded: kept as you left it, {at}."),
                begun=tr.tr(BEGUN[begun[0].kind]),
                at=tr.moment(begun[0].at),
            )
            if one
            else tr.tr(N_("Begun and not recorded yet; each is kept as you left it:")),
            [
                (
                    tr.tr(N_("Take it up again")) if one else tr.tr(BEGUN[form.kind]),
                    partial(self.take_up, form.name),
                )
                for form in begun
            ],
        )

    def take_up(self, name: str) -> None:
        """Open a form again that was begun about this case; nothing when it is no longer begun."""
        sheet = self.sheet
        if self.data is None or sheet is None or all(f.name != name for f in self.data.begun):
            return
        kind, part = kind_of(name)[0], part_of(name)
        acts = self.acts
        about: dict[str, Callable[[], object]] = {
            "incident": self.log_here,
            "note": acts.note,
            "review": acts.review,
            "lift": acts.lift,
            "appeal": acts.appeal,
            "close": acts.close,
            "reopen": acts.reopen,
            "hold": acts.hold,
            "reclassify": acts.reclassify,
            "escalate": acts.escalate,
            "contact": lambda: acts.contact(part),
            "answer-received": lambda: acts.affairs_answer(part),
        }
        if kind in about:
            about[kind]()
        elif kind == "retract":
            acts.retract_step(next(s for s in sheet.steps if s.id == part))
        elif kind == "retract-incident":
            acts.retract_incident(next(i for i in sheet.incidents if i.id == part))
        elif kind == "mend":
            acts.correct(next(e for e in sheet.escalations if e.id == part))
        else:
            self.climb(Rung[kind.upper()])

    def focus_next(self) -> None:
        """Put the focus on the next step, or on the way to Public Affairs when they come first."""
        first = self.band.first_button() or self.ladder.steps[0]
        target = self.next_button if self.next_button.isVisible() else first
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_asked(self, waiting: Escalation | None) -> None:
        """What comes next once Public Affairs were to be asked; of a case that is not critical."""
        tr = self.shell.tr
        if waiting is None or waiting.answered_at is not None:
            self.band.hide()
            return
        build = (tr.tr(N_("Build the packet…")), lambda: self.build_packet(waiting.id))
        if waiting.escalated_at is None and waiting.exported_at is not None:
            self.band.show_message(
                Tone.INFO,
                tr.tr(N_("Send it yourself, then record whom you reached.")),
                [(tr.tr(N_("Record the contact…")), lambda: self.acts.contact(waiting.id)), build],
                title=tr.tr(
                    N_("{number} was exported on {day} at {time}"),
                    number=waiting.number,
                    day=tr.date(waiting.exported_at),
                    time=tr.time(waiting.exported_at),
                ),
            )
        elif waiting.escalated_at is None:
            self.band.show_message(
                Tone.INFO,
                tr.tr(
                    N_("Build the packet, send it yourself, then record whom you reached."),
                ),
                [build, (tr.tr(N_("Record the contact…")), lambda: self.acts.contact(waiting.id))],
                title=tr.tr(N_("{number} is prepared"), number=waiting.number),
            )
        else:
            since = words.span(tr, self.shell.clock() - waiting.escalated_at)
            self.band.show_message(
                Tone.INFO,
                tr.tr(N_("Reached {time} ago; their answer is awaited."), time=since),
                [(tr.tr(N_("Record their answer…")), lambda: self.acts.affairs_answer(waiting.id))],
                title=waiting.number,
            )

    def build_packet(self, escalation_id: int) -> None:
        """Go to an escalation, and build its packet."""
        self.shell.window.go("escalations", ("packet", escalation_id))

    def build_next_packet(self) -> None:
        """Build the packet of the question that stands; first write one down where none does."""
        sheet = self.sheet
        if sheet is None:
            return
        waiting = next((e for e in sheet.escalations if e.closed_at is None), None)
        if waiting is None:
            self.acts.escalate(self.build_packet)
        else:
            self.build_packet(waiting.id)

    def _show_next(self, sheet: CaseSheet) -> None:
        tr = self.shell.tr
        why = reason(sheet)
        said = tr.ntr(why.text, why.plural, why.n) if why.plural else tr.tr(why.text)
        following = next((view for view in sheet.ladder if view.proposed), None)
        gates = following.gates if following is not None else ()
        if following is not None:
            rung = tr.tr(RUNGS[following.rung]).lower()
            if {Gate.PUBLIC_AFFAIRS, Gate.OTHER_CASE} & set(gates):
                said = tr.tr(
                    N_("Next step: the answer of Public Affairs, and only then: {rung}."), rung=rung
                )
            else:
                said = f"{tr.tr(N_('Next step: {rung}.'), rung=rung)} {said}"
        locks = " ".join(
            tr.tr(GATE_TEXTS[gate])
            for gate in gates
            if gate not in (Gate.PUBLIC_AFFAIRS, Gate.OTHER_CASE)
        )
        self.next_step.setText(f"{said} {locks}".strip())
        self.gathered.setText(words.gathered(tr, sheet))
        shown = following is not None and not (set(gates) - {Gate.MISSING_RUNGS, Gate.NO_EVIDENCE})
        self.next_button.setVisible(shown)
        if following is not None and shown:
            self.next_button.setText(tr.tr(words.RUNG_ACTS[following.rung]))
            icon = words.RUNG_ICONS[following.rung]
            self.shell.icons.dress(self.next_button, icon)

    def _show_signals(self) -> None:
        sheet, tr = self.sheet, self.shell.tr
        assert sheet is not None
        clear(self._signals)
        theme, icons = self.shell.theme, self.shell.icons
        for signal in words.signals(tr, sheet, len(self._meaning)):
            made = button(
                signal.text,
                partial(self.look_closer, signal.key),
                icons=icons,
                icon=signal.icon,
                kind="small",
                tip=tr.tr(N_("Signal: look closer")),
            )
            self._signals.addWidget(made)
        for owed in deadlines(sheet):
            if owed.kind in (DeadlineKind.CONTACT, DeadlineKind.ANSWER):
                continue  # the band says so
            text, late = words.deadline(tr, owed, self.shell.clock())
            chip = Chip(theme, icons, text, "clock", "warning" if late else "muted")
            self._signals.addWidget(chip)
        self._signals_box.setVisible(self._signals.count() > 0)

    # -- looking closer -------------------------------------------------------------------------

    def look_closer(self, key: str) -> None:
        """What a signal was read from."""
        sheet = self.sheet
        assert sheet is not None
        if key in ("duplicates", "meaning"):
            self.compare_comments(by_meaning=key == "meaning")
        elif key == "interest":
            self.tabs.setCurrentIndex(2)
        elif key == "source":
            tr = self.shell.tr.tr
            self.shell.messages.say(
                tr(N_("A single source")),
                tr(N_("Every link in the logged comments leads to the same page.")),
                details=sheet.flags.single_source,
            )
        else:
            self.tabs.setCurrentIndex(0)
            self.timeline.setFocus()

    def compare_comments(self, *, by_meaning: bool = False, second: int | None = None) -> None:
        """Two comments side by side; the pair whose later one is `second` first."""
        if self.data is None:
            return
        sheet = self.data.sheet
        pairs = self._meaning if by_meaning else self.data.pairs
        if not pairs:
            tr = self.shell.tr.tr
            self.shell.messages.toast(tr(N_("No two comments of this case are alike.")))
            return
        first = next((n for n, pair in enumerate(pairs) if pair.second == second), 0)
        Comparison(self.shell, pairs, {i.id: i for i in sheet.incidents}, first).open()

    def show_evidence(self) -> None:
        """The captures, from the one in focus."""
        sheet = self.sheet
        if sheet is None or not sheet.evidence:
            return
        event = self.timeline.current()
        chosen = event.evidence[0] if event is not None and event.evidence else sheet.evidence[-1]
        ordered = list(reversed(sheet.evidence))
        first = next(n for n, piece in enumerate(ordered) if piece.id == chosen.id)
        Viewer(self.shell, ordered, first).open()

    def destroy_evidence(self) -> None:
        """Destroy one piece of evidence of the case."""
        if self.sheet is not None:
            ask_destroy_evidence(self.shell, self.sheet.evidence, self)

    def open_event(self, event: Event) -> None:
        """The details of a line of the timeline."""
        if event.key == "evidence":
            Viewer(self.shell, event.evidence).open()
            return
        if event.key == "escalation":
            self.shell.window.go("escalations", event.id)
            return
        tr = self.shell.tr
        choices = [Choice("close", tr.tr(N_("Close")), "primary")]
        if event.evidence:
            choices.insert(0, Choice("evidence", tr.tr(N_("View the evidence"))))
        if self.can_undo(event):
            choices.insert(0, Choice("undo", tr.tr(N_("Undo…"))))
        lines = [whole_moment(tr, event.at), event.who, event.note]
        incident = self._incident(event)
        if incident is not None and incident.url:
            choices.insert(0, Choice("link", tr.tr(N_("Copy the link"))))
            lines.append(incident.url)
        if event.retracted:
            lines.append(tr.tr(N_("Undone by a later entry.")))
        self.shell.messages.ask(
            event.title,
            "\n".join(line for line in lines if line),
            choices,
            lambda answer: self._event_answer(event, answer),
            tone=Tone.INFO,
            details=event.text,
        )

    def _event_answer(self, event: Event, answer: str) -> None:
        incident = self._incident(event)
        if answer == "evidence":
            Viewer(self.shell, event.evidence).open()
        elif answer == "undo":
            self.undo_event(event)
        elif answer == "link" and incident is not None:
            QGuiApplication.clipboard().setText(incident.url)

    def _incident(self, event: Event) -> Incident | None:
        if self.sheet is None or event.key != "incident":
            return None
        return next((i for i in self.sheet.incidents if i.id == event.id), None)

    def _event_menu(self, at: QPoint) -> None:
        event = self.timeline.current()
        if event is None:
            return
        tr = self.shell.tr.tr
        menu = Menu(self.timeline)
        menu.offer(tr(N_("Details…")), partial(self.open_event, event))
        if event.evidence:
            menu.offer(
                tr(N_("View the evidence")), lambda: Viewer(self.shell, event.evidence).open()
            )
        pairs = self.data.pairs if self.data is not None else ()
        if event.key == "incident" and any(pair.second == event.id for pair in pairs):
            menu.offer(
                tr(N_("Compare with the earlier comment…")),
                lambda: self.compare_comments(second=event.id),
            )
        if self.can_undo(event):
            menu.offer(tr(N_("Undo…")), partial(self.undo_event, event))
        menu.pop_up(self.timeline.viewport().mapToGlobal(at))

    # -- acting ---------------------------------------------------------------------------------

    def log_here(self) -> IncidentForm:
        """Log an incident in this case."""
        return open_incident(self.shell, self.case_id)

    def climb_next(self) -> StepDialog | None:
        """The rung that the ladder proposes; or why it proposes none, and what may be done."""
        sheet = self.sheet
        if sheet is None:
            return None
        following = next((v.rung for v in sheet.ladder if v.proposed), None)
        if following is not None:
            return self.climb(following)
        self._say_nothing_next(sheet)
        return None

    def _say_nothing_next(self, sheet: CaseSheet) -> None:
        tr = self.shell.tr
        why = reason(sheet)
        choices = {
            CaseState.CLOSED: Choice("reopen", tr.tr(N_("Reopen…")), "primary"),
            CaseState.BANNED: Choice("review", tr.tr(N_("Review…")), "primary"),
        }
        helps = choices.get(
            sheet.case.state, Choice("log", tr.tr(N_("Log an incident here…")), "primary")
        )
        self.shell.messages.ask(
            tr.tr(N_("There is no next step yet"))
            if sheet.case.state not in choices
            else tr.tr(N_("There is no next step")),
            tr.ntr(why.text, why.plural, why.n) if why.plural else tr.tr(why.text),
            [Choice("close", tr.tr(N_("Close"))), Choice("note", tr.tr(N_("Note…"))), helps],
            self._do_instead,
            tone=Tone.INFO,
        )

    def _do_instead(self, answer: str) -> None:
        acts: dict[str, Callable[[], object]] = {
            "log": self.log_here,
            "note": self.add_note,
            "review": self.acts.review,
            "reopen": self.acts.reopen,
        }
        if answer in acts:
            acts[answer]()

    def climb(self, rung: Rung) -> StepDialog | None:
        """Open the dialog of a rung; or say what stands before it, and what helps."""
        sheet = self.sheet
        if sheet is None:
            return None
        view = sheet.ladder[rung]
        if view.gates and not view.overridable:
            self._say_locked(view)
            return None
        made = StepDialog(self.shell, sheet, rung, instead=self._instead)
        made.open()
        return made

    def _instead(self, rung: Rung | None) -> None:
        """Record what comes before a rung: another one, or a comment."""
        if rung is None:
            self.log_here()
        else:
            self.climb(rung)

    def _say_locked(self, view: RungView) -> None:
        tr = self.shell.tr.tr
        helps: list[Choice] = []
        if Gate.PUBLIC_AFFAIRS in view.gates:
            helps.append(Choice("affairs", tr(N_("Public Affairs…")), "primary"))
        locks = self.sheet.locks if self.sheet is not None else ()
        if Gate.OTHER_CASE in view.gates and locks:
            number = locks[0].number
            helps.append(Choice("other", tr(N_("Open {number}"), number=number), "primary"))
        if Gate.CLOSED in view.gates:
            helps.append(Choice("reopen", tr(N_("Reopen…")), "primary"))
        self.shell.messages.ask(
            tr(N_("“{rung}” is locked"), rung=tr(RUNGS[view.rung])),
            "\n".join(tr(GATE_TEXTS[gate]) for gate in view.gates),
            [Choice("close", tr(N_("Close"))), *helps],
            self._unlock,
            tone=Tone.BLOCK
            if {Gate.PUBLIC_AFFAIRS, Gate.OTHER_CASE} & set(view.gates)
            else Tone.WARNING,
        )

    def _unlock(self, answer: str) -> None:
        if answer == "affairs":
            self.affairs_next()
        elif answer == "other" and self.sheet is not None and self.sheet.locks:
            self.go_to(self.sheet.locks[0])
        elif answer == "reopen":
            self.acts.reopen()

    def affairs_next(self) -> None:
        """Whatever Public Affairs need next: to be asked, to be reached, their answer."""
        assert self.sheet is not None
        waiting = next(
            (e for e in self.sheet.escalations if e.answered_at is None and e.closed_at is None),
            None,
        )
        if waiting is None:
            self.escalate()
        elif waiting.escalated_at is None:
            self.acts.contact(waiting.id)
        else:
            self.acts.affairs_answer(waiting.id)

    def escalate(self) -> None:
        self.acts.escalate()

    def add_note(self) -> None:
        if self.sheet is not None:
            self.acts.note()

    def can_undo(self, event: Event) -> bool:
        return event.key in ("incident", "step") and not event.retracted

    def undo_event(self, event: Event) -> None:
        """Undo what was recorded, by a new entry."""
        sheet = self.sheet
        if sheet is None or not self.can_undo(event):
            return
        if event.key == "incident":
            self.acts.retract_incident(next(i for i in sheet.incidents if i.id == event.id))
        else:
            self.acts.retract_step(next(s for s in sheet.steps if s.id == event.id))

    def undo_step(self) -> None:
        """Undo the line in focus, or else the newest of our acts that stands."""
        event = self.timeline.current()
        if event is None or not self.can_undo(event):
            sheet = self.sheet
            events = [] if sheet is None else words.timeline(self.shell.tr, sheet, {})
            event = next((e for e in events if e.key == "step" and self.can_undo(e)), None)
        if event is not None:
            self.undo_event(event)

    def _fill_more(self) -> None:
        menu, tr = self.more.menu(), self.shell.tr.tr
        assert isinstance(menu, Menu)
        menu.clear()
        for text, act, possible in self._more():
            if act is not None:
                menu.offer(tr(text), act).setEnabled(possible)
            else:
                menu.addSeparator()

    def _more(self) -> Sequence[tuple[str, Callable[[], object] | None, bool]]:
        """The acts of the menu: text, what it does, whether it makes sense now."""
        assert self.sheet is not None
        case, acts = self.sheet.case, self.acts
        banned, closed = case.state is CaseState.BANNED, case.state is CaseState.CLOSED
        return (
            (N_("Log an incident here…"), self.log_here, not case.destroyed_at),
            (N_("Ask Public Affairs…"), acts.escalate, not closed),
            (N_("Build the packet…"), self.build_next_packet, not closed),
            (N_("Review…"), acts.review, not closed),
            ("", None, True),
            (N_("Lift the ban…"), acts.lift, banned),
            (N_("Record an appeal…"), acts.appeal, banned),
            (N_("Undo a step…"), self.undo_step, any(not s.retracted for s in self.sheet.steps)),
            ("", None, True),
            (N_("Change the situation…"), acts.reclassify, not closed),
            (
                N_("Lift the legal hold…") if case.hold else N_("Set a legal hold…"),
                acts.hold,
                True,
            ),
            (N_("Reopen…"), acts.reopen, closed)
            if closed
            else (N_("Close the case…"), acts.close, True),
        )

    def panes(self) -> Sequence[QWidget]:
        return (self.ladder, self.pages)

    def give_access(self, person: Person) -> None:
        self.access_asked.emit(person)
