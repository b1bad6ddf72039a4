"""The work of a day: what is due, what waits for whom, what is late. Only read, never changed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from scc_admin.agenda import (
    AFTER_CAMPAIGN,
    BEFORE_CAMPAIGN,
    PARTLY_OUT,
    TITLE,
    Recurring,
    campaign_steps,
    named,
    placements,
    recurring,
    start_of,
)
from scc_admin.model import (
    BegunForm,
    Campaign,
    CaseState,
    DraftState,
    EntryKind,
    Network,
    NextStep,
    Placement,
)
from scc_admin.store import Reading, Row, day, instant, instant_or_none, stamp

AHEAD = timedelta(days=2)
"""What is planned within this time is today's work when it is not ready."""
MOST = 60
"""Tasks of one sort that are listed."""


class Lane(StrEnum):
    """The three columns of the first screen."""

    DO = "do"
    WAIT = "wait"
    LATE = "late"


class Duty(StrEnum):
    """What is to be done, or waited for."""

    PUBLISH = "publish"
    FINISH = "finish"
    VALIDATION = "validation"
    VALIDATED = "validated"
    REFUSED = "refused"
    ESCALATE = "escalate"
    AFFAIRS = "affairs"
    ANSWERED = "answered"
    REVIEW = "review"
    BAN_ENDS = "ban_ends"
    RETENTION = "retention"
    MISSED = "missed"
    REGISTER = "register"
    CAMPAIGN = "campaign"
    REPORT = "report"
    UNFINISHED = "unfinished"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the first screen. `title` is a user's words; the rest says what, when and who."""

    duty: Duty
    lane: Lane
    title: str = ""
    id: int | None = None
    """Of the draft, case, escalation, campaign or register's line."""
    at: datetime | None = None
    on: date | None = None
    who: str = ""
    placements: tuple[Placement, ...] = ()
    """Of a draft: where it goes, and where it is out."""
    ref: str = ""
    """Number of a case or escalation, key of a register, week of a report, or a msgid of what is
    missing."""
    count: int = 1
    title_en: str = ""
    """The title in English, of what has a name in both languages."""
    key: str = ""
    """Of a source, which has no number; the kind of a form; the rung of a case's next step."""
    form: str = ""
    """The name under which a begun form is kept."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A page, or a saved search, to look at today."""

    page_id: int | None
    page: str
    network: Network | None
    url: str
    search: str
    looked_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class WatchDay:
    """How many of the pages registered by then were looked at on a day."""

    day: date
    looked: int
    due: int


@dataclass(frozen=True, slots=True)
class Today:
    """All that the first screen says."""

    day: date
    tasks: tuple[Task, ...]
    watch: tuple[Watch, ...]
    week: tuple[WatchDay, ...]
    """The last seven days, today at the end."""
    campaigns: tuple[Campaign, ...]
    """Those in course."""
    dates: tuple[Recurring, ...] = field(default=())
    empty: bool = False
    """True when nothing was ever written here: the screen then helps to begin."""

    def lane(self, lane: Lane) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.lane is lane)


