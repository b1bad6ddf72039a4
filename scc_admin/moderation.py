"""Persons, cases, the ladder, escalations: what is done about a user of the pages, and on what.

The ladder (slide 42) and the rule 'Public Affairs first' (slides 39, 40) are decided in `gates`,
a pure function that the screens, the CLI and the tests all ask. Each act is one transaction with
its journal entry; undoing a journalled act is a new entry that reverses it.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import regex

from scc_admin.errors import UserError
from scc_admin.evidence import StagedBlob, Vault
from scc_admin.i18n import N_
from scc_admin.journal import Journal, NewEntry
from scc_admin.model import (
    Account,
    Case,
    CaseRow,
    CaseSheet,
    CaseState,
    CaseStep,
    Changes,
    Entry,
    EntryKind,
    Escalation,
    Evidence,
    Flags,
    Gate,
    Ground,
    Incident,
    Language,
    Network,
    Person,
    Rung,
    RungView,
    Situation,
)
from scc_admin.store import (
    Reading,
    Row,
    Store,
    Writing,
    day_or_none,
    instant,
    instant_or_none,
    stamp,
)
from scc_admin.verdict import duplicates

REQUESTS = 3
"""What the private message asks for (slide 42): stop the duplicates, keep the tone, say who you
are."""

_CASE = frozenset({"cases", "journal", "reports"})
_LINK = regex.compile(r"https?://[^\s<>\"']++")
_SANCTIONS = (EntryKind.RUNG, EntryKind.BAN)


@dataclass(frozen=True, slots=True)
class PersonInput:
    """The fields of the person form. An empty label becomes the next 'Usager 000'."""

    label: str = ""
    name: str = ""
    interest: str = ""
    interest_disclosed: bool = False
    notes: str = ""


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
    files: tuple[StagedBlob, ...] = ()


@dataclass(frozen=True, slots=True)
class StepInput:
    """A rung climbed. `approver` and `override` lift an overridable gate."""

    rung: Rung
    text: str = ""
    reason: str = ""
    expires_on: date | None = None
    approver: str = ""
    override: str = ""


@dataclass(frozen=True, slots=True)
class EscalationInput:
    question: str
    spread: str = ""
    not_done: str = ""
    seen_at: datetime | None = None


def gates(
    case: Case,
    rung: Rung,
    *,
    done: frozenset[Rung],
    evidence: int,
    incidents_since_message: int,
    affairs_answered: bool,
) -> tuple[Gate, ...]:
    """What stands before a rung. Empty: it is open.

    `done` holds the rungs recorded and not retracted; `affairs_answered` is true once both the
    contact with Public Affairs and their answer are recorded. A threat or hate may be banned at
    once.
    """
    found = []
    if case.state is CaseState.CLOSED:
        found.append(Gate.CLOSED)
    if rung is Rung.BAN and case.state is CaseState.BANNED:
        found.append(Gate.ALREADY_BANNED)
    acts = rung in (Rung.ANSWER, Rung.PRIVATE_MESSAGE, Rung.BAN)
    if acts and case.critical and not affairs_answered:
        found.append(Gate.PUBLIC_AFFAIRS)
    if rung is not Rung.TOLERATE and not evidence:
        found.append(Gate.NO_EVIDENCE)
    if rung is Rung.REPETITION and not incidents_since_message:
        found.append(Gate.MISSING_RUNGS)
    earlier = {Rung.ANSWER, Rung.PRIVATE_MESSAGE, Rung.REPETITION}
    if rung is Rung.BAN and case.situation is not Situation.THREAT_OR_HATE and not earlier <= done:
        found.append(Gate.MISSING_RUNGS)
    return tuple(found)


OVERRIDABLE = frozenset({Gate.MISSING_RUNGS, Gate.NO_EVIDENCE})
"""Gates that a second named person may lift with a reason. Never `PUBLIC_AFFAIRS`."""


def proposed(done: frozenset[Rung], case: Case, repeated: bool) -> Rung | None:
    """The next rung the ladder suggests; None when there is nothing to do but watch.

    A message is not a strike: after the private message only a repetition leads on.
    """
    if case.state in (CaseState.BANNED, CaseState.CLOSED):
        return None
    if Rung.ANSWER not in done:
        return Rung.ANSWER
    if Rung.PRIVATE_MESSAGE not in done:
        return Rung.PRIVATE_MESSAGE
    if Rung.REPETITION not in done:
        return Rung.REPETITION if repeated else None
    return Rung.BAN


def flags_of(incidents: Sequence[Incident], person: Person, *, same_argument: int = 0) -> Flags:
    """The five behaviours of slide 41, computed from the logged comments.

    `same_argument` counts the comments that say the same in other words, where sentence vectors
    could tell.
    """
    norms = [(i, duplicates.normalise(i.text)) for i in incidents if i.text.strip()]
    norms = [(i, n) for i, n in norms if len(n) >= duplicates.SHORTEST]
    repeated: set[int] = set()
    best = 0
    for index, (incident, norm) in enumerate(norms):
        for _, other in norms[:index]:
            score = duplicates.likeness(norm, other)
            best = max(best, score)
            if score >= duplicates.WARN_AT:
                repeated.add(incident.id)
                break
    sources = Counter(link for i in incidents for link in set(_LINK.findall(i.text)))
    with_source = sum(1 for i in incidents if _LINK.search(i.text))
    single = ""
    if len(sources) == 1 and with_source >= 3:
        single = next(iter(sources))
    moments = sorted(i.captured_at for i in incidents)
    days = max((moments[-1] - moments[0]) / timedelta(days=1), 1.0) if moments else 1.0
    return Flags(
        comments=len(incidents),
        duplicates=len(repeated),
        likeness=best,
        same_argument=same_argument,
        single_source=single,
        daily=round(len(incidents) / days, 1),
        undeclared_interest=bool(person.interest) and not person.interest_disclosed,
    )


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
    ) -> None:
        self._store = store
        self._journal = journal
        self._vault = vault
        self._clock = clock
        self._who = who

    # -- persons ------------------------------------------------------------------------------

    def persons(self) -> list[Person]:
        with self._store.reading() as db:
            return [_person(db, row) for row in db.all("SELECT * FROM persons ORDER BY label")]

    def person(self, person_id: int) -> Person:
        with self._store.reading() as db:
            return _person(db, _found(db.one("SELECT * FROM persons WHERE id = ?", (person_id,))))

    def add_person(self, new: PersonInput) -> int:
        with self._store.writing() as tx:
            return self._add_person(tx, new)

    def _add_person(self, tx: Writing, new: PersonInput) -> int:
        label = new.label.strip() or _next_label(tx)
        if tx.value("SELECT 1 FROM persons WHERE label = ?", (label,)):
            raise UserError("label", N_("“{label}” is taken; choose another label."), label=label)
        return tx.insert(
            "persons",
            uid=str(uuid.uuid4()),
            label=label,
            name=new.name.strip(),
            interest=new.interest.strip(),
            interest_disclosed=int(new.interest_disclosed),
            notes=new.notes,
            created_at=stamp(self._clock()),
        )

    def change_person(self, person_id: int, new: PersonInput) -> Changes:
        with self._store.writing() as tx:
            values: dict[str, object] = {
                "name": new.name.strip(),
                "interest": new.interest.strip(),
                "interest_disclosed": int(new.interest_disclosed),
                "notes": new.notes,
            }
            if new.label.strip():
                values["label"] = new.label.strip()
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
        known = tx.value(
            "SELECT id FROM accounts WHERE person_id = ? AND network = ? AND handle = ?",
            (person_id, new.network.value, new.handle.strip()),
        )
        if known is not None:
            return int(known)
        return tx.insert(
            "accounts",
            person_id=person_id,
            network=new.network.value,
            handle=new.handle.strip(),
            external_id=new.external_id.strip(),
            url=new.url.strip(),
            confirmed=int(new.confirmed),
        )

    def find_account(self, network: Network, handle: str) -> list[Person]:
        """Persons already known by this account."""
        with self._store.reading() as db:
            return [
                _person(db, row)
                for row in db.all(
                    "SELECT p.* FROM persons p JOIN accounts a ON a.person_id = p.id"
                    " WHERE a.network = ? AND lower(a.handle) = lower(?)",
                    (network.value, handle.strip()),
                )
            ]

    # -- cases: reading -----------------------------------------------------------------------

    def cases(
        self, *, states: Sequence[CaseState] = (), person_id: int | None = None, limit: int = 500
    ) -> list[CaseRow]:
        """Cases, the most recently moved first."""
        marks = ", ".join("?" * len(states))
        with self._store.reading() as db:
            return [
                CaseRow(
                    id=row["id"],
                    number=row["number"],
                    person=row["label"],
                    title=row["title"],
                    situation=Situation(row["situation"]),
                    critical=bool(row["critical"]),
                    state=CaseState(row["state"]),
                    rung=Rung(row["rung"] or 0),
                    incidents=row["incidents"],
                    opened_at=instant(row["opened_at"]),
                    last_event_at=instant(row["last_event_at"]),
                )
                for row in db.all(
                    "SELECT c.*, p.label,"
                    " (SELECT max(rung) FROM case_steps s WHERE s.case_id = c.id"
                    "   AND NOT s.retracted) AS rung,"
                    " (SELECT count(*) FROM incidents i WHERE i.case_id = c.id) AS incidents"
                    " FROM cases c JOIN persons p ON p.id = c.person_id"
                    + (f" WHERE c.state IN ({marks})" if states else " WHERE 1")
                    + (" AND c.person_id = ?" if person_id is not None else "")
                    + " ORDER BY c.last_event_at DESC LIMIT ?",
                    (
                        *(s.value for s in states),
                        *((person_id,) if person_id is not None else ()),
                        limit,
                    ),
                )
            ]

    def case_by_number(self, number: str) -> int:
        """The id of a case. Raises UserError when there is none of this number."""
        with self._store.reading() as db:
            found = db.value(
                "SELECT id FROM cases WHERE number = ? COLLATE NOCASE", (number.strip(),)
            )
        if found is None:
            raise UserError("no_case", N_("There is no case {number}."), number=number)
        return int(found)

    def sheet(self, case_id: int) -> CaseSheet:
        with self._store.reading() as db:
            return _sheet(db, case_id)

    def evidence(self, evidence_id: int) -> Evidence:
        """Raises UserError when there is no such piece."""
        with self._store.reading() as db:
            case_id = db.value("SELECT case_id FROM evidence WHERE id = ?", (evidence_id,))
            if case_id is None:
                raise UserError("gone", N_("It is no longer there; refresh the list."))
            return next(e for e in _sheet(db, case_id).evidence if e.id == evidence_id)

    # -- cases: acting --------------------------------------------------------------------------

    def open_case(self, new: CaseInput) -> int:
        """Open a case; of the four critical kinds it is critical whatever is ticked.

        Raises UserError without a title.
        """
        if not new.title.strip():
            raise UserError("case_title", N_("Say in a few words what the case is about."))
        now = self._clock()
        who = self._signature()
        with self._store.writing() as tx:
            person_id = (
                self._add_person(tx, new.new_person) if new.person_id is None else new.person_id
            )
            if new.account is not None and new.account.handle.strip():
                self._add_account(tx, person_id, new.account)
            person = _found(tx.one("SELECT * FROM persons WHERE id = ?", (person_id,)))
            number = _next_number(tx, "cases", "CAS", now.year)
            critical = new.critical or new.situation.critical
            self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.CASE_OPENED,
                    who=who,
                    at=now,
                    case=number,
                    step=new.situation.value,
                    values={"title": new.title.strip(), "person": person["uid"]},
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

    def reclassify(self, case_id: int, situation: Situation, critical: bool) -> Changes:
        """Change what a case is about; a critical kind stays critical."""
        with self._store.writing() as tx:
            case = _case(_found(tx.one("SELECT * FROM cases WHERE id = ?", (case_id,))))
            now = self._clock()
            self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.CORRECTION,
                    who=self._signature(),
                    at=now,
                    case=case.number,
                    step=situation.value,
                    values={"before": case.situation.value},
                ),
            )
            tx.update(
                "cases",
                case_id,
                situation=situation.value,
                critical=int(critical or situation.critical),
            )
            self._moved(tx, case_id, now)
        return Changes(_CASE, case_id=case_id)

    def log_incident(self, case_id: int, new: IncidentInput) -> tuple[int, Changes]:
        """Write down what was seen, with its evidence.

        Raises UserError when there is neither text, link nor file.
        """
        if not (new.text.strip() or new.url.strip() or new.files):
            raise UserError(
                "empty_incident", N_("Paste the text or the link, or add a picture of it.")
            )
        now = self._clock()
        captured = new.captured_at or now
        who = self._signature()
        with self._store.writing() as tx:
            case = _case(_found(tx.one("SELECT * FROM cases WHERE id = ?", (case_id,))))
            handle = tx.value("SELECT handle FROM accounts WHERE id = ?", (new.account_id,))
            entry = self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.INCIDENT,
                    who=who,
                    at=now,
                    case=case.number,
                    values=_present(
                        text=new.text,
                        url=new.url.strip(),
                        account=handle or "",
                        displayed=new.displayed_at.strip(),
                        captured=stamp(captured),
                    ),
                ),
            )
            incident_id = tx.insert(
                "incidents",
                case_id=case_id,
                page_id=new.page_id,
                account_id=new.account_id,
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
                self._add_evidence(tx, case, incident_id, file, captured, new.method, new.url)
            self._moved(tx, case_id, now)
        return incident_id, Changes(_CASE | {"evidence"}, case_id=case_id)

    def add_evidence(
        self,
        case_id: int,
        file: StagedBlob,
        *,
        incident_id: int | None = None,
        method: str = "file",
        url: str = "",
        captured_at: datetime | None = None,
    ) -> tuple[int, Changes]:
        """Add a file to a case, or to one of its incidents."""
        now = self._clock()
        with self._store.writing() as tx:
            case = _case(_found(tx.one("SELECT * FROM cases WHERE id = ?", (case_id,))))
            evidence_id = self._add_evidence(
                tx, case, incident_id, file, captured_at or now, method, url
            )
            self._moved(tx, case_id, now)
        return evidence_id, Changes(_CASE | {"evidence"}, case_id=case_id)

    def _add_evidence(
        self,
        tx: Writing,
        case: Case,
        incident_id: int | None,
        file: StagedBlob,
        captured: datetime,
        method: str,
        url: str,
    ) -> int:
        who = self._signature()
        now = self._clock()
        blob_id = self._vault.commit(tx, file)
        evidence_id = tx.insert(
            "evidence",
            uid=str(uuid.uuid4()),
            case_id=case.id,
            incident_id=incident_id,
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
                values={"name": file.name, "sha256": file.sha256, "size": str(file.size)},
            ),
        )
        self._vault.log(tx, evidence_id, who, "captured")
        return evidence_id

    def viewed(self, evidence_id: int) -> None:
        """Note in the custody log that somebody looked at it."""
        with self._store.writing() as tx:
            self._vault.log(tx, evidence_id, self._signature(), "viewed")

    def exported(self, evidence_ids: Sequence[int], to_whom: str) -> Changes:
        """Note in custody log and journal that evidence left the workspace, and for whom."""
        now = self._clock()
        who = self._signature()
        with self._store.writing() as tx:
            for evidence_id in evidence_ids:
                row = _found(
                    tx.one(
                        "SELECT c.number, b.sha256 FROM evidence e JOIN cases c ON c.id = e.case_id"
                        " JOIN blobs b ON b.id = e.blob_id WHERE e.id = ?",
                        (evidence_id,),
                    )
                )
                self._vault.log(tx, evidence_id, who, "exported", to_whom)
                self._journal.append(
                    tx,
                    NewEntry(
                        kind=EntryKind.CUSTODY,
                        who=who,
                        at=now,
                        case=row["number"],
                        step="exported",
                        values={"sha256": row["sha256"], "to": to_whom},
                    ),
                )
        return Changes(frozenset({"evidence", "journal"}))

    def climb(self, case_id: int, new: StepInput) -> tuple[int, Changes]:
        """Record a rung of the ladder.

        A ban takes a checkpoint of the journal first. Raises UserError when a gate stands before
        it, naming the first one; an overridable gate opens with a second person's name and a
        reason.
        """
        now = self._clock()
        who = self._signature()
        with self._store.writing() as tx:
            sheet = _sheet(tx, case_id)
            view = sheet.ladder[new.rung]
            self._pass(view, new, who)
            if new.rung is Rung.BAN:
                if len(new.reason.strip()) < 5:
                    raise UserError("reason", N_("Write the reason of the ban; it will be kept."))
                self._journal.checkpoint(tx)
            elif new.rung in (Rung.ANSWER, Rung.PRIVATE_MESSAGE) and not new.text.strip():
                raise UserError("step_text", N_("Write, or paste, what was answered."))
            kind = EntryKind.BAN if new.rung is Rung.BAN else EntryKind.RUNG
            entry = self._journal.append(
                tx,
                NewEntry(
                    kind=kind,
                    who=who,
                    at=now,
                    case=sheet.case.number,
                    step=new.rung.name.lower(),
                    rule="PROC-04" if new.override else "",
                    expires=new.expires_on.isoformat() if new.expires_on else "",
                    approver=new.approver.strip(),
                    values=_present(
                        text=new.text, reason=new.reason.strip(), override=new.override.strip()
                    ),
                ),
            )
            step_id = tx.insert(
                "case_steps",
                case_id=case_id,
                kind=kind.value,
                rung=int(new.rung),
                at=stamp(now),
                who=who,
                text=new.text,
                reason=" — ".join(p for p in (new.reason.strip(), new.override.strip()) if p),
                approver=new.approver.strip(),
                expires_on=new.expires_on.isoformat() if new.expires_on else None,
                entry=entry,
            )
            if new.rung is Rung.BAN:
                tx.update("cases", case_id, state=CaseState.BANNED.value)
            self._moved(tx, case_id, now)
        return step_id, Changes(_CASE, case_id=case_id)

    def _pass(self, view: RungView, new: StepInput, who: str) -> None:
        if not view.gates:
            return
        hard = [gate for gate in view.gates if gate not in OVERRIDABLE]
        if hard:
            raise UserError(f"gate_{hard[0].value}", GATE_TEXTS[hard[0]])
        if len(new.override.strip()) < 5 or not new.approver.strip():
            raise UserError(f"gate_{view.gates[0].value}", GATE_TEXTS[view.gates[0]])
        if new.approver.strip().casefold() == who.casefold():
            raise UserError(f"gate_{Gate.SECOND_PERSON.value}", GATE_TEXTS[Gate.SECOND_PERSON])

    def retract(self, step_id: int, reason: str) -> Changes:
        """Undo a recorded step by a reversing entry; both stay readable.

        Raises UserError without a reason, or when it was undone before.
        """
        self._need_reason(reason)
        now = self._clock()
        with self._store.writing() as tx:
            row = _found(tx.one("SELECT * FROM case_steps WHERE id = ?", (step_id,)))
            if row["retracted"]:
                raise UserError("retracted", N_("This step was already undone."))
            case = _case(_found(tx.one("SELECT * FROM cases WHERE id = ?", (row["case_id"],))))
            self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.CORRECTION,
                    who=self._signature(),
                    at=now,
                    case=case.number,
                    supersedes=row["entry"],
                    values={"reason": reason.strip()},
                ),
            )
            tx.update("case_steps", step_id, retracted=1)
            if row["kind"] == EntryKind.BAN.value and case.state is CaseState.BANNED:
                tx.update("cases", case.id, state=CaseState.OPEN.value)
            self._moved(tx, case.id, now)
        return Changes(_CASE, case_id=case.id)

    def lift(self, case_id: int, reason: str) -> Changes:
        """Lift a ban."""
        self._need_reason(reason)
        with self._store.writing() as tx:
            case = _case(_found(tx.one("SELECT * FROM cases WHERE id = ?", (case_id,))))
            if case.state is not CaseState.BANNED:
                raise UserError("not_banned", N_("This person is not banned."))
            self._step(tx, case, EntryKind.LIFT, text="", reason=reason)
            tx.update("cases", case_id, state=CaseState.OPEN.value)
        return Changes(_CASE, case_id=case_id)

    def appeal(self, case_id: int, decided_by: str, upheld: bool, reason: str) -> Changes:
        """Record the outcome of an appeal, decided by another person than the one who banned."""
        self._need_reason(reason)
        with self._store.writing() as tx:
            sheet = _sheet(tx, case_id)
            bans = [s for s in sheet.steps if s.kind is EntryKind.BAN and not s.retracted]
            if not bans or sheet.case.state is not CaseState.BANNED:
                raise UserError("not_banned", N_("This person is not banned."))
            if decided_by.strip().casefold() in ("", bans[-1].who.casefold()):
                raise UserError(
                    "appeal_person",
                    N_("An appeal is decided by another person than the one who banned."),
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
        """Note a review of the case, and when the next one is due."""
        with self._store.writing() as tx:
            case = _case(_found(tx.one("SELECT * FROM cases WHERE id = ?", (case_id,))))
            self._step(tx, case, EntryKind.REVIEW, text=text)
            tx.update("cases", case_id, review_on=next_on.isoformat() if next_on else None)
        return Changes(_CASE, case_id=case_id)

    def note(self, case_id: int, text: str) -> Changes:
        if not text.strip():
            raise UserError("note", N_("Write the note first."))
        with self._store.writing() as tx:
            case = _case(_found(tx.one("SELECT * FROM cases WHERE id = ?", (case_id,))))
            self._step(tx, case, EntryKind.NOTE, text=text)
        return Changes(_CASE, case_id=case_id)

    def close_case(self, case_id: int, reason: str) -> Changes:
        self._need_reason(reason)
        now = self._clock()
        with self._store.writing() as tx:
            case = _case(_found(tx.one("SELECT * FROM cases WHERE id = ?", (case_id,))))
            self._step(tx, case, EntryKind.CASE_CLOSED, text="", reason=reason)
            tx.update("cases", case_id, state=CaseState.CLOSED.value, closed_at=stamp(now))
        return Changes(_CASE, case_id=case_id)

    def reopen_case(self, case_id: int, reason: str) -> Changes:
        self._need_reason(reason)
        with self._store.writing() as tx:
            case = _case(_found(tx.one("SELECT * FROM cases WHERE id = ?", (case_id,))))
            self._step(tx, case, EntryKind.NOTE, text="reopened", reason=reason)
            tx.update("cases", case_id, state=CaseState.OPEN.value, closed_at=None)
        return Changes(_CASE, case_id=case_id)

    def set_hold(self, case_id: int, reason: str) -> Changes:
        """Set a legal hold, or lift it with an empty reason."""
        with self._store.writing() as tx:
            case = _case(_found(tx.one("SELECT * FROM cases WHERE id = ?", (case_id,))))
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
    ) -> int:
        now = self._clock()
        who = self._signature()
        entry = self._journal.append(
            tx,
            NewEntry(
                kind=kind,
                who=who,
                at=now,
                case=case.number,
                approver=approver.strip(),
                values=_present(text=text, reason=reason.strip()),
            ),
        )
        step_id = tx.insert(
            "case_steps",
            case_id=case.id,
            kind=kind.value,
            at=stamp(now),
            who=who,
            text=text,
            reason=reason.strip(),
            approver=approver.strip(),
            entry=entry,
        )
        self._moved(tx, case.id, now)
        return step_id

    # -- escalations ----------------------------------------------------------------------------

    def escalations(self) -> list[Escalation]:
        with self._store.reading() as db:
            return [
                _escalation(row)
                for row in db.all(
                    "SELECT * FROM escalations ORDER BY closed_at IS NOT NULL,"
                    " answered_at IS NOT NULL, seen_at DESC"
                )
            ]

    def escalation(self, escalation_id: int) -> Escalation:
        with self._store.reading() as db:
            return _escalation(
                _found(db.one("SELECT * FROM escalations WHERE id = ?", (escalation_id,)))
            )

    def escalate(self, case_id: int, new: EscalationInput) -> int:
        """Prepare a request to Public Affairs. Raises UserError without a question."""
        if not new.question.strip():
            raise UserError("question", N_("Write the question you ask Public Affairs."))
        now = self._clock()
        who = self._signature()
        with self._store.writing() as tx:
            case = _case(_found(tx.one("SELECT * FROM cases WHERE id = ?", (case_id,))))
            number = _next_number(tx, "escalations", "ESC", now.year)
            self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.ESCALATION,
                    who=who,
                    at=now,
                    case=case.number,
                    step=number,
                    values=_present(question=new.question.strip(), not_done=new.not_done.strip()),
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
                seen_at=stamp(new.seen_at or case.opened_at),
                created_by=who,
            )
            tx.update("cases", case_id, state=CaseState.WAITING.value)
            self._moved(tx, case_id, now)
        return escalation_id

    def record_contact(self, escalation_id: int, contact: str, at: datetime) -> Changes:
        """Note that Public Affairs were reached: whom, how, when."""
        if not contact.strip():
            raise UserError("contact", N_("Say whom you reached, and how."))
        return self._clock_step(
            escalation_id, "escalated", {"contact": contact.strip()}, at, contact=contact.strip()
        )

    def record_affairs_answer(self, escalation_id: int, answer: str, at: datetime) -> Changes:
        """Note the instructions received; with the contact, they unlock reply and ban.

        Raises UserError without an answer, or before the contact is recorded.
        """
        if not answer.strip():
            raise UserError("affairs_answer", N_("Write the instructions received."))
        with self._store.reading() as db:
            row = _found(db.one("SELECT * FROM escalations WHERE id = ?", (escalation_id,)))
        if row["escalated_at"] is None:
            raise UserError("no_contact", N_("First record the contact with Public Affairs."))
        return self._clock_step(
            escalation_id, "answered", {"answer": answer.strip()}, at, answer=answer.strip()
        )

    def close_escalation(self, escalation_id: int, at: datetime) -> Changes:
        return self._clock_step(escalation_id, "closed", {}, at)

    def _clock_step(
        self,
        escalation_id: int,
        step: str,
        values: Mapping[str, str],
        at: datetime,
        **columns: object,
    ) -> Changes:
        now = self._clock()
        if at > now + timedelta(minutes=5):
            raise UserError("future", N_("That moment is still to come."))
        with self._store.writing() as tx:
            row = _found(
                tx.one(
                    "SELECT e.*, c.number AS case_number FROM escalations e"
                    " JOIN cases c ON c.id = e.case_id WHERE e.id = ?",
                    (escalation_id,),
                )
            )
            self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.CONTACT,
                    who=self._signature(),
                    at=now,
                    case=row["case_number"],
                    step=f"{row['number']}/{step}",
                    values=values,
                ),
            )
            tx.update("escalations", escalation_id, **{f"{step}_at": stamp(at)}, **columns)
            if step == "answered":
                tx.run(
                    "UPDATE cases SET state = ? WHERE id = ? AND state = ?",
                    (CaseState.OPEN.value, row["case_id"], CaseState.WAITING.value),
                )
            self._moved(tx, row["case_id"], now)
        return Changes(_CASE | {"escalations"}, case_id=row["case_id"])

    # -- erasure --------------------------------------------------------------------------------

    def erase_entry(
        self,
        entry: Entry,
        *,
        ground: Ground,
        approver: str,
        fields: Collection[str] | None = None,
    ) -> int:
        """Erase personal values of a journal entry and their copies in the case; the new entry.

        `fields` narrows it; None is all of them. Call `Journal.settle` afterwards. Raises
        UserError: nothing left to erase, nobody approved, or a legal hold on the case.
        """
        with self._store.writing() as tx:
            hold = tx.value("SELECT hold FROM cases WHERE number = ?", (entry.case,))
            if hold:
                raise UserError(
                    "hold",
                    N_("A legal hold keeps {case}: {reason}. Lift it first."),
                    case=entry.case,
                    reason=hold,
                )
            seq = self._journal.erase(
                tx,
                {entry.seq: fields},
                ground=ground,
                who=self._signature(),
                approver=approver,
                case=entry.case,
            )
            gone = set(entry.values) if fields is None else set(fields)
            self._erase_copies(tx, entry, gone)
        return seq

    def _erase_copies(self, tx: Writing, entry: Entry, gone: Collection[str]) -> None:
        """What the tables of the case repeat of an entry's values."""
        columns = {
            "incidents": {"text": "text", "url": "url", "displayed": "displayed_at"},
            "case_steps": {"text": "text", "reason": "reason", "override": "reason"},
            "overrides": {"excerpt": "excerpt", "reason": "reason"},
        }
        for table, copies in columns.items():
            for column in sorted({copies[name] for name in gone if name in copies}):
                tx.run(f"UPDATE {table} SET {column} = '' WHERE entry = ?", (entry.seq,))
        if "text" in gone:
            tx.run(
                "DELETE FROM known_posts WHERE incident_id IN"
                " (SELECT id FROM incidents WHERE entry = ?)",
                (entry.seq,),
            )

    # -- helpers --------------------------------------------------------------------------------

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


