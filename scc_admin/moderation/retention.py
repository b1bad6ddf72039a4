"""Destroying what is due, erasing what must go, and giving a person what is held on them.

A case is kept for some years after its last event (settings), unless a legal hold says otherwise.
What is destroyed leaves its number, its dates and the hashes that the journal committed to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
from scc_admin.moderation import unfinished
from scc_admin.moderation.records import person_of, second_person, sheet_of
from scc_admin.moderation.register import CASE_YEARS, REGISTER_YEARS, usual_years, years_after
from scc_admin.moderation.register import NAME as REGISTER
from scc_admin.store import Reading, Row, Store, Writing, instant, stamp, to_json

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
    escalation, form; value, of a journal entry), when it was recorded, and the hash or the
    commitment that still stands for it."""

    kind: str
    number: int
    recorded_at: datetime | None
    fingerprint: str = ""
    field: str = ""
    """Of a value: what the entry calls it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What still says, or shows, some of what is gone: no erasure reaches it.

    `kind`: file (the same bytes, in another case: its number), draft (its title), line (of another
    register), entry (of the journal, with the very words: its number), register (of
    confidentiality; `until` is when its time is over), packet (its name), copy (of evidence: to
    whom it was given), unknown (what is told from the journal alone, which cannot tell all).
    """

    kind: str
    name: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """Something of a case that is not at its end: a sentence, for `params`."""

    sentence: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is to be known before anything of a case is destroyed."""

    due_on: date
    grounds: tuple[Ground, ...]
    """Those that hold today."""
    open: tuple[Open, ...]


@dataclass(frozen=True, slots=True)
class Destruction:
    """What was destroyed, by which journal entry: what a certificate says."""

    case: str
    ground: Ground | None
    """None where the journal alone tells of it, and does not say."""
    approver: str
    at: datetime
    items: tuple[Gone, ...]
    entry: int
    changes: Changes
    kept: tuple[Kept, ...] = ()
    who: str = ""
    """Who did it; empty for the person at the keyboard."""


Certify = Callable[[Destruction], Callable[[], object]]
"""Puts the certificate of what is about to be destroyed on the disk; what it returns puts it under
its name. Where it raises, nothing is destroyed."""


def _uncertified(_gone: Destruction) -> Callable[[], object]:
    return lambda: None


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
        years: Callable[[str], int] = usual_years,
    ) -> None:
        """`years` gives the settings that say how long things are kept."""
        self._store = store
        self._journal = journal
        self._vault = vault
        self._clock = clock
        self._signature = signature
        self._years = years

    def due(self, until: date) -> list[Due]:
        """Cases that are to be destroyed by a day, the oldest first."""
        with self._store.reading() as db:
            rows = db.all(
                "SELECT c.*, p.label FROM cases c JOIN persons p ON p.id = c.person_id"
                " WHERE c.destroyed_at IS NULL ORDER BY c.last_event_at, c.id"
            )
        years = self._years(CASE_YEARS)
        found_ = []
        for row in rows:
            last = instant(row["last_event_at"])
            due_on = years_after(_local_day(last), years)
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

    def prospect(self, case_id: int) -> Prospect:
        """What stands open in a case, and on which grounds it can be destroyed today."""
        with self._store.reading() as db:
            row = db.need("SELECT * FROM cases WHERE id = ?", (case_id,))
            standing = tuple(_open(db, row))
        due_on = years_after(_local_day(instant(row["last_event_at"])), self._years(CASE_YEARS))
        return Prospect(due_on, self.grounds(due_on), standing)

    def grounds(self, due_on: date) -> tuple[Ground, ...]:
        """The grounds that hold today for what is kept until a day."""
        over = due_on <= _local_day(self._clock())
        return tuple(ground for ground in Ground if over or ground is not Ground.RETENTION)

    def grounds_of(self, entry: Entry) -> tuple[Ground, ...]:
        """The grounds that hold today for erasing values of a journal entry.

        An entry is kept as long as its case; one without a case as long as a case would be, one of
        the register of confidentiality as long as that.
        """
        last, key = entry.at, CASE_YEARS
        if entry.kind is EntryKind.REGISTER:
            key = REGISTER_YEARS
        elif entry.case:
            with self._store.reading() as db:
                said = db.value("SELECT last_event_at FROM cases WHERE number = ?", (entry.case,))
            last = last if said is None else instant(said)
        return self.grounds(years_after(_local_day(last), self._years(key)))

    def destroy_case(
        self,
        case_id: int,
        *,
        ground: Ground,
        approver: str,
        though_open: bool = False,
        certify: Certify = _uncertified,
    ) -> Destruction:
        """Destroy everything personal in a case, evidence included.

        The person goes too when no other case is left. Takes time: the whole file is rewritten so
        that no byte stays behind. Raises UserError: a legal hold, nobody else approved, the ground
        does not hold, it was destroyed before, or something stands open in it and `though_open`
        does not say that this is known.
        """
        now = self._clock()
        who = self._signature()
        approver = second_person(approver, who)
        with self._store.writing() as tx:
            sheet = sheet_of(tx, case_id, with_flags=False)
            case = sheet.case
            if case.destroyed_at is not None:
                raise UserError("destroyed_case", N_("This case was already destroyed."))
            _unless_held(case.number, case.hold)
            prospect = self.prospect(case_id)
            must_hold(ground, prospect.grounds)
            if prospect.open and not though_open:
                raise UserError(
                    "stands_open",
                    N_(
                        "Something still stands open in {case}: finish it first, or confirm that it"
                        " goes all the same."
                    ),
                    case=case.number,
                )
            register = _register_line(tx, case.number)
            seqs = [
                seq
                for seq in self._journal.ids(JournalQuery(case=case.number))
                if seq not in register
            ]
            kept = self._kept(tx, case.number, _words_of(self._journal, seqs), frozenset(seqs))
            kept += _given(tx, [piece.id for piece in sheet.evidence])
            try:
                entry = self._journal.erase(
                    tx,
                    dict.fromkeys(seqs),
                    ground=ground,
                    who=who,
                    approver=approver,
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
                        approver=approver,
                    ),
                )
            items = _gone_acts(tx, sheet)
            pieces = [piece for piece in sheet.evidence if not piece.erased]
            for piece in pieces:
                tx.update("evidence", piece.id, erased=1)
            for number, piece in _numbered(pieces):
                kept += self._erase_piece(tx, piece.id, piece.blob_id, who)
                items.append(Gone("evidence", number, piece.captured_at, piece.sha256))
            begun = unfinished.drop_case(tx, self._vault, case_id, case.number)
            items += [Gone("form", n, at) for n, at in _numbered(begun)]
            items += self._empty(tx, sheet, now)
            gone = Destruction(
                case.number,
                ground,
                approver,
                now,
                tuple(items),
                entry,
                Changes(_TOUCHED, case_id=case_id),
                tuple(dict.fromkeys(kept)),
            )
            publish = certify(gone)
        self._finish(entry, publish)
        return gone

    def _finish(self, entry: int, publish: Callable[[], object]) -> None:
        """After the commit: the certificate under its name, and no byte left of what is gone.

        Raises UserError when the disk refuses, which destroys nothing less.
        """
        try:
            try:
                publish()
            except UserError as error:
                raise UserError(
                    "uncertified",
                    N_(
                        "It is done, as entry {entry} of the journal says; but its certificate"
                        " could not be written. Have it made again from that entry."
                    ),
                    entry=entry,
                ) from error
        finally:
            try:
                self._vault.sweep()
                self._journal.settle()
            except UserError as error:
                raise UserError(
                    "traces_left",
                    N_(
                        "It is done, as entry {entry} of the journal says; but last traces could"
                        " not be wiped from the disk. Free some space, then have the workspace"
                        " examined in the settings, or by scc-admin doctor."
                    ),
                    entry=entry,
                ) from error

    def _erase_piece(self, tx: Writing, evidence_id: int, blob_id: int, who: str) -> list[Kept]:
        """Erase a piece; the cases and drafts that hold the same file, which therefore stays."""
        tx.update("evidence", evidence_id, erased=1, original_name="", url="", note="")
        self._vault.destroy(tx, blob_id)
        self._vault.log(tx, evidence_id, who, "erased")
        return _holders(tx, blob_id)

    def _kept(
        self, tx: Reading, number: str, values: Collection[str], erased: Collection[int] = ()
    ) -> list[Kept]:
        """What repeats the words of a case outside of what is erased, or left with them.

        `erased` are the journal entries that lose these words.
        """
        kept = [
            Kept("packet", row["name"])
            for row in tx.all(
                "SELECT p.name FROM packets p JOIN escalations e ON e.id = p.escalation_id"
                " JOIN cases c ON c.id = e.case_id WHERE c.number = ? ORDER BY p.id",
                (number,),
            )
        ]
        years = self._years(REGISTER_YEARS)
        for row in tx.all("SELECT data, created_at FROM registers WHERE register = ?", (REGISTER,)):
            data = json.loads(row["data"])
            if number and data.get("case") == number:
                noticed = data.get("noticed_on")
                day = (
                    date.fromisoformat(noticed)
                    if noticed
                    else _local_day(instant(row["created_at"]))
                )
                kept.append(Kept("register", number, years_after(day, years)))
        for value in values:
            if len(value) < _TELLING:
                continue
            for row in tx.all(
                "SELECT DISTINCT seq FROM journal_values WHERE value = ? AND field IN"
                " (SELECT value FROM json_each(?)) ORDER BY seq",
                (value, to_json(_WRITTEN)),
            ):
                if row["seq"] not in erased:
                    kept.append(Kept("entry", str(row["seq"])))
            for row in tx.all(
                "SELECT DISTINCT d.title FROM drafts d JOIN variants v ON v.draft_id = d.id"
                " WHERE instr(v.text, ?1) OR EXISTS (SELECT 1 FROM revisions r"
                "  WHERE r.variant_id = v.id AND instr(r.text, ?1)) ORDER BY d.id",
                (value,),
            ):
                kept.append(Kept("draft", row["title"]))
            for row in tx.all(
                "SELECT DISTINCT register FROM registers WHERE register <> ? AND instr(data, ?)",
                (REGISTER, to_json(value)[1:-1]),
            ):
                kept.append(Kept("line", row["register"]))
        return kept

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
        tx.run(
            "UPDATE custody SET to_whom = '' WHERE evidence_id IN"
            " (SELECT id FROM evidence WHERE case_id = ?)",
            (case.id,),
        )
        tx.run(
            "UPDATE packets SET sent_to = '' WHERE escalation_id IN"
            " (SELECT id FROM escalations WHERE case_id = ?)",
            (case.id,),
        )
        tx.update(
            "cases",
            case.id,
            title="",
            state=CaseState.CLOSED.value,
            review_on=None,
            closed_at=stamp(case.closed_at or now),
            destroyed_at=stamp(now),
        )
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

    def destroy_evidence(
        self,
        evidence_id: int,
        *,
        ground: Ground,
        approver: str,
        certify: Certify = _uncertified,
    ) -> Destruction:
        """Destroy one piece of evidence, such as a capture that shows somebody else.

        Its hash stays. Raises UserError: a legal hold, nobody else approved, the ground does not
        hold, or it was erased before.
        """
        now = self._clock()
        who = self._signature()
        approver = second_person(approver, who)
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
            must_hold(ground, self.prospect(row["case_id"]).grounds)
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
                    approver=approver,
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
                        approver=approver,
                        values={"sha256": row["sha256"]},
                    ),
                )
            kept = [k for k in self._kept(tx, row["number"], ()) if k.kind == "packet"]
            kept += _given(tx, [evidence_id])
            kept += self._erase_piece(tx, evidence_id, row["blob_id"], who)
            gone = Destruction(
                row["number"],
                ground,
                approver,
                now,
                (_gone_piece(tx, row),),
                entry,
                Changes(frozenset({"cases", "evidence", "journal"}), case_id=row["case_id"]),
                tuple(kept),
            )
            publish = certify(gone)
        self._finish(entry, publish)
        return gone

    def erase_entry(
        self,
        seq: int,
        *,
        ground: Ground,
        approver: str,
        fields: Collection[str] | None = None,
        certify: Certify = _uncertified,
    ) -> Destruction:
        """Erase personal values of a journal entry, so that no byte of them is left here: neither
        in the case nor in a form begun about it.

        `fields` narrows it; None is all of them. Raises UserError: no such entry, nothing left to
        erase, nobody else approved, the ground does not hold, or a legal hold on the case.
        """
        now = self._clock()
        who = self._signature()
        approver = second_person(approver, who)
        entry = self._journal.entry(seq)
        if entry is None:
            raise UserError("no_entry", N_("There is no entry {seq}."), seq=seq)
        must_hold(ground, self.grounds_of(entry))
        with self._store.writing() as tx:
            gone = set(entry.values) if fields is None else set(fields)
            words = [said for name in gone if (said := entry.values.get(name))]
            case_id = tx.value("SELECT id FROM cases WHERE number = ?", (entry.case,))
            kept = self._kept(tx, entry.case, words, {seq})
            _erase_copies(tx, entry, gone)
            begun = unfinished.erase_quotations(tx, words, case_id=case_id, number=entry.case)
            by = self._journal.erase(
                tx, {seq: fields}, ground=ground, who=who, approver=approver, case=entry.case
            )
            erasure = self._journal.entry(by)
            assert erasure is not None
            items = self._gone_values(erasure)
            items += [Gone("form", n, at) for n, at in _numbered(begun)]
            done = Destruction(
                entry.case,
                ground,
                approver,
                now,
                tuple(items),
                by,
                Changes(frozenset({"journal", "cases", "persons"})),
                tuple(dict.fromkeys(kept)),
            )
            publish = certify(done)
        self._finish(by, publish)
        return done

    def _gone_values(self, erasure: Entry) -> list[Gone]:
        """The values that an entry erased, each with what stands for it from now on."""
        items = []
        for seq, names in erasure.erases.items():
            entry, commitments = self._journal.entry(seq), self._journal.commitments(seq)
            at = entry.at if entry is not None else None
            items += [Gone("value", seq, at, commitments.get(name, ""), name) for name in names]
        return items

    def recorded(self, seq: int) -> tuple[str, Destruction]:
        """What an entry of the journal destroyed, told anew for another certificate: its key
        (destruction or erasure), and what is still known of it.

        What repeated the words elsewhere was looked for when they were there. Raises UserError for
        an entry that destroyed nothing.
        """
        entry = self._journal.entry(seq)
        following = self._journal.entry(seq + 1)
        if entry is None or not destroys(entry):
            raise UserError(
                "nothing_destroyed",
                N_("Entry {seq} of the journal destroys nothing: it has no certificate."),
                seq=seq,
            )
        # Of one act are the rows written from its entry on, until the next entry.
        span = (
            stamp(entry.at),
            stamp(max(entry.at, following.at if following is not None else self._clock())),
        )
        with self._store.reading() as db:
            case = db.one("SELECT * FROM cases WHERE number = ?", (entry.case,))
            pieces = db.all(
                "SELECT e.*, b.sha256 FROM evidence e JOIN blobs b ON b.id = e.blob_id"
                " JOIN cases c ON c.id = e.case_id WHERE c.number = ?1 AND EXISTS"
                " (SELECT 1 FROM custody u WHERE u.evidence_id = e.id AND u.act = 'erased'"
                "  AND u.at BETWEEN ?2 AND ?3) ORDER BY e.captured_at, e.id",
                (entry.case, *span),
            )
            whole = case is not None and span[0] <= (case["destroyed_at"] or "") <= span[1]
            kept = [k for k in self._kept(db, entry.case, ()) if k.kind == "packet" or not pieces]
            for piece in pieces:
                kept += _holders(db, piece["blob_id"])
            if whole:
                items = _gone_case(db, case, pieces)
            elif pieces:
                items = [_gone_piece(db, piece) for piece in pieces]
                kept += _given(db, [piece["id"] for piece in pieces])
            else:
                items = self._gone_values(entry)
        kept.append(Kept("unknown", ""))
        return "destruction" if whole or pieces else "erasure", Destruction(
            entry.case,
            Ground(entry.step) if entry.kind is EntryKind.ERASURE else None,
            entry.approver,
            entry.at,
            tuple(items),
            seq,
            Changes(frozenset()),
            tuple(dict.fromkeys(kept)),
            entry.who,
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


_WRITTEN = ["text", "title", "question", "spread", "not_done", "answer", "reason", "override"]
"""Fields of entries that hold what somebody wrote, and not a name or a hash."""
_TELLING = 12
"""Characters from which on a value is looked for elsewhere; a shorter one is anybody's word."""


