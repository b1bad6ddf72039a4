"""A calendar kept as a table: CSV and XLSX, from any hand, its columns guessed by their heads.

A row becomes a dated line. It is known again at the next import by its number if the table has
one, else by title, page and day, else by its title where only one such row is left: then its day
has changed; else by its moment, where what stood there was worded much alike.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from scc_admin.errors import UserError
from scc_admin.exchange import ics
from scc_admin.exchange.days import clock_of_day, clocks, days, moment, text_of
from scc_admin.i18n import N_, Translator
from scc_admin.model import Network
from scc_admin.store import Row, stamp
from scc_admin.verdict import duplicates

_BOOKS = (".xlsx", ".xlsm")
_OTHER_BOOKS = (".xls", ".xlsb", ".ods", ".numbers")
"""Workbooks that nothing here can read."""
SUFFIXES = (".csv", ".tsv", ".txt", *_BOOKS, *_OTHER_BOOKS)
MAX_ROWS = 50_000
MAX_SHEETS = 60
MAX_COLUMNS = 200
_UNPACKED = 300 << 20
"""Bytes that an XLSX may unpack to; a small file can hold gigabytes of nothing."""
ALIKE = 60
"""Percent from which two titles of one moment are one, worded anew."""
_ROW = "table:"
"""Begins the UID of what came from a table."""
HEADS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "no", "numero", "number", "identifiant", "uid"),
    "date": (
        "date", "jour", "day", "date de publication", "publication", "debut", "start",
        "date de debut", "date debut", "start date",
    ),
    "time": (
        "heure", "time", "hour", "heure de publication", "heure debut", "start time",
        "heure de debut",
    ),
    "end": (
        "fin", "date de fin", "end", "end date", "jusqu au", "date fin", "heure de fin",
        "heure fin", "end time",
    ),
    "title": (
        "titre", "title", "sujet", "subject", "evenement", "event", "activite", "quoi", "objet",
    ),
    "page": ("page", "compte", "account", "profil"),
    "network": ("reseau", "network", "plateforme", "platform", "reseau social", "media social"),
    "campaign": ("campagne", "campaign", "initiative"),
    "text": (
        "texte", "text", "message", "contenu", "content", "publication texte", "copy", "notes",
        "description",
    ),
    "place": ("lieu", "endroit", "place", "location", "adresse", "ou", "emplacement"),
}  # fmt: skip
"""The fields of a row, and the heads (folded) that say them."""


@dataclass(frozen=True, slots=True)
class Table:
    """What stands in a file: a head, and rows of text, dates and numbers."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    places: tuple[str, ...] = ()
    """Where each row stands, as a spreadsheet numbers it: « 12 », or « 12, Janvier »."""
    cut: bool = False
    warnings: tuple[tuple[str, Mapping[str, object]], ...] = ()
    """(msgid, params) about the file as a whole."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    rows: list[list[Any]]
    head: int
    """Which row names the columns."""

    @property
    def heads(self) -> tuple[str, ...]:
        return tuple(text_of(cell)[:100] for cell in self.rows[self.head][:MAX_COLUMNS])


# --- Reading -------------------------------------------------------------------------------------


def read(path: Path) -> Table:
    """The table in a file. Of a workbook, the first sheet that holds one and those, shown too, that
    go on under the same heads: a year is often kept as a sheet for each month.

    Raises UserError when it is none, or too large.
    """
    suffix = path.suffix.lower()
    if suffix in _OTHER_BOOKS:
        raise _unreadable()
    sheets = _workbook(path) if suffix in _BOOKS else [_headed("", _csv_rows(path))]
    found = [sheet for sheet in sheets if sheet is not None]
    if not found:
        raise UserError("no_table", N_("There is no table in this file: no row of column names."))
    first = next((sheet for sheet in found if len(_guess(sheet.heads)) >= 2), found[0])
    return _joined(first, found)


def as_csv(path: Path) -> str:
    """A table of any kind of file as CSV text, for what reads CSV.

    Raises UserError as `read` does.
    """
    from scc_admin.documents import csv_text

    if path.suffix.lower() not in (*_BOOKS, *_OTHER_BOOKS):
        return _decoded(path.read_bytes())
    table = read(path)
    return csv_text([table.heads, *([_said(cell) for cell in row] for row in table.rows)])


def _said(cell: Any) -> str:
    """A cell of a workbook as one writes it."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == time() else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    return text_of(cell)


