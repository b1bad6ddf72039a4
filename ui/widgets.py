"""The pieces every screen is made of, so that margins, titles and states look alike."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QEvent,
    QIODevice,
    QMargins,
    QObject,
    QPoint,
    QRect,
    QRectF,
    QSize,
    QSizeF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QIcon,
    QImage,
    QImageReader,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QBoxLayout,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from scc_admin.errors import UserError
from scc_admin.i18n import N_, NN_, Translator
from scc_admin.kinds import CaseState, DraftState, Progress
from ui.icons import Icons
from ui.theme import ICON, Space, Theme, Type

if TYPE_CHECKING:
    from scc_admin.model import Count


class Tone(StrEnum):
    """How grave a message is; each has an icon and a colour of its own."""

    INFO = "info"
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    BLOCK = "block"
    QUESTION = "question"


TONE_ICONS: dict[Tone, str] = {
    Tone.INFO: "info",
    Tone.OK: "check",
    Tone.WARNING: "warning",
    Tone.ERROR: "error",
    Tone.BLOCK: "block",
    Tone.QUESTION: "question",
}


def tone_color(tone: Tone) -> str:
    """The token of a tone."""
    return "accent" if tone is Tone.QUESTION else tone.value


# --- How states look ------------------------------------------------------------------------------

DRAFT_STATE_LOOK: dict[DraftState, tuple[str, str]] = {
    DraftState.DRAFT: ("drafts", "muted"),
    DraftState.TO_VALIDATE: ("clock", "warning"),
    DraftState.READY: ("check", "ok"),
    DraftState.PUBLISHED: ("external", "info"),
    DraftState.ARCHIVED: ("archive", "muted"),
}
CASE_STATE_LOOK: dict[CaseState, tuple[str, str]] = {
    CaseState.OPEN: ("message", "info"),
    CaseState.WAITING: ("clock", "warning"),
    CaseState.BANNED: ("ban", "block"),
    CaseState.CLOSED: ("check", "muted"),
}


# --- Small helpers ------------------------------------------------------------------------------


def plain(text: str = "", *, role: str = "", wrap: bool = True) -> QLabel:
    """A label that shows what it is given, letter for letter. `role` names a style."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setWordWrap(wrap)
    if wrap:
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        label.setSizePolicy(policy)
    if role:
        label.setProperty("role", role)
    return label


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and have it looked at again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def clear(layout: QLayout) -> None:
    """Take everything out of a layout, and away."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)


def show_in(layout: QLayout, widget: QWidget) -> None:
    """Put a widget into a layout that is already on screen, and show it at once.

    Qt would show it a moment later, after a picture without it; shown before it has a place, it
    would be a window of its own.
    """
    layout.addWidget(widget)
    widget.show()


def margins(layout: QLayout, size: int = 0, spacing: int = Space.SMALL) -> None:
    layout.setContentsMargins(size, size, size, size)
    layout.setSpacing(spacing)


def button(
    text: str,
    act: Callable[[], object],
    *,
    icons: Icons | None = None,
    icon: str = "",
    kind: str = "",
    tip: str = "",
) -> QPushButton:
    """A push button. `kind`: primary, danger, quiet, link, small or nothing."""
    made = QPushButton(text)
    if kind:
        made.setProperty("kind", kind)
    if icon and icons is not None:
        color = {"primary": "on_accent", "danger": "error", "link": "accent"}.get(kind, "text")
        icons.dress(made, icon, color)
        if text:  # Qt sets words 4 px from the picture, which touches
            made.setIconSize(QSize(icons.px(22), icons.px(16)))
    if tip:
        made.setToolTip(tip)
        made.setAccessibleDescription(tip)
    made.setAutoDefault(False)
    made.clicked.connect(lambda _=False: act())
    return made


def icon_button(
    icons: Icons,
    icon: str,
    name: str,
    act: Callable[[], object],
    *,
    shortcut: str = "",
) -> QToolButton:
    """A button that is only an icon: its name is its tooltip and what a screen reader says."""
    made = QToolButton()
    icons.dress(made, icon)
    made.setIconSize(QSize(icons.px(ICON), icons.px(ICON)))
    made.setToolTip(plain_tip(f"{name} ({shortcut})" if shortcut else name))
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.clicked.connect(lambda _=False: act())
    return made


def plain_tip(text: str) -> str:
    """A tooltip that shows `text` letter for letter: Qt would render markup in a name."""
    return f"<span>{html.escape(text)}</span>" if "<" in text or "&" in text else text


def elided(metrics: QFontMetrics, text: str, width: int) -> str:
    """One line of `text` that fits; line breaks become spaces."""
    line = " ".join(text[:2000].split())
    return metrics.elidedText(line, Qt.TextElideMode.ElideRight, width)


def path_elided(metrics: QFontMetrics, path: str, width: int) -> str:
    """A path without its middle: « C:\\…\\Documents\\exports ».

    Its end says most: its beginning is given up before the last two folders are.
    """
    if metrics.horizontalAdvance(path) <= width:
        return path
    places = [place for place, letter in enumerate(path) if letter in "/\\" and place > 1]
    starts = [(path[: places[0] + 1], places[:-1]), ("", places)] if places else []
    for start, ends in starts:
        for place in ends:
            shown = f"{start}…{path[place:]}"
            if metrics.horizontalAdvance(shown) <= width:
                return shown
    return metrics.elidedText(path, Qt.TextElideMode.ElideMiddle, width)


def fitted(picture: QPixmap, room: QSize, density: float, *, cover: bool = False) -> QPixmap:
    """A picture in a room given in pixels at 100 %, or that `cover`s it, as sharp as a screen of
    that `density` shows; place it by its `deviceIndependentSize`."""
    made = picture.scaled(
        (QSizeF(room) * density).toSize(),
        Qt.AspectRatioMode.KeepAspectRatioByExpanding
        if cover
        else Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    made.setDevicePixelRatio(density)
    return made


# --- Pieces -------------------------------------------------------------------------------------


class IconLabel(QWidget):
    """An icon drawn from the theme in force. Beside words it is decoration and has no name."""

    def __init__(
        self, icons: Icons, name: str, color: str = "text", size: int = ICON, *, label: str = ""
    ) -> None:
        super().__init__()
        self._icons = icons
        self._name = name
        self._color = color
        self._size = size
        self.setAccessibleName(label)
        side = icons.px(size)
        self.setFixedSize(side, side)

    def show_icon(self, name: str, color: str) -> None:
        self._name, self._color = name, color
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._icons.paint(painter, QRectF(self.rect()), self._name, self._color)
        painter.end()


class ProgressBar(QProgressBar):
    """How far long work is; a bar that only moves while nobody knows."""

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.setTextVisible(False)
        self.setAccessibleName(name)
        self.show_progress(None)

    def show_progress(self, progress: Progress | None) -> None:
        if progress is None or progress.total is None:
            self.setRange(0, 0)
        else:
            self.show_share(progress.done, progress.total)

    def show_share(self, done: int, total: int) -> None:
        """Of a total that may be larger than the 32 bits of a bar: bytes, cents."""
        self.setRange(0, 1000)
        self.setValue(min(1000, done * 1000 // max(1, total)))


def left_words(tr: Translator, progress: Progress | None) -> str:
    """How long work still takes, told no finer than it is known; empty while nobody knows."""
    if progress is None or progress.left is None:
        return ""
    if progress.left <= 5:
        return tr.tr(N_("a few seconds left"))
    if progress.left <= 55:
        return tr.tr(N_("about {n} s left"), n=-(-int(progress.left) // 5) * 5)
    minutes = -(-int(progress.left) // 60)
    return tr.ntr(*NN_("about {n} minute left", "about {n} minutes left"), minutes)


class Card(QFrame):
    """A white panel. Add to its `body`."""

    def __init__(
        self,
        title: str = "",
        *,
        padding: int = Space.LARGE,
        action: QWidget | None = None,
    ) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.body = QVBoxLayout(self)
        margins(self.body, padding, Space.SMALL)
        if title:
            self.setAccessibleName(title)
            self.body.addWidget(Section(title, action=action))


class Section(QWidget):
    """A title of a part, with room for one action at the right."""

    def __init__(self, title: str, *, action: QWidget | None = None) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        margins(row)
        self.label = plain(title, role="section")
        row.addWidget(self.label, 1)
        if action is not None:
            row.addWidget(action)


def rule() -> QFrame:
    """A hairline."""
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line


class EmptyState(QWidget):
    """Nothing here yet: what would stand here, and the next step."""

    def __init__(
        self,
        icons: Icons,
        icon: str,
        text: str,
        act: str = "",
        then: Callable[[], object] | None = None,
        *,
        detail: str = "",
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        margins(column, Space.WIDE, Space.MEDIUM)
        column.addStretch(1)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(IconLabel(icons, icon, "muted", 40), 0, centre)
        words = plain(text, role="section")
        words.setAlignment(centre)
        column.addWidget(words)
        if detail:
            more = plain(detail, role="muted")
            more.setAlignment(centre)
            column.addWidget(more)
        self.button: QPushButton | None = None
        if act and then is not None:
            self.button = button(act, then, icons=icons, kind="primary")
            column.addWidget(self.button, 0, centre)
        column.addStretch(2)
        self.setAccessibleName(text)


class Chip(QWidget):
    """A word with its icon: a severity, a network, a state. Never colour alone."""

    def __init__(
        self, theme: Theme, icons: Icons, text: str, icon: str = "", color: str = "muted"
    ) -> None:
        super().__init__()
        self._theme = theme
        self._icons = icons
        self._text, self._icon, self._color = text, icon, color
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        return chip_size(self._theme, self._text, self._icon)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(
            painter,
            self._theme,
            self._icons,
            QRectF(self.rect()),
            self._text,
            self._icon,
            self._color,
        )
        painter.end()


def chip_size(theme: Theme, text: str, icon: str = "") -> QSize:
    metrics = QFontMetrics(theme.font(Type.SMALL))
    width = metrics.horizontalAdvance(text) + 2 * theme.px(Space.SMALL)
    if icon:
        width += theme.px(14) + (theme.px(Space.HAIR) if text else 0)
    return QSize(width, theme.px(22))


def paint_chip(
    painter: QPainter,
    theme: Theme,
    icons: Icons,
    rect: QRectF,
    text: str,
    icon: str,
    color: str,
) -> None:
    """Draw a chip; shared by the widget and the delegates of tables."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.tint(color, 0.35), 1))
    painter.setBrush(theme.tint(color, 0.10))
    box = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    x = rect.left() + theme.px(Space.SMALL)
    if icon:
        side = theme.px(14)
        icons.paint(painter, QRectF(x, rect.center().y() - side / 2, side, side), icon, color)
        x += side + theme.px(Space.HAIR)
    painter.setFont(theme.font(Type.SMALL))
    painter.setPen(theme.color("text" if color == "muted" else color))
    area = QRectF(x, rect.top(), rect.right() - x - theme.px(Space.HAIR), rect.height())
    painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), text)
    painter.restore()


