"""What a day asks for: its campaigns, its tasks in three columns, and the daily look.

Apart from the screen that shows it, which is there before the day is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from scc_admin import registers
from scc_admin.i18n import N_, NN_, Translator
from scc_admin.model import (
    CampaignKind,
    Changes,
    Language,
    PostKind,
    Rung,
    first_page,
    first_words,
    page_names,
)
from scc_admin.today import Duty, Lane, Task, Today, Watch, WatchDay
from scc_admin.words import BEGUN, RUNGS, partly_words, person_label
from ui.files import open_outside
from ui.icons import network_icon
from ui.messages import Choice
from ui.screen import Screen, Shell
from ui.tables import Cell, Column, RowsModel, Table, Tag
from ui.theme import Space, Type
from ui.widgets import (
    LEAST_COLUMN,
    Columns,
    Elided,
    FlowLayout,
    Form,
    IconLabel,
    Section,
    Tone,
    button,
    clear,
    margins,
    plain,
)

LEAST_ROWS, MOST_ROWS = 3, 6
"""How many tasks a column shows at once."""
_TASK = 52

_REPLY, _CASE = "reply", "case"
"""What may follow from a look, as the register keeps it."""

_LANES: tuple[tuple[Lane, str, str, str], ...] = (
    (Lane.DO, N_("To do today"), "check", N_("Nothing left to do today.")),
    (Lane.WAIT, N_("Waiting for somebody"), "clock", N_("Nobody keeps you waiting.")),
    (Lane.LATE, N_("Late"), "warning", N_("Nothing is late. Well done.")),
)

_LOOKS: dict[Duty, tuple[str, str, str]] = {
    Duty.PUBLISH: ("external", "ok", N_("Publish")),
    Duty.FINISH: ("drafts", "info", N_("Finish")),
    Duty.VALIDATION: ("clock", "warning", N_("View")),
    Duty.VALIDATED: ("check", "ok", N_("Make ready")),
    Duty.REFUSED: ("undo", "warning", N_("Take up again")),
    Duty.ESCALATE: ("phone", "block", N_("Call")),
    Duty.AFFAIRS: ("clock", "block", N_("Follow up")),
    Duty.ANSWERED: ("message", "info", N_("Read the answer")),
    Duty.REVIEW: ("eye", "info", N_("Review")),
    Duty.BAN_ENDS: ("ban", "warning", N_("Decide")),
    Duty.RETENTION: ("archive", "info", N_("Decide")),
    Duty.MISSED: ("eye", "warning", N_("Note it now")),
    Duty.REGISTER: ("bell", "info", N_("Open it")),
    Duty.CAMPAIGN: ("flower", "info", N_("Write")),
    Duty.REPORT: ("reports", "info", N_("Export")),
    Duty.UNFINISHED: ("moderation", "info", N_("Go on")),
    Duty.STEP: ("moderation", "info", N_("View")),
}
"""Icon, colour and verb of each duty; the verb is what Enter does."""

_SENTENCES: dict[Duty, str] = {
    Duty.VALIDATED: N_("validated by all"),
    Duty.REFUSED: N_("refused by {who}"),
    Duty.VALIDATION: N_("{who}, asked {when}"),
    Duty.ESCALATE: N_("{ref}, seen {when}"),
    Duty.AFFAIRS: N_("{ref}, Public Affairs told {when}"),
    Duty.ANSWERED: N_("{ref}, answered {when}"),
    Duty.REVIEW: N_("{ref}, to be reviewed {when}"),
    Duty.BAN_ENDS: N_("{ref}, the ban ends {when}"),
    Duty.CAMPAIGN: N_("missing: {what}"),
}


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    task: Task


def task_words(tr: Translator, task: Task, today: date) -> tuple[str, str]:
    """What names a task, and the line below it."""
    when = _when(tr, task, today)
    match task.duty:
        case Duty.RETENTION:
            title = tr.ntr(
                *NN_("{n} case has been kept long enough", "{n} cases have been kept long enough"),
                task.count,
            )
            return title, tr.tr(N_("destroy them, or keep them with a reason"))
        case Duty.UNFINISHED:
            about = (task.ref, task.title, tr.tr(N_("kept {when}"), when=when))
            return tr.tr(BEGUN[task.key]), " · ".join(part for part in about if part)
        case Duty.STEP:
            rung = RUNGS[Rung[task.key.upper()]] if task.key else N_("Ask Public Affairs")
            seen = tr.tr(N_("seen {when}"), when=when)
            asked = (task.ref, task.title, person_label(tr, task.who), seen)
            return tr.tr(rung), " · ".join(asked)
        case Duty.MISSED:
            return tr.tr(N_("The daily look was missed")), when
        case Duty.REPORT:
            week = task.ref.partition("-W")[2].lstrip("0")
            return tr.tr(N_("Report of week {n}"), n=week), tr.tr(N_("not exported yet"))
        case Duty.REGISTER:
            made = registers.register(task.ref)
            name = made.name.to(tr.language)
            if task.key:
                english = task.title_en if tr.language is Language.EN else ""
                return english or task.title, tr.tr(
                    N_("{name}: check the link, {when}"), name=name, when=when
                )
            return task.title or name, f"{name}, {when}"
    english = task.title_en if tr.language is Language.EN else ""
    title = english or task.title or tr.tr(N_("Untitled draft"))
    sentence = _SENTENCES.get(task.duty)
    if sentence is None:
        where = partly_words(tr, task.placements) or page_names(task.placements)
        return title, " · ".join(part for part in (when, where) if part)
    detail = tr.tr(
        sentence, who=task.who, when=when, ref=task.ref, what=tr.tr(task.ref) if task.ref else ""
    )
    return title, detail


def _when(tr: Translator, task: Task, today: date) -> str:
    """A day as one says it beside today's: at 12:30, yesterday, on 5 May."""
    if task.at is not None:
        day = tr.local(task.at).date()
        if day == today:
            return tr.tr(N_("at {time}"), time=tr.time(task.at))
    elif task.on is not None:
        day = task.on
    else:
        return ""
    return said_day(tr, day, today)