def today(
    db: Reading,
    *,
    now: datetime,
    zone: tzinfo | None,
    campaigns: Sequence[Campaign],
    searches: Sequence[str] = (),
    retention_due: int = 0,
    registers_due: Sequence[Task] = (),
    begun: Sequence[BegunForm] = (),
    next_steps: Sequence[NextStep] = (),
    last_week: str = "",
) -> Today:
    """What is due, what waits for whom, what is late. One consistent view.

    `last_week` is the week whose report is owed, such as 2026-W47; empty when none is.
    """
    here = now.astimezone(zone).date()
    bounds = _Bounds(
        now,
        here,
        stamp(start_of(here, zone)),
        stamp(start_of(here + timedelta(days=1), zone)),
        stamp(start_of(here + AHEAD + timedelta(days=1), zone)),
    )
    tasks = [
        *_publications(db, bounds),
        *_validations(db),
        *_escalations(db, bounds),
        *_reviews(db, bounds),
        *_steps_missing(db, campaigns, here),
        *registers_due,
    ]
    if retention_due:
        tasks.append(Task(Duty.RETENTION, Lane.DO, count=retention_due))
    tasks += _begun(begun)
    listed = {task.id for task in tasks if task.duty in (Duty.REVIEW, Duty.UNFINISHED)}
    tasks += _steps([step for step in next_steps if step.case_id not in listed])
    if last_week and _report_owed(db, last_week):
        tasks.append(Task(Duty.REPORT, Lane.DO, ref=last_week))
    watch, week = _watch(db, here, zone, searches)
    if len(week) > 1 and week[-2].due and not week[-2].looked and any(d.looked for d in week):
        tasks.append(Task(Duty.MISSED, Lane.LATE, on=week[-2].day))
    far = datetime.max.replace(tzinfo=UTC)
    tasks.sort(
        key=lambda t: (
            t.duty is Duty.STEP,  # what has an hour comes before what waits without one
            t.at or (start_of(t.on, zone) if t.on else far),
            t.duty,
            t.id or 0,
        )
    )
    return Today(
        day=here,
        tasks=tuple(tasks),
        watch=watch,
        week=week,
        campaigns=tuple(c for c in campaigns if c.starts_on <= here <= c.ends_on),
        dates=tuple(recurring(here, here)),
        empty=db.one("SELECT 1 FROM drafts") is None and db.one("SELECT 1 FROM cases") is None,
    )


@dataclass(frozen=True, slots=True)
class _Bounds:
    now: datetime
    today: date
    start: str
    """First instant of today, as stored; `end`: of tomorrow; `ahead`: of the day after those whose
    writing is today's work."""
    end: str
    ahead: str


def _publications(db: Reading, bounds: _Bounds) -> list[Task]:
    """Drafts whose time has come, or comes, and what is out on some of its networks only."""
    found = []
    rows = db.all(
        f"SELECT d.id, {TITLE}, d.state, d.planned_at FROM drafts d"
        " WHERE d.planned_at < ? AND d.published_at IS NULL AND d.trashed_at IS NULL"
        " AND (d.state = 'ready' AND d.planned_at < ? OR d.state = 'draft'"
        "  OR d.state = 'to_validate' AND d.planned_at < ?)"
        f" UNION SELECT d.id, {TITLE}, d.state, d.planned_at FROM drafts d"
        f" WHERE {PARTLY_OUT} AND d.trashed_at IS NULL"
        " ORDER BY d.planned_at DESC LIMIT ?",
        (bounds.ahead, bounds.end, bounds.start, MOST),
    )
    places = placements(db, [row["id"] for row in rows])
    for row in rows:
        planned = row["planned_at"]
        late = planned is not None and planned < bounds.start
        found.append(
            Task(
                Duty.PUBLISH if row["state"] == DraftState.READY else Duty.FINISH,
                Lane.LATE if late else Lane.DO,
                named(row["title"]),
                row["id"],
                at=instant_or_none(planned),
                placements=places[row["id"]],
            )
        )
    return found


def posts_due(db: Reading, after: datetime, until: datetime) -> list[Task]:
    """Ready posts, not yet published, whose time came after one instant and until another."""
    rows = db.all(
        f"SELECT d.id, {TITLE}, d.planned_at FROM drafts d"
        " WHERE d.planned_at > ? AND d.planned_at <= ? AND d.state = 'ready'"
        " AND d.published_at IS NULL AND d.trashed_at IS NULL ORDER BY d.planned_at LIMIT ?",
        (stamp(after), stamp(until), MOST),
    )
    places = placements(db, [row["id"] for row in rows])
    return [
        Task(
            Duty.PUBLISH,
            Lane.DO,
            named(row["title"]),
            row["id"],
            at=instant(row["planned_at"]),
            placements=places[row["id"]],
        )
        for row in rows
    ]


