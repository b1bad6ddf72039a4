"""The calendar as it is read, and the work of a day. Nothing here changes anything.

A day is a day of a place: functions that need one take the zone (None: this computer's own).
"""

from __future__ import annotations

import functools
import json
import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from operator import itemgetter
from typing import Any, NamedTuple

from scc_admin.i18n import N_, Bilingual, data_folder
from scc_admin.model import (
    NAMING,
    Campaign,
    CampaignKind,
    DraftState,
    Language,
    Level,
    Network,
    Page,
    PageKind,
    Placement,
    PostKind,
    Step,
    first_page,
    first_words,
    page_names,
)
from scc_admin.store import Reading, Row, day, instant, instant_or_none, stamp, to_json

CLOSE = timedelta(hours=1)
"""Two posts nearer than this meet each other."""
BEFORE_CAMPAIGN = timedelta(days=21)
AFTER_CAMPAIGN = timedelta(days=21)
"""How long before its period, and after it, a campaign's missing posts are asked for."""
SAME_TEXT_FROM = 30
"""Characters: shorter texts may well be the same in two posts."""


# --- What stands in the calendar -----------------------------------------------------------------


class Audience(NamedTuple):
    """Those who follow a page."""

    page_id: int | None
    network: Network | None
    language: Language | None
    region: str


class Item(NamedTuple):
    """Something on a day: a draft, by when it came out or is planned, or a dated line.

    A calendar holds thousands of them: `item` makes one, and knows its days.
    """

    key: str
    """Tells items apart: d12 or e7."""
    draft_id: int | None
    entry_id: int | None
    title: str
    """What names it; the beginning of the text for a draft without title; may be empty."""
    at: datetime
    until: datetime
    """The same as `at` for a draft."""
    day: date
    last_day: date
    """The last day that it touches. The end of a line that lasts all day is not part of it."""
    all_day: bool = False
    state: DraftState | None = None
    """None for a dated line."""
    kind: PostKind = PostKind.POST
    page_id: int | None = None
    page: str = ""
    network: Network | None = None
    level: Level | None = None
    language: Language | None = None
    region: str = ""
    campaign_id: int | None = None
    step: Step | None = None
    share_of: int | None = None
    place: str = ""
    source: str = ""
    placements: tuple[Placement, ...] = ()
    """Of a draft: where it goes. `page_id`, `network`, `level`, `language` and `region` are those
    of the first page, `page` names them all."""

    @property
    def audiences(self) -> Sequence[Audience]:
        """Who is spoken to: one for each page, or for the one that is not chosen yet."""
        if len(self.placements) < 2:
            return (Audience(self.page_id, self.network, self.language, self.region),)
        return [
            Audience(made.page.id, made.page.network, made.page.language, made.page.region)
            if made.page
            else Audience(None, made.network, None, "")
            for made in self.placements
        ]

    @property
    def goes_to(self) -> Network | None:
        """The network that it is for; where no page is chosen yet, by its text."""
        if self.network is None and self.placements:
            return self.placements[0].network
        return self.network

    @property
    def movable(self) -> bool:
        """Whether its day is still to be decided."""
        return self.state not in _SETTLED

    def late(self, now: datetime) -> bool:
        """Whether it should be out by now, and is not."""
        return self.at < now and self.state in _TO_COME

    def moved(self, days: int, zone: tzinfo | None) -> Item:
        """The same some days later (or earlier), at the same hour on the clock."""
        step = timedelta(days=days)
        at = self.at + step if self.all_day else shifted(self.at, days, zone)
        return self.put(at, zone)

    def put(self, at: datetime, zone: tzinfo | None) -> Item:
        """The same, beginning at another instant and lasting as long."""
        until = at + (self.until - self.at)
        day, last = days_of(at, until, self.all_day, zone)
        return self._replace(at=at, until=until, day=day, last_day=last)


_SETTLED = frozenset({DraftState.PUBLISHED, DraftState.ARCHIVED})
_TO_COME = frozenset({DraftState.DRAFT, DraftState.TO_VALIDATE, DraftState.READY})