class CounterRing(QWidget):
    """How full a text is: a ring, and the number left once it matters.

    Its accessible text says value, limit and unit.
    """

    clicked = Signal()

    def __init__(self, theme: Theme, tr: Translator, size: int = 18) -> None:
        super().__init__()
        self._theme = theme
        self._tr = tr
        self._count: Count | None = None
        side = theme.px(size)
        self.setFixedSize(side, side)

    def show_count(self, count: Count | None) -> None:
        if count == self._count:
            return
        self._count = count
        text = count_words(self._tr, count)
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_ring(painter, self._theme, QRectF(self.rect()), self._count)
        painter.end()


def count_words(tr: Translator, count: Count | None) -> str:
    """« 291 caractères sur 280 : 11 de trop »."""
    if count is None:
        return ""
    value = tr.number(count.value)
    if count.limit is None:
        return tr.tr(N_("{value} characters, no limit"), value=value)
    limit = tr.number(count.limit)
    if count.over > 0:
        return tr.tr(
            N_("{value} of {limit}: {over} too many"),
            value=value,
            limit=limit,
            over=tr.number(count.over),
        )
    return tr.tr(N_("{value} of {limit}"), value=value, limit=limit)


def count_color(count: Count | None) -> str:
    """The token in which a count is drawn: a warning near the limit, an error above a sure one."""
    if count is None or count.limit is None:
        return "muted"
    if count.over > 0 and count.confidence.sure:
        return "error"
    return "warning" if count.value >= count.limit * 0.9 else "accent"


