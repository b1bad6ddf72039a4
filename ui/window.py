"""The main window: rail, header, status bar, and the screens between them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QLocale,
    QObject,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from scc_admin.errors import UserError
from scc_admin.i18n import N_, Translator
from scc_admin.kinds import Changes, Language
from ui.actions import ACTIONS, SECTIONS, Action, ActionTable, Section
from ui.icons import Icons
from ui.keyboard import ByKeyboard, Menu
from ui.messages import Choice, Dialog, Messages, announce
from ui.qtwords import teach_qt
from ui.screen import Keys, Screen, Shell
from ui.tasks import Job, Saver, Tasks
from ui.theme import ICON, Scheme, Space, Theme
from ui.widgets import (
    Elided,
    IconLabel,
    ProgressBar,
    Scroll,
    SearchField,
    Tone,
    button,
    icon_button,
    left_words,
    margins,
    plain,
    rule,
    set_property,
)

if TYPE_CHECKING:
    from scc_admin.keys import Encryption
    from scc_admin.workspace import Workspace
    from ui.palette import Finder, Way

READ_AHEAD_MS = 200
"""Between the imports of two screens that nobody has been to yet."""
FOLD_BELOW = 1100
"""Window width, in pixels at 100 %, under which the rail shows icons only."""
FOLD_HEADER_BELOW = 820
"""And under which the search does."""
TITLE_BAR, EDGE = 40, 4
"""What the system draws above and below a window, in pixels at most: nobody knows before it is
shown."""


@dataclass(frozen=True, slots=True)
class Place:
    """A screen: where its class stands, and how the rail shows it.

    `under` names the place whose rail button it lights; a place under itself has a button.
    `find` names a function of its module, `(shell, query) -> Sequence[Hit]`, for Ctrl+K.
    """

    name: str
    text: str
    icon: str
    module: str
    screen: str
    under: str = ""
    find: str = ""
    words: str = ""
    """Further words under which Ctrl+K finds it."""
    help: str = ""
    """Key of the guide's section on its subject, for the forms that open over it."""

    @property
    def use(self) -> str:
        """Key of the guide's section on how it is used."""
        return f"program-{self.under or self.name}"

    @property
    def in_rail(self) -> bool:
        return not self.under


PLACES: tuple[Place, ...] = (
    Place(
        "today",
        N_("Today"),
        "today",
        "ui.today",
        "TodayScreen",
        words=N_("home start tasks due"),
        help="monitoring",
    ),
    Place(
        "drafts",
        N_("Drafts"),
        "drafts",
        "ui.drafts",
        "Drafts",
        find="find_drafts",
        words=N_("posts write validate publish trash"),
        help="values-overview",
    ),
    Place(
        "draft",
        N_("Draft"),
        "drafts",
        "ui.composer",
        "Composer",
        under="drafts",
        help="values-overview",
    ),
    Place(
        "calendar",
        N_("Calendar"),
        "calendar",
        "ui.calendar",
        "Calendar",
        find="find_campaigns",
        words=N_("plan month agenda campaign import export"),
        help="editorial-calendar",
    ),
    Place(
        "moderation",
        N_("Moderation"),
        "moderation",
        "ui.moderation.screen",
        "Moderation",
        find="find_cases",
        words=N_("cases ban banish warn evidence journal slander"),
        help="the-ladder",
    ),
    Place(
        "escalations",
        N_("Escalations"),
        "escalations",
        "ui.escalation.screen",
        "Escalations",
        find="find_escalations",
        words=N_("Public Affairs packet export"),
        help="before-reacting",
    ),
    Place(
        "reports",
        N_("Reports"),
        "reports",
        "ui.reports",
        "Reports",
        words=N_("report week weekly figures export"),
        help="monitoring",
    ),
    Place(
        "pages",
        N_("Pages"),
        "pages",
        "ui.pages",
        "PagesScreen",
        find="find_pages",
        words=N_("followers registers network consents"),
        help="need-a-page",
    ),
    Place("guide", N_("Guide"), "guide", "ui.guide", "GuideScreen", find="find_sections"),
    Place(
        "settings",
        N_("Settings"),
        "settings",
        "ui.settings",
        "SettingsScreen",
        find="find_settings",
        words=N_("preferences options backup protection language"),
        help="about",
    ),
)


