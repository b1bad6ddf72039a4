"""The settings: options as data, the verdict's rules and lists, protection, backups, about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from scc_admin import __version__
from scc_admin.exports import short_title
from scc_admin.i18n import N_
from scc_admin.model import Changes, Severity
from scc_admin.settings import OPTIONS, Option
from scc_admin.words import SEVERITIES, THEMES
from ui import reminders
from ui.copies import Copies
from ui.screen import Screen, Shell
from ui.tasks import Lull
from ui.theme import Space
from ui.widgets import (
    Card,
    Form,
    IconLabel,
    Picker,
    Scroll,
    SearchField,
    button,
    clear,
    margins,
    plain,
    splitter,
    stack,
)

BACKUPS = "Backups"
"""A section of options that has a part of its own."""

LISTS: tuple[tuple[str, str, str], ...] = (
    ("domains", N_("Official sites"), N_("One address a line, such as cancer.ca.")),
    ("contacts", N_("Public contacts"), N_("Telephones and addresses that posts may give.")),
    (
        "names",
        N_("Names to protect"),
        N_("Staff, board, patients, witnesses: naming them asks for consent."),
    ),
    ("names_allowed", N_("Names that may appear"), N_("Public figures, people who agreed.")),
    ("hashtags", N_("Official hashtags"), N_("Written as they are to be written.")),
    ("accounts", N_("Official accounts"), N_("Pages and accounts that posts may mention.")),
    ("influencers", N_("Influencers"), N_("A tie with them is to be disclosed.")),
    ("places", N_("Places"), N_("Towns and regions that pages speak for.")),
    ("positions", N_("Positions of the Division"), N_("Subjects that the divisional page tells.")),
    ("words", N_("Words the spelling knows"), N_("One word a line.")),
    ("acronyms", N_("Acronyms"), N_("Capitals that do not shout.")),
)


class SettingsScreen(Screen):
    """`go("settings", "backups")` opens a part by its key."""

    interests = frozenset({"settings"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        tr = shell.tr.tr
        self._late: dict[str, Callable[[], object]] = {}
        self._timer = Lull(self, self.flush)
        sections = list(dict.fromkeys(o.section for o in OPTIONS if o.label))
        sections.remove(BACKUPS)
        self._parts: list[tuple[str, str, Callable[[QVBoxLayout], None]]] = [
            (section, tr(section), partial(self._options, section)) for section in sections
        ]
        self._parts += [
            ("rules", tr(N_("Rules of the verdict")), self._rules),
            ("lists", tr(N_("House lists")), self._lists),
            ("protection", tr(N_("Protection")), self._protection),
            ("backups", tr(BACKUPS), self._copies),
            ("about", tr(N_("About")), self._about),
        ]
        self.list = QListWidget()
        self.list.setAccessibleName(tr(N_("Parts of the settings")))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSpacing(Space.HAIR)
        self.pages = QStackedWidget()
        self._built: set[int] = set()
        for _, words, _ in self._parts:
            self.list.addItem(words)
            page = Scroll()
            page.body.setContentsMargins(Space.LARGE, 0, Space.LARGE, Space.LARGE)
            self.pages.addWidget(page)
        self.list.currentRowChanged.connect(self._show_part)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, Space.MEDIUM)
        outer.addWidget(splitter(self.list, self.pages, (240, 760)))
        self.list.setCurrentRow(0)

    def title(self) -> str:
        return self.shell.tr.tr(N_("Settings"))

    def open(self, target: object) -> None:
        for row, (key, _, _) in enumerate(self._parts):
            if key == target:
                self.list.setCurrentRow(row)

    def focus_first(self) -> None:
        self.list.setFocus()

    def panes(self) -> Sequence[QWidget]:
        return (self.list, self.pages)

    def state(self) -> object:
        return self.list.currentRow()

    def restore(self, state: object) -> None:
        if isinstance(state, int):
            self.list.setCurrentRow(state)

    def flush(self) -> None:
        self._timer.stop()
        late, self._late = self._late, {}
        for save in late.values():
            save()

    def _show_part(self, row: int) -> None:
        self.flush()
        self.pages.setCurrentIndex(row)
        if row not in self._built:
            self._built.add(row)
            self._build(row)

    def _build(self, row: int) -> None:
        page = self.pages.widget(row)
        assert isinstance(page, Scroll)
        clear(page.body)
        _, words, fill = self._parts[row]
        page.body.addWidget(plain(words, role="title"))
        fill(page.body)
        page.body.addStretch(1)

    def _rebuild(self) -> None:
        self._build(self.list.currentRow())

    # -- options ----------------------------------------------------------------------------------

    def _options(self, section: str, body: QVBoxLayout) -> None:
        tr = self.shell.tr.tr
        form = Form()
        for option in OPTIONS:
            if option.section != section or not option.label:
                continue
            field, hint = self._field(option), self._hint(option)
            if option.kind == "bool":
                field.setAccessibleDescription(hint)
                form.add_wide(stack(field, *([plain(hint, role="small")] if hint else ())))
            else:
                form.add(tr(option.label), field, hint=hint)
        card = Card()
        card.body.addWidget(form)
        body.addWidget(card)

    def _hint(self, option: Option) -> str:
        tr = self.shell.tr.tr
        words = tr(option.help) if option.help else ""
        if option.key == reminders.OPTION and not reminders.tray_there():
            words += " " + tr(N_("This computer has no tray: the window itself will tell you."))
        return words

    def _field(self, option: Option) -> QWidget:
        value = self.shell.workspace.settings.get(option.key)
        tr = self.shell.tr.tr
        match option.kind:
            case "bool":
                box = QCheckBox(tr(option.label))
                box.setChecked(bool(value))
                box.toggled.connect(lambda on: self._set(option, on))
                return box
            case "int":
                spin = QSpinBox()
                spin.setRange(option.minimum or 0, option.maximum or 100_000)
                spin.setValue(int(value))
                spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                spin.lineEdit().setTextMargins(Space.SMALL, 0, 0, 0)
                spin.valueChanged.connect(lambda number: self._set(option, number))
                return spin
            case "choice":
                picker = Picker(tr(option.label), 260)
                picker.fill([(tr(words), None, choice) for choice, words in option.choices], value)
                picker.activated.connect(lambda _: self._set(option, picker.currentData()))
                return picker
            case "lines":
                many = QPlainTextEdit("\n".join(value))
                many.setTabChangesFocus(True)
                many.setFixedHeight(110)
                many.textChanged.connect(
                    lambda: self._later(option.key, lambda: self._set(option, _lines(many)))
                )
                return many
            case _:
                field = QLineEdit(str(value))
                field.textChanged.connect(
                    lambda text: self._later(option.key, lambda: self._set(option, text.strip()))
                )
                return field

    def _later(self, key: str, save: Callable[[], object]) -> None:
        self._late[key] = save
        self._timer.stir()

    def _set(self, option: Option, value: Any) -> None:
        settings = self.shell.workspace.settings

        def save() -> Changes:
            settings.set(option.key, value)
            return Changes(frozenset({"settings"}))

        self.shell.tasks.mutate(self, save, lambda _: self._saved(option, value))

    def _saved(self, option: Option, value: Any) -> None:
        self.shell.window.show_saved(self.shell.clock())
        act = {
            "look.theme": f"look:{value}",
            "look.language": f"speak:{value}",
        }.get(option.key)
        if act is not None:
            self.shell.actions.run(act)

    # -- the verdict ------------------------------------------------------------------------------

    def _rules(self, body: QVBoxLayout) -> None:
        tr = self.shell.tr.tr
        body.addWidget(
            plain(
                tr(
                    N_(
                        "Switch a rule off when it disturbs more than it helps; nothing else"
                        " changes. What is different from the shipped rules is marked."
                    )
                ),
                role="muted",
            )
        )
        search = SearchField(self.shell.icons, tr(N_("Search the rules")))
        body.addWidget(search)
        card = Card(padding=Space.SMALL)
        body.addWidget(card)
        language = self.shell.tr.language

        def fill(words: str) -> None:
            from scc_admin.verdict.duplicates import fold, search_terms

            clear(card.body)
            terms = search_terms(words)
            for rule in self.shell.workspace.rules().rules:
                text = f"{rule.id} {rule.message.to(language)} {tr(THEMES[rule.theme])}"
                if all(term in fold(text) for term in terms):
                    card.body.addWidget(self._rule_row(rule))

        search.searched.connect(fill)
        fill("")

    def _rule_row(self, rule: Any) -> QWidget:
        tr = self.shell.tr.tr
        language = self.shell.tr.language
        row = QWidget()
        line = QHBoxLayout(row)
        margins(line, Space.HAIR, Space.MEDIUM)
        box = QCheckBox(rule.id)
        box.setChecked(rule.on)
        box.setFixedWidth(120)
        words = short_title(rule.message.to(language))
        box.setAccessibleName(f"{rule.id} {words}")
        line.addWidget(box)
        line.addWidget(plain(words), 1)
        changed = plain(role="small")
        changed.setVisible(rule.on != rule.default)
        changed.setText(tr(N_("changed")))
        line.addWidget(changed)
        severity = Picker(tr(N_("Severity of {rule}"), rule=rule.id), 150)
        severity.fill([(tr(SEVERITIES[s]), None, s) for s in Severity], rule.severity)
        line.addWidget(severity)

        def switch(on: bool) -> None:
            self._tune("verdict.on", rule.id, on)
            changed.setVisible(on != rule.default)

        box.toggled.connect(switch)
        severity.activated.connect(
            lambda _: self._tune("verdict.severity", rule.id, str(severity.currentData()))
        )
        return row

    def _tune(self, key: str, rule: str, value: object) -> None:
        workspace = self.shell.workspace

        def save() -> Changes:
            workspace.settings.set(key, {**workspace.settings.get(key), rule: value})
            workspace.rules_changed()
            return Changes(frozenset({"settings", "rules"}))

        self.shell.tasks.mutate(
            self, save, lambda _: self.shell.window.show_saved(self.shell.clock())
        )

    def _lists(self, body: QVBoxLayout) -> None:
        tr = self.shell.tr.tr
        body.addWidget(
            plain(
                tr(N_("What stands here is added to the lists that come with the program.")),
                role="muted",
            )
        )
        for name, label, hint in LISTS:
            card = Card(tr(label))
            field = QPlainTextEdit("\n".join(self.shell.workspace.house_list(name)))
            field.setTabChangesFocus(True)
            field.setFixedHeight(110)
            field.setAccessibleName(tr(label))
            field.setAccessibleDescription(tr(hint))
            card.body.addWidget(plain(tr(hint), role="small"))
            card.body.addWidget(field)
            field.textChanged.connect(partial(self._list_changed, name, field))
            body.addWidget(card)

    def _list_changed(self, name: str, field: QPlainTextEdit) -> None:
        workspace = self.shell.workspace

        def save() -> None:
            lines = _lines(field)
            self.shell.tasks.mutate(
                self,
                lambda: workspace.set_house_list(name, lines),
                lambda _: self.shell.window.show_saved(self.shell.clock()),
            )

        self._later(f"list.{name}", save)

    # -- protection and backups -------------------------------------------------------------------

    def _protection(self, body: QVBoxLayout) -> None:
        tr = self.shell.tr.tr
        workspace = self.shell.workspace
        card = Card()
        kinds = {
            "keyring": N_("Encrypted; the key stands in this computer's keyring."),
            "passphrase": N_("Encrypted; the key stands behind a passphrase."),
            "none": N_("Not encrypted: whoever has the folder can read everything in it."),
        }
        row = QHBoxLayout()
        margins(row, 0, Space.MEDIUM)
        mark = "lock" if workspace.encrypted else "unlock"
        row.addWidget(IconLabel(self.shell.icons, mark))
        row.addWidget(plain(tr(kinds[workspace.protection.kind.value])), 1)
        card.body.addLayout(row)
        card.body.addWidget(
            plain(tr(N_("Fingerprint of your signing key, to be told by telephone:")), role="small")
        )
        fingerprint = plain(workspace.protection.fingerprint)
        fingerprint.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        card.body.addWidget(fingerprint)
        if workspace.encrypted:
            card.body.addWidget(
                button(
                    tr(N_("Make a new recovery code…")), self._renew_code, icons=self.shell.icons
                ),
                0,
                Qt.AlignmentFlag.AlignLeft,
            )
        body.addWidget(card)

    def _renew_code(self) -> None:
        tr = self.shell.tr.tr
        workspace = self.shell.workspace

        def renew() -> None:
            self.shell.tasks.mutate(
                self,
                workspace.renew_recovery_code,
                lambda code: self.shell.messages.say(
                    tr(N_("Your new recovery code")),
                    tr(N_("Write it down; it is shown only once, and the old one is void.")),
                    details=code,
                ),
            )

        self.shell.messages.confirm(
            tr(N_("Make a new recovery code?")),
            tr(N_("The code you wrote down before will no longer open this workspace.")),
            tr(N_("Make a new code")),
            renew,
        )

    def _copies(self, body: QVBoxLayout) -> None:
        self.copies = Copies(self)
        body.addWidget(self.copies.backups())
        self._options(BACKUPS, body)
        body.addWidget(self.copies.examination())
        body.addWidget(self.copies.open_formats())

    # -- about ------------------------------------------------------------------------------------

    def _about(self, body: QVBoxLayout) -> None:
        from scc_admin import licences

        tr = self.shell.tr.tr
        card = Card()
        card.body.addWidget(plain(f"SCC Admin {__version__}", role="section"))
        card.body.addWidget(
            plain(tr(N_("The program never sends or publishes anything by itself.")))
        )
        card.body.addWidget(plain(tr(N_("MIT licence. It is made of these parts:")), role="small"))
        body.addWidget(card)
        parts = Card(tr(N_("Parts and their licences")))
        for part in licences.parts():
            parts.body.addWidget(plain(f"{part.name} {part.version} · {part.licence}"))
        body.addWidget(parts)


def _lines(field: QPlainTextEdit) -> list[str]:
    return [line.strip() for line in field.toPlainText().splitlines() if line.strip()]
