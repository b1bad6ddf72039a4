"""How a post may look once published: an approximation per network, light or dark.

What stands where is `scc_admin.verdict.preview`'s; here it is only drawn. The HTML is made here,
from escaped text, and loads nothing.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from scc_admin.i18n import N_
from scc_admin.model import Confidence, Network, Target
from scc_admin.words import TARGETS
from ui.screen import Shell
from ui.theme import DARK, LIGHT, Space
from ui.widgets import Elided, IconLabel, Scroll, button, fitted, margins, plain

if TYPE_CHECKING:
    from scc_admin.verdict.preview import Note, Pictures, Segment
    from scc_admin.verdict.preview import Preview as Sketch

_LINKS: dict[Network, tuple[str, str]] = {
    Network.FACEBOOK: ("#0064D1", "#5AA7FF"),
    Network.X: ("#1D6FB8", "#6CB8F0"),
    Network.LINKEDIN: ("#0A66C2", "#71B7FB"),
    Network.INSTAGRAM: ("#00376B", "#B3DBFF"),
    Network.BLUESKY: ("#1060C0", "#66B0FF"),
    Network.MASTODON: ("#4B3FCF", "#A9A4FF"),
}
"""The colour of links on light and on dark, where the network has one of its own."""


SQUARE = 230
"""Pixels of one picture that stands alone, at 100 %."""
PICTURES_FIRST = frozenset({Network.INSTAGRAM, Network.TIKTOK})
"""Networks that put the pictures above the text."""


def sketch(target: Target, text: str, images: int) -> Sketch:
    """Made in a worker: pure, any text will do."""
    from scc_admin.verdict import default_networks
    from scc_admin.verdict.preview import preview

    return preview(target, text, networks=default_networks(), images=images)


def _html(segments: Sequence[Segment], color: str) -> str:
    parts = []
    for segment in segments:
        words = html.escape(segment.shown)
        plain_text = segment.kind.value == "text"
        parts.append(words if plain_text else f'<span style="color:{color}">{words}</span>')
    return "".join(parts).replace("\n", "<br>")


class _Grid(QWidget):
    """The pictures of a post, where its network puts them; one at a time in a carousel."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._pixmaps: list[QPixmap] = []
        self._places: Pictures | None = None

    def show_pictures(
        self, places: Pictures, pixmaps: Sequence[QPixmap], names: Sequence[str]
    ) -> None:
        """Show pictures; a null pixmap is one that cannot be shown, such as a film."""
        self._pixmaps, self._places = list(pixmaps), places
        rows = min(len(places.rows), 3)
        high = SQUARE if places.carousel or rows == 1 else 140 * rows
        self.setFixedHeight(self._shell.theme.px(high) if rows and pixmaps else 0)
        self.setAccessibleName(", ".join(names))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._places is None or not self._pixmaps:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._places.carousel:
            self._paint(painter, QRectF(self.rect()), 0, f"1/{len(self._pixmaps)}", corner=True)
        else:
            boxes = self._boxes(self._places.rows[:3])
            last = max(boxes, default=-1)
            for number, box in boxes.items():
                hidden = self._places.hidden if number == last else 0
                words = f"+{hidden}" if hidden else ""
                self._paint(painter, box.adjusted(1, 1, -1, -1), number, words)
        painter.end()

    def _boxes(self, rows: Sequence[Sequence[int]]) -> dict[int, QRectF]:
        boxes: dict[int, QRectF] = {}
        for line, row in enumerate(rows):
            width, height = self.width() / len(row), self.height() / len(rows)
            for column, number in enumerate(row):
                cell = QRectF(column * width, line * height, width, height)
                boxes[number] = boxes[number].united(cell) if number in boxes else cell
        return boxes

    def _paint(
        self, painter: QPainter, box: QRectF, number: int, words: str, *, corner: bool = False
    ) -> None:
        if number >= len(self._pixmaps):
            return
        pixmap = self._pixmaps[number]
        painter.save()
        path = QPainterPath()
        path.addRoundedRect(box, 6, 6)
        painter.setClipPath(path)
        if pixmap.isNull():
            painter.fillRect(box, self._shell.theme.color("sunken"))
            icon = QRectF(0, 0, 28, 28)
            icon.moveCenter(box.center())
            self._shell.icons.paint(painter, icon, "video", "muted")
        else:
            density = painter.device().devicePixelRatioF()
            scaled = fitted(pixmap, box.size().toSize(), density, cover=True)
            place = QRectF(QPointF(0, 0), scaled.deviceIndependentSize())
            place.moveCenter(box.center())
            painter.drawPixmap(place.topLeft(), scaled)
        if words:
            shade = QRectF(box.right() - 54, box.top() + 8, 46, 24) if corner else box
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 150))
            painter.drawRoundedRect(shade, 12, 12) if corner else painter.drawRect(shade)
            painter.setPen(QColor("#FFFFFF"))
            painter.drawText(shade, int(Qt.AlignmentFlag.AlignCenter), words)
        painter.restore()


