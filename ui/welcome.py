"""First run, and a workspace to be unlocked: who you are, where it stands, protected how.

Three pages, under two minutes. The recovery code is shown once and must be typed before anything
else is: who has not written it down finds out here, and not the day it is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QFontDatabase, QKeyEvent, QKeySequence, QShortcut
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
from scc_admin.model import Language
from scc_admin.settings import Settings
from ui.files import pick_file, pick_folder
from ui.icons import Icons
from ui.keyboard import ByKeyboard, is_enter, press_focused
from ui.messages import Banner, Messages, announce
from ui.tasks import Tasks
from ui.theme import Space, Theme
from ui.widgets import Card, Form, IconLabel, Scroll, Tone, button, margins, plain, rule

if TYPE_CHECKING:
    from scc_admin.house import HouseRules

LOCKED_CODES = frozenset(
    {
        "passphrase_needed",
        "wrong_passphrase",
        "wrong_recovery",
        "not_by_passphrase",
        "recovery_typing",
        "recovery_length",
        "no_keyring",
        "keyring_silent",
        "keyring_empty",
        "keyring_wrong",
        "wrong_key",
    }
)
"""Refusals that a passphrase or the recovery code may overcome."""
YOU, PLACE, CODE, UNLOCK = range(4)
"""The pages."""
_WIDTH = 600
"""Of what stands in the window, in pixels at 100 %: a line that one reads with ease."""


def default_folder() -> Path:
    """On this computer, where no service synchronises; « Documents » often is."""
    import platformdirs

    base = Path(platformdirs.user_data_dir("scc-admin", appauthor=False))
    place, number = base / "SCC", 2
    while place.exists():
        place, number = base / f"SCC {number}", number + 1
    return place


class Welcome(ByKeyboard, QWidget):
    """The window before there is a workspace."""

    made = Signal(object)
    """The `Workspace` just made, its recovery code confirmed."""
    open_asked = Signal(object, str, str)
    """Open this folder with this passphrase, or this recovery code; both may be empty."""
    begins_anew = Signal()
    """The workspace that is locked is left for a new one."""
    spoken = Signal(object)
    """The language chosen."""
    left = Signal()
    """Closed with nothing opened."""

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        settings: Settings,
        language: Language,
        *,
        returns: bool = False,
    ) -> None:
        """`returns`: whoever leaves goes back to the workspace they came from."""
        super().__init__()
        self._returns = returns
        self._theme = theme
        self._tasks = tasks
        self._settings = settings
        self._language = language
        self._icons = Icons(theme)
        self._folder = default_folder()
        self._made: object = None
        self._code = ""
        self._locked: Path | None = None
        """The workspace that a passphrase or a code is to open."""
        self._keyring: bool | None = None
        """Whether this computer's keyring answers; None while nobody knows."""
        self._place_window()
        self._outer = QVBoxLayout(self)
        margins(self._outer, 0, 0)
        self._page = QWidget()
        self._outer.addWidget(self._page)
        self._build()

    def _place_window(self) -> None:
        """In the middle of the screen, and within it."""
        px, room = self._theme.px, self.screen().availableGeometry()
        self.setMinimumSize(min(px(560), room.width()), min(px(420), room.height()))
        self.resize(min(px(760), room.width()), min(px(700), room.height()))
        self.move(room.center() - self.rect().center())

    # -- building -------------------------------------------------------------------------------

    def _build(self) -> None:
        """Make the pages, in the language of the moment."""
        self._tr = Translator(self._language)
        tr = self._tr.tr
        self._messages = Messages(self, self._tr, self._theme, self._icons)
        self.setWindowTitle("SCC Admin")
        fresh = QWidget()
        whole = QVBoxLayout(fresh)
        margins(whole, 0, 0)
        self.area = Scroll(padding=Space.LARGE, spacing=0)
        whole.addWidget(self.area, 1)
        centred = QWidget()
        column = QVBoxLayout(centred)
        margins(column, 0, Space.LARGE)
        self.area.body.addStretch(1)
        self.area.body.addLayout(self._in_the_middle(centred))
        self.area.body.addStretch(1)
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
        self.pages = _Pages()
        column.addWidget(self.pages)
        # Outside of what scrolls: on a low screen one sees how to go on.
        whole.addWidget(rule())
        below = QWidget()
        foot = QHBoxLayout(below)
        foot.setContentsMargins(0, Space.MEDIUM, 0, Space.MEDIUM)
        foot.setSpacing(Space.SMALL)
        self.elsewhere = button(
            tr(N_("Open a workspace I already have…")), self._choose_existing, kind="link"
        )
        foot.addWidget(self.elsewhere)
        foot.addStretch(1)
        self.back = button("", self._back)
        self.next = button("", self._next, kind="primary")
        foot.addWidget(self.back)
        foot.addWidget(self.next)
        around = self._in_the_middle(below)
        around.setContentsMargins(Space.LARGE, 0, Space.LARGE, 0)
        whole.addLayout(around)
        self._titles: list[tuple[str, str, str]] = []
        for make in (self._make_you, self._make_place, self._make_code, self._make_unlock):
            self.pages.add(make())
        QShortcut(QKeySequence("F1"), fresh).activated.connect(self.help)
        QShortcut(QKeySequence("Escape"), fresh).activated.connect(self._escape)
        self._outer.replaceWidget(self._page, fresh)
        self._page.hide()
        self._page.deleteLater()
        self._page = fresh
        self._show(UNLOCK if self._locked else YOU)

    def _in_the_middle(self, widget: QWidget) -> QHBoxLayout:
        widget.setMaximumWidth(self._theme.px(_WIDTH))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(widget, 100)
        row.addStretch(1)
        return row

    def _starred(self, card: Card) -> QWidget:
        """The last line of a card in which something must be filled in."""
        card.body.addWidget(plain(self._tr.tr(N_("* Required")), role="small"))
        return card

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
        form.add(tr(N_("Your role")), self.role, hint=tr(N_("Optional.")))
        self._you = form
        card.body.addWidget(form)
        return self._starred(card)

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
        self.handed = QRadioButton(tr(N_("Begin with the division’s file")))
        self.fresh.setChecked(True)
        content = QButtonGroup(card)
        for choice in (self.fresh, self.handed, self.sample):
            content.addButton(choice)
            choice.toggled.connect(lambda _on: self._content_chosen())
            card.body.addWidget(choice)
            if choice is self.handed:
                card.body.addWidget(self._make_handed())
        self._place_form = Form(beside=False)
        where = QWidget()
        row = QHBoxLayout(where)
        margins(row, 0, Space.SMALL)
        self.folder = QLineEdit(str(self._folder))
        self.folder.textEdited.connect(lambda _text: self._folder_chosen())
        row.addWidget(self.folder, 1)
        row.addWidget(
            button(tr(N_("Choose…")), self._choose_folder, icons=self._icons, icon="folder")
        )
        self.folder.setAccessibleName(tr(N_("Folder")))
        self._place_form.add(tr(N_("Folder")), where, required=True)
        self._where = where
        card.body.addSpacing(Space.SMALL)
        card.body.addWidget(self._place_form)
        self.whole_path = plain(role="small")
        card.body.addWidget(self.whole_path)

        self._protection = QWidget()
        column = QVBoxLayout(self._protection)
        margins(column, 0, Space.HAIR)
        column.addSpacing(Space.SMALL)
        column.addWidget(plain(tr(N_("Protection")), role="strong"))
        kinds = QButtonGroup(self._protection)
        self.kinds: dict[str, QRadioButton] = {}
        self._no_keyring = plain(
            tr(N_("No keyring answers on this computer: take a passphrase.")), role="small"
        )
        for kind, text in (
            (Kind.KEYRING, N_("The key stays with this computer’s keyring (recommended)")),
            (Kind.PASSPHRASE, N_("A passphrase that I type each time")),
            (Kind.NONE, N_("None: whoever has the folder can read everything in it")),
        ):
            choice = QRadioButton(tr(text))
            choice.toggled.connect(lambda _on: self._content_chosen())
            kinds.addButton(choice)
            self.kinds[kind.value] = choice
            column.addWidget(choice)
            if kind is Kind.KEYRING:
                column.addWidget(_indented(self._no_keyring, self._theme))
            elif kind is Kind.PASSPHRASE:
                self._secrets = self._make_secrets()
                column.addWidget(self._secrets)
        self.kinds[Kind.KEYRING.value].setChecked(True)
        card.body.addWidget(self._protection)
        self._content_chosen()
        self._folder_chosen()
        self._show_keyring()
        return self._starred(card)

    def _make_handed(self) -> QWidget:
        """The file that every region received, under the choice that asks for it."""
        tr = self._tr.tr
        self._handed_form = Form(beside=False)
        self.file = QLineEdit()
        self.file.setAccessibleName(tr(N_("File of the division")))
        line = QWidget()
        row = QHBoxLayout(line)
        margins(row, 0, Space.SMALL)
        row.addWidget(self.file, 1)
        row.addWidget(
            button(tr(N_("Choose…")), self._choose_file, icons=self._icons, icon="folder")
        )
        self._handed_form.add(
            tr(N_("File of the division")),
            line,
            required=True,
            hint=tr(N_("Its rules, lists and numbers hold from the start; settings change them.")),
        )
        self._file_line = line
        self._handed = _indented(self._handed_form, self._theme)
        return self._handed

    def _make_secrets(self) -> QWidget:
        """The passphrase, twice, under the choice that asks for it."""
        from scc_admin.keys import MIN_PASSPHRASE

        tr = self._tr.tr
        self.secret, self.secret_again = QLineEdit(), QLineEdit()
        for field in (self.secret, self.secret_again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
        self._secret_form = Form(beside=False)
        self._secret_form.add(
            tr(N_("Passphrase")),
            self.secret,
            required=True,
            hint=tr(
                N_("Several words that only you know: {n} characters at least."), n=MIN_PASSPHRASE
            ),
        )
        again = tr(N_("Passphrase, once more"))
        self._secret_form.add(again, self.secret_again, required=True)
        return _indented(self._secret_form, self._theme)

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
            required=True,
            hint=tr(N_("Capitals, spaces and hyphens do not matter.")),
        )
        card.body.addWidget(self._code_form)
        return self._starred(card)

    def _make_unlock(self) -> QWidget:
        tr = self._tr.tr
        self._title(
            tr(N_("Welcome back")),
            tr(N_("Your passphrase or your recovery code opens the workspace.")),
            tr(N_("Open it")),
        )
        card = Card()
        self.locked = plain(role="muted")
        card.body.addWidget(self.locked)
        self._unlock_form = Form(beside=False)
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self._unlock_form.add(tr(N_("Passphrase")), self.key)
        self.recovery = QLineEdit()
        self._unlock_form.add(
            tr(N_("Recovery code")),
            self.recovery,
            hint=tr(N_("The one on your paper; capitals, spaces and hyphens do not matter.")),
        )
        card.body.addWidget(self._unlock_form)
        card.body.addWidget(
            button(tr(N_("Make a new workspace instead")), self._begin_anew, kind="link"),
            0,
            Qt.AlignmentFlag.AlignLeft,
        )
        return card

    # -- going through ----------------------------------------------------------------------------

    def _show(self, place: int) -> None:
        title, text, act = self._titles[place]
        self.pages.setCurrentIndex(place)
        self.heading.setText(title)
        self.subheading.setText(text)
        self.next.setText(act)
        self.next.setEnabled(True)
        gives_up = place == YOU and self._returns
        self.back.setText(self._tr.tr(N_("Cancel") if gives_up else N_("Back")))
        self.back.setVisible(place == PLACE or gives_up)
        self.elsewhere.setVisible(place in (YOU, UNLOCK))
        self.banner.hide()
        if place == PLACE and self._keyring is None:
            self._ask_keyring()
        by_passphrase = self._locked is None or _opens_by_passphrase(self._locked)
        if place == UNLOCK:
            self.locked.setText(str(self._locked or ""))
            self._unlock_form.show_row(self.key, by_passphrase)
            if not by_passphrase:
                text = self._tr.tr(N_("Your recovery code opens the workspace."))
                self.subheading.setText(text)
        choices = (self.fresh, self.handed, self.sample)
        content = next(choice for choice in choices if choice.isChecked())
        secret = self.key if by_passphrase else self.recovery
        self._lead_to((self.name, content, self.typed, secret)[place])
        if self.isVisible():
            announce(self, f"{title}. {text}")

    def _lead_to(self, field: QWidget) -> None:
        """Put the focus there, with what is said below it in sight."""
        field.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        self.area.ensureWidgetVisible(field, 8, self._theme.px(64))

    def _back(self) -> None:
        if self.pages.currentIndex() == YOU:
            self.close()
        else:
            self._show(YOU)

    def _escape(self) -> None:
        if not self.back.isHidden():
            self._back()

    def _next(self) -> None:
        if self.next.isEnabled():
            act = (self._check_you, self._create, self._check_code, self._unlock)
            act[self.pages.currentIndex()]()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_enter(event) and not press_focused(event):
            if event.isAutoRepeat():
                return
            if self.secret.hasFocus() and self._long_enough() and not self.secret_again.text():
                self._lead_to(self.secret_again)
            else:
                self._next()
        else:
            super().keyPressEvent(event)

    def help(self) -> None:
        """F1: what this page asks for, and why."""
        tr = self._tr.tr
        self._messages.say(self.heading.text(), tr(_HELP[self.pages.currentIndex()]))

    def _speak(self, language: Language) -> None:
        if language is self._language:
            return
        name, role = self.name.text(), self.role.text()
        self._language = language
        self.spoken.emit(language)
        self._build()
        self.name.setText(name)
        self.role.setText(role)
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
            self._show(PLACE)

    def _folder_chosen(self) -> None:
        """Say where that is, whole, and what stands against it, before anything is made."""
        from scc_admin.backups import location_problem

        tr = self._tr
        typed = self.folder.text().strip()
        # What is not said from the root on is meant from the home folder: nobody sees from where a
        # program was started.
        self._folder = Path.home() / Path(typed).expanduser() if typed else Path()
        problem = location_problem(self._folder) if typed else None
        words = tr.explain(problem) if problem else ""
        if not typed:
            words = tr.tr(N_("Say in which folder the workspace is to stand."))
        self._place_form.problem(self._where, words)
        proposed = self._folder == default_folder()
        look = () if words or proposed else self._folder.parents
        new = [part for part in look if not _there(part)]
        self.whole_path.setText(
            tr.tr(
                N_("{folder} will be made; the folder {parent} is new, too."),
                folder=self._folder,
                parent=new[-1],
            )
            if new
            else tr.tr(N_("It will stand in {folder}."), folder=self._folder)
        )
        shown = bool(new) or typed != str(self._folder)
        self.whole_path.setVisible(shown and not words)

    def _ask_keyring(self) -> None:
        """In a worker: a keyring may take its time, and ask something itself."""
        from scc_admin import keys

        self._tasks.read(self, keys.keyring_answers, self._keyring_told, key="keyring")

    def _keyring_told(self, answers: bool) -> None:
        self._keyring = answers
        self._show_keyring()

    def _show_keyring(self) -> None:
        """Propose what can be had."""
        none = self._keyring is False
        choice = self.kinds["keyring"]
        choice.setEnabled(not none)
        self._no_keyring.setVisible(none)
        if none and choice.isChecked():
            self.kinds["passphrase"].setChecked(True)

    def _choose_folder(self) -> None:
        self._pick(self._tr.tr(N_("Where to keep the workspace")), self._picked_folder)

    def _choose_file(self) -> None:
        tr = self._tr.tr
        kinds = f"{tr(N_('Settings of the verdict'))} (*.json);;{tr(N_('All files'))} (*)"
        pick_file(
            self,
            tr(N_("File of the division")),
            Path.home(),
            kinds,
            lambda path: self.file.setText(str(path)),
        )

    def _picked_folder(self, place: str) -> None:
        folder = Path(place)
        if folder.is_dir() and any(folder.iterdir()):
            folder = folder / "SCC"
        self.folder.setText(str(folder))
        self._folder_chosen()

    def _choose_existing(self) -> None:
        self._pick(
            self._tr.tr(N_("Open a workspace")),
            lambda place: self.open_asked.emit(Path(place), "", ""),
        )

    def _pick(self, title: str, then: Callable[[str], object]) -> None:
        pick_folder(self, title, Path.home(), lambda place: then(str(place)))

    def _content_chosen(self) -> None:
        sample = self.sample.isChecked()
        self._handed.setVisible(self.handed.isChecked())
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
        self._folder_chosen()
        if self._place_form.has_problem(self._where):
            self._lead_to(self.folder)
            return
        if secret is not None and not self._secret_holds(secret):
            return
        folder, name, role = self._folder, self.name.text(), self.role.text()
        given = self.file.text().strip() if self.handed.isChecked() else None
        self._handed_form.problem(self._file_line, "")
        if given == "":
            self._file_refused(tr(N_("Choose the file that the division sent you.")))
            return

        def read() -> HouseRules | None:
            from scc_admin.house import read_file

            return read_file(Path.home() / Path(given).expanduser()) if given else None

        def work(rules: HouseRules | None) -> tuple[object, str]:
            from scc_admin.workspace import Workspace

            made = Workspace.create(
                folder, protection=kind, passphrase=secret, name=name, role=role
            )
            if sample:
                from scc_admin.sample import fill

                fill(made.workspace)
            if rules is not None:
                made.workspace.house.take(rules)
            return made.workspace, made.recovery_code or ""

        self.next.setEnabled(False)
        self.banner.show_message(
            Tone.INFO,
            tr(N_("The example is being made; this takes a few seconds…"))
            if sample
            else tr(N_("The workspace is being made…")),
        )
        self._tasks.read(
            self,
            read,
            lambda rules: self._tasks.read(
                self, partial(work, rules), self._created, self._not_made
            ),
            lambda error: self._file_refused(self._tr.explain(error)),
        )

    def _long_enough(self) -> bool:
        from scc_admin.keys import MIN_PASSPHRASE

        return len(self.secret.text().strip()) >= MIN_PASSPHRASE

    def _secret_holds(self, secret: str) -> bool:
        """Whether the passphrase will do; if not, that is said beside the field at fault."""
        from scc_admin.keys import MIN_PASSPHRASE

        tr = self._tr.tr
        short = differs = ""
        if not self._long_enough():
            short = tr(N_("Make it {n} characters long at least."), n=MIN_PASSPHRASE)
        elif secret != self.secret_again.text():
            differs = tr(N_("The two passphrases differ."))
        for field, words in ((self.secret, short), (self.secret_again, differs)):
            self._secret_form.problem(field, words)
            if words:
                self._lead_to(field)
                field.selectAll()
        return not (short or differs)

    def _not_made(self, error: UserError) -> None:
        """Say it where it is to be mended."""
        self.next.setEnabled(True)
        self.banner.hide()
        if error.code == "no_keyring":
            self._keyring_told(False)
            self._refuse(error)
            self._lead_to(self.secret)
        elif error.code in _OF_THE_FOLDER:
            self._place_form.problem(self._where, self._tr.explain(error))
            self.whole_path.hide()
            self._lead_to(self.folder)
        else:
            self._refuse(error)

    def _file_refused(self, words: str) -> None:
        """Say it beside the field of the division's file."""
        self.next.setEnabled(True)
        self.banner.hide()
        self._handed_form.problem(self._file_line, words)
        self._lead_to(self.file)

    def _created(self, made: tuple[object, str]) -> None:
        self._made, self._code = made
        if not self._code:
            self._finish()
            return
        self.code.setText(self._code)
        self._show(CODE)

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
        """Ask for the key of a workspace that is locked; say why another did not open."""
        if error.code not in LOCKED_CODES:
            self._show(YOU)
            self._refuse(error)
            return
        self._locked = folder
        self._show(UNLOCK)
        field = _AT_FAULT.get(error.code)
        if field is not None:
            wrong: QLineEdit = getattr(self, field)
            self._unlock_form.problem(wrong, self._tr.explain(error))
            wrong.setFocus()
            wrong.selectAll()
        elif error.code != "passphrase_needed":
            self._refuse(error, Tone.WARNING)

    def _unlock(self) -> None:
        if self._locked is None:
            return
        key, code = self.key.text(), self.recovery.text().strip()
        if not (key or code):
            if self.key.isHidden():
                field, words = self.recovery, N_("Type the recovery code from your paper.")
            else:
                field = self.key
                words = N_("Type your passphrase here, or the recovery code below.")
            self._unlock_form.problem(field, self._tr.tr(words))
            field.setFocus()
            return
        self.opens()
        self.open_asked.emit(self._locked, key, code)

    def opens(self) -> None:
        """Nothing can be asked for while the workspace is being opened."""
        self.next.setEnabled(False)

    def _begin_anew(self) -> None:
        self.begins_anew.emit()
        self._show(YOU)

    def _refuse(self, error: UserError, tone: Tone = Tone.ERROR) -> None:
        self.next.setEnabled(True)
        self.banner.show_message(tone, self._tr.explain(error))

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._code and self._made is not None:
            event.ignore()
            from ui.protection import ask_without_code

            ask_without_code(self._messages, self._tr, self._abandon)
            return
        self._tasks.forget(self)
        event.accept()
        if self._made is None and QApplication.instance() is not None:
            self.left.emit()

    def _abandon(self) -> None:
        """Open it all the same; the settings can make another code."""
        self._finish()


