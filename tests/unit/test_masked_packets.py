"""A packet with masked captures: what is hidden is nowhere in it, and the original is untouched."""

from __future__ import annotations

import email
import hashlib
import io
import json
from email import policy

import pytest
from PIL import Image

from scc_admin import exports, packets
from scc_admin.drawing import capture
from scc_admin.errors import UserError
from scc_admin.i18n import Translator
from scc_admin.keys import Kind
from scc_admin.model import Area, EntryKind, Language, Network, Situation
from scc_admin.moderation import AccountInput, CaseInput, EscalationInput, IncidentInput
from scc_admin.workspace import Workspace
from tests import outsiders

AREAS = (Area(0, 0, 4_000, 60), Area(20, 90, 200, 40))


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    made = Workspace.create(tmp_path / "w", protection=Kind.NONE, name="Ana Roy")
    with made.workspace as opened:
        yield opened


@pytest.fixture
def original() -> bytes:
    return capture(author="Bruno Témoin", when="2 h", text="Bien dit!", page="SCC")


@pytest.fixture
def number(workspace, original) -> str:
    vault, moderation = workspace.vault, workspace.moderation
    case_id = moderation.report(
        CaseInput("Bronzage", Situation.TONE),
        IncidentInput(
            text="Tout est faux",
            files=(vault.add(original, "a.png"), vault.add(b"du texte", "b.txt")),
        ),
    ).case_id
    return moderation.escalation(moderation.escalate(case_id, EscalationInput("Que faire?"))).number


@pytest.mark.parametrize("language", list(Language))
def test_a_masked_copy_goes_in_its_place_and_outsiders_find_the_packet_sound(
    workspace, number, original, tmp_path, language
):
    tr = Translator(language)
    (piece, other) = workspace.moderation.sheet(1).evidence
    out = tmp_path / "out"
    document, archive, *_ = workspace.export_packet(number, out, tr, masks={piece.id: AREAS})
    bag = outsiders.all_of_them(
        archive, document, workspace.signer.openssh_public_line(), tmp_path / "unpacked"
    )
    assert packets.verify(archive).ok and packets.verify(bag).ok

    first, second = json.loads((bag / "data/case.json").read_text())["captures"]
    copy = (bag / first["file"]).read_bytes()
    assert first["sha256"] == hashlib.sha256(copy).hexdigest() != piece.sha256
    assert (first["masked"], first["original_sha256"]) == (2, piece.sha256)
    assert (second["masked"], second["original_sha256"]) == (0, "")
    image = Image.open(io.BytesIO(copy)).convert("RGB")
    for area in AREAS:
        box = (area.left, area.top, min(area.left + area.width, image.width),
               area.top + area.height)  # fmt: skip
        assert image.crop(box).getextrema() == ((0, 0), (0, 0), (0, 0))
    assert not any(original in path.read_bytes() for path in bag.rglob("*") if path.is_file())

    printed = outsiders.run("pdftotext", str(document), "-", cwd=out)
    squeezed = "".join(printed.split())
    assert piece.sha256 in squeezed and first["sha256"] in squeezed
    assert ("masked cop" if language is Language.EN else "copie masquée") in printed.lower()
    draft = email.message_from_bytes((out / f"{number}.eml").read_bytes(), policy=policy.default)
    flat = " ".join(printed.split())
    for said in (flat, " ".join(draft.get_body().get_content().split())):
        assert (
            "1 capture of 2 is a masked copy"
            if language is Language.EN
            else "1 capture sur 2 est une copie masquée"
        ) in said
        assert "Captures and addresses" not in said and "Les captures et les adresses" not in said
    assert "bystanders" not in flat and "tiers" not in flat

    assert workspace.vault.read(piece.blob_id) == original
    assert workspace.vault.verify() == [] and workspace.journal.verify().ok
    acts = {e.id: [c.act for c in workspace.vault.custody(e.id)] for e in (piece, other)}
    assert acts == {piece.id: ["captured", "masked"], other.id: ["captured", "exported"]}
    custody = [e for e in workspace.journal.entries() if e.kind is EntryKind.CUSTODY]
    noted = {e.step: e.values for e in custody}
    assert noted["masked"]["sha256"] == piece.sha256
    assert noted["masked"]["copy"] == first["sha256"]


