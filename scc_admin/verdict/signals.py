"""What kinds of rules and detectors share: the context they look at, the hits they give, and the
reading of their parameters from a pack.

A detector is a pure function `(Context, Table of options) -> hits`. It is named in `DETECTORS`
(detectors.py), and serves three ways: as the kind `detector` of a rule, as a condition of another
rule (`near.detectors`, `unless.detectors`), and by `Context.detect(name)` from code.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from scc_admin.errors import UserError
from scc_admin.i18n import N_, Bilingual, curled, typographic
from scc_admin.model import Count, Known, Language, Neighbour, Post
from scc_admin.verdict import counting
from scc_admin.verdict.dates import DateMention, find_dates
from scc_admin.verdict.entities import Entities, entities
from scc_admin.verdict.text import PhraseError, Phrases, Span, Text

if TYPE_CHECKING:
    from scc_admin.verdict.networks import Networks
    from scc_admin.verdict.spelling import Speller

ZONE = "America/Toronto"
"""Where the posts are read: an instant in UTC is a day there."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a rule or detector saw in [start, end) of the text, in code points."""

    start: int
    end: int
    values: Mapping[str, object] = field(default_factory=dict)
    """What fills the message's placeholders, beside {x}, the excerpt: `str`, `int`, `date`,
    `datetime`, `Bilingual`, or a sequence of these, which is joined (« a, b et c »)."""
    variant: str = ""
    """Which of the rule's `variants` speaks; empty for its main message."""
    key: str = ""
    """The thing itself, however it is written: a day as 2027-06-14 or 06-14, an amount in cents, a
    telephone as digits. Two texts say the same when their keys agree (LAN-06)."""
    fix: str | None = None
    """What to write instead, only when that is certain."""
    fix_span: Span | None = None
    """What the fix replaces, when that is not [start, end)."""
    choices: tuple[str, ...] = ()
    """What to write instead of [start, end), where only the writer knows which was meant."""
    subject: str = ""
    """What it is about beside its excerpt (`model.Finding.subject`); told by `values` where there
    is no excerpt."""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True)
class Context:
    """One post as rules see it. What several of them ask is worked out once."""

    post: Post
    known: Known
    detectors: Mapping[str, Detector]
    networks: Networks
    profile: str = "default"
    """The networks' profile: whose limits hold."""
    language: Language = Language.FR
    """The language of the messages."""
    speller: Speller | None = None
    neighbours: tuple[Neighbour, ...] = ()
    now: dt.datetime | None = None
    """The present; None when nobody said, and rules that need it stay silent."""

    @cached_property
    def text(self) -> Text:
        return Text(self.post.text, self.post.language)

    @cached_property
    def counts(self) -> tuple[Count, ...]:
        return counting.count(
            self.post.target,
            self.post.text,
            networks=self.networks,
            profile=self.profile,
            own=self.post.limit,
        )

    @cached_property
    def entities(self) -> Entities:
        """Links, mentions, hashtags and emoji as the network itself finds them."""
        return entities(self.post.target, self.post.text)

    @cached_property
    def day(self) -> dt.date | None:
        """The day it is planned for, where it is read; None when none is planned."""
        return local_day(self.post.at) if self.post.at else None

    @cached_property
    def days(self) -> tuple[DateMention, ...]:
        """The days named in the text."""
        return tuple(find_dates(self.text))

    @cached_property
    def twin(self) -> Context | None:
        """The same draft's text in the other language, seen likewise."""
        if not self.post.twin:
            return None
        other = Language.EN if self.post.language is Language.FR else Language.FR
        post = replace(self.post, text=self.post.twin, twin=None, language=other)
        return replace(self, post=post)

    @cached_property
    def _detected(self) -> dict[str, tuple[Hit, ...]]:
        return {}

    def detect(self, name: str) -> tuple[Hit, ...]:
        """What the detector `name` sees with its default options, in order of place."""
        if name not in self._detected:
            detector = self.detectors[name]
            hits = detector.run(self, detector.options)
            self._detected[name] = tuple(sorted(hits, key=lambda hit: (hit.start, hit.end)))
        return self._detected[name]


def local_day(instant: dt.datetime) -> dt.date:
    """The day of an instant in Québec, unless it tells its own offset from UTC."""
    if instant.utcoffset():
        return instant.date()
    from zoneinfo import ZoneInfo

    return instant.astimezone(ZoneInfo(ZONE)).date()


class Detector(NamedTuple):
    """A named way of seeing something that phrases cannot say: digits, dates, links."""

    run: Callable[[Context, Mapping[str, Any]], Iterable[Hit]]
    values: frozenset[str] = frozenset()
    """Names that its hits give to messages."""
    options: Mapping[str, Any] = {}
    """Options that a pack may set under `[rule.with.options]`, with their defaults; the type is
    the default's (int, bool, str, or a tuple of str). `run` is given them all."""
    variants: frozenset[str] = frozenset()
    """Variants that its hits may name; a rule that uses it must have them all."""


# --- Reading parameters -------------------------------------------------------------------------


MISSING = N_("{file}, {rule}: the field {field} is missing.")
WRONG_TYPE = N_("{file}, {rule}: the field {field} is of the wrong type.")
ONE_OF = N_("{file}, {rule}: the field {field} must be one of: {choices}.")


