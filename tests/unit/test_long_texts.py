"""Texts longer than anybody writes: bounded where they come in, and exported where they stand."""

from __future__ import annotations

import hashlib
import json
from zipfile import ZipFile

import pytest

from scc_admin import packets
from scc_admin.errors import UserError
from scc_admin.i18n import Translator
from scc_admin.keys import Kind
from scc_admin.model import Language, Network, Rung, Situation
from scc_admin.moderation import (
    AccountInput,
    CaseInput,
    EscalationInput,
    IncidentInput,
    StepInput,
    records,
)
from scc_admin.workspace import Workspace
from tests import outsiders

HUGE = "Vous mentez, et tout le monde le sait! " * 10_000
"""Four hundred kilobytes: with each of its captures, more than the reader takes below."""


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    made = Workspace.create(tmp_path / "w", protection=Kind.NONE, name="Ana Roy")
    with made.workspace as opened:
        yield opened


def test_a_text_that_is_a_file_is_refused_with_a_way_on_and_nothing_is_written(workspace):
    moderation = workspace.moderation
    logged = moderation.report(CaseInput("Menaces", Situation.TONE), IncidentInput(text="x"))
    size = workspace.journal.size()
    limit = "é" * records.LONGEST
    acts = (
        lambda: moderation.report(
            CaseInput("Autre", Situation.TONE), IncidentInput(text=limit + "é")
        ),
        lambda: moderation.log_incident(logged.case_id, IncidentInput(text=HUGE)),
        lambda: moderation.climb(logged.case_id, StepInput(Rung.ANSWER, text=HUGE)),
        lambda: moderation.note(logged.case_id, HUGE),
        lambda: moderation.open_case(CaseInput(HUGE, Situation.TONE)),
        lambda: moderation.retract_incident(logged.incident_id, HUGE),
        lambda: moderation.escalate(logged.case_id, EscalationInput(HUGE)),
        lambda: moderation.escalate(logged.case_id, EscalationInput("Quoi?", spread=HUGE)),
    )
    for act in acts:
        with pytest.raises(UserError) as refusal:
            act()
        assert refusal.value.code == "long_text"
    assert workspace.journal.size() == size
    assert [case.title for case in moderation.cases()] == ["Menaces"]
    said = Translator(Language.FR).explain(refusal.value)
    assert "fichier" in said and "preuve" in said
    moderation.log_incident(logged.case_id, IncidentInput(text=limit))


@pytest.mark.slow
@pytest.mark.parametrize("person_named", [True, False])
def test_a_case_that_holds_what_is_no_comment_any_more_leaves_whole(
    workspace, monkeypatch, tmp_path, person_named
):
    reader = packets.Limits(small=1 << 19)
    monkeypatch.setattr(packets, "Limits", lambda: reader)
    moderation = workspace.moderation
    monkeypatch.setattr(records, "LONGEST", len(HUGE) * 2)
    account = AccountInput(Network.FACEBOOK, "Teint Soleil")
    spoken = HUGE + " Signé : Teint Soleil"
    logged = moderation.report(
        CaseInput("Menaces", Situation.TONE, account=account),
        IncidentInput(
            text=spoken,
            account=account,
            files=tuple(workspace.vault.add(bytes([n]), f"{n}.bin") for n in range(3)),
        ),
    )
    moderation.climb(logged.case_id, StepInput(Rung.ANSWER, text="Réponse. " + HUGE))
    mistaken, _ = moderation.log_incident(logged.case_id, IncidentInput(text="Erreur. " + HUGE))
    moderation.retract_incident(mistaken, "Autre dossier")
    number = moderation.escalation(
        moderation.escalate(logged.case_id, EscalationInput("Que faire?"))
    ).number
    voice = Translator(Language.FR)
    pdf, archive, *_ = workspace.export_packet(
        number, tmp_path / "out", voice, person_named=person_named
    )
    report = packets.verify(archive)
    assert report.ok, report.problems
    bag = outsiders.all_of_them(
        archive,
        pdf,
        workspace.signer.openssh_public_line(workspace.signer.name),
        tmp_path / "unpacked",
    )
    texts = {path.read_text("utf-8") for path in (bag / "data/texts").iterdir()}
    assert "Erreur. " + HUGE in texts
    assert any(text.startswith("Réponse. " + HUGE) for text in texts)
    told = spoken if person_named else spoken.replace("Teint Soleil", "[Usager 001]")
    assert told in texts
    with ZipFile(archive) as opened:
        case = json.loads(opened.read(f"{number}/data/case.json"))
    line = next(line for line in case["timeline"] if not line["ours"])
    assert line["original_sha256"] == hashlib.sha256(spoken.encode()).hexdigest()
    path = packets.text_path(told.encode())
    assert path in line["detail"] and (bag / path).is_file()
    assert len(json.dumps(case)) < 500_000
    assert pdf.stat().st_size < 5_000_000
