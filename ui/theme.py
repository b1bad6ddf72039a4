"""The look, as data: colours, type and space; a palette and one style sheet are made from them.

Tokens come in pairs, light and dark, and once more in high contrast. Everything that paints asks
the `Theme` in force; nothing else in `ui` names a colour or a font.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from scc_admin.i18n import data_folder
from scc_admin.kinds import Severity


class Scheme(StrEnum):
    """What the user asks for. `SYSTEM` follows the computer, and its wish for contrast."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours by purpose, as #RRGGBB."""

    window: str
    surface: str
    sunken: str
    line: str
    text: str
    muted: str
    accent: str
    accent_soft: str
    on_accent: str
    daffodil: str
    info: str
    ok: str
    warning: str
    error: str
    block: str

    def __getitem__(self, name: str) -> str:
        return str(getattr(self, name))

    def severity(self, severity: Severity) -> str:
        return self[severity.value]


LIGHT = Tokens(
    window="#F6F5F1",
    surface="#FFFFFF",
    sunken="#ECEAE3",
    line="#D5D2C8",
    text="#1B2433",
    muted="#565F6E",
    accent="#1D4F91",
    accent_soft="#E3ECF8",
    on_accent="#FFFFFF",
    daffodil="#F5C242",
    info="#1D5F8A",
    ok="#256B47",
    warning="#8A5300",
    error="#B3261E",
    block="#7A1FA2",
)
DARK = Tokens(
    window="#14181F",
    surface="#1C222B",
    sunken="#10141A",
    line="#343C48",
    text="#E8EAED",
    muted="#A5ADBA",
    accent="#8AB4F8",
    accent_soft="#22324A",
    on_accent="#10141A",
    daffodil="#F5C242",
    info="#7CC0E8",
    ok="#7BD0A0",
    warning="#F2B65A",
    error="#F28B82",
    block="#D7A6F5",
)
CONTRAST_LIGHT = Tokens(
    window="#FFFFFF",
    surface="#FFFFFF",
    sunken="#FFFFFF",
    line="#000000",
    text="#000000",
    muted="#000000",
    accent="#00218C",
    accent_soft="#FFF1B8",
    on_accent="#FFFFFF",
    daffodil="#C89200",
    info="#003A66",
    ok="#00441F",
    warning="#5C3300",
    error="#8C0000",
    block="#4A0070",
)
CONTRAST_DARK = Tokens(
    window="#000000",
    surface="#000000",
    sunken="#000000",
    line="#FFFFFF",
    text="#FFFFFF",
    muted="#FFFFFF",
    accent="#FFE066",
    accent_soft="#003A8C",
    on_accent="#000000",
    daffodil="#FFE066",
    info="#9FDCFF",
    ok="#9BF2C0",
    warning="#FFD18A",
    error="#FFB3AB",
    block="#EBC9FF",
)


class Space:
    """Distances in pixels at 100 %. There are no others."""

    HAIR = 4
    SMALL = 8
    MEDIUM = 12
    LARGE = 16
    WIDE = 24
    HUGE = 32


RADIUS_CARD = 8
RADIUS_CONTROL = 6
CONTROL_HEIGHT = 32
ROW_HEIGHT = 36
ICON = 20


class Type(StrEnum):
    """Steps of the type scale."""

    SMALL = "small"
    BODY = "body"
    EDITOR = "editor"
    SECTION = "section"
    TITLE = "title"
    FIGURE = "figure"


_TYPE: dict[Type, tuple[int, int]] = {
    Type.SMALL: (12, 400),
    Type.BODY: (13, 400),
    Type.EDITOR: (15, 400),
    Type.SECTION: (15, 600),
    Type.TITLE: (20, 600),
    Type.FIGURE: (26, 600),
}
"""Pixels and weight of each step."""

ZOOMS = (1.0, 1.15, 1.3, 1.5, 1.75, 2.0)
"""Sizes of text one may choose, as factors."""

_EMOJI = ("Noto Color Emoji", "Segoe UI Emoji", "Apple Color Emoji")


