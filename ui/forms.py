"""Forms that write something down: one kind of dialog that never loses what was typed.

A form keeps itself in the workspace while it is filled, under a name of its own; Esc closes it and
keeps it, and the next time it opens where it was left. It closes once what it asks for is written,
and says in its own window why it was not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QDate,
    QDateTime,
    QMimeData,
    QSize,
    Qt,
    QTimeZone,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QWidget,
)

from scc_admin.errors import UserError
from scc_admin.i18n import N_, Translator
from scc_admin.model import Changes
from ui.keyboard import (
    DayField,
    MomentField,
    after,
    cursor_to_end,
    is_enter,
    press_focused,
    reading,
)
from ui.messages import Banner, Choice, Dialog
from ui.screen import Shell
from ui.tasks import Saver
from ui.theme import Space
from ui.widgets import Form, Tone, margins, plain

LONGEST_PASTE = 20_000
"""Characters that a field takes at once. Qt needs a minute for one line of a million; a longer text
is handed on whole, by `PlainText.too_long`."""


def whole_moment(tr: Translator, at: dt.datetime) -> str:
    """An instant in local time and in UTC: « 23 nov. 2026, 14 h 02 (19:02:11 UTC) ».

    Where local time is UTC, it is said once.
    """
    utc = at.astimezone(dt.UTC)
    if not tr.local(at).utcoffset():
        return f"{tr.moment(at)} UTC"
    shown = f"{utc:%H:%M:%S} UTC"
    if utc.date() != tr.local(at).date():
        shown = f"{utc:%Y-%m-%d} {shown}"
    return f"{tr.moment(at)} ({shown})"


# --- Fields --------------------------------------------------------------------------------------


class PlainText(QPlainTextEdit):
    """Several lines of plain text. Tab leaves it; a picture pasted into it is handed on."""

    pictures_pasted = Signal(object)
    """`QMimeData` that holds a picture or files."""
    too_long = Signal(str)
    """The whole of a pasted text of which only the beginning was taken."""

    def __init__(self, text: str = "", *, lines: int = 3, px: Callable[[float], int]) -> None:
        super().__init__(text)
        self.setTabChangesFocus(True)
        self._height = px(20 * lines + 16)
        self.setMinimumHeight(min(self._height, px(76)))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return holds_files(source) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if holds_files(source):
            self.pictures_pasted.emit(source)
            return
        text = source.text()
        if len(text) > LONGEST_PASTE:
            self.insertPlainText(text[:LONGEST_PASTE])
            self.too_long.emit(text)
        else:
            self.insertPlainText(text)


def in_clipboard() -> QMimeData:
    """What the clipboard holds; nothing while the program it came from does not hand it over."""
    held: QMimeData | None = QGuiApplication.clipboard().mimeData()
    return QMimeData() if held is None else held


def holds_files(mime: QMimeData) -> bool:
    """Whether the clipboard, or what is dragged, is a picture or files rather than words."""
    if mime.hasUrls() and any(url.isLocalFile() for url in mime.urls()):
        return True
    return mime.hasImage() and not mime.hasText()


class OptionalDate(QWidget):
    """A day, or none: a box to tick, and the day once it is ticked."""

    changed = Signal()

    def __init__(self, label: str, day: dt.date, *, ticked: bool = False) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        margins(row, 0, Space.MEDIUM)
        self.box = QCheckBox(label)
        self.box.setChecked(ticked)
        self.edit = DayField(day)
        self.edit.setAccessibleName(label)
        self.edit.setEnabled(ticked)
        row.addWidget(self.box)
        row.addWidget(self.edit)
        row.addStretch(1)
        self.setFocusProxy(self.box)
        self.box.toggled.connect(self.edit.setEnabled)
        self.box.toggled.connect(lambda _on: self.changed.emit())
        self.edit.dateChanged.connect(lambda _day: self.changed.emit())

    def day(self) -> dt.date | None:
        return _day(self.edit.date()) if self.box.isChecked() else None

    def set_day(self, day: dt.date | None) -> None:
        if day is not None:
            self.edit.setDate(QDate(day.year, day.month, day.day))
        self.box.setChecked(day is not None)


def _day(day: QDate) -> dt.date:
    return dt.date(day.year(), day.month(), day.day())


def moment_field(shell: Shell, at: dt.datetime) -> QDateTimeEdit:
    """A field for a day and an hour, on the clock of the zone in which instants are shown."""
    field = MomentField()
    field.setTimeZone(_qt_zone(shell.tr))
    show_moment(field, at)
    field.setDisplayFormat("yyyy-MM-dd HH:mm")
    return field


def _qt_zone(tr: Translator) -> QTimeZone:
    zone = QTimeZone(str(tr.zone).encode()) if tr.zone is not None else QTimeZone()
    return zone if zone.isValid() else QTimeZone.systemTimeZone()


def show_moment(field: QDateTimeEdit, at: dt.datetime) -> None:
    """Have a field of `moment_field` show an instant."""
    field.setDateTime(QDateTime.fromSecsSinceEpoch(int(at.timestamp()), field.timeZone()))


def moment_of(shell: Shell, field: QDateTimeEdit) -> dt.datetime:
    """The instant that a field shows, in UTC."""
    day, time = field.date(), field.time()
    local = dt.datetime(day.year(), day.month(), day.day(), time.hour(), time.minute())
    return local.replace(tzinfo=shell.tr.zone).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a `FormDialog`, by its key.

    `kind`: line, text, date (optional day), moment (instant, now unless said), choice, check.
    """

    key: str
    label: str
    kind: str = "line"
    hint: str = ""
    required: bool = False
    initial: Any = None
    choices: Sequence[tuple[str, str]] = ()
    """(value, words) of a choice."""
    lines: int = 3
    least: int = 1
    """Characters that a required text has at least."""
    offered: dt.date | None = None
    """The day that stands in an empty date once it is ticked; today unless said."""


