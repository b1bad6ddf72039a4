"""What is to be destroyed, and what a person is to be given of what is held on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from scc_admin.i18n import N_
from scc_admin.model import Area, Evidence, Ground, Person
from scc_admin.moderation.retention import Destruction, Due, PersonFile, Prospect
from scc_admin.words import CASE_STATES, person_label
from ui.escalation.mask import MaskEditor
from ui.files import choose_folder
from ui.forms import Field, FormDialog, PlainText
from ui.moderation.acts import CaseActs
from ui.moderation.erasing import approver_field, ground_field, offer_certificate
from ui.moderation.words import called, known_name
from ui.screen import Shell
from ui.tables import Cell, Column, RowsModel, Table, Tag
from ui.theme import Space
from ui.widgets import (
    CASE_STATE_LOOK,
    Card,
    EmptyState,
    Tone,
    button,
    icon_button,
    margins,
    plain,
)

_AHEAD = (
    (0, N_("Due now")),
    (92, N_("Due within 3 months")),
    (366, N_("Due within a year")),
    (36_500, N_("All cases, by their day")),
)


@dataclass(frozen=True, slots=True)
class _Listed:
    due: Sequence[Due]
    persons: Sequence[Person]
    years: int


class RetentionPane(QWidget):
    """Cases by the day on which they are to be destroyed; the right of access below."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        tr = shell.tr.tr
        self._listed: _Listed | None = None
        self.ahead = QComboBox()
        self.ahead.setAccessibleName(tr(N_("Which cases")))
        for days, words in _AHEAD:
            self.ahead.addItem(tr(words), days)
        self.ahead.currentIndexChanged.connect(lambda _i: self.read())
        self.rule = plain(role="muted")
        self.table = Table(shell.theme, shell.icons, tr(N_("Cases to destroy")), two_lines=True)
        self.model: RowsModel[Due] = RowsModel(
            [
                Column(tr(N_("Case")), self._case, stretch=3),
                Column(tr(N_("Last event")), self._last, width=160),
                Column(tr(N_("To destroy on")), self._due, width=150),
            ],
            lambda due: due.case_id,
        )
        self.table.use(self.model)
        self.table.picked.connect(lambda _id: self._allow())
        self.table.opened.connect(lambda case_id: shell.window.go("moderation", case_id))
        self.none = EmptyState(
            shell.icons,
            "archive",
            tr(N_("Nothing is to be destroyed")),
            tr(N_("View what comes next")),
            lambda: self.ahead.setCurrentIndex(len(_AHEAD) - 1),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.none)
        self.open_button = button(tr(N_("Open the case")), self._open)
        self.hold_button = button(tr(N_("Legal hold…")), self._hold, icons=shell.icons, icon="lock")
        self.destroy_button = button(
            tr(N_("Destroy…")), self.ask_destroy, icons=shell.icons, icon="trash", kind="danger"
        )

        column = QVBoxLayout(self)
        margins(column, Space.LARGE, Space.MEDIUM)
        head = QHBoxLayout()
        margins(head, 0, Space.MEDIUM)
        head.addWidget(self.rule, 1)
        head.addWidget(self.ahead)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        self._acts = QWidget()
        acts = QHBoxLayout(self._acts)
        margins(acts, 0, Space.SMALL)
        acts.addStretch(1)
        for widget in (self.open_button, self.hold_button, self.destroy_button):
            acts.addWidget(widget)
        column.addWidget(self._acts)
        column.addWidget(self._access_card())
        self._allow()

    def _access_card(self) -> Card:
        shell, tr = self.shell, self.shell.tr.tr
        card = Card(tr(N_("Right of access")))
        card.body.addWidget(
            plain(
                tr(N_("A person may ask what is held on them. It is given without other names.")),
                role="muted",
            )
        )
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        self.person = QComboBox()
        self.person.setAccessibleName(tr(N_("Person")))
        self.person.setMinimumWidth(shell.theme.px(340))
        self.give = button(
            tr(N_("Give them what is held…")), self._give, icons=shell.icons, icon="package"
        )
        row.addWidget(self.person)
        row.addWidget(self.give)
        row.addStretch(1)
        card.body.addLayout(row)
        return card

    # -- reading --------------------------------------------------------------------------------

    def read(self) -> None:
        workspace = self.shell.workspace
        today = self.shell.tr.local(self.shell.clock()).date()
        until = today + dt.timedelta(days=int(self.ahead.currentData()))

        def read() -> _Listed:
            years = int(workspace.settings.get("retention.case_years"))
            return _Listed(
                workspace.moderation.retention.due(until),
                workspace.moderation.persons(),
                years,
            )

        self.shell.tasks.read(self, read, self._arrived, key="due")

    def _arrived(self, listed: _Listed) -> None:
        tr = self.shell.tr
        self._listed = listed
        self.model.set_rows(listed.due)
        self.stack.setCurrentWidget(self.table if listed.due else self.none)
        self.rule.setText(
            tr.ntr(
                "A case is kept for {n} year after its last event, unless a hold keeps it.",
                "A case is kept for {n} years after its last event, unless a hold keeps it.",
                listed.years,
            )
        )
        chosen = self.person.currentData()
        self.person.clear()
        for person in listed.persons:
            self.person.addItem(called(self.shell, person.label, known_name(person)), person.id)
        self.person.setCurrentIndex(max(0, self.person.findData(chosen)))
        self.give.setEnabled(bool(listed.persons))
        self.table.select_first()
        self._allow()

    def _case(self, due: Due) -> Cell:
        tr = self.shell.tr.tr
        icon, _ = CASE_STATE_LOOK[due.state]
        tags = (Tag(tr(N_("Legal hold")), "lock", "warning"),) if due.hold else ()
        return Cell(
            f"{due.person} – {due.title}",
            f"{due.number} · {tr(CASE_STATES[due.state])}",
            tags=tags,
            icon=icon,
        )

    def _last(self, due: Due) -> Cell:
        return Cell(self.shell.tr.date(due.last_event_at), color="muted")

    def _due(self, due: Due) -> Cell:
        today = self.shell.tr.local(self.shell.clock()).date()
        late = due.due_on <= today and not due.hold
        return Cell(
            self.shell.tr.date(due.due_on), color="warning" if late else "text", strong=late
        )

    def _current(self) -> Due | None:
        case_id = self.table.current_id()
        due = self._listed.due if self._listed is not None else ()
        return next((d for d in due if d.case_id == case_id), None)

    def _allow(self) -> None:
        due = self._current()
        self._acts.setVisible(due is not None)
        self.open_button.setEnabled(due is not None)
        self.hold_button.setEnabled(due is not None)
        self.destroy_button.setEnabled(due is not None and not due.hold)

    # -- acting ---------------------------------------------------------------------------------

    def _open(self) -> None:
        due = self._current()
        if due is not None:
            self.shell.window.go("moderation", due.case_id)

    def _hold(self) -> None:
        due, moderation = self._current(), self.shell.workspace.moderation
        if due is not None:
            self.shell.tasks.read(
                self,
                lambda: moderation.sheet(due.case_id),
                lambda sheet: CaseActs(self.shell, sheet).hold(),
            )

    def ask_destroy(self) -> None:
        """Destroy the case in focus: first see what stands open in it."""
        due, retention = self._current(), self.shell.workspace.moderation.retention
        if due is not None:
            self.shell.tasks.read(
                self,
                lambda: retention.prospect(due.case_id),
                lambda prospect: self.destroy_form(due, prospect).open(),
            )

    def destroy_form(self, due: Due, prospect: Prospect) -> FormDialog:
        """On what ground a case is destroyed, approved by whom, and knowing what stands open."""
        tr = self.shell.tr.tr
        retention = self.shell.workspace.moderation.retention
        text = tr(
            N_(
                "{case}: its comments, evidence, messages and reasons are gone for good; the"
                " person, too, if no other case is left. Number, dates and hashes stay."
            ),
            case=due.number,
        )
        if prospect.open:
            told = [tr(one.sentence, **one.params) for one in prospect.open]
            text += "\n\n" + "\n".join(
                (tr(N_("Still open:")), *(f"•\u00a0{line}" for line in told))
            )
        fields = [ground_field(self.shell.tr, prospect.grounds), approver_field(self.shell.tr)]
        if prospect.open:
            known = tr(N_("Destroy it all the same, with what is open"))
            fields.append(Field("though_open", known, "check"))
        return FormDialog(
            self.shell,
            tr(N_("Destroy the case")),
            text,
            tr(N_("Destroy for good")),
            lambda v: retention.destroy_case(
                due.case_id,
                ground=Ground(v["ground"]),
                approver=v["approver"],
                though_open=v.get("though_open", False),
            ),
            self._destroyed,
            fields=fields,
            tone=Tone.WARNING,
            danger=True,
            label=tr(N_("Destroying {case}"), case=due.number),
        )

    def _destroyed(self, gone: Destruction) -> None:
        offer_certificate(self.shell, gone, N_("The case is destroyed"))

    def _give(self) -> None:
        person_id = self.person.currentData()
        listed = self._listed.persons if self._listed is not None else ()
        person = next((p for p in listed if p.id == person_id), None)
        if person is not None:
            self.give_access(person)

    def give_access(self, person: Person) -> None:
        """Ask what goes into the folder that a person is given."""
        retention = self.shell.workspace.moderation.retention
        self.shell.tasks.read(
            self,
            lambda: retention.person_file(person.id),
            lambda file: AccessDialog(self.shell, file).open(),
        )

    def panes(self) -> Sequence[QWidget]:
        return (self.table, self.person)


