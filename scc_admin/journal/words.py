"""What the search index holds of an entry, and what a search becomes.

The index has two columns. `words` holds the folded text; `tags` holds kind, case, who and day as
words that begin with a private-use character, which folding takes out of whatever a user types.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256

from scc_admin.model import JournalQuery

MAX_TOKENS = 16
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


def match(query: JournalQuery) -> str | None:
    """The full-text expression for a query; None when it asks for everything."""
    wanted = []
    tokens = _WORD.findall(fold(query.text))[:MAX_TOKENS]
    if tokens:
        wanted.append("words : (" + " AND ".join(f'"{token}" *' for token in tokens) + ")")
    if query.kinds:
        wanted.append(_any(_kind(kind.value) for kind in sorted(query.kinds)))
    if query.case:
        wanted.append(_any([_hashed("c", query.case)]))
    if query.who:
        wanted.append(_any([_hashed("w", query.who)]))
    if query.since is not None or query.until is not None:
        days = list(_days(query.since or _FIRST_DAY, query.until or _LAST_DAY))
        wanted.append(_any(days or [f"{_MARK}never"]))
    return " AND ".join(wanted) or None


def _any(tokens: Iterable[str]) -> str:
    return "tags : (" + " OR ".join(f'"{token}"' for token in tokens) + ")"


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
    return f"{_MARK}y{day:%Y}"


def _month(day: date) -> str:
    return f"{_MARK}m{day:%Y%m}"


def _day(day: date) -> str:
    return f"{_MARK}d{day:%Y%m%d}"
