"""The journal: what it writes, finds, refuses, forgets, and what it finds changed."""

from __future__ import annotations

import hmac
import json
import random
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journal_tools import SEED, START, Clock, signer, tamper

from scc_admin.errors import Cancelled, IntegrityError, UserError
from scc_admin.journal import (
    Journal,
    NewEntry,
    body,
    index,
    merkle,
    notes,
    verification,
    words,
)
from scc_admin.model import EntryKind, Ground, JournalQuery, Progress
from scc_admin.store import Store

KEY = SEED


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "workspace.db", KEY) as opened:
        yield opened


def over(store: Store, **changes: object) -> Journal:
    given: dict[str, object] = {
        "clock": Clock(),
        "app": "scc_admin/test",
        "signer": signer(),
        "zone": UTC,
    }
    return Journal(store, **{**given, **changes})  # type: ignore[arg-type]


@pytest.fixture
def journal(store: Store) -> Journal:
    return over(store)


def ban(number: int = 1, **changes: object) -> NewEntry:
    given: dict[str, object] = {
        "kind": EntryKind.BAN,
        "who": "Admin QC",
        "case": "CAS-2026-001",
        "step": "ban",
        "values": {"text": f"Propos numéro {number}", "url": f"https://example.org/{number}"},
    }
    return NewEntry(**{**given, **changes})  # type: ignore[arg-type]


def write(store: Store, journal: Journal, count: int, **changes: object) -> None:
    with store.writing() as tx:
        for number in range(1, count + 1):
            journal.append(tx, ban(number, **changes))


def add(store: Store, journal: Journal, new: NewEntry) -> int:
    with store.writing() as tx:
        return journal.append(tx, new)


def codes(journal: Journal, **how: object) -> set[str]:
    return {problem.code for problem in journal.verify(**how).problems}  # type: ignore[arg-type]


# -- writing and reading ----------------------------------------------------------------------


def test_what_was_written_is_read_back(store, journal):
    seq = add(store, journal, ban(7, rule="PAGE-01", expires="2027-01-01", approver="Chef"))
    entry = journal.entry(seq)
    assert (entry.seq, entry.kind, entry.who, entry.case) == (
        1,
        EntryKind.BAN,
        "Admin QC",
        "CAS-2026-001",
    )
    assert (entry.rule, entry.expires, entry.approver) == ("PAGE-01", "2027-01-01", "Chef")
    assert entry.values == {"text": "Propos numéro 7", "url": "https://example.org/7"}
    assert entry.at == START + timedelta(minutes=1)
    assert (entry.offset, entry.app, entry.supersedes) == (0, "scc_admin/test", None)
    assert journal.entry(2) is None
    assert journal.verify().ok


def test_the_place_of_writing_is_kept_beside_the_instant(store):
    quebec = timezone(timedelta(hours=-5))
    journal = over(store, zone=quebec)
    late = datetime(2026, 11, 17, 3, 30, tzinfo=UTC)
    add(store, journal, ban(at=late))
    assert journal.entry(1).offset == -300
    # Half past ten in the evening of the sixteenth, where it was written.
    sixteenth = JournalQuery(since=date(2026, 11, 16), until=date(2026, 11, 16))
    assert list(journal.ids(sixteenth)) == [1]


def test_an_entry_goes_with_the_act_that_failed(store, journal):
    with pytest.raises(RuntimeError), store.writing() as tx:
        journal.append(tx, ban())
        raise RuntimeError
    assert journal.size() == 0
    assert journal.verify().ok


def test_who_must_be_said(store, journal):
    with pytest.raises(UserError), store.writing() as tx:
        journal.append(tx, ban(who=" \n "))


@pytest.mark.parametrize(
    "change",
    [{"case": "Jean Tremblay"}, {"rule": "é"}, {"step": "a" * 81}, {"values": {"Texte": "x"}}],
)
def test_nothing_but_codes_gets_into_the_body(store, journal, change):
    with pytest.raises(ValueError), store.writing() as tx:
        journal.append(tx, ban(**change))


TEXTS = st.text(st.characters(exclude_categories=[]), max_size=40)
"""Everything: controls, lone surrogates, unassigned."""


