"""The question for Public Affairs, written or mended; what it says was not done is compared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QWidget

from scc_admin.i18n import N_, Translator
from scc_admin.model import CaseSheet, Changes, Escalation
from scc_admin.moderation import EscalationInput, restraint
from scc_admin.words import step_title
from ui.forms import Field, FormDialog
from ui.screen import Shell
from ui.widgets import Tone


class AskingForm(FormDialog):
    """A new question, or the words of `escalation` mended; `then` gets what was written.

    A line that a recorded step contradicts is pointed out once; whoever leaves it as it is may.
    """

    def __init__(
        self,
        shell: Shell,
        sheet: CaseSheet,
        escalation: Escalation | None = None,
        then: Callable[[Any], object] | None = None,
        *,
        parent: QWidget | None = None,
    ) -> None:
        tr = shell.tr.tr
        new = escalation is None
        self._sheet = sheet
        self._escalation = escalation
        self._pointed_out = ""
        held_back = "\n".join(tr(words) for words in restraint.held_back(sheet))
        case_id = sheet.case.id
        super().__init__(
            shell,
            tr(N_("Ask Public Affairs")) if new else tr(N_("Correct what is asked")),
            tr(N_("Quickly, but not just anything. Nothing is sent by the program."))
            if new
            else tr(N_("The journal keeps both; the packet and the screens tell the new words.")),
            tr(N_("Prepare the escalation")) if new else tr(N_("Record the correction")),
            self._write,
            then,
            keep=f"escalate:{case_id}" if escalation is None else f"mend-{escalation.id}:{case_id}",
            tone=Tone.BLOCK if new else Tone.INFO,
            parent=parent,
        )
        first = next((i.captured_at for i in sheet.incidents if not i.retracted), None)
        self.add(
            Field(
                "question",
                tr(N_("Your question")),
                "text",
                required=True,
                lines=3,
                initial=escalation.question if escalation else "",
            )
        )
        self.add(
            Field(
                "spread",
                tr(N_("How far it has gone")),
                "text",
                lines=2,
                hint=tr(N_("Shares, comments, other pages, media.")),
                initial=escalation.spread if escalation else "",
            )
        )
        self.add(
            Field(
                "not_done",
                tr(N_("What you did NOT do")),
                "text",
                lines=3,
                initial=escalation.not_done if escalation else held_back,
                hint=tr(
                    N_(
                        "One line each, from what the case records. Whether something was hidden or"
                        " deleted on the network, only you know."
                    )
                ),
            )
        )
        seen = first if escalation is None else escalation.seen_at
        self.add(Field("seen", tr(N_("Seen on")), "moment", initial=seen))

    def missing(self) -> list[tuple[QWidget, str]]:
        found = super().missing()
        said = self.values()["not_done"]
        doubt = contradiction_words(self.shell.tr, said, self._sheet)
        if doubt and said != self._pointed_out:
            self._pointed_out = said
            hint = self.shell.tr.tr(
                N_("Correct it, or record it all the same: the packet then leaves it out.")
            )
            found.append((self.widget("not_done"), f"{doubt} {hint}"))
        return found

    def _write(self, values: dict[str, Any]) -> Any:
        moderation, case_id = self.shell.workspace.moderation, self._sheet.case.id
        if self._escalation is not None:
            return moderation.correct_escalation(
                self._escalation.id,
                EscalationInput(
                    values["question"], values["spread"], values["not_done"], self._seen(values)
                ),
            )
        changes = Changes(frozenset({"cases", "escalations", "journal"}), case_id=case_id)
        made = moderation.escalate(
            case_id,
            EscalationInput(
                values["question"], values["spread"], values["not_done"], values["seen"]
            ),
        )
        return made, changes

    def _seen(self, values: dict[str, Any]) -> datetime | None:
        """When it was seen, if that was changed: the field shows minutes, the clock keeps more."""
        assert self._escalation is not None
        stood = self._escalation.seen_at.replace(second=0, microsecond=0)
        told: datetime = values["seen"]
        return None if told.replace(second=0, microsecond=0) == stood else told


def contradiction_words(tr: Translator, not_done: str, sheet: CaseSheet) -> str:
    """What the case says against « not done », in a sentence; empty when it agrees."""
    found = restraint.contradictions(not_done, sheet)
    return " ".join(
        tr.tr(
            N_("“{words}” is not so: {act}, {when}."),
            words=each.words,
            act=step_title(tr, each.step),
            when=tr.moment(each.step.at),
        )
        for each in found
    )