def days_of(at: datetime, until: datetime, all_day: bool, zone: tzinfo | None) -> tuple[date, date]:
    """The first and the last day that a stretch of time touches."""
    first = at.date() if all_day else at.astimezone(zone).date()
    if until <= at:
        return first, first
    end = until - timedelta(seconds=1)
    return first, max(first, end.date() if all_day else end.astimezone(zone).date())


def shifted(at: datetime, days: int, zone: tzinfo | None) -> datetime:
    """An instant some days away, at the same hour on the clock."""
    local = at.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    aware = local.replace(tzinfo=zone) if zone is not None else local.astimezone()
    return aware.astimezone(UTC)


def start_of(when: date, zone: tzinfo | None) -> datetime:
    """The first instant of a day."""
    return datetime.combine(when, time(), zone).astimezone(UTC)


TITLE = (
    "CASE WHEN d.title <> '' THEN d.title ELSE coalesce((SELECT"
    f"  char(31) || substr(v.text, 1, {NAMING + 2})"
    "  FROM variants v WHERE v.draft_id = d.id AND NOT v.removed AND v.text <> ''"
    "  ORDER BY v.language = 'en', v.id LIMIT 1), '') END AS title"
)
"""SQL: what names a draft `d`, the beginning of its text when it has no title; read by `named`."""
AT = (
    "coalesce(d.published_at, d.planned_at,"
    " (SELECT min(m.published_at) FROM placements m WHERE m.draft_id = d.id))"
)
"""SQL: when a draft `d` came out, or is planned for; or when it came out first, of one that is yet
out on some of its networks only and was never planned."""
_DRAFT = (
    f"SELECT d.id, {TITLE}, d.state, d.kind, d.campaign_id, d.step, d.share_of, {AT} AS at"
    " FROM drafts d WHERE d.trashed_at IS NULL"
)
_WITHIN = (
    "d.published_at >= ?1 AND d.published_at < ?2",
    "d.published_at IS NULL AND d.planned_at >= ?1 AND d.planned_at < ?2",
    "d.published_at IS NULL AND d.planned_at IS NULL AND d.id IN (SELECT draft_id FROM placements"
    f" WHERE published_at >= ?1 AND published_at < ?2) AND {AT} >= ?1",
)
"""SQL: `AT` in [?1, ?2), as the indexes can find it."""
PARTLY_OUT = (
    "d.published_at IS NULL AND d.state = 'ready'"
    " AND EXISTS (SELECT 1 FROM placements m WHERE m.draft_id = d.id"
    "  AND m.published_at IS NOT NULL)"
)
"""SQL: whether a draft `d` is out on some of its networks, and owed on others."""


def named(title: str) -> str:
    """A `TITLE` on one line: a title whole, a text by its first words."""
    if title.startswith("\x1f"):
        return first_words(title[1:])
    return " ".join(title.split())


def page_of(row: Row) -> Page:
    return Page(
        id=row["id"],
        uid=row["uid"],
        name=row["name"],
        network=Network(row["network"]),
        kind=PageKind(row["kind"]),
        level=Level(row["level"]),
        language=Language(row["language"]),
        handle=row["handle"],
        url=row["url"],
        region=row["region"],
        official=bool(row["official"]),
        managed=bool(row["managed"]),
        purpose=row["purpose"],
        contacts=tuple(json.loads(row["contacts"])),
        archived=bool(row["archived"]),
        limit=row["post_limit"],
    )


def placements(db: Reading, drafts: Sequence[int]) -> dict[int, tuple[Placement, ...]]:
    """Where these drafts go, in the order in which their networks came."""
    ids = to_json(list(drafts))
    pages = {
        row["id"]: page_of(row)
        for row in db.all(
            "SELECT * FROM pages WHERE id IN (SELECT page_id FROM placements"
            " WHERE draft_id IN (SELECT value FROM json_each(?)))",
            (ids,),
        )
    }
    found: dict[int, tuple[Placement, ...]] = defaultdict(tuple)
    for draft_id, network, page_id, published_at, permalink in db.all(
        "SELECT draft_id, network, page_id, published_at, permalink FROM placements"
        " WHERE draft_id IN (SELECT value FROM json_each(?)) ORDER BY draft_id, id",
        (ids,),
    ):
        found[draft_id] += (
            Placement(
                _NETWORKS[network], pages.get(page_id), instant_or_none(published_at), permalink
            ),
        )
    return found


