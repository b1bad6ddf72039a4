"""The register of confidentiality incidents that Québec's law asks an enterprise to keep.

Its eight items are those of section 7 of the Regulation respecting confidentiality incidents
(A-2.1, r. 3.1); section 8 has it kept for five years at least. The disclosure of confidential
information (slide 39) fills in what its case already knows.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from scc_admin.errors import UserError
from scc_admin.i18n import N_
from scc_admin.journal import Journal, NewEntry
from scc_admin.model import CaseSheet, Changes, EntryKind, Ground
from scc_admin.moderation.records import present, second_person, sheet_of
from scc_admin.settings import option
from scc_admin.store import Row, Store, day_or_none, instant, stamp, to_json

if TYPE_CHECKING:
    from scc_admin.i18n import Translator

NAME = "confidentiality"
CASE_YEARS = "retention.case_years"
REGISTER_YEARS = "retention.register_years"


def usual_years(key: str) -> int:
    """How long things are kept where nobody chose otherwise."""
    return int(option(key).default)


@dataclass(frozen=True, slots=True)
class ConfidentialityInput:
    """The eight items, in the words of whoever fills them in."""

    information: str = ""
    """1. The personal information concerned; or why it cannot be described."""
    circumstances: str = ""
    """2. What happened, in short."""
    occurred: str = ""
    """3. When it happened: a day, a stretch of time, or an estimate."""
    noticed_on: date | None = None
    """4. When the organisation became aware of it."""
    persons: str = ""
    """5. How many persons are concerned, or an estimate."""
    risk: str = ""
    """6. What leads to think that the risk of serious injury is, or is not, there."""
    serious: bool | None = None
    """6. The conclusion; None while nobody has concluded."""
    notices: str = ""
    """7. Where the risk is serious: when the Commission and the persons were told, public notices
    and why."""
    measures: str = ""
    """8. What was done to lessen the risk."""


ITEMS: Sequence[tuple[str, str]] = (
    ("information", N_("Personal information concerned, or why it cannot be described")),
    ("circumstances", N_("What happened, in short")),
    ("occurred", N_("When it happened (a day, a period, or an estimate)")),
    ("noticed_on", N_("When we became aware of it")),
    ("persons", N_("How many persons are concerned, or an estimate")),
    ("risk", N_("Why the risk of serious injury is there, or is not")),
    ("notices", N_("Notices to the Commission and to the persons, and public notices, with dates")),
    ("measures", N_("What was done to lessen the risk")),
)
"""The items in the order of the Regulation, by the field that holds them, and their words."""


@dataclass(frozen=True, slots=True)
class ConfidentialityIncident:
    """A line of the register."""

    id: int
    uid: str
    case: str
    """Number of the case it came from; empty when there is none."""
    created_at: datetime
    updated_at: datetime
    items: ConfidentialityInput
    entries: tuple[int, ...] = ()
    """Journal entries that hold what it said."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Items with nothing in them yet; notices are owed only when the risk is serious."""
        empty = [name for name, _ in ITEMS if not getattr(self.items, name)]
        if self.items.serious is not True and "notices" in empty:
            empty.remove("notices")
        if self.items.serious is None and "risk" not in empty:
            empty.append("risk")
        return tuple(empty)


