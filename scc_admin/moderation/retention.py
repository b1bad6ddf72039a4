"""Destroying what is due, erasing what must go, and giving a person what is held on them.

A case is kept for some years after its last event (settings), unless a legal hold says otherwise.
What is destroyed leaves its number, its dates and the hashes that the journal committed to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scc_admin.errors import UserError
from scc_admin.evidence import Vault
from scc_admin.i18n import N_
from scc_admin.journal import Journal, NewEntry
from scc_admin.model import (
    CaseSheet,
    CaseState,
    Changes,
    Entry,
    EntryKind,
    Ground,
    JournalQuery,
    Person,
)
from scc_admin.moderation.records import person_of, sheet_of
from scc_admin.moderation.register import years_after
from scc_admin.store import Store, Writing, instant, stamp, to_json

_TOUCHED = frozenset({"cases", "persons", "evidence", "escalations", "journal", "reports"})


@dataclass(frozen=True, slots=True)
class Due:
    """A case whose time is over, or will be. `hold` says why it stays all the same."""

    case_id: int
    number: str
    person: str
    title: str
    state: CaseState
    last_event_at: datetime
    due_on: date
    hold: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A thing that is gone: what it was (case, person, account, incident, step, evidence,
    escalation; value, of a journal entry), when it was recorded, and the hash or the commitment
    that still stands for it."""

    kind: str
    number: int
    recorded_at: datetime | None
    fingerprint: str = ""
    field: str = ""
    """Of a value: what the entry calls it."""


@dataclass(frozen=True, slots=True)
class Destruction:
    """What was destroyed, by which journal entry: what a certificate says."""

    case: str
    ground: Ground
    approver: str
    at: datetime
    items: tuple[Gone, ...]
    entry: int
    changes: Changes


@dataclass(frozen=True, slots=True)
class PersonFile:
    """All that is held on a person, for them to have."""

    person: Person
    sheets: tuple[CaseSheet, ...]
    entries: tuple[Entry, ...]
    """Journal entries of their cases, oldest first."""
    administrators: frozenset[str]
    """Names of ours that occur in it: third parties, to be left out."""


