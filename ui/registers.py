"""The small registers: one list, one form, one import and one export serve all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from scc_admin import registers
from scc_admin.i18n import N_, NN_, Translator
from scc_admin.registers import Incoming, Kind, Line, Pages, Register, spoken
from ui.files import open_file, save_as, saved
from ui.forms import Field
from ui.icons import network_icon
from ui.keyboard import Menu
from ui.library import TABLES, LibraryPart
from ui.messages import Banner
from ui.records import RecordForm, ask_incoming
from ui.tables import Cell, Column, RowsModel, Table, Tag
from ui.theme import Space
from ui.widgets import (
    EmptyState,
    SearchField,
    Tone,
    button,
    clear,
    icon_button,
    margins,
    plain,
    show_in,
    splitter,
)

if TYPE_CHECKING:
    from scc_admin.model import Page
    from ui.screen import Screen, Shell

_GROUPS: Mapping[str, str] = {
    "pages": N_("About the pages"),
    "people": N_("People"),
    "content": N_("Contents"),
    "duties": N_("Duties"),
}
_FORM_KINDS: Mapping[Kind, str] = {
    Kind.LONG: "text",
    Kind.DATE: "date",
    Kind.BOOL: "check",
    Kind.NUMBER: "number",
    Kind.MONEY: "money",
    Kind.CHOICE: "choice",
    Kind.PAGE: "choice",
}
MAILS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "events": (
        "event_request",
        {
            "event": "title",
            "date": "day",
            "time": "time",
            "place": "place",
            "description": "description",
            "asked_by": "contact",
        },
    ),
    "trainings": (
        "training_request",
        {"tools": "tool", "group": "person", "need": "need", "when": "day"},
    ),
}
"""Registers whose line can become an e-mail to Public Affairs: the template, and which of the
line's fields fill its own."""


@dataclass(frozen=True, slots=True)
class _Listed:
    lines: list[Line]
    pages: list[Page]
    counts: Mapping[str, int]
    due: Mapping[str, int]


