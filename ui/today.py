"""The first screen: three ways to begin, at once; then what the day asks for (`ui.day`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from scc_admin.i18n import N_
from scc_admin.kinds import Changes
from ui.screen import Screen, Shell
from ui.theme import Space, Theme, Type
from ui.widgets import LEAST_COLUMN, Columns, Elided, EmptyState, IconLabel, Scroll, margins, plain

if TYPE_CHECKING:
    from scc_admin.today import Today
    from ui.day import Day

LOOK_AGAIN_MS = 5 * 60 * 1000
"""The hour alone makes things due: the screen looks again this often."""


class TodayScreen(Screen):
    """Three ways to begin; then what a day asks for, and the daily look."""

    interests = frozenset(
        {
            "drafts",
            "calendar",
            "cases",
            "escalations",
            "registers",
            "reports",
            "pages",
            "settings",
            "library",
        }
    )

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._today: Today | None = None
        self.day: Day | None = None
        """None until the day is known."""
        outer = QVBoxLayout(self)
        margins(outer, 0, 0)
        self._page = Scroll(padding=Space.WIDE, spacing=Space.LARGE)
        self._page.body.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, Space.LARGE)
        outer.addWidget(self._page)
        self._page.body.addWidget(self._starts())
        self._page.body.addStretch(1)
        self._welcome: EmptyState | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_AGAIN_MS)
        self._timer.timeout.connect(self._read)
        self._timer.start()

    def _starts(self) -> QWidget:
        """The three large beginnings, one key each."""
        tr = self.shell.tr.tr
        self.starts: list[QPushButton] = []
        for verb, about, icon, act in (
            (N_("Write"), N_("a post, checked as you type"), "drafts", self.begin_draft),
            (N_("Log"), N_("a comment, with its evidence"), "moderation", self.begin_incident),
            (N_("Export the week"), N_("the report, ready to send"), "reports", self.begin_report),
        ):
            made = StartButton(self.shell, tr(verb), tr(about), icon, act)
            self.starts.append(made)
            keys = QShortcut(QKeySequence(made.key), self)
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(act)
        return Columns(*self.starts)

    # -- a screen ---------------------------------------------------------------------------------

    def title(self) -> str:
        tr = self.shell.tr
        if self._today is None:
            return tr.tr(N_("Today"))
        return tr.tr(N_("Today, {date}"), date=tr.date(self._today.day, "full"))

    def open(self, target: object) -> None:  # noqa: ARG002 - it has one place only
        self._read()

    def refresh(self, changes: Changes) -> None:  # noqa: ARG002 - everything may matter
        self._read()

    def focus_first(self) -> None:
        due = self.day.first() if self.day is not None else None
        (due or self.starts[0]).setFocus(Qt.FocusReason.OtherFocusReason)

    def panes(self) -> Sequence[QWidget]:
        return (self.starts[0], *(self.day.panes() if self.day is not None else ()))

    # -- reading ----------------------------------------------------------------------------------

    def _read(self) -> None:
        workspace, tr = self.shell.workspace, self.shell.tr

        def read() -> Today:
            found = workspace.today(zone=tr.zone)
            tr.date(found.day, "full")  # the first date takes Babel a while to write
            return found

        self.shell.tasks.read(self, read, self._arrived, key="today")

    def _arrived(self, today: Today) -> None:
        first = self._today is None
        self._today = today
        day = self._furnished()
        day.show(today)
        self.shell.window.show_badge("today", day.late)
        self.shell.window.title_changed()
        self._show_welcome(today.empty and not today.watch)
        # Of the window: what lies over the screen, or beside it, keeps the focus it has.
        focused: QWidget | None = self.window().focusWidget()
        if first and self.isVisible() and (focused is None or focused in self.starts):
            self.focus_first()

    def _furnished(self) -> Day:
        """The day's parts, below the three beginnings: nothing one may be about to click moves."""
        if self.day is None:
            from ui.day import Day

            self.day = Day(self, self.begin_incident)
            body = self._page.body
            body.insertWidget(1, self.day.band)
            body.insertWidget(2, self.day.columns)
            body.insertWidget(3, self.day.watch)
        return self.day

    def _show_welcome(self, nothing: bool) -> None:
        """Where nothing was ever written nothing can be due: say how to begin."""
        if self._welcome is None and nothing:
            tr = self.shell.tr.tr
            self._welcome = EmptyState(
                self.shell.icons,
                "flower",
                tr(N_("Welcome")),
                tr(N_("Describe your pages")),
                lambda: self.shell.window.go("pages"),
                detail=tr(
                    N_(
                        "Begin with the pages you look after: drafts are then checked by their"
                        " rules, and the daily look knows where to go."
                    )
                ),
            )
            self._page.body.addWidget(self._welcome, 1)
        if self._welcome is not None:
            self._welcome.setVisible(nothing)

    # -- the three jobs ---------------------------------------------------------------------------

    def begin_draft(self) -> None:
        self.shell.actions.run("new_draft")

    def begin_incident(self) -> None:
        if self.shell.window.can("go:moderation"):
            from ui.moderation.incident import open_incident

            open_incident(self.shell)

    def begin_report(self) -> None:
        """The week that is over."""
        self.shell.window.go("reports")


# --- Pieces --------------------------------------------------------------------------------------


class StartButton(QPushButton):
    """A large beginning: icon, verb, what it is, and its key."""

    def __init__(
        self, shell: Shell, verb: str, about: str, icon: str, act: Callable[[], object]
    ) -> None:
        super().__init__()
        self.key = verb[:1].upper()
        self.setProperty("kind", "start")
        self.setAccessibleName(verb)
        self.setAccessibleDescription(f"{about} ({self.key})")
        self.setMinimumWidth(shell.theme.px(LEAST_COLUMN))
        self.setAutoDefault(False)
        self.clicked.connect(lambda _=False: act())
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.LARGE, Space.SMALL, Space.LARGE, Space.SMALL)
        row.setSpacing(Space.MEDIUM)
        row.addWidget(IconLabel(shell.icons, icon, "accent", 24))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(_still(plain(verb, role="section", wrap=False)))
        words.addWidget(_still(Elided(about, role="small")))
        words.addStretch(1)
        row.addLayout(words, 1)
        row.addWidget(_still(KeyCap(shell.theme, self.key)))
        self.setMinimumHeight(shell.theme.px(64))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


def _still(part: QWidget) -> QWidget:
    part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return part


class KeyCap(QWidget):
    """A key, drawn."""

    def __init__(self, theme: Theme, key: str) -> None:
        super().__init__()
        self._theme, self._key = theme, key
        side = theme.px(24)
        self.setFixedSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.setBrush(self._theme.color("window"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -1.5), 5, 5)
        painter.setFont(self._theme.font(Type.SMALL))
        painter.setPen(self._theme.color("muted"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._key)
        painter.end()
