"""Write on the left, understand on the right.

A key: the revision rises; 150 ms after the last one a worker judges a snapshot; its answer counts
only if the revision is still the same. Within a second of the last key, and at every leaving, the
text is on disk. Nothing here waits for either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QTextDocument
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from scc_admin.editorial import FIRST_TARGETS, LEAST_REASON, TITLED
from scc_admin.errors import UserError
from scc_admin.i18n import N_, NN_, Translator
from scc_admin.library import Source, Template, unfilled
from scc_admin.model import (
    Answer,
    Campaign,
    Changes,
    Consent,
    Count,
    DraftSheet,
    Finding,
    Fix,
    Language,
    Override,
    Page,
    Placement,
    Question,
    Revision,
    Severity,
    Target,
    Variant,
    Verdict,
    draft_title,
    page_names,
)
from scc_admin.words import LANGUAGES, NETWORKS, TARGETS, state_words
from ui.details import DetailsBar
from ui.editor import Mark, Offsets, TextEditor
from ui.findings import SPELLING, FindingsPanel, Told
from ui.forms import Field, FormDialog
from ui.history import History
from ui.icons import network_icon
from ui.keyboard import Menu, cursor_to_end
from ui.media import MediaPanel
from ui.messages import Banner, Choice, announce
from ui.people import consent_words, of_line
from ui.preview import Preview
from ui.publication import Publication, homeless
from ui.screen import Screen, Shell
from ui.tasks import Lull, Saver
from ui.theme import Space
from ui.widgets import (
    DRAFT_STATE_LOOK,
    CounterRing,
    EmptyState,
    Form,
    Pages,
    Picker,
    Tone,
    button,
    icon_button,
    margins,
    rule,
    splitter,
)

if TYPE_CHECKING:
    from scc_admin.editorial import Readiness, Saved
    from scc_admin.proofreading import Closest, WritingHelp
    from scc_admin.workspace import Workspace

CHECK_AFTER, CHECK_AT_MOST = 150, 900
"""Milliseconds of pause before a text is judged, and after which it is judged without one."""
NEAR_AFTER = 1_200
"""Milliseconds after a verdict before what is near in meaning is looked for."""
WARN_AFTER = 1_500
"""Milliseconds of pause before a screen reader is told of new warnings."""
RETRY_AFTER = 5_000
"""Milliseconds before a failed save is tried again."""
MOST_MARKS = 200
TYPED_OVER = 60
"""UTF-16 units of a finding that going to it selects."""

FINDINGS, PREVIEW, HISTORY = range(3)
"""The panels beside the text."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and the revision of the editor that it is about. Places are in UTF-16 units."""

    variant_id: int
    revision: int
    text: str
    verdict: Verdict
    places: tuple[tuple[int, int], ...]


def judge(
    workspace: Workspace,
    sheet: DraftSheet,
    variant_id: int,
    revision: int,
    language: Language,
) -> Judged:
    """Judge one version of a snapshot. Runs in a worker; reads the workspace, changes nothing."""
    from scc_admin.editorial import sheet_hash

    variant = next(v for v in sheet.variants if v.id == variant_id)
    sheet_hash(sheet)  # it is remembered: of a long text, the window must not wait for it
    verdict = workspace.proofreader.check_variant(sheet, variant, language=language)
    offsets = Offsets(variant.text)
    return Judged(
        variant_id,
        revision,
        variant.text,
        verdict,
        tuple((offsets.units(f.start), offsets.units(f.end)) for f in verdict.findings),
    )


@dataclass(slots=True)
class Version:
    """One version of the draft as it stands on screen."""

    variant: Variant
    editor: TextEditor
    ring: CounterRing
    judged: Judged | None = None
    dirty: bool = False
    failed: bool = False
    sent: int = -1
    """Revision of the editor last handed over to be saved."""

    def live(self) -> Variant:
        """The version with the text as it is now being typed."""
        if not self.editor.whole:
            return self.variant
        return replace(self.variant, text=self.editor.text())


@dataclass(frozen=True, slots=True)
class _Remaining:
    """How much still stands before publication."""

    findings: int
    questions: int
    approvals: int
    refused: int = 0
    """Questions whose answer is no."""

    def words(self, tr: Translator) -> str:
        """« 1 point à corriger et 4 questions auxquelles répondre »; empty for nothing."""
        parts = (
            (self.findings, NN_("{n} point to correct", "{n} points to correct")),
            (self.questions, NN_("{n} question to answer", "{n} questions to answer")),
            (
                self.refused,
                NN_("{n} question answered “No”", "{n} questions answered “No”"),
            ),
            (self.approvals, NN_("{n} validation to wait for", "{n} validations to wait for")),
        )
        return tr.join([tr.ntr(*texts, n) for n, texts in parts if n])


@dataclass(frozen=True, slots=True)
class _Handed:
    """What one composer leaves to the next when the language changes."""

    draft_id: int
    current: int
    side: int
    documents: dict[int, tuple[QTextDocument, int]]


