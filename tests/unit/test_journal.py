"""The journal: what it writes, what it finds changed, what it forgets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest
from journal_tools import START, Clock, Signer

from scc_admin.errors import IntegrityError, UserError
from scc_admin.journal import Journal, NewEntry
from scc_admin.model import EntryKind, Ground, JournalQuery
from scc_admin.store import Store

KEY = bytes(range(32))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "workspace.db", KEY) as opened:
        yield opened


@pytest.fixture
def journal(store: Store) -> Journal:
    return Journal(store, clock=Clock(), app="scc_admin/test", signer=Signer(), zone=UTC)


def ban(number: int = 1, **changes: object) -> NewEntry:
    given: dict[str, object] = {
        "kind": EntryKind.BAN,
        "who": "Admin QC",
        "case": "CAS-2026-001",
        "step": "ban",
        "values": {"text": f"Propos numéro {number}", "url": f"https://example.org/{number}"},
    }
    return NewEntry(**{**given, **changes})  # type: ignore[arg-type]


def write(store: Store, journal: Journal, count: int) -> None:
    with store.writing() as tx:
        for number in range(1, count + 1):
            journal.append(tx, ban(number))


def test_what_was_written_is_read_back(store, journal):
    with store.writing() as tx:
        seq = journal.append(tx, ban(7, rule="PAGE-01", expires="2027-01-01", approver="Chef"))
    entry = journal.entry(seq)
    assert entry is not None
    assert (entry.seq, entry.kind, entry.who, entry.case) == (
        1,
        EntryKind.BAN,
        "Admin QC",
        "CAS-2026-001",
    )
    assert entry.values == {"text": "Propos numéro 7", "url": "https://example.org/7"}
    assert entry.at == START + timedelta(minutes=1)
    assert journal.verify().ok


def test_an_entry_goes_with_the_act_that_failed(store, journal):
    with pytest.raises(RuntimeError), store.writing() as tx:
        journal.append(tx, ban())
        raise RuntimeError
    assert journal.size() == 0


def test_erased_values_are_gone_and_the_chain_still_holds(store, journal):
    write(store, journal, 5)
    with store.writing() as tx:
        by = journal.erase(
            tx, {2: None, 3: ["text"]}, ground=Ground.REQUEST, who="Admin", approver="Chef"
        )
    assert journal.settle()
    report = journal.verify()
    assert report.ok
    assert [(gone.seq, gone.field, gone.by) for gone in report.erased] == [
        (2, "text", by),
        (2, "url", by),
        (3, "text", by),
    ]


def test_a_checkpoint_covers_what_was_there(store, journal):
    write(store, journal, 300)
    journal.checkpoint()
    write(store, journal, 2)
    report = journal.verify()
    assert (report.size, report.covered, report.uncovered, report.ok) == (302, 300, 2, True)


def test_who_must_be_said(store, journal):
    with pytest.raises(UserError), store.writing() as tx:
        journal.append(tx, ban(who="  "))


def test_no_key_signs_nothing(store):
    with pytest.raises(UserError, match="signing key"):
        Journal(store, clock=Clock(), app="t", signer=None).checkpoint()


def test_search_finds_the_beginning_of_words_and_filters(store, journal):
    write(store, journal, 30)
    with store.writing() as tx:
        journal.append(tx, ban(31, kind=EntryKind.NOTE, case="CAS-2026-002", who="Autre"))
    assert list(journal.ids(JournalQuery(text="NUMERO 3"))) == [31, 30, 3]
    assert list(journal.ids(JournalQuery(text="propos", case="CAS-2026-002"))) == [31]
    assert list(journal.ids(JournalQuery(kinds=frozenset({EntryKind.NOTE})))) == [31]
    assert journal.count(JournalQuery(since=date(2026, 11, 16), until=date(2026, 11, 16))) == (
        31,
        True,
    )


def test_the_journal_refuses_to_be_changed(store, journal):
    write(store, journal, 2)
    for statement in (
        "UPDATE journal SET hash = zeroblob(32) WHERE seq = 1",
        "DELETE FROM journal WHERE seq = 2",
        "UPDATE journal_values SET value = 'autre' WHERE seq = 1",
    ):
        with pytest.raises(Exception, match="journal"), store.writing() as tx:
            tx.run(statement)


def test_a_changed_journal_is_not_signed(store, journal):
    write(store, journal, 3)
    journal.checkpoint()
    with store.writing() as tx:
        tx.run("DROP TRIGGER journal_is_not_changed")
        tx.run("UPDATE journal SET hash = zeroblob(32) WHERE seq = 2")
    with pytest.raises(IntegrityError):
        journal.checkpoint()
    assert not journal.verify().ok
