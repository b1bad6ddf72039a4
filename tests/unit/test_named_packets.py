"""The person concerned in a packet: by a label in its texts, or by name, as its first page says."""

from __future__ import annotations

import email
import hashlib
import json
import subprocess
import zipfile
from datetime import date
from email import policy

import pytest

from scc_admin import packets
from scc_admin.i18n import Translator
from scc_admin.keys import Kind
from scc_admin.kinds import Language, Network, Rung, Situation
from scc_admin.model import Account, Person
from scc_admin.moderation import (
    AccountInput,
    CaseInput,
    EscalationInput,
    IncidentInput,
    PersonInput,
    StepInput,
)
from scc_admin.veil import Veil
from scc_admin.workspace import Workspace
from tests import outsiders

NAME, HANDLE = "Hélène Dubreuil-Roy", "@lampe.du.salon"
MESSAGE = f"Bonjour {NAME.upper()}, merci Hélène! Votre compte Lampe du salon reste ouvert."
NEEDLES = ("dubreuil", "helene", "hélène", "lampe")


def person(name: str, *handles: str) -> Person:
    accounts = tuple(
        Account(n, 1, Network.X, handle, "", "", True) for n, handle in enumerate(handles)
    )
    return Person(1, "u", "Usager 001", None, name=name, accounts=accounts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Bonjour Hélène Dubreuil-Roy,", "Bonjour [U],"),
        ("bonjour HELENE   dubreuil roy", "bonjour [U]"),
        ("helene_dubreuil_roy-capture.png", "[U]-capture.png"),
        ("Merci Hélène.", "Merci [U]."),
        ("une hélène et un roy", "une hélène et un roy"),
        ("@Lampe.du.salon dit", "[U] dit"),
        ("la lampe du salonnier", "la lampe du salonnier"),
        ("Hélènette", "Hélènette"),
    ],
)
def test_known_names_are_found_however_they_are_written(text, told):
    assert Veil(person=person(NAME, HANDLE), label="U")(text) == told


def test_the_words_of_a_pseudonym_are_not_names():
    veil = Veil(person=person("", "Info 24", "Teint soleil"), label="U")
    assert veil("Info du jour, 24 fois; Soleil") == "Info du jour, 24 fois; Soleil"
    assert Veil(person=person("", "x"), label="U")("x = 1") == "x = 1"
    assert Veil(person=person(NAME), label="")(NAME) == NAME


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    with Workspace.create(tmp_path / "w", protection=Kind.NONE, name="Ana Roy").workspace as opened:
        yield opened


@pytest.fixture
def number(workspace) -> str:
    moderation = workspace.moderation
    logged = moderation.report(
        CaseInput(
            f"Les propos de {NAME}",
            Situation.TONE,
            new_person=PersonInput(name=NAME),
            account=AccountInput(Network.FACEBOOK, HANDLE),
        ),
        IncidentInput(
            text=f"Ici {NAME}, tout est faux",
            url="https://example.org/1",
            files=(workspace.vault.add(b"du texte", "helene-dubreuil-roy.txt"),),
        ),
    )
    moderation.climb(logged.case_id, StepInput(Rung.ANSWER, MESSAGE))
    asked = EscalationInput(
        f"Que dire à {NAME}?", spread="Lampe du salon seule", not_done="Aucune réponse donnée"
    )
    return moderation.escalation(moderation.escalate(logged.case_id, asked)).number