def _validations(db: Reading) -> list[Task]:
    """Drafts that wait for an answer, or whose answers are all there."""
    found = []
    rows = db.all(
        f"SELECT d.id, {TITLE}, d.state,"
        " group_concat(CASE WHEN a.answer = '' THEN a.validator END, char(31)) AS waiting,"
        " group_concat(CASE WHEN a.answer = 'refused' THEN a.validator END, char(31)) AS refused,"
        " min(CASE WHEN a.answer = '' THEN a.requested_at END) AS since,"
        " max(a.answered_at) AS answered"
        " FROM drafts d JOIN approvals a ON a.draft_id = d.id"
        " WHERE d.state IN ('draft', 'to_validate') AND d.trashed_at IS NULL"
        " GROUP BY d.id ORDER BY since LIMIT ?",
        (MOST,),
    )
    places = placements(db, [row["id"] for row in rows])
    for row in rows:
        title, goes = named(row["title"]), places[row["id"]]
        waiting, refused = _names(row["waiting"]), _names(row["refused"])
        if row["state"] == DraftState.TO_VALIDATE and waiting:
            duty, lane, who, at = Duty.VALIDATION, Lane.WAIT, waiting, instant(row["since"])
        elif row["state"] == DraftState.TO_VALIDATE and not refused:
            duty, lane, who, at = Duty.VALIDATED, Lane.DO, "", instant(row["answered"])
        elif row["state"] == DraftState.DRAFT and refused and not waiting:
            duty, lane, who, at = Duty.REFUSED, Lane.DO, refused, instant(row["answered"])
        else:
            continue
        found.append(Task(duty, lane, title, row["id"], at=at, who=who, placements=goes))
    return found


def _names(joined: str | None) -> str:
    return ", ".join(dict.fromkeys((joined or "").split("\x1f"))) if joined else ""


def _escalations(db: Reading, bounds: _Bounds) -> list[Task]:
    found = []
    for row in db.all(
        "SELECT e.*, c.title, c.number AS case_number FROM escalations e"
        " JOIN cases c ON c.id = e.case_id WHERE e.closed_at IS NULL AND c.state <> ?"
        " ORDER BY e.seen_at LIMIT ?",
        (CaseState.CLOSED.value, MOST),
    ):
        if row["escalated_at"] is None:
            late = row["seen_at"] < bounds.start
            duty, lane = Duty.ESCALATE, Lane.LATE if late else Lane.DO
            at = row["seen_at"]
        elif row["answered_at"] is None:
            duty, lane, at = Duty.AFFAIRS, Lane.WAIT, row["escalated_at"]
        else:
            duty, lane, at = Duty.ANSWERED, Lane.DO, row["answered_at"]
        found.append(
            Task(
                duty,
                lane,
                row["title"],
                row["id"],
                at=instant(at),
                who=row["contact"] if duty is Duty.AFFAIRS else "",
                ref=row["number"],
            )
        )
    return found


def _reviews(db: Reading, bounds: _Bounds) -> list[Task]:
    """Cases to be looked at again, and bans whose end has come."""
    found = []
    for row in db.all(
        "SELECT id, number, title, review_on FROM cases WHERE review_on <= ? AND state <> ?"
        " ORDER BY review_on LIMIT ?",
        (bounds.today.isoformat(), CaseState.CLOSED.value, MOST),
    ):
        when = day(row["review_on"])
        lane = Lane.LATE if when < bounds.today else Lane.DO
        found.append(Task(Duty.REVIEW, lane, row["title"], row["id"], on=when, ref=row["number"]))
    for row in db.all(
        "SELECT c.id, c.number, c.title, max(s.expires_on) AS expires_on FROM cases c"
        " JOIN case_steps s ON s.case_id = c.id WHERE c.state = ? AND s.kind = ?"
        " AND NOT s.retracted GROUP BY c.id HAVING max(s.expires_on) <= ? LIMIT ?",
        (CaseState.BANNED.value, EntryKind.BAN.value, bounds.today.isoformat(), MOST),
    ):
        when = day(row["expires_on"])
        lane = Lane.LATE if when < bounds.today else Lane.DO
        found.append(Task(Duty.BAN_ENDS, lane, row["title"], row["id"], on=when, ref=row["number"]))
    return found