_OWN_LABEL = ("check", "date")
"""Kinds whose widget says what it is by itself."""


class FormDialog(Dialog):
    """A form in a dialog. Subclasses fill `form` by hand, or give `fields`.

    `op` is called in the mutation thread with the values; `then` gets what it returned. With
    `keep`, an unfinished form is kept under that name; with `label`, the work is long enough to be
    shown under it.
    """

    def __init__(
        self,
        shell: Shell,
        title: str,
        text: str,
        act: str,
        op: Callable[[dict[str, Any]], Any],
        then: Callable[[Any], object] | None = None,
        *,
        fields: Sequence[Field] = (),
        keep: str = "",
        tone: Tone = Tone.QUESTION,
        danger: bool = False,
        width: int = 560,
        label: str = "",
        parent: QWidget | None = None,
    ) -> None:
        tr = shell.tr.tr
        super().__init__(
            parent or shell.messages.window,
            shell.theme,
            shell.icons,
            title,
            text,
            (
                Choice("no", tr(N_("Cancel"))),
                Choice("yes", act, "danger" if danger else "primary"),
            ),
            tone=tone,
        )
        self.shell = shell
        self.op = op
        self.then = then
        self._keep = keep
        self._label = label
        self._fields: dict[str, tuple[Field, QWidget]] = {}
        self._dirty = False
        """Whether something here is not kept yet."""
        self._begun = False
        """Whether something was changed by hand."""
        self._busy = False
        self._finished = False
        self._wrong = False
        """Whether the banner says why what stands here was refused."""
        self._timer = Saver(self, self.keep_now)
        self.banner = Banner(shell.icons)
        self.above.addWidget(self.banner)
        self.body.setSpacing(Space.MEDIUM)
        self.form = Form(beside=False)
        self.body.addWidget(self.form)
        self.set_width(shell.theme.px(width))
        for field in fields:
            self.add(field)
        self.press_by_keys("yes")
        if keep:
            self._foot.insertWidget(
                0, plain(tr(N_("Esc keeps it for later")), role="small", wrap=False)
            )

    # -- fields -------------------------------------------------------------------------------

    def add(self, field: Field) -> QWidget:
        """Make the widget of a field and put it at the end of the form."""
        made = self._widget(field)
        self._fields[field.key] = (field, made)
        if field.kind in _OWN_LABEL:
            made.setAccessibleName(field.label)
            self.form.add_wide(made)
        else:
            self.form.add(field.label, made, hint=field.hint, required=field.required)
        return made

    def _widget(self, field: Field) -> QWidget:
        match field.kind:
            case "text":
                text = PlainText(field.initial or "", lines=field.lines, px=self.shell.theme.px)
                text.textChanged.connect(self.touched)
                text.too_long.connect(lambda _whole: self.say_cut())
                return text
            case "date":
                today = self.shell.tr.local(self.shell.clock()).date()
                shown = field.initial or field.offered or today
                day = OptionalDate(field.label, shown, ticked=bool(field.initial))
                day.changed.connect(self.touched)
                return day
            case "moment":
                moment = moment_field(self.shell, field.initial or self.shell.clock())
                moment.dateTimeChanged.connect(lambda _at: self.touched())
                return moment
            case "choice":
                choice = QComboBox()
                for value, words in field.choices:
                    choice.addItem(words, value)
                choice.setCurrentIndex(max(0, choice.findData(field.initial)))
                choice.currentIndexChanged.connect(lambda _i: self.touched())
                return choice
            case "check":
                box = QCheckBox(field.label)
                box.setChecked(bool(field.initial))
                box.toggled.connect(lambda _on: self.touched())
                return box
            case _:
                line = QLineEdit(field.initial or "")
                line.setCursorPosition(0)  # a long one shows how it begins
                line.textChanged.connect(lambda _text: self.touched())
                return line

    def say_cut(self) -> None:
        """Say that of a pasted text only the beginning was taken."""
        tr = self.shell.tr
        self.banner.show_message(
            Tone.WARNING,
            tr.tr(
                N_(
                    "Only the first {n} characters were taken; the rest is still in the clipboard."
                    " A text that long is better kept as a file."
                ),
                n=tr.number(LONGEST_PASTE),
            ),
        )

    def widget(self, key: str) -> Any:
        """The widget of a field."""
        return self._fields[key][1]

    def values(self) -> dict[str, Any]:
        """What stands in the fields, by key."""
        return {key: _value(widget) for key, (_, widget) in self._fields.items()}

    def gathered(self) -> dict[str, Any]:
        """What `op` is given: the values, and whatever else a subclass has collected."""
        return self.values()

    def set_values(self, values: Mapping[str, Any]) -> None:
        for key, value in values.items():
            if key in self._fields:
                _set_value(self._fields[key][1], value)

    # -- keeping ------------------------------------------------------------------------------

    def kept(self) -> dict[str, Any]:
        """What an unfinished form keeps: JSON values only."""
        return {
            key: value.isoformat() if isinstance(value, dt.date) else value
            for key, value in self.values().items()
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """Stand as an unfinished form stood."""
        values = dict(data)
        for key, (field, _) in self._fields.items():
            if field.kind == "date" and values.get(key):
                values[key] = dt.date.fromisoformat(values[key])
            if field.kind == "moment" and values.get(key):
                values[key] = dt.datetime.fromisoformat(values[key])
        self.set_values(values)

    def worth_keeping(self) -> bool:
        """Whether somebody typed something that was not there at first."""
        return any(
            isinstance(widget, QLineEdit | QPlainTextEdit)
            and str(_value(widget)).strip() != str(field.initial or "").strip()
            for field, widget in self._fields.values()
        )

    def has_typed(self) -> bool:
        return not self._finished and self.worth_keeping()

    def keeps(self) -> bool:
        return bool(self._keep)

    def touched(self) -> None:
        """Something was changed by hand."""
        if self._busy:
            return
        if self._wrong:  # what was refused is not what stands here now
            self._wrong = False
            self.banner.hide()
        self._dirty = self._begun = True
        if self._keep:
            self._timer.stir()

    def keep_now(self) -> None:
        """Keep the form as it stands."""
        self._timer.stop()
        if not (self._keep and self._dirty) or self._finished:
            return
        self._dirty = False
        unfinished, name = self.shell.workspace.moderation.unfinished, self._keep
        data = self.kept() if self.worth_keeping() else None

        def keep() -> Changes:
            return unfinished.drop(name) if data is None else unfinished.keep(name, data)

        self.shell.tasks.mutate(self, keep)

    def _offer(self, kept: Any) -> None:
        if kept is None:
            return
        tr = self.shell.tr
        act = (tr.tr(N_("Take it up again")), lambda: self._take_up(kept.data))
        if not self._begun:
            self._take_up(kept.data)
            self._dirty = self._begun = False
            self._timer.stop()
            act = (tr.tr(N_("Begin anew")), self._ask_anew)
        # Whoever was quicker than the reading goes on; what was kept is one press away.
        self.banner.show_message(
            Tone.INFO,
            tr.tr(N_("What you began on {at} is still here."), at=tr.moment(kept.updated_at)),
            [act],
        )

    def _take_up(self, data: Mapping[str, Any]) -> None:
        self.restore(data)
        self.banner.hide()
        for widget in reading(self.area):
            cursor_to_end(widget)

    def _ask_anew(self) -> None:
        tr = self.shell.tr.tr
        self.shell.messages.confirm(
            tr(N_("Begin anew?")),
            tr(N_("What you had typed in this form will be gone.")),
            tr(N_("Begin anew")),
            self.begin_anew,
            parent=self,
        )

    def begin_anew(self) -> None:
        """Empty the form, and what was kept of it."""
        self.set_values({key: field.initial for key, (field, _) in self._fields.items()})
        self.banner.hide()
        self._timer.stop()
        self._dirty = False
        unfinished, name = self.shell.workspace.moderation.unfinished, self._keep
        self.shell.tasks.mutate(self, lambda: unfinished.drop(name))

    # -- showing and closing --------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if event.spontaneous():  # it was only out of sight
            return
        if self._keep:
            unfinished, name = self.shell.workspace.moderation.unfinished, self._keep
            # In the order of the saves: what was left a moment ago is there.
            self.shell.tasks.mutate(self, lambda: unfinished.get(name), self._offer)
        self.focus_first()

    def focus_first(self) -> None:
        for _, widget in self._fields.values():
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter in a field goes on; only the button, or Ctrl+Enter, writes something down.
        # After the last field comes that button, though another may stand before it.
        if is_enter(event) and not press_focused(event):
            following = after(self, QApplication.focusWidget(), forward=True)
            if following is not None and self.area.isAncestorOf(following):
                self.focusNextChild()
            else:
                self.button("yes").setFocus(Qt.FocusReason.TabFocusReason)
        elif not is_enter(event):
            super().keyPressEvent(event)

    def _choose(self, answer: str) -> None:
        if answer == "yes":
            self.submit()
        else:
            self.reject()

    def reject(self) -> None:
        if self._busy:
            return
        told = self._keep and self.worth_keeping()
        self.keep_now()
        super().reject()
        if told:
            self.shell.messages.toast(
                self.shell.tr.tr(N_("Kept as you left it. Open the form again to go on."))
            )

    # -- writing down ---------------------------------------------------------------------------

    def missing(self) -> list[tuple[QWidget, str]]:
        """Fields that lack something, and what."""
        tr = self.shell.tr.tr
        found: list[tuple[QWidget, str]] = []
        for field, widget in self._fields.values():
            if not field.required or not widget.isEnabled() or widget.isHidden():
                continue
            if len(str(_value(widget) or "").strip()) < field.least:
                found.append((widget, tr(N_("This is still missing."))))
        return found

    def submit(self) -> None:
        """Write it down, if nothing is missing."""
        if self._busy:
            return
        missing = self.missing()
        for field, widget in self._fields.values():
            if field.kind not in _OWN_LABEL:
                self.form.problem(widget, "")
        for widget, words in missing:
            self.form.problem(widget, words)
        if missing:
            missing[0][0].setFocus()
            self.area.ensureWidgetVisible(missing[0][0])
            return
        self._timer.stop()
        self._set_busy(True)
        values, name = self.gathered(), self._keep
        unfinished = self.shell.workspace.moderation.unfinished

        def write() -> Any:
            result = self.op(values)
            if name:
                unfinished.drop(name)
            return result

        if self._label:
            self.shell.tasks.long(
                self,
                self._label,
                lambda _report: write(),
                self._written,
                self._refused,
                mutation=True,
            )
        else:
            self.shell.tasks.mutate(self, write, self._written, self._refused)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.button("yes").setEnabled(not busy)
        self.area.setEnabled(not busy)

    def _written(self, result: Any) -> None:
        self._finished = True
        self._busy = False
        self._answer = "yes"
        self.accept()
        if self.then is not None:
            self.then(result)

    def _refused(self, error: UserError) -> None:
        self._set_busy(False)
        self.banner.show_message(Tone.ERROR, self.shell.tr.explain(error))
        self._wrong = True
        self._dirty = True
        self.keep_now()
        self.focus_first()


def _value(widget: QWidget) -> Any:
    match widget:
        case QLineEdit():
            return widget.text()
        case QPlainTextEdit():
            return widget.toPlainText()
        case OptionalDate():
            return widget.day()
        case QDateTimeEdit():
            seconds = widget.dateTime().toSecsSinceEpoch()
            return dt.datetime.fromtimestamp(seconds, dt.UTC)
        case QComboBox():
            return widget.currentData()
        case QCheckBox():
            return widget.isChecked()
    raise TypeError(type(widget))


def _set_value(widget: QWidget, value: Any) -> None:
    match widget:
        case QLineEdit():
            widget.setText(value or "")
        case QPlainTextEdit():
            if widget.toPlainText() != (value or ""):
                widget.setPlainText(value or "")
        case OptionalDate():
            widget.set_day(value)
        case QDateTimeEdit():
            if value is not None:
                show_moment(widget, value)
        case QComboBox():
            index = widget.findData(value)
            if index >= 0:
                widget.setCurrentIndex(index)
        case QCheckBox():
            widget.setChecked(bool(value))
