"""A packet says what was taken back or corrected: what, when, by whom and why."""

from __future__ import annotations

import json
from zipfile import ZipFile

import pypdfium2
import pytest

from scc_admin import packets
from scc_admin.i18n import Translator
from scc_admin.keys import Kind
from scc_admin.model import Language, Rung, Situation
from scc_admin.moderation import CaseInput, EscalationInput, IncidentInput, PersonInput, StepInput
from scc_admin.workspace import Workspace
from tests import outsiders


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    made = Workspace.create(tmp_path / "w", protection=Kind.NONE, name="Ana Roy")
    with made.workspace as opened:
        yield opened


@pytest.fixture
def corrected(workspace) -> str:
    """The number of a request in a case of which much was corrected."""
    moderation = workspace.moderation
    person = PersonInput(name="Zbrxq Tremblay")
    logged = moderation.report(
        CaseInput("Menaces", Situation.TONE, new_person=person), IncidentInput(text="Vu")
    )
    case = logged.case_id
    mistaken, _ = moderation.log_incident(case, IncidentInput(text="Mots de quelqu'un d'autre"))
    moderation.retract_incident(mistaken, "Zbrxq Tremblay ne l'a pas écrit")
    step, _ = moderation.climb(case, StepInput(Rung.ANSWER, text="Réponse hâtive"))
    moderation.retract(step, "Publiée sur la mauvaise page")
    moderation.reclassify(case, Situation.DUPLICATES, critical=False)
    request = moderation.escalate(case, EscalationInput("Que faire?"))
    moderation.correct_escalation(request, EscalationInput("Que répondre?"))
    return moderation.escalation(request).number


def case_of(archive, number) -> dict:
    with ZipFile(archive) as opened:
        return json.loads(opened.read(f"{number}/data/case.json"))


@pytest.mark.parametrize("language", list(Language))
def test_a_packet_tells_what_was_taken_back_or_corrected(workspace, corrected, tmp_path, language):
    voice = Translator(language)
    pdf, archive, *_ = workspace.export_packet(corrected, tmp_path / "out", voice)
    report = packets.verify(archive)
    assert report.ok
    with ZipFile(archive) as opened:
        opened.extractall(tmp_path)
    assert outsiders.told(tmp_path / corrected) == report.told > 4
    case = case_of(archive, corrected)
    told = [(line["what"], line["change"], line["reason"]) for line in case["withdrawn"]]
    label = "[Usager 001]" if language is Language.FR else "[User 001]"
    known = {
        Language.FR: [
            ("Commentaire vu", "", f"{label} ne l'a pas écrit"),
            ("Réponse publique", "", "Publiée sur la mauvaise page"),
            ("Situation du dossier", "« Ton » est devenu « Commentaires répétés »", ""),
            (f"Escalade {corrected}", "Reformulé ou modifié : Question", ""),
        ],
        Language.EN: [
            ("Comment seen", "", f"{label} ne l'a pas écrit"),
            ("Public answer", "", "Publiée sur la mauvaise page"),
            ("Situation of the case", "“Tone” became “Repeated comments”", ""),
            (f"Escalation {corrected}", "Reworded or changed: Question", ""),
        ],
    }[language]
    assert [tuple(s.replace("\u00a0", " ") for s in line) for line in told] == known
    assert {line["who"] for line in case["withdrawn"]} == {"Ana Roy"}
    assert "quelqu'un d'autre" not in json.dumps(case, ensure_ascii=False)
    document = pypdfium2.PdfDocument(pdf)
    words = " ".join(" ".join(p.get_textpage().get_text_range() for p in document).split())
    head = {Language.FR: "Annulé ou corrigé", Language.EN: "Taken back or corrected"}[language]
    assert head in words and "Publiée sur la mauvaise page" in words


def test_a_packet_of_a_case_without_corrections_has_no_such_section(workspace, tmp_path):
    moderation = workspace.moderation
    case = moderation.report(CaseInput("Ton", Situation.TONE), IncidentInput(text="Vu")).case_id
    number = moderation.escalation(moderation.escalate(case, EscalationInput("Que faire?"))).number
    pdf, archive, *_ = workspace.export_packet(number, tmp_path / "out", Translator())
    assert case_of(archive, number)["withdrawn"] == []
    words = "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(pdf))
    assert "Annulé ou corrigé" not in words


@pytest.mark.parametrize("lie", ["left out", "another reason", "another name", "another entry"])
def test_a_case_that_hides_or_twists_a_correction_does_not_verify(
    workspace, corrected, tmp_path, monkeypatch, lie
):
    from scc_admin import exports

    honest = exports._withdrawn

    def lying(*given):
        told = honest(*given)
        if lie == "left out":
            return told[:1] + told[2:]
        line = told[1]
        line.update(
            {
                "another reason": {"reason": "Pour rien"},
                "another name": {"who": "Luc Gagnon"},
                "another entry": {"superseded": 1},
            }[lie]
        )
        return told

    monkeypatch.setattr(exports, "_withdrawn", lying)
    with pytest.raises(Exception) as refusal:
        workspace.export_packet(corrected, tmp_path / "out", Translator())
    assert refusal.value.code == "case"