_AT_FAULT = {
    "wrong_passphrase": "key",
    "not_by_passphrase": "recovery",
    "wrong_recovery": "recovery",
    "recovery_typing": "recovery",
    "recovery_length": "recovery",
}
"""Refusals that one field answers for, and that field."""
_OF_THE_FOLDER = frozenset(
    {
        *("exists", "sync_folder", "network_folder", "read_only"),
        *("not_a_folder", "is_a_folder", "name_too_long", "not_found"),
    }
)
_HELP = (
    N_(
        "Your name stands on your drafts, on your decisions and in the journal, which nobody can"
        " change afterwards. The program sends nothing by itself: what you write stays on this"
        " computer until you publish or export it."
    ),
    N_(
        "A workspace is a folder on this computer that holds everything: drafts, cases, journal,"
        " captures. Choose a place that no service synchronises. With the keyring you type"
        " nothing; with a passphrase you type it at each opening. The invented example is for"
        " trying things out, and can be thrown away."
    ),
    N_(
        "Copy the code by hand, or print it, and keep the paper in a safe place away from this"
        " computer. Then type it from the paper: that is how you know it was copied well."
    ),
    N_(
        "Type the passphrase chosen when the workspace was made. If it is lost, the recovery code"
        " on your paper opens the workspace just as well."
    ),
)
"""What F1 says on each page."""


class _Pages(QWidget):
    """Pages one at a time, as high as the one in front: Qt's stack is as high as the highest."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        margins(self._column)
        self._pages: list[QWidget] = []

    def add(self, page: QWidget) -> None:
        self._column.addWidget(page)
        self._pages.append(page)
        page.setVisible(len(self._pages) == 1)

    def count(self) -> int:
        return len(self._pages)

    def currentIndex(self) -> int:
        return next(place for place, page in enumerate(self._pages) if not page.isHidden())

    def setCurrentIndex(self, wanted: int) -> None:
        for place, page in enumerate(self._pages):
            page.setVisible(place == wanted)


def _opens_by_passphrase(folder: Path) -> bool:
    from scc_admin import keys

    try:
        return keys.read(folder).has_passphrase
    except UserError:  # said when it is opened
        return True


def _there(place: Path) -> bool:
    try:
        return place.exists()
    except OSError:  # one may not even look; making it will say so
        return True


def _indented(widget: QWidget, theme: Theme) -> QWidget:
    """Under the words of the choice above."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(theme.px(24), 0, 0, 0)
    row.addWidget(widget)
    return holder
