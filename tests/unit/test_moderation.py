"""Cases and their ladder, on a real database, vault and journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scc_admin.errors import UserError
from scc_admin.model import (
    Case,
    CaseState,
    DeadlineKind,
    EntryKind,
    Gate,
    Network,
    Rung,
    Situation,
)
from scc_admin.moderation import (
    OVERRIDABLE,
    AccountInput,
    CaseInput,
    EscalationInput,
    IncidentInput,
    KeptFile,
    PersonInput,
    StepInput,
    alike,
    differences,
    gates,
    proposed,
    reason,
    same_argument,
)

COMMENT = (
    "Vos chiffres sur le bronzage artificiel sont faux, une étude le prouve : "
    "https://exemple.org/etude . Arrêtez de faire peur au monde, c'est mauvais pour la santé."
)


def open_case(moderation, situation=Situation.DUPLICATES, **fields):
    return moderation.open_case(CaseInput("Commentaires répétés", situation, **fields))


def log(moderation, case_id, text=COMMENT, **fields):
    return moderation.log_incident(case_id, IncidentInput(text=text, **fields))[0]


def climb(moderation, case_id, rung, **fields):
    return moderation.climb(case_id, StepInput(rung, **fields))


def code_of(failure):
    return failure.value.code


def test_the_case_of_slides_41_and_42_from_the_first_comment_to_the_ban(moderation, clock, journal):
    case_id = open_case(
        moderation,
        new_person=PersonInput(interest="Salons de bronzage"),
        account=AccountInput(Network.FACEBOOK, "soleil.toute.annee"),
    )
    for number in range(7):
        clock.advance(days=1)
        log(moderation, case_id, COMMENT.replace("Arrêtez", f"Arrêtez donc {number}"))
    sheet = moderation.sheet(case_id)
    assert sheet.person.label == "Usager 001"
    assert sheet.flags.duplicates == 6
    assert sheet.flags.likeness >= 90
    assert sheet.flags.single_source.startswith("https://exemple.org/etude")
    assert sheet.flags.undeclared_interest
    assert [v.rung for v in sheet.ladder if v.proposed] == [Rung.ANSWER]

    with pytest.raises(UserError) as failure:
        climb(moderation, case_id, Rung.BAN, reason="Répétitions et refus")
    assert code_of(failure) == "gate_missing_rungs"

    climb(moderation, case_id, Rung.ANSWER, text="Selon Santé Canada… https://exemple.ca")
    climb(moderation, case_id, Rung.PRIVATE_MESSAGE, text="Merci de ne pas répéter, …")
    assert [v.rung for v in moderation.sheet(case_id).ladder if v.proposed] == []
    with pytest.raises(UserError):
        climb(moderation, case_id, Rung.REPETITION)
    clock.advance(days=1)
    log(moderation, case_id)
    climb(moderation, case_id, Rung.REPETITION, text="Même texte")
    assert [v.rung for v in moderation.sheet(case_id).ladder if v.proposed] == [Rung.BAN]
    with pytest.raises(UserError) as failure:
        climb(moderation, case_id, Rung.BAN)
    assert code_of(failure) == "reason"
    climb(moderation, case_id, Rung.BAN, reason="Répétitions, refus de s'identifier")

    sheet = moderation.sheet(case_id)
    assert sheet.case.state is CaseState.BANNED
    assert journal.verify().ok
    kinds = [e.kind for e in journal.entries()]
    assert kinds[0] is EntryKind.BAN
    assert kinds[-1] is EntryKind.CASE_OPENED


def test_a_ban_before_its_rungs_needs_a_second_person_and_a_reason(moderation):
    case_id = open_case(moderation)
    log(moderation, case_id)
    ban = {"reason": "Campagne coordonnée"}
    with pytest.raises(UserError) as failure:
        climb(
            moderation, case_id, Rung.BAN, override="Urgence manifeste", approver="ana roy", **ban
        )
    assert code_of(failure) == "gate_second_person"
    with pytest.raises(UserError):
        climb(moderation, case_id, Rung.BAN, override="", approver="Luc", **ban)
    climb(moderation, case_id, Rung.BAN, override="Urgence manifeste", approver="Luc", **ban)
    step = moderation.sheet(case_id).steps[-1]
    assert (step.approver, step.reason, step.override) == (
        "Luc",
        "Campagne coordonnée",
        "Urgence manifeste",
    )


@pytest.mark.parametrize("situation", [s for s in Situation if s.critical])
def test_a_critical_case_waits_for_public_affairs(moderation, clock, situation):
    case_id = open_case(moderation, situation)
    log(moderation, case_id)
    for rung in (Rung.ANSWER, Rung.PRIVATE_MESSAGE, Rung.BAN):
        with pytest.raises(UserError) as failure:
            climb(
                moderation, case_id, rung, text="Réponse", reason="raison", override="raison",
                approver="Luc",
            )  # fmt: skip
        assert code_of(failure) == "gate_public_affairs"
    escalation = moderation.escalate(case_id, EscalationInput("Que répondre?"))
    assert moderation.sheet(case_id).case.state is CaseState.WAITING
    with pytest.raises(UserError) as failure:
        moderation.record_affairs_answer(escalation, "Ne répondez pas", clock())
    assert code_of(failure) == "no_contact"
    moderation.record_contact(escalation, "Jointes par téléphone", clock())
    with pytest.raises(UserError):
        climb(moderation, case_id, Rung.ANSWER, text="Réponse")
    moderation.record_affairs_answer(escalation, "Répondez ceci", clock())
    climb(moderation, case_id, Rung.ANSWER, text="Réponse")


def test_ticking_critical_locks_any_case(moderation):
    case_id = open_case(moderation, Situation.TONE, critical=True)
    log(moderation, case_id)
    assert Gate.PUBLIC_AFFAIRS in moderation.sheet(case_id).ladder[Rung.ANSWER].gates


def test_a_threat_may_be_banned_at_once(moderation):
    case_id = open_case(moderation, Situation.THREAT_OR_HATE)
    log(moderation, case_id)
    climb(moderation, case_id, Rung.BAN, reason="Menace de mort")
    assert moderation.sheet(case_id).case.state is CaseState.BANNED


def test_undoing_a_ban_is_a_new_entry_and_both_stay(moderation, journal):
    case_id = open_case(moderation, Situation.THREAT_OR_HATE)
    log(moderation, case_id)
    step, _ = climb(moderation, case_id, Rung.BAN, reason="Menace de mort")
    size = journal.size()
    moderation.retract(step, "Mauvaise personne")
    sheet = moderation.sheet(case_id)
    assert sheet.case.state is CaseState.OPEN
    assert [s.retracted for s in sheet.steps] == [True]
    assert journal.size() == size + 1
    assert journal.entries()[0].supersedes == sheet.steps[0].entry
    with pytest.raises(UserError) as failure:
        moderation.retract(step, "Encore une fois")
    assert code_of(failure) == "retracted"


def test_an_appeal_is_decided_by_another_person(moderation):
    case_id = open_case(moderation, Situation.THREAT_OR_HATE)
    log(moderation, case_id)
    climb(moderation, case_id, Rung.BAN, reason="Menace de mort")
    with pytest.raises(UserError) as failure:
        moderation.appeal(case_id, "Ana Roy", False, "Excuses reçues")
    assert code_of(failure) == "appeal_person"
    moderation.appeal(case_id, "Luc Gagné", False, "Excuses reçues")
    assert moderation.sheet(case_id).case.state is CaseState.OPEN
    with pytest.raises(UserError):
        moderation.lift(case_id, "Déjà levé")


def test_evidence_is_kept_encrypted_logged_and_given_back(moderation, vault, tmp_path, journal):
    secret = b"capture \x89PNG " * 100
    case_id = open_case(moderation)
    staged = vault.add(secret, "capture d'écran.png", "image/png")
    log(moderation, case_id, files=(staged,))
    (piece,) = moderation.sheet(case_id).evidence
    assert piece.original_name == "capture d'écran.png"
    assert piece.size == len(secret)
    assert vault.read(piece.blob_id) == secret
    for file in (tmp_path / "evidence").rglob("*"):
        assert file.is_dir() or secret[:20] not in file.read_bytes()
    moderation.viewed(piece.id)
    moderation.exported([piece.id], "Affaires publiques")
    assert [(c.act, c.to_whom) for c in vault.custody(piece.id)] == [
        ("captured", ""),
        ("viewed", ""),
        ("exported", "Affaires publiques"),
    ]
    values = [e.values for e in journal.entries() if e.kind is EntryKind.EVIDENCE]
    assert values[0]["sha256"] == piece.sha256


def test_an_empty_incident_is_refused_and_leaves_nothing(moderation, journal):
    case_id = open_case(moderation)
    size = journal.size()
    with pytest.raises(UserError) as failure:
        log(moderation, case_id, " \n ")
    assert code_of(failure) == "empty_incident"
    assert journal.size() == size


def test_numbers_follow_each_other_and_begin_again_each_year(moderation, clock):
    numbers = [moderation.sheet(open_case(moderation)).case.number for _ in range(2)]
    clock.advance(days=60)
    numbers.append(moderation.sheet(open_case(moderation)).case.number)
    assert numbers == ["CAS-2026-001", "CAS-2026-002", "CAS-2027-001"]


def test_a_known_account_is_recognised_whatever_its_case(moderation):
    open_case(moderation, account=AccountInput(Network.X, "@Soleil"))
    assert [p.label for p in moderation.find_account(Network.X, "@soleil")] == ["Usager 001"]
    assert moderation.find_account(Network.FACEBOOK, "@soleil") == []


@pytest.mark.parametrize("typed", ["Usager 001", "user 1", "USAGER  001", "1", " User 001 "])
def test_a_person_is_found_by_label_or_number_in_either_language(moderation, typed):
    open_case(moderation)
    open_case(moderation)
    assert moderation.labelled(typed).label == "Usager 001"


@pytest.mark.parametrize("typed", ["Usager 999", "n'importe quoi", "", "Usager"])
def test_an_unknown_label_is_nobodys_and_makes_nobody(moderation, typed):
    open_case(moderation)
    with pytest.raises(UserError) as failure:
        moderation.labelled(typed)
    assert code_of(failure) == "person"
    assert len(moderation.persons()) == 1


def test_a_label_is_no_second_one_and_no_name(moderation):
    open_case(moderation, new_person=PersonInput(name="Nom Réel"))
    open_case(moderation, account=AccountInput(Network.X, "soleil.levant"))
    first, second = moderation.persons()
    for person, label in (
        (second, "user 1"),
        (first, "Réel,  NOM"),
        (second, "Soleil Levant"),
    ):
        with pytest.raises(UserError) as failure:
            moderation.change_person(person.id, PersonInput(label, person.name))
        assert code_of(failure) == "label"
    moderation.change_person(first.id, PersonInput("La voisine", first.name))
    assert moderation.labelled("la Voisine").id == first.id
    moderation.change_person(first.id, PersonInput("User 7", first.name))
    assert moderation.person(first.id).label == "Usager 007"


def test_few_or_short_comments_raise_no_flag(moderation):
    case_id = open_case(moderation, Situation.TONE)
    for text in ("Merci!", "Merci!", "Bravo"):
        log(moderation, case_id, text)
    flags = moderation.sheet(case_id).flags
    assert (flags.duplicates, flags.single_source, flags.undeclared_interest) == (0, "", False)


def case(situation, state, critical):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Case(1, "u", "CAS-2026-001", 1, "t", situation, critical, state, at, "Ana")


ALL_SETS = [frozenset(c) for n in range(6) for c in combinations(Rung, n)]


@given(
    st.sampled_from(list(Situation)),
    st.sampled_from(list(CaseState)),
    st.booleans(),
    st.sampled_from(ALL_SETS),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from(list(Rung)),
)
def test_no_path_leads_round_public_affairs_or_the_ladder(
    situation, state, ticked, done, evidence, since, rung
):
    critical = situation.critical or ticked
    subject = case(situation, state, critical)
    locked = gates(
        subject, rung, done=done, evidence=evidence, incidents_since_message=since,
        affairs_answered=False,
    )  # fmt: skip
    acts = rung in (Rung.ANSWER, Rung.PRIVATE_MESSAGE, Rung.BAN)
    assert (Gate.PUBLIC_AFFAIRS in locked) == (acts and critical)
    assert Gate.PUBLIC_AFFAIRS not in OVERRIDABLE
    if rung is Rung.BAN and not locked:
        assert evidence
        assert not critical
        earlier = {Rung.ANSWER, Rung.PRIVATE_MESSAGE, Rung.REPETITION}
        assert situation is Situation.THREAT_OR_HATE or earlier <= done
    answered = gates(
        subject, rung, done=done, evidence=evidence, incidents_since_message=since,
        affairs_answered=True,
    )  # fmt: skip
    assert set(answered) == set(locked) - {Gate.PUBLIC_AFFAIRS}


@given(st.sampled_from(ALL_SETS), st.booleans())
def test_a_message_is_not_a_strike(done, repeated):
    following = proposed(done, case(Situation.DUPLICATES, CaseState.OPEN, False), repeated)
    if following is Rung.BAN:
        assert Rung.REPETITION in done
    if following is Rung.REPETITION:
        assert repeated


# --- Whole incidents, search, corrections --------------------------------------------------------


def test_a_report_is_written_whole_or_not_at_all(moderation, journal):
    size = journal.size()
    with pytest.raises(UserError) as failure:
        moderation.report(CaseInput("Publicité", Situation.SPAM), IncidentInput(text="  "))
    assert code_of(failure) == "empty_incident"
    assert (journal.size(), moderation.cases(), moderation.persons()) == (size, [], [])
    account = AccountInput(Network.FACEBOOK, "Cure Express")
    logged = moderation.report(
        CaseInput("Publicité", Situation.SPAM, account=account),
        IncidentInput(text=COMMENT, account=account),
    )
    sheet = moderation.sheet(logged.case_id)
    assert logged.number == sheet.case.number
    assert sheet.incidents[0].account_id == sheet.person.accounts[0].id
    again = moderation.report(
        logged.case_id,
        IncidentInput(url="https://exemple.org", account=AccountInput(Network.X, "@cure")),
    )
    assert again.case_id == logged.case_id
    assert [a.handle for a in moderation.sheet(logged.case_id).person.accounts] == [
        "Cure Express",
        "@cure",
    ]


def test_cases_are_found_by_any_of_their_words(moderation):
    tan = open_case(
        moderation,
        new_person=PersonInput(name="Nom Réel"),
        account=AccountInput(Network.FACEBOOK, "Teint Soleil 365"),
    )
    log(moderation, tan)
    slander = open_case(moderation, Situation.SLANDER_EMPLOYEE)

    def found(**query):
        return {row.id for row in moderation.cases(**query)}

    assert found() == {tan, slander}
    for words in (
        "teint",
        "TEINT 365",
        "nom reel",
        "usager 001",
        "répétés",
        "chiffres bronz",
        "001",
    ):
        assert tan in found(text=words), words
    assert found(text="bronzage") == {tan}
    assert found(text="rien de tel") == set()
    assert found(text='" OR 1=1 --') == set()
    assert found(critical=True) == {slander} == found(situations=[Situation.SLANDER_EMPLOYEE])
    assert found(states=[CaseState.BANNED]) == set()


def test_an_incident_logged_by_mistake_counts_for_nothing(moderation, journal):
    case_id = open_case(moderation)
    first, second = log(moderation, case_id), log(moderation, case_id)
    assert moderation.sheet(case_id).flags.duplicates == 1
    moderation.retract_incident(second, "Deux fois le même")
    sheet = moderation.sheet(case_id)
    assert (sheet.flags.comments, sheet.flags.duplicates) == (1, 0)
    assert [i.retracted for i in sheet.incidents] == [False, True]
    assert journal.entries()[0].supersedes == sheet.incidents[1].entry
    assert moderation.cases()[0].incidents == 1
    moderation.retract_incident(first, "Mauvaise personne")
    assert Gate.NO_EVIDENCE in moderation.sheet(case_id).ladder[Rung.ANSWER].gates
    with pytest.raises(UserError) as failure:
        moderation.retract_incident(first, "Mauvaise personne")
    assert code_of(failure) == "retracted"


def test_undoing_a_lifting_bans_again_and_undoing_a_closing_reopens(moderation):
    case_id = open_case(moderation, Situation.THREAT_OR_HATE)
    log(moderation, case_id)
    climb(moderation, case_id, Rung.BAN, reason="Menace de mort")

    def undo_last():
        moderation.retract(moderation.sheet(case_id).steps[-1].id, "Trop vite")
        return moderation.sheet(case_id).case

    moderation.lift(case_id, "Excuses reçues")
    assert undo_last().state is CaseState.BANNED
    moderation.close_case(case_id, "Réglé à l'amiable")
    assert undo_last().state is CaseState.OPEN


def test_a_picture_of_what_we_did_stands_with_the_step(moderation, vault):
    case_id = open_case(moderation)
    log(moderation, case_id)
    step, _ = climb(
        moderation, case_id, Rung.ANSWER, text="Réponse", files=(vault.add(b"png", "r.png"),)
    )
    assert [e.step_id for e in moderation.sheet(case_id).evidence] == [step]


def test_an_unfinished_form_keeps_its_words_and_its_pictures(moderation, vault, clock):
    kept = moderation.unfinished
    staged = vault.add(b"une capture", "capture.png", "image/png")
    blob = kept.keep_file(staged)
    kept.keep("incident", {"text": "à moitié écr", "files": [blob]})
    kept.keep("incident", {"text": "à moitié écrit", "files": [blob]})
    form = kept.get("incident")
    assert form.data["text"] == "à moitié écrit" and kept.names() == ["incident"]
    vault.sweep()
    assert kept.standing(form.data["files"]) == {blob}
    case_id = open_case(moderation)
    file = KeptFile(blob, "capture.png", staged.sha256, staged.size, clock(), "clipboard")
    log(moderation, case_id, files=(file,))
    kept.drop("incident")
    assert kept.get("incident") is None
    assert not kept.drop_file(blob)
    (piece,) = moderation.sheet(case_id).evidence
    assert vault.read(piece.blob_id) == b"une capture" and piece.method == "clipboard"
    assert [number for number, _ in moderation.evidence_like(staged.sha256)] == ["CAS-2026-001"]
    other = kept.keep_file(vault.add(b"autre chose", "autre.png"))
    assert kept.drop_file(other) and kept.standing([other]) == frozenset()


def test_a_picture_of_a_form_that_is_gone_is_forgotten_after_a_day(moderation, vault, clock):
    kept = moderation.unfinished
    stray, held = (
        kept.keep_file(vault.add(data, "a.png")) for data in (b"seule", b"dans un formulaire")
    )
    kept.keep("incident", {"files": [{"blob": held}]})
    case_id = open_case(moderation)
    log(moderation, case_id, files=(vault.add(b"en preuve", "b.png"),))
    assert kept.forget_strays(clock()) == 0
    clock.advance(days=2)
    assert kept.forget_strays(clock()) == 1
    assert kept.standing([stray, held]) == {held}
    assert vault.read(moderation.sheet(case_id).evidence[0].blob_id) == b"en preuve"


def test_an_account_that_changed_its_name_is_known_by_its_number(moderation):
    open_case(moderation, account=AccountInput(Network.FACEBOOK, "Soleil"))
    person = moderation.persons()[0]
    moderation.add_account(person.id, AccountInput(Network.FACEBOOK, "soleil", "100"))
    assert [a.external_id for a in moderation.person(person.id).accounts] == ["100"]
    assert moderation.find_account(Network.FACEBOOK, "Lune", "100") == [
        moderation.person(person.id)
    ]
    assert moderation.find_account(Network.FACEBOOK, "Lune") == []
    moderation.add_account(person.id, AccountInput(Network.FACEBOOK, "Lune", "100"))
    assert [a.handle for a in moderation.person(person.id).accounts] == ["Soleil", "Lune"]


# --- What the ladder says ------------------------------------------------------------------------


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_parts_of_a_comparison_give_the_texts_again(one, other):
    left, right = differences(one, other)
    assert "".join(p.text for p in left) == one
    assert "".join(p.text for p in right) == other
    assert [p.text for p in left if not p.changed] == [p.text for p in right if not p.changed]
    if one == other:
        assert not any(p.changed for p in left)


def test_the_same_argument_in_other_words_is_not_the_same_words(moderation):
    import numpy as np

    case_id = open_case(moderation)
    for text in (COMMENT, COMMENT + " Encore!", "Tout autre chose, la météo de demain matin."):
        log(moderation, case_id, text)
    other_words = log(moderation, case_id, "Une recherche démontre que vos statistiques mentent.")
    incidents = moderation.sheet(case_id).incidents
    directions = {"bronzage": 0, "statistiques": 0, "météo": 1}

    def encode(texts):
        rows = np.zeros((len(texts), 4), dtype=np.int8)
        for row, text in zip(rows, texts, strict=True):
            row[next(d for word, d in directions.items() if word in text)] = 100
        return rows

    (pair,) = same_argument(incidents, encode)
    assert (pair.first, pair.second, pair.by_meaning) == (incidents[0].id, other_words, True)
    assert [(p.first, p.second) for p in alike(incidents)] == [(incidents[0].id, incidents[1].id)]


def test_each_standing_of_a_case_has_its_reason(moderation, clock):
    case_id = open_case(moderation)
    said = []

    def hear():
        said.append(reason(moderation.sheet(case_id)).text)

    hear()
    log(moderation, case_id)
    hear()
    climb(moderation, case_id, Rung.ANSWER, text="Réponse")
    hear()
    climb(moderation, case_id, Rung.PRIVATE_MESSAGE, text="Message")
    hear()
    log(moderation, case_id)
    hear()
    climb(moderation, case_id, Rung.REPETITION)
    hear()
    climb(moderation, case_id, Rung.BAN, reason="Récidive")
    hear()
    moderation.close_case(case_id, "Fin du suivi")
    hear()
    assert len(set(said)) == len(said) == 8


def test_what_is_owed_is_listed_the_undated_first(moderation, clock):
    slander = open_case(moderation, Situation.SLANDER_OUTSIDER)
    log(moderation, slander)
    threat = open_case(moderation, Situation.THREAT_OR_HATE)
    log(moderation, threat)
    today = clock().date()
    climb(
        moderation, threat, Rung.BAN, reason="Menace",
        expires_on=today + timedelta(days=30), review_on=today + timedelta(days=7),
    )  # fmt: skip

    def owed(days):
        return [(d.kind, d.case_id) for d in moderation.deadlines(today + timedelta(days=days))]

    assert owed(0) == [(DeadlineKind.CONTACT, slander)]
    assert owed(30)[1:] == [(DeadlineKind.REVIEW, threat), (DeadlineKind.BAN_EXPIRES, threat)]
    escalation = moderation.escalate(slander, EscalationInput("Que faire?"))
    moderation.record_contact(escalation, "Par téléphone", clock())
    assert owed(0) == [(DeadlineKind.ANSWER, slander)]
    moderation.record_affairs_answer(escalation, "Ne rien dire", clock())
    assert owed(0) == []


def test_escalating_after_a_ban_leaves_the_ban(moderation, clock):
    case_id = open_case(moderation, Situation.THREAT_OR_HATE)
    log(moderation, case_id)
    climb(moderation, case_id, Rung.BAN, reason="Menace")
    escalation = moderation.escalate(case_id, EscalationInput("Faut-il porter plainte?"))
    assert moderation.sheet(case_id).case.state is CaseState.BANNED
    moderation.close_escalation(escalation, clock())
    assert moderation.sheet(case_id).case.state is CaseState.BANNED


# --- When a step was done ------------------------------------------------------------------------


def test_a_step_of_yesterday_stands_at_its_moment_and_says_when_it_was_recorded(
    moderation, clock, journal
):
    case_id = open_case(moderation)
    log(moderation, case_id)
    clock.advance(days=3)
    yesterday = clock() - timedelta(days=1)
    climb(moderation, case_id, Rung.ANSWER, text="Voici nos sources", done_at=yesterday)
    climb(moderation, case_id, Rung.PRIVATE_MESSAGE, text="Bonjour")
    answer, message = moderation.sheet(case_id).steps
    assert (answer.at, answer.recorded_at) == (yesterday, clock())
    assert (message.at, message.recorded_at) == (clock(), None)
    entry = journal.entry(answer.entry)
    assert entry.at == clock()
    assert datetime.fromisoformat(entry.values["done"]) == yesterday
    assert "done" not in journal.entry(message.entry).values
    assert journal.verify().ok


def test_a_step_is_never_of_tomorrow_nor_before_what_it_answers_unless_that_is_known(
    moderation, clock
):
    case_id = open_case(moderation)
    log(moderation, case_id)
    before = clock() - timedelta(days=2)
    clock.advance(days=1)
    for moment, code in ((clock() + timedelta(hours=1), "future"), (before, "before_seen")):
        with pytest.raises(UserError) as failure:
            climb(moderation, case_id, Rung.ANSWER, text="Voici", done_at=moment)
        assert code_of(failure) == code
    assert moderation.sheet(case_id).steps == ()
    climb(moderation, case_id, Rung.ANSWER, text="Voici", done_at=before, before_seen=True)
    assert moderation.sheet(case_id).steps[0].at == before


def test_a_comment_seen_after_a_message_that_was_recorded_late_is_a_repetition(moderation, clock):
    case_id = open_case(moderation)
    log(moderation, case_id)
    climb(moderation, case_id, Rung.ANSWER, text="Voici nos sources")
    clock.advance(days=1)
    sent = clock()
    clock.advance(days=1)
    log(moderation, case_id)
    climb(moderation, case_id, Rung.PRIVATE_MESSAGE, text="Bonjour", done_at=sent)
    assert [v.rung for v in moderation.sheet(case_id).ladder if v.proposed] == [Rung.REPETITION]
    (due,) = moderation.next_steps()
    assert due.rung is Rung.REPETITION


def test_a_rung_names_those_that_are_missing_before_it(moderation):
    case_id = open_case(moderation)
    log(moderation, case_id)
    climb(moderation, case_id, Rung.PRIVATE_MESSAGE, text="Bonjour")
    ladder = moderation.sheet(case_id).ladder
    assert ladder[Rung.BAN].missing == (Rung.ANSWER, Rung.REPETITION)
    assert ladder[Rung.REPETITION].missing == () and ladder[Rung.ANSWER].missing == ()
