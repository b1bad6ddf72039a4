"""Ctrl+K: find anything by a few letters, accents and typing errors forgiven.

Actions come from the table of actions; everything else from finders, which run in a worker.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypedDict

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from scc_admin.i18n import N_, Translator
from scc_admin.model import SEARCHED, SEARCHED_WORDS, Language
from ui.actions import SECTIONS, Action, ActionTable, Section
from ui.icons import Icons
from ui.messages import announce
from ui.tables import Index
from ui.tasks import Tasks
from ui.theme import Space, Theme, Type
from ui.widgets import elided, plain

SHOWN = 40
"""Hits shown at most."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found. `kind` says what it is; `run` opens it, on the GUI thread."""

    title: str
    kind: str
    run: Callable[[], object]
    icon: str = ""
    detail: str = ""
    also: str = ""
    """Its title in the other language: many think in one and read in the other."""
    words: str = ""
    """Further words under which it is found, not shown."""
    lower: float = 0.0
    """How much further down it stands than what answers as well."""
    exact: bool = False
    """It bears the very number or name that was typed: it stands before all else."""
    score: float = 0.0


Finder = Callable[[str], Sequence[Hit]]
"""Called in a worker with what was typed; returns candidates, which are then ranked here."""


_TOKEN = re.compile(r"[\w@#]+")
_STEM = 5
"""Letters that two words of one family have in common at least."""
WRITTEN = 10.0
"""How much lower stands what somebody wrote than an act or a setting that answers as well."""
EXACT = 101.0
"""Higher than any words answer."""


def fold(text: str) -> str:
    """Without accents or case, as one types in a hurry."""
    # Twice: some letters fold into others that fold again.
    for _ in range(2):
        split = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
        text = "".join(c for c in split if not unicodedata.combining(c))
    return text


def rank(query: str, text: str) -> float:
    """How well a text answers a query, 0 to 100. Each word of the query must be met."""
    asked, tokens = _TOKEN.findall(fold(query))[:SEARCHED_WORDS], _TOKEN.findall(fold(text))
    if not asked:
        return 1.0 if not query.strip() else 0.0
    if tokens[: len(asked)] == asked:
        return 100.0 if len(tokens) == len(asked) else 99.0
    if " ".join(tokens).startswith(" ".join(asked)):
        return 97.0
    total = 0.0
    for word in asked:
        best = max((_met(word, token, place) for place, token in enumerate(tokens)), default=0.0)
        if best == 0.0:
            best = _alike(word, tokens)
        if best == 0.0:
            return 0.0
        total += best
    return total / len(asked)


def _met(word: str, token: str, place: int) -> float:
    """How well a token answers a word: it is that word, begins so, holds it, is of its family."""
    first = 2.0 if place == 0 else 0.0
    if token == word:
        return 94.0 + first
    if token.startswith(word):
        return 90.0 + first
    if word in token and (len(word) > 2 or word.isdigit()):
        return 75.0
    # « imprimante » for « imprimer », « sauvegarder » for « sauvegarde »; never « volet » for
    # « voleur ».
    pairs = enumerate(zip(word, token, strict=False))
    same = next((at for at, (one, other) in pairs if one != other), min(len(word), len(token)))
    return 70.0 if same >= _STEM and same >= 0.6 * max(len(word), len(token)) else 0.0


def _alike(word: str, tokens: Sequence[str]) -> float:
    """Likeness to the nearest token, or to its beginning; 0 when it is another word.

    One slip in five letters, two in nine, and hardly anyone slips on the first letter: with more,
    « voleur » would find « volet ».
    """
    if len(word) < 5 or word.isdigit():
        return 0.0
    from rapidfuzz.distance import OSA

    allowed = 1 if len(word) < 9 else 2
    best, place = min(
        (
            (OSA.distance(word, part, score_cutoff=allowed), place > 0)
            for place, token in enumerate(tokens)
            if token[:1] == word[:1] or token[:2] == word[1::-1]
            for part in {token[: len(word)], token[: len(word) + 1], token[: len(word) - 1]}
        ),
        default=(allowed + 1, True),
    )
    return 0.0 if best > allowed else 65.0 - 10.0 * best - 2.0 * place


def _answer(query: str, hit: Hit) -> float:
    """How well a hit answers: by its title, by one of its words exactly, or by all of it."""
    exact = fold(query).strip() in _TOKEN.findall(fold(hit.words))
    return max(
        rank(query, hit.title),
        rank(query, hit.also) - 1 if hit.also else 0.0,
        90.0 if exact else 0.0,
        rank(query, f"{hit.title} {hit.detail} {hit.words}") - 8,
    )


def ranked(query: str, hits: Sequence[Hit]) -> list[Hit]:
    """Hits that answer the query, best first."""
    scored = []
    joined = "".join(query.split())
    for hit in hits:
        if hit.exact:
            scored.append(replace(hit, score=EXACT))
            continue
        score = _answer(query, hit)
        if score == 0 and joined != query:  # « back up »
            score = max(0.0, _answer(joined, hit) - 3)
        score -= hit.lower if score > 0 else 0.0
        if score > 0:
            scored.append(replace(hit, score=score))
    scored.sort(key=lambda hit: -hit.score)
    return scored


