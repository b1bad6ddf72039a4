"""What was found, and what only a person can say: the list beside the editor.

Cards are reused from verdict to verdict, and nothing is laid out again while a verdict says the
same as the one before, so that typing stays quiet.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from scc_admin.i18n import N_, NN_, Translator
from scc_admin.model import (
    Answer,
    Approval,
    Confidence,
    Count,
    CountPart,
    Finding,
    Override,
    Question,
    Severity,
    Theme,
)
from scc_admin.words import SEVERITIES, THEMES
from ui.icons import SEVERITY_ICONS, Icons
from ui.screen import Shell
from ui.theme import Space, Type
from ui.widgets import (
    CounterRing,
    FlowLayout,
    IconLabel,
    Scroll,
    button,
    clear,
    count_color,
    count_words,
    elided,
    margins,
    plain,
    plain_tip,
    set_property,
    show_in,
)

if TYPE_CHECKING:
    from scc_admin.proofreading import Closest

REST_MS = 300
"""After the focus went on to another question by itself: a key pressed twice answers one only."""

SHOWN = 30
"""Cards shown at once; the rest waits behind a button."""

SPELLING = "LAN-02"
"""The rule whose findings have suggestions."""

OF_PICTURES = ("LIS-04", "CONF-09")
"""Beginnings of the rules about one picture: its words, the people on it."""

WITNESS = "DEV-08"
"""The question that a consent of the register answers."""

ALIKE = "PAGE-01"
"""The rule that a declared share settles."""

_VALUES = frozenset({Theme.INTEGRITY, Theme.DEDICATION, Theme.DETERMINATION, Theme.DYNAMISM})
_ORDER = (
    Theme.PLATFORM,
    Theme.CONFIDENTIALITY,
    Theme.INTEGRITY,
    Theme.DEDICATION,
    Theme.DETERMINATION,
    Theme.DYNAMISM,
    Theme.CONDUCT,
    Theme.PAGES,
    Theme.CALENDAR,
    Theme.ACCESSIBILITY,
    Theme.LANGUAGE,
)

_PIECE, _PIECES, _LOOKED_AT = 40, 8, 500
"""Characters shown of a piece that costs more than one, pieces shown, and pieces looked at."""

_SURE = {
    Confidence.OFFICIAL: N_("Limit published by the network: {source}"),
    Confidence.SECOND_HAND: N_("Limit that others report, not the network: {source}"),
    Confidence.FOLKLORE: N_("Limit widely repeated, that the network has not published: {source}"),
    Confidence.HOUSE: N_("Limit of the organisation: {source}"),
}

_REASONS: dict[str, tuple[str, str]] = {
    "link": NN_("{n} link: {cost}", "{n} links: {cost}"),
    "emoji": NN_("{n} emoji: {cost}", "{n} emoji: {cost}"),
    "wide": NN_("{n} wide character: {cost}", "{n} wide characters: {cost}"),
    "mention": NN_("{n} mention: {cost}", "{n} mentions: {cost}"),
    "quotes": NN_("{n} pair of quotes: {cost}", "{n} pairs of quotes: {cost}"),
    "bytes": NN_(
        "{n} character of several bytes: {cost}", "{n} characters of several bytes: {cost}"
    ),
}


def group_title(tr: Translator, theme: Theme) -> str:
    """« Valeurs · Intégrité »."""
    name = tr.tr(THEMES[theme])
    return tr.tr(N_("Values · {name}"), name=name) if theme in _VALUES else name


def explain_count(tr: Translator, count: Count, text: str) -> list[str]:
    """What costs more or less than one a character, the dearest first: « 2 liens : 46 (…) »."""
    costs: dict[str, list[CountPart]] = {}
    for part in count.parts:
        costs.setdefault(part.reason, []).append(part)
    found = []
    for reason, parts in sorted(costs.items(), key=lambda item: -sum(p.cost for p in item[1])):
        one, many = _REASONS.get(reason, NN_("{n} other: {cost}", "{n} others: {cost}"))
        whole = tr.ntr(one, many, len(parts), cost=tr.number(sum(part.cost for part in parts)))
        uneven = len({part.cost for part in parts}) > 1
        pieces = Counter((text[p.start : p.end], p.cost) for p in parts[:_LOOKED_AT])
        each = [
            (piece if len(piece) <= _PIECE else piece[:_PIECE] + "…")
            + (f" {tr.number(cost)}" if uneven else "")
            + (f" × {tr.number(times)}" if times > 1 else "")
            for (piece, cost), times in pieces.most_common(_PIECES)
        ]
        more = len(pieces) > _PIECES or len(parts) > _LOOKED_AT
        found.append(f"{whole} ({', '.join(each)}{', …' if more else ''})")
    return found


def limit_words(tr: Translator, count: Count) -> str:
    """Who says so of a limit, and how sure that is; empty without a limit."""
    if count.limit is None:
        return ""
    if count.own:
        return tr.tr(N_("Limit of its server, as noted with the page"))
    return tr.tr(_SURE[count.confidence], source=count.source)


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as the list shows it; `number` is its place in the verdict."""

    number: int
    finding: Finding

    @property
    def key(self) -> tuple[object, ...]:
        f = self.finding
        return (f.rule, f.severity, f.message, f.excerpt, f.suggestion, f.mends)


