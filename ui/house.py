"""The verdict's own settings: rules, house lists, house packs, and all of it as one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from scc_admin.i18n import N_, NN_, Translator
from scc_admin.model import Changes, Mode, Severity, Target, Theme
from scc_admin.words import SEVERITIES, TARGETS, THEMES
from ui.files import open_file, save_as, saved
from ui.findings import group_title
from ui.keyboard import NumberField
from ui.messages import Choice
from ui.screen import Screen
from ui.theme import Space
from ui.widgets import (
    Card,
    FlowLayout,
    IconLabel,
    Picker,
    Scroll,
    SearchField,
    Tone,
    button,
    clear,
    icon_button,
    margins,
    plain,
    show_in,
)

if TYPE_CHECKING:
    from scc_admin.errors import UserError
    from scc_admin.house import Difference, HouseRules, Pack, RuleSheet
    from scc_admin.verdict import Rule

    _Comparison = tuple[HouseRules, list[Difference], dict[str, RuleSheet]]

AT_ONCE = 4
"""Rows made before the window is let breathe."""

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
    ("shorteners", N_("Link shorteners"), N_("Sites whose links hide where they lead.")),
)

_THRESHOLDS: Mapping[tuple[str, str], tuple[str, int, int]] = {
    ("capitals", "letters"): (N_("Letters of a word that counts"), 2, 20),
    ("capitals", "words"): (N_("Such words in the text"), 1, 50),
    ("capitals", "percent"): (N_("And their share of the text (%)"), 0, 100),
    ("capitals", "row"): (N_("Or words in a row"), 2, 50),
    ("hashtag-case", "letters"): (N_("Letters from which it is long"), 4, 60),
    ("language", "words"): (N_("Words of the passage, at least"), 2, 100),
    ("neighbours", "most"): (N_("Posts told of, at most"), 1, 10),
    ("neighbours", "show"): (N_("Told from (%)"), 40, 100),
    ("neighbours", "warn"): (N_("To look at from (%)"), 40, 101),
    ("neighbours", "block"): (N_("Blocking from (%)"), 40, 101),
    ("campaign", "margin"): (N_("Days before and after that are fine"), 0, 365),
    ("hashtag", "near"): (N_("Resemblance from which it is told (%)"), 60, 100),
    ("complete", "tolerate"): (N_("Parts that may be missing"), 0, 10),
    ("count", "together"): (N_("Signs in a row from which it is told"), 2, 20),
    ("count", "same"): (N_("Same emoji, from how many on"), 2, 50),
    ("count", "most.other"): (N_("At most"), 0, 100),
}
"""How a number of a kind of rule is called, and between what it may be: by kind and name."""


def number_words(tr: Translator, kind: str, name: str) -> tuple[str, int, int]:
    """How a number of a rule is called, and between what it may be."""
    known = _THRESHOLDS.get((kind, name))
    if known is not None:
        return (tr.tr(known[0]), *known[1:])
    first, _, target = name.partition(".")
    if first == "most" and target in set(Target):
        network = tr.tr(TARGETS[Target(target)])
        return tr.tr(N_("At most on {network}"), network=network), 0, 100
    return name, 0, 100_000


class RulesPart(QWidget):
    """Every rule: switched on or off, how grave, its numbers; `later` saves after a pause."""

    def __init__(self, screen: Screen, later: Callable[[str, Callable[[], object]], None]) -> None:
        super().__init__()
        self._screen = screen
        self._shell = screen.shell
        self._later = later
        self._sheets: list[RuleSheet] = []
        self._wanted: Iterator[RuleSheet] = iter(())
        self._theme: Theme | None = None
        self._group: Card | None = None
        shell, tr = self._shell, self._shell.tr.tr
        column = QVBoxLayout(self)
        margins(column, 0, Space.LARGE)
        column.addWidget(
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
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        self.search = SearchField(shell.icons, tr(N_("Search the rules")))
        self.search.searched.connect(lambda _words: self._fill())
        row.addWidget(self.search, 1)
        self.which = Picker(tr(N_("Which rules")), shell.theme.px(210))
        self.which.fill(
            [
                (tr(N_("All the rules")), None, ""),
                (tr(N_("Changed here")), None, "changed"),
                (tr(N_("Switched off")), None, "off"),
                *((group_title(shell.tr, theme), None, theme.value) for theme in THEMES),
            ],
            "",
        )
        self.which.activated.connect(lambda _index: self._fill())
        row.addWidget(self.which)
        column.addLayout(row)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(Space.MEDIUM)
        column.addLayout(self._rows)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._some)
        workspace, language = shell.workspace, shell.tr.language
        shell.tasks.read(
            self,
            lambda: workspace.house.sheets(language),
            self._read,
            lambda error: show_in(self._rows, plain(shell.tr.explain(error), role="error")),
        )

    def _read(self, sheets: list[RuleSheet]) -> None:
        self._sheets = [sheet for sheet in sheets if sheet.rule.mode is not Mode.STEP]
        self._sheets.sort(key=lambda sheet: list(THEMES).index(sheet.rule.theme))
        self._fill()

    def _fill(self) -> None:
        from scc_admin.verdict.duplicates import fold, search_terms

        clear(self._rows)
        terms, which = search_terms(self.search.text()), self.which.currentData()

        def wanted(sheet: RuleSheet) -> bool:
            rule = sheet.rule
            text = fold(f"{rule.id} {sheet.message} {sheet.suggestion}")
            return all(term in text for term in terms) and (
                which in ("", rule.theme.value)
                or (which == "changed" and sheet.changed)
                or (which == "off" and not rule.on)
            )

        found = [sheet for sheet in self._sheets if wanted(sheet)]
        self._theme, self._wanted = None, iter(found)
        if self._group is not None:
            self._group.deleteLater()
            self._group = None
        if not found:
            words = self._shell.tr.tr(N_("No rule is like that."))
            show_in(self._rows, plain(words, role="muted"))
        self._some()
        self._timer.start()

    def _some(self) -> None:
        """Make some more rows: all at once would hold the window."""
        for _ in range(AT_ONCE):
            sheet = next(self._wanted, None)
            if sheet is None or sheet.rule.theme is not self._theme:
                self._show_group()
            if sheet is None:
                self._timer.stop()
                return
            if self._group is None:
                self._theme = sheet.rule.theme
                self._group = Card(group_title(self._shell.tr, self._theme))
                self._group.body.setSpacing(Space.MEDIUM)
            self._group.body.addWidget(_RuleRow(self, self._screen, sheet, self._later))

    def _show_group(self) -> None:
        """Show the rules of a theme once they are all there: each would move what is below it."""
        if self._group is not None:
            show_in(self._rows, self._group)
            self._group = None
            # Before anything is drawn: a page that has not grown yet squeezes its rows.
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)

    def put(self, sheet: RuleSheet) -> None:
        """Know a rule as it now stands."""
        self._sheets = [sheet if s.rule.id == sheet.rule.id else s for s in self._sheets]


class _RuleRow(QWidget):
    """A rule: a switch, what it says, how grave it is, its numbers."""

    def __init__(
        self,
        part: RulesPart,
        screen: Screen,
        sheet: RuleSheet,
        later: Callable[[str, Callable[[], object]], None],
    ) -> None:
        super().__init__()
        self._part, self._screen, self._sheet, self._later = part, screen, sheet, later
        shell = self._shell = screen.shell
        self._house = shell.workspace.house
        tr, rule = shell.tr.tr, sheet.rule
        line = QHBoxLayout(self)
        margins(line, 0, Space.MEDIUM)
        top = Qt.AlignmentFlag.AlignTop
        self.box = QCheckBox()
        self.box.setAccessibleName(f"{rule.id} {sheet.message}")
        line.addWidget(self.box, 0, top)
        words = QVBoxLayout()
        margins(words, 0, Space.HAIR)
        words.addWidget(plain(rule.id, role="small"))
        words.addWidget(plain(sheet.message))
        if sheet.suggestion:
            words.addWidget(plain(sheet.suggestion, role="small"))
        self.numbers: dict[str, NumberField] = {}
        if rule.thresholds:
            words.addLayout(self._make_numbers())
        self.back = button(tr(N_("Put back as shipped")), self._restore, kind="link")
        self.back.setAccessibleName(tr(N_("Put {rule} back as shipped"), rule=rule.id))
        words.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        line.addLayout(words, 1)
        self.severity: Picker | None = None
        if rule.mode is Mode.QUESTION:
            asks = plain(tr(N_("Question")), role="muted", wrap=False)
            asks.setFixedWidth(shell.theme.px(150))
            line.addWidget(asks, 0, top)
        else:
            self.severity = Picker(tr(N_("Severity of {rule}"), rule=rule.id), shell.theme.px(150))
            self.severity.fill([(tr(w), None, s) for s, w in SEVERITIES.items()], rule.severity)
            self.severity.activated.connect(lambda _index: self._grave())
            line.addWidget(self.severity, 0, top)
        why = icon_button(
            shell.icons,
            "guide",
            tr(N_("View {rule} in the guide"), rule=rule.id),
            lambda: shell.window.go("guide", ("rule", rule.id, rule.slides)),
        )
        line.addWidget(why, 0, top)
        self._show()
        self.box.toggled.connect(self._switch)
        for name, spin in self.numbers.items():
            spin.valueChanged.connect(lambda n, name=name: self._number(name, n))

    def _make_numbers(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.MEDIUM)
        grid.setVerticalSpacing(Space.HAIR)
        grid.setColumnStretch(1, 1)
        rule = self._sheet.rule
        for line, (name, now) in enumerate(rule.thresholds.items()):
            words, least, most = number_words(self._shell.tr, rule.kind, name)
            label = plain(words, role="small")
            spin = NumberField()
            spin.setFixedWidth(self._shell.theme.px(84))
            spin.setRange(min(least, now), max(most, now))
            spin.setAccessibleName(f"{rule.id}: {words}")
            label.setBuddy(spin)
            grid.addWidget(spin, line, 0)
            grid.addWidget(label, line, 1, Qt.AlignmentFlag.AlignVCenter)
            self.numbers[name] = spin
        return grid

    def _show(self) -> None:
        rule = self._sheet.rule
        for widget in (self.box, *self.numbers.values()):
            widget.blockSignals(True)
        self.box.setChecked(rule.on)
        for name, spin in self.numbers.items():
            spin.setValue(rule.thresholds[name])
        for widget in (self.box, *self.numbers.values()):
            widget.blockSignals(False)
        if self.severity is not None:
            self.severity.setCurrentIndex(self.severity.findData(rule.severity))
        self._mark()

    def _mark(self) -> None:
        self.back.setVisible(self._sheet.changed)

    def _switch(self, on: bool) -> None:
        self._keep(replace(self._sheet.rule, on=on))
        rule_id = self._sheet.rule.id
        self._save(lambda: self._house.tune(rule_id, on=on))

    def _grave(self) -> None:
        assert self.severity is not None
        severity = Severity(self.severity.currentData())
        self._keep(replace(self._sheet.rule, severity=severity))
        rule_id = self._sheet.rule.id
        self._save(lambda: self._house.tune(rule_id, severity=severity))

    def _number(self, name: str, number: int) -> None:
        thresholds = {**self._sheet.rule.thresholds, name: number}
        self._keep(replace(self._sheet.rule, thresholds=thresholds))
        rule_id = self._sheet.rule.id
        self._later(
            f"rule.{rule_id}",
            lambda: self._save(lambda: self._house.tune(rule_id, thresholds=thresholds)),
        )

    def _restore(self) -> None:
        self._keep(self._sheet.shipped)
        self._show()
        self.box.setFocus()
        rule_id = self._sheet.rule.id
        self._later(f"rule.{rule_id}", lambda: None)
        self._save(lambda: self._house.untune(rule_id))

    def _keep(self, rule: Rule) -> None:
        self._sheet = replace(self._sheet, rule=rule)
        self._part.put(self._sheet)
        self._mark()

    def _save(self, act: Callable[[], Changes]) -> None:
        shell = self._shell
        # The screen's: what is saved on leaving is told after the row is gone.
        shell.tasks.mutate(self._screen, act, lambda _: shell.window.show_saved(shell.clock()))


class ListsPart(QWidget):
    """One house list at a time: what the house adds, and what the program brings."""

    def __init__(
        self,
        screen: Screen,
        later: Callable[[str, Callable[[], object]], None],
        leave: Callable[[], object],
    ) -> None:
        super().__init__()
        self._screen = screen
        self._shell = screen.shell
        self._later = later
        self._leave = leave
        self._filling = False
        shell, tr = self._shell, self._shell.tr.tr
        column = QVBoxLayout(self)
        margins(column, 0, Space.MEDIUM)
        self.which = Picker(tr(N_("Which list")))
        self.which.fill([(tr(label), None, name) for name, label, _ in LISTS], LISTS[0][0])
        self.which.currentIndexChanged.connect(lambda _index: self._show())
        column.addWidget(self.which)
        card = Card()
        self.hint = plain(role="muted")
        card.body.addWidget(self.hint)
        self.field = QPlainTextEdit()
        self.field.setTabChangesFocus(True)
        self.field.setMinimumHeight(shell.theme.px(240))
        self.field.textChanged.connect(self._typed)
        card.body.addWidget(self.field)
        column.addWidget(card)
        self._shipped = Card(tr(N_("What comes with the program")))
        self.shipped = plain(role="muted")
        self.shipped.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._shipped.body.addWidget(self.shipped)
        column.addWidget(self._shipped)
        go = shell.window.go
        for said, words, place in (
            (N_("Campaigns, with their dates and hashtags:"), N_("In the calendar"), "calendar"),
            (N_("Pages, with their accounts and contacts:"), N_("In the pages"), "pages"),
        ):
            row = QHBoxLayout()
            margins(row, 0, Space.HAIR)
            row.addWidget(plain(tr(said), role="small", wrap=False))
            row.addWidget(button(tr(words), partial(go, place), kind="link"))
            row.addStretch(1)
            column.addLayout(row)
        self._show()

    def choose(self, name: str) -> None:
        """Show the list of this name."""
        self.which.setCurrentIndex(self.which.findData(name))

    def _show(self) -> None:
        self._leave()
        tr = self._shell.tr
        name, label, hint = LISTS[self.which.currentIndex()]
        workspace = self._shell.workspace
        self.hint.setText(tr.tr(hint))
        self.field.setAccessibleName(tr.tr(label))
        self.field.setAccessibleDescription(tr.tr(hint))
        self._filling = True
        self.field.setPlainText("\n".join(workspace.house.own_list(name)))
        self._filling = False
        brought = workspace.house.shipped_list(name)
        self._shipped.setVisible(bool(brought))
        self.shipped.setText(" · ".join(brought))

    def _typed(self) -> None:
        if self._filling:
            return
        shell, name = self._shell, str(self.which.currentData())
        values = lines_of(self.field)

        def save() -> None:
            shell.tasks.mutate(
                self._screen,
                lambda: shell.workspace.house.set_list(name, values),
                lambda _: shell.window.show_saved(shell.clock()),
            )

        self._later(f"list.{name}", save)


class SharePart(QWidget):
    """The verdict's settings as one file, and the packs of the house."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen
        self._shell = screen.shell
        tr, icons = self._shell.tr.tr, self._shell.icons
        column = QVBoxLayout(self)
        margins(column, 0, Space.LARGE)
        card = Card(tr(N_("One file for every region")))
        card.body.addWidget(
            plain(
                tr(
                    N_(
                        "Switches, severities, numbers, house lists and house rules go into one"
                        " file. Whoever imports it sees first what it changes."
                    )
                ),
                role="muted",
            )
        )
        row = FlowLayout(Space.SMALL)
        self.export = button(
            tr(N_("Export the verdict’s settings…")), self._export, icons=icons, icon="download"
        )
        self.bring = button(
            tr(N_("Import the verdict’s settings…")), self._import, icons=icons, icon="upload"
        )
        row.addWidget(self.export)
        row.addWidget(self.bring)
        card.body.addLayout(row)
        column.addWidget(card)

        packs = Card(tr(N_("House rules")))
        packs.body.addWidget(
            plain(
                tr(
                    N_(
                        "Rules of your own, as a pack (.toml) written like the shipped ones. They"
                        " stand among the others in the list of rules."
                    )
                ),
                role="muted",
            )
        )
        self._packs = QVBoxLayout()
        margins(self._packs, 0, Space.HAIR)
        packs.body.addLayout(self._packs)
        self.add = button(tr(N_("Add a pack…")), self._add_pack, icons=icons, icon="plus")
        packs.body.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(packs)
        self._read_packs()

    # -- the file ---------------------------------------------------------------------------------

    def _export(self) -> None:
        from scc_admin.house import write_file

        tr, tasks, workspace = self._shell.tr.tr, self._shell.tasks, self._shell.workspace

        def write(path: Path) -> Path:
            rules, at = workspace.house.read(), workspace.clock()
            return write_file(path, rules, at=at, who=workspace.who())

        save_as(
            self._screen,
            tr(N_("Export the verdict’s settings")),
            tr(N_("verdict-settings.json")),
            f"{tr(N_('Settings of the verdict'))} (*.json)",
            lambda path: tasks.mutate(
                self,
                partial(write, path),
                lambda written: saved(self._screen, written),
                self._shell.messages.failed,
            ),
        )

    def _import(self) -> None:
        tr = self._shell.tr.tr
        kinds = f"{tr(N_('Settings of the verdict'))} (*.json);;{tr(N_('All files'))} (*)"
        open_file(self._screen, tr(N_("Import the verdict’s settings")), kinds, self.read)

    def read(self, path: Path) -> None:
        """Show what a file would change, and ask."""
        from scc_admin.house import differences, read_file

        workspace, shell = self._shell.workspace, self._shell

        def compare() -> _Comparison:
            new = read_file(path)
            told = {sheet.rule.id: sheet for sheet in workspace.house.sheets(shell.tr.language)}
            return new, differences(workspace.house.read(), new), told

        shell.tasks.read(self, compare, self._ask, shell.messages.failed)

    def _ask(self, read: _Comparison) -> None:
        new, changes, told = read
        tr, messages = self._shell.tr, self._shell.messages
        by = tr.tr(N_("Someone")) if not new.made_by else new.made_by
        origin = (
            tr.tr(N_("Made by {who}, {when}."), who=by, when=tr.moment(new.made_at))
            if new.made_at
            else ""
        )
        if not changes:
            messages.say(
                tr.tr(N_("Nothing would change")),
                " ".join((tr.tr(N_("This file says what already holds here.")), origin)).strip(),
            )
            return
        dialog = messages.dialog(
            tr.tr(N_("What this file changes")),
            origin,
            (
                Choice("no", tr.tr(N_("Cancel"))),
                Choice("yes", tr.tr(N_("Take these settings")), "primary"),
            ),
        )
        dialog.set_width(self._shell.theme.px(640))
        keep = QCheckBox(tr.tr(N_("Keep what stands in my lists, and add to it")))
        area = Scroll(padding=0, spacing=Space.SMALL)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName(tr.tr(N_("What this file changes")))
        area.setFixedHeight(self._shell.theme.px(min(340, 90 + 60 * len(changes))))

        def show() -> None:
            clear(area.body)
            for title, rows in self._sorted(changes, told, keeping=keep.isChecked()):
                area.body.addWidget(plain(title, role="group"))
                for words in rows:
                    area.body.addWidget(plain(words))
            area.body.addStretch(1)

        show()
        dialog.body.addWidget(area)
        if any(change.removed for change in changes):
            keep.toggled.connect(lambda _on: show())
            dialog.body.addWidget(keep)
        dialog.chosen.connect(
            lambda answer: self._take(new, keep.isChecked()) if answer == "yes" else None
        )
        dialog.open()
        area.setFocus()

    def _sorted(
        self, changes: Sequence[Difference], told: Mapping[str, RuleSheet], *, keeping: bool
    ) -> list[tuple[str, list[str]]]:
        """The changes in words, under their titles."""
        titles = {
            "on": N_("Rules switched on or off"),
            "severity": N_("Severities"),
            "thresholds": N_("Numbers"),
            "profile": N_("Limits of the networks"),
            "list": N_("House lists"),
            "pack": N_("House rules"),
        }
        found = []
        for kind, title in titles.items():
            rows = [
                words
                for change in changes
                if change.kind == kind and (words := self._words(change, told, keeping))
            ]
            if rows:
                found.append((self._shell.tr.tr(title), rows))
        return found

    def _words(self, change: Difference, told: Mapping[str, RuleSheet], keeping: bool) -> str:
        tr = self._shell.tr.tr
        match change.kind:
            case "list":
                label = next(tr(label) for name, label, _ in LISTS if name == change.name)
                parts = [f"+ {', '.join(change.added)}"] if change.added else []
                if change.removed and not keeping:
                    parts.append(f"− {', '.join(change.removed)}")
                changed = "   ".join(parts)
                return tr(N_("{list}: {changes}"), list=label, changes=changed) if parts else ""
            case "pack":
                said = (
                    N_("{name}: added")
                    if not change.before
                    else N_("{name}: removed")
                    if not change.after
                    else N_("{name}: other text")
                )
                return tr(said, name=change.name)
        sheet = told.get(change.name)
        before, after = (self._value(change.kind, v, sheet) for v in (change.before, change.after))
        changed = f"{before} → {after}"
        if not change.name:
            return changed
        return f"{change.name} · {sheet.message if sheet else ''}\n{changed}"

    def _value(self, kind: str, value: str, sheet: RuleSheet | None) -> str:
        from scc_admin.settings import option

        tr = self._shell.tr.tr
        if not value:
            return tr(N_("as shipped"))
        match kind:
            case "severity":
                return tr(SEVERITIES[Severity(value)])
            case "on":
                return tr(N_("on")) if value == "True" else tr(N_("off"))
            case "profile":
                words = dict(option("verdict.profile").choices)
                return tr(words[value]) if value in words else value
            case "thresholds" if sheet is not None:
                for name in sheet.rule.thresholds:
                    said, _, _ = number_words(self._shell.tr, sheet.rule.kind, name)
                    value = value.replace(f"{name} =", f"{said} :")
        return value

    def _take(self, new: HouseRules, keep_lists: bool) -> None:
        tr, messages, tasks = self._shell.tr.tr, self._shell.messages, self._shell.tasks
        workspace = self._shell.workspace

        def taken(made: tuple[HouseRules, Changes]) -> None:
            self._read_packs()
            messages.toast(
                tr(N_("The verdict now follows these settings.")),
                tr(N_("Undo")),
                lambda: tasks.mutate(
                    self, lambda: workspace.house.take(made[0]), lambda _: self._read_packs()
                ),
            )

        tasks.mutate(
            self,
            lambda: workspace.house.take(new, keep_lists=keep_lists),
            taken,
            messages.failed,
        )

    # -- packs ------------------------------------------------------------------------------------

    def _read_packs(self) -> None:
        workspace, shell = self._shell.workspace, self._shell
        shell.tasks.read(
            self, workspace.house.packs, self._show_packs, shell.messages.failed, key="packs"
        )

    def _show_packs(self, packs: Sequence[Pack]) -> None:
        tr, icons = self._shell.tr, self._shell.icons
        clear(self._packs)
        if not packs:
            show_in(self._packs, plain(tr.tr(N_("No rules of your own yet.")), role="muted"))
        for pack in packs:
            made = QWidget()
            row = QHBoxLayout(made)
            margins(row, 0, Space.SMALL)
            if pack.fault is None:
                row.addWidget(IconLabel(icons, "file", "muted", 18))
                count = tr.ntr(*NN_("{n} rule", "{n} rules"), len(pack.rules))
                words = f"{pack.name} · {count} ({', '.join(pack.rules[:6])})"
            else:
                row.addWidget(IconLabel(icons, "error", "error", 18))
                words = tr.explain(pack.fault)
            row.addWidget(plain(words), 1)
            name = tr.tr(N_("Take {name} out"), name=pack.name)
            row.addWidget(icon_button(icons, "trash", name, partial(self._remove_pack, pack.name)))
            show_in(self._packs, made)

    def _add_pack(self) -> None:
        tr = self._shell.tr.tr
        kinds = f"{tr(N_('Packs of rules'))} (*.toml)"
        open_file(self._screen, tr(N_("Add a pack")), kinds, self.take_pack)

    def take_pack(self, path: Path) -> None:
        """Add a pack once its every field is checked; what is wrong is said by name."""
        workspace, shell = self._shell.workspace, self._shell
        tr = shell.tr.tr

        def added(_: object) -> None:
            self._read_packs()
            shell.messages.toast(tr(N_("{name} is in force."), name=path.name))

        def failed(error: UserError) -> None:
            shell.messages.say(
                tr(N_("This pack was not added")), shell.tr.explain(error), tone=Tone.ERROR
            )

        shell.tasks.mutate(
            self,
            lambda: workspace.house.add_pack(path),
            added,
            failed,
        )

    def _remove_pack(self, name: str) -> None:
        workspace, shell = self._shell.workspace, self._shell
        tr = shell.tr.tr

        def removed(made: tuple[HouseRules, Changes]) -> None:
            self._read_packs()
            shell.messages.toast(
                tr(N_("{name} is no longer in force."), name=name),
                tr(N_("Undo")),
                lambda: shell.tasks.mutate(
                    self, lambda: workspace.house.take(made[0]), lambda _: self._read_packs()
                ),
            )

        shell.tasks.mutate(self, lambda: workspace.house.remove_pack(name), removed, failed=None)


def lines_of(field: QPlainTextEdit) -> list[str]:
    """What stands in a field, one value a line."""
    return [line.strip() for line in field.toPlainText().splitlines() if line.strip()]
