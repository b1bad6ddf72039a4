"""Calendars kept as tables: what real hands and real spreadsheets write is read, or said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from scc_admin.errors import UserError
from scc_admin.exchange import ics, tables
from scc_admin.exchange.days import clocks, days

ZONE = ZoneInfo("America/Toronto")


def events_of(path: Path) -> ics.Read:
    table = tables.read(path)
    return tables.events(table, tables.guess(table), zone=ZONE)


@pytest.fixture
def written(tmp_path) -> Callable[..., ics.Read]:
    """The events of a table with these bytes or this text."""

    def put(data: str | bytes, name: str = "a.csv") -> ics.Read:
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return events_of(path)

    return put


@pytest.fixture
def booked(tmp_path) -> Callable[..., ics.Read]:
    """The events of a workbook that a function fills."""

    def put(fill: Callable[[Workbook], None]) -> ics.Read:
        book = Workbook()
        fill(book)
        book.save(tmp_path / "a.xlsx")
        return events_of(tmp_path / "a.xlsx")

    return put


def told(read: ics.Read) -> list[str]:
    """Each event as « title, first day and hour on the clock here – end »."""
    found = []
    for event in read.events:
        if event.all_day:
            found.append(f"{event.title} {event.starts_at:%m-%d}–{event.ends_at:%m-%d}")
        else:
            start, end = event.starts_at.astimezone(ZONE), event.ends_at.astimezone(ZONE)
            found.append(f"{event.title} {start:%m-%d %H:%M}–{end:%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("3 décembre 2026", ["2026-12-03"]),
        ("jeudi 3 déc. 2026", ["2026-12-03"]),
        ("mardi 3 novembre 2026", ["2026-11-03"]),
        ("1er mars 2027", ["2027-03-01"]),
        ("December 3rd, 2026", ["2026-12-03"]),
        ("20261203", ["2026-12-03"]),
        ("3.12.26", ["2026-12-03"]),
        (46359, ["2026-12-03"]),
        (46359.75, ["2026-12-03"]),
        ("46359", ["2026-12-03"]),
        (datetime(2026, 12, 3, 8), ["2026-12-03"]),
        ("13 au 15 décembre 2026", ["2026-12-13", "2026-12-15"]),
        ("13-15 décembre 2026", ["2026-12-13", "2026-12-15"]),
        ("du 28 décembre au 3 janvier 2027", ["2026-12-28", "2027-01-03"]),
        ("28 décembre 2026 au 3 janvier 2027", ["2026-12-28", "2027-01-03"]),
        ("Dec 13-15, 2026", ["2026-12-13", "2026-12-15"]),
        ("13/12/2026 – 15/12/2026", ["2026-12-13", "2026-12-15"]),
        ("3 décembre", []),
        ("décembre 2026", []),
        ("31 juin 2027", []),
        ("31/02/2027", []),
        ("à venir", []),
        (2026, []),
        (120, []),
        (99999, []),
        (True, []),
        (None, []),
    ],
)
def test_days_as_they_are_written(cell, said):
    assert [str(day) for day in days(cell, day_first=True)] == said


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("9 h 30", ["09:30"]),
        ("19h", ["19:00"]),
        ("8 h 5", ["08:05"]),
        ("18 heures", ["18:00"]),
        ("14", ["14:00"]),
        ("7:30 PM", ["19:30"]),
        ("7 p.m.", ["19:00"]),
        ("12 AM", ["00:00"]),
        ("midi", ["12:00"]),
        (0.5, ["12:00"]),
        ("0,75", ["18:00"]),
        (time(9, 15), ["09:15"]),
        ("2026-12-13 14:30", ["14:30"]),
        ("10 h à 12 h", ["10:00", "12:00"]),
        ("10h30-12h", ["10:30", "12:00"]),
        ("10-12 h", ["10:00", "12:00"]),
        ("9-11 am", ["09:00", "11:00"]),
        ("10 à 12 heures", ["10:00", "12:00"]),
        ("14:30:00", ["14:30"]),
        ("Jour 2", []),
        ("à déterminer", []),
        ("25:00", []),
        ("14 PM", []),
        (None, []),
    ],
)
def test_hours_as_they_are_written(cell, said):
    assert [f"{clock:%H:%M}" for clock in clocks(cell)] == said


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac-roman"])
def test_a_french_table_is_parted_at_its_semicolons_whatever_its_coding(written, coding):
    """Texts hold more commas than the table has semicolons."""
    table = (
        "Date;Heure;Titre;Texte\r\n"
        "13/12/2026;9 h 30;Déjeuner;Bonjour, à toutes, à tous, venez, chantez, dansez\r\n"
        '15/12/2026;19 h;"Fête; « à Québec »";"Une ligne\nune autre, puis, encore, une, autre"\r\n'
    )
    read = written(table.encode(coding))
    assert told(read) == [
        "Déjeuner 12-13 09:30–12-13 09:30",
        "Fête; « à Québec » 12-15 19:00–12-15 19:00",
    ]
    assert read.events[1].notes == "Une ligne\nune autre, puis, encore, une, autre"
    assert read.skipped == () and read.warnings == ()


def test_the_head_is_found_under_titles_and_rows_are_named_as_in_the_file(written):
    read = written("Calendrier;Division\r\n;\r\nDate;Titre\r\n;Bal\r\nle 3;Fin\r\n13/12/2026;\r\n")
    assert read.events == ()
    assert [(s.reason, s.params["n"]) for s in read.skipped] == [
        ("Row {n} has no date.", "4"),
        ("Row {n}: “{value}” is not a date.", "5"),
        ("Row {n} has no title.", "6"),
    ]


def test_a_row_lasts_until_the_hour_or_the_day_it_says(written):
    read = written(
        "Date de début;Heure de début;Heure de fin;Titre\r\n"
        "13/12/2026;9 h;11 h 30;Atelier\r\n"
        "14/12/2026;22 h;1 h;Nuit blanche\r\n"
        "15/12/2026;10 h à 12 h;;Causerie\r\n"
        "16 au 18 décembre 2026;;;Salon\r\n"
    )
    assert told(read) == [
        "Atelier 12-13 09:00–12-13 11:30",
        "Nuit blanche 12-14 22:00–12-15 01:00",
        "Causerie 12-15 10:00–12-15 12:00",
        "Salon 12-16–12-19",
    ]
    read = written("Date;Date de fin;Titre\r\n13/12/2026;15/12/2026;Salon\r\n")
    assert told(read) == ["Salon 12-13–12-16"]


def test_a_moment_that_names_its_distance_from_utc_is_moved_here(written):
    read = written("Date,Title\r\n2026-12-13T14:30:00Z,Call\r\n2026-07-01T09:00-04:00,Walk\r\n")
    assert told(read) == ["Call 12-13 09:30–12-13 09:30", "Walk 07-01 09:00–07-01 09:00"]


def test_one_day_merged_over_several_rows_is_the_day_of_each(booked):
    def fill(book):
        sheet = book.active
        sheet.append(["Calendrier de décembre"])
        sheet.append(["Date", "Heure", "Titre", "Page"])
        sheet.append([date(2026, 12, 3), time(9), "Un", "SCC Estrie"])
        sheet.append([None, time(14), "Deux"])
        sheet.append([None, None, None])
        sheet.append([date(2026, 12, 4), None, "Trois"])
        sheet.append([None, None, "Quatre"])
        for cells in ("A1:D1", "A3:A5", "D3:D5"):
            sheet.merge_cells(cells)

    read = booked(fill)
    assert told(read) == [
        "Un 12-03 09:00–12-03 09:00",
        "Deux 12-03 14:00–12-03 14:00",
        "Trois 12-04–12-05",
    ]
    assert [event.extra["page"] for event in read.events] == ["SCC Estrie", "SCC Estrie", ""]
    assert [(s.title, s.reason, s.params["n"]) for s in read.skipped] == [
        ("Quatre", "Row {n} has no date.", "7")
    ]


def test_a_year_of_one_sheet_a_month_is_read_whole_and_other_sheets_are_said(booked):
    def fill(book):
        book.active.append(["Consignes", "à lire"])
        for number, name in ((12, "Décembre"), (1, "Janvier")):
            sheet = book.create_sheet(name)
            sheet.append(["Titre", "Date"] if name == "Janvier" else ["Date", "Titre"])
            row = [date(2026 + (number < 12), number, 5), name]
            sheet.append(row[::-1] if name == "Janvier" else row)
        book["Janvier"].append(["Sans jour", None])
        book.create_sheet("Idées").append(["Titre", "Page", "Texte"])
        hidden = book.create_sheet("Listes")
        hidden.append(["Date", "Titre"])
        hidden.append([date(2026, 1, 1), "Caché"])
        hidden.sheet_state = "hidden"

    read = booked(fill)
    assert told(read) == ["Décembre 12-05–12-06", "Janvier 01-05–01-06"]
    assert [s.params["n"] for s in read.skipped] == ["3, Janvier"]
    assert [params for _, params in read.warnings] == [{"sheet": "Idées"}]


def test_numbers_of_days_and_formulas_of_a_workbook(booked):
    """A formula that no spreadsheet has reckoned yet has no value: it is said, not guessed."""

    def fill(book):
        sheet = book.active
        sheet.append(["Date", "Heure", "Titre"])
        sheet.append([46359, 0.5, "Compté"])
        sheet.append([46360.75, None, "Avec l'heure"])
        sheet.append(["=A2+7", None, "Formule"])

    read = booked(fill)
    assert told(read) == ["Compté 12-03 12:00–12-03 12:00", "Avec l'heure 12-04 18:00–12-04 18:00"]
    assert [s.title for s in read.skipped] == ["Formule"]


def test_many_merged_cells_cost_no_more_than_their_rows(booked):
    def fill(book):
        sheet = book.active
        sheet.append(["Date", "Titre"])
        for number in range(300):
            sheet.append([date(2026, 12, 3) if not number else None, f"Ligne {number}"])
        # What no spreadsheet would write: every cell of the file merged with all the others.
        for number in range(2, 302):
            sheet.merged_cells.add(f"A{number}:A301")

    assert len(booked(fill).events) >= 1


@pytest.mark.parametrize("name", ["a.xls", "a.ods", "a.xlsb", "a.numbers", "a.xlsx"])
def test_another_kind_of_workbook_is_said_to_be_one(written, name):
    with pytest.raises(UserError) as error:
        written(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), name)
    assert error.value.code == "no_workbook"


def test_an_instant_stays_the_same_through_a_change_of_clocks(written):
    """In the hour that does not exist, the moment an hour later on the new clock."""
    read = written("Date;Heure;Titre\r\n14/03/2027;2 h 30;Saut\r\n01/11/2026;1 h 30;Retour\r\n")
    assert [event.starts_at for event in read.events] == [
        datetime(2027, 3, 14, 7, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    ]
