"""The first screen's work: each duty appears when it is due, and leaves when it is done."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scc_admin.editorial import CampaignInput, DraftDetails, PageInput, Readiness
from scc_admin.keys import Kind
from scc_admin.model import CampaignKind, Language, Network, Rung, Situation, Target
from scc_admin.moderation import CaseInput, EscalationInput, IncidentInput, StepInput
from scc_admin.today import Duty, Lane
from scc_admin.workspace import Workspace

ZONE = ZoneInfo("America/Toronto")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # a Tuesday, 10 h in Montréal

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(tmp_path: Path, clock: Clock):
    made = Workspace.create(
        tmp_path / "w",
        protection=Kind.NONE,
        name="Ana Roy",
        clock=clock,
        settings_file=tmp_path / "settings.json",
    )
    with made.workspace as workspace:
        yield workspace


def lanes(workspace: Workspace) -> set[tuple[Duty, Lane]]:
    return {(task.duty, task.lane) for task in workspace.today(zone=ZONE).tasks}


def planned(workspace: Workspace, **later: float) -> int:
    return workspace.editorial.add_draft(
        DraftDetails("Texte", planned_at=workspace.clock() + timedelta(**later)),
        [(Target.FACEBOOK, Language.FR, "Un texte.")],
    )


def test_a_new_workspace_has_nothing_to_do_and_says_so(workspace) -> None:
    today = workspace.today(zone=ZONE)
    assert today.empty and not today.tasks and today.day == date(2026, 11, 24)


def test_a_post_is_finished_then_published_then_late(workspace, clock) -> None:
    draft = planned(workspace, hours=2)
    assert lanes(workspace) == {(Duty.FINISH, Lane.DO)}
    workspace.editorial.mark_ready(draft, Readiness())
    assert lanes(workspace) == {(Duty.PUBLISH, Lane.DO)}
    clock.now += timedelta(days=1)
    assert lanes(workspace) == {(Duty.PUBLISH, Lane.LATE)}
    workspace.editorial.mark_published(draft, clock.now, "")
    assert lanes(workspace) == set()


def test_writing_begins_two_days_ahead_and_no_sooner(workspace) -> None:
    planned(workspace, days=2)
    planned(workspace, days=3)
    assert len(workspace.today(zone=ZONE).tasks) == 1


def test_a_ready_post_of_tomorrow_is_no_work(workspace) -> None:
    workspace.editorial.mark_ready(planned(workspace, days=1), Readiness())
    assert lanes(workspace) == set()


def test_a_validation_waits_for_whom_it_was_asked_of(workspace) -> None:
    draft = planned(workspace, days=9)
    workspace.editorial.submit(draft, ["Marc Caron", "Lise Dubé"], "Le chiffre est-il juste?")
    (task,) = workspace.today(zone=ZONE).tasks
    assert (task.duty, task.lane, task.who) == (
        Duty.VALIDATION, Lane.WAIT, "Marc Caron, Lise Dubé",
    )  # fmt: skip
    first, second = workspace.editorial.sheet(draft).approvals
    workspace.editorial.record_approval(first.id, True)
    (task,) = workspace.today(zone=ZONE).tasks
    assert task.who == "Lise Dubé"
    workspace.editorial.record_approval(second.id, True)
    assert lanes(workspace) == {(Duty.VALIDATED, Lane.DO)}


def test_a_refusal_comes_back_to_its_author(workspace) -> None:
    draft = planned(workspace, days=9)
    workspace.editorial.submit(draft, ["Marc Caron"])
    (asked,) = workspace.editorial.sheet(draft).approvals
    workspace.editorial.record_approval(asked.id, False, "Chiffre périmé")
    (task,) = workspace.today(zone=ZONE).tasks
    assert (task.duty, task.lane, task.who) == (Duty.REFUSED, Lane.DO, "Marc Caron")


def test_an_escalation_is_made_waited_for_and_answered(workspace, clock) -> None:
    moderation = workspace.moderation
    case = moderation.open_case(CaseInput("Attaque", Situation.ATTACK_INTEGRITY))
    moderation.log_incident(case, IncidentInput("Tous des voleurs"))
    escalation = moderation.escalate(case, EscalationInput("Que répondre?"))
    assert lanes(workspace) == {(Duty.ESCALATE, Lane.DO)}
    clock.now += timedelta(days=1)
    assert lanes(workspace) == {(Duty.ESCALATE, Lane.LATE)}
    moderation.record_contact(escalation, "Julie, par téléphone", clock.now)
    (task,) = workspace.today(zone=ZONE).tasks
    assert (task.duty, task.lane, task.who) == (Duty.AFFAIRS, Lane.WAIT, "Julie, par téléphone")
    moderation.record_affairs_answer(escalation, "Ne pas répondre", clock.now)
    assert lanes(workspace) == {(Duty.ANSWERED, Lane.DO)}
    moderation.close_escalation(escalation, clock.now)
    assert lanes(workspace) == set()


def test_reviews_and_bans_that_end_come_back(workspace, clock) -> None:
    moderation = workspace.moderation
    case = moderation.open_case(CaseInput("Menaces", Situation.THREAT_OR_HATE))
    moderation.log_incident(case, IncidentInput("Je sais où tu habites"))
    moderation.climb(
        case,
        StepInput(Rung.BAN, reason="Menace directe", expires_on=date(2026, 12, 24)),
    )
    moderation.review(case, "À revoir", date(2026, 11, 24))
    assert lanes(workspace) == {(Duty.REVIEW, Lane.DO)}
    moderation.review(case, "Revu", None)
    clock.now = datetime(2026, 12, 25, 15, 0, tzinfo=UTC)
    assert (Duty.BAN_ENDS, Lane.LATE) in lanes(workspace)
    moderation.lift(case, "Fin de la sanction")
    assert (Duty.BAN_ENDS, Lane.LATE) not in lanes(workspace)


def steps(workspace: Workspace) -> list[str]:
    return [t.key for t in workspace.today(zone=ZONE).tasks if t.duty is Duty.STEP]


def test_a_case_asks_for_its_next_step_until_it_is_taken(workspace) -> None:
    moderation = workspace.moderation
    case = moderation.open_case(CaseInput("Bronzage", Situation.TONE))
    assert steps(workspace) == []  # nothing is logged yet
    moderation.log_incident(case, IncidentInput("Vous mentez aux gens"))
    (task,) = workspace.today(zone=ZONE).tasks
    assert (task.duty, task.lane, task.id, task.key) == (Duty.STEP, Lane.DO, case, "answer")
    moderation.climb(case, StepInput(Rung.ANSWER, "Voici nos sources."))
    assert steps(workspace) == []  # whoever was answered may have understood
    moderation.log_incident(case, IncidentInput("Encore vous, menteurs"))
    assert steps(workspace) == ["private_message"]
    moderation.climb(case, StepInput(Rung.PRIVATE_MESSAGE, "Trois demandes."))
    assert steps(workspace) == []
    moderation.log_incident(case, IncidentInput("Menteurs!"))
    assert steps(workspace) == ["repetition"]
    moderation.climb(case, StepInput(Rung.REPETITION, "Il recommence."))
    assert steps(workspace) == ["ban"]
    moderation.climb(case, StepInput(Rung.BAN, reason="Répétition malgré le message"))
    assert steps(workspace) == []


def test_what_stays_online_asks_for_nothing_more(workspace) -> None:
    moderation = workspace.moderation
    case = moderation.open_case(CaseInput("Doute", Situation.TONE))
    moderation.log_incident(case, IncidentInput("J'en doute"))
    moderation.climb(case, StepInput(Rung.TOLERATE, "Une opinion."))
    assert steps(workspace) == []
    moderation.log_incident(case, IncidentInput("J'en doute encore"))
    assert steps(workspace) == ["answer"]


def test_a_critical_case_nobody_asked_about_says_whom_to_ask(workspace) -> None:
    moderation = workspace.moderation
    case = moderation.open_case(CaseInput("Attaque", Situation.ATTACK_INTEGRITY))
    moderation.log_incident(case, IncidentInput("Tous des voleurs"))
    assert steps(workspace) == [""]
    moderation.escalate(case, EscalationInput("Que répondre?"))
    assert lanes(workspace) == {(Duty.ESCALATE, Lane.DO)}  # once, by its escalation


def test_every_begun_form_is_listed_with_whom_it_is_about(workspace) -> None:
    moderation = workspace.moderation
    unfinished = moderation.unfinished
    unfinished.keep("incident", {"handle": "Le Vrai Soleil", "files": []})
    tasks = workspace.today(zone=ZONE).tasks
    assert [(t.duty, t.key, t.title, t.id) for t in tasks] == [
        (Duty.UNFINISHED, "incident", "Le Vrai Soleil", None)
    ]
    case = moderation.open_case(CaseInput("Bronzage", Situation.TONE))
    moderation.log_incident(case, IncidentInput("Vous mentez aux gens"))
    unfinished.keep(f"ban:{case}", {"reason": "Insultes"})
    unfinished.keep(f"answer-7:{case}", {"answer": "Ne pas"})
    unfinished.keep("report-2026-W47", {"comment": "Une semaine calme"})
    unfinished.keep("page-address-3", {"url": "exemple"})
    tasks = workspace.today(zone=ZONE).tasks
    begun = {(t.key, t.id, t.title, t.form) for t in tasks if t.duty is Duty.UNFINISHED}
    assert begun == {
        ("incident", None, "Le Vrai Soleil", "incident"),
        ("ban", case, "Bronzage", f"ban:{case}"),
        ("answer-received", case, "Bronzage", f"answer-7:{case}"),
    }
    assert not any(t.duty is Duty.STEP for t in tasks)  # the case is there already
    assert unfinished.drop(f"ban:{case}").case_id == case


def test_a_case_whose_time_is_over_unless_held(workspace, clock) -> None:
    case = workspace.moderation.open_case(CaseInput("Ancien", Situation.SPAM))
    clock.now += timedelta(days=365 * 3 + 2)
    assert (Duty.RETENTION, Lane.DO) in lanes(workspace)
    workspace.moderation.set_hold(case, "Procès en cours")
    assert (Duty.RETENTION, Lane.DO) not in lanes(workspace)


def test_a_missing_step_of_a_campaign_is_asked_for_in_its_time(workspace, clock) -> None:
    workspace.editorial.add_campaign(
        CampaignInput("Relais", date(2026, 12, 5), date(2026, 12, 5), CampaignKind.EVENT)
    )
    asked = [t for t in workspace.today(zone=ZONE).tasks if t.duty is Duty.CAMPAIGN]
    assert {t.title for t in asked} == {"Relais"} and len(asked) == 2
    clock.now += timedelta(days=90)
    assert (Duty.CAMPAIGN, Lane.DO) not in lanes(workspace)


def test_the_report_of_last_week_until_it_is_exported(workspace, clock, tmp_path) -> None:
    from scc_admin.i18n import Translator

    planned(workspace, days=30)
    assert (Duty.REPORT, Lane.DO) not in lanes(workspace)
    clock.now += timedelta(days=7)
    owed = [t for t in workspace.today(zone=ZONE).tasks if t.duty is Duty.REPORT]
    assert [t.ref for t in owed] == ["2026-W48"]
    workspace.export_weekly("2026-W48", tmp_path / "out", Translator(), formats=("json",))
    assert (Duty.REPORT, Lane.DO) not in lanes(workspace)


# --- The daily look ------------------------------------------------------------------------------


def test_a_look_is_recorded_and_a_missed_day_shows(workspace, clock) -> None:
    page = workspace.editorial.add_page(PageInput("SCC", Network.FACEBOOK))
    workspace.settings.set("monitoring.searches", ["#relaispourlavie"])
    today = workspace.today(zone=ZONE)
    assert [(w.page, w.search, w.looked_at) for w in today.watch] == [
        ("SCC", "", None),
        ("", "#relaispourlavie", None),
    ]
    workspace.registers.look(today.day, page_id=page)
    workspace.registers.look(today.day, search="#relaispourlavie", note="Deux questions")
    today = workspace.today(zone=ZONE)
    assert [w.note for w in today.watch] == ["", "Deux questions"]
    assert all(w.looked_at for w in today.watch)
    assert (today.week[-1].looked, today.week[-1].due) == (1, 1)
    clock.now += timedelta(days=2)
    missed = [t for t in workspace.today(zone=ZONE).tasks if t.duty is Duty.MISSED]
    assert [(t.lane, t.on) for t in missed] == [(Lane.LATE, date(2026, 11, 25))]


def test_looking_again_writes_over_the_note_and_the_journal_keeps_both(workspace, clock) -> None:
    page = workspace.editorial.add_page(PageInput("SCC", Network.FACEBOOK))
    day = date(2026, 11, 24)
    workspace.registers.look(day, page_id=page)
    workspace.registers.look(day, page_id=page, note="Une plainte", follow_up="case")
    (line,) = workspace.registers.looks(day, day)
    assert line.values["note"] == "Une plainte"
    report = workspace.journal.verify()
    assert report.ok and report.size == 2
