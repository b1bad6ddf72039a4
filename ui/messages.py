"""What the program says, and asks: one dialog, one banner, one toast, one voice.

Whatever a user, a file or an exception supplied is shown as plain text: Qt's labels would
otherwise render it, and load the files it names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from scc_admin.i18n import N_, Translator
from ui.icons import Icons
from ui.keyboard import ByKeyboard
from ui.theme import Space, Theme
from ui.widgets import TONE_ICONS, Body, IconLabel, Tone, plain, set_property, tone_color

TOAST_MS = 6000
OFFER_MS = 20_000
"""How long a passing message with something to do about it stays."""
_FRAME = 40
"""Pixels that a window's own title bar may take."""
_PRESSED = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox)
"""What a passing message must not cover while the keyboard is on it."""
_BESIDE_MARK = 24 + Space.MEDIUM
"""Pixels from the left at which a dialog's words begin, beside its icon."""


def announce(widget: QWidget, text: str, *, urgent: bool = False) -> None:
    """Have a screen reader say something that appeared by itself."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    if not text or not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(widget, text)
    event.setPoliteness(
        QAccessible.AnnouncementPoliteness.Assertive
        if urgent
        else QAccessible.AnnouncementPoliteness.Polite
    )
    QAccessible.updateAccessibility(event)


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of a dialog. Its text, already translated, says what it does."""

    id: str
    text: str
    kind: str = ""
    """primary, danger or nothing."""