class Theme(QObject):
    """The look in force. `changed` says that colours, or sizes, are others now."""

    changed = Signal()

    def __init__(
        self,
        app: QApplication,
        scheme: Scheme = Scheme.SYSTEM,
        zoom: float = 1.0,
    ) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        self._zoom = zoom
        self._applying = False
        app.setStyle(QStyleFactory.create("Fusion"))
        self.family = _load_fonts()
        self.tokens = LIGHT
        self.dark = False
        self._apply()
        app.styleHints().colorSchemeChanged.connect(self._system_changed)

    # -- choices ------------------------------------------------------------------------------

    @property
    def scheme(self) -> Scheme:
        return self._scheme

    @property
    def zoom(self) -> float:
        return self._zoom

    def choose(self, scheme: Scheme | None = None, zoom: float | None = None) -> None:
        """Change the look at run time."""
        if scheme is not None:
            self._scheme = scheme
        if zoom is not None:
            self._zoom = min(max(zoom, ZOOMS[0]), ZOOMS[-1])
        self._apply()
        self.changed.emit()

    @property
    def strong(self) -> bool:
        """Whether contrast is high: every line and letter in full black or white."""
        return self.tokens in (CONTRAST_LIGHT, CONTRAST_DARK)

    def step_zoom(self, steps: int) -> None:
        """A size of text larger (+1) or smaller (-1); 0 is back to 100 %."""
        if steps == 0:
            self.choose(zoom=1.0)
            return
        nearest = min(range(len(ZOOMS)), key=lambda i: abs(ZOOMS[i] - self._zoom))
        self.choose(zoom=ZOOMS[min(max(nearest + steps, 0), len(ZOOMS) - 1)])

    # -- what painters ask ----------------------------------------------------------------------

    def px(self, size: float) -> int:
        """A length given for 100 %, at the size in force."""
        return round(size * self._zoom)

    def color(self, name: str) -> QColor:
        """A token by its name."""
        return QColor(self.tokens[name])

    def severity(self, severity: Severity) -> QColor:
        return QColor(self.tokens.severity(severity))

    def tint(self, name: str, strength: float = 0.12) -> QColor:
        """A token laid thinly over the surface: backgrounds of bands and chips."""
        return mix(self.tokens[name], self.tokens.surface, strength)

    def font(self, step: Type = Type.BODY, *, tabular: bool = False) -> QFont:
        """The font of a step; `tabular` gives every digit the same width."""
        size, weight = _TYPE[step]
        font = QFont(self.family)
        font.setPixelSize(self.px(size))
        font.setWeight(QFont.Weight(weight))
        if tabular:
            font.setFeature(QFont.Tag.fromString("tnum"), 1)
        return font

    # -- making it so -------------------------------------------------------------------------

    def _system_changed(self) -> None:
        if self._scheme in (Scheme.SYSTEM, Scheme.CONTRAST) and not self._applying:
            self._apply()
            self.changed.emit()

    def _apply(self) -> None:
        self._applying = True
        try:
            hints = self._app.styleHints()
            hints.setColorScheme(_QT_SCHEME[self._scheme])
            # Not every platform lets itself be told: what was asked for counts first.
            asked = _QT_SCHEME[self._scheme]
            dark = Qt.ColorScheme.Dark in (asked, hints.colorScheme()) and asked is not (
                Qt.ColorScheme.Light
            )
            contrast = self._scheme is Scheme.CONTRAST or (
                self._scheme is Scheme.SYSTEM
                and hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast
            )
            self.dark = dark
            if contrast:
                self.tokens = CONTRAST_DARK if dark else CONTRAST_LIGHT
            else:
                self.tokens = DARK if dark else LIGHT
            self._app.setPalette(_palette(self.tokens))
            self._app.setFont(self.font())
            self._app.setStyleSheet(_style_sheet(self))
        finally:
            self._applying = False


_QT_SCHEME = {
    Scheme.SYSTEM: Qt.ColorScheme.Unknown,
    Scheme.LIGHT: Qt.ColorScheme.Light,
    Scheme.DARK: Qt.ColorScheme.Dark,
    Scheme.CONTRAST: Qt.ColorScheme.Unknown,
}


