"""Small registers: influencers, trainings, consents, sections of pages … all of one make.

What a register holds is data (`resources/registers.toml`); this module reads it, keeps the lines,
reminds of them, and carries them as CSV. The daily monitoring (slide 26) is one of them.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import json
import tomllib
import unicodedata
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from scc_admin.addresses import is_web_address
from scc_admin.errors import UserError
from scc_admin.i18n import N_, Bilingual, Translator, data_folder
from scc_admin.journal import Journal, NewEntry
from scc_admin.model import SEARCHED, SEARCHED_WORDS, Changes, EntryKind, Network, Page
from scc_admin.store import Row, Store, Writing, day_or_none, instant, stamp, to_json
from scc_admin.words import NETWORKS

MONITORING = "monitoring"
SOURCES = "sources"
LINES_READ = 20_000
"""Lines of a CSV file that are looked at."""
CELL_READ = 20_000
"""Characters of a cell that are kept."""
NO_COLUMNS = N_(
    "None of the columns of this register are in the file. Its first line should be: {heads}"
)

_CHANGES = Changes(frozenset({"registers"}))
_JOURNALLED = Changes(frozenset({"registers", "journal"}))


class Kind(StrEnum):
    """What a field holds, and how it is kept: dates as ISO text, money in cents, pages by id."""

    TEXT = "text"
    LONG = "long"
    DATE = "date"
    BOOL = "bool"
    NUMBER = "number"
    MONEY = "money"
    CHOICE = "choice"
    PAGE = "page"
    URL = "url"
    EMAIL = "email"


class Pages(StrEnum):
    """Whether a line belongs to a page."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: Bilingual
    ends: bool = False
    """True when it ends the line's reminder."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a register's form."""

    key: str
    kind: Kind
    label: Bilingual
    required: bool = False
    choices: tuple[Choice, ...] = ()

    def choice(self, value: object) -> Choice | None:
        return next((c for c in self.choices if c.value == value), None)


@dataclass(frozen=True, slots=True)
class Register:
    """A register as declared: its words, its fields, what reminds."""

    key: str
    group: str
    icon: str
    slides: tuple[int, ...]
    name: Bilingual
    one: Bilingual
    """The verb that adds a line."""
    about: Bilingual
    fields: tuple[Field, ...]
    columns: tuple[str, ...]
    title: str
    due: str
    done: str
    pages: Pages
    journal: bool
    own_screen: bool
    library: str
    """The half of the library that keeps it; empty for lines kept here."""

    def field(self, key: str) -> Field:
        return next(f for f in self.fields if f.key == key)

    def title_of(self, line: Line) -> str:
        """The words that name a line; a page's id for a register named by a page."""
        return " ".join(str(line.values.get(self.title) or "").split())

    def ended(self, values: Mapping[str, Any]) -> bool:
        """Whether nothing need be reminded of any more."""
        if self.done and values.get(self.done):
            return True
        return any(
            (chosen := f.choice(values.get(f.key))) is not None and chosen.ends for f in self.fields
        )

    def problems(self, values: Mapping[str, Any], page_id: int | None) -> dict[str, str]:
        """What is wrong with a line, a msgid by field; `page` stands for its page."""
        found = {}
        if self.pages is Pages.REQUIRED and page_id is None:
            found["page"] = N_("Choose the page.")
        for item in self.fields:
            problem = _problem(item, values.get(item.key))
            if problem:
                found[item.key] = problem
        return found


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a register. `values` holds what its fields hold, by key."""

    id: int
    uid: str
    register: str
    page_id: int | None
    due_on: date | None
    values: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a CSV file would change: shown before anything is written."""

    register: str
    new: tuple[tuple[Mapping[str, Any], int | None], ...] = ()
    """Values and page of the lines to add."""
    changed: tuple[tuple[Line, Mapping[str, Any], int | None], ...] = ()
    same: int = 0
    problems: tuple[tuple[int, str, str], ...] = field(default=())
    """Lines left out: their number in the file, the field, a msgid."""
    unknown_columns: tuple[str, ...] = ()


