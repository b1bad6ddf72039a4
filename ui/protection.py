"""How the workspace is locked: where its key is, its recovery code, its signing key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from scc_admin.errors import UserError
from scc_admin.i18n import N_, Translator
from ui.messages import Banner, Choice, Dialog, Messages
from ui.screen import Screen, Shell
from ui.theme import Space
from ui.widgets import Card, FlowLayout, Form, IconLabel, Tone, button, margins, plain

if TYPE_CHECKING:
    from scc_admin.keys import Encryption, Kind

KINDS = {
    "keyring": N_("Encrypted; the key stands in this computer's keyring."),
    "passphrase": N_("Encrypted; the key stands behind a passphrase."),
    "none": N_("Not encrypted: whoever has the folder can read everything in it."),
}


def ask_without_code(
    messages: Messages,
    tr: Translator,
    leave: Callable[[], object],
    *,
    parent: QWidget | None = None,
) -> None:
    """Ask before a recovery code goes that nobody has typed back from paper."""
    messages.ask(
        tr.tr(N_("Close without the recovery code?")),
        tr.tr(
            N_(
                "The code is not shown again. Without it, and without this computer, your"
                " backups cannot be opened."
            )
        ),
        (
            Choice("leave", tr.tr(N_("Close all the same")), "danger"),
            Choice("stay", tr.tr(N_("Go back to the code")), "primary"),
        ),
        lambda answer: leave() if answer == "leave" else None,
        tone=Tone.WARNING,
        parent=parent,
    )


class ProtectionPart(QWidget):
    """What protects the workspace, and the ways to change it; `anew` shows the part again."""

    def __init__(self, screen: Screen, anew: Callable[[], object]) -> None:
        super().__init__()
        self._screen = screen
        self._anew = anew
        shell = self._shell = screen.shell
        tr, icons, workspace = shell.tr.tr, shell.icons, shell.workspace
        column = QVBoxLayout(self)
        margins(column, 0, Space.LARGE)
        card = Card(padding=Space.LARGE)
        row = QHBoxLayout()
        margins(row, 0, Space.MEDIUM)
        locked = workspace.encrypted
        mark, color = ("lock", "ok") if locked else ("unlock", "warning")
        row.addWidget(IconLabel(icons, mark, color), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(plain(tr(KINDS[workspace.protection.kind.value])), 1)
        card.body.addLayout(row)
        acts = FlowLayout(Space.SMALL)
        if locked:
            self.change = button(
                tr(N_("Change the protection…")), self._change, icons=icons, icon="lock"
            )
            acts.addWidget(self.change)
            self.renew = button(
                tr(N_("Make a new recovery code…")), self._ask_renewal, icons=icons, icon="refresh"
            )
            acts.addWidget(self.renew)
        else:
            card.body.addWidget(
                plain(
                    tr(
                        N_(
                            "Encrypt it before real persons and cases are in it: drafts, cases,"
                            " journal and backups can then be read by nobody without the key."
                        )
                    ),
                    role="muted",
                )
            )
            self.encrypt = button(
                tr(N_("Encrypt this workspace…")), self._change, icons=icons, icon="lock"
            )
            acts.addWidget(self.encrypt)
        card.body.addLayout(acts)
        column.addWidget(card)

        signing = Card(tr(N_("Your signing key")), padding=Space.LARGE)
        signing.body.addWidget(
            plain(tr(N_("Fingerprint of your signing key, to be told by telephone:")), role="muted")
        )
        fingerprint = plain(workspace.protection.fingerprint)
        fingerprint.setAccessibleName(tr(N_("Fingerprint of your signing key")))
        fingerprint.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        signing.body.addWidget(fingerprint)
        signing.body.addWidget(
            button(tr(N_("Copy the fingerprint")), self._copy, icons=icons, icon="copy"),
            0,
            Qt.AlignmentFlag.AlignLeft,
        )
        column.addWidget(signing)

    def _copy(self) -> None:
        QApplication.clipboard().setText(self._shell.workspace.protection.fingerprint)
        self._shell.messages.toast(self._shell.tr.tr(N_("The fingerprint is copied.")))

    # -- another protection -----------------------------------------------------------------------

    def _change(self) -> None:
        from scc_admin import keys

        self._shell.tasks.read(self, keys.keyring_answers, self._open_change)

    def _open_change(self, keyring: bool) -> None:
        ChangeDialog(self._shell, keyring, self._keep_protection).open()

    def _keep_protection(self, dialog: ChangeDialog, kind: Kind, passphrase: str | None) -> None:
        workspace, shell = self._shell.workspace, self._shell
        if not workspace.encrypted:
            shell.tasks.read(
                dialog,
                lambda: workspace.plan_encryption(kind, passphrase=passphrase),
                lambda plan: self._show_code(dialog, plan),
                dialog.refuse,
            )
            return

        def done(_: object) -> None:
            dialog.accept()
            self._anew()
            tr = shell.tr.tr
            shell.messages.toast(
                tr(N_("The protection is changed. Your recovery code stays the same.")),
                tr(N_("Make a new recovery code…")),
                lambda: renew(shell),
            )

        shell.tasks.mutate(
            dialog,
            lambda: workspace.change_protection(kind, passphrase=passphrase),
            done,
            dialog.refuse,
        )

    def _show_code(self, dialog: ChangeDialog, plan: Encryption) -> None:
        """Once the code is on paper the window closes, and opens again encrypted."""
        dialog.accept()
        code = CodeDialog(self._shell, plan.recovery_code, encrypts=True)
        window = self._shell.window
        code.chosen.connect(
            lambda answer: window.encrypt_workspace(plan) if answer == "yes" else None
        )
        code.open()

    # -- another recovery code --------------------------------------------------------------------

    def _ask_renewal(self) -> None:
        tr = self._shell.tr.tr
        self._shell.messages.confirm(
            tr(N_("Make a new recovery code?")),
            tr(N_("The code you wrote down before will no longer open this workspace.")),
            tr(N_("Make a new code")),
            lambda: renew(self._shell),
        )


def renew(shell: Shell) -> None:
    """Make a new recovery code, and show it until it is typed from paper."""
    shell.tasks.mutate(
        shell.messages.window,
        shell.workspace.renew_recovery_code,
        lambda code: CodeDialog(shell, code).open(),
        shell.messages.failed,
    )


class ChangeDialog(Dialog):
    """Keyring or passphrase; `then` gets the dialog, the kind and the passphrase."""

    def __init__(
        self,
        shell: Shell,
        keyring: bool,
        then: Callable[[ChangeDialog, Kind, str | None], object],
    ) -> None:
        tr = shell.tr.tr
        super().__init__(
            shell.messages.window,
            shell.theme,
            shell.icons,
            tr(N_("How is this workspace to be opened?")),
            "",
            (Choice("no", tr(N_("Cancel"))), Choice("yes", tr(N_("Protect it so")), "primary")),
        )
        from scc_admin.keys import MIN_PASSPHRASE

        self._shell, self._then = shell, then
        self.banner = Banner(shell.icons)
        self.body.addWidget(self.banner)
        self.keyring = QRadioButton(tr(N_("By itself: the key stays with this computer’s keyring")))
        self.passphrase = QRadioButton(tr(N_("By a passphrase that I type each time")))
        group = QButtonGroup(self)
        now = shell.workspace.protection.kind.value
        for choice, here in ((self.keyring, "keyring"), (self.passphrase, "passphrase")):
            group.addButton(choice)
            choice.setChecked(now == here or (here == "keyring" and now == "none"))
            self.body.addWidget(choice)
        if not keyring:
            self.keyring.setEnabled(False)
            words = tr(N_("No keyring answers on this computer."))
            self.keyring.setToolTip(words)
            self.body.insertWidget(2, plain(words, role="small"))
            self.passphrase.setChecked(True)
        self._form = Form(beside=False)
        self.first, self.second = QLineEdit(), QLineEdit()
        for field in (self.first, self.second):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.textChanged.connect(lambda _text: self._check())
        hint = tr(N_("At least {n} characters; several words are easy to keep."), n=MIN_PASSPHRASE)
        self._least = MIN_PASSPHRASE
        self._form.add(tr(N_("New passphrase")), self.first, hint=hint)
        self._form.add(tr(N_("Once more")), self.second)
        self.body.addWidget(self._form)
        group.buttonToggled.connect(lambda _button, _on: self._check())
        self._check()
        (self.keyring if self.keyring.isChecked() else self.passphrase).setFocus()

    def _check(self) -> None:
        by_passphrase = self.passphrase.isChecked()
        self._form.setEnabled(by_passphrase)
        alike = self.first.text() == self.second.text()
        long_enough = len(self.first.text()) >= self._least
        here = self._shell.workspace.protection.kind.value
        self.button("yes").setEnabled(alike and long_enough if by_passphrase else here != "keyring")
        differ = by_passphrase and not alike and len(self.second.text()) >= len(self.first.text())
        words = self._shell.tr.tr(N_("The two passphrases differ.")) if differ else ""
        self._form.problem(self.second, words)

    def _choose(self, answer: str) -> None:
        if answer != "yes":
            super()._choose(answer)
            return
        from scc_admin.keys import Kind

        self.button("yes").setEnabled(False)
        if self.passphrase.isChecked():
            self._then(self, Kind.PASSPHRASE, self.first.text())
        else:
            self._then(self, Kind.KEYRING, None)

    def refuse(self, error: UserError) -> None:
        """Say why nothing was changed."""
        self.banner.show_message(Tone.ERROR, self._shell.tr.explain(error))
        self._check()


class CodeDialog(Dialog):
    """A new recovery code, shown until it is typed from paper.

    One that `encrypts` is that of a workspace which is only then encrypted: it can be left.
    """

    def __init__(self, shell: Shell, code: str, *, encrypts: bool = False) -> None:
        tr = shell.tr.tr
        words = (
            N_(
                "Write it down; it is shown only once. It opens everything when the passphrase is"
                " forgotten or this computer is gone. Nothing is encrypted before you have typed"
                " it."
            )
            if encrypts
            else N_("Write it down; it is shown only once, and the old one is void.")
        )
        act = N_("Encrypt now") if encrypts else N_("It is on paper")
        leave = (Choice("no", tr(N_("Cancel"))),) if encrypts else ()
        super().__init__(
            shell.messages.window,
            shell.theme,
            shell.icons,
            tr(N_("Your recovery code")) if encrypts else tr(N_("Your new recovery code")),
            tr(words),
            (*leave, Choice("yes", tr(act), "primary")),
            tone=Tone.WARNING,
        )
        self._shell, self._code, self._encrypts = shell, code, encrypts
        self.set_width(shell.theme.px(500))  # the code on one line
        self.code = plain(code)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(shell.theme.px(18))
        self.code.setFont(fixed)
        self.code.setAccessibleName(tr(N_("Recovery code")))
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.body.addWidget(self.code)
        self._form = Form(beside=False)
        self.typed = QLineEdit()
        self.typed.textChanged.connect(lambda _text: self._check())
        self._form.add(
            tr(N_("Type the code from your paper")),
            self.typed,
            hint=tr(N_("Capitals, spaces and hyphens do not matter.")),
        )
        self.body.addWidget(self._form)
        self._check()
        self.typed.setFocus()

    def _right(self) -> bool:
        from scc_admin.keys import confirm

        return confirm(self._code, self.typed.text())

    def _check(self) -> None:
        self.button("yes").setEnabled(self._right())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Close only once the code is known to be on paper, or given up by name."""
        if self._encrypts:
            super().reject()
            return
        ask_without_code(self._shell.messages, self._shell.tr, lambda: self.done(0), parent=self)
