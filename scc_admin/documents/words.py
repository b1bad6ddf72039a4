"""Instants, delays, figures and tables as the pages of a document write them.

Instants are given twice, in the local zone and in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scc_admin.documents.data import DocumentData
from scc_admin.documents.text import line as one_line
from scc_admin.i18n import Translator

View = dict[str, Any]
"""What a template is given: every word and figure written out, in the order of the page."""

ROWS = 400
"""Rows of one table; what follows is counted in a sentence."""


def voice_of(data: DocumentData) -> Translator:
    """The voice of the document's own language and zone.

    A zone that this machine does not know becomes UTC: every instant is printed in UTC too.
    """
    try:
        zone = ZoneInfo(data["zone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    return Translator(data["language"], zone=zone)


def utc(at: datetime) -> str:
    """2026-11-20 19:02:11 UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def local(at: datetime, voice: Translator) -> str:
    return voice.tr("{day}, {time}", day=voice.date(at, "long"), time=voice.time(at, seconds=True))


def short(at: datetime, voice: Translator) -> str:
    return voice.tr("{day}, {time}", day=voice.date(at), time=voice.time(at))


def delay(span: timedelta, voice: Translator) -> str:
    """The two largest units: 2 d 4 h, 3 h 12 min, 5 min."""
    minutes = int(abs(span).total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return voice.tr("{d} d {h} h", d=voice.number(days), h=hours)
    if hours:
        return voice.tr("{h} h {m} min", h=hours, m=f"{minutes:02}")
    if minutes:
        return voice.tr("{m} min", m=minutes)
    return voice.tr("less than a minute")


def signed(value: float, voice: Translator) -> str:
    """+4, −2,25, 0: to the same digits as `exactly`."""
    rounded = round(value, 2)
    if not rounded:
        return voice.number(0)
    sign = "+" if rounded > 0 else "\N{MINUS SIGN}"
    return sign + voice.number(abs(rounded))


def exactly(value: float, voice: Translator) -> str:
    """4, 4,5, 4,25: an average of four weeks is exact, as in the workbook and the JSON."""
    return voice.number(round(value, 2))


def prepared(who: str, when: str, voice: Translator) -> str:
    """« Préparé par Ana Roy, 23 novembre 2026 »; whoever only looks has perhaps no name yet."""
    if not who.strip():
        return voice.tr("Prepared on {when}", when=when)
    return voice.tr("Prepared by {who}, {when}", who=brief(who), when=when)


def document(data: DocumentData, voice: Translator, title: str, left: str) -> View:
    return {
        "language": data["language"].value,
        "title": one_line(title),
        "author": one_line(data["made_by"]),
        "organisation": one_line(data["organisation"], 80),
        "running": one_line(left, 80),
        "made": prepared(one_line(data["made_by"], 60), short(data["made_at"], voice), voice),
        "page": voice.tr("Page {page} of {pages}"),
    }


def table(
    voice: Translator,
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    widths: Sequence[float],
    align: str = "",
    empty: str = "",
) -> View:
    """A table with a head. `widths` are shares of the line, 0 for 'as narrow as it can be'."""
    every = list(rows)
    more = len(every) - ROWS
    return {
        "heads": list(heads),
        "rows": [list(row) for row in every[:ROWS]],
        "widths": list(widths),
        "align": align or "l" * len(heads),
        "empty": empty,
        "more": voice.tr("and {n} more, not printed here", n=voice.number(more))
        if more > 0
        else "",
    }


def brief(words: str) -> str:
    """What ought to be short, such as a name: one line, and never a page of them."""
    return one_line(words, 120)


def muted(words: str) -> View:
    return {"text": one_line(words, 300), "look": "muted"}


def strong(words: str) -> View:
    return {"text": one_line(words, 300), "look": "strong"}


def lines(*lines: object) -> View:
    """One below the other, without those that have nothing to say."""
    return {"lines": [line for line in lines if line and line not in (muted(""), strong(""))]}


def facts(*facts: tuple[str, object]) -> list[list[object]]:
    """Label and value, without those that have nothing to say."""
    return [[label, value] for label, value in facts if value]


def when(at: datetime, voice: Translator) -> View:
    return lines(short(at, voice), muted(utc(at)))


def checkpoint_note(voice: Translator) -> str:
    return voice.tr(
        "This note fixes the state of the journal at this instant. Whoever keeps it can tell"
        " later whether anything recorded before was changed."
    )
