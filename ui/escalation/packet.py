"""The packet for Public Affairs: what goes in, a look at its pages, and out into a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from scc_admin.errors import UserError
from scc_admin.i18n import N_, Translator
from scc_admin.model import Area, CaseSheet, Changes, Escalation, Evidence, Language
from scc_admin.moderation.agreement import Agreement
from scc_admin.moderation.unfinished import KeptForm
from scc_admin.words import LANGUAGES, person_label
from ui.escalation.mask import MaskEditor
from ui.files import choose_folder, show_folder
from ui.forms import PlainText
from ui.keyboard import ByKeyboard
from ui.messages import Banner, Choice, announce
from ui.moderation.asking import AskingForm, contradiction_words
from ui.moderation.viewer import Viewer
from ui.pdf import PdfView, print_pdf
from ui.screen import Keys, Shell, help_by_f1
from ui.tasks import Lull, Saver
from ui.theme import Space
from ui.widgets import (
    Scroll,
    Section,
    Tone,
    button,
    elided,
    icon_button,
    margins,
    plain,
    plain_tip,
    rule,
    stack,
)

KEYS: Keys = (
    (("Ctrl+Return",), N_("Export into a folder…")),
    (("Ctrl+P",), N_("Print…")),
    (("PgDown", "PgUp"), N_("Turn the pages, once the focus is there")),
    (("Space",), N_("Take a piece of evidence in, or leave it out")),
    (("Esc",), N_("Close; your choices are kept")),
)
PREVIEW_PAUSE, PREVIEW_AT_MOST = 500, 2_000
"""Milliseconds without and with further choices after which the pages are drawn anew."""

_DIFFERENCES_SHOWN = 3
_NAMES_SHOWN = 12
"""Replaced names that are listed; more of them are other spellings."""

_Look = tuple[bytes, list[tuple[str, int]], list[str], Agreement]
"""The pages, what gives way to the label, the names to hide that stand nowhere, the journal."""

_STRENGTHS: Mapping[str, str] = {
    "short": N_("Too short: 10 characters at least."),
    "weak": N_("Quick to guess: four or five words do better."),
    "fair": N_("Fair. One word more, and it is good."),
    "good": N_("Good."),
}
_STILL_READ = N_(
    "The names are hidden in the texts. A capture leaves without any hidden part: make sure that"
    " they cannot be read there; if they can, hide that part and export again."
)
"""What is said of a passphrase, by the value of its `Strength`."""


class _Tick(QCheckBox):
    """A box whose words give way where there is no room for them."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self.setAccessibleName(words)
        self.setToolTip(plain_tip(words))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - (self.sizeHint().width() - _advance(self, self.text()))
        self.setText(elided(self.fontMetrics(), self._words, room).replace("&", "&&"))


def _advance(box: QCheckBox, text: str) -> int:
    return box.fontMetrics().horizontalAdvance(text.replace("&&", "&"))