class RegistersPane(QWidget):
    """The list of registers, and the lines of one; the screen of the pages reads for it."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen
        self._shell = screen.shell
        self._kinds = [r for r in registers.registers().values() if not r.own_screen]
        self._kinds.sort(key=lambda r: list(_GROUPS).index(r.group))
        self.register: Register = self._kinds[0]
        self._words = ""
        self._wanted: int | None = None
        self._pages: dict[int, str] = {}
        self._all_pages: list[Page] = []
        self._counts: Mapping[str, int] = {}
        self._due: Mapping[str, int] = {}
        self._wanted_piece = ""
        shell, tr = self._shell, self._shell.tr.tr
        self.list = Table(shell.theme, shell.icons, tr(N_("Registers")), two_lines=True)
        self.list.horizontalHeader().hide()
        self.list_model: RowsModel[tuple[int, Register]] = RowsModel(
            [Column(tr(N_("Register")), self._register_cell)], lambda row: row[0]
        )
        self.list.use(self.list_model)
        self.list.picked.connect(self._register_picked)
        self.list.opened.connect(lambda _number: self.front.setFocus())
        column = QVBoxLayout(self)
        margins(column, 0, 0)
        self._side = QStackedWidget()
        self._side.addWidget(self._make_lines())
        self._libraries: dict[str, LibraryPart] = {}
        parts = splitter(self.list, self._side, (270, 720))
        self.list.setMinimumWidth(shell.theme.px(210))
        column.addWidget(parts)
        self.list_model.set_rows(enumerate(self._kinds))

    def _make_lines(self) -> QWidget:
        shell, tr = self._shell, self._shell.tr.tr
        part = QWidget()
        column = QVBoxLayout(part)
        margins(column, 0, Space.SMALL)
        head = QHBoxLayout()
        margins(head, 0, Space.SMALL)
        words = QVBoxLayout()
        margins(words, 0, 0)
        self.heading = plain(role="section")
        self.about = plain(role="small")
        words.addWidget(self.heading)
        words.addWidget(self.about)
        head.addLayout(words, 1)
        self.more = icon_button(shell.icons, "more", tr(N_("Import and export")), self._menu)
        head.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        self.search = SearchField(shell.icons, tr(N_("Search this register")))
        self.search.searched.connect(self._search)
        column.addWidget(self.search)
        self._stack = QStackedWidget()
        self.table = _LinesTable(shell, tr(N_("Lines of the register")), self.remove)
        self.table.opened.connect(lambda _number: self.change())
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._line_menu)
        self.model: RowsModel[Line] = RowsModel([], lambda line: line.id)
        self._stack.addWidget(self.table)
        self._empty = QWidget()
        QVBoxLayout(self._empty)
        self._stack.addWidget(self._empty)
        column.addWidget(self._stack, 1)
        self.acts = QHBoxLayout()
        margins(self.acts, 0, Space.SMALL)
        self._change = button(
            tr(N_("Change…")), self.change, icons=shell.icons, icon="drafts", kind="small"
        )
        self._mail = button(
            tr(N_("E-mail to Public Affairs…")), self.mail, icons=shell.icons, icon="mail",
            kind="small",
        )  # fmt: skip
        self._remove = button(
            tr(N_("Remove")), self.remove, icons=shell.icons, icon="trash", kind="small"
        )
        for made in (self._change, self._mail, self._remove):
            self.acts.addWidget(made)
        self.acts.addStretch(1)
        column.addLayout(self.acts)
        return part

    @property
    def front(self) -> QWidget:
        """The table in front: the lines of a register, or the half of the library that keeps it."""
        kept = self._libraries.get(self.register.library)
        return self.table if kept is None else kept.table

    def _show_library(self, part: str) -> None:
        """Show a half of the library: it has words that ship, and a way back to them."""
        made = self._libraries.get(part)
        if made is None:
            made = self._libraries[part] = LibraryPart(self._screen, part)
            made.add_button.hide()  # the screen's own says it
            self._side.addWidget(made)
        else:
            made.read()
        if self._wanted_piece:
            made.want(self._wanted_piece)
            self._wanted_piece = ""
        self._side.setCurrentWidget(made)

    # -- reading ----------------------------------------------------------------------------------

    def show_register(self, key: str, line: int | str | None = None) -> None:
        """Show a register, and a line of it; a piece of the library goes by its key."""
        self._wanted = line if isinstance(line, int) else None
        self._wanted_piece = line if isinstance(line, str) else ""
        place = next((n for n, made in enumerate(self._kinds) if made.key == key), 0)
        if self._kinds[place] is self.register:
            if self.register.library:
                self._show_library(self.register.library)
            self.load()
        self.list.select_id(place)

    def load(self) -> None:
        if self.list.current_id() < 0:  # nobody has been here yet
            self.list.select_first()  # which loads
            return
        workspace, key, words = self._shell.workspace, self.register.key, self._words
        kept, editorial = workspace.registers, workspace.editorial
        today = self._shell.tr.local(self._shell.clock()).date()

        def read() -> _Listed:
            due: dict[str, int] = {}
            for task in workspace.reminders(today):
                due[task.ref] = due.get(task.ref, 0) + 1
            return _Listed(
                kept.lines(key, words), editorial.pages(archived=True), kept.counts(), due
            )

        self._shell.tasks.read(self._screen, read, partial(self._arrived, key), key="registers")

    def _arrived(self, key: str, listed: _Listed) -> None:
        if key != self.register.key:
            return
        self._all_pages = listed.pages
        self._pages = registers.page_labels(listed.pages, self._shell.tr)
        if (listed.counts, listed.due) != (self._counts, self._due):
            self._counts, self._due = listed.counts, listed.due
            self.list_model.set_rows(enumerate(self._kinds))
        if self.register.library:
            self._libraries[self.register.library].read()
            return
        self.model.set_rows(listed.lines)
        self._stack.setCurrentIndex(0 if listed.lines else 1)
        for part in (self._change, self._remove):
            part.setEnabled(bool(listed.lines))
        self._mail.setVisible(self.register.key in MAILS and bool(listed.lines))
        wanted, self._wanted = self._wanted, None
        if wanted is None or not self.table.select_id(wanted):
            self.table.select_first()

    def _register_picked(self, number: int) -> None:
        if not 0 <= number < len(self._kinds):
            return
        self.register = self._kinds[number]
        if self.register.library:
            self._show_library(self.register.library)
            self.load()
            self._shell.window.title_changed()
            return
        self._side.setCurrentIndex(0)
        tr = self._shell.tr
        language = tr.language
        self.heading.setText(self.register.name.to(language))
        self.about.setText(self.register.about.to(language))
        self._words = ""
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self.model = RowsModel(self._columns(self.register), lambda line: line.id)
        self.table.use(self.model)
        self._show_empty()
        self.load()
        self._shell.window.title_changed()

    def _show_empty(self) -> None:
        made, tr = self.register, self._shell.tr
        layout = self._empty.layout()
        assert layout is not None
        clear(layout)
        show_in(
            layout,
            EmptyState(
                self._shell.icons,
                made.icon,
                tr.tr(N_("Nothing here yet")),
                made.one.to(tr.language),
                self.add,
                detail=made.about.to(tr.language),
            ),
        )

    def _search(self, words: str) -> None:
        self._words = words
        self.load()

    def _register_cell(self, row: tuple[int, Register]) -> Cell:
        tr, made = self._shell.tr, row[1]
        tags = []
        due = self._due.get(made.key, 0)
        if due:
            tags.append(Tag(tr.ntr(*NN_("{n} due", "{n} due"), due), "bell", "warning"))
        elif count := self._counts.get(made.key, 0):
            tags.append(Tag(tr.number(count)))
        return Cell(
            made.name.to(tr.language), tr.tr(_GROUPS[made.group]), tuple(tags), icon=made.icon
        )

    def _columns(self, made: Register) -> list[Column[Line]]:
        tr = self._shell.tr
        title = made.field(made.title)
        columns: list[Column[Line]] = [
            Column(title.label.to(tr.language), self._title_cell, stretch=3)
        ]
        if made.pages is not Pages.NONE:
            columns.append(Column(tr.tr(N_("Page")), self._page_cell, stretch=2))
        for key in made.columns:
            field = made.field(key)
            columns.append(
                Column(field.label.to(tr.language), partial(self._value_cell, key), stretch=2)
            )
        return columns

    def _title_cell(self, line: Line) -> Cell:
        made, tr = self.register, self._shell.tr
        field = made.field(made.title)
        text = spoken(field, line.values.get(field.key), tr, self._pages)
        tags: tuple[Tag, ...] = ()
        if line.due_on is not None and not made.ended(line.values):
            late = line.due_on <= tr.local(self._shell.clock()).date()
            tags = (Tag(tr.day(line.due_on), "bell", "warning" if late else "muted"),)
        return Cell(" ".join(text.split()) or "—", tags=tags, strong=True)

    def _page_cell(self, line: Line) -> Cell:
        page = next((p for p in self._all_pages if p.id == line.page_id), None)
        if page is None:
            return Cell("—", color="muted")
        return Cell(page.name, icon=network_icon(page.network))

    def _value_cell(self, key: str, line: Line) -> Cell:
        field = self.register.field(key)
        value = line.values.get(key)
        if field.kind is Kind.BOOL:
            return Cell(icon="check", color="ok") if value else Cell("—", color="muted")
        if field.kind is Kind.DATE and value:
            return Cell(self._shell.tr.date(dt.date.fromisoformat(str(value))))
        if field.kind is Kind.MONEY and value not in (None, ""):
            return Cell(self._shell.tr.money(int(str(value))))
        text = spoken(field, value, self._shell.tr, self._pages)
        return Cell(" ".join(text.split()) or "—", color="text" if text else "muted")

    # -- one line ---------------------------------------------------------------------------------

    def current(self) -> Line | None:
        return self.model.row_at(self.table.currentIndex().row())

    def add(self) -> None:
        kept = self._libraries.get(self.register.library)
        if kept is None:
            self._ask(None)
        else:
            kept.add()

    def change(self) -> None:
        line = self.current()
        if line is not None:
            self._ask(line)

    def _ask(self, line: Line | None) -> None:
        made, tr = self.register, self._shell.tr
        kept = self._shell.workspace.registers

        def write(values: dict[str, Any]) -> Any:
            page_id = int(values.pop("page")) if values.get("page") else None
            plain_ = values_of(made, values)
            if line is not None:
                return kept.change(line.id, plain_, page_id)
            line_id, changes = kept.add(made.key, plain_, page_id)
            self._wanted = line_id
            return changes

        def check(values: Mapping[str, Any]) -> Mapping[str, str]:
            held = dict(values)
            page_id = int(held.pop("page")) if held.get("page") else None
            return made.problems(values_of(made, held), page_id)

        form = NeedsForm if made.key == "needs" else RecordForm
        form(
            self._shell,
            made.one.to(tr.language) if line is None else made.name.to(tr.language),
            tr.tr(N_("Keep it")),
            form_fields(made, self._all_pages, tr, line),
            write,
            check=check,
            keep=f"register-{made.key}" if line is None else "",
        ).open()

    def remove(self) -> None:
        """Take the line in focus out, and offer to put it back."""
        line = self.current()
        if line is None:
            return
        kept, tr = self._shell.workspace.registers, self._shell.tr.tr

        def put_back() -> None:
            self._shell.tasks.mutate(self._screen, lambda: kept.put_back(line))

        self._shell.tasks.mutate(
            self._screen,
            lambda: kept.remove(line.id),
            lambda _: self._shell.messages.toast(
                tr(N_("Removed from the register.")), tr(N_("Undo")), put_back
            ),
            self._shell.messages.failed,
        )

    def mail(self) -> None:
        """Make of the line in focus an e-mail to Public Affairs, unsent."""
        line = self.current()
        if line is None or self.register.key not in MAILS:
            return
        use, names = MAILS[self.register.key]
        tr, made = self._shell.tr, self.register
        values = {
            name: spoken(made.field(key), line.values.get(key), tr, self._pages)
            for name, key in names.items()
        }
        save_mail(self._screen, use, values)

    def _line_menu(self, point: Any) -> None:
        if self.current() is None:
            return
        menu = Menu(self)
        tr, icons = self._shell.tr.tr, self._shell.icons
        acts: list[tuple[str, str, Callable[[], object]]] = [
            (N_("Change…"), "drafts", self.change),
            (N_("Remove"), "trash", self.remove),
        ]
        if self.register.key in MAILS:
            acts.insert(1, (N_("E-mail to Public Affairs…"), "mail", self.mail))
        for text, icon, act in acts:
            menu.offer(tr(text), act, icons.icon(icon))
        menu.pop_up(self.table.viewport().mapToGlobal(point))

    # -- files ------------------------------------------------------------------------------------

    def _menu(self) -> None:
        menu = Menu(self)
        tr, icons = self._shell.tr.tr, self._shell.icons
        for text, icon, act in (
            (N_("Import lines…"), "upload", self._ask_import),
            (N_("Export the register…"), "download", self._ask_export),
        ):
            menu.offer(tr(text), act, icons.icon(icon))
        menu.pop_up(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    @property
    def printable(self) -> bool:
        """Whether the register in front is one of lines: templates and sources are no table."""
        return not self.register.library

    def print(self) -> None:
        """Show the register as it will print."""
        from ui.pdf import look

        shell, made = self._shell, self.register
        make = partial(shell.workspace.register_pdf, made.key, shell.tr, dict(self._pages))
        look(shell, self._screen, made.name.to(shell.tr.language), make)

    def _ask_export(self) -> None:
        tr = self._shell.tr
        save_as(
            self._screen,
            tr.tr(N_("Export the register")),
            f"{self.register.key}.csv",
            "CSV (*.csv);;XLSX (*.xlsx)",
            self.export_to,
        )

    def export_to(self, path: Path) -> None:
        """Write the register to a file; its ending says how."""
        workspace, made, tr, pages = (
            self._shell.workspace,
            self.register,
            self._shell.tr,
            self._pages,
        )

        def write(_reporter: object) -> Path:
            return workspace.export_lines(made.key, path, tr, pages)

        self._shell.tasks.long(
            self._screen,
            tr.tr(N_("Exporting the register…")),
            write,
            partial(saved, self._screen),
            self._shell.messages.failed,
        )

    def _ask_import(self) -> None:
        title = self._shell.tr.tr(N_("Import lines"))
        open_file(self._screen, title, TABLES, self.import_from)

    def import_from(self, path: Path) -> None:
        """Show what a file would add, then take it."""
        kept, made, tr, pages = (
            self._shell.workspace.registers, self.register, self._shell.tr, self._pages,
        )  # fmt: skip

        def read() -> Incoming:
            from scc_admin.exchange.tables import as_csv
            from scc_admin.files import readable

            with readable(path):
                text = as_csv(path)
            return kept.read_csv(made.key, text, tr, pages)

        self._shell.tasks.read(self._screen, read, self._preview, self._shell.messages.failed)

    def _preview(self, incoming: Incoming) -> None:
        kept, made = self._shell.workspace.registers, self.register
        titles = [str(values.get(made.title) or "") for values, _ in incoming.new[:200]]
        ask_incoming(self._screen, incoming, titles, lambda: kept.take(incoming))


class _LinesTable(Table):
    """Lines of a register. Delete takes one out."""

    def __init__(self, shell: Shell, name: str, remove: Callable[[], object]) -> None:
        super().__init__(shell.theme, shell.icons, name)
        self._take_out = remove

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self._take_out()
            return
        super().keyPressEvent(event)


class NeedsForm(RecordForm):
    """Do we need this page? It says, while one answers, what speaks against it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.setMinimumWidth(self.shell.theme.px(680))
        self.advice = Banner(self.shell.icons)
        self.body.insertWidget(1, self.advice)
        self._advise()

    def touched(self) -> None:
        super().touched()
        if hasattr(self, "advice"):
            self._advise()

    def _advise(self) -> None:
        tr = self.shell.tr.tr
        against = registers.advice(self.gathered())
        if against:
            self.advice.show_message(
                Tone.INFO,
                "\n".join(f"– {tr(point)}" for point in against),
                title=tr(N_("What speaks against it so far")),
            )
        else:
            self.advice.show_message(
                Tone.OK, tr(N_("Nothing in the answers speaks against it. The decision is yours."))
            )


