"""Icons: one family of our own drawings, 20 px, one stroke, in the colours of the theme."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton

from scc_admin.i18n import data_folder
from scc_admin.kinds import Network, Severity
from ui.theme import ICON, Theme

_Dressed = QAbstractButton | QAction

SEVERITY_ICONS: dict[Severity, str] = {
    Severity.INFO: "info",
    Severity.WARNING: "warning",
    Severity.ERROR: "error",
    Severity.BLOCK: "block",
}
"""A circle, a triangle, an octagon, a square: told apart without colour."""


def network_icon(network: Network | None) -> str:
    return "file" if network is None else network.value


class Icons:
    """Draws each icon once for each colour, size and screen density, and keeps it."""

    def __init__(self, theme: Theme, folder: Path | None = None) -> None:
        self._theme = theme
        self._folder = folder or data_folder("resources") / "icons"
        self._sources: dict[str, bytes] = {}
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        self._icons: dict[tuple[str, str], QIcon] = {}
        self._dressed: dict[int, tuple[_Dressed, str, str]] = {}
        theme.changed.connect(self._recolour)

    def px(self, size: float) -> int:
        """A length given for 100 %, at the size in force."""
        return self._theme.px(size)

    def icon(self, name: str, color: str = "text") -> QIcon:
        """An icon for buttons and menus; `color` is the name of a token."""
        key = (name, self._theme.tokens[color])
        found = self._icons.get(key)
        if found is None:
            # Drawn for the densest screen there is: Qt shrinks well, and greys what is disabled.
            density = max(screen.devicePixelRatio() for screen in QGuiApplication.screens())
            found = self._icons[key] = QIcon(self.pixmap(name, color, density=density))
        return found

    def dress(self, target: _Dressed, name: str, color: str = "text") -> None:
        """Give a button or an action its icon, now and whenever the colours change."""
        target.setIcon(self.icon(name, color))
        if id(target) not in self._dressed:
            target.destroyed.connect(partial(self._dressed.pop, id(target), None))
        self._dressed[id(target)] = (target, name, color)

    def _recolour(self) -> None:
        self._icons.clear()
        for target, name, color in self._dressed.values():
            target.setIcon(self.icon(name, color))

    def severity(self, severity: Severity) -> QIcon:
        return self.icon(SEVERITY_ICONS[severity], severity.value)

    def pixmap(
        self,
        name: str,
        color: str = "text",
        size: int = ICON,
        density: float = 1.0,
    ) -> QPixmap:
        """A picture of `size` pixels at 100 %; `density` is the screen's device pixel ratio."""
        size = self._theme.px(size)
        ink = self._theme.tokens[color]
        key = (name, ink, size, density)
        found = self._pixmaps.get(key)
        if found is None:
            found = self._pixmaps[key] = self._draw(name, ink, size, density)
        return found

    def paint(self, painter: QPainter, rect: QRectF, name: str, color: str = "text") -> None:
        """Draw an icon into a square, for delegates."""
        density = painter.device().devicePixelRatio()
        size = round(min(rect.width(), rect.height()) / self._theme.zoom)
        pixmap = self.pixmap(name, color, size, density)
        painter.drawPixmap(rect.toRect(), pixmap)

    def _draw(self, name: str, ink: str, size: int, density: float) -> QPixmap:
        from PySide6.QtSvg import QSvgRenderer

        source = self._sources.get(name)
        if source is None:
            source = self._sources[name] = (self._folder / f"{name}.svg").read_bytes()
        pixmap = QPixmap(QSize(size, size) * density)
        pixmap.fill(QColor(Qt.GlobalColor.transparent))
        painter = QPainter(pixmap)
        renderer = QSvgRenderer(QByteArray(source.replace(b"currentColor", ink.encode())))
        renderer.render(painter, QRectF(pixmap.rect()))
        painter.end()
        pixmap.setDevicePixelRatio(density)
        return pixmap