@settings(deadline=None)
@given(who=TEXTS, approver=TEXTS, values=st.dictionaries(st.sampled_from("abc"), TEXTS))
def test_a_body_is_canonical_whatever_is_typed(who, approver, values):
    new = ban(who="A" + who, approver=approver, values=values)
    sealed = body.seal(
        new, seq=2**53 - 1, prev=bytes(32), at=START, offset=-210, app="scc_admin/test"
    )
    held = json.loads(sealed.body)
    assert rfc8785.dumps(held) == sealed.body
    assert body.well_formed(sealed.body)
    assert unicodedata.is_normalized("NFC", held["who"])
    assert not {"\n", "\x00", "\x85", "\u2028"} & set(held["who"] + held["approver"])
    assert sealed.hash == sha256(b"\x00scc-admin/journal-entry/1\n" + sealed.body).digest()
    for name, value, salt in sealed.opened:
        message = name.encode() + b"\x00" + sha256(value.encode()).digest()
        assert held["commit"][name] == hmac.new(salt, message, sha256).hexdigest()
        assert len(salt) == 32
    assert held["commit"].keys() == {name for name, value in values.items() if value}


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50
)
@given(text=TEXTS, other=TEXTS)
def test_values_are_kept_to_the_letter(store, journal, text, other):
    seq = add(store, journal, ban(values={"text": text, "other": other}))
    expected = {
        name: "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in value)
        for name, value in (("text", text), ("other", other))
        if value
    }
    assert journal.entry(seq).values == expected
    assert journal.verify().ok


def test_ten_megabytes_are_kept_verified_and_found(store, journal, monkeypatch):
    long = "œuvre " * 1_600_000
    write(store, journal, 40)
    seq = add(store, journal, ban(values={"text": long}))
    assert journal.entry(seq).values["text"] == long
    # More than is read in one go.
    monkeypatch.setattr(verification, "_AT_ONCE", 1_000_000)
    assert journal.verify().ok
    assert list(journal.ids(JournalQuery(text="œuvre"))) == [seq]


def test_pages_come_newest_first_and_go_on_where_the_last_one_ended(store, journal):
    write(store, journal, 100)
    first = journal.entries(limit=40)
    rest = journal.entries(before=first[-1].seq, limit=100)
    assert [entry.seq for entry in first + rest] == list(range(100, 0, -1))
    assert [entry.seq for entry in journal.page([5, 999, 3])] == [5, 3]
    assert list(journal.ids()[:3]) == [100, 99, 98]


def test_gathering_matches_can_be_stopped(store, journal, monkeypatch):
    write(store, journal, 100)
    monkeypatch.setattr(index, "_AT_ONCE", 10)
    seen = []

    def stop(progress: Progress) -> None:
        seen.append(progress.done)
        if progress.done >= 30:
            raise Cancelled

    propos = JournalQuery(text="propos")
    with pytest.raises(Cancelled):
        journal.ids(propos, progress=stop)
    assert len(seen) < 10 and seen == sorted(seen)
    assert list(journal.ids(propos)) == list(range(100, 0, -1))
    store.forget_traces()  # nothing is left half read


def test_the_journal_refuses_to_be_changed(store, journal):
    write(store, journal, 2)
    journal.checkpoint()
    for statement in (
        "UPDATE journal SET hash = zeroblob(32) WHERE seq = 1",
        "DELETE FROM journal WHERE seq = 2",
        "INSERT INTO journal VALUES (9, x'00', zeroblob(32))",
        "INSERT OR REPLACE INTO journal VALUES (2, x'00', zeroblob(32))",
        "UPDATE journal_values SET value = 'autre' WHERE seq = 1",
        "UPDATE journal_values SET value = NULL WHERE seq = 1",
        "DELETE FROM journal_values WHERE seq = 1",
        "INSERT OR REPLACE INTO journal_values VALUES (2, 'text', 'autre', zeroblob(32))",
        "INSERT INTO journal_values VALUES (1, 'zut', 'autre', zeroblob(32))",
        "UPDATE checkpoints SET size = 1",
        "DELETE FROM checkpoints",
        "INSERT OR REPLACE INTO checkpoints SELECT * FROM checkpoints",
    ):
        with pytest.raises(Exception, match=r"journal|checkpoint"), store.writing() as tx:
            tx.run(statement)
    assert journal.verify().ok