def values_of(made: Register, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a form gathered, as the register keeps it."""
    found: dict[str, Any] = {}
    for item in made.fields:
        value = values.get(item.key)
        if isinstance(value, dt.date):
            value = value.isoformat()
        if item.kind is Kind.PAGE:
            value = int(value) if value else ""
        found[item.key] = "" if value is None else value
    return found


def form_fields(
    made: Register, pages: Sequence[Page], tr: Translator, line: Line | None
) -> list[Field]:
    """The fields of a register's form."""
    language = tr.language
    choices = [("", "—"), *((str(p.id), p.name) for p in pages if not p.archived)]
    fields = []
    if made.pages is not Pages.NONE:
        fields.append(
            Field(
                "page",
                tr.tr(N_("Page")),
                "choice",
                required=made.pages is Pages.REQUIRED,
                initial=str(line.page_id or "") if line else "",
                choices=choices,
            )
        )
    for item in made.fields:
        value: Any = line.values.get(item.key) if line else None
        kind = _FORM_KINDS.get(item.kind, "line")
        if item.kind is Kind.DATE:
            value = dt.date.fromisoformat(str(value)) if value else None
            kind = "day" if item.required else "date"
        elif item.kind in (Kind.NUMBER, Kind.MONEY):
            value = None if value == "" else value
        elif item.kind is Kind.PAGE:
            value = str(value or "")
        elif item.kind is Kind.CHOICE and value is None:
            value = item.choices[0].value
        fields.append(
            Field(
                item.key,
                item.label.to(language),
                kind,
                required=item.required and kind not in ("day", "check"),
                initial=value,
                choices=choices
                if item.kind is Kind.PAGE
                else [(c.value, c.label.to(language)) for c in item.choices],
                lines=3,
            )
        )
    return fields


def save_mail(screen: Screen, use: str, values: Mapping[str, str]) -> None:
    """Ask where to save an e-mail draft to Public Affairs; the program sends nothing."""
    shell = screen.shell
    tr = shell.tr
    save_as(
        screen,
        tr.tr(N_("Save the e-mail draft")),
        f"{use.replace('_', '-')}.eml",
        tr.tr(N_("E-mail")) + " (*.eml)",
        partial(mail_to, screen, use, values),
    )


def mail_to(screen: Screen, use: str, values: Mapping[str, str], path: Path) -> None:
    """Write an e-mail draft to a file."""
    workspace, tr = screen.shell.workspace, screen.shell.tr

    def write() -> Path:
        from scc_admin.files import write_durably

        write_durably(path, workspace.request_mail(use, values, tr))
        return path

    screen.shell.tasks.read(screen, write, partial(saved, screen), screen.shell.messages.failed)
