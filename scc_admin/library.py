"""Ready-made texts and sources to cite: those shipped, and what a workspace makes of them.

A template is a text with fields; the program fills those it knows and leaves the others, in
brackets, to be filled by hand. `resources/templates.toml` and `resources/sources.toml` ship them;
a workspace changes their words, takes one out, or adds its own, and can always go back.
"""

from __future__ import annotations

import functools
import re
import tomllib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from scc_admin.addresses import is_web_address
from scc_admin.errors import UserError
from scc_admin.i18n import N_, Bilingual, Translator, data_folder
from scc_admin.model import Changes, Language
from scc_admin.registers import CELL_READ, NO_COLUMNS, csv_rows, fold, unguarded
from scc_admin.settings import Settings
from scc_admin.verdict import duplicates

if TYPE_CHECKING:
    from scc_admin.verdict.meaning import Meaning

FIELDS: Mapping[str, str] = {
    "name": N_("name"),
    "fact": N_("fact"),
    "source": N_("source"),
    "link": N_("link"),
    "topic": N_("topic"),
    "interest": N_("interest"),
    "signature": N_("signature"),
    "reason": N_("reason"),
    "expires": N_("date"),
    "when": N_("date"),
    "affairs": N_("Public Affairs"),
    "number": N_("number"),
    "situation": N_("situation"),
    "seen": N_("seen on"),
    "question": N_("question"),
    "not_done": N_("not done"),
    "fingerprint": N_("fingerprint"),
}
"""What stands between brackets for a field that nobody filled; others show their own name."""


NEAR_ENOUGH = 35
"""Hundredths of cosine from which a source is worth showing to a text that names no topic of it."""


class Standing(StrEnum):
    """Whether words are those that shipped."""

    SHIPPED = "shipped"
    CHANGED = "changed"
    OWN = "own"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Template:
    """A ready-made text. `use` says what it is for (public_answer, private_message, …)."""

    key: str
    use: str
    slides: tuple[int, ...]
    fields: tuple[str, ...]
    title: Bilingual
    subject: Bilingual
    text: Bilingual
    standing: Standing = Standing.SHIPPED

    def fill(self, language: Language, values: Mapping[str, str], words: Mapping[str, str]) -> str:
        """The text with its fields; those without a value stand in brackets, by their `words`."""
        return fill(self.text.to(language), values, words)


@dataclass(frozen=True, slots=True)
class Source:
    """A page that an answer may cite."""

    key: str
    kind: str
    """charity, government, international or law."""
    publisher: Bilingual
    title: Bilingual
    url: Bilingual
    home: str
    topics: tuple[str, ...]
    note: Bilingual
    standing: Standing = Standing.SHIPPED
    check_on: date | None = None
    """The day on which somebody wants to see again that its link leads where it should."""


USES: Mapping[str, str] = {
    "public_answer": N_("Public answer"),
    "private_message": N_("Private message"),
    "ban_notice": N_("Notice of a ban"),
    "follow": N_("Invitation to follow"),
    "help_line": N_("Information line"),
    "verifying": N_("While we verify"),
    "favourites_request": N_("Request to Public Affairs"),
    "event_request": N_("Request to Public Affairs"),
    "training_request": N_("Request to Public Affairs"),
    "validation_request": N_("Request for validation"),
    "escalation": N_("Escalation"),
}
"""What each use is called. Templates may be added to those of `OPEN_USES`."""
OPEN_USES = ("public_answer", "private_message", "ban_notice", "help_line", "verifying")
KINDS: Mapping[str, str] = {
    "charity": N_("Canadian Cancer Society"),
    "government": N_("Government"),
    "international": N_("International"),
    "law": N_("Law"),
    "house": N_("Added here"),
}
"""What each kind of source is called."""

