"""The figures of a week, against counts made another way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scc_admin.editorial import DraftDetails, PageInput, Readiness
from scc_admin.errors import UserError
from scc_admin.i18n import Translator
from scc_admin.model import Language, Network, Rung, Situation, Target
from scc_admin.moderation import CaseInput, IncidentInput, StepInput
from scc_admin.reports import Week, weekly

TORONTO = ZoneInfo("America/Toronto")


@pytest.mark.parametrize("text", ["2026-W00", "2026-W54", "2025-W53", "W12", "", "2026-47", "x-Wy"])
def test_what_is_no_week_is_said(text):
    with pytest.raises(UserError) as failure:
        Week.parse(text)
    assert failure.value.code == "week"


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.booleans())
def test_a_week_holds_its_days_and_reads_back(when, sunday):
    week = Week.of(when, sunday=sunday)
    assert week.first <= when <= week.last
    assert week.first.weekday() == (6 if sunday else 0)
    assert Week.parse(str(week), sunday=sunday) == week
    assert week.shifted(1).first == week.first + timedelta(days=7)
    assert week.shifted(-1).shifted(1) == week


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_weeks_follow_each_other_without_gap_even_when_clocks_change(when):
    week = Week.of(when)
    assert week.bounds(TORONTO)[1] == week.shifted(1).bounds(TORONTO)[0]


def count(open_store, week, language=Language.FR, **options):
    with open_store.reading() as db:
        return weekly(
            db,
            week,
            tr=Translator(language),
            zone=TORONTO,
            zone_name="America/Toronto",
            made_at=datetime(2026, 11, 23, tzinfo=UTC),
            made_by="Ana Roy",
            organisation="SCC",
            rule_name=str,
            question_text=str,
            **options,
        )


def figures(data, group="summary"):
    return {f["key"]: (f["value"], list(f["before"])) for f in data[group]}


def test_posts_incidents_and_bans_fall_in_their_local_week(
    open_store, editorial, moderation, clock
):
    page = editorial.add_page(PageInput("Québec", Network.FACEBOOK))
    editorial.add_page(PageInput("Nationale", Network.FACEBOOK, managed=False))
    # Sunday 23:30 in Montréal is already Monday in UTC.
    for at in ("2026-11-15T23:30-05:00", "2026-11-16T00:30-05:00", "2026-11-22T23:59-05:00"):
        draft = editorial.add_draft(
            DraftDetails(page_id=page, planned_at=datetime.fromisoformat(at)),
            [(Target.FACEBOOK, Language.FR, f"Bonjour {at}")],
        )
        editorial.mark_ready(draft, Readiness())
        editorial.mark_published(draft, datetime.fromisoformat(at), "")
    clock.now = datetime(2026, 11, 18, 15, tzinfo=UTC)
    case_id = moderation.open_case(CaseInput("Menaces", Situation.THREAT_OR_HATE))
    moderation.log_incident(case_id, IncidentInput(text="…menace…"))
    step, _ = moderation.climb(case_id, StepInput(Rung.BAN, reason="Menace de mort"))
    data = count(open_store, Week(2026, 47))
    assert figures(data)["published"] == (2, [0, 0, 0, 1])
    assert figures(data)["incidents"] == (1, [0, 0, 0, 0])
    assert figures(data)["bans"] == (1, [0, 0, 0, 0])
    assert [(p["page"], p["published"]) for p in data["pages"]] == [("Québec", 2)]
    assert [s["person"] for s in data["sanctions"]] == ["Usager 001"]
    moderation.retract(step, "Mauvaise personne")
    assert figures(count(open_store, Week(2026, 47)))["bans"][0] == 0


def test_persons_are_named_only_when_chosen(open_store, moderation, clock):
    from scc_admin.moderation import PersonInput

    clock.now = datetime(2026, 11, 18, 15, tzinfo=UTC)
    case_id = moderation.open_case(
        CaseInput("x", Situation.THREAT_OR_HATE, new_person=PersonInput(name="Jean Untel"))
    )
    moderation.log_incident(case_id, IncidentInput(text="…menace…"))
    moderation.climb(case_id, StepInput(Rung.BAN, reason="Menace de mort"))
    hidden = count(open_store, Week(2026, 47))
    assert "Jean Untel" not in str(hidden)
    named = count(open_store, Week(2026, 47), persons_named=True)
    assert named["sanctions"][0]["person"] == "Usager 001 (Jean Untel)"


def test_an_empty_workspace_has_an_honest_report(open_store):
    data = count(open_store, Week(2026, 47))
    assert all(f["value"] == 0 for f in data["summary"])
    assert [d["looked"] for d in data["monitoring"]] == [0] * 7
    assert data["earlier_export"] is None
