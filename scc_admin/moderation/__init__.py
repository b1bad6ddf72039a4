"""Persons, cases, the ladder, escalations: what is done about a user of the pages, and on what.

The ladder (slide 42) and the rule 'Public Affairs first' (slides 39, 40) are decided in `ladder`,
by pure functions that the screens, the CLI and the tests all ask. Each act is one transaction with
its journal entry; undoing a journalled act is a new entry that reverses it.

`Moderation.retention` destroys what is due and gives persons their data; `Moderation.register` is
the register of confidentiality incidents; `Moderation.unfinished` keeps what was being typed.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from scc_admin.accounts import Named
from scc_admin.addresses import must_be_web_address
from scc_admin.errors import UserError
from scc_admin.evidence import StagedBlob, Vault
from scc_admin.i18n import N_
from scc_admin.journal import Journal, NewEntry
from scc_admin.model import (
    Case,
    CaseRow,
    CaseSheet,
    CaseState,
    Changes,
    Deadline,
    DeadlineKind,
    EntryKind,
    Escalation,
    Evidence,
    Gate,
    Language,
    Network,
    NextStep,
    Packet,
    Person,
    Progress,
    Rung,
    Situation,
)
from scc_admin.moderation.agreement import Agreement, compare
from scc_admin.moderation.clock import ClockStep, clock_of, in_order, past
from scc_admin.moderation.ladder import (
    GATE_TEXTS,
    OVERRIDABLE,
    Part,
    Reason,
    affairs_answered,
    alike,
    alone_locks,
    climbed,
    deadlines,
    differences,
    early,
    first_seen,
    flags_of,
    gates,
    proposed,
    reason,
    same_argument,
    since_message,
    skipped,
    standing_ban,
    unanswered,
    waits_for_affairs,
)
from scc_admin.moderation.records import (
    BOTH_REASONS,
    EVIDENCE_SQL,
    STANDING,
    case_of,
    case_with,
    escalation_of,
    evidence_of,
    locks,
    next_label,
    next_number,
    packet_of,
    person_of,
    present,
    sheet_of,
    waits,
)
from scc_admin.moderation.register import Register, usual_years
from scc_admin.moderation.retention import Retention
from scc_admin.moderation.unfinished import Unfinished
from scc_admin.names import nobody, same_person
from scc_admin.store import Reading, Row, Store, Writing, instant, stamp
from scc_admin.verdict import duplicates
from scc_admin.words import label_typed

__all__ = [
    "GATE_TEXTS",
    "OVERRIDABLE",
    "AccountInput",
    "CaseInput",
    "EscalationInput",
    "IncidentInput",
    "KeptFile",
    "Logged",
    "Moderation",
    "Part",
    "PersonInput",
    "Reason",
    "StepInput",
    "affairs_answered",
    "alike",
    "alone_locks",
    "climbed",
    "deadlines",
    "differences",
    "early",
    "first_seen",
    "flags_of",
    "gates",
    "proposed",
    "reason",
    "same_argument",
    "since_message",
    "skipped",
    "standing_ban",
    "taken_at",
    "unanswered",
    "waits_for_affairs",
]

_CASE = frozenset({"cases", "journal", "reports"})
_DECIDED = (EntryKind.RUNG, EntryKind.BAN, EntryKind.LIFT, EntryKind.REVIEW, EntryKind.APPEAL)
"""Acts after which a case asks for nothing until something new is logged."""
_PUBLIC_AFFAIRS_FIRST = "PROC-02"
LOWERED = "lowered"
"""Text of the step after which a case is critical no more."""
NEEDS_SECOND = N_(
    "This case waits for Public Affairs: name a second person who approves that they come first no"
    " more, or record their answer."
)
REVIEW_PAST = N_("A review is due on a day to come: choose a later day.")
_LISTED = 500
"""Cases that a list shows at once."""


@dataclass(frozen=True, slots=True)
class PersonInput:
    """The fields of the person form. An empty label becomes the next 'Usager 000'."""

    label: str = ""
    name: str = ""
    interest: str = ""
    interest_disclosed: bool = False
    notes: str = ""
    consent: str = ""


@dataclass(frozen=True, slots=True)
class AccountInput:
    network: Network
    handle: str
    external_id: str = ""
    url: str = ""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class CaseInput:
    """A new case about a known person, or about `new_person`."""

    title: str
    situation: Situation
    person_id: int | None = None
    new_person: PersonInput = field(default_factory=PersonInput)
    account: AccountInput | None = None
    critical: bool = False


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is in the vault already, but in no case yet: a picture of an unfinished form."""

    blob_id: int
    name: str
    sha256: str
    size: int
    captured_at: datetime
    method: str


@dataclass(frozen=True, slots=True)
class IncidentInput:
    """What was seen: its words, its link, its pictures. At least one of the three."""

    text: str = ""
    url: str = ""
    page_id: int | None = None
    account_id: int | None = None
    displayed_at: str = ""
    captured_at: datetime | None = None
    method: str = "typed"
    """typed, clipboard, file or dropped."""
    files: tuple[StagedBlob | KeptFile, ...] = ()
    account: AccountInput | None = None
    """Where it was seen, when no `account_id` is known: found among the person's, or added."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An incident that was written down, and the case it stands in."""

    case_id: int
    incident_id: int
    number: str
    changes: Changes


@dataclass(frozen=True, slots=True)
class StepInput:
    """A rung climbed. `approver` and `override` lift an overridable gate."""

    rung: Rung
    text: str = ""
    reason: str = ""
    expires_on: date | None = None
    approver: str = ""
    override: str = ""
    review_on: date | None = None
    """When the decision is looked at again; None leaves the day that stands."""
    files: tuple[StagedBlob | KeptFile, ...] = ()
    """Pictures of what we did: the answer as published, the message as sent."""
    done_at: datetime | None = None
    """When it was done, if not now."""
    before_seen: bool = False
    """It is known that it was done before the first comment of the case was seen."""


@dataclass(frozen=True, slots=True)
class EscalationInput:
    question: str
    spread: str = ""
    not_done: str = ""
    seen_at: datetime | None = None


