"""A month of the calendar, laid out for `month.typ`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from scc_admin.documents.data import (
    Band,
    MonthData,
    MonthEntry,
)
from scc_admin.documents.text import line as one_line
from scc_admin.documents.words import (
    View,
    brief,
    document,
    lines,
    muted,
    table,
)
from scc_admin.i18n import Translator
from scc_admin.model import DraftState
from scc_admin.words import STATES

_BODY = 470.0
"""Points of the landscape page that the weeks share."""
_DAY, _LANE, _CHIP, _REMARK = 15.0, 13.5, 11.0, 15.0
_LINE = 23
"""Characters that fit on one line of a day."""


def month_view(data: MonthData, voice: Translator) -> View:
    """See `month.typ`. Lays out weeks, bands and chips; what does not fit is listed after."""
    tr = voice.tr
    first = data["month"].replace(day=1)
    start = first - timedelta(days=(first.weekday() - data["first_weekday"]) % 7)
    after = (first + timedelta(days=32)).replace(day=1)
    weeks = -(-((after - start).days) // 7)
    by_day: dict[date, list[MonthEntry]] = {}
    for entry in sorted(data["entries"], key=lambda e: (not e["all_day"], e["starts_at"])):
        by_day.setdefault(_day(entry, voice), []).append(entry)
    remarks = bool(data["filters"]) + (not data["entries"])
    height = (_BODY - _REMARK * remarks) / weeks
    shown: list[View] = []
    crowded: list[date] = []
    for week in range(weeks):
        days = [start + timedelta(days=week * 7 + i) for i in range(7)]
        lanes = _lanes(data["bands"], days)
        height_left = height - _DAY - _LANE * len(lanes)
        room = max(1, int(height_left // _CHIP))
        cells = []
        for day in days:
            entries = by_day.get(day, [])
            fits = entries if len(entries) <= room else entries[: room - 1]
            if len(fits) < len(entries):
                crowded.append(day)
            cells.append(
                {
                    "number": str(day.day),
                    "inside": day.month == first.month,
                    "spoken": voice.date(day, "full"),
                    "chips": [_chip(entry, voice) for entry in fits],
                    "more": tr("+ {n} more, listed below", n=len(entries) - len(fits))
                    if len(fits) < len(entries)
                    else "",
                }
            )
        shown.append({"days": cells, "lanes": lanes, "height": height, "room": height_left})
    name = voice.month(first)
    title = name[:1].upper() + name[1:]
    outside = [day for day in by_day if not start <= day < start + timedelta(days=7 * weeks)]
    return {
        "document": document(data, voice, tr("Calendar, {month}", month=name), title),
        "kind": tr("Editorial calendar"),
        "title": title,
        "filters": one_line(data["filters"], 160),
        "weekdays": [voice.weekday(start + timedelta(days=i), wide=True) for i in range(7)],
        "weeks": shown,
        "heights": {"day": _DAY, "lane": _LANE, "chip": _CHIP},
        "legend": [
            *(
                {"key": state.value, "word": tr(STATES[state])}
                for state in DraftState
                if state is not DraftState.ARCHIVED
            ),
            {"key": "", "word": tr("Dated line")},
        ],
        "empty": "" if data["entries"] else tr("Nothing is planned in this month yet."),
        "crowded_head": tr("Days with more than fits"),
        "crowded": table(
            voice,
            (tr("Day"), tr("What"), tr("Page"), tr("State")),
            (
                (
                    lines(
                        f"{voice.weekday(day)} {voice.date(day)}",
                        None if entry["all_day"] else muted(voice.time(entry["starts_at"])),
                    ),
                    one_line(entry["title"], 300),
                    lines(
                        brief(entry["page"]), muted(entry["network"]) if entry["network"] else None
                    ),
                    brief(entry["state"]),
                )
                for day in sorted({*crowded, *(d for d in outside if d.month == first.month)})
                for entry in by_day[day]
            ),
            widths=(1.4, 3.4, 2, 1.2),
        ),
    }


def _day(entry: MonthEntry, voice: Translator) -> date:
    return voice.local(entry["starts_at"]).date()


def _chip(entry: MonthEntry, voice: Translator) -> View:
    time = "" if entry["all_day"] else voice.time(entry["starts_at"])
    return {
        "time": time,
        "title": one_line(entry["title"], 120),
        "short": one_line(entry["title"], _LINE - len(time)),
        "key": entry["key"],
    }


def _lanes(bands: Sequence[Band], days: Sequence[date]) -> list[list[View]]:
    """The bands of one week, each in the first lane that is free; at most four lanes."""
    lanes: list[list[View]] = []
    for band in sorted(bands, key=lambda b: (b["starts_on"], -b["ends_on"].toordinal(), b["name"])):
        if band["ends_on"] < days[0] or band["starts_on"] > days[-1]:
            continue
        begin = max(0, (band["starts_on"] - days[0]).days)
        end = min(6, (band["ends_on"] - days[0]).days)
        piece: View = {
            "name": one_line(band["name"], 80),
            "begin": begin,
            "length": end - begin + 1,
            "opens": band["starts_on"] >= days[0],
            "closes": band["ends_on"] <= days[-1],
        }
        lane = next(
            (lane for lane in lanes if lane[-1]["begin"] + lane[-1]["length"] <= begin), None
        )
        if lane is None and len(lanes) < 4:
            lane = []
            lanes.append(lane)
        if lane is not None:
            lane.append(piece)
    return lanes