def destroys(entry: Entry) -> bool:
    """Whether an entry says that something is gone for good, so that a certificate can."""
    return entry.kind is EntryKind.ERASURE or (entry.kind, entry.step) in (
        (EntryKind.NOTE, "destroyed"),
        (EntryKind.CUSTODY, "erased"),
    )


def must_hold(ground: Ground, grounds: Collection[Ground]) -> None:
    """Raises UserError for a ground that does not hold yet."""
    if ground not in grounds:
        raise UserError(
            "ground", N_("The time for keeping it is not over. Choose the ground that holds.")
        )


def _local_day(at: datetime) -> date:
    return at.astimezone().date()


def _open(db: Reading, case: Row) -> Iterable[Open]:
    """What stands open in a case, what weighs most first."""
    for row in db.all(
        "SELECT number, answered_at FROM escalations WHERE case_id = ? AND closed_at IS NULL"
        " ORDER BY id",
        (case["id"],),
    ):
        waits = row["answered_at"] is None
        sentence = (
            N_("{number} waits for the answer of Public Affairs.")
            if waits
            else N_("{number} is answered, and not closed.")
        )
        yield Open(sentence, {"number": row["number"]})
    if case["state"] != CaseState.CLOSED.value and case["review_on"]:
        day = date.fromisoformat(case["review_on"])
        yield Open(N_("A review is planned for {day}."), {"day": day})
    if case["state"] == CaseState.BANNED.value:
        yield Open(N_("The ban still stands: its grounds will be gone."), {})
    begun = len(unfinished.about_case(db, case["id"], case["number"]))
    if begun:
        yield Open(N_("Forms begun and not recorded: {n}."), {"n": begun})