class Moderation:
    """The moderation part of a workspace.

    `who` names the person at the keyboard; `clock` gives the present instant (aware, UTC).
    """

    def __init__(
        self,
        store: Store,
        journal: Journal,
        vault: Vault,
        clock: Callable[[], datetime],
        who: Callable[[], str],
        years: Callable[[str], int] = usual_years,
    ) -> None:
        """`years` gives the settings that say how long things are kept."""
        self._store = store
        self._journal = journal
        self._vault = vault
        self._clock = clock
        self._who = who
        self.retention = Retention(store, journal, vault, clock, self._signature, years)
        self.register = Register(store, journal, clock, self._signature, years)
        self.unfinished = Unfinished(store, vault, clock)

    # -- persons ------------------------------------------------------------------------------

    def persons(self) -> list[Person]:
        with self._store.reading() as db:
            return [person_of(db, row) for row in db.all("SELECT * FROM persons ORDER BY label")]

    def person(self, person_id: int) -> Person:
        with self._store.reading() as db:
            return person_of(db, db.need("SELECT * FROM persons WHERE id = ?", (person_id,)))

    def labelled(self, label: str) -> Person:
        """The person of a label, in either language and any case, or of its number alone.

        Raises UserError when nobody goes by it.
        """
        typed = label.strip()
        known = label_typed(f"Usager {typed}" if typed.isdecimal() else typed).casefold()
        with self._store.reading() as db:
            for row in db.all("SELECT * FROM persons ORDER BY id"):
                if label_typed(row["label"]).casefold() == known:
                    return person_of(db, row)
        raise UserError(
            "person",
            N_("Nobody goes by the label “{label}”. For a person not yet known, give no label."),
            label=label,
        )

    def add_person(self, new: PersonInput) -> int:
        with self._store.writing() as tx:
            return self._add_person(tx, new)

    def _add_person(self, tx: Writing, new: PersonInput) -> int:
        label = label_typed(new.label) or next_label(tx)
        self._free_label(tx, label)
        return tx.insert(
            "persons",
            uid=str(uuid.uuid4()),
            label=label,
            name=new.name.strip(),
            interest=new.interest.strip(),
            interest_disclosed=int(new.interest_disclosed),
            notes=new.notes,
            consent=new.consent.strip(),
            created_at=stamp(self._clock()),
        )

    def _free_label(self, tx: Writing, label: str, person_id: int | None = None) -> None:
        taken = {
            row["id"]
            for row in tx.all("SELECT id, label FROM persons")
            if label_typed(row["label"]).casefold() == label.casefold()
        }
        if taken - {person_id}:
            raise UserError("label", N_("“{label}” is taken; choose another label."), label=label)

    def change_person(self, person_id: int, new: PersonInput) -> Changes:
        """Raises UserError when the label is another person's, or a new one says who it is."""
        label = label_typed(new.label)
        with self._store.writing() as tx:
            values: dict[str, object] = {
                "name": new.name.strip(),
                "interest": new.interest.strip(),
                "interest_disclosed": int(new.interest_disclosed),
                "notes": new.notes,
                "consent": new.consent.strip(),
            }
            before = person_of(tx, tx.need("SELECT * FROM persons WHERE id = ?", (person_id,)))
            if label and label != before.label:
                self._free_label(tx, label, person_id)
                accounts = (Named.of(account.handle) for account in before.accounts)
                known = [new.name, before.name, *(n for one in accounts for n in one.names)]
                if any(same_person(label, name) for name in known):
                    raise UserError(
                        "label",
                        N_(
                            "A label stands in packets in the place of the name: choose one that"
                            " does not say it."
                        ),
                    )
                values["label"] = label
            tx.update("persons", person_id, **values)
        return Changes(frozenset({"persons", "cases"}))

    def add_account(self, person_id: int, new: AccountInput) -> int:
        """Another account of the same person, confirmed or suspected.

        Raises UserError without a handle.
        """
        with self._store.writing() as tx:
            return self._add_account(tx, person_id, new)

    def _add_account(self, tx: Writing, person_id: int, new: AccountInput) -> int:
        if not new.handle.strip():
            raise UserError("handle", N_("Write the name of the account as the network shows it."))
        number, named = new.external_id.strip(), Named.of(new.handle)
        for known in tx.all(
            "SELECT * FROM accounts WHERE person_id = ? AND network = ? ORDER BY id",
            (person_id, new.network.value),
        ):
            before = Named.of(known["handle"])
            if not before.same(named):
                continue
            if number and not known["external_id"]:
                tx.update("accounts", known["id"], external_id=number)
            both = Named(before.shown or named.shown, before.handle or named.handle)
            if _one_word(both) != before:  # the other of its two names is known now
                tx.update("accounts", known["id"], handle=str(_one_word(both)))
            return int(known["id"])
        return tx.insert(
            "accounts",
            person_id=person_id,
            network=new.network.value,
            handle=str(named),
            external_id=number,
            url=new.url.strip(),
            confirmed=int(new.confirmed),
        )

    def change_account(self, account_id: int, new: AccountInput) -> Changes:
        """Mend an account, or confirm that it is this person's.

        Raises UserError without a handle.
        """
        if not new.handle.strip():
            raise UserError("handle", N_("Write the name of the account as the network shows it."))
        with self._store.writing() as tx:
            tx.update(
                "accounts",
                account_id,
                network=new.network.value,
                handle=str(Named.of(new.handle)),
                external_id=new.external_id.strip(),
                url=new.url.strip(),
                confirmed=int(new.confirmed),
            )
        return Changes(frozenset({"persons", "cases"}))

    def remove_account(self, account_id: int) -> Changes:
        """Take away an account that is not this person's after all; what was seen there stays."""
        with self._store.writing() as tx:
            tx.run("DELETE FROM accounts WHERE id = ?", (account_id,))
        return Changes(frozenset({"persons", "cases"}))

    def find_account(self, network: Network, handle: str, number: str = "") -> list[Person]:
        """Persons already known by this account: by the name shown, its @name, or the number that
        stays."""
        named, number = Named.of(handle), number.strip()
        with self._store.reading() as db:
            persons = {
                row["person_id"]: None
                for row in db.all(
                    "SELECT person_id, handle, external_id FROM accounts WHERE network = ?"
                    " ORDER BY person_id",
                    (network.value,),
                )
                if named.same(Named.of(row["handle"])) or (number and row["external_id"] == number)
            }
            return [
                person_of(db, db.need("SELECT * FROM persons WHERE id = ?", (person_id,)))
                for person_id in persons
            ]

    # -- cases: reading -----------------------------------------------------------------------

    def cases(
        self,
        *,
        states: Collection[CaseState] = (),
        situations: Collection[Situation] = (),
        critical: bool | None = None,
        text: str = "",
        person_id: int | None = None,
        limit: int = _LISTED,
    ) -> list[CaseRow]:
        """Cases, the most recently moved first; those destroyed are left out.

        `text`: each of its words stands in number, title, label, name or account, or each begins a
        word of a same comment.
        """
        conditions = ["c.destroyed_at IS NULL"]
        values: list[object] = []
        if states:
            conditions.append(f"c.state IN ({', '.join('?' * len(states))})")
            values += states
        if situations:
            conditions.append(f"c.situation IN ({', '.join('?' * len(situations))})")
            values += situations
        if critical is not None:
            conditions.append("c.critical = ?")
            values.append(int(critical))
        if person_id is not None:
            conditions.append("c.person_id = ?")
            values.append(person_id)
        words = duplicates.search_terms(text)
        with self._store.reading() as db:
            rows = db.all(
                "SELECT c.*, p.label, p.name AS person_name,"
                " (SELECT max(rung) FROM case_steps s WHERE s.case_id = c.id"
                "   AND NOT s.retracted) AS rung,"
                " (SELECT count(*) FROM incidents i WHERE i.case_id = c.id"
                "   AND NOT i.retracted) AS incidents,"
                " (SELECT group_concat(handle, ' ') FROM accounts a"
                "   WHERE a.person_id = c.person_id) AS handles,"
                " (SELECT handle FROM accounts a WHERE a.person_id = c.person_id"
                "   ORDER BY a.id LIMIT 1) AS handle"
                " FROM cases c JOIN persons p ON p.id = c.person_id"
                f" WHERE {' AND '.join(conditions)}"
                " ORDER BY c.last_event_at DESC, c.id DESC" + ("" if words else " LIMIT ?"),
                values if words else [*values, limit],
            )
            if words:
                expression = " AND ".join(f'"{word}" *' for word in words)
                said = {
                    row[0]
                    for row in db.all(
                        "SELECT i.case_id FROM known_posts_words w"
                        " JOIN known_posts k ON k.id = w.rowid"
                        " JOIN incidents i ON i.id = k.incident_id"
                        " WHERE known_posts_words MATCH ?",
                        (expression,),
                    )
                }
                rows = [row for row in rows if row["id"] in said or _named(row, words)][:limit]
        return [
            CaseRow(
                id=row["id"],
                number=row["number"],
                person=row["label"],
                title=row["title"],
                situation=Situation(row["situation"]),
                critical=bool(row["critical"]),
                state=CaseState(row["state"]),
                rung=None if row["rung"] is None else Rung(row["rung"]),
                incidents=row["incidents"],
                opened_at=instant(row["opened_at"]),
                last_event_at=instant(row["last_event_at"]),
                name=row["person_name"] or row["handle"] or "",
            )
            for row in rows
        ]

    def case_by_number(self, number: str) -> int:
        """The id of a case. Raises UserError when there is none of this number."""
        with self._store.reading() as db:
            known = db.value(
                "SELECT id FROM cases WHERE number = ? COLLATE NOCASE", (number.strip(),)
            )
        if known is None:
            raise UserError("no_case", N_("There is no case {number}."), number=number)
        return int(known)

    def sheet(self, case_id: int) -> CaseSheet:
        with self._store.reading() as db:
            return sheet_of(db, case_id)

    def evidence(self, evidence_id: int) -> Evidence:
        """Raises UserError when there is no such piece."""
        with self._store.reading() as db:
            return evidence_of(db.need(f"{EVIDENCE_SQL} WHERE e.id = ?", (evidence_id,)))

    def evidence_like(self, sha256: str) -> list[tuple[str, Evidence]]:
        """Evidence with these very bytes, each with the number of its case."""
        with self._store.reading() as db:
            return [
                (row["number"], evidence_of(row))
                for row in db.all(
                    "SELECT e.*, b.media_type, b.size, b.sha256, c.number FROM evidence e"
                    " JOIN blobs b ON b.id = e.blob_id JOIN cases c ON c.id = e.case_id"
                    " WHERE b.sha256 = ? AND NOT e.erased ORDER BY e.id",
                    (sha256,),
                )
            ]

    def deadlines(self, until: date) -> list[Deadline]:
        """What all cases wait for: whatever has no day, and what is due by `until`."""
        with self._store.reading() as db:
            waiting = db.all(
                "SELECT c.id FROM cases c WHERE c.destroyed_at IS NULL AND c.state != 'closed'"
                " AND (c.critical OR c.review_on <= ?1 OR c.state = 'banned' OR EXISTS"
                "  (SELECT 1 FROM escalations e WHERE e.case_id = c.id AND e.closed_at IS NULL))"
                " ORDER BY c.id",
                (until.isoformat(),),
            )
            sheets = [sheet_of(db, row["id"], with_flags=False) for row in waiting]
            owed = [
                Deadline(
                    DeadlineKind.ACKNOWLEDGEMENT,
                    row["case_id"],
                    row["number"],
                    row["label"],
                    row["title"],
                    since=instant(row["at"]),
                    escalation_id=row["escalation_id"],
                )
                for row in db.all(
                    "SELECT k.at, k.escalation_id, e.case_id, c.number, c.title, p.label"
                    " FROM packets k JOIN escalations e ON e.id = k.escalation_id"
                    " JOIN cases c ON c.id = e.case_id JOIN persons p ON p.id = c.person_id"
                    " WHERE k.sent_to != '' AND k.acknowledged_at IS NULL"
                    " AND e.closed_at IS NULL ORDER BY k.at"
                )
            ]
        owed += [
            deadline
            for sheet in sheets
            for deadline in deadlines(sheet)
            if deadline.on is None or deadline.on <= until
        ]
        owed.sort(key=lambda d: (d.on is not None, d.on or date.max))
        return owed

    def next_steps(self, limit: int = _LISTED) -> list[NextStep]:
        """The cases whose next step is ours to do now, the one that waits longest first.

        It is when something was logged, or seen, since we last decided, or when a repetition was
        noted; not while Public Affairs are asked, which the escalation itself says, nor once what
        they answered was done with.
        """
        decided = ", ".join("?" * len(_DECIDED))
        with self._store.reading() as db:
            rows = db.all(
                "SELECT c.*, p.label,"
                " (SELECT max(entry) FROM incidents i WHERE i.case_id = c.id"
                "   AND NOT i.retracted) AS seen,"
                " (SELECT max(captured_at) FROM incidents i WHERE i.case_id = c.id"
                "   AND NOT i.retracted) AS seen_at,"
                " (SELECT max(entry) FROM case_steps s WHERE s.case_id = c.id"
                f"   AND NOT s.retracted AND s.kind IN ({decided})) AS decided,"
                " (SELECT max(at) FROM case_steps s WHERE s.case_id = c.id"
                f"   AND NOT s.retracted AND s.kind IN ({decided})) AS decided_at,"
                " (SELECT min(entry) FROM case_steps s WHERE s.case_id = c.id AND s.rung = ?"
                "   AND NOT s.retracted) AS messaged,"
                " (SELECT at FROM case_steps s WHERE s.case_id = c.id AND s.rung = ?"
                "   AND NOT s.retracted ORDER BY entry LIMIT 1) AS messaged_at,"
                " (SELECT max(entry) FROM case_steps s WHERE s.case_id = c.id AND s.rung = ?"
                "   AND NOT s.retracted) AS repeated,"
                " (SELECT group_concat(DISTINCT rung) FROM case_steps s WHERE s.case_id = c.id"
                "   AND NOT s.retracted) AS done,"
                " EXISTS (SELECT 1 FROM escalations e WHERE e.case_id = c.id"
                "   AND e.closed_at IS NULL) AS asking,"
                " EXISTS (SELECT 1 FROM escalations e WHERE e.case_id = c.id"
                "   AND e.closed_at IS NULL AND e.answered_at IS NULL) AS waiting,"
                " EXISTS (SELECT 1 FROM escalations e WHERE e.case_id = c.id"
                "   AND e.closed_at >= (SELECT max(captured_at) FROM incidents i"
                "    WHERE i.case_id = c.id AND NOT i.retracted)) AS handled"
                " FROM cases c JOIN persons p ON p.id = c.person_id"
                " WHERE c.destroyed_at IS NULL AND c.state NOT IN (?, ?) AND (c.critical"
                "  OR NOT asking AND ((seen > coalesce(decided, 0) OR seen_at > decided_at)"
                "    AND NOT handled OR repeated = decided))"
                " ORDER BY seen_at, c.id",
                (
                    *_DECIDED, *_DECIDED, *[Rung.PRIVATE_MESSAGE.value] * 2, Rung.REPETITION.value,
                    CaseState.BANNED, CaseState.CLOSED,
                ),
            )  # fmt: skip
            found = [step for row in rows if (step := _next_step(db, row)) is not None]
        return found[:limit]

    # -- cases: acting --------------------------------------------------------------------------

    def open_case(self, new: CaseInput) -> int:
        """Open a case; of the four critical kinds it is critical whatever is ticked.

        Raises UserError without a title.
        """
        with self._store.writing() as tx:
            return self._open_case(tx, new)

    def _open_case(self, tx: Writing, new: CaseInput) -> int:
        if not new.title.strip():
            raise UserError("case_title", N_("Say in a few words what the case is about."))
        now = self._clock()
        who = self._signature()
        person_id = self._add_person(tx, new.new_person) if new.person_id is None else new.person_id
        if new.account is not None and new.account.handle.strip():
            self._add_account(tx, person_id, new.account)
        person = tx.need("SELECT * FROM persons WHERE id = ?", (person_id,))
        number = next_number(tx, "cases", "CAS", now.year)
        critical = new.critical or new.situation.critical
        self._journal.append(
            tx,
            NewEntry(
                kind=EntryKind.CASE_OPENED,
                who=who,
                at=now,
                case=number,
                step=new.situation.value,
                values=present(
                    title=new.title.strip(),
                    person=person["uid"],
                    critical="yes" if critical else "no",
                ),
            ),
        )
        return tx.insert(
            "cases",
            uid=str(uuid.uuid4()),
            number=number,
            person_id=person_id,
            title=new.title.strip(),
            situation=new.situation.value,
            critical=int(critical),
            state=CaseState.OPEN.value,
            opened_at=stamp(now),
            opened_by=who,
            last_event_at=stamp(now),
        )

    def reclassify(
        self,
        case_id: int,
        situation: Situation,
        critical: bool,
        *,
        reason: str = "",
        approver: str = "",
    ) -> Changes:
        """Change what a case is about; a critical kind stays critical.

        A case that is critical no more needs a reason and, unless Public Affairs have answered to
        all of it, a second named person: otherwise this would lead round them. Raises UserError
        without.
        """
        critical = critical or situation.critical
        with self._store.writing() as tx:
            case = self._standing(tx, case_id)
            said = {"before": case.situation.value}
            if critical != case.critical:
                said["critical"] = "yes" if critical else "no"
            if critical or not case.critical:
                now = self._clock()
                self._journal.append(
                    tx,
                    NewEntry(
                        kind=EntryKind.CORRECTION,
                        who=self._signature(),
                        at=now,
                        case=case.number,
                        step=situation.value,
                        values=said,
                    ),
                )
                self._moved(tx, case_id, now)
            else:
                self._lower(
                    tx, case, EntryKind.CORRECTION, LOWERED, reason, approver,
                    step=situation.value, said=said,
                )  # fmt: skip
            tx.update("cases", case_id, situation=situation.value, critical=int(critical))
        return Changes(_CASE, case_id=case_id)

    def _lower(
        self,
        tx: Writing,
        case: Case,
        kind: EntryKind,
        text: str,
        reason: str,
        approver: str,
        *,
        step: str = "",
        said: Mapping[str, str] | None = None,
    ) -> None:
        """Record an act after which a critical case asks for Public Affairs no more.

        While it waits for them, that is an exception which a second named person approves.
        """
        self._need_reason(reason)
        exception = waits(tx, case)
        if exception:
            self._need_second(approver)
        self._step(
            tx, case, kind, text=text, reason="" if exception else reason,
            approver=approver if exception else "", override=reason if exception else "",
            step=step, rule=_PUBLIC_AFFAIRS_FIRST, said=said,
        )  # fmt: skip

    def _need_second(self, approver: str) -> None:
        """Raises UserError unless another person than who is at the keyboard is named."""
        if nobody(approver):
            raise UserError("second_person", NEEDS_SECOND)
        if same_person(approver, self._signature()):
            raise UserError(f"gate_{Gate.SECOND_PERSON.value}", GATE_TEXTS[Gate.SECOND_PERSON])

    def report(self, case: int | CaseInput, new: IncidentInput) -> Logged:
        """Write down what was seen, in a known case or in a new one: all of it, or nothing.

        Raises UserError when there is neither text, link nor file, the link is none, or a new case
        has no title.
        """
        with self._store.writing() as tx:
            case_id = case if isinstance(case, int) else self._open_case(tx, case)
            incident_id = self._log_incident(tx, case_id, new)
            number = case_with(tx, case_id).number
        changes = Changes(_CASE | {"evidence", "persons"}, case_id=case_id)
        return Logged(case_id, incident_id, number, changes)

    def log_incident(self, case_id: int, new: IncidentInput) -> tuple[int, Changes]:
        """Write down what was seen, with its evidence.

        Raises UserError when there is neither text, link nor file, or the link is none.
        """
        with self._store.writing() as tx:
            incident_id = self._log_incident(tx, case_id, new)
        return incident_id, Changes(_CASE | {"evidence"}, case_id=case_id)

    def _log_incident(self, tx: Writing, case_id: int, new: IncidentInput) -> int:
        if not (new.text.strip() or new.url.strip() or new.files):
            raise UserError(
                "empty_incident", N_("Paste the text or the link, or add a picture of it.")
            )
        must_be_web_address(new.url)
        now = self._clock()
        captured = now if new.captured_at is None else past(new.captured_at, now)
        who = self._signature()
        case = self._standing(tx, case_id)
        account_id = new.account_id
        if account_id is None and new.account is not None and new.account.handle.strip():
            account_id = self._add_account(tx, case.person_id, new.account)
        handle = tx.value("SELECT handle FROM accounts WHERE id = ?", (account_id,))
        entry = self._journal.append(
            tx,
            NewEntry(
                kind=EntryKind.INCIDENT,
                who=who,
                at=now,
                case=case.number,
                values=present(
                    text=new.text,
                    url=new.url.strip(),
                    account=handle or "",
                    displayed=new.displayed_at.strip(),
                    captured=stamp(captured),
                    method=new.method,
                ),
            ),
        )
        incident_id = tx.insert(
            "incidents",
            case_id=case_id,
            page_id=new.page_id,
            account_id=account_id,
            text=new.text,
            url=new.url.strip(),
            displayed_at=new.displayed_at.strip(),
            captured_at=stamp(captured),
            collector=who,
            method=new.method,
            entry=entry,
        )
        if new.text.strip():
            page = tx.value("SELECT name FROM pages WHERE id = ?", (new.page_id,))
            duplicates.remember(
                tx,
                incident_id=incident_id,
                person_id=case.person_id,
                origin="comment",
                page=page or "",
                title=case.number,
                language=Language.FR,
                day=stamp(captured)[:10],
                text=new.text,
            )
        for file in new.files:
            self._add_evidence(
                tx, case, file, captured, new.method, new.url, incident_id=incident_id
            )
        self._moved(tx, case_id, now)
        return incident_id

    def retract_incident(self, incident_id: int, reason: str, approver: str = "") -> Changes:
        """Undo an incident that was logged by mistake: it stays readable and counts for nothing.

        Where it alone is why Public Affairs come first, a second named person approves. Raises
        UserError without, without a reason, or when it was undone before.
        """
        self._need_reason(reason)
        now = self._clock()
        with self._store.writing() as tx:
            row = tx.need("SELECT case_id FROM incidents WHERE id = ?", (incident_id,))
            sheet = sheet_of(tx, row["case_id"], with_flags=False)
            if alone_locks(sheet, incident_id):
                self._need_second(approver)
            else:
                approver = ""
            _, case = self._take_back(tx, "incidents", incident_id, reason, approver)
            tx.run("DELETE FROM known_posts WHERE incident_id = ?", (incident_id,))
            self._moved(tx, case.id, now)
        return Changes(_CASE, case_id=case.id)

    def _take_back(
        self, tx: Writing, table: str, row_id: int, reason: str, approver: str = ""
    ) -> tuple[Row, Case]:
        """Retract an incident or a step once, by a correction; the row as it was, and its case."""
        row = tx.need(f"SELECT * FROM {table} WHERE id = ?", (row_id,))
        if row["retracted"]:
            raise UserError("retracted", N_("This was already undone."))
        case = self._standing(tx, row["case_id"])
        self._correct(tx, case, row["entry"], reason, approver)
        tx.update(table, row_id, retracted=1)
        return row, case

    def _correct(
        self, tx: Writing, case: Case, supersedes: int, reason: str, approver: str = ""
    ) -> None:
        self._journal.append(
            tx,
            NewEntry(
                kind=EntryKind.CORRECTION,
                who=self._signature(),
                at=self._clock(),
                case=case.number,
                rule=_PUBLIC_AFFAIRS_FIRST if approver else "",
                approver=approver.strip(),
                supersedes=supersedes,
                values=present(reason=reason.strip()),
            ),
        )

    def add_evidence(
        self,
        case_id: int,
        file: StagedBlob | KeptFile,
        *,
        incident_id: int | None = None,
        method: str = "file",
        url: str = "",
        captured_at: datetime | None = None,
    ) -> tuple[int, Changes]:
        """Add a file to a case, or to one of its incidents.

        `captured_at`: when it was taken; where nobody says, when the picture itself does, or else
        now. Raises UserError for a moment to come.
        """
        now = self._clock()
        if captured_at is None:
            captured_at = taken_at(file, now)
        captured_at = past(captured_at, now)
        with self._store.writing() as tx:
            case = self._standing(tx, case_id)
            evidence_id = self._add_evidence(
                tx, case, file, captured_at, method, url, incident_id=incident_id
            )
            self._moved(tx, case_id, now)
        return evidence_id, Changes(_CASE | {"evidence"}, case_id=case_id)

    def _add_evidence(
        self,
        tx: Writing,
        case: Case,
        file: StagedBlob | KeptFile,
        captured: datetime,
        method: str,
        url: str,
        *,
        incident_id: int | None = None,
        step_id: int | None = None,
    ) -> int:
        who = self._signature()
        now = self._clock()
        if isinstance(file, KeptFile):
            blob_id, captured, method = file.blob_id, file.captured_at, file.method
        else:
            blob_id = self._vault.commit(tx, file)
        evidence_id = tx.insert(
            "evidence",
            uid=str(uuid.uuid4()),
            case_id=case.id,
            incident_id=incident_id,
            step_id=step_id,
            blob_id=blob_id,
            original_name=file.name,
            captured_at=stamp(captured),
            collector=who,
            method=method,
            url=url.strip(),
        )
        self._journal.append(
            tx,
            NewEntry(
                kind=EntryKind.EVIDENCE,
                who=who,
                at=now,
                case=case.number,
                values=present(
                    name=file.name,
                    sha256=file.sha256,
                    size=str(file.size),
                    captured=stamp(captured),
                    method=method,
                    shows=str(self._shown_entry(tx, incident_id, step_id) or ""),
                ),
            ),
        )
        self._vault.log(tx, evidence_id, who, "captured")
        return evidence_id

    def _shown_entry(self, tx: Writing, incident_id: int | None, step_id: int | None) -> int | None:
        """The entry of what a piece of evidence shows; None for the case as a whole."""
        seq: int | None = tx.value(
            "SELECT entry FROM incidents WHERE id = ?1"
            " UNION ALL SELECT entry FROM case_steps WHERE id = ?2",
            (incident_id, step_id),
        )
        return seq

    def viewed(self, evidence_id: int) -> None:
        """Note in the custody log that somebody looked at it."""
        with self._store.writing() as tx:
            self._vault.log(tx, evidence_id, self._signature(), "viewed")

    def exported(
        self, evidence_ids: Sequence[int], to_whom: str, copies: Mapping[int, str] | None = None
    ) -> Changes:
        """Note in custody log and journal that evidence left the workspace, and for whom.

        `copies`: of what left as a masked copy, the copy's SHA-256, by evidence.
        """
        now = self._clock()
        who = self._signature()
        with self._store.writing() as tx:
            for evidence_id in evidence_ids:
                row = tx.need(
                    "SELECT c.number, b.sha256 FROM evidence e JOIN cases c ON c.id = e.case_id"
                    " JOIN blobs b ON b.id = e.blob_id WHERE e.id = ?",
                    (evidence_id,),
                )
                copy = (copies or {}).get(evidence_id, "")
                act = "masked" if copy else "exported"
                self._vault.log(tx, evidence_id, who, act, to_whom)
                self._journal.append(
                    tx,
                    NewEntry(
                        kind=EntryKind.CUSTODY,
                        who=who,
                        at=now,
                        case=row["number"],
                        step=act,
                        values=present(sha256=row["sha256"], to=to_whom, copy=copy),
                    ),
                )
        return Changes(frozenset({"evidence", "journal"}))

    def everything_exported(self, purpose: str) -> Changes:
        """Note that all that the workspace holds left it, and to whom or for what: in the journal,
        and in the custody log of every piece of evidence."""
        with self._store.writing() as tx:
            self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.CUSTODY,
                    who=self._signature(),
                    at=self._clock(),
                    step="everything",
                    values=present(to=purpose),
                ),
            )
            pieces = tx.all("SELECT id FROM evidence WHERE NOT erased ORDER BY id")
            return self.exported([row["id"] for row in pieces], purpose)

    def climb(self, case_id: int, new: StepInput) -> tuple[int, Changes]:
        """Record a rung of the ladder.

        A ban takes a checkpoint of the journal first. Raises UserError when a gate stands before
        it, naming the first one; an overridable gate opens with a second person's name and a
        reason. Raises UserError too for a step that is still to come, or that came before the
        first comment unless that is known.
        """
        now = self._clock()
        who = self._signature()
        with self._store.writing() as tx:
            case = self._standing(tx, case_id)
            sheet = sheet_of(tx, case_id, with_flags=False)
            self._pass(sheet, new, who)
            self._days_to_come(new)
            if not sheet.ladder[new.rung].gates:  # no exception, whatever a form began before said
                why = BOTH_REASONS.join(p for p in (new.reason.strip(), new.override.strip()) if p)
                new = replace(new, reason=why, override="")
            if new.rung is Rung.BAN:
                if len(new.reason.strip()) < 5:
                    raise UserError("reason", N_("Write the reason of the ban; it will be kept."))
                self._journal.checkpoint(tx)
            elif new.rung in (Rung.ANSWER, Rung.PRIVATE_MESSAGE) and not new.text.strip():
                raise UserError("step_text", N_("Write, or paste, what was answered."))
            done = now if new.done_at is None else _done(new, sheet, now)
            kind = EntryKind.BAN if new.rung is Rung.BAN else EntryKind.RUNG
            entry = self._journal.append(
                tx,
                NewEntry(
                    kind=kind,
                    who=who,
                    at=now,
                    case=case.number,
                    step=new.rung.name.lower(),
                    rule="PROC-04" if new.override else "",
                    expires=new.expires_on.isoformat() if new.expires_on else "",
                    approver=new.approver.strip(),
                    values=present(
                        text=new.text,
                        reason=new.reason.strip(),
                        override=new.override.strip(),
                        done="" if new.done_at is None else stamp(done),
                    ),
                ),
            )
            step_id = tx.insert(
                "case_steps",
                case_id=case_id,
                kind=kind.value,
                rung=int(new.rung),
                at=stamp(done),
                who=who,
                text=new.text,
                reason=BOTH_REASONS.join(
                    p for p in (new.reason.strip(), new.override.strip()) if p
                ),
                approver=new.approver.strip(),
                expires_on=new.expires_on.isoformat() if new.expires_on else None,
                entry=entry,
            )
            for file in new.files:
                self._add_evidence(tx, case, file, now, "file", "", step_id=step_id)
            if new.rung is Rung.BAN:
                tx.update("cases", case_id, state=CaseState.BANNED.value)
            if new.review_on is not None:
                tx.update("cases", case_id, review_on=new.review_on.isoformat())
            self._moved(tx, case_id, now)
        return step_id, Changes(_CASE | {"evidence"}, case_id=case_id)

    def _pass(self, sheet: CaseSheet, new: StepInput, who: str) -> None:
        view = sheet.ladder[new.rung]
        if not view.gates:
            return
        hard = [gate for gate in view.gates if gate not in OVERRIDABLE]
        if hard[:1] == [Gate.OTHER_CASE]:
            raise UserError(
                f"gate_{Gate.OTHER_CASE.value}",
                N_(
                    "{number}, of the same person, waits for Public Affairs: no reply, no private"
                    " message and no ban before they have answered there."
                ),
                number=sheet.locks[0].number,
            )
        if hard:
            raise UserError(f"gate_{hard[0].value}", GATE_TEXTS[hard[0]])
        if len(new.override.strip()) < 5 or nobody(new.approver):
            raise UserError(f"gate_{view.gates[0].value}", GATE_TEXTS[view.gates[0]])
        if same_person(new.approver, who):
            raise UserError(f"gate_{Gate.SECOND_PERSON.value}", GATE_TEXTS[Gate.SECOND_PERSON])

    def _days_to_come(self, new: StepInput) -> None:
        """Raises UserError for a ban that ends, or a review, on a day that is over."""
        today = self._today()
        if new.expires_on is not None and new.expires_on <= today:
            raise UserError("ban_over", N_("The ban would be over already: choose a later day."))
        if new.review_on is not None and new.review_on < today:
            raise UserError("review_past", REVIEW_PAST)

    def _today(self) -> date:
        return self._journal.day(self._clock())

    def retract(self, step_id: int, reason: str) -> Changes:
        """Undo a recorded step by a reversing entry; both stay readable.

        A ban undone opens the case again, a lifting undone bans again, a closing undone reopens, a
        case that was made critical no more is critical again.
        Raises UserError without a reason, or when it was undone before.
        """
        self._need_reason(reason)
        now = self._clock()
        with self._store.writing() as tx:
            row, case = self._take_back(tx, "case_steps", step_id, reason)
            kind = EntryKind(row["kind"])
            if kind is EntryKind.BAN and case.state is CaseState.BANNED:
                tx.update("cases", case.id, state=CaseState.OPEN.value)
            elif kind is EntryKind.LIFT and case.state is CaseState.OPEN:
                steps = sheet_of(tx, case.id, with_flags=False).steps
                if standing_ban(steps) is not None:
                    tx.update("cases", case.id, state=CaseState.BANNED.value)
            elif kind is EntryKind.CASE_CLOSED and case.state is CaseState.CLOSED:
                tx.update("cases", case.id, state=CaseState.OPEN.value, closed_at=None)
            elif kind is EntryKind.CORRECTION:
                tx.update("cases", case.id, critical=1)
            self._moved(tx, case.id, now)
        return Changes(_CASE, case_id=case.id)

    def lift(self, case_id: int, reason: str) -> Changes:
        """Lift a ban."""
        self._need_reason(reason)
        with self._store.writing() as tx:
            case = self._standing(tx, case_id)
            if case.state is not CaseState.BANNED:
                raise UserError("not_banned", N_("This person is not banned."))
            self._step(tx, case, EntryKind.LIFT, text="", reason=reason)
            tx.update("cases", case_id, state=CaseState.OPEN.value)
        return Changes(_CASE, case_id=case_id)

    def appeal(self, case_id: int, decided_by: str, upheld: bool, reason: str) -> Changes:
        """Record the outcome of an appeal, decided by another person than those who banned: who
        did it, and who approved it as an exception."""
        self._need_reason(reason)
        with self._store.writing() as tx:
            sheet = sheet_of(tx, case_id, with_flags=False)
            bans = [s for s in sheet.steps if s.kind is EntryKind.BAN and not s.retracted]
            if not bans or sheet.case.state is not CaseState.BANNED:
                raise UserError("not_banned", N_("This person is not banned."))
            if nobody(decided_by) or same_person(decided_by, bans[-1].who):
                raise UserError(
                    "appeal_person",
                    N_("An appeal is decided by another person than the one who banned."),
                )
            if same_person(decided_by, bans[-1].approver):
                raise UserError(
                    "appeal_approver",
                    N_(
                        "{name} approved the ban: the appeal is decided by somebody who had no part"
                        " in it."
                    ),
                    name=bans[-1].approver,
                )
            self._step(
                tx,
                sheet.case,
                EntryKind.APPEAL,
                text="upheld" if upheld else "granted",
                reason=reason,
                approver=decided_by,
            )
            if not upheld:
                self._step(tx, sheet.case, EntryKind.LIFT, text="", reason=reason)
                tx.update("cases", case_id, state=CaseState.OPEN.value)
        return Changes(_CASE, case_id=case_id)

    def review(self, case_id: int, text: str, next_on: date | None) -> Changes:
        """Note a review of the case, and when the next one is due.

        Raises UserError for a day that is over.
        """
        if next_on is not None and next_on < self._today():
            raise UserError("review_past", REVIEW_PAST)
        with self._store.writing() as tx:
            case = self._standing(tx, case_id)
            self._step(tx, case, EntryKind.REVIEW, text=text)
            tx.update("cases", case_id, review_on=next_on.isoformat() if next_on else None)
        return Changes(_CASE, case_id=case_id)

    def note(self, case_id: int, text: str) -> Changes:
        if not text.strip():
            raise UserError("note", N_("Write the note first."))
        with self._store.writing() as tx:
            case = self._standing(tx, case_id)
            self._step(tx, case, EntryKind.NOTE, text=text)
        return Changes(_CASE, case_id=case_id)

    def close_case(self, case_id: int, reason: str, approver: str = "") -> Changes:
        """Close a case. One that waits for Public Affairs needs a second named person.

        Raises UserError without, or without a reason.
        """
        self._need_reason(reason)
        now = self._clock()
        with self._store.writing() as tx:
            case = self._standing(tx, case_id)
            if waits(tx, case):
                self._lower(tx, case, EntryKind.CASE_CLOSED, "", reason, approver)
            else:
                self._step(tx, case, EntryKind.CASE_CLOSED, text="", reason=reason)
            tx.update("cases", case_id, state=CaseState.CLOSED.value, closed_at=stamp(now))
        return Changes(_CASE, case_id=case_id)

    def reopen_case(self, case_id: int, reason: str) -> Changes:
        self._need_reason(reason)
        with self._store.writing() as tx:
            case = self._standing(tx, case_id)
            self._step(tx, case, EntryKind.NOTE, text="reopened", reason=reason)
            tx.update("cases", case_id, state=CaseState.OPEN.value, closed_at=None)
        return Changes(_CASE, case_id=case_id)

    def set_hold(self, case_id: int, reason: str) -> Changes:
        """Set a legal hold, or lift it with an empty reason."""
        with self._store.writing() as tx:
            case = self._standing(tx, case_id)
            self._step(
                tx, case, EntryKind.HOLD, text="set" if reason.strip() else "lifted", reason=reason
            )
            tx.update("cases", case_id, hold=reason.strip())
        return Changes(_CASE, case_id=case_id)

    def _step(
        self,
        tx: Writing,
        case: Case,
        kind: EntryKind,
        *,
        text: str,
        reason: str = "",
        approver: str = "",
        override: str = "",
        step: str = "",
        rule: str = "",
        said: Mapping[str, str] | None = None,
    ) -> int:
        """Write down an act of ours; `said` holds further values of its entry."""
        now = self._clock()
        who = self._signature()
        entry = self._journal.append(
            tx,
            NewEntry(
                kind=kind,
                who=who,
                at=now,
                case=case.number,
                step=step,
                rule=rule,
                approver=approver.strip(),
                values=present(
                    text=text, reason=reason.strip(), override=override.strip(), **(said or {})
                ),
            ),
        )
        step_id = tx.insert(
            "case_steps",
            case_id=case.id,
            kind=kind.value,
            at=stamp(now),
            who=who,
            text=text,
            reason=BOTH_REASONS.join(p for p in (reason.strip(), override.strip()) if p),
            approver=approver.strip(),
            entry=entry,
        )
        self._moved(tx, case.id, now)
        return step_id

    # -- escalations ----------------------------------------------------------------------------

    def escalations(self) -> list[Escalation]:
        with self._store.reading() as db:
            return [
                escalation_of(row)
                for row in db.all(
                    "SELECT * FROM escalations ORDER BY closed_at IS NOT NULL,"
                    " answered_at IS NOT NULL, seen_at DESC"
                )
            ]

    def escalation(self, escalation_id: int) -> Escalation:
        with self._store.reading() as db:
            return escalation_of(
                db.need("SELECT * FROM escalations WHERE id = ?", (escalation_id,))
            )

    def escalate(self, case_id: int, new: EscalationInput) -> int:
        """Prepare a request to Public Affairs. Raises UserError without a question."""
        if not new.question.strip():
            raise UserError("question", N_("Write the question you ask Public Affairs."))
        now = self._clock()
        who = self._signature()
        with self._store.writing() as tx:
            case = self._standing(tx, case_id)
            seen = new.seen_at or _first_seen(tx, case)
            seen = in_order(ClockStep.SEEN, seen, {}, now)
            number = next_number(tx, "escalations", "ESC", now.year)
            self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.ESCALATION,
                    who=who,
                    at=now,
                    case=case.number,
                    step=number,
                    values=present(
                        question=new.question.strip(),
                        spread=new.spread.strip(),
                        not_done=new.not_done.strip(),
                        seen=stamp(seen),
                    ),
                ),
            )
            escalation_id = tx.insert(
                "escalations",
                uid=str(uuid.uuid4()),
                number=number,
                case_id=case_id,
                situation=case.situation.value,
                question=new.question.strip(),
                spread=new.spread.strip(),
                not_done=new.not_done.strip(),
                seen_at=stamp(seen),
                created_by=who,
            )
            tx.run(
                "UPDATE cases SET state = ? WHERE id = ? AND state = ?",
                (CaseState.WAITING.value, case_id, CaseState.OPEN.value),
            )
            self._moved(tx, case_id, now)
        return escalation_id

    def correct_escalation(self, escalation_id: int, new: EscalationInput) -> Changes:
        """Mend the words of a request, or when it was seen, by a new entry that supersedes the
        last; both stay readable.

        Raises UserError without a question, or once the request is closed.
        """
        if not new.question.strip():
            raise UserError("question", N_("Write the question you ask Public Affairs."))
        said = {
            "question": new.question.strip(),
            "spread": new.spread.strip(),
            "not_done": new.not_done.strip(),
        }
        now = self._clock()
        with self._store.writing() as tx:
            row = tx.need("SELECT * FROM escalations WHERE id = ?", (escalation_id,))
            if row["closed_at"] is not None:
                raise UserError("closed_escalation", N_("This escalation is closed already."))
            case = self._standing(tx, row["case_id"])
            sheet = sheet_of(tx, case.id, with_flags=False)
            entry = next(e.entry for e in sheet.escalations if e.id == escalation_id)
            seen = instant(row["seen_at"])
            if new.seen_at is not None:
                seen = in_order(ClockStep.SEEN, new.seen_at, clock_of(row), now)
            self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.ESCALATION,
                    who=self._signature(),
                    at=now,
                    case=case.number,
                    step=row["number"],
                    supersedes=entry or None,
                    values=present(**said, seen=stamp(seen)),
                ),
            )
            tx.update("escalations", escalation_id, **said, seen_at=stamp(seen))
            self._moved(tx, case.id, now)
        return Changes(_CASE | {"escalations"}, case_id=case.id)

    def record_contact(self, escalation_id: int, contact: str, at: datetime) -> Changes:
        """Note that Public Affairs were reached: whom, how, when."""
        if not contact.strip():
            raise UserError("contact", N_("Say whom you reached, and how."))
        return self._clock_step(
            escalation_id, ClockStep.ESCALATED, at, {"contact": contact.strip()},
            contact=contact.strip(),
        )  # fmt: skip

    def record_affairs_answer(
        self, escalation_id: int, answer: str, at: datetime, *, standing: bool = False
    ) -> Changes:
        """Note the instructions received; with the contact, they unlock reply and ban.

        `standing`: they said that it holds for what follows too, so that a new comment asks for no
        new answer. Raises UserError without an answer, or before the contact is recorded.
        """
        if not answer.strip():
            raise UserError("affairs_answer", N_("Write the instructions received."))
        with self._store.reading() as db:
            row = db.need("SELECT * FROM escalations WHERE id = ?", (escalation_id,))
        if row["escalated_at"] is None:
            raise UserError("no_contact", N_("First record the contact with Public Affairs."))
        return self._clock_step(
            escalation_id, ClockStep.ANSWERED, at,
            {"answer": answer.strip(), "standing": STANDING if standing else ""},
            answer=answer.strip(),
        )  # fmt: skip

    def close_escalation(self, escalation_id: int, at: datetime) -> Changes:
        return self._clock_step(escalation_id, ClockStep.CLOSED, at, {})

    def _clock_step(
        self,
        escalation_id: int,
        step: ClockStep,
        at: datetime,
        values: Mapping[str, str],
        **columns: object,
    ) -> Changes:
        now = self._clock()
        with self._store.writing() as tx:
            row = self._escalation_row(tx, escalation_id)
            if row["closed_at"] is not None:
                raise UserError("closed_escalation", N_("This escalation is closed already."))
            at = in_order(step, at, clock_of(row), now)
            self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.CONTACT,
                    who=self._signature(),
                    at=now,
                    case=row["case_number"],
                    step=f"{row['number']}/{step}",
                    values=present(**values, when=stamp(at)),
                ),
            )
            tx.update("escalations", escalation_id, **{f"{step}_at": stamp(at)}, **columns)
            if step is not ClockStep.ESCALATED:
                tx.run(
                    "UPDATE cases SET state = ? WHERE id = ? AND state = ? AND NOT EXISTS"
                    " (SELECT 1 FROM escalations WHERE case_id = cases.id"
                    "  AND answered_at IS NULL AND closed_at IS NULL)",
                    (CaseState.OPEN.value, row["case_id"], CaseState.WAITING.value),
                )
            self._moved(tx, row["case_id"], now)
        return Changes(_CASE | {"escalations"}, case_id=row["case_id"])

    def _escalation_row(self, tx: Writing, escalation_id: int) -> Row:
        return tx.need(
            "SELECT e.*, c.number AS case_number FROM escalations e"
            " JOIN cases c ON c.id = e.case_id WHERE e.id = ?",
            (escalation_id,),
        )

    # -- packets ----------------------------------------------------------------------------------

    def packets(self, escalation_id: int) -> list[Packet]:
        """The packets exported for an escalation, the newest first."""
        with self._store.reading() as db:
            return [
                packet_of(row)
                for row in db.all(
                    "SELECT * FROM packets WHERE escalation_id = ? ORDER BY id DESC",
                    (escalation_id,),
                )
            ]

    def packet_sent(self, packet_id: int, to_whom: str) -> Changes:
        """Note who received a packet. Raises UserError when nobody is named."""
        if not to_whom.strip():
            raise UserError("to_whom", N_("Say who received it."))
        return self._packet_step(
            packet_id, "sent", {"to": to_whom.strip()}, sent_to=to_whom.strip()
        )

    def packet_acknowledged(self, packet_id: int, at: datetime) -> Changes:
        """Note that the recipient confirmed having received a packet."""
        at = past(at, self._clock())
        return self._packet_step(
            packet_id, "acknowledged", {"when": stamp(at)}, acknowledged_at=stamp(at)
        )

    def _packet_step(
        self, packet_id: int, step: str, values: Mapping[str, str], **columns: object
    ) -> Changes:
        now = self._clock()
        with self._store.writing() as tx:
            packet = tx.need("SELECT * FROM packets WHERE id = ?", (packet_id,))
            row = self._escalation_row(tx, packet["escalation_id"])
            self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.PACKET,
                    who=self._signature(),
                    at=now,
                    case=row["case_number"],
                    step=f"{row['number']}/{step}",
                    values=present(**values),
                ),
            )
            tx.update("packets", packet_id, **columns)
            self._moved(tx, row["case_id"], now)
        return Changes(_CASE | {"escalations"}, case_id=row["case_id"])

    # -- what the journal says ------------------------------------------------------------------

    def agreement(
        self, number: str = "", *, progress: Callable[[Progress], None] | None = None
    ) -> Agreement:
        """Whether the tables say what the journal recorded: of a case, or of all of them.

        Raises what `progress` raises.
        """
        with self._store.reading() as db:
            return compare(db, number, progress=progress)

    # -- helpers --------------------------------------------------------------------------------

    def _standing(self, tx: Writing, case_id: int) -> Case:
        """A case that can still be worked on. Raises UserError once it was destroyed."""
        case = case_with(tx, case_id)
        if case.destroyed_at is not None:
            raise UserError("destroyed_case", N_("This case was already destroyed."))
        return case

    def _moved(self, tx: Writing, case_id: int, now: datetime) -> None:
        tx.update("cases", case_id, last_event_at=stamp(now))

    def _need_reason(self, reason: str) -> None:
        if len(reason.strip()) < 5:
            raise UserError("reason", N_("Write the reason in a few words; it will be kept."))

    def _signature(self) -> str:
        name = self._who()
        if not name:
            raise UserError(
                "nameless", N_("Give your name in the settings first; it signs what you decide.")
            )
        return name


