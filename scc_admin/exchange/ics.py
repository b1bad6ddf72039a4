"""iCalendar files (RFC 5545): read with distrust, written with care.

A file comes from any program and any hand: cut short, wrongly encoded, with time zones that nobody
knows and recurrences that never end. Each event is read by itself, so that a bad one is skipped and
said, and the others are kept. Values are decoded by `icalendar`, recurrences expanded by
`dateutil`; both are slow and trusting enough that what reaches them is chosen here.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scc_admin.errors import UserError
from scc_admin.i18n import N_
from scc_admin.model import Progress

MAX_BYTES = 100 << 20
MAX_EVENTS = 100_000
"""Dated lines read from one file, recurrences expanded."""
MAX_OCCURRENCES = 1_200
"""Of one series: a little more than one a day in the whole window."""
LOOKED_AT = 2_000_000
"""Days looked at for all series of a file together, some seconds of work."""
BARREN_YEAR = 30
"""A year in which a rule finds no day costs as many: some find none in 8,000 years, and look long.
Counted rather than timed, so that the same file is read alike by every computer."""
BEHIND = timedelta(days=366)
AHEAD = timedelta(days=2 * 366)
"""How far from the present a series is expanded."""
MAX_TITLE = 500
MAX_NOTES = 20_000
PRODID = "-//scc_admin//calendar//FR"
_X = "X-SCC-ADMIN-"
_YEARS = (1970, 2200)
_WANTED = frozenset(
    {
        "UID", "DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS",
        "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE",
    }
)  # fmt: skip
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_DAYS_OF_MONTH = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Event:
    """A dated line of a file. All-day ones stand at midnight UTC, the day of their end excluded."""

    uid: str
    """Its own, also among the occurrences of one series."""
    title: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool = False
    place: str = ""
    notes: str = ""
    series: str = ""
    """UID of the series that it is an occurrence of."""
    cancelled: bool = False
    sequence: int | None = None
    """Which version of itself it is, where it says so and is no day of a series."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Our own properties, by their name without prefix, small letters: kind, page, state…"""
    texts: tuple[tuple[str, str, str], ...] = ()
    """(target, language, text) of a planned post."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An event that was not read. `reason` is a msgid for `params`."""

    title: str
    reason: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature found in the file, and the bytes that it is of."""

    armored: str
    signed: bytes


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds."""

    events: tuple[Event, ...]
    series: Mapping[str, tuple[datetime, datetime]]
    """Series that were expanded, and the stretch of time in which all of each is known."""
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[tuple[str, Mapping[str, object]], ...] = ()
    """(msgid, params) about the file as a whole."""
    unknown_zones: Mapping[str, int] = field(default_factory=dict)
    """Zones that nobody knows, and how many events were skipped for them."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Our own properties of the calendar."""
    signature: Signature | None = None