@pytest.mark.parametrize("person_named", [False, True])
@pytest.mark.parametrize(
    ("taken", "covered", "said"),
    [
        (0, 0, "Addresses stand as they are, and may show a name."),
        (1, 0, "Captures and addresses stand as they are, and may show a name."),
        (2, 1, "1 capture of 2 is a masked copy; the rest, and addresses, stand as they are"),
        (2, 2, "Every capture is a masked copy; what is not black on it, and addresses, may show"),
    ],
)
def test_the_first_page_and_the_e_mail_say_how_many_captures_are_masked(
    workspace, original, tmp_path, taken, covered, said, person_named
):
    vault, moderation = workspace.vault, workspace.moderation
    files = tuple(vault.add(original + bytes([n]), f"{n}.png") for n in range(taken))
    case_id = moderation.report(
        CaseInput("Bronzage", Situation.TONE, account=AccountInput(Network.X, "teint")),
        IncidentInput(text="Tout est faux", files=files),
    ).case_id
    moderation.report(case_id, IncidentInput(text="Et encore"))
    number = moderation.escalation(
        moderation.escalate(case_id, EscalationInput("Que faire?"))
    ).number
    pieces = moderation.sheet(case_id).evidence
    out = tmp_path / "out"
    document, *_ = workspace.export_packet(
        number,
        out,
        Translator(Language.EN),
        masks={piece.id: AREAS for piece in pieces[:covered]},
        person_named=person_named,
    )
    printed = " ".join(outsiders.run("pdftotext", "-l", "1", str(document), "-", cwd=out).split())
    draft = email.message_from_bytes((out / f"{number}.eml").read_bytes(), policy=policy.default)
    mail = " ".join(draft.get_body().get_content().split())
    captures = {0: "2 comments", 1: "2 comments and 1 capture", 2: "2 comments and 2 captures"}
    assert f"In this packet {captures[taken]}" in printed
    if not person_named:
        assert said in printed and said in mail
        return
    assert "may show" not in printed and "others" not in printed + mail
    assert {
        0: "Texts, addresses and captures stand as they are.",
        1: "1 capture of 2 is a masked copy; the rest stands as it is.",
        2: "Texts and addresses stand as they are; every capture is a masked copy.",
    }[covered] in printed


def test_the_look_before_shows_the_copy_and_writes_nothing(workspace, number):
    (piece, _) = workspace.moderation.sheet(1).evidence
    size = workspace.journal.size()
    bare = workspace.packet_preview(number, Translator())
    seen = workspace.packet_preview(number, Translator(), masks={piece.id: AREAS})
    assert seen != bare and workspace.journal.size() == size


def test_pages_that_are_printed_have_their_line_in_journal_and_custody(workspace, number):
    (piece, other) = workspace.moderation.sheet(1).evidence
    masks = {piece.id: AREAS}
    pdf = workspace.packet_preview(number, Translator(), evidence=[piece.id], masks=masks)
    before = workspace.moderation.sheet(1).case.last_event_at
    copies = exports.masked_copies(workspace.vault, [piece], masks)
    workspace.packet_printed(number, pdf, Translator(), evidence=[piece.id], masks=masks)
    custody, packet = workspace.journal.entries()[:2]
    assert packet.step == f"{number}/printed"
    assert packet.values == {"pdf": hashlib.sha256(pdf).hexdigest()}
    assert (custody.step, custody.values["copy"]) == ("masked", copies[piece.id].sha256)
    last = workspace.vault.custody(piece.id)[-1]
    assert (last.act, last.to_whom) == ("masked", f"imprimé, {number}")
    assert "exported" not in [line.act for line in workspace.vault.custody(other.id)]
    # As an export does, it keeps the case no longer, and cases and journal agree.
    assert workspace.moderation.sheet(1).case.last_event_at == before
    assert workspace.moderation.agreement().ok


def test_what_is_no_picture_cannot_be_masked(workspace, number, tmp_path):
    (_, text) = workspace.moderation.sheet(1).evidence
    with pytest.raises(UserError) as error:
        workspace.export_packet(number, tmp_path / "out", Translator(), masks={text.id: AREAS})
    assert error.value.code == "not_a_picture"
    assert not (tmp_path / "out").exists()


def test_a_person_is_given_a_copy_in_which_the_others_are_hidden(
    workspace, original, number, tmp_path
):
    sheet = workspace.moderation.sheet(1)
    piece = sheet.evidence[0]
    folder = workspace.export_access(
        sheet.person.id,
        tmp_path,
        Translator(),
        evidence={e.id for e in sheet.evidence},
        masks={piece.id: AREAS},
    )
    given = {path.name: path.read_bytes() for path in (folder / "preuves").iterdir()}
    assert set(given) == {"001-copie-masquee.png", "002.txt"}
    assert given["002.txt"] == b"du texte" and original not in given.values()
    image = Image.open(io.BytesIO(given["001-copie-masquee.png"])).convert("RGB")
    assert image.crop((0, 0, image.width, 60)).getextrema() == ((0, 0), (0, 0), (0, 0))
    told = (folder / "dossier.txt").read_text("utf-8")
    assert "001-copie-masquee.png" in told and piece.sha256 in told
    assert [c.act for c in workspace.vault.custody(piece.id)] == ["captured", "masked"]
    assert workspace.vault.read(piece.blob_id) == original
