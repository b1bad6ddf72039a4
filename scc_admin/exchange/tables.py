"""A calendar kept as a table: CSV and XLSX, from any hand, its columns guessed by their heads.

A row becomes a dated line. It is known again at the next import by its number if the table has
one, else by title, page and day, else by title and page where only one such row is left: then its
day has changed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from scc_admin.errors import UserError
from scc_admin.exchange import ics
from scc_admin.i18n import N_, Translator
from scc_admin.verdict import duplicates

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")
MAX_ROWS = 50_000
MAX_COLUMNS = 200
_UNPACKED = 300 << 20
"""Bytes that an XLSX may unpack to; a small file can hold gigabytes of nothing."""
_ROW = "table:"
"""Begins the UID of what came from a table."""
HEADS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "no", "numero", "number", "identifiant", "uid"),
    "date": ("date", "jour", "day", "date de publication", "publication", "debut", "start"),
    "time": ("heure", "time", "hour", "heure de publication", "heure debut", "start time"),
    "end": ("fin", "date de fin", "end", "end date", "jusqu au"),
    "title": ("titre", "title", "sujet", "subject", "evenement", "event", "activite", "quoi"),
    "page": ("page", "compte", "account", "profil"),
    "campaign": ("campagne", "campaign", "initiative"),
    "text": (
        "texte",
        "text",
        "message",
        "contenu",
        "content",
        "publication texte",
        "copy",
        "notes",
    ),
    "place": ("lieu", "endroit", "place", "location", "adresse", "ou"),
}
"""The fields of a row, and the heads (folded) that say them."""
_MONTHS = (
    ("janv", "jan"), ("fevr", "feb", "fev"), ("mars", "mar"), ("avr", "apr"), ("mai", "may"),
    ("juin", "jun"), ("juil", "jul"), ("aou", "aug"), ("sept", "sep"), ("oct",), ("nov",), ("dec",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """What stands in a file: a head, and rows of text, dates and numbers."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool = False


# --- Reading -------------------------------------------------------------------------------------


def read(path: Path) -> Table:
    """The table in a file; of a workbook, its first sheet that holds one.

    Raises UserError when it is none, or too large.
    """
    rows = _workbook_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
    # The head is the first row with at least two filled cells; above it stand titles.
    for at, row in enumerate(rows[:30]):
        if sum(bool(_text(cell)) for cell in row) >= 2:
            heads = tuple(_text(cell)[:100] for cell in row[:MAX_COLUMNS])
            body = [r for r in rows[at + 1 :] if any(_text(cell) for cell in r)]
            return Table(heads, tuple(map(tuple, body[:MAX_ROWS])), len(body) > MAX_ROWS)
    raise UserError("no_table", N_("There is no table in this file: no row of column names."))