def _done(new: StepInput, sheet: CaseSheet, now: datetime) -> datetime:
    """When a step was done. Raises UserError when that cannot be, or is not likely."""
    assert new.done_at is not None
    done = past(new.done_at, now)
    first = first_seen(sheet)
    if early(new.done_at, first) and not new.before_seen:
        raise UserError(
            "before_seen",
            N_("That is before the first comment of the case was seen, on {at}."),
            at=first,
        )
    return done


def _one_word(named: Named) -> Named:
    """Without the name shown where it is but the @name again."""
    again = named.shown.casefold() == named.handle.removeprefix("@").casefold()
    return Named("", named.handle) if named.handle and again else named


def taken_at(file: StagedBlob | KeptFile, now: datetime) -> datetime:
    """When a picture says that it was taken, if it says so surely; else now."""
    picture = file.picture if isinstance(file, StagedBlob) else None
    taken = None if picture is None else picture.taken_at
    return now if taken is None or taken > now else taken


def _next_step(db: Reading, row: Row) -> NextStep | None:
    """The step that a row of `next_steps` asks of us; None when it asks for none."""
    case = case_of(row)
    rung: Rung | None = None
    if waits(db, case):
        if row["waiting"]:
            return None
    else:
        done = frozenset(Rung(int(n)) for n in (row["done"] or "").split(",") if n)
        since = row["messaged"] is not None and (
            (row["seen"] or 0) > row["messaged"] or (row["seen_at"] or "") > row["messaged_at"]
        )
        rung = proposed(done, case, repeated=since)
        new = not row["handled"] and (
            (row["seen"] or 0) > (row["decided"] or 0)
            or (row["seen_at"] or "") > (row["decided_at"] or "\uffff")
        )
        again = row["repeated"] is not None and row["repeated"] == row["decided"]
        if rung is None or row["asking"] or not (new or again):
            return None
        if rung is not Rung.REPETITION and locks(db, case):
            return None
    return NextStep(
        case.id,
        case.number,
        row["label"],
        case.title,
        rung,
        instant(row["seen_at"] or row["opened_at"]),
    )


def _first_seen(db: Reading, case: Case) -> datetime:
    """When the first of what a case holds was seen, or else when it was opened."""
    first = db.value(
        "SELECT min(captured_at) FROM incidents WHERE case_id = ? AND NOT retracted", (case.id,)
    )
    return case.opened_at if first is None else min(instant(first), case.opened_at)


def _labels(label: str) -> tuple[str, str]:
    """A label as it is kept, and as English says it."""
    return label, label.replace("Usager", "User")


def _named(row: Row, words: Sequence[str]) -> bool:
    """Whether a case, or its person, is called by all of these folded words."""
    names = (row["number"], row["title"], *_labels(row["label"]), row["person_name"],
             row["handles"] or "")  # fmt: skip
    known = duplicates.fold(" ".join(names))
    return all(word in known for word in words)