class _Head(QAbstractButton):
    """A finding in two lines: icon, what is wrong, the excerpt. Checked while it is open."""

    moved = Signal(int)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._icon = ""
        self._color = "text"
        self._word = ""
        self._excerpt = ""
        self._hover = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def tell(self, finding: Finding) -> None:
        self._icon = SEVERITY_ICONS[finding.severity]
        self._color = finding.severity.value
        self._word = self._shell.tr.tr(SEVERITIES[finding.severity])
        self._excerpt = " ".join(finding.excerpt.split())
        self.setText(finding.message.replace("&", "&&"))
        words = [self._word, finding.message]
        if self._excerpt:
            words.append(self._shell.tr.quote(self._excerpt))
        self.setAccessibleName(". ".join(words))
        self.setAccessibleDescription(finding.suggestion)
        self.updateGeometry()
        self.update()

    def _text_box(self, width: int) -> QRect:
        theme = self._shell.theme
        left = theme.px(18) + 2 * Space.SMALL
        metrics = QFontMetrics(theme.font())
        room = QRect(left, Space.SMALL, max(40, width - left - Space.SMALL), 10_000)
        return metrics.boundingRect(room, _WRAP, self.text().replace("&&", "&"))

    def heightForWidth(self, width: int) -> int:
        small = QFontMetrics(self._shell.theme.font(Type.SMALL)).height()
        return self._text_box(width).height() + small + 2 * Space.SMALL + 2

    def sizeHint(self) -> QSize:
        return QSize(300, self.heightForWidth(max(300, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._shell.theme.px(40))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._shell.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._hover and not self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.tint("accent", 0.06))
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        side = theme.px(18)
        icon = QRectF(Space.SMALL, Space.SMALL, side, side)
        self._shell.icons.paint(painter, icon, self._icon, self._color)
        box = self._text_box(self.width())
        painter.setFont(theme.font())
        painter.setPen(theme.color("text"))
        painter.drawText(box, _WRAP, self.text().replace("&&", "&"))
        font = theme.font(Type.SMALL)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        below = QRectF(
            box.left(), box.bottom() + 2, self.width() - box.left() - Space.SMALL, metrics.height()
        )
        painter.setPen(theme.color(self._color))
        painter.drawText(below, 0, self._word)
        used = metrics.horizontalAdvance(self._word + " ")
        if self._excerpt:
            painter.setPen(theme.color("muted"))
            room = below.adjusted(used, 0, 0, 0)
            words = f"· {self._shell.tr.quote(self._excerpt)}"
            painter.drawText(room, 0, elided(metrics, words, int(room.width())))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = False
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None:
            self.moved.emit(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


_WRAP = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft)


class _Card(QFrame):
    """A finding; open, it says what to do and offers to do it."""

    def __init__(self, panel: FindingsPanel) -> None:
        super().__init__()
        self._panel = panel
        self._shell = panel.shell
        self.number = -1
        self.key: tuple[object, ...] = ()
        self.setProperty("role", "finding")
        column = QVBoxLayout(self)
        margins(column, 1, 0)
        self.head = _Head(panel.shell)
        self.head.clicked.connect(self._clicked)
        self.head.moved.connect(lambda step: panel.move_from(self, step))
        column.addWidget(self.head)
        self._body: QWidget | None = None
        self._finding: Finding | None = None

    def tell(self, told: Told) -> None:
        self.number = told.number
        if told.key == self.key:
            return
        self.key = told.key
        self._finding = told.finding
        self.head.tell(told.finding)
        if self._body is not None:
            self._body.hide()
            self._body.deleteLater()
            self._body = None
        if self.head.isChecked():
            self._make_body()

    def set_open(self, opened: bool) -> None:
        self.head.setChecked(opened)
        set_property(self, "open", "true" if opened else "false")
        if opened and self._body is None:
            self._make_body()
        if self._body is not None:
            self._body.setVisible(opened)

    def _clicked(self) -> None:
        self._panel.choose(self.number if self.head.isChecked() else -1)

    def _make_body(self) -> None:
        finding = self._finding
        if finding is None:
            return
        panel, icons = self._panel, self._shell.icons
        tr = self._shell.tr.tr
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(
            self._shell.theme.px(18) + 2 * Space.SMALL, 0, Space.SMALL, Space.SMALL
        )
        column.setSpacing(Space.SMALL)
        if finding.suggestion:
            column.addWidget(plain(finding.suggestion, role="muted"))
        row = FlowLayout(Space.HAIR)
        for fix in finding.mends:
            short = fix.label if len(fix.label) <= 44 else tr(N_("Correct"))
            mend = button(
                short,
                partial(panel.fix_asked.emit, self.number, fix),
                icons=icons,
                icon="wand",
                kind="small",
                tip=fix.label,
            )
            row.addWidget(mend)
        if finding.rule == ALIKE:
            row.addWidget(
                button(
                    tr(N_("It is a share of it")),
                    lambda: panel.share_asked.emit(-1),
                    kind="small",
                    tip=tr(N_("A share, or a version of the same post, is no duplicate")),
                )
            )
        if finding.end > finding.start or finding.rule.startswith(OF_PICTURES):
            in_text = finding.end > finding.start
            row.addWidget(
                button(
                    tr(N_("Go to the text") if in_text else N_("Go to the picture")),
                    lambda: panel.jump_asked.emit(self.number),
                    icons=icons,
                    icon="jump",
                    kind="small",
                )
            )
        if finding.severity in (Severity.ERROR, Severity.BLOCK):
            row.addWidget(
                button(
                    tr(N_("Publish all the same…")),
                    lambda: panel.override_asked.emit(self.number),
                    kind="small",
                )
            )
        else:
            if finding.rule == SPELLING:
                row.addWidget(
                    button(
                        tr(N_("Suggestions…")),
                        lambda: panel.spelling_asked.emit(self.number),
                        icons=icons,
                        icon="spelling",
                        kind="small",
                    )
                )
            row.addWidget(
                button(
                    tr(N_("Ignore…")),
                    lambda: panel.override_asked.emit(self.number),
                    kind="small",
                    tip=tr(N_("Show this no more in this draft")),
                )
            )
        row.addWidget(
            button(
                tr(N_("Why?")),
                lambda: panel.why_asked.emit(finding.rule, finding.slides),
                icons=icons,
                icon="guide",
                kind="small",
                tip=tr(N_("Opens the guide where this rule is explained")),
            )
        )
        column.addLayout(row)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self._body)


