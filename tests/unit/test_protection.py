"""A PDF behind a passphrase: as strong as it says, and the passphrase nowhere to be found."""

from __future__ import annotations

import unicodedata

import pytest

from scc_admin.documents import strength
from scc_admin.i18n import Translator
from scc_admin.keys import Kind
from scc_admin.model import Situation
from scc_admin.moderation import CaseInput, EscalationInput, IncidentInput
from scc_admin.workspace import Workspace


def test_the_passphrase_of_a_protected_document_is_kept_nowhere(tmp_path, monkeypatch):
    import pikepdf

    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    passphrase = "érable girouette tambour quai"
    made = Workspace.create(tmp_path / "w", protection=Kind.NONE, name="Ana Roy")
    with made.workspace as workspace:
        moderation = workspace.moderation
        case_id = moderation.report(
            CaseInput("Bronzage", Situation.TONE), IncidentInput("Rien de tel")
        ).case_id
        number = moderation.escalation(
            moderation.escalate(case_id, EscalationInput("Que faire?"))
        ).number
        typed = unicodedata.normalize("NFD", passphrase)
        files = workspace.export_packet(number, tmp_path / "out", Translator(), passphrase=typed)
        workspace.back_up()
        held = [path.read_bytes() for path in workspace.folder.rglob("*") if path.is_file()]
    (locked,) = [file for file in files if file.stem.endswith("-protege")]
    with pikepdf.open(locked, password=passphrase) as document:
        assert document.encryption.R == 6 and document.encryption.bits == 256
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(locked)
    mail = next(file for file in files if file.suffix == ".eml").read_bytes()
    for data in (mail, *held):
        for word in ("girouette", "tambour"):
            assert word.encode() not in data and word.encode("utf-16-le") not in data


@pytest.mark.parametrize(
    ("passphrase", "expected"),
    [
        ("court", "short"),
        ("aaaaaaaaaaaaaaaa", "weak"),
        ("12345678901234", "weak"),
        ("motdepasse2026", "weak"),
        ("cancer cancer cancer cancer", "weak"),
        ("érable girouette tambour", "fair"),
        ("érable girouette tambour quai", "good"),
        ("x7#Qm2!vR9@pL4$k", "good"),
    ],
)
def test_the_strength_of_a_passphrase_is_a_lower_estimate(passphrase, expected):
    assert strength(passphrase) == expected
