"""Forms for records: pages, campaigns, lines of the calendar and of registers.

What `forms.Field` knows, and further kinds: day (a date that must be there), number, money (cents),
lines (several words, one a line).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QDateEdit, QLineEdit, QWidget

from scc_admin.i18n import N_
from ui.forms import Field, FormDialog, PlainText
from ui.keyboard import DayField
from ui.messages import Choice
from ui.screen import Screen, Shell
from ui.theme import Space
from ui.widgets import Tone


class RecordForm(FormDialog):
    """A form that gives its values by key, in the types of the core: dates, cents, tuples.

    `check` says what is wrong with the values, a msgid by key; nothing is written while it does.
    """

    def __init__(
        self,
        shell: Shell,
        title: str,
        act: str,
        fields: Sequence[Field],
        op: Callable[[dict[str, Any]], Any],
        then: Callable[[Any], object] | None = None,
        *,
        text: str = "",
        check: Callable[[Mapping[str, Any]], Mapping[str, str]] | None = None,
        keep: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self._check = check
        super().__init__(
            shell, title, text, act, op, then, fields=fields, keep=keep, tone=Tone.INFO,
            parent=parent,
        )  # fmt: skip
        self.area.body.setContentsMargins(0, 0, Space.MEDIUM, 0)

    def _widget(self, field: Field) -> QWidget:
        match field.kind:
            case "day":
                day = field.initial or self.shell.tr.local(self.shell.clock()).date()
                made = DayField(day)
                made.setDisplayFormat("yyyy-MM-dd")
                made.dateChanged.connect(lambda _day: self.touched())
                return made
            case "number":
                line = QLineEdit("" if field.initial in (None, "") else str(field.initial))
                line.textChanged.connect(lambda _text: self.touched())
                return line
            case "money":
                line = QLineEdit(_amount(field.initial))
                line.setPlaceholderText("0,00 $" if self.shell.tr.language == "fr" else "$0.00")
                line.textChanged.connect(lambda _text: self.touched())
                return line
            case "lines":
                text = PlainText(
                    "\n".join(field.initial or ()), lines=field.lines, px=self.shell.theme.px
                )
                text.textChanged.connect(self.touched)
                return text
        return super()._widget(field)

    def gathered(self) -> dict[str, Any]:
        found = self.values()
        for key, (field, widget) in self._fields.items():
            match field.kind:
                case "day":
                    assert isinstance(widget, QDateEdit)
                    found[key] = _day(widget)
                case "number":
                    found[key] = read_number(found[key])
                case "money":
                    found[key] = read_money(found[key])
                case "lines":
                    found[key] = tuple(
                        line.strip() for line in found[key].splitlines() if line.strip()
                    )
        return found

    def missing(self) -> list[tuple[QWidget, str]]:
        found = super().missing()
        if found:
            return found
        tr = self.shell.tr.tr
        wrong: dict[str, str] = {}
        for key, (field, _) in self._fields.items():
            words = str(self.values()[key] or "").strip()
            if field.kind == "number" and words and read_number(words) is None:
                wrong[key] = N_("Write a number, zero or more.")
            if field.kind == "money" and words and read_money(words) is None:
                wrong[key] = N_("Write an amount, such as 1500.")
        if not wrong and self._check is not None:
            wrong.update(self._check(self.gathered()))
        return [(self.widget(key), tr(text)) for key, text in wrong.items() if key in self._fields]

    def kept(self) -> dict[str, Any]:
        found = super().kept()
        for key, (field, widget) in self._fields.items():
            if field.kind == "day":
                assert isinstance(widget, QDateEdit)
                found[key] = _day(widget).isoformat()
        return found

    def restore(self, data: Mapping[str, Any]) -> None:
        values = dict(data)
        for key, (field, widget) in self._fields.items():
            if field.kind == "day" and values.get(key):
                day = dt.date.fromisoformat(values.pop(key))
                assert isinstance(widget, QDateEdit)
                widget.setDate(QDate(day.year, day.month, day.day))
        super().restore(values)

    def begin_anew(self) -> None:
        super().begin_anew()
        for _, (field, widget) in self._fields.items():
            if field.kind == "day" and field.initial is not None:
                assert isinstance(widget, QDateEdit)
                day = field.initial
                widget.setDate(QDate(day.year, day.month, day.day))


class Foreseen(Protocol):
    """What a file would change, of a register or of the library."""

    @property
    def new(self) -> Sequence[object]: ...
    @property
    def changed(self) -> Sequence[object]: ...
    @property
    def same(self) -> int: ...
    @property
    def problems(self) -> Sequence[tuple[int, str, str]]: ...
    @property
    def unknown_columns(self) -> Sequence[str]: ...


def ask_incoming(
    screen: Screen,
    incoming: Foreseen,
    titles: Sequence[str],
    take: Callable[[], Any],
    then: Callable[[], object] | None = None,
) -> None:
    """Show what a file would change, with the titles of what is new, and take it when asked to."""
    shell = screen.shell
    tr = shell.tr
    words = [
        tr.tr(
            N_("To add: {added}. To change: {changed}. Already here: {same}."),
            added=tr.number(len(incoming.new)),
            changed=tr.number(len(incoming.changed)),
            same=tr.number(incoming.same),
        )
    ]
    words += [
        tr.tr(N_("Line {n} is left out, {field}: {problem}"), n=n, field=f, problem=tr.tr(p))
        for n, f, p in incoming.problems[:8]
    ]
    if incoming.unknown_columns:
        columns = ", ".join(incoming.unknown_columns[:12])
        words.append(tr.tr(N_("Columns that this register has not: {columns}"), columns=columns))
    some = bool(incoming.new or incoming.changed)
    choices = [Choice("no", tr.tr(N_("Cancel") if some else N_("Close")))]
    if some:
        choices.append(Choice("yes", tr.tr(N_("Take them in")), "primary"))

    def answered(answer: str) -> None:
        if answer == "yes":
            shell.tasks.mutate(
                screen,
                take,
                (lambda _done: then()) if then is not None else None,
                shell.messages.failed,
            )

    shell.messages.ask(
        tr.tr(N_("What the file would change")),
        "\n".join(words),
        choices,
        answered,
        tone=Tone.INFO,
        details="\n".join(titles),
    )


def _day(widget: QDateEdit) -> dt.date:
    day = widget.date()
    return dt.date(day.year(), day.month(), day.day())


def _amount(cents: int | None) -> str:
    if cents is None:
        return ""
    return f"{cents / 100:.2f}".replace(".", ",").removesuffix(",00")


def read_number(words: str) -> int | None:
    """A whole number, however its thousands are parted."""
    digits = "".join(words.split())
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 12 else None


def read_money(words: str) -> int | None:
    """An amount in cents: « 1 500,50 $ », $1,500.50 or 1500."""
    plain = "".join(words.replace("$", "").split())
    if not plain:
        return None
    thousands = plain.count(",") == 1 and len(plain.rpartition(",")[2]) == 3
    if thousands or ("," in plain and "." in plain):
        plain = plain.replace(",", "")
    plain = plain.replace(",", ".")
    whole, _, part = plain.partition(".")
    if not whole.isascii() or not whole.isdigit() or len(whole) > 12:
        return None
    if part and (not part.isascii() or not part.isdigit() or len(part) > 2):
        return None
    return int(whole) * 100 + int((part + "00")[:2])