def _headed(name: str, rows: list[list[Any]]) -> _Sheet | None:
    """A sheet with the row of its heads: the one that names a date and a title; else the first with
    two filled cells. Above it stand titles."""
    filled = [
        at for at, row in enumerate(rows[:30]) if sum(bool(text_of(cell)) for cell in row) >= 2
    ]
    if not filled:
        return None
    sheets = [_Sheet(name, rows, at) for at in filled]
    return next((sheet for sheet in sheets if _enough(_guess(sheet.heads))), sheets[0])


def _enough(mapping: Mapping[str, int]) -> bool:
    return "date" in mapping and bool({"title", "text"} & mapping.keys())


def _joined(first: _Sheet, sheets: Sequence[_Sheet]) -> Table:
    """The rows of a sheet and of those that have its columns; of the others that they were left."""
    heads = first.heads
    guessed = _guess(heads)
    wanted = [_fold(heads[at]) for at in guessed.values()] or [_fold(h) for h in heads if h]
    parts, left = [], []
    for sheet in sheets:
        here = [_fold(head) for head in sheet.heads]
        if sheet is first or set(wanted) <= set(here):
            order = [here.index(_fold(h)) if h and _fold(h) in here else -1 for h in heads]
            parts.append((sheet, list(range(len(heads))) if sheet is first else order))
        elif len(_guess(sheet.heads)) >= 2:
            left.append(sheet.name)
    rows: list[tuple[Any, ...]] = []
    places: list[str] = []
    for sheet, order in parts:
        for number, row in enumerate(sheet.rows[sheet.head + 1 :], sheet.head + 2):
            if any(text_of(cell) for cell in row):
                rows.append(tuple(row[at] if 0 <= at < len(row) else None for at in order))
                places.append(f"{number}, {sheet.name}" if len(parts) > 1 else str(number))
    warnings = tuple(
        (N_("The sheet “{sheet}” was left out: its columns are others."), {"sheet": name})
        for name in left
    )
    cut = len(rows) > MAX_ROWS
    return Table(heads, tuple(rows[:MAX_ROWS]), tuple(places[:MAX_ROWS]), cut, warnings)


def _csv_rows(path: Path) -> list[list[Any]]:
    if path.stat().st_size > ics.MAX_BYTES:
        raise _too_large()
    text = _decoded(path.read_bytes()).replace("\x00", "")
    delimiter = ""
    if match := re.match(r"sep=(.)\r?\n", text):
        delimiter, text = match[1], text[match.end() :]
    try:
        rows = _parted(text, delimiter or _delimiter(text), MAX_ROWS + 40)
    except csv.Error:
        raise UserError(
            "no_table", N_("There is no table in this file: no row of column names.")
        ) from None
    return [[_unquoted(cell) for cell in row[:MAX_COLUMNS]] for row in rows]


def _parted(text: str, delimiter: str, most: int) -> list[list[str]]:
    return list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), most))


def _delimiter(text: str) -> str:
    """The mark that parts the heads best: texts hold more commas than French tables semicolons."""
    start = text[:20_000]

    def told(mark: str) -> tuple[int, int]:
        rows = _parted(start, mark, 30)
        return len(_mapping(rows)), sum(len(row) > 1 for row in rows)

    return max(";,\t|", key=told)


def _decoded(data: bytes) -> str:
    """The text of a table, which seldom says how it is coded."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    # Excel writes either, by the computer; the accents of one are seldom letters in the other.
    ours, macs = data.decode("cp1252", "replace"), data.decode("mac-roman")
    return max(ours, macs, key=lambda text: sum(text.count(letter) for letter in "éèàêçôîûœÉÀ"))


def _unquoted(cell: str) -> str:
    """Without the mark that keeps spreadsheets from taking text for a formula."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@" else cell


