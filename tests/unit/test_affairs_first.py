"""Nothing leads round Public Affairs, and a second person is another person."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from scc_admin.errors import UserError
from scc_admin.model import CaseState, DeadlineKind, EntryKind, Gate, Network, Rung, Situation
from scc_admin.moderation import (
    AccountInput,
    CaseInput,
    EscalationInput,
    IncidentInput,
    PersonInput,
    StepInput,
)
from scc_admin.names import nobody, same_person

ACTS = (Rung.ANSWER, Rung.PRIVATE_MESSAGE, Rung.BAN)
WHY = "Une plainte, pas une calomnie"


@pytest.fixture
def slander(moderation):
    """A case that waits for Public Affairs. Whatever a test does to it, the journal tells of it."""
    yield _slander(moderation)
    assert moderation.agreement().differences == ()


def _slander(moderation):
    return moderation.report(
        CaseInput(
            "Calomnie",
            Situation.SLANDER_EMPLOYEE,
            new_person=PersonInput(name="Jo"),
            account=AccountInput(Network.FACEBOOK, "jo.b"),
        ),
        IncidentInput(text="Votre employée est une voleuse"),
    ).case_id


def beside(moderation, slander, situation=Situation.TONE, **fields):
    """Another case of the same person."""
    if not fields:
        fields = {"person_id": moderation.sheet(slander).person.id}
    return moderation.report(
        CaseInput("Autre chose", situation, **fields), IncidentInput(text="Encore un autre propos")
    ).case_id


def answered(moderation, clock, case_id, answer="Répondez que c'est entendu", **fields):
    escalation = moderation.escalate(case_id, EscalationInput("Que faire?"))
    moderation.record_contact(escalation, "Par téléphone", clock())
    moderation.record_affairs_answer(escalation, answer, clock(), **fields)
    return escalation


def locked(moderation, case_id, gate=Gate.PUBLIC_AFFAIRS):
    return {view.rung for view in moderation.sheet(case_id).ladder if gate in view.gates}


def refused(act, *args, **fields):
    with pytest.raises(UserError) as failure:
        act(*args, **fields)
    return failure.value.code


# -- lowering a case ------------------------------------------------------------------------------


@pytest.mark.parametrize("situation", [Situation.TONE, Situation.THREAT_OR_HATE])
def test_a_case_is_critical_no_more_by_two_people_and_a_reason(moderation, slander, situation):
    def lower(**fields):
        return moderation.reclassify(slander, situation, False, **fields)

    assert refused(lower) == "reason"
    assert refused(lower, reason=WHY) == "second_person"
    assert refused(lower, reason=WHY, approver="ana  ROY ") == "gate_second_person"
    assert refused(lower, approver="Luc Gagné") == "reason"
    assert moderation.sheet(slander).case.critical
    assert locked(moderation, slander) == set(ACTS)
    lower(reason=WHY, approver="Luc Gagné")
    assert not locked(moderation, slander)


def test_it_is_journalled_with_both_people_and_told_as_an_exception(moderation, slander, journal):
    moderation.reclassify(slander, Situation.TONE, False, reason=WHY, approver="Luc Gagné")
    entry = journal.entries()[0]
    assert (entry.kind, entry.who, entry.approver, entry.rule, entry.step) == (
        EntryKind.CORRECTION, "Ana Roy", "Luc Gagné", "PROC-02", "tone",
    )  # fmt: skip
    assert entry.values["override"] == WHY
    assert (entry.values["before"], entry.values["critical"]) == ("slander_employee", "no")
    step = moderation.sheet(slander).steps[-1]
    assert (step.approver, step.override, step.reason) == ("Luc Gagné", WHY, "")
    moderation.retract(step.id, "C'en était bien une")
    assert moderation.sheet(slander).case.critical
    assert locked(moderation, slander) == set(ACTS)


def test_unticking_is_lowering_whatever_the_situation_was_before(moderation, slander):
    moderation.reclassify(slander, Situation.TONE, True)  # critical still: nothing is asked
    assert locked(moderation, slander) == set(ACTS)
    assert refused(moderation.reclassify, slander, Situation.TONE, False, reason=WHY) == (
        "second_person"
    )


def test_once_public_affairs_have_answered_one_person_and_a_reason_are_enough(
    moderation, clock, slander
):
    answered(moderation, clock, slander)
    assert refused(moderation.reclassify, slander, Situation.TONE, False) == "reason"
    moderation.reclassify(slander, Situation.TONE, False, reason=WHY)
    step = moderation.sheet(slander).steps[-1]
    assert (step.reason, step.override, step.approver) == (WHY, "", "")


def test_closing_a_case_that_waits_needs_a_second_person_too(moderation, clock, slander):
    other = beside(moderation, slander)
    assert refused(moderation.close_case, slander, "Réglé") == "second_person"
    assert locked(moderation, other, Gate.OTHER_CASE) == set(ACTS)
    moderation.close_case(slander, "Réglé", "Luc Gagné")
    assert not locked(moderation, other, Gate.OTHER_CASE)
    moderation.reopen_case(slander, "Cela recommence")
    assert locked(moderation, other, Gate.OTHER_CASE) == set(ACTS)
    answered(moderation, clock, slander)
    moderation.close_case(slander, "Réglé")


# -- other cases of the person --------------------------------------------------------------------


def test_a_case_that_waits_locks_every_case_of_its_person(moderation, clock, slander):
    other = beside(moderation, slander)
    assert [lock.number for lock in moderation.sheet(other).locks] == ["CAS-2026-001"]
    assert locked(moderation, other, Gate.OTHER_CASE) == set(ACTS)
    for rung in ACTS:
        step = StepInput(rung, "Réponse", reason="raison", override="raison", approver="Luc")
        assert refused(moderation.climb, other, step) == "gate_other_case"
    moderation.reclassify(other, Situation.THREAT_OR_HATE, False)
    ban = StepInput(Rung.BAN, reason="Menace de mort", approver="Luc", override="Urgence réelle")
    assert refused(moderation.climb, other, ban) == "gate_other_case"
    assert other not in {step.case_id for step in moderation.next_steps()}
    answered(moderation, clock, slander)
    assert other in {step.case_id for step in moderation.next_steps()}
    moderation.climb(other, ban)
    assert moderation.sheet(other).case.state is CaseState.BANNED


def test_the_same_account_is_the_same_person_and_another_person_is_free(moderation, slander):
    account = AccountInput(Network.FACEBOOK, "JO.B")
    suspected = AccountInput(Network.FACEBOOK, "jo.b", confirmed=False)
    assert locked(moderation, beside(moderation, slander, account=account), Gate.OTHER_CASE)
    for other in (suspected, AccountInput(Network.FACEBOOK, "max")):
        assert not locked(moderation, beside(moderation, slander, account=other), Gate.OTHER_CASE)


# -- a new comment after the answer ---------------------------------------------------------------


def test_a_new_comment_after_their_answer_asks_for_another_one(moderation, clock, slander):
    answered(moderation, clock, slander, "Ne répondez pas")
    step = StepInput(Rung.ANSWER, "Nous avons bien lu")
    moderation.climb(slander, step)  # what they dictated may be sent
    clock.advance(hours=1)
    back_dated = clock() - timedelta(days=2)
    incident, _ = moderation.log_incident(
        slander, IncidentInput(text="Et le directeur aussi vole", captured_at=back_dated)
    )
    assert locked(moderation, slander) == set(ACTS)
    assert refused(moderation.climb, slander, step) == "gate_public_affairs"
    owed = [d.kind for d in moderation.deadlines(clock().date())]
    assert owed == [DeadlineKind.CONTACT]
    assert [s.rung for s in moderation.next_steps()] == [None]
    assert refused(moderation.retract_incident, incident, "Une erreur") == "second_person"
    answered(moderation, clock, slander, "Répondez ceci")
    assert not locked(moderation, slander)
    moderation.retract_incident(incident, "Une erreur")


def test_an_answer_written_down_late_or_again_is_about_nothing_newer(moderation, clock, slander):
    escalation = moderation.escalate(slander, EscalationInput("Que faire?"))
    moderation.record_contact(escalation, "Par téléphone", clock())
    came = clock()
    clock.advance(hours=2)
    moderation.log_incident(slander, IncidentInput(text="Et le directeur aussi vole"))
    clock.advance(hours=2)
    moderation.record_affairs_answer(escalation, "Répondez ceci", came)
    assert locked(moderation, slander) == set(ACTS)
    again = answered(moderation, clock, slander)
    assert not locked(moderation, slander)
    moderation.log_incident(slander, IncidentInput(text="Et toute l’équipe"))
    moderation.record_affairs_answer(again, "Répondez cela", clock())
    assert locked(moderation, slander) == set(ACTS)


def test_only_the_comment_that_locks_asks_for_a_second_person_to_be_undone(
    moderation, clock, slander
):
    answered(moderation, clock, slander)
    incident, _ = moderation.log_incident(slander, IncidentInput(text="Et le directeur aussi"))
    moderation.retract_incident(incident, "Une erreur", "Luc Gagné")
    assert not locked(moderation, slander)
    undone = moderation.sheet(slander).incidents[0].id
    moderation.retract_incident(undone, "Une erreur")


def test_the_same_words_again_and_what_they_said_holds_on_ask_nothing_new(
    moderation, clock, slander
):
    answered(moderation, clock, slander)
    moderation.log_incident(slander, IncidentInput(text="Votre EMPLOYÉE est une voleuse!!"))
    assert not locked(moderation, slander)
    moderation.log_incident(slander, IncidentInput(text="Votre bénévole est une voleuse"))
    assert locked(moderation, slander) == set(ACTS)
    answered(moderation, clock, slander, standing=True)
    moderation.log_incident(slander, IncidentInput(text="Tous des voleurs, je le redis"))
    assert not locked(moderation, slander)


# -- the clock ------------------------------------------------------------------------------------


def test_the_moments_are_in_the_journal(moderation, clock, slander, journal):
    clock.advance(days=1)
    escalation = moderation.escalate(slander, EscalationInput("Que faire?"))
    told = clock() - timedelta(hours=2)
    moderation.record_contact(escalation, "Par téléphone", told)
    moderation.record_affairs_answer(escalation, "Rien", told + timedelta(hours=1))
    moderation.close_escalation(escalation, clock())
    moments = [e.values.get("when") or e.values["seen"] for e in reversed(journal.entries()[:4])]
    assert moments == [
        "2026-11-23T15:00:00.000Z",
        "2026-11-24T13:00:00.000Z",
        "2026-11-24T14:00:00.000Z",
        "2026-11-24T15:00:00.000Z",
    ]
    assert journal.verify().ok


def test_a_moment_out_of_order_or_to_come_is_refused(moderation, clock, slander):
    clock.advance(days=1)
    now = clock()
    day, hour, minute = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
    assert refused(
        moderation.escalate, slander, EscalationInput("Que faire?", seen_at=now + hour)
    ) == ("future")
    escalation = moderation.escalate(slander, EscalationInput("Que faire?"))
    contact = moderation.record_contact
    answer = moderation.record_affairs_answer
    assert refused(contact, escalation, "Tél.", now - 3 * day) == "too_early"
    assert refused(contact, escalation, "Tél.", now + hour) == "future"
    contact(escalation, "Tél.", now - 2 * hour)
    assert refused(answer, escalation, "Rien", now - 3 * hour) == "too_early"
    answer(escalation, "Rien", now - hour)
    assert refused(contact, escalation, "Tél.", now) == "too_late"
    contact(escalation, "Tél., corrigé", now - 2 * hour + minute)
    assert refused(moderation.close_escalation, escalation, now - 2 * hour) == "too_early"
    moderation.close_escalation(escalation, now)
    for late in (contact, answer):
        assert refused(late, escalation, "Après coup", now) == "closed_escalation"
    found = moderation.escalation(escalation)
    moments = [found.seen_at, found.escalated_at, found.answered_at, found.closed_at]
    assert moments == sorted(moments)


def test_within_a_minute_a_moment_takes_its_place(moderation, clock, slander):
    """Forms give minutes: what is told for the minute in which it was seen is not before it."""
    clock.advance(seconds=40)
    escalation = moderation.escalate(slander, EscalationInput("Que faire?", seen_at=clock()))
    moderation.record_contact(escalation, "Tél.", clock().replace(second=0))
    assert moderation.escalation(escalation).escalated_at == clock()


def test_when_it_was_seen_can_be_mended(moderation, clock, slander, journal):
    clock.advance(days=1)
    escalation = moderation.escalate(slander, EscalationInput("Que faire?", seen_at=clock()))
    earlier = clock() - timedelta(hours=5)
    assert refused(moderation.record_contact, escalation, "Tél.", earlier) == "too_early"
    moderation.correct_escalation(escalation, EscalationInput("Que faire?", seen_at=earlier))
    moderation.record_contact(escalation, "Tél.", earlier)
    assert moderation.escalation(escalation).seen_at == earlier
    later = EscalationInput("Que faire?", seen_at=clock())
    assert refused(moderation.correct_escalation, escalation, later) == "too_late"


# -- when it was seen ------------------------------------------------------------------------------


def test_what_is_seen_and_captured_lies_behind_us(moderation, vault, clock, slander):
    ahead = clock() + timedelta(hours=1)
    staged = vault.add(b"des octets", "page.html")
    log, add = moderation.log_incident, moderation.add_evidence
    assert refused(log, slander, IncidentInput(text="Bof", captured_at=ahead)) == "future"
    assert refused(add, slander, staged, captured_at=ahead) == "future"
    yesterday = clock() - timedelta(days=1)
    log(slander, IncidentInput(text="Bof", captured_at=yesterday))
    assert moderation.sheet(slander).incidents[0].captured_at == yesterday
    escalation = moderation.escalate(slander, EscalationInput("Que faire?"))
    assert moderation.escalation(escalation).seen_at == yesterday


@pytest.mark.parametrize(
    ("said", "offset", "taken"),
    [
        ("2026:11:20 09:30:00", "-05:00", datetime(2026, 11, 20, 14, 30, tzinfo=UTC)),
        ("2026:11:20 09:30:00", None, None),  # in which zone, nobody knows
        ("2030:01:01 00:00:00", "-05:00", None),  # a camera ahead of time
        ("0000:00:00 00:00:00", "-05:00", None),
    ],
)
def test_a_picture_that_surely_says_when_it_was_taken_is_captured_then(
    moderation, vault, clock, slander, said, offset, taken
):
    picture, exif, out = Image.new("RGB", (8, 8)), Image.Exif(), io.BytesIO()
    exif.get_ifd(0x8769).update({0x9003: said} | ({0x9011: offset} if offset else {}))
    picture.save(out, "JPEG", exif=exif)
    moderation.add_evidence(slander, vault.add(out.getvalue(), "photo.jpg"))
    (piece,) = moderation.sheet(slander).evidence
    assert piece.captured_at == (taken or clock())


# -- people and days ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        "camille  ARSENAULT ",
        "Camillé Arsenault",
        "Arsenault, Camille",
        "Camille-Arsenault",
        "Ｃamille\N{NO-BREAK SPACE}Arse\N{ZERO WIDTH SPACE}nault",
    ],
)
def test_a_name_typed_otherwise_is_the_same_person(other):
    assert same_person("Camille Arsenault", other)


def test_nobody_is_no_person_and_others_are_others():
    assert nobody(" - \N{ZERO WIDTH SPACE}")
    assert not same_person("", " ")
    assert not same_person("Camille Arsenault", "Camille Arseneau")
    assert not same_person("Jean Roy", "Jeanne Roy")


def test_who_approved_a_ban_does_not_decide_its_appeal(moderation):
    case_id = moderation.open_case(CaseInput("Répétitions", Situation.TONE))
    moderation.log_incident(case_id, IncidentInput(text="Bof"))
    moderation.climb(
        case_id, StepInput(Rung.BAN, reason="raison", approver="Julie Roy", override="urgence")
    )
    for name, code in (
        ("ROY, Julie", "appeal_approver"),
        ("Ana-Roy", "appeal_person"),
        (" ", "appeal_person"),
    ):
        assert refused(moderation.appeal, case_id, name, False, "Excuses reçues") == code
    moderation.appeal(case_id, "Marc Hébert", False, "Excuses reçues")


def test_a_day_that_is_over_is_no_end_and_no_review(moderation, clock, journal):
    case_id = moderation.open_case(CaseInput("Menace", Situation.THREAT_OR_HATE))
    moderation.log_incident(case_id, IncidentInput(text="Menace"))
    today = journal.day(clock())
    size, day = journal.size(), timedelta(days=1)

    def ban(**days):
        return moderation.climb(case_id, StepInput(Rung.BAN, reason="Menace", **days))

    assert refused(ban, expires_on=today - day) == "ban_over"
    assert refused(ban, review_on=today - day) == "review_past"
    assert refused(moderation.review, case_id, "Vu", today - day) == "review_past"
    assert journal.size() == size
    ban(expires_on=today + day, review_on=today)


def test_an_account_with_half_an_emoji_in_its_name_is_found_again(moderation):
    broken = AccountInput(Network.FACEBOOK, "Zoé \ud83d")
    person = moderation.add_person(PersonInput())
    first = moderation.add_account(person, broken)
    assert moderation.add_account(person, broken) == first