def items(db: Reading, first: date, last: date, *, zone: tzinfo | None) -> list[Item]:
    """What touches the days from `first` to `last`, both included, in order of time."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 2)]
    # A day begins at an instant: one search among these is a tenth of a conversion of zones.
    begins = [stamp(start_of(day, zone)) for day in days]
    start, end = begins[0], begins[-1]
    drafts = db.all(
        " UNION ALL ".join(f"{_DRAFT} AND {within}" for within in _WITHIN), (start, end)
    )
    # Lines that last all day are stored at midnight UTC of their days, whatever the zone.
    lines = db.all(
        "SELECT e.*, p.name AS page, p.network, p.level, p.language, p.region"
        " FROM calendar_entries e LEFT JOIN pages p ON p.id = e.page_id"
        " WHERE (NOT e.all_day AND e.starts_at < ?2 AND (e.ends_at > ?1 OR e.starts_at >= ?1))"
        " OR (e.all_day AND e.starts_at < ?4 AND (e.ends_at > ?3 OR e.starts_at >= ?3))",
        (
            start,
            end,
            stamp(datetime.combine(first, time(), UTC)),
            stamp(datetime.combine(last + timedelta(days=1), time(), UTC)),
        ),
    )
    places = placements(db, [row["id"] for row in drafts])
    found = [
        _draft_item(row, days[bisect_right(begins, row["at"]) - 1], places[row["id"]])
        for row in drafts
    ]
    found += [_line_item(row, zone) for row in lines]
    found.sort(key=itemgetter(4, 0))  # `at`, `key`
    return found


_STATES = {state.value: state for state in DraftState}
_KINDS = {kind.value: kind for kind in PostKind}
_NETWORKS = {network.value: network for network in Network}
_LEVELS = {level.value: level for level in Level}
_LANGUAGES = {language.value: language for language in Language}
_STEPS = {step.value: step for step in Step}


def _draft_item(row: Row, day: date, placements: tuple[Placement, ...]) -> Item:
    draft_id, title, state, kind, campaign_id, step, share_of, at = row
    when = instant(at)
    page = first_page(placements)
    return Item(
        f"d{draft_id}",
        draft_id,
        None,
        named(title),
        when,
        when,
        day,
        day,
        False,
        _STATES[state],
        _KINDS[kind],
        page.id if page else None,
        page_names(placements),
        page.network if page else None,
        page.level if page else None,
        page.language if page else None,
        page.region if page else "",
        campaign_id,
        _STEPS.get(step),
        share_of,
        placements=placements,
    )


def _line_item(row: Row, zone: tzinfo | None) -> Item:
    at, until, all_day = instant(row["starts_at"]), instant(row["ends_at"]), bool(row["all_day"])
    first, last = days_of(at, until, all_day, zone)
    return Item(
        f"e{row['id']}",
        None,
        row["id"],
        row["title"],
        at,
        until,
        first,
        last,
        all_day,
        page_id=row["page_id"],
        page=row["page"] or "",
        network=_NETWORKS.get(row["network"]),
        level=_LEVELS.get(row["level"]),
        language=_LANGUAGES.get(row["language"]),
        region=row["region"] or "",
        campaign_id=row["campaign_id"],
        place=row["place"],
        source=row["source"],
    )


def texts(db: Reading, first: date, last: date, *, zone: tzinfo | None) -> dict[int, set[str]]:
    """The texts of the drafts of some days as the duplicate check compares them, by draft."""
    start, end = stamp(start_of(first, zone)), stamp(start_of(last + timedelta(days=1), zone))
    found: dict[int, set[str]] = defaultdict(set)
    for row in db.all(
        "SELECT d.id, k.norm FROM drafts d JOIN variants v ON v.draft_id = d.id"
        " JOIN known_posts k ON k.variant_id = v.id"
        f" WHERE {' OR '.join(f'({within})' for within in _WITHIN)}",
        (start, end),
    ):
        if len(row["norm"]) >= SAME_TEXT_FROM:
            found[row["id"]].add(row["norm"])
    return found


# --- Conflicts -----------------------------------------------------------------------------------


class Clash(StrEnum):
    """Why two posts, or a post and its campaign, do not go together."""

    SAME_PAGE = "same_page"
    """Two posts of one page within the hour."""
    SAME_AUDIENCE = "same_audience"
    """Two pages that the same people follow, on one network, within the hour (slide 20)."""
    SAME_TEXT = "same_text"
    """The same words in two posts of which neither is declared a share (slide 20)."""
    OUTSIDE = "outside"
    """Outside the period of its campaign (slide 43)."""


@dataclass(frozen=True, slots=True)
class Conflict:
    clash: Clash
    other: Item | None = None
    campaign: Campaign | None = None


CLASHES: Mapping[Clash, str] = {
    Clash.SAME_PAGE: N_("Within the hour of “{title}”, on the same page."),
    Clash.SAME_AUDIENCE: N_("Within the hour of “{title}” ({page}): the same people see both."),
    Clash.SAME_TEXT: N_("Same words as “{title}” ({page}): share the original, or rewrite."),
    Clash.OUTSIDE: N_("Outside the period of “{title}”."),
}
"""Sentences for `title` and `page` of the other."""


def conflicts(
    found: Sequence[Item],
    campaigns: Iterable[Campaign],
    said: Mapping[int, set[str]],
) -> dict[str, tuple[Conflict, ...]]:
    """What clashes, by item key. Posts that are all out already are past mending: left alone."""
    clashes: dict[str, list[Conflict]] = defaultdict(list)

    def meet(one: Item, other: Item, clash: Clash) -> None:
        clashes[one.key].append(Conflict(clash, other))
        clashes[other.key].append(Conflict(clash, one))

    posts = sorted(
        (i for i in found if i.state is not None and i.state is not DraftState.ARCHIVED),
        key=lambda item: item.at,
    )
    for place, one in enumerate(posts):
        until = one.at + CLOSE
        for later in range(place + 1, len(posts)):
            other = posts[later]
            if other.at >= until:
                break
            if not (one.movable or other.movable):
                continue
            pairs = [(ours, theirs) for ours in one.audiences for theirs in other.audiences]
            if any(a.page_id is not None and a.page_id == b.page_id for a, b in pairs):
                meet(one, other, Clash.SAME_PAGE)
            elif any(_same(a, b) for a, b in pairs):
                meet(one, other, Clash.SAME_AUDIENCE)
    by_text: dict[str, list[Item]] = defaultdict(list)
    for item in posts:
        for text in said.get(item.draft_id or 0, ()):
            by_text[text].append(item)
    for same in by_text.values():
        first = same[0]
        for other in same[1:]:
            declared = other.share_of == first.draft_id or first.share_of == other.draft_id
            if not declared and (first.movable or other.movable):
                meet(first, other, Clash.SAME_TEXT)
    periods = {campaign.id: campaign for campaign in campaigns}
    for item in posts:
        campaign = periods.get(item.campaign_id or 0)
        if campaign is not None and item.movable and _outside(item, campaign):
            clashes[item.key].append(Conflict(Clash.OUTSIDE, campaign=campaign))
    return {key: tuple(some) for key, some in clashes.items()}


def _same(one: Audience, other: Audience) -> bool:
    """Whether people follow both: one network and language, and no two different regions."""
    if one.network is None or one.network is not other.network:
        return False
    if one.language is not other.language or one.page_id == other.page_id:
        return False
    return not (one.region and other.region) or one.region.casefold() == other.region.casefold()


def _outside(item: Item, campaign: Campaign) -> bool:
    when = item.day
    match item.step:
        case Step.BEFORE:
            return when > campaign.ends_on
        case Step.AFTER:
            return when < campaign.starts_on
    return not campaign.starts_on <= when <= campaign.ends_on


# --- Recurring dates -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recurring:
    """A date that comes back each year. `kind`: holiday, observance, awareness or charity."""

    key: str
    kind: str
    name: Bilingual
    first: date
    last: date


def recurring(first: date, last: date) -> list[Recurring]:
    """The dates of `resources/dates.toml` that touch these days, in order."""
    found = [
        made
        for year in range(first.year - 1, last.year + 1)
        for made in _year(year)
        if made.first <= last and made.last >= first
    ]
    return sorted(found, key=lambda made: (made.first, made.last, made.key))


@functools.lru_cache(maxsize=16)
def _year(year: int) -> tuple[Recurring, ...]:
    found = []
    for record in _declared():
        begins = _begins(record, year)
        found.append(
            Recurring(
                record["key"],
                record["kind"],
                Bilingual.of(record, "name"),
                begins,
                begins + timedelta(days=record.get("days", 1) - 1),
            )
        )
    return tuple(found)


@functools.cache
def _declared() -> tuple[Mapping[str, Any], ...]:
    path = data_folder("resources") / "dates.toml"
    return tuple(tomllib.loads(path.read_text("utf-8"))["date"])


def _begins(record: Mapping[str, Any], year: int) -> date:
    """The first day, by the rules that the file explains."""
    match record["rule"]:
        case "easter":
            return easter(year) + timedelta(days=record["offset"])
        case "nth":
            return nth_weekday(year, record["month"], record["weekday"], record["nth"]) + timedelta(
                days=record.get("offset", 0)
            )
        case "before":
            when = date(year, record["month"], record["day"])
            return when - timedelta(days=(when.weekday() - record["weekday"] - 1) % 7 + 1)
        case _:
            return date(year, record["month"], record["day"])


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth such weekday of a month (Monday is 0); -1 is the last."""
    if nth > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    after = date(year + month // 12, month % 12 + 1, 1)
    last = after - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-1 - nth))