class _Choices(QObject):
    """Buttons of which one is down: Tab, the arrows and a letter of each go along, and choose
    nothing."""

    def __init__(self, parent: QWidget, resting: Callable[[], bool]) -> None:
        """While `resting` says so, no answer is given."""
        super().__init__(parent)
        self._resting = resting
        self._buttons: list[QPushButton] = []
        self._letters: list[str] = []

    def add(self, made: QPushButton) -> str:
        """Take one more, and return the letter that leads to it."""
        # A card is made anew once its answer is kept; until then the button shows what stood.
        stands = made.isChecked()
        made.clicked.connect(lambda _=False: made.setChecked(stands))
        self._buttons.append(made)
        made.installEventFilter(self)
        words = made.text().upper()
        free = [word[0] for word in words.split()] + list(words)
        self._letters.append(next((x for x in free if x not in (*self._letters, " ")), ""))
        return self._letters[-1]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and isinstance(watched, QPushButton)
        ):
            if event.key() in _GIVING and self._resting():
                return True
            place = self._led_to(watched, event)
            if place is not None:
                self._buttons[place].setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _led_to(self, here: QPushButton, event: QKeyEvent) -> int | None:
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is not None:
            return (self._buttons.index(here) + step) % len(self._buttons)
        held = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        letter = event.text().upper()
        if not letter.strip() or letter not in self._letters or held:
            return None
        return self._letters.index(letter)


_GIVING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_ARROWS = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
}


_REST = (("n/a", N_("Not applicable")), ("unsure", N_("Not certain…")))


def _empty(box: QVBoxLayout) -> None:
    """Take everything out of `box`; cards stay, to be put back.

    By `removeWidget`: an item that Python still holds keeps the widget's place in Qt's cache of
    sizes, and the card would never again be given the height it needs.
    """
    while (item := box.itemAt(0)) is not None:
        widget = item.widget()
        assert widget is not None
        box.removeWidget(widget)
        if not isinstance(widget, _Card):
            widget.hide()
            widget.deleteLater()


_YES_OR_NO = (("yes", N_("Yes")), ("no", N_("No")), *_REST)
_IN_WORDS = (("yes", N_("Answer…")), *_REST)
_CONFIRMED = ("yes", "no", "n/a")
"""Answers that can be given again as they stand."""