def _problem(item: Field, value: object) -> str:
    empty = value is None or (isinstance(value, str) and not value.strip())
    if item.required and empty:
        return N_("This is missing.")
    if empty:
        return ""
    match item.kind:
        case Kind.DATE:
            try:
                date.fromisoformat(str(value))
            except ValueError:
                return N_("Write the date like 2026-11-23.")
        case Kind.NUMBER | Kind.MONEY:
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                return N_("Write a number, zero or more.")
        case Kind.BOOL:
            if not isinstance(value, bool):
                return N_("Write yes or no.")
        case Kind.CHOICE:
            if item.choice(value) is None:
                return N_("Choose one of the list.")
        case Kind.PAGE:
            if not isinstance(value, int):
                return N_("Choose the page.")
        case Kind.URL:
            if not is_web_address(str(value)):
                return N_("A link begins with https://")
        case Kind.EMAIL:
            if "@" not in str(value):
                return N_("An e-mail address has an @.")
    return ""


# --- What is declared ----------------------------------------------------------------------------


@functools.cache
def registers() -> Mapping[str, Register]:
    """All registers, by key, in the order they are declared."""
    path = data_folder("resources") / "registers.toml"
    declared = tomllib.loads(path.read_text("utf-8"))["register"]
    return {record["key"]: _register(record) for record in declared}


def register(key: str) -> Register:
    return registers()[key]


def _register(record: Mapping[str, Any]) -> Register:
    fields = tuple(_field(item) for item in record.get("field", ()))
    made = Register(
        key=record["key"],
        group=record["group"],
        icon=record["icon"],
        slides=tuple(record.get("slides", ())),
        name=Bilingual.of(record, "name"),
        one=Bilingual.of(record, "one"),
        about=Bilingual.of(record, "about"),
        fields=fields,
        columns=tuple(record.get("columns", ())),
        title="" if "library" in record else record["title"],
        due=record.get("due", ""),
        done=record.get("done", ""),
        pages=Pages(record.get("page", "none")),
        journal=record.get("journal", False),
        own_screen=record.get("own_screen", False),
        library=record.get("library", ""),
    )
    for key in filter(None, (made.title, *made.columns, made.due, made.done)):
        made.field(key)
    return made


def _field(record: Mapping[str, Any]) -> Field:
    choices = record.get("choices", ())
    return Field(
        key=record["key"],
        kind=Kind(record["kind"]),
        label=Bilingual.of(record),
        required=record.get("required", False),
        choices=_networks()
        if choices == "networks"
        else tuple(Choice(c["value"], Bilingual.of(c), c.get("ends", False)) for c in choices),
    )


def _networks() -> tuple[Choice, ...]:
    french = {Network.BLOG: "Blogue", Network.FORUM: "Forum", Network.CHAT: "Clavardage"}
    return tuple(
        Choice(network.value, Bilingual(french.get(network, name), name))
        for network, name in NETWORKS.items()
    )


# --- The lines -----------------------------------------------------------------------------------


