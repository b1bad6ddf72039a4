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
    (due,) = moderation.retention.due(clock().date())
    assert (due.case_id, due.due_on) == (case_id, date(2029, 11, 23))
    gone = moderation.retention.destroy_case(
        case_id, ground=Ground.RETENTION, approver="Luc", though_open=True
    )
    assert traces(tmp_path) == set()
    assert {item.kind for item in gone.items} == {
        "case", "incident", "step", "escalation", "evidence", "form", "person", "account",
    }  # fmt: skip
    report = journal.verify()
    assert report.ok and report.erased
    assert journal.entry(gone.entry).kind is EntryKind.ERASURE
    sheet = moderation.sheet(case_id)
    assert sheet.case.destroyed_at == clock() and sheet.evidence[0].erased
    assert sheet.evidence[0].sha256 in {item.fingerprint for item in gone.items}
    assert vault.orphans() == [] and not list((tmp_path / "evidence").rglob("*.age"))
    assert moderation.cases() == [] and moderation.retention.due(clock().date()) == []
    with pytest.raises(UserError) as failure:
        moderation.note(case_id, "encore")
    assert failure.value.code == "destroyed_case"
    new = moderation.sheet(moderation.open_case(CaseInput("Autre", Situation.TONE)))
    assert new.person.label == "Usager 002"


def test_a_case_is_not_due_before_its_time(moderation, clock, case_id):
    last = clock().date()
    assert moderation.retention.due(date(last.year + 3, last.month, last.day - 1)) == []
    assert moderation.retention.due(date(last.year + 3, last.month, last.day)) != []


def test_no_case_goes_before_its_time_because_its_time_is_over(moderation, journal, clock, case_id):
    retention = moderation.retention
    entry = next(e for e in journal.entries() if e.kind is EntryKind.INCIDENT)
    piece = moderation.sheet(case_id).evidence[0].id
    assert Ground.RETENTION not in retention.prospect(case_id).grounds
    assert Ground.RETENTION not in retention.grounds_of(entry)
    given = {"ground": Ground.RETENTION, "approver": "Luc"}
    for too_early in (
        lambda: retention.destroy_case(case_id, **given, though_open=True),
        lambda: retention.destroy_evidence(piece, **given),
        lambda: retention.erase_entry(entry.seq, **given),
    ):
        with pytest.raises(UserError) as failure:
            too_early()
        assert failure.value.code == "ground"
    clock.advance(days=3 * 366)
    assert Ground.RETENTION in retention.prospect(case_id).grounds
    retention.erase_entry(entry.seq, **given)
    retention.destroy_evidence(piece, **given)
    retention.destroy_case(case_id, **given, though_open=True)


def test_whoever_destroys_does_not_approve_it(moderation, journal, case_id):
    retention = moderation.retention
    entry = next(e for e in journal.entries() if e.kind is EntryKind.INCIDENT)
    piece = moderation.sheet(case_id).evidence[0].id
    for approver, code in (("", "approver"), ("  ", "approver"), (" Roy,  ÀNA", "approver_self")):
        given = {"ground": Ground.REQUEST, "approver": approver}
        for alone in (
            lambda given=given: retention.destroy_case(case_id, **given, though_open=True),
            lambda given=given: retention.destroy_evidence(piece, **given),
            lambda given=given: retention.erase_entry(entry.seq, **given),
        ):
            with pytest.raises(UserError) as failure:
                alone()
            assert failure.value.code == code


def test_a_case_with_something_open_goes_only_knowingly(moderation, clock, case_id):
    told = [one.sentence for one in moderation.retention.prospect(case_id).open]
    assert any("waits for the answer" in sentence for sentence in told)
    assert any("ban still stands" in sentence for sentence in told)
    assert any("Forms begun" in sentence for sentence in told)
    with pytest.raises(UserError) as failure:
        moderation.retention.destroy_case(case_id, ground=Ground.REQUEST, approver="Luc")
    assert failure.value.code == "stands_open"
    assert moderation.sheet(case_id).case.destroyed_at is None
    quiet = moderation.open_case(CaseInput("Sans suite", Situation.TONE))
    moderation.close_case(quiet, "Sans suite")
    assert moderation.retention.prospect(quiet).open == ()
    moderation.retention.destroy_case(quiet, ground=Ground.REQUEST, approver="Luc")


def test_a_legal_hold_blocks_destruction_and_erasure(moderation, journal, case_id):
    moderation.set_hold(case_id, "Mise en demeure reçue")
    with pytest.raises(UserError) as failure:
        moderation.retention.destroy_case(case_id, ground=Ground.RETENTION, approver="Luc")
    assert failure.value.code == "hold"
    entry = next(e for e in journal.entries() if e.kind is EntryKind.INCIDENT)
    with pytest.raises(UserError) as failure:
        moderation.retention.erase_entry(entry.seq, ground=Ground.REQUEST, approver="Luc")
    assert failure.value.code == "hold"
    evidence = moderation.sheet(case_id).evidence[0].id
    with pytest.raises(UserError) as failure:
        moderation.retention.destroy_evidence(evidence, ground=Ground.REQUEST, approver="Luc")
    assert failure.value.code == "hold"