TEMPLATE_WORDS = ("title", "subject", "text")
SOURCE_WORDS = ("publisher", "title", "url", "note")
"""What of a template and of a source may be changed, in both languages: `title_fr`, `title_en` …"""
LABELS: Mapping[str, str] = {
    "title": N_("Title"),
    "subject": N_("Subject"),
    "text": N_("Text"),
    "publisher": N_("Publisher"),
    "url": N_("Link"),
    "note": N_("Note"),
    "topics": N_("Topics"),
    "check_on": N_("Check this link again on"),
}
"""What these words are called."""

_FIELD = re.compile(r"\{([a-z_]{1,40})\}")
_LINK = re.compile(
    r"https?://\S|\bwww\.\S|(?<![\w@.-])(?:[\w-]{1,63}\.){1,4}(?:ca|org|com|net|gov|int|info|quebec)\b",
    re.IGNORECASE,
)
_WRITTEN = re.compile(r"\{([^\W\d]\w{0,39})\}")
_BRACKETS = re.compile(r"\[([^\[\]\n]{1,60})\]")


def fill(text: str, values: Mapping[str, str], words: Mapping[str, str]) -> str:
    """Replace each `{field}`: by its value, or by its word in brackets. Other braces stay."""
    return _FIELD.sub(lambda m: values.get(m[1]) or f"[{words.get(m[1], m[1])}]", text)


