"""Destroying what is due, erasing, the right of access, the register of confidentiality."""

from __future__ import annotations

from datetime import date

import pytest

from scc_admin.errors import UserError
from scc_admin.i18n import Translator
from scc_admin.model import EntryKind, Ground, Network, Rung, Situation
from scc_admin.moderation import (
    AccountInput,
    CaseInput,
    EscalationInput,
    IncidentInput,
    PersonInput,
    StepInput,
)
from scc_admin.moderation.register import ITEMS, ConfidentialityInput, lines_due, table

SECRETS = (
    "Titre Zbrxq un",
    "Nom Zbrxq deux",
    "compte.zbrxq.trois",
    "Commentaire Zbrxq quatre, assez long pour être comparé.",
    "https://exemple.org/zbrxq-cinq",
    "Réponse Zbrxq six",
    "Raison Zbrxq sept",
    "Question Zbrxq huit",
    "Intérêt Zbrxq neuf",
    "capture-zbrxq-dix.png",
    "Affichée Zbrxq onze",
    "Note Zbrxq douze",
)


@pytest.fixture
def case_id(moderation, vault) -> int:
    """A case whose every field holds a word that stands nowhere else."""
    logged = moderation.report(
        CaseInput(
            SECRETS[0],
            Situation.THREAT_OR_HATE,
            new_person=PersonInput(name=SECRETS[1], interest=SECRETS[8]),
            account=AccountInput(Network.FACEBOOK, SECRETS[2]),
        ),
        IncidentInput(
            text=SECRETS[3],
            url=SECRETS[4],
            displayed_at=SECRETS[10],
            account=AccountInput(Network.FACEBOOK, SECRETS[2]),
            files=(vault.add(b"secret picture bytes", SECRETS[9], "image/png"),),
        ),
    )
    moderation.climb(logged.case_id, StepInput(Rung.ANSWER, SECRETS[5]))
    moderation.climb(logged.case_id, StepInput(Rung.BAN, reason=SECRETS[6]))
    moderation.escalate(logged.case_id, EscalationInput(SECRETS[7], spread="", not_done=""))
    moderation.note(logged.case_id, SECRETS[11])
    moderation.unfinished.keep(f"note:{logged.case_id}", {"text": SECRETS[11]})
    return logged.case_id


def traces(folder) -> set[str]:
    """Which of the secrets stand in any file, in two encodings, folded or not."""
    found = set()
    for file in folder.rglob("*"):
        if file.is_file():
            held = file.read_bytes().lower()
            for secret in SECRETS:
                for form in (secret.lower(), secret.lower().replace("é", "e").replace("ê", "e")):
                    if form.encode() in held or form.encode("utf-16-le") in held:
                        found.add(secret)
    return found


def test_no_byte_of_a_destroyed_case_is_left(moderation, journal, vault, clock, case_id, tmp_path):
    assert traces(tmp_path) == set(SECRETS)
    clock.advance(days=3 * 366)
    (due,) = moderation.retention.due(clock().date(), years=3)
    assert (due.case_id, due.due_on) == (case_id, date(2029, 11, 23))
    gone = moderation.retention.destroy_case(case_id, ground=Ground.RETENTION, approver="Luc")
    assert traces(tmp_path) == set()
    assert {item.kind for item in gone.items} == {
        "case", "incident", "step", "escalation", "evidence", "person", "account",
    }  # fmt: skip
    report = journal.verify()
    assert report.ok and report.erased
    assert journal.entry(gone.entry).kind is EntryKind.ERASURE
    sheet = moderation.sheet(case_id)
    assert sheet.case.destroyed_at == clock() and sheet.evidence[0].erased
    assert sheet.evidence[0].sha256 in {item.fingerprint for item in gone.items}
    assert vault.orphans() == [] and not list((tmp_path / "evidence").rglob("*.age"))
    assert moderation.cases() == [] and moderation.retention.due(clock().date(), years=3) == []
    with pytest.raises(UserError) as failure:
        moderation.note(case_id, "encore")
    assert failure.value.code == "destroyed_case"
    new = moderation.sheet(moderation.open_case(CaseInput("Autre", Situation.TONE)))
    assert new.person.label == "Usager 002"


def test_a_case_is_not_due_before_its_time(moderation, clock, case_id):
    last = clock().date()
    assert moderation.retention.due(date(last.year + 3, last.month, last.day - 1), years=3) == []
    assert moderation.retention.due(date(last.year + 3, last.month, last.day), years=3) != []