GATE_TEXTS: Mapping[Gate, str] = {
    Gate.PUBLIC_AFFAIRS: N_(
        "Public Affairs first: record the contact and their answer before you reply or ban."
    ),
    Gate.MISSING_RUNGS: N_(
        "Earlier steps are not recorded yet. Record them, or have a second person approve with a"
        " reason."
    ),
    Gate.NO_EVIDENCE: N_("Nothing is logged in this case yet. Log what was seen first."),
    Gate.NO_REASON: N_("Write the reason; it will be kept."),
    Gate.SECOND_PERSON: N_("The approval comes from another person than you."),
    Gate.ALREADY_BANNED: N_("This person is already banned."),
    Gate.CLOSED: N_("This case is closed. Reopen it first."),
}


# -- rows and records ---------------------------------------------------------------------------


def _present(**values: str) -> dict[str, str]:
    """Only the fields that hold something: an empty commitment says nothing."""
    return {name: value for name, value in values.items() if value}


def _found(row: Row | None) -> Row:
    if row is None:
        raise UserError("gone", N_("It is no longer there; refresh the list."))
    return row


def _next_number(tx: Writing, table: str, prefix: str, year: int) -> str:
    head = f"{prefix}-{year}-"
    last = tx.value(
        f"SELECT max(CAST(substr(number, ?) AS INTEGER)) FROM {table}"
        " WHERE substr(number, 1, ?) = ?",
        (len(head) + 1, len(head), head),
    )
    return f"{head}{(last or 0) + 1:03}"


