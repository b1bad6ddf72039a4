"""First run, and a workspace that does not open: who you are, where, protected how.

Three pages, under two minutes. The recovery code is shown once and must be typed before anything
else is: who has not written it down finds out here, and not the day it is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QFontDatabase
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from scc_admin.errors import UserError
from scc_admin.i18n import N_, Translator
from scc_admin.model import Language
from scc_admin.settings import Settings
from ui.icons import Icons
from ui.messages import Banner, Choice, Messages, announce
from ui.tasks import Tasks
from ui.theme import Space, Theme
from ui.widgets import Card, Form, IconLabel, Tone, button, margins, plain, tab_order

FRESH, SAMPLE = "fresh", "sample"
LOCKED_CODES = frozenset(
    {
        "passphrase_needed",
        "wrong_passphrase",
        "wrong_recovery",
        "not_by_passphrase",
        "recovery_typing",
        "recovery_length",
        "no_keyring",
        "keyring_empty",
        "keyring_wrong",
        "wrong_key",
    }
)
"""Refusals that a passphrase or the recovery code may overcome."""


def default_folder() -> Path:
    """On this computer, where no service synchronises; « Documents » often is."""
    import platformdirs

    base = Path(platformdirs.user_data_dir("scc-admin", appauthor=False))
    place, number = base / "SCC", 2
    while place.exists():
        place, number = base / f"SCC {number}", number + 1
    return place


class Welcome(QWidget):
    """The window before there is a workspace."""

    made = Signal(object)
    """The `Workspace` just made, its recovery code confirmed."""
    open_asked = Signal(object, str, str)
    """Open this folder with this passphrase, or this recovery code; both may be empty."""
    spoken = Signal(object)
    """The language chosen."""
    left = Signal()
    """Closed with nothing opened."""

    def __init__(self, theme: Theme, tasks: Tasks, settings: Settings, language: Language) -> None:
        super().__init__()
        self._theme = theme
        self._tasks = tasks
        self._settings = settings
        self._language = language
        self._icons = Icons(theme)
        self._folder = default_folder()
        self._made: object = None
        self._code = ""
        self._refusal: tuple[Path, UserError] | None = None
        self.setMinimumSize(theme.px(640), theme.px(560))
        self.resize(theme.px(720), theme.px(600))
        self._outer = QVBoxLayout(self)
        margins(self._outer, 0, 0)
        self._page = QWidget()
        self._outer.addWidget(self._page)
        self._build()

    # -- building -------------------------------------------------------------------------------

    def _build(self) -> None:
        """Make the pages, in the language of the moment."""
        self._tr = Translator(self._language)
        tr = self._tr.tr
        self._messages = Messages(self, self._tr, self._theme, self._icons)
        self.setWindowTitle("SCC Admin")
        fresh = QWidget()
        column = QVBoxLayout(fresh)
        margins(column, Space.HUGE, Space.LARGE)
        head = QHBoxLayout()
        head.setSpacing(Space.MEDIUM)
        head.addWidget(IconLabel(self._icons, "flower", "daffodil", 36))
        words = QVBoxLayout()
        words.setSpacing(0)
        self.heading = plain(role="title")
        self.subheading = plain(role="muted")
        words.addWidget(self.heading)
        words.addWidget(self.subheading)
        head.addLayout(words, 1)
        column.addLayout(head)
        self.banner = Banner(self._icons)
        column.addWidget(self.banner)
        self.pages = QStackedWidget()
        column.addWidget(self.pages, 1)
        foot = QHBoxLayout()
        foot.setSpacing(Space.SMALL)
        self.elsewhere = button(
            tr(N_("Open a workspace I already have…")), self._choose_existing, kind="link"
        )
        foot.addWidget(self.elsewhere)
        foot.addStretch(1)
        self.back = button(tr(N_("Back")), self._back)
        self.next = button("", self._next, kind="primary")
        foot.addWidget(self.back)
        foot.addWidget(self.next)
        column.addLayout(foot)
        self._titles: list[tuple[str, str, str]] = []
        for make in (self._make_you, self._make_place, self._make_code, self._make_unlock):
            self.pages.addWidget(make())
        self._outer.replaceWidget(self._page, fresh)
        self._page.hide()
        self._page.deleteLater()
        self._page = fresh
        self._show(3 if self._refusal else 0)

    def _title(self, title: str, text: str, act: str) -> None:
        self._titles.append((title, text, act))

    def _make_you(self) -> QWidget:
        tr = self._tr.tr
        self._title(
            tr(N_("Welcome")),
            tr(N_("Write, check and keep the record of your pages. Nothing leaves this computer.")),
            tr(N_("Continue")),
        )
        card = Card()
        row = QHBoxLayout()
        group = QButtonGroup(card)
        for language, word in ((Language.FR, "Français"), (Language.EN, "English")):
            choice = QRadioButton(word)
            choice.setChecked(language is self._language)
            choice.clicked.connect(partial(self._speak, language))
            group.addButton(choice)
            row.addWidget(choice)
        row.addStretch(1)
        card.body.addLayout(row)
        form = Form(beside=False)
        self.name, self.role = QLineEdit(), QLineEdit()
        self.name.setPlaceholderText(tr(N_("First name and last name")))
        form.add(
            tr(N_("Your name")),
            self.name,
            required=True,
            hint=tr(N_("It signs your drafts and your decisions; the journal keeps it for good.")),
        )
        form.add(tr(N_("Your role")), self.role)
        self._you = form
        card.body.addWidget(form)
        card.body.addStretch(1)
        return card

    def _make_place(self) -> QWidget:
        from scc_admin.keys import Kind

        tr = self._tr.tr
        self._title(
            tr(N_("Your workspace")),
            tr(N_("Where your drafts and your journal are kept, and how they are protected.")),
            tr(N_("Create the workspace")),
        )
        card = Card()
        self.fresh = QRadioButton(tr(N_("Begin with an empty workspace")))
        self.sample = QRadioButton(tr(N_("Try it on an invented example first")))
        self.fresh.setChecked(True)
        content = QButtonGroup(card)
        for choice in (self.fresh, self.sample):
            content.addButton(choice)
            choice.toggled.connect(lambda _on: self._content_chosen())
            card.body.addWidget(choice)
        self._place_form = Form(beside=False)
        where = QWidget()
        row = QHBoxLayout(where)
        margins(row, 0, Space.SMALL)
        self.folder = QLineEdit(str(self._folder))
        self.folder.textEdited.connect(lambda text: self._folder_chosen(Path(text)))
        row.addWidget(self.folder, 1)
        row.addWidget(
            button(tr(N_("Choose…")), self._choose_folder, icons=self._icons, icon="folder")
        )
        self.folder.setAccessibleName(tr(N_("Folder")))
        self._place_form.add(tr(N_("Folder")), where)
        self._where = where
        card.body.addWidget(self._place_form)

        self._protection = QWidget()
        column = QVBoxLayout(self._protection)
        margins(column, 0, 2)
        column.addWidget(plain(tr(N_("Protection")), role="strong"))
        kinds = QButtonGroup(self._protection)
        self.kinds: dict[str, QRadioButton] = {}
        for kind, text in (
            (Kind.KEYRING, N_("The key stays with this computer’s keyring (recommended)")),
            (Kind.PASSPHRASE, N_("A passphrase that I type each time")),
            (Kind.NONE, N_("None: whoever has the folder can read everything in it")),
        ):
            choice = QRadioButton(tr(text))
            choice.setChecked(kind is Kind.KEYRING)
            choice.toggled.connect(lambda _on: self._content_chosen())
            kinds.addButton(choice)
            self.kinds[kind.value] = choice
            column.addWidget(choice)
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setPlaceholderText(tr(N_("Several words that only you know")))
        self.secret.setAccessibleName(tr(N_("Passphrase")))
        self.secret_again = QLineEdit()
        self.secret_again.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret_again.setPlaceholderText(tr(N_("Once more")))
        self.secret_again.setAccessibleName(tr(N_("Passphrase, once more")))
        self._secrets = QWidget()
        pair = QHBoxLayout(self._secrets)
        margins(pair, 0, Space.SMALL)
        pair.addWidget(self.secret)
        pair.addWidget(self.secret_again)
        column.addWidget(self._secrets)
        card.body.addWidget(self._protection)
        card.body.addStretch(1)
        self._content_chosen()
        return card

    def _make_code(self) -> QWidget:
        tr = self._tr.tr
        self._title(
            tr(N_("Your recovery code")),
            tr(
                N_(
                    "If this computer is lost, this code alone opens your backups. It is shown"
                    " once: write it on paper."
                )
            ),
            tr(N_("Open the workspace")),
        )
        card = Card()
        self.code = plain(self._code)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(self._theme.px(20))
        self.code.setFont(fixed)
        self.code.setAccessibleName(tr(N_("Recovery code")))
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        card.body.addSpacing(Space.SMALL)
        card.body.addWidget(self.code)
        row = QHBoxLayout()
        row.addWidget(
            button(tr(N_("Print it…")), self._print_code, icons=self._icons, icon="print")
        )
        row.addStretch(1)
        card.body.addLayout(row)
        self._code_form = Form(beside=False)
        self.typed = QLineEdit()
        self._code_form.add(
            tr(N_("Type the code from your paper")),
            self.typed,
            hint=tr(N_("Capitals, spaces and hyphens do not matter.")),
        )
        card.body.addWidget(self._code_form)
        card.body.addStretch(1)
        return card

    def _make_unlock(self) -> QWidget:
        tr = self._tr.tr
        self._title(
            tr(N_("This workspace is closed")),
            tr(N_("Nothing in it was changed.")),
            tr(N_("Open it")),
        )
        card = Card()
        self._unlock_form = Form(beside=False)
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self._unlock_form.add(tr(N_("Passphrase")), self.key)
        self.recovery = QLineEdit()
        self._unlock_form.add(tr(N_("Or the recovery code")), self.recovery)
        card.body.addWidget(self._unlock_form)
        card.body.addWidget(
            button(tr(N_("Make a new workspace instead")), partial(self._show, 0), kind="link")
        )
        card.body.addStretch(1)
        return card

    # -- going through ----------------------------------------------------------------------------

    def _show(self, place: int) -> None:
        title, text, act = self._titles[place]
        self.pages.setCurrentIndex(place)
        self.heading.setText(title)
        self.subheading.setText(text)
        self.next.setText(act)
        self.next.setEnabled(True)
        self.back.setVisible(place == 1)
        self.elsewhere.setVisible(place in (0, 3))
        self.banner.hide()
        first = (self.name, self.folder, self.typed, self.key)[place]
        first.setFocus()
        if self.isVisible():
            announce(self, f"{title}. {text}")
        tab_order([first, self.back, self.next])

    def _back(self) -> None:
        self._show(0)

    def _next(self) -> None:
        (self._check_you, self._create, self._check_code, self._unlock)[self.pages.currentIndex()]()

    def _speak(self, language: Language) -> None:
        if language is self._language:
            return
        name, role = self.name.text(), self.role.text()
        self._language = language
        self._build()
        self.name.setText(name)
        self.role.setText(role)
        self.spoken.emit(language)
        try:
            self._settings.set("look.language", language.value)
        except UserError as error:
            self._refuse(error)

    def _check_you(self) -> None:
        missing = not self.name.text().strip()
        words = self._tr.tr(N_("Write your name: it signs what you decide.")) if missing else ""
        self._you.problem(self.name, words)
        if missing:
            self.name.setFocus()
        else:
            self._show(1)

    def _folder_chosen(self, folder: Path) -> None:
        from scc_admin.backups import location_problem

        self._folder = folder
        problem = location_problem(folder)
        self._place_form.problem(self._where, self._tr.explain(problem) if problem else "")

    def _choose_folder(self) -> None:
        self._pick(self._tr.tr(N_("Where to keep the workspace")), self._picked_folder)

    def _picked_folder(self, place: str) -> None:
        folder = Path(place)
        if folder.is_dir() and any(folder.iterdir()):
            folder = folder / "SCC"
        self.folder.setText(str(folder))
        self._folder_chosen(folder)

    def _choose_existing(self) -> None:
        self._pick(
            self._tr.tr(N_("Open a workspace")),
            lambda place: self.open_asked.emit(Path(place), "", ""),
        )

    def _pick(self, title: str, then: Callable[[str], object]) -> None:
        dialog = QFileDialog(self, title, str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(then)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _content_chosen(self) -> None:
        sample = self.sample.isChecked()
        self._protection.setVisible(not sample)
        self._secrets.setVisible(not sample and self.kinds["passphrase"].isChecked())

    # -- making it --------------------------------------------------------------------------------

    def _create(self) -> None:
        from scc_admin.keys import Kind

        tr = self._tr.tr
        sample = self.sample.isChecked()
        kind = (
            Kind.NONE
            if sample
            else Kind(next(name for name, choice in self.kinds.items() if choice.isChecked()))
        )
        secret = self.secret.text() if kind is Kind.PASSPHRASE else None
        if secret is not None and secret != self.secret_again.text():
            self.banner.show_message(Tone.WARNING, tr(N_("The two passphrases differ.")))
            self.secret_again.setFocus()
            return
        folder, name, role = self._folder, self.name.text(), self.role.text()

        def work() -> tuple[object, str]:
            from scc_admin.workspace import Workspace

            made = Workspace.create(
                folder, protection=kind, passphrase=secret, name=name, role=role
            )
            if sample:
                from scc_admin.sample import fill

                fill(made.workspace)
            return made.workspace, made.recovery_code or ""

        self.next.setEnabled(False)
        self.banner.show_message(
            Tone.INFO,
            tr(N_("The example is being made; this takes a few seconds…"))
            if sample
            else tr(N_("The workspace is being made…")),
        )
        self._tasks.read(self, work, self._created, self._refuse)

    def _created(self, made: tuple[object, str]) -> None:
        self._made, self._code = made
        if not self._code:
            self._finish()
            return
        self.code.setText(self._code)
        self._show(2)

    def _check_code(self) -> None:
        from scc_admin.keys import confirm

        if confirm(self._code, self.typed.text()):
            self._finish()
            return
        self._code_form.problem(
            self.typed,
            self._tr.tr(N_("This is not the code shown above. Check it letter by letter.")),
        )
        self.typed.setFocus()

    def _finish(self) -> None:
        made, self._made, self._code = self._made, None, ""
        self.code.clear()
        self.made.emit(made)

    def _print_code(self) -> None:
        from PySide6.QtGui import QTextDocument
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter()
        dialog = QPrintDialog(printer, self)
        text = QTextDocument()
        text.setPlainText(
            f"SCC Admin\n{self._tr.tr(N_('Recovery code'))}\n\n{self._code}\n\n{self._folder}\n"
        )

        def chosen() -> None:
            text.print_(printer)

        dialog.accepted.connect(chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.setModal(True)
        dialog.show()

    # -- when it does not open --------------------------------------------------------------------

    def show_refusal(self, folder: Path, error: UserError) -> None:
        """Say why a workspace did not open; ask for its key if that may help."""
        self._refusal = (folder, error)
        self._folder = folder
        self._show(3 if error.code in LOCKED_CODES else 0)
        self._refuse(error)
        if error.code not in LOCKED_CODES:
            self._folder = default_folder()

    def _unlock(self) -> None:
        if self._refusal is None:
            return
        self.next.setEnabled(False)
        self.open_asked.emit(self._refusal[0], self.key.text(), self.recovery.text().strip())

    def _refuse(self, error: UserError) -> None:
        self.next.setEnabled(True)
        self.banner.show_message(Tone.ERROR, self._tr.explain(error))

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._code and self._made is not None:
            event.ignore()
            tr = self._tr.tr
            self._messages.ask(
                tr(N_("Close without the recovery code?")),
                tr(
                    N_(
                        "The code is not shown again. Without it, and without this computer, your"
                        " backups cannot be opened."
                    )
                ),
                (
                    Choice("leave", tr(N_("Close all the same")), "danger"),
                    Choice("stay", tr(N_("Go back to the code")), "primary"),
                ),
                lambda answer: self._abandon() if answer == "leave" else None,
                tone=Tone.WARNING,
            )
            return
        self._tasks.forget(self)
        event.accept()
        if self._made is None and QApplication.instance() is not None:
            self.left.emit()

    def _abandon(self) -> None:
        """Open it all the same; the settings can make another code."""
        self._finish()
