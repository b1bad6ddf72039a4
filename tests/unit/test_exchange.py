"""Calendar files: what is read, what an import would do, doing and undoing it, and what leaves."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scc_admin.documents import Sheet, xlsx
from scc_admin.editorial import CampaignInput, DraftDetails, Editorial, EntryInput, PageInput
from scc_admin.errors import Cancelled, UserError
from scc_admin.exchange import Action, Exchange, Kind, ics, plans, tables
from scc_admin.i18n import Translator
from scc_admin.keys import Signer
from scc_admin.model import CampaignKind, Language, Network, Target
from scc_admin.store import Store, stamp
from scc_admin.verdict import duplicates

ZONE = ZoneInfo("America/Toronto")
FR = Translator(Language.FR)
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
KINDS = {Kind.ENTRY, Kind.CAMPAIGN, Kind.DRAFT, Kind.KNOWN}


def exchange_of(store: Store, clock, seed: int = 1) -> Exchange:
    return Exchange(
        store,
        clock=clock,
        who=lambda: "Ana Roy",
        zone=ZONE,
        signer=lambda: Signer(bytes([seed]) * 32, "scc-admin-test"),
        workspace_uid=f"w{seed}",
    )


@pytest.fixture
def exchange(open_store, clock) -> Exchange:
    return exchange_of(open_store, clock)


@pytest.fixture
def other(tmp_path, clock):
    """Another workspace, of another region, with its own key."""
    with Store.create(tmp_path / "other.db", None) as store:
        yield exchange_of(store, clock, seed=2)


@pytest.fixture
def write(tmp_path):
    def put(text: str | bytes, name: str = "plan.ics") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return put


def calendar(*events: str, end: str = "END:VCALENDAR\r\n") -> str:
    parts = ["BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//essai//FR\r\n"]
    for event in events:
        lines = "\r\n".join(line.strip() for line in event.strip().splitlines())
        parts.append(f"BEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\n")
    return "".join(parts) + end


def read(*events: str, **more) -> ics.Read:
    return ics.read(calendar(*events).encode(), now=NOW, zone=ZONE, **more)


MARCH = """UID:1@x
           DTSTART;TZID=America/Toronto:20270305T190000
           DTEND;TZID=America/Toronto:20270305T210000
           SUMMARY:Souper\\, à Granby
           LOCATION:Salle; du bas
           DESCRIPTION:Une ligne\\nune autre"""


# --- Reading -------------------------------------------------------------------------------------


def test_an_event_is_read_with_its_zone_and_its_escapes():
    (event,) = read(MARCH).events
    assert event.title == "Souper, à Granby"
    assert (event.place, event.notes) == ("Salle; du bas", "Une ligne\nune autre")
    assert event.starts_at == datetime(2027, 3, 6, 0, tzinfo=UTC)
    assert event.ends_at - event.starts_at == timedelta(hours=2)
    assert not event.all_day


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("DTSTART:20270305T190000", datetime(2027, 3, 6, 0, tzinfo=UTC)),
        ("DTSTART:20270305T190000Z", datetime(2027, 3, 5, 19, tzinfo=UTC)),
        (
            "DTSTART;TZID=Eastern Standard Time:20270705T190000",
            datetime(2027, 7, 5, 23, tzinfo=UTC),
        ),
        ('DTSTART;TZID="Europe/Paris":20270305T190000', datetime(2027, 3, 5, 18, tzinfo=UTC)),
        (
            "DTSTART;TZID=/mozilla.org/20050126_1/America/Montreal:20270305T190000",
            datetime(2027, 3, 6, 0, tzinfo=UTC),
        ),
        ("DTSTART;VALUE=DATE:20270305", datetime(2027, 3, 5, tzinfo=UTC)),
        ("DTSTART:20270305", datetime(2027, 3, 5, tzinfo=UTC)),
    ],
)
def test_moments_are_understood(start, expected):
    (event,) = read(f"UID:1\n{start}\nSUMMARY:x").events
    assert event.starts_at == expected
    assert event.all_day == ("T" not in start.rpartition(":")[2])


def test_the_zone_that_a_file_defines_is_taken():
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Chez nous\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:-0330\r\nTZOFFSETTO:-0330\r\nTZNAME:X\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    text = calendar("UID:1\nDTSTART;TZID=Chez nous:20270305T120000\nSUMMARY:x")
    text = text.replace("BEGIN:VEVENT", zone + "BEGIN:VEVENT", 1)
    (event,) = ics.read(text.encode(), now=NOW, zone=ZONE).events
    assert event.starts_at == datetime(2027, 3, 5, 15, 30, tzinfo=UTC)


def test_a_zone_that_nobody_knows_is_said_and_another_can_be_taken():
    event = "UID:1\nDTSTART;TZID=Lune/Mer:20270305T190000\nSUMMARY:Souper"
    found = read(event)
    assert found.events == ()
    assert found.unknown_zones == {"Lune/Mer": 1}
    assert [s.title for s in found.skipped] == ["Souper"]
    (event,) = read(event, assume_zone=ZONE).events
    assert event.starts_at == datetime(2027, 3, 6, 0, tzinfo=UTC)


def test_a_series_keeps_its_hour_when_the_clocks_change():
    found = read(
        "UID:s\nDTSTART;TZID=America/Toronto:20270301T090000\nDURATION:PT1H\n"
        "RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=America/Toronto:20270308T090000\nSUMMARY:Réunion"
    )
    assert [e.starts_at.hour for e in found.events] == [14, 13, 13]
    assert [e.starts_at.astimezone(ZONE).hour for e in found.events] == [9, 9, 9]
    assert {e.ends_at - e.starts_at for e in found.events} == {timedelta(hours=1)}
    assert len({e.uid for e in found.events}) == 3
    assert {e.series for e in found.events} == {"s"}


def test_one_day_of_a_series_can_be_another():
    found = read(
        "UID:s\nDTSTART:20270301T140000Z\nRRULE:FREQ=DAILY;UNTIL=20270303T140000Z\nSUMMARY:Point",
        "UID:s\nRECURRENCE-ID:20270302T140000Z\nDTSTART:20270302T160000Z\nSUMMARY:Point retardé",
    )
    assert [(e.title, e.starts_at.hour) for e in found.events] == [
        ("Point", 14), ("Point retardé", 16), ("Point", 14),
    ]  # fmt: skip


def test_of_two_versions_the_newer_counts():
    found = read(
        "UID:1\nSEQUENCE:3\nDTSTART:20270301\nSUMMARY:Nouveau",
        "UID:1\nSEQUENCE:2\nDTSTART:20270301\nSUMMARY:Ancien",
    )
    assert [e.title for e in found.events] == ["Nouveau"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=99999999",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,1,2;BYSECOND=0,1",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYSETPOS=366",
        "FREQ=DAILY;BYEASTER=0,0,0",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;COUNT=beaucoup",
        "FREQ=YEARLY;BYMONTH=13",
        "COUNT=3",
        "",
        ";;;===",
        "FREQ=" + "A" * 100_000,
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_a_sentence(rule):
    found = read(f"UID:1\nDTSTART:20270301T140000Z\nRRULE:{rule}\nSUMMARY:Boucle", MARCH)
    assert [e.title for e in found.events] == ["Souper, à Granby"]
    assert [s.title for s in found.skipped] == ["Boucle"]
    assert all(s.reason.format(**s.params) for s in found.skipped)


def test_rules_are_bounded():
    found = read("UID:1\nDTSTART:19700101T140000Z\nRRULE:FREQ=DAILY\nSUMMARY:Toujours")
    assert 0 < len(found.events) <= ics.MAX_OCCURRENCES
    assert min(e.starts_at for e in found.events) >= NOW - ics.BEHIND
    assert max(e.starts_at for e in found.events) <= NOW + ics.AHEAD


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["DAILY", "WEEKLY", "WEEKLY;BYDAY=MO,TH", "DAILY;BYMONTH=3,4", "MONTHLY"]),
    st.integers(1, 40),
    st.dates(date(2015, 1, 1), date(2027, 12, 31)),
)
def test_a_series_is_the_same_wherever_its_reckoning_begins(frequency, interval, begun):
    rule = f"FREQ={frequency};INTERVAL={interval}"
    found = read(f"UID:1\nDTSTART:{begun:%Y%m%d}T120000Z\nRRULE:{rule}\nSUMMARY:x")
    start = datetime(begun.year, begun.month, begun.day, 12)
    first, last = (NOW - ics.BEHIND).replace(tzinfo=None), (NOW + ics.AHEAD).replace(tzinfo=None)
    expected = {start, *rrulestr(rule, dtstart=start).between(first, last, inc=True)}
    assert [e.starts_at.replace(tzinfo=None) for e in found.events] == sorted(
        moment for moment in expected if first <= moment <= last
    )


def test_rules_that_look_for_days_that_never_come_share_one_budget(monkeypatch):
    never = "UID:{}\nDTSTART:20270101T140000Z\nRRULE:FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1\nSUMMARY:x"
    weekly = "UID:s\nDTSTART:20270101T140000Z\nRRULE:FREQ=WEEKLY;COUNT=9\nSUMMARY:s"
    year = ics.BARREN_YEAR * (9999 - 2027)
    monkeypatch.setattr(ics, "LOOKED_AT", 2 * year + 10)
    # Two of them fit, beside nine weeks; a third one leaves nothing for what comes after it.
    found = read(never.format(1), never.format(2), weekly)
    assert [len(found.events), len(found.skipped)] == [9 + 2, 0]  # each has its first day
    found = read(*(never.format(n) for n in range(3)), weekly)
    assert [e.title for e in found.events] == ["x"] * 3
    assert [skipped.title for skipped in found.skipped] == ["s"]


def test_a_long_series_that_has_ended_costs_its_days_only(monkeypatch):
    monkeypatch.setattr(ics, "LOOKED_AT", 4)
    rare = "UID:1\nDTSTART:20260301T140000Z\nRRULE:FREQ=YEARLY;COUNT=3\nSUMMARY:x"
    assert len(read(rare).events) == 3
    assert len(read(rare.replace("COUNT=3", "COUNT=6")).skipped) == 1


@pytest.mark.parametrize(
    "event",
    [
        "UID:1\nSUMMARY:Sans date",
        "UID:1\nDTSTART:demain\nSUMMARY:x",
        "UID:1\nDTSTART:20270231\nSUMMARY:x",
        "UID:1\nDTSTART:00010101T000000Z\nSUMMARY:x",
        "UID:1\nDTSTART:99991231T235959\nSUMMARY:x",
        "UID:1\nDTSTART;TZID=../../etc/passwd:20270301T100000\nSUMMARY:x",
        "UID:1\nDTSTART;TZID=:20270301T250000\nSUMMARY:x",
    ],
)
def test_a_bad_event_is_skipped_with_a_sentence_and_the_others_stay(event):
    found = read(event, MARCH)
    assert [e.title for e in found.events] == ["Souper, à Granby"]
    (skipped,) = found.skipped
    assert skipped.reason.format(**skipped.params)


@pytest.mark.parametrize(
    ("event", "hours"),
    [
        ("DTSTART:20270301T140000Z\nDTEND:20270301T100000Z", 0),
        ("DTSTART:20270301T140000Z\nDURATION:P99999999999D", 0),
        ("DTSTART:20270301T140000Z\nDURATION:n'importe quoi", 0),
        ("DTSTART;VALUE=DATE:20270301\nDTEND;VALUE=DATE:20270301", 24),
        ("DTSTART;VALUE=DATE:20270301\nDTEND:20270301T100000Z", 24),
    ],
)
def test_an_end_that_makes_no_sense_is_passed_over(event, hours):
    (found,) = read(f"UID:1\nSUMMARY:x\n{event}").events
    assert found.ends_at - found.starts_at == timedelta(hours=hours)


def test_a_file_cut_short_gives_what_came_before_and_says_so():
    text = calendar(MARCH, MARCH.replace("UID:1@x", "UID:2@x"))
    for cut in range(200, len(text), 40):
        found = ics.read(text[:cut].encode(), now=NOW, zone=ZONE)
        assert len(found.events) <= 2
        assert found.warnings


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_accents_survive_every_encoding(coding):
    found = ics.read(calendar(MARCH).encode(coding), now=NOW, zone=ZONE)
    assert [e.title for e in found.events] == ["Souper, à Granby"]


def test_a_line_folded_within_a_letter_is_whole_again():
    raw = calendar("UID:1\nDTSTART:20270301\nSUMMARY:été").encode()
    at = raw.index(b"\xc3\xa9") + 1
    found = ics.read(raw[:at] + b"\r\n " + raw[at:], now=NOW, zone=ZONE)
    assert found.events[0].title == "été"


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 1000, b"PK\x03\x04rien", b"<html>404</html>", bytes(range(256)) * 40],
)
def test_what_is_no_calendar_is_refused(data):
    with pytest.raises(UserError):
        ics.read(data, now=NOW, zone=ZONE)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damage_makes_the_reader_fail(data):
    """Lines dropped, doubled, swapped, bytes changed: events or sentences, never a trace."""
    text = calendar(MARCH, "UID:s\nDTSTART:20270301T140000Z\nRRULE:FREQ=DAILY;COUNT=3\nSUMMARY:x")
    raw = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(28, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
        if len(raw) < 40:
            break
    try:
        found = ics.read(bytes(raw), now=NOW, zone=ZONE)
    except UserError:
        return
    for skipped in found.skipped:
        skipped.reason.format(**skipped.params)
    for event in found.events:
        stamp(event.starts_at)


def test_fifty_thousand_events_are_read_with_progress_and_can_be_stopped():
    one = "BEGIN:VEVENT\r\nUID:{}\r\nDTSTART:20270101T{:02}0000Z\r\nSUMMARY:x\r\nEND:VEVENT\r\n"
    text = calendar(end="") + "".join(one.format(n, n % 24) for n in range(50_000))
    seen = []

    def stop(progress):
        seen.append(progress)
        if progress.done >= 1_000:
            raise Cancelled

    with pytest.raises(Cancelled):
        ics.read((text + "END:VCALENDAR").encode(), now=NOW, zone=ZONE, progress=stop)
    assert {p.total for p in seen} == {50_000}


def test_a_calendar_without_events_says_so():
    (warning,) = read().warnings
    assert FR.tr(warning[0]) == "Il n’y a pas d’événement dans ce calendrier."


def test_a_day_is_excepted_from_a_series_of_hours():
    series = """UID:1@x
                DTSTART;TZID=America/Toronto:20270301T100000
                RRULE:FREQ=DAILY;COUNT=3
                EXDATE;VALUE=DATE:20270302"""
    assert [event.starts_at.day for event in read(series).events] == [1, 3]


def test_what_changes_all_the_days_after_it_is_said_to():
    series = """UID:1@x
                DTSTART:20270301T100000Z
                RRULE:FREQ=DAILY;COUNT=3
                SUMMARY:Marche"""
    later = """UID:1@x
               RECURRENCE-ID;RANGE=THISANDFUTURE:20270302T100000Z
               DTSTART:20270302T140000Z
               SUMMARY:Marche"""
    found = read(series, later)
    assert [event.starts_at.hour for event in found.events] == [10, 14, 10]
    assert [skipped.title for skipped in found.skipped] == ["Marche"]


# --- Importing -----------------------------------------------------------------------------------


def test_a_plan_changes_nothing_and_says_field_by_field_what_would(
    exchange, editorial, open_store, write
):
    page = editorial.add_page(PageInput("SCC Estrie", Network.FACEBOOK))
    first = exchange.plan(write(calendar(MARCH)))
    assert [(i.kind, i.action, i.title) for i in first.items] == [
        (Kind.ENTRY, Action.ADD, "Souper, à Granby")
    ]
    assert editorial.entries(NOW, NOW + timedelta(days=365)) == []
    done = exchange.apply(first)
    assert (done.added, done.changed, done.removed) == (1, 0, 0)
    assert done.changes.touches("calendar")
    (entry,) = editorial.entries(NOW, NOW + timedelta(days=365))
    assert entry.source == "plan.ics"

    with open_store.writing() as tx:
        tx.update("calendar_entries", entry.id, page_id=page)
    again = exchange.plan(write(calendar(MARCH)))
    assert (again.items, again.unchanged) == ((), 1)
    assert exchange.apply(again).batch_id is None

    moved = MARCH.replace("20270305", "20270312").replace("Salle; du bas", "Aréna")
    changed = exchange.plan(write(calendar(moved)))
    assert [(c.field, c.before, c.after) for c in changed.items[0].changes] == [
        ("starts_at", "2027-03-06T00:00:00.000Z", "2027-03-13T00:00:00.000Z"),
        ("ends_at", "2027-03-06T02:00:00.000Z", "2027-03-13T02:00:00.000Z"),
        ("place", "Salle; du bas", "Aréna"),
    ]
    exchange.apply(changed)
    (entry,) = editorial.entries(NOW, NOW + timedelta(days=365))
    assert (entry.place, entry.page_id) == ("Aréna", page)


def test_lines_can_be_left_out(exchange, editorial, write):
    plan = exchange.plan(write(calendar(MARCH, MARCH.replace("UID:1@x", "UID:2@x"))))
    exchange.apply(plan, leave_out={plan.items[0].key})
    assert len(editorial.entries(NOW, NOW + timedelta(days=365))) == 1


def test_what_was_deleted_here_comes_back_only_when_asked_for(exchange, editorial, write):
    other = MARCH.replace("UID:1@x", "UID:2@x")
    exchange.apply(exchange.plan(write(calendar(MARCH, other))))
    entries = editorial.entries(NOW, NOW + timedelta(days=365))
    editorial.remove_entry(next(e.id for e in entries if e.uid == "1@x"))
    plan = exchange.plan(write(calendar(MARCH, other.replace("Granby", "Bromont"))))
    assert [(i.uid, i.deleted) for i in plan.items] == [("1@x", True), ("2@x", False)]
    assert (plan.count(Action.ADD), plan.count(Action.CHANGE)) == (0, 1)
    done = exchange.apply(plan)
    assert (done.added, done.changed) == (0, 1)
    again = exchange.plan(write(calendar(MARCH, other)))
    assert again.deleted == {"entry:1@x"}
    assert exchange.apply(again, leave_out=()).added == 1
    assert exchange.plan(write(calendar(MARCH, other))).items == ()


def test_what_its_own_file_or_an_undo_took_away_was_not_deleted_here(exchange, write):
    batch = exchange.apply(exchange.plan(write(calendar(MARCH)))).batch_id
    exchange.undo(batch)
    assert not exchange.plan(write(calendar(MARCH))).deleted
    exchange.apply(exchange.plan(write(calendar(MARCH))))
    exchange.apply(exchange.plan(write(calendar(f"{MARCH}\nSTATUS:CANCELLED"))))
    plan = exchange.plan(write(calendar(MARCH)))
    assert len(plan.items) == 1 and not plan.deleted


def test_an_import_that_is_stopped_changes_nothing(exchange, editorial, open_store, write):
    plan = exchange.plan(write(calendar(MARCH)))

    def stop(_):
        raise Cancelled

    with pytest.raises(Cancelled):
        exchange.apply(plan, progress=stop)
    assert editorial.entries(NOW, NOW + timedelta(days=365)) == []
    assert exchange.batches() == []


def test_a_series_follows_its_file(exchange, editorial, write):
    series = "UID:s\nDTSTART:20270301T140000Z\nRRULE:FREQ=WEEKLY;COUNT={}\nSUMMARY:Point"

    def days() -> list[int]:
        return [e.starts_at.day for e in editorial.entries(NOW, NOW + timedelta(days=365))]

    exchange.apply(exchange.plan(write(calendar(series.format(3)))))
    assert days() == [1, 8, 15]
    shorter = exchange.plan(write(calendar(series.format(2))))
    assert [(i.action, i.at.day) for i in shorter.items] == [(Action.REMOVE, 15)]
    exchange.apply(shorter)
    exchange.apply(exchange.plan(write(calendar("UID:s\nDTSTART:20270301T140000Z\nSUMMARY:Point"))))
    assert days() == [1]
    cancelled = "UID:s\nSTATUS:CANCELLED\nDTSTART:20270301T140000Z\nSUMMARY:Point"
    exchange.apply(exchange.plan(write(calendar(cancelled))))
    assert days() == []


def test_an_older_version_of_a_line_changes_nothing_and_is_said(
    exchange, editorial, open_store, write
):
    def version(number: int | None, title: str, more: str = "") -> str:
        said = f"\nSEQUENCE:{number}" if number is not None else ""
        return MARCH.replace("Souper", title) + said + more

    exchange.apply(exchange.plan(write(calendar(version(5, "Cinq")))))
    for older in (version(2, "Deux"), version(0, "Zéro", "\nSTATUS:CANCELLED")):
        plan = exchange.plan(write(calendar(older)))
        assert plan.items == ()
        assert [s.reason for s in plan.skipped] == ["A newer version of it was imported already."]
    # The same version may have been mended, and who says none is believed.
    for newer in (version(5, "Cinq bis"), version(None, "Sans"), version(6, "Six")):
        exchange.apply(exchange.plan(write(calendar(newer))))
    (entry,) = editorial.entries(NOW, NOW + timedelta(days=365))
    assert entry.title == "Six, à Granby"
    exchange.export(write("", "out.ics"), FR)
    assert b"SEQUENCE:6" in write("", "empty").with_name("out.ics").read_bytes()
    # A table knows nothing of versions.
    path = write(f"No;Date;Titre\n{entry.uid};5/03/2027;Table\n", "a.csv")
    assert [i.action for i in exchange.plan(path).items] == [Action.CHANGE]
    last = exchange.plan(write(calendar(version(7, "Six", "\nSTATUS:CANCELLED"))))
    assert [i.action for i in last.items] == [Action.REMOVE]
    done = exchange.apply(last)
    exchange.undo(done.batch_id)
    with open_store.reading() as db:
        assert db.value("SELECT sequence FROM calendar_entries") == 6


def test_a_file_that_cancels_takes_its_lines_away(exchange, editorial, write):
    exchange.apply(exchange.plan(write(calendar(MARCH))))
    cancelling = calendar(MARCH).replace("VERSION:2.0", "VERSION:2.0\r\nMETHOD:CANCEL")
    plan = exchange.plan(write(cancelling))
    assert [i.action for i in plan.items] == [Action.REMOVE]


def test_an_import_is_undone_but_for_what_was_changed_since(exchange, editorial, open_store, write):
    exchange.apply(exchange.plan(write(calendar(MARCH))))
    moved = MARCH.replace("20270305", "20270312")
    batch = exchange.apply(
        exchange.plan(
            write(calendar(moved, *(f"UID:n{n}\nDTSTART:20270401\nSUMMARY:n{n}" for n in range(3))))
        )
    ).batch_id
    entries = editorial.entries(NOW, NOW + timedelta(days=365))
    assert len(entries) == 4
    touched = next(e for e in entries if e.title == "n1")
    with open_store.writing() as tx:
        tx.update("calendar_entries", touched.id, place="Ici")
    undone = exchange.undo(batch)
    assert (undone.restored, undone.kept) == (3, 1)
    left = editorial.entries(NOW, NOW + timedelta(days=365))
    assert [(e.title, e.starts_at.day) for e in left] == [("Souper, à Granby", 6), ("n1", 1)]
    with pytest.raises(UserError):
        exchange.undo(batch)
    assert [b.undone_at is not None for b in exchange.batches()] == [True, False]


# --- Exporting, and coming back ------------------------------------------------------------------


def fill(editorial: Editorial) -> dict[str, int]:
    page = editorial.add_page(PageInput("SCC Estrie", Network.FACEBOOK))
    campaign = editorial.add_campaign(
        CampaignInput(
            "Mois de la jonquille", date(2027, 4, 1), date(2027, 4, 30),
            kind=CampaignKind.FUNDRAISING, name_en="Daffodil Month", hashtags=("#jonquille",),
            keywords=("jonquille", "daffodil"), objective_cents=5_000_000, notes="Deux\nlignes",
        )
    )  # fmt: skip
    entry = editorial.add_entry(
        EntryInput(
            "Assemblée ; « générale », ligne\\double", datetime(2027, 4, 2, 18, tzinfo=UTC),
            datetime(2027, 4, 2, 20, tzinfo=UTC), campaign_id=campaign, page_id=page,
            place="Granby",
        )
    )  # fmt: skip
    draft = editorial.add_draft(
        DraftDetails(
            "Lancement", page_id=page, campaign_id=campaign,
            planned_at=datetime(2027, 4, 1, 13, tzinfo=UTC),
        ),
        [
            (Target.FACEBOOK, Language.FR, "C'est jeudi que commence le Mois; à vos fleurs!\n\\🌼"),
            (Target.FACEBOOK, Language.EN, "Daffodil Month begins on Thursday: buy a bunch!"),
        ],
    )  # fmt: skip
    return {"page": page, "campaign": campaign, "entry": entry, "draft": draft}


def test_an_export_comes_back_as_nothing_new(exchange, editorial, tmp_path):
    fill(editorial)
    for name in ("tout.ics", "tout.xlsx"):
        path = tmp_path / name
        assert exchange.export(path, FR) == 3
        plan = exchange.plan(path)
        assert (plan.items, plan.unchanged, plan.skipped, plan.warnings) == ((), 3, (), ())


def test_a_post_moved_in_another_program_moves_here_and_nothing_else_of_it(
    exchange, editorial, tmp_path
):
    ids = fill(editorial)
    path = tmp_path / "tout.ics"
    exchange.export(path, FR)
    path.write_bytes(path.read_bytes().replace(b"20270401T130000Z", b"20270401T150000Z"))
    done = exchange.apply(exchange.plan(path))
    sheet = editorial.sheet(ids["draft"])
    assert sheet.draft.planned_at == datetime(2027, 4, 1, 15, tzinfo=UTC)
    assert [v.text[:12] for v in sheet.variants] == ["C'est jeudi ", "Daffodil Mon"]
    assert done.moved == {ids["draft"]}
    assert exchange.undo(done.batch_id).moved == {ids["draft"]}


def test_another_workspace_gets_campaign_lines_and_the_posts_for_its_duplicate_check(
    exchange, editorial, other, tmp_path
):
    fill(editorial)
    path = tmp_path / "tout.ics"
    exchange.export(path, FR)
    plan = other.plan(path)
    assert sorted(i.kind.value for i in plan.items) == ["campaign", "entry", "known", "known"]
    other.apply(plan)
    assert other.plan(path).items == ()
    with other._store.reading() as db:
        campaign = db.one("SELECT * FROM campaigns")
        entry = db.one("SELECT * FROM calendar_entries")
    assert (campaign["name_en"], campaign["objective_cents"]) == ("Daffodil Month", 5_000_000)
    assert json.loads(campaign["keywords"]) == ["jonquille", "daffodil"]
    assert entry["campaign_id"] == campaign["id"]
    other.undo(other.batches()[0].id)
    with other._store.reading() as db:
        for table in ("campaigns", "calendar_entries", "known_posts"):
            assert db.value(f"SELECT count(*) FROM {table}") == 0


TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), include_characters="\n"), max_size=80
)
MOMENTS = st.datetimes(datetime(1980, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)


@st.composite
def an_event(draw):
    all_day = draw(st.booleans())
    starts = draw(MOMENTS)
    if all_day:
        starts = starts.replace(hour=0, minute=0, second=0)
    length = (
        timedelta(days=draw(st.integers(1, 9)))
        if all_day
        else timedelta(minutes=draw(st.integers(0, 5_000)))
    )
    return ics.Event(
        uid=draw(st.uuids()).hex,
        title=ics.tidy(draw(TEXTS)),
        starts_at=starts,
        ends_at=starts + length,
        all_day=all_day,
        place=ics.tidy(draw(TEXTS)),
        notes=ics.tidy(draw(TEXTS)),
        extra={k: v for k, v in {"page": ics.tidy(draw(TEXTS)), "kind": ""}.items() if v},
        texts=tuple(
            draw(st.lists(st.tuples(st.just("x"), st.just("fr"), TEXTS.map(ics.tidy)), max_size=2))
        ),
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(an_event(), max_size=4, unique_by=lambda e: e.uid))
@example([ics.Event("a", r"\N", NOW, NOW, False, r"C:\Notes", r"\n\N,;", extra={"page": r"\N"})])
def test_what_is_written_is_read_back(events):
    data = ics.write(events, now=NOW)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    back = ics.read(data, now=NOW, zone=ZONE)
    assert back.skipped == () and bool(back.warnings) is not bool(events)
    assert list(back.events) == sorted(events, key=lambda e: (e.starts_at, e.uid))


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.lists(an_event(), max_size=4, unique_by=lambda e: e.uid))
def test_importing_twice_is_importing_once_and_undoing_is_not_importing(
    exchange, open_store, write, events
):
    path = write(ics.write(events, now=NOW))
    done = exchange.apply(exchange.plan(path))
    again = exchange.plan(path)
    assert again.items == ()
    if done.batch_id is not None:
        exchange.undo(done.batch_id)
    with open_store.reading() as db:
        assert db.value("SELECT count(*) FROM calendar_entries") == 0


# --- Signed plans --------------------------------------------------------------------------------

SPAN = {"first": date(2027, 4, 1), "last": date(2027, 4, 30)}


@pytest.fixture
def sent(exchange, editorial, tmp_path):
    """The plan of a page of ours, as a file, and a way to send it anew."""
    ids = fill(editorial)
    path = tmp_path / "estrie.ics"

    def send() -> Path:
        exchange.export_plan(ids["page"], path, FR, **SPAN)
        return path

    send()
    return path, send, ids


def test_a_plan_makes_its_posts_known_to_others(sent, other, exchange):
    path, _, _ = sent
    plan = other.plan(path)
    assert plan.sender.name == "Ana Roy" and plan.sender.page == "SCC Estrie"
    assert not plan.sender.known and not plan.sender.own
    assert plan.sender.fingerprint == Signer(bytes([1]) * 32, "x").fingerprint()
    assert other.apply(plan).moved == set(), "whose posts are its own, it leaves alone"
    with other._store.reading() as db:
        (near,) = duplicates.neighbours(db, "C'est jeudi que commence le mois, à vos fleurs!")
        assert db.value("SELECT count(*) FROM calendar_entries") == 0
    assert (near.score, near.page, near.day) == (100, "SCC Estrie", "2027-04-01")
    again = other.plan(path)
    assert again.sender.known and again.items == ()
    assert exchange.plan(path).sender.own and exchange.plan(path).items == ()


def test_a_newer_plan_replaces_the_older_and_an_older_is_refused(sent, other, editorial, clock):
    path, send, ids = sent
    other.apply(other.plan(path))
    old = path.read_bytes()
    clock.advance(days=1)
    variant = next(v for v in editorial.sheet(ids["draft"]).variants if v.language == "en")
    editorial.remove_variant(variant.id)
    send()
    plan = other.plan(path)
    assert [(i.kind, i.action) for i in plan.items] == [(Kind.KNOWN, Action.REMOVE)]
    other.apply(plan)
    path.write_bytes(old)
    with pytest.raises(UserError) as refusal:
        other.plan(path)
    assert refusal.value.code == "older_plan"


def test_a_plan_altered_unsigned_or_signed_by_another_key_is_refused(
    sent, other, open_store, clock, tmp_path
):
    path, _, ids = sent
    whole = path.read_bytes()

    def refusal(data: bytes) -> str:
        path.write_bytes(data)
        with pytest.raises(UserError) as error:
            other.plan(path)
        return error.value.code

    assert refusal(whole.replace(b"jeudi", b"mardi")) == "altered_plan"
    assert refusal(
        whole.replace(b"X-SCC-ADMIN-SIGNATURE:U1NIU0l", b"X-SCC-ADMIN-SIGNATURE:V1NIU0l")
    ) == ("altered_plan")
    bare = b"".join(line for line in whole.splitlines(keepends=True) if b"SIGNATURE:" not in line)
    assert refusal(bare) == "unsigned_plan"
    path.write_bytes(whole)
    other.apply(other.plan(path))
    stranger = exchange_of(open_store, clock, seed=3)
    clock.advance(days=1)
    stranger.export_plan(ids["page"], path, FR, **SPAN)
    assert refusal(path.read_bytes()) == "sender_changed"
    accepted = other.plan(path, accept_key=Signer(bytes([3]) * 32, "x").fingerprint())
    assert not accepted.sender.known
    other.apply(accepted)
    assert other.plan(path).sender.known


def test_a_plan_cannot_move_the_posts_of_whoever_receives_it(sent, other, clock, tmp_path):
    path, _, _ = sent
    data = path.read_bytes()
    uid = next(line for line in data.splitlines() if line.startswith(b"UID:"))[4:].decode()
    with other._store.writing() as tx:
        tx.insert(
            "drafts", uid=uid, title="À moi", kind="post", state="draft", author="",
            created_at="2026-11-23", updated_at="2026-11-23", planned_at="2027-05-01T13:00:00.000Z",
        )  # fmt: skip
    assert other.plan(path).items == ()


def test_a_signature_without_a_page_is_no_plan(exchange, other, write, open_store):
    """Else it could take away what came from calendars that nobody signed."""
    data = calendar(MARCH).encode()
    signature = Signer(bytes([9]) * 32, "x").sshsig(plans.NAMESPACE, data)
    with pytest.raises(UserError) as error:
        exchange.plan(write(ics.with_signature(data, signature)))
    assert error.value.code == "altered_plan"


def test_openssh_agrees_with_the_signature(sent, tmp_path):
    """By the commands that docs/plan-format.md gives."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("no ssh-keygen here")
    assert sent
    line = Signer(bytes([1]) * 32, "x").openssh_public_line()
    (tmp_path / "allowed").write_text(f"estrie {line}\n")
    script = """
        grep -v '^X-SCC-ADMIN-SIGNATURE:' estrie.ics > signed.ics
        { echo '-----BEGIN SSH SIGNATURE-----'
          sed -n 's/^X-SCC-ADMIN-SIGNATURE://p' estrie.ics | tr -d '\\r'
          echo '-----END SSH SIGNATURE-----'; } > signed.ics.sig
        ssh-keygen -Y verify -f allowed -I estrie -n scc-admin-plan -s signed.ics.sig < signed.ics
    """
    done = subprocess.run(
        ["sh", "-ec", script], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "Good" in done.stdout


# --- Tables --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "a.csv",
            "Date;Heure;Titre;Page;Campagne;Texte\n"
            "12/04/2027;19 h 30;Souper;SCC Estrie;Mois de la jonquille;Venez\n"
            "25/04/2027;;Journée;;;\n".encode("cp1252"),
        ),
        (
            "b.csv",
            "\ufeffsep=,\r\nDay,Start time,Title,Page,Campaign,Text\r\n"
            '2027-04-12,7:30 PM,Souper,SCC Estrie,Daffodil Month,"Venez"\r\n'
            "April 25 2027,,Journée,,,\r\n".encode("utf-16"),
        ),
    ],
)
def test_a_table_is_understood_by_its_heads(exchange, editorial, write, name, data):
    ids = fill(editorial)
    plan = exchange.plan(write(data, name))
    assert plan.skipped == ()
    exchange.apply(plan)
    lines = {e.title: e for e in editorial.entries(NOW, NOW + timedelta(days=365))}
    supper = lines["Souper"]
    assert supper.starts_at == datetime(2027, 4, 12, 23, 30, tzinfo=UTC)
    assert (supper.page_id, supper.campaign_id, supper.notes) == (
        ids["page"],
        ids["campaign"],
        "Venez",
    )
    assert lines["Journée"].all_day and lines["Journée"].starts_at.day == 25
    assert exchange.plan(write(data, name)).items == ()