# -- searching --------------------------------------------------------------------------------


def test_search_finds_the_beginning_of_words_and_filters(store, journal):
    write(store, journal, 30)
    add(store, journal, ban(31, kind=EntryKind.NOTE, case="CAS-2026-002", who="Autre"))
    assert list(journal.ids(JournalQuery(text="NUMERO 3"))) == [31, 30, 3]
    assert list(journal.ids(JournalQuery(text="propos", case="CAS-2026-002"))) == [31]
    assert list(journal.ids(JournalQuery(kinds=frozenset({EntryKind.NOTE})))) == [31]
    assert list(journal.ids(JournalQuery(who="Autre"))) == [31]
    assert list(journal.ids(JournalQuery(text="cas-2026-002"))) == [31]
    today = JournalQuery(since=date(2026, 11, 16), until=date(2026, 11, 16))
    assert journal.count(today) == (31, True)
    assert journal.count(JournalQuery(since=date(2026, 11, 17))) == (0, True)
    assert journal.count(JournalQuery(since=date(2027, 1, 1), until=date(2026, 1, 1))) == (0, True)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("L’été à Montréal", "ete montreal"),
        ("ÉCŒURANT", "écœur"),
        ("𝐛𝐨𝐧𝐣𝐨𝐮𝐫", "bonj"),
        ("ｆｕｌｌ", "full"),
        ("dés\u200bin\u00adfor\ufeffmation", "désinformation"),
        ("e\u0301cole", "école"),
        ("STRASSE", "straße"),
        ("l'ami", "l’ami"),
        ("C++ et C#", "c++"),
        ("don't", "don't"),
        ("été", "\ue000été"),
        ("تقرير", "تقرير"),
        ("会議の記録", "会議"),
    ],
)
def test_words_are_found_however_they_are_typed(store, journal, written, typed):
    write(store, journal, 40)
    seq = add(store, journal, ban(values={"text": written}))
    assert seq in journal.ids(JournalQuery(text=typed)), "while it waits to be indexed"
    write(store, journal, 40)
    assert seq in journal.ids(JournalQuery(text=typed)), "once it is indexed"
    assert seq in journal.ids(JournalQuery(text=typed, case="CAS-2026-001"))


@pytest.mark.parametrize(
    "typed",
    [
        '"', "'", "*", "propos*", "NEAR(a b)", "words:", "words : propos", "tags:kban", "{words}",
        "a AND", "OR", "NOT", "(", ")", "^propos", "-propos", "+", "propos AND", '"propos',
        "';DROP TABLE journal;--", "\x00", "propos\x00", "\ud800", "😀", "\u202e", "%", "_",
        "a " * 5_000, "x" * 100_000, "\ue000kban", "\\", "propos\n", "rowid:1", "-- ", "?", ":1",
    ],
)  # fmt: skip
def test_a_search_box_is_text(store, journal, typed):
    write(store, journal, 40)
    found = journal.ids(JournalQuery(text=typed))
    assert len(found) <= 40
    assert journal.count(JournalQuery(text=typed)) == (len(found), True)


def test_a_query_of_nothing_but_signs_finds_everything(store, journal):
    write(store, journal, 3)
    assert len(journal.ids(JournalQuery(text=" !? "))) == 3


def test_only_sixteen_words_count(store, journal):
    add(store, journal, ban(values={"text": " ".join(f"mot{n}" for n in range(16))}))
    assert list(journal.ids(JournalQuery(text=" ".join(f"mot{n}" for n in range(30))))) == [1]