def paint_ring(painter: QPainter, theme: Theme, rect: QRectF, count: Count | None) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    width = max(2.0, rect.width() / 8)
    box = rect.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    painter.setPen(QPen(theme.color("line"), width))
    painter.drawEllipse(box)
    if count is not None and count.limit:
        pen = QPen(theme.color(count_color(count)), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        share = min(1.0, count.value / count.limit)
        painter.drawArc(box, 90 * 16, -round(share * 360 * 16))
        if count.over > 0:
            centre = box.center()
            half = box.height() / 4
            painter.drawLine(centre - QPoint(0, round(half)), centre + QPoint(0, 0))
            painter.drawPoint(centre + QPoint(0, round(half)))
    painter.restore()


def decoded(data: bytes, media_type: str) -> QImage:
    """A picture, for Qt. Raises UserError for what is none, or claims too many pixels.

    `media_type` was read from the first bytes. Qt left to guess (`QImage.fromData`) may take a PNG
    for a TGA, which has no signature: it depends on which plug-in it asks first.
    """
    from scc_admin.pictures import MAX_PIXELS

    held = QByteArray(data)
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(media_type.removeprefix("image/").encode()))
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and size.width() * size.height() > MAX_PIXELS:
        raise UserError(
            "picture_too_large",
            N_("This picture claims {width} × {height} pixels: too many to be shown safely."),
            width=size.width(),
            height=size.height(),
        )
    image = reader.read()
    if image.isNull():
        raise UserError(
            "not_a_picture", N_("This file is not a picture that can be shown, or is damaged.")
        )
    return image


