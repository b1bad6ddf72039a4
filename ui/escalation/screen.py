"""The escalations: a list, the one in focus with its clock, the register beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from scc_admin.i18n import N_
from scc_admin.model import CaseRow, CaseSheet, Changes, Escalation, Packet
from scc_admin.moderation import restraint
from scc_admin.words import SITUATIONS
from ui.escalation.clock import Clock
from ui.escalation.packet import PacketBuilder
from ui.escalation.register import RegisterPane
from ui.forms import Field, FormDialog
from ui.messages import Banner
from ui.moderation.acts import CaseActs
from ui.moderation.asking import contradiction_words
from ui.moderation.finding import find_escalations
from ui.moderation.words import called, known_name, standing
from ui.received import ReceivedDialog
from ui.screen import Screen, Shell
from ui.tables import Cell, Column, RowsModel, Table
from ui.theme import Space
from ui.widgets import (
    Card,
    Elided,
    EmptyState,
    Scroll,
    Tone,
    button,
    clear,
    margins,
    plain,
    rule,
    splitter,
    stack,
)

REQUESTS, REGISTER = range(2)
_ON_ONE = frozenset({"ask_affairs", "build_packet", "open_case", "close_escalation"})


@dataclass(frozen=True, slots=True)
class _Listed:
    escalations: Sequence[Escalation]
    cases: Mapping[int, CaseRow]


@dataclass(frozen=True, slots=True)
class _Sheet:
    escalation: Escalation
    case: CaseSheet
    packets: Sequence[Packet]


class Escalations(Screen):
    """`go("escalations", id)` opens one, `("packet", id)` its packet; `"register"` the register."""

    interests: ClassVar[frozenset[str]] = frozenset({"escalations", "cases", "registers"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        tr = shell.tr.tr
        self._listed: _Listed | None = None
        self._sheet: _Sheet | None = None
        self._wanted: int | None = None
        self._build: int | None = None
        """The escalation whose packet is to be built as soon as it is shown."""
        self.bar = QTabBar()
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setAccessibleName(tr(N_("Parts of escalations")))
        for text in (N_("Requests"), N_("Confidentiality register")):
            self.bar.addTab(tr(text))
        self.table = Table(shell.theme, shell.icons, tr(N_("Escalations")), two_lines=True)
        self.table.horizontalHeader().hide()
        self.model: RowsModel[Escalation] = RowsModel(
            [Column(tr(N_("Escalations")), self._cell)], lambda e: e.id
        )
        self.table.use(self.model)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(lambda _id: self.act_button.setFocus())
        self.none = EmptyState(
            shell.icons,
            "escalations",
            tr(N_("Nothing was asked of Public Affairs yet")),
            tr(N_("Go to the cases")),
            lambda: shell.window.go("moderation"),
            detail=tr(N_("An escalation begins in its case, which holds the evidence.")),
        )
        self.list_stack = QStackedWidget()
        self.list_stack.addWidget(self.table)
        self.list_stack.addWidget(self.none)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(Space.LARGE, Space.MEDIUM, 0, Space.MEDIUM)
        column.addWidget(self.list_stack)
        column.addWidget(
            button(
                tr(N_("Verify what was received…")),
                self.verify_received,
                icons=shell.icons,
                icon="shield",
                kind="small",
            ),
            0,
            Qt.AlignmentFlag.AlignLeft,
        )
        left.setMinimumWidth(shell.theme.px(240))
        right = self._build_sheet()
        right.setMinimumWidth(shell.theme.px(420))
        requests = splitter(left, right, (340, 760))
        requests.setStretchFactor(0, 0)
        requests.setStretchFactor(1, 1)
        self.register = RegisterPane(shell)
        self.stack = QStackedWidget()
        self.stack.addWidget(requests)
        self.stack.addWidget(self.register)
        outer = QVBoxLayout(self)
        margins(outer, 0, 0)
        outer.addWidget(self.bar)
        outer.addWidget(rule())
        outer.addWidget(self.stack, 1)
        self.bar.currentChanged.connect(self._part)
        self.read()

    def verify_received(self) -> None:
        """Verify a packet or a checkpoint that came from elsewhere."""
        ReceivedDialog(self.shell).open()

    def _build_sheet(self) -> QWidget:
        shell, tr = self.shell, self.shell.tr.tr
        self.title_label = Elided(role="section")
        self.about = Elided(role="muted")
        self.clock = Clock(shell)
        self.case_button = button(
            tr(N_("Open the case")),
            self.open_case,
            icons=shell.icons,
            icon="moderation",
            kind="quiet",
        )
        self.close_button = button(tr(N_("Close…")), self.close_escalation, kind="quiet")
        self.act_button = button("", self.ask_affairs)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, parts in (
            (first, (self.title_label, self.act_button)),
            (second, (self.about, self.case_button, self.close_button)),
        ):
            margins(row, 0, Space.SMALL)
            for part in parts:
                row.addWidget(part, 1 if isinstance(part, Elided) else 0)
        head = QVBoxLayout()
        margins(head, 0, 0)
        head.addLayout(first)
        head.addLayout(second)
        self.body = Scroll(padding=0, spacing=Space.MEDIUM)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, Space.MEDIUM)
        column.setSpacing(Space.MEDIUM)
        column.addLayout(head)
        column.addWidget(self.clock)
        column.addWidget(self.body, 1)
        self.sheet_stack = QStackedWidget()
        self.sheet_stack.addWidget(
            EmptyState(shell.icons, "escalations", tr(N_("Choose an escalation at the left.")))
        )
        self.sheet_stack.addWidget(whole)
        return self.sheet_stack

    # -- what the window asks -------------------------------------------------------------------

    def title(self) -> str:
        return self.shell.tr.tr(N_("Escalations"))

    def primary_text(self) -> str:
        if self.bar.currentIndex() == REGISTER:
            return self.shell.tr.tr(N_("Add a line"))
        return self.shell.tr.tr(N_("Build the packet"))

    def primary(self) -> None:
        if self.bar.currentIndex() == REGISTER:
            self.register.add()
        else:
            self.build_packet()

    def open(self, target: object) -> None:
        if isinstance(target, int):
            self.bar.setCurrentIndex(REQUESTS)
            self._wanted = target
            self.read()
        elif isinstance(target, tuple) and target[0] == "packet":
            self._build = target[1]
            self.open(target[1])
        elif target == "register":
            self.bar.setCurrentIndex(REGISTER)

    def refresh(self, changes: Changes) -> None:
        if changes.touches("escalations", "cases"):
            self.read()
            if self._sheet is not None:
                self._picked(self._sheet.escalation.id)
        if changes.touches("registers", "cases") and self.bar.currentIndex() == REGISTER:
            self.register.read()

    def focus_first(self) -> None:
        (self.table if self.bar.currentIndex() == REQUESTS else self.register.table).setFocus()

    def panes(self) -> Sequence[QWidget]:
        if self.bar.currentIndex() == REGISTER:
            return (self.bar, *self.register.panes())
        return (self.bar, self.table, self.body)

    def state(self) -> object:
        shown = None if self._sheet is None else self._sheet.escalation.id
        return self.bar.currentIndex(), shown

    def restore(self, state: object) -> None:
        if isinstance(state, tuple):
            part, shown = state
            self._wanted = shown
            self.read()
            self.bar.setCurrentIndex(part)

    def can(self, handler: str) -> bool:
        method = handler.partition(":")[0]
        register = self.bar.currentIndex() == REGISTER
        if method == "print_screen":
            return self._sheet is not None and not register
        if method == "primary" and not register:
            return self._sheet is not None
        if method in _ON_ONE:
            if register or self._sheet is None:
                return False
            return method == "open_case" or self._sheet.escalation.closed_at is None
        return True

    # -- reading --------------------------------------------------------------------------------

    def _part(self, index: int) -> None:
        self.stack.setCurrentIndex(index)
        if index == REGISTER:
            self.register.read()
        self.shell.window.title_changed()

    def read(self) -> None:
        moderation = self.shell.workspace.moderation
        self.shell.tasks.read(
            self,
            lambda: _Listed(
                moderation.escalations(), {row.id: row for row in moderation.cases(limit=10_000)}
            ),
            self._arrived,
            key="escalations",
        )

    def _arrived(self, listed: _Listed) -> None:
        self._listed = listed
        wanted, self._wanted = self._wanted, None
        self.model.set_rows(listed.escalations)
        self.list_stack.setCurrentWidget(self.table if listed.escalations else self.none)
        open_ones = [e for e in listed.escalations if e.closed_at is None]
        self.shell.window.show_badge(
            "escalations", sum(1 for e in open_ones if e.answered_at is None)
        )
        shown = wanted or (self._sheet.escalation.id if self._sheet is not None else None)
        if not (shown is not None and self.table.select_id(shown)):
            self.table.select_first()
        self._build_wanted()

    def _cell(self, escalation: Escalation) -> Cell:
        tr = self.shell.tr
        state, icon = standing(tr, escalation, self.shell.clock())
        row = self._listed.cases.get(escalation.case_id) if self._listed else None
        person = called(self.shell, row.person, row.name) if row is not None else ""
        return Cell(
            f"{person} – {tr.tr(SITUATIONS[escalation.situation])}".strip(" –"),
            f"{state} · {escalation.number}",
            icon=icon,
        )

    def _picked(self, escalation_id: int) -> None:
        if escalation_id < 0:
            return
        moderation = self.shell.workspace.moderation

        def read() -> _Sheet:
            escalation = moderation.escalation(escalation_id)
            return _Sheet(
                escalation,
                moderation.sheet(escalation.case_id),
                moderation.packets(escalation_id),
            )

        self.shell.tasks.read(self, read, self._show, key="sheet")

    # -- showing --------------------------------------------------------------------------------

    def _show(self, sheet: _Sheet) -> None:
        self._sheet = sheet
        tr, escalation, case = self.shell.tr, sheet.escalation, sheet.case.case
        self.title_label.set_whole(
            f"{escalation.number} · {tr.tr(SITUATIONS[escalation.situation])}"
        )
        person = sheet.case.person
        who = called(self.shell, person.label, known_name(person))
        self.about.set_whole(f"{case.number} · {who} · {case.title}")
        self.clock.show_escalation(escalation)
        acts = {
            (False, False): N_("Record the contact…"),
            (True, False): N_("Record their answer…"),
        }
        act = acts.get((bool(escalation.escalated_at), bool(escalation.answered_at)))
        standing = escalation.closed_at is None
        self.act_button.setVisible(standing and act is not None)
        if act is not None:
            self.act_button.setText(tr.tr(act))
        self.close_button.setVisible(standing)
        self._show_body(sheet)
        self.sheet_stack.setCurrentIndex(1)
        self.shell.window.title_changed()
        self._build_wanted()

    def _build_wanted(self) -> None:
        """Open the packet that was asked for from elsewhere, once its escalation is shown."""
        if self._sheet is not None and self._build == self._sheet.escalation.id:
            self._build = None
            self.build_packet()

    def _show_body(self, sheet: _Sheet) -> None:
        tr, escalation, body = self.shell.tr, sheet.escalation, self.body.body
        clear(body)
        asked = Card(tr.tr(N_("What is asked")))
        for label, value in (
            (N_("Question"), escalation.question),
            (N_("How far it has gone"), escalation.spread),
            (
                N_("What was NOT done"),
                "\n".join(restraint.still_true(escalation.not_done, sheet.case)),
            ),
        ):
            if value:
                asked.body.addWidget(
                    stack(plain(tr.tr(label), role="small"), plain(value), spacing=0)
                )
        doubt = contradiction_words(tr, escalation.not_done, sheet.case)
        if doubt:
            band = Banner(self.shell.icons)
            band.show_message(
                Tone.WARNING, doubt, title=tr.tr(N_("This contradicts the case; it is left out"))
            )
            asked.body.addWidget(band)
        if escalation.closed_at is None:
            row = QHBoxLayout()
            row.addWidget(button(tr.tr(N_("Correct…")), self.correct, kind="small"))
            row.addStretch(1)
            asked.body.addLayout(row)
        body.addWidget(asked)
        if escalation.contact or escalation.answer:
            told = Card(tr.tr(N_("What they said")))
            for label, value in (
                (N_("Contact"), escalation.contact),
                (N_("Instructions"), escalation.answer),
            ):
                if value:
                    told.body.addWidget(
                        stack(plain(tr.tr(label), role="small"), plain(value), spacing=0)
                    )
            body.addWidget(told)
        body.addWidget(self._packets(sheet))
        body.addStretch(1)

    def _packets(self, sheet: _Sheet) -> Card:
        tr = self.shell.tr
        card = Card(tr.tr(N_("Packets")))
        if not sheet.packets:
            card.body.addWidget(
                plain(
                    tr.tr(N_("None was built yet: a PDF to read, a ZIP to keep, an e-mail draft.")),
                    role="muted",
                )
            )
        for packet in sheet.packets:
            card.body.addWidget(self._packet(packet))
        return card

    def _packet(self, packet: Packet) -> QWidget:
        tr = self.shell.tr
        line = QWidget()
        column = QVBoxLayout(line)
        margins(column, 0, 2)
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        made = tr.tr(N_("Built on {at}, by {who}"), at=tr.moment(packet.at), who=packet.who)
        row.addWidget(plain(made), 1)
        if not packet.sent_to:
            row.addWidget(
                button(
                    tr.tr(N_("Record who received it…")),
                    lambda: self.record_sent(packet),
                    kind="small",
                )
            )
        elif packet.acknowledged_at is None:
            row.addWidget(
                button(
                    tr.tr(N_("They confirmed it…")),
                    lambda: self.record_acknowledged(packet),
                    kind="small",
                )
            )
        column.addLayout(row)
        said = []
        if packet.sent_to:
            said.append(tr.tr(N_("received by {whom}"), whom=packet.sent_to))
        if packet.acknowledged_at is not None:
            said.append(tr.tr(N_("confirmed on {at}"), at=tr.moment(packet.acknowledged_at)))
        said.append(f"ZIP {packet.zip_sha256[:16]}…")
        column.addWidget(plain(" · ".join(said), role="small"))
        return line

    # -- acting ---------------------------------------------------------------------------------

    def _acts(self) -> CaseActs:
        assert self._sheet is not None
        return CaseActs(self.shell, self._sheet.case)

    def ask_affairs(self) -> None:
        """What comes next: the contact, or their answer."""
        if self._sheet is None:
            return
        escalation = self._sheet.escalation
        if escalation.escalated_at is None:
            self._acts().contact(escalation.id)
        elif escalation.answered_at is None:
            self._acts().affairs_answer(escalation.id)

    def correct(self) -> None:
        """Mend what is asked; the journal keeps both."""
        if self._sheet is not None:
            self._acts().correct(self._sheet.escalation)

    def close_escalation(self) -> None:
        if self._sheet is not None:
            self._acts().close_escalation(self._sheet.escalation.id)

    def open_case(self) -> None:
        if self._sheet is not None:
            self.shell.window.go("moderation", self._sheet.escalation.case_id)

    def build_packet(self) -> PacketBuilder | None:
        """Choose what goes in, look, export."""
        if self._sheet is None:
            return None
        builder = PacketBuilder(self.shell, self._sheet.escalation, self._sheet.case)
        builder.open()
        return builder

    def print_screen(self) -> None:
        """Show the packet as it will print, and be exported: it is printed from there."""
        self.build_packet()

    def record_sent(self, packet: Packet) -> FormDialog:
        tr, moderation = self.shell.tr.tr, self.shell.workspace.moderation
        affairs = self.shell.workspace.settings
        dialog = FormDialog(
            self.shell,
            tr(N_("Who received the packet")),
            tr(N_("You sent it yourself; here it is noted for whom.")),
            tr(N_("Record it")),
            lambda v: moderation.packet_sent(packet.id, v["to"]),
            fields=(
                Field(
                    "to",
                    tr(N_("Person and address")),
                    required=True,
                    initial=affairs.get("affairs.email") or affairs.get("affairs.name"),
                ),
            ),
            tone=Tone.INFO,
        )
        dialog.open()
        return dialog

    def record_acknowledged(self, packet: Packet) -> FormDialog:
        tr, moderation = self.shell.tr.tr, self.shell.workspace.moderation
        dialog = FormDialog(
            self.shell,
            tr(N_("They confirmed having received it")),
            tr(N_("Did they compare the fingerprint with you, by telephone?")),
            tr(N_("Record it")),
            lambda v: moderation.packet_acknowledged(packet.id, v["at"]),
            fields=(Field("at", tr(N_("When")), "moment"),),
            tone=Tone.INFO,
        )
        dialog.open()
        return dialog


__all__ = ["Escalations", "find_escalations"]