class _BadError(Exception):
    """This event cannot be read."""

    def __init__(self, reason: str, **params: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params


# --- Reading -------------------------------------------------------------------------------------

_Line = tuple[str, Mapping[str, Any], str]
"""Name in capitals, parameters, raw value."""


def read(
    data: bytes,
    *,
    now: datetime,
    zone: tzinfo,
    assume_zone: tzinfo | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Read:
    """The events of a calendar file.

    Times without zone are those of `zone`; those of a zone that nobody knows are skipped, unless
    `assume_zone` is to stand for it. `progress` may raise Cancelled. Raises UserError when the file
    is no calendar at all, or too large.
    """
    return _Reader(data, now, zone, assume_zone, progress).read()


class _Reader:
    def __init__(
        self,
        data: bytes,
        now: datetime,
        zone: tzinfo,
        assume_zone: tzinfo | None,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self.data = data
        self.zone = zone
        self.assume_zone = assume_zone
        self.progress = progress
        self.window = (now - BEHIND, now + AHEAD)
        self.budget = LOOKED_AT
        self.zones: dict[str, tzinfo | None] = {}
        self.defined: dict[str, Sequence[str]] = {}
        self.events: dict[str, tuple[int, Event]] = {}
        self.series: dict[str, tuple[datetime, datetime]] = {}
        self.skipped: list[Skipped] = []
        self.warnings: list[tuple[str, Mapping[str, object]]] = []
        self.unknown: dict[str, int] = {}
        self.cancels = False

    def read(self) -> Read:
        if len(self.data) > MAX_BYTES:
            raise UserError(
                "too_large",
                N_("The file is larger than {n} MB; export a shorter period."),
                n=MAX_BYTES >> 20,
            )
        lines = self._text().split("\n")
        if not any(line.strip().upper() == "BEGIN:VCALENDAR" for line in lines[:50]):
            raise UserError(
                "not_calendar",
                N_("This is not a calendar file (.ics). Export it again from its program."),
            )
        components, extra, whole = self._parted(lines)
        if not whole:
            self.warnings.append(
                (N_("The file is cut short; what came before the cut was read."), {})
            )
        if not components:
            self.warnings.append((N_("There is no event in this calendar."), {}))
        self._take(components)
        events = [event for _, event in self.events.values()]
        events.sort(key=lambda event: (event.starts_at, event.uid))
        return Read(
            tuple(events),
            self.series,
            tuple(self.skipped),
            tuple(self.warnings),
            self.unknown,
            extra,
            _signature(self.data),
        )

    def _text(self) -> str:
        """The file as text, its folded lines whole."""
        data = self.data
        for mark, coding in (
            (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
        ):  # fmt: skip
            if data.startswith(mark):
                data = data.decode(coding, "replace").encode("utf-8", "replace")
        # Folding counts bytes, and may stand within a letter.
        data = re.sub(rb"\r?\n[ \t]", b"", data.replace(b"\x00", b""))
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
            self.warnings.append(
                (N_("The file is not in UTF-8; it was read as Windows-1252. Look at accents."), {})
            )
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _parted(self, lines: Sequence[str]) -> tuple[list[list[str]], dict[str, str], bool]:
        """The lines of each event, our properties of the calendar, and whether it has its end."""
        events: list[list[str]] = []
        extra: dict[str, str] = {}
        within: list[str] = []
        own: list[str] = []
        whole = False
        for line in lines:
            mark = line[:40].strip().upper()
            if mark.startswith("BEGIN:"):
                within.append(mark[6:])
                if mark == "BEGIN:VEVENT" or (mark == "BEGIN:VTIMEZONE"):
                    own = []
                elif within and "VTIMEZONE" in within:
                    own.append(line)
            elif mark.startswith("END:"):
                name = mark[4:]
                if name == "VEVENT" and "VEVENT" in within:
                    events.append(own)
                elif name == "VTIMEZONE":
                    self._define(own)
                elif within and "VTIMEZONE" in within:
                    own.append(line)
                elif name == "VCALENDAR":
                    whole = True
                while within and within.pop() != name:
                    pass
            elif within and within[-1] == "VEVENT":
                name = re.split("[;:]", mark, maxsplit=1)[0]
                if name in _WANTED or name.startswith(_X):
                    own.append(line)
            elif "VTIMEZONE" in within:
                own.append(line)
            elif within == ["VCALENDAR"] and mark.replace(" ", "") == "METHOD:CANCEL":
                self.cancels = True
            elif within == ["VCALENDAR"] and mark.startswith(_X) and (parts := _parts(line)):
                extra[_short(parts[0])] = _unescaped(parts[2])[:MAX_TITLE]
        return events, extra, whole

    def _define(self, lines: Sequence[str]) -> None:
        name = next((line.partition(":")[2].strip() for line in lines if line[:5] == "TZID:"), "")
        if name:
            self.defined[name] = lines

    def _take(self, components: Sequence[Sequence[str]]) -> None:
        overrides: list[tuple[str, dict[str, _Line], list[_Line]]] = []
        for number, lines in enumerate(components):
            if self.progress is not None and number % 250 == 0:
                self.progress(Progress(number, len(components)))
            if len(self.events) >= MAX_EVENTS:
                self.warnings.append((N_("Only the first {n} lines were read."), {"n": MAX_EVENTS}))
                return
            parts = [part for line in lines if (part := _parts(line)) is not None]
            single = {part[0]: part for part in reversed(parts)}
            title = (
                _clean(_unescaped(single["SUMMARY"][2]), MAX_TITLE) if "SUMMARY" in single else ""
            )
            try:
                if "RECURRENCE-ID" in single:
                    overrides.append((title, single, parts))
                else:
                    self._take_one(title, single, parts)
            except _BadError as bad:
                self.skipped.append(Skipped(title, bad.reason, bad.params))
        for title, single, parts in overrides:
            try:
                self._take_override(title, single, parts)
            except _BadError as bad:
                self.skipped.append(Skipped(title, bad.reason, bad.params))

    def _take_one(self, title: str, single: Mapping[str, _Line], parts: Sequence[_Line]) -> None:
        event, wall, home = self._event(title, single, parts)
        dates = [part for part in parts if part[0] == "RDATE"]
        if "RRULE" not in single and not dates:
            version = _sequence(single) if "SEQUENCE" in single else None
            self._keep(replace(event, sequence=version), _sequence(single))
            return
        excluded = {
            moment
            for part in parts
            if part[0] == "EXDATE"
            for moment in self._walls(part, home, event.all_day)
        }
        whole_days = {
            moment.date()
            for part in parts
            if part[0] == "EXDATE" and "T" not in part[2].upper()
            for moment in self._walls(part, home, all_day=True)
        }
        moments = {wall}
        rule = single.get("RRULE")
        first, last = self.window
        if rule is not None:
            moments |= self._expanded(rule[2], wall, home, event.all_day)
        for part in dates:
            moments.update(self._walls(part, home, event.all_day)[:MAX_OCCURRENCES])
        self.series[event.uid] = (first, last)
        length = event.ends_at - event.starts_at
        for moment in sorted(moments - excluded)[:MAX_OCCURRENCES]:
            starts = _instant(moment, home, event.all_day)
            if len(self.events) >= MAX_EVENTS:
                break
            if moment.date() in whole_days or (rule is not None and not first <= starts <= last):
                continue
            self._keep(
                replace(
                    event,
                    uid=occurrence(event.uid, starts, event.all_day),
                    series=event.uid,
                    starts_at=starts,
                    ends_at=starts + length,
                ),
                _sequence(single),
            )

    def _take_override(
        self, title: str, single: Mapping[str, _Line], parts: Sequence[_Line]
    ) -> None:
        event, _, _ = self._event(title, single, parts)
        original, home, all_day = self._moment(single["RECURRENCE-ID"])
        which = _instant(original, home, all_day)
        uid = occurrence(event.uid, which, all_day)
        self._keep(replace(event, uid=uid, series=event.uid), _sequence(single), override=True)
        if str(single["RECURRENCE-ID"][1].get("RANGE", "")).upper() == "THISANDFUTURE":
            self.skipped.append(
                Skipped(title, N_("It changes all the days after it too; only the first was read."))
            )

    def _keep(self, event: Event, sequence: int, *, override: bool = False) -> None:
        """Of two with one UID the newer version; of two versions alike, the one that comes last."""
        known = self.events.get(event.uid)
        if known is None or override or sequence >= known[0]:
            self.events[event.uid] = (sequence, event)

    def _event(
        self, title: str, single: Mapping[str, _Line], parts: Sequence[_Line]
    ) -> tuple[Event, datetime, tzinfo]:
        """The event, its start on the clock of its place, and that place."""
        if "DTSTART" not in single:
            raise _BadError(N_("It has no beginning (DTSTART)."))
        wall, home, all_day = self._moment(single["DTSTART"])
        starts = _instant(wall, home, all_day)
        ends = starts + (timedelta(days=1) if all_day else timedelta())
        if "DTEND" in single:
            wall_end, home_end, day_end = self._moment(single["DTEND"])
            if day_end == all_day:
                ends = max(_instant(wall_end, home_end, day_end), ends if all_day else starts)
        elif "DURATION" in single:
            ends = max(starts, _later(starts, single["DURATION"][2]))
        extra = {
            _short(name): _clean(_unescaped(value), MAX_NOTES)
            for name, _, value in parts
            if name.startswith(_X) and name != f"{_X}TEXT"
        }
        series = extra.pop("series", "")
        uid = _clean(_unescaped(single["UID"][2]), 2_000) if "UID" in single else ""
        if not uid:
            uid = f"{_digest(f'{starts.isoformat()}|{title}')}@no-uid"
        event = Event(
            uid=uid if len(uid) <= 400 else _digest(uid),
            title=title,
            starts_at=starts,
            ends_at=ends,
            all_day=all_day,
            place=_said(single, "LOCATION", MAX_TITLE),
            notes=_said(single, "DESCRIPTION", MAX_NOTES),
            series=series,
            cancelled=self.cancels or _said(single, "STATUS", 20).upper() == "CANCELLED",
            extra=extra,
            texts=tuple(
                (
                    str(params.get("X-TARGET", "facebook")),
                    str(params.get("LANGUAGE", "fr")).lower()[:2],
                    _clean(_unescaped(value), 70_000),
                )
                for name, params, value in parts
                if name == f"{_X}TEXT"
            ),
        )
        return event, wall, home

    # -- moments ----------------------------------------------------------------------------------

    def _moment(self, line: _Line) -> tuple[datetime, tzinfo, bool]:
        """A moment on the clock of its zone, that zone, and whether it is a whole day."""
        _, params, value = line
        return self._parse(value.strip(), params)

    def _parse(self, value: str, params: Mapping[str, Any]) -> tuple[datetime, tzinfo, bool]:
        match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?", value, re.ASCII)
        if match is None:
            raise _BadError(N_("“{value}” is not a date."), value=value[:40])
        year, month, day_of_month, hour, minute, second, utc = match.groups()
        if not _YEARS[0] <= int(year) < _YEARS[1]:
            raise _BadError(N_("The year {year} is out of reach."), year=int(year))
        try:
            wall = datetime(
                int(year), int(month), int(day_of_month),
                int(hour or 0), int(minute or 0), min(int(second or 0), 59),
            )  # fmt: skip
        except ValueError:
            raise _BadError(N_("“{value}” is not a date."), value=value[:40]) from None
        if hour is None:
            return wall, UTC, True
        if utc:
            return wall, UTC, False
        name = str(params.get("TZID", "")).strip()
        return wall, self._zone(name) if name else self.zone, False

    def _walls(self, line: _Line, home: tzinfo, all_day: bool) -> list[datetime]:
        """The moments of an RDATE or EXDATE, on the clock of the series."""
        _, params, value = line
        found = []
        for one in value.split(",")[: MAX_OCCURRENCES * 4]:
            try:
                wall, zone, whole = self._parse(one.strip().partition("/")[0], params)
            except _BadError:
                continue
            if not (whole or all_day) and zone is not home:
                wall = wall.replace(tzinfo=zone).astimezone(home).replace(tzinfo=None)
            found.append(datetime(wall.year, wall.month, wall.day) if all_day else wall)
        return found

    def _zone(self, name: str) -> tzinfo:
        if name not in self.zones:
            self.zones[name] = _known_zone(name) or self._defined_zone(name)
        zone = self.zones[name] or self.assume_zone
        if zone is None:
            self.unknown[name] = self.unknown.get(name, 0) + 1
            raise _BadError(
                N_("Nobody knows the time zone “{zone}”. Say which one to take for it."), zone=name
            )
        return zone

    def _defined_zone(self, name: str) -> tzinfo | None:
        """The zone as the file itself describes it."""
        if name not in self.defined:
            return None
        from icalendar import Timezone

        lines = self.defined[name]
        if len(lines) > 400:
            return None
        text = "\r\n".join(["BEGIN:VTIMEZONE", *lines, "END:VTIMEZONE", ""])
        try:
            zone = Timezone.from_ical(text).to_tz()  # type: ignore[attr-defined]
            datetime(2027, 1, 1, tzinfo=zone).utcoffset()
        except Exception:  # a library that reads what strangers wrote may fail in any way
            return None
        return zone if isinstance(zone, tzinfo) else None

    # -- recurrences ------------------------------------------------------------------------------

    def _expanded(self, rule: str, wall: datetime, home: tzinfo, all_day: bool) -> set[datetime]:
        """The moments of a rule within the window, on the clock of the series."""
        from dateutil.rrule import rrulestr

        parts = _rule(rule)
        if self.budget <= 0:
            raise _BadError(N_("The file has too many recurrences; this one was left out."))
        first, last = (moment.astimezone(home).replace(tzinfo=None) for moment in self.window)
        if all_day:
            first = datetime(first.year, first.month, first.day)
        if "UNTIL" in parts:
            until, zone, whole = self._parse(parts["UNTIL"], {})
            if whole:
                until += timedelta(days=1, seconds=-1)
            elif zone is UTC and not all_day:
                until = until.replace(tzinfo=UTC).astimezone(home).replace(tzinfo=None)
            last = min(last, until)
            del parts["UNTIL"]
        found: set[datetime] = set()
        try:
            text = ";".join(f"{name}={value}" for name, value in parts.items())
            before = start = _near(parts, wall, first)
            days, moments = 0, rrulestr(text, dtstart=start).xafter(start, inc=True)
            for days, moment in enumerate(moments, 1):  # noqa: B007 - how many is asked below
                self.budget -= 1 + BARREN_YEAR * ((moment - before).days // 367)
                before = moment
                if self.budget <= 0:
                    raise _BadError(N_("The file has too many recurrences; this one was left out."))
                if moment > last or len(found) >= MAX_OCCURRENCES:
                    break
                if moment >= first:
                    found.add(moment)
            else:
                if days < int(parts.get("COUNT", days + 1)):  # it looked until the end of time
                    self.budget -= BARREN_YEAR * (datetime.max.year - before.year)
        except (ValueError, TypeError, KeyError, IndexError, OverflowError):
            raise _BadError(N_("Its recurrence ({rule}) cannot be read."), rule=rule[:60]) from None
        return found


def _rule(text: str) -> dict[str, str]:
    """The parts of a recurrence that is worth expanding. Raises _BadError with the reason."""
    parts = {}
    for part in text.upper().strip().split(";")[:20]:
        name, _, value = part.partition("=")
        parts[name.strip()] = value.strip()[:400]
    if parts.get("FREQ") not in _FREQUENCIES:
        raise _BadError(
            N_("It repeats more than once a day ({rule}); only whole days are taken."),
            rule=text[:60],
        )
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        if "," in parts.get(name, ""):
            raise _BadError(
                N_("It repeats more than once a day ({rule}); only whole days are taken."),
                rule=text[:60],
            )
    months, days = _numbers(parts.get("BYMONTH", "")), _numbers(parts.get("BYMONTHDAY", ""))
    never = (
        ("BYMONTH" in parts and not all(1 <= month <= 12 for month in months))
        or ("BYMONTHDAY" in parts and not any(1 <= abs(day) <= 31 for day in days))
        or (
            bool(months and days)
            and all(abs(day) > _DAYS_OF_MONTH[month] for month in months for day in days)
        )
    )
    interval = parts.get("INTERVAL", "1")
    if never or not interval.isascii() or not interval.isdigit() or not 0 < int(interval) < 1_000:
        raise _BadError(N_("Its recurrence ({rule}) cannot be read."), rule=text[:60])
    if parts["FREQ"] in ("DAILY", "WEEKLY"):
        # Only rules that never end without a day make use of these.
        for name in ("BYYEARDAY", "BYWEEKNO", "BYEASTER", "BYSETPOS"):
            if name in parts:
                raise _BadError(N_("Its recurrence ({rule}) cannot be read."), rule=text[:60])
    return parts


def _near(parts: Mapping[str, str], wall: datetime, first: datetime) -> datetime:
    """Where the rule may as well begin: many whole steps later, and still before the window."""
    days = {"DAILY": 1, "WEEKLY": 7}.get(parts["FREQ"])
    if days is None or "COUNT" in parts:
        return wall
    step = timedelta(days=days * int(parts.get("INTERVAL", "1")))
    return wall + max(0, (first - wall) // step - 1) * step


def _numbers(text: str) -> list[int]:
    return [int(n) for n in text.split(",") if re.fullmatch(r"[+-]?\d{1,3}", n, re.ASCII)]


def occurrence(uid: str, starts: datetime, all_day: bool) -> str:
    """The UID of one occurrence: that of its series, and when it was first to be (UTC)."""
    form = "%Y%m%d" if all_day else "%Y%m%dT%H%M%SZ"
    return f"{uid}#{starts.astimezone(UTC):{form}}"


def _instant(wall: datetime, home: tzinfo, all_day: bool) -> datetime:
    if all_day:
        return wall.replace(tzinfo=UTC)
    try:
        return wall.replace(tzinfo=home).astimezone(UTC)
    except (OverflowError, ValueError):
        raise _BadError(N_("“{value}” is not a date."), value=str(wall)) from None


def _later(starts: datetime, duration: str) -> datetime:
    from icalendar import vDuration

    try:
        length = vDuration.from_ical(duration.strip()[:40])  # type: ignore[no-untyped-call]
        return starts + length if length < timedelta(days=3_660) else starts
    except (ValueError, OverflowError):
        return starts


def zone_named(name: str) -> tzinfo:
    """A time zone by its IANA or Windows name. Raises UserError when nobody knows it."""
    zone = _known_zone(name)
    if zone is None:
        raise UserError(
            "zone",
            N_("Nobody knows the time zone “{zone}”; Québec's is America/Toronto."),
            zone=name,
        )
    return zone


def _known_zone(name: str) -> tzinfo | None:
    """A zone by its IANA or Windows name; some programs put a path before it."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    tries = [name, WINDOWS_TO_OLSON.get(name, "")]
    tries += ["/".join(name.split("/")[-length:]) for length in (3, 2) if name.count("/") >= length]
    for candidate in tries:
        if candidate and re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", candidate):
            try:
                return ZoneInfo(candidate)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
    return None


def _parts(line: str) -> _Line | None:
    from icalendar.parser import Contentline

    name, colon, value = line.partition(":")
    if colon and ";" not in name and '"' not in name:
        return name.strip().upper(), {}, value
    try:
        found, params, rest = Contentline(line).raw_parts()  # type: ignore[no-untyped-call]
    except (ValueError, IndexError):
        return None
    return str(found).upper(), {k.upper(): v for k, v in params.items()}, str(rest)


def _said(single: Mapping[str, _Line], name: str, most: int) -> str:
    return _clean(_unescaped(single[name][2]), most) if name in single else ""


_ESCAPED = re.compile(r"\\([nN;,\\])")


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\r\n", r"\n").replace("\n", r"\n").replace("\r", r"\n")


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], text)


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufeff\ud800-\udfff]")


def _clean(text: str, most: int) -> str:
    return _CONTROL.sub("", text[: most * 2]).strip()[:most]


def tidy(text: str) -> str:
    """A text as it comes back from a file."""
    return _clean(text, MAX_NOTES)


def _short(name: str) -> str:
    return name.removeprefix(_X).lower()


def _sequence(single: Mapping[str, _Line]) -> int:
    value = single["SEQUENCE"][2].strip() if "SEQUENCE" in single else "0"
    return int(value) if re.fullmatch(r"\d{1,9}", value, re.ASCII) else 0


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


# --- Writing -------------------------------------------------------------------------------------


def write(
    events: Sequence[Event],
    *,
    now: datetime,
    name: str = "",
    extra: Mapping[str, str] | None = None,
) -> bytes:
    """A calendar file: moments in UTC, days as days. The same events give the same bytes."""
    from icalendar import Calendar, vText
    from icalendar import Event as Component

    class Text(vText):
        """As RFC 5545 escapes it: `vText` takes the backslash of « C:\\Notes » for a line break."""

        def to_ical(self) -> bytes:
            return _escaped(self).encode()

    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODID)
    if name:
        calendar.add("X-WR-CALNAME", Text(name))
    for key, value in sorted((extra or {}).items()):
        calendar.add(f"{_X}{key.upper()}", Text(value))
    for event in sorted(events, key=lambda e: (e.starts_at, e.uid)):
        part = Component()
        part.add("UID", event.uid)
        part.add("DTSTAMP", now.astimezone(UTC).replace(microsecond=0))
        part.add("DTSTART", _written(event.starts_at, event.all_day))
        if event.ends_at > event.starts_at:
            part.add("DTEND", _written(event.ends_at, event.all_day))
        part.add("SUMMARY", Text(_clean(event.title, MAX_TITLE)))
        if event.sequence:
            part.add("SEQUENCE", event.sequence)
        for key, value in (("DESCRIPTION", event.notes), ("LOCATION", event.place)):
            if value:
                part.add(key, Text(_plain(value)))
        for key, value in sorted({**event.extra, "series": event.series}.items()):
            if value:
                part.add(f"{_X}{key.upper()}", Text(_plain(value)))
        for target, language, text in event.texts:
            part.add(
                f"{_X}TEXT",
                Text(_plain(text)),
                parameters={"LANGUAGE": language, "X-TARGET": target},
            )
        calendar.add_component(part)
    return bytes(calendar.to_ical())


def _plain(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _written(moment: datetime, all_day: bool) -> date | datetime:
    moment = moment.astimezone(UTC).replace(microsecond=0)
    return moment.date() if all_day else moment


# --- The signature of a plan: docs/plan-format.md -------------------------------------------------

_SIGNATURE = f"{_X}SIGNATURE:".encode()
_ARMOR = ("-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----")
_WIDTH = 48


def with_signature(calendar: bytes, armored: str) -> bytes:
    """The calendar with its signature as its last properties; what was signed is all the others."""
    blob = "".join(armored.split("\n")[1:-2])
    lines = [
        _SIGNATURE + blob[at : at + _WIDTH].encode() + b"\r\n" for at in range(0, len(blob), _WIDTH)
    ]
    head, end, tail = calendar.rpartition(b"END:VCALENDAR")
    return head + b"".join(lines) + end + tail


def _signature(data: bytes) -> Signature | None:
    kept, found = [], []
    for line in data.splitlines(keepends=True):
        if line.startswith(_SIGNATURE):
            found.append(line[len(_SIGNATURE) :].strip())
        else:
            kept.append(line)
    if not found:
        return None
    blob = b"".join(found).decode("ascii", "replace")
    try:
        blob = base64.b64encode(base64.b64decode(blob, validate=True)).decode()
    except ValueError:
        blob = ""
    lines = [blob[at : at + 70] for at in range(0, len(blob), 70)]
    return Signature("\n".join([_ARMOR[0], *lines, _ARMOR[1], ""]), b"".join(kept))