class Window(ByKeyboard, QMainWindow):
    """One open workspace. `go` is the only way from screen to screen."""

    closed = Signal()
    """All is on disk and the window is gone."""
    stayed = Signal()
    """It was to close, and does not: something is not saved."""
    another_workspace = Signal(str)
    """The user wants to open (`open`) or make (`new`) another workspace."""
    encryption_asked = Signal(object)
    """The workspace is to be encrypted so (`keys.Encryption`)."""
    restore_asked = Signal(object)
    """This backup (a path) is to take the workspace's place."""

    def __init__(
        self,
        workspace: Workspace,
        theme: Theme,
        tasks: Tasks,
        clock: Callable[[], datetime],
        *,
        language: Language = Language.FR,
        places: Sequence[Place] = PLACES,
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._clock = clock
        self._places = {place.name: place for place in places}
        self.theme = theme
        self.icons = Icons(theme)
        self.tasks = tasks
        self._screens: dict[str, Screen] = {}
        self._missed: dict[str, Changes] = {}
        self._history: list[tuple[str, object]] = []
        self._position = -1
        self._badges: dict[str, int] = {}
        self._saved_at: datetime | None = None
        self._journal: tuple[int, bool] | None = None
        self._closing = False
        self.setMinimumSize(800, 520)
        self.shell: Shell
        self.actions_: ActionTable | None = None
        self._build(language)
        tasks.changed.connect(self._changed)
        tasks.failed.connect(self._failed)
        tasks.long_work.connect(self._show_long_work)
        self._zoom = theme.zoom
        theme.changed.connect(self._look_changed)

    # -- building -------------------------------------------------------------------------------

    def _build(self, language: Language) -> None:
        """Make everything that bears words."""
        tr = Translator(language, zone=self._workspace.chosen_zone)
        teach_qt(language)
        self.setLocale(QLocale())  # made before, it would write numbers as the system does
        if self.actions_ is not None:
            self.actions_.remove(self)
        numbered = [place for place in self._places.values() if place.in_rail]
        table = ACTIONS + tuple(
            Action(
                f"go-{place.name}",
                place.text,
                Section.GO,
                f"go:{place.name}",
                f"Ctrl+{number}",
                place.icon,
                place.words,
                gap=number == 1,
            )
            for number, place in enumerate(numbered, start=1)
        )
        self.actions_ = ActionTable(
            self, tr, self.icons, self._receivers, table, refused=self._cannot
        )
        self.shell = Shell(
            self._workspace,
            tr,
            self.theme,
            self.icons,
            self.tasks,
            Messages(self, tr, self.theme, self.icons),
            self.actions_,
            self,
            self._clock,
        )
        self.shell.messages.offer_keys = self.actions_.shortcut("last-offer")
        self.shell.messages.offered = self._offered
        self.actions_.fill(self.menuBar())
        self._check_marks()

        self.rail = Rail(self.shell, numbered)
        self.header = Header(self.shell, self.actions_)
        self.stack = QStackedWidget()
        self.status = Status(self.shell)
        right = QVBoxLayout()
        margins(right, 0, 0)
        right.addWidget(self.header)
        right.addWidget(Room(self.stack), 1)
        centre = QWidget()
        row = QHBoxLayout()
        margins(row, 0, 0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        column = QVBoxLayout(centre)
        margins(column, 0, 0)
        column.addLayout(row, 1)
        column.addWidget(self.status)
        self.setCentralWidget(centre)
        self.setWindowTitle("SCC Admin")
        self._fit()
        for name, count in self._badges.items():
            self.rail.badge(name, count)
        if self._saved_at is not None:
            self.status.show_saved(self._saved_at)
        if self._journal is not None:
            self.status.show_journal(*self._journal)
        self.status.show_protection(self._protection())

    def _protection(self) -> tuple[str, str]:
        """Icon and words for how the file is protected."""
        tr = self.shell.tr.tr
        if getattr(self._workspace, "encrypted", True):
            return "lock", tr(N_("Encrypted"))
        return "unlock", tr(N_("Not encrypted"))

    def _rebuild(self, language: Language | None = None) -> None:
        """Speak another language, or take another size, without losing one's place."""
        language = language or self.shell.tr.language
        states = {}
        for name, screen in self._screens.items():
            screen.flush()
            states[name] = screen.state()
            self.tasks.forget(screen)
        old = dict(self._screens)
        self._screens.clear()
        self._missed.clear()
        self._build(language)
        for screen in old.values():
            screen.deleteLater()
        if self._history:
            name, target = self._history[self._position]
            self._show(name, target, states.get(name))

    # -- going places -----------------------------------------------------------------------------

    def go(self, name: str, target: object = None) -> None:
        """Show a screen, and remember the way."""
        here = self._history[self._position] if self._history else None
        if here != (name, target):
            del self._history[self._position + 1 :]
            self._history.append((name, target))
            self._position = len(self._history) - 1
        self._show(name, target)

    def go_home(self) -> None:
        """Show the first place of the rail."""
        self.go(self.places()[0])

    def places(self) -> list[str]:
        """Names of the screens that the rail shows, in its order."""
        return [place.name for place in self._places.values() if place.in_rail]

    def read_ahead(self) -> None:
        """Import the screens nobody has been to, one at a time: the first visit is quick then."""
        modules = (place.module for place in self._places.values())
        coming = next((module for module in modules if module not in sys.modules), None)
        if coming is not None:
            importlib.import_module(coming)
            QTimer.singleShot(READ_AHEAD_MS, self, self.read_ahead)

    def flush(self) -> None:
        """Have every screen and dialog hand over what is not saved."""
        for screen in self._screens.values():
            screen.flush()
        for saver in self.findChildren(Saver):
            saver.save_now()

    def forget(self, name: str, target: object) -> None:
        """Leave out of the way back what is not there any more."""
        gone = [at for at, place in enumerate(self._history) if place == (name, target)]
        self._position -= sum(at <= self._position for at in gone)
        for at in reversed(gone):
            del self._history[at]

    def go_back(self) -> None:
        self._step(-1)

    def go_forward(self) -> None:
        self._step(+1)

    def _step(self, by: int) -> None:
        place = self._position + by
        if 0 <= place < len(self._history):
            self._position = place
            self._show(*self._history[place])

    def current(self) -> Screen | None:
        """The screen in front."""
        widget = self.stack.currentWidget()
        return widget if isinstance(widget, Screen) else None

    def screen_named(self, name: str) -> Screen:
        """The screen of a place, made if need be."""
        screen = self._screens.get(name)
        if screen is None:
            place = self._places[name]
            made = getattr(importlib.import_module(place.module), place.screen)
            screen = made(self.shell)
            self._screens[name] = screen
            self.stack.addWidget(screen)
        return screen

    def _show(self, name: str, target: object, state: object = None) -> None:
        before = self.current()
        screen = self.screen_named(name)
        if before is not None and before is not screen:
            before.flush()
            before.leave()
        missed = self._missed.pop(name, None)
        if missed is not None:
            screen.refresh(missed)
        screen.open(target)
        if state is not None:
            screen.restore(state)
        self.stack.setCurrentWidget(screen)
        place = self._places[name]
        self.rail.light(place.under or place.name)
        self.title_changed()
        screen.focus_first()
        if self.isVisible():
            announce(self, screen.title())

    def focus_primary(self) -> bool:
        self.header.primary.setFocus(Qt.FocusReason.OtherFocusReason)
        return self.header.primary.isEnabled()

    def title_changed(self) -> None:
        screen = self.current()
        if screen is not None:
            self.header.show_screen(
                screen.title(), screen.head(), screen.primary_text(), screen.can("primary")
            )
            self.setWindowTitle(screen.title())  # Qt adds the program's name where it is usual
            self.show_step(screen.next_step())

    def _changed(self, changes: Changes) -> None:
        self.show_saved(self._clock())
        for name, screen in list(self._screens.items()):
            if not changes.touches(*screen.interests):
                continue
            if screen is self.current():
                screen.refresh(changes)
            else:
                missed = self._missed.get(name)
                self._missed[name] = changes if missed is None else _merged(missed, changes)

    # -- what screens tell ---------------------------------------------------------------------

    def show_saved(self, at: datetime) -> None:
        self._saved_at = at
        self.status.show_saved(at)

    def _offered(self, act: str) -> None:
        """Name in the menu and in Ctrl+K what the last message offers."""
        assert self.actions_ is not None
        tr = self.shell.tr.tr
        words = tr(N_("Last message: {act}"), act=act) if act else ""
        self.actions_["last-offer"].setText(words or tr(N_("What the last message offers")))

    def take_last_offer(self) -> None:
        self.shell.messages.take_offer()

    def show_step(self, words: str) -> None:
        assert self.actions_ is not None
        helped = self.shell.tr.tr(N_("{keys}: help"), keys=self.actions_.shortcut("help"))
        self.status.show_step(" · ".join(filter(None, (words, helped))))

    def show_badge(self, name: str, count: int) -> None:
        self._badges[name] = count
        self.rail.badge(name, count)

    def count_waiting(self) -> None:
        """Mark in the rail what waits, on the screens too that nobody has been to."""
        workspace = self._workspace
        today = self.shell.tr.local(self._clock()).date()

        def show(counts: dict[str, int]) -> None:
            for name, count in counts.items():
                self.show_badge(name, count)

        self.tasks.read(self, lambda: workspace.waiting(today), show, key="waiting")

    def show_journal(self, size: int, ok: bool) -> None:
        self._journal = size, ok
        self.status.show_journal(size, ok)

    def _failed(self, error: UserError) -> None:
        self.shell.messages.failed(error)

    def _show_long_work(self, jobs: tuple[Job, ...]) -> None:
        self.status.show_jobs(jobs)

    # -- actions --------------------------------------------------------------------------------

    def _receivers(self) -> Iterable[object]:
        screen = self.current()
        return (screen, self) if screen is not None else (self,)

    def _cannot(self, handler: str) -> None:
        """Say why nothing happens, where one may well wonder."""
        if handler == "print_screen":
            self.shell.messages.toast(
                self.shell.tr.tr(
                    N_(
                        "There is nothing to print here. What can be printed: the report, the"
                        " calendar, a draft, a section of the guide, a register, a packet."
                    )
                )
            )

    def can(self, handler: str) -> bool:
        method, _, argument = handler.partition(":")
        if method == "go":
            return argument in self._places
        if method == "new_draft":
            return "draft" in self._places
        if method == "add_page":
            return "pages" in self._places
        if method in _EDITING:
            return hasattr(QApplication.focusWidget(), _EDITING[method])
        if method == "take_last_offer":
            return self.shell.messages.has_offer()
        if method == "go_back":
            return self._position > 0
        if method == "go_forward":
            return self._position < len(self._history) - 1
        if method == "search_here":
            return self._search_in_front() is not None
        if method in ("next_pane", "previous_pane"):
            return self.current() is not None
        return True

    def show_help(self) -> None:
        """Open the guide where it says how the screen in front is used."""
        here = self._places[self._history[self._position][0]] if self._history else None
        self.go("guide", ("section", here.use) if here else None)

    def _help_here(self) -> str:
        return self._places[self._history[self._position][0]].help if self._history else ""

    def help_over(self, dialog: QDialog, key: str, keys: Keys = ()) -> None:
        """Show over a dialog its keys, and what the guide says; the dialog stays as it is."""
        from scc_admin.guide import Guide
        from ui.guide import bulleted

        guide, tr = Guide.load(self.shell.tr.language), self.shell.tr.tr
        section = guide.section(key or self._help_here() or "about")
        if section is None:
            return
        shown = self.shell.messages.dialog(
            tr(N_("Keyboard shortcuts")) if keys else section.title,
            "",
            (Choice("close", tr(N_("Close")), "primary"),),
            tone=Tone.INFO,
            parent=dialog,
        )
        shown.help_keys.setEnabled(False)
        shown.setMinimumWidth(self.theme.px(560))
        if keys:
            shown.body.addLayout(_key_grid([(tr(what), _named(names)) for names, what in keys]))
            shown.body.addWidget(rule())
            shown.body.addWidget(plain(section.title, role="strong"))
        shown.body.addWidget(plain(bulleted(section.body)))
        shown.open()

    def open_palette(self) -> None:
        from ui.palette import Palette

        assert self.actions_ is not None
        Palette(
            self,
            self.shell.tr,
            self.theme,
            self.icons,
            self.tasks,
            self.actions_,
            self._finders(),
            self._lead,
        ).open()

    def _lead(self, way: Way) -> None:
        """Go to where something of a screen's own begins; Back does not begin it anew."""
        self.go(way.place)
        if way.target is not None:
            self.screen_named(way.place).open(way.target)

    def _finders(self) -> list[Finder]:
        found: list[Finder] = []
        for place in self._places.values():
            if place.find:
                function = getattr(importlib.import_module(place.module), place.find)
                found.append(partial(function, self.shell))
        return found

    def look(self, scheme: str) -> None:
        self._keep("look.theme", scheme)
        self.theme.choose(Scheme(scheme))
        self._check_marks()

    def zoom(self, way: str) -> None:
        self.theme.step_zoom({"in": 1, "out": -1, "reset": 0}[way])
        self._keep("look.scale", round(self.theme.zoom * 100))

    def speak(self, language: str) -> None:
        """Switch the language of everything, here and now."""
        if language != self.shell.tr.language:
            self._keep("look.language", language)
            self._rebuild(Language(language))

    def tell_hours(self) -> None:
        """Show every hour in the zone that the settings name now."""
        self._rebuild()

    def _keep(self, key: str, value: object) -> None:
        try:
            self._workspace.settings.set(key, value)
        except UserError as error:
            self.shell.messages.toast(self.shell.tr.explain(error))

    def _look_changed(self) -> None:
        if self.theme.zoom != self._zoom:
            self._zoom = self.theme.zoom
            self._rebuild()

    def _check_marks(self) -> None:
        assert self.actions_ is not None
        for scheme in Scheme:
            self.actions_[f"theme-{scheme}"].setChecked(scheme is self.theme.scheme)
        speaks = self.shell.tr.language
        self.actions_["french"].setChecked(speaks is Language.FR)
        self.actions_["english"].setChecked(speaks is Language.EN)

    def search_here(self) -> None:
        """Search on the screen in front."""
        field = self._search_in_front()
        if field is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            field.selectAll()

    def _search_in_front(self) -> SearchField | None:
        screen = self.current()
        fields = screen.findChildren(SearchField) if screen is not None else []
        return next((field for field in fields if field.isVisible()), None)

    def next_pane(self) -> None:
        self._pane(+1)

    def previous_pane(self) -> None:
        self._pane(-1)

    def _pane(self, by: int) -> None:
        screen = self.current()
        panes: list[QWidget] = [self.rail, *(screen.panes() if screen else ())]
        panes = [pane for pane in panes if pane.isVisible()]
        focused = QApplication.focusWidget()
        inside = [
            i for i, p in enumerate(panes) if focused and (p is focused or p.isAncestorOf(focused))
        ]
        # The header stands between the rail and the screen.
        here = inside[-1] if inside else 0 if by > 0 else 1
        target = panes[(here + by) % len(panes)]
        if target is self.rail:
            self.rail.take_focus()
        else:
            _focus_in(target)

    def undo(self) -> None:
        self._edit("undo")

    def redo(self) -> None:
        self._edit("redo")

    def cut(self) -> None:
        self._edit("cut")

    def copy(self) -> None:
        self._edit("copy")

    def paste(self) -> None:
        self._edit("paste")

    def select_all(self) -> None:
        self._edit("select_all")

    def _edit(self, method: str) -> None:
        call = getattr(QApplication.focusWidget(), _EDITING[method], None)
        if call is not None:
            call()

    def save_now(self) -> None:
        """Everything saves itself; this is for those whose fingers ask."""
        screen = self.current()
        if screen is not None:
            screen.flush()
        self.tasks.mutate(self, lambda: None, lambda _: self.show_saved(self._clock()))

    def new_draft(self) -> None:
        """Begin a draft, at once and empty; its page can be chosen later."""
        from scc_admin.editorial import DraftDetails

        editorial = self._workspace.editorial
        changes = Changes(frozenset({"drafts"}))
        self.tasks.mutate(
            self,
            lambda: (editorial.add_draft(DraftDetails()), changes),
            lambda made: self.go("draft", made[0]),
        )

    def add_page(self) -> None:
        """Describe one more page, from anywhere."""
        self.go("pages")
        self.screen_named("pages").open("new")

    def log_incident(self) -> None:
        """Write down what was seen, from anywhere."""
        from ui.moderation.incident import open_incident

        open_incident(self.shell)

    def verify_received(self) -> None:
        """Verify a packet or a checkpoint that came from elsewhere."""
        from ui.received import ReceivedDialog

        ReceivedDialog(self.shell).open()

    def open_workspace(self) -> None:
        self.another_workspace.emit("open")

    def new_workspace(self) -> None:
        self.another_workspace.emit("new")

    def encrypt_workspace(self, plan: Encryption) -> None:
        self.encryption_asked.emit(plan)

    def restore_backup(self, path: Path) -> None:
        self.restore_asked.emit(path)

    def show_shortcuts(self) -> None:
        assert self.actions_ is not None
        tr = self.shell.tr.tr
        sheet = self.shell.messages.dialog(
            tr(N_("Keyboard shortcuts")),
            "",
            (Choice("close", tr(N_("Close")), "primary"),),
            tone=Tone.INFO,
        )
        area = Scroll(padding=0, spacing=Space.MEDIUM)
        area.body.setContentsMargins(0, 0, Space.MEDIUM, 0)  # the keys stand clear of its bar
        area.setMinimumSize(
            min(self.theme.px(420), self.width() - 160),
            min(self.theme.px(380), self.height() - 200),
        )
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName(tr(N_("Keyboard shortcuts")))
        for section, title in SECTIONS.items():
            rows = [
                (made.text(), self.actions_.shortcut(action.id))
                for action, made in self.actions_
                if action.section is section and action.shortcut
            ]
            if not rows:
                continue
            area.body.addWidget(plain(tr(title).replace("&", ""), role="strong"))
            area.body.addLayout(_key_grid(rows))
            area.body.addWidget(rule())
        area.body.addStretch(1)
        sheet.body.addWidget(area)
        sheet.open()

    def take_tour(self) -> None:
        """Show a newcomer round."""
        from ui.tour import Tour

        Tour(self.shell, self.stack, {"search": self.header.search, "status": self.status})

    def about(self) -> None:
        from importlib.metadata import version

        tr = self.shell.tr.tr
        self.shell.messages.ask(
            "SCC Admin",
            tr(
                N_(
                    "Version {version}. Drafts, checks and moderation for page administrators,"
                    " offline. The program sends nothing by itself."
                ),
                version=version("scc-admin"),
            ),
            (
                Choice("parts", tr(N_("Parts and their licences"))),
                Choice("close", tr(N_("Close")), "primary"),
            ),
            lambda answer: self.go("settings", "about") if answer == "parts" else None,
            tone=Tone.INFO,
        )

    def quit(self) -> None:
        self.close()

    def quit_over(self, dialog: Dialog) -> None:
        """Quit from within a dialog; what was typed there is told about first."""
        if not dialog.has_typed():
            self.quit()
            return
        tr = self.shell.tr.tr
        kept = dialog.keeps()
        self.shell.messages.ask(
            tr(N_("Quit the program?")),
            tr(
                N_("What you typed in “{title}” is kept, and waits for you there."),
                title=dialog.windowTitle(),
            )
            if kept
            else tr(
                N_("What you typed in “{title}” is not recorded yet, and would be gone."),
                title=dialog.windowTitle(),
            ),
            (
                Choice("stay", tr(N_("Go back to it"))),
                Choice("quit", tr(N_("Quit")), "primary" if kept else "danger"),
            ),
            lambda answer: self.quit() if answer == "quit" else None,
            tone=Tone.INFO if kept else Tone.WARNING,
            parent=dialog,
        )

    # -- the window itself ------------------------------------------------------------------------

    def restore_geometry(self) -> None:
        """Stand where it stood last time, and whole on the screen of today."""
        kept = self._workspace.settings.get("look.geometry")
        again = bool(kept) and self.restoreGeometry(QByteArray.fromBase64(kept.encode("ascii")))
        if again and self.windowState() & (
            Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen
        ):
            return
        room = self.screen().availableGeometry().adjusted(0, TITLE_BAR, 0, -EDGE)
        place = self.geometry()
        if not again:
            place.setSize(QSize(1280, 800))
        place.setSize(place.size().boundedTo(room.size()).expandedTo(self.minimumSize()))
        if not again:
            place.moveCenter(room.center())
        place.moveLeft(max(room.left(), min(place.left(), room.right() + 1 - place.width())))
        place.moveTop(max(room.top(), min(place.top(), room.bottom() + 1 - place.height())))
        self.setGeometry(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the screen its room: words go where an icon says enough."""
        self.rail.fold(self.width() < self.theme.px(FOLD_BELOW))
        self.header.fold(self.width() < self.theme.px(FOLD_HEADER_BELOW))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save first; close once everything is on disk, or the user was told what is not."""
        if self._closing:
            event.accept()
            return
        event.ignore()
        self.flush()
        screen = self.current()
        if screen is not None:
            screen.leave()
        self.tasks.mutate(self, lambda: None, lambda _: self._all_written())

    def _all_written(self) -> None:
        problems = [text for screen in self._screens.values() if (text := screen.unsaved())]
        if not problems:
            self._really_close()
            return
        tr = self.shell.tr.tr
        self.shell.messages.ask(
            tr(N_("Something is not saved")),
            "\n".join(problems),
            (
                Choice("leave", tr(N_("Close without saving")), "danger"),
                Choice("stay", tr(N_("Go back to it")), "primary"),
            ),
            lambda answer: self._really_close() if answer == "leave" else self.stayed.emit(),
            tone=Tone.ERROR,
        )

    def _really_close(self) -> None:
        kept = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self._keep("look.geometry", kept)
        for screen in self._screens.values():
            self.tasks.forget(screen)
        self._closing = True
        self.close()
        self.closed.emit()


_EDITING = {
    "undo": "undo",
    "redo": "redo",
    "cut": "cut",
    "copy": "copy",
    "paste": "paste",
    "select_all": "selectAll",
}
"""Edit actions and the method of a text field that does them."""


def _merged(one: Changes, other: Changes) -> Changes:
    """Two changes as one; an id survives only if both name it."""
    return replace(
        one,
        what=one.what | other.what,
        draft_id=one.draft_id if one.draft_id == other.draft_id else None,
        case_id=one.case_id if one.case_id == other.case_id else None,
    )


def _focus_in(pane: QWidget) -> None:
    """Focus a pane, or the first thing in it that takes the focus."""
    if pane.focusPolicy() & Qt.FocusPolicy.TabFocus:
        pane.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return
    for child in pane.findChildren(QWidget):
        if (
            child.focusPolicy() & Qt.FocusPolicy.TabFocus
            and child.isVisible()
            and child.isEnabled()
        ):
            child.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return


def _named(keys: Sequence[str]) -> str:
    """Keys as this computer names them."""
    native = QKeySequence.SequenceFormat.NativeText
    return " · ".join(QKeySequence(key).toString(native) for key in keys)


def _key_grid(rows: Sequence[tuple[str, str]]) -> QGridLayout:
    """What keys do, and the keys."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(Space.WIDE)
    grid.setColumnStretch(0, 1)
    for line, (text, keys) in enumerate(rows):
        grid.addWidget(plain(text.rstrip("…")), line, 0)
        right = Qt.AlignmentFlag.AlignRight
        grid.addWidget(plain(keys, role="muted", wrap=False), line, 1, right)
    return grid


class Room(QScrollArea):
    """Where the screen in front stands: it scrolls when the screen cannot be small enough.

    Qt's own fitting would ask for the height that the screen would like, and scroll too early.
    """

    def __init__(self, stack: QStackedWidget) -> None:
        super().__init__()
        self._stack = stack
        self.setWidget(stack)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        stack.currentChanged.connect(lambda _: self._fit())

    def _fit(self) -> None:
        screen = self._stack.currentWidget()
        if screen is not None:
            least = screen.minimumSizeHint()
            room = self.maximumViewportSize()
            bar = self.verticalScrollBar().sizeHint().width()
            wide = room.width() < least.width()
            high = room.height() - wide * bar < least.height()
            room -= QSize(high * bar, wide * bar)
            self._stack.resize(room.expandedTo(least))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)


class RailButton(QToolButton):
    """A place in the rail; a dot says that something waits there."""

    stepped = Signal(int)
    """An arrow asks for the place above (-1) or below (+1)."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.waiting = 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Down:
                self.stepped.emit(+1)
            case Qt.Key.Key_Up:
                self.stepped.emit(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.click()
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.waiting:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("block"))
            side = self._theme.px(8)
            folded = self.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
            top = 6 if folded else (self.height() - side) / 2
            painter.drawEllipse(QRectF(self.width() - side - (5 if folded else 8), top, side, side))
            painter.end()


class Rail(QFrame):
    """The list of places. One stop for Tab; Up and Down go through it."""

    def __init__(self, shell: Shell, places: Sequence[Place]) -> None:
        super().__init__()
        self._shell = shell
        self.setProperty("role", "rail")
        self.setAccessibleName(shell.tr.tr(N_("Screens")))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.SMALL, Space.MEDIUM, Space.SMALL, Space.SMALL)
        column.setSpacing(2)
        head = QHBoxLayout()
        margins(head, 0, Space.SMALL)
        self._mark = IconLabel(shell.icons, "flower", "daffodil", 22)
        self._name = plain("SCC", role="strong", wrap=False)
        head.addSpacing(9)
        head.addWidget(self._mark)
        head.addWidget(self._name, 1)
        column.addLayout(head)
        column.addSpacing(Space.MEDIUM)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, RailButton] = {}
        for place in places:
            made = RailButton(shell.theme)
            made.setText("  " + shell.tr.tr(place.text))
            made.setProperty("place", place.name)
            shell.icons.dress(made, place.icon)
            made.setIconSize(QSize(shell.theme.px(ICON), shell.theme.px(ICON)))
            made.setCheckable(True)
            made.setAccessibleName(shell.tr.tr(place.text))
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            made.clicked.connect(lambda _=False, name=place.name: shell.window.go(name))
            made.stepped.connect(partial(self._step, made))
            self._group.addButton(made)
            self._buttons[place.name] = made
            column.addWidget(made)
        column.addStretch(1)
        self._folded: bool | None = None
        self.fold(False)

    def fold(self, folded: bool) -> None:
        """Icons only, or icons and words."""
        if folded == self._folded:
            return
        self._folded = folded
        self.setFixedWidth(self._shell.theme.px(56 if folded else 184))
        self._name.setVisible(not folded)
        for made in self._buttons.values():
            made.setToolButtonStyle(
                Qt.ToolButtonStyle.ToolButtonIconOnly
                if folded
                else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            )
            made.setToolTip(made.text().strip() if folded else "")

    def light(self, name: str) -> None:
        """Show which place is in front."""
        for key, made in self._buttons.items():
            made.setChecked(key == name)
            made.setFocusPolicy(
                Qt.FocusPolicy.StrongFocus if key == name else Qt.FocusPolicy.ClickFocus
            )

    def badge(self, name: str, count: int) -> None:
        made = self._buttons.get(name)
        if made is None:
            return
        made.waiting = count
        words = made.text().strip()
        if count:
            waiting = self._shell.tr.ntr("{n} waiting", "{n} waiting", count)
            words = f"{words}, {waiting}"
        made.setAccessibleName(words)
        made.update()

    def take_focus(self) -> None:
        chosen = self._group.checkedButton() or next(iter(self._buttons.values()), None)
        if chosen is not None:
            chosen.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _step(self, here: RailButton, by: int) -> None:
        order = list(self._buttons.values())
        order[(order.index(here) + by) % len(order)].setFocus()


class Header(QFrame):
    """The title of the screen, its one primary action, the search, the language."""

    def __init__(self, shell: Shell, actions: ActionTable) -> None:
        super().__init__()
        self.setProperty("role", "header")
        tr = shell.tr.tr
        self._head: QWidget | None = None
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(Space.LARGE, Space.SMALL, Space.LARGE, Space.SMALL)
        row.setSpacing(Space.MEDIUM)
        self.title = Elided(role="title")
        row.addWidget(self.title, 1)
        self.primary = button("", lambda: actions.run("primary"), kind="primary")
        self.primary.setToolTip(actions.shortcut("primary"))
        self.primary.setAccessibleDescription(actions.shortcut("primary"))
        row.addWidget(self.primary)
        self.search = button(
            tr(N_("Search…")),
            lambda: actions.run("open_palette"),
            icons=shell.icons,
            icon="search",
            kind="field",
        )
        self._search_words = f"{tr(N_('Search…'))}    {actions.shortcut('palette')}"
        self._search_width = shell.theme.px(190)
        self.search.setAccessibleName(tr(N_("Find anything")))
        self.search.setToolTip(f"{tr(N_('Find anything'))} ({actions.shortcut('palette')})")
        self.fold(False)
        row.addWidget(self.search)
        self.language = QPushButton(shell.tr.language.value.upper())
        self.language.setProperty("kind", "menu")
        self.language.setAccessibleName(tr(N_("Language")))
        self.language.setToolTip(tr(N_("Language")))
        menu = Menu(self.language)
        menu.addAction(actions["french"])
        menu.addAction(actions["english"])
        self.language.setMenu(menu)
        row.addWidget(self.language)

    def fold(self, folded: bool) -> None:
        """Show the search as an icon only, or with its words."""
        self.search.setText("" if folded else self._search_words)
        self.search.setMinimumWidth(0 if folded else self._search_width)

    def show_screen(self, title: str, head: QWidget | None, primary: str, enabled: bool) -> None:
        """Show a screen's title, or what it puts in the title's place."""
        if head is not self._head:
            if self._head is not None:
                self._head.hide()
            self._head = head
            if head is not None:
                self._row.insertWidget(0, head, 1)
                head.show()
        self.title.setVisible(head is None)
        self.title.set_whole(title)
        self.primary.setText(primary)
        self.primary.setVisible(bool(primary))
        self.primary.setEnabled(enabled)


class Status(QFrame):
    """The foot of the window: protection, what is saved, the journal, and long work."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.setProperty("role", "status")
        self._shell = shell
        self._job: Job | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.LARGE, Space.HAIR, Space.LARGE, Space.HAIR)
        row.setSpacing(Space.SMALL)
        self._lock = IconLabel(shell.icons, "lock", "muted", 16)
        self.protection = plain(role="small", wrap=False)
        self.saved = plain(role="small", wrap=False)
        self._journal_mark = IconLabel(shell.icons, "check", "ok", 16)
        self._journal_mark.hide()
        self.journal = plain(role="small", wrap=False)
        for part in (self._lock, self.protection, self.saved, self._journal_mark, self.journal):
            row.addWidget(part)
        self.step = Elided(role="small")
        self.step.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.step, 1)
        self.label = plain(role="small", wrap=False)
        self.bar = ProgressBar()
        self.bar.setFixedWidth(shell.theme.px(140))
        self.cancel = icon_button(
            shell.icons, "close", shell.tr.tr(N_("Stop this work")), self._cancel
        )
        self.cancel.setIconSize(QSize(14, 14))
        self._work: tuple[QWidget, ...] = (self.label, self.bar, self.cancel)
        for widget in self._work:
            widget.hide()
            row.addWidget(widget)

    def show_protection(self, words: tuple[str, str]) -> None:
        icon, text = words
        self._lock.show_icon(icon, "muted" if icon == "lock" else "warning")
        self.protection.setText(text)

    def show_saved(self, at: datetime) -> None:
        tr = self._shell.tr
        time = tr.time(at, seconds=True)
        self.saved.setText("· " + tr.tr(N_("saved at {time}"), time=time))

    def show_journal(self, size: int, ok: bool) -> None:
        tr = self._shell.tr
        if ok:
            self.journal.setText(tr.tr(N_("journal verified ({n})"), n=tr.number(size)))
        else:
            self.journal.setText(tr.tr(N_("the journal does not verify: see the settings")))
        self._journal_mark.show_icon("check" if ok else "error", "ok" if ok else "error")
        self._journal_mark.show()
        set_property(self.journal, "role", "small" if ok else "error")

    def show_step(self, words: str) -> None:
        self.step.set_whole(words)

    def show_jobs(self, jobs: tuple[Job, ...]) -> None:
        for part in self._work:
            part.setVisible(bool(jobs))
        # What was asked for last hides what goes on in the background.
        self._job = jobs[-1] if jobs else None
        if self._job is None:
            return
        progress = self._job.progress
        left = left_words(self._shell.tr, progress)
        self.label.setText(f"{self._job.label} · {left}" if left else self._job.label)
        self.bar.setAccessibleName(self._job.label)
        self.bar.show_progress(progress)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
