"""Verifying what came from elsewhere: an escalation packet, or a checkpoint that somebody kept.

One dialog for both: whoever receives a file need not know which of the two it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from scc_admin.errors import UserError
from scc_admin.files import readable, write_durably
from scc_admin.i18n import N_, Translator
from scc_admin.model import JournalReport, Progress
from scc_admin.packets import DIFFERENCES, PacketReport
from ui.files import Purpose as For
from ui.files import choose_folder, open_file, save_as, saved
from ui.messages import Banner, Choice, Dialog, announce
from ui.screen import Shell
from ui.tasks import Job, Reporter
from ui.theme import Space
from ui.widgets import ProgressBar, Tone, button, margins, plain

_NOTE_AT_MOST = 64 << 10
"""Bytes of a file that can be a checkpoint; a packet is larger."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a verification established: `packet` or `journal` says which kind of file it was."""

    path: Path
    packet: PacketReport | None = None
    journal: JournalReport | None = None
    note: str = ""
    """The checkpoint, of a journal that was compared with one."""


class ReceivedDialog(Dialog):
    """Choose a packet or a checkpoint; read what was checked, and what was found."""

    help = "escalation"

    def __init__(self, shell: Shell) -> None:
        tr = shell.tr.tr
        super().__init__(
            shell.messages.window,
            shell.theme,
            shell.icons,
            tr(N_("Verify what was received")),
            tr(
                N_(
                    "A packet (its ZIP, or the folder it was unpacked into), or a checkpoint of"
                    " this journal that somebody kept. It is only read, on this computer."
                )
            ),
            (Choice("close", tr(N_("Close"))),),
            tone=Tone.INFO,
        )
        self.shell = shell
        self._job: Job | None = None
        self._found: Found | None = None
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        self.file_button = button(
            tr(N_("Choose a file…")),
            self.ask_file,
            icons=shell.icons,
            icon="shield",
            kind="primary",
        )
        self.folder_button = button(tr(N_("Choose a folder…")), self.ask_folder)
        row.addWidget(self.file_button)
        row.addWidget(self.folder_button)
        row.addStretch(1)
        self.body.addLayout(row)
        work = QHBoxLayout()
        margins(work, 0, Space.SMALL)
        self.bar = ProgressBar(tr(N_("Verification")))
        self.stop_button = button(tr(N_("Stop")), self.stop, kind="small")
        work.addWidget(self.bar, 1)
        work.addWidget(self.stop_button)
        self.body.addLayout(work)
        self.banner = Banner(shell.icons, self)
        self.body.addWidget(self.banner)
        self.checked = plain()
        self.body.addWidget(self.checked)
        self.problems = QPlainTextEdit()
        self.problems.setReadOnly(True)
        self.problems.setAccessibleName(tr(N_("What was found")))
        self.problems.setMinimumHeight(shell.theme.px(120))
        self.body.addWidget(self.problems)
        self.proof_button = button(
            tr(N_("Save a proof for whoever kept it…")),
            self.ask_proof,
            icons=shell.icons,
            icon="pin",
        )
        last = QHBoxLayout()
        margins(last, 0, Space.SMALL)
        last.addWidget(self.proof_button)
        last.addStretch(1)
        self.body.addLayout(last)
        self._working: tuple[QWidget, ...] = (self.bar, self.stop_button)
        self._outcome: tuple[QWidget, ...] = (self.checked, self.problems, self.proof_button)
        for part in (*self._working, *self._outcome):
            part.hide()
        self.set_width(shell.theme.px(640))
        self.file_button.setFocus()

    # -- choosing -------------------------------------------------------------------------------

    def ask_file(self) -> None:
        tr = self.shell.tr.tr
        kinds = f"{tr(N_('Packets and checkpoints'))} (*.zip *.txt);;{tr(N_('All files'))} (*)"
        open_file(self, tr(N_("What was received")), kinds, self.verify)

    def ask_folder(self) -> None:
        tr = self.shell.tr.tr
        choose_folder(self, tr(N_("The unpacked packet")), self.verify, purpose=For.IMPORT)

    # -- verifying ------------------------------------------------------------------------------

    def verify(self, path: Path) -> None:
        """Verify a file or a folder, in a worker; the bar and Stop stand while it takes."""
        if self._job is not None:
            return
        workspace = self.shell.workspace

        def work(report: Reporter) -> Found:
            note = _note(path)
            if note:
                journal = workspace.verify_journal(held=[note], progress=report)
                return Found(path, journal=journal, note=note)
            from scc_admin import packets

            def read(done: int, total: int) -> None:
                report(Progress(done, total))

            return Found(path, packet=packets.verify(path, progress=read))

        self.banner.hide()
        self._show(working=True)
        self._job = self.shell.tasks.long(
            self,
            self.shell.tr.tr(N_("Verifying {name}"), name=path.name),
            work,
            self._verified,
            self._failed,
            self._ended,
            self.bar.show_progress,
        )

    def stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def done(self, result: int) -> None:
        self.stop()
        super().done(result)

    def _show(self, *, working: bool) -> None:
        for part in self._working:
            part.setVisible(working)
        self.file_button.setEnabled(not working)
        self.folder_button.setEnabled(not working)
        if working:
            self.bar.show_progress(None)
            for part in self._outcome:
                part.hide()

    def _ended(self) -> None:
        self._job = None
        self._show(working=False)

    def _failed(self, error: UserError) -> None:
        self._ended()
        self.banner.show_message(Tone.ERROR, self.shell.tr.explain(error))

    def _verified(self, found: Found) -> None:
        self._ended()
        self._found = found
        tr = self.shell.tr
        tone, title, text, checked, problems = (
            packet_words(tr, found.packet, self._own())
            if found.packet is not None
            else journal_words(tr, found.journal)
            if found.journal is not None
            else (Tone.ERROR, "", "", (), ())
        )
        self.banner.show_message(tone, text, title=title)
        announce(self.banner, f"{title} {text}")
        self.checked.setText("\n".join(f"– {line}" for line in checked))
        self.checked.setVisible(bool(checked))
        self.problems.setPlainText("\n".join(problems))
        self.problems.setVisible(bool(problems))
        self.proof_button.setVisible(found.journal is not None and found.journal.ok)

    def _own(self) -> str:
        """The fingerprint of this workspace's own key; empty without one."""
        try:
            return self.shell.workspace.signer.fingerprint()
        except UserError:
            return ""

    # -- a proof for the holder -----------------------------------------------------------------

    def ask_proof(self) -> None:
        tr = self.shell.tr.tr
        save_as(
            self,
            tr(N_("Save the proof")),
            "journal-proof.json",
            f"{tr(N_('Proof'))} (*.json)",
            self.save_proof,
        )

    def save_proof(self, target: Path) -> None:
        """Sign a checkpoint now, and write what leads from the one held to it."""
        if self._found is None:
            return
        journal, note = self.shell.workspace.journal, self._found.note
        self.shell.tasks.long(
            self,
            self.shell.tr.tr(N_("Proving that the checkpoint holds")),
            lambda _report: write_durably(target, journal.prove_since(note).encode()),
            lambda _none: saved(self, target),
            self._failed,
            mutation=True,
        )


