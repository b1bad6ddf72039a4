"""The figures of a week, against counts made another way."""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from scc_admin.documents.weekly import weekly_view
from scc_admin.editorial import DraftDetails, PageInput, Readiness
from scc_admin.errors import UserError
from scc_admin.i18n import Translator
from scc_admin.keys import Kind
from scc_admin.model import Language, Network, Rung, Situation, Target
from scc_admin.moderation import CaseInput, IncidentInput, StepInput
from scc_admin.reports import Week, changes_in, weekly
from scc_admin.workspace import Workspace

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


def test_a_duplicate_is_avoided_by_a_share_that_went_out_that_week(open_store, editorial, clock):
    page = editorial.add_page(PageInput("Québec", Network.FACEBOOK))
    first = editorial.add_draft(
        DraftDetails(page_id=page), [(Target.FACEBOOK, Language.FR, "Le souper est complet.")]
    )

    def share(published: datetime | None) -> None:
        draft = editorial.add_draft(
            DraftDetails(page_id=page, share_of=first),
            [(Target.FACEBOOK, Language.FR, f"À relire {published}")],
        )
        if published is not None:
            editorial.mark_ready(draft, Readiness())
            editorial.mark_published(draft, published, "")

    clock.now = datetime(2026, 11, 12, 15, tzinfo=UTC)
    share(None)  # declared, never published
    clock.now = datetime(2026, 11, 26, 15, tzinfo=UTC)
    share(datetime(2026, 11, 18, 15, tzinfo=UTC))
    share(datetime(2026, 11, 25, 15, tzinfo=UTC))
    share(None)
    for week, avoided in ((46, 0), (47, 1), (48, 1)):
        assert count(open_store, Week(2026, week))["duplicates_avoided"] == avoided, week


def test_posts_without_a_page_and_those_of_an_archived_one_have_their_lines(open_store, editorial):
    old = editorial.add_page(PageInput("Ancienne", Network.FACEBOOK))
    editorial.add_page(PageInput("Québec", Network.FACEBOOK))
    for page, target in ((old, Target.FACEBOOK), (None, Target.X), (None, Target.FACEBOOK)):
        draft = editorial.add_draft(
            DraftDetails(page_id=page, planned_at=datetime(2026, 11, 18, 15, tzinfo=UTC)),
            [(target, Language.FR, f"Bonjour {page} {target}")],
        )
        if target is Target.X:
            editorial.mark_ready(draft, Readiness())
            editorial.mark_published(draft, datetime(2026, 11, 19, 15, tzinfo=UTC), "")
    editorial.change_page(old, PageInput("Ancienne", Network.FACEBOOK, archived=True))
    data = count(open_store, Week(2026, 47))
    assert [tuple(page.values()) for page in data["pages"]] == [
        ("Ancienne", "Facebook", 1, 0),
        ("Québec", "Facebook", 0, 0),
        ("Sans page", "Facebook", 1, 0),
        ("Sans page", "X", 1, 1),
    ]
    for key in ("planned", "published"):
        assert sum(page[key] for page in data["pages"]) == figures(data)[key][0]


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
    view = weekly_view(data, Translator(Language.FR, zone=TORONTO))
    assert view["published"] is None, "bars of nothing are a white gap"
    data["made_by"] = ""
    unsigned = weekly_view(data, Translator(Language.FR, zone=TORONTO))
    assert str(unsigned["made"]["lines"][0]).startswith("Préparé le 22 novembre 2026")


def test_a_week_under_way_is_told_from_one_that_is_over(open_store):
    # Made on Sunday evening in Montréal, which is Monday in UTC.
    assert not count(open_store, Week(2026, 46))["unfinished"]
    assert count(open_store, Week(2026, 47))["unfinished"]
    assert not count(open_store, Week(2026, 47, sunday=True))["unfinished"]


def test_days_to_come_were_not_missed(open_store, editorial):
    editorial.add_page(PageInput("Québec", Network.FACEBOOK))
    data = count(open_store, Week(2026, 47, sunday=True).shifted(1))
    assert [day["due"] for day in data["monitoring"]] == [1] + [0] * 6


def test_days_before_the_first_look_of_all_were_not_missed(exporting):
    workspace = exporting.workspace
    page = workspace.editorial.add_page(PageInput("Québec", Network.FACEBOOK))
    workspace.registers.look(date(2026, 11, 18), page_id=page)
    days = count(workspace.store, Week(2026, 47))["monitoring"]
    assert [(day["looked"], day["due"]) for day in days] == [(0, 0)] * 2 + [(1, 1)] + [(0, 1)] * 4


@pytest.fixture
def exporting(tmp_path):
    now = [datetime(2026, 11, 23, 15, tzinfo=UTC)]
    made = Workspace.create(
        tmp_path / "w",
        protection=Kind.NONE,
        name="Ana Roy",
        settings_file=tmp_path / "settings.json",
        clock=lambda: now[0],
    )
    with made.workspace as workspace:
        workspace.settings.set("me.phone", "418 555-0199")

        def export(language=Language.FR, week="2026-W47", **options):
            now[0] += timedelta(minutes=1)
            voice = Translator(language, zone=TORONTO)
            return workspace.export_weekly(week, tmp_path / "out", voice, **options)

        export.workspace = workspace
        yield export


