"""Messages with their placeholders filled, in French or English.

Hand-written rather than by Babel: a verdict is made at each pause of the keyboard, and words its
numbers and days the same on every machine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from scc_admin.i18n import Bilingual
from scc_admin.model import Language

WEEKDAYS = (
    Bilingual("lundi", "Monday"),
    Bilingual("mardi", "Tuesday"),
    Bilingual("mercredi", "Wednesday"),
    Bilingual("jeudi", "Thursday"),
    Bilingual("vendredi", "Friday"),
    Bilingual("samedi", "Saturday"),
    Bilingual("dimanche", "Sunday"),
)
MONTHS = (
    Bilingual("janvier", "January"),
    Bilingual("février", "February"),
    Bilingual("mars", "March"),
    Bilingual("avril", "April"),
    Bilingual("mai", "May"),
    Bilingual("juin", "June"),
    Bilingual("juillet", "July"),
    Bilingual("août", "August"),
    Bilingual("septembre", "September"),
    Bilingual("octobre", "October"),
    Bilingual("novembre", "November"),
    Bilingual("décembre", "December"),
)


def fill(said: Bilingual, language: Language, values: Mapping[str, object]) -> str:
    """The text in `language` with its placeholders filled."""
    text = said.to(language)
    if "{" not in text:
        return text
    return text.format(**{name: word(value, language) for name, value in values.items()})


def word(value: object, language: Language) -> str:
    """One value as `language` writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, Bilingual):
        return value.to(language)
    if isinstance(value, dt.date):
        return day(value, language)
    if isinstance(value, int):
        return number(value, language)
    if isinstance(value, Sequence):
        return join([word(item, language) for item in value], language)
    return str(value)


def number(value: int, language: Language) -> str:
    """63 206 · 63,206."""
    return f"{value:,}".replace(",", "\u00a0" if language is Language.FR else ",")


def day(value: dt.date, language: Language) -> str:
    """« samedi 14 juin 2026 » · "Saturday, June 14, 2026"."""
    weekday = WEEKDAYS[value.weekday()].to(language)
    month = MONTHS[value.month - 1].to(language)
    if language is Language.EN:
        return f"{weekday}, {month} {value.day}, {value.year}"
    return f"{weekday} {'1er' if value.day == 1 else value.day} {month} {value.year}"


def join(items: Sequence[str], language: Language) -> str:
    """« a, b et c » · "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    last = " and " if language is Language.EN else " et "
    return ", ".join(items[:-1]) + last + items[-1]
