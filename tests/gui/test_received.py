"""What was received is verified on a screen: packets, checkpoints, and what is neither."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest

from scc_admin.i18n import Translator
from scc_admin.journal import merkle, notes
from scc_admin.model import Language
from ui.escalation.packet import PacketBuilder
from ui.received import ReceivedDialog
from ui.widgets import Tone


@pytest.fixture
def dialog(full, settle) -> Iterator[ReceivedDialog]:
    made = ReceivedDialog(full.shell)
    made.open()
    settle()
    yield made
    made.close()
    settle()


def said(dialog: ReceivedDialog) -> str:
    parts = (dialog.banner.accessibleName(), dialog.checked.text(), dialog.problems.toPlainText())
    return "\n".join(parts)


def test_a_packet_is_verified_from_its_zip_and_from_its_folder(dialog, sample, tmp_path, settle):
    number = sample.moderation.escalations()[0].number
    _, archive, _ = sample.export_packet(number, tmp_path / "out", Translator(Language.FR))
    dialog.verify(archive)
    settle()
    assert "est complet et inaltéré" in said(dialog)
    assert "lignes du dossier disent" in said(dialog)
    assert sample.signer.fingerprint() in said(dialog)
    assert dialog.proof_button.isHidden()
    shutil.unpack_archive(archive, tmp_path / "unpacked")
    evidence = next((tmp_path / "unpacked").glob("*/data/case.json"))
    dialog.verify(tmp_path / "unpacked")
    settle()
    assert "est complet et inaltéré" in said(dialog)
    evidence.write_text(evidence.read_text("utf-8").replace("ESC-", "ECS-"), "utf-8")
    dialog.verify(tmp_path / "unpacked")
    settle()
    assert "n’est pas tel qu’il a été signé" in said(dialog)
    assert "case.json" in dialog.problems.toPlainText()


def test_a_checkpoint_that_somebody_kept_is_compared_and_proven(dialog, sample, tmp_path, settle):
    kept = tmp_path / "gardé.txt"
    kept.write_text(sample.journal.checkpoint().note, "utf-8")
    case = sample.moderation.cases()[0].id
    sample.moderation.note(case, "Ce qui vint après")
    dialog.verify(kept)
    settle()
    assert "concorde avec ce point de contrôle" in said(dialog)
    assert not dialog.proof_button.isHidden()
    target = tmp_path / "preuve.json"
    dialog.save_proof(target)
    settle()
    proof = json.loads(target.read_text("utf-8"))
    old, new = (notes.verify(proof[name], sample.signer.public_key) for name in ("old", "new"))
    assert old.size < new.size
    steps = [bytes.fromhex(step) for step in proof["proof"]]
    assert merkle.verify_consistency(old.size, old.root, new.size, new.root, steps)


def test_what_is_neither_is_told_in_a_sentence(dialog, tmp_path, settle):
    for name, data in (("a.txt", b"bonjour"), ("b.zip", b"PK nothing"), ("c.txt", b"\xff\x00")):
        (tmp_path / name).write_bytes(data)
        dialog.verify(tmp_path / name)
        settle()
        assert dialog.banner.property("tone") == Tone.ERROR.value
        assert "{" not in said(dialog)
    dialog.verify(tmp_path / "gone.txt")
    settle()
    assert dialog.banner.property("tone") == Tone.ERROR.value


def test_the_action_opens_it_from_anywhere(full, settle):
    full.go("drafts")
    settle()
    full.verify_received()
    settle()
    (found,) = full.findChildren(ReceivedDialog)
    assert found.isVisible()
    found.close()
    settle()


def test_a_case_that_is_not_what_was_recorded_says_so_in_its_builder(full, sample, settle):
    """A packet of it leaves only where both versions are asked for."""
    (escalation, *_) = sample.moderation.escalations()
    with sample.store.writing() as tx:
        tx.run("UPDATE incidents SET text = 'FALSIFIÉ'")
    builder = PacketBuilder(full.shell, escalation, sample.moderation.sheet(escalation.case_id))
    builder.open()
    settle()
    assert not builder.both.isHidden()
    assert "le texte d’un commentaire" in builder.differs.accessibleName()
    builder.close()
    settle()