def test_an_export_of_the_same_figures_says_that_its_comment_changed(exporting):
    exporting(formats=("json",), comment="Un nom de trop")
    paths = exporting(formats=("json", "xlsx"), comment="Sans le nom")
    data = json.loads(paths[0].read_text("utf-8"))
    assert [(c["label"], c["was"], c["now"]) for c in data["changes"]] == [
        ("Commentaire", "rédigé", "récrit")
    ], "what was taken out of a comment is not sent again"
    exporting(Language.EN, formats=("json",), comment="A good week")
    exporting(Language.EN, formats=("xlsx",), comment="A  good week")
    exporting(formats=("json",), comment="")
    last, same, spoken, written, first = exporting.workspace.earlier_reports(
        Translator(Language.EN)
    )
    assert not same.changes and not spoken.changes and not first.changes, "a twin is no change"
    assert len(written.changes) == 1
    assert [(c["label"], c["was"], c["now"]) for c in last.changes] == [
        ("Comment", "written", "taken out")
    ]
    assert [r.name for r in (last, same, spoken, written, first)] == [
        "rapport-2026-W47-3",
        "report-2026-W47-2",
        "report-2026-W47",
        "rapport-2026-W47-2",
        "rapport-2026-W47",
    ], "two lines of the list differ by the name of their files"


def test_an_export_names_the_parts_that_changed_below_the_figures(exporting):
    """Never « nothing changed » while a part does: followers typed in late, a post put off."""
    workspace, english, french = (
        exporting.workspace,
        Translator(Language.EN),
        Translator(Language.FR),
    )
    page = workspace.editorial.add_page(PageInput("Québec", Network.FACEBOOK))
    at = datetime(2026, 11, 25, 15, tzinfo=UTC)
    draft = workspace.editorial.add_draft(DraftDetails(title="Merci", page_id=page, planned_at=at))
    exporting(formats=("json",))
    exporting(Language.EN, formats=("json",))
    workspace.editorial.record_followers(page, date(2026, 11, 20), 1_200)
    exporting(Language.EN, formats=("json",))
    workspace.editorial.plan(draft, at + timedelta(days=1))
    (written,) = exporting(formats=("json",))
    later, late, same, first = workspace.earlier_reports(english)
    assert not first.changes and not same.changes, "another language is no change"
    assert [(c["label"], c["now"]) for c in late.changes] == [
        ("Followers", "changed: see this part")
    ]
    assert [c["label"] for c in later.changes] == ["Planned for the following week"]
    said = json.loads(written.read_text("utf-8"))["changes"]
    assert [c["label"] for c in said] == [french.tr("Planned for the following week")]
    assert changes_in(said, french, english) == list(later.changes)


def test_the_workbook_says_that_nothing_changed(exporting):
    def lines(path):
        sheet = load_workbook(path).worksheets[2]
        return [row[0].value for row in sheet.iter_rows(min_row=2)]

    assert lines(*exporting(formats=("xlsx",))) == ["Jamais exporté auparavant"]
    assert lines(*exporting(formats=("xlsx",))) == ["Aucun changement"]
    about = load_workbook(*exporting(formats=("xlsx",), week="2026-W48")).worksheets[0]
    assert "Semaine en cours : chiffres jusqu’au" in {
        str(cell.value).replace("\xa0", " ") for cell in about["A"]
    }


def test_the_draft_of_an_e_mail_names_the_days_and_is_signed(exporting):
    def read(path):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        return message["Subject"], message.get_body().get_content().replace("\r", "").split("\n\n")

    subject, body = read(exporting(formats=("eml",), comment="Une bonne semaine.")[0])
    assert subject == "Rapport hebdomadaire, semaine 47 (du 16 au 22 novembre 2026)"
    assert [part.strip() for part in body] == [
        "Bonjour,",
        "Voici le rapport de la semaine 47 (du 16 au 22 novembre 2026).",
        "Une bonne semaine.",
        "Cordialement,",
        "Ana Roy\n418 555-0199",
    ]
    _, body = read(exporting(Language.EN, formats=("eml",), week="2026-W48")[0])
    assert body[1] == "Here is the report of week 48 (November 23 to 29, 2026)."
    assert body[2].startswith("Week under way: figures up to November 23, 2026")


def test_the_journal_names_the_files_and_their_language(exporting):
    (path,) = exporting(formats=("json",))
    entry = exporting.workspace.journal.entry(exporting.workspace.journal.size())
    assert entry.values["name"] == path.stem and entry.values["language"] == "fr"
    assert entry.values["json"] == hashlib.sha256(path.read_bytes()).hexdigest()