class Table:
    """A table of a pack, read field by field; whatever is wrong names the file, rule and field."""

    def __init__(self, data: Mapping[str, Any], file: str, rule: str, path: str = "") -> None:
        self._data = data
        self._left = set(data)
        self.file, self.rule, self.path = file, rule, path

    def _name(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def fail(self, key: str, message: str, **params: object) -> UserError:
        """The error to raise for field `key`; `message` is a msgid that may hold {file}, {rule},
        {field} and `params`."""
        return UserError(
            "pack",
            message,
            file=self.file,
            rule=self.rule or "-",
            field=self._name(key),
            **params,
        )

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def take(self, key: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        """The value of `key`, of type `kind`; `default` when absent, or an error without one."""
        self._left.discard(key)
        if key not in self._data:
            if default is None:
                raise self.fail(key, MISSING)
            return default
        value = self._data[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise self.fail(key, WRONG_TYPE)
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value: str = self.take(key, str, default)
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        value: int = self.take(key, int, default)
        if value < 0:
            raise self.fail(key, N_("{file}, {rule}: the field {field} must not be negative."))
        return value

    def flag(self, key: str, default: bool) -> bool:
        self._left.discard(key)
        value = self._data.get(key, default)
        if not isinstance(value, bool):
            raise self.fail(key, N_("{file}, {rule}: the field {field} must be true or false."))
        return value

    def texts(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        value = self.take(key, (list, tuple), default)
        if not all(isinstance(item, str) for item in value):
            raise self.fail(key, N_("{file}, {rule}: the field {field} must be a list of texts."))
        return tuple(value)

    def choice(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in choices:
            raise self.fail(key, ONE_OF, choices=", ".join(sorted(choices)))
        return value

    def several(self, key: str, choices: Iterable[str]) -> tuple[str, ...]:
        """A list of texts, each one of `choices`; empty when absent."""
        values = self.texts(key, ())
        if not set(values) <= set(choices):
            raise self.fail(key, ONE_OF, choices=", ".join(sorted(choices)))
        return values

    def raw(self, key: str) -> dict[str, Any]:
        """The table under `key` as it stands; an empty one when absent."""
        value: dict[str, Any] = self.take(key, dict, {})
        return value

    def table(self, key: str) -> Table:
        """The table under `key`; an empty one when absent."""
        return self.inner(key, self.raw(key))

    def inner(self, key: str, data: Mapping[str, Any]) -> Table:
        """`data` read as if it stood under `key`."""
        return Table(data, self.file, self.rule, self._name(key))

    def named_tables(self, key: str) -> list[tuple[str, Table]]:
        """The tables under `key`, each with its own name."""
        outer = self.table(key)
        return [(name, outer.table(name)) for name in outer]

    def tables(self, key: str) -> list[Table]:
        self._left.discard(key)
        value = self._data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.fail(key, N_("{file}, {rule}: the field {field} must be a list of tables."))
        return [
            Table(item, self.file, self.rule, f"{self._name(key)}[{number}]")
            for number, item in enumerate(value, 1)
        ]

    def say(self, key: str, default: Bilingual | None = None) -> Bilingual:
        """`key = { fr = "…", en = "…" }`."""
        if key not in self._data and default is not None:
            return default
        if key not in self._data:
            raise self.fail(key, MISSING)
        inner = self.table(key)
        said = Bilingual(typographic(inner.text("fr")), curled(inner.text("en")))
        inner.done()
        return said

    def phrases(self, key: str, *, accents: bool = False) -> Phrases:
        try:
            return Phrases(self.texts(key, ()), accents=accents)
        except PhraseError as error:
            raise self.fail(key, error.message, **error.params) from None

    def done(self) -> None:
        """Refuse whatever was not read."""
        for key in sorted(self._left):
            raise self.fail(key, N_("{file}, {rule}: the field {field} is not known here."))


class Lists(NamedTuple):
    """Phrases by the language they belong to. `both` speaks in any sentence (insults, brands)."""

    fr: Phrases
    en: Phrases
    both: Phrases

    @classmethod
    def read(cls, table: Table, *, accents: bool = False) -> Lists:
        lists = cls(*(table.phrases(key, accents=accents) for key in ("fr", "en", "both")))
        table.done()
        return lists

    def __bool__(self) -> bool:
        return bool(self.fr or self.en or self.both)

    def find(self, text: Text) -> list[Span]:
        """Where they stand, each list in the sentences of its own language only, in order."""
        found = self.both.find(text) if self.both else []
        for phrases, language in ((self.fr, Language.FR), (self.en, Language.EN)):
            if phrases:
                found += [
                    span for span in phrases.find(text) if text.language_at(span.start) is language
                ]
        return without_overlaps(found)

    def anywhere(self, text: Text) -> list[Span]:
        """Where they stand, whatever the language of the sentence, in no order."""
        return [span for phrases in self if phrases for span in phrases.find(text)]


class Coverage:
    """Stretches of a text, merged, to ask quickly whether something touches one of them."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __bool__(self) -> bool:
        return bool(self._starts)

    def touches(self, start: int, end: int) -> bool:
        """True when [start, end) overlaps one of them."""
        index = bisect_left(self._starts, end) - 1
        return index >= 0 and self._ends[index] > start


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """The spans in order; of those that overlap, the first, and the longest of equal starts."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