def _next_label(tx: Writing) -> str:
    last = tx.value(
        "SELECT max(CAST(substr(label, 8) AS INTEGER)) FROM persons WHERE label GLOB"
        " 'Usager [0-9]*'"
    )
    return f"Usager {(last or 0) + 1:03}"


def _person(db: Reading, row: Row) -> Person:
    return Person(
        id=row["id"],
        uid=row["uid"],
        label=row["label"],
        created_at=instant(row["created_at"]),
        name=row["name"],
        interest=row["interest"],
        interest_disclosed=bool(row["interest_disclosed"]),
        accounts=tuple(
            Account(
                a["id"],
                row["id"],
                Network(a["network"]),
                a["handle"],
                a["external_id"],
                a["url"],
                bool(a["confirmed"]),
            )
            for a in db.all("SELECT * FROM accounts WHERE person_id = ? ORDER BY id", (row["id"],))
        ),
        notes=row["notes"],
    )


def _case(row: Row) -> Case:
    return Case(
        id=row["id"],
        uid=row["uid"],
        number=row["number"],
        person_id=row["person_id"],
        title=row["title"],
        situation=Situation(row["situation"]),
        critical=bool(row["critical"]),
        state=CaseState(row["state"]),
        opened_at=instant(row["opened_at"]),
        opened_by=row["opened_by"],
        closed_at=instant_or_none(row["closed_at"]),
        review_on=day_or_none(row["review_on"]),
        hold=row["hold"],
        last_event_at=instant(row["last_event_at"]),
    )