class AccessDialog(FormDialog):
    """Which captures show the person alone, and which names are to be left out."""

    def __init__(self, shell: Shell, file: PersonFile) -> None:
        tr = shell.tr.tr
        super().__init__(
            shell,
            tr(N_("What is held on {person}"), person=person_label(shell.tr, file.person.label)),
            tr(
                N_(
                    "A folder with a document to read (PDF and plain text), the data, and the"
                    " captures you tick. Nothing is sent. The journal notes that it was given."
                )
            ),
            tr(N_("Choose the folder…")),
            lambda _values: None,
            tone=Tone.INFO,
            width=620,
        )
        self._file = file
        self._boxes: dict[int, QCheckBox] = {}
        self.masks: dict[int, tuple[Area, ...]] = {}
        pieces = [e for sheet in file.sheets for e in sheet.evidence if not e.erased]
        if pieces:
            self.form.add_wide(
                plain(
                    tr(
                        N_(
                            "Captures to give: those that show nobody else, or in which you hide"
                            " the others (tick them after a look)"
                        )
                    )
                )
            )
        for piece in pieces:
            label = f"{piece.original_name} – {shell.tr.moment(piece.captured_at)}"
            box = QCheckBox(label.replace("&", "&&"))
            self._boxes[piece.id] = box
            self.form.add_wide(self._row(piece, box))
        self.hide_words = PlainText(lines=3, px=shell.theme.px)
        self.form.add(
            tr(N_("Other names to leave out, one a line")),
            self.hide_words,
            hint=tr(
                N_("Left out already: {names}."), names=shell.tr.join(sorted(file.administrators))
            )
            if file.administrators
            else "",
        )

    def _row(self, piece: Evidence, box: QCheckBox) -> QWidget:
        """The box of a capture, and the way to hide others in its copy."""
        line = QWidget()
        row = QHBoxLayout(line)
        margins(row, 0, Space.SMALL)
        row.addWidget(box, 1)
        if piece.media_type.startswith("image/"):
            said = plain(role="small", wrap=False)
            row.addWidget(said)
            name = self.shell.tr.tr(N_("Hide parts of {name}"), name=piece.original_name)
            row.addWidget(
                icon_button(self.shell.icons, "mask", name, lambda: self.cover(piece, said))
            )
        return line

    def cover(self, piece: Evidence, said: QLabel) -> MaskEditor:
        """Choose what of a capture is black in the copy that is given; `said` tells how much."""

        def changed(areas: tuple[Area, ...]) -> None:
            self.masks[piece.id] = areas
            words = ("Masked copy: {n} area", "Masked copy: {n} areas")
            said.setText(self.shell.tr.ntr(*words, len(areas)) if areas else "")

        editor = MaskEditor(self.shell, piece, self.masks.get(piece.id, ()), changed, self)
        editor.open()
        return editor

    def focus_first(self) -> None:
        first: QWidget = next(iter(self._boxes.values()), self.hide_words)
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def submit(self) -> None:
        tr = self.shell.tr.tr
        choose_folder(self, tr(N_("Where to put the folder")), self.export)

    def export(self, out: Path) -> None:
        """Write the folder, in a worker."""
        shell, person = self.shell, self._file.person
        chosen = {piece for piece, box in self._boxes.items() if box.isChecked()}
        hide = [line for line in self.hide_words.toPlainText().splitlines() if line.strip()]
        masks = dict(self.masks)

        def write(report: Any) -> Path:
            return shell.workspace.export_access(
                person.id, out, shell.tr, evidence=chosen, hide=hide, masks=masks, progress=report
            )

        self._finished = True
        shell.tasks.long(
            shell.messages.window,
            shell.tr.tr(
                N_("Writing what is held on {person}"), person=person_label(shell.tr, person.label)
            ),
            write,
            lambda folder: shell.messages.toast(
                shell.tr.tr(N_("It is in the folder {name}."), name=folder.name)
            ),
        )
        self.accept()