class Composer(Screen):
    """The screen of one draft. `open` takes its id."""

    interests = frozenset({"drafts", "pages", "calendar", "settings", "registers"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._sheet: DraftSheet | None = None
        self._draft_id = -1
        self._versions: dict[int, Version] = {}
        self._added = -1
        """The version just added, to be brought to the front."""
        self._answered = ""
        """The rule whose question was just answered: from there the focus goes on."""
        self._remaining: _Remaining | None = None
        self._details_dirty = False
        self._filling = False
        self._handed: _Handed | None = None
        self._then: Callable[[], object] | None = None
        """What was asked for of a locked text, to be done once it is open again."""
        self._pages: Sequence[Page] = ()
        self._homeless = False
        """Whether a page is still to be chosen."""
        self._known_problems = 0
        self._known_warnings: dict[int, Counter[str]] = {}
        """By version, the rules that warned when a screen reader was last told."""
        self._to_check: set[int] = set()
        self._check_timer = Lull(
            self, self._check_pending, pause=CHECK_AFTER, at_most=CHECK_AT_MOST
        )
        self._save_timer = Saver(self, self.flush)
        self._retry_timer = _timer(self, RETRY_AFTER, self.flush)
        self._near_timer = _timer(self, NEAR_AFTER, self._look_near)
        self._warn_timer = _timer(self, WARN_AFTER, self._tell_warnings)
        self.publication = Publication(self, self.flush, self.copy_post, self._not_ready)

        column = QVBoxLayout(self)
        margins(column, 0, 0)
        self._stack = QStackedWidget()
        column.addWidget(self._stack)
        self._missing = QWidget()
        self._stack.addWidget(self._missing)
        work = QWidget()
        self._stack.addWidget(work)
        inner = QVBoxLayout(work)
        inner.setContentsMargins(Space.LARGE, Space.SMALL, Space.LARGE, Space.SMALL)
        inner.setSpacing(Space.SMALL)
        self.banner = Banner(shell.icons)
        inner.addWidget(self.banner)
        inner.addLayout(self._make_tabs())
        inner.addWidget(self._make_panes(), 1)
        self.foot = DetailsBar(shell)
        self.foot.changed.connect(self._details_changed)
        self.foot.page_chosen.connect(self._page_chosen)
        inner.addWidget(self.foot)
        self._head = self._make_head()
        self.setAcceptDrops(True)

    # -- building -------------------------------------------------------------------------------

    def _make_head(self) -> QWidget:
        tr = self.shell.tr.tr
        head = QWidget()
        row = QHBoxLayout(head)
        margins(row, 0, Space.SMALL)
        row.addWidget(
            icon_button(
                self.shell.icons,
                "arrow-left",
                tr(N_("Back to the drafts")),
                lambda: self.shell.window.go("drafts"),
            )
        )
        self.title_field = QLineEdit()
        self.title_field.setProperty("role", "title")
        self.title_field.setPlaceholderText(tr(N_("Title, for your own eyes")))
        self.title_field.setAccessibleName(tr(N_("Title of the draft")))
        self.title_field.setMaxLength(200)
        self.title_field.textEdited.connect(lambda _text: self._title_typed())
        row.addWidget(self.title_field, 1)
        self.state_button = QPushButton()
        self.state_button.setProperty("kind", "menu")
        menu = Menu(self.state_button, fill=lambda: self.publication.fill(menu))
        self.state_button.setMenu(menu)
        row.addWidget(self.state_button)
        return head

    def _make_tabs(self) -> QHBoxLayout:
        tr, icons = self.shell.tr.tr, self.shell.icons
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(tr(N_("Versions")))
        self.tabs.setExpanding(False)
        self.tabs.setIconSize(QSize(18, 18))
        self.tabs.currentChanged.connect(self._tab_changed)
        row.addWidget(self.tabs, 1)
        self.add_button = button(
            tr(N_("Version")),
            self.add_version,
            icons=icons,
            icon="plus",
            kind="quiet",
            tip=tr(N_("Add a version for another network or language")),
        )
        row.addWidget(self.add_button)
        self.remove_button = button(
            tr(N_("Take out")),
            self.remove_version,
            icons=icons,
            icon="close",
            kind="quiet",
            tip=tr(N_("Take this version out")),
        )
        self.remove_button.setAccessibleName(tr(N_("Take this version out")))
        row.addWidget(self.remove_button)
        return row

    def _make_panes(self) -> QWidget:
        tr = self.shell.tr.tr
        paper = QFrame()
        paper.setProperty("role", "card")
        left = QVBoxLayout(paper)
        margins(left, 1, 0)
        self.editors = QStackedWidget()
        left.addWidget(self.editors, 1)
        left.addWidget(rule())
        self.media = MediaPanel(self.shell)
        self.media.typed.connect(self._alt_typed)
        self.media.arrived.connect(self._fill_side)
        left.addWidget(self.media)
        self.help_button = button(
            tr(N_("Insert…")),
            self.offer_help,
            icons=self.shell.icons,
            icon="hashtag",
            kind="quiet",
            tip=tr(N_("Hashtags, ready-made texts, sources, letters that everybody can read")),
        )
        self.media.foot.addWidget(self.help_button)

        beside = QFrame()
        beside.setProperty("role", "card")
        right = QVBoxLayout(beside)
        margins(right, 1, 0)
        self.side_tabs = QTabBar()
        self.side_tabs.setAccessibleName(tr(N_("Beside the text")))
        self.side_tabs.setExpanding(False)
        for words in (N_("Findings"), N_("Preview"), N_("History")):
            self.side_tabs.addTab(tr(words))
        self.side_tabs.currentChanged.connect(self._side_changed)
        right.addWidget(self.side_tabs)
        right.addWidget(rule())
        self.findings = FindingsPanel(self.shell)
        self.findings.jump_asked.connect(self._jump)
        self.findings.fix_asked.connect(self._fix)
        self.findings.override_asked.connect(self._override)
        self.findings.why_asked.connect(self._why)
        self.findings.answered.connect(self._answer)
        self.findings.note_asked.connect(self._note)
        self.findings.consent_asked.connect(self._link_consent)
        self.findings.approval_answered.connect(self.publication.record_answer)
        self.findings.approval_withdrawn.connect(self.publication.withdraw)
        self.findings.chosen.connect(self._chosen)
        self.findings.unsure.connect(self._unsure)
        self.findings.spelling_asked.connect(self._offer_spelling)
        self.findings.taken_up.connect(self._take_up)
        self.findings.draft_asked.connect(lambda draft: self.shell.window.go("draft", draft))
        self.findings.text_offered.connect(self._put_in)
        self.findings.share_asked.connect(self._declare_share)
        self.preview = Preview(self.shell)
        self.history = History(self.shell)
        self.history.restored.connect(self._restore_revision)
        self.side = Pages()
        for panel in (self.findings, self.preview, self.history):
            self.side.addWidget(panel)
        right.addWidget(self.side, 1)
        paper.setMinimumWidth(self.shell.theme.px(320))
        beside.setMinimumWidth(self.shell.theme.px(300))
        return splitter(paper, beside, (3, 2))

    # -- the screen -----------------------------------------------------------------------------

    def title(self) -> str:
        title = draft_title(self._sheet) if self._sheet else ""
        return title or self.shell.tr.tr(N_("Untitled draft"))

    def head(self) -> QWidget | None:
        return self._head

    def primary_text(self) -> str:
        offer = self.publication.primary()
        return offer[0] if offer else ""

    def primary(self) -> None:
        offer = self.publication.primary()
        if offer is not None:
            offer[2]()

    def can(self, handler: str) -> bool:
        if self._sheet is None:
            return False
        finding = self._finding(self.findings.current)
        writing = not self.publication.locked
        several = len(self._versions) > 1
        match handler.partition(":")[0]:
            case "fix_finding":
                return writing and finding is not None
            case "override_finding":
                return finding is not None
            case "explain_finding":
                return finding is not None
            case "next_finding" | "previous_finding":
                return bool(self.findings.numbers())
            case "add_media" | "offer_help" | "insert" | "choose_page":
                return writing
            case "remove_version":
                return several
            case "reopen_draft":
                return self.publication.reopens
            case "primary":
                return self.publication.primary() is not None
        return True

    def panes(self) -> Sequence[QWidget]:
        version = self._current()
        editor = [version.editor] if version else []
        return [self.tabs, *editor, self.media.add, self.side_tabs, self.side, self.foot.page]

    def focus_first(self) -> None:
        version = self._current()
        if version is not None:
            version.editor.setFocus()

    def open(self, target: object) -> None:
        if not isinstance(target, int):
            return
        if target != self._draft_id:
            self.flush()
            self.leave()
            self._forget_versions()
            self._draft_id = target
            self._sheet = None
            self.publication.show_sheet(None)
            self._known_problems = 0
            self._known_warnings.clear()
            self.banner.hide()
            self._stack.setCurrentIndex(0)
        self._reload()

    def refresh(self, changes: Changes) -> None:
        if changes.draft_id in (None, self._draft_id):
            self._reload()
        if changes.touches("pages", "settings"):
            self._check_all()

    def state(self) -> object:
        documents = {}
        for number, version in self._versions.items():
            if version.editor.whole:
                place = version.editor.textCursor().position()
                documents[number] = (version.editor.hand_over(), place)
        return _Handed(self._draft_id, self._current_id(), self.side_tabs.currentIndex(), documents)

    def restore(self, state: object) -> None:
        if isinstance(state, _Handed):
            self._handed = state

    # -- loading --------------------------------------------------------------------------------

    def _reload(self) -> None:
        editorial, draft_id = self.shell.workspace.editorial, self._draft_id
        self.shell.tasks.read(
            self,
            lambda: (editorial.sheet(draft_id), editorial.pages(), editorial.campaigns()),
            self._loaded,
            self._not_loaded,
            key="sheet",
        )

    def _not_loaded(self, error: UserError) -> None:
        tr = self.shell.tr
        self._sheet = None
        self._stack.removeWidget(self._missing)
        self._missing.deleteLater()
        self._missing = EmptyState(
            self.shell.icons,
            "drafts",
            tr.explain(error),
            tr.tr(N_("Back to the drafts")),
            lambda: self.shell.window.go("drafts"),
        )
        self._stack.insertWidget(0, self._missing)
        self._stack.setCurrentIndex(0)
        self.shell.window.title_changed()

    def _loaded(self, read: tuple[DraftSheet, list[Page], list[Campaign]]) -> None:
        sheet, pages, campaigns = read
        if sheet.draft.id != self._draft_id:
            return
        before, self._sheet = self._sheet, sheet
        was_locked, self._pages = self.publication.locked, pages
        self.publication.show_sheet(sheet)
        locked = self.publication.locked
        self._filling = True
        try:
            self._show_versions(sheet)
            if not self._details_dirty:
                if not (self.title_field.hasFocus() and before is not None):
                    self.title_field.setText(sheet.draft.title)
                    self.title_field.setCursorPosition(0)
                self.foot.show_draft(sheet, pages, campaigns)
            self.foot.lock(locked)
        finally:
            self._filling = False
        self.media.show_media(
            sheet.draft.id, sheet.media, locked=locked, planned=sheet.draft.planned_at
        )
        self._show_state()
        self._show_human()
        if before is None:
            self._stack.setCurrentIndex(1)
            self._take_handed()
            self._check_all()
            if self.isVisible():
                self.focus_first()
        elif _seen_by_rules(before) != _seen_by_rules(sheet):
            self._check_all()
        self._fill_side()
        if before is not None and was_locked and not locked and self.isVisible():
            self.focus_first()
            then, self._then = self._then, None
            if then is not None:
                then()

    def _take_handed(self) -> None:
        handed, self._handed = self._handed, None
        if handed is None or handed.draft_id != self._draft_id:
            return
        for number, (document, place) in handed.documents.items():
            version = self._versions.get(number)
            if version is None:
                continue
            version.editor.take_over(document)
            version.editor.select(place, place)
            if version.editor.text() != version.variant.text:
                self._edited(number)
        if handed.current in self._versions:
            self.tabs.setCurrentIndex(list(self._versions).index(handed.current))
        self.side_tabs.setCurrentIndex(handed.side)

    # -- versions -------------------------------------------------------------------------------

    def _forget_versions(self) -> None:
        for version in self._versions.values():
            self.editors.removeWidget(version.editor)
            version.editor.deleteLater()
        self._versions.clear()
        self._to_check.clear()
        self._clear_tabs()

    def _clear_tabs(self) -> None:
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        self.tabs.blockSignals(False)

    def _show_versions(self, sheet: DraftSheet) -> None:
        wanted = [variant.id for variant in sheet.variants]
        if wanted != list(self._versions):
            self._lay_tabs(sheet, wanted)
        for variant in sheet.variants:
            version = self._versions[variant.id]
            newer = variant.revision > version.variant.revision
            version.variant = variant
            if newer and not version.dirty and version.editor.text() != variant.text:
                # Changed elsewhere: another window of the same file, or an import.
                version.editor.load(variant.text)
                self._to_check.add(variant.id)
                self._check_timer.stir()
        locked = self.publication.locked
        for version in self._versions.values():
            version.editor.setReadOnly(locked or not version.editor.whole)
        self.add_button.setEnabled(not locked)
        self.help_button.setEnabled(not locked)
        self.remove_button.setVisible(not locked and len(self._versions) > 1)

    def _lay_tabs(self, sheet: DraftSheet, wanted: list[int]) -> None:
        current = self._current_id()
        kept, self._versions = self._versions, {}
        self._clear_tabs()
        self.tabs.blockSignals(True)
        for index, variant in enumerate(sheet.variants):
            version = kept.pop(variant.id, None) or self._make_version(variant)
            self._versions[variant.id] = version
            icon = self.shell.icons.icon(network_icon(variant.target.network))
            self.tabs.addTab(icon, "")
            self.tabs.setTabData(index, variant.id)
            # The bar deletes a tab's widget with the tab.
            version.ring = CounterRing(self.shell.theme, self.shell.tr, 16)
            version.ring.show_count(_first_count(version.judged))
            self.tabs.setTabButton(index, QTabBar.ButtonPosition.RightSide, version.ring)
            self._name_tab(index, version)
        # What had the focus goes away: the text that takes its place gets it.
        focused = self.window().focusWidget()
        led = self._added in wanted or focused is self.remove_button
        for gone in kept.values():
            led = led or gone.editor is focused
            self.editors.removeWidget(gone.editor)
            gone.editor.deleteLater()
        self.tabs.blockSignals(False)
        chosen = self._added if self._added in wanted else current
        place = wanted.index(chosen) if chosen in wanted else 0
        self._to_check.update(set(wanted) - {current})
        self._added = -1
        self.tabs.setCurrentIndex(place)
        self._tab_changed(place)
        if led:
            self.focus_first()

    def _make_version(self, variant: Variant) -> Version:
        tr = self.shell.tr.tr
        name = tr(
            N_("Text for {network}, {language}"),
            network=tr(TARGETS[variant.target]),
            language=tr(LANGUAGES[variant.language]),
        )
        editor = TextEditor(self.shell.theme, name)
        editor.setPlaceholderText(tr(N_("Write here. Everything is kept as you type.")))
        editor.load(variant.text)
        if not self.publication.locked:
            cursor_to_end(editor)
        editor.edited.connect(partial(self._edited, variant.id))
        editor.left.connect(self.flush)
        editor.refused.connect(self._paste_refused)
        editor.locked_key.connect(self._typed_on_locked)
        editor.pictures.connect(self.media.attach)
        editor.describe = self._describe
        editor.more_menu = self._more_menu
        self.editors.addWidget(editor)
        return Version(variant, editor, CounterRing(self.shell.theme, self.shell.tr, 16))

    def _name_tab(self, index: int, version: Version) -> None:
        tr = self.shell.tr
        words = f"{tr.tr(TARGETS[version.variant.target])} · {version.variant.language.upper()}"
        problems = len(self._unsettled(version))
        text = f"{words} ({tr.number(problems)})" if problems else words
        if self.tabs.tabText(index) != text:
            self.tabs.setTabText(index, text)

    def _current_id(self) -> int:
        index = self.tabs.currentIndex()
        data = self.tabs.tabData(index) if index >= 0 else None
        return data if isinstance(data, int) else -1

    def _current(self) -> Version | None:
        return self._versions.get(self._current_id())

    def _tab_changed(self, _index: int) -> None:
        version = self._current()
        if version is None:
            return
        self.flush()
        self.foot.show_network(version.variant.target.network)
        self.editors.setCurrentWidget(version.editor)
        self.findings.choose(-1)
        self.findings.show_closest(self._nothing_near())
        self._near_timer.start()
        self._show_verdict()
        self._fill_side()

    def _nothing_near(self) -> Closest:
        from scc_admin.proofreading import Closest

        return Closest()

    def next_version(self) -> None:
        self._turn(+1)

    def previous_version(self) -> None:
        self._turn(-1)

    def _turn(self, by: int) -> None:
        if self.tabs.count():
            self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())
            self.focus_first()

    # -- a text that is locked ------------------------------------------------------------------

    def reopen_draft(self) -> None:
        self.publication.reopen()

    def _reopen_then(self, then: Callable[[], object] | None) -> None:
        self._then = then
        self.publication.reopen()

    def _way_to_write(
        self, then: Callable[[], object] | None
    ) -> tuple[str, str, Callable[[], object]]:
        """Why this text is locked, and what leads to one that can be written."""
        tr = self.shell.tr.tr
        if self.publication.reopens:
            words = N_("This text is locked so that what was checked stays.")
            return tr(words), tr(N_("Open again for writing")), lambda: self._reopen_then(then)
        words = N_("This post is published: its text stays. A copy of it can be changed.")
        return tr(words), tr(N_("Copy as a new draft")), self.publication.duplicate

    def _typed_on_locked(self) -> None:
        # In passing: a dialog would take the next letters for answers.
        if self.publication.locked:
            self.shell.messages.toast(*self._way_to_write(None))

    def _opened(self, then: Callable[[], object]) -> bool:
        """Whether the text is open for writing; if not, offer to open it, and to do this then."""
        if not self.publication.locked:
            return True
        words, act, way = self._way_to_write(then)
        tr = self.shell.tr.tr
        self.shell.messages.ask(
            tr(N_("This draft is locked")),
            words,
            (Choice("no", tr(N_("Cancel"))), Choice("yes", act, "primary")),
            lambda answer: way() if answer == "yes" else None,
        )
        return False

    # -- versions: more, fewer ------------------------------------------------------------------

    def add_version(self) -> None:
        """Ask for which network, in which language, and from which text."""
        if not self._opened(self.add_version):
            return
        tr, icons = self.shell.tr.tr, self.shell.icons
        version = self._current()
        dialog = self.shell.messages.dialog(
            tr(N_("Add a version")),
            tr(N_("Each network and each language has its own text.")),
            (Choice("no", tr(N_("Cancel"))), Choice("yes", tr(N_("Add it")), "primary")),
        )
        here = version.variant if version else None
        taken = {(v.variant.target, v.variant.language) for v in self._versions.values()}
        targets = Picker(tr(N_("Network")))
        targets.fill(
            [(tr(w), icons.icon(network_icon(t.network)), t.value) for t, w in TARGETS.items()],
            here.target.value if here else None,
        )
        languages = Picker(tr(N_("Language")))
        languages.fill([(tr(w), None, x.value) for x, w in LANGUAGES.items()], None)

        def propose() -> None:
            # The draft's own language comes first, wherever it is not written yet.
            target = Target(targets.currentData())
            own = here.language if here else Language.FR
            free = [
                x for x in sorted(Language, key=lambda x: x is not own) if (target, x) not in taken
            ]
            languages.setCurrentIndex(languages.findData((free or [own])[0].value))

            # Nobody makes a title of a whole post, nor a post of a title.
            copied = here is None or target.is_title == here.target.is_title
            start.setCurrentIndex(start.findData("copy" if copied else "empty"))

        start = Picker(tr(N_("Begin")))
        start.fill(
            [
                (tr(N_("With a copy of this text")), None, "copy"),
                (tr(N_("With an empty page")), None, "empty"),
            ],
            "copy",
        )
        targets.currentIndexChanged.connect(lambda _index: propose())
        propose()
        form = Form()
        form.add(tr(N_("Network")), targets)
        form.add(tr(N_("Language")), languages)
        form.add(tr(N_("Begin")), start)
        dialog.body.addWidget(form)

        def chosen(answer: str) -> None:
            if answer == "yes":
                copy = version is not None and start.currentData() == "copy"
                target = Target(targets.currentData())
                language = Language(languages.currentData())
                title = TITLED.get(target)
                self._add_version(
                    target,
                    language,
                    version.editor.text() if copy and version else "",
                    title=None if (title, language) in taken else title,
                )

        dialog.chosen.connect(chosen)
        dialog.open()
        targets.setFocus()

    def _add_version(
        self,
        target: Target,
        language: Language,
        text: str = "",
        page: Page | None = None,
        title: Target | None = None,
    ) -> None:
        """Add a version; `title` is the field of its title, to be added before it."""
        editorial, draft_id = self.shell.workspace.editorial, self._draft_id

        def add() -> tuple[int, Changes]:
            if title is not None:
                editorial.add_variant(draft_id, title, language)
            made = editorial.add_variant(draft_id, target, language, text)
            if page is not None:
                editorial.place(draft_id, {target.network: page.id})
            return made

        def done(made: tuple[int, Changes]) -> None:
            self._added = made[0]

        self.shell.tasks.mutate(self, add, done)

    def remove_version(self) -> None:
        version = self._current()
        if version is None or len(self._versions) < 2 or not self._opened(self.remove_version):
            return
        self.flush()
        editorial, variant = self.shell.workspace.editorial, version.variant
        placement = self._sheet.placement(variant.target.network) if self._sheet else None
        page = placement.page if placement else None
        tr = self.shell.tr.tr
        self.shell.tasks.mutate(
            self,
            lambda: editorial.remove_variant(variant.id),
            lambda _: self.shell.messages.toast(
                tr(N_("This version is out of the draft; its text is kept.")),
                tr(N_("Put it back")),
                lambda: self._add_version(variant.target, variant.language, page=page),
            ),
        )

    def _page_chosen(self, page: Page | None) -> None:
        """An untouched draft takes the network and the language of its page."""
        version = self._current()
        if page is None or version is None or self._sheet is None:
            return
        if len(self._versions) != 1:
            network = page.network
            elsewhere = network is not version.variant.target.network
            if elsewhere and self._sheet.placement(network) is not None:
                tr = self.shell.tr.tr
                words = N_("“{page}” is chosen for the {network} version.")
                self.shell.messages.toast(tr(words, page=page.name, network=tr(NETWORKS[network])))
            return
        variant = version.variant
        same = variant.target.network is page.network and variant.language is page.language
        if same or version.editor.text().strip():
            return
        editorial, draft_id = self.shell.workspace.editorial, self._draft_id
        targets = FIRST_TARGETS.get(page.network) or (Target(page.network.value),)

        def change() -> Changes:
            for target in targets:
                editorial.add_variant(draft_id, target, page.language)
            return editorial.remove_variant(variant.id)

        self.shell.tasks.mutate(self, change)

    # -- saving ---------------------------------------------------------------------------------

    def _edited(self, number: int) -> None:
        version = self._versions.get(number)
        if version is None:
            return
        version.dirty = True
        self._to_check.add(number)
        self._check_timer.stir()
        self._touch()

    def _title_typed(self) -> None:
        self._details_dirty = True
        self._touch()

    def _details_changed(self) -> None:
        if not self._filling:
            self._details_dirty = True
            self.flush()

    def _alt_typed(self) -> None:
        self._to_check.update(self._versions)
        self._check_timer.stir()
        self._touch()

    def _touch(self) -> None:
        self._save_timer.stir()
        self.foot.show_saving()

    def flush(self) -> None:
        for timer in (self._save_timer, self._retry_timer):
            timer.stop()
        for version in self._versions.values():
            if version.dirty and version.sent != version.editor.revision:
                self._save(version)
        self.media.flush()
        if self._details_dirty:
            self._save_details()

    def leave(self) -> None:
        """A draft that nobody put anything into is not kept."""
        sheet = self._sheet
        written = any(v.editor.whole and v.editor.text() for v in self._versions.values())
        if sheet is None or written or sheet.draft.updated_at != sheet.draft.created_at:
            return
        editorial, draft_id = self.shell.workspace.editorial, sheet.draft.id

        def dropped(changes: Changes) -> None:
            if changes.what:
                self.shell.window.forget("draft", draft_id)

        self.shell.tasks.mutate(self, lambda: editorial.drop_untouched(draft_id), dropped)

    def _save(self, version: Version) -> None:
        if not version.editor.whole:
            return
        editorial, number = self.shell.workspace.editorial, version.variant.id
        text, revision = version.editor.text(), version.editor.revision
        version.sent = revision

        def done(saved: Saved) -> None:
            version.failed = False
            version.variant = replace(version.variant, text=text, revision=saved.revision)
            if version.editor.revision == revision:
                version.dirty = False
            self._show_saved(saved.at)

        def failed(error: UserError) -> None:
            version.failed = True
            version.sent = -1
            self._save_failed(error)

        self.shell.tasks.mutate(self, lambda: editorial.save_text(number, text), done, failed)

    def _save_details(self) -> None:
        if self._sheet is None:
            return
        editorial, draft_id = self.shell.workspace.editorial, self._draft_id
        details = self.foot.details(self.title_field.text())
        clock = self.shell.clock
        self._details_dirty = False

        def failed(error: UserError) -> None:
            self._details_dirty = True
            self._save_failed(error)

        self.shell.tasks.mutate(
            self,
            lambda: editorial.change_details(draft_id, details),
            lambda _: self._show_saved(clock()),
            failed,
        )

    def _show_saved(self, at: datetime) -> None:
        if self.unsaved():
            return
        if self.banner.property("about") == "save":
            self.banner.hide()
            self._show_state()
        self.foot.show_saved(at)
        self.shell.window.show_saved(at)

    def _save_failed(self, error: UserError) -> None:
        tr = self.shell.tr
        self._tell(
            "save",
            Tone.ERROR,
            tr.explain(error),
            (
                (tr.tr(N_("Try again")), self.flush),
                (tr.tr(N_("Copy the text")), self.copy_post),
            ),
            title=tr.tr(N_("This text is not saved yet")),
        )
        self._retry_timer.start()

    def unsaved(self) -> str:
        if self._details_dirty or any(v.dirty for v in self._versions.values()):
            return self.shell.tr.tr(
                N_("The draft “{title}” holds changes that could not be saved."),
                title=self.title(),
            )
        return ""

    # -- judging --------------------------------------------------------------------------------

    def _snapshot(self) -> DraftSheet | None:
        """The draft with every text, and every alternative text, as they are being typed."""
        if self._sheet is None:
            return None
        alts = self.media.alts()
        return replace(
            self._sheet,
            variants=tuple(version.live() for version in self._versions.values()),
            media=tuple(replace(m, alt=alts.get(m.id, m.alt)) for m in self._sheet.media),
        )

    def _check_all(self) -> None:
        self._to_check.update(self._versions)
        self._check_pending()

    def _check_pending(self) -> None:
        snapshot = self._snapshot()
        if snapshot is None:
            return
        # What one language says is judged beside what the other says.
        targets = {
            self._versions[number].variant.target
            for number in self._to_check
            if number in self._versions
        }
        numbers = [n for n, v in self._versions.items() if v.variant.target in targets]
        self._to_check = set()
        current = self._current_id()
        workspace, language = self.shell.workspace, self.shell.tr.language
        for number in sorted(numbers, key=lambda n: n != current):
            revision = self._versions[number].editor.revision
            self.shell.tasks.read(
                self,
                partial(judge, workspace, snapshot, number, revision, language),
                self._judged,
                self._not_judged,
                key=("verdict", number),
            )

    def _not_judged(self, error: UserError) -> None:
        """Say once, and not at every key, that no verdict can be given: a house pack is broken."""
        tr = self.shell.tr
        self._tell(
            "rules",
            Tone.ERROR,
            tr.explain(error),
            ((tr.tr(N_("Open the settings")), lambda: self.shell.window.go("settings", "share")),),
            title=tr.tr(N_("The rules cannot be read")),
        )

    def _judged(self, judged: Judged) -> None:
        version = self._versions.get(judged.variant_id)
        if version is None or version.editor.revision != judged.revision:
            return
        version.judged = judged
        version.ring.show_count(_first_count(judged))
        if self.banner.property("about") == "rules":
            self.banner.setProperty("about", "")
            self.banner.hide()
            self._show_state()
        self._show_human()
        if judged.variant_id == self._current_id():
            self._near_timer.start()

    def _look_near(self) -> None:
        """What is near in meaning: a second and slower look, once the writing pauses."""
        version, sheet = self._current(), self._snapshot()
        if version is None or sheet is None or version.judged is None:
            return
        workspace, live = self.shell.workspace, version.live()
        cites = any(f.rule in _WANT_SOURCES for f in version.judged.verdict.findings)
        self.shell.tasks.read(
            self,
            partial(workspace.proofreader.closest, sheet, live, cites=cites),
            lambda found: self._show_near(live.id, found),
            key="near",
        )

    def _show_near(self, number: int, found: Closest) -> None:
        if number == self._current_id():
            self.findings.show_closest(found)

    def _settled(self, finding: Finding) -> bool:
        """Whether somebody said already to publish it all the same, or set it aside."""
        from scc_admin.editorial import settles

        overrides = self._sheet.overrides if self._sheet else ()
        return any(settles(override, finding) for override in overrides)

    def _unsettled(self, version: Version) -> list[Finding]:
        """What must be mended or overridden before publication."""
        if version.judged is None:
            return []
        return [
            finding
            for finding in version.judged.verdict.findings
            if finding.severity in _OVERRIDABLE and not self._settled(finding)
        ]

    def _show_human(self) -> None:
        """Show what people said beside what the rules say."""
        from scc_admin.editorial import sheet_hash

        sheet = self._snapshot()
        if sheet is None:
            return
        # Of a long text it takes milliseconds, and nothing else asks for it.
        now = sheet_hash(sheet) if sheet.answers or sheet.approvals else ""
        asked: dict[str, Question] = {}
        for index, version in enumerate(self._versions.values()):
            self._name_tab(index, version)
            self._mark(version)
            if version.judged is not None:
                for question in version.judged.verdict.questions:
                    asked.setdefault(question.rule, question)
        answers = {answer.rule: answer for answer in sheet.answers}
        items, out = [], self.publication.on_record
        for question in asked.values():
            answer = answers.get(question.rule)
            stands = answer is not None and (answer.text_hash == now or out)
            items.append((question, answer, stands))
        here = self.findings.holds_focus()
        self.findings.freeze(out)
        self.findings.show_questions(items)
        self.findings.show_overrides(sheet.overrides)
        self.findings.show_approvals([(a, a.text_hash == now) for a in sheet.approvals])
        self._show_verdict()
        if any(valid and question.rule == self._answered for question, _, valid in items):
            answered, self._answered = self._answered, ""
            if here and not self.findings.focus_question(answered):
                self.focus_first()
        self._remaining = _Remaining(
            sum(len(self._unsettled(version)) for version in self._versions.values()),
            sum(
                not valid or answer is None or answer.answer == "unsure"
                for _, answer, valid in items
            ),
            sum(a.answer != "approved" or a.text_hash != now for a in sheet.approvals),
            sum(
                valid and answer is not None and answer.answer == "no" for _, answer, valid in items
            ),
        )
        self._homeless = bool(homeless(sheet, self._pages))
        self._show_remaining()

    def _mark(self, version: Version) -> None:
        judged = version.judged
        if judged is None or judged.revision != version.editor.revision:
            return
        marks = [
            Mark(start, end, finding.severity, number)
            for number, (finding, (start, end)) in enumerate(
                zip(judged.verdict.findings, judged.places, strict=True)
            )
            if end > start and not self._settled(finding)
        ]
        version.editor.show_marks(marks[:MOST_MARKS])

    def _show_verdict(self) -> None:
        version = self._current()
        if version is None:
            return
        tr = self.shell.tr
        verdict = version.judged.verdict if version.judged else Verdict((), (), ())
        told = [
            Told(number, finding)
            for number, finding in enumerate(verdict.findings)
            if not self._settled(finding)
        ]
        name = tr.tr(TARGETS[version.variant.target])
        text = version.judged.text if version.judged else ""
        self.findings.show_counts([(name, count) for count in verdict.counts], text)
        self.findings.show_findings(told, judged=version.judged is not None)
        version.editor.show_current(self.findings.current)
        self.foot.show_counts(verdict.counts)
        words = tr.tr(N_("Findings"))
        self.side_tabs.setTabText(0, f"{words} {tr.number(len(told))}" if told else words)
        problems = len(self._unsettled(version))
        if problems > self._known_problems and version.editor.hasFocus():
            gravest = max(told, key=lambda item: item.finding.severity.rank).finding
            announce(version.editor, gravest.message)
        self._known_problems = problems
        if version.judged is not None and version.editor.hasFocus():
            if version.variant.id in self._known_warnings:
                self._warn_timer.start()
            else:  # what stood there when the text was opened is not new
                self._tell_warnings()

    def _tell_warnings(self) -> None:
        """Say in a few words, once the writing pauses, that more is remarked than before."""
        version = self._current()
        if version is None or version.judged is None or not version.editor.hasFocus():
            return
        now = Counter(
            finding.rule
            for finding in version.judged.verdict.findings
            if finding.severity is Severity.WARNING and not self._settled(finding)
        )
        known = self._known_warnings.get(version.variant.id, now)
        self._known_warnings[version.variant.id] = now
        new = (now - known).total()
        if new:
            tr = self.shell.tr
            keys = self.shell.actions.shortcut("next-finding")
            words = tr.ntr(
                "{n} new warning. {keys} goes there.",
                "{n} new warnings. {keys} goes there.",
                new,
                keys=keys,
            )
            announce(version.editor, words)

    def _finding(self, number: int) -> Finding | None:
        version = self._current()
        if version is None or version.judged is None:
            return None
        findings = version.judged.verdict.findings
        return findings[number] if 0 <= number < len(findings) else None

    # -- findings: going to them, mending them ----------------------------------------------------

    def next_finding(self) -> None:
        self._step_finding(+1)

    def previous_finding(self) -> None:
        self._step_finding(-1)

    def _step_finding(self, by: int) -> None:
        version = self._current()
        numbers = self.findings.numbers()
        if version is None or not numbers:
            return
        here = self.findings.current
        if here in numbers:
            place = (numbers.index(here) + by) % len(numbers)
        else:
            # From the cursor: the first one behind it, or the last one before it.
            cursor = version.editor.textCursor().position()
            starts = {mark.finding: mark.start for mark in version.editor.marks}
            behind = [i for i, number in enumerate(numbers) if starts.get(number, -1) >= cursor]
            first = behind[0] if behind else len(numbers)
            place = (first if by > 0 else first - 1) % len(numbers)
        self.show_findings()
        self._jump(numbers[place])
        finding = self._finding(numbers[place])
        if finding is not None:
            announce(version.editor, f"{finding.message} {finding.suggestion}")

    def _jump(self, number: int) -> None:
        version = self._current()
        if version is None:
            return
        self.findings.choose(number)
        mark = version.editor.mark_of(number)
        if mark is not None:
            # A few words are selected, so that one types over them; a finding that holds the whole
            # text is not, or the next key would take it away.
            short = mark.end - mark.start <= TYPED_OVER and not mark.damaged
            version.editor.select(mark.start, mark.end if short else mark.start)
        finding = self._finding(number)
        if finding is None or not self.media.show_finding(finding):
            version.editor.setFocus()

    def _chosen(self, number: int) -> None:
        version = self._current()
        if version is not None:
            version.editor.show_current(number)
            self._tell_step()

    def choose_page(self) -> None:
        """Show the pages that this draft can be for."""
        self.foot.page.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.foot.page.showPopup()

    def fix_finding(self) -> None:
        self._offer_mends(self.findings.current)

    def _offer_mends(self, number: int) -> None:
        """Correct a finding; where two corrections are possible, ask which."""
        version, finding = self._current(), self._finding(number)
        if version is None or finding is None:
            return
        if not finding.mends:
            self._jump(number)
            self.shell.messages.toast(
                self.shell.tr.tr(N_("No correction is certain here: type your own over it."))
            )
        elif len(finding.mends) == 1:
            self._fix(number, finding.mends[0])
        elif not version.editor.isReadOnly():
            self._jump(number)
            menu = Menu(version.editor)
            for fix in finding.mends:
                menu.offer(fix.replacement, partial(self._fix, number, fix))
            menu.setActiveAction(menu.actions()[0])
            _pop_up(menu, version.editor)

    def _fix(self, number: int, fix: Fix) -> None:
        """Apply a correction where its text now stands, if it still reads as it was judged."""
        version = self._current()
        if version is None or version.judged is None or version.editor.isReadOnly():
            return
        editor, judged = version.editor, version.judged
        then = Offsets(judged.text)
        mark = editor.mark_of(number)
        moved = mark.start - mark.born if mark is not None else 0
        start, end = then.units(fix.start) + moved, then.units(fix.end) + moved
        text = editor.text()
        now = Offsets(text)
        unmoved = mark is not None or editor.revision == judged.revision
        if (
            not unmoved
            or text[now.points(start) : now.points(end)] != (judged.text[fix.start : fix.end])
        ):
            self.shell.messages.toast(
                self.shell.tr.tr(N_("The text has changed meanwhile; it is being read again."))
            )
            self._check_all()
            return
        editor.replace(start, end, fix.replacement)
        editor.setFocus()
        announce(editor, fix.label)

    def override_finding(self) -> None:
        self._override(self.findings.current)

    def _override(self, number: int) -> None:
        finding = self._finding(number)
        if finding is None:
            return
        tr = self.shell.tr.tr
        editorial, draft_id = self.shell.workspace.editorial, self._draft_id
        self.flush()
        if finding.severity not in _OVERRIDABLE:
            FormDialog(
                self.shell,
                tr(N_("Ignore in this draft")),
                finding.message,
                tr(N_("Ignore")),
                lambda values: editorial.set_aside(draft_id, finding, values["reason"]),
                fields=(Field("reason", tr(N_("Reason, if you like"))),),
                keep=f"aside.{draft_id}.{finding.rule}",
            ).open()
            return
        if not self._may_change():
            return
        FormDialog(
            self.shell,
            tr(N_("Publish all the same")),
            tr(
                N_(
                    "{message} Your reason and your name are written in the journal, and counted in"
                    " the weekly report."
                ),
                message=finding.message,
            ),
            tr(N_("Record the override")),
            lambda values: editorial.override(draft_id, finding, values["reason"]),
            fields=(Field("reason", tr(N_("Reason")), "text", required=True, least=LEAST_REASON),),
            keep=f"override.{draft_id}.{finding.rule}",
            tone=Tone.BLOCK if finding.severity is Severity.BLOCK else Tone.WARNING,
        ).open()

    def explain_finding(self) -> None:
        finding = self._finding(self.findings.current)
        if finding is not None:
            self._why(finding.rule, finding.slides)

    def _why(self, rule: str, slides: tuple[int, ...]) -> None:
        if self.shell.window.can("go:guide"):
            self.shell.window.go("guide", ("rule", rule, slides))

    def _describe(self, number: int) -> str:
        finding = self._finding(number)
        return f"{finding.message}\n{finding.suggestion}".strip() if finding else ""

    def _more_menu(self, menu: Menu, numbers: list[int]) -> None:
        """What can be done about the findings under the pointer."""
        tr = self.shell.tr.tr
        for number in numbers[:3]:
            finding = self._finding(number)
            if finding is None:
                continue
            offers: list[tuple[str, Callable[[int], None]]] = [(finding.message[:90], self._open)]
            offers += [(fix.label, partial(self._fix, fix=fix)) for fix in finding.mends]
            if finding.rule == SPELLING:
                offers.append((tr(N_("Suggestions…")), self._offer_spelling))
            overridable = finding.severity in _OVERRIDABLE
            words = N_("Publish all the same…") if overridable else N_("Ignore…")
            offers.append((tr(words), self._override))
            for text, act in offers:
                menu.offer(text, partial(act, number))

    def _open(self, number: int) -> None:
        self.show_findings()
        self._jump(number)

    def _take_up(self, override: Override) -> None:
        """Let a finding stand again."""
        editorial, messages = self.shell.workspace.editorial, self.shell.messages
        if override.entry is None:
            self.shell.tasks.mutate(self, lambda: editorial.take_up(override.id))
            return
        if not self._may_change():
            return
        said = self.shell.tr.tr(N_("The override is taken back; the journal keeps both."))
        self.shell.tasks.mutate(
            self,
            lambda: editorial.withdraw_override(override.id),
            lambda _: messages.toast(said),
            messages.failed,
        )

    def _declare_share(self, original: int) -> None:
        """Note that this draft shares another, or is its other version (-1: the most alike)."""
        version, sheet = self._current(), self._snapshot()
        if version is None or sheet is None:
            return
        tr, messages, tasks = self.shell.tr.tr, self.shell.messages, self.shell.tasks
        workspace, draft_id, text = self.shell.workspace, self._draft_id, version.editor.text()

        def act() -> Changes:
            alike = [
                n.draft_id for n in workspace.proofreader.neighbours(text, sheet) if n.draft_id
            ]
            target = original if original >= 0 else next(iter(alike), None)
            if target is None:
                raise UserError(
                    "no_draft",
                    N_("That post was imported: override the finding, and say that it is a share."),
                )
            return workspace.editorial.declare_share(draft_id, target)

        def undo() -> None:
            tasks.mutate(self, lambda: workspace.editorial.declare_share(draft_id, None))

        tasks.mutate(
            self,
            act,
            lambda _: messages.toast(
                tr(N_("Noted: this draft and that post are one.")), tr(N_("Undo")), undo
            ),
            messages.failed,
        )

    # -- help with writing ------------------------------------------------------------------------

    def _offer_spelling(self, number: int) -> None:
        """Words that resemble an unknown one, and the house list for it."""
        version, finding = self._current(), self._finding(number)
        mark = version.editor.mark_of(number) if version is not None else None
        if version is None or finding is None or mark is None:
            return
        workspace, tasks, tr = self.shell.workspace, self.shell.tasks, self.shell.tr.tr
        word, language, editor = finding.excerpt, version.variant.language, version.editor

        def show(words: tuple[str, ...]) -> None:
            menu = Menu(editor)
            for other in words:
                act = menu.offer(other, partial(self._respell, number, word, other))
                act.setEnabled(not editor.isReadOnly())
            if not words:
                menu.addAction(tr(N_("Nothing resembles this word"))).setEnabled(False)
            menu.addSeparator()
            menu.offer(
                tr(N_("Add “{word}” to the house words"), word=word),
                lambda: tasks.mutate(self, partial(workspace.house.add_to_list, "words", word)),
            )
            editor.select(mark.start, mark.start)
            _pop_up(menu, editor)

        self.shell.tasks.read(self, lambda: workspace.proofreader.spellings(word, language), show)

    def _respell(self, number: int, word: str, other: str) -> None:
        version = self._current()
        mark = version.editor.mark_of(number) if version is not None else None
        if version is None or mark is None:
            return
        editor = version.editor
        text = editor.text()
        offsets = Offsets(text)
        if text[offsets.points(mark.start) : offsets.points(mark.end)] == word:
            editor.replace(mark.start, mark.end, other)
        editor.setFocus()

    def offer_help(self) -> None:
        """Offer what can be put into the text, and letters that everybody can read."""
        version, sheet = self._current(), self._snapshot()
        if version is None or sheet is None:
            return
        workspace, live = self.shell.workspace, version.live()
        self.shell.tasks.read(
            self,
            lambda: workspace.proofreader.writing_help(sheet, live),
            lambda found: self._show_help(live.id, found),
            key="help",
        )

    def insert(self, what: str) -> None:
        """Put one thing in, or make the text over: invitation, plain, capitals."""
        version, sheet = self._current(), self._snapshot()
        if version is None or sheet is None:
            return
        workspace, live = self.shell.workspace, version.live()

        def put(found: WritingHelp) -> None:
            current = self._current()
            if current is None or current.editor.text() != found.text:
                return
            made = getattr(found, what)
            if made in ("", found.text):
                words = self.shell.tr.tr(N_("There is nothing to change in this text."))
                self.shell.messages.toast(words)
            elif what == "invitation":
                self._append(made)
            else:
                current.editor.replace_all(made)

        self.shell.tasks.read(
            self, lambda: workspace.proofreader.writing_help(sheet, live), put, key="help"
        )

    def _show_help(self, number: int, found: WritingHelp) -> None:
        version, tr = self._current(), self.shell.tr.tr
        if version is None or version.variant.id != number or version.editor.text() != found.text:
            return
        editor, language = version.editor, version.variant.language
        menu = Menu(self.help_button)
        writable = not editor.isReadOnly()
        # Not a section: the style sheet draws those without their words.
        menu.addAction(tr(N_("Official hashtags"))).setEnabled(False)
        for tag in found.hashtags:
            menu.offer(tag, partial(self._append, tag, " "))
        if not found.hashtags:
            menu.addAction(tr(N_("None to add"))).setEnabled(False)
        menu.addSeparator()
        invite = menu.offer(
            tr(N_("Invite to follow the divisional page")),
            lambda: self._append(found.invitation),
        )
        invite.setEnabled(found.invitation not in ("", found.text))
        for title, known in (
            (N_("A ready-made text"), found.templates),
            (N_("The link of a source"), found.sources),
        ):
            inner = menu.under(tr(title))
            for one in known:
                inner.offer(one.title.to(language)[:70], partial(self._put_in, one))
        menu.addSeparator()
        for words, text in (
            (N_("Make every letter an ordinary one"), found.plain),
            (N_("A capital a word in hashtags"), found.capitals),
        ):
            item = menu.offer(tr(words), partial(editor.replace_all, text))
            item.setEnabled(text != found.text)
        acts = [item for item in menu.actions() if not item.isSeparator()]
        for item in acts:
            item.setEnabled(item.isEnabled() and writable)
        menu.pop_up(self.help_button.mapToGlobal(self.help_button.rect().topLeft()))
        first = next((item for item in acts if item.isEnabled()), None)
        if first is not None:
            menu.setActiveAction(first)

    def _put_in(self, known: Source | Template) -> None:
        """Put a ready-made text, or the link of a source, into the text in its language."""
        version = self._current()
        if version is None:
            return
        language = version.variant.language
        if isinstance(known, Source):
            self._append(known.url.to(language))
        else:
            words = self.shell.workspace.proofreader.template_text(known, language)
            self._append(words)
            self._select_blank(version.editor, words, known.fields)

    def _select_blank(self, editor: TextEditor, words: str, fields: Sequence[str]) -> None:
        """Select the first thing to be filled in of words just put behind the text."""
        text = editor.text()
        blanks, offsets = unfilled(words, fields), Offsets(text)
        if blanks and text.endswith(words):
            start = len(text) - len(words) + min(map(words.index, blanks))
            end = text.index("]", start) + 1
            editor.select(offsets.units(start), offsets.units(end))

    def _append(self, words: str, blank: str = "\n\n") -> None:
        """Put words behind the text."""
        version = self._current()
        if version is None or version.editor.isReadOnly():
            return
        editor = version.editor
        text = editor.text()
        end = max(0, editor.document().characterCount() - 1)
        before = "" if not text.strip() or text.endswith(("\n", blank)) else blank
        editor.replace(end, end, before + words)
        editor.setFocus()

    def _may_change(self) -> bool:
        """Whether what people said of this draft may still change; if not, say so."""
        if self.publication.on_record:
            words = N_("This post is published: what was answered, validated and overridden stays.")
            self.shell.messages.toast(self.shell.tr.tr(words))
            return False
        return self._opened(self.show_findings)

    def _unsure(self, question: Question) -> None:
        """Keep that nobody here is certain, and ask somebody who is."""
        if not self._may_change():
            return
        self._answer(question.rule, "unsure", "")
        self.publication.ask_validation(question.text)

    # -- what only a person can say ---------------------------------------------------------------

    def _answer(self, rule: str, answer: str, note: str) -> None:
        if not self._may_change():
            return
        editorial, draft_id = self.shell.workspace.editorial, self._draft_id
        # The answer is for the text as it stands, so that text goes to disk first.
        self.flush()
        self._answered = rule if answer else ""
        if answer:
            op = partial(editorial.answer, draft_id, rule, answer, note)
        else:
            op = partial(editorial.unanswer, draft_id, rule)
        self.shell.tasks.mutate(self, op, None, self.shell.messages.failed)

    def _link_consent(self, question: Question) -> None:
        """Answer by a consent of the register: whose, and until when, stands in the note."""
        shell, registers = self.shell, self.shell.workspace.registers
        day = self.media.day()
        shell.tasks.read(
            self,
            lambda: [c for c in map(of_line, registers.lines("consents")) if c.holds_on(day)],
            lambda found: self._choose_consent(question, found),
        )

    def _choose_consent(self, question: Question, found: Sequence[Consent]) -> None:
        if not self._may_change():
            return
        tr, messages = self.shell.tr, self.shell.messages
        if not found:
            messages.ask(
                tr.tr(N_("No consent in the register")),
                tr.tr(N_("Add it to the register of consents, then link it here.")),
                (
                    Choice("no", tr.tr(N_("Cancel"))),
                    Choice("open", tr.tr(N_("Open the register")), "primary"),
                ),
                lambda answer: (
                    self.shell.window.go("pages", ("register", "consents", None))
                    if answer == "open"
                    else None
                ),
            )
            return
        dialog = messages.dialog(
            tr.tr(N_("Link a consent")),
            question.text,
            (Choice("no", tr.tr(N_("Cancel"))), Choice("yes", tr.tr(N_("Link it")), "primary")),
        )
        which = Picker(tr.tr(N_("From the register of consents")))
        words = [consent_words(tr, consent) for consent in found]
        which.fill([(said, None, said) for said in words], words[0])
        dialog.body.addWidget(which)
        dialog.chosen.connect(
            lambda answer: (
                self._answer(question.rule, "yes", which.currentText()) if answer == "yes" else None
            )
        )
        dialog.open()
        which.setFocus()

    def _note(self, question: Question, answer: Answer | None) -> None:
        """Ask for a note; where only words answer a question, the note is the answer."""
        if not self._may_change():
            return
        tr = self.shell.tr.tr
        editorial, draft_id, rule = self.shell.workspace.editorial, self._draft_id, question.rule
        given = answer.answer if answer is not None and not question.in_words else "yes"
        # The answer is for the text as it stands, so that text goes to disk first.
        self.flush()

        def write(values: dict[str, str]) -> Changes:
            return editorial.answer(draft_id, rule, given, values["note"].strip())

        def written(_: object) -> None:
            self._answered = rule

        label = tr(N_("Note, kept with the answer"))
        if question.in_words:
            label = question.suggestion or question.text
        form = FormDialog(
            self.shell,
            tr(N_("Your answer")) if question.in_words else tr(N_("Note")),
            question.text,
            tr(N_("Keep the answer")) if question.in_words else tr(N_("Keep the note")),
            write,
            written,
            fields=(
                Field(
                    "note",
                    label,
                    "text",
                    required=question.in_words,
                    initial=answer.note if answer is not None else "",
                ),
            ),
            keep=f"answer.{draft_id}.{rule}",
        )
        form.show_keys("yes")
        form.open()

    # -- publication ------------------------------------------------------------------------------

    def readiness(self) -> Readiness | None:
        """What remains before publication; None while some version is still being judged."""
        from scc_admin.editorial import readiness

        sheet = self._snapshot()
        verdicts = {
            number: version.judged.verdict
            for number, version in self._versions.items()
            if version.judged is not None and version.judged.revision == version.editor.revision
        }
        if sheet is None or verdicts.keys() != self._versions.keys():
            return None
        return readiness(sheet, verdicts)

    def _not_ready(self, error: UserError) -> None:
        """Say what remains, and go to the first of it."""
        remaining = self.readiness()
        tr = self.shell.tr
        if error.code != "not_ready" or remaining is None:
            self._tell("ready", Tone.WARNING, tr.explain(error))
            return
        self._tell_remaining(
            self._remaining
            or _Remaining(
                len(remaining.findings), len(remaining.questions), len(remaining.approvals)
            )
        )
        self.show_findings()
        if not remaining.findings:
            self.findings.focus_question()
            return
        variant, finding = remaining.findings[0]
        self.tabs.setCurrentIndex(list(self._versions).index(variant.id))
        judged = self._versions[variant.id].judged
        if judged is not None and finding in judged.verdict.findings:
            self._jump(judged.verdict.findings.index(finding))

    def _tell_remaining(self, remaining: _Remaining) -> None:
        tr = self.shell.tr
        words = remaining.words(tr)
        self._tell("ready", Tone.WARNING, tr.tr(N_("Before publication: {what}."), what=words))

    def _show_remaining(self) -> None:
        """Keep what was said to remain true to what remains, and tell the next step."""
        remaining, banner = self._remaining, self.banner
        if remaining is None:
            return
        if banner.property("about") == "ready" and not banner.isHidden():
            if remaining.words(self.shell.tr):
                self._tell_remaining(remaining)
            else:
                banner.hide()
                self._show_state()
        self._tell_step()

    def _tell_step(self) -> None:
        if self.isVisible():
            self.shell.window.show_step(self.next_step())

    def next_step(self) -> str:
        version, tr = self._current(), self.shell.tr
        remaining, keys = self._remaining, self.shell.actions.shortcut
        if version is None or self.publication.locked or remaining is None:
            return super().next_step()
        if not any(one.editor.document().characterCount() > 1 for one in self._versions.values()):
            return tr.tr(N_("Write; then {keys}: ready to publish"), keys=keys("primary"))
        if remaining.findings:
            finding = self._finding(self.findings.current)
            if finding is None or finding.severity not in _OVERRIDABLE:
                # Not by F8: that goes through remarks, too.
                return tr.ntr(
                    "{n} point to correct: {keys} goes there",
                    "{n} points to correct: {keys} goes there",
                    remaining.findings,
                    keys=keys("primary"),
                )
            if finding.mends:
                return tr.tr(
                    N_("{fix} corrects it; {next} goes to the next finding"),
                    fix=keys("fix-finding"),
                    next=keys("next-finding"),
                )
            return tr.tr(
                N_("Type over it; {next} goes to the next finding"), next=keys("next-finding")
            )
        if remaining.refused and not remaining.questions:
            return tr.tr(
                N_("{what}: {keys} goes there"), what=remaining.words(tr), keys=keys("primary")
            )
        if remaining.questions:
            return tr.ntr(
                "{n} question to answer: {keys} goes there, Enter answers",
                "{n} questions to answer: {keys} goes there, Enter answers",
                remaining.questions,
                keys=keys("primary"),
            )
        if remaining.approvals:
            return remaining.words(tr)
        if self._homeless:
            return tr.tr(
                N_("The page is still to be chosen: {keys} asks for it"), keys=keys("primary")
            )
        return tr.tr(N_("Nothing is missing. {keys}: ready to publish"), keys=keys("primary"))

    def _show_state(self) -> None:
        assert self._sheet is not None
        tr, draft = self.shell.tr, self._sheet.draft
        icon, color = DRAFT_STATE_LOOK[draft.state]
        words = state_words(tr, draft.state, self._sheet.placements)
        self.state_button.setText(words)
        self.shell.icons.dress(self.state_button, icon, color)
        self.state_button.setAccessibleName(tr.tr(N_("State: {state}"), state=words))
        self.shell.window.title_changed()
        notice = self.publication.notice()
        if notice is not None:
            self._tell("state", *notice)
        elif any(not version.editor.whole for version in self._versions.values()):
            self._tell(
                "state",
                Tone.WARNING,
                tr.tr(
                    N_(
                        "This text is too long to be edited here; only its beginning is shown, and"
                        " nothing of it is changed."
                    )
                ),
            )
        elif astray := self._astray(self._sheet):
            self._tell_astray(astray)
        elif self.banner.property("about") == "state":
            self.banner.hide()

    def _astray(self, sheet: DraftSheet) -> Placement | None:
        """A page of another network than what is written for it; an empty text follows its page."""
        written = {v.target.network for v in sheet.variants if v.text.strip()}
        return next((m for m in sheet.placements if m.astray and m.network in written), None)

    def _tell_astray(self, placement: Placement) -> None:
        """Say that the page chosen is of another network than the text, and mend it on demand."""
        page, tr = placement.page, self.shell.tr.tr
        assert page is not None
        version = self._current()
        copied = version.editor.text() if version is not None else ""
        target = Target.of(page.network)
        network, home = tr(NETWORKS[placement.network]), tr(NETWORKS[page.network])
        self._tell(
            "state",
            Tone.WARNING,
            tr(
                N_("“{page}” is on {home}, and this text is written for {network}."),
                page=page.name,
                home=home,
                network=network,
            ),
            (
                (
                    tr(N_("Add a version for {network}"), network=home),
                    lambda: self._add_version(target, page.language, copied),
                ),
            ),
        )

    def _tell(
        self,
        about: str,
        tone: Tone,
        text: str,
        buttons: Sequence[tuple[str, Callable[[], object]]] = (),
        *,
        title: str = "",
    ) -> None:
        """Show the banner. One about saving gives way to nothing else."""
        held = self.banner.property("about") == "save" and not self.banner.isHidden()
        if held and about != "save":
            return
        self.banner.setProperty("about", about)
        self.banner.show_message(tone, text, buttons, title=title)

    def trash_draft(self) -> None:
        self.publication.trash()

    def print_screen(self) -> None:
        """Show the draft as it will print: every text as it is being typed, and its pictures."""
        from ui.pdf import look

        sheet = self._snapshot()
        if sheet is None:
            return
        tr, workspace, draft = self.shell.tr, self.shell.workspace, sheet.draft
        campaign = self.foot.campaign
        chosen = campaign.currentText() if campaign.currentData() is not None else ""
        facts = (
            (tr.tr(N_("State")), state_words(tr, draft.state, sheet.placements)),
            (tr.tr(N_("Page")), page_names(sheet.placements)),
            (tr.tr(N_("Campaign")), chosen),
            (tr.tr(N_("Planned for")), tr.moment(draft.planned_at) if draft.planned_at else ""),
        )
        texts = [
            (f"{tr.tr(TARGETS[v.target])} · {tr.tr(LANGUAGES[v.language])}", v.text)
            for v in sheet.variants
        ]
        pictures = "\n\n".join(f"{m.name} – {m.alt}" if m.alt else m.name for m in sheet.media)
        title = draft_title(sheet) or tr.tr(N_("Untitled draft"))
        make = partial(
            workspace.printed,
            tr,
            tr.tr(N_("Draft")),
            title,
            facts=facts,
            parts=[*texts, *([(tr.tr(N_("Pictures")), pictures)] if pictures else [])],
        )
        look(self.shell, self, title, make)

    def copy_post(self) -> None:
        """Put the text on the clipboard, ready to be pasted into the network."""
        version = self._current()
        if version is None:
            return
        QApplication.clipboard().setText(version.editor.text())
        tr = self.shell.tr.tr
        network = tr(TARGETS[version.variant.target])
        self.shell.messages.toast(
            tr(N_("The text is copied; paste it into {network}."), network=network)
        )

    # -- beside the text ------------------------------------------------------------------------

    def show_findings(self) -> None:
        self.side_tabs.setCurrentIndex(FINDINGS)

    def show_preview(self) -> None:
        self.side_tabs.setCurrentIndex(PREVIEW)

    def show_history(self) -> None:
        self.side_tabs.setCurrentIndex(HISTORY)

    def _side_changed(self, index: int) -> None:
        self.side.setCurrentIndex(max(0, index))
        self._fill_side()

    def _fill_side(self) -> None:
        version, index = self._current(), self.side_tabs.currentIndex()
        if version is None or self._sheet is None:
            return
        if index == PREVIEW:
            draft = self._sheet.draft
            network = version.variant.target.network
            page, placed = self._sheet.page_for(network), self._sheet.placement(network)
            self.preview.show_post(
                version.variant.target,
                version.editor.text(),
                page.name if page else "",
                (placed.published_at if placed else None) or draft.published_at or draft.planned_at,
                self.media.pictures(),
            )
        elif index == HISTORY:
            self.history.show_variant(version.variant.id, version.editor.text())

    def _restore_revision(self, revision: Revision) -> None:
        version = self._versions.get(revision.variant_id)
        if version is None or version.editor.isReadOnly():
            return
        version.editor.replace_all(revision.text)
        self.flush()
        tr = self.shell.tr.tr
        self.shell.messages.toast(
            tr(N_("The earlier text is back.")), tr(N_("Undo")), version.editor.undo
        )

    # -- pasting and dropping -------------------------------------------------------------------

    def add_media(self) -> None:
        self.media.choose()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.media.attach(files)

    def _paste_refused(self, length: int) -> None:
        tr = self.shell.tr
        self.shell.messages.say(
            tr.tr(N_("This text is too long to paste")),
            tr.tr(
                N_(
                    "It holds {n} characters, in lines longer than any network takes (63,206). It"
                    " is still in your clipboard: paste a part of it."
                ),
                n=tr.number(length),
            ),
            tone=Tone.WARNING,
        )


_OVERRIDABLE = (Severity.ERROR, Severity.BLOCK)
_WANT_SOURCES = frozenset({"INT-01", "INT-02", "PROC-03"})
"""Rules that a source would satisfy."""


def _first_count(judged: Judged | None) -> Count | None:
    """The count that a single ring shows."""
    counts = judged.verdict.counts if judged is not None else ()
    return counts[0] if counts else None


def _pop_up(menu: Menu, editor: TextEditor) -> None:
    """Show a menu below the cursor of a text."""
    menu.pop_up(editor.viewport().mapToGlobal(editor.cursorRect().bottomLeft()))


def _timer(owner: QWidget, delay: int, act: Callable[[], object]) -> QTimer:
    made = QTimer(owner)
    made.setSingleShot(True)
    made.setInterval(delay)
    made.timeout.connect(act)
    return made


def _seen_by_rules(sheet: DraftSheet) -> object:
    """All that a verdict depends on, the texts aside."""
    draft = sheet.draft
    return (
        draft.kind,
        [(made.network, made.page) for made in sheet.placements],
        draft.campaign_id,
        draft.planned_at,
        draft.share_of,
        draft.fee_approved,
        sheet.media,
        [variant.id for variant in sheet.variants],
    )