def _workbook(path: Path) -> list[_Sheet | None]:
    from openpyxl import load_workbook

    try:
        with ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _UNPACKED:
                raise _too_large()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what the workbook has beside its cells
            book = load_workbook(path, read_only=True, data_only=True)
        try:
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            sheets: list[_Sheet | None] = []
            room = MAX_ROWS + 40
            for sheet in (shown or book.worksheets)[:MAX_SHEETS]:
                rows = [
                    list(row)
                    for row in sheet.iter_rows(
                        max_row=max(room, 40), max_col=MAX_COLUMNS, values_only=True
                    )
                ]
                room -= len(rows)
                if found := _headed(sheet.title, rows):
                    _fill_merged(found, sheet)
                    sheets.append(found)
            return sheets
        finally:
            book.close()
    except (BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError, SyntaxError):
        raise _unreadable() from None


_MERGED = re.compile(
    rb'<(?:\w{1,9}:)?mergeCell\s[^>]{0,99}?ref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"'
)


def _fill_merged(found: _Sheet, sheet: Any) -> None:
    """Give each row under a cell that spans several its value: one day of three posts, say."""
    from openpyxl.utils import column_index_from_string

    with sheet._get_source() as source:  # what is merged stands behind the rows
        kept, room = b"", 20 * MAX_ROWS
        while chunk := source.read(1 << 20):
            kept += chunk
            end = 0
            for match in _MERGED.finditer(kept):
                end = match.end()
                at = column_index_from_string(match[1].decode()) - 1
                first, last = int(match[2]) - 1, min(int(match[3]), len(found.rows))
                if not found.head < first < last or at >= len(found.rows[first]):
                    continue
                room -= last - first
                if room < 0:
                    return
                for row in found.rows[first + 1 : last]:
                    if any(text_of(cell) for cell in row):
                        row[at] = found.rows[first][at]
            kept = kept[max(end, len(kept) - 200) :]


def _mapping(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """The best guess among the first rows."""
    return max((_guess(row) for row in rows), key=len, default={})


def _unreadable() -> UserError:
    return UserError(
        "no_workbook", N_("This workbook cannot be read. Save it again as .xlsx, or as CSV.")
    )


def _too_large() -> UserError:
    return UserError(
        "too_large",
        N_("The file is larger than {n} MB; export a shorter period."),
        n=ics.MAX_BYTES >> 20,
    )


# --- Which column is what ------------------------------------------------------------------------


def guess(table: Table) -> dict[str, int]:
    """Field → column, by the heads. Raises UserError when no column says the day or the title."""
    mapping = _guess(table.heads)
    if not _enough(mapping):
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
    warnings = list(table.warnings)
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
    for row, place in zip(table.rows, table.places, strict=True):

        def cell(name: str, row: tuple[Any, ...] = row) -> Any:
            at = columns.get(name, -1)
            found = row[at] if 0 <= at < len(row) else None
            return moment(found, zone) if name in ("date", "end") else found

        text = ics.tidy(text_of(cell("text")))
        title = ics.tidy(text_of(cell("title")))[: ics.MAX_TITLE] or text.split("\n")[0][:80]
        when = days(cell("date"), day_first)
        if not when or not title:
            value = text_of(cell("date"))[:40]
            reason = (
                N_("Row {n}: “{value}” is not a date.") if value else N_("Row {n} has no date.")
            )
            if not title:
                reason = N_("Row {n} has no title.")
            skipped.append(ics.Skipped(title, reason, {"n": place, "value": value}))
            continue
        event = _event(title, text, when, cell, zone=zone, day_first=day_first)
        uid, again = event.uid, 2
        while event.uid in found:
            event = replace(event, uid=f"{uid}-{again}")
            again += 1
        found[event.uid] = event
    return ics.Read(tuple(found.values()), {}, tuple(skipped), tuple(warnings))


def _event(
    title: str, text: str, said: Sequence[date], cell: Any, *, zone: tzinfo, day_first: bool
) -> ics.Event:
    hours = clocks(cell("time"))
    if not hours and (hour := clock_of_day(cell("date"))) is not None:
        hours = [hour]
    last = next(iter(days(cell("end"), day_first)), None)
    end = clock_of_day(cell("end")) if last else next(iter(clocks(cell("end"))), None)
    if end is None and len(hours) > 1:
        end = hours[1]
    when, last = said[0], last or said[-1]
    page = ics.tidy(text_of(cell("page")))
    number = ics.tidy(text_of(cell("id")))
    if not hours:
        starts = datetime.combine(when, time(), UTC)
        ends = datetime.combine(max(when, last), time(), UTC) + timedelta(days=1)
    else:
        starts = datetime.combine(when, hours[0], zone).astimezone(UTC)
        ends = starts
        if end is not None:
            past = last == when and end < hours[0]  # from ten in the evening to one
            ends = datetime.combine(last + timedelta(days=past), end, zone).astimezone(UTC)
            ends = max(ends, starts)
    name = f"no|{number}" if number else f"{_fold(title)}|{_fold(page)}|{when.isoformat()}"
    return ics.Event(
        uid=_ROW + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32],
        title=title,
        starts_at=starts,
        ends_at=ends,
        all_day=not hours,
        place=ics.tidy(text_of(cell("place"))),
        notes=text,
        extra={
            "page": page,
            "network": _network(text_of(cell("network"))),
            "campaign": ics.tidy(text_of(cell("campaign"))),
            "row": f"{_fold(title)}|{_fold(page)}" if not number else "",
            "number": number,
            "length": "" if not hours or ends > starts else "unsaid",
        },
    )