def _steps_missing(db: Reading, campaigns: Sequence[Campaign], here: date) -> list[Task]:
    near = [
        c for c in campaigns if c.starts_on - BEFORE_CAMPAIGN <= here <= c.ends_on + AFTER_CAMPAIGN
    ]
    if not near:
        return []
    return [
        Task(
            Duty.CAMPAIGN,
            Lane.DO,
            steps.campaign.name_fr,
            steps.campaign.id,
            ref=owed.text,
            title_en=steps.campaign.name_en,
        )
        for steps in campaign_steps(db, near)
        for owed in steps.asked_now(here)
    ]


def _begun(forms: Sequence[BegunForm]) -> list[Task]:
    """What somebody began to write down about a case."""
    return [
        Task(
            Duty.UNFINISHED,
            Lane.DO,
            form.title or form.said,
            form.case_id,
            at=form.at,
            ref=form.case,
            key=form.kind,
            form=form.name,
        )
        for form in forms[:MOST]
    ]


def _steps(steps: Sequence[NextStep]) -> list[Task]:
    """What open cases ask of us."""
    return [
        Task(
            Duty.STEP,
            Lane.DO,
            step.title,
            step.case_id,
            at=step.since,
            ref=step.case,
            key="" if step.rung is None else step.rung.name.lower(),
            who=step.person,
        )
        for step in steps[:MOST]
    ]


def _report_owed(db: Reading, week: str) -> bool:
    """Whether a week that is over has no report yet, in a workspace that lived then."""
    if db.one("SELECT 1 FROM reports WHERE week = ?", (week,)) is not None:
        return False
    year, _, number = week.partition("-W")
    monday = date.fromisocalendar(int(year), int(number), 1)
    first = db.value("SELECT min(created_at) FROM drafts")
    return first is not None and first[:10] < (monday + timedelta(days=7)).isoformat()


def _watch(
    db: Reading, here: date, zone: tzinfo | None, searches: Sequence[str]
) -> tuple[tuple[Watch, ...], tuple[WatchDay, ...]]:
    """What to look at today, and how the last seven days went."""
    pages = db.all(
        "SELECT id, name, network, url, created_at FROM pages WHERE managed AND NOT archived"
        " ORDER BY CASE level WHEN 'national' THEN 0 WHEN 'divisional' THEN 1"
        " WHEN 'regional' THEN 2 ELSE 3 END, name, id"
    )
    first = here - timedelta(days=6)
    looks: dict[date, dict[tuple[int | None, str], Row]] = defaultdict(dict)
    for row in db.all(
        "SELECT page_id, due_on, data, updated_at FROM registers WHERE register = 'monitoring'"
        " AND due_on BETWEEN ? AND ?",
        (first.isoformat(), here.isoformat()),
    ):
        search = "" if row["page_id"] is not None else json.loads(row["data"]).get("search", "")
        looks[day(row["due_on"])][row["page_id"], search] = row

    def watch(page: Row | None, search: str) -> Watch:
        row = looks[here].get((page["id"] if page else None, search))
        return Watch(
            page["id"] if page else None,
            page["name"] if page else "",
            Network(page["network"]) if page else None,
            page["url"] if page else "",
            search,
            instant(row["updated_at"]) if row else None,
            json.loads(row["data"]).get("note", "") if row else "",
        )

    since = {page["id"]: instant(page["created_at"]).astimezone(zone).date() for page in pages}
    week = []
    for when in (first + timedelta(days=n) for n in range(7)):
        looked = {p for p, _ in looks[when] if p in since}
        due = looked | {page for page, day_ in since.items() if day_ <= when}
        week.append(WatchDay(when, len(looked), len(due)))
    return (
        (*(watch(page, "") for page in pages), *(watch(None, search) for search in searches)),
        tuple(week),
    )
