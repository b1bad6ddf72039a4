"""What the search index holds of an entry, and what a search becomes.

The index has two columns. `words` holds the folded text; `tags` holds kind, case, who and day as
words that begin with a private-use character, which folding takes out of whatever a user types.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from scc_admin.model import JournalQuery

MAX_TOKENS = 16
PREFIXES = 4
"""Beginnings of up to so many characters have an index of their own."""
MAX_SPELT = 64
INDEXED = 20_000
"""Characters of one value that can be found; a longer one is kept whole all the same."""

_MARK = "\ue000"
_DIACRITICS = re.compile("[\u0300-\u036f]+")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffc\ud800-\udfff\ue000-\uf8ff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]+"
)
_WORD = re.compile(r"[^\W_]+")
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)


def fold(text: str) -> str:
    """Text as it is compared: no accents, case, compatibility forms or invisible characters."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFKC", _DIACRITICS.sub("", text).casefold())


def words(texts: Iterable[str]) -> str:
    """The `words` column over the public codes and the values still known."""
    return "\n".join(fold(text[:INDEXED]).replace("\x00", " ") for text in texts if text)


def tags(kind: str, case: str, who: str, at: datetime, offset: int) -> str:
    """The `tags` column."""
    day = (at + timedelta(minutes=offset)).date()
    held = [_kind(kind), _hashed("w", who)]
    if case:
        held.append(_hashed("c", case))
    held += [_year(day), _month(day), _day(day)]
    return " ".join(held)


@dataclass(frozen=True, slots=True)
class Search:
    """A query taken apart: the index answers `expression`, and `holds` decides for entries that
    are not indexed yet."""

    tokens: tuple[str, ...]
    """Beginnings of words, all of which must be there."""
    groups: tuple[frozenset[str], ...]
    """Tags: one of each group must be there."""

    @classmethod
    def of(cls, query: JournalQuery) -> Search:
        groups = []
        if query.kinds:
            groups.append(frozenset(_kind(kind.value) for kind in query.kinds))
        if query.case:
            groups.append(frozenset({_hashed("c", query.case)}))
        if query.who:
            groups.append(frozenset({_hashed("w", query.who)}))
        if query.since is not None or query.until is not None:
            days = _days(query.since or _FIRST_DAY, query.until or _LAST_DAY)
            groups.append(frozenset(days) or frozenset({f"{_MARK}never"}))
        return cls(tuple(_WORD.findall(fold(query.text))[:MAX_TOKENS]), tuple(groups))

    def __bool__(self) -> bool:
        return bool(self.tokens or self.groups)

    def expression(self, expand: Callable[[str], Sequence[str] | None]) -> str:
        """For FTS5's MATCH; empty when nothing can match.

        Tokens are quoted, so that nothing in them is syntax. `expand` lists the indexed words that
        begin with a token, or None when there are too many: FTS5 reads every entry of every word
        that a long prefix stands for, but only the newest few of words that are spelt out.
        """
        wanted = []
        for token in self.tokens:
            spelt = expand(token) if len(token) > PREFIXES else None
            if spelt is None:
                wanted.append(f'words : "{token}" *')
            elif spelt:
                wanted.append(f"words : ({_either(spelt)})")
            else:
                return ""
        wanted += [f"tags : ({_either(sorted(group))})" for group in self.groups]
        return " AND ".join(wanted)

    def holds(self, words: str, tags: str) -> bool:
        """Whether an entry with these index columns matches."""
        if not all(group.intersection(tags.split()) for group in self.groups):
            return False
        found = _WORD.findall(words)
        return all(any(word.startswith(token) for word in found) for token in self.tokens)


def _either(tokens: Iterable[str]) -> str:
    return " OR ".join(f'"{token}"' for token in tokens)


def _days(since: date, until: date) -> Iterator[str]:
    """The fewest years, months and days that make up a stretch of time."""
    day = since
    while day <= until:
        month_end = day.replace(day=calendar.monthrange(day.year, day.month)[1])
        year_end = date(day.year, 12, 31)
        if day == date(day.year, 1, 1) and year_end <= until:
            yield _year(day)
            day = year_end
        elif day.day == 1 and month_end <= until:
            yield _month(day)
            day = month_end
        else:
            yield _day(day)
        day += timedelta(days=1)


def _kind(kind: str) -> str:
    return f"{_MARK}k{kind.replace('-', '')}"


def _hashed(letter: str, text: str) -> str:
    return f"{_MARK}{letter}{sha256(text.encode()).hexdigest()[:16]}"


def _year(day: date) -> str:
    return f"{_MARK}y{day.year}"


def _month(day: date) -> str:
    return f"{_MARK}m{day.year}{day.month:02}"


def _day(day: date) -> str:
    return f"{_MARK}d{day.year}{day.month:02}{day.day:02}"