def _csv_rows(path: Path) -> list[list[Any]]:
    if path.stat().st_size > ics.MAX_BYTES:
        raise _too_large()
    data = path.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    text = text.replace("\x00", "")
    delimiter = ""
    if match := re.match(r"sep=(.)\r?\n", text):
        delimiter, text = match[1], text[match.end() :]
    head = text[:4_000].split("\n")[:5]
    delimiter = delimiter or max(";,\t", key=lambda mark: sum(line.count(mark) for line in head))
    rows: list[list[Any]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([_unquoted(cell) for cell in row[:MAX_COLUMNS]])
            if len(rows) > MAX_ROWS + 40:
                break
    except csv.Error:
        raise UserError(
            "no_table", N_("There is no table in this file: no row of column names.")
        ) from None
    return rows


def _unquoted(cell: str) -> str:
    """Without the mark that keeps spreadsheets from taking text for a formula."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@" else cell


def _workbook_rows(path: Path) -> list[list[Any]]:
    from openpyxl import load_workbook

    try:
        with ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _UNPACKED:
                raise _too_large()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what the workbook has beside its cells
            book = load_workbook(path, read_only=True, data_only=True)
        try:
            best: list[list[Any]] = []
            for sheet in book.worksheets[:10]:
                rows = [
                    list(row)
                    for row in sheet.iter_rows(
                        max_row=MAX_ROWS + 40, max_col=MAX_COLUMNS, values_only=True
                    )
                ]
                if len(_mapping([_heads_in(row) for row in rows[:30]])) >= 2:
                    return rows
                best = best or rows
            return best
        finally:
            book.close()
    except (BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError, SyntaxError):
        raise UserError(
            "no_workbook", N_("This workbook cannot be read. Save it again as .xlsx, or as CSV.")
        ) from None


def _heads_in(row: Sequence[Any]) -> list[str]:
    return [_text(cell) for cell in row]


def _mapping(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """The best guess among the first rows."""
    return max((_guess(row) for row in rows), key=len, default={})


def _too_large() -> UserError:
    return UserError(
        "too_large",
        N_("The file is larger than {n} MB; export a shorter period."),
        n=ics.MAX_BYTES >> 20,
    )


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


# --- Which column is what ------------------------------------------------------------------------


def guess(table: Table) -> dict[str, int]:
    """Field → column, by the heads. Raises UserError when no column says the day or the title."""
    mapping = _guess(table.heads)
    if "date" not in mapping or not {"title", "text"} & mapping.keys():
        raise UserError(
            "columns",
            N_("Say which columns hold the date and the title. The columns are: {heads}"),
            heads=", ".join(head for head in table.heads if head)[:300],
        )
    return mapping


def said(table: Table, words: Sequence[str]) -> dict[str, int]:
    """The guess, corrected by `field=column` words; a column is its number from 1, or its head."""
    mapping = _guess(table.heads)
    heads = [_fold(head) for head in table.heads]
    for word in words:
        name, _, column = word.partition("=")
        name, column = name.strip().lower(), column.strip()
        at = int(column) - 1 if column.isascii() and column.isdigit() else -1
        if at < 0 and _fold(column) in heads:
            at = heads.index(_fold(column))
        if name not in HEADS or not 0 <= at < len(heads):
            raise UserError(
                "column",
                N_("“{word}” names no field ({fields}) or no column of the table."),
                word=word,
                fields=", ".join(HEADS),
            )
        mapping[name] = at
    return mapping


def _guess(heads: Sequence[str]) -> dict[str, int]:
    folded = [" ".join(duplicates.search_terms(head)) for head in heads]
    mapping: dict[str, int] = {}
    for exact in (True, False):
        for name, known in HEADS.items():
            for at, head in enumerate(folded):
                fits = head in known if exact else any(f" {k} " in f" {head} " for k in known[:3])
                if fits and head and name not in mapping and at not in mapping.values():
                    mapping[name] = at
    return mapping


# --- Rows to events ------------------------------------------------------------------------------


def events(table: Table, columns: Mapping[str, int], *, zone: tzinfo) -> ics.Read:
    """The dated lines of a table; rows without a day or a title are skipped, and said."""
    found: dict[str, ics.Event] = {}
    skipped: list[ics.Skipped] = []
    warnings: list[tuple[str, Mapping[str, object]]] = []
    if table.cut:
        warnings.append((N_("Only the first {n} lines were read."), {"n": MAX_ROWS}))
    day_first, sure = _order(table, columns)
    if not sure:
        warnings.append(
            (
                N_("Dates like 03/04 were read as day/month. Look at them before you import.")
                if day_first
                else N_("Dates like 03/04 were read as month/day. Look at them before you import."),
                {},
            )
        )
    for number, row in enumerate(table.rows, 2):

        def cell(name: str, row: tuple[Any, ...] = row) -> Any:
            at = columns.get(name, -1)
            return row[at] if 0 <= at < len(row) else None

        text = ics.tidy(_text(cell("text")))
        title = ics.tidy(_text(cell("title")))[: ics.MAX_TITLE] or text.split("\n")[0][:80]
        when = _day(cell("date"), day_first)
        if when is None or not title:
            skipped.append(
                ics.Skipped(
                    title,
                    N_("Row {n}: “{value}” is not a date.")
                    if title
                    else N_("Row {n} has no title."),
                    {"n": number, "value": _text(cell("date"))[:40]},
                )
            )
            continue
        event = _event(title, text, when, cell, zone=zone, day_first=day_first)
        uid, again = event.uid, 2
        while event.uid in found:
            event = replace(event, uid=f"{uid}-{again}")
            again += 1
        found[event.uid] = event
    return ics.Read(tuple(found.values()), {}, tuple(skipped), tuple(warnings))


def _event(
    title: str, text: str, when: date, cell: Any, *, zone: tzinfo, day_first: bool
) -> ics.Event:
    clock = _clock(cell("time"))
    if clock is None:
        clock = _clock_of(cell("date"))
    last = _day(cell("end"), day_first)
    page = ics.tidy(_text(cell("page")))
    number = ics.tidy(_text(cell("id")))
    if clock is None:
        starts = datetime.combine(when, time(), UTC)
        ends = datetime.combine(max(when, last or when), time(), UTC) + timedelta(days=1)
    else:
        starts = datetime.combine(when, clock, zone).astimezone(UTC)
        end = _clock_of(cell("end"))
        ends = starts
        if end is not None:
            ends = max(ends, datetime.combine(last or when, end, zone).astimezone(UTC))
    name = f"no|{number}" if number else f"{_fold(title)}|{_fold(page)}|{when.isoformat()}"
    return ics.Event(
        uid=_ROW + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32],
        title=title,
        starts_at=starts,
        ends_at=ends,
        all_day=clock is None,
        place=ics.tidy(_text(cell("place"))),
        notes=text,
        extra={
            "page": page,
            "campaign": ics.tidy(_text(cell("campaign"))),
            "row": f"{_fold(title)}|{_fold(page)}" if not number else "",
            "number": number,
            "length": "" if clock is None or ends > starts else "unsaid",
        },
    )


def matched(
    events: Iterable[ics.Event], stored: Iterable[Any], others: Mapping[str, str]
) -> list[ics.Event]:
    """The events of a table under the UIDs by which their rows are known here.

    `stored` are the dated lines, `others` the kinds of campaigns and posts by UID: a table that was
    exported here gives these as its numbers.
    """
    found = list(events)
    if not any(event.uid.startswith(_ROW) for event in found):
        return found
    titles = {row["uid"]: _fold(row["title"]) for row in stored}
    here = {event.uid for event in found}
    # Rows whose day is another than last time: one new and one missing under the same title. The
    # page does not tell, since that of a line may not be one of ours.
    lost: dict[str, list[str]] = {}
    for uid, title in titles.items():
        if uid.startswith(_ROW) and uid not in here:
            lost.setdefault(title, []).append(uid)
    new: dict[str, list[str]] = {}
    for event in found:
        if event.uid not in titles and event.extra.get("row"):
            new.setdefault(event.extra["row"].partition("|")[0], []).append(event.uid)
    moved = {
        uids[0]: lost[title][0]
        for title, uids in new.items()
        if len(uids) == 1 and len(lost.get(title, ())) == 1
    }
    return [_known(event, moved, titles, others) for event in found]


def _known(
    event: ics.Event,
    moved: Mapping[str, str],
    titles: Mapping[str, str],
    others: Mapping[str, str],
) -> ics.Event:
    number = event.extra.get("number", "")
    if number in others:
        kind = "post" if others[number] == "draft" else "campaign-row"
        return replace(event, uid=number, extra={**event.extra, "kind": kind})
    if number in titles:
        return replace(event, uid=number)
    return replace(event, uid=moved[event.uid]) if event.uid in moved else event


def _fold(text: str) -> str:
    return " ".join(duplicates.search_terms(text))


def _order(table: Table, columns: Mapping[str, int]) -> tuple[bool, bool]:
    """Whether 03/04 is the third of April, and whether the column itself says so."""
    at = columns.get("date", -1)
    seen = False
    for row in table.rows:
        match = re.match(
            r"\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d", _text(row[at]) if at < len(row) else ""
        )
        if match and not isinstance(row[at], date):
            seen = True
            if int(match[1]) > 12:
                return True, True
            if int(match[2]) > 12:
                return False, True
    head = _fold(table.heads[at]) if 0 <= at < len(table.heads) else ""
    english = {_fold(h) for h in table.heads} & {
        "title",
        "day",
        "time",
        "campaign",
        "text",
        "event",
    }
    return not english or head in ("jour", "date de publication"), not seen


def _day(cell: Any, day_first: bool) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _text(cell)[:60]
    try:
        if match := re.search(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text):
            return _in_reach(int(match[1]), int(match[2]), int(match[3]))
        if match := re.search(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{2,4})\b", text):
            first, second, year = int(match[1]), int(match[2]), int(match[3])
            day, month = (first, second) if day_first else (second, first)
            return _in_reach(year + 2000 if year < 100 else year, month, day)
        folded = _fold(text)
        for number, names in enumerate(_MONTHS, 1):
            for name in names:
                if match := re.search(rf"\b(\d{{1,2}})(?:er)? {name}\w* (\d{{4}})\b", folded):
                    return _in_reach(int(match[2]), number, int(match[1]))
                if match := re.search(rf"\b{name}\w* (\d{{1,2}})\w* (\d{{4}})\b", folded):
                    return _in_reach(int(match[2]), number, int(match[1]))
    except ValueError:
        return None
    return None


def _in_reach(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1970 <= year < 2200 else None


def _clock_of(cell: Any) -> time | None:
    """The hour in a cell that holds a whole moment; midnight means none."""
    if isinstance(cell, datetime):
        return cell.time().replace(microsecond=0, tzinfo=None) if cell.time() != time() else None
    text = _text(cell)
    match = re.search(r"\d[ T](\d{1,2}:\d\d)", text)
    return _clock(match[1]) if match else None


def _clock(cell: Any) -> time | None:
    if isinstance(cell, time):
        return cell.replace(microsecond=0, tzinfo=None)
    if isinstance(cell, datetime):
        return cell.time().replace(microsecond=0, tzinfo=None)
    if isinstance(cell, float) and 0 <= cell < 1:  # a spreadsheet's share of a day
        seconds = round(cell * 86_400) % 86_400
        return time(seconds // 3600, seconds // 60 % 60)
    match = re.search(r"(\d{1,2})\s*(?:[:hH]\s*(\d\d)?)?\s*([aApP])?", _text(cell))
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    half = (match[3] or "").lower()
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


# --- Writing -------------------------------------------------------------------------------------


def workbook(
    events: Sequence[ics.Event], tr: Translator, *, at: datetime, zone: tzinfo, author: str
) -> bytes:
    """The calendar as a workbook, one sheet; its heads are those that `guess` knows."""
    from scc_admin.documents import Sheet, xlsx

    def rows() -> Iterable[list[Any]]:
        for event in sorted(events, key=lambda e: (e.starts_at, e.uid)):
            local = event.starts_at if event.all_day else event.starts_at.astimezone(zone)
            end = (event.ends_at - timedelta(seconds=1)) if event.all_day else event.ends_at
            yield [
                local.date(),
                "" if event.all_day else f"{local:%H:%M}",
                end.date() if event.all_day else end if end > event.starts_at else None,
                event.title,
                event.extra.get("page", ""),
                event.extra.get("campaign", "") or event.extra.get("key", ""),
                event.place,
                event.notes,
                event.uid,
            ]

    heads = [
        tr.tr(N_("Date")), tr.tr(N_("Time")), tr.tr(N_("End")), tr.tr(N_("Title")),
        tr.tr(N_("Page")), tr.tr(N_("Campaign")), tr.tr(N_("Place")), tr.tr(N_("Text")),
        tr.tr(N_("Number")),
    ]  # fmt: skip
    return xlsx([Sheet(tr.tr(N_("Calendar")), heads, rows())], at=at, zone=zone, author=author)