def said_day(tr: Translator, day: date, today: date) -> str:
    """« hier », « demain », « aujourd'hui », or the date."""
    match (day - today).days:
        case 0:
            return tr.tr(N_("today"))
        case -1:
            return tr.tr(N_("yesterday"))
        case 1:
            return tr.tr(N_("tomorrow"))
    near = abs((day - today).days) < 200
    return tr.tr(N_("on {date}"), date=tr.day(day) if near else tr.date(day))


class Day:
    """The parts of the first screen that show a day, and what is done from them."""

    def __init__(self, screen: Screen, begin_incident: Callable[[], object]) -> None:
        self._screen, self._shell = screen, screen.shell
        self._begin_incident = begin_incident
        self._today: Today | None = None
        self._begun: dict[tuple[int | None, str], str] = {}
        """Words of looks that were begun and not noted, by page and search."""
        self.band = Band(self._shell)
        self.columns = self._columns()
        self.watch = WatchCard(self._shell, self._looked, self.note_look)

    def _columns(self) -> QWidget:
        self.lists: dict[Lane, TaskList] = {}
        for lane, title, icon, nothing in _LANES:
            made = TaskList(self._shell, lane, title, icon, nothing)
            made.table.opened.connect(partial(self._open, lane))
            self.lists[lane] = made
        lists = list(self.lists.values())
        for place, one in enumerate(lists):
            one.neighbours = (
                lists[place - 1] if place else None,
                lists[place + 1] if place + 1 < len(lists) else None,
            )
        return Columns(*lists)

    def show(self, today: Today) -> None:
        self._today = today
        begun = not today.empty or bool(today.watch or today.tasks)
        most = max(len(today.lane(lane)) for lane in Lane)
        for lane, made in self.lists.items():
            made.show_tasks(today.lane(lane), today.day)
            made.show_rows(min(max(most, LEAST_ROWS), MOST_ROWS))
            made.setVisible(begun)
        self.band.show_day(today)
        self.watch.show_day(today)
        self.watch.setVisible(bool(today.watch))

    @property
    def late(self) -> int:
        return self.lists[Lane.LATE].count

    def first(self) -> TaskTable | None:
        """The first list that has a task, its first one chosen; None when nothing is due."""
        for made in self.lists.values():
            if made.count:
                made.table.select_first()
                return made.table
        return None

    def panes(self) -> Sequence[QWidget]:
        return (*(made.table for made in self.lists.values()), self.watch)

    # -- doing a task -----------------------------------------------------------------------------

    def _open(self, lane: Lane, number: int) -> None:
        task = self.lists[lane].task(number)
        if task is None:
            return
        go = self._shell.window.go
        match task.duty:
            case Duty.PUBLISH if task.id is not None:
                from ui.publish import open_publish

                open_publish(self._screen, task.id)
            case Duty.FINISH | Duty.VALIDATION | Duty.VALIDATED | Duty.REFUSED:
                go("draft", task.id)
            case Duty.ESCALATE | Duty.AFFAIRS | Duty.ANSWERED:
                go("escalations", task.id)
            case Duty.REVIEW | Duty.BAN_ENDS:
                go("moderation", task.id)
            case Duty.RETENTION:
                go("moderation", "retention")
            case Duty.UNFINISHED if task.id is None:
                self._begin_incident()
            case Duty.UNFINISHED:
                go("moderation", ("form", task.form))
            case Duty.STEP:
                go("moderation", ("step", task.id))
            case Duty.REGISTER:
                go("pages", ("register", task.ref, task.key or task.id))
            case Duty.CAMPAIGN:
                go("calendar", ("campaign", task.id))
            case Duty.REPORT:
                go("reports", task.ref)
            case Duty.MISSED if task.on is not None and self._today is not None:
                self.note_missed(task.on)

    # -- the daily look ---------------------------------------------------------------------------

    def _looked(self, watch: Watch) -> None:
        """Nothing to report there."""
        if self._today is None:
            return
        kept, day = self._shell.workspace.registers, self._today.day
        self._shell.tasks.mutate(
            self._screen,
            lambda: kept.look(day, page_id=watch.page_id, search=watch.search),
            failed=self._shell.messages.failed,
        )

    def note_look(self, watch: Watch, day: date | None = None) -> None:
        """Note what was seen there, and go on to what follows: a reply, an incident, nothing."""
        if self._today is None:
            return
        tr, shell = self._shell.tr.tr, self._shell
        dialog = shell.messages.dialog(
            tr(N_("What was seen: {place}"), place=watch.page or watch.search),
            tr(N_("It is noted in the daily look; from here you may also begin what follows.")),
            (
                Choice("no", tr(N_("Cancel"))),
                Choice(_CASE, tr(N_("Note and log it"))),
                Choice(_REPLY, tr(N_("Note and reply"))),
                Choice("yes", tr(N_("Note it")), "primary"),
            ),
            tone=Tone.INFO,
        )
        place = (watch.page_id, watch.search)
        note = QPlainTextEdit(self._begun.get(place, watch.note))
        note.setTabChangesFocus(True)
        note.setFixedHeight(shell.theme.px(96))
        form = Form(beside=False)
        form.add(tr(N_("In a few words")), note)
        dialog.body.addWidget(form)
        steps = [dialog.button(follow_up) for follow_up in ("yes", _REPLY, _CASE)]

        def check() -> None:
            for step in steps:
                step.setEnabled(bool(note.toPlainText().strip()))

        check()
        note.textChanged.connect(check)
        kept, when = shell.workspace.registers, day or self._today.day

        def chosen(answer: str) -> None:
            words, follow_up = note.toPlainText(), answer.removeprefix("yes")
            self._begun[place] = words  # until it is noted
            if answer not in ("yes", _REPLY, _CASE):
                return
            shell.tasks.mutate(
                self._screen,
                lambda: kept.look(
                    when,
                    page_id=watch.page_id,
                    search=watch.search,
                    note=words,
                    follow_up=follow_up,
                ),
                lambda _: self._follow(watch, words, follow_up),
                lambda error: self._not_noted(error, watch, day),
            )

        dialog.chosen.connect(chosen)
        dialog.open()
        note.setFocus()

    def _not_noted(self, error: Exception, watch: Watch, day: date | None) -> None:
        self.note_look(watch, day)
        self._shell.messages.failed(error)

    def _follow(self, watch: Watch, words: str, follow_up: str) -> None:
        """Begin what follows from a look: the incident's form, or the draft of a reply."""
        self._begun.pop((watch.page_id, watch.search), None)
        if follow_up == _CASE and self._shell.window.can("go:moderation"):
            from ui.moderation.incident import open_incident

            open_incident(self._shell, page_id=watch.page_id)
        elif follow_up == _REPLY:
            from scc_admin.editorial import DraftDetails

            details = DraftDetails(first_words(words), PostKind.REPLY, page_id=watch.page_id)
            editorial = self._shell.workspace.editorial
            self._shell.tasks.mutate(
                self._screen,
                lambda: (editorial.add_draft(details), Changes(frozenset({"drafts"}))),
                lambda made: self._shell.window.go("draft", made[0]),
                self._shell.messages.failed,
            )

    def note_missed(self, day: date) -> None:
        """Say afterwards what became of a day on which nobody looked."""
        assert self._today is not None
        tr, kept = self._shell.tr, self._shell.workspace.registers
        pages = [w.page_id for w in self._today.watch if w.page_id is not None]

        def chosen(answer: str) -> None:
            if answer != "looked":
                return

            def record() -> Changes:
                changes = Changes()
                for page_id in pages:
                    changes = kept.look(day, page_id=page_id)
                return changes

            self._shell.tasks.mutate(self._screen, record, failed=self._shell.messages.failed)

        self._shell.messages.ask(
            tr.tr(N_("Nothing is noted for {date}"), date=tr.date(day, "full")),
            tr.tr(
                N_(
                    "If the pages were looked at that day, you may note it now; the journal keeps"
                    " that it was noted today."
                )
            ),
            (
                Choice("no", tr.tr(N_("Leave it missed"))),
                Choice("looked", tr.tr(N_("They were looked at, nothing to report")), "primary"),
            ),
            chosen,
        )