VOCABULARY = "a an ane anes banni bannir bannis commentaire commentaires comme comment été x y zut"
BEGINNINGS = "a an ban bann banni bannis comm commentaire ete x z zu q cas"
WORDS = st.lists(st.sampled_from(VOCABULARY.split()), min_size=1, max_size=6)
FILED = st.tuples(
    WORDS,
    st.sampled_from([EntryKind.BAN, EntryKind.NOTE, EntryKind.CASE_OPENED]),
    st.sampled_from(["CAS-2026-001", "CAS-2026-002", ""]),
    st.sampled_from(["Ana", "Ben"]),
    st.integers(0, 800),
)
ASKED = st.builds(
    JournalQuery,
    text=st.lists(st.sampled_from(BEGINNINGS.split()), max_size=2).map(" ".join),
    kinds=st.sets(st.sampled_from([EntryKind.BAN, EntryKind.NOTE]), max_size=2).map(frozenset),
    case=st.sampled_from(["", "CAS-2026-001", "CAS-2026-003"]),
    who=st.sampled_from(["", "Ana"]),
    since=st.none() | st.dates(date(2025, 11, 1), date(2028, 3, 1)),
    until=st.none() | st.dates(date(2025, 11, 1), date(2028, 3, 1)),
)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(filed=st.lists(FILED, min_size=1, max_size=40), asked=st.lists(ASKED, min_size=5))
def test_a_search_finds_what_reading_everything_would(tmp_path_factory, filed, asked):
    path = tmp_path_factory.mktemp("search") / "workspace.db"
    with Store.create(path, None) as store:
        journal = over(store)
        first = datetime(2026, 1, 1, 12, tzinfo=UTC)
        with store.writing() as tx:
            for held, kind, case, who, days in filed:
                journal.append(
                    tx,
                    NewEntry(
                        kind,
                        who,
                        case=case,
                        values={"text": " ".join(held)},
                        at=first + timedelta(days=days),
                    ),
                )
        for query in asked:
            expected = [
                seq
                for seq in range(len(filed), 0, -1)
                if matches(query, *filed[seq - 1], first.date())
            ]
            assert list(journal.ids(query)) == expected
            assert list(journal.ids(query, limit=2)) == expected[:2]
            assert list(journal.ids(query, before=5)) == [seq for seq in expected if seq < 5]


def matches(
    query: JournalQuery,
    held: list[str],
    kind: EntryKind,
    case: str,
    who: str,
    days: int,
    first: date,
) -> bool:
    there = [words.fold(word) for word in [*held, who, *case.split("-")]]
    day = first + timedelta(days=days)
    return (
        all(any(word.startswith(token) for word in there) for token in query.text.split())
        and (not query.kinds or kind in query.kinds)
        and (not query.case or case == query.case)
        and (not query.who or who == query.who)
        and (query.since is None or day >= query.since)
        and (query.until is None or day <= query.until)
    )


def test_counting_stops_at_a_thousand(store, journal):
    write(store, journal, 1_001)
    assert journal.count(JournalQuery(text="propos")) == (1_000, False)
    assert journal.count() == (1_001, True)
    assert journal.count(JournalQuery(text="numero 1001")) == (1, True)


def test_an_index_that_lost_its_way_is_found_and_made_anew(store, journal):
    write(store, journal, 200)
    assert journal.check_index() == ()
    with store.writing() as tx:
        tx.run("UPDATE journal_words SET words = 'rien' WHERE rowid = 7")
        tx.run("DELETE FROM journal_words WHERE rowid = 9")
    assert [problem.code for problem in journal.check_index()] == ["index"]
    seen: list[Progress] = []
    journal.rebuild_index(seen.append)
    assert journal.check_index() == ()
    assert seen[-1].done == seen[-1].total == 200
    assert list(journal.ids(JournalQuery(text="numero 9"))) == [99, 98, 97, 96, 95, 94, 93, 92,
                                                               91, 90, 9]  # fmt: skip


def test_a_broken_index_keeps_nobody_from_recording_or_erasing(store, journal):
    write(store, journal, 64)
    with store.writing() as tx:
        tx.run("UPDATE journal_words_data SET block = randomblob(length(block)) WHERE id >= 10")
    with pytest.raises(IntegrityError, match="Examine now"):
        journal.ids(JournalQuery(text="propos"))
    write(store, journal, 40)
    with store.writing() as tx:
        journal.erase(tx, {3: None}, ground=Ground.REQUEST, who="A", approver="B")
    assert journal.size() == 105
    assert journal.verify().ok
    journal.rebuild_index()
    assert journal.check_index() == ()
    assert len(journal.ids(JournalQuery(text="propos"))) == 103


# -- erasing ----------------------------------------------------------------------------------

SECRET = "Zanzibarique Œdémateux ÀVERSÉ zqxwv-lugubre"