def test_the_network_tells_two_pages_of_one_name_apart(exchange, editorial, write):
    there = {
        network: editorial.add_page(PageInput("SCC Québec", network))
        for network in (Network.X, Network.YOUTUBE)
    }
    plan = exchange.plan(
        write(
            "Date;Titre;Page;Plateforme\n"
            "2027-04-12;Un;SCC Québec;Twitter / X\n"
            "2027-04-13;Deux;scc québec;YouTube\n"
            "2027-04-14;Trois;SCC Québec;X et YouTube\n"
            "2027-04-15;Quatre;SCC Estrie;X\n",
            "a.csv",
        )
    )
    assert [item.values.get("page_id") for item in plan.items] == [
        there[Network.X],
        there[Network.YOUTUBE],
        None,
        None,
    ]
    assert [params["names"] for _, params in plan.warnings] == ["SCC Estrie", "SCC Québec"]
    assert len({words for words, _ in plan.warnings}) == 2


def test_a_row_whose_day_changed_is_the_same_row(exchange, editorial, write):
    head = "Date,Titre\n"
    exchange.apply(exchange.plan(write(head + "2027-04-12,Souper\n2027-04-13,Bal\n", "a.csv")))
    plan = exchange.plan(write(head + "2027-04-19,Souper\n2027-04-13,Bal\n", "a.csv"))
    assert [(i.action, [c.field for c in i.changes]) for i in plan.items] == [
        (Action.CHANGE, ["starts_at", "ends_at"])
    ]


