"""The ready-made texts and the sources as a workspace wants them: changed, added, taken out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from scc_admin.i18n import N_, Bilingual
from scc_admin.library import (
    FIELDS,
    KINDS,
    LABELS,
    OPEN_USES,
    USES,
    Incoming,
    Source,
    Standing,
    Template,
    as_kept,
    as_shown,
)
from scc_admin.model import Language
from scc_admin.registers import registers
from scc_admin.verdict.duplicates import fold, search_terms
from scc_admin.words import LANGUAGES
from ui.files import open_file, open_outside, save_as, saved
from ui.forms import Field
from ui.keyboard import Menu
from ui.records import RecordForm, ask_incoming
from ui.screen import Screen
from ui.tables import Cell, Column, RowsModel, Table, Tag
from ui.theme import Space
from ui.widgets import SearchField, button, icon_button, margins, plain

Piece = Template | Source

_TAGS: Mapping[Standing, tuple[str, str]] = {
    Standing.CHANGED: (N_("changed here"), "accent"),
    Standing.OWN: (N_("added here"), "ok"),
    Standing.OUT: (N_("taken out"), "muted"),
}
_INTRO: Mapping[str, str] = {
    "templates": N_(
        "Texts to begin an answer or a message with. What stands between braces, like {field}, is"
        " filled by the program when it knows it, and by you when it does not."
    ),
    "sources": N_(
        "Pages that an answer may cite. Those whose topics occur in a comment are offered first."
    ),
}
_ADD: Mapping[str, str] = {"templates": N_("Add a template…"), "sources": N_("Add a source…")}
_LONG: Mapping[str, int] = {"text": 7, "note": 2}
_CHECK_AFTER = dt.timedelta(days=182)
"""After how long a link is worth another look, unless somebody says otherwise."""
_WITH_SUBJECT = ("_request", "escalation")
TABLES = "CSV/XLSX (*.csv *.tsv *.txt *.xlsx)"
"""What the lines of a register are imported from."""


class LibraryPart(QWidget):
    """One half of the library: "templates" or "sources"."""

    def __init__(self, screen: Screen, part: str) -> None:
        super().__init__()
        self._screen = screen
        self._shell = screen.shell
        self._part = part
        self._pieces: Sequence[Piece] = ()
        self._wanted = ""
        shell, tr = self._shell, self._shell.tr.tr
        column = QVBoxLayout(self)
        margins(column, 0, Space.MEDIUM)
        column.addWidget(
            plain(tr(_INTRO[part], field=as_shown("{name}", shell.tr.language)), role="muted")
        )
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        words = N_("Search the templates") if part == "templates" else N_("Search the sources")
        self.search = SearchField(shell.icons, tr(words))
        self.search.searched.connect(lambda _words: self._fill())
        row.addWidget(self.search, 1)
        self.add_button = button(
            tr(_ADD[part]), self.add, icons=shell.icons, icon="plus", kind="primary"
        )
        row.addWidget(self.add_button)
        self.more = icon_button(shell.icons, "more", tr(N_("Import and export")), self._menu)
        row.addWidget(self.more)
        column.addLayout(row)
        name = N_("Templates") if part == "templates" else N_("Sources")
        self.table = Table(shell.theme, shell.icons, tr(name), two_lines=True)
        self.table.horizontalHeader().hide()
        self.table.setMinimumHeight(shell.theme.px(280))
        self.model: RowsModel[tuple[int, Piece]] = RowsModel(
            [Column(tr(name), self._cell)], lambda row: row[0]
        )
        self.table.use(self.model)
        self.table.picked.connect(lambda _row: self._allow())
        self.table.opened.connect(lambda _row: self.change())
        column.addWidget(self.table, 1)
        acts = QHBoxLayout()
        margins(acts, 0, Space.SMALL)
        self.change_button = button(
            tr(N_("Change…")), self.change, icons=shell.icons, icon="drafts", kind="small"
        )
        self.back_button = button(
            tr(N_("Back to the shipped words")),
            self.put_back,
            icons=shell.icons,
            icon="undo",
            kind="small",
        )
        self.out_button = button(
            tr(N_("Take out")), self.take_out, icons=shell.icons, icon="trash", kind="small"
        )
        self.check_button = button(
            tr(N_("Check the link…")), self.check, icons=shell.icons, icon="link", kind="small"
        )
        for made in (self.change_button, self.check_button, self.back_button, self.out_button):
            acts.addWidget(made)
        self.check_button.setVisible(part == "sources")
        acts.addStretch(1)
        column.addLayout(acts)
        self.read()

    # -- reading --------------------------------------------------------------------------------

    def read(self) -> None:
        library, part = self._shell.workspace.library, self._part
        self._shell.tasks.read(
            self,
            lambda: (
                library.templates(out=True) if part == "templates" else library.sources(out=True)
            ),
            self._read,
            key="library",
        )

    def want(self, key: str) -> None:
        """Have the one of this key in focus."""
        self._wanted = key
        self.search.clear()
        self.read()

    def _read(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._fill()

    def _fill(self) -> None:
        kept = self.current()
        key, self._wanted = self._wanted or (kept.key if kept else ""), ""
        terms = search_terms(self.search.text())
        rows = [
            (number, piece)
            for number, piece in enumerate(self._pieces)
            if all(term in self._said(piece) for term in terms)
        ]
        self.model.set_rows(rows)
        there = next((number for number, piece in rows if piece.key == key), None)
        if there is None or not self.table.select_id(there):
            self.table.select_first()
        self._allow()

    def _said(self, piece: Piece) -> str:
        if isinstance(piece, Template):
            parts: list[Bilingual] = [piece.title, piece.subject, piece.text]
            more = [self._sort(piece)]
        else:
            parts, more = [piece.title, piece.publisher, piece.note, piece.url], [*piece.topics]
        return fold(" ".join([*(p.fr for p in parts), *(p.en for p in parts), *more]))

    def _sort(self, piece: Piece) -> str:
        names = USES if isinstance(piece, Template) else KINDS
        sort = piece.use if isinstance(piece, Template) else piece.kind
        return self._shell.tr.tr(names.get(sort, sort))

    def _cell(self, row: tuple[int, Piece]) -> Cell:
        tr, piece = self._shell.tr, row[1]
        language = tr.language
        if isinstance(piece, Template):
            text = as_shown(piece.text.to(language), language)
            detail, icon = f"{self._sort(piece)} · {text}", "message"
        else:
            detail, icon = f"{piece.publisher.to(language)} · {piece.url.to(language)}", "link"
        tag = _TAGS.get(piece.standing)
        tags = [Tag(tr.tr(tag[0]), color=tag[1])] if tag else []
        if isinstance(piece, Source) and piece.check_on is not None:
            due = piece.check_on <= tr.local(self._shell.clock()).date()
            tags.insert(0, Tag(tr.day(piece.check_on), "bell", "warning" if due else "muted"))
        return Cell(
            piece.title.to(language),
            " ".join(detail.split()),
            tuple(tags),
            icon=icon,
            color="muted" if piece.standing is Standing.OUT else "text",
        )

    def current(self) -> Piece | None:
        row = self.model.row_at(self.table.currentIndex().row())
        return row[1] if row is not None else None

    def _allow(self) -> None:
        piece = self.current()
        standing = piece.standing if piece is not None else None
        self.change_button.setEnabled(piece is not None and standing is not Standing.OUT)
        self.out_button.setEnabled(piece is not None and standing is not Standing.OUT)
        self.check_button.setEnabled(piece is not None and standing is not Standing.OUT)
        self.back_button.setEnabled(standing in (Standing.CHANGED, Standing.OUT))

    # -- changing -------------------------------------------------------------------------------

    def add(self) -> RecordForm:
        """Write one of one's own."""
        library, part, tr = self._shell.workspace.library, self._part, self._shell.tr.tr

        def write(values: dict[str, Any]) -> Any:
            key, changes = library.add(part, {"kind": "house", **values})
            self._wanted = key
            return changes

        first: list[Field] = []
        if part == "templates":
            uses = tuple((use, tr(USES[use])) for use in OPEN_USES)
            first = [Field("use", tr(N_("What it is for")), "choice", choices=uses)]
        return self._form(tr(_ADD[part]).rstrip("…"), first, {}, write, f"library-{part}")

    def change(self) -> RecordForm | None:
        """Give the one in focus other words."""
        piece = self.current()
        if piece is None or piece.standing is Standing.OUT:
            return None
        library, part = self._shell.workspace.library, self._part
        return self._form(
            piece.title.to(self._shell.tr.language),
            [],
            library.words(part, piece.key),
            lambda values: library.change(part, piece.key, values),
            "",
            piece,
        )

    def _form(
        self,
        title: str,
        first: Sequence[Field],
        words: Mapping[str, str],
        write: Callable[[dict[str, Any]], Any],
        keep: str,
        piece: Piece | None = None,
    ) -> RecordForm:
        tr = self._shell.tr.tr
        form = RecordForm(
            self._shell,
            title,
            tr(N_("Keep it")),
            [*first, *self._fields(words, piece)],
            lambda values: write({key: _kept(value) for key, value in values.items()}),
            lambda _result: self.read(),
            text=self._hint(piece),
            keep=keep,
        )
        form.open()
        return form

    def _fields(self, words: Mapping[str, str], piece: Piece | None) -> list[Field]:
        """Each word in both languages, that of the window first."""
        tr = self._shell.tr
        if self._part == "templates":
            with_subject = isinstance(piece, Template) and piece.use.endswith(_WITH_SUBJECT)
            names = ["title", *(["subject"] if with_subject else []), "text"]
        else:
            names = ["title", "publisher", "url", "note"]
        fields = []
        for language in sorted(Language, key=lambda one: one is not tr.language):
            for name in names:
                label = tr.tr(
                    N_("{language} – {what}"),
                    what=tr.tr(LABELS[name]),
                    language=tr.tr(LANGUAGES[language]),
                )
                key = f"{name}_{language}"
                kind = "text" if name in _LONG else "line"
                initial = as_shown(words.get(key, ""), tr.language)
                fields.append(Field(key, label, kind, initial=initial, lines=_LONG.get(name, 1)))
        if isinstance(piece, Source) or (piece is None and self._part == "sources"):
            fields.append(
                Field(
                    "topics",
                    tr.tr(N_("Topics, one a line")),
                    "lines",
                    hint=tr.tr(N_("Words by which it is found, in both languages.")),
                    initial=piece.topics if isinstance(piece, Source) else (),
                )
            )
            fields.append(self._reminder(piece.check_on if isinstance(piece, Source) else None))
        return fields

    def _reminder(self, day: dt.date | None) -> Field:
        tr = self._shell.tr
        today = tr.local(self._shell.clock()).date()
        label = tr.tr(LABELS["check_on"])
        return Field("check_on", label, "date", initial=day, offered=today + _CHECK_AFTER)

    def check(self) -> RecordForm | None:
        """Look whether the link of the one in focus still leads there, and when to look again."""
        source = self.current()
        if not isinstance(source, Source) or source.standing is Standing.OUT:
            return None
        library, tr = self._shell.workspace.library, self._shell.tr
        url, icons = source.url.to(tr.language), self._shell.icons
        today = tr.local(self._shell.clock()).date()
        form = RecordForm(
            self._shell,
            source.title.to(tr.language),
            tr.tr(N_("Keep it")),
            [self._reminder(max(today + _CHECK_AFTER, source.check_on or today))],
            lambda values: library.remind(source.key, values["check_on"]),
            lambda _result: self.read(),
            text=url,
        )
        look = button(
            tr.tr(N_("Open the link")),
            partial(open_outside, self._shell, url),
            icons=icons,
            icon="external",
        )
        form.body.insertWidget(0, look, 0, Qt.AlignmentFlag.AlignLeft)
        form.open()
        return form

    # -- files ----------------------------------------------------------------------------------

    def _menu(self) -> None:
        menu = Menu(self)
        tr, icons = self._shell.tr.tr, self._shell.icons
        for text, icon, act in (
            (N_("Import lines…"), "upload", self._ask_import),
            (N_("Export the register…"), "download", self._ask_export),
        ):
            menu.offer(tr(text), act, icons.icon(icon))
        menu.pop_up(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _ask_export(self) -> None:
        title, kinds = self._shell.tr.tr(N_("Export the register")), "CSV (*.csv);;XLSX (*.xlsx)"
        save_as(self._screen, title, f"{self._register}.csv", kinds, self.export_to)

    def export_to(self, path: Path) -> None:
        """Write them to a file; its ending says how."""
        workspace, tr = self._shell.workspace, self._shell.tr
        self._shell.tasks.long(
            self._screen,
            tr.tr(N_("Exporting the register…")),
            lambda _reporter: workspace.export_lines(self._register, path, tr, {}),
            partial(saved, self._screen),
            self._shell.messages.failed,
        )

    @property
    def _register(self) -> str:
        """The register that this half of the library is shown as."""
        return next(key for key, made in registers().items() if made.library == self._part)

    def _ask_import(self) -> None:
        title = self._shell.tr.tr(N_("Import lines"))
        open_file(self._screen, title, TABLES, self.import_from)

    def import_from(self, path: Path) -> None:
        """Show what a file would add or change, then take it."""
        library, part, tr = self._shell.workspace.library, self._part, self._shell.tr

        def read() -> Incoming:
            from scc_admin.exchange.tables import as_csv
            from scc_admin.files import readable

            with readable(path):
                text = as_csv(path)
            return library.read_csv(part, text, tr)

        def show(incoming: Incoming) -> None:
            own, other = sorted(Language, key=lambda one: one is not tr.language)
            titles = [
                str(v.get(f"title_{own}") or v.get(f"title_{other}") or "") for _, v in incoming.new
            ]
            ask_incoming(
                self._screen, incoming, titles[:200], lambda: library.take(incoming), self.read
            )

        self._shell.tasks.read(self._screen, read, show, self._shell.messages.failed)

    def _hint(self, piece: Piece | None) -> str:
        if self._part == "sources":
            return ""
        tr = self._shell.tr
        names = piece.fields if isinstance(piece, Template) else tuple(FIELDS)[:6]
        shown = tr.join([as_shown(f"{{{name}}}", tr.language) for name in names])
        return tr.tr(N_("Fields that are filled: {fields}"), fields=shown) if names else ""

    def put_back(self) -> None:
        """As it was shipped, with a way back to what it was here."""
        piece = self.current()
        if piece is not None:
            library = self._shell.workspace.library
            self._do(
                piece,
                partial(library.put_back, self._part, piece.key),
                N_("It stands as it was shipped again."),
            )

    def take_out(self) -> None:
        """Offer it no more, with a way back."""
        piece = self.current()
        if piece is not None:
            library = self._shell.workspace.library
            self._do(
                piece,
                partial(library.take_out, self._part, piece.key),
                N_("It is offered no more."),
            )

    def _do(self, piece: Piece, act: Callable[[], Any], said: str) -> None:
        shell, part = self._shell, self._part
        library, tr = shell.workspace.library, shell.tr.tr

        def work() -> tuple[Mapping[str, Any] | None, Any]:
            before = library.changed(part, piece.key)
            return before, act()

        def undo(before: Mapping[str, Any] | None) -> None:
            shell.tasks.mutate(
                self,
                lambda: library.put_back(part, piece.key, before),
                lambda _: self.read(),
                shell.messages.failed,
            )

        def done(result: tuple[Mapping[str, Any] | None, Any]) -> None:
            self._wanted = piece.key
            self.read()
            shell.messages.toast(tr(said), tr(N_("Undo")), lambda: undo(result[0]))

        shell.tasks.mutate(self, work, done, shell.messages.failed)


def _kept(value: Any) -> Any:
    """What a form gives, with the fields of its texts as they are kept."""
    return as_kept(value) if isinstance(value, str) else value