# --- Pieces --------------------------------------------------------------------------------------


class Band(QFrame):
    """The campaigns in course and what day it is, in daffodil."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self.setProperty("role", "campaign")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.MEDIUM, Space.HAIR, Space.MEDIUM, Space.HAIR)
        row.setSpacing(Space.SMALL)
        row.addWidget(IconLabel(shell.icons, "flower", "text", 18), 0, Qt.AlignmentFlag.AlignTop)
        self._flow = FlowLayout(Space.SMALL)
        box = QWidget()
        box.setLayout(self._flow)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        box.setSizePolicy(policy)
        words = QVBoxLayout()
        margins(words, 0, 2)
        words.addWidget(box)
        self._dates = Elided()
        self._dates.setContentsMargins(Space.HAIR, 0, 0, 0)  # as links begin
        words.addWidget(self._dates)
        row.addLayout(words, 1)

    def show_day(self, today: Today) -> None:
        tr = self._shell.tr
        clear(self._flow)
        campaigns = [c for c in today.campaigns if c.kind is not CampaignKind.FIELD]
        for campaign in campaigns:
            name = tr.tr(
                N_("{campaign}, until {date}"),
                campaign=campaign.name(tr.language),
                date=tr.day(campaign.ends_on),
            )
            self._flow.addWidget(
                button(
                    name,
                    partial(self._shell.window.go, "calendar", ("campaign", campaign.id)),
                    kind="link",
                )
            )
        dates = " · ".join(made.name.to(tr.language) for made in today.dates)
        self._dates.set_whole(dates)
        self._dates.setVisible(bool(dates))
        self.setAccessibleName(tr.tr(N_("Campaigns in course")))
        self.setVisible(bool(campaigns or today.dates))


class TaskList(QFrame):
    """A column of tasks. Left and Right go to the columns beside it."""

    def __init__(self, shell: Shell, lane: Lane, title: str, icon: str, nothing: str) -> None:
        super().__init__()
        self._shell = shell
        self._today: date | None = None
        self.neighbours: tuple[TaskList | None, TaskList | None] = (None, None)
        self.setProperty("role", "card")
        self.setMinimumWidth(shell.theme.px(LEAST_COLUMN))
        tr = shell.tr.tr
        column = QVBoxLayout(self)
        column.setContentsMargins(1, Space.MEDIUM, 1, 1)
        column.setSpacing(Space.SMALL)
        head = QHBoxLayout()
        head.setContentsMargins(Space.LARGE, 0, Space.LARGE, 0)
        head.setSpacing(Space.SMALL)
        color = {Lane.DO: "accent", Lane.WAIT: "muted", Lane.LATE: "warning"}[lane]
        head.addWidget(IconLabel(shell.icons, icon, color, 18))
        self._title = tr(title)
        head.addWidget(plain(self._title, role="section", wrap=False), 1)
        self._number = plain("", role="muted", wrap=False)
        head.addWidget(self._number)
        column.addLayout(head)
        self._stack = QStackedWidget()
        self.table = TaskTable(shell, self._title, self)
        self.table.setProperty("role", "bare")
        self.model: RowsModel[_Row] = RowsModel(
            [Column(self._title, self._cell)], lambda row: row.number
        )
        self.table.use(self.model)
        self._stack.addWidget(self.table)
        self._nothing = plain(tr(nothing), role="muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setContentsMargins(Space.LARGE, Space.WIDE, Space.LARGE, Space.WIDE)
        self._stack.addWidget(self._nothing)
        column.addWidget(self._stack, 1)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    def show_rows(self, rows: int) -> None:
        """Be as tall as so many tasks."""
        self._stack.setFixedHeight(self._shell.theme.px(_TASK) * rows + 4)

    @property
    def count(self) -> int:
        return self.model.rowCount()

    def task(self, number: int) -> Task | None:
        row = self.model.row_at(self.model.position(number))
        return row.task if row else None

    def show_tasks(self, tasks: Sequence[Task], today: date) -> None:
        self._today = today
        self.model.set_rows(_Row(_number(task), task) for task in tasks)
        self._number.setText(self._shell.tr.number(len(tasks)) if tasks else "")
        self._stack.setCurrentIndex(0 if tasks else 1)
        self.setAccessibleName(f"{self._title}: {len(tasks)}")
        if tasks and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))
            if not self.table.hasFocus():
                self.table.clearSelection()

    def _cell(self, row: _Row) -> Cell:
        tr, task = self._shell.tr, row.task
        assert self._today is not None
        title, detail = task_words(tr, task, self._today)
        icon, color, verb = _LOOKS[task.duty]
        owed = [made for made in task.placements if made.published_at is None]
        page = first_page(owed or task.placements)
        glyph = network_icon(page.network) if page else icon
        return Cell(
            title,
            detail,
            (Tag(tr.tr(verb), icon, color),),
            icon=glyph,
            color="text",
        )


def _number(task: Task) -> int:
    """A stable number for a task, so that the selection stays where it was."""
    return hash((task.duty, task.id, task.ref, task.on, task.form)) & 0x7FFFFFFF


class TaskTable(Table):
    def __init__(self, shell: Shell, name: str, owner: TaskList) -> None:
        super().__init__(shell.theme, shell.icons, name, two_lines=True)
        self._owner = owner
        self.horizontalHeader().hide()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.currentIndex().isValid():
            self.selectRow(self.currentIndex().row())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        # Three lists stand side by side: only the one in use shows where one is.
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        side = {Qt.Key.Key_Left: 0, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if side is not None and not event.modifiers():
            beside = self._owner.neighbours[side]
            while beside is not None and not beside.count:
                beside = beside.neighbours[side]
            if beside is not None:
                beside.table.select_first()
                beside.table.setFocus(Qt.FocusReason.TabFocusReason)
            return
        super().keyPressEvent(event)


class WatchCard(QFrame):
    """The daily look: each page and saved search, one click when there is nothing to report."""

    def __init__(
        self,
        shell: Shell,
        looked: Callable[[Watch], object],
        noted: Callable[[Watch], object],
    ) -> None:
        super().__init__()
        self._shell, self._looked, self._noted = shell, looked, noted
        self.setProperty("role", "card")
        self.setMinimumWidth(shell.theme.px(LEAST_COLUMN))
        tr = shell.tr.tr
        column = QVBoxLayout(self)
        margins(column, Space.LARGE, Space.SMALL)
        column.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, Space.MEDIUM)
        self._week = WeekDots(shell)
        column.addWidget(Section(tr(N_("Today's look at the pages")), action=self._week))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.WIDE)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)
        self.setAccessibleName(tr(N_("Today's look at the pages")))
        self._shown: tuple[Watch, ...] | None = None

    def show_day(self, today: Today) -> None:
        self._week.show_week(today.week)
        if today.watch == self._shown:
            return
        self._shown = today.watch
        focused = self._focused()
        clear(self._grid)
        half = -(-len(today.watch) // 2)
        for place, watch in enumerate(today.watch):
            self._grid.addWidget(
                WatchLine(self._shell, watch, self._looked, self._noted),
                place % half,
                place // half,
            )
        if focused is not None:
            QTimer.singleShot(0, self, partial(self._focus, focused))

    def _focused(self) -> int | None:
        lines = self.findChildren(WatchLine)
        focused = self.window().focusWidget()  # not what this part last had
        return next((i for i, w in enumerate(lines) if w.isAncestorOf(focused)), None)

    def _focus(self, place: int) -> None:
        """After one line was done, the next that is not."""
        lines = [line for line in self.findChildren(WatchLine) if not line.isHidden()]
        following = [*lines[place:], *lines[:place]]
        target = next((line for line in following if line.quiet is not None), None)
        if target is not None and target.quiet is not None:
            target.quiet.setFocus(Qt.FocusReason.TabFocusReason)


class WatchLine(QWidget):
    """A page, or a saved search, with its two answers; or what was answered."""

    def __init__(
        self,
        shell: Shell,
        watch: Watch,
        looked: Callable[[Watch], object],
        noted: Callable[[Watch], object],
    ) -> None:
        super().__init__()
        tr = shell.tr
        name = watch.page or watch.search
        row = QHBoxLayout(self)
        margins(row, 0, Space.SMALL)
        row.addWidget(
            IconLabel(shell.icons, network_icon(watch.network) if watch.page else "search", "muted")
        )
        row.addWidget(Elided(name), 1)
        self.quiet: QPushButton | None = None
        if watch.url.startswith(("https://", "http://")):
            opened = button(
                "", partial(open_outside, shell, watch.url),
                icons=shell.icons, icon="external", kind="quiet",
                tip=tr.tr(N_("Open {page} in the browser"), page=name),
            )  # fmt: skip
            opened.setAccessibleName(tr.tr(N_("Open {page} in the browser"), page=name))
            row.addWidget(opened)
        if watch.looked_at is None:
            self.quiet = button(
                tr.tr(N_("Nothing to report")), partial(looked, watch), kind="small"
            )
            self.quiet.setAccessibleName(tr.tr(N_("{page}: nothing to report"), page=name))
            row.addWidget(self.quiet)
            note = button(tr.tr(N_("Note…")), partial(noted, watch), kind="small")
        else:
            row.addWidget(IconLabel(shell.icons, "check", "ok", 16))
            said = watch.note or tr.tr(N_("nothing to report"))
            words = Elided(f"{tr.time(watch.looked_at)} · {said}", role="small")
            row.addWidget(words, 1)
            note = button(tr.tr(N_("Note…")), partial(noted, watch), kind="quiet")
        note.setAccessibleName(tr.tr(N_("{page}: note what was seen"), page=name))
        row.addWidget(note)


class WeekDots(QWidget):
    """The last seven days: full when every page was looked at, half, or a ring for a missed day."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._week: tuple[WatchDay, ...] = ()

    def show_week(self, week: tuple[WatchDay, ...]) -> None:
        self._week = week
        tr = self._shell.tr
        missed = sum(1 for day in week[:-1] if day.due and not day.looked)
        text = (
            tr.tr(N_("The first day of looking at the pages"))
            if not any(day.due for day in week[:-1])
            else tr.ntr(
                *NN_("{n} of the last six days was missed", "{n} of the last six days were missed"),
                missed,
            )
            if missed
            else tr.tr(N_("No day missed in the last six"))
        )
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        px = self._shell.theme.px
        return QSize(px(26) * len(self._week), px(30))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, tr = self._shell.theme, self._shell.tr
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step, side = theme.px(26), theme.px(12)
        painter.setFont(theme.font(Type.SMALL))
        for place, day in enumerate(self._week):
            middle = step * place + step / 2
            today = place == len(self._week) - 1
            painter.setPen(theme.color("text" if today else "muted"))
            letter = tr.weekday(day.day)[:1].upper()
            painter.drawText(
                QRectF(step * place, 0, step, theme.px(15)),
                int(Qt.AlignmentFlag.AlignCenter),
                letter,
            )
            dot = QRectF(middle - side / 2, theme.px(16), side, side)
            whole = day.due > 0 and day.looked >= day.due
            owed = day.due > 0 and not today
            color = "ok" if whole else "warning" if day.looked or owed else "line"
            painter.setPen(QPen(theme.color(color), 1.5))
            painter.setBrush(theme.color("ok") if whole else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(dot)
            if day.looked and not whole:
                painter.setBrush(theme.color(color))
                painter.drawPie(dot, 90 * 16, -round(360 * 16 * day.looked / max(1, day.due)))
            elif not day.looked and owed:
                painter.drawLine(dot.topLeft(), dot.bottomRight())
        painter.end()