Words = tuple[Tone, str, str, tuple[str, ...], tuple[str, ...]]
"""Tone, title and text of the outcome; what was checked; what is wrong."""


def packet_words(tr: Translator, report: PacketReport, own: str) -> Words:
    """What the verification of a packet established, and no more."""
    problems = tuple(tr.explain(problem) for problem in report.problems)
    if not report.ok:
        return (
            Tone.ERROR,
            tr.tr(N_("This packet is not as it was signed")),
            tr.tr(N_("Do not rely on it. Ask the sender for it again, by another way.")),
            (),
            problems,
        )
    checked = [
        tr.ntr("{n} file is what it was", "{n} files are what they were", len(report.files)),
        tr.tr(N_("The signature holds: {fingerprint}"), fingerprint=report.fingerprint),
        tr.ntr(
            "{n} journal entry stands under the signed checkpoint",
            "{n} journal entries stand under the signed checkpoint",
            report.entries,
        ),
    ]
    if report.told:
        checked.append(
            tr.ntr(
                "{n} line of the case says what its entry says",
                "{n} lines of the case say what their entries say",
                report.told,
            )
        )
    elif not report.differences:
        checked.append(
            tr.tr(N_("Not compared: the case with its entries, in a packet of an earlier version"))
        )
    if report.documents:
        checked.append(
            tr.tr(N_("The document that belongs to it: {names}"), names=", ".join(report.documents))
        )
    else:
        checked.append(tr.tr(N_("Not checked: the PDF, which does not stand beside it")))
    if report.differences:
        return (
            Tone.WARNING,
            tr.tr(N_("{number} is whole, and tells two versions"), number=report.number),
            tr.tr(DIFFERENCES, n=report.differences),
            tuple(checked),
            (),
        )
    if own and report.fingerprint == own:
        text = tr.tr(N_("It is signed with the key of this workspace."))
    else:
        text = tr.tr(
            N_(
                "Call the sender and compare the fingerprint: only another channel can say whose"
                " key it is."
            )
        )
    return (
        Tone.OK,
        tr.tr(N_("{number} is whole and unaltered"), number=report.number),
        text,
        tuple(checked),
        (),
    )


def journal_words(tr: Translator, report: JournalReport) -> Words:
    """What comparing the journal with a checkpoint held elsewhere established."""
    from ui.moderation.journal import report_words

    title, text = report_words(tr, report)
    problems = tuple(tr.tr(p.message, **p.params) for p in report.problems)
    if not report.ok:
        return Tone.ERROR, title, text, (), problems
    first, *others = text.split("\n\n")
    return (
        Tone.OK,
        tr.tr(N_("The journal agrees with this checkpoint")),
        first,
        (title, *others),
        (),
    )


def _note(path: Path) -> str:
    """The text of a file that looks like a checkpoint; empty for any other.

    Raises UserError when it cannot be read, IntegrityError for a small text that is neither.
    """
    from scc_admin.journal import notes

    with readable(path):
        packed = path.is_dir() or path.suffix.lower() in (".zip", ".pdf")
        if packed or path.stat().st_size > _NOTE_AT_MOST:
            return ""
        data = path.read_bytes()
    text = notes.text_of(data)
    notes.parse(text)
    return text
