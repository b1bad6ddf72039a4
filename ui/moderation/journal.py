"""The journal: searched as one types, filtered, read entry by entry, verified, erased."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent, QTextOption, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from scc_admin.errors import UserError
from scc_admin.exports import METHODS
from scc_admin.files import write_durably
from scc_admin.i18n import N_, Translator
from scc_admin.model import (
    Checkpoint,
    Entry,
    EntryKind,
    Ground,
    JournalQuery,
    JournalReport,
    Language,
    Rung,
)
from scc_admin.moderation.agreement import ROW
from scc_admin.moderation.retention import Destruction, destroys
from scc_admin.words import (
    CODED,
    ENTRY_KINDS,
    GROUNDS,
    LANGUAGES,
    NETWORKS,
    RUNGS,
    SITUATIONS,
    VALUES,
)
from ui.files import save_as, saved
from ui.forms import FormDialog, whole_moment
from ui.keyboard import DayField
from ui.messages import Choice
from ui.moderation.erasing import (
    approver_field,
    ask_certificate_again,
    ground_field,
    offer_certificate,
)
from ui.screen import Shell
from ui.tables import Cell, Column, PagedModel, Table
from ui.tasks import Job, Reporter
from ui.theme import Space
from ui.widgets import (
    EmptyState,
    Picker,
    ProgressBar,
    Scroll,
    SearchField,
    Section,
    Tone,
    button,
    clear,
    margins,
    plain,
    rule,
    splitter,
    stack,
)

_FIRST = 256
"""Matches that a search shows at once, while all of them are gathered."""
_SITUATIONS = {situation.value: words for situation, words in SITUATIONS.items()}
_ANY_TIME, _WEEK, _MONTH, _YEAR, _BETWEEN = "", "7", "30", "365", "between"


class Wrapped(QTextEdit):
    """Words to be read and copied, broken anywhere where a line is too short: a hash, an address.

    A label would widen what it stands in instead.
    """

    def __init__(self, text: str, *, role: str = "") -> None:
        super().__init__()
        self.setProperty("role", f"wrapped {role}".strip())
        self.setReadOnly(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.setPlainText(text)
        self.setAccessibleName(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(math.ceil(self.document().size().height()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # what scrolls is what it stands in


@dataclass(frozen=True, slots=True)
class _Found:
    ids: Sequence[int]
    whole: int
    """Entries of the whole journal."""
    more: bool = False
    """These are the newest only; all of them are on their way."""


class JournalPane(QWidget):
    """The table over all entries, and the one in focus beside it."""

    case_asked = Signal(str)
    """The number of a case that is to be opened."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        tr = shell.tr.tr
        self._job: Job | None = None
        self._gathering: Reporter | None = None
        self._wanted: int | None = None
        self._entry: Entry | None = None
        self._build_filters()
        self.table = Table(shell.theme, shell.icons, tr(N_("Journal entries")), two_lines=True)
        self.model: PagedModel[Entry] = PagedModel(
            [
                Column(tr(N_("Number")), self._number, width=76, right=True),
                Column(tr(N_("What")), self._what, stretch=5),
                Column(tr(N_("When")), self._when, width=160),
                Column(tr(N_("Who")), lambda e: Cell(e.who, color="muted"), stretch=3),
            ],
            shell.tasks,
            shell.workspace.journal.page,
        )
        self.table.use(self.model)
        self.table.picked.connect(self._picked)
        self.nothing = EmptyState(
            shell.icons,
            "search",
            tr(N_("No entry matches")),
            tr(N_("Show all entries")),
            self.show_all,
            detail=tr(N_("The journal writes itself, with each act.")),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.nothing)
        self.count = plain(role="small", wrap=False)
        self.detail = Scroll(padding=Space.LARGE, spacing=Space.SMALL)
        self.detail.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.detail.setProperty("role", "read")
        self.detail.setAccessibleName(tr(N_("The entry in focus")))
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(Space.LARGE, Space.MEDIUM, 0, Space.SMALL)
        column.setSpacing(Space.SMALL)
        column.addLayout(self._filters)
        column.addWidget(self._dates)
        column.addWidget(self.stack, 1)
        column.addLayout(self._foot())
        self.detail.setMinimumWidth(shell.theme.px(240))
        outer = QVBoxLayout(self)
        margins(outer, 0, 0)
        outer.addWidget(splitter(left, self.detail, (70, 30)))

    # -- building -------------------------------------------------------------------------------

    def _build_filters(self) -> None:
        shell, tr = self.shell, self.shell.tr.tr
        self.search = SearchField(shell.icons, tr(N_("Search the journal")), delay_ms=60)
        self.kinds = Picker(tr(N_("Kind of entry")))
        self.kinds.addItem(tr(N_("All kinds")), None)
        for kind in sorted(EntryKind, key=lambda k: tr(ENTRY_KINDS[k])):
            self.kinds.addItem(tr(ENTRY_KINDS[kind]), kind.value)
        self.case = QLineEdit()
        self.case.setPlaceholderText(tr(N_("Case")))
        self.case.setAccessibleName(tr(N_("Number of the case")))
        self.case.setMaximumWidth(shell.theme.px(116))
        self.period = Picker(tr(N_("Period")))
        for value, words in (
            (_ANY_TIME, N_("Any date")),
            (_WEEK, N_("Last 7 days")),
            (_MONTH, N_("Last 30 days")),
            (_YEAR, N_("Last 12 months")),
            (_BETWEEN, N_("Between two days")),
        ):
            self.period.addItem(tr(words), value)
        self._filters = QHBoxLayout()
        margins(self._filters, 0, Space.SMALL)
        self._filters.addWidget(self.search, 2)
        for widget, share in ((self.kinds, 1), (self.case, 0), (self.period, 1)):
            self._filters.addWidget(widget, share)
        for combo in (self.kinds, self.period):
            combo.setMinimumContentsLength(13 if combo is self.kinds else 10)
            combo.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
        today = shell.tr.local(shell.clock()).date()
        self.since, self.until = DayField(), DayField()
        self._dates = QWidget()
        row = QHBoxLayout(self._dates)
        margins(row, 0, Space.SMALL)
        for edit, words, day in (
            (self.since, N_("From"), today - dt.timedelta(days=30)),
            (self.until, N_("To"), today),
        ):
            edit.setDate(QDate(day.year, day.month, day.day))
            edit.setAccessibleName(tr(words))
            row.addWidget(plain(tr(words), wrap=False))
            row.addWidget(edit)
        row.addStretch(1)
        self._dates.hide()
        self.search.searched.connect(lambda _text: self.read())
        self.kinds.currentIndexChanged.connect(lambda _i: self.read())
        self.case.editingFinished.connect(self.read)
        self.period.currentIndexChanged.connect(lambda _i: self._period_changed())
        self.since.dateChanged.connect(lambda _d: self.read())
        self.until.dateChanged.connect(lambda _d: self.read())

    def _foot(self) -> QHBoxLayout:
        shell, tr = self.shell, self.shell.tr.tr
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        row.addWidget(self.count)
        row.addStretch(1)
        self.bar = ProgressBar(tr(N_("Verification of the journal")))
        self.bar.setFixedWidth(shell.theme.px(120))
        self.bar.hide()
        self.verify_button = button(
            tr(N_("Verify all")), self.verify, icons=shell.icons, icon="shield", kind="small"
        )
        self.point_button = button(
            tr(N_("Checkpoint…")), self.checkpoint, icons=shell.icons, icon="pin", kind="small"
        )
        self.received_button = button(
            tr(N_("Compare…")), self.compare, icons=shell.icons, icon="split", kind="small"
        )
        self.received_button.setAccessibleDescription(
            tr(N_("With a checkpoint that somebody kept, or a packet that was received"))
        )
        for widget in (self.bar, self.verify_button, self.point_button, self.received_button):
            row.addWidget(widget)
        return row

    # -- reading --------------------------------------------------------------------------------

    def show_all(self) -> None:
        """Take every filter away."""
        self.search.clear()
        self.kinds.setCurrentIndex(0)
        self.case.clear()
        self.period.setCurrentIndex(0)
        self.read()

    def _period_changed(self) -> None:
        self._dates.setVisible(self.period.currentData() == _BETWEEN)
        self.read()

    def query(self) -> JournalQuery:
        """What the filters ask for."""
        kind, period = self.kinds.currentData(), self.period.currentData()
        today = self.shell.tr.local(self.shell.clock()).date()
        since = until = None
        if period == _BETWEEN:
            since, until = _day(self.since.date()), _day(self.until.date())
        elif period:
            since = today - dt.timedelta(days=int(period))
        return JournalQuery(
            text=self.search.text(),
            kinds=frozenset({EntryKind(kind)}) if kind else frozenset(),
            case=self.case.text().strip().upper(),
            since=since,
            until=until,
        )

    def read(self) -> None:
        """Show what the filters ask for: the newest at once, then all of them."""
        journal, query = self.shell.workspace.journal, self.query()
        if self._gathering is not None:
            self._gathering.cancel()
        gathering = self._gathering = Reporter(lambda _progress: None)

        def newest() -> _Found:
            if not query.text.strip():
                return _Found(journal.ids(query, progress=gathering), journal.size())
            ids = journal.ids(query, limit=_FIRST)
            return _Found(ids, journal.size(), more=len(ids) == _FIRST)

        def arrived(found: _Found) -> None:
            self._arrived(found)
            if found.more:
                self.shell.tasks.read(
                    self,
                    lambda: _Found(journal.ids(query, progress=gathering), journal.size()),
                    self._arrived,
                    key="entries",
                )

        self.shell.tasks.read(self, newest, arrived, key="entries")

    def _arrived(self, found: _Found) -> None:
        tr = self.shell.tr
        wanted, self._wanted = self._wanted, None
        before = self.table.current_id()
        self.model.set_ids(found.ids)
        self.stack.setCurrentWidget(self.table if found.ids else self.nothing)
        if found.more:
            text = tr.tr(
                N_("{n}+ of {all} entries"),
                n=tr.number(len(found.ids)),
                all=tr.number(found.whole),
            )
        elif len(found.ids) == found.whole:
            text = tr.ntr("{n} entry", "{n} entries", found.whole)
        else:
            text = tr.tr(
                N_("{n} of {all} entries"),
                n=tr.number(len(found.ids)),
                all=tr.number(found.whole),
            )
        self.count.setText(text)
        if found.ids and not self.table.select_id(wanted or before):
            self.table.select_first()
        if not found.ids:
            self._show(None)

    def open_entry(self, seq: int) -> None:
        """Show an entry asked for from elsewhere."""
        self._wanted = seq
        self.show_all()

    # -- cells ----------------------------------------------------------------------------------

    def _number(self, entry: Entry) -> Cell:
        return Cell(self.shell.tr.number(entry.seq), color="muted")

    def _what(self, entry: Entry) -> Cell:
        said = next(
            (
                value
                for name in ("title", "text", "reason", "question", "contact", "answer", "name")
                if (value := entry.values.get(name)) and (entry.kind, value) not in CODED
            ),
            "",
        )
        erased = sum(1 for value in entry.values.values() if value is None)
        if not said and erased:
            said = self.shell.tr.ntr("{n} value erased", "{n} values erased", erased)
        head = " · ".join(part for part in (what(self.shell.tr, entry), entry.case) if part)
        return Cell(head, said)

    def _when(self, entry: Entry) -> Cell:
        return Cell(self.shell.tr.moment(entry.at, "short"), color="muted")

    # -- the entry in focus -----------------------------------------------------------------------

    def _picked(self, seq: int) -> None:
        if seq < 0:
            self._show(None)
            return
        journal = self.shell.workspace.journal

        def read() -> tuple[Entry | None, dict[str, int]]:
            entry = journal.entry(seq)
            if entry is None or all(value is not None for value in entry.values.values()):
                return entry, {}
            erasures = journal.entries(
                JournalQuery(kinds=frozenset({EntryKind.ERASURE}), case=entry.case), limit=1_000
            )
            by = {name: e.seq for e in erasures for name in e.erases.get(seq, ())}
            return entry, by

        self.shell.tasks.read(self, read, lambda found: self._show(*found), key="entry")

    def _show(self, entry: Entry | None, erased_by: Mapping[str, int] | None = None) -> None:
        """Everything an entry says, and what it no longer says."""
        self._entry = entry
        body, tr = self.detail.body, self.shell.tr
        clear(body)
        if entry is None:
            body.addWidget(plain(tr.tr(N_("No entry chosen.")), role="muted"))
            body.addStretch(1)
            return
        head = tr.tr(N_("Entry {n}"), n=tr.number(entry.seq))
        body.addWidget(Section(f"{head} – {what(tr, entry)}"))
        facts = [
            (N_("When"), whole_moment(tr, entry.at)),
            (N_("Who"), entry.who),
            (N_("Approved by"), entry.approver),
            (N_("Until"), _when(tr, entry.expires)),
            (N_("Rule"), entry.rule),
            (N_("Undoes or mends entry"), entry.supersedes and tr.number(entry.supersedes)),
        ]
        for label, value in facts:
            if value:
                self._fact(tr.tr(label), str(value))
        if entry.case:
            number = entry.case
            self._fact(tr.tr(N_("Case")), number)
            body.addWidget(
                button(
                    tr.tr(N_("Open the case")),
                    lambda: self.case_asked.emit(number),
                    icons=self.shell.icons,
                    icon="moderation",
                    kind="small",
                ),
                0,
                Qt.AlignmentFlag.AlignLeft,
            )
        if entry.values:
            body.addWidget(rule())
        for name, value in entry.values.items():
            label = tr.tr(VALUES.get(name, name))
            if value is None:
                by = (erased_by or {}).get(name)
                self._fact(
                    label,
                    tr.tr(N_("erased, by entry {n}"), n=tr.number(by))
                    if by
                    else tr.tr(N_("erased")),
                    muted=True,
                )
            else:
                self._fact(label, _shown(tr, entry.kind, name, value))
        for seq, names in entry.erases.items():
            self._fact(
                tr.tr(N_("Erased in entry {n}"), n=tr.number(seq)),
                tr.join(tr.tr(VALUES.get(name, name)) for name in names),
            )
        body.addWidget(rule())
        self._fact(tr.tr(N_("Hash of the entry")), entry.hash.hex())
        if any(value is not None for value in entry.values.values()):
            body.addWidget(
                button(
                    tr.tr(N_("Erase personal values…")),
                    self.ask_erase,
                    icons=self.shell.icons,
                    icon="trash",
                    kind="small",
                ),
                0,
                Qt.AlignmentFlag.AlignLeft,
            )
        if destroys(entry):
            body.addWidget(
                button(
                    tr.tr(N_("Save the certificate…")),
                    partial(ask_certificate_again, self.shell, entry),
                    icons=self.shell.icons,
                    icon="download",
                    kind="small",
                ),
                0,
                Qt.AlignmentFlag.AlignLeft,
            )
        body.addStretch(1)

    def _fact(self, label: str, value: str, *, muted: bool = False) -> None:
        shown = Wrapped(value[:5_000], role="muted" if muted else "")
        self.detail.body.addWidget(stack(plain(label, role="small"), shown, spacing=0))

    # -- verifying ------------------------------------------------------------------------------

    def verify(self) -> None:
        """Read the whole journal again; pressed a second time, stop."""
        if self._job is not None:
            self._job.cancel()
            return
        workspace, tr = self.shell.workspace, self.shell.tr.tr
        self.bar.show_progress(None)
        self.bar.show()
        self.verify_button.setText(tr(N_("Stop")))
        self._job = self.shell.tasks.long(
            self,
            tr(N_("Verifying the journal")),
            lambda report: workspace.verify_journal(progress=report),
            self._verified,
            self._verify_failed,
            self._verify_ended,
            self.bar.show_progress,
        )

    def _verify_ended(self) -> None:
        self._job = None
        self.bar.hide()
        self.verify_button.setText(self.shell.tr.tr(N_("Verify all")))

    def _verify_failed(self, error: UserError) -> None:
        self._verify_ended()
        self.shell.messages.failed(error)

    def _verified(self, report: JournalReport) -> None:
        self._verify_ended()
        tr = self.shell.tr
        title, text = report_words(tr, report)
        details = "\n".join(tr.tr(p.message, **p.params) for p in report.problems)
        self.shell.messages.say(
            title, text, tone=Tone.OK if report.ok else Tone.ERROR, details=details
        )
        self.shell.window.show_journal(report.size, report.ok)

    def compare(self) -> None:
        """Compare the journal with a checkpoint held elsewhere."""
        from ui.received import ReceivedDialog

        ReceivedDialog(self.shell).open()

    # -- checkpoints ----------------------------------------------------------------------------

    def checkpoint(self) -> None:
        """Sign the journal as it stands, to be kept elsewhere."""
        journal = self.shell.workspace.journal
        self.shell.tasks.mutate(self, journal.checkpoint, self._signed)

    def _signed(self, point: Checkpoint) -> None:
        tr = self.shell.tr
        dialog = self.shell.messages.dialog(
            tr.tr(N_("A signed checkpoint")),
            tr.tr(
                N_(
                    "It states the {n} entries as they stand. Give it to somebody who keeps it"
                    " elsewhere: what it proves, it proves to them."
                ),
                n=tr.number(point.size),
            ),
            (
                Choice("close", tr.tr(N_("Close"))),
                Choice("copy", tr.tr(N_("Copy"))),
                Choice("save", tr.tr(N_("Save…")), "primary"),
            ),
            lambda answer: self._keep_point(point, answer),
            tone=Tone.OK,
            details=point.note,
        )
        dialog.open()

    def _keep_point(self, point: Checkpoint, answer: str) -> None:
        tr = self.shell.tr.tr
        if answer == "copy":
            QGuiApplication.clipboard().setText(point.note)
            self.shell.messages.toast(tr(N_("The checkpoint is in the clipboard.")))
        elif answer == "save":
            save_as(
                self,
                tr(N_("Save the checkpoint")),
                f"journal-{point.size}.checkpoint.txt",
                f"{tr(N_('Text'))} (*.txt)",
                partial(self.save_point, point),
            )

    def save_point(self, point: Checkpoint, target: Path) -> None:
        self.shell.tasks.read(
            self,
            lambda: write_durably(target, point.note.encode()),
            lambda _none: saved(self, target),
        )

    # -- erasing --------------------------------------------------------------------------------

    def ask_erase(self) -> None:
        """Erase personal values of the entry in focus, on a ground that holds."""
        entry, retention = self._entry, self.shell.workspace.moderation.retention
        if entry is not None:
            self.shell.tasks.read(
                self,
                lambda: retention.grounds_of(entry),
                lambda grounds: EraseDialog(self.shell, entry, grounds).open(),
            )

    def panes(self) -> Sequence[QWidget]:
        return (self.search, self.table, self.detail)


