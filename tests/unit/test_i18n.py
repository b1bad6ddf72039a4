"""Both voices: texts that cannot crash; dates, numbers and lists as each language has them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scc_admin.errors import UserError
from scc_admin.i18n import Translator, placeholders, typographic
from scc_admin.model import Language

TORONTO = ZoneInfo("America/Toronto")


@pytest.fixture(scope="module")
def fr():
    return Translator(Language.FR, zone=TORONTO)


@pytest.fixture(scope="module")
def en():
    return Translator(Language.EN, zone=TORONTO)


def catalogue(folder, msgid, msgstr):
    place = folder / "fr_CA" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "scc_admin.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        f'msgid "{msgid}"\nmsgstr "{msgstr}"\n',
        "utf-8",
    )
    return Translator(Language.FR, catalogue=folder)


@pytest.mark.parametrize("wrong", ["{nombre} posts", "{} posts", "{n", "{n.x.y}"])
def test_a_faulty_translation_falls_back_to_the_source(tmp_path, wrong):
    tr = catalogue(tmp_path, "{n} posts", wrong)
    assert tr.tr("{n} posts", n=3) == "3 posts"


def test_a_good_translation_is_used(tmp_path):
    assert catalogue(tmp_path, "{n} posts", "{n} billets").tr("{n} posts", n=3) == "3 billets"


@given(st.text())
def test_what_the_user_typed_is_never_read_as_a_format(value):
    assert Translator(Language.EN).tr("Page {name}", name=value) == f"Page {value}"


def test_zero_is_singular_in_french_only(fr, en):
    one, many = "{n} thing that nobody translated", "{n} things that nobody translated"
    assert en.ntr(one, many, 0) == "0 things that nobody translated"
    assert en.ntr(one, many, 1) == "1 thing that nobody translated"


def test_numbers_money_dates_and_lists(fr, en):
    assert fr.number(1234567).replace("\u202f", " ").replace("\xa0", " ") == "1 234 567"
    assert en.number(1234567) == "1,234,567"
    assert fr.money(150000).replace("\xa0", " ").replace("\u202f", " ") == "1 500 $"
    assert en.money(150050) == "$1,500.50"
    assert fr.date(date(2026, 11, 23), "full") == "lundi 23 novembre 2026"
    assert en.date(date(2026, 11, 23), "long") == "November 23, 2026"
    assert fr.join(["a", "b", "c"]) == "a, b et c"
    assert en.weekday(date(2026, 11, 23), wide=True) == "Monday"


def test_a_period_says_each_part_once(fr, en):
    def both(first, last, style="long"):
        return fr.period(first, last, style), en.period(first, last, style)

    november = date(2026, 11, 16)
    assert both(november, date(2026, 11, 22)) == (
        "du 16 au 22 novembre 2026",
        "November 16 to 22, 2026",
    )
    assert both(date(2026, 11, 30), date(2026, 12, 6)) == (
        "du 30 novembre au 6 décembre 2026",
        "November 30 to December 6, 2026",
    )
    assert both(date(2026, 12, 28), date(2027, 1, 3), "medium") == (
        "du 28 déc. 2026 au 3 janv. 2027",
        f"{en.date(date(2026, 12, 28))} to {en.date(date(2027, 1, 3))}",
    )
    assert both(november, november) == ("16 novembre 2026", "November 16, 2026")
    # Days of a year that need not be said.
    assert both(november, date(2026, 11, 22), "day") == ("du 16 au 22 nov.", "Nov 16 to 22")
    assert both(november, date(2026, 12, 1), "day") == ("du 16 nov. au 1er déc.", "Nov 16 to Dec 1")
    assert both(november, november, "day") == ("16 nov.", "Nov 16")


def test_the_first_of_a_month_is_written_as_one_writes_it(fr, en):
    first = date(2026, 12, 1)
    assert fr.date(first, "long") == "1er décembre 2026" and fr.day(first) == "1er déc."
    assert fr.date(first, "full") == "mardi 1er décembre 2026"
    assert fr.period(first, date(2026, 12, 7)) == "du 1er au 7 décembre 2026"
    assert fr.date(first, "short") == "2026-12-01" and en.date(first, "long") == "December 1, 2026"
    assert "1er" not in fr.date(date(2026, 12, 11), "long") + fr.month(first)


def test_instants_are_shown_where_the_user_is(fr):
    at = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
    assert fr.date(at, "short").endswith("22")
    assert fr.time(at).startswith("22")


def test_instants_and_quotations_in_a_text_are_said_as_the_language_has_them(fr, en):
    at = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
    assert fr.tr("{at}", at=at) == fr.moment(at)
    assert en.tr("{on}", on=date(2026, 11, 23)) == "November 23, 2026"
    assert en.tr("{n}, {seq}", n=1204, seq=1204) == "1,204, 1204"
    assert fr.quote("oui") == "«\xa0oui\xa0»"
    assert en.quote("oui") == "“oui”"


def test_french_from_a_keyboard_is_printed_as_printers_do():
    typed = "L'image « {file} » : l'« autre », 7 % ou 50 $. Voyez https://cancer.ca"
    assert typographic(typed) == (
        "L’image «\xa0{file}\xa0»\xa0: l’«\xa0autre\xa0», 7\xa0% ou 50\xa0$."
        " Voyez https://cancer.ca"
    )


@given(st.text(alphabet="l'« »:%$ 7{}a"))
def test_printing_twice_changes_nothing(text):
    assert typographic(typographic(text)) == typographic(text)


def test_a_failure_is_one_sentence_and_a_bug_is_a_plain_one(fr, en):
    error = UserError("missing", "There is no workspace in {folder}.", folder="/ici")
    assert "/ici" in fr.explain(error)
    assert "KeyError" not in en.explain(KeyError("x"))


def test_placeholders_are_found_or_refused():
    assert placeholders("{a} et {b!r:>3}") == {"a", "b"}
    with pytest.raises(ValueError):
        placeholders("{a")


@pytest.mark.parametrize(
    ("hour", "minute", "said", "to_the_second"),
    [
        (0, 0, "0 h", "0 h 00 min 41 s"),
        (3, 5, "3 h 05", "3 h 05 min 41 s"),
        (15, 0, "15 h", "15 h 00 min 41 s"),
        (23, 59, "23 h 59", "23 h 59 min 41 s"),
    ],
)
def test_an_hour_is_written_as_the_office_asks(fr, hour, minute, said, to_the_second):
    at = datetime(2026, 11, 23, hour, minute, 41, tzinfo=TORONTO)
    assert fr.time(at) == said.replace(" ", "\xa0")
    assert fr.time(at, seconds=True) == to_the_second.replace(" ", "\xa0")


def test_an_english_hour_ends_its_sentence_with_one_stop(en):
    at = datetime(2026, 11, 23, 15, 15, tzinfo=TORONTO)
    assert en.tr("Published {when}.", when=en.moment(at)).endswith("p.m.")
    assert not en.tr("Published {when}.", when=en.moment(at)).endswith("..")
    assert en.tr("Published {when}.", when="yesterday") == "Published yesterday."