class Registers:
    """The registers of a workspace. `who` names the person at the keyboard."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        clock: Callable[[], datetime],
        who: Callable[[], str],
    ) -> None:
        self._store = store
        self._journal = journal
        self._clock = clock
        self._who = who

    def lines(self, key: str, words: str = "", *, page_id: int | None = None) -> list[Line]:
        """Lines of a register that hold each of these words, the newest first."""
        with self._store.reading() as db:
            rows = db.all(
                "SELECT * FROM registers WHERE register = ?1 AND (?2 IS NULL OR page_id = ?2)"
                " ORDER BY id DESC",
                (key, page_id),
            )
        wanted = fold(words[:SEARCHED]).split()[:SEARCHED_WORDS]
        found = [_line(row) for row in rows]
        if not wanted:
            return found
        made = register(key)
        return [line for line in found if _holds(made, line, wanted)]

    def line(self, line_id: int) -> Line:
        with self._store.reading() as db:
            return _line(db.need("SELECT * FROM registers WHERE id = ?", (line_id,)))

    def counts(self) -> dict[str, int]:
        """How many lines each register has."""
        with self._store.reading() as db:
            return {
                row[0]: row[1]
                for row in db.all("SELECT register, count(*) FROM registers GROUP BY register")
            }

    def due(self, until: date) -> list[tuple[Register, Line]]:
        """Lines whose reminder date has come, the oldest first."""
        reminding = {key: made for key, made in registers().items() if made.due}
        marks = ", ".join("?" * len(reminding))
        with self._store.reading() as db:
            rows = db.all(
                f"SELECT * FROM registers WHERE register IN ({marks}) AND due_on <= ?"
                " ORDER BY due_on, id",
                (*reminding, until.isoformat()),
            )
        return [
            (made, line)
            for line in map(_line, rows)
            if not (made := reminding[line.register]).ended(line.values)
        ]

    def add(
        self, key: str, values: Mapping[str, Any], page_id: int | None = None
    ) -> tuple[int, Changes]:
        """Write a line. Raises UserError for one that `Register.problems` finds fault with."""
        made = register(key)
        with self._store.writing() as tx:
            return self._insert(tx, made, values, page_id), _changes(made)

    def change(self, line_id: int, values: Mapping[str, Any], page_id: int | None) -> Changes:
        """Write a line anew. Raises UserError as `add` does, or when it is gone."""
        with self._store.writing() as tx:
            row = tx.need("SELECT * FROM registers WHERE id = ?", (line_id,))
            made = register(row["register"])
            self._update(tx, made, _line(row), values, page_id)
        return _changes(made)

    def remove(self, line_id: int) -> Changes:
        """Take a line out for good; `put_back` is its undo."""
        with self._store.writing() as tx:
            row = tx.need("SELECT * FROM registers WHERE id = ?", (line_id,))
            made = register(row["register"])
            tx.run("DELETE FROM registers WHERE id = ?", (line_id,))
            self._journalled(tx, made, row["uid"], "removed", {})
        return _changes(made)

    def put_back(self, line: Line) -> Changes:
        """Undo the removal of a line."""
        made = register(line.register)
        with self._store.writing() as tx:
            self._insert(tx, made, line.values, line.page_id, uid=line.uid)
        return _changes(made)

    def _insert(
        self,
        tx: Writing,
        made: Register,
        values: Mapping[str, Any],
        page_id: int | None,
        uid: str | None = None,
    ) -> int:
        _must_be_whole(made, values, page_id)
        kept = _kept(made, values)
        now = stamp(self._clock())
        uid = uid or str(uuid.uuid4())
        line_id = tx.insert(
            "registers",
            uid=uid,
            register=made.key,
            page_id=page_id,
            due_on=kept.get(made.due) or None if made.due else None,
            data=to_json(kept),
            created_at=now,
            updated_at=now,
        )
        self._journalled(tx, made, uid, "added", kept)
        return line_id

    def _update(
        self,
        tx: Writing,
        made: Register,
        line: Line,
        values: Mapping[str, Any],
        page_id: int | None,
    ) -> None:
        _must_be_whole(made, values, page_id)
        # Fields that a newer program may have put there are left as they are.
        kept = {k: v for k, v in line.values.items() if k not in {f.key for f in made.fields}}
        kept |= _kept(made, values)
        tx.update(
            "registers",
            line.id,
            page_id=page_id,
            due_on=kept.get(made.due) or None if made.due else None,
            data=to_json(kept),
            updated_at=stamp(self._clock()),
        )
        self._journalled(tx, made, line.uid, "changed", kept)

    def _journalled(
        self, tx: Writing, made: Register, uid: str, act: str, values: Mapping[str, Any]
    ) -> None:
        """The journal proves what a line said, by a hash, without repeating whom it names."""
        if not made.journal:
            return
        digest = hashlib.sha256(to_json(values).encode()).hexdigest()
        self._journal.append(
            tx,
            NewEntry(
                kind=EntryKind.REGISTER,
                who=self._signature(),
                at=self._clock(),
                step=f"{made.key}/{act}",
                values={"line": uid, "sha256": digest},
            ),
        )

    # -- the daily look -------------------------------------------------------------------------

    def look(
        self,
        when: date,
        *,
        page_id: int | None = None,
        search: str = "",
        note: str = "",
        follow_up: str = "",
    ) -> Changes:
        """Note that a page, or a saved search, was looked at on a day.

        An empty note says that there was nothing to report. Looking again on the same day writes
        over the note, and the journal keeps both.
        """
        made = register(MONITORING)
        values = {"note": note.strip(), "search": search.strip(), "follow_up": follow_up}
        _must_be_whole(made, values, page_id)
        now = self._clock()
        with self._store.writing() as tx:
            uid = tx.value("SELECT uid FROM pages WHERE id = ?", (page_id,)) or ""
            row = tx.one(
                "SELECT id FROM registers WHERE register = ? AND due_on = ? AND page_id IS ?"
                " AND (page_id IS NOT NULL OR json_extract(data, '$.search') = ?)",
                (MONITORING, when.isoformat(), page_id, values["search"]),
            )
            if row is None:
                tx.insert(
                    "registers",
                    uid=str(uuid.uuid4()),
                    register=MONITORING,
                    page_id=page_id,
                    due_on=when.isoformat(),
                    data=to_json(values),
                    created_at=stamp(now),
                    updated_at=stamp(now),
                )
            else:
                tx.update("registers", row["id"], data=to_json(values), updated_at=stamp(now))
            said = {"page": uid, "search": values["search"], "note": values["note"]}
            self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.MONITORING,
                    who=self._signature(),
                    at=now,
                    step=when.isoformat(),
                    values={name: value for name, value in said.items() if value},
                ),
            )
        return Changes(frozenset({"registers", "journal", "reports"}))

    def looks(self, first: date, last: date) -> list[Line]:
        """What was noted from one day to another, both included. `due_on` is the day looked at."""
        with self._store.reading() as db:
            return [
                _line(row)
                for row in db.all(
                    "SELECT * FROM registers WHERE register = ? AND due_on BETWEEN ? AND ?"
                    " ORDER BY due_on, id",
                    (MONITORING, first.isoformat(), last.isoformat()),
                )
            ]

    # -- files ------------------------------------------------------------------------------------

    def table(
        self, key: str, tr: Translator, pages: Mapping[int, str]
    ) -> tuple[list[str], list[list[str]]]:
        """A register as a sheet has it: heads, then rows in the words of a language.

        `pages` gives the names of pages. The last column is the line's own mark, by which an
        import knows it again.
        """
        made = register(key)
        heads = [f.label.to(tr.language) for f in made.fields]
        with_page = made.pages is not Pages.NONE
        rows = []
        for line in reversed(self.lines(key)):
            cells = [spoken(f, line.values.get(f.key), tr, pages) for f in made.fields]
            page = [pages.get(line.page_id or 0, "")] if with_page else []
            rows.append([*page, *cells, line.uid])
        return [*([tr.tr(N_("Page"))] if with_page else []), *heads, _MARK], rows

    def read_csv(self, key: str, text: str, tr: Translator, pages: Mapping[int, str]) -> Incoming:
        """What a CSV file would add or change. Heads may be in either language, in any order.

        Raises UserError for a file in which no column of this register is found.
        """
        made = register(key)
        rows = csv_rows(text)
        heads = [fold(cell) for cell in rows[0]] if rows else []
        places: dict[int, Field] = {}
        for place, head in enumerate(heads):
            for item in made.fields:
                if head in (fold(item.label.fr), fold(item.label.en), fold(item.key)):
                    places[place] = item
        if not places:
            heads_ = ", ".join(f.label.to(tr.language) for f in made.fields)
            raise UserError("columns", NO_COLUMNS, heads=heads_)
        page_at = next((i for i, h in enumerate(heads) if h in ("page", "pages")), None)
        mark_at = heads.index(fold(_MARK)) if fold(_MARK) in heads else None
        names = [fold(name) for name in pages.values()]
        by_name = {
            name: page_id
            for page_id, name in zip(pages, names, strict=True)
            if names.count(name) == 1
        }
        known = {line.uid: line for line in self.lines(key)}
        new, changed, problems, same = [], [], [], 0
        for number, row in enumerate(rows[1:], start=2):
            values: dict[str, Any] = {}
            bad = ""
            for place, item in places.items():
                cell = row[place].strip()[:CELL_READ] if place < len(row) else ""
                try:
                    values[item.key] = _read_cell(item, cell, by_name)
                except ValueError:
                    bad, values[item.key] = item.key, cell
            page = fold(row[page_at]) if page_at is not None and page_at < len(row) else ""
            page_id = by_name.get(page)
            mark = row[mark_at].strip() if mark_at is not None and mark_at < len(row) else ""
            before = known.get(mark)
            its_own = pages.get(before.page_id or 0, "") if before is not None else ""
            if page and before is not None and fold(its_own).startswith(f"{page} ("):
                page_id = before.page_id  # its name without the network that tells it apart
            found = made.problems(values, page_id)
            if bad:
                found.setdefault(bad, N_("This could not be read."))
            if page and page_id is None:
                found["page"] = N_("No page has this name, or several have.")
            if found:
                name, problem = next(iter(found.items()))
                label = "Page" if name == "page" else made.field(name).label.to(tr.language)
                problems.append((number, label, problem))
                continue
            if before is None and self._already(made, known.values(), values, page_id):
                same += 1
            elif before is None:
                new.append((values, page_id))
            elif (
                _filled({**before.values, **values}) == _filled(before.values)
                and before.page_id == page_id
            ):
                same += 1
            else:
                changed.append((before, {**before.values, **values}, page_id))
        taken = {*places, page_at, mark_at}
        return Incoming(
            key,
            tuple(new),
            tuple(changed),
            same,
            tuple(problems),
            tuple(head for place, head in enumerate(rows[0]) if place not in taken and head),
        )

    def _already(
        self,
        made: Register,
        known: Iterable[Line],
        values: Mapping[str, Any],
        page_id: int | None,
    ) -> bool:
        wanted = _kept(made, values)
        return any(line.page_id == page_id and line.values == wanted for line in known)

    def take(self, incoming: Incoming) -> Changes:
        """Write what was shown, all of it or nothing."""
        made = register(incoming.register)
        with self._store.writing() as tx:
            for values, page_id in incoming.new:
                self._insert(tx, made, values, page_id)
            for line, values, page_id in incoming.changed:
                self._update(tx, made, line, values, page_id)
        return _changes(made)

    def _signature(self) -> str:
        name = self._who()
        if not name:
            raise UserError(
                "nameless", N_("Give your name in the settings first; it signs what you decide.")
            )
        return name


_MARK = "id"


def advice(values: Mapping[str, Any]) -> list[str]:
    """What the answers to 'do we need this page?' (slide 34) speak against, as msgids.

    Thresholds are a rule of thumb, not a verdict: the decision is a person's.
    """
    found = []
    if not str(values.get("audience") or "").strip():
        found.append(N_("Nobody is named whom the other pages do not reach."))
    if (values.get("posts_month") or 0) < 8:
        found.append(N_("Fewer than two posts a week of its own: the page would look asleep."))
    if (values.get("hours_week") or 0) < 3:
        found.append(N_("Fewer than three hours a week: writing, answering and looking take more."))
    if (values.get("people") or 0) < 2:
        found.append(N_("One person alone: nobody answers when that person is away."))
    if not values.get("answers"):
        found.append(N_("Nobody answers comments every day."))
    if values.get("other_way"):
        found.append(N_("A page that exists, or an event, could be enough."))
    return found


def spoken(item: Field, value: object, tr: Translator, pages: Mapping[int, str]) -> str:
    """What a field holds, in words."""
    if value in (None, ""):
        chosen = item.choice("")
        return chosen.label.to(tr.language) if chosen and value is not None else ""
    match item.kind:
        case Kind.DATE:
            return str(value)
        case Kind.BOOL:
            return tr.tr(N_("Yes")) if value else tr.tr(N_("No"))
        case Kind.MONEY:
            return f"{int(str(value)) / 100:.2f}"
        case Kind.CHOICE:
            chosen = item.choice(value)
            return chosen.label.to(tr.language) if chosen else str(value)
        case Kind.PAGE:
            return pages.get(int(str(value)), "")
    return str(value)


def fold(text: str) -> str:
    """Without accents, case or doubled spaces, as words are looked for."""
    split = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return " ".join("".join(c for c in split if not unicodedata.combining(c)).split())


def page_labels(pages: Iterable[Page], tr: Translator) -> dict[int, str]:
    """The name of each page by its id, with its network where several have the name."""
    pages = list(pages)
    names = Counter(fold(page.name) for page in pages)
    labels = {
        page.id: page.name
        if names[fold(page.name)] == 1
        else f"{page.name} ({tr.tr(NETWORKS[page.network])})"
        for page in pages
    }
    twice = Counter(map(fold, labels.values()))
    return {
        page_id: label if twice[fold(label)] == 1 else f"{label[:-1]}, {page_id})"
        for page_id, label in labels.items()
    }


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that say something: a sheet has a cell for each, and writes « no » for none."""
    return {key: value for key, value in values.items() if value not in (None, "", False)}