def _given(tx: Reading, evidence_ids: Sequence[int]) -> list[Kept]:
    """To whom copies of evidence were given."""
    return [
        Kept("copy", row["to_whom"])
        for row in tx.all(
            "SELECT to_whom FROM custody WHERE to_whom <> '' AND act IN ('exported', 'masked')"
            " AND evidence_id IN (SELECT value FROM json_each(?)) GROUP BY 1"
            " ORDER BY min(id)",
            (json.dumps(list(evidence_ids)),),
        )
    ]


def _holders(tx: Reading, blob_id: int) -> list[Kept]:
    """The cases and drafts that still hold the file of a piece that is erased."""
    rows = tx.all(
        "SELECT DISTINCT 'file' AS kind, c.number AS name FROM evidence e"
        " JOIN cases c ON c.id = e.case_id JOIN blobs b ON b.id = e.blob_id"
        " WHERE NOT e.erased AND b.sha256 = (SELECT sha256 FROM blobs WHERE id = ?1)"
        " UNION SELECT 'draft', d.title FROM media m JOIN drafts d ON d.id = m.draft_id"
        " JOIN blobs b ON b.id = m.blob_id"
        " WHERE b.sha256 = (SELECT sha256 FROM blobs WHERE id = ?1)",
        (blob_id,),
    )
    return [Kept(row["kind"], row["name"]) for row in rows]


