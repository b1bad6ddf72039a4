"""What a packet says was not done, against what the case records."""

from __future__ import annotations

import pytest

from scc_admin.errors import UserError
from scc_admin.kinds import EntryKind, Network, Rung, Situation
from scc_admin.moderation import (
    AccountInput,
    CaseInput,
    EscalationInput,
    IncidentInput,
    StepInput,
    restraint,
)

FOUR = "Aucune réponse donnée.\nRien de supprimé.\nPersonne de banni.\nAucun mot aux journalistes"


@pytest.fixture
def case_id(moderation) -> int:
    return moderation.report(
        CaseInput("Pub", Situation.SPAM, account=AccountInput(Network.FACEBOOK, "Info 24")),
        IncidentInput(text="Achetez!"),
    ).case_id


def ban(moderation, case_id: int) -> int:
    return moderation.climb(
        case_id,
        StepInput(Rung.BAN, reason="Publicité", approver="Zoé", override="sans attendre"),
    )[0]


def test_only_acts_that_no_step_records_are_proposed(moderation, case_id):
    assert restraint.held_back(moderation.sheet(case_id)) == (
        restraint.REPLY, restraint.REMOVE, restraint.BAN,
    )  # fmt: skip
    step, _ = moderation.climb(case_id, StepInput(Rung.ANSWER, "Bonjour"))
    assert restraint.held_back(moderation.sheet(case_id)) == (restraint.REMOVE, restraint.BAN)
    moderation.retract(step, "par erreur")
    assert restraint.REPLY in restraint.held_back(moderation.sheet(case_id))
    ban(moderation, case_id)
    moderation.lift(case_id, "à l'essai")
    assert restraint.BAN not in restraint.held_back(moderation.sheet(case_id))
    assert not restraint.untouched(moderation.sheet(case_id))


def test_what_a_step_denies_is_named_and_left_out(moderation, case_id):
    assert not restraint.contradictions(FOUR, moderation.sheet(case_id))
    moderation.climb(case_id, StepInput(Rung.PRIVATE_MESSAGE, "Bonjour"))
    ban(moderation, case_id)
    sheet = moderation.sheet(case_id)
    found = restraint.contradictions(FOUR, sheet)
    assert [(c.words, c.step.kind) for c in found] == [
        ("Aucune réponse donnée", EntryKind.RUNG),
        ("Personne de banni", EntryKind.BAN),
    ]
    assert restraint.still_true(FOUR, sheet) == ("Rien de supprimé.", "Aucun mot aux journalistes")


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("Aucune réponse, rien supprimé, personne banni", ("rien supprimé",)),
        ("Nobody was banned and nothing deleted", ("nothing deleted",)),
        ("Nous n'avons répondu à aucun autre abonné", None),
        ("Aucune réponse aux médias", None),
        ("La banque n'a pas été jointe", None),
        ("Nothing was said about whether we would ever think of banning them", None),
    ],
)
def test_a_line_is_read_by_its_clauses_and_others_are_let_be(moderation, case_id, line, left):
    moderation.climb(case_id, StepInput(Rung.ANSWER, "Bonjour"))
    ban(moderation, case_id)
    assert restraint.still_true(line, moderation.sheet(case_id)) == (left or (line,))


def test_a_question_is_mended_by_an_entry_that_supersedes(moderation, journal, clock, case_id):
    first = moderation.escalate(case_id, EscalationInput("Que dire?", not_done="Rien de fait"))
    clock.advance(hours=2)
    moderation.correct_escalation(first, EscalationInput("Que faire?", not_done=""))
    clock.advance(hours=1)
    moderation.correct_escalation(first, EscalationInput("Que faire?", spread="Trois partages"))
    (escalation,) = moderation.sheet(case_id).escalations
    assert (escalation.question, escalation.spread, escalation.not_done) == (
        "Que faire?", "Trois partages", "",
    )  # fmt: skip
    entries = [e for e in reversed(journal.entries()) if e.kind is EntryKind.ESCALATION]
    assert [e.supersedes for e in entries] == [None, entries[0].seq, entries[1].seq]
    assert entries[0].values["not_done"] == "Rien de fait"
    assert escalation.entry == entries[-1].seq and escalation.created_at == entries[0].at
    assert journal.verify().ok
    with pytest.raises(UserError):
        moderation.correct_escalation(first, EscalationInput(" "))
    moderation.close_escalation(first, clock())
    with pytest.raises(UserError) as failure:
        moderation.correct_escalation(first, EscalationInput("Encore?"))
    assert failure.value.code == "closed_escalation"


def test_words_that_were_mended_outlive_the_erasure_of_the_first_ones(moderation, journal, case_id):
    from scc_admin.kinds import Ground

    first = moderation.escalate(case_id, EscalationInput("Que dire à Jo?"))
    moderation.correct_escalation(first, EscalationInput("Que dire?"))
    old, new = (e for e in reversed(journal.entries()) if e.kind is EntryKind.ESCALATION)
    moderation.retention.erase_entry(old.seq, ground=Ground.MISTAKE, approver="Zoé")
    assert moderation.escalation(first).question == "Que dire?"
    moderation.retention.erase_entry(new.seq, ground=Ground.MISTAKE, approver="Zoé")
    assert moderation.escalation(first).question == ""