def told(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


@pytest.mark.parametrize("language", list(Language))
def test_a_packet_names_the_person_nowhere_in_its_texts(workspace, number, tmp_path, language):
    tr = Translator(language)
    label = tr.tr("User {number}", number="001")
    document, archive, draft = workspace.export_packet(number, tmp_path / "out", tr)
    mail = email.message_from_bytes(draft.read_bytes(), policy=policy.default)
    said = told(document.read_bytes())
    with zipfile.ZipFile(archive) as opened:
        held = {name: opened.read(name) for name in opened.namelist()}
    texts = [said, mail["Subject"], mail.get_body().get_content(), *held]
    texts += [data.decode() for name, data in held.items() if "/evidence/" not in name]
    for text in texts:
        assert not [needle for needle in NEEDLES if needle in text.casefold()]
    promised = tr.tr(
        "In its texts, the person stands as {label}, in the place of the names that are known to"
        " us.",
        label=label,
    )
    as_they_are = tr.tr("Captures and addresses stand as they are, and may show a name.")
    assert f"[{label}]" in said
    assert f"{promised} {as_they_are}".replace("\xa0", " ") in said.replace("\xa0", " ")
    bag = outsiders.all_of_them(
        archive, document, workspace.signer.openssh_public_line(), tmp_path / "unpacked"
    )
    case = json.loads((bag / "data/case.json").read_text("utf-8"))
    assert case["person_names"] == [] and case["not_done"] == []
    answered = [m for m in case["timeline"] if m["ours"]]
    assert [m["original_sha256"] for m in answered] == [
        hashlib.sha256(MESSAGE.encode()).hexdigest()
    ]
    opened = json.loads((bag / "data/journal-entries.json").read_text("utf-8"))
    hashes = [v["sha256"] for e in opened for v in e["values"].values() if v and "sha256" in v]
    assert answered[0]["original_sha256"] in hashes
    assert packets.verify(archive).ok


def test_a_hash_that_is_not_the_one_committed_to_is_refused(workspace, number, tmp_path):
    from scc_admin.packets import _commitment

    _, archive, _ = workspace.export_packet(number, tmp_path / "out", Translator())
    with zipfile.ZipFile(archive) as opened:
        name = next(n for n in opened.namelist() if n.endswith("journal-entries.json"))
        entries = json.loads(opened.read(name))
    commits = [(json.loads(e["body"])["commit"], e["values"]) for e in entries]
    some = [(c[f], f, v) for c, values in commits for f, v in values.items() if v and "sha256" in v]
    assert some
    for commitment, field, value in some:
        assert _commitment(field, value) == commitment
        assert _commitment(field, value | {"sha256": "00" * 32}) != commitment


@pytest.mark.parametrize("language", list(Language))
def test_a_packet_that_is_to_name_the_person_says_so(workspace, number, tmp_path, language):
    tr = Translator(language)
    document, archive, draft = workspace.export_packet(
        number, tmp_path / "out", tr, person_named=True
    )
    said = told(document.read_bytes())
    assert NAME in said and HANDLE in said
    named = tr.tr("It names the person concerned.")
    as_they_are = tr.tr("Texts, addresses and captures stand as they are.")
    assert f"{named} {as_they_are}" in said
    mail = email.message_from_bytes(draft.read_bytes(), policy=policy.default)
    assert tr.tr("The packet names the person concerned. Pass it on to nobody else.") in (
        mail.get_body().get_content()
    )
    assert packets.verify(archive).ok


@pytest.mark.parametrize("phone", ["", "514 555-0100"])
def test_the_mail_says_whom_to_call_and_shows_the_key(workspace, number, tmp_path, phone):
    workspace.settings.set("me.phone", phone)
    *_, draft = workspace.export_packet(number, tmp_path / "out", Translator())
    body = email.message_from_bytes(draft.read_bytes(), policy=policy.default)
    words = body.get_body().get_content()
    assert workspace.signer.fingerprint() in words and "Ana Roy" in words
    assert (phone in words) if phone else ("répertoire" in words)


def test_the_first_page_says_how_the_case_stands(workspace, number, tmp_path):
    tr = Translator(Language.EN)

    def page() -> str:
        return told(workspace.packet_preview(number, tr))

    assert "Steps were taken already" in page() and "before going further" not in page()
    case_id = workspace.moderation.case_by_number("CAS-2026-001")
    workspace.moderation.climb(
        case_id,
        StepInput(
            Rung.BAN,
            reason="Menaces",
            approver="Zoé",
            override="sans attendre",
            review_on=date(2031, 3, 9),
        ),
    )
    assert "The person is banned already" in page()
    assert page().count("Review on March 9, 2031") == 1
    assert "Text, with names replaced in brackets" in page()
    assert "Text, as it was captured" not in page()
    workspace.moderation.lift(case_id, "à l'essai")
    assert "Steps were taken already" in page() and "Review on" not in page()