def easter(year: int) -> date:
    """Easter Sunday of the western churches (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


# --- Campaigns in three steps --------------------------------------------------------------------


def campaigns(db: Reading, first: date = date.min, last: date = date.max) -> list[Campaign]:
    """The campaigns whose period touches these days, in order of time."""
    return [
        Campaign(
            id=row["id"],
            uid=row["uid"],
            key=row["key"],
            name_fr=row["name_fr"],
            name_en=row["name_en"],
            kind=CampaignKind(row["kind"]),
            starts_on=day(row["starts_on"]),
            ends_on=day(row["ends_on"]),
            hashtags=tuple(json.loads(row["hashtags"])),
            keywords=tuple(json.loads(row["keywords"])),
            objective_cents=row["objective_cents"],
            raised_cents=row["raised_cents"],
            notes=row["notes"],
        )
        for row in db.all(
            "SELECT * FROM campaigns WHERE starts_on <= ? AND ends_on >= ?"
            " ORDER BY starts_on, name_fr, id",
            (last.isoformat(), first.isoformat()),
        )
    ]


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that a step of a campaign owes (slides 15, 34, 35)."""

    key: str
    step: Step
    text: str


OWED: Mapping[CampaignKind, tuple[Owed, ...]] = {
    CampaignKind.EVENT: (
        Owed("invitation", Step.BEFORE, N_("The invitation: what, when, where")),
        Owed("picture", Step.BEFORE, N_("A picture with the invitation")),
        Owed("photos", Step.DURING, N_("Pictures of the day")),
        Owed("testimonials", Step.AFTER, N_("What people say of it")),
        Owed("results", Step.AFTER, N_("The results, and thanks")),
    ),
    CampaignKind.CAMPAIGN: (
        Owed("invitation", Step.BEFORE, N_("The announcement")),
        Owed("photos", Step.DURING, N_("Pictures or films of the launch")),
        Owed("results", Step.AFTER, N_("The results, and thanks")),
    ),
    CampaignKind.FUNDRAISING: (
        Owed("invitation", Step.BEFORE, N_("The announcement: for what, until when")),
        Owed("photos", Step.DURING, N_("Pictures of those who give or take part")),
        Owed("results", Step.AFTER, N_("The amount raised, and thanks")),
        Owed("amount", Step.AFTER, N_("The amount on the campaign's sheet")),
    ),
    CampaignKind.FIELD: (),
}


