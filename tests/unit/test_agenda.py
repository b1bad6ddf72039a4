"""What stands in the calendar, what clashes, which days come back, what a campaign still owes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scc_admin import agenda
from scc_admin.agenda import Clash, Item, easter, nth_weekday, recurring, shifted
from scc_admin.editorial import (
    CampaignInput,
    DraftDetails,
    EntryInput,
    PageInput,
    Readiness,
)
from scc_admin.model import (
    Campaign,
    CampaignKind,
    DraftState,
    Language,
    Level,
    Network,
    PostKind,
    Step,
    Target,
)

ZONE = ZoneInfo("America/Toronto")
NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)


def at(day: int, hour: int = 12, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def post(key: int, when: datetime, **more: object) -> Item:
    day = when.astimezone(ZONE).date()
    given_: dict[str, object] = {
        "key": f"d{key}",
        "draft_id": key,
        "entry_id": None,
        "title": f"Texte {key}",
        "at": when,
        "until": when,
        "day": day,
        "last_day": day,
        "state": DraftState.DRAFT,
        "page_id": 1,
        "network": Network.FACEBOOK,
        "language": Language.FR,
    }
    return Item(**(given_ | more))  # type: ignore[arg-type]


@pytest.fixture
def page(editorial) -> int:
    return editorial.add_page(PageInput("SCC Québec", Network.FACEBOOK, level=Level.DIVISIONAL))


def read(store, *days: date) -> list[Item]:
    with store.reading() as db:
        return agenda.items(db, *(days or NOVEMBER), zone=ZONE)


def test_drafts_and_lines_stand_on_their_local_days(open_store, editorial, page) -> None:
    late = editorial.add_draft(
        DraftDetails("Tard le soir", page_id=page, planned_at=at(30, 23, 30)),
        [(Target.FACEBOOK, Language.FR, "Bonne nuit.")],
    )
    editorial.add_draft(DraftDetails("En décembre", page_id=page, planned_at=at(1, 0, 0, 12)))
    editorial.add_draft(DraftDetails("Sans date", page_id=page))
    fair = editorial.add_entry(
        EntryInput(
            "Foire",
            datetime(2026, 10, 30, tzinfo=UTC),
            datetime(2026, 11, 2, tzinfo=UTC),
            all_day=True,
        )
    )
    editorial.add_entry(
        EntryInput(
            "Octobre",
            datetime(2026, 10, 31, tzinfo=UTC),
            datetime(2026, 11, 1, tzinfo=UTC),
            all_day=True,
        )
    )
    found = read(open_store)
    assert [(i.draft_id, i.entry_id) for i in found] == [(None, fair), (late, None)]
    assert found[1].day == date(2026, 11, 30)
    assert (found[0].day, found[0].last_day) == (date(2026, 10, 30), date(2026, 11, 1))


def test_a_published_post_stands_where_it_came_out(open_store, editorial, page, clock) -> None:
    draft = editorial.add_draft(
        DraftDetails("", page_id=page, planned_at=at(2)),
        [(Target.FACEBOOK, Language.FR, "Merci  à\nnos bénévoles!")],
    )
    editorial.mark_ready(draft, Readiness())
    editorial.mark_published(draft, at(20), "https://exemple.org/1")
    (item,) = read(open_store)
    assert item.day == date(2026, 11, 20) and not item.movable
    assert item.title == "Merci à nos bénévoles!"
    assert not read(open_store, date(2026, 11, 2), date(2026, 11, 2))
    editorial.trash(draft)
    assert read(open_store) == []


def test_moving_keeps_the_hour_across_a_change_of_clocks() -> None:
    item = post(1, datetime(2026, 10, 31, 9, 0, tzinfo=ZONE).astimezone(UTC))
    moved = item.moved(1, ZONE)
    assert moved.at.astimezone(ZONE).hour == 9 and moved.day == date(2026, 11, 1)
    assert moved.at - item.at == timedelta(hours=25)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),
    st.integers(-400, 400),
)
def test_moving_there_and_back_changes_nothing(naive: datetime, days: int) -> None:
    when = naive.replace(hour=12, tzinfo=ZONE).astimezone(UTC)
    assert shifted(shifted(when, days, ZONE), -days, ZONE) == when


# --- Conflicts -----------------------------------------------------------------------------------


def clashes(items: list[Item], campaigns: tuple[Campaign, ...] = (), **said: str) -> set[tuple]:
    texts = {int(key[1:]): {text} for key, text in said.items()}
    found = agenda.conflicts(items, campaigns, texts)
    return {(key, c.clash) for key, some in found.items() for c in some}


def test_two_posts_of_one_page_in_the_hour() -> None:
    near = [post(1, at(3, 12)), post(2, at(3, 12, 59)), post(3, at(3, 14))]
    assert clashes(near) == {("d1", Clash.SAME_PAGE), ("d2", Clash.SAME_PAGE)}


def test_the_same_people_follow_the_division_and_their_region() -> None:
    division = post(1, at(3), page_id=1)
    region = post(2, at(3), page_id=2, region="Estrie")
    other = post(3, at(3), page_id=3, region="Gaspésie")
    english = post(4, at(3), page_id=4, language=Language.EN)
    assert clashes([region, other]) == set()
    assert clashes([division, english]) == set()
    assert clashes([division, post(5, at(3), page_id=5, network=Network.X)]) == set()
    assert clashes([division, region]) == {
        ("d1", Clash.SAME_AUDIENCE),
        ("d2", Clash.SAME_AUDIENCE),
    }


def test_the_same_words_twice_unless_one_shares_the_other() -> None:
    one, other = post(1, at(3)), post(2, at(9), page_id=2)
    words = "venez marcher avec nous dimanche au parc"
    both = {("d1", Clash.SAME_TEXT), ("d2", Clash.SAME_TEXT)}
    assert clashes([one, other], d1=words, d2=words) == both
    shared = post(2, at(9), page_id=2, share_of=1)
    assert clashes([one, shared], d1=words, d2=words) == set()


def test_what_is_out_already_is_past_mending() -> None:
    out = [post(n, at(3), state=DraftState.PUBLISHED) for n in (1, 2)]
    assert clashes(out, d1="le même texte, publié deux fois", d2="x") == set()


def campaign(kind: CampaignKind = CampaignKind.EVENT, **more: object) -> Campaign:
    given_: dict[str, object] = {
        "id": 1,
        "uid": "u",
        "key": "relais",
        "name_fr": "Relais",
        "name_en": "",
        "kind": kind,
        "starts_on": date(2026, 11, 10),
        "ends_on": date(2026, 11, 20),
    }
    return Campaign(**(given_ | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "step", "outside"),
    [
        (15, None, False),
        (9, None, True),
        (9, Step.BEFORE, False),
        (21, Step.BEFORE, True),
        (25, Step.AFTER, False),
        (9, Step.AFTER, True),
        (21, Step.DURING, True),
    ],
)
def test_outside_the_period_of_its_campaign(day: int, step: Step | None, outside: bool) -> None:
    item = post(1, at(day), campaign_id=1, step=step)
    assert bool(clashes([item], (campaign(),))) is outside


# --- Recurring dates -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "day"),
    [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2027, (3, 28)), (2038, (4, 25))],
)
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


@given(st.integers(1900, 2199))
def test_easter_is_a_sunday_in_its_five_weeks(year: int) -> None:
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


@given(
    st.integers(2000, 2100),
    st.integers(1, 12),
    st.integers(0, 6),
    st.sampled_from([1, 2, 3, 4, -1]),
)
def test_the_nth_weekday_is_one(year: int, month: int, weekday: int, nth: int) -> None:
    found = nth_weekday(year, month, weekday, nth)
    assert (found.month, found.weekday()) == (month, weekday)
    if nth == -1:
        assert (found + timedelta(days=7)).month != month
    else:
        assert (found.day - 1) // 7 == nth - 1


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("patriots", (2026, 5, 18), (2026, 5, 18)),
        ("patriots", (2027, 5, 24), (2027, 5, 24)),
        ("labour-day", (2026, 9, 7), (2026, 9, 7)),
        ("thanksgiving", (2026, 10, 12), (2026, 10, 12)),
        ("giving-tuesday", (2026, 12, 1), (2026, 12, 1)),
        ("mothers-day", (2026, 5, 10), (2026, 5, 10)),
        ("clocks-back", (2026, 11, 1), (2026, 11, 1)),
        ("daffodil-month", (2026, 4, 1), (2026, 4, 30)),
        ("good-friday", (2026, 4, 3), (2026, 4, 3)),
    ],
)
def test_known_dates(key: str, first: tuple, last: tuple) -> None:
    year = first[0]
    found = {
        d.key: d for d in recurring(date(year, 1, 1), date(year, 12, 31)) if d.first.year == year
    }
    assert (found[key].first, found[key].last) == (date(*first), date(*last))


def test_dates_that_reach_over_from_the_year_before_and_the_day_itself() -> None:
    assert [d.key for d in recurring(date(2026, 12, 25), date(2026, 12, 25))] == ["christmas"]
    keys = [d.key for d in recurring(date(2027, 1, 1), date(2027, 1, 1))]
    assert keys == ["new-year"]


# --- Campaigns -----------------------------------------------------------------------------------


def test_a_campaign_in_three_steps(open_store, editorial, page, vault) -> None:
    campaign_id = editorial.add_campaign(
        CampaignInput("Relais", date(2026, 11, 10), date(2026, 11, 20), CampaignKind.EVENT)
    )

    def steps() -> agenda.CampaignSteps:
        with open_store.reading() as db:
            (found,) = agenda.campaign_steps(db, editorial.campaigns())
        return found

    assert [o.key for o in steps().missing()] == [
        "invitation", "picture", "photos", "testimonials", "results",
    ]  # fmt: skip
    invitation = DraftDetails("Venez", PostKind.EVENT, page, campaign_id, Step.BEFORE, at(5))
    first = editorial.add_draft(invitation)
    editorial.add_draft(
        DraftDetails("Ana raconte", PostKind.TESTIMONIAL, page, campaign_id, Step.AFTER)
    )
    assert [o.key for o in steps().missing()] == ["picture", "photos", "results"]
    assert [p.draft_id for p in steps().dues[0].posts] == [first]
    assert [o.key for o in steps().asked_now(date(2026, 11, 1))] == ["picture"]
    assert [o.key for o in steps().asked_now(date(2026, 11, 12))] == ["picture", "photos"]
    assert [o.key for o in steps().asked_now(date(2026, 11, 25))] == ["photos", "results"]
    assert steps().asked_now(date(2027, 3, 1)) == ()


def test_a_field_of_action_owes_nothing_and_a_collection_owes_its_amount() -> None:
    assert agenda.steps_of(campaign(CampaignKind.FIELD), ()).missing() == ()
    collection = campaign(CampaignKind.FUNDRAISING)
    assert "amount" in [o.key for o in agenda.steps_of(collection, ()).missing()]
    known = campaign(CampaignKind.FUNDRAISING, raised_cents=0)
    assert "amount" not in [o.key for o in agenda.steps_of(known, ()).missing()]
