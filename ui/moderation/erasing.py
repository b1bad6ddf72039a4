"""What is gone for good: on what ground, approved by whom, and the paper that says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from scc_admin.i18n import N_, Translator
from scc_admin.model import Entry, Evidence, Ground
from scc_admin.moderation.retention import Destruction
from scc_admin.words import GROUNDS
from ui.files import TheWindow, save_as, saved
from ui.forms import Field, FormDialog
from ui.messages import Choice
from ui.screen import Shell
from ui.widgets import Tone


def ground_field(
    tr: Translator, grounds: Sequence[Ground], first: Ground = Ground.RETENTION
) -> Field:
    """The choice of a ground, of those that hold; `first` stands in it if it is one of them."""
    chosen = first if first in grounds else grounds[0]
    return Field(
        "ground",
        tr.tr(N_("Ground")),
        "choice",
        choices=tuple((ground.value, tr.tr(GROUNDS[ground])) for ground in grounds),
        initial=chosen.value,
    )


def approver_field(tr: Translator) -> Field:
    return Field(
        "approver",
        tr.tr(N_("Approved by")),
        hint=tr.tr(N_("Another person than you.")),
        required=True,
    )


def ask_destroy_evidence(
    shell: Shell,
    pieces: Sequence[Evidence],
    owner: QWidget,
    then: Callable[[], object] | None = None,
) -> None:
    """Ask which of these pieces of evidence of a case is destroyed, on what ground, approved by
    whom; in front of `owner`."""
    retention = shell.workspace.moderation.retention
    left = [piece for piece in pieces if not piece.erased]
    if left:
        shell.tasks.read(
            owner,
            lambda: retention.prospect(left[0].case_id).grounds,
            lambda grounds: _evidence_form(shell, left, grounds, owner, then).open(),
        )


def _evidence_form(
    shell: Shell,
    pieces: Sequence[Evidence],
    grounds: Sequence[Ground],
    owner: QWidget,
    then: Callable[[], object] | None,
) -> FormDialog:
    tr = shell.tr
    retention = shell.workspace.moderation.retention
    names = tuple(
        (str(piece.id), f"{piece.original_name} – {tr.moment(piece.captured_at)}")
        for piece in pieces
    )
    fields = [ground_field(tr, grounds, Ground.MISTAKE), approver_field(tr)]
    if len(pieces) > 1:
        fields.insert(0, Field("piece", tr.tr(N_("Evidence")), "choice", choices=names))
    text = N_("The file can no longer be read by anybody. Its hash and who held it stay.")
    one = names[0][1] + "\n\n" if len(pieces) == 1 else ""

    def done(gone: Destruction) -> None:
        if then is not None:
            then()
        offer_certificate(shell, gone, N_("The piece of evidence is destroyed"), parent=owner)

    return FormDialog(
        shell,
        tr.tr(N_("Destroy a piece of evidence")),
        one + tr.tr(text),
        tr.tr(N_("Destroy for good")),
        lambda v: retention.destroy_evidence(
            int(v.get("piece", names[0][0])), ground=Ground(v["ground"]), approver=v["approver"]
        ),
        done,
        fields=fields,
        tone=Tone.WARNING,
        danger=True,
        label=tr.tr(N_("Destroying a piece of evidence")),
        parent=owner,
    )


def offer_certificate(
    shell: Shell,
    gone: Destruction,
    title: str,
    *,
    key: str = "destruction",
    parent: QWidget | None = None,
) -> None:
    """Say that it is gone, and offer the paper that says so. `title` is a msgid."""
    tr = shell.tr
    text = tr.tr(
        N_("Journal entry {n} says so. A certificate can be printed and filed."), n=gone.entry
    )
    if gone.kept:
        text += " " + tr.tr(N_("It names what repeats some of it elsewhere, and stays."))
    shell.messages.ask(
        tr.tr(title),
        text,
        (
            Choice("close", tr.tr(N_("Close"))),
            Choice("save", tr.tr(N_("Save the certificate…")), "primary"),
        ),
        lambda answer: _ask_place(shell, gone, key) if answer == "save" else None,
        tone=Tone.OK,
        parent=parent,
    )


def _ask_place(shell: Shell, gone: Destruction, key: str) -> None:
    save_as(
        TheWindow(shell),
        shell.tr.tr(N_("Save the certificate")),
        f"certificat-{gone.case}-{gone.entry}.pdf",
        "PDF (*.pdf)",
        lambda path: save_certificate(shell, gone, path, key),
    )


def ask_certificate_again(shell: Shell, entry: Entry) -> None:
    """Ask where to save the certificate of what a journal entry destroyed, made again from it."""
    save_as(
        TheWindow(shell),
        shell.tr.tr(N_("Save the certificate")),
        "-".join(filter(None, ("certificat", entry.case, f"{entry.seq}.pdf"))),
        "PDF (*.pdf)",
        lambda path: save_certificate_again(shell, entry, path),
    )


def save_certificate_again(shell: Shell, entry: Entry, target: Path) -> None:
    """Typeset the certificate of what a journal entry destroyed, in a worker."""
    tr = shell.tr
    _save(shell, target, lambda: shell.workspace.certificate_again(entry.seq, target, tr))


def save_certificate(shell: Shell, gone: Destruction, target: Path, key: str) -> None:
    """Typeset the certificate, in a worker."""
    tr = shell.tr
    _save(shell, target, lambda: shell.workspace.certificate(gone, target, tr, key=key))


def _save(shell: Shell, target: Path, write: Callable[[], Path]) -> None:
    shell.tasks.long(
        shell.messages.window,
        shell.tr.tr(N_("Writing the certificate")),
        lambda _report: write(),
        lambda _path: saved(TheWindow(shell), target),
        mutation=True,  # a checkpoint is signed
    )
