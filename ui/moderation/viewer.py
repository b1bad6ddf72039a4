"""Evidence, looked at closely: the picture, what is known of it, who held it. Looking is logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPixmap,
    QResizeEvent,
    QShortcut,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsPixmapItem,
    QGraphicsScene,
    QGraphicsView,
    QHBoxLayout,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from scc_admin.errors import UserError
from scc_admin.exports import METHODS
from scc_admin.files import safe_name
from scc_admin.i18n import N_
from scc_admin.model import Custody, Evidence, Progress
from scc_admin.pictures import extension
from ui.files import save_as, saved
from ui.forms import whole_moment
from ui.keyboard import Leaflet
from ui.moderation.erasing import ask_destroy_evidence
from ui.screen import Keys, Shell, help_by_f1
from ui.theme import Space
from ui.widgets import (
    Elided,
    Scroll,
    button,
    clear,
    decoded,
    icon_button,
    margins,
    plain,
    rule,
    stack,
)

KEYS: Keys = (
    (("PgDown", "PgUp"), N_("Next and previous piece of evidence")),
    (("+", "-"), N_("Larger and smaller")),
    (("0",), N_("Whole picture")),
    (("1",), N_("Its own size")),
    (("Left", "Right", "Up", "Down"), N_("Move the picture")),
    (("Del",), N_("Destroy this piece of evidence…")),
    (("Esc",), N_("Close")),
)
_TEXT_SHOWN = 100_000
_STEP = 1.25
_CLOSEST = 8.0
ACTS = {
    "captured": N_("captured"),
    "viewed": N_("viewed"),
    "exported": N_("exported"),
    "masked": N_("exported as a masked copy"),
    "erased": N_("destroyed"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """What a worker could make of a piece: a picture, a text, or why neither."""

    image: QImage | None = None
    text: str | None = None
    trouble: UserError | None = None


class PictureView(QGraphicsView):
    """A picture that one zooms by keys, wheel and buttons, and moves by arrows or hand."""

    zoomed = Signal(int)
    """The scale in percent."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        scene = QGraphicsScene(self)
        self.setScene(scene)
        self._item = QGraphicsPixmapItem()
        self._item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        scene.addItem(self._item)
        self._fitting = True
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setBackgroundBrush(shell.theme.color("sunken"))
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(shell.tr.tr(N_("Picture")))

    def show_image(self, image: QImage, name: str) -> None:
        self._item.setPixmap(QPixmap.fromImage(image))
        self.scene().setSceneRect(QRectF(self._item.boundingRect()))
        self.setAccessibleName(self._shell.tr.tr(N_("Picture: {name}"), name=name))
        self.fit()

    def fit(self) -> None:
        """The whole picture, never larger than it is."""
        self._fitting = True
        rect = self._item.boundingRect()
        if rect.isEmpty():
            return
        across = self.viewport().width() / rect.width()
        down = self.viewport().height() / rect.height()
        self._scale_to(min(across, down, 1.0))

    def whole_size(self) -> None:
        """One pixel of the picture for each of the screen's."""
        self._fitting = False
        self._scale_to(1.0)

    def zoom(self, steps: int) -> None:
        self._fitting = False
        self._scale_to(min(max(self.transform().m11() * _STEP**steps, 0.02), _CLOSEST))

    def _scale_to(self, scale: float) -> None:
        self.resetTransform()
        self.scale(scale, scale)
        self.zoomed.emit(round(scale * 100))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(+1)
            case Qt.Key.Key_Minus:
                self.zoom(-1)
            case Qt.Key.Key_0:
                self.fit()
            case Qt.Key.Key_1:
                self.whole_size()
            case _:
                super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitting:
            self.fit()


