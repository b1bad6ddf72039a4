"""The weekly report: choices on the left, the pages as they will print on the right."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from scc_admin.documents.data import Change
from scc_admin.errors import UserError
from scc_admin.i18n import N_, NN_, Translator
from scc_admin.model import Changes, Language
from scc_admin.reports import NO_FIGURE, EarlierReport, Week, changes_in
from scc_admin.words import LANGUAGES
from ui.files import Purpose, choose_folder, proposed, show_folder
from ui.forms import PlainText
from ui.messages import Banner
from ui.pdf import PdfView, print_pdf
from ui.screen import Screen, Shell
from ui.tables import Cell, Column, RowsModel, Table, Tag
from ui.tasks import Saver
from ui.theme import Space
from ui.widgets import (
    Card,
    Elided,
    EmptyState,
    Scroll,
    Section,
    Tone,
    button,
    icon_button,
    margins,
    plain,
)

if TYPE_CHECKING:
    from scc_admin.documents import WeeklyData
    from scc_admin.moderation.unfinished import Unfinished

PREVIEW_MS = 400
"""The pages are drawn again once one pauses this long."""

REST_MS = 1_500
"""After an export: keys pressed twice make one."""

_FORMATS: tuple[tuple[str, str, str], ...] = (
    ("pdf", "PDF", N_("To read, print and file")),
    ("xlsx", "XLSX", N_("The same figures, as a workbook")),
    ("json", "JSON", N_("The same figures, for programs")),
    ("eml", N_("Draft of an e-mail"), N_("To Public Affairs, with the files; you send it")),
)


@dataclass(frozen=True, slots=True)
class _Look:
    """A report as it would be exported now."""

    pdf: bytes
    changes: Sequence[Change]
    since: str
    under_way: str
    """That a week is not over, and up to when its figures reach; empty for one that is."""


@dataclass(frozen=True, slots=True)
class _Export:
    paths: Sequence[Path]
    before: EarlierReport | None
    """The last export of the same week in the same language."""


@dataclass(frozen=True, slots=True)
class _State:
    week: Week
    language: Language
    comment: str
    named: bool
    formats: frozenset[str]


class Reports(Screen):
    """Choose a week, look at its report, export it; what was exported before stands below."""

    interests = frozenset(
        {"reports", "drafts", "cases", "escalations", "pages", "registers", "settings"}
    )

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        tr = shell.tr
        today = tr.local(shell.clock()).date()
        self.week = Week.of(today).shifted(-1)
        self._sunday = False
        self._pdf = b""
        kept = shell.workspace.settings.get("reports.folder")
        gone = not kept or not Path(kept).is_dir()  # a stick that was taken away, say
        self._out = proposed(shell, Purpose.EXPORT) if gone else Path(kept)
        self._kept: str | None = None
        self._exporting = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(PREVIEW_MS)
        self._redraw.timeout.connect(self._look)
        self._keep = Saver(self, self.flush)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, Space.MEDIUM)
        row.setSpacing(Space.MEDIUM)
        row.addWidget(self._make_choices())
        self._spoken = self.language
        """The language of the comment that stands there."""
        row.addWidget(self._make_look(), 1)

    # -- building ---------------------------------------------------------------------------------

    def _make_choices(self) -> QWidget:
        tr, icons, px = self.shell.tr.tr, self.shell.icons, self.shell.theme.px
        side = Scroll(padding=0, spacing=Space.MEDIUM)
        side.setFixedWidth(px(308))
        side.body.setContentsMargins(0, 0, Space.SMALL, 0)
        card = Card(padding=Space.LARGE)
        body = card.body
        body.setSpacing(Space.SMALL)
        head = QHBoxLayout()
        margins(head, 0, Space.HAIR)
        self.before = icon_button(
            icons, "chevron-left", tr(N_("The week before")), partial(self.turn, -1)
        )
        self.after = icon_button(
            icons, "chevron-right", tr(N_("The week after")), partial(self.turn, 1)
        )
        names = QVBoxLayout()
        margins(names, 0, 0)
        self.name = plain(role="section", wrap=False)
        self.days = plain(role="small", wrap=False)
        names.addWidget(self.name)
        names.addWidget(self.days)
        head.addWidget(self.before)
        head.addLayout(names, 1)
        head.addWidget(self.after)
        body.addLayout(head)
        body.addWidget(plain(tr(N_("Language of the report")), role="strong"))
        languages = QHBoxLayout()
        margins(languages, 0, Space.MEDIUM)
        self._languages = QButtonGroup(self)
        self._radios: dict[Language, QRadioButton] = {}
        settings = self.shell.workspace.settings
        chosen = settings.get("reports.language") or self.shell.tr.language.value
        for language, word in LANGUAGES.items():
            made = QRadioButton(tr(word))
            made.setChecked(language.value == chosen)
            made.toggled.connect(lambda on, language=language: self._speak(language) if on else 0)
            self._languages.addButton(made)
            self._radios[language] = made
            languages.addWidget(made)
        languages.addStretch(1)
        body.addLayout(languages)
        body.addWidget(plain(tr(N_("Files")), role="strong"))
        self.formats: dict[str, QCheckBox] = {}
        ticked = settings.get("reports.formats")
        grid = QGridLayout()
        grid.setSpacing(0)
        for place, (key, name, about) in enumerate(_FORMATS):
            box = QCheckBox(tr(name))
            box.setChecked(key in ticked)
            box.setToolTip(tr(about))
            box.setAccessibleDescription(tr(about))
            box.toggled.connect(lambda _on: self._formats_chosen())
            self.formats[key] = box
            grid.addWidget(box, place // 2, place % 2)
        body.addLayout(grid)
        self.named = QCheckBox(tr(N_("Name the persons")))
        self.named.setAccessibleDescription(
            tr(N_("Otherwise persons appear by their label only, such as “Usager 042”."))
        )
        self.named.setToolTip(self.named.accessibleDescription())
        self.named.toggled.connect(lambda _on: self._changed())
        body.addWidget(plain(tr(N_("Persons")), role="strong"))
        body.addWidget(self.named)
        body.addWidget(plain(tr(N_("Your comment")), role="strong"))
        self.comment = PlainText(lines=4, px=px)
        self.comment.setAccessibleName(tr(N_("Your comment")))
        self.comment.setPlaceholderText(tr(N_("What the figures do not say")))
        self.comment.textChanged.connect(self._commented)
        body.addWidget(self.comment)
        folder = QHBoxLayout()
        margins(folder, 0, Space.HAIR)
        self.folder = Elided(str(self._out), role="small", path=True)
        folder.addWidget(self.folder, 1)
        folder.addWidget(button(tr(N_("Folder…")), self._choose_folder, kind="small"))
        body.addLayout(folder)
        side.body.addWidget(card)
        side.body.addWidget(Section(tr(N_("Exported before"))))
        self._past = QStackedWidget()
        self.table = Table(self.shell.theme, icons, tr(N_("Exported before")), two_lines=True)
        self.table.horizontalHeader().hide()
        self.table.setMinimumHeight(px(160))
        self.model: RowsModel[EarlierReport] = RowsModel(
            [Column(tr(N_("Report")), self._cell)], lambda report: report.id
        )
        self.table.use(self.model)
        self.table.opened.connect(self._open_earlier)
        self._past.addWidget(self.table)
        none = plain(tr(N_("No report has been exported yet.")), role="muted")
        none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._past.addWidget(none)
        side.body.addWidget(self._past, 1)
        return side

    def _make_look(self) -> QWidget:
        tr = self.shell.tr.tr
        part = QWidget()
        column = QVBoxLayout(part)
        margins(column, 0, Space.SMALL)
        self.banner = Banner(self.shell.icons)
        column.addWidget(self.banner)
        self._stack = QStackedWidget()
        self.view = PdfView(self.shell, tr(N_("The report as it will print")))
        self._stack.addWidget(self.view)
        self._stack.addWidget(
            EmptyState(self.shell.icons, "reports", tr(N_("The pages are being drawn…")))
        )
        self._stack.setCurrentIndex(1)
        column.addWidget(self._stack, 1)
        return part

    # -- a screen ---------------------------------------------------------------------------------

    def title(self) -> str:
        return self.shell.tr.tr(N_("Weekly report"))

    def primary_text(self) -> str:
        return self.shell.tr.tr(N_("Export the report"))

    def can(self, handler: str) -> bool:
        if handler == "primary":
            return bool(self.chosen_formats())
        if handler == "print_screen":
            return bool(self._pdf)
        return True

    def open(self, target: object) -> None:
        """`target` is a week, such as 2026-W47."""
        if isinstance(target, str):
            self._go(Week.parse(target, sunday=self._sunday))
            return
        workspace = self.shell.workspace
        self.shell.tasks.read(self, lambda: workspace.sunday, self._opened, key="sunday")

    def _opened(self, sunday: bool) -> None:
        self._sunday = sunday
        self._go(Week(self.week.year, self.week.number, sunday))

    def refresh(self, changes: Changes) -> None:  # noqa: ARG002 - every figure may have moved
        self._redraw.start()
        self._read_past()

    def focus_first(self) -> None:
        # The week that is over stands here already: most come to export it and go.
        if not self.shell.window.focus_primary():
            next(iter(self.formats.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def panes(self) -> Sequence[QWidget]:
        return (self.before, self.comment, self.table, self.view)

    def state(self) -> object:
        return _State(
            self.week,
            self.language,
            self.comment.toPlainText(),
            self.named.isChecked(),
            frozenset(self.chosen_formats()),
        )

    def restore(self, state: object) -> None:
        if isinstance(state, _State):
            self.named.setChecked(state.named)
            for key, box in self.formats.items():
                box.setChecked(key in state.formats)
            self._radios[state.language].setChecked(True)
            self._go(state.week)
            self._kept = state.comment
            self.comment.setPlainText(state.comment)

    # -- choices ----------------------------------------------------------------------------------

    @property
    def language(self) -> Language:
        """That of the report, which need not be that of the window."""
        return next(lang for lang, box in self._radios.items() if box.isChecked())

    def _speak(self, language: Language) -> None:
        """Have the report speak a language, with the comment that was begun in it."""
        self._remember("reports.language", language.value)
        self._go(self.week)

    def _formats_chosen(self) -> None:
        self._remember("reports.formats", list(self.chosen_formats()))
        self.shell.window.title_changed()

    def _remember(self, key: str, value: object) -> None:
        settings = self.shell.workspace.settings
        self.shell.tasks.mutate(self, lambda: settings.set(key, value))

    @property
    def _voice(self) -> Translator:
        language = self.language
        if language is self.shell.tr.language:
            return self.shell.tr
        return Translator(language, zone=self.shell.tr.zone)

    def chosen_formats(self) -> tuple[str, ...]:
        return tuple(key for key, box in self.formats.items() if box.isChecked())

    def turn(self, by: int) -> None:
        self._go(self.week.shifted(by))

    def _go(self, week: Week) -> None:
        """Show a week, with the comment that was begun or exported for it in this language."""
        self.flush()
        self.week, self._spoken = week, self.language
        tr = self.shell.tr
        self.name.setText(tr.tr(N_("Week {n}"), n=week.number))
        self.days.setText(tr.period(week.first, week.last, "medium"))
        self.name.setAccessibleName(f"{self.name.text()}, {self.days.text()}")
        today = tr.local(self.shell.clock()).date()
        self.after.setEnabled(week.shifted(1).first <= today)
        self._kept = None
        unfinished, name, voice, language = self._unfinished(), self._form, tr, self._spoken
        workspace = self.shell.workspace

        def read() -> str:
            kept = unfinished.get(name)
            if kept is not None:
                return str(kept.data.get("comment", ""))
            past = workspace.earlier_reports(voice)
            mine = (r.comment for r in past if r.week == str(week) and r.language is language)
            return next(mine, "")

        def show(comment: str) -> None:
            if week is not self.week or language is not self._spoken:
                return
            self._kept = comment
            self.comment.setPlainText(comment)
            self._redraw.start(0)

        # In line with the writing: what is kept of another visit must be on disk before it is read.
        self.shell.tasks.mutate(self, read, show, self.shell.messages.failed)
        self._read_past()
        self.shell.window.title_changed()

    def _unfinished(self) -> Unfinished:
        return self.shell.workspace.moderation.unfinished

    @property
    def _form(self) -> str:
        # French goes by the name that both languages once shared.
        return f"report-{self.week}" + ("" if self._spoken is Language.FR else f"-{self._spoken}")

    def _commented(self) -> None:
        if self._kept is not None and self.comment.toPlainText() != self._kept:
            self._keep.stir()
            self._redraw.start()

    def flush(self) -> None:
        """Keep the comment that is being written."""
        self._keep.stop()
        words = self.comment.toPlainText()
        if self._kept is None or words == self._kept:
            return
        self._kept = words
        unfinished, name = self._unfinished(), self._form
        self.shell.tasks.mutate(self, lambda: unfinished.keep(name, {"comment": words}))

    def _changed(self) -> None:
        self._redraw.start()

    def _choose_folder(self) -> None:
        title = self.shell.tr.tr(N_("Where to export the report"))
        choose_folder(self, title, self.export_into, start=self._out)

    def export_into(self, folder: Path) -> None:
        """Export there from now on."""
        self._out = folder
        with contextlib.suppress(UserError):
            self.shell.workspace.settings.set("reports.folder", str(folder))
        self.folder.set_whole(str(folder))

    # -- the look ---------------------------------------------------------------------------------

    def _look(self) -> None:
        workspace, voice, week = self.shell.workspace, self._voice, str(self.week)
        comment, named, tr = self.comment.toPlainText(), self.named.isChecked(), self.shell.tr

        def read() -> _Look:
            from scc_admin.documents.weekly import under_way

            data: WeeklyData = workspace.weekly_data(
                week, voice, comment=comment, persons_named=named
            )
            pdf = workspace.weekly_preview(data, voice)
            earlier = data["earlier_export"]
            return _Look(
                pdf,
                changes_in(data["changes"], voice, tr),
                tr.moment(earlier) if earlier else "",
                under_way(data, tr),
            )

        self.shell.tasks.read(self, read, self._show, self._not_drawn, key="look")

    def _show(self, look: _Look) -> None:
        tr = self.shell.tr
        self._pdf = look.pdf
        self.view.show_pdf(look.pdf)
        self._stack.setCurrentIndex(0)
        words = tr.join(
            c["label"] if c["was"] == NO_FIGURE else f"{c['label']} {_told(c)}"
            for c in look.changes
        )
        different = tr.tr(N_("Different from the export of {when}"), when=look.since)
        if look.under_way:
            changed = tr.tr(N_("{step}: {what}"), step=different, what=words) if words else ""
            self.banner.show_message(
                Tone.INFO,
                changed or tr.tr(N_("They are not held against those of whole weeks.")),
                title=look.under_way,
            )
        elif words:
            self.banner.show_message(Tone.INFO, words, title=different)
        else:
            self.banner.hide()

    def _not_drawn(self, error: UserError) -> None:
        self.banner.show_message(Tone.ERROR, self.shell.tr.explain(error))

    def print_screen(self) -> None:
        if self._pdf:
            print_pdf(self.shell, self, self._pdf)

    # -- exporting --------------------------------------------------------------------------------

    def primary(self) -> None:
        """Write the files, and say where they are. Meanwhile, and just after, nothing starts."""
        formats = self.chosen_formats()
        if not formats or self._exporting or self._rest.isActive():
            return
        self.flush()
        self._exporting = True
        workspace, voice, week = self.shell.workspace, self._voice, str(self.week)
        comment, named, out = self.comment.toPlainText(), self.named.isChecked(), self._out
        unfinished, name = self._unfinished(), self._form
        changes = Changes(frozenset({"reports", "journal"}))

        def write(_reporter: object) -> tuple[_Export, Changes]:
            past = workspace.earlier_reports(voice)
            paths = workspace.export_weekly(
                week, out, voice, formats=formats, comment=comment, persons_named=named
            )
            unfinished.drop(name)
            mine = (r for r in past if r.week == week and r.language is voice.language and r.name)
            return _Export(paths, next(mine, None)), changes

        self.shell.tasks.long(
            self,
            self.shell.tr.tr(N_("Exporting the report…")),
            write,
            self._exported,
            self._not_exported,
            self._ended,
            mutation=True,
        )

    def _ended(self) -> None:
        self._exporting = False
        self._rest.start()

    def _exported(self, made: tuple[_Export, Changes]) -> None:
        tr, (paths, before) = self.shell.tr, (made[0].paths, made[0].before)
        self._ended()
        said = tr.tr(N_("Exported: {files}."), files=tr.join(path.name for path in paths))
        if before is not None:
            kept = N_("The export of {when} stays as it was: {name}.")
            said = f"{said} {tr.tr(kept, when=before.at, name=before.name)}"
        self.shell.messages.toast(
            said, tr.tr(N_("Open the folder")), lambda: show_folder(self.shell, paths[0])
        )

    def _not_exported(self, error: UserError) -> None:
        self._exporting = False
        self.shell.messages.failed(error)

    # -- earlier ----------------------------------------------------------------------------------

    def _read_past(self) -> None:
        workspace, tr = self.shell.workspace, self.shell.tr
        self.shell.tasks.read(
            self, lambda: workspace.earlier_reports(tr), self._show_past, key="past"
        )

    def _show_past(self, reports: Sequence[EarlierReport]) -> None:
        self.model.set_rows(reports)
        self.table.select_first()
        self._past.setCurrentIndex(0 if reports else 1)

    def _cell(self, report: EarlierReport) -> Cell:
        tr = self.shell.tr
        number = int(report.week.partition("-W")[2])
        tags = []
        if report.changes:
            words = tr.ntr(*NN_("{n} change", "{n} changes"), len(report.changes))
            tags.append(Tag(words, "refresh", "info"))
        return Cell(
            report.name or f"{tr.tr(N_('Week {n}'), n=number)} · {report.language.upper()}",
            f"{tr.moment(report.at, 'short')} · {report.who}",
            tuple(tags),
            icon="reports",
        )

    def _open_earlier(self, report_id: int) -> None:
        report = self.model.row_at(self.model.position(report_id))
        if report is None:
            return
        self._radios[report.language].setChecked(True)
        self._go(Week.parse(report.week, sunday=self._sunday))
        tr = self.shell.tr
        if report.changes:
            self.shell.messages.say(
                tr.tr(N_("What this export changed")),
                "\n".join(
                    tr.tr(N_("{step}: {what}"), step=c["label"], what=_told(c))
                    for c in report.changes
                ),
            )
        if report.name:
            self._tell_where(report.name)

    def _tell_where(self, name: str) -> None:
        """Say in which folder the files of an earlier export are, and offer to open it."""
        folders = dict.fromkeys((self._out, self.shell.workspace.exports_folder))

        def look() -> Path | None:
            made = (folder / f"{name}.{form}" for folder in folders for form in self.formats)
            return next((path for path in made if path.exists()), None)

        def tell(path: Path | None) -> None:
            tr = self.shell.tr
            if path is None:
                gone = N_("{name} is not in {folder}: it was moved, or put elsewhere.")
                self.shell.messages.toast(tr.tr(gone, name=name, folder=self._out))
                return
            self.shell.messages.toast(
                tr.tr(N_("{name} is in {folder}."), name=name, folder=path.parent),
                tr.tr(N_("Open the folder")),
                lambda: show_folder(self.shell, path),
            )

        self.shell.tasks.read(self, look, tell, key="where")


def _told(change: Change) -> str:
    """What a change of a report says, beside its label."""
    if change["was"] == NO_FIGURE:
        return change["now"]
    return f"{change['was']} → {change['now']}"