class Preview(QWidget):
    """One version of a draft as its network may show it."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        tr = shell.tr.tr
        self._dark = shell.theme.dark
        self._open = False
        self._sketch: Sketch | None = None
        self._pixmaps: list[QPixmap] = []
        self._names: list[str] = []
        outer = QVBoxLayout(self)
        margins(outer, 0, 0)
        area = Scroll(padding=Space.MEDIUM, spacing=Space.SMALL)
        outer.addWidget(area)
        bar = QHBoxLayout()
        margins(bar, 0, Space.HAIR)
        group = QButtonGroup(self)
        for text, dark in ((N_("Light"), False), (N_("Dark"), True)):
            choice = button(tr(text), partial(self._set_dark, dark), kind="small")
            choice.setCheckable(True)
            choice.setChecked(dark == self._dark)
            group.addButton(choice)
            bar.addWidget(choice)
        bar.addStretch(1)
        area.body.addLayout(bar)

        self._post = QFrame()
        self._post.setAccessibleName(tr(N_("Preview")))
        column = QVBoxLayout(self._post)
        margins(column, Space.MEDIUM, Space.SMALL)
        head = QHBoxLayout()
        head.setSpacing(Space.SMALL)
        head.addWidget(IconLabel(shell.icons, "flower", "daffodil", 32))
        names = QVBoxLayout()
        names.setSpacing(0)
        self._page, self._when = Elided(role="strong"), Elided(role="small")
        names.addWidget(self._page)
        names.addWidget(self._when)
        head.addLayout(names, 1)
        column.addLayout(head)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._text.setSizePolicy(policy)
        column.addWidget(self._text)
        self._more = button("", self._unfold, kind="link")
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._grid = _Grid(shell)
        column.addWidget(self._grid)
        self._card = QFrame()
        self._card.setObjectName("card")
        inside = QVBoxLayout(self._card)
        margins(inside, Space.MEDIUM, 2)
        self._domain = plain(role="strong")
        inside.addWidget(self._domain)
        inside.addWidget(
            plain(
                tr(N_("Here the network shows the title and picture of that page.")), role="small"
            )
        )
        column.addWidget(self._card)
        self._column = column
        area.body.addWidget(self._post)
        self._notes = plain(role="small")
        area.body.addWidget(self._notes)
        area.body.addStretch(1)

    def show_post(
        self,
        target: Target,
        text: str,
        page: str,
        when: datetime | None,
        pictures: Sequence[tuple[str, bytes | None]],
    ) -> None:
        """Show a text as it would stand on its network; `pictures` are names and small PNGs."""

        def arrived(made: Sketch) -> None:
            tr = self._shell.tr
            self._sketch = made
            self._page.set_whole(page or tr.tr(N_("Your page")))
            self._when.set_whole(tr.moment(when, "short") if when else tr.tr(N_("Not planned")))
            self._pixmaps, self._names = [], []
            for name, data in pictures:
                pixmap = QPixmap()
                if data:
                    pixmap.loadFromData(data, "PNG")
                self._pixmaps.append(pixmap)
                self._names.append(name)
            self._draw()

        self._shell.tasks.read(
            self, partial(sketch, target, text, len(pictures)), arrived, key="sketch"
        )

    def _set_dark(self, dark: bool) -> None:
        self._dark = dark
        self._draw()

    def _unfold(self) -> None:
        self._open = not self._open
        self._draw()

    def _draw(self) -> None:
        made = self._sketch
        if made is None:
            return
        tr = self._shell.tr
        tokens = DARK if self._dark else LIGHT
        link = _LINKS.get(made.target.network, (LIGHT.accent, DARK.accent))[self._dark]
        self._post.setStyleSheet(
            f"QFrame {{ background: {tokens.surface}; border: 1px solid {tokens.line};"
            " border-radius: 8px; }"
            f"QFrame#card {{ background: {tokens.sunken}; }}"
            f"QLabel {{ color: {tokens.text}; border: none; background: transparent; }}"
            f'QLabel[role="small"] {{ color: {tokens.muted}; }}'
            f"QPushButton {{ color: {tokens.muted}; }}"
        )
        folded = made.folded and not self._open
        segments = made.visible if folded else (*made.visible, *made.rest)
        body = _html(segments, link)
        if folded:
            body = body.removesuffix("<br>").rstrip() + " …"
        self._text.setText(f'<div style="white-space:pre-wrap">{body}</div>')
        self._more.setVisible(made.folded)
        self._more.setText(tr.tr(N_("See more")) if folded else tr.tr(N_("See less")))
        first = made.target.network in PICTURES_FIRST
        self._column.removeWidget(self._grid)
        self._column.insertWidget(1 if first else 3, self._grid)
        self._grid.show_pictures(made.pictures, self._pixmaps, self._names)
        self._card.setVisible(made.card is not None)
        if made.card is not None:
            self._domain.setText(tr.tr(N_("Card of the link: {domain}"), domain=made.card.domain))
        name = tr.tr(TARGETS[made.target])
        about = tr.tr(N_("An approximation of {network}; the network decides."), network=name)
        self._notes.setText("\n".join([about, *(self._note(note) for note in made.notes)]))

    def _note(self, note: Note) -> str:
        tr = self._shell.tr
        words = tr.tr(note.message, **note.params)
        if note.source is not None and note.source.confidence is not Confidence.OFFICIAL:
            return words + " " + tr.tr(N_("(measured by others; it may change)"))
        return words