class _Hits(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.hits: list[Hit] = []

    def show_hits(self, hits: list[Hit]) -> None:
        self.beginResetModel()
        self.hits = hits
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return spoken(self.hits[index.row()])
        return None


def spoken(hit: Hit) -> str:
    return ", ".join(part for part in (hit.title, hit.kind, hit.detail) if part)


class _HitDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, icons: Icons, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, _Hits):
            return
        hit = model.hits[index.row()]
        theme = self._theme
        painter.save()
        rect = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("accent_soft"))
            painter.fillRect(
                QRectF(rect.left(), rect.top(), 3, rect.height()), theme.color("accent")
            )
        side = theme.px(18)
        left = rect.left() + theme.px(Space.MEDIUM)
        self._icons.paint(
            painter,
            QRectF(left, rect.center().y() - side / 2, side, side),
            hit.icon or "arrow-right",
            "muted",
        )
        left += side + theme.px(Space.MEDIUM)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        small = theme.font(Type.SMALL)
        tail = QFontMetrics(small)
        room = rect.right() - theme.px(Space.MEDIUM) - left
        # A little more than measured: what is drawn may be a fraction of a pixel wider.
        kind_width = min(tail.horizontalAdvance(hit.kind) + 4, room * 0.4)
        painter.setFont(small)
        painter.setPen(theme.color("muted"))
        painter.drawText(
            QRectF(
                rect.right() - theme.px(Space.MEDIUM) - kind_width,
                rect.top(),
                kind_width,
                rect.height(),
            ),
            middle | int(Qt.AlignmentFlag.AlignRight),
            elided(tail, hit.kind, int(kind_width)),
        )
        room -= kind_width + theme.px(Space.MEDIUM)
        font = theme.font()
        metrics = QFontMetrics(font)
        title = elided(metrics, hit.title, int(room))
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(left, rect.top(), room, rect.height()), middle, title)
        used = metrics.horizontalAdvance(title) + theme.px(Space.SMALL)
        if hit.detail and room - used > 40:
            painter.setFont(small)
            painter.setPen(theme.color("muted"))
            painter.drawText(
                QRectF(left + used, rect.top(), room - used, rect.height()),
                middle,
                elided(tail, hit.detail, int(room - used)),
            )
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, self._theme.px(36))


class _Names(TypedDict):
    also: str
    words: str


def in_both(tr: Translator, title: str, words: str) -> _Names:
    """`also` and `words` of a hit, from msgids: what it is called in both languages."""
    other = Translator(Language.EN if tr.language is Language.FR else Language.FR)
    found = f"{tr.tr(words)} {other.tr(words)}" if words else ""
    return _Names(also=other.tr(title), words=found)


_BEGINS_AT: dict[str, tuple[str, str]] = {
    Section.DRAFT: ("go:drafts", N_("choose a draft first")),
    Section.MODERATION: ("go:moderation", N_("choose a case first")),
    "print": ("go:reports", N_("the report; or go to what is to be printed")),
}
"""Where an act, or those of a section, begins when it cannot be done here; what is missing."""


@dataclass(frozen=True, slots=True)
class Way:
    """What stands on a screen as a button or a part of it, and is no action of the menus.

    `target` is what its screen is asked to open, once it is in front.
    """

    title: str
    place: str
    target: object = None
    icon: str = ""


WAYS: tuple[Way, ...] = (
    Way(N_("Build the packet"), "escalations", None, "package"),
    Way(N_("Confidentiality register"), "escalations", "register", "escalations"),
    Way(N_("Add a line"), "escalations", "register", "plus"),
    Way(N_("Registers"), "pages", ("view", "registers"), "pages"),
    Way(N_("Network of pages"), "pages", ("view", "network"), "pages"),
    Way(N_("Add a tie"), "pages", ("view", "network"), "plus"),
    Way(N_("Campaigns"), "calendar", ("view", "campaigns"), "flower"),
    Way(N_("New campaign"), "calendar", ("view", "campaigns"), "plus"),
    Way(N_("Import a calendar…"), "calendar", ("act", "import"), "upload"),
    Way(N_("Export the calendar…"), "calendar", ("act", "export"), "download"),
    Way(N_("Export the month as PDF…"), "calendar", ("act", "pdf"), "file"),
    Way(N_("Signed plan of a page…"), "calendar", ("act", "plan"), "shield"),
    Way(N_("Earlier imports…"), "calendar", ("act", "batches"), "history"),
    Way(N_("Trash of the calendar…"), "calendar", ("act", "trash"), "trash"),
    Way(N_("Journal"), "moderation", "journal", "moderation"),
    Way(N_("Retention"), "moderation", "retention", "archive"),
)


def _begins(action: Action) -> tuple[str, str] | None:
    return _BEGINS_AT.get(action.id) or _BEGINS_AT.get(action.section)