class _QuestionCard(QFrame):
    """A question: yes, no, not applicable; who answered, when, and a note."""

    def __init__(
        self, panel: FindingsPanel, question: Question, answer: Answer | None, valid: bool
    ):
        super().__init__()
        shell, tr = panel.shell, panel.shell.tr
        self.rule = question.rule
        self.button: QPushButton | None = None
        """What has the focus when one comes here: to confirm, the answer given, or the first."""
        self.setProperty("role", "finding")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.SMALL, Space.SMALL, Space.SMALL, Space.SMALL)
        column.setSpacing(Space.HAIR)
        head = QHBoxLayout()
        head.setSpacing(Space.SMALL)
        self.settled = answer is not None and valid and answer.answer in ("yes", "n/a")
        icon, color = ("check", "ok") if self.settled else ("question", "accent")
        head.addWidget(IconLabel(shell.icons, icon, color, 18), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(plain(question.text), 1)
        column.addLayout(head)
        inner = QVBoxLayout()
        inner.setContentsMargins(shell.theme.px(18) + Space.SMALL, 0, 0, 0)
        inner.setSpacing(Space.HAIR)
        if question.suggestion:
            inner.addWidget(plain(question.suggestion, role="small"))
        row = FlowLayout(Space.HAIR)
        choices = _Choices(self, panel.resting)
        made: list[QPushButton] = []
        letters: list[str] = []
        note = answer.note if answer is not None else ""
        given = answer.answer if answer is not None and valid else ""
        words = dict(_YES_OR_NO)
        if answer is not None and not valid and answer.answer in _CONFIRMED and not panel.frozen:
            confirm = button(
                tr.tr(N_("Confirm")),
                partial(panel.answered.emit, question.rule, answer.answer, note),
                icons=shell.icons,
                icon="check",
                kind="small",
                tip=tr.tr(N_("The same answer, for the text as it now stands")),
            )
            confirm.setAccessibleName(f"{question.text} {confirm.text()}")
            letters.append(choices.add(confirm))
            row.addWidget(confirm)
            self.button = confirm
        offered = _IN_WORDS if question.in_words else _YES_OR_NO
        for value, word in () if panel.frozen else offered:
            act: Callable[[], object]
            if value == given:  # a key pressed twice must not take back what it just said
                act, tip = _nothing, ""
            elif value == "unsure":
                act, tip = (
                    partial(panel.unsure.emit, question),
                    tr.tr(N_("Ask somebody to validate")),
                )
            elif value == "yes" and question.in_words:
                act, tip = partial(panel.note_asked.emit, question, answer), ""
            else:
                act, tip = partial(panel.answered.emit, question.rule, value, note), ""
            choice = button(tr.tr(word), act, kind="small", tip=tip)
            choice.setCheckable(True)
            choice.setChecked(value == given)
            choice.setAccessibleName(f"{question.text} {tr.tr(word)}")
            letters.append(choices.add(choice))
            made.append(choice)
            row.addWidget(choice)
            if self.button is None and value == given:
                self.button = choice
        if self.button is None and made:
            self.button = made[0]
        self.choices: Sequence[QPushButton] = made
        """The answers that can be given."""
        keys = tr.tr(
            N_("Tab, the arrows and the letters {letters} go along the answers; Enter gives one."),
            letters=", ".join(letters),
        )
        for choice in made:
            choice.setAccessibleDescription(" ".join(filter(None, (choice.toolTip(), keys))))
        if answer is not None and valid and not panel.frozen:
            row.addWidget(
                button(
                    tr.tr(N_("Change the note…") if note else N_("Add a note…")),
                    lambda: panel.note_asked.emit(question, answer),
                    kind="link",
                )
            )
            back = button(
                tr.tr(N_("Take the answer back")),
                partial(panel.answered.emit, question.rule, "", ""),
                kind="link",
                tip=tr.tr(N_("The question is open again")),
            )
            row.addWidget(back)
        if question.rule == WITNESS and not panel.frozen:
            row.addWidget(
                button(
                    tr.tr(N_("Link a consent…")),
                    partial(panel.consent_asked.emit, question),
                    kind="link",
                )
            )
        row.addWidget(
            button(
                tr.tr(N_("Why?")),
                lambda: panel.why_asked.emit(question.rule, question.slides),
                kind="link",
            )
        )
        inner.addLayout(row)
        if answer is not None:
            if valid:
                text = tr.tr(
                    N_("Answered by {who}, {when}"), who=answer.who, when=tr.moment(answer.at)
                )
                if panel.frozen and not (question.in_words and note):
                    text = f"{tr.quote(tr.tr(words[answer.answer]))} · {text}"
                if answer.answer in ("no", "unsure"):
                    text = tr.tr(N_("To be settled before publication.")) + " " + text
            else:
                text = tr.tr(
                    N_("The text has changed since {who} answered, {when}: please confirm."),
                    who=answer.who,
                    when=tr.moment(answer.at),
                )
                if not (question.in_words and note):
                    said = tr.quote(tr.tr(words[answer.answer]))
                    text = f"{text} {tr.tr(N_('The answer was: {answer}'), answer=said)}"
            inner.addWidget(plain(text, role="small"))
            if note:
                inner.addWidget(plain(tr.quote(note), role="small"))
        column.addLayout(inner)
        self.setAccessibleName(question.text)


class _CountCard(QFrame):
    """A length against its limit, and what costs more than one."""

    def __init__(self, panel: FindingsPanel) -> None:
        super().__init__()
        self._panel = panel
        self._shell = panel.shell
        self._count: Count | None = None
        self._name = self._text = ""
        self.setProperty("role", "finding")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.SMALL, Space.SMALL, Space.SMALL, Space.SMALL)
        row.setSpacing(Space.MEDIUM)
        self._ring = CounterRing(self._shell.theme, self._shell.tr, 26)
        row.addWidget(self._ring, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._words = plain(role="strong")
        self._parts = plain(role="small")
        words.addWidget(self._words)
        words.addWidget(self._parts)
        row.addLayout(words, 1)

    def show_count(self, name: str, count: Count, text: str) -> None:
        if (name, count, text) == (self._name, self._count, self._text):
            return
        self._name, self._count, self._text = name, count, text
        tr = self._shell.tr
        self._ring.show_count(count)
        self._words.setText(tr.tr(N_("{name}: {count}"), name=name, count=count_words(tr, count)))
        parts, limit = explain_count(tr, count, text), limit_words(tr, count)
        shown = (
            parts if count.confidence.sure or not limit else [*parts, tr.tr(N_("unofficial limit"))]
        )
        self._parts.setText(" · ".join(shown))
        self._parts.setVisible(bool(shown))
        self.setToolTip(plain_tip(limit))
        self.setAccessibleName(" · ".join([self._words.text(), *shown]))
        self.setAccessibleDescription(limit)
        color = count_color(count)
        set_property(self._words, "role", "error" if color == "error" else "strong")


class FindingsPanel(QWidget):
    """Counts, findings by theme, overrides, questions, approvals: all that stands between a text
    and its publication."""

    jump_asked = Signal(int)
    fix_asked = Signal(int, object)
    override_asked = Signal(int)
    why_asked = Signal(str, object)
    answered = Signal(str, str, str)
    """Rule, answer, note."""
    note_asked = Signal(object, object)
    consent_asked = Signal(object)
    """A `Question` to be answered by a line of the register of consents."""
    unsure = Signal(object)
    """A `Question` that whoever writes cannot answer."""
    spelling_asked = Signal(int)
    taken_up = Signal(object)
    """An `Override`, or a remark set aside: the finding stands again."""
    draft_asked = Signal(int)
    share_asked = Signal(int)
    """This draft shares that one, or the post that resembles it most (-1)."""
    text_offered = Signal(object)
    """A `Source` or a `Template` to be put into the text."""
    approval_answered = Signal(object, bool)
    approval_withdrawn = Signal(object)
    chosen = Signal(int)
    """Number of the finding now open; -1 for none."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.current = -1
        self._told: list[Told] = []
        self._keys: list[object] = []
        self._cards: list[_Card] = []
        self._all = False
        self.frozen = False
        """Whether what people said is part of the record, and only shown."""
        outer = QVBoxLayout(self)
        margins(outer, 0, 0)
        self._area = Scroll(padding=Space.MEDIUM, spacing=Space.SMALL)
        self._area.setAccessibleName(shell.tr.tr(N_("Findings")))
        outer.addWidget(self._area)
        body = self._area.body
        self._counts: list[_CountCard] = []
        self._count_box = QVBoxLayout()
        self._finding_box = QVBoxLayout()
        self._override_box = QVBoxLayout()
        self._aside_box = QVBoxLayout()
        self._near_box = QVBoxLayout()
        self._question_box = QVBoxLayout()
        self._approval_box = QVBoxLayout()
        for box in (
            self._count_box,
            self._finding_box,
            self._question_box,
            self._approval_box,
            self._override_box,
            self._near_box,
            self._aside_box,
        ):
            box.setSpacing(Space.HAIR)
            body.addLayout(box)
        body.addStretch(1)
        self._shown: dict[str, object] = {}
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._reveal = QTimer(self)
        """New cards have their places only once they are laid out."""
        self._reveal.setSingleShot(True)
        self._reveal.timeout.connect(self._show_focused)
        self._area.verticalScrollBar().rangeChanged.connect(lambda *_range: self._reveal.start())

    # -- findings ------------------------------------------------------------------------------

    def show_counts(self, counts: Sequence[tuple[str, Count]], text: str) -> None:
        while len(self._counts) < len(counts):
            card = _CountCard(self)
            self._counts.append(card)
            self._count_box.addWidget(card)
        for index, card in enumerate(self._counts):
            card.setVisible(index < len(counts))
            if index < len(counts):
                card.show_count(*counts[index], text)

    def show_findings(self, told: Sequence[Told], *, judged: bool = True) -> None:
        """The findings to show, in the verdict's order; `judged` is False before there are any."""
        ordered = sorted(
            told,
            key=lambda t: (
                _ORDER.index(t.finding.theme),
                -t.finding.severity.rank,
                t.finding.start,
            ),
        )
        before = next((t.key for t in self._told if t.number == self.current), None)
        self._told = ordered
        self.current = next((t.number for t in ordered if t.key == before), -1)
        keys: list[object] = [judged, *(t.key for t in ordered)]
        if keys == self._keys:
            for card, item in zip(self._cards, ordered, strict=False):
                card.tell(item)
        else:
            self._keys = keys
            self._lay_out()
        self._open_current()

    def _lay_out(self) -> None:
        shown = self._told if self._all else self._told[:SHOWN]
        focused = next((card.key for card in self._cards if card.isAncestorOf(_focus())), None)
        # The same word found twice makes two findings of one key.
        spare: defaultdict[object, list[_Card]] = defaultdict(list)
        for card in reversed(self._cards):
            spare[card.key].append(card)
        kept = [spare[item.key].pop() if spare[item.key] else None for item in shown]
        pool = [card for cards in spare.values() for card in cards]
        _empty(self._finding_box)
        self._cards = []
        theme: Theme | None = None
        tr = self.shell.tr
        if not self._told and self._keys[0]:
            show_in(self._finding_box, self._nothing())
        for told, same in zip(shown, kept, strict=True):
            if told.finding.theme is not theme:
                theme = told.finding.theme
                show_in(self._finding_box, _group(group_title(tr, theme)))
            card = same or (pool.pop() if pool else _Card(self))
            card.tell(told)
            show_in(self._finding_box, card)
            self._cards.append(card)
        for unused in pool:
            unused.hide()
            unused.deleteLater()
        rest = len(self._told) - len(shown)
        if rest:
            words = tr.ntr("Show {n} more", "Show {n} more", rest)
            show_in(self._finding_box, button(words, self._show_all, kind="link"))
        if focused is not None:
            for card in self._cards:
                if card.key == focused:
                    card.head.setFocus()

    def _nothing(self) -> QWidget:
        # Never more than this: no program can say that a post honours the values.
        row = QWidget()
        box = QHBoxLayout(row)
        margins(box, Space.SMALL, Space.SMALL)
        box.addWidget(IconLabel(self.shell.icons, "check", "ok", 18))
        box.addWidget(
            plain(self.shell.tr.tr(N_("No signal found in this version.")), role="muted"), 1
        )
        return row

    def _show_all(self) -> None:
        self._all = True
        self._lay_out()
        self._open_current()

    def choose(self, number: int, *, focus: bool = False) -> None:
        """Open one finding, close the others; -1 closes all."""
        if number >= 0 and not self._all and all(c.number != number for c in self._cards):
            self._show_all()
        self.current = number
        self._open_current(focus=focus)
        self.chosen.emit(number)

    def _open_current(self, *, focus: bool = False) -> None:
        for card in self._cards:
            opened = card.number == self.current
            if card.head.isChecked() != opened or opened:
                card.set_open(opened)
            if opened:
                if focus:
                    card.head.setFocus()
                if self.isVisible():
                    self._area.ensureWidgetVisible(card, 0, Space.SMALL)

    def move_from(self, card: _Card, step: int) -> None:
        """Up and Down go from finding to finding."""
        place = self._cards.index(card) + step
        if 0 <= place < len(self._cards):
            self._cards[place].head.setFocus()
            self._area.ensureWidgetVisible(self._cards[place])

    def numbers(self) -> list[int]:
        """Findings in the order of the text."""
        return sorted(told.number for told in self._told)

    def focus_question(self, after: str = "") -> bool:
        """Go to the next question that has no answer yet, behind this rule's; else to one whose
        answer leaves something to settle. False when there is none."""
        cards = [card for card in _cards(self._question_box) if isinstance(card, _QuestionCard)]
        here = next((place for place, card in enumerate(cards, 1) if card.rule == after), 0)
        waiting = [card for card in cards[here:] + cards[:here] if not card.settled]
        waiting.sort(key=lambda card: any(choice.isChecked() for choice in card.choices))
        if not waiting or waiting[0].rule == after:
            return False
        card = waiting[0]
        if card.button is None:
            return False
        card.button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_focused()
        self._reveal.start()
        if after:
            self._rest.start()
        return True

    def _show_focused(self) -> None:
        """Have the whole card that has the focus in sight, its button above all."""
        focused: QWidget | None = self.window().focusWidget()
        for card in _cards(self._question_box):
            if focused is not None and card.isAncestorOf(focused):
                self._area.ensureWidgetVisible(card, 0, Space.SMALL)
                self._area.ensureWidgetVisible(focused, 0, Space.LARGE)

    def freeze(self, frozen: bool) -> None:
        """Only show what people said, or let it be changed."""
        if frozen != self.frozen:
            self.frozen = frozen
            for name in ("questions", "overrides", "approvals"):
                self._shown.pop(name, None)

    def resting(self) -> bool:
        """Whether the focus has only just come to a question that nobody can have read yet."""
        return self._rest.isActive()

    def holds_focus(self) -> bool:
        """Whether the keyboard is here, or comes back here once a dialog is gone."""
        focused: QWidget | None = self.window().focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    # -- what only a person can say ------------------------------------------------------------

    def show_questions(self, items: Sequence[tuple[Question, Answer | None, bool]]) -> None:
        """Each question with its answer, and whether that was given for the text as it stands."""
        tr, heading = self.shell.tr.tr, N_("For you to confirm")
        if self.frozen:  # what is asked only since then is of no use any more
            items, heading = [item for item in items if item[1]], N_("What was answered")
        self._section(
            "questions",
            self._question_box,
            tuple(items),
            tr(heading),
            lambda: [_QuestionCard(self, *item) for item in items],
        )

    def show_overrides(self, every: Sequence[Override]) -> None:
        """What was overridden, and what was only set aside."""
        tr = self.shell.tr
        items = [item for item in every if item.entry is not None]
        aside = [item for item in every if item.entry is None]

        def cards() -> list[QWidget]:
            made: list[QWidget] = []
            for item in items:
                words = tr.tr(
                    N_("{what}: {reason}"),
                    what=f"{item.rule} · {tr.quote(item.excerpt)}" if item.excerpt else item.rule,
                    reason=item.reason,
                )
                signed = tr.tr(N_("{who}, {when}"), who=item.who, when=tr.moment(item.at))
                line = _line(self.shell.icons, "shield", "muted", words, signed)
                if self.frozen:
                    made.append(line)
                    continue
                back = button(
                    tr.tr(N_("Take the override back")),
                    partial(self.taken_up.emit, item),
                    kind="link",
                    tip=tr.tr(
                        N_("The journal keeps both: the override, and that it was taken back")
                    ),
                )
                made.append(_with_button(line, back))
            return made

        self._section(
            "overrides", self._override_box, tuple(items), tr.tr(N_("Reasoned overrides")), cards
        )
        self._section(
            "aside",
            self._aside_box,
            tuple(aside),
            tr.tr(N_("Ignored in this draft")),
            lambda: [self._set_aside(item) for item in aside],
        )

    def _set_aside(self, item: Override) -> QWidget:
        tr = self.shell.tr
        excerpt = " ".join(item.excerpt.split())[:60]
        what = f"{item.rule} · {tr.quote(excerpt)}" if excerpt else item.rule
        return _with_button(
            _line(self.shell.icons, "minus", "muted", what, item.reason),
            button(tr.tr(N_("Show again")), partial(self.taken_up.emit, item), kind="link"),
        )

    def show_closest(self, found: Closest) -> None:
        """What is near in meaning: something to know, never a fault."""
        self._section(
            "near",
            self._near_box,
            found,
            self.shell.tr.tr(N_("Near in meaning, for your information")),
            lambda: self._near(found),
        )

    def _near(self, found: Closest) -> list[QWidget]:
        tr, icons = self.shell.tr, self.shell.icons
        made: list[QWidget] = []
        for icon, said, neighbours in (
            ("copy", N_("Close in meaning ({n}%): {title}"), found.alike[:3]),
            ("language", N_("Perhaps its other language's version: {title}"), found.twins),
        ):
            for near in neighbours:
                title = near.title or " ".join(near.text.split())[:60]
                where = " · ".join(filter(None, (near.page, _day(tr, near.day))))
                line = _line(icons, icon, "info", tr.tr(said, n=near.score, title=title), where)
                if near.draft_id is not None:
                    opening = partial(self.draft_asked.emit, near.draft_id)
                    sharing = partial(self.share_asked.emit, near.draft_id)
                    _with_button(
                        line,
                        button(tr.tr(N_("Open it")), opening, kind="link"),
                        button(tr.tr(N_("It is the same post")), sharing, kind="link"),
                    )
                made.append(line)
        for source in found.sources:
            words = tr.tr(N_("A source to cite: {title}"), title=source.title.to(tr.language))
            line = _line(icons, "quote", "info", words, source.publisher.to(tr.language))
            offer = partial(self.text_offered.emit, source)
            made.append(
                _with_button(line, button(tr.tr(N_("Insert its link")), offer, kind="link"))
            )
        for template in found.templates:
            words = tr.tr(N_("A ready-made text: {title}"), title=template.title.to(tr.language))
            offer = partial(self.text_offered.emit, template)
            line = _line(icons, "paste", "info", words, "")
            made.append(_with_button(line, button(tr.tr(N_("Insert it")), offer, kind="link")))
        return made

    def show_approvals(self, items: Sequence[tuple[Approval, bool]]) -> None:
        """Each validation asked for, and whether it was given for the text as it stands."""
        tr = self.shell.tr

        def cards() -> list[QWidget]:
            return [self._approval(item, valid) for item, valid in items]

        self._section("approvals", self._approval_box, tuple(items), tr.tr(N_("Validation")), cards)

    def _approval(self, item: Approval, valid: bool) -> QWidget:
        tr = self.shell.tr
        if item.answer == "approved" and valid:
            icon, color, state = "check", "ok", N_("{who} approved this text, {when}")
        elif item.answer == "approved":
            icon, color = "clock", "warning"
            state = N_("{who} approved an earlier text, {when}: ask again.")
        elif item.answer == "refused":
            icon, color, state = "close", "error", N_("{who} refused, {when}")
        else:
            icon, color, state = "clock", "warning", N_("Waiting for {who}, asked {when}")
        when = item.answered_at or item.requested_at
        words = tr.tr(state, who=item.validator, when=tr.moment(when))
        made = _line(self.shell.icons, icon, color, words, item.note or item.question)
        if self.frozen:
            return made
        row = FlowLayout(Space.HAIR)
        settled = bool(item.answer) and valid
        for text, mended, given in (
            (N_("Approved"), N_("In fact, approved…"), True),
            (N_("Refused"), N_("In fact, refused…"), False),
        ):
            if settled and given == (item.answer == "approved"):
                continue
            row.addWidget(
                button(
                    tr.tr(mended if settled else text),
                    partial(self.approval_answered.emit, item, given),
                    kind="link" if settled else "small",
                )
            )
        row.addWidget(
            button(
                tr.tr(N_("Take this request out") if settled else N_("No longer wait")),
                lambda: self.approval_withdrawn.emit(item),
                kind="link",
            )
        )
        layout = made.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addLayout(row)
        return made

    def _section(
        self,
        name: str,
        box: QVBoxLayout,
        data: object,
        title: str,
        make: Callable[[], Sequence[QWidget]],
    ) -> None:
        if self._shown.get(name) == data:
            return
        self._shown[name] = data
        index = _focused_place(box, self.window().focusWidget())
        clear(box)
        made = make()
        if not made:
            return
        for widget in (_group(title), *made):
            show_in(box, widget)
        if index is not None:
            _refocus(made, index)


def _group(title: str) -> QLabel:
    label = plain(title, role="group")
    label.setContentsMargins(0, Space.SMALL, 0, 2)
    return label


def _line(icons: Icons, icon: str, color: str, text: str, detail: str) -> QFrame:
    made = QFrame()
    made.setProperty("role", "finding")
    made.setAccessibleName(text)
    column = QVBoxLayout(made)
    column.setContentsMargins(Space.SMALL, Space.SMALL, Space.SMALL, Space.SMALL)
    column.setSpacing(2)
    row = QHBoxLayout()
    row.setSpacing(Space.SMALL)
    row.addWidget(IconLabel(icons, icon, color, 18), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(plain(text), 1)
    column.addLayout(row)
    if detail:
        column.addWidget(plain(detail, role="small"))
    return made


def _day(tr: Translator, written: str) -> str:
    try:
        return tr.date(date.fromisoformat(written[:10]))
    except ValueError:  # the day of an imported post may be written in any manner
        return written


def _with_button(line: QFrame, *acts: QPushButton) -> QFrame:
    row = FlowLayout(Space.HAIR)
    for act in acts:
        row.addWidget(act)
    layout = line.layout()
    assert isinstance(layout, QVBoxLayout)
    layout.addLayout(row)
    return line


def _nothing() -> None:
    pass


def _focus() -> QWidget:
    return QApplication.focusWidget() or QWidget()


def _cards(box: QVBoxLayout) -> list[QWidget]:
    """What stands in a section, its title first."""
    items = (box.itemAt(place) for place in range(box.count()))
    widgets = (item.widget() for item in items if item is not None)
    return [widget for widget in widgets if widget is not None]


def _focused_place(box: QVBoxLayout, focused: QWidget | None) -> tuple[int, int] | None:
    """Which button of which card of a section has the focus."""
    for place, card in enumerate(_cards(box)):
        if focused is not None and card.isAncestorOf(focused):
            buttons = card.findChildren(QPushButton)
            if focused in buttons:
                return place - 1, buttons.index(focused)
    return None


def _refocus(cards: Sequence[QWidget], place: tuple[int, int]) -> None:
    card, number = place
    if 0 <= card < len(cards):
        buttons = cards[card].findChildren(QPushButton)
        if buttons:
            buttons[min(number, len(buttons) - 1)].setFocus()