def test_a_title_that_comes_back_each_month_is_a_line_of_each(exchange, editorial, write):
    exchange.apply(exchange.plan(write("Date,Titre\n2026-12-31,Bilan\n", "decembre.csv")))
    plan = exchange.plan(write("Date,Titre\n2027-01-31,Bilan\n", "janvier.csv"))
    assert [(i.action, i.at.month) for i in plan.items] == [(Action.ADD, 1)]
    # The same table under another name is still the same table.
    exchange.apply(exchange.plan(write("Date,Titre\n2027-02-01,Bal\n2027-02-02,Jeu\n", "v1.csv")))
    plan = exchange.plan(write("Date,Titre\n2027-02-01,Bal\n2027-02-09,Jeu\n", "v2.csv"))
    assert [(i.action, i.title) for i in plan.items] == [(Action.CHANGE, "Jeu")]


def test_a_row_that_is_worded_anew_is_the_same_row(exchange, editorial, write):
    head = "Date,Heure,Titre\n"
    before = head + "2027-04-12,9 h,Merci aux bénévoles\n2027-04-13,,Souper\n2027-04-14,,Bal\n"
    exchange.apply(exchange.plan(write(before, "a.csv")))
    after = (
        head + "2027-04-12,9 h,Merci à nos bénévoles!\n2027-04-13,,Conférence\n2027-04-14,,Bal\n"
    )
    plan = exchange.plan(write(after, "a.csv"))
    assert [(i.action, i.title, [c.field for c in i.changes]) for i in plan.items] == [
        (Action.CHANGE, "Merci à nos bénévoles!", ["title"]),
        (Action.ADD, "Conférence", []),
    ]
    exchange.apply(plan)
    again = exchange.plan(write(after, "a.csv"))
    assert again.items == ()