def _gone_piece(tx: Reading, row: Row) -> Gone:
    """A piece of evidence, by its place among those of its case."""
    number = 1 + tx.value(
        "SELECT count(*) FROM evidence WHERE case_id = ?1 AND (captured_at, id) < (?2, ?3)",
        (row["case_id"], row["captured_at"], row["id"]),
    )
    return Gone("evidence", number, instant(row["captured_at"]), row["sha256"])


def _gone_acts(tx: Reading, sheet: CaseSheet) -> list[Gone]:
    """The case, what was seen in it and what was done."""
    items = [Gone("case", 1, sheet.case.opened_at)]
    items += [
        Gone("incident", n, i.captured_at, _hash(tx, i.entry))
        for n, i in _numbered(sheet.incidents)
    ]
    items += [Gone("step", n, s.at, _hash(tx, s.entry)) for n, s in _numbered(sheet.steps)]
    items += [Gone("escalation", n, e.seen_at) for n, e in _numbered(sheet.escalations)]
    return items


def _gone_case(tx: Reading, case: Row, pieces: Sequence[Row]) -> list[Gone]:
    """What is still known of a destroyed case; `pieces` are those that went with it."""
    sheet = sheet_of(tx, case["id"], with_flags=False)
    items = _gone_acts(tx, sheet)
    items += [
        Gone("evidence", n, instant(piece["captured_at"]), piece["sha256"])
        for n, piece in _numbered(pieces)
    ]
    newest = tx.value(
        "SELECT max(coalesce(destroyed_at, '~')) FROM cases WHERE person_id = ?",
        (case["person_id"],),
    )
    if newest == case["destroyed_at"]:
        items.append(Gone("person", 1, sheet.person.created_at))
    return items


def _register_line(tx: Reading, number: str) -> frozenset[int]:
    """Journal entries of the line of the register of confidentiality that came from a case."""
    return frozenset(
        seq
        for row in tx.all("SELECT data FROM registers WHERE register = ?", (REGISTER,))
        if (data := json.loads(row["data"])).get("case") == number
        for seq in data.get("entries", ())
    )


def _words_of(journal: Journal, seqs: Sequence[int]) -> list[str]:
    """The values of entries, each once."""
    found: dict[str, None] = {}
    for start in range(0, len(seqs), 500):
        for entry in journal.page(seqs[start : start + 500]):
            found |= dict.fromkeys(value for value in entry.values.values() if value)
    return list(found)


def _hash(tx: Reading, seq: int) -> str:
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


def _erase_copies(tx: Writing, entry: Entry, gone: Collection[str]) -> None:
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
