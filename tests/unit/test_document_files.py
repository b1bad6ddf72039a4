"""Charts, spreadsheets, CSV, JSON and e-mail drafts, reopened by the libraries that read them."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default as modern
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import document_samples as samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_documents import HOSTILE

from scc_admin.documents import (
    DARK,
    LIGHT,
    Attachment,
    Bar,
    Palette,
    Series,
    Sheet,
    as_json,
    chart_bars,
    chart_line,
    chart_rows,
    chart_spark,
    csv_text,
    eml,
    weekly_xlsx,
    xlsx,
)
from scc_admin.documents.sheets import CELL
from scc_admin.errors import UserError
from scc_admin.model import Language

AT = samples.MADE_AT
SVG = "{http://www.w3.org/2000/svg}"
ANY = st.text(st.characters(codec=None), max_size=60)

# --- Charts ----------------------------------------------------------------------------------

_TINY = {"svg", "title", "desc", "rect", "line", "polyline", "circle", "text"}


def every_chart(label: str = "Semaine", palette: Palette = LIGHT) -> list[str]:
    bars = [Bar(label, 4, strong=True, reference=2.5), Bar(label, None), Bar(label, 0)]
    lines = [Series(label, [3, None, 5, 6]), Series(label, [1, 2, None, None]), Series(label, [])]
    about: dict[str, Any] = {"title": label, "description": label, "palette": palette}
    return [
        chart_bars(bars, **about),
        chart_bars([], **about),
        chart_rows(bars, **about),
        chart_rows([], **about),
        chart_line([label] * 4, lines, **about),
        chart_line([], [], **about),
        chart_spark([1, None, 3], title=label, palette=palette),
        chart_spark([], title=label, palette=palette),
        chart_spark([2, 2], title=label, palette=palette),
    ]


@pytest.mark.parametrize("label", ["Semaine 47", HOSTILE, ""])
@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_chart_is_sound_and_uses_only_what_every_reader_draws(
    label: str, palette: Palette
) -> None:
    for svg in every_chart(label, palette):
        root = ElementTree.fromstring(svg)
        assert root.find(f"{SVG}title") is not None
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= _TINY
        assert not [e for e in root.iter() if {"class", "style", "href", "onload"} & set(e.attrib)]


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**9)), max_size=12))
@settings(max_examples=150)
def test_nothing_is_drawn_outside_its_chart(values: list[int | None]) -> None:
    labels = [str(i) for i in range(len(values))]
    bars = [Bar(str(i), value) for i, value in enumerate(values)]
    for svg in (
        chart_bars(bars, title="t"),
        chart_rows(bars, title="t"),
        chart_line(labels, [Series("s", values)], title="t"),
        chart_spark(values, title="t"),
    ):
        root = ElementTree.fromstring(svg)
        width, height = float(root.attrib["width"]), float(root.attrib["height"])
        for name in ("x", "x1", "x2", "cx"):
            for value in re.findall(rf' {name}="([^"]+)"', svg):
                assert -0.01 <= float(value) <= width + 0.01
        for name in ("y", "y1", "y2", "cy"):
            for value in re.findall(rf' {name}="([^"]+)"', svg):
                assert -0.01 <= float(value) <= height + 0.01


def test_a_gap_is_no_zero() -> None:
    gap = ElementTree.fromstring(chart_bars([Bar("a", None)], title="t"))
    zero = ElementTree.fromstring(chart_bars([Bar("a", 0)], title="t"))
    assert "–" in "".join(gap.itertext())
    assert "0" in "".join(zero.itertext())
    spark = ElementTree.fromstring(chart_spark([0, 0], title="t"))
    heights = {float(e.attrib["cy"]) for e in spark.iter() if "cy" in e.attrib}
    assert heights == {16.0}, "zeros lie at the foot, not half-way up"
    line = chart_line(list("abc"), [Series("s", [1, None, 3])], title="t")
    assert "<polyline" not in line, "a line never crosses a week that nobody recorded"


# --- Spreadsheets ----------------------------------------------------------------------------


def reopened(book: bytes) -> Any:
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(book))


def test_values_keep_their_kind() -> None:
    instant = datetime(2026, 11, 20, 19, 2, 11, tzinfo=UTC)
    row = [3, 2.5, True, date(2026, 11, 20), instant, None, "mot"]
    book = reopened(
        xlsx([Sheet("F", list("abcdefg"), [row])], at=AT, zone=ZoneInfo("America/Toronto"))
    )
    page = book["F"]
    kept = [cell.value for cell in page[2]]
    assert kept[:3] == [3, 2.5, True]
    assert kept[3:5] == [datetime(2026, 11, 20), datetime(2026, 11, 20, 14, 2, 11)]
    assert kept[5:] == [None, "mot"]
    assert [cell.data_type for cell in page[2]][:3] == ["n", "n", "b"]
    assert page.freeze_panes == "A2"
    assert page["A1"].font.bold


@pytest.mark.parametrize(
    "words",
    ["=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "123", "1/2", ""],
)
def test_text_is_never_a_formula(words: str) -> None:
    book = xlsx([Sheet("F", [words], [[words]])], at=AT)
    for cell in (reopened(book)["F"]["A1"], reopened(book)["F"]["A2"]):
        assert cell.data_type == "s" if words else cell.value is None
        assert cell.quotePrefix or not words
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@given(ANY)
@settings(max_examples=100, deadline=None)
def test_any_text_comes_back_but_for_what_xml_forbids(words: str) -> None:
    cell = reopened(xlsx([Sheet("F", ["h"], [[words]])], at=AT))["F"]["A2"]
    wanted = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", words)
    read = cell.value or ""
    assert read.replace("\r\n", "\n").replace("\r", "\n") == wanted.replace("\r\n", "\n").replace(
        "\r", "\n"
    )


def test_an_escape_of_the_format_in_a_text_is_only_text() -> None:
    book = xlsx([Sheet("F", ["h"], [["a_x0041_b"]])], at=AT)
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert b"a_x005F_x0041_b" in archive.read("xl/worksheets/sheet1.xml")


def test_a_long_cell_is_cut_with_a_mark() -> None:
    value = reopened(xlsx([Sheet("F", ["h"], [["x" * 10_000_000]])], at=AT))["F"]["A2"].value
    assert len(value) == CELL
    assert value.endswith(" […]")


def test_sheet_names_are_made_acceptable_and_distinct() -> None:
    names = ["a/b", "A*B", "x" * 50, "x" * 50, "", "'quoted'", "[1]:?", "\x00"]
    book = reopened(xlsx([Sheet(name, ["h"], []) for name in names], at=AT))
    assert len({n.casefold() for n in book.sheetnames}) == len(names)
    assert all(0 < len(n) <= 31 for n in book.sheetnames)


def test_a_workbook_is_the_same_bytes_whenever_it_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = weekly_xlsx(samples.weekly())
    import time

    there = time.localtime(10**9)
    monkeypatch.setattr(time, "localtime", lambda *_: there)
    assert weekly_xlsx(samples.weekly()) == first
    assert reopened(first).properties.modified == AT.replace(tzinfo=None)


@pytest.mark.parametrize("language", list(Language))
def test_the_workbook_and_the_json_hold_the_figures_of_the_report(language: Language) -> None:
    data = samples.weekly(language)
    sheets = reopened(weekly_xlsx(data)).worksheets
    assert len(sheets) == 15
    read = json.loads(as_json(data))
    rows = [[cell.value for cell in row] for row in sheets[1].iter_rows(min_row=2)]
    assert [(r[0], r[1], r[2:6]) for r in rows] == [
        (f["label"], f["value"], list(f["before"])) for f in data["summary"]
    ]
    assert [f["value"] for f in read["summary"]] == [r[1] for r in rows]
    posts = [[cell.value for cell in row] for row in sheets[3].iter_rows(min_row=2)]
    assert posts == [[p["page"], p["network"], p["planned"], p["published"]] for p in data["pages"]]
    delays = [[cell.value for cell in row][-2:] for row in sheets[10].iter_rows(min_row=2)]
    assert delays == [[25, 85], [9, None]]
    gains = [[cell.value for cell in row][-1] for row in sheets[11].iter_rows(min_row=2)]
    assert gains == [124, -11, 179, None]
    assert read["made_at"] == "2026-11-20T19:02:11Z"
    assert read["first_day"] == "2026-11-16"


def test_hostile_text_in_a_week_leaves_a_sound_workbook() -> None:
    from test_documents import poison

    data = poison(samples.weekly(), HOSTILE)
    assert len(reopened(weekly_xlsx(data)).worksheets) == 15
    json.loads(as_json(data))


# --- CSV -------------------------------------------------------------------------------------


@given(
    st.lists(st.lists(st.one_of(ANY, st.integers(), st.none()), min_size=1, max_size=5), max_size=5)
)
@settings(max_examples=200)
def test_no_cell_of_a_csv_begins_a_formula(rows: list[list[str | int | None]]) -> None:
    written = csv_text(rows)
    assert written.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(written[1:], newline="")))
    assert len(read) == len(rows)
    for kept, row in zip(read, rows, strict=True):
        assert len(kept) == len(row)
        for cell, value in zip(kept, row, strict=True):
            if isinstance(value, str):
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\x00"))
                assert cell.removeprefix("'") == value.removeprefix("'").encode(
                    "utf-8", "replace"
                ).decode().replace("\x00", "\ufffd")
            else:
                assert cell == ("" if value is None else str(value))


# --- E-mail drafts ---------------------------------------------------------------------------


def draft(**over: Any) -> bytes:
    how: dict[str, Any] = {
        "to": ["Service des affaires publiques <affaires@exemple.org>"],
        "attachments": [
            Attachment("ESC-2026-001.pdf", "application/pdf", b"%PDF-1.7 \xff"),
            Attachment("ESC-2026-001.zip", "application/zip", bytes(range(256)) * 50),
        ],
        "at": AT,
    } | over
    subject = how.pop("subject", "ESC-2026-001 : propos critiques, réponse demandée")
    return eml(subject, how.pop("body", "Bonjour,\n\nVoici le dossier. À bientôt 🌼\n"), **how)


def test_a_draft_opens_unsent_with_its_attachments() -> None:
    message = message_from_bytes(draft(), policy=modern)
    assert message["X-Unsent"] == "1"
    assert message["Subject"] == "ESC-2026-001 : propos critiques, réponse demandée"
    assert message["To"].addresses[0].addr_spec == "affaires@exemple.org"
    assert message["Date"].datetime == AT
    assert "From" not in message
    body = message.get_body().get_content()
    assert body == "Bonjour,\r\n\r\nVoici le dossier. À bientôt 🌼\r\n"
    names = [(a.get_filename(), a.get_content_type()) for a in message.iter_attachments()]
    assert names == [
        ("ESC-2026-001.pdf", "application/pdf"),
        ("ESC-2026-001.zip", "application/zip"),
    ]
    assert [a.get_content() for a in message.iter_attachments()] == [
        b"%PDF-1.7 \xff",
        bytes(range(256)) * 50,
    ]
    assert not message.defects
    assert all(len(line) <= 998 for line in draft().split(b"\r\n"))


def test_the_same_draft_is_the_same_bytes() -> None:
    assert draft() == draft()


@given(ANY, ANY, ANY, ANY)
@settings(max_examples=200)
def test_no_text_begins_another_header(subject: str, body: str, file: str, kind: str) -> None:
    evil = "\r\nBcc: voleur@exemple.net\r\n\r\n"
    made = draft(
        subject=subject + evil,
        body=evil + body,
        attachments=[Attachment(file + evil, kind + evil, b"x")],
    )
    message = message_from_bytes(made, policy=modern)
    assert set(message.keys()) == {
        "X-Unsent", "Date", "To", "Subject", "MIME-Version", "Content-Type",
    }  # fmt: skip
    [attached] = message.iter_attachments()
    assert "Bcc" not in attached
    assert attached.get_payload(decode=True) == b"x"
    assert not re.search(r"[/\\\r\n]", attached.get_filename())


@pytest.mark.parametrize(
    "address",
    [
        "",
        "personne",
        "a@",
        "@b",
        "a b@c.org",
        "a@b.org\r\nBcc: c@d.org",
        "é@exemple.org",
        "a@" + "b" * 99,
    ],
)
def test_what_is_no_address_is_said(address: str) -> None:
    with pytest.raises(UserError) as said:
        draft(to=[address])
    assert said.value.code == "mail.address"


def test_a_domain_with_an_accent_is_written_as_mail_wants_it() -> None:
    message = message_from_bytes(draft(to=["Zoé <a@montréal.example>"]), policy=modern)
    assert message["To"].addresses[0].addr_spec == "a@xn--montral-fya.example"
    assert message["To"].addresses[0].display_name == "Zoé"


def test_a_draft_without_attachment_is_plain() -> None:
    message = message_from_bytes(draft(attachments=[], to=[]), policy=modern)
    assert message.get_content_type() == "text/plain"
    assert message["Date"].datetime - AT == timedelta(0)