def traces(folder: Path, text: str = SECRET) -> list[str]:
    """Where in the folder a text still stands, in any coat."""
    coats = {
        f"{name} {coat}": worn.encode(coat)
        for name, worn in {
            "as typed": text,
            "folded": words.fold(text),
            "a word": words.fold(text).split()[0],
            "a fragment": "zqxw",
            "decomposed": unicodedata.normalize("NFD", text),
        }.items()
        for coat in ("utf-8", "utf-16-le", "utf-16-be")
    }
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            held = path.read_bytes().lower()
            found += [
                f"{path.name}: {name}" for name, worn in coats.items() if worn.lower() in held
            ]
    return found


def test_no_byte_of_an_erased_value_is_left(tmp_path):
    with Store.create(tmp_path / "workspace.db", None) as store:
        journal = over(store)
        for number in range(40):
            write(store, journal, 20)
            add(store, journal, ban(number, values={"text": f"{SECRET} {number}", "url": "x"}))
        journal.checkpoint()
        wanted = list(journal.ids(JournalQuery(text="zanzibarique")))
        assert len(wanted) == 40
        assert traces(tmp_path)
        with store.writing() as tx:
            by = journal.erase(
                tx,
                {seq: ["text"] for seq in wanted},
                ground=Ground.REQUEST,
                who="Admin",
                approver="Chef",
                case="CAS-2026-001",
            )
        assert journal.settle()
        assert not journal.settle()
        assert traces(tmp_path) == []
        store.backup(tmp_path / "copy.db")
        assert traces(tmp_path) == []
        report = journal.verify()
        assert report.ok
        assert report.covered == 840
        assert [(e.seq, e.field, e.by) for e in report.erased] == [
            (seq, "text", by) for seq in sorted(wanted)
        ]
        assert journal.entry(wanted[0]).values == {"text": None, "url": "x"}
        assert journal.entry(by).erases == dict.fromkeys(wanted, ("text",))
        assert (journal.entry(by).step, journal.entry(by).approver) == ("request", "Chef")
        assert not journal.ids(JournalQuery(text="zanzibarique"))
        assert journal.check_index() == ()
    assert traces(tmp_path) == []


def test_an_erasure_that_was_interrupted_is_settled_later(tmp_path):
    path = tmp_path / "workspace.db"
    with Store.create(path, None) as store:
        write(store, over(store), 40, values={"text": SECRET})
        with store.writing() as tx:
            over(store).erase(
                tx,
                dict.fromkeys(range(1, 41)),
                ground=Ground.RETENTION,
                who="Admin",
                approver="Chef",
            )
    with Store.open(path, None) as store:
        assert over(store).settle()
        assert traces(tmp_path) == []


def test_erasing_says_so_when_somebody_still_reads_the_old_state(store, journal):
    write(store, journal, 3)
    store._writer.execute("PRAGMA busy_timeout = 0")
    other = Store.open(store.path, KEY, read_only=True)
    with other, other.reading() as old:
        old.value("SELECT count(*) FROM journal")
        with store.writing() as tx:
            journal.erase(tx, {1: None}, ground=Ground.MISTAKE, who="A", approver="B")
        with pytest.raises(UserError, match="reading"):
            journal.settle()
    assert journal.settle()


def test_an_erasure_needs_something_and_somebody(store, journal):
    write(store, journal, 2)

    def erase(**changes: object) -> None:
        given = {"ground": Ground.REQUEST, "who": "A", "approver": "B", "fields": {1: None}}
        with store.writing() as tx:
            journal.erase(tx, **{**given, **changes})  # type: ignore[arg-type]

    with pytest.raises(UserError, match="approved"):
        erase(approver=" ")
    with pytest.raises(UserError, match="nothing left"):
        erase(fields={1: ["inconnu"], 99: None})
    erase(fields={1: ["text"]})
    erase(fields={1: None})
    with pytest.raises(UserError, match="nothing left"):
        erase(fields={1: None})
    assert [(e.field, e.by) for e in journal.verify().erased] == [("text", 3), ("url", 4)]


# -- checkpoints and proofs -------------------------------------------------------------------