class Retention:
    """The retention part of a workspace. `signature` names the person at the keyboard."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        vault: Vault,
        clock: Callable[[], datetime],
        signature: Callable[[], str],
    ) -> None:
        self._store = store
        self._journal = journal
        self._vault = vault
        self._clock = clock
        self._signature = signature

    def due(self, until: date, *, years: int) -> list[Due]:
        """Cases that are to be destroyed by a day, the oldest first."""
        with self._store.reading() as db:
            rows = db.all(
                "SELECT c.*, p.label FROM cases c JOIN persons p ON p.id = c.person_id"
                " WHERE c.destroyed_at IS NULL ORDER BY c.last_event_at, c.id"
            )
        found_ = []
        for row in rows:
            last = instant(row["last_event_at"])
            due_on = years_after(last.astimezone().date(), years)
            if due_on <= until:
                found_.append(
                    Due(
                        row["id"],
                        row["number"],
                        row["label"],
                        row["title"],
                        CaseState(row["state"]),
                        last,
                        due_on,
                        row["hold"],
                    )
                )
        return found_

    def destroy_case(self, case_id: int, *, ground: Ground, approver: str) -> Destruction:
        """Destroy everything personal in a case, evidence included.

        The person goes too when no other case is left. Takes time: the whole file is rewritten so
        that no byte stays behind. Raises UserError: a legal hold, nobody approved, or it was
        destroyed before.
        """
        if not approver.strip():
            raise UserError("approver", N_("Say who approved this erasure."))
        now = self._clock()
        who = self._signature()
        with self._store.writing() as tx:
            sheet = sheet_of(tx, case_id, with_flags=False)
            case = sheet.case
            if case.destroyed_at is not None:
                raise UserError("destroyed_case", N_("This case was already destroyed."))
            _unless_held(case.number, case.hold)
            seqs = list(self._journal.ids(JournalQuery(case=case.number)))
            try:
                entry = self._journal.erase(
                    tx,
                    dict.fromkeys(seqs),
                    ground=ground,
                    who=who,
                    approver=approver.strip(),
                    case=case.number,
                    at=now,
                )
            except UserError as error:
                if error.code != "nothing_to_erase":
                    raise
                entry = self._journal.append(
                    tx,
                    NewEntry(
                        kind=EntryKind.NOTE,
                        who=who,
                        at=now,
                        case=case.number,
                        step="destroyed",
                        approver=approver.strip(),
                    ),
                )
            items = [Gone("case", 1, case.opened_at)]
            items += [
                Gone("incident", n, i.captured_at, _hash(tx, i.entry))
                for n, i in _numbered(sheet.incidents)
            ]
            items += [Gone("step", n, s.at, _hash(tx, s.entry)) for n, s in _numbered(sheet.steps)]
            items += [Gone("escalation", n, e.seen_at) for n, e in _numbered(sheet.escalations)]
            for number, piece in _numbered(sheet.evidence):
                self._erase_piece(tx, piece.id, piece.blob_id, who)
                items.append(Gone("evidence", number, piece.captured_at, piece.sha256))
            items += self._empty(tx, sheet, now)
        self._vault.sweep()
        self._journal.settle()
        return Destruction(
            case.number,
            ground,
            approver.strip(),
            now,
            tuple(items),
            entry,
            Changes(_TOUCHED, case_id=case_id),
        )

    def _erase_piece(self, tx: Writing, evidence_id: int, blob_id: int, who: str) -> None:
        tx.update("evidence", evidence_id, erased=1, original_name="", url="", note="")
        self._vault.destroy(tx, blob_id)
        self._vault.log(tx, evidence_id, who, "erased")

    def _empty(self, tx: Writing, sheet: CaseSheet, now: datetime) -> list[Gone]:
        """Blank the rows of a case, and of its person when nothing else needs them."""
        case = sheet.case
        tx.run(
            "DELETE FROM known_posts WHERE incident_id IN"
            " (SELECT id FROM incidents WHERE case_id = ?)",
            (case.id,),
        )
        for table, blank in _PERSONAL.items():
            columns = ", ".join(f"{column} = ''" for column in blank)
            tx.run(f"UPDATE {table} SET {columns} WHERE case_id = ?", (case.id,))
        tx.run("UPDATE incidents SET account_id = NULL WHERE case_id = ?", (case.id,))
        tx.update(
            "cases",
            case.id,
            title="",
            state=CaseState.CLOSED.value,
            review_on=None,
            closed_at=stamp(case.closed_at or now),
            destroyed_at=stamp(now),
        )
        tx.run("DELETE FROM unfinished WHERE name LIKE '%:' || ?", (str(case.id),))
        _scrub_reports(tx, case.number)
        if tx.value(
            "SELECT 1 FROM cases WHERE person_id = ? AND destroyed_at IS NULL", (case.person_id,)
        ):
            return []
        gone = [Gone("person", 1, sheet.person.created_at)]
        gone += [Gone("account", n, None) for n, _ in _numbered(sheet.person.accounts)]
        tx.run("DELETE FROM accounts WHERE person_id = ?", (case.person_id,))
        tx.update(
            "persons",
            case.person_id,
            name="",
            interest="",
            interest_disclosed=0,
            notes="",
            consent="",
        )
        return gone

    def destroy_evidence(self, evidence_id: int, *, ground: Ground, approver: str) -> Destruction:
        """Destroy one piece of evidence, such as a capture that shows somebody else.

        Its hash stays. Raises UserError: a legal hold, nobody approved, or it was erased before.
        """
        if not approver.strip():
            raise UserError("approver", N_("Say who approved this erasure."))
        now = self._clock()
        who = self._signature()
        with self._store.writing() as tx:
            row = tx.need(
                "SELECT e.*, b.sha256, c.number, c.hold FROM evidence e"
                " JOIN blobs b ON b.id = e.blob_id JOIN cases c ON c.id = e.case_id"
                " WHERE e.id = ?",
                (evidence_id,),
            )
            if row["erased"]:
                raise UserError("destroyed", N_("This file was destroyed; only its hash is kept."))
            _unless_held(row["number"], row["hold"])
            recorded = self._journal.ids(
                JournalQuery(case=row["number"], kinds=frozenset({EntryKind.EVIDENCE}))
            )
            fields = {
                e.seq: ("name",)
                for e in self._journal.page(recorded)
                if e.values.get("sha256") == row["sha256"] and e.values.get("name")
            }
            if fields:
                entry = self._journal.erase(
                    tx,
                    fields,
                    ground=ground,
                    who=who,
                    approver=approver.strip(),
                    case=row["number"],
                    at=now,
                )
            else:
                entry = self._journal.append(
                    tx,
                    NewEntry(
                        kind=EntryKind.CUSTODY,
                        who=who,
                        at=now,
                        case=row["number"],
                        step="erased",
                        approver=approver.strip(),
                        values={"sha256": row["sha256"]},
                    ),
                )
            self._erase_piece(tx, evidence_id, row["blob_id"], who)
        self._vault.sweep()
        self._journal.settle()
        return Destruction(
            row["number"],
            ground,
            approver.strip(),
            now,
            (Gone("evidence", 1, instant(row["captured_at"]), row["sha256"]),),
            entry,
            Changes(frozenset({"cases", "evidence", "journal"}), case_id=row["case_id"]),
        )

    def person_file(self, person_id: int) -> PersonFile:
        """All that is held on a person (right of access). Third parties are still in it."""
        with self._store.reading() as db:
            person = person_of(db, db.need("SELECT * FROM persons WHERE id = ?", (person_id,)))
            numbers = db.all(
                "SELECT id, number FROM cases WHERE person_id = ? AND destroyed_at IS NULL"
                " ORDER BY id",
                (person_id,),
            )
            sheets = tuple(sheet_of(db, row["id"], with_flags=False) for row in numbers)
        entries: list[Entry] = []
        for row in numbers:
            seqs = self._journal.ids(JournalQuery(case=row["number"]))
            for start in range(0, len(seqs), 500):
                entries += self._journal.page(seqs[start : start + 500])
        entries.sort(key=lambda e: e.seq)
        names = {e.who for e in entries} | {e.approver for e in entries if e.approver}
        names |= {s.case.opened_by for s in sheets}
        return PersonFile(person, sheets, tuple(entries), frozenset(names))

    def access_given(self, numbers: Sequence[str]) -> Changes:
        """Note in the journal that a person was given what is held on them in these cases."""
        with self._store.writing() as tx:
            for number in numbers:
                self._journal.append(
                    tx,
                    NewEntry(
                        kind=EntryKind.CUSTODY,
                        who=self._signature(),
                        at=self._clock(),
                        case=number,
                        step="access",
                    ),
                )
        return Changes(frozenset({"journal"}))


_PERSONAL = {
    "incidents": ("text", "url", "displayed_at"),
    "case_steps": ("text", "reason"),
    "escalations": ("question", "spread", "not_done", "contact", "answer"),
}
"""What the tables of a case hold of persons, by table."""


def _hash(tx: Writing, seq: int) -> str:
    """Of a journal entry, which outlives what it committed to."""
    found: bytes | None = tx.value("SELECT hash FROM journal WHERE seq = ?", (seq,))
    return found.hex() if found else ""


def _numbered(things: Iterable[Any]) -> list[tuple[int, Any]]:
    return list(enumerate(things, start=1))


def _unless_held(number: str, hold: str) -> None:
    if hold:
        raise UserError(
            "hold",
            N_("A legal hold keeps {case}: {reason}. Lift it first."),
            case=number,
            reason=hold,
        )


def erase_copies(tx: Writing, entry: Entry, gone: Collection[str]) -> None:
    """Erase what the tables repeat of the values of a journal entry. `gone` names its fields.

    Raises UserError when a legal hold keeps its case.
    """
    _unless_held(
        entry.case, tx.value("SELECT hold FROM cases WHERE number = ?", (entry.case,)) or ""
    )
    for table, copies in _COPIES.items():
        for column in sorted({copies[name] for name in gone if name in copies}):
            tx.run(f"UPDATE {table} SET {column} = '' WHERE entry = ?", (entry.seq,))
    match entry.kind:
        case EntryKind.INCIDENT:
            _erase_incident_copies(tx, entry, gone)
        case EntryKind.CASE_OPENED if "title" in gone:
            tx.run("UPDATE cases SET title = '' WHERE number = ?", (entry.case,))
        case EntryKind.ESCALATION:
            for name in ("question", "spread", "not_done"):
                if name in gone:
                    # Words that were mended since stand in a later entry.
                    tx.run(
                        f"UPDATE escalations SET {name} = '' WHERE number = ? AND {name} = ?",
                        (entry.step, entry.values.get(name)),
                    )
        case EntryKind.CONTACT:
            for name in ("contact", "answer"):
                if name in gone:
                    tx.run(
                        f"UPDATE escalations SET {name} = '' WHERE number = ?",
                        (entry.step.partition("/")[0],),
                    )
        case EntryKind.EVIDENCE if "name" in gone:
            tx.run(
                "UPDATE evidence SET original_name = '' WHERE blob_id IN"
                " (SELECT id FROM blobs WHERE sha256 = ?) AND case_id ="
                " (SELECT id FROM cases WHERE number = ?)",
                (entry.values.get("sha256"), entry.case),
            )
        case EntryKind.CUSTODY if "to" in gone:
            tx.run(
                "UPDATE custody SET to_whom = ''"
                " WHERE act IN ('exported', 'masked') AND to_whom = ?"
                " AND evidence_id IN (SELECT e.id FROM evidence e JOIN cases c"
                " ON c.id = e.case_id WHERE c.number = ?)",
                (entry.values.get("to"), entry.case),
            )
        case EntryKind.BAN | EntryKind.LIFT if {"reason", "override"} & set(gone):
            _scrub_reports(tx, entry.case)
        case _:
            pass


_COPIES = {
    "incidents": {"text": "text", "url": "url", "displayed": "displayed_at"},
    "case_steps": {"text": "text", "reason": "reason", "override": "reason"},
    "overrides": {"excerpt": "excerpt", "reason": "reason"},
}
"""Columns that repeat a field of the entry they name, by table."""


def _erase_incident_copies(tx: Writing, entry: Entry, gone: Collection[str]) -> None:
    if "text" in gone:
        tx.run(
            "DELETE FROM known_posts WHERE incident_id IN"
            " (SELECT id FROM incidents WHERE entry = ?)",
            (entry.seq,),
        )
    if "url" in gone:
        tx.run(
            "UPDATE evidence SET url = '' WHERE incident_id IN"
            " (SELECT id FROM incidents WHERE entry = ?)",
            (entry.seq,),
        )
    if "account" in gone:
        account = tx.value("SELECT account_id FROM incidents WHERE entry = ?", (entry.seq,))
        tx.run("UPDATE incidents SET account_id = NULL WHERE entry = ?", (entry.seq,))
        if account and not tx.value("SELECT 1 FROM incidents WHERE account_id = ?", (account,)):
            tx.run("DELETE FROM accounts WHERE id = ?", (account,))


def _scrub_reports(tx: Writing, number: str) -> None:
    """Take the reasons given in a case out of the figures kept of earlier reports."""
    for row in tx.all("SELECT id, figures FROM reports WHERE instr(figures, ?)", (number,)):
        figures = json.loads(row["figures"])
        for sanction in figures.get("sanctions", ()):
            if sanction.get("case") == number:
                sanction["reason"] = ""
        tx.update("reports", row["id"], figures=to_json(figures))