class Palette(QDialog):
    """The field and its hits. Up and Down choose, Enter opens, Esc leaves."""

    chosen = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        tr: Translator,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        actions: ActionTable,
        finders: Sequence[Finder],
        lead: Callable[[Way], object],
    ) -> None:
        super().__init__(parent)
        self._tr = tr
        self._tasks = tasks
        self._finders = tuple(finders)
        self.setWindowTitle(tr.tr(N_("Find anything")))
        self.setAccessibleName(self.windowTitle())
        self.setModal(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.MEDIUM, Space.MEDIUM, Space.MEDIUM, Space.MEDIUM)
        column.setSpacing(Space.SMALL)
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr.tr(N_("A draft, a person, a rule, an action…")))
        self.field.setAccessibleName(self.windowTitle())
        self.field.addAction(
            icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition
        )
        self.field.installEventFilter(self)
        column.addWidget(self.field)
        self._none = plain(tr.tr(N_("Nothing found. Try fewer letters.")), role="muted")
        self._none.hide()
        column.addWidget(self._none)
        self.list = QListView()
        self.list.setProperty("role", "bare")
        self.list.setAccessibleName(tr.tr(N_("What was found")))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(_HitDelegate(theme, icons, self))
        self._model = _Hits(self)
        self.list.setModel(self._model)
        self.list.clicked.connect(self._run)
        column.addWidget(self.list, 1)
        width = min(theme.px(640), parent.width() - 2 * Space.HUGE)
        height = min(theme.px(440), parent.height() - 2 * Space.HUGE)
        self.resize(width, height)
        corner = parent.mapToGlobal(parent.rect().topLeft())
        self.move(corner.x() + (parent.width() - width) // 2, corner.y() + theme.px(64))

        self._actions = [
            Hit(
                title=made.text(),
                kind=actions.shortcut(action.id)
                or tr.tr(SECTIONS[action.section]).replace("&", ""),
                run=made.trigger,
                icon=action.icon,
                **in_both(tr, action.text, action.words),
            )
            for action, made in actions
            if actions.possible(action) and action.id != "palette"
        ]
        self._elsewhere = [
            Hit(
                title=made.text(),
                kind=tr.tr(SECTIONS[action.section]).replace("&", ""),
                run=partial(actions.run, begins[0]),
                icon=action.icon,
                detail=tr.tr(begins[1]),
                **in_both(tr, action.text, action.words),
                lower=3.0,
            )
            for action, made in actions
            if (begins := _begins(action)) and not actions.possible(action)
        ]
        """What can be done, but not from here: it leads to where it begins."""
        self._elsewhere += [
            Hit(
                title=tr.tr(way.title),
                kind=actions.words_of(f"go-{way.place}"),
                run=partial(lead, way),
                icon=way.icon,
                **in_both(tr, way.title, ""),
                lower=0.5,
            )
            for way in WAYS
            if actions.runs(f"go:{way.place}")
        ]
        self._found: list[Hit] = []
        self.field.textChanged.connect(self._search)
        self._search("")

    def _search(self, typed: str) -> None:
        query = typed[:SEARCHED]
        self._found = []
        self._show(query)
        if self._finders:
            finders = self._finders

            def find() -> list[Hit]:
                return ranked(query, [hit for finder in finders for hit in finder(query)])

            def arrived(hits: list[Hit]) -> None:
                if typed == self.field.text():
                    self._found = hits
                    self._show(query)

            self._tasks.read(self, find, arrived, key="find")

    def _show(self, query: str) -> None:
        elsewhere = self._elsewhere if query.strip() else []
        hits = ranked(query, self._actions + elsewhere) + self._found
        if query:
            hits.sort(key=lambda hit: -hit.score)
        before = self.current()
        self._model.show_hits(hits[:SHOWN])
        self._none.setVisible(not hits)
        row = 0
        if before is not None and query:
            same = [i for i, h in enumerate(hits[:SHOWN]) if h.title == before.title]
            row = same[0] if same and self._moved else 0
        self._select(row, moved=False)

    _moved = False

    def current(self) -> Hit | None:
        row = self.list.currentIndex().row()
        return self._model.hits[row] if 0 <= row < len(self._model.hits) else None

    def _select(self, row: int, *, moved: bool = True) -> None:
        self._moved = moved
        count = len(self._model.hits)
        if count == 0:
            return
        row = min(max(row, 0), count - 1)
        self.list.setCurrentIndex(self._model.index(row, 0))
        announce(self.field, spoken(self._model.hits[row]))

    def _run(self) -> None:
        hit = self.current()
        if hit is None:
            return
        self.accept()
        hit.run()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            row = self.list.currentIndex().row()
            steps = {
                Qt.Key.Key_Down: row + 1,
                Qt.Key.Key_Up: row - 1,
                Qt.Key.Key_PageDown: row + 8,
                Qt.Key.Key_PageUp: row - 8,
            }
            key = Qt.Key(event.key())
            if key in steps:
                self._select(steps[key])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
        return super().eventFilter(watched, event)

    def done(self, result: int) -> None:
        self._tasks.forget(self)
        super().done(result)
        self.deleteLater()