class EraseDialog(FormDialog):
    """Which values, on what ground, approved by whom. What is gone is gone."""

    def __init__(self, shell: Shell, entry: Entry, grounds: Sequence[Ground]) -> None:
        tr = shell.tr.tr
        super().__init__(
            shell,
            tr(N_("Erase personal values")),
            tr(
                N_(
                    "The words are gone for good: here, in the case, and in forms begun that"
                    " quote them. The entry stays, the journal still verifies, and says that they"
                    " were erased."
                )
            ),
            tr(N_("Erase for good")),
            self._erase,
            self._erased,
            tone=Tone.WARNING,
            danger=True,
            label=tr(N_("Erasing")),
        )
        self._seq = entry.seq
        self._boxes: dict[str, QCheckBox] = {}
        self.form.add_wide(plain(tr(N_("Values of entry {n}"), n=shell.tr.number(entry.seq))))
        for name, value in entry.values.items():
            if value is None:
                continue
            shown = _shown(shell.tr, entry.kind, name, " ".join(value.split()))
            shown = shown if len(shown) <= 60 else f"{shown[:60]}…"
            label = tr(N_("{field}: {value}"), field=tr(VALUES.get(name, name)), value=shown)
            box = QCheckBox(label.replace("&", "&&"))
            box.setChecked(True)
            self._boxes[name] = box
            self.form.add_wide(box)
        self.add(ground_field(shell.tr, grounds, Ground.REQUEST))
        self.add(approver_field(shell.tr))

    def missing(self) -> list[tuple[QWidget, str]]:
        found = super().missing()
        if not any(box.isChecked() for box in self._boxes.values()):
            words = self.shell.tr.tr(N_("Tick at least one value."))
            found.append((self.widget("ground"), words))
        return found

    def gathered(self) -> dict[str, Any]:
        chosen = [name for name, box in self._boxes.items() if box.isChecked()]
        return {**self.values(), "fields": chosen}

    def _erase(self, values: dict[str, Any]) -> Destruction:
        return self.shell.workspace.moderation.retention.erase_entry(
            self._seq,
            ground=Ground(values["ground"]),
            approver=values["approver"],
            fields=values["fields"],
        )

    def _erased(self, gone: Destruction) -> None:
        offer_certificate(self.shell, gone, N_("The values are erased"), key="erasure")


