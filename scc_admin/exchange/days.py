"""Days and hours in the cells of tables, as people and spreadsheets write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from scc_admin.verdict import duplicates

_EPOCH = date(1899, 12, 30)
"""Day 0 of the spreadsheets' own count of days."""
_SERIALS = range(36_526, 73_051)
"""The days of 2000 to 2099 in that count: any other number is no date."""
_MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv january jan", "fevrier fevr fev february feb", "mars march mar",
            "avril avr april apr", "mai may", "juin june jun", "juillet juil july jul",
            "aout august aug", "septembre september sept sep", "octobre october oct",
            "novembre november nov", "decembre december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY = r"(\d{1,2})(?:er|st|nd|rd|th)?"
_FIGURES = re.compile(
    r"(?<!\d)(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d\d))(?!\d)"
)
_NAMED = re.compile(
    rf"\b(?:{_DAY} (?:(?:au|et|a|to|and) )?)?{_DAY} (?:de )?({_MONTH})\b(?: (\d{{4}})\b)?"
    rf"|\b({_MONTH}) {_DAY}(?: (?:to |and )?{_DAY}(?= \d{{4}}\b))?\b(?: (\d{{4}})\b)?"
)
_SERIAL = re.compile(r"(\d{5})(?:[.,](\d{1,15}))?", re.ASCII)
_CLOCK = re.compile(
    r"(?<![\d.,])(\d{1,2})\s?(?:(?:[:h]|heures?\b)\s?(?:(\d{1,2})(?!\d))?(?:\s?([ap])\.?m)?"
    r"|([ap])\.?m)",
    re.ASCII | re.IGNORECASE,
)
_SHARED_UNIT = re.compile(
    r"(?<![\d:/h])(\d{1,2})(?=\s?(?:[-–—]|à|to)\s?\d{1,2}(?::\d\d)?\s?(h(?:eures?)?\b|[ap]\.?m))",
    re.IGNORECASE,
)
"""The first hour of « 10-12 h », which says its unit once."""


def days(cell: Any, day_first: bool) -> list[date]:
    """The days that a cell says, in the order it says them: « du 13 au 15 décembre 2026 » has two.

    Empty when it says none, or one that does not exist. `day_first` tells 03/04.
    """
    if isinstance(cell, datetime):
        return [cell.date()]
    if isinstance(cell, date):
        return [cell]
    written = text_of(cell)[:80]
    if match := _SERIAL.fullmatch(written):
        number = int(match[1])
        return [_EPOCH + timedelta(days=number)] if number in _SERIALS else []
    if re.fullmatch(r"(19|20|21)\d{6}", written, re.ASCII):
        written = f"{written[:4]}-{written[4:6]}-{written[6:]}"
    try:
        return list(_in_figures(written, day_first)) or _in_words(written)
    except ValueError:  # the 31st of June
        return []


def _in_figures(written: str, day_first: bool) -> Iterator[date]:
    for match in _FIGURES.finditer(written):
        if match[1]:
            yield _in_reach(int(match[1]), int(match[2]), int(match[3]))
        else:
            one, two, year = int(match[4]), int(match[5]), int(match[6])
            day, month = (one, two) if day_first else (two, one)
            yield _in_reach(year + 2000 if year < 100 else year, month, day)


def _in_words(written: str) -> list[date]:
    said: list[tuple[int, int, int | None]] = []
    for match in _NAMED.finditer(" ".join(duplicates.search_terms(written))):
        before, day, name, year, named_first, first, till, year_last = match.groups()
        month = _MONTHS[name or named_first]
        when = int(year or year_last) if year or year_last else None
        said += [(int(n), month, when) for n in (before, day, first, till) if n]
    # « Du 28 décembre au 3 janvier 2027 » says its year once.
    found: list[date] = []
    later: tuple[int, int] | None = None
    for day, month, year in reversed(said):
        if year is None:
            if later is None:
                return []
            year = later[0] - (month > later[1])
        later = year, month
        found.append(_in_reach(year, month, day))
    return found[::-1]


def _in_reach(year: int, month: int, day: int) -> date:
    if not 1970 <= year < 2200:
        raise ValueError(year)
    return date(year, month, day)


def clocks(cell: Any) -> list[time]:
    """The hours that a cell says, in its order: « 10 h à 12 h » has two."""
    if isinstance(cell, datetime):
        cell = cell.time()
    if isinstance(cell, time):
        return [cell.replace(microsecond=0, tzinfo=None)]
    written = text_of(cell)[:80]
    if match := re.fullmatch(r"0[.,](\d{1,15})", written, re.ASCII):
        return [_share(match[1])]
    if re.fullmatch(r"\d{1,2}", written, re.ASCII):
        return [time(int(written))] if int(written) < 24 else []
    if written.casefold() in ("midi", "noon"):
        return [time(12)]
    written = _SHARED_UNIT.sub(lambda match: match[1] + match[2], written)
    found = []
    for match in _CLOCK.finditer(written):
        hour, minute = int(match[1]), int(match[2] or 0)
        half = (match[3] or match[4] or "").lower()
        if half and not 1 <= hour <= 12:
            continue
        hour = hour % 12 + 12 * (half == "p") if half else hour
        if hour < 24 and minute < 60:
            found.append(time(hour, minute))
    return found


def clock_of_day(cell: Any) -> time | None:
    """The hour in a cell that holds a whole moment; midnight means none."""
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return None
    if isinstance(cell, datetime):
        found = clocks(cell)
    elif match := _SERIAL.fullmatch(text_of(cell)):
        found = [_share(match[2] or "0")]
    else:
        found = clocks(cell) if _FIGURES.search(text_of(cell)[:80]) else []
    return found[0] if found and found[0] != time() else None


def moment(cell: Any, zone: tzinfo) -> Any:
    """A moment that says its own distance from UTC, on the clock of `zone`; anything else as is."""
    written = text_of(cell)[:40] if isinstance(cell, str) else ""
    if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*(Z|[+-]\d\d:?\d\d)", written, re.ASCII):
        try:
            return datetime.fromisoformat(written).astimezone(zone).replace(tzinfo=None)
        except (ValueError, OverflowError):
            return cell
    return cell


def _share(digits: str) -> time:
    """A share of a day, by its decimals, to the minute."""
    minutes = round(float(f"0.{digits}") * 1_440) % 1_440
    return time(minutes // 60, minutes % 60)


def text_of(cell: Any) -> str:
    """A cell as text; whole numbers without decimals."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()