def test_a_workbook_is_read_with_its_types_and_no_formula(exchange, editorial, write):
    rows = [
        [date(2027, 4, 12), "19:30", "=SOMME(1)", "Granby"],
        [datetime(2027, 4, 13, 8, tzinfo=UTC), None, "Déjeuner", None],
        ["pas une date", None, "Perdu", None],
    ]
    book = xlsx([Sheet("Calendrier", ["Date", "Heure", "Titre", "Lieu"], rows)], at=NOW)
    plan = exchange.plan(write(book, "a.xlsx"))
    assert [i.title for i in plan.items] == ["=SOMME(1)", "Déjeuner"]
    assert [s.title for s in plan.skipped] == ["Perdu"]
    assert plan.items[1].at == datetime(2027, 4, 13, 12, tzinfo=UTC)


def test_a_table_without_known_heads_asks_which_column_is_which(exchange, write):
    path = write("Quand ça;Ce que c'est\n2027-04-12;Souper\n", "a.csv")
    with pytest.raises(UserError) as error:
        exchange.plan(path)
    assert error.value.code == "columns" and "Quand ça" in str(error.value)
    plan = exchange.plan(path, columns={"date": 0, "title": 1})
    assert [i.title for i in plan.items] == ["Souper"]


def test_days_that_can_be_read_two_ways_are_said(exchange, write):
    plan = exchange.plan(write("Date;Titre\n03/04/2027;Souper\n", "a.csv"))
    assert len(plan.warnings) == 1
    assert plan.items[0].at == datetime(2027, 4, 3, tzinfo=UTC)
    plan = exchange.plan(write("Date;Title\n04/13/2027;Bal\n04/03/2027;Supper\n", "b.csv"))
    assert plan.warnings == ()
    assert [i.at.month for i in plan.items] == [4, 4]


@pytest.mark.parametrize("suffix", tables.SUFFIXES)
@given(st.binary(max_size=300))
@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_no_bytes_make_a_table_fail(exchange, write, suffix, data):
    try:
        exchange.plan(write(data, f"a{suffix}"))
    except UserError:
        return
