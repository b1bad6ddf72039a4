"""The figures of a week: counted once, from which PDF, spreadsheet and JSON are all made."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from scc_admin.agenda import TITLE, CampaignSteps, campaign_steps, campaigns, named, placements
from scc_admin.documents.data import (
    CampaignStep,
    CampaignWeek,
    Change,
    EscalationWeek,
    Figure,
    FollowersWeek,
    MonitoringDay,
    OverrideWeek,
    PageWeek,
    Plan,
    QuestionWeek,
    Sanction,
    Training,
    WeeklyData,
    as_json,
)
from scc_admin.errors import UserError
from scc_admin.i18n import N_, Translator
from scc_admin.model import (
    DraftState,
    EntryKind,
    Language,
    Network,
    Rung,
    Situation,
    Step,
    page_names,
    took,
)
from scc_admin.registers import register, spoken
from scc_admin.store import Reading, Row, day, day_or_none, instant, instant_or_none, stamp
from scc_admin.words import (
    CAMPAIGN_KINDS,
    NETWORKS,
    RUNGS,
    SITUATIONS,
    STATES,
    STEPS,
    person_label,
)

if TYPE_CHECKING:
    from scc_admin.model import Checkpoint

WEEKS_BEFORE = 4
_YEARS = range(1970, 2200)
"""Those whose weeks, and the ones before, have an instant in every zone."""


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days, by ISO number; `sunday` starts them one day earlier, as calendars here do."""

    year: int
    number: int
    sunday: bool = False

    @classmethod
    def parse(cls, text: str, *, sunday: bool = False) -> Week:
        """'2026-W47'. Raises UserError for anything else, or a week that the year has not."""
        try:
            year, _, number = text.strip().upper().partition("-W")
            week = cls(int(year), int(number), sunday)
            date.fromisocalendar(week.year, week.number, 1)
            if week.year not in _YEARS:
                raise ValueError(year)
        except ValueError as error:
            raise UserError(
                "week",
                N_("“{text}” is not a week; write it like {example}."),
                text=text,
                example="2026-W47",
            ) from error
        return week

    @classmethod
    def of(cls, when: date, *, sunday: bool = False) -> Week:
        """The week that holds this day."""
        calendar = (when + timedelta(days=1) if sunday else when).isocalendar()
        return cls(calendar.year, calendar.week, sunday)

    @property
    def first(self) -> date:
        monday = date.fromisocalendar(self.year, self.number, 1)
        return monday - timedelta(days=1) if self.sunday else monday

    @property
    def last(self) -> date:
        return self.first + timedelta(days=6)

    def shifted(self, weeks: int) -> Week:
        return Week.of(self.first + timedelta(days=7 * weeks + 1), sunday=self.sunday)

    def bounds(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """First instant of the week and of the one after, in UTC."""
        start = datetime.combine(self.first, time(), zone)
        end = datetime.combine(self.first + timedelta(days=7), time(), zone)
        return start.astimezone(UTC), end.astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"


def weekly(
    db: Reading,
    week: Week,
    *,
    tr: Translator,
    zone: tzinfo,
    zone_name: str,
    made_at: datetime,
    made_by: str,
    organisation: str,
    rule_name: Callable[[str], str],
    question_text: Callable[[str], str],
    comment: str = "",
    persons_named: bool = False,
    checkpoint: Checkpoint | None = None,
) -> WeeklyData:
    """Count a week. Everything is read in the one view of `db`, so the figures agree."""
    weeks = [week.shifted(-n) for n in range(WEEKS_BEFORE, 0, -1)]
    spans = [w.bounds(zone) for w in weeks] + [week.bounds(zone)]
    start, end = (stamp(at) for at in spans[-1])

    def figure(key: str, label: str, sql: str, *parameters: object) -> Figure:
        values = [
            int(db.value(sql, (stamp(first), stamp(last), *parameters)) or 0)
            for first, last in spans
        ]
        before = values[:-1]
        return Figure(
            key=key,
            label=tr.tr(label),
            value=values[-1],
            before=before,
            average=sum(before) / len(before),
        )

    summary = [figure(key, *asked) for key, asked in _SUMMARY.items()]
    earlier = db.all("SELECT * FROM reports WHERE week = ? ORDER BY at DESC, id DESC", (str(week),))
    data = WeeklyData(
        language=tr.language,
        zone=zone_name,
        made_at=made_at,
        made_by=made_by,
        organisation=organisation,
        week=str(week),
        first_day=week.first,
        last_day=week.last,
        unfinished=made_at < spans[-1][1],
        weeks_before=[f"{w.number:02}" for w in weeks],
        summary=summary,
        pages=_pages(db, start, end, tr),
        campaigns=_campaigns(db, week, week.bounds(zone), tr),
        overrides=_overrides(db, start, end, rule_name),
        questions=_questions(db, start, end, question_text),
        duplicates_avoided=int(db.value(_SHARED, (start, end)) or 0),
        incidents=[
            kind
            for kind in (
                figure(s.value, label, _INCIDENTS_OF_KIND, s.value)
                for s, label in SITUATIONS.items()
            )
            if kind["value"] or any(kind["before"])
        ],
        rungs=[
            figure(rung.name.lower(), label, _STEPS_OF_RUNG, int(rung))
            for rung, label in RUNGS.items()
            if rung is not Rung.TOLERATE
        ],
        sanctions=_sanctions(db, start, end, tr, persons_named),
        escalations=_escalations(db, start, end, tr),
        followers=_followers(db, [*weeks, week]),
        monitoring=_monitoring(db, week, made_at.astimezone(zone).date()),
        trainings=_trainings(db, week, tr),
        next_week=_next_week(db, week.shifted(1).bounds(zone), tr),
        comment=comment,
        persons_named=persons_named,
        earlier_export=instant(earlier[0]["at"]) if earlier else None,
        changes=[],
        checkpoint=checkpoint.note if checkpoint else "",
    )
    if earlier:
        data["changes"] = _changes(earlier, json.loads(as_json(data)), tr)
    return data


# -- the questions asked of the database --------------------------------------------------------
# Each counts what lies in [?1, ?2), two instants as stored.

# A draft on one network is one post, in however many languages.

_PUBLISHED = (
    "SELECT count(*) FROM placements m JOIN drafts d ON d.id = m.draft_id"
    " WHERE m.published_at >= ?1 AND m.published_at < ?2 AND d.trashed_at IS NULL"
)
_PLANNED = (
    "SELECT count(*) FROM drafts d JOIN placements m ON m.draft_id = d.id"
    " WHERE d.planned_at >= ?1 AND d.planned_at < ?2 AND d.trashed_at IS NULL"
)
_INCIDENTS = (
    "SELECT count(*) FROM incidents WHERE captured_at >= ?1 AND captured_at < ?2 AND NOT retracted"
)
_INCIDENTS_OF_KIND = (
    "SELECT count(*) FROM incidents i JOIN cases c ON c.id = i.case_id"
    " WHERE i.captured_at >= ?1 AND i.captured_at < ?2 AND c.situation = ?3 AND NOT i.retracted"
)
_STEPS_OF_KIND = (
    "SELECT count(*) FROM case_steps WHERE at >= ?1 AND at < ?2 AND kind = ?3 AND NOT retracted"
)
_STEPS_OF_RUNG = (
    "SELECT count(*) FROM case_steps WHERE at >= ?1 AND at < ?2 AND rung = ?3 AND NOT retracted"
)
_ESCALATIONS = (
    "SELECT count(*) FROM escalations"
    " WHERE coalesce(escalated_at, seen_at) >= ?1 AND coalesce(escalated_at, seen_at) < ?2"
)
_OVERRIDES = "SELECT count(*) FROM overrides WHERE at >= ?1 AND at < ?2 AND entry IS NOT NULL"
_APPROVALS = (
    "SELECT count(*) FROM approvals WHERE answered_at >= ?1 AND answered_at < ?2"
    " AND answer = 'approved'"
)
_SHARED = (
    "SELECT count(*) FROM (SELECT min(m.published_at) AS at FROM drafts d"
    "  JOIN placements m ON m.draft_id = d.id"
    "  WHERE d.share_of IS NOT NULL AND d.trashed_at IS NULL GROUP BY d.id)"
    " WHERE at >= ?1 AND at < ?2"
)
"""Posts that went out as a share of another one: each would have been a copy."""


_SUMMARY: Mapping[str, tuple[str, ...]] = {
    "published": (N_("Posts published"), _PUBLISHED),
    "planned": (N_("Posts planned"), _PLANNED),
    "incidents": (N_("Incidents logged"), _INCIDENTS),
    "bans": (N_("Bans"), _STEPS_OF_KIND, EntryKind.BAN.value),
    "escalations": (N_("Escalations"), _ESCALATIONS),
    "overrides": (N_("Overrides with a reason"), _OVERRIDES),
    "lifts": (N_("Bans lifted"), _STEPS_OF_KIND, EntryKind.LIFT.value),
    "approvals": (N_("Approvals given"), _APPROVALS),
}
"""What a week is told by first: by key, its name, its question and what else that asks for."""


def _pages(db: Reading, start: str, end: str, tr: Translator) -> list[PageWeek]:
    """Each page that is run here, any other that posts went to, and the posts that have none: so
    that the lines add up to what the summary says."""
    return [
        PageWeek(
            page=row["name"] or tr.tr(N_("Without a page")),
            network=tr.tr(NETWORKS[Network(row["network"])]),
            planned=row["planned"],
            published=row["published"],
        )
        for row in db.all(
            "WITH posts AS (SELECT m.page_id, m.network, 1 AS planned, 0 AS published"
            "  FROM drafts d JOIN placements m ON m.draft_id = d.id WHERE d.planned_at >= ?1"
            "  AND d.planned_at < ?2 AND d.trashed_at IS NULL"
            " UNION ALL SELECT m.page_id, m.network, 0, 1 FROM placements m"
            "  JOIN drafts d ON d.id = m.draft_id WHERE m.published_at >= ?1"
            "  AND m.published_at < ?2 AND d.trashed_at IS NULL),"
            " tally AS (SELECT page_id, iif(page_id IS NULL, network, '') AS network,"
            "  sum(planned) AS planned, sum(published) AS published FROM posts GROUP BY 1, 2)"
            " SELECT p.id, p.name, p.network, coalesce(t.planned, 0) AS planned,"
            " coalesce(t.published, 0) AS published FROM pages p"
            " LEFT JOIN tally t ON t.page_id = p.id"
            " WHERE NOT p.archived AND p.managed OR t.page_id IS NOT NULL"
            " UNION ALL SELECT NULL, NULL, network, planned, published FROM tally"
            " WHERE page_id IS NULL ORDER BY 1 NULLS LAST, 3",
            (start, end),
        )
    ]


def _campaigns(
    db: Reading, week: Week, bounds: tuple[datetime, datetime], tr: Translator
) -> list[CampaignWeek]:
    found = []
    for steps in campaign_steps(db, campaigns(db, week.first, week.last)):
        campaign = steps.campaign
        found.append(
            CampaignWeek(
                name=campaign.name(tr.language),
                kind=tr.tr(CAMPAIGN_KINDS[campaign.kind]),
                starts_on=campaign.starts_on,
                ends_on=campaign.ends_on,
                steps=[_step(steps, step, bounds, tr) for step in Step],
            )
        )
    return found


def _step(
    steps: CampaignSteps, step: Step, bounds: tuple[datetime, datetime], tr: Translator
) -> CampaignStep:
    dues = [due for due in steps.dues if due.owed.step is step]
    start, end = bounds
    return CampaignStep(
        label=tr.tr(STEPS[step]),
        done=sum(due.met for due in dues),
        owed=len(dues),
        missing=[tr.tr(due.owed.text) for due in dues if not due.met],
        published=sum(
            placement.published_at is not None and start <= placement.published_at < end
            for post in steps.posts
            if post.step is step and post.state is not DraftState.ARCHIVED
            for placement in post.placements
        ),
    )


def _overrides(
    db: Reading, start: str, end: str, rule_name: Callable[[str], str]
) -> list[OverrideWeek]:
    rows = db.all(
        f"SELECT {TITLE}, o.* FROM overrides o JOIN drafts d ON d.id = o.draft_id"
        " WHERE o.at >= ? AND o.at < ? AND o.entry IS NOT NULL ORDER BY o.at, o.id",
        (start, end),
    )
    places = placements(db, [row["draft_id"] for row in rows])
    return [
        OverrideWeek(
            at=instant(row["at"]),
            post=named(row["title"]),
            page=page_names(places[row["draft_id"]]),
            rule=row["rule"],
            name=rule_name(row["rule"]),
            severity=row["severity"],
            excerpt=row["excerpt"],
            reason=row["reason"],
            who=row["who"],
        )
        for row in rows
    ]


def _questions(
    db: Reading, start: str, end: str, question_text: Callable[[str], str]
) -> list[QuestionWeek]:
    return [
        QuestionWeek(
            rule=row["rule"],
            text=question_text(row["rule"]),
            yes=row["yes"],
            no=row["no"],
            not_applicable=row["na"],
        )
        for row in db.all(
            "SELECT rule, sum(answer = 'yes') AS yes, sum(answer = 'no') AS no,"
            " sum(answer = 'n/a') AS na FROM answers WHERE at >= ? AND at < ?"
            " AND answer <> 'unsure' GROUP BY rule ORDER BY rule",
            (start, end),
        )
    ]


def _sanctions(db: Reading, start: str, end: str, tr: Translator, named: bool) -> list[Sanction]:
    """Bans, their liftings, and what was done without waiting for Public Affairs."""
    labels = {
        EntryKind.BAN.value: N_("Ban"),
        EntryKind.LIFT.value: N_("Ban lifted"),
        EntryKind.CORRECTION.value: N_("Critical no more"),
        EntryKind.CASE_CLOSED.value: N_("Case closed"),
    }
    return [
        Sanction(
            key=row["kind"],
            label=tr.tr(labels[row["kind"]]),
            at=instant(row["at"]),
            case=row["number"],
            person=_shown(row, tr, named),
            reason=_grounds(tr, row),
            who=row["who"],
            approver=row["approver"],
            expires_on=day_or_none(row["expires_on"]),
        )
        for row in db.all(
            "SELECT s.*, c.number, p.label, p.name,"
            " (SELECT value FROM journal_values WHERE seq = s.entry AND field = 'reason') AS alone,"
            " (SELECT value FROM journal_values WHERE seq = s.entry AND field = 'override')"
            " AS override FROM case_steps s JOIN cases c"
            " ON c.id = s.case_id JOIN persons p ON p.id = c.person_id"
            " WHERE s.at >= ? AND s.at < ? AND NOT s.retracted AND (s.kind IN ('ban', 'lift')"
            "  OR s.kind = 'correction' OR s.kind = 'case-closed' AND s.approver <> '')"
            " ORDER BY s.at, s.id",
            (start, end),
        )
    ]


def _grounds(tr: Translator, row: Row) -> str:
    """Why a sanction was taken and, of an exception, why nobody waited, as sentences."""
    if not row["override"]:
        return str(row["reason"])
    exception = tr.tr(N_("Exception to the usual order: {reason}"), reason=row["override"])
    why = (row["alone"] or "").rstrip(" .;")
    return f"{why}. {exception}" if why else exception


def _shown(row: Row, tr: Translator, named: bool) -> str:
    label = person_label(tr, row["label"])
    return f"{label} ({row['name']})" if named and row["name"] else label


def _escalations(db: Reading, start: str, end: str, tr: Translator) -> list[EscalationWeek]:
    return [
        EscalationWeek(
            number=row["number"],
            case=row["case_number"],
            situation=tr.tr(SITUATIONS[Situation(row["situation"])]),
            clock={
                "seen": instant(row["seen_at"]),
                "escalated": instant_or_none(row["escalated_at"]),
                "answered": instant_or_none(row["answered_at"]),
                "closed": instant_or_none(row["closed_at"]),
            },
            to_escalate=_minutes(row["seen_at"], row["escalated_at"]),
            to_answer=_minutes(row["escalated_at"], row["answered_at"]),
        )
        for row in db.all(
            "SELECT e.*, c.number AS case_number FROM escalations e JOIN cases c"
            " ON c.id = e.case_id WHERE e.seen_at < ?2"
            " AND (e.closed_at IS NULL OR e.closed_at >= ?1) ORDER BY e.seen_at, e.id",
            (start, end),
        )
    ]


def _minutes(start: str | None, end: str | None) -> int | None:
    if start is None or end is None:
        return None
    between = took(instant(start), instant(end))
    return None if between is None else round(between.total_seconds() / 60)


def _followers(db: Reading, weeks: Sequence[Week]) -> list[FollowersWeek]:
    found = []
    for page in db.all("SELECT * FROM pages WHERE NOT archived AND managed ORDER BY id"):
        counts = [
            db.value(
                "SELECT count FROM followers WHERE page_id = ? AND day BETWEEN ? AND ?"
                " ORDER BY day DESC LIMIT 1",
                (page["id"], week.first.isoformat(), week.last.isoformat()),
            )
            for week in weeks
        ]
        found.append(
            FollowersWeek(
                page=page["name"],
                network=NETWORKS[Network(page["network"])],
                count=counts[-1],
                before=counts[:-1],
                change=None if None in counts[-2:] else counts[-1] - counts[-2],
            )
        )
    return found


def _monitoring(db: Reading, week: Week, today: date) -> list[MonitoringDay]:
    due = int(db.value("SELECT count(*) FROM pages WHERE NOT archived AND managed") or 0)
    # Nobody missed a day before the first look that was ever recorded here.
    begun = day_or_none(db.value("SELECT min(due_on) FROM registers WHERE register = 'monitoring'"))
    days = []
    for offset in range(7):
        when = week.first + timedelta(days=offset)
        rows = db.all(
            "SELECT page_id, data FROM registers WHERE register = 'monitoring'"
            " AND due_on = ? ORDER BY id",
            (when.isoformat(),),
        )
        notes = [str(json.loads(row["data"]).get("note", "")) for row in rows]
        days.append(
            MonitoringDay(
                day=when,
                looked=len({row["page_id"] for row in rows if row["page_id"] is not None}),
                due=due if (begun or when) <= when <= today else 0,
                note=" · ".join(note for note in notes if note),
            )
        )
    return days


def _trainings(db: Reading, week: Week, tr: Translator) -> list[Training]:
    found = []
    for row in db.all(
        "SELECT due_on, data FROM registers WHERE register = 'trainings'"
        " AND due_on BETWEEN ? AND ? ORDER BY due_on, id",
        (week.first.isoformat(), week.last.isoformat()),
    ):
        data = json.loads(row["data"])
        found.append(
            Training(
                day=day(row["due_on"]),
                tool=spoken(register("trainings").field("tool"), data.get("tool", ""), tr, {}),
                person=str(data.get("person", "")),
                given=bool(data.get("given", False)),
            )
        )
    return found


def _next_week(db: Reading, bounds: tuple[datetime, datetime], tr: Translator) -> list[Plan]:
    campaign = "name_en" if tr.language is Language.EN else "name_fr"
    return [
        Plan(
            at=instant(row["planned_at"]),
            all_day=False,
            title=named(row["title"]) or tr.tr(N_("Untitled")),
            page=row["page"] or "",
            network=tr.tr(NETWORKS[Network(row["network"])]),
            state=tr.tr(STATES[DraftState(row["state"])]),
            campaign=row["campaign"] or "",
        )
        for row in db.all(
            f"SELECT {TITLE}, d.planned_at, p.name AS page,"
            " CASE WHEN m.published_at IS NULL THEN d.state ELSE 'published' END AS state,"
            f" coalesce(p.network, m.network) AS network, c.{campaign} AS campaign"
            " FROM drafts d JOIN placements m ON m.draft_id = d.id"
            " LEFT JOIN pages p ON p.id = m.page_id LEFT JOIN campaigns c ON c.id = d.campaign_id"
            " WHERE d.planned_at >= ? AND d.planned_at < ? AND d.trashed_at IS NULL"
            " AND d.state NOT IN ('archived') ORDER BY d.planned_at, d.id, m.id",
            tuple(stamp(at) for at in bounds),
        )
    ]


@dataclass(frozen=True, slots=True)
class EarlierReport:
    """A report that left the workspace. `changes` is what the export before it, of the same week,
    said differently."""

    id: int
    week: str
    language: Language
    name: str
    """Of its files, without their endings; empty for a report older than the names."""
    at: datetime
    who: str
    comment: str
    changes: tuple[Change, ...]


def earlier(db: Reading, tr: Translator, *, limit: int = 200) -> list[EarlierReport]:
    """Reports exported so far, the newest first."""
    rows = db.all(
        "SELECT r.*, v.value AS name FROM reports r LEFT JOIN journal_values v"
        " ON v.seq = r.entry AND v.field = 'name' ORDER BY r.at DESC, r.id DESC LIMIT ?",
        (limit,),
    )
    found = []
    for place, row in enumerate(rows):
        before = [r for r in rows[place + 1 :] if r["week"] == row["week"]]
        found.append(
            EarlierReport(
                id=row["id"],
                week=row["week"],
                language=Language(row["language"]),
                name=row["name"] or "",
                at=instant(row["at"]),
                who=row["who"],
                comment=row["comment"],
                changes=tuple(_changes(before, json.loads(row["figures"]), tr)),
            )
        )
    return found


def _changes(earlier: Sequence[Row], now: Mapping[str, Any], tr: Translator) -> list[Change]:
    """What the `earlier` exports of the same week, the newest first, gave differently: the last one
    in its figures, the last one in the same language in its comment too. `now` is as JSON has it.
    """
    if not earlier:
        return []
    before = json.loads(earlier[0]["figures"])
    was = {f["key"]: f["value"] for f in before.get("summary", ())}
    moved = {f["key"] for f in now["summary"] if was.get(f["key"], f["value"]) != f["value"]}
    found = [
        Change(
            label=figure["label"],
            was=tr.number(was[figure["key"]]),
            now=tr.number(figure["value"]),
        )
        for figure in now["summary"]
        if figure["key"] in moved
    ]
    found += [
        Change(label=tr.tr(part.label), was=NO_FIGURE, now=tr.tr(_SEE_PART))
        for key, part in _PARTS.items()
        if key in before
        and not part.told_by & moved
        and _kept(before[key], part.fields) != _kept(now[key], part.fields)
    ]
    twin = next((row for row in earlier if row["language"] == now["language"]), None)
    # Not in its words: those that were taken back are not sent out again.
    said, says = (twin["comment"] if twin else now["comment"]).split(), now["comment"].split()
    if said != says:
        was_there, is_there = ("written", "rewritten") if said else ("none", "written")
        words = _comment_words(tr)
        is_there = is_there if says else "taken out"
        found.append(Change(label=tr.tr(_COMMENT), was=words[was_there], now=words[is_there]))
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the report beside its summary, and what in it is the same in both languages."""

    label: str
    fields: frozenset[str] = frozenset()
    told_by: frozenset[str] = frozenset()
    """The figures of the summary that say already that it changed."""


def _part(label: str, fields: str, told_by: str = "") -> _Part:
    return _Part(label, frozenset(fields.split()), frozenset(told_by.split()))


_PARTS: Mapping[str, _Part] = {
    "pages": _part(N_("Posts, by page and network"), "planned published", "planned published"),
    "campaigns": _part(
        N_("Campaigns, in three steps"), "starts_on ends_on steps done owed published"
    ),
    "duplicates_avoided": _part(N_("Duplicates avoided"), ""),
    "overrides": _part(N_("Overrides, with their reasons"), "at rule reason who", "overrides"),
    "questions": _part(N_("Questions answered"), "rule yes no not_applicable"),
    "incidents": _part(N_("Incidents, by kind"), "key value", "incidents"),
    "rungs": _part(N_("Rungs climbed"), "key value"),
    "sanctions": _part(
        N_("Bans, liftings, exceptions"), "key at case who approver expires_on", "bans lifts"
    ),
    "escalations": _part(
        N_("Escalations to Public Affairs"),
        "number case clock seen escalated answered closed",
        "escalations",
    ),
    "followers": _part(N_("Followers"), "page count"),
    "monitoring": _part(N_("Daily monitoring"), "day looked due note"),
    "trainings": _part(N_("Training"), "day person given"),
    "next_week": _part(N_("Planned for the following week"), "at page"),
}
_SEE_PART = N_("changed: see this part")
NO_FIGURE = "–"
"""What a part said that has no one figure."""


def _kept(value: Any, fields: frozenset[str]) -> Any:
    """A part of a report without what depends on its language."""
    if isinstance(value, dict):
        return {name: _kept(inner, fields) for name, inner in value.items() if name in fields}
    if isinstance(value, list):
        return [_kept(inner, fields) for inner in value]
    return value


_COMMENT = N_("Comment")


def _comment_words(tr: Translator) -> dict[str, str]:
    """What can be said of a comment without its words."""
    return {
        "none": tr.ctr("comment", "none"),
        "written": tr.ctr("comment", "written"),
        "rewritten": tr.ctr("comment", "rewritten"),
        "taken out": tr.ctr("comment", "taken out"),
    }


def changes_in(changes: Sequence[Change], report: Translator, tr: Translator) -> list[Change]:
    """Changes in the words of another language than their report's."""
    names = [_COMMENT, _SEE_PART, *(asked[0] for asked in _SUMMARY.values())]
    names += [part.label for part in _PARTS.values()]
    words = {report.tr(name): tr.tr(name) for name in names}
    words |= zip(_comment_words(report).values(), _comment_words(tr).values(), strict=True)
    return [
        Change(
            label=words.get(change["label"], change["label"]),
            was=words.get(change["was"], change["was"]),
            now=words.get(change["now"], change["now"]),
        )
        for change in changes
    ]
