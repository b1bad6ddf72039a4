"""Spreadsheets and CSV in which what a person typed stays text, whatever it begins with."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from scc_admin.documents.text import MARK

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | bool | date | datetime | None

CELL = 32_767
"""Characters that one cell can hold; a longer text is cut and ends in `_CUT`."""
ROWS = 1_048_576
_CUT = " […]"
_NAME = 31
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_WIDEST, _NARROWEST = 60, 8


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a head, and rows of plain values in the same order."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Value]]


def xlsx(sheets: Sequence[Sheet], *, at: datetime, zone: tzinfo = UTC, author: str = "") -> bytes:
    """A workbook: heads in bold and frozen, numbers as numbers, dates as dates, text as text.

    No text becomes a formula, not even after an edit in the cell. Instants are shown in `zone`,
    since a spreadsheet knows none. The same sheets and `at` give the same bytes. A sheet with more
    rows than a spreadsheet can hold is cut, and its last row says so.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    taken: set[str] = set()
    for sheet in sheets or [Sheet("1", (), ())]:
        page = book.create_sheet(_sheet_name(sheet.name, taken))
        _fill(page, sheet, zone)
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.properties.creator = _plain(author)[:255]
    book.properties.created = moment
    buffer = io.BytesIO()
    book.save(buffer)
    return _timeless(buffer.getvalue(), moment)


def csv_text(rows: Iterable[Sequence[Value]]) -> str:
    """CSV as spreadsheets open it: byte order mark, CRLF, and `'` before what would be a formula.

    Write it as UTF-8. Instants are ISO 8601 with their offset.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([_csv_cell(value) for value in row] for row in rows)
    return "\N{ZERO WIDTH NO-BREAK SPACE}" + buffer.getvalue()


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, (bool, int, float)):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    text = value.encode("utf-8", "replace").decode() if not value.isascii() else value
    guarded = text[:1] in tuple("=+-@\t\r\x00") and text != ""
    return ("'" if guarded else "") + text.replace("\x00", MARK)


# --- Cells -----------------------------------------------------------------------------------


def _fill(page: Worksheet, sheet: Sheet, zone: tzinfo) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    ink = Font(name="Calibri", size=11, bold=True, color="FF1B2433")
    paper = PatternFill("solid", fgColor="FFECEAE3")
    under = Border(bottom=Side("thin", color="FF565F6E"))
    wrap = Alignment(vertical="top", wrap_text=True)
    widths = [len(head) + 2 for head in sheet.heads]
    for column, head in enumerate(sheet.heads, 1):
        cell = _put(page, 1, column, head, zone)
        cell.font, cell.fill, cell.border = ink, paper, under
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    last = 1
    for row, values in enumerate(sheet.rows, 2):
        if row == ROWS:
            _put(page, row, 1, _CUT.strip(), zone)
            break
        last = row
        for column, value in enumerate(values, 1):
            cell = _put(page, row, column, value, zone)
            if isinstance(value, str):
                cell.alignment = wrap
            if column <= len(widths) and row < 500:
                widths[column - 1] = max(widths[column - 1], _wide(cell.value))
    for column, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(column)].width = max(
            _NARROWEST, min(_WIDEST, width + 2)
        )
    if sheet.heads:
        page.freeze_panes = "A2"
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.heads))}{last}"
    page.sheet_view.zoomScale = 100
    # On paper: as wide as the page, the head on each.
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = "1:1" if sheet.heads else None


def _put(page: Worksheet, row: int, column: int, value: Value, zone: tzinfo) -> Cell:
    from openpyxl.cell import Cell

    cell = page.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        cell.value = _plain(value)
        cell.data_type = "s"
        cell.quotePrefix = True
    elif isinstance(value, datetime):
        local = value.astimezone(zone) if value.tzinfo else value
        cell.value = local.replace(tzinfo=None, microsecond=0)
        cell.number_format = "yyyy-mm-dd hh:mm:ss"
    elif isinstance(value, date):
        cell.value = value
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        cell.value = None
    elif value is not None:
        cell.value = value
        if isinstance(value, int) and not isinstance(value, bool):
            cell.number_format = "#,##0"
    return cell


def _plain(text: str) -> str:
    """Without what XML forbids, and never read back as one of its escapes."""
    text = _ILLEGAL.sub(MARK, text[: CELL * 2])
    text = _ESCAPED.sub(r"_x005F_x\1_", text)
    return text if len(text) <= CELL else text[: CELL - len(_CUT)] + _CUT


def _wide(value: Any) -> int:
    if isinstance(value, datetime):
        return 19
    if isinstance(value, date):
        return 10
    return (
        max((len(part) for part in str(value).split("\n")), default=0) if value is not None else 0
    )


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that a spreadsheet accepts, different from those already taken."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", _plain(name))
    plain = " ".join(plain.split()).strip("'")[:_NAME].strip() or "1"
    wanted, number = plain, 2
    while wanted.casefold() in taken:
        tail = f" {number}"
        wanted = plain[: _NAME - len(tail)] + tail
        number += 1
    taken.add(wanted.casefold())
    return wanted


def _timeless(book: bytes, moment: datetime) -> bytes:
    """The same archive with one old date on every member: the time of writing must not show."""
    buffer = io.BytesIO()
    with ZipFile(io.BytesIO(book)) as old, ZipFile(buffer, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                stamp = f"{moment:%Y-%m-%dT%H:%M:%S}Z".encode()
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = ZIP_DEFLATED
            new.writestr(entry, data)
    return buffer.getvalue()