def test_a_checkpoint_covers_what_was_there(store, journal):
    write(store, journal, 300)
    point = journal.checkpoint()
    write(store, journal, 2)
    report = journal.verify()
    assert (report.size, report.covered, report.uncovered, report.ok) == (302, 300, 2, True)
    assert notes.verify(point.note, signer().public_key, journal.origin) == point
    assert journal.checkpoints() == [point]
    journal.checkpoint()
    held = journal.verify(held=[point.note])
    assert (held.held, held.covered, journal.verify().held) == (300, 302, 0)


def test_an_empty_journal_can_be_signed_and_verified(journal):
    point = journal.checkpoint()
    assert (point.size, point.root) == (0, merkle.EMPTY_ROOT)
    assert journal.verify().ok


@pytest.mark.parametrize(
    "size", [700, pytest.param(256 * 256 + 300, marks=pytest.mark.slow, id="three levels")]
)
def test_proofs_of_the_stored_tree_hold(store, journal, size):
    write(store, journal, size)
    point = journal.checkpoint()
    assert journal.root(point.size) == point.root
    for seq in {1, 2, 255, 256, 257, 512, 513, size - 300, size - 1, size}:
        entry = journal.entry(seq)
        proof = journal.inclusion_proof(seq, size)
        assert merkle.verify_inclusion(entry.hash, seq - 1, size, proof, point.root)
        shown = journal.consistency_proof(seq, size)
        assert merkle.verify_consistency(seq, journal.root(seq), size, point.root, shown)
    with pytest.raises(ValueError):
        journal.inclusion_proof(size + 1, size)
    assert journal.verify().ok
    with store.reading() as db:
        assert db.value("SELECT count(*) FROM journal_tree") == size // 256 + size // 65_536


def test_no_key_signs_nothing(store):
    with pytest.raises(UserError, match="signing key"):
        over(store, signer=None).checkpoint()


def test_a_journal_verifies_without_a_key_but_proves_nothing(store, journal):
    write(store, journal, 3)
    journal.checkpoint()
    report = over(store, signer=None).verify()
    assert (report.ok, report.covered, report.checkpoints) == (True, 0, 0)
    assert over(store, signer=None).verify(trusted=[signer().public_key]).covered == 3


def test_checkpoints_by_an_unknown_key_do_not_count(store, journal):
    write(store, journal, 3)
    journal.checkpoint()
    later = over(store, signer=signer(KEY[::-1]))
    assert codes(later) == {"checkpoint_key"}
    assert later.verify().covered == 0
    assert later.verify(trusted=[signer().public_key]).ok


def test_a_changed_journal_is_not_signed(store, journal):
    write(store, journal, 3)
    journal.checkpoint()
    write(store, journal, 3)
    tamper(store.path, "UPDATE journal SET hash = zeroblob(32) WHERE seq = 2", key=KEY)
    with pytest.raises(IntegrityError, match="signed before"):
        journal.checkpoint()
    write(store, journal, 300)
    assert journal.size() == 306, "what happens is recorded all the same"


# -- verifying --------------------------------------------------------------------------------


def test_what_follows_the_last_verification_is_verified_alone(store, journal):
    write(store, journal, 300)
    journal.checkpoint()
    assert journal.verify(whole=False).since == 1
    write(store, journal, 300)
    journal.checkpoint()
    with store.writing() as tx:
        journal.erase(tx, {5: None}, ground=Ground.REQUEST, who="A", approver="B")
    report = journal.verify(whole=False)
    assert (report.since, report.size, report.covered, report.ok) == (301, 601, 600, True)
    assert [(e.seq, e.by) for e in report.erased] == [(5, 601), (5, 601)]
    tamper(store.path, "UPDATE journal_values SET value = 'x' WHERE seq = 9", key=KEY)
    assert journal.verify(whole=False).ok, "which says plainly where it began"
    assert journal.verify(whole=False).since == 602
    assert codes(journal) == {"value_changed"}
    assert journal.verify(whole=False).since == 602


def test_a_journal_cut_since_the_last_verification_is_noticed(store, journal):
    write(store, journal, 20)
    assert journal.verify().ok
    tamper(
        store.path,
        "DELETE FROM journal_values WHERE seq > 15",
        "DELETE FROM journal WHERE seq > 15",
        key=KEY,
    )
    assert codes(journal, whole=False) == codes(journal) == {"cut_since"}
    write(store, journal, 10)
    assert codes(journal) == {"changed_since"}, "growing again does not hide it"
    with store.writing() as tx:
        tx.run("DELETE FROM settings WHERE key = 'journal.verified'")
    assert journal.verify().ok, "nobody else holds anything of what was cut"