def _escalation(row: Row) -> Escalation:
    return Escalation(
        id=row["id"],
        uid=row["uid"],
        number=row["number"],
        case_id=row["case_id"],
        situation=Situation(row["situation"]),
        question=row["question"],
        spread=row["spread"],
        not_done=row["not_done"],
        seen_at=instant(row["seen_at"]),
        escalated_at=instant_or_none(row["escalated_at"]),
        contact=row["contact"],
        answered_at=instant_or_none(row["answered_at"]),
        answer=row["answer"],
        closed_at=instant_or_none(row["closed_at"]),
        created_by=row["created_by"],
    )


def _sheet(db: Reading, case_id: int) -> CaseSheet:
    case = _case(_found(db.one("SELECT * FROM cases WHERE id = ?", (case_id,))))
    person = _person(db, db.one("SELECT * FROM persons WHERE id = ?", (case.person_id,)))
    incidents = tuple(
        Incident(
            row["id"],
            case_id,
            row["page_id"],
            row["text"],
            row["url"],
            row["displayed_at"],
            instant(row["captured_at"]),
            row["collector"],
            row["method"],
            row["account_id"],
            row["entry"],
        )
        for row in db.all(
            "SELECT * FROM incidents WHERE case_id = ? ORDER BY captured_at, id", (case_id,)
        )
    )
    evidence = tuple(
        Evidence(
            row["id"],
            row["uid"],
            case_id,
            row["incident_id"],
            row["blob_id"],
            row["original_name"],
            row["media_type"],
            row["size"],
            row["sha256"],
            instant(row["captured_at"]),
            row["collector"],
            row["method"],
            row["url"],
            row["note"],
            bool(row["erased"]),
        )
        for row in db.all(
            "SELECT e.*, b.media_type, b.size, b.sha256 FROM evidence e"
            " JOIN blobs b ON b.id = e.blob_id WHERE e.case_id = ? ORDER BY e.captured_at, e.id",
            (case_id,),
        )
    )
    steps = tuple(
        CaseStep(
            row["id"],
            case_id,
            EntryKind(row["kind"]),
            None if row["rung"] is None else Rung(row["rung"]),
            instant(row["at"]),
            row["who"],
            row["text"],
            row["reason"],
            row["approver"],
            day_or_none(row["expires_on"]),
            bool(row["retracted"]),
            row["entry"],
        )
        for row in db.all("SELECT * FROM case_steps WHERE case_id = ? ORDER BY id", (case_id,))
    )
    escalations = tuple(
        _escalation(row)
        for row in db.all("SELECT * FROM escalations WHERE case_id = ? ORDER BY id", (case_id,))
    )
    return CaseSheet(
        case,
        person,
        incidents,
        evidence,
        steps,
        escalations,
        _ladder(case, incidents, evidence, steps, escalations),
        flags_of(incidents, person),
    )


def _ladder(
    case: Case,
    incidents: Sequence[Incident],
    evidence: Sequence[Evidence],
    steps: Sequence[CaseStep],
    escalations: Sequence[Escalation],
) -> tuple[RungView, ...]:
    standing = [s for s in steps if s.kind in _SANCTIONS and s.rung is not None and not s.retracted]
    done = frozenset(s.rung for s in standing if s.rung is not None)
    messages = [s.entry for s in standing if s.rung is Rung.PRIVATE_MESSAGE]
    since = sum(1 for i in incidents if messages and i.entry > messages[0])
    answered = any(e.escalated_at and e.answered_at for e in escalations)
    following = proposed(done, case, repeated=since > 0)
    views = []
    for rung in Rung:
        locked = gates(
            case,
            rung,
            done=done,
            evidence=len(incidents) + len(evidence),
            incidents_since_message=since,
            affairs_answered=answered,
        )
        views.append(
            RungView(
                rung,
                done=rung in done or (rung is Rung.TOLERATE and bool(incidents)),
                proposed=rung is following,
                gates=locked,
                overridable=bool(locked) and set(locked) <= OVERRIDABLE,
            )
        )
    return tuple(views)