class Viewer(Leaflet):
    """Pieces of evidence, one at a time. Page Down and Page Up go through them."""

    def __init__(self, shell: Shell, pieces: Sequence[Evidence], first: int = 0) -> None:
        super().__init__(shell.messages.window)
        self.shell = shell
        self._pieces = list(pieces)
        self._at = first
        self._logged: set[int] = set()
        tr = shell.tr.tr
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr(N_("Evidence")))
        parent = shell.messages.window.window()
        self.resize(int(parent.width() * 0.92), int(parent.height() * 0.9))

        self.picture = PictureView(shell)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr(N_("Text of the file")))
        self.sentence = plain(role="muted")
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget()
        for page in (self.picture, self.text, self.sentence):
            self.stack.addWidget(page)
        self.facts = Scroll(padding=Space.LARGE, spacing=Space.SMALL)
        self.facts.setFixedWidth(shell.theme.px(300))
        self.facts.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.facts.setAccessibleName(tr(N_("What is known of it")))

        middle = QHBoxLayout()
        margins(middle, 0, 0)
        middle.addWidget(self.stack, 1)
        middle.addWidget(self.facts)
        column = QVBoxLayout(self)
        margins(column, 0, 0)
        column.addWidget(self._bar())
        column.addWidget(rule())
        column.addLayout(middle, 1)
        help_by_f1(self, shell, KEYS)
        destroy = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self)
        destroy.activated.connect(self.destroy_button.click)
        self.picture.zoomed.connect(lambda percent: self.scale.setText(f"{percent} %"))
        self.show_leaf()

    def _bar(self) -> QWidget:
        shell, tr = self.shell, self.shell.tr.tr
        bar = QWidget()
        row = QHBoxLayout(bar)
        margins(row, Space.SMALL, Space.HAIR)
        self.previous = icon_button(
            shell.icons, "chevron-left", tr(N_("Previous")), lambda: self.step(-1)
        )
        self.next = icon_button(shell.icons, "chevron-right", tr(N_("Next")), lambda: self.step(1))
        self.count = plain(role="muted", wrap=False)
        self.name = Elided(role="strong")
        self.scale = plain(role="muted", wrap=False)
        for part in (self.previous, self.next, self.count):
            row.addWidget(part)
        row.addSpacing(Space.SMALL)
        row.addWidget(self.name, 1)
        self._zooming: list[QWidget] = [
            icon_button(shell.icons, "minus", tr(N_("Smaller (−)")), lambda: self.picture.zoom(-1)),
            self.scale,
            icon_button(shell.icons, "plus", tr(N_("Larger (+)")), lambda: self.picture.zoom(1)),
            icon_button(shell.icons, "image", tr(N_("Whole picture (0)")), self.picture.fit),
        ]
        for widget in self._zooming:
            row.addWidget(widget)
        row.addSpacing(Space.SMALL)
        self.export = button(
            tr(N_("Save a copy…")), self.ask_export, icons=shell.icons, icon="download"
        )
        row.addWidget(self.export)
        self.destroy_button = icon_button(
            shell.icons, "trash", tr(N_("Destroy this piece of evidence…")), self.ask_destroy
        )
        row.addWidget(self.destroy_button)
        row.addWidget(button(tr(N_("Close")), self.close))
        return bar

    # -- going through ----------------------------------------------------------------------------

    def piece(self) -> Evidence:
        return self._pieces[self._at]

    def leaves(self) -> int:
        return len(self._pieces)

    def show_leaf(self) -> None:
        piece, tr = self.piece(), self.shell.tr
        self.name.set_whole(piece.original_name or tr.tr(N_("Destroyed evidence")))
        self.count.setText(
            tr.tr(N_("{n} of {all}"), n=tr.number(self._at + 1), all=tr.number(len(self._pieces)))
        )
        for way in (self.previous, self.next):
            way.setEnabled(len(self._pieces) > 1)
        self.export.setEnabled(not piece.erased)
        self.destroy_button.setEnabled(not piece.erased)
        for widget in self._zooming:
            widget.setVisible(piece.media_type.startswith("image/") and not piece.erased)
        self._say(tr.tr(N_("Opening…")))
        self._show_facts(piece, ())
        workspace = self.shell.workspace
        self.shell.tasks.read(self, lambda: look_at(workspace, piece), self._arrived, key="look")
        if piece.erased or piece.id in self._logged:
            self._read_custody()
            return
        self._logged.add(piece.id)
        self.shell.tasks.mutate(
            self,
            lambda: workspace.moderation.viewed(piece.id),
            lambda _: self._read_custody(),
            lambda _error: self._read_custody(),
        )

    def _arrived(self, look: Look) -> None:
        if look.image is not None:
            self.stack.setCurrentWidget(self.picture)
            self.picture.show_image(look.image, self.piece().original_name)
            self.picture.setFocus()
        elif look.text is not None:
            self.text.setPlainText(look.text)
            self.stack.setCurrentWidget(self.text)
        elif look.trouble is not None:
            self._say(self.shell.tr.explain(look.trouble))

    def _say(self, text: str) -> None:
        self.sentence.setText(text)
        self.stack.setCurrentWidget(self.sentence)

    # -- what is known --------------------------------------------------------------------------

    def _read_custody(self) -> None:
        piece, vault = self.piece(), self.shell.workspace.vault
        self.shell.tasks.read(
            self,
            lambda: vault.custody(piece.id),
            lambda lines: self._show_facts(piece, lines),
            key="custody",
        )

    def _show_facts(self, piece: Evidence, custody: Sequence[Custody]) -> None:
        tr = self.shell.tr
        body = self.facts.body
        clear(body)
        facts = [
            (tr.tr(N_("Added on")), whole_moment(tr, piece.captured_at)),
            (tr.tr(N_("By")), piece.collector),
            (tr.tr(N_("How")), tr.tr(METHODS.get(piece.method, piece.method))),
            (tr.tr(N_("Original name")), piece.original_name),
            (tr.tr(N_("Kind and size")), f"{piece.media_type}, {tr.size(piece.size)}"),
            (tr.tr(N_("Link")), piece.url),
            (tr.tr(N_("Note")), piece.note),
            ("SHA-256", piece.sha256),
        ]
        for label, value in facts:
            if not value:
                continue
            # A hash is one long word: cut in two lines, it shows whole.
            shown = f"{value[:32]}\n{value[32:]}" if label == "SHA-256" else value
            words = plain(shown)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.setAccessibleName(f"{label} {value}")
            body.addWidget(stack(plain(label, role="small"), words, spacing=0))
        body.addWidget(
            button(
                tr.tr(N_("Copy the hash")),
                lambda: QGuiApplication.clipboard().setText(piece.sha256),
                icons=self.shell.icons,
                icon="copy",
                kind="small",
            ),
            0,
            Qt.AlignmentFlag.AlignLeft,
        )
        body.addWidget(rule())
        body.addWidget(plain(tr.tr(N_("Custody")), role="section"))
        for line in custody:
            act = tr.tr(ACTS.get(line.act, line.act))
            whom = f" → {line.to_whom}" if line.to_whom else ""
            body.addWidget(plain(f"{tr.moment(line.at, 'short')} · {line.who} · {act}{whom}"))
        body.addStretch(1)

    # -- destroying -----------------------------------------------------------------------------

    def ask_destroy(self) -> None:
        """Destroy the piece in front, such as a capture that was taken by mistake."""
        ask_destroy_evidence(self.shell, [self.piece()], self, self._read_anew)

    def _read_anew(self) -> None:
        """Show the piece in front as it is by now."""
        at, moderation = self._at, self.shell.workspace.moderation
        piece = self.piece()

        def arrived(now: Evidence) -> None:
            self._pieces[at] = now
            self.show_leaf()

        self.shell.tasks.read(self, lambda: moderation.evidence(piece.id), arrived)

    # -- giving away ----------------------------------------------------------------------------

    def ask_export(self) -> None:
        """Save a clear copy: first for whom, then where."""
        tr = self.shell.tr.tr
        self.shell.messages.ask_text(
            tr(N_("Save a copy")),
            tr(N_("The copy is no longer encrypted. The custody log keeps for whom it is.")),
            tr(N_("For whom")),
            tr(N_("Choose the place…")),
            self._ask_place,
            parent=self,
        )

    def _ask_place(self, to_whom: str) -> None:
        piece, tr = self.piece(), self.shell.tr.tr
        name = safe_name(piece.original_name, "preuve")
        if not Path(name).suffix:
            name += extension(piece.media_type)
        kinds = f"{piece.media_type} (*{Path(name).suffix})"
        save_as(
            self, tr(N_("Save a copy")), name, kinds, lambda path: self.save_copy(path, to_whom)
        )

    def save_copy(self, target: Path, to_whom: str) -> None:
        piece, workspace, tr = self.piece(), self.shell.workspace, self.shell.tr.tr
        self.shell.tasks.long(
            self,
            tr(N_("Saving a copy")),
            lambda report: workspace.export_evidence(
                piece.id,
                target,
                to_whom,
                progress=lambda done, total: report(Progress(done, total)),
            ),
            lambda _changes: self._saved(target),
        )

    def _saved(self, target: Path) -> None:
        self._read_custody()
        saved(self, target)


def look_at(workspace: object, piece: Evidence) -> Look:
    """Read and decode a piece. Made for a worker; never raises."""
    try:
        if piece.erased:
            raise UserError("destroyed", N_("This file was destroyed; only its hash is kept."))
        is_text = piece.media_type.startswith("text/")
        if not (piece.media_type.startswith("image/") or is_text):
            raise UserError(
                "not_shown", N_("This kind of file is not shown here. Save a copy to open it.")
            )
        data: bytes = workspace.vault.read(piece.blob_id)  # type: ignore[attr-defined]
        if is_text:
            return Look(text=_readable(data))
        return Look(image=decoded(data, piece.media_type))
    except UserError as error:
        return Look(trouble=error)


def _readable(data: bytes) -> str:
    text = data[: 4 * _TEXT_SHOWN].decode("utf-8", "replace")[:_TEXT_SHOWN]
    # One line of a hundred thousand characters would hold the window for a second.
    return "\n".join(
        line[start : start + 2_000]
        for line in text.splitlines()
        for start in range(0, max(1, len(line)), 2_000)
    )
