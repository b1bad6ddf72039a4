"""Rows of the moderation tables, read into records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from scc_admin.accounts import Named
from scc_admin.errors import UserError
from scc_admin.i18n import N_
from scc_admin.journal import index
from scc_admin.model import (
    Account,
    Case,
    CaseLock,
    CaseSheet,
    CaseState,
    CaseStep,
    EntryKind,
    Escalation,
    Evidence,
    Flags,
    Incident,
    JournalQuery,
    Network,
    Packet,
    Person,
    Rung,
    Situation,
)
from scc_admin.moderation import ladder
from scc_admin.names import nobody, same_person
from scc_admin.store import Reading, Row, Writing, day_or_none, instant, instant_or_none

BOTH_REASONS = " — "
"""Between the reason of a step and that of the exception, in the column of the table."""
STANDING = "yes"
"""Of an answer that holds for what follows too."""
LONGEST = 100_000
"""Characters of one text of a case: more than any network lets a person write at once."""
NO_FLAGS = Flags(0, 0, 0, 0, "", 0.0, False)


def present(**values: str) -> dict[str, str]:
    """Only the fields that hold something: an empty commitment says nothing.

    Raises UserError for one that is longer than any text somebody writes: it is a file.
    """
    if any(len(value) > LONGEST for value in values.values()):
        raise UserError(
            "long_text",
            N_(
                "This text is too long: at most {n} characters are recorded. Save it as a file, add"
                " that file as evidence, and keep here what matters."
            ),
            n=LONGEST,
        )
    return {name: value for name, value in values.items() if value}


def second_person(approver: str, who: str) -> str:
    """The name of whoever approved what `who` does, as it is written down.

    Raises UserError for nobody, and for the very person who does it.
    """
    name = approver.strip()
    if nobody(name):
        raise UserError("approver", N_("Say who approved this erasure."))
    if same_person(name, who):
        raise UserError(
            "approver_self",
            N_("Another person than you approves what is erased: give their name."),
        )
    return name


def next_number(tx: Writing, table: str, prefix: str, year: int) -> str:
    head = f"{prefix}-{year}-"
    last = tx.value(
        f"SELECT max(CAST(substr(number, ?) AS INTEGER)) FROM {table}"
        " WHERE substr(number, 1, ?) = ?",
        (len(head) + 1, len(head), head),
    )
    return f"{head}{(last or 0) + 1:03}"


def next_label(tx: Writing) -> str:
    last = tx.value(
        "SELECT max(CAST(substr(label, 8) AS INTEGER)) FROM persons WHERE label GLOB"
        " 'Usager [0-9]*'"
    )
    return f"Usager {(last or 0) + 1:03}"


def person_of(db: Reading, row: Row) -> Person:
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
        consent=row["consent"],
    )


def case_of(row: Row) -> Case:
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
        destroyed_at=instant_or_none(row["destroyed_at"]),
    )


def escalation_of(row: Row) -> Escalation:
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


def packet_of(row: Row) -> Packet:
    return Packet(
        id=row["id"],
        escalation_id=row["escalation_id"],
        at=instant(row["at"]),
        who=row["who"],
        name=row["name"],
        pdf_sha256=row["pdf_sha256"],
        zip_sha256=row["zip_sha256"],
        sent_to=row["sent_to"],
        acknowledged_at=instant_or_none(row["acknowledged_at"]),
        entry=row["entry"],
    )


def case_with(db: Reading, case_id: int) -> Case:
    """Raises UserError when it is not there."""
    return case_of(db.need("SELECT * FROM cases WHERE id = ?", (case_id,)))


def sheet_of(db: Reading, case_id: int, *, with_flags: bool = True) -> CaseSheet:
    """A case with all that hangs on it. Comparing its comments costs most: acts do without."""
    case = case_with(db, case_id)
    person = person_of(db, db.one("SELECT * FROM persons WHERE id = ?", (case.person_id,)))
    incidents = _incidents(db, case_id)
    evidence = tuple(
        evidence_of(row)
        for row in db.all(
            f"{EVIDENCE_SQL} WHERE e.case_id = ? ORDER BY e.captured_at, e.id", (case_id,)
        )
    )
    steps = _steps(db, case_id)
    escalations = _escalations(db, case)
    locking = locks(db, case)
    return CaseSheet(
        case,
        person,
        incidents,
        evidence,
        steps,
        escalations,
        ladder.ladder(
            case, incidents, evidence, steps, escalations, locked_elsewhere=bool(locking)
        ),
        ladder.flags_of(incidents, person) if with_flags else NO_FLAGS,
        locking,
    )


def _incidents(db: Reading, case_id: int) -> tuple[Incident, ...]:
    return tuple(
        incident_of(row)
        for row in db.all(
            "SELECT * FROM incidents WHERE case_id = ? ORDER BY captured_at, id", (case_id,)
        )
    )


def _escalations(db: Reading, case: Case) -> tuple[Escalation, ...]:
    rows = db.all("SELECT * FROM escalations WHERE case_id = ? ORDER BY id", (case.id,))
    return _entered(db, case.number, [escalation_of(row) for row in rows])


def waits(db: Reading, case: Case) -> bool:
    """Whether a case waits for Public Affairs."""
    return case.critical and ladder.waits_for_affairs(
        case, _incidents(db, case.id), _escalations(db, case)
    )


def locks(db: Reading, case: Case) -> tuple[CaseLock, ...]:
    """The other open cases of a person, or of one with a same account, that wait for Public
    Affairs."""
    rows = db.all(
        "SELECT * FROM cases WHERE id <> ? AND critical AND destroyed_at IS NULL AND state <> ?"
        " ORDER BY id",
        (case.id, CaseState.CLOSED.value),
    )
    if not rows:
        return ()
    known = _sure_accounts(db, case.person_id)
    rows = [
        row
        for row in rows
        if row["person_id"] == case.person_id or known & _sure_accounts(db, row["person_id"])
    ]
    return tuple(
        CaseLock(other.id, other.number) for other in map(case_of, rows) if waits(db, other)
    )


def _steps(db: Reading, case_id: int) -> tuple[CaseStep, ...]:
    """The steps of a case, each with why it was an exception, which the journal alone keeps apart
    from its reason, and when it was written down, where that was later."""
    exceptions: dict[int, str] = {
        row["seq"]: row["value"]
        for row in db.all(
            "SELECT v.seq, v.value FROM case_steps s JOIN journal_values v ON v.seq = s.entry"
            " WHERE s.case_id = ? AND v.field = 'override' AND v.value IS NOT NULL",
            (case_id,),
        )
    }
    recorded: dict[int, datetime] = {
        row["seq"]: instant(json.loads(row["body"])["at"])
        for row in db.all(
            "SELECT j.seq, j.body FROM case_steps s JOIN journal_values v ON v.seq = s.entry"
            " JOIN journal j ON j.seq = s.entry WHERE s.case_id = ? AND v.field = 'done'",
            (case_id,),
        )
    }
    rows = db.all("SELECT * FROM case_steps WHERE case_id = ? ORDER BY id", (case_id,))
    return tuple(
        replace(
            _parted(step_of(row), exceptions.get(row["entry"], "")),
            recorded_at=recorded.get(row["entry"]),
        )
        for row in rows
    )


def _parted(step: CaseStep, override: str) -> CaseStep:
    """The table keeps both reasons in one column."""
    if not override:
        return step
    reason = step.reason
    if reason.endswith(override):
        reason = reason.removesuffix(override).removesuffix(BOTH_REASONS)
    return replace(step, reason=reason, override=override)


def _entered(db: Reading, number: str, escalations: Sequence[Escalation]) -> tuple[Escalation, ...]:
    """Escalations with when they were asked and exported, and the journal entries that hold their
    words and their answer."""
    if not escalations:
        return ()
    query = JournalQuery(case=number, kinds=frozenset({EntryKind.ESCALATION, EntryKind.CONTACT}))
    first: dict[str, tuple[int, datetime]] = {}
    last: dict[str, int] = {}
    for seq in reversed(index.search(db, query, None, None)):
        said = json.loads(db.value("SELECT body FROM journal WHERE seq = ?", (seq,)))
        first.setdefault(said["step"], (seq, instant(said["at"])))
        last[said["step"]] = seq
    exported = "SELECT MAX(at) FROM packets WHERE escalation_id = ?"
    standing = "SELECT value FROM journal_values WHERE seq = ? AND field = 'standing'"
    none = (0, None)
    return tuple(
        replace(
            e,
            created_at=first.get(e.number, none)[1],
            entry=last.get(e.number, 0),
            exported_at=instant_or_none(db.value(exported, (e.id,))),
            # An answer that was written down again is about no more than it was at first.
            answer_entry=first.get(f"{e.number}/answered", none)[0],
            standing=db.value(standing, (last.get(f"{e.number}/answered", 0),)) == STANDING,
        )
        for e in escalations
    )


def _sure_accounts(db: Reading, person_id: int) -> set[tuple[str, str]]:
    """The confirmed accounts of a person, by network and by what only they are called."""
    return {
        (row["network"], name)
        for row in db.all(
            "SELECT network, handle, external_id FROM accounts WHERE person_id = ? AND confirmed",
            (person_id,),
        )
        for name in (Named.of(row["handle"]).unique, row["external_id"])
        if name
    }


def incident_of(row: Row) -> Incident:
    return Incident(
        id=row["id"],
        case_id=row["case_id"],
        page_id=row["page_id"],
        text=row["text"],
        url=row["url"],
        displayed_at=row["displayed_at"],
        captured_at=instant(row["captured_at"]),
        collector=row["collector"],
        method=row["method"],
        account_id=row["account_id"],
        entry=row["entry"],
        retracted=bool(row["retracted"]),
    )


EVIDENCE_SQL = (
    "SELECT e.*, b.media_type, b.size, b.sha256 FROM evidence e JOIN blobs b ON b.id = e.blob_id"
)


def evidence_of(row: Row) -> Evidence:
    """From a row of `EVIDENCE_SQL`."""
    return Evidence(
        id=row["id"],
        uid=row["uid"],
        case_id=row["case_id"],
        incident_id=row["incident_id"],
        blob_id=row["blob_id"],
        original_name=row["original_name"],
        media_type=row["media_type"],
        size=row["size"],
        sha256=row["sha256"],
        captured_at=instant(row["captured_at"]),
        collector=row["collector"],
        method=row["method"],
        url=row["url"],
        note=row["note"],
        erased=bool(row["erased"]),
        step_id=row["step_id"],
    )


def step_of(row: Row) -> CaseStep:
    return CaseStep(
        id=row["id"],
        case_id=row["case_id"],
        kind=EntryKind(row["kind"]),
        rung=None if row["rung"] is None else Rung(row["rung"]),
        at=instant(row["at"]),
        who=row["who"],
        text=row["text"],
        reason=row["reason"],
        approver=row["approver"],
        expires_on=day_or_none(row["expires_on"]),
        retracted=bool(row["retracted"]),
        entry=row["entry"],
    )