class Register:
    """The register of one workspace. `signature` names the person at the keyboard."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        clock: Callable[[], datetime],
        signature: Callable[[], str],
        years: Callable[[str], int] = usual_years,
    ) -> None:
        self._store = store
        self._journal = journal
        self._clock = clock
        self._signature = signature
        self._years = years

    def all(self) -> list[ConfidentialityIncident]:
        """Every line, the newest first."""
        with self._store.reading() as db:
            return [
                _line(row)
                for row in db.all(
                    "SELECT * FROM registers WHERE register = ? ORDER BY created_at DESC, id DESC",
                    (NAME,),
                )
            ]

    def draft(self, case_id: int, words: Callable[[str], str]) -> ConfidentialityInput:
        """What the case already knows of the eight items. `words` translates a msgid."""
        with self._store.reading() as db:
            sheet = sheet_of(db, case_id, with_flags=False)
        return drafted(sheet, words)

    def add(self, items: ConfidentialityInput, case: str = "") -> tuple[int, Changes]:
        """Write a new line. Raises UserError when nothing is said of what happened."""
        return self._write(None, items, case)

    def change(self, line_id: int, items: ConfidentialityInput) -> tuple[int, Changes]:
        """Write a line anew; the journal keeps what it said before."""
        return self._write(line_id, items, "")

    def _write(
        self, line_id: int | None, items: ConfidentialityInput, case: str
    ) -> tuple[int, Changes]:
        if not items.circumstances.strip():
            raise UserError("circumstances", N_("Say in short what happened."))
        now = self._clock()
        said = {name: str(value) for name, value in _plain(items).items() if value is not None}
        with self._store.writing() as tx:
            before = None
            if line_id is not None:
                before = _line(tx.need("SELECT * FROM registers WHERE id = ?", (line_id,)))
                case = before.case
            entry = self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.REGISTER,
                    who=self._signature(),
                    at=now,
                    case=case,
                    step=NAME,
                    supersedes=before.entries[-1] if before and before.entries else None,
                    values=present(**said),
                ),
            )
            data = {
                "case": case,
                "entries": [*(before.entries if before else ()), entry],
                **_plain(items),
            }
            if line_id is None:
                line_id = tx.insert(
                    "registers",
                    uid=str(uuid.uuid4()),
                    register=NAME,
                    data=to_json(data),
                    created_at=stamp(now),
                    updated_at=stamp(now),
                )
            else:
                tx.update("registers", line_id, data=to_json(data), updated_at=stamp(now))
        return line_id, Changes(frozenset({"registers", "journal"}))

    def over(self, line: ConfidentialityIncident) -> bool:
        """Whether the time for which a line is kept is over."""
        today = _local_day(self._clock())
        return bool(lines_due([line], today, self._years(REGISTER_YEARS)))

    def destroy(self, line_id: int, *, ground: Ground, approver: str) -> Changes:
        """Take a line out, and erase what the journal keeps of it. Call `Journal.settle` after.

        Raises UserError when nobody else approved, or its time is not over though the ground says
        so.
        """
        who = self._signature()
        approver = second_person(approver, who)
        with self._store.writing() as tx:
            line = _line(tx.need("SELECT * FROM registers WHERE id = ?", (line_id,)))
            if ground is Ground.RETENTION and not self.over(line):
                raise UserError(
                    "ground",
                    N_("The time for keeping it is not over. Choose the ground that holds."),
                )
            if line.entries:
                self._journal.erase(
                    tx,
                    dict.fromkeys(line.entries),
                    ground=ground,
                    who=who,
                    approver=approver,
                    case=line.case,
                )
            tx.run("DELETE FROM registers WHERE id = ?", (line_id,))
        return Changes(frozenset({"registers", "journal"}))


def drafted(sheet: CaseSheet, words: Callable[[str], str]) -> ConfidentialityInput:
    """The items as far as a case tells them. Whose information it is, is for a person to say."""
    seen = [i for i in sheet.incidents if not i.retracted]
    first = min((i.captured_at for i in seen), default=sheet.case.opened_at)
    spread = [e.spread for e in sheet.escalations if e.spread]
    circumstances = [f"{sheet.case.number} – {sheet.case.title}"]
    circumstances += [i.url for i in seen if i.url][:3]
    circumstances += spread
    done = [e.answer for e in sheet.escalations if e.answer]
    return ConfidentialityInput(
        circumstances="\n".join(circumstances),
        occurred=next((i.displayed_at for i in seen if i.displayed_at), ""),
        noticed_on=_local_day(first),
        persons="",
        risk=words(N_("Sensitivity of the information:\nPossible misuse:\nLikelihood of harm:")),
        measures="\n".join(done),
    )


def _local_day(at: datetime) -> date:
    return at.astimezone().date()


def _plain(items: ConfidentialityInput) -> dict[str, Any]:
    held = asdict(items)
    held["noticed_on"] = items.noticed_on.isoformat() if items.noticed_on else ""
    return held


def _line(row: Row) -> ConfidentialityIncident:
    data = json.loads(row["data"])
    known = {f.name for f in fields(ConfidentialityInput)}
    held = {name: value for name, value in data.items() if name in known}
    held["noticed_on"] = day_or_none(held.get("noticed_on") or None)
    return ConfidentialityIncident(
        id=row["id"],
        uid=row["uid"],
        case=data.get("case", ""),
        created_at=instant(row["created_at"]),
        updated_at=instant(row["updated_at"]),
        items=ConfidentialityInput(**held),
        entries=tuple(data.get("entries", ())),
    )


def table(
    lines: Iterable[ConfidentialityIncident], tr: Translator
) -> tuple[list[str], list[list[str]]]:
    """The register as a sheet has it: heads, and a row for each line."""
    heads = [N_("Case"), *(words for _, words in ITEMS), N_("Serious risk"), N_("Last change")]
    return [tr.tr(head) for head in heads], [_cells(line, tr) for line in lines]


def _cells(line: ConfidentialityIncident, tr: Translator) -> list[str]:
    said = {name: getattr(line.items, name) for name, _ in ITEMS}
    noticed = line.items.noticed_on
    said["noticed_on"] = tr.date(noticed, "long") if noticed else ""
    serious = {None: N_("Not concluded"), True: N_("Yes"), False: N_("No")}[line.items.serious]
    return [line.case, *said.values(), tr.tr(serious), tr.moment(line.updated_at)]


def lines_due(
    lines: Iterable[ConfidentialityIncident], today: date, years: int
) -> list[ConfidentialityIncident]:
    """Lines whose time is over: `years` after the organisation became aware."""
    return [
        line
        for line in lines
        if years_after(line.items.noticed_on or _local_day(line.created_at), years) <= today
    ]


def years_after(day: date, years: int) -> date:
    """The same day some years later; 1 March for a 29 February that is not."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