@dataclass(frozen=True, slots=True)
class CampaignPost:
    """A draft of a campaign, as far as its steps need to know it."""

    draft_id: int
    title: str
    kind: PostKind
    state: DraftState
    step: Step | None
    at: datetime | None
    pictures: int
    placements: tuple[Placement, ...] = ()
    """Where it goes, and since when it is out there."""


@dataclass(frozen=True, slots=True)
class Due:
    """What a step owes, and the drafts that see to it; none: it is missing."""

    owed: Owed
    posts: tuple[CampaignPost, ...]
    met: bool


@dataclass(frozen=True, slots=True)
class CampaignSteps:
    """A campaign with its three steps."""

    campaign: Campaign
    posts: tuple[CampaignPost, ...]
    dues: tuple[Due, ...]

    def missing(self) -> tuple[Owed, ...]:
        return tuple(due.owed for due in self.dues if not due.met)

    def asked_now(self, today: date) -> tuple[Owed, ...]:
        """What is missing and whose time it is: neither weeks too early nor months too late."""
        begins, ends = self.campaign.starts_on, self.campaign.ends_on
        windows = {
            Step.BEFORE: (begins - BEFORE_CAMPAIGN, ends),
            Step.DURING: (begins, ends + timedelta(days=7)),
            Step.AFTER: (ends + timedelta(days=1), ends + AFTER_CAMPAIGN),
        }
        return tuple(
            owed
            for owed in self.missing()
            if windows[owed.step][0] <= today <= windows[owed.step][1]
        )