def test_a_legal_hold_blocks_destruction_and_erasure(moderation, journal, case_id):
    moderation.set_hold(case_id, "Mise en demeure reçue")
    with pytest.raises(UserError) as failure:
        moderation.retention.destroy_case(case_id, ground=Ground.RETENTION, approver="Luc")
    assert failure.value.code == "hold"
    entry = next(e for e in journal.entries() if e.kind is EntryKind.INCIDENT)
    with pytest.raises(UserError) as failure:
        moderation.erase_entry(entry, ground=Ground.REQUEST, approver="Luc")
    assert failure.value.code == "hold"
    evidence = moderation.sheet(case_id).evidence[0].id
    with pytest.raises(UserError) as failure:
        moderation.retention.destroy_evidence(evidence, ground=Ground.REQUEST, approver="Luc")
    assert failure.value.code == "hold"


def test_a_person_with_another_case_stays_known(moderation, case_id):
    person = moderation.sheet(case_id).person
    other = moderation.open_case(CaseInput("Autre", Situation.TONE, person_id=person.id))
    moderation.retention.destroy_case(case_id, ground=Ground.REQUEST, approver="Luc")
    assert moderation.sheet(other).person.name == SECRETS[1]


def test_erasing_an_entry_takes_its_copies_along(moderation, journal, case_id, tmp_path):
    for entry in list(journal.entries()):
        if any(value for value in entry.values.values()):
            moderation.erase_entry(entry, ground=Ground.REQUEST, approver="Luc")
    person = moderation.sheet(case_id).person
    moderation.change_person(person.id, PersonInput(label=person.label))
    moderation.unfinished.drop(f"note:{case_id}")
    journal.settle()
    assert traces(tmp_path) == set()
    assert journal.verify().ok


def test_one_capture_can_be_destroyed_alone(moderation, vault, journal, case_id):
    (piece,) = moderation.sheet(case_id).evidence
    gone = moderation.retention.destroy_evidence(piece.id, ground=Ground.MISTAKE, approver="Luc")
    assert gone.items[0].fingerprint == piece.sha256
    with pytest.raises(UserError) as failure:
        vault.read(piece.blob_id)
    assert failure.value.code == "destroyed"
    after = moderation.sheet(case_id).evidence[0]
    assert (after.erased, after.original_name, after.sha256) == (True, "", piece.sha256)
    assert [c.act for c in vault.custody(piece.id)][-1] == "erased"
    assert journal.verify().ok


def test_a_person_is_given_what_is_held_on_them(moderation, case_id):
    person = moderation.sheet(case_id).person
    file = moderation.retention.person_file(person.id)
    assert file.person.name == SECRETS[1] and len(file.sheets) == 1
    assert SECRETS[3] in {e.values.get("text") for e in file.entries}
    assert file.administrators == {"Ana Roy"}


# --- The register --------------------------------------------------------------------------------


def test_the_register_begins_with_what_the_case_knows(moderation, journal, clock):
    logged = moderation.report(
        CaseInput("Dossier médical publié", Situation.CONFIDENTIAL),
        IncidentInput(url="https://exemple.org/fuite", displayed_at="Hier, 21 h"),
    )
    register = moderation.register
    draft = register.draft(logged.case_id, lambda text: text)
    assert logged.number in draft.circumstances and "fuite" in draft.circumstances
    assert (draft.occurred, draft.noticed_on) == ("Hier, 21 h", clock().date())
    line_id, changes = register.add(draft, logged.number)
    line = register.of_case(logged.number)
    assert (line.id, changes.touches("registers")) == (line_id, True)
    assert "information" in line.missing and "notices" not in line.missing
    register.change(
        line_id,
        ConfidentialityInput(
            "Nom et diagnostic", "Publié par erreur", "Hier", clock().date(), "1",
            "Très sensible", True, "", "Retiré en 10 minutes",
        ),
    )  # fmt: skip
    line = register.of_case(logged.number)
    assert line.missing == ("notices",)
    assert journal.entries()[0].supersedes == line.entries[0]
    heads, rows = table(register.all(), Translator())
    assert len(heads) == len(ITEMS) + 3 == len(rows[0])
    assert len(ITEMS) == 8


def test_a_line_of_the_register_lives_five_years(moderation, journal, clock, tmp_path):
    register = moderation.register
    line_id, _ = register.add(ConfidentialityInput(circumstances="Fuite Zbrxq", risk="Sensible"))
    assert lines_due(register.all(), date(2031, 11, 22), 5) == []
    assert len(lines_due(register.all(), date(2031, 11, 23), 5)) == 1
    register.destroy(line_id, ground=Ground.RETENTION, approver="Luc")
    journal.settle()
    assert register.all() == []
    assert b"Zbrxq" not in (tmp_path / "workspace.db").read_bytes()
    assert journal.verify().ok