def _read_cell(item: Field, cell: str, pages: Mapping[str, int]) -> Any:
    """What a cell of a sheet says. Raises ValueError when it says nothing that suits."""
    cell = unguarded(cell)
    match item.kind:
        case Kind.BOOL:
            return fold(cell) in ("oui", "yes", "vrai", "true", "1", "x")
        case _ if not cell:
            return ""
        case Kind.NUMBER:
            return int("".join(cell.split()))
        case Kind.MONEY:
            amount = "".join(c for c in cell if c.isdigit() or c in ".,")
            return round(float(amount.replace(",", ".")) * 100)
        case Kind.CHOICE:
            for choice in item.choices:
                said = (choice.value, choice.label.fr, choice.label.en)
                if fold(cell) in [fold(name) for name in said]:
                    return choice.value
            raise ValueError(cell)
        case Kind.PAGE:
            if fold(cell) not in pages:
                raise ValueError(cell)
            return pages[fold(cell)]
    return cell


def unguarded(cell: str) -> str:
    """A cell without the mark that an export puts before what would be a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in tuple("=+-@") else cell


def csv_rows(text: str) -> list[list[str]]:
    """The rows of a CSV text, whichever of , ; or tab parts its cells; empty lines left out."""
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text.replace("\x00", "")), delimiter=delimiter):
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) > LINES_READ:
                break
    except csv.Error as error:
        raise UserError(
            "csv", N_("Line {n} of the file cannot be read."), n=len(rows) + 1
        ) from error
    return rows


def _must_be_whole(made: Register, values: Mapping[str, Any], page_id: int | None) -> None:
    problems = made.problems(values, page_id)
    if problems:
        key, problem = next(iter(problems.items()))
        label = "Page" if key == "page" else made.field(key).label.fr
        raise UserError("register", N_("{field}: {problem}"), field=label, problem=problem)


def _kept(made: Register, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the declared fields, texts trimmed, in the order of the form."""
    kept = {}
    for item in made.fields:
        value = values.get(item.key)
        if isinstance(value, str):
            value = value.strip()
        if value is not None:
            kept[item.key] = value
    return kept


def _holds(made: Register, line: Line, wanted: Sequence[str]) -> bool:
    said = []
    for item in made.fields:
        value = line.values.get(item.key)
        chosen = item.choice(value)
        said.append(f"{chosen.label.fr} {chosen.label.en}" if chosen else str(value or ""))
    text = fold(" ".join(said))
    return all(word in text for word in wanted)


def _changes(made: Register) -> Changes:
    return _JOURNALLED if made.journal else _CHANGES


def _line(row: Row) -> Line:
    return Line(
        id=row["id"],
        uid=row["uid"],
        register=row["register"],
        page_id=row["page_id"],
        due_on=day_or_none(row["due_on"]),
        values=json.loads(row["data"]),
        created_at=instant(row["created_at"]),
        updated_at=instant(row["updated_at"]),
    )