def unfilled(text: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """The fields of templates that still stand in brackets in a text, as they stand: `[sujet]`.

    `names` are fields of templates that somebody added; other words in brackets are let be.
    """
    known = _blanks().union(names)
    found = (m[0] for m in _BRACKETS.finditer(text) if m[1].strip() in known)
    return tuple(dict.fromkeys(found))


@functools.cache
def _blanks() -> frozenset[str]:
    """What a field is called between brackets, in either language."""
    voices = [Translator(language) for language in Language]
    return frozenset(FIELDS) | {voice.tr(word) for voice in voices for word in FIELDS.values()}


def as_shown(text: str, language: Language) -> str:
    """A text with its fields as whoever writes in this language calls them: `{name}`, `{nom}`."""
    if language is not Language.FR:
        return text
    return _WRITTEN.sub(lambda m: f"{{{_french().get(m[1], m[1])}}}", text)


def as_kept(text: str) -> str:
    """The way back, whatever the language: fields by their keys. What names no field stays."""
    keys = {name: key for key, name in _french().items()}
    return _WRITTEN.sub(lambda m: f"{{{keys.get(m[1].casefold(), m[1])}}}", text)


@functools.cache
def _french() -> Mapping[str, str]:
    """What each field of the templates is called in French."""
    named: dict[str, str] = _shipped("templates.toml")["french"]
    return named


@functools.cache
def _read(name: str, table: str) -> Mapping[str, Mapping[str, Any]]:
    """What ships, by key."""
    return {record["key"]: record for record in _shipped(name)[table]}


def _shipped(name: str) -> dict[str, Any]:
    return tomllib.loads((data_folder("resources") / name).read_text("utf-8"))


def _both(record: Mapping[str, Any], name: str) -> Bilingual:
    fr, en = (str(record.get(f"{name}_{x}", "")).strip() for x in Language)
    return Bilingual(fr or en, en)


def _template(record: Mapping[str, Any]) -> Template:
    fields = tuple(record.get("fields", ()))
    said = " ".join(str(record.get(f"{n}_{x}", "")) for n in TEMPLATE_WORDS for x in Language)
    return Template(
        key=record["key"],
        use=record["use"],
        slides=tuple(record.get("slides", ())),
        fields=fields or tuple(dict.fromkeys(_FIELD.findall(said))),
        title=_both(record, "title"),
        subject=_both(record, "subject"),
        text=_both(record, "text"),
        standing=Standing(record.get("standing", Standing.SHIPPED)),
    )


def _source(record: Mapping[str, Any]) -> Source:
    return Source(
        key=record["key"],
        kind=record["kind"],
        publisher=_both(record, "publisher"),
        title=_both(record, "title"),
        url=_both(record, "url"),
        home=record.get("home", ""),
        topics=tuple(record.get("topics", ())),
        note=_both(record, "note"),
        standing=Standing(record.get("standing", Standing.SHIPPED)),
        check_on=_day(record.get("check_on")),
    )


def _day(text: object) -> date | None:
    """A day as it is kept; None for what is none."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a CSV file would change of templates or sources: shown before anything is written."""

    part: str
    new: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    """Key and values of those to add."""
    changed: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    same: int = 0
    problems: tuple[tuple[int, str, str], ...] = ()
    """Lines left out: their number in the file, what they are about, a msgid."""
    unknown_columns: tuple[str, ...] = ()


class Library:
    """The templates and sources of a workspace."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    # -- reading ------------------------------------------------------------------------------

    def templates(self, use: str = "", *, out: bool = False) -> list[Template]:
        """The templates for a use, in their order; all of them for none. `out`: also those out."""
        return [
            made
            for made in map(_template, self._records(_TEMPLATES))
            if (not use or made.use == use) and (out or made.standing is not Standing.OUT)
        ]

    def template(self, use: str) -> Template:
        """The first template for a use, whatever the workspace took out: the program needs it."""
        found = self.templates(use) or self.templates(use, out=True)
        return found[0]

    def templates_for(
        self,
        text: str,
        meaning: Meaning | None,
        language: Language,
        *,
        use: str = "",
        most: int = 5,
    ) -> list[Template]:
        """The templates closest in meaning to a text, closest first; in their order without a
        model."""
        known = self.templates(use)
        if meaning is None:
            return known[:most]
        ranked = meaning.closest(
            text, [f"{t.title.to(language)}. {t.text.to(language)}" for t in known]
        )
        return [known[index] for index, _ in ranked][:most] or known[:most]

    def sources(self, words: str = "", *, out: bool = False) -> list[Source]:
        """The sources that hold each of these words, in either language; all of them for none."""
        wanted = duplicates.search_terms(words)
        found = []
        for made in map(_source, self._records(_SOURCES)):
            said = [
                both.to(x) for both in (made.title, made.publisher, made.note) for x in Language
            ]
            known = duplicates.fold(" ".join([*said, *made.topics]))
            if all(word in known for word in wanted) and (out or made.standing is not Standing.OUT):
                found.append(made)
        return found

    def cites(self, text: str) -> bool:
        """Whether a text names where what it says comes from: by a link, by the title of a known
        source, or by whoever publishes one. Our own name is no source."""
        if _LINK.search(text):
            return True
        said = f" {duplicates.normalise(text)} "
        return any(
            name and f" {name} " in said
            for source in self.sources(out=True)
            for names in (source.title, *((source.publisher,) if source.kind != "charity" else ()))
            for language in Language
            for name in (duplicates.normalise(names.to(language)),)
        )

    def sources_for(
        self, text: str, meaning: Meaning | None = None, *, most: int = 5
    ) -> list[Source]:
        """Sources that a text may cite, the closest first.

        Those with a topic that occurs in it come before those only near in meaning; without
        `meaning` there are only the former.
        """
        said = f" {duplicates.normalise(text)} "
        known = self.sources()
        named = [sum(f" {duplicates.normalise(t)} " in said for t in s.topics) for s in known]
        ranked = meaning.closest(text, [_about(source) for source in known]) if meaning else []
        nearness = {index: score for index, score in ranked if score >= NEAR_ENOUGH}
        place = {index: order for order, (index, _) in enumerate(ranked)}
        found = [index for index in range(len(known)) if named[index] or index in nearness]
        found.sort(key=lambda index: (-named[index], place.get(index, 0), index))
        return [known[index] for index in found[:most]]

    def due(self, until: date) -> list[Source]:
        """Sources whose link is to be checked by a day, the oldest reminder first."""
        reminding = [(s.check_on, s) for s in self.sources() if s.check_on is not None]
        return [source for on, source in sorted(reminding, key=lambda r: r[0]) if on <= until]

    def words(self, part: str, key: str, *, shipped: bool = False) -> dict[str, str]:
        """What may be changed of a template ("templates") or a source ("sources"), as written:
        `title_fr`, `title_en` … Empty for an unknown one; `shipped`: as it came."""
        kept = _PARTS[part]
        records = _read(kept.file, kept.table).values() if shipped else self._records(kept)
        names = [f"{name}_{language}" for name in kept.words for language in Language]
        for record in records:
            if record["key"] == key:
                return {name: _as_written(record.get(name, "")) for name in names}
        return {}

    def _records(self, kept: _Kept) -> list[Mapping[str, Any]]:
        """What ships, with this workspace's changes over it; then what it added."""
        changes = self._changes(kept)
        found: list[Mapping[str, Any]] = []
        for key, record in _read(kept.file, kept.table).items():
            change = changes.pop(key, None)
            if change is None:
                found.append(record)
            else:
                standing = Standing.OUT if change.get("out") else Standing.CHANGED
                if change.keys() <= _REMINDER:  # its words are those that shipped
                    standing = Standing.SHIPPED
                found.append({**record, **change, "standing": standing})
        found += [
            {**change, "key": key, "standing": Standing.OWN}
            for key, change in changes.items()
            if kept.sorts in change
        ]
        return found

    def _changes(self, kept: _Kept) -> dict[str, dict[str, Any]]:
        held = self._settings.get(kept.option)
        return {key: dict(change) for key, change in held.items() if isinstance(change, dict)}

    # -- changing -----------------------------------------------------------------------------

    def change(self, part: str, key: str, values: Mapping[str, Any]) -> Changes:
        """Give a template or source other words; those as shipped are not kept.

        Raises UserError for one without a title or a text, or a link that is none.
        """
        kept = _PARTS[part]
        changes = self._changes(kept)
        _change(kept, changes, key, values)
        return self._keep(kept, changes)

    def remind(self, key: str, day: date | None) -> Changes:
        """Have a source's link checked again on a day, or on none."""
        changes = self._changes(_SOURCES)
        change = {n: v for n, v in changes.get(key, {}).items() if n not in _REMINDER}
        changes[key] = {**change, "check_on": day.isoformat()} if day is not None else change
        if not changes[key]:
            del changes[key]
        return self._keep(_SOURCES, changes)

    def add(self, part: str, values: Mapping[str, Any]) -> tuple[str, Changes]:
        """Add a template or a source of one's own; its key. Raises UserError as `change`."""
        kept = _PARTS[part]
        key = _own_key()
        sort = str(values.get(kept.sorts, ""))
        if sort not in kept.open:
            raise ValueError(sort)
        changes = self._changes(kept)
        changes[key] = {kept.sorts: sort, **_taken(kept, values)}
        return key, self._keep(kept, changes)

    def take_out(self, part: str, key: str) -> Changes:
        """Offer it no more. One that was added here is gone; a shipped one can come back."""
        kept = _PARTS[part]
        changes = self._changes(kept)
        if key in _read(kept.file, kept.table):
            changes[key] = {**changes.get(key, {}), "out": True}
        else:
            changes.pop(key, None)
        return self._keep(kept, changes)

    def put_back(self, part: str, key: str, change: Mapping[str, Any] | None = None) -> Changes:
        """As it was shipped again, its reminder aside; or, to undo, with what `changed` gave."""
        kept = _PARTS[part]
        changes = self._changes(kept)
        before = changes.pop(key, {})
        again = {n: v for n, v in before.items() if n in _REMINDER} if change is None else change
        if again:
            changes[key] = dict(again)
        return self._keep(kept, changes)

    def changed(self, part: str, key: str) -> Mapping[str, Any] | None:
        """What this workspace changed of it, to be put back; None for nothing."""
        return self._changes(_PARTS[part]).get(key)

    # -- files --------------------------------------------------------------------------------

    def table(self, part: str, tr: Translator) -> tuple[list[str], list[list[str]]]:
        """Templates or sources as a sheet has them: heads, then rows.

        What was taken out is left out. The last column is the key, by which an import knows one
        again.
        """
        kept = _PARTS[part]
        heads = [_head(tr, name, language) for name, language in kept.columns]
        rows = [
            [
                record[kept.sorts],
                *(_cell(record.get(_named(*column), "")) for column in kept.columns),
                record["key"],
            ]
            for record in self._records(kept)
            if record.get("standing") is not Standing.OUT
        ]
        return [kept.sorts, *heads, _MARK], rows

    def read_csv(self, part: str, text: str, tr: Translator) -> Incoming:
        """What a CSV file would add or change. Heads may be in either language, in any order.

        Raises UserError for a file in which none of the columns is found.
        """
        kept = _PARTS[part]
        rows = csv_rows(text)
        heads = [fold(cell) for cell in rows[0]] if rows else []
        known_heads = {
            fold(said): column
            for column in kept.columns
            for said in (_named(*column), *(_head(Translator(x), *column) for x in Language))
        }
        places = {n: known_heads[head] for n, head in enumerate(heads) if head in known_heads}
        if not places:
            shown = ", ".join(_head(tr, *column) for column in kept.columns)
            raise UserError("columns", NO_COLUMNS, heads=shown)
        mark_at, sort_at = (heads.index(h) if h in heads else None for h in (_MARK, kept.sorts))
        known = {record["key"]: record for record in self._records(kept)}
        new, changed, problems, same = [], [], [], 0
        for number, row in enumerate(rows[1:], start=2):
            mark, sort = (
                row[at].strip() if at is not None and at < len(row) else ""
                for at in (mark_at, sort_at)
            )
            before = known.get(mark) or {}
            values: dict[str, Any] = _whole(kept, before)
            for place, column in places.items():
                cell = unguarded(row[place].strip()[:CELL_READ]) if place < len(row) else ""
                values[_named(*column)] = cell.splitlines() if column[0] == "topics" else cell
            named = (t for x in Language if (t := values.get(f"title_{x}")))
            title = next(named, mark or tr.tr(LABELS["title"]))
            try:
                taken = _taken(kept, values)
            except UserError as error:
                problems.append((number, title, error.message))
                continue
            if before.get("standing") is Standing.OUT:
                problems.append((number, title, N_("It was taken out here; put it back first.")))
            elif before:
                if taken == _taken(kept, _whole(kept, before)):
                    same += 1
                else:
                    changed.append((mark, values))
            elif any(_alike(kept, taken, record) for record in known.values()):
                same += 1
            else:
                values[kept.sorts] = sort if sort in kept.open else kept.open[0]
                new.append((mark if _OWN.fullmatch(mark) else _own_key(), values))
        ours = {*places, mark_at, sort_at}
        unknown = [head for n, head in enumerate(rows[0]) if n not in ours]
        return Incoming(
            part, tuple(new), tuple(changed), same, tuple(problems), tuple(filter(None, unknown))
        )

    def take(self, incoming: Incoming) -> Changes:
        """Write what was shown, all of it or nothing."""
        kept = _PARTS[incoming.part]
        changes = self._changes(kept)
        for key, values in incoming.new:
            changes[key] = {kept.sorts: values[kept.sorts], **_taken(kept, values)}
        for key, values in incoming.changed:
            _change(kept, changes, key, values)
        return self._keep(kept, changes)

    def _keep(self, kept: _Kept, changes: Mapping[str, Any]) -> Changes:
        self._settings.set(kept.option, dict(changes))
        return Changes(frozenset({"settings", "library"}))


@dataclass(frozen=True, slots=True)
class _Kept:
    """One of the two halves: where it ships, and how it is kept."""

    file: str
    table: str
    option: str
    sorts: str
    """What sorts it: the use of a template, the kind of a source."""
    words: Sequence[str]
    open: Sequence[str]
    """The sorts that one may add to, the usual one first."""
    more: Sequence[str] = ()
    """What else may be changed, in no language."""

    @property
    def columns(self) -> list[tuple[str, Language | None]]:
        """The columns of a sheet: each word in each language, then the others."""
        both: list[tuple[str, Language | None]] = [(w, x) for w in self.words for x in Language]
        return [*both, *((name, None) for name in self.more)]


_TEMPLATES = _Kept(
    "templates.toml", "template", "library.templates", "use", TEMPLATE_WORDS, OPEN_USES
)
_SOURCES = _Kept(
    "sources.toml", "source", "library.sources", "kind", SOURCE_WORDS, ("house", *KINDS),
    ("topics", "check_on"),
)  # fmt: skip
_PARTS = {"templates": _TEMPLATES, "sources": _SOURCES}
_REMINDER = frozenset({"check_on"})
_EMPTY: Mapping[str, Any] = {"topics": []}
"""What a field that is no text says when it says nothing."""
_MARK = "id"
_OWN = re.compile(r"own-[0-9a-f]{12}")


def _own_key() -> str:
    return f"own-{uuid.uuid4().hex[:12]}"


def _named(name: str, language: Language | None) -> str:
    return f"{name}_{language}" if language else name


def _head(tr: Translator, name: str, language: Language | None) -> str:
    """The head of a column: « Titre (fr) »."""
    said = tr.tr(LABELS[name])
    return f"{said} ({language})" if language else said


def _cell(value: Any) -> str:
    return _as_written(value) if isinstance(value, str) else "\n".join(value)


def _whole(kept: _Kept, record: Mapping[str, Any]) -> dict[str, Any]:
    """All that may be changed of a record; empty where it says nothing."""
    names = [_named(*column) for column in kept.columns]
    return {name: record.get(name, _EMPTY.get(name, "")) for name in names}


def _alike(kept: _Kept, taken: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Whether a record without a key of ours says what one of ours does."""
    names = [f"{name}_{language}" for name in kept.words for language in Language]
    return all(taken.get(n, "") == _as_written(record.get(n, "")) for n in names)


def _change(
    kept: _Kept, changes: dict[str, dict[str, Any]], key: str, values: Mapping[str, Any]
) -> None:
    """Put other words among the changes; those as shipped are not kept. Raises UserError."""
    record = _read(kept.file, kept.table).get(key)
    before, taken = changes.get(key, {}), _taken(kept, values)
    if record is None:
        taken = {**before, **taken}
    else:
        held = {n: v for n, v in before.items() if n in _REMINDER}
        taken = {
            n: v
            for n, v in {**held, **taken}.items()
            if v != _as_written(record.get(n, _EMPTY.get(n, "")))
        }
    changes[key] = taken
    if not taken:
        del changes[key]


def _taken(kept: _Kept, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of these values what may be kept. Raises UserError."""
    names = [f"{name}_{language}" for name in kept.words for language in Language]
    taken: dict[str, Any] = {name: _as_written(values[name]) for name in names if name in values}
    if not any(taken.get(f"title_{language}") for language in Language):
        raise UserError("title", N_("Give it a title, in French or in English."))
    needed = "text" if kept is _TEMPLATES else "url"
    if not any(taken.get(f"{needed}_{language}") for language in Language):
        raise UserError("text", N_("Write the text, or the link, in French or in English."))
    if kept is _SOURCES:
        for language in Language:
            if not is_web_address(taken.get(f"url_{language}", "")):
                raise UserError("link", N_("A link begins with https://"))
        if "topics" in values:
            taken["topics"] = [topic for topic in map(str.strip, values["topics"]) if topic]
        if "check_on" in values:
            day = values["check_on"] or ""
            if day and _day(day) is None:
                raise UserError("day", N_("Write the date like 2026-11-23."))
            taken["check_on"] = str(day)
    return taken


def _as_written(text: Any) -> Any:
    """Text as it is compared: no blank lines around it, lines as the program ends them."""
    return "\n".join(text.strip().splitlines()) if isinstance(text, str) else text


def _about(source: Source) -> str:
    return f"{source.title.fr}. {', '.join(source.topics)}. {source.note.fr}"
