"""Messages with their placeholders filled, in French or English.

Hand-written rather than by Babel: a verdict is made at each pause of the keyboard, and words its
numbers and days the same on every machine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from scc_admin.model import Language
from scc_admin.verdict.signals import Say

WEEKDAYS = (
    Say("lundi", "Monday"),
    Say("mardi", "Tuesday"),
    Say("mercredi", "Wednesday"),
    Say("jeudi", "Thursday"),
    Say("vendredi", "Friday"),
    Say("samedi", "Saturday"),
    Say("dimanche", "Sunday"),
)
MONTHS = (
    Say("janvier", "January"),
    Say("février", "February"),
    Say("mars", "March"),
    Say("avril", "April"),
    Say("mai", "May"),
    Say("juin", "June"),
    Say("juillet", "July"),
    Say("août", "August"),
    Say("septembre", "September"),
    Say("octobre", "October"),
    Say("novembre", "November"),
    Say("décembre", "December"),
)


def fill(said: Say, language: Language, values: Mapping[str, object]) -> str:
    """The text in `language` with its placeholders filled."""
    text = said.to(language)
    if "{" not in text:
        return text
    return text.format(**{name: word(value, language) for name, value in values.items()})


def word(value: object, language: Language) -> str:
    """One value as `language` writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, Say):
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