class SearchField(QLineEdit):
    """A field that searches as one types, once one pauses. Esc empties it, then leaves it."""

    searched = Signal(str)

    def __init__(self, icons: Icons, placeholder: str, *, delay_ms: int = 150) -> None:
        super().__init__()
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setClearButtonEnabled(True)
        self.addAction(icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(lambda: self.searched.emit(self.text()))
        self.textChanged.connect(lambda _text: self._timer.start())
        self.returnPressed.connect(self._now)

    def _now(self) -> None:
        self._timer.stop()
        self.searched.emit(self.text())


def on_change(field: QWidget, then: Callable[[], object]) -> None:
    """Call `then` whenever somebody, or something, changes what stands in a field."""
    for name in ("textChanged", "currentIndexChanged", "toggled", "dateTimeChanged", "changed"):
        signal = getattr(field, name, None)
        if signal is not None:
            signal.connect(lambda *_: then())
            return


class Form(QWidget):
    """Rows of labelled fields; each label names its field for a screen reader.

    `problem` writes what is missing under its field.
    """

    def __init__(self, *, beside: bool = True) -> None:
        super().__init__()
        # No form layout where labels stand above: with its rows wrapped Qt's asks for less than it
        # needs, and takes the difference from what cannot wrap, such as boxes to tick.
        self._rows: QFormLayout | QVBoxLayout
        self._rows = _two_columns(self) if beside else QVBoxLayout(self)
        if not beside:
            margins(self._rows, 0, Space.SMALL)
        self._problems: dict[QWidget, QLabel] = {}
        self._hints: dict[QWidget, str] = {}
        self._parts: dict[QWidget, tuple[QWidget, ...]] = {}
        """Of each field, all that its row is made of."""

    def add(self, label: str, field: QWidget, *, hint: str = "", required: bool = False) -> None:
        name = plain(f"{label} *" if required else label, wrap=False)
        name.setBuddy(field)
        if isinstance(self._rows, QFormLayout):
            # On the line of the field's first words, whatever stands below.
            name.setFixedHeight(min(field.sizeHint().height(), name.sizeHint().height() * 2))
        if not field.accessibleName():
            field.setAccessibleName(label)
        # A widget, not a bare layout: the form would not ask that how high its words get.
        cell = QWidget()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        cell.setSizePolicy(policy)
        column = QVBoxLayout(cell)
        margins(column, 0, 2)
        grows = not isinstance(field, QCheckBox | QComboBox | QAbstractSpinBox)
        column.addWidget(field, 0, Qt.AlignmentFlag(0) if grows else Qt.AlignmentFlag.AlignLeft)
        if hint:
            field.setAccessibleDescription(hint)
            column.addWidget(plain(hint, role="small"))
        problem = plain(role="error")
        problem.hide()
        column.addWidget(problem)
        self._problems[field] = problem
        self._hints[field] = hint
        self._parts[field] = (name, cell, field)
        on_change(field, partial(self._mended, field))
        if isinstance(self._rows, QFormLayout):
            self._rows.addRow(name, cell)
        else:
            self._rows.addWidget(name)
            self._rows.addWidget(cell)

    def add_wide(self, widget: QWidget) -> None:
        if isinstance(self._rows, QFormLayout):
            self._rows.addRow(widget)
        else:
            self._rows.addWidget(widget)

    def show_row(self, field: QWidget, shown: bool) -> None:
        """Show the row of a field, or take it away: what is hidden is not asked for."""
        for part in self._parts[field]:
            part.setVisible(shown)

    def problem(self, field: QWidget, text: str) -> None:
        """Say what is missing, under its field; an empty text takes it away, a change does, too."""
        label = self._problems[field]
        label.setText(text)
        label.setVisible(bool(text))
        set_property(field, "wrong", "true" if text else "false")
        field.setAccessibleDescription(text or self._hints[field])

    def has_problem(self, field: QWidget) -> bool:
        return bool(self._problems[field].text())

    def _mended(self, field: QWidget) -> None:
        if self.has_problem(field):
            self.problem(field, "")


def _two_columns(form: QWidget) -> QFormLayout:
    """Labels at the left of their fields."""
    rows = QFormLayout(form)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setHorizontalSpacing(Space.LARGE)
    rows.setVerticalSpacing(Space.SMALL)
    rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return rows


CUT_IN_MIDDLE = 16
"""Letters from which words that are cut keep both their ends."""


class Picker(QComboBox):
    """A list to choose from. The wheel leaves it alone: scrolling past it changes nothing."""

    def __init__(self, name: str, width: int = 0) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.currentTextChanged.connect(lambda _text: self.tell_whole())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if width:
            self.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            self.setFixedWidth(width)
            self.view().setMinimumWidth(width * 2)

    def fill(self, items: Sequence[tuple[str, QIcon | None, object]], chosen: object) -> None:
        """Show lines of (text, icon, value); an unchanged list stays as it is, open or not."""
        have = [(self.itemText(i), self.itemData(i)) for i in range(self.count())]
        if have != [(text, value) for text, _, value in items]:
            self.clear()
            for text, icon, value in items:
                if icon is None:
                    self.addItem(text, value)
                else:
                    self.addItem(icon, text, value)
        self.setCurrentIndex(next((i for i, item in enumerate(items) if item[2] == chosen), 0))

    def tell_whole(self) -> None:
        """Say what it is and what is chosen, which may be cut on screen."""
        text = self.currentText()
        name = self.accessibleName()
        self.setToolTip(f"{name}\n{text}" if text else name)

    def whole_width(self) -> int:
        """Pixels in which what is chosen is not cut."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        icon = 0 if option.currentIcon.isNull() else self.iconSize().width() + Space.HAIR
        words = self.fontMetrics().horizontalAdvance(self.currentText())
        size = QSize(words + icon + 2 * Space.SMALL, 0)
        kind = QStyle.ContentsType.CT_ComboBox
        return self.style().sizeFromContents(kind, option, size, self).width()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def sizeHint(self) -> QSize:
        # Room for the blank that `paintEvent` keeps at the end of the words.
        return super().sizeHint() + QSize(2 * Space.SMALL, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        # As Qt's own, but what does not fit is cut: in the middle where enough is left on both
        # sides, for names differ at their ends.
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        room = field.width() - Space.SMALL
        if not option.currentIcon.isNull():
            room -= self.iconSize().width() + Space.HAIR
        metrics, mode = self.fontMetrics(), Qt.TextElideMode
        middle = room >= metrics.averageCharWidth() * CUT_IN_MIDDLE
        option.currentText = metrics.elidedText(
            option.currentText, mode.ElideMiddle if middle else mode.ElideRight, room
        )
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class _Page(QWidget):
    """As high as its words need at the width there is.

    Qt's scroll area asks only how small a page can be, and would squeeze wrapped text.
    """

    def __init__(self, area: QScrollArea) -> None:
        super().__init__()
        self._area = area

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._area.updateGeometry()  # it says how narrow this page can be
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        hint, layout = super().minimumSizeHint(), self.layout()
        if layout is None or not layout.hasHeightForWidth():
            return hint
        width = max(hint.width(), self._area.viewport().width())
        return QSize(hint.width(), layout.totalHeightForWidth(width))


class Views(QWidget):
    """The names of a screen's views side by side, one of them chosen."""

    def __init__(self, views: Sequence[tuple[str, str]], show: Callable[[str], object]) -> None:
        """`views` are keys and their words; `show` gets the key of the one that is clicked."""
        super().__init__()
        row = QHBoxLayout(self)
        margins(row, 0, Space.HAIR)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        for key, word in views:
            made = button(word, partial(show, key), kind="small")
            made.setCheckable(True)
            self._group.addButton(made)
            self._buttons[key] = made
            row.addWidget(made)
        self.choose(views[0][0])

    def choose(self, key: str) -> None:
        self._buttons[key].setChecked(True)


class Scroll(QScrollArea):
    """A page that scrolls downwards only. Add to its `body`."""

    def __init__(self, padding: int = Space.WIDE, spacing: int = Space.LARGE) -> None:
        super().__init__()
        # One of our own: to name Qt's, PySide would first make every class of widget there is.
        view = QWidget()
        view.setObjectName("qt_scrollarea_viewport")
        view.setAutoFillBackground(False)
        self.setViewport(view)
        page = _Page(self)
        page.setProperty("role", "page")
        page.setAutoFillBackground(False)
        self.body = QVBoxLayout(page)
        margins(self.body, padding, spacing)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def stand(self) -> None:
        """Have what was just put into `body` stand where it belongs, before anybody sees it.

        Qt would show it a moment later, and give the page its height later still: in the picture
        between, all of it is squeezed into what is in sight.
        """
        for at in range(self.body.count()):
            item = self.body.itemAt(at)
            part = item.widget() if item is not None else None
            if part is not None and not part.testAttribute(
                Qt.WidgetAttribute.WA_WState_ExplicitShowHide
            ):
                part.show()
        self.body.activate()
        QApplication.sendEvent(self, QEvent(QEvent.Type.LayoutRequest))

    def minimumSizeHint(self) -> QSize:
        """As wide as its page needs, since it scrolls downwards only."""
        hint = super().minimumSizeHint()
        page = self.widget()
        if page is None:  # asked while it is being made
            return hint
        wide = page.minimumSizeHint().width()
        return QSize(wide + self.verticalScrollBar().sizeHint().width(), hint.height())


LEAST_COLUMN = 220
"""Pixels at 100 % that a column of a screen wants at least."""


class Columns(QWidget):
    """Parts side by side, or below one another where they would not all fit."""

    def __init__(self, *parts: QWidget, spacing: int = Space.MEDIUM) -> None:
        super().__init__()
        self._parts = parts
        self._spacing = spacing
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        margins(self._row, 0, spacing)
        for part in parts:
            self._row.addWidget(part, 1)
        # The layout's own minimum would be that of the row, and nothing would ever stack.
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setLayout(self._row)

    def minimumSizeHint(self) -> QSize:
        widths, heights = _leasts(self._parts)
        gaps = self._spacing * (len(self._parts) - 1)
        upright = self._row.direction() is QBoxLayout.Direction.TopToBottom
        return QSize(max(widths), sum(heights) + gaps if upright else max(heights))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._turn()
        return super().event(event)

    def _turn(self) -> None:
        need = sum(_leasts(self._parts)[0]) + self._spacing * (len(self._parts) - 1)
        beside, upright = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        way = beside if need <= self.width() else upright
        if way is not self._row.direction():
            self._row.setDirection(way)
            self.updateGeometry()


def _leasts(parts: Sequence[QWidget]) -> tuple[list[int], list[int]]:
    """How narrow, and how low, each of these can be."""
    least = [part.minimumSizeHint().expandedTo(part.minimumSize()) for part in parts]
    return [size.width() for size in least], [size.height() for size in least]


class Panes(QSplitter):
    """Two panes side by side, or one below the other where they would not both fit."""

    def __init__(self, way: Qt.Orientation, *panes: QWidget) -> None:
        super().__init__(way)
        self._usual = way
        self._panes = panes
        for pane in panes:
            self.addWidget(pane)

    def minimumSizeHint(self) -> QSize:
        widths, heights = _leasts(self._panes)
        beside = self.orientation() is Qt.Orientation.Horizontal
        return QSize(max(widths), max(heights) if beside else sum(heights) + self.handleWidth())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._turn()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._turn()
        return super().event(event)

    def _turn(self) -> None:
        if self._usual is Qt.Orientation.Vertical:
            return
        fits = sum(_leasts(self._panes)[0]) + self.handleWidth() <= self.width()
        way = Qt.Orientation.Horizontal if fits else Qt.Orientation.Vertical
        if way is not self.orientation():
            self.setOrientation(way)
            self.updateGeometry()


class Body(Scroll):
    """As high as what stands in it, if there is room; otherwise it scrolls."""

    LEAST = 80
    """Pixels below which it does not shrink, unless less stands in it."""

    def __init__(self, padding: int = 0, spacing: int = Space.SMALL) -> None:
        super().__init__(padding, spacing)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def height_for(self, width: int) -> int:
        """How high its contents are at a width."""
        page = self.widget()
        if page is None:
            return 0
        layout = page.layout()
        if layout is not None and layout.hasHeightForWidth():
            return max(page.minimumHeight(), layout.totalHeightForWidth(width))
        return page.sizeHint().height()

    def sizeHint(self) -> QSize:
        page = self.widget()
        if page is None:
            return super().sizeHint()
        return page.sizeHint()

    def minimumSizeHint(self) -> QSize:
        page = self.widget()
        if page is None:
            return super().minimumSizeHint()
        layout = page.layout()
        least = layout.minimumSize() if layout is not None else QSize()
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(least.width() + bar, min(self.LEAST, self.sizeHint().height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        done = super().eventFilter(watched, event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return done


def splitter(
    first: QWidget, second: QWidget, sizes: tuple[int, int], *, upright: bool = False
) -> QSplitter:
    """Two panes with a handle one can see the use of; neither can vanish."""
    way = Qt.Orientation.Vertical if upright else Qt.Orientation.Horizontal
    made = Panes(way, first, second)
    made.setChildrenCollapsible(False)
    made.setHandleWidth(Space.SMALL)
    made.setSizes(list(sizes))
    made.setStretchFactor(0, sizes[0])
    made.setStretchFactor(1, sizes[1])
    return made


class FlowLayout(QLayout):
    """Places widgets in lines, as words in a paragraph."""

    def __init__(self, spacing: int = Space.SMALL) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        around: QMargins = self.contentsMargins()
        return size + QSize(around.left() + around.right(), around.top() + around.bottom())

    def _place(self, rect: QRect, *, move: bool) -> int:
        inner = rect.marginsRemoved(self.contentsMargins())
        x, y, line = inner.x(), inner.y(), 0
        for item in self._items:
            widget = item.widget()
            if widget is not None and widget.isHidden():
                continue
            size = item.sizeHint()
            if line and x + size.width() > inner.right() + 1:
                x, y, line = inner.x(), y + line + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self.spacing()
            line = max(line, size.height())
        bottom = self.contentsMargins().bottom()
        return y + line - rect.y() + bottom


class Folding(QWidget):
    """Two lines of controls side by side, the first of which grows; one below the other where
    there is no room for both."""

    def __init__(self, first: QLayout, second: QLayout) -> None:
        super().__init__()
        self._parts = (QWidget(), QWidget())
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        margins(self._box, 0, Space.SMALL)
        for part, line, grows in zip(self._parts, (first, second), (1, 0), strict=True):
            part.setLayout(line)
            self._box.addWidget(part, grows)

    def minimumSizeHint(self) -> QSize:
        """As narrow as when folded: else there would always be room enough."""
        widths = [part.minimumSizeHint().width() for part in self._parts]
        return QSize(max(widths), self._box.totalMinimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fold()
        return done

    def _fold(self) -> None:
        needed = sum(part.sizeHint().width() for part in self._parts) + self._box.spacing()
        folded = needed > self.width()
        way = QBoxLayout.Direction
        if folded == (self._box.direction() == way.TopToBottom):
            return  # said again, it would ask for a new layout, and be asked again, without end
        self._box.setDirection(way.TopToBottom if folded else way.LeftToRight)
        self._box.setAlignment(
            self._parts[1], Qt.AlignmentFlag.AlignLeft if folded else Qt.AlignmentFlag(0)
        )


class Pages(QStackedWidget):
    """Pages of which one shows; only that one says how small they can be."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(lambda _at: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        shown = self.currentWidget()
        if shown is None:
            return super().minimumSizeHint()
        return shown.minimumSizeHint().expandedTo(shown.minimumSize())


class Elided(QLabel):
    """One line that shortens itself; a screen reader is given the whole.

    A `path` loses its middle, and a tooltip has the whole.
    """

    def __init__(self, text: str = "", *, role: str = "", path: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._whole = ""
        self._path = path
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_whole(text)

    def set_whole(self, text: str) -> None:
        self._whole = text
        self.setAccessibleName(text)
        if self._path:
            self.setToolTip(plain_tip(text))
        self._shorten()

    def whole(self) -> str:
        return self._whole

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        shown = path_elided if self._path else elided
        self.setText(shown(self.fontMetrics(), self._whole, self.contentsRect().width()))


def stack(*parts: QWidget, spacing: int = Space.SMALL, across: bool = False) -> QWidget:
    """Widgets in a column, or a row, with no margin."""
    made = QWidget()
    way = QBoxLayout.Direction.LeftToRight if across else QBoxLayout.Direction.TopToBottom
    layout = QBoxLayout(way, made)
    margins(layout, 0, spacing)
    for part in parts:
        layout.addWidget(part)
    return made
