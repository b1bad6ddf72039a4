"""Whether the tables of moderation still say what the journal recorded.

The chain proves the entries and their values. The tables repeat them, for the screens and for the
packets; whoever writes into the file can change those and leave the journal alone. `compare` reads
both: each row that an entry tells of says what the entry said, with the corrections, erasures and
later acts of its case taken into account; no row is gone, and none is there that no entry tells of.
The overrides of drafts, which hang on no case, are read likewise when all cases are.

`FED` is that correspondence, as data. A column that is not in it, because no entry holds it, is
outside the comparison; so is one in a row whose entry was written before entries held it, or whose
value was erased. `Agreement.outside` names all of these, `docs/journal-format.md` lists the first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from scc_admin.i18n import N_, Phrase
from scc_admin.journal import body
from scc_admin.model import (
    CaseState,
    Entry,
    EntryKind,
    JournalProblem,
    Progress,
    Rung,
    Situation,
)
from scc_admin.moderation.records import BOTH_REASONS
from scc_admin.store import Reading, Row, instant, stamp

ROW = "row"
"""The code of these problems in the report of a verification."""
NEAR = timedelta(minutes=10)
"""Some columns hold a second reading of the clock, taken around the one that the entry holds: a
writer may have waited in between."""
_LISTED = 200
_BLOCK = 2_000


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where a table and the journal disagree."""

    case: str
    """Number of the case; empty for what belongs to none."""
    table: str
    column: str
    """Empty for a whole row, gone or put in."""
    entry: int | None
    """The entry that tells of it; None for a row that none tells of."""
    said: str
    """What the journal says."""
    found: str
    """What stands in the table."""

    @property
    def what(self) -> str:
        """What differs: a msgid."""
        return LABELS[f"{self.table}.{self.column}" if self.column else self.table]

    def problem(self) -> JournalProblem:
        """The same, as verifications tell it."""
        case = self.case or Phrase(N_("The workspace"))
        where = {"case": case, "what": Phrase(self.what), "seq": self.entry}
        if self.entry is None:
            message = N_("{case} holds what no entry of the journal tells of: {what}.")
        elif not self.column:
            message = N_("{case} no longer holds what entry {seq} of the journal recorded: {what}.")
        else:
            message = N_("{case} no longer says what entry {seq} of the journal recorded: {what}.")
        return JournalProblem(ROW, self.entry, message, where)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a comparison established."""

    differences: tuple[Difference, ...] = ()
    """At most `_LISTED` of them; `count` says how many there are."""
    count: int = 0
    rows: int = 0
    """Rows that were compared with an entry."""
    outside: tuple[str, ...] = ()
    """`table.column` that could not be compared, in one row at least."""

    @property
    def ok(self) -> bool:
        return self.count == 0


# --- What an entry says of a column ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    """What the journal allows a column to hold."""

    values: tuple[object, ...] = ()
    """One of these, the first of which is told."""
    near: tuple[datetime, datetime] | None = None
    """Or an instant from here to there."""
    name: bool = False
    """Whether it is compared as the journal writes names."""

    def holds(self, found: object) -> bool:
        if self.near is not None:
            at = _instant(found)
            return at is not None and self.near[0] - NEAR <= at <= self.near[1] + NEAR
        if self.name and isinstance(found, str):
            return body.one_line(found) in self.values
        return found in self.values

    def __str__(self) -> str:
        return stamp(self.near[0]) if self.near else _shown(self.values[0])


_UNKNOWN = _Said()
"""No entry says, or what it said was erased."""


def _instant(found: object) -> datetime | None:
    try:
        return instant(str(found))
    except ValueError:
        return None


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def _is(*values: object) -> _Said:
    return _Said(values)


def _near(first: datetime, last: datetime | None = None) -> _Said:
    return _Said(near=(first, last or first))


Rule = Callable[["_Story", Entry], _Said]
"""From the story of a case and the entry that a row comes from, what a column holds."""


def _value(name: str) -> Rule:
    """A value of the entry; its copy is blanked when it is erased."""
    return lambda _, entry: _is(entry.values.get(name) or "")


def _kept(name: str, absent: object = _UNKNOWN) -> Rule:
    """A value whose copy stays when it is erased, or that earlier versions did not write."""

    def rule(_: _Story, entry: Entry) -> _Said:
        if name not in entry.values:
            return _UNKNOWN if absent is _UNKNOWN else _is(absent)
        value = entry.values[name]
        return _UNKNOWN if value is None else _is(value)

    return rule


def _who(_: _Story, entry: Entry) -> _Said:
    return _Said((entry.who,), name=True)


def _at(_: _Story, entry: Entry) -> _Said:
    return _is(stamp(entry.at))


def _about(_: _Story, entry: Entry) -> _Said:
    return _near(entry.at)


def _case_id(story: _Story, _: Entry) -> _Said:
    return _is(story.case_id)


def _retracted(story: _Story, entry: Entry) -> _Said:
    return _is(int(entry.seq in story.corrected))


# --- The tables ----------------------------------------------------------------------------------


def _rung(_: _Story, entry: Entry) -> _Said:
    if entry.kind not in (EntryKind.RUNG, EntryKind.BAN):
        return _is(None)
    try:
        return _is(int(Rung[entry.step.upper()]))
    except KeyError:
        return _UNKNOWN


def _reasons(_: _Story, entry: Entry) -> _Said:
    """Both reasons stand in one column, which is blanked with either."""
    said = [entry.values[name] for name in ("reason", "override") if name in entry.values]
    return _is("" if None in said else BOTH_REASONS.join(part for part in said if part))


def _situation(story: _Story, entry: Entry) -> _Said:
    return _is(story.situation_at(entry.seq))


def _critical(story: _Story, entry: Entry) -> _Said:
    """A critical situation is critical always; of any other, entries say it since they hold it."""
    known: bool | None = None
    for e in story.entries:
        if e is entry or (e.kind is EntryKind.CORRECTION and e.supersedes is None):
            if _critical_kind(e.step):
                known = True
            elif "critical" in e.values:
                known = None if (said := e.values["critical"]) is None else said == "yes"
            elif e is entry or "critical" not in entry.values:
                known = None
        elif e.kind is EntryKind.CORRECTION and story.kind_of(e.supersedes) is EntryKind.CORRECTION:
            known = True  # that it is critical no more was taken back
    return _UNKNOWN if known is None else _is(int(known))


def _critical_kind(code: str) -> bool:
    return code in set(Situation) and Situation(code).critical


def _person(_: _Story, entry: Entry) -> _Said:
    known = entry.values.get("person")
    return _is(known) if known else _UNKNOWN


def _hold(story: _Story, _: Entry) -> _Said:
    told = story.last(lambda e: e.kind is EntryKind.HOLD)
    if told is None or told.values.get("text") == "lifted":
        return _is("")
    reason = told.values.get("reason")
    return _is(reason) if reason else _UNKNOWN


def _moved(story: _Story, _: Entry) -> _Said:
    """Not before the last act; entries that move no case (exports, erasures) may come after."""
    last = story.last(_moves) or story.opening
    after = max(e.at for e in story.entries if e.seq >= last.seq)
    return _near(last.at, after)


def _moves(entry: Entry) -> bool:
    if entry.kind in (EntryKind.PACKET, EntryKind.CONTACT):
        return entry.step.partition("/")[2] not in ("", PRINTED)
    return entry.kind in _ACTS and entry.step != _DESTROYED


def _destroyed_at(story: _Story, _: Entry) -> _Said:
    return _is(None if story.destroyed is None else stamp(story.destroyed.at))


def _may_destroy(entry: Entry) -> bool:
    return entry.kind is EntryKind.ERASURE or (
        entry.kind is EntryKind.NOTE and entry.step == _DESTROYED
    )


def _asked(name: str) -> Rule:
    """Words of a request: the newest, blank where any version of them was erased."""

    def rule(story: _Story, entry: Entry) -> _Said:
        told = [e for e in story.of(EntryKind.ESCALATION) if e.step == entry.step]
        words = told[-1].values.get(name) or ""
        return _is(words, "") if any(e.values.get(name, "") is None for e in told) else _is(words)

    return rule


def _first(name: str) -> Rule:
    """A value that the first entry of a request holds since entries hold it, or a later one."""

    def rule(story: _Story, entry: Entry) -> _Said:
        told = [e for e in story.of(EntryKind.ESCALATION) if e.step == entry.step]
        known = next((e.values[name] for e in reversed(told) if name in e.values), None)
        return _is(known) if known else _UNKNOWN

    return rule


def _reached(step: str, name: str) -> Rule:
    """Words that came with an act of the clock, the newest."""

    def rule(story: _Story, entry: Entry) -> _Said:
        told = story.clock(entry, step)
        words = (told[-1].values.get(name) or "") if told else ""
        return _is(words, "") if any(e.values.get(name, "") is None for e in told) else _is(words)

    return rule


def _when(step: str) -> Rule:
    """The instant of an act of the clock: NULL unless an entry tells of it. Which instant, entries
    say since they hold it."""

    def rule(story: _Story, entry: Entry) -> _Said:
        told = story.clock(entry, step)
        if not told:
            return _is(None)
        at = told[-1].values.get(INSTANT)
        return _is(at) if at else _UNKNOWN

    return rule


INSTANT = "when"
"""The value that holds when an act took place that was written down later."""


def _sent(story: _Story, entry: Entry) -> _Said:
    told = [e.values.get("to") for e in story.of_packet(entry, "sent")]
    if None in told:
        return _UNKNOWN
    if len(story.packets(entry)) > 1:
        return _is(*reversed(told), "")
    return _is(told[-1] if told else "")


def _acknowledged(story: _Story, entry: Entry) -> _Said:
    told = [e.values.get(INSTANT) for e in story.of_packet(entry, "acknowledged")]
    if None in told:
        return _UNKNOWN
    if len(story.packets(entry)) > 1:
        return _is(*reversed(told), None)
    return _is(told[-1] if told else None)


def _state(story: _Story, _: Entry) -> _Said:
    return _UNKNOWN if story.state is None else _is(story.state.value)


def _closed(story: _Story, _: Entry) -> _Said:
    return _is(None) if story.closed is None else _near(story.closed.at)


def _original_name(story: _Story, entry: Entry) -> _Said:
    """Two pieces with the same bytes are erased in the journal together, in the table each by
    itself."""
    name = entry.values.get("name", "")
    if name is None and story.destroyed is None and len(story.same_bytes(entry)) > 1:
        return _UNKNOWN
    return _is(name or "")


def _erased(story: _Story, entry: Entry) -> _Said:
    if story.destroyed is not None:
        return _is(1)
    if entry.values.get("name", "") is None:  # by the piece's own destruction, or its name alone
        return _UNKNOWN
    same = {e.values.get("sha256") for e in story.of(EntryKind.CUSTODY) if e.step == "erased"}
    if entry.values.get("sha256") in same:
        return _is(1) if len(story.same_bytes(entry)) == 1 else _UNKNOWN
    return _is(0)


def _shows(*kinds: EntryKind) -> Rule:
    """The entry of what a piece of evidence shows; before entries held it, they had no method
    either."""

    def rule(story: _Story, entry: Entry) -> _Said:
        if entry.values.get("method") is None or entry.values.get("shows", "") is None:
            return _UNKNOWN
        seq = int(entry.values.get("shows") or 0)
        return _is(seq if story.kind_of(seq) in kinds else None)

    return rule


def _evidence_url(story: _Story, entry: Entry) -> _Said:
    """A piece came with the link of the comment that it shows; no entry holds any other."""
    seq = entry.values.get("shows")
    shown = None if seq is None else story.entry(int(seq))
    if shown is None or shown.kind is not EntryKind.INCIDENT:
        return _UNKNOWN
    return _is(shown.values.get("url") or "", "")


def _size(_: _Story, entry: Entry) -> _Said:
    size = entry.values.get("size")
    return _is(int(size)) if size else _UNKNOWN


_STEPS = frozenset(
    {
        EntryKind.RUNG,
        EntryKind.BAN,
        EntryKind.LIFT,
        EntryKind.REVIEW,
        EntryKind.APPEAL,
        EntryKind.NOTE,
        EntryKind.CASE_CLOSED,
        EntryKind.HOLD,
    }
)
"""Entries that a row of `case_steps` comes from."""


def _to_whom(story: _Story, entry: Entry) -> _Said:
    """For whom a piece left; the words go with the piece when it is destroyed, and wherever the
    case names the same recipient when one entry of it is erased."""
    to = entry.values.get("to", "")
    if to is None:
        return _UNKNOWN
    digest = entry.values.get("sha256")
    gone = any(e.values.get("name", "") is None for e in story.same_bytes(entry)) or any(
        e.values.get("to", "") is None or (e.step == "erased" and e.values.get("sha256") == digest)
        for e in story.of(EntryKind.CUSTODY)
    )
    return _is(to, "") if gone else _is(to)


FED: Mapping[str, Mapping[str, Rule]] = {
    "cases": {
        "number": lambda _, entry: _is(entry.case),
        "person_id": _person,
        "title": _value("title"),
        "situation": lambda story, _: _is(story.situation_at(None)),
        "critical": _critical,
        "state": _state,
        "opened_at": _at,
        "opened_by": _who,
        "closed_at": _closed,
        "hold": _hold,
        "last_event_at": _moved,
        "destroyed_at": _destroyed_at,
    },
    "incidents": {
        "case_id": _case_id,
        "text": _value("text"),
        "url": _value("url"),
        "displayed_at": _value("displayed"),
        "captured_at": _kept("captured"),
        "collector": _who,
        "method": _kept("method"),
        "entry": lambda _, entry: _is(entry.seq),
        "retracted": _retracted,
    },
    "case_steps": {
        "case_id": _case_id,
        "kind": lambda _, entry: _is(entry.kind.value),
        "rung": _rung,
        "at": lambda story, entry: _kept("done", stamp(entry.at))(story, entry),
        "who": _who,
        "text": _value("text"),
        "reason": _reasons,
        "approver": lambda _, entry: _Said((entry.approver,), name=True),
        "expires_on": lambda _, entry: _is(entry.expires or None),
        "retracted": _retracted,
        "entry": lambda _, entry: _is(entry.seq),
    },
    "evidence": {
        "case_id": _case_id,
        "blob_id": _kept("sha256"),
        "incident_id": _shows(EntryKind.INCIDENT),
        "step_id": _shows(*_STEPS),
        "original_name": _original_name,
        "captured_at": _kept("captured"),
        "collector": _who,
        "method": _kept("method"),
        "url": _evidence_url,
        "erased": _erased,
    },
    "blobs": {"sha256": _kept("sha256"), "size": _size},
    "custody": {
        "evidence_id": _kept("sha256"),
        "at": _about,
        "who": _who,
        "act": lambda _, entry: _is("captured" if entry.kind is EntryKind.EVIDENCE else entry.step),
        "to_whom": _to_whom,
    },
    "escalations": {
        "number": lambda _, entry: _is(entry.step),
        "case_id": _case_id,
        "situation": _situation,
        "question": _asked("question"),
        "spread": _asked("spread"),
        "not_done": _asked("not_done"),
        "seen_at": _first("seen"),
        "created_by": _who,
        "escalated_at": _when("escalated"),
        "contact": _reached("escalated", "contact"),
        "answered_at": _when("answered"),
        "answer": _reached("answered", "answer"),
        "closed_at": _when("closed"),
    },
    "packets": {
        "escalation_id": lambda _, entry: _is(entry.step),
        "at": _at,
        "who": _who,
        "name": lambda _, entry: _is(entry.step),
        "pdf_sha256": _kept("pdf"),
        "zip_sha256": _kept("zip"),
        "sent_to": _sent,
        "acknowledged_at": _acknowledged,
        "entry": lambda _, entry: _is(entry.seq),
    },
    "overrides": {
        "draft_id": _kept("draft"),
        "rule": lambda _, entry: _is(entry.rule),
        "excerpt": _value("excerpt"),
        "reason": _value("reason"),
        "who": _who,
        "at": _at,
        "entry": lambda _, entry: _is(entry.seq),
    },
    "persons": {},
    "accounts": {},
    "registers": {},
}
"""For each table, the columns that entries feed, and how. Entries call things by names of their
own: for the comparison a row holds, in the place of an id, what the id stands for."""

PRINTED = "printed"
"""What happens to a packet of which pages leave on paper: it moves no case, as no export does."""
_WITHDRAWN = "withdrawn"
"""The step of an entry that takes an override back."""
_DESTROYED = "destroyed"
"""The step of the note that a case without any words leaves when it is destroyed."""
_ACTS = _STEPS | {
    EntryKind.CASE_OPENED,
    EntryKind.INCIDENT,
    EntryKind.ESCALATION,
    EntryKind.CORRECTION,
}
"""Entries that move a case."""
_EXPORTS = ("exported", "masked")
"""Acts of the custody log that have an entry of their own."""


def _is_step(entry: Entry) -> bool:
    if entry.kind is EntryKind.CORRECTION:  # that a case is critical no more is a step as well
        return entry.supersedes is None and "text" in entry.values
    return entry.kind in _STEPS and entry.step != _DESTROYED


# --- A case as its entries tell it ---------------------------------------------------------------


class _Story:
    """The entries of one case, oldest first, and what follows from them together."""

    def __init__(self, row: Row | None, entries: Sequence[Entry]) -> None:
        self.case_id = 0 if row is None else row["id"]
        self.entries = entries
        self.opening = entries[0]
        self._kinds = {e.seq: e.kind for e in entries}
        self.corrected = {e.supersedes for e in entries if e.kind is EntryKind.CORRECTION}
        said = None if row is None else row["destroyed_at"]
        self.destroyed = next((e for e in entries if self._destroys(e, said)), None)
        self.state: CaseState | None = CaseState.OPEN
        self.closed: Entry | None = None
        self._live()

    def _destroys(self, entry: Entry, said: str | None) -> bool:
        """Whether an entry destroyed the case: it left no value in it. Where it erased one entry
        alone it need not have; then the row says whether it did."""
        if not _may_destroy(entry):
            return False
        left = (
            value
            for e in self.entries
            if e.seq < entry.seq and e.kind is not EntryKind.REGISTER
            for value in e.values.values()
        )
        if any(value is not None for value in left):
            return False
        sure = self.opening.seq in entry.erases and len(entry.erases) > 1
        return sure or said == stamp(entry.at)

    def kind_of(self, seq: int | None) -> EntryKind | None:
        return None if seq is None else self._kinds.get(seq)

    def entry(self, seq: int) -> Entry | None:
        return next((e for e in self.entries if e.seq == seq), None)

    def of(self, kind: EntryKind) -> list[Entry]:
        return [e for e in self.entries if e.kind is kind]

    def last(self, wanted: Callable[[Entry], bool]) -> Entry | None:
        return next((e for e in reversed(self.entries) if wanted(e)), None)

    def clock(self, asked: Entry, step: str) -> list[Entry]:
        """What was recorded of a request to Public Affairs: reached, answered, closed."""
        return [e for e in self.of(EntryKind.CONTACT) if e.step == f"{asked.step}/{step}"]

    def of_packet(self, packet: Entry, act: str) -> list[Entry]:
        """What became of the packets of an escalation: which of several, entries do not say."""
        return [e for e in self.of(EntryKind.PACKET) if e.step == f"{packet.step}/{act}"]

    def packets(self, like: Entry) -> list[Entry]:
        """All packets of the same escalation."""
        return [e for e in self.of(EntryKind.PACKET) if e.step == like.step]

    def same_bytes(self, piece: Entry) -> list[Entry]:
        """The pieces of evidence of the case that are, byte for byte, this one."""
        digest = piece.values.get("sha256")
        return [e for e in self.of(EntryKind.EVIDENCE) if e.values.get("sha256") == digest]

    def situation_at(self, seq: int | None) -> str:
        """What the case was about when an entry was written; None: now."""
        told = [
            e.step
            for e in self.entries
            if (e is self.opening or (e.kind is EntryKind.CORRECTION and e.step))
            and (seq is None or e.seq < seq)
        ]
        return told[-1]

    def _live(self) -> None:
        """Where the case stands; None where an erased word would have to say."""
        asked: set[str] = set()
        waiting: set[str] = set()
        for entry in self.entries:
            match entry.kind:
                case EntryKind.BAN:
                    self.state = CaseState.BANNED
                case EntryKind.LIFT:
                    self.state = CaseState.OPEN
                case EntryKind.ESCALATION if entry.step not in asked:
                    asked.add(entry.step)
                    waiting.add(entry.step)
                    if self.state is CaseState.OPEN:
                        self.state = CaseState.WAITING
                case EntryKind.CONTACT if not entry.step.endswith("/escalated"):
                    waiting.discard(entry.step.partition("/")[0])
                    if self.state is CaseState.WAITING and not waiting:
                        self.state = CaseState.OPEN
                case EntryKind.CASE_CLOSED:
                    self.state, self.closed = CaseState.CLOSED, entry
                case EntryKind.NOTE if entry.values.get("reason", "") != "":
                    # Only a case that is opened again gives a reason with a note.
                    self.state, self.closed = CaseState.OPEN, None
                case EntryKind.CORRECTION:
                    self._undone(entry)
                case _:
                    pass
        if self.destroyed is not None:
            self.state, self.closed = CaseState.CLOSED, self.closed or self.destroyed

    def _undone(self, correction: Entry) -> None:
        undone = self.kind_of(correction.supersedes)
        if undone is EntryKind.BAN and self.state is CaseState.BANNED:
            self.state = CaseState.OPEN
        elif undone is EntryKind.LIFT and self.state is CaseState.OPEN:
            before = {
                e.supersedes for e in self.of(EntryKind.CORRECTION) if e.seq <= correction.seq
            }
            if any(e.seq not in before for e in self.of(EntryKind.BAN) if e.seq < correction.seq):
                self.state = CaseState.BANNED
        elif undone is EntryKind.CASE_CLOSED and self.state is CaseState.CLOSED:
            self.state, self.closed = CaseState.OPEN, None


# --- Comparing -----------------------------------------------------------------------------------


def compare(
    db: Reading,
    number: str = "",
    *,
    progress: Callable[[Progress], None] | None = None,
) -> Agreement:
    """Compare the tables with the journal: of one case, by its number, or of all of them.

    `progress` is called now and then, and may raise Cancelled. The entries themselves are taken as
    they stand: whether they are those recorded is for `Journal.verify` to say.
    """
    run = _Run(db)
    stories: dict[str, list[Entry]] = {}
    for entry in _entries(db, number, progress):
        stories.setdefault(entry.case, []).append(entry)
    overridden = stories.pop("", [])
    rows = {
        row["number"]: row
        for row in db.all(
            "SELECT c.*, p.uid AS person_uid FROM cases c LEFT JOIN persons p ON p.id = c.person_id"
            + (" WHERE c.number = ?" if number else ""),
            (number,) if number else (),
        )
    }
    for name in sorted(rows.keys() | stories.keys()):
        entries = stories.get(name, [])
        opened = next((n for n, e in enumerate(entries) if e.kind is EntryKind.CASE_OPENED), None)
        if opened is None:
            if name in rows:
                run.put_in(name, "cases")
            continue
        run.case(name, rows.get(name), entries[opened:])
    if not number:
        run.strays()
        run.overrides(overridden)
    return run.agreement()


_OVERRIDE = f'"kind":"{EntryKind.OVERRIDE.value}"'.encode()


def _entries(
    db: Reading, number: str, progress: Callable[[Progress], None] | None
) -> Iterator[Entry]:
    """The entries of one case, or of all cases and overrides, oldest first; those damaged are left
    out."""
    size = int(db.value("SELECT coalesce(max(seq), 0) FROM journal"))
    # In canonical JSON a quote inside a string is escaped: no other text can look like this key.
    wanted = f'"case":{json.dumps(number, ensure_ascii=False)}'.encode() if number else b""
    for before in range(0, size, _BLOCK):
        span = (before, before + _BLOCK)
        found = [
            row
            for row in db.all(
                "SELECT seq, body, hash FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq", span
            )
            if (
                wanted in row["body"]
                if wanted
                else b'"case":""' not in row["body"] or _OVERRIDE in row["body"]
            )
        ]
        values: dict[int, dict[str, str | None]] = {}
        for row in (
            db.all("SELECT seq, field, value FROM journal_values WHERE seq > ? AND seq <= ?", span)
            if found
            else ()
        ):
            values.setdefault(row["seq"], {})[row["field"]] = row["value"]
        for row in found:
            entry = body.read(row["body"], row["hash"], values.get(row["seq"], {}))
            if entry is not None:
                yield entry
        if progress is not None:
            progress(Progress(min(span[1], size), size))


class _Run:
    def __init__(self, db: Reading) -> None:
        self._db = db
        self._differences: list[Difference] = []
        self._count = 0
        self._rows = 0
        self._columns = {
            table: [row["name"] for row in db.all(f"PRAGMA table_info({table})")] for table in FED
        }
        self._outside = {
            f"{table}.{column}"
            for table, columns in self._columns.items()
            for column in columns
            if column not in FED[table] and column != "id"
        }

    def agreement(self) -> Agreement:
        return Agreement(
            tuple(self._differences), self._count, self._rows, tuple(sorted(self._outside))
        )

    def case(self, number: str, row: Row | None, entries: Sequence[Entry]) -> None:
        """Compare all that hangs on a case."""
        story = _Story(row, entries)
        if row is None:
            self._differs(number, "cases", "", story.opening, "", "")
            return
        self._compare(story, "cases", story.opening, {**_dict(row), "person_id": row["person_uid"]})
        for table, wanted in (
            ("incidents", story.of(EntryKind.INCIDENT)),
            ("case_steps", [e for e in entries if _is_step(e)]),
        ):
            rows = self._of(table, "WHERE case_id = ?", story.case_id)
            self._matched(story, table, wanted, rows, lambda e: e.seq, lambda r: r["entry"])
        asked: dict[str, Entry] = {}
        for entry in story.of(EntryKind.ESCALATION):
            asked.setdefault(entry.step, entry)
        rows = self._of("escalations", "WHERE case_id = ?", story.case_id)
        self._matched(
            story, "escalations", list(asked.values()), rows, lambda e: e.step,
            lambda r: r["number"],
        )  # fmt: skip
        for escalation in rows:
            self._matched(
                story,
                "packets",
                [e for e in story.of(EntryKind.PACKET) if e.step == escalation["number"]],
                [
                    {**_dict(row), "escalation_id": escalation["number"]}
                    for row in self._of("packets", "WHERE escalation_id = ?", escalation["id"])
                ],
                lambda e: e.seq,
                lambda r: r["entry"],
            )
        self._evidence(story)

    def _evidence(self, story: _Story) -> None:
        """Pieces and their entries came in the same order; they name each other by hash alone."""
        found = self._of(
            "evidence e JOIN blobs b ON b.id = e.blob_id"
            " LEFT JOIN incidents i ON i.id = e.incident_id"
            " LEFT JOIN case_steps s ON s.id = e.step_id",
            "WHERE e.case_id = ?",
            story.case_id,
            "e.*, b.sha256, b.size, i.entry AS incident_entry, s.entry AS step_entry",
        )
        pieces = [
            {
                **_dict(row),
                "blob_id": row["sha256"],
                "incident_id": row["incident_entry"],
                "step_id": row["step_entry"],
            }
            for row in found
        ]
        told = story.of(EntryKind.EVIDENCE)
        for entry, row in _aligned(told, pieces, lambda e: e.values.get("sha256"), "sha256"):
            self._pair(story, "evidence", entry, row)
            if entry is not None and row is not None:
                self._compare(story, "blobs", entry, row)
        log = self._of(
            "custody k JOIN evidence e ON e.id = k.evidence_id JOIN blobs b ON b.id = e.blob_id",
            "WHERE e.case_id = ?", story.case_id, "k.*, b.sha256",
        )  # fmt: skip
        log = [{**_dict(row), "evidence_id": row["sha256"]} for row in log]
        for act in ("captured", *_EXPORTS):
            if act == "captured":
                expected = told
            else:
                expected = [e for e in story.of(EntryKind.CUSTODY) if e.step == act]
            lines = [row for row in log if row["act"] == act]
            for entry, row in _aligned(expected, lines, lambda e: e.values.get("sha256"), "sha256"):
                self._pair(story, "custody", entry, row)
        # Who looked has no entry, a blanked link has none either, and the destruction of a piece
        # has its own.
        self._outside |= {"custody.viewed", "evidence.url"}
        if any(row["act"] == "erased" for row in log):
            ends = [e for e in story.entries if _may_destroy(e) or e.step == "erased"]
            for row in log:
                if row["act"] == "erased" and not any(
                    _who(story, e).holds(row["who"]) and _about(story, e).holds(row["at"])
                    for e in ends
                ):
                    self.put_in(story.opening.case, "custody")

    def strays(self) -> None:
        """Rows that hang on no case at all."""
        for table in ("incidents", "case_steps", "evidence", "escalations"):
            for _ in self._of(table, "WHERE case_id NOT IN (SELECT id FROM cases)"):
                self.put_in("", table)
        for _ in self._of("packets", "WHERE escalation_id NOT IN (SELECT id FROM escalations)"):
            self.put_in("", "packets")
        for _ in self._of("custody", "WHERE evidence_id NOT IN (SELECT id FROM evidence)"):
            self.put_in("", "custody")

    def overrides(self, entries: Sequence[Entry]) -> None:
        """Compare what was overridden in drafts; a draft that was deleted took its overrides along.

        What was only set aside has no entry.
        """
        self._outside.add("overrides.aside")
        undone = {entry.supersedes for entry in entries if entry.step == _WITHDRAWN}
        standing = {e.seq: e for e in entries if e.step != _WITHDRAWN and e.seq not in undone}
        for row in self._db.all(
            "SELECT o.*, d.uid FROM overrides o LEFT JOIN drafts d ON d.id = o.draft_id"
            " WHERE o.entry IS NOT NULL ORDER BY o.id"
        ):
            entry = standing.pop(row["entry"], None)
            if entry is None:
                self.put_in("", "overrides")
            else:
                held = {**_dict(row), "draft_id": row["uid"]}
                self._compare(_Story(None, [entry]), "overrides", entry, held)
        drafts = {row["uid"] for row in self._db.all("SELECT uid FROM drafts")}
        for entry in standing.values():
            if entry.values.get("draft") in drafts:
                self._differs("", "overrides", "", entry, "", "")

    def _of(self, tables: str, where: str, of: int | None = None, columns: str = "*") -> list[Any]:
        order = "k.id" if tables.startswith("custody k") else "e.id" if " e " in tables else "id"
        sql = f"SELECT {columns} FROM {tables} {where} ORDER BY {order}"
        return self._db.all(sql, () if of is None else (of,))

    def _matched(
        self,
        story: _Story,
        table: str,
        entries: Sequence[Entry],
        rows: Iterable[Row],
        of_entry: Callable[[Entry], object],
        of_row: Callable[[Row], object],
    ) -> None:
        """Compare rows with the entries that they name."""
        left = {of_entry(entry): entry for entry in entries}
        for row in rows:
            self._pair(story, table, left.pop(of_row(row), None), row)
        for entry in left.values():
            self._pair(story, table, entry, None)

    def _pair(self, story: _Story, table: str, entry: Entry | None, row: Row | None) -> None:
        """Compare a row with its entry; one of them may not be there."""
        if entry is None:
            self.put_in(story.opening.case, table)
        elif row is None:
            self._differs(entry.case, table, "", entry, "", "")
        else:
            self._compare(story, table, entry, row)

    def _compare(self, story: _Story, table: str, entry: Entry, row: Mapping[str, Any]) -> None:
        self._rows += 1
        for column, rule in FED[table].items():
            said, found = rule(story, entry), row[column]
            if said is _UNKNOWN:
                self._outside.add(f"{table}.{column}")
            elif not said.holds(found):
                self._differs(entry.case, table, column, entry, str(said), _shown(found))

    def put_in(self, case: str, table: str) -> None:
        """Note a row that no entry tells of."""
        self._differs(case, table, "", None, "", "")

    def _differs(
        self, case: str, table: str, column: str, entry: Entry | None, said: str, found: str
    ) -> None:
        self._count += 1
        if len(self._differences) < _LISTED:
            seq = None if entry is None else entry.seq
            self._differences.append(Difference(case, table, column, seq, said, found))


def _dict(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in row.keys()}  # noqa: SIM118 - a row iterates over values


def _aligned(
    entries: Sequence[Entry],
    rows: Sequence[Row],
    key: Callable[[Entry], str | None],
    column: str,
) -> Iterator[tuple[Entry | None, Row | None]]:
    """Entries and rows side by side; where their numbers differ, by what both are called."""
    if len(entries) == len(rows):
        yield from zip(entries, rows, strict=True)
        return
    left = list(rows)
    alone = []
    for entry in entries:
        found = next((row for row in left if row[column] == key(entry)), None)
        if found is None:
            alone.append(entry)
        else:
            left.remove(found)
            yield entry, found
    yield from (
        zip_longest(alone, left)
        if None in map(key, alone)
        else (
            *((entry, None) for entry in alone),
            *((None, row) for row in left),
        )
    )


# --- What columns are called ---------------------------------------------------------------------

LABELS: Mapping[str, str] = {
    "cases": N_("a case"),
    "cases.uid": N_("internal numbers"),
    "cases.number": N_("the number of the case"),
    "cases.person_id": N_("the person whom the case is about"),
    "cases.title": N_("the title of the case"),
    "cases.situation": N_("the situation of the case"),
    "cases.critical": N_("whether the case is critical"),
    "cases.state": N_("where the case stands"),
    "cases.opened_at": N_("when the case was opened"),
    "cases.opened_by": N_("who opened the case"),
    "cases.closed_at": N_("when the case was closed"),
    "cases.review_on": N_("the day of the review"),
    "cases.hold": N_("the legal hold"),
    "cases.last_event_at": N_("when the case last moved"),
    "cases.destroyed_at": N_("when the case was destroyed"),
    "incidents": N_("a comment"),
    "incidents.case_id": N_("the case of a comment"),
    "incidents.page_id": N_("the page where a comment was seen"),
    "incidents.account_id": N_("the account that wrote a comment"),
    "incidents.text": N_("the text of a comment"),
    "incidents.url": N_("the link of a comment"),
    "incidents.displayed_at": N_("the date displayed with a comment"),
    "incidents.captured_at": N_("when a comment was captured"),
    "incidents.collector": N_("who captured a comment"),
    "incidents.method": N_("how a comment or a piece of evidence came in"),
    "incidents.entry": N_("the entry of a comment"),
    "incidents.retracted": N_("whether a comment was taken back"),
    "case_steps": N_("a step of ours"),
    "case_steps.case_id": N_("the case of a step"),
    "case_steps.kind": N_("what a step was"),
    "case_steps.rung": N_("the rung of a step"),
    "case_steps.at": N_("when a step was done"),
    "case_steps.who": N_("who did a step"),
    "case_steps.text": N_("the words of a step"),
    "case_steps.reason": N_("the reason of a step"),
    "case_steps.approver": N_("who approved a step"),
    "case_steps.expires_on": N_("when a sanction expires"),
    "case_steps.retracted": N_("whether a step was taken back"),
    "case_steps.entry": N_("the entry of a step"),
    "evidence": N_("a piece of evidence"),
    "evidence.uid": N_("internal numbers"),
    "evidence.case_id": N_("the case of a piece of evidence"),
    "evidence.incident_id": N_("what a piece of evidence shows"),
    "evidence.step_id": N_("what a piece of evidence shows"),
    "evidence.blob_id": N_("internal numbers"),
    "evidence.original_name": N_("the name of a piece of evidence"),
    "evidence.captured_at": N_("when a piece of evidence was captured"),
    "evidence.collector": N_("who captured a piece of evidence"),
    "evidence.method": N_("how a comment or a piece of evidence came in"),
    "evidence.url": N_("the link and the note of a piece of evidence"),
    "evidence.note": N_("the link and the note of a piece of evidence"),
    "evidence.erased": N_("whether a piece of evidence was destroyed"),
    "blobs.sha256": N_("the hash of a piece of evidence"),
    "blobs.size": N_("the size of a piece of evidence"),
    "blobs.media_type": N_("how the vault keeps a file"),
    "blobs.path": N_("how the vault keeps a file"),
    "blobs.key": N_("how the vault keeps a file"),
    "blobs.thumbnail": N_("how the vault keeps a file"),
    "blobs.created_at": N_("how the vault keeps a file"),
    "custody": N_("a line of the custody log"),
    "custody.evidence_id": N_("the piece that a line of the custody log is about"),
    "custody.at": N_("the time of a line of the custody log"),
    "custody.who": N_("the name in a line of the custody log"),
    "custody.act": N_("the act in a line of the custody log"),
    "custody.to_whom": N_("the recipient in the custody log"),
    "custody.viewed": N_("who looked at a piece of evidence, and when"),
    "escalations": N_("a request to Public Affairs"),
    "escalations.uid": N_("internal numbers"),
    "escalations.number": N_("the number of a request to Public Affairs"),
    "escalations.case_id": N_("the case of a request to Public Affairs"),
    "escalations.situation": N_("the situation in a request to Public Affairs"),
    "escalations.question": N_("the question to Public Affairs"),
    "escalations.spread": N_("how far it had gone, as told to Public Affairs"),
    "escalations.not_done": N_("what was not done, as told to Public Affairs"),
    "escalations.seen_at": N_("when it was seen, as told to Public Affairs"),
    "escalations.created_by": N_("who wrote to Public Affairs"),
    "escalations.escalated_at": N_("when Public Affairs were reached"),
    "escalations.contact": N_("who was reached at Public Affairs"),
    "escalations.answered_at": N_("when Public Affairs answered"),
    "escalations.answer": N_("the answer of Public Affairs"),
    "escalations.closed_at": N_("when a request to Public Affairs was closed"),
    "packets": N_("an exported packet"),
    "packets.escalation_id": N_("the request that a packet is about"),
    "packets.at": N_("when a packet was exported"),
    "packets.who": N_("who exported a packet"),
    "packets.name": N_("the name of a packet"),
    "packets.pdf_sha256": N_("the hash of a packet’s PDF"),
    "packets.zip_sha256": N_("the hash of a packet’s archive"),
    "packets.sent_to": N_("who received a packet"),
    "packets.acknowledged_at": N_("when a packet was acknowledged"),
    "packets.entry": N_("the entry of a packet"),
    "overrides": N_("an override in a draft"),
    "overrides.draft_id": N_("the draft of an override"),
    "overrides.rule": N_("the rule that was overridden"),
    "overrides.severity": N_("how serious an overridden finding was, and what it was about"),
    "overrides.subject": N_("how serious an overridden finding was, and what it was about"),
    "overrides.excerpt": N_("the words that an override is about"),
    "overrides.reason": N_("the reason of an override"),
    "overrides.who": N_("who overrode a finding"),
    "overrides.at": N_("when a finding was overridden"),
    "overrides.entry": N_("the entry of an override"),
    "overrides.aside": N_("findings that were only set aside"),
    "persons": N_("persons and their accounts"),
    "accounts": N_("persons and their accounts"),
    "registers": N_("the registers, that of confidentiality incidents among them"),
}
"""What each table and column is called, as differences and the list of what is outside say it."""


def outside_words(outside: Iterable[str]) -> tuple[str, ...]:
    """What was not compared: msgids, each once, in the order of the tables."""
    known = set(outside)
    found: dict[str, None] = {}
    for name in (*LABELS, *sorted(known - LABELS.keys())):
        table = name.partition(".")[0]
        if name in known or (not FED[table] and "." not in name):
            found[LABELS.get(name) or LABELS[table]] = None
    return tuple(found)
