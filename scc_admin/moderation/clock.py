"""The clock of an escalation: seen, escalated, answered, closed, in this order. Pure.

Moments are given to the minute, as people know them, and compared to the minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from scc_admin.errors import UserError
from scc_admin.i18n import N_
from scc_admin.store import Row, instant

AHEAD = timedelta(minutes=5)
"""How far ahead of ours the clock of whoever tells a moment may be."""


class ClockStep(StrEnum):
    """A moment of the clock, by the beginning of its column; in order."""

    SEEN = "seen"
    ESCALATED = "escalated"
    ANSWERED = "answered"
    CLOSED = "closed"


_TOO_EARLY: Mapping[ClockStep, str] = {
    ClockStep.SEEN: N_("That is before this was seen, on {at}. Correct the one or the other."),
    ClockStep.ESCALATED: N_("That is before Public Affairs were reached, on {at}."),
    ClockStep.ANSWERED: N_("That is before Public Affairs answered, on {at}."),
}
"""What is said of a moment that comes before this one."""
_TOO_LATE: Mapping[ClockStep, str] = {
    ClockStep.ESCALATED: N_("That is after Public Affairs were reached, on {at}."),
    ClockStep.ANSWERED: N_("That is after Public Affairs answered, on {at}."),
}


def clock_of(row: Row) -> dict[ClockStep, datetime]:
    """The moments that a row of `escalations` holds."""
    return {step: instant(said) for step in ClockStep if (said := row[f"{step}_at"]) is not None}


def past(at: datetime, now: datetime) -> datetime:
    """A moment that is over, at the latest now. Raises UserError for one to come."""
    if at > now + AHEAD:
        raise UserError("future", N_("That moment is still to come."))
    return min(at, now)


def in_order(
    step: ClockStep, at: datetime, known: Mapping[ClockStep, datetime], now: datetime
) -> datetime:
    """The moment of a step, in its place among those that are known.

    Within a minute it is set right; out of order, or still to come, it raises UserError.
    """
    at = past(at, now)
    order = list(ClockStep)
    place = order.index(step)
    before = [(known[s], s) for s in order[:place] if s in known]
    after = [(known[s], s) for s in order[place + 1 :] if s in known]
    if before:
        last, which = max(before)
        if _minute(at) < _minute(last):
            raise UserError("too_early", _TOO_EARLY[which], at=last)
        at = max(at, last)
    if after:
        first, which = min(after)
        if _minute(at) > _minute(first):
            raise UserError("too_late", _TOO_LATE[which], at=first)
        at = min(at, first)
    return at


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
