"""What was taken out of the calendar: undone at once, or put back later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scc_admin.i18n import N_
from scc_admin.kinds import Changes
from scc_admin.trash import CAMPAIGN, Trashed
from ui.forms import Field, FormDialog
from ui.messages import Choice
from ui.screen import Shell
from ui.widgets import Tone

_BACK, _GONE = "back", "gone"


def say(shell: Shell, text: str, trash_id: int) -> None:
    """Say that something is in the trash, and offer to put it back."""
    editorial = shell.workspace.editorial
    shell.messages.toast(
        text,
        shell.tr.tr(N_("Undo")),
        lambda: shell.tasks.mutate(
            shell.messages.window,
            lambda: editorial.put_back(trash_id),
            None,
            shell.messages.failed,
        ),
    )


def show(shell: Shell) -> None:
    """What is in the trash of the calendar, to be put back or deleted for good."""
    editorial = shell.workspace.editorial
    shell.tasks.read(shell.messages.window, editorial.in_trash, lambda found: _show(shell, found))


def _show(shell: Shell, found: Sequence[Trashed]) -> None:
    tr, editorial = shell.tr, shell.workspace.editorial
    title = tr.tr(N_("Trash of the calendar"))
    if not found:
        close = (Choice("close", tr.tr(N_("Close")), "primary"),)
        shell.messages.ask(
            title, tr.tr(N_("The trash is empty.")), close, lambda _answer: None, tone=Tone.INFO
        )
        return

    def said(thing: Trashed) -> str:
        kind = N_("Campaign") if thing.kind == CAMPAIGN else N_("Line of the calendar")
        return " · ".join((thing.title, tr.tr(kind), tr.moment(thing.at), thing.who))

    def act(values: dict[str, Any]) -> Changes:
        chosen = int(values["what"])
        if values["act"] == _GONE:
            return editorial.destroy_trashed(chosen)
        return editorial.put_back(chosen)

    FormDialog(
        shell,
        title,
        "",
        tr.tr(N_("Confirm")),
        act,
        fields=(
            Field(
                "what",
                tr.tr(N_("In the trash")),
                "choice",
                choices=tuple((str(thing.id), said(thing)) for thing in found),
            ),
            Field(
                "act",
                tr.tr(N_("What to do")),
                "choice",
                choices=(
                    (_BACK, tr.tr(N_("Put it back"))),
                    (_GONE, tr.tr(N_("Delete it for good"))),
                ),
            ),
        ),
    ).open()
