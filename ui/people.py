"""Who is on a picture: nobody that can be recognised, or people who agreed to be shown.

Each consent is a line of the register of consents, so that one withdrawn there counts no more here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from scc_admin.i18n import N_, Translator
from scc_admin.model import Consent, Media
from ui.forms import OptionalDate
from ui.messages import Choice, Dialog
from ui.screen import Shell
from ui.theme import Space
from ui.widgets import (
    Form,
    IconLabel,
    Picker,
    Scroll,
    Tone,
    button,
    clear,
    icon_button,
    margins,
    plain,
)

if TYPE_CHECKING:
    from scc_admin.registers import Line

YEAR = dt.timedelta(days=365)
"""A consent lasts a year where nobody says otherwise."""


def consent_words(tr: Translator, consent: Consent) -> str:
    """« Hélène Côté, jusqu'au 1er mai 2027 »."""
    if consent.withdrawn:
        return tr.tr(N_("{who}: consent withdrawn"), who=consent.who)
    if consent.until is None:
        return tr.tr(N_("{who}, with no end date"), who=consent.who)
    return tr.tr(N_("{who}, until {day}"), who=consent.who, day=tr.date(consent.until))


def people_look(tr: Translator, item: Media, day: dt.date) -> tuple[str, str, str]:
    """How a picture's people are told in a few words: icon, colour, words. `day`: it appears."""
    if item.nobody:
        return "check", "ok", tr.tr(N_("Nobody recognisable"))
    if not item.consents:
        return "question", "warning", tr.tr(N_("People…"))
    if not all(consent.holds_on(day) for consent in item.consents):
        return "error", "error", tr.tr(N_("Consent ended"))
    names = [consent.who for consent in item.consents]
    if len(names) > 2:
        return "check", "ok", tr.ntr("{n} consent", "{n} consents", len(names))
    return "check", "ok", tr.join(names)


class PeopleDialog(Dialog):
    """Asks who is on a picture; `then` gets whether nobody is, and the consents.

    A consent without `line` is a new one, to be written in the register.
    """

    def __init__(
        self,
        shell: Shell,
        item: Media,
        lines: Sequence[Line],
        then: Callable[[bool, list[Consent]], object],
    ) -> None:
        tr = shell.tr.tr
        super().__init__(
            shell.messages.window,
            shell.theme,
            shell.icons,
            tr(N_("Who is on this picture?")),
            item.name,
            (Choice("no", tr(N_("Cancel"))), Choice("yes", tr(N_("Keep it")), "primary")),
            tone=Tone.QUESTION,
        )
        self._shell = shell
        self._consents = list(item.consents)
        self._lines = [of_line(line) for line in lines if not line.values.get("withdrawn")]
        self.set_width(shell.theme.px(560))
        self.nobody = QCheckBox(tr(N_("Nobody can be recognised on it")))
        self.nobody.setChecked(item.nobody)
        self.nobody.toggled.connect(lambda _on: self._show())
        self.body.addWidget(self.nobody)

        self._people = QWidget()
        column = QVBoxLayout(self._people)
        margins(column, 0, Space.SMALL)
        column.addWidget(plain(tr(N_("People who agreed in writing")), role="strong"))
        self._list = Scroll(padding=0, spacing=Space.HAIR)
        self._list.setFixedHeight(shell.theme.px(92))
        column.addWidget(self._list)
        self.register = Picker(tr(N_("From the register of consents")))
        pick = QHBoxLayout()
        margins(pick, 0, Space.SMALL)
        pick.addWidget(self.register, 1)
        self.pick = button(tr(N_("Add")), self._add_line)
        pick.addWidget(self.pick)
        self._picking = QWidget()
        self._picking.setLayout(pick)
        column.addWidget(self._picking)
        column.addWidget(plain(tr(N_("Or a new consent, added to the register")), role="strong"))
        form = Form(beside=False)
        self.who = QLineEdit()
        self.who.textChanged.connect(lambda _text: self._show_add())
        form.add(tr(N_("First name and last name")), self.who)
        today = shell.tr.local(shell.clock()).date()
        self.until = OptionalDate(tr(N_("Ends on")), today + YEAR, ticked=True)
        form.add_wide(self.until)
        self.minor = QCheckBox(tr(N_("A minor: a parent signed")))
        form.add_wide(self.minor)
        column.addWidget(form)
        self.new = button(tr(N_("Add this person")), self._add_new, icons=shell.icons, icon="plus")
        column.addWidget(self.new, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self._people)
        self._minors: set[str] = set()
        self.chosen.connect(
            lambda answer: then(self.nobody.isChecked(), self.consents()) if answer == "yes" else 0
        )
        self._show()
        (self.nobody if not self._consents else self.who).setFocus()

    def consents(self) -> list[Consent]:
        """The consents of the people on it; none where nobody is."""
        return [] if self.nobody.isChecked() else list(self._consents)

    def minors(self) -> frozenset[str]:
        """Names of new people for whom a parent signed."""
        return frozenset(self._minors)

    def _show(self) -> None:
        tr = self._shell.tr
        self._people.setEnabled(not self.nobody.isChecked())
        clear(self._list.body)
        if not self._consents:
            self._list.body.addWidget(plain(tr.tr(N_("Nobody yet.")), role="muted"))
        for consent in self._consents:
            row = QHBoxLayout()
            margins(row, 0, Space.SMALL)
            row.addWidget(IconLabel(self._shell.icons, "user", "muted", 18))
            row.addWidget(plain(consent_words(tr, consent)), 1)
            name = tr.tr(N_("Take {who} out"), who=consent.who)
            row.addWidget(
                icon_button(self._shell.icons, "close", name, partial(self._take_out, consent))
            )
            self._list.body.addLayout(row)
        self._list.body.addStretch(1)
        taken = {consent.line for consent in self._consents}
        left = [consent for consent in self._lines if consent.line not in taken]
        self.register.fill([(consent_words(tr, c), None, c.line) for c in left], None)
        self._picking.setVisible(bool(left))
        self._show_add()

    def _show_add(self) -> None:
        self.new.setEnabled(bool(self.who.text().strip()))

    def _add_line(self) -> None:
        line = self.register.currentData()
        self._consents += [consent for consent in self._lines if consent.line == line]
        self._show()

    def _add_new(self) -> None:
        who = " ".join(self.who.text().split())
        if not who:
            return
        self._consents.append(Consent(who, self.until.day()))
        if self.minor.isChecked():
            self._minors.add(who)
        self.who.clear()
        self.minor.setChecked(False)
        self._show()
        self.who.setFocus()

    def _take_out(self, consent: Consent) -> None:
        self._consents.remove(consent)
        self._show()
        self.who.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter in the name's field adds that person; only the button closes the dialog.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.who.hasFocus():
            self._add_new()
            return
        super().keyPressEvent(event)

    def done(self, result: int) -> None:
        if result and self.who.text().strip() and not self.nobody.isChecked():
            # A name typed and not yet added is meant.
            self._add_new()
        super().done(result)


def of_line(line: Line) -> Consent:
    """What a line of the register says."""
    ends = line.values.get("ends_on")
    return Consent(
        str(line.values.get("person") or ""),
        dt.date.fromisoformat(ends) if ends else None,
        line.uid,
        bool(line.values.get("withdrawn")),
    )