class Dialog(ByKeyboard, QDialog):
    """The one kind of dialog: a title, a sentence, perhaps a form, and buttons that say what they
    do. `chosen` carries the id of the button, or an empty string when it was closed."""

    chosen = Signal(str)
    help: ClassVar[str] = ""
    """Key of the guide's section that F1 shows; empty for that of the screen behind."""

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        icons: Icons,
        title: str,
        text: str,
        choices: Sequence[Choice],
        *,
        tone: Tone = Tone.QUESTION,
        details: str = "",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setMinimumWidth(theme.px(440))
        self._answer = ""
        self._buttons: dict[str, QPushButton] = {}
        self._fitted = 0
        """The height that it last gave itself; another one was chosen by hand."""
        self._fitting = False

        self.help_keys = QShortcut(QKeySequence("F1"), self)
        self.help_keys.activated.connect(self._help)
        # The window's own keys are deaf behind a dialog.
        QShortcut(QKeySequence("Ctrl+Q"), self).activated.connect(self._quit)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(Space.WIDE, Space.WIDE, Space.WIDE, Space.LARGE)
        outer.setSpacing(Space.MEDIUM)
        head = QHBoxLayout()
        head.setSpacing(Space.MEDIUM)
        mark = IconLabel(icons, TONE_ICONS[tone], tone_color(tone), 24)
        head.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(Space.SMALL)
        words.addWidget(plain(title, role="section"))
        if text:
            words.addWidget(plain(text))
        head.addLayout(words, 1)
        outer.addLayout(head)

        self.above = QVBoxLayout()
        """Stays in sight above the form: what went wrong."""
        self.above.setContentsMargins(_BESIDE_MARK, 0, 0, 0)
        outer.addLayout(self.above)
        self.area = Body()
        self.body = self.area.body
        """Where a form goes; it scrolls where the screen is too low for all of it."""
        holder = QHBoxLayout()
        holder.setContentsMargins(_BESIDE_MARK, 0, 0, 0)
        holder.addWidget(self.area)
        outer.addLayout(holder, 1)
        if details:
            box = QPlainTextEdit(details)
            box.setReadOnly(True)
            box.setAccessibleName(title)
            box.setMinimumHeight(theme.px(160))
            self.body.addWidget(box)

        row = self._foot = QHBoxLayout()
        row.setContentsMargins(0, Space.SMALL, 0, 0)
        row.addStretch(1)
        for choice in choices:
            button = QPushButton(choice.text)
            button.setProperty("kind", choice.kind)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, name=choice.id: self._choose(name))
            self._buttons[choice.id] = button
            row.addWidget(button)
        outer.addLayout(row)
        main = next((c for c in choices if c.kind == "primary"), None)
        if main is not None:
            self._buttons[main.id].setDefault(True)
        if choices:
            self._buttons[(main or choices[0]).id].setFocus()

    def button(self, choice_id: str) -> QPushButton:
        return self._buttons[choice_id]

    def press_by_keys(self, choice_id: str) -> None:
        """Have Ctrl+Enter press a button from any field, and the button say so."""
        button = self._buttons[choice_id]
        keys = QKeySequence("Ctrl+Return")
        self.act_keys = QShortcut(self)
        self.act_keys.setKeys([keys, QKeySequence("Ctrl+Enter")])  # of the letters, the figures
        self.act_keys.activated.connect(button.click)
        said = keys.toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(said)
        button.setAccessibleDescription(said)

    def show_keys(self, choice_id: str) -> None:
        """Write the keys of a button beside it, for a field in which Enter begins a line."""
        button = self._buttons[choice_id]
        keys = plain(button.accessibleDescription(), role="small", wrap=False)
        self._foot.insertWidget(self._foot.indexOf(button) + 1, keys)

    def set_width(self, width: int) -> None:
        """So wide at least, but no wider than the window it stands on."""
        parent = self.parentWidget()
        if parent is not None:
            width = min(width, parent.window().width() - 2 * Space.SMALL)
        self.setMinimumWidth(width)

    def keeps(self) -> bool:
        """Whether what is typed here is still there the next time it opens."""
        return False

    def has_typed(self) -> bool:
        """Whether somebody typed something here."""
        lines = self.area.findChildren(QLineEdit)
        texts = self.area.findChildren(QPlainTextEdit)
        return any(line.isModified() for line in lines) or any(
            text.document().isModified() for text in texts if not text.isReadOnly()
        )

    def _help(self) -> None:
        window = self._behind("help_over")
        if window is not None:
            window.help_over(self, self.help)

    def _quit(self) -> None:
        window = self._behind("quit_over")
        if window is not None:
            window.quit_over(self)

    def _behind(self, able: str) -> Any:
        """The window behind that can do this."""
        behind = self.parentWidget()
        while behind is not None and not hasattr(behind, able):
            behind = behind.parentWidget()
        return behind

    # -- its size and place -----------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        self.area.setVisible(self.body.count() > 0)
        self.fit()
        super().showEvent(event)
        self._centre()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self.fit()
        return done

    def fit(self) -> None:
        """As high as its contents, and never higher than the screen: then the form scrolls."""
        layout = self.layout()
        if layout is None or self._fitting:
            return
        self._fitting = True
        room = self.screen().availableGeometry()
        width = max(self.width() if self.isVisible() else 0, layout.totalMinimumSize().width())
        width = min(max(width, self.minimumWidth()), room.width())
        height = layout.totalHeightForWidth(width)
        if not self.area.isHidden():
            around = layout.contentsMargins()
            inner = width - around.left() - around.right() - _BESIDE_MARK
            height += self.area.height_for(inner) - self.area.sizeHint().height()
        if self.isVisible() and self.height() != self._fitted:
            height = max(height, self.height())
        most = room.height() - _FRAME
        # A bar that was there while it was too low would narrow the form, and so keep itself there.
        self.area.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            if height <= most
            else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        )
        self._fitted = height = min(height, most)
        if (width, height) != (self.width(), self.height()):
            self.resize(width, height)
        self._fitting = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not event.spontaneous():  # by its contents, not by hand
            self._fitted = self.height()
            if self.isVisible():
                self._centre()

    def _centre(self) -> None:
        """Over the window it belongs to, and whole on the screen."""
        room = self.screen().availableGeometry()
        parent = self.parentWidget()
        around = parent.window().frameGeometry() if parent is not None else room
        place = self.rect()
        place.moveCenter(around.center())
        place.moveTop(max(room.top(), min(place.top(), room.bottom() - place.height() - _FRAME)))
        place.moveLeft(max(room.left(), min(place.left(), room.right() - place.width())))
        self.move(place.topLeft())

    def _choose(self, answer: str) -> None:
        self._answer = answer
        self.accept()

    def done(self, result: int) -> None:
        super().done(result)
        answer, self._answer = self._answer, ""
        self.chosen.emit(answer)
        self.deleteLater()


