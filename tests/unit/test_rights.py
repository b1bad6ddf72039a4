"""Certificates and the right of access, on a whole workspace."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from scc_admin import backups
from scc_admin.editorial import DraftDetails
from scc_admin.errors import UserError
from scc_admin.i18n import Translator
from scc_admin.keys import Kind
from scc_admin.model import EntryKind, Ground, Language, Network, Rung, Situation, Target
from scc_admin.moderation import (
    AccountInput,
    CaseInput,
    EscalationInput,
    IncidentInput,
    PersonInput,
    StepInput,
)
from scc_admin.moderation.register import ConfidentialityInput
from scc_admin.workspace import Workspace
from tests import outsiders


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    made = Workspace.create(tmp_path / "w", protection=Kind.NONE, name="Ana Roy")
    with made.workspace as opened:
        yield opened


@pytest.fixture
def case_id(workspace) -> int:
    account = AccountInput(Network.FACEBOOK, "Teint Soleil")
    logged = workspace.moderation.report(
        CaseInput("Menace", Situation.THREAT_OR_HATE, account=account,
                  new_person=PersonInput(notes="Ana Roy l'a vu; Luc aussi")),
        IncidentInput(
            text="Vous allez voir ce que vous allez voir",
            account=account,
            files=(workspace.vault.add(b"seul sur l'image", "a.txt"),
                   workspace.vault.add(b"d'autres sur l'image", "b.txt")),
        ),
    )  # fmt: skip
    workspace.moderation.climb(logged.case_id, StepInput(Rung.ANSWER, "Ana répond. ANA ROY"))
    return logged.case_id


def words_of(pdf: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


def test_a_certificate_of_erasure_names_each_field_and_says_how_long_backups_hold(
    workspace, case_id, tmp_path
):
    workspace.settings.set("retention.backup_days", 30)
    made = workspace.back_up()
    entry = next(e for e in workspace.journal.entries() if e.kind is EntryKind.INCIDENT)
    gone = workspace.moderation.retention.erase_entry(
        entry.seq, ground=Ground.REQUEST, approver="Luc Gagné", fields=["text", "account"]
    )
    assert [item.field for item in gone.items] == ["account", "text"]
    file = workspace.certificate(gone, tmp_path / "c.pdf", Translator(Language.EN), key="erasure")
    said = words_of(file.read_bytes())
    commitments = workspace.journal.commitments(entry.seq)
    assert "captured" in commitments
    for name, words in (("text", "Text"), ("account", "Account")):
        assert f"{words} (entry {entry.seq})" in said
        assert commitments[name] in said.replace(" ", "")
    assert "Captured (entry" not in said
    day = (made.at + timedelta(days=30)).date()
    assert Translator(Language.EN).date(day, "long") in said
    again = workspace.moderation.retention.erase_entry(
        entry.seq, ground=Ground.REQUEST, approver="Luc Gagné"
    )
    assert {"account", "text"}.isdisjoint(item.field for item in again.items)


def test_a_destruction_names_the_entries_that_stand_for_what_is_gone(workspace, case_id):
    entries = {e.seq: e.hash.hex() for e in workspace.journal.entries()}
    gone = workspace.moderation.retention.destroy_case(
        case_id, ground=Ground.REQUEST, approver="Luc Gagné"
    )
    found = {item.fingerprint for item in gone.items if item.kind in ("incident", "step")}
    assert found and found <= set(entries.values())


@pytest.mark.parametrize("language", list(Language))
def test_a_destruction_and_an_erasure_are_certified(workspace, case_id, tmp_path, language):
    tr = Translator(language)
    seq = workspace.journal.entries()[0].seq
    erased = workspace.moderation.retention.erase_entry(
        seq, ground=Ground.MISTAKE, approver="Luc Gagné"
    )
    for gone, key in (
        (erased, "erasure"),
        (
            workspace.moderation.retention.destroy_case(
                case_id, ground=Ground.REQUEST, approver="Luc Gagné"
            ),
            "destruction",
        ),
    ):
        file = workspace.certificate(gone, tmp_path / f"{key}.pdf", tr, key=key)
        assert file.read_bytes().startswith(b"%PDF-")


def certified(workspace, gone, tmp_path) -> str:
    file = workspace.certificate(gone, tmp_path / "c.pdf", Translator(Language.EN))
    return words_of(file.read_bytes())


def test_a_certificate_tells_of_a_backup_folder_that_is_away_until_it_is_back(
    workspace, case_id, tmp_path
):
    en = Translator(Language.EN)
    key, away = tmp_path / "key", tmp_path / "away"
    workspace.settings.set("retention.backup_days", 30)
    workspace.settings.set("backup.folder", str(key))
    made = workspace.back_up()
    key.rename(away)
    key.mkdir()  # the empty place on which the disk would be
    workspace.settings.set("backup.folder", "")
    gone = workspace.moderation.retention.destroy_case(
        case_id, ground=Ground.REQUEST, approver="Luc Gagné"
    )
    until = en.date((made.at + timedelta(days=30)).date(), "long")
    told = certified(workspace, gone, tmp_path)
    assert "could not be looked at" in told and str(key) in told.replace(" ", "")
    assert until in told
    assert "No folder known" not in told
    workspace.back_up()
    assert key in workspace.backup_places(), "a folder that is away is not forgotten"
    key.rmdir()
    away.rename(key)
    told = certified(workspace, gone, tmp_path)
    assert "could not be looked at" not in told and until in told
    later = made.at + timedelta(days=31)
    workspace.clock = lambda: later
    workspace.back_up()
    assert not backups.backups(workspace.folder, place=key), "rotated though no longer chosen"
    assert workspace.backup_places() == {}
    assert "No folder known" in certified(workspace, gone, tmp_path)


def test_a_disk_that_was_destroyed_can_be_struck_off(workspace, tmp_path):
    key = tmp_path / "key"
    workspace.settings.set("backup.folder", str(key))
    workspace.back_up()
    with pytest.raises(UserError) as failure:
        workspace.forget_backup_place(key)
    assert failure.value.code == "in_use"
    workspace.settings.set("backup.folder", "")
    assert key in workspace.backup_places()
    workspace.forget_backup_place(key)
    assert workspace.backup_places() == {}


def test_a_folder_chosen_before_folders_were_noted_is_not_forgotten(workspace, tmp_path):
    key = tmp_path / "key"
    workspace.settings.set("backup.folder", str(key))
    workspace.back_up()
    workspace.settings.set("backup.folders", {})
    workspace.back_up_if_due()
    workspace.settings.set("backup.folder", "")
    assert key in workspace.backup_places()


def test_a_certificate_names_what_an_erasure_does_not_reach(workspace, case_id, tmp_path):
    words = "Vous allez voir ce que vous allez voir"
    draft = workspace.editorial.add_draft(
        DraftDetails(title="Réponse publique"),
        [(Target.FACEBOOK, Language.FR, f"On nous écrit : « {words} ».")],
    )
    number = workspace.moderation.sheet(case_id).case.number
    workspace.moderation.register.add(ConfidentialityInput(circumstances="Fuite"), number)
    exports = workspace.exports_folder
    (packet, *_) = workspace.export_packet(
        number, exports, Translator(), question="Que faire de cette menace?"
    )
    (exports / f"{number}2.txt").write_text("of another case")
    gone = workspace.moderation.retention.destroy_case(
        case_id, ground=Ground.ORDER, approver="Luc Gagné", though_open=True
    )
    told = certified(workspace, gone, tmp_path)
    assert "What this erasure does not reach" in told
    assert "Réponse publique" in told and packet.name in told
    assert f"its line of {number} is to be destroyed from" in told
    assert f"{number}2.txt" not in told
    assert workspace.editorial.sheet(draft).variants[0].text.endswith("».")


def test_all_that_leaves_is_noted_for_every_piece_and_for_what(workspace, case_id, tmp_path):
    pieces = workspace.moderation.sheet(case_id).evidence
    with pytest.raises(UserError) as failure:
        workspace.export_everything(tmp_path, "  ")
    assert failure.value.code == "to_whom"
    size = workspace.journal.size()
    workspace.export_everything(tmp_path, "Nouvel ordinateur du siège ")
    for piece in pieces:
        last = workspace.vault.custody(piece.id)[-1]
        assert (last.act, last.to_whom) == ("exported", "Nouvel ordinateur du siège")
    entries = workspace.journal.entries()[: workspace.journal.size() - size]
    assert [entry.step for entry in entries] == ["exported", "exported", "everything"]
    assert {entry.values["to"] for entry in entries} == {"Nouvel ordinateur du siège"}


def test_a_person_gets_their_data_and_nobody_elses(workspace, case_id, tmp_path):
    moderation = workspace.moderation
    mistaken, _ = moderation.climb(case_id, StepInput(Rung.ANSWER, "Ana répond encore"))
    moderation.retract(mistaken, "Mauvaise page")
    moderation.escalate(case_id, EscalationInput("Qui prévenir, Luc?"))
    sheet = moderation.sheet(case_id)
    size = workspace.journal.size()
    folder = workspace.export_access(
        sheet.person.id, tmp_path, Translator(), evidence={sheet.evidence[0].id}, hide=["Luc"]
    )
    data = json.loads((folder / "donnees.json").read_text("utf-8"))
    assert data["cases"][0]["incidents"][0]["text"].startswith("Vous allez voir")
    assert data["person"]["notes"] == "[…] l'a vu; […] aussi"
    text = (folder / "dossier.txt").read_text("utf-8")
    document = (folder / "dossier.pdf").read_bytes()
    for told in (" ".join(text.split()), words_of(document)):
        assert "Teint Soleil" in told and "Vous allez voir ce que vous allez voir" in told
        assert "[…] répond. […]" in told and "Qui prévenir, […]?" in told
        assert "Retiré par une entrée ultérieure." in told and "001.txt" in told
        for third in ("Ana Roy", "ANA ROY", "Luc"):
            assert third not in told
    assert b"Ana Roy" not in document
    outsiders.document(folder / "dossier.pdf")
    assert [f.read_bytes() for f in (folder / "preuves").iterdir()] == [b"seul sur l'image"]
    assert workspace.journal.size() > size
    assert not list(tmp_path.glob("*.partial"))
    with pytest.raises(UserError) as failure:
        workspace.export_access(sheet.person.id, tmp_path, Translator(), evidence=())
    assert failure.value.code == "exists_file"


def test_the_register_leaves_as_a_spreadsheet_in_which_text_stays_text(workspace, tmp_path):
    from openpyxl import load_workbook

    workspace.moderation.register.add(ConfidentialityInput(circumstances="=1+1"))
    file = workspace.export_register(tmp_path / "registre.xlsx", Translator())
    (page,) = load_workbook(file).worksheets
    assert page.max_column == 11
    assert "=1+1" in [cell.value for cell in page[2]]
    assert all(cell.data_type != "f" for cell in page[2])


def test_a_packet_hides_bystanders_and_still_verifies(workspace, case_id, tmp_path):
    from zipfile import ZipFile

    from scc_admin import packets

    moderation = workspace.moderation
    moderation.note(case_id, "Zbrxq Tremblay a répondu avant nous")
    number = moderation.escalation(
        moderation.escalate(case_id, EscalationInput("Que dire à zbrxq?"))
    ).number
    files = workspace.export_packet(number, tmp_path / "out", Translator(), hide=["Zbrxq"])
    with ZipFile(next(f for f in files if f.suffix == ".zip")) as archive:
        held = b"".join(archive.read(name) for name in archive.namelist())
    for data in (held, *(f.read_bytes() for f in files if f.suffix == ".eml")):
        assert b"zbrxq" not in data.lower()
    assert packets.verify(next(f for f in files if f.suffix == ".zip")).ok
    (packet,) = moderation.packets(moderation.sheet(case_id).escalations[0].id)
    moderation.packet_sent(packet.id, "Affaires publiques")
    moderation.packet_acknowledged(packet.id, workspace.clock())
    (packet,) = moderation.packets(packet.escalation_id)
    assert packet.sent_to == "Affaires publiques" and packet.acknowledged_at is not None


ACTS = {
    "case": lambda retention, case_id, **how: retention.destroy_case(case_id, **how),
    "evidence": lambda retention, _case, **how: retention.destroy_evidence(1, **how),
    "values": lambda retention, _case, **how: retention.erase_entry(2, **how),
}


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_destroyed_whose_certificate_is_not_on_the_disk(
    workspace, case_id, tmp_path, act
):
    def destroy(certify):
        return ACTS[act](
            workspace.moderation.retention,
            case_id,
            ground=Ground.MISTAKE,
            approver="Luc Gagné",
            certify=certify,
        )

    tr, target = Translator(Language.FR), tmp_path / "c.pdf"
    sheet, size = workspace.moderation.sheet(case_id), workspace.journal.size()

    def no_paper(_gone):
        raise UserError("disk_full", "x")

    with pytest.raises(UserError, match="x"):
        destroy(no_paper)
    with (
        pytest.raises(UserError) as refused,
        workspace.certified(tmp_path / "absent" / "c.pdf", tr) as certify,
    ):
        destroy(certify)
    assert refused.value.code == "no_folder"
    assert (workspace.moderation.sheet(case_id), workspace.journal.size()) == (sheet, size)
    assert workspace.vault.read(sheet.evidence[0].blob_id)
    with workspace.certified(
        target, tr, key="erasure" if act == "values" else "destruction"
    ) as certify:
        gone = destroy(certify)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.pdf", "w"]
    newest = workspace.journal.checkpoints()[0]
    assert newest.size == workspace.journal.size() >= gone.entry
    assert "".join(newest.note.split()) in words_of(target.read_bytes()).replace(" ", "")
    key, again = workspace.moderation.retention.recorded(gone.entry)
    assert key == ("erasure" if act == "values" else "destruction")
    assert (again.case, again.ground, again.approver, again.who, again.entry) == (
        gone.case, gone.ground, gone.approver, "Ana Roy", gone.entry
    )  # fmt: skip
    # Rows that are deleted, and not emptied, are the only ones that nothing tells of any more.
    known = [item for item in gone.items if item.kind not in ("account", "form")]
    assert [item for item in again.items if item.kind != "account"] == known
    if act != "case":
        workspace.moderation.note(case_id, "plus tard")
        assert workspace.moderation.retention.recorded(gone.entry)[1].items == again.items