def test_a_checkpoint_dropped_since_the_last_verification_is_noticed(store, journal):
    write(store, journal, 3)
    journal.checkpoint()
    assert journal.verify().ok
    tamper(store.path, "DELETE FROM checkpoints", key=KEY)
    assert codes(journal) == {"checkpoint_missing"}


def test_the_entry_last_seen_is_looked_at_again(store, journal):
    write(store, journal, 20)
    assert journal.verify().ok
    tamper(store.path, "UPDATE journal SET body = x'7b7d' WHERE seq = 20", key=KEY)
    assert "changed_since" in codes(journal, whole=False)


def test_a_mark_that_makes_no_sense_is_passed_over(store, journal):
    write(store, journal, 3)
    for nonsense in ("null", "{}", "[]", "zut", '{"size": -1}'):
        with store.writing() as tx:
            tx.run("INSERT OR REPLACE INTO settings VALUES ('journal.verified', ?)", (nonsense,))
        assert journal.verify(whole=False).ok


def test_verification_says_how_far_it_is_and_can_be_stopped(store, journal):
    write(store, journal, 3_000)
    seen: list[Progress] = []
    assert journal.verify(progress=seen.append).ok
    assert (seen[-1].done, seen[-1].total) == (3_000, 3_000)

    def stop(_: Progress) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        journal.verify(progress=stop)
    assert journal.size() == 3_000


def test_a_read_only_journal_can_be_verified(store, journal):
    write(store, journal, 40)
    journal.checkpoint()
    with Store.open(store.path, KEY, read_only=True) as copy:
        reader = over(copy)
        assert reader.verify().ok
        assert reader.check_index() == ()
        assert len(reader.ids(JournalQuery(text="propos"))) == 40


def test_only_the_worst_of_many_problems_are_listed_and_all_are_counted(store, journal):
    write(store, journal, 1_500)
    tamper(store.path, "UPDATE journal_values SET value = 'x'", key=KEY)
    report = journal.verify()
    assert (len(report.problems), report.problem_count) == (200, 3_000)
    assert str(report.problems[0]) == "The value “text” of entry 1 is not the one recorded."


def test_writing_goes_on_while_the_journal_is_verified(store, journal):
    write(store, journal, 3_000)
    report = journal.verify(progress=lambda _: write(store, journal, 1))
    assert (report.ok, report.size) == (True, 3_000)
    assert journal.size() > 3_000


# -- the kill test ----------------------------------------------------------------------------

APPENDER = """
import sys
from pathlib import Path
from journal_tools import Clock, signer
from scc_admin.journal import Journal, NewEntry
from scc_admin.model import EntryKind
from scc_admin.store import Store

with Store.open(Path(sys.argv[1]), None) as store:
    journal = Journal(store, clock=Clock(), app="scc_admin/test", signer=signer())
    while True:
        with store.writing() as tx:
            seq = journal.append(tx, NewEntry(EntryKind.NOTE, "A", values={"text": "propos " * 9}))
        print(seq, flush=True)
"""


@pytest.mark.slow
def test_what_was_acknowledged_survives_being_killed(tmp_path):
    path = tmp_path / "workspace.db"
    Store.create(path, None).close()
    chance = random.Random(4)
    acknowledged = 0
    for _ in range(20):
        process = subprocess.Popen(
            [sys.executable, "-c", APPENDER, path],
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": f"{Path(__file__).parents[2]}:{Path(__file__).parent}"},
        )
        assert process.stdout is not None
        for _ in range(chance.randint(1, 120)):
            acknowledged = int(process.stdout.readline())
        process.kill()
        # What was printed before the end came is acknowledged too.
        rest = process.stdout.read().split("\n")[:-1]
        acknowledged = int(rest[-1]) if rest else acknowledged
        process.stdout.close()
        process.wait()
        with Store.open(path, None) as store:
            journal = over(store)
            assert journal.size() in {acknowledged, acknowledged + 1}
            assert journal.verify().ok
            assert journal.check_index() == ()
            journal.checkpoint()