class Messages:
    """Speaks for one window, in its language."""

    def __init__(self, window: QWidget, tr: Translator, theme: Theme, icons: Icons) -> None:
        self._window = window
        self._tr = tr
        self._theme = theme
        self._icons = icons
        self._toast: Toast | None = None
        self._offer: tuple[str, Callable[[], object]] | None = None
        self.offer_keys = ""
        """The keys that take up the last offer, as this computer names them."""
        self.offered: Callable[[str], object] | None = None
        """Told what the last message offers, or an empty text once that was taken up."""

    @property
    def window(self) -> QWidget:
        """What dialogs stand before."""
        return self._window

    def dialog(
        self,
        title: str,
        text: str,
        choices: Sequence[Choice],
        then: Callable[[str], object] | None = None,
        *,
        tone: Tone = Tone.QUESTION,
        details: str = "",
        parent: QWidget | None = None,
    ) -> Dialog:
        """Make a dialog; the caller adds a form to its `body`, then calls `open()`."""
        made = Dialog(
            parent or self._window,
            self._theme,
            self._icons,
            title,
            text,
            choices,
            tone=tone,
            details=details,
        )
        if then is not None:
            made.chosen.connect(then)
        return made

    def ask(
        self,
        title: str,
        text: str,
        choices: Sequence[Choice],
        then: Callable[[str], object],
        *,
        tone: Tone = Tone.QUESTION,
        details: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Ask; `then` gets the id of the choice, or an empty string when the user turned away."""
        self.dialog(title, text, choices, then, tone=tone, details=details, parent=parent).open()

    def confirm(
        self,
        title: str,
        loss: str,
        act: str,
        then: Callable[[], object],
        *,
        tone: Tone = Tone.WARNING,
        parent: QWidget | None = None,
    ) -> None:
        """Ask once before something is lost. `loss` says what; `act` is the button's verb."""
        choices = (Choice("no", self._tr.tr(N_("Keep it"))), Choice("yes", act, "danger"))
        self.ask(
            title,
            loss,
            choices,
            lambda answer: then() if answer == "yes" else None,
            tone=tone,
            parent=parent,
        )

    def ask_text(
        self,
        title: str,
        text: str,
        label: str,
        act: str,
        then: Callable[[str], object],
        *,
        initial: str = "",
        lines: int = 1,
        required: bool = True,
        tone: Tone = Tone.QUESTION,
        parent: QWidget | None = None,
    ) -> None:
        """Ask for a few words; `then` is called with them unless the user turned away."""
        choices = (Choice("no", self._tr.tr(N_("Cancel"))), Choice("yes", act, "primary"))
        made = self.dialog(title, text, choices, tone=tone, parent=parent)
        name = plain(label)
        field: QLineEdit | QPlainTextEdit
        if lines > 1:
            field = QPlainTextEdit(initial)
            field.setTabChangesFocus(True)
            field.setFixedHeight(self._theme.px(20 * lines + 16))
        else:
            field = QLineEdit(initial)
        field.setAccessibleName(label)
        name.setBuddy(field)
        made.body.addWidget(name)
        made.body.addWidget(field)

        def words() -> str:
            raw = field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()
            return raw.strip()

        def check() -> None:
            made.button("yes").setEnabled(bool(words()) or not required)

        field.textChanged.connect(check)
        check()
        made.chosen.connect(lambda answer: then(words()) if answer == "yes" else None)
        made.press_by_keys("yes")
        if lines > 1:
            made.show_keys("yes")
        made.open()
        field.setFocus()

    def say(self, title: str, text: str, *, tone: Tone = Tone.INFO, details: str = "") -> Dialog:
        """Tell something that must be read."""
        choices = (Choice("close", self._tr.tr(N_("Close")), "primary"),)
        made = self.dialog(title, text, choices, tone=tone, details=details)
        made.open()
        return made

    def failed(self, error: BaseException) -> None:
        """Say an error in one sentence, in this window's language."""
        self.say(
            self._tr.tr(N_("This could not be done")), self._tr.explain(error), tone=Tone.ERROR
        )

    def toast(
        self,
        text: str,
        act: str = "",
        then: Callable[[], object] | None = None,
    ) -> None:
        """Say something in passing, with perhaps one thing to do about it (undo).

        What is offered can be taken up by its keys, and from Ctrl+K after the message has gone.
        """
        self._dismiss()
        front = self._in_front()
        if then is None:
            self._toast = Toast(front, text)
        else:
            self._offer = (act, then)
            # Its keys are the window's, which does not hear them behind a dialog.
            keys = self.offer_keys if front is self._window else ""
            self._toast = Toast(front, text, act, self.take_offer, keys)
            self._tell_offer(act)
        announce(front, f"{text} {act} {self.offer_keys}".strip() if act else text)

    def _in_front(self) -> QWidget:
        """The window that one looks at: this one, or a dialog of ours over it."""
        front = QApplication.activeModalWidget()
        over = front.parentWidget() if isinstance(front, ByKeyboard) else None
        while over is not None and over is not self._window:
            over = over.parentWidget()
        return self._window if front is None or over is None else front

    def has_offer(self) -> bool:
        return self._offer is not None

    def take_offer(self) -> None:
        """Do what the last message offered. Once: what was undone is not undone again."""
        offer, self._offer = self._offer, None
        self._dismiss()
        if offer is not None:
            self._tell_offer("")
            offer[1]()

    def _tell_offer(self, act: str) -> None:
        if self.offered is not None:
            self.offered(act)

    def _dismiss(self) -> None:
        if self._toast is not None and shiboken6.isValid(self._toast):
            self._toast.dismiss()


class Banner(QFrame):
    """A band across a screen or a card: an icon, a sentence, and what helps."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._mark = IconLabel(icons, "info", "info")
        self._title = plain(role="strong")
        self._text = plain()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(Space.MEDIUM, Space.SMALL, Space.MEDIUM, Space.SMALL)
        self._row.setSpacing(Space.MEDIUM)
        self._row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._text)
        self._below = QHBoxLayout()
        self._below.setSpacing(Space.SMALL)
        self._below.addStretch(1)
        words.addLayout(self._below)
        self._row.addLayout(words, 1)
        self._buttons: list[QPushButton] = []
        self.hide()

    def show_message(
        self,
        tone: Tone,
        text: str,
        buttons: Sequence[tuple[str, Callable[[], object]]] = (),
        *,
        title: str = "",
    ) -> None:
        """Show a sentence and its buttons; the first button is the one that helps.

        One stands beside the sentence; several stand below it, and leave it its room.
        """
        changed = text != self._text.text() or self.isHidden()
        for old in self._buttons:
            self._row.removeWidget(old)
            self._below.removeWidget(old)
            old.deleteLater()
        self._mark.show_icon(TONE_ICONS[tone], tone_color(tone))
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._text.setText(text)
        self._buttons = []
        for index, (label, act) in enumerate(buttons):
            button = QPushButton(label)
            button.setProperty("kind", "primary" if index == 0 and tone is Tone.BLOCK else "")
            button.clicked.connect(lambda _=False, call=act: call())
            if len(buttons) > 1:
                self._below.insertWidget(index, button)
            else:
                self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            self._buttons.append(button)
        top = Space.SMALL if len(buttons) > 1 else 0
        self._below.setContentsMargins(0, top, 0, 0)
        set_property(self, "tone", tone.value)
        self.setAccessibleName(f"{title} {text}".strip())
        self.show()
        if changed:
            announce(self, text, urgent=tone in (Tone.ERROR, Tone.BLOCK))

    def first_button(self) -> QPushButton | None:
        """The button that helps, where one is shown."""
        return self._buttons[0] if self._buttons and not self.isHidden() else None


class Toast(QFrame):
    """A sentence at the foot of the window that goes by itself; the pointer or focus keeps it.

    When its window closes before that, it goes on at the foot of the one behind.
    """

    def __init__(
        self,
        window: QWidget,
        text: str,
        act: str = "",
        then: Callable[[], object] | None = None,
        keys: str = "",
    ) -> None:
        super().__init__(window)
        self._window = window
        self.setProperty("role", "toast")
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.LARGE, Space.SMALL, Space.SMALL, Space.SMALL)
        row.setSpacing(Space.MEDIUM)
        self._label = plain(text)
        row.addWidget(self._label)
        if act and then is not None:
            button = QPushButton(act)
            button.clicked.connect(lambda _=False: then())
            row.addWidget(button)
            if keys:
                button.setAccessibleDescription(keys)
                row.addWidget(plain(keys, role="small", wrap=False))
                row.addSpacing(Space.HAIR)
        else:
            row.addSpacing(Space.SMALL)
        # Before whatever else Esc would close; what was offered can be taken up all the same.
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        leave.activated.connect(self.dismiss)
        self._stays = OFFER_MS if act else TOAST_MS
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._leave)
        self._timer.start(self._stays)
        self._stand_on(window)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._make_way)

    def _stand_on(self, window: QWidget) -> None:
        self._window.removeEventFilter(self)
        self._window = window
        self.setParent(window)
        window.installEventFilter(self)
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        """Above what stands at the foot of the window, and above what the keyboard is on; in two
        lines where one is too long."""
        self._label.setWordWrap(False)
        self.adjustSize()
        room = self._window.width() - 2 * Space.LARGE
        if self.width() > room:
            self._label.setWordWrap(True)
            self.resize(room, self.heightForWidth(room))
        foot = Space.HUGE + Space.MEDIUM
        if isinstance(self._window, QDialog):  # its buttons are higher than the status bar
            foot += Space.LARGE
        self.move(
            (self._window.width() - self.width()) // 2,
            self._window.height() - self.height() - foot,
        )
        covered = QApplication.focusWidget()
        if isinstance(covered, _PRESSED) and self._window.isAncestorOf(covered):
            at = QRect(covered.mapTo(self._window, QPoint()), covered.size())
            if at.intersects(self.geometry()) and not self.isAncestorOf(covered):
                self.move(self.x(), max(0, at.top() - self.height() - Space.SMALL))

    def _make_way(self, _old: QWidget | None, _now: QWidget | None) -> None:
        if shiboken6.isValid(self) and shiboken6.isValid(self._window) and not self.isHidden():
            self.place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() == QEvent.Type.Resize:
                self.place()
            elif event.type() == QEvent.Type.Hide and not event.spontaneous():
                self._go_on()
        return super().eventFilter(watched, event)

    def _go_on(self) -> None:
        behind = self._window.parentWidget()
        if behind is not None and not self.isHidden():
            self._stand_on(behind.window())

    def _leave(self) -> None:
        focused = QApplication.focusWidget()
        if self.underMouse() or (focused is not None and self.isAncestorOf(focused)):
            self._timer.start(self._stays)
        else:
            self.dismiss()

    def dismiss(self) -> None:
        self._timer.stop()
        self.hide()
        self.deleteLater()