_NETWORKS: Mapping[str, str] = {network.value: network.value for network in Network} | {
    "twitter": Network.X.value,
    "fb": Network.FACEBOOK.value,
    "insta": Network.INSTAGRAM.value,
}


def _network(said: str) -> str:
    """The one network that a cell names; empty when it names none, or several."""
    named = {_NETWORKS[word] for word in duplicates.search_terms(said) if word in _NETWORKS}
    return named.pop() if len(named) == 1 else ""


def matched(
    events: Iterable[ics.Event], stored: Iterable[Row], others: Mapping[str, str], file: str
) -> list[ics.Event]:
    """The events of a table under the UIDs by which their rows are known here.

    `stored` are the dated lines, `others` the kinds of campaigns and posts by UID: a table that was
    exported here gives these as its numbers. `file` is the name of the table.
    """
    found = list(events)
    if not any(event.uid.startswith(_ROW) for event in found):
        return found
    rows = {row["uid"]: row for row in stored}
    here = {event.uid for event in found}
    # What this table brought before, under this name or, as long as a row is the same, another:
    # the table of January may well repeat a title of December's, and means another day by it.
    sources = {rows[uid]["source"] for uid in here & rows.keys()} | {file}
    lost = {
        uid: row
        for uid, row in rows.items()
        if uid.startswith(_ROW) and uid not in here and row["source"] in sources
    }
    new = {event.uid: event for event in found if event.uid not in rows and event.extra.get("row")}
    # A row whose day is another than last time: one new and one missing under the same title. The
    # page does not tell, since that of a line may not be one of ours.
    moved = _paired(
        {uid: _fold(event.title) for uid, event in new.items()},
        {uid: _fold(row["title"]) for uid, row in lost.items()},
    )
    # A row that is worded anew: one new and one missing at the same moment, much alike.
    worded = _paired(
        {uid: stamp(new[uid].starts_at)[:19] for uid in new.keys() - moved.keys()},
        {uid: lost[uid]["starts_at"][:19] for uid in lost.keys() - set(moved.values())},
    )
    moved |= {
        uid: before
        for uid, before in worded.items()
        if duplicates.likeness(_fold(new[uid].title), _fold(lost[before]["title"])) >= ALIKE
    }
    return [_known(event, moved, rows, others) for event in found]


def _paired(new: Mapping[str, str], lost: Mapping[str, str]) -> dict[str, str]:
    """By the UID of a new row that of the lost one with the same key, where each has it alone."""
    ours, theirs = Counter(new.values()), Counter(lost.values())
    by_key = {key: uid for uid, key in lost.items()}
    return {uid: by_key[key] for uid, key in new.items() if ours[key] == 1 and theirs[key] == 1}


def _known(
    event: ics.Event,
    moved: Mapping[str, str],
    rows: Mapping[str, Row],
    others: Mapping[str, str],
) -> ics.Event:
    number = event.extra.get("number", "")
    if number in others:
        kind = "post" if others[number] == "draft" else "campaign-row"
        return replace(event, uid=number, extra={**event.extra, "kind": kind})
    if number in rows:
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
            r"\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d", text_of(row[at]) if at < len(row) else ""
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