def test_a_person_with_another_case_stays_known(moderation, case_id):
    person = moderation.sheet(case_id).person
    other = moderation.open_case(CaseInput("Autre", Situation.TONE, person_id=person.id))
    moderation.retention.destroy_case(
        case_id, ground=Ground.REQUEST, approver="Luc", though_open=True
    )
    assert moderation.sheet(other).person.name == SECRETS[1]


def test_erasing_an_entry_takes_its_copies_along(moderation, journal, case_id, tmp_path):
    person = moderation.sheet(case_id).person
    moderation.change_person(person.id, PersonInput(label=person.label))
    for entry in list(journal.entries()):
        if any(value for value in entry.values.values()):
            moderation.retention.erase_entry(entry.seq, ground=Ground.REQUEST, approver="Luc")
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


def test_a_form_that_quotes_erased_words_loses_them_and_nothing_else(
    moderation, vault, journal, case_id, tmp_path
):
    forms = moderation.unfinished
    file = {"blob": forms.keep_file(vault.add(b"another picture", "b.png", "image/png"))}
    said = "Vous écrivez : « COMMENTAIRE zbrxq quatre ». Voici pourquoi."
    forms.keep(f"answer:{case_id}", {"text": said, "when": "hier", "files": [file]})
    forms.keep(f"ban:{case_id}", {"reason": "Voici pourquoi."})
    forms.keep("incident", {"rows": [{"words": f"encore: {said}"}], "url": "https://exemple.org"})
    entry = next(e for e in journal.entries() if e.kind is EntryKind.INCIDENT)
    gone = moderation.retention.erase_entry(
        entry.seq, ground=Ground.REQUEST, approver="Luc", fields=["text"]
    )
    assert dict(forms.get(f"answer:{case_id}").data) == {
        "text": "",
        "when": "hier",
        "files": [file],
    }
    assert forms.get(f"ban:{case_id}").data["reason"] == "Voici pourquoi."
    assert dict(forms.get("incident").data) == {
        "rows": [{"words": ""}],
        "url": "https://exemple.org",
    }
    assert [item.kind for item in gone.items] == ["value", "form", "form"]
    assert SECRETS[3] not in traces(tmp_path)
    assert not any("zbrxq quatre" in secret for secret in traces(tmp_path))


def test_the_same_words_in_another_entry_are_named(moderation, journal, case_id):
    again, _ = moderation.log_incident(case_id, IncidentInput(text=SECRETS[3]))
    first, second = (e for e in reversed(journal.entries()) if e.values.get("text") == SECRETS[3])
    assert again and first.seq < second.seq
    given = {"ground": Ground.REQUEST, "approver": "Luc"}
    gone = moderation.retention.erase_entry(first.seq, **given)
    assert [k.name for k in gone.kept if k.kind == "entry"] == [str(second.seq)]
    gone = moderation.retention.destroy_case(case_id, **given, though_open=True)
    assert [k for k in gone.kept if k.kind == "entry"] == []


def test_a_destruction_takes_the_pictures_of_begun_forms_and_says_what_it_cannot_reach(
    moderation, vault, clock, case_id
):
    forms = moderation.unfinished
    blob = forms.keep_file(vault.add(b"not yet recorded", "c.png", "image/png"))
    forms.keep(f"incident:{case_id}", {"text": "", "files": [{"blob": blob}]})
    same = moderation.report(
        CaseInput("Autre", Situation.TONE),
        IncidentInput(text="autre", files=(vault.add(b"secret picture bytes", "d.png"),)),
    )
    number = moderation.sheet(case_id).case.number
    line = moderation.register.add(ConfidentialityInput(circumstances="Fuite"), number)[0]
    piece = moderation.sheet(case_id).evidence[0]
    moderation.exported([piece.id], "Police de Laval")
    gone = moderation.retention.destroy_case(
        case_id, ground=Ground.ORDER, approver="Luc", though_open=True
    )
    assert vault.blob(blob).destroyed
    kept = {(kept.kind, kept.name) for kept in gone.kept}
    assert kept == {("copy", "Police de Laval"), ("register", number), ("file", same.number)}
    (until,) = {kept.until for kept in gone.kept if kept.kind == "register"}
    assert until == clock().date().replace(year=clock().year + 5)
    (held,) = moderation.register.all()
    assert (held.id, held.items.circumstances) == (line, "Fuite")
    assert [entry for entry in vault.custody(piece.id) if entry.to_whom] == []


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
    (line,) = register.all()
    assert line.case == logged.number
    assert (line.id, changes.touches("registers")) == (line_id, True)
    assert "information" in line.missing and "notices" not in line.missing
    register.change(
        line_id,
        ConfidentialityInput(
            "Nom et diagnostic", "Publié par erreur", "Hier", clock().date(), "1",
            "Très sensible", True, "", "Retiré en 10 minutes",
        ),
    )  # fmt: skip
    (line,) = register.all()
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
    with pytest.raises(UserError) as failure:
        register.destroy(line_id, ground=Ground.RETENTION, approver="Luc")
    assert failure.value.code == "ground"
    clock.advance(days=5 * 366)
    with pytest.raises(UserError) as failure:
        register.destroy(line_id, ground=Ground.RETENTION, approver=" ana roy ")
    assert failure.value.code == "approver_self"
    register.destroy(line_id, ground=Ground.RETENTION, approver="Luc")
    journal.settle()
    assert register.all() == []
    assert b"Zbrxq" not in (tmp_path / "workspace.db").read_bytes()
    assert journal.verify().ok
