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
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from scc_admin import __version__
from scc_admin.i18n import N_
from scc_admin.model import Changes
from scc_admin.settings import OPTIONS, Option
from ui import reminders
from ui.copies import Copies
from ui.house import LISTS, ListsPart, RulesPart, SharePart, lines_of
from ui.keyboard import NumberField
from ui.library import LibraryPart
from ui.palette import Hit, in_both
from ui.protection import ProtectionPart
from ui.screen import Screen, Shell
from ui.tasks import Saver
from ui.theme import Space
from ui.widgets import (
    Card,
    Form,
    Picker,
    Scroll,
    clear,
    plain,
    splitter,
    stack,
)

BACKUPS = "Backups"
"""A section of options that has a part of its own."""
VERDICT = "Verdict"
"""The section of options that the verdict's own parts follow."""

PARTS: tuple[tuple[str, str], ...] = (
    ("rules", N_("Rules of the verdict")),
    ("lists", N_("House lists")),
    ("templates", N_("Templates")),
    ("sources", N_("Sources to cite")),
    ("share", N_("Share the verdict’s settings")),
    ("protection", N_("Protection")),
    ("backups", BACKUPS),
    ("about", N_("About")),
)
"""The parts that are more than options: their key, and their name."""


_WORDS: dict[str, str] = {
    "protection": N_("password passphrase encrypt encryption key recovery code lock"),
    "backups": N_("restore copy safety"),
    "templates": N_("ready-made answers replies"),
    "share": N_("export import settings region"),
    "about": N_("version licences"),
    "lists": N_("domains hashtags names places"),
}
"""Further words under which Ctrl+K finds a part."""


def _parts() -> list[tuple[str, str]]:
    """Every part; those of options by the section they show."""
    sections = dict.fromkeys(option.section for option in OPTIONS if option.label)
    ahead = [section for section in sections if section not in (BACKUPS, VERDICT)]
    return [*((section, section) for section in (*ahead, VERDICT)), *PARTS]


def find_settings(shell: Shell, _query: str) -> Sequence[Hit]:
    """Options, parts and house lists for Ctrl+K. Runs in a worker."""
    tr = shell.tr.tr
    kind = tr(N_("Settings"))

    def hit(title: str, part: str, inside: str, detail: str = "", words: str = "") -> Hit:
        target = (part, inside) if inside else part
        run = partial(shell.window.go, "settings", target)
        shown = tr(detail) if detail else ""
        return Hit(tr(title), kind, run, "settings", shown, **in_both(shell.tr, title, words))

    return [
        *(hit(words, key, "", words=_WORDS.get(key, "")) for key, words in _parts()),
        *(
            hit(
                option.label,
                "backups" if option.section == BACKUPS else option.section,
                "",
                option.section,
                option.help,
            )
            for option in OPTIONS
            if option.label
        ),
        *(hit(label, "lists", name, N_("House lists")) for name, label, _ in LISTS),
    ]


class SettingsScreen(Screen):
    """`go("settings", "lists")` opens a part by its key, ("lists", "places") a list of it."""

    interests = frozenset({"settings"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        tr = shell.tr.tr
        self._late: dict[str, Callable[[], object]] = {}
        self._timer = Saver(self, self.flush)
        fills: dict[str, Callable[[QVBoxLayout], None]] = {
            "rules": lambda body: body.addWidget(RulesPart(self, self.later)),
            "lists": lambda body: body.addWidget(ListsPart(self, self.later, self.flush)),
            "templates": lambda body: body.addWidget(LibraryPart(self, "templates"), 1),
            "sources": lambda body: body.addWidget(LibraryPart(self, "sources"), 1),
            "share": lambda body: body.addWidget(SharePart(self)),
            "protection": lambda body: body.addWidget(ProtectionPart(self, self._rebuild)),
            "backups": self._copies,
            "about": self._about,
        }
        self._parts: list[tuple[str, str, Callable[[QVBoxLayout], None]]] = [
            (key, tr(words), fills.get(key) or partial(self._options, key))
            for key, words in _parts()
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
        outer.addWidget(splitter(self.list, self.pages, (264, 736)))
        self.list.setCurrentRow(0)

    def title(self) -> str:
        return self.shell.tr.tr(N_("Settings"))

    def open(self, target: object) -> None:
        part, inside = target if isinstance(target, tuple) else (target, "")
        for row, (key, _, _) in enumerate(self._parts):
            if key == part:
                self.list.setCurrentRow(row)
        if part == "lists" and inside:
            self.pages.findChildren(ListsPart)[-1].choose(inside)

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

    def refresh(self, _changes: Changes) -> None:
        # What is in front was changed by hand here, and stays as it is under those hands.
        current = self.list.currentRow()
        if self.isVisible():
            self._built &= {current}
        else:
            self._built.clear()
            self._show_part(current)

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
                spin = NumberField()
                spin.setRange(option.minimum or 0, option.maximum or 100_000)
                spin.setValue(int(value))
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
                    lambda: self.later(option.key, lambda: self._set(option, lines_of(many)))
                )
                return many
            case _:
                field = QLineEdit(str(value))
                field.textChanged.connect(
                    lambda text: self.later(option.key, lambda: self._set(option, text.strip()))
                )
                return field

    def later(self, key: str, save: Callable[[], object]) -> None:
        """Save once one pauses, or leaves; a later save under the same key takes its place."""
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
        if option.key == "look.scale":
            # Everything is made anew at another size: not while the number is still being chosen.
            self.later(option.key, lambda: self.shell.theme.choose(zoom=value / 100))
        act = {
            "look.theme": f"look:{value}",
            "look.language": f"speak:{value}",
        }.get(option.key)
        if act is not None:
            self.shell.actions.run(act)
        elif option.key == "zone":
            self.shell.window.tell_hours()

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
            parts.body.addWidget(
                plain(f"{tr(part.name)} {part.version}".strip() + f" · {part.licence}")
            )
        body.addWidget(parts)
