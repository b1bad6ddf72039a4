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

from PySide6.QtCore import QRectF, Qt
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
from ui.widgets import Elided, IconLabel, Scroll, button, margins, plain

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
    """The pictures of a post, where its network puts them."""

    def __init__(self) -> None:
        super().__init__()
        self._pixmaps: list[QPixmap] = []
        self._places: Pictures | None = None

    def show_pictures(
        self, places: Pictures, pixmaps: Sequence[QPixmap], names: Sequence[str]
    ) -> None:
        self._pixmaps, self._places = list(pixmaps), places
        rows = min(len(places.rows), 3)
        self.setFixedHeight(0 if not rows or not pixmaps else 190 if rows == 1 else 130 * rows)
        self.setAccessibleName(", ".join(names))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._places is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        rows = self._places.rows[:3]
        boxes: dict[int, QRectF] = {}
        for line, row in enumerate(rows):
            width, height = self.width() / len(row), self.height() / len(rows)
            for column, number in enumerate(row):
                cell = QRectF(column * width, line * height, width, height)
                boxes[number] = boxes[number].united(cell) if number in boxes else cell
        last = max(boxes, default=-1)
        for number, box in boxes.items():
            if number < len(self._pixmaps):
                hidden = self._places.hidden if number == last else 0
                self._paint(painter, box.adjusted(1, 1, -1, -1), self._pixmaps[number], hidden)
        painter.end()

    def _paint(self, painter: QPainter, box: QRectF, pixmap: QPixmap, hidden: int) -> None:
        painter.save()
        path = QPainterPath()
        path.addRoundedRect(box, 6, 6)
        painter.setClipPath(path)
        scaled = pixmap.scaled(
            box.size().toSize(),
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        )
        left = box.center().x() - scaled.width() / 2
        top = box.center().y() - scaled.height() / 2
        painter.drawPixmap(round(left), round(top), scaled)
        if hidden:
            painter.fillRect(box, QColor(0, 0, 0, 120))
            painter.setPen(QColor("#FFFFFF"))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), f"+{hidden}")
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
        self._page, self._when = Elided(), Elided()
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
        self._grid = _Grid()
        column.addWidget(self._grid)
        self._card = plain()
        self._card.setContentsMargins(Space.SMALL, Space.SMALL, Space.SMALL, Space.SMALL)
        column.addWidget(self._card)
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
        pictures: Sequence[tuple[str, bytes]],
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
                if pixmap.loadFromData(data, "PNG"):
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
            f"QLabel {{ color: {tokens.text}; border: none; }}"
            f"QPushButton {{ color: {tokens.muted}; }}"
        )
        folded = made.folded and not self._open
        segments = made.visible if folded else (*made.visible, *made.rest)
        body = _html(segments, link) + (" …" if folded else "")
        self._text.setText(f'<div style="white-space:pre-wrap">{body}</div>')
        self._more.setVisible(made.folded)
        self._more.setText(tr.tr(N_("See more")) if folded else tr.tr(N_("See less")))
        self._grid.show_pictures(made.pictures, self._pixmaps, self._names)
        self._card.setVisible(made.card is not None)
        if made.card is not None:
            self._card.setText(tr.tr(N_("Card of the link: {domain}"), domain=made.card.domain))
            self._card.setStyleSheet(f"background: {tokens.sunken}; border-radius: 6px;")
        name = tr.tr(TARGETS[made.target])
        about = tr.tr(N_("An approximation of {network}; the network decides."), network=name)
        self._notes.setText("\n".join([about, *(self._note(note) for note in made.notes)]))

    def _note(self, note: Note) -> str:
        tr = self._shell.tr
        words = tr.tr(note.message, **note.params)
        if note.source is not None and note.source.confidence is not Confidence.OFFICIAL:
            return words + " " + tr.tr(N_("(measured by others; it may change)"))
        return words
