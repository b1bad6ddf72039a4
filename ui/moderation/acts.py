"""What one does in a case besides climbing its ladder: each act is a small form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from scc_admin.i18n import N_
from scc_admin.model import CaseSheet, CaseStep, Changes, Escalation, Incident, Situation
from scc_admin.moderation import alone_locks, waits_for_affairs
from scc_admin.words import SITUATIONS, step_title
from ui.forms import Field, FormDialog
from ui.moderation.asking import AskingForm
from ui.screen import Shell
from ui.widgets import Tone

REVIEW_AGAIN = dt.timedelta(days=90)


class ReclassifyForm(FormDialog):
    """Another situation. What it asks more of a case that is critical no more shows only then."""

    def __init__(self, shell: Shell, sheet: CaseSheet) -> None:
        tr = shell.tr.tr
        case = sheet.case
        self._sheet = sheet
        super().__init__(
            shell,
            tr(N_("Change the situation")),
            tr(N_("The four critical kinds put Public Affairs first.")),
            tr(N_("Change the situation")),
            lambda v: shell.workspace.moderation.reclassify(
                case.id,
                Situation(v["situation"]),
                v["critical"],
                reason=v["reason"],
                approver=v["approver"],
            ),
            fields=(
                Field(
                    "situation",
                    tr(N_("Situation")),
                    "choice",
                    initial=case.situation.value,
                    choices=tuple((s.value, tr(SITUATIONS[s])) for s in Situation),
                ),
                Field(
                    "critical",
                    tr(N_("Critical: Public Affairs first")),
                    "check",
                    initial=case.critical,
                ),
                Field(
                    "reason",
                    tr(N_("Why it is critical no more")),
                    "text",
                    required=True,
                    lines=2,
                    least=5,
                ),
                second_person(tr),
            ),
            keep=f"reclassify:{case.id}",
        )
        self.widget("situation").currentIndexChanged.connect(lambda _i: self._ask())
        self.widget("critical").toggled.connect(lambda _on: self._ask())
        self._ask()

    def _ask(self) -> None:
        values, sheet = self.values(), self._sheet
        lowers = sheet.case.critical and not (
            values["critical"] or Situation(values["situation"]).critical
        )
        waits = waits_for_affairs(sheet.case, sheet.incidents, sheet.escalations)
        self.form.show_row(self.widget("reason"), lowers)
        self.form.show_row(self.widget("approver"), lowers and waits)


def second_person(tr: Callable[[str], str]) -> Field:
    """Who else agrees that Public Affairs come first no more."""
    return Field(
        "approver",
        tr(N_("Second person who approves")),
        required=True,
        hint=tr(N_("Public Affairs have not answered yet: another person than you agrees.")),
    )


class CaseActs:
    """The acts of one case, as its sheet stands. Each opens a form and returns it."""

    def __init__(self, shell: Shell, sheet: CaseSheet) -> None:
        self._shell = shell
        self._sheet = sheet
        self._case_id = sheet.case.id
        self._moderation = shell.workspace.moderation

    def _form(
        self,
        name: str,
        title: str,
        text: str,
        act: str,
        op: Callable[[dict[str, Any]], Any],
        *fields: Field,
        tone: Tone = Tone.QUESTION,
        danger: bool = False,
        said: str = "",
    ) -> FormDialog:
        tr = self._shell.tr.tr
        made = FormDialog(
            self._shell,
            tr(title),
            tr(text) if text else "",
            tr(act),
            op,
            (lambda _result: self._shell.messages.toast(tr(said))) if said else None,
            fields=fields,
            keep=f"{name}:{self._case_id}",
            tone=tone,
            danger=danger,
        )
        made.open()
        return made

    def _reason(self, label: str = N_("Reason")) -> Field:
        return Field("reason", self._shell.tr.tr(label), "text", required=True, lines=3, least=5)

    def _second(self, needed: bool) -> tuple[Field, ...]:
        return (second_person(self._shell.tr.tr),) if needed else ()

    def _waits(self) -> bool:
        sheet = self._sheet
        return waits_for_affairs(sheet.case, sheet.incidents, sheet.escalations)

    def note(self) -> FormDialog:
        tr = self._shell.tr.tr
        return self._form(
            "note",
            N_("Add a note"),
            N_("What you saw, said or decided. It is kept in the journal."),
            N_("Add the note"),
            lambda v: self._moderation.note(self._case_id, v["text"]),
            Field("text", tr(N_("Note")), "text", required=True, lines=5),
            tone=Tone.INFO,
            said=N_("The note is in the journal."),
        )

    def review(self) -> FormDialog:
        tr = self._shell.tr
        next_on = tr.local(self._shell.clock()).date() + REVIEW_AGAIN
        return self._form(
            "review",
            N_("Review the case"),
            N_("Is what was decided still right?"),
            N_("Record the review"),
            lambda v: self._moderation.review(self._case_id, v["text"], v["next_on"]),
            Field("text", tr.tr(N_("What you found")), "text", required=True, lines=4),
            Field("next_on", tr.tr(N_("Review again on")), "date", initial=next_on),
            tone=Tone.INFO,
        )

    def lift(self) -> FormDialog:
        return self._form(
            "lift",
            N_("Lift the ban"),
            N_("Give the person back their access on the network yourself; it is recorded here."),
            N_("Lift the ban"),
            lambda v: self._moderation.lift(self._case_id, v["reason"]),
            self._reason(),
            said=N_("The ban is lifted."),
        )

    def appeal(self) -> FormDialog:
        tr = self._shell.tr.tr
        return self._form(
            "appeal",
            N_("Record an appeal"),
            N_("It is decided by another person than the one who banned."),
            N_("Record the decision"),
            lambda v: self._moderation.appeal(
                self._case_id, v["who"], v["outcome"] == "upheld", v["reason"]
            ),
            Field("who", tr(N_("Decided by")), required=True),
            Field(
                "outcome",
                tr(N_("Decision")),
                "choice",
                choices=(
                    ("granted", tr(N_("Granted: the ban is lifted"))),
                    ("upheld", tr(N_("Refused: the ban stays"))),
                ),
            ),
            self._reason(N_("Grounds")),
        )

    def close(self) -> FormDialog:
        return self._form(
            "close",
            N_("Close the case"),
            N_("It stays readable, and can be reopened."),
            N_("Close the case"),
            lambda v: self._moderation.close_case(
                self._case_id, v["reason"], v.get("approver", "")
            ),
            self._reason(N_("Why it can be closed")),
            *self._second(self._waits()),
            said=N_("The case is closed."),
        )

    def reopen(self) -> FormDialog:
        return self._form(
            "reopen",
            N_("Reopen the case"),
            "",
            N_("Reopen the case"),
            lambda v: self._moderation.reopen_case(self._case_id, v["reason"]),
            self._reason(),
        )

    def hold(self) -> FormDialog:
        """Set a legal hold, or lift the one that stands."""
        if self._sheet.case.hold:
            return self._form(
                "hold",
                N_("Lift the legal hold"),
                N_("From then on the case can be destroyed when its time is over."),
                N_("Lift the legal hold"),
                lambda _v: self._moderation.set_hold(self._case_id, ""),
                said=N_("The legal hold is lifted."),
            )
        return self._form(
            "hold",
            N_("Set a legal hold"),
            N_("Nothing of this case can be erased or destroyed while it stands."),
            N_("Set the legal hold"),
            lambda v: self._moderation.set_hold(self._case_id, v["reason"]),
            self._reason(N_("Who asks for it, and why")),
            said=N_("The legal hold is set."),
        )

    def reclassify(self) -> FormDialog:
        made = ReclassifyForm(self._shell, self._sheet)
        made.open()
        return made

    def retract_step(self, step: CaseStep) -> FormDialog:
        """Undo what was recorded, by a new entry; both stay readable."""
        tr = self._shell.tr
        made = self._form(
            f"retract-{step.id}",
            N_("Undo this step"),
            N_("A new entry undoes it. Both stay readable in the journal."),
            N_("Undo the step"),
            lambda v: self._moderation.retract(step.id, v["reason"]),
            self._reason(N_("Why it is undone")),
            danger=True,
        )
        made.setWindowTitle(f"{made.windowTitle()} – {step_title(tr, step)}")
        return made

    def retract_incident(self, incident: Incident) -> FormDialog:
        return self._form(
            f"retract-incident-{incident.id}",
            N_("Undo this incident"),
            N_("It stays readable, and no longer counts: not in the signals, not in the report."),
            N_("Undo the incident"),
            lambda v: self._moderation.retract_incident(
                incident.id, v["reason"], v.get("approver", "")
            ),
            self._reason(N_("Why it is undone")),
            *self._second(alone_locks(self._sheet, incident.id)),
            danger=True,
        )

    # -- Public Affairs ---------------------------------------------------------------------------

    def escalate(self, then: Callable[[int], object] | None = None) -> FormDialog:
        """Prepare a question for Public Affairs; then go on with it, or say what comes next."""
        made = AskingForm(
            self._shell,
            self._sheet,
            then=self._asked if then is None else lambda result: then(result[0]),
        )
        made.open()
        return made

    def _asked(self, result: tuple[int, Changes]) -> None:
        shell, escalation_id = self._shell, result[0]
        shell.messages.toast(
            shell.tr.tr(N_("The question is written down, and nothing was sent yet.")),
            shell.tr.tr(N_("Build the packet…")),
            lambda: shell.window.go("escalations", ("packet", escalation_id)),
        )

    def correct(
        self,
        escalation: Escalation,
        then: Callable[[Any], object] | None = None,
        parent: QWidget | None = None,
    ) -> FormDialog:
        """Mend the words of a question; both stay readable."""
        made = AskingForm(self._shell, self._sheet, escalation, then, parent=parent)
        made.open()
        return made

    def contact(self, escalation_id: int) -> FormDialog:
        tr = self._shell.tr.tr
        affairs = self._shell.workspace.settings
        known = " · ".join(
            part
            for part in (
                affairs.get("affairs.name"),
                affairs.get("affairs.phone"),
                affairs.get("affairs.email"),
            )
            if part
        )
        made = FormDialog(
            self._shell,
            tr(N_("Record the contact")),
            known,
            tr(N_("Record the contact")),
            lambda v: self._moderation.record_contact(escalation_id, v["contact"], v["at"]),
            fields=(
                Field(
                    "contact", tr(N_("Whom you reached, and how")), "text", required=True, lines=3
                ),
                Field("at", tr(N_("When")), "moment"),
            ),
            keep=f"contact-{escalation_id}:{self._case_id}",
            tone=Tone.INFO,
        )
        made.open()
        return made

    def affairs_answer(self, escalation_id: int) -> FormDialog:
        tr = self._shell.tr.tr
        made = FormDialog(
            self._shell,
            tr(N_("Record their answer")),
            tr(N_("With it, reply and ban are open again.")),
            tr(N_("Record the answer")),
            lambda v: self._moderation.record_affairs_answer(
                escalation_id, v["answer"], v["at"], standing=v["standing"]
            ),
            fields=(
                Field("answer", tr(N_("Instructions received")), "text", required=True, lines=4),
                Field("at", tr(N_("When")), "moment"),
                Field(
                    "standing",
                    tr(N_("They said it holds for what this person writes next, too")),
                    "check",
                ),
            ),
            keep=f"answer-{escalation_id}:{self._case_id}",
            tone=Tone.INFO,
        )
        made.open()
        return made

    def close_escalation(self, escalation_id: int) -> FormDialog:
        tr = self._shell.tr.tr
        made = FormDialog(
            self._shell,
            tr(N_("Close the escalation")),
            tr(N_("The clock stops; packets and answers stay readable.")),
            tr(N_("Close the escalation")),
            lambda v: self._moderation.close_escalation(escalation_id, v["at"]),
            fields=(Field("at", tr(N_("When")), "moment"),),
        )
        made.open()
        return made