def what(tr: Translator, entry: Entry) -> str:
    """What an entry says happened: its kind, and its step in words."""
    coded = CODED.get((entry.kind, entry.values.get("text") or ""))
    kind, step = tr.tr(coded or ENTRY_KINDS[entry.kind]), entry.step
    match entry.kind:
        case EntryKind.RUNG | EntryKind.BAN:
            rung = Rung.__members__.get(step.upper())
            return tr.tr(RUNGS[rung]) if rung is not None else kind
        case EntryKind.CASE_OPENED:
            return f"{kind} – {tr.tr(_SITUATIONS[step])}" if step in _SITUATIONS else kind
        case EntryKind.ERASURE:
            grounds = {g.value: g for g in Ground}
            return f"{kind} – {tr.tr(GROUNDS[grounds[step]])}" if step in grounds else kind
        case EntryKind.CONTACT | EntryKind.PACKET:
            number, _, act = step.partition("/")
            acts = {
                "escalated": N_("reached"),
                "answered": N_("their answer"),
                "closed": N_("closed"),
                "sent": N_("sent"),
                "acknowledged": N_("received"),
                "printed": N_("printed"),
            }
            return " – ".join(p for p in (kind, number, tr.tr(acts.get(act, act))) if p)
        case EntryKind.ESCALATION:
            return f"{kind} – {step}" if step else kind
        case EntryKind.REPORT if "-W" in step:
            year, _, number = step.partition("-W")
            return f"{kind} – {tr.tr(N_('week {n} of {year}'), n=number.lstrip('0'), year=year)}"
        case EntryKind.CUSTODY:
            acts = {
                "exported": N_("a copy left"),
                "masked": N_("a masked copy left"),
                "access": N_("right of access"),
                "everything": N_("everything was exported"),
                "erased": N_("destroyed"),
            }
            return f"{kind} – {tr.tr(acts[step])}" if step in acts else kind
        case EntryKind.PUBLISHED:
            networks = {n.value: word for n, word in NETWORKS.items()}
            return f"{kind} – {tr.tr(networks[step])}" if step in networks else kind
        case EntryKind.OVERRIDE if step == "withdrawn":
            return f"{kind} – {tr.tr(N_('taken back'))}"
    return kind