def mix(over: str, under: str, strength: float) -> QColor:
    """`strength` of one colour over another: 0 is `under`, 1 is `over`."""
    top, bottom = QColor(over), QColor(under)
    return QColor(
        *(
            round(a * strength + b * (1 - strength))
            for a, b in (
                (top.red(), bottom.red()),
                (top.green(), bottom.green()),
                (top.blue(), bottom.blue()),
            )
        )
    )


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two colours, 1 to 21."""

    def luminance(name: str) -> float:
        color = QColor(name)
        red, green, blue = (
            c / 12.92 if c <= 0.04045 else math.pow((c + 0.055) / 1.055, 2.4)
            for c in (color.redF(), color.greenF(), color.blueF())
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _load_fonts() -> str:
    """Noto Sans, bundled or installed; else Source Sans from its package; else the system's."""
    for file in sorted((data_folder("resources") / "fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(file))
    emoji = [family for family in _EMOJI if QFontDatabase.hasFamily(family)]
    if emoji:
        QFontDatabase.setApplicationEmojiFontFamilies(emoji)
    if QFontDatabase.hasFamily("Noto Sans"):
        return "Noto Sans"
    try:
        import font_source_sans_pro
    except ImportError:
        return QGuiApplication.font().family()
    folder = Path(font_source_sans_pro.font_directory)
    family = ""
    for name in ("Regular", "It", "Semibold", "Bold"):
        number = QFontDatabase.addApplicationFont(str(folder / f"SourceSansPro-{name}.ttf"))
        if number >= 0 and not family:
            family = QFontDatabase.applicationFontFamilies(number)[0]
    return family or QGuiApplication.font().family()


def _palette(t: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for name, token in {
        role.Window: t.window,
        role.WindowText: t.text,
        role.Base: t.surface,
        role.AlternateBase: t.window,
        role.Text: t.text,
        role.PlaceholderText: t.muted,
        role.Button: t.surface,
        role.ButtonText: t.text,
        role.BrightText: t.error,
        role.Highlight: t.accent_soft,
        role.HighlightedText: t.text,
        role.Accent: t.accent,
        role.Link: t.accent,
        role.LinkVisited: t.accent,
        role.ToolTipBase: t.text,
        role.ToolTipText: t.surface,
        role.Light: t.surface,
        role.Midlight: t.sunken,
        role.Mid: t.line,
        role.Dark: t.muted,
        role.Shadow: t.line,
    }.items():
        palette.setColor(name, QColor(token))
    faint = mix(t.muted, t.window, 0.65)
    for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, faint)
    return palette


def _style_sheet(theme: Theme) -> str:
    t, px = theme.tokens, theme.px
    values = {field.name: t[field.name] for field in fields(t)}
    for tone in ("info", "ok", "warning", "error", "block"):
        values[f"{tone}_soft"] = mix(t[tone], t.surface, 0.1).name()
    # What is in focus and already of the accent's colour shows it by another, or inside out.
    seen = contrast(t.daffodil, t.accent) >= 3
    strong = theme.strong
    values |= {
        "ring": t.daffodil if seen else t.accent,
        "ring_fill": t.accent if seen else t.surface,
        "ring_ink": t.on_accent if seen else t.accent,
        # Where one can write, the border alone says so: 3:1 at least.
        "edge": t.line if strong else mix(t.muted, t.surface, 0.7).name(),
        # High contrast has one background: where one is shows by the selection's.
        "here": t.accent_soft if strong else t.surface,
        # Muted is black there: what waits for words must not pass for words.
        "waiting": (mix(t.text, t.surface, 0.65) if strong else QColor(t.muted)).name(),
        "daffodil_soft": mix(t.daffodil, t.surface, 0.16).name(),
        "faint": mix(t.muted, t.window, 0.65).name(),
        "hover": mix(t.accent, t.surface, 0.07).name(),
        "hover_sunken": mix(t.text, t.sunken, 0.06).name(),
        "accent_hover": mix(t.text, t.accent, 0.18).name(),
        "accent_faint": mix(t.accent, t.window, 0.35).name(),
        "icons": (data_folder("resources") / "icons" / "qss").as_posix(),
        "shade": "dark" if theme.dark else "light",
        "small": f"{px(12)}px",
        "body": f"{px(13)}px",
        "section": f"{px(15)}px",
        "title": f"{px(20)}px",
        "figure": f"{px(26)}px",
        # Controls are 32 px high with their one-pixel borders and their padding.
        "control": f"{px(CONTROL_HEIGHT) - 2}px",
        "small_control": f"{px(26) - 2}px",
        "start": f"{px(48)}px",
        "row": f"{px(28)}px",
        "mark": f"{px(16)}px",
        "half_mark": f"{px(16) // 2}px",
        "chevron": f"{px(14)}px",
        "small_chevron": f"{px(11)}px",
        "card": f"{RADIUS_CARD}px",
        "radius": f"{RADIUS_CONTROL}px",
    }
    return re.sub(r"@(\w+)", lambda match: values[match[1]], _SHEET)


_SHEET = """
QToolTip { color: @surface; background: @text; border: 1px solid @text; padding: 4px 6px; }

QLabel { background: transparent; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="small"] { color: @muted; font-size: @small; }
QLabel[role="section"] { font-size: @section; font-weight: 600; }
QLabel[role="title"] { font-size: @title; font-weight: 600; }
QLabel[role="figure"] { font-size: @figure; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="error"] { color: @error; }
QLabel[role="ghost"] { background: @accent_soft; border: 1px solid @accent; border-radius: 4px;
  padding: 2px 6px; }
QLabel[role="group"] { color: @muted; font-size: @small; font-weight: 600; }

QFrame[role="card"] { background: @surface; border: 1px solid @line; border-radius: @card; }
QFrame[role="well"] { background: @sunken; border: none; border-radius: @card; }
QFrame[role="surface"] { background: @surface; border: none; }
QFrame[role="finding"] { background: transparent; border: 1px solid transparent;
  border-radius: @radius; }
QFrame[role="finding"][open="true"] { background: @surface; border: 1px solid @line; }
QFrame[role="rule"] { background: @line; border: none; }
QFrame[role="rail"] { background: @sunken; border: none; border-right: 1px solid @line; }
QFrame[role="header"] { background: @window; border: none; border-bottom: 1px solid @line; }
QFrame[role="status"] { background: @sunken; border: none; border-top: 1px solid @line; }
QFrame[role="campaign"] { border: none; border-left: 4px solid @daffodil; border-radius: 4px;
  background: @daffodil_soft; }
QFrame[role="banner"] { border: none; border-left: 4px solid @info; border-radius: 4px;
  background: @info_soft; }
QFrame[role="banner"][tone="ok"] { border-left-color: @ok; background: @ok_soft; }
QFrame[role="banner"][tone="warning"] { border-left-color: @warning; background: @warning_soft; }
QFrame[role="banner"][tone="error"] { border-left-color: @error; background: @error_soft; }
QFrame[role="banner"][tone="block"] { border-left-color: @block; background: @block_soft; }
QFrame[role="banner"][tone="question"] { border-left-color: @accent; background: @accent_soft; }
QFrame[role="toast"] { background: @text; border: none; border-radius: @card; }
QFrame[role="toast"] QLabel { color: @surface; }
QFrame[role="toast"] QPushButton { color: @surface; background: transparent;
  border: 1px solid @surface; min-height: @small_control; }
QFrame[role="toast"] QPushButton:focus { border: 2px solid @daffodil; }

QPushButton { color: @text; background: @surface; border: 1px solid @line; border-radius: @radius;
  padding: 0 12px; min-height: @control; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @accent_soft; }
QPushButton:focus { border: 2px solid @accent; padding: 0 11px; }
QPushButton:disabled { color: @faint; background: @window; }
QPushButton::menu-indicator { image: url(@icons/chevron-@shade.svg); width: @chevron;
  subcontrol-position: right center; height: @chevron; right: 6px; }
QPushButton[kind="menu"] { padding-right: 24px; }
QPushButton[kind="primary"] { color: @on_accent; background: @accent; border: 1px solid @accent;
  font-weight: 600; }
QPushButton[kind="primary"]:hover { background: @accent_hover; }
QPushButton[kind="primary"]:focus { color: @ring_ink; background: @ring_fill;
  border: 2px solid @ring; }
QPushButton[kind="primary"]:disabled { background: @accent_faint; border-color: @accent_faint; }
QPushButton[kind="danger"] { color: @error; border: 1px solid @error; }
QPushButton[kind="danger"]:hover { background: @error_soft; }
QPushButton[kind="danger"]:focus { border: 2px solid @error; }
QPushButton[kind="danger"]:disabled { color: @faint; border: 1px solid @line; }
QPushButton[kind="quiet"] { background: transparent; border: 1px solid transparent;
  padding: 0 8px; }
QPushButton[kind="quiet"]:hover { background: @hover_sunken; }
QPushButton[kind="quiet"]:focus { border: 2px solid @accent; padding: 0 7px; }
QPushButton[kind="link"] { color: @accent; background: transparent; border: 1px solid transparent;
  padding: 0 4px; min-height: @small_control; text-align: left; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border: 2px solid @accent; padding: 0 3px; }
QPushButton[kind="small"] { min-height: @small_control; padding: 0 8px; font-size: @small; }
QPushButton[kind="small"]:focus { padding: 0 7px; }
QPushButton[kind="small"]:checked { color: @on_accent; background: @accent; border-color: @accent; }
QPushButton[kind="toggle"] { padding: 0 10px; }
QPushButton[kind="toggle"]:focus { padding: 0 9px; }
QPushButton[kind="toggle"]:checked { color: @on_accent; background: @accent;
  border-color: @accent; }
QPushButton[kind="toggle"]:checked:focus, QPushButton[kind="small"]:checked:focus {
  color: @ring_ink; background: @ring_fill; border-color: @ring; }
QPushButton[kind="field"] { color: @muted; text-align: left; padding: 0 8px; }
QPushButton[kind="field"]:focus { padding: 0 7px; }
QPushButton[kind="start"] { text-align: left; padding: 8px 16px; font-weight: 600;
  min-height: @start; }
QPushButton[kind="start"]:focus { padding: 8px 15px; }

QToolButton { color: @text; background: transparent; border: 2px solid transparent;
  border-radius: @radius; padding: 3px; }
QToolButton:hover { background: @hover_sunken; }
QToolButton:focus { border: 2px solid @accent; }
QToolButton:disabled { color: @faint; }
QToolButton:checked { background: @accent_soft; }
QToolButton::menu-indicator { image: none; }
QFrame[role="rail"] QToolButton { padding: 4px 8px; text-align: left; min-height: @row; }
QFrame[role="rail"] QToolButton:checked { background: @here; font-weight: 600;
  border-left: 3px solid @daffodil; }
QFrame[role="rail"] QToolButton:checked:focus { border: 2px solid @accent;
  border-left: 3px solid @daffodil; }

QLineEdit, QComboBox, QDateEdit, QTimeEdit, QDateTimeEdit, QSpinBox { color: @text;
  background: @surface; border: 1px solid @edge; border-radius: @radius; padding: 0 8px;
  min-height: @control; selection-background-color: @accent_soft; selection-color: @text; }
QLineEdit, QPlainTextEdit, QTextEdit { placeholder-text-color: @waiting; }
QLineEdit:focus, QComboBox:focus, QDateEdit:focus, QTimeEdit:focus, QDateTimeEdit:focus,
QSpinBox:focus { border: 2px solid @accent; padding: 0 7px; }
QLineEdit:disabled, QComboBox:disabled, QDateEdit:disabled, QDateTimeEdit:disabled,
QSpinBox:disabled { color: @faint; background: @window; }
QLineEdit[wrong="true"], QComboBox[wrong="true"], QPlainTextEdit[wrong="true"] {
  border: 2px solid @error; }
QLineEdit[role="title"] { font-size: @section; font-weight: 600; background: transparent;
  border-color: transparent; }
QLineEdit[role="title"]:hover { border-color: @line; }
QLineEdit[role="title"]:focus { background: @surface; border: 2px solid @accent; }
QComboBox::drop-down, QDateEdit::drop-down, QDateTimeEdit::drop-down { border: none; width: 24px; }
QComboBox::down-arrow, QDateEdit::down-arrow, QDateTimeEdit::down-arrow {
  image: url(@icons/chevron-@shade.svg); width: @chevron; height: @chevron; }
QSpinBox::up-button, QSpinBox::down-button { subcontrol-origin: border; background: transparent;
  border: none; width: 24px; }
QSpinBox::up-button { subcontrol-position: top right; }
QSpinBox::down-button { subcontrol-position: bottom right; }
QSpinBox::up-button:hover, QSpinBox::down-button:hover { background: @hover_sunken; }
QSpinBox::up-arrow { image: url(@icons/chevron-up-@shade.svg); width: @small_chevron;
  height: @small_chevron; }
QSpinBox::down-arrow { image: url(@icons/chevron-@shade.svg); width: @small_chevron;
  height: @small_chevron; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @line; padding: 0; }
QComboBox QAbstractItemView::item { min-height: @row; padding: 0 8px; }
QComboBox QAbstractItemView::item:selected { background: @accent_soft; color: @text; }

QPlainTextEdit, QTextEdit, QTextBrowser { color: @text; background: @surface;
  border: 1px solid @edge; border-radius: @radius; padding: 6px;
  selection-background-color: @accent_soft; selection-color: @text; }
QPlainTextEdit:focus, QTextEdit:focus, QTextBrowser:focus { border: 2px solid @accent;
  padding: 5px; }
QPlainTextEdit[role="bare"], QTextBrowser[role="bare"] { border: none; border-radius: 0;
  padding: 8px; }
QPlainTextEdit[role="bare"]:focus, QTextBrowser[role="bare"]:focus { border: none; padding: 8px; }

QTextEdit[role~="wrapped"] { background: transparent; border: none; border-radius: 0; padding: 0; }
QTextEdit[role~="muted"] { color: @muted; }

QCheckBox, QRadioButton { spacing: 8px; min-height: @row; border: 2px solid transparent;
  border-radius: 4px; padding: 0 4px 0 2px; }
QCheckBox:focus, QRadioButton:focus { border: 2px solid @accent; }
QCheckBox::indicator, QRadioButton::indicator { width: @mark; height: @mark;
  border: 1px solid @muted; background: @surface; }
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: @half_mark; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent;
  image: url(@icons/check-@shade.svg); }
QRadioButton::indicator:checked { background: @accent; border-color: @accent;
  image: url(@icons/dot-@shade.svg); }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: @line; }

QTabBar { qproperty-drawBase: 0; background: transparent; }
QTabBar::tab { color: @muted; background: transparent; border: 2px solid transparent;
  border-bottom: 3px solid transparent; padding: 6px 12px; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom: 3px solid @accent; }
QTabBar:focus { outline: none; }
QTabBar::tab:focus { border: 2px solid @accent; border-bottom: 3px solid @accent;
  border-radius: 4px; }
QTabWidget::pane { border: none; }

QAbstractItemView { background: @surface; color: @text; border: 1px solid @line;
  border-radius: @radius; outline: none; padding: 1px;
  selection-background-color: @accent_soft;
  selection-color: @text; alternate-background-color: @surface; }
QAbstractItemView:focus { border: 2px solid @accent; padding: 0; }
QListWidget::item, QTreeView::item { min-height: @row; padding: 0 6px; border-radius: 4px; }
QListWidget::item:selected, QTreeView::item:selected { background: @accent_soft; color: @text;
  border-left: 3px solid @accent; padding-left: 3px; }
QTreeView { show-decoration-selected: 0; }
QTreeView::branch { background: transparent; }
QTreeView::branch:has-children:open { image: url(@icons/chevron-@shade.svg); }
QTreeView::branch:has-children:closed { image: url(@icons/chevron-right-@shade.svg); }
QAbstractScrollArea[role="read"]:focus { border: 2px solid @accent; border-radius: @radius; }
QTableView[role="grid"]::item { padding: 0; border: none; }
QTableView[role="grid"]:focus { border: 1px solid @line; padding: 1px; }
QAbstractItemView[role="bare"] { border: none; border-radius: 0; background: transparent; }
QTableView { gridline-color: @line; }
QTableView::item { padding: 0 8px; border-bottom: 1px solid @line; }
QTableView::item:selected { background: @accent_soft; color: @text; }
QHeaderView { background: @sunken; border: none; }
QHeaderView::section { color: @muted; background: @sunken; border: none;
  border-bottom: 1px solid @line; padding: 6px 8px; font-size: @small; font-weight: 600; }
QTableCornerButton::section { background: @sunken; border: none; }

QMenuBar { background: @window; color: @text; padding: 2px 4px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: @accent_soft; }
QMenu { background: @surface; color: @text; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 28px; border-radius: 4px; }
QMenu::item:selected { background: @accent_soft; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QMenu::icon { padding-left: 6px; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[role="page"] { background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: @line; border-radius: 4px; margin: 2px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
  background: transparent; border: none; width: 0; height: 0; }

QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: @accent_soft; }
QSplitter::handle:focus { background: @accent; }
QProgressBar { background: @sunken; border: none; border-radius: 3px; max-height: 6px;
  min-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QDialog { background: @window; }
QCalendarWidget QWidget { alternate-background-color: @sunken; }
QCalendarWidget QToolButton { padding: 4px 8px; }
"""