class PacketBuilder(ByKeyboard, QDialog):
    """Choices at the left, the pages as they will print at the right. Ctrl+Enter exports."""

    def __init__(
        self,
        shell: Shell,
        escalation: Escalation,
        sheet: CaseSheet,
        then: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(shell.messages.window)
        self.shell = shell
        self.escalation = escalation
        self.sheet = sheet
        self._then = then
        self._exporting = False
        self._pdf = b""
        self._printing: Callable[[], Changes] | None = None
        tr = shell.tr.tr
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr(N_("Packet {number}"), number=escalation.number))
        self.setAccessibleName(self.windowTitle())
        parent = shell.messages.window.window()
        self.resize(int(parent.width() * 0.94), int(parent.height() * 0.93))
        self._boxes: dict[int, QCheckBox] = {}
        self._hidden: dict[int, QLabel] = {}
        self.masks: dict[int, tuple[Area, ...]] = {}
        self._name = f"packet:{sheet.case.id}"
        self._kept: dict[str, Any] | None = None
        self.pages = PdfView(shell, tr(N_("Pages of the packet")))
        self._keeper = Saver(self, self._keep)
        self._look = Lull(self, self.preview, pause=PREVIEW_PAUSE, at_most=PREVIEW_AT_MOST)

        middle = QHBoxLayout()
        margins(middle, Space.LARGE, Space.LARGE)
        middle.addWidget(self._choices())
        middle.addWidget(self.pages, 1)
        column = QVBoxLayout(self)
        margins(column, 0, 0)
        column.addLayout(middle, 1)
        column.addWidget(rule())
        column.addLayout(self._foot())
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.export_button.click)
        QShortcut(QKeySequence("Ctrl+P"), self).activated.connect(self.print)
        help_by_f1(self, shell, KEYS)
        self._untouched = self._choice()
        self._restore()

    # -- building -------------------------------------------------------------------------------

    def _choices(self) -> QWidget:
        shell, tr = self.shell, self.shell.tr.tr
        area = Scroll(padding=0, spacing=Space.SMALL)
        area.setFixedWidth(shell.theme.px(330))
        body = area.body
        body.addWidget(plain(self.windowTitle(), role="title"))
        self.banner = Banner(shell.icons)
        body.addWidget(self.banner)
        self.doubt = Banner(shell.icons)
        body.addWidget(self.doubt)
        self.differs = Banner(shell.icons)
        body.addWidget(self.differs)
        self.both = QCheckBox(tr(N_("Export it, and tell both versions")))
        self.both.hide()
        body.addWidget(self.both)
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        row.addWidget(button(tr(N_("Correct what is asked…")), self.correct, kind="small"))
        row.addStretch(1)
        body.addLayout(row)
        self._say_doubt()
        pieces = [piece for piece in self.sheet.evidence if not piece.erased]
        body.addWidget(Section(tr(N_("Evidence included"))))
        if not pieces:
            body.addWidget(plain(tr(N_("The case holds no evidence.")), role="muted"))
        for piece in pieces:
            body.addWidget(self._piece(piece))
        if len(pieces) > 1:
            row = QHBoxLayout()
            margins(row, 0, Space.SMALL)
            for words, on in ((N_("Tick all"), True), (N_("Tick none"), False)):
                row.addWidget(button(tr(words), partial(self._tick_all, on), kind="small"))
            row.addStretch(1)
            body.addLayout(row)
        body.addSpacing(Space.SMALL)
        self.language = QComboBox()
        for language in (shell.tr.language, *(x for x in Language if x is not shell.tr.language)):
            self.language.addItem(tr(LANGUAGES[language]), language.value)
        self.language.currentIndexChanged.connect(lambda _i: self._changed())
        self._labelled(body, tr(N_("Language of the packet")), self.language)
        label = person_label(shell.tr, self.sheet.person.label)
        self.named = QCheckBox(tr(N_("Name the person concerned in the texts")))
        self.named.setAccessibleDescription(self._named_hint(label))
        self.named.toggled.connect(lambda _on: self._changed())
        body.addWidget(self.named)
        body.addWidget(plain(self._named_hint(label), role="small"))
        self.replaced = plain(role="small")
        self.replaced.hide()
        body.addWidget(self.replaced)
        self.hide_names = PlainText(lines=3, px=shell.theme.px)
        self.hide_names.textChanged.connect(self._changed)
        self._labelled(
            body,
            tr(N_("Names of bystanders to hide, one a line")),
            self.hide_names,
            tr(
                N_(
                    "They are taken out of every text, the family name alone, too. In a capture,"
                    " hide them by the button beside it."
                )
            ),
        )
        self.not_found = plain(role="error")
        self.not_found.hide()
        body.addWidget(self.not_found)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self.strength = plain(role="small")
        self.strength.hide()
        self._labelled(
            body,
            tr(N_("Passphrase for the PDF (optional)")),
            stack(self.passphrase, self.strength, spacing=0),
            tr(
                N_(
                    "The e-mail then carries the PDF behind it alone (AES-256). Say it by"
                    " telephone; it is kept nowhere."
                )
            ),
            self.passphrase,
        )
        self.passphrase.textChanged.connect(self._say_strength)
        if not shell.workspace.settings.get("affairs.email"):
            body.addSpacing(Space.SMALL)
            body.addWidget(
                plain(
                    tr(N_("The e-mail draft has no addressee: no address is in the settings.")),
                    role="small",
                )
            )
            row = QHBoxLayout()
            margins(row, 0, Space.SMALL)
            self.to_settings = button(
                tr(N_("Set the address of Public Affairs…")), self.set_address, kind="link"
            )
            row.addWidget(self.to_settings)
            row.addStretch(1)
            body.addLayout(row)
        body.addStretch(1)
        return area

    def _named_hint(self, label: str) -> str:
        return self.shell.tr.tr(
            N_(
                "Unticked, “{label}” stands in the place of known names. Captures and addresses"
                " stay as they are and may show the name."
            ),
            label=label,
        )

    def set_address(self) -> None:
        """Leave for where the address stands; the choices made here are kept."""
        self.close()
        self.shell.window.go("settings", N_("Public Affairs"))

    def _say_replaced(self, names: Sequence[tuple[str, int]]) -> None:
        """Which of our own words give way to the label: nothing is replaced unsaid."""
        tr = self.shell.tr
        shown = [
            tr.tr(N_("“{words}” ({n} times)"), words=words, n=tr.number(n))
            if n > 1
            else tr.tr(N_("“{words}”"), words=words)
            for words, n in names[:_NAMES_SHOWN]
        ]
        if len(names) > _NAMES_SHOWN:
            shown.append("…")
        self.replaced.setText(
            tr.tr(N_("Replaced in our own texts: {list}."), list=", ".join(shown)) if shown else ""
        )
        self.replaced.setVisible(bool(shown))

    def _say_missing(self, names: Sequence[str]) -> None:
        """Which names to hide stand nowhere: the export refuses them."""
        words = self.shell.tr.tr(
            N_("In no text of this packet: {names}. Correct the spelling or take it off the list."),
            names=", ".join(names),
        )
        if names and self.not_found.isHidden():
            announce(self.not_found, words)
        self.not_found.setText(words if names else "")
        self.not_found.setVisible(bool(names))

    def _say_doubt(self) -> None:
        """Whether what is said not to have been done was done after all."""
        tr = self.shell.tr
        doubt = contradiction_words(tr, self.escalation.not_done, self.sheet)
        if doubt:
            title = tr.tr(N_("This contradicts the case; it is left out"))
            self.doubt.show_message(Tone.WARNING, doubt, title=title)
        else:
            self.doubt.hide()

    def _say_differs(self, agreement: Agreement) -> None:
        """Where the case is not what the journal recorded: such a packet says so, or does not
        leave."""
        tr = self.shell.tr
        self.both.setVisible(not agreement.ok)
        if agreement.ok:
            self.differs.hide()
            return
        shown = [one.problem() for one in agreement.differences[:_DIFFERENCES_SHOWN]]
        said = [tr.tr(problem.message, **problem.params) for problem in shown]
        if agreement.count > len(said):
            more = agreement.count - len(said)
            said.append(tr.ntr("and {n} other difference", "and {n} other differences", more))
        title = tr.tr(N_("This case is not what the journal recorded"))
        self.differs.show_message(Tone.WARNING, "\n".join(said), title=title)

    def correct(self) -> AskingForm:
        """Mend the question and what goes with it, without leaving the packet."""
        form = AskingForm(
            self.shell, self.sheet, self.escalation, lambda _done: self._reread(), parent=self
        )
        form.open()
        return form

    def _reread(self) -> None:
        moderation, number = self.shell.workspace.moderation, self.escalation.id

        def read() -> CaseSheet:
            return moderation.sheet(self.sheet.case.id)

        def show(sheet: CaseSheet) -> None:
            self.sheet = sheet
            self.escalation = next(e for e in sheet.escalations if e.id == number)
            self._say_doubt()
            self.preview()

        self.shell.tasks.read(self, read, show, key="sheet")

    def _say_strength(self, passphrase: str) -> None:
        from scc_admin.documents import strength

        words = self.shell.tr.tr(_STRENGTHS[strength(passphrase)]) if passphrase else ""
        self.strength.setText(words)
        self.strength.setVisible(bool(words))
        announce(self.strength, words)

    def _labelled(
        self, body: Any, label: str, part: QWidget, hint: str = "", field: QWidget | None = None
    ) -> None:
        """A label, what it names, and a hint; `field` is what takes the focus in a larger part."""
        field = field or part
        name = plain(label)
        name.setBuddy(field)
        field.setAccessibleName(label)
        body.addWidget(name)
        body.addWidget(part)
        if hint:
            field.setAccessibleDescription(hint)
            body.addWidget(plain(hint, role="small"))

    def _piece(self, piece: Evidence) -> QWidget:
        tr = self.shell.tr
        line = QWidget()
        row = QHBoxLayout(line)
        margins(row, 0, Space.HAIR)
        label = f"{piece.original_name} · {tr.date(piece.captured_at)}"
        box = _Tick(label)
        box.setChecked(True)
        box.toggled.connect(lambda _on: self._changed())
        self._boxes[piece.id] = box
        hidden = plain(role="small")
        hidden.setIndent(self.shell.theme.px(28))
        hidden.hide()
        self._hidden[piece.id] = hidden
        row.addWidget(stack(box, hidden, spacing=0), 1)
        name = piece.original_name
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(
            icon_button(
                self.shell.icons,
                "eye",
                tr.tr(N_("Look at {name}"), name=name),
                lambda: Viewer(self.shell, [piece]).open(),
            ),
            0,
            top,
        )
        if piece.media_type.startswith("image/"):
            row.addWidget(
                icon_button(
                    self.shell.icons,
                    "mask",
                    tr.tr(N_("Hide parts of {name}"), name=name),
                    lambda: self.cover(piece),
                ),
                0,
                top,
            )
        return line

    def cover(self, piece: Evidence) -> MaskEditor:
        """Choose what of a capture is black in the copy that goes into the packet."""

        def changed(areas: tuple[Area, ...]) -> None:
            self._mask(piece.id, areas)
            self._changed()

        editor = MaskEditor(self.shell, piece, self.masks.get(piece.id, ()), changed, self)
        editor.open()
        return editor

    def _mask(self, piece_id: int, areas: tuple[Area, ...]) -> None:
        if areas:
            self.masks[piece_id] = areas
        else:
            self.masks.pop(piece_id, None)
        words = self._hidden[piece_id]
        words.setText(
            self.shell.tr.ntr("Masked copy: {n} area", "Masked copy: {n} areas", len(areas))
        )
        words.setVisible(bool(areas))

    def _tick_all(self, on: bool) -> None:
        for box in self._boxes.values():
            box.setChecked(on)

    def _foot(self) -> QHBoxLayout:
        tr = self.shell.tr.tr
        row = QHBoxLayout()
        margins(row, Space.MEDIUM, Space.SMALL)
        self.state = plain(role="muted")
        row.addWidget(self.state, 1)
        row.addWidget(button(tr(N_("Close")), self.close))
        self.print_button = button(tr(N_("Print…")), self.print)
        self.print_button.setEnabled(False)
        row.addWidget(self.print_button)
        self.export_button = button(
            tr(N_("Export into a folder…")),
            self.ask_folder,
            icons=self.shell.icons,
            icon="package",
            kind="primary",
        )
        row.addWidget(self.export_button)
        return row

    # -- keeping --------------------------------------------------------------------------------

    def _restore(self) -> None:
        """The choices as they were left, then the pages."""
        unfinished = self.shell.workspace.moderation.unfinished
        self.shell.tasks.read(self, lambda: unfinished.get(self._name), self._restored)

    def _restored(self, kept: KeptForm | None) -> None:
        data: Mapping[str, Any] = kept.data if kept is not None else {}
        for piece_id in data.get("left_out", ()):
            if piece_id in self._boxes:
                self._boxes[piece_id].setChecked(False)
        for piece_id, areas in data.get("masks", ()):
            if piece_id in self._boxes:
                self._mask(piece_id, tuple(Area(*area) for area in areas))
        # What was typed while this was read stands.
        if not self.hide_names.toPlainText():
            self.hide_names.setPlainText(data.get("hide", ""))
        if data.get("named"):
            self.named.setChecked(True)
        if data.get("language"):
            self.language.setCurrentIndex(max(0, self.language.findData(data["language"])))
        self._kept = dict(data) or self._untouched
        self._look.stop()
        self._keeper.stir()
        self.preview()

    def _choice(self) -> dict[str, Any]:
        """Everything but the passphrase, which is kept nowhere."""
        return {
            "left_out": [piece for piece, box in self._boxes.items() if not box.isChecked()],
            "masks": [[piece, [list(a) for a in areas]] for piece, areas in self.masks.items()],
            "hide": self.hide_names.toPlainText(),
            "named": self.named.isChecked(),
            "language": self.language.currentData() if self.language.currentIndex() else "",
        }

    def _keep(self) -> None:
        choice, unfinished = self._choice(), self.shell.workspace.moderation.unfinished
        if self._kept is not None and choice != self._kept:
            self._kept = choice
            window = self.shell.messages.window
            self.shell.tasks.mutate(window, lambda: unfinished.keep(self._name, choice))

    def _changed(self) -> None:
        self._keeper.stir()
        self._look.stir()

    def done(self, result: int) -> None:
        self._look.stop()
        self._keeper.save_now()
        super().done(result)

    # -- looking --------------------------------------------------------------------------------

    def chosen(self) -> list[int]:
        return [piece for piece, box in self._boxes.items() if box.isChecked()]

    def hidden_names(self) -> list[str]:
        return [n.strip() for n in self.hide_names.toPlainText().splitlines() if n.strip()]

    def voice(self) -> Translator:
        return Translator(Language(self.language.currentData()), zone=self.shell.tr.zone)

    def preview(self) -> None:
        """Typeset the packet as it is now chosen, in a worker."""
        workspace, number = self.shell.workspace, self.escalation.number
        chosen, hide, voice = self.chosen(), self.hidden_names(), self.voice()
        masks, named = dict(self.masks), self.named.isChecked()
        case = self.sheet.case.number
        self.state.setText(self.shell.tr.tr(N_("Setting the pages…")))

        def read() -> _Look:
            pdf = workspace.packet_preview(
                number, voice, evidence=chosen, hide=hide, masks=masks, person_named=named
            )
            names = [] if named else workspace.packet_names(number, voice, hide=hide)
            missing = workspace.packet_missing(number, voice, hide=hide) if hide else []
            return pdf, names, missing, workspace.moderation.agreement(case)

        def show(found: _Look) -> None:
            self._printing = partial(
                workspace.packet_printed, number, found[0], voice, evidence=chosen, masks=masks
            )
            self._previewed(found)

        self.shell.tasks.read(self, read, show, self._not_previewed, key="preview")

    def _previewed(self, read: _Look) -> None:
        self._pdf, names, missing, agreement = read
        self._say_differs(agreement)
        self.print_button.setEnabled(True)
        self.pages.show_pdf(self._pdf)
        self._say_replaced(names)
        self._say_missing(missing)
        self.state.setText(
            self.shell.tr.ntr(
                "{n} piece of evidence; PDF, ZIP and an e-mail draft, unsent",
                "{n} pieces of evidence; PDF, ZIP and an e-mail draft, unsent",
                len(self.chosen()),
            )
        )

    def _not_previewed(self, error: UserError) -> None:
        self._pdf = b""
        self.print_button.setEnabled(False)
        self.pages.clear()
        self.state.setText("")
        self.banner.show_message(Tone.ERROR, self.shell.tr.explain(error))

    def print(self) -> None:
        """Print the pages as they stand there; journal and custody logs say so, as of an export."""
        if self._pdf:
            print_pdf(self.shell, self, self._pdf, self._printing)

    # -- exporting ------------------------------------------------------------------------------

    def ask_folder(self) -> None:
        tr = self.shell.tr.tr
        choose_folder(self, tr(N_("Where to put the packet")), self.export)

    def export(self, out: Path) -> None:
        """Write the packet; its progress shows at the foot of the window, and here."""
        workspace, number, voice = self.shell.workspace, self.escalation.number, self.voice()
        chosen, hide, passphrase = self.chosen(), self.hidden_names(), self.passphrase.text()
        masks, named = dict(self.masks), self.named.isChecked()
        both = not self.both.isHidden() and self.both.isChecked()
        readable = bool(hide) and any(
            piece.media_type.startswith("image/") and piece.id in chosen and not masks.get(piece.id)
            for piece in self.sheet.evidence
        )
        self._keep()
        changes = Changes(
            frozenset({"escalations", "cases", "journal", "evidence"}), case_id=self.sheet.case.id
        )

        def write(report: Any) -> tuple[list[Path], Changes]:
            files = workspace.export_packet(
                number,
                out,
                voice,
                evidence=chosen,
                hide=hide,
                masks=masks,
                person_named=named,
                passphrase=passphrase,
                tell_both=both,
                progress=report,
            )
            return files, changes

        self._set_exporting(True)
        self.shell.tasks.long(
            self,
            self.shell.tr.tr(N_("Exporting {number}"), number=number),
            write,
            lambda done: self._exported(done[0], readable),
            self._refused,
            lambda: self._set_exporting(False),
            mutation=True,
        )

    def _set_exporting(self, exporting: bool) -> None:
        self._exporting = exporting
        self.export_button.setEnabled(not exporting)
        if exporting:
            self.state.setText(self.shell.tr.tr(N_("Writing, and verifying what was written…")))

    def _refused(self, error: UserError) -> None:
        self._set_exporting(False)
        self.banner.show_message(Tone.ERROR, self.shell.tr.explain(error))
        self.state.setText("")

    def _exported(self, files: Sequence[Path], readable: bool) -> None:
        """`readable`: names are hidden, but a capture leaves on which they may be read."""
        self._set_exporting(False)
        shell, tr = self.shell, self.shell.tr
        names = "\n".join(file.name for file in files)
        folder = files[0].parent
        then = self._then
        self.passphrase.clear()
        self.close()
        shell.messages.ask(
            tr.tr(N_("The packet is ready")),
            tr.tr(
                N_(
                    "Read back and verified. Open the e-mail draft, look it over, send it"
                    " yourself; then record who received it."
                )
            )
            + (f"\n\n{tr.tr(_STILL_READ)}" if readable else "")
            + "\n\n"
            + tr.tr(N_("In {folder}:"), folder=folder)
            + f"\n{names}",
            (
                Choice("close", tr.tr(N_("Close"))),
                Choice("open", tr.tr(N_("Open the folder")), "primary"),
            ),
            lambda answer: show_folder(self.shell, folder) if answer == "open" else None,
            tone=Tone.WARNING if readable else Tone.OK,
        )
        if then is not None:
            then()