def report_words(tr: Translator, report: JournalReport) -> tuple[str, str]:
    """What a verification established, and no more than that."""
    if not report.ok:
        apart = all(problem.code == ROW for problem in report.problems)
        return (
            tr.ntr(
                "{n} thing is not as it was recorded",
                "{n} things are not as they were recorded",
                report.problem_count,
            ),
            tr.tr(
                N_(
                    "The journal is whole, but the cases no longer say what it recorded: somebody"
                    " changed the file, or it was damaged. Keep a copy of the workspace, and go by"
                    " the journal."
                )
                if apart
                else N_(
                    "The journal does not verify. Write nothing more, keep a copy of the"
                    " workspace, and tell Public Affairs."
                )
            ),
        )
    said = []
    if report.held:
        said.append(
            tr.tr(
                N_(
                    "Up to entry {n}, by the checkpoint that was given, nothing was changed,"
                    " dropped or reordered."
                ),
                n=tr.number(report.held),
            )
        )
    if report.covered > report.held:
        said.append(
            tr.tr(
                N_(
                    "Up to entry {n}, by the newest signed checkpoint here, nothing was changed,"
                    " dropped or reordered, for whoever holds that checkpoint elsewhere."
                ),
                n=tr.number(report.covered),
            )
        )
    if report.uncovered:
        said.append(
            tr.ntr(
                "{n} newer entry is whole, and no checkpoint covers it yet.",
                "{n} newer entries are whole, and no checkpoint covers them yet.",
                report.uncovered,
            )
        )
    if report.erased:
        by = sorted({field.by for field in report.erased})
        said.append(
            tr.ntr(
                "{n} value was lawfully erased, by entry {entries}.",
                "{n} values were lawfully erased, by entries {entries}.",
                len(report.erased),
                entries=tr.join(tr.number(seq) for seq in by[:12]),
            )
        )
    if report.rows:
        said.append(
            tr.ntr(
                "{n} row of the cases says what the journal recorded.",
                "{n} rows of the cases say what the journal recorded.",
                report.rows,
            )
            + " "
            + tr.tr(
                N_("Not compared, because no entry holds it: {list}."),
                list="; ".join(tr.tr(words) for words in report.outside),
            )
        )
    said.append(
        tr.tr(
            N_(
                "This does not prove that the clock was right, that the captures are genuine,"
                " or that everything was logged."
            )
        )
    )
    title = tr.ntr(
        "No alteration found in {n} entry",
        "No alteration found in {n} entries",
        report.size,
    )
    return title, "\n\n".join(said)


def _when(tr: Translator, day: str) -> str:
    """A day as it is written in an entry, in words."""
    try:
        return tr.date(dt.date.fromisoformat(day), "long") if day else ""
    except ValueError:
        return day


_YES_NO = {"yes": N_("yes"), "no": N_("no")}


def _shown(tr: Translator, kind: EntryKind, name: str, value: str) -> str:
    """A value as one reads it: an instant in local time, a code in words, all else as it stands."""
    if name == "text" and (kind, value) in CODED:
        return tr.tr(CODED[kind, value])
    if name == "before" and value in _SITUATIONS:
        return tr.tr(_SITUATIONS[value])
    if value in _YES_NO and name in ("critical", "standing"):
        return tr.tr(_YES_NO[value])
    if name in ("captured", "done", "seen", "when"):
        try:
            return whole_moment(tr, dt.datetime.fromisoformat(value))
        except ValueError:
            return value
    if name == "method":
        return tr.tr(METHODS.get(value, value))
    if name == "language" and value in LANGUAGES:
        return tr.tr(LANGUAGES[Language(value)])
    return value


def _day(day: QDate) -> dt.date:
    return dt.date(day.year(), day.month(), day.day())