def campaign_steps(db: Reading, campaigns: Iterable[Campaign]) -> list[CampaignSteps]:
    """The three steps of each campaign, by the drafts that name it."""
    campaigns = list(campaigns)
    by_campaign: dict[int, list[CampaignPost]] = defaultdict(list)
    rows = db.all(
        f"SELECT d.id, {TITLE}, d.kind, d.state, d.step, d.campaign_id, {AT} AS at,"
        " (SELECT count(*) FROM media m WHERE m.draft_id = d.id) AS pictures"
        " FROM drafts d"
        " WHERE d.campaign_id IN (SELECT value FROM json_each(?)) AND d.trashed_at IS NULL"
        " ORDER BY at IS NULL, at, d.id",
        (to_json([campaign.id for campaign in campaigns]),),
    )
    places = placements(db, [row["id"] for row in rows])
    for row in rows:
        by_campaign[row["campaign_id"]].append(
            CampaignPost(
                row["id"],
                named(row["title"]),
                PostKind(row["kind"]),
                DraftState(row["state"]),
                Step(row["step"]) if row["step"] else None,
                instant_or_none(row["at"]),
                row["pictures"],
                places[row["id"]],
            )
        )
    return [steps_of(campaign, by_campaign[campaign.id]) for campaign in campaigns]


def steps_of(campaign: Campaign, posts: Sequence[CampaignPost]) -> CampaignSteps:
    """Which of a campaign's posts see to what its steps owe."""
    dues = []
    for owed in OWED[campaign.kind]:
        seen_to = tuple(p for p in posts if p.step is owed.step and _sees_to(p, owed.key))
        met = campaign.raised_cents is not None if owed.key == "amount" else bool(seen_to)
        dues.append(Due(owed, seen_to, met))
    return CampaignSteps(campaign, tuple(posts), tuple(dues))


def _sees_to(post: CampaignPost, key: str) -> bool:
    match key:
        case "picture" | "photos":
            return post.pictures > 0
        case "testimonials":
            return post.kind is PostKind.TESTIMONIAL
        case "results":
            return post.kind is not PostKind.TESTIMONIAL
        case "amount":
            return False
    return post.kind is not PostKind.TESTIMONIAL
