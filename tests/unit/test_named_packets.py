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
from hypothesis import given
from hypothesis import strategies as st

from scc_admin import packets
from scc_admin.errors import UserError
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
from scc_admin.veil import Veil, folded
from scc_admin.verdict.vocabulary import vocabulary
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Bonjour Hélène Dubreuil-Roy,", "Bonjour [U],"),
        ("bonjour HELENE   dubreuil roy", "bonjour [U]"),
        ("helene_dubreuil_roy-capture.png", "[U]-capture.png"),
        ("Merci Hélène.", "Merci [U]."),
        ("merci hélène, dit roy", "merci [U], dit [U]"),
        ("Mme Dubreuil et Mme ROY", "Mme [U] et Mme [U]"),
        ("He\u0301le\u0300ne, puis Hêlene", "[U], puis [U]"),
        ("@Lampe.du.salon dit", "[U] dit"),
        ("la lampe du salonnier", "la lampe du salonnier"),
        ("Hélènette", "Hélènette"),
    ],
)
def test_known_names_are_found_however_they_are_written(text, told):
    assert Veil(person=person(NAME, HANDLE), label="U", words=vocabulary())(text) == told


def test_the_words_of_a_pseudonym_are_not_names():
    veil = Veil(person=person("", "Info 24", "Teint soleil"), label="U", words=vocabulary())
    assert veil("Info du jour, 24 fois; Soleil") == "Info du jour, 24 fois; Soleil"
    assert Veil(person=person("", "x"), label="U", words=vocabulary())("x = 1") == "x = 1"
    assert Veil(person=person(NAME), label="")(NAME) == NAME


SOURCE = "Société canadienne du cancer, Soleil, rayons UV et bronzage artificiel"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("Le Vrai Soleil", "Soleil et bronzage", "Soleil et bronzage"),
        ("Le Vrai Soleil", "le soleil, le vrai, et Le Soleil", "le soleil, le vrai, et Le Soleil"),
        ("Le Vrai Soleil", "À LE  VRAI-SOLEIL et @levraisoleil", "À [U] et [U]"),
        ("Le Vrai Tremblay", "Le Vrai Tremblay est Tremblay", "[U] est [U]"),
        ("Jean Tremblay", "Jean, en jean; tremblay; TREMBLAY", "[U], en jean; [U]; [U]"),
        ("jean tremblay", "Monsieur Tremblay", "Monsieur [U]"),
        ("Rose Lafleur", "Merci Rose. La rose fleurit", "Merci [U]. La rose fleurit"),
        ("La Vie en Rose", "Octobre Rose", "Octobre Rose"),
        ("Jean Boucher", "À vous, M. Boucher. Boucher la vue", "À vous, M. [U]. Boucher la vue"),
        ("Marie Québec", "Marie habite au Québec", "[U] habite au Québec"),
        ("Lumiere Verte", "Lumière, verte et Lumiere", "Lumière, verte et Lumiere"),
        ("Marie de la Tour", "Marie, sur la tour", "[U], sur la tour"),
        ("Soleil", "Soleil dit : le soleil, @soleil", "[U] dit : le soleil, [U]"),
    ],
)
def test_a_part_that_may_be_a_word_is_no_name(name, text, told):
    assert Veil(person=person(name), label="U", words=vocabulary())(text) == told


def test_the_words_of_an_account_are_sought_when_it_begins_with_a_given_name():
    assert (
        Veil(person=person("", "@jean.tremblay"), label="U", words=vocabulary())("Tremblay")
        == "[U]"
    )
    veil = Veil(person=person("", "@marie.soleil.bio"), label="U", words=vocabulary())
    assert veil("le Soleil, en Bio, de Marie") == "le Soleil, en Bio, de [U]"


def test_a_name_is_sought_neither_in_our_titles_nor_around_them():
    veil = Veil(
        person=person("Jean Soleil"),
        label="U",
        words=vocabulary(),
        ours=["Soleil, rayons UV", "Jean et nous"],
    )
    assert veil("Voir Soleil,\nrayons uv. Jean et nous") == "Voir Soleil,\nrayons uv. Jean et nous"
    assert veil("Avec Jean Soleil, rayons") == "Avec [U], rayons"
    assert not veil.relabels("Jean et nous") and veil.relabels("Jean et vous")


WORDS = ("soleil", "vrai", "santé", "cancer", "nature", "guérir", "lumière", "truth", "sun", "vie")
FAMILY = ("Tremblay", "Gagnon", "Bouchard", "Lefebvre", "Nguyen", "Vachon-Huot")


@given(
    name=st.lists(st.sampled_from(WORDS), min_size=2, max_size=4, unique=True),
    text=st.lists(st.sampled_from((*WORDS, "et", "le", ",", ".")), max_size=12),
    write=st.sampled_from((str.lower, str.upper, str.title)),
)
def test_ordinary_words_stay_unless_the_whole_name_stands_there(name, text, write):
    display = " ".join(name).title()
    veil = Veil(person=person(display), label="U", words=vocabulary())
    said = write(" ".join(text))
    bare = "".join(said.split()).casefold()
    if "".join(name) not in bare:
        assert veil(said) == said and not veil.replaced([said])
    whole = f"{said}; {write(display)}"
    assert veil(whole).endswith("; [U]")


@pytest.mark.slow
@given(
    given_name=st.sampled_from(("Jean", "Hélène", "Rose", "Mohamed", "Kevin", "Marie-Soleil")),
    family=st.sampled_from(FAMILY),
    write=st.sampled_from((str.lower, str.upper, str.title, folded)),
    between=st.sampled_from((" ", "  ", ".", "-", "_", "\u00a0", "\n")),
)
def test_a_real_name_never_stays(given_name, family, write, between):
    veil = Veil(person=person(f"{given_name} {family}"), label="U", words=vocabulary())
    assert veil(f"à {write(f'{given_name}{between}{family}')}!") == "à [U]!"
    assert veil(f"à {write(family)}!") == "à [U]!"
    assert veil(f"à {given_name}!") == "à [U]!"
    assert veil(f"{given_name} dit") == "[U] dit"


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
    done = subprocess.run(
        ["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True, timeout=300
    )
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
    case_id = workspace.moderation.cases()[0].id
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


def test_our_own_words_stay_as_we_wrote_them(workspace, tmp_path):
    """The display name is made of words that our sources and pages use."""
    moderation, tr = workspace.moderation, Translator(Language.FR)
    titles = [source.title.to(Language.FR) for source in workspace.library.sources()]
    account = AccountInput(Network.FACEBOOK, "@levraisoleil")
    logged = moderation.report(
        CaseInput(
            "t", Situation.TONE, new_person=PersonInput(name="Le Vrai Soleil"), account=account
        ),
        IncidentInput(text="Le vrai soleil guérit", account=account),
    )
    answer = "\n".join([SOURCE, *titles, "Bonjour Le Vrai Soleil, le soleil brûle."])
    moderation.climb(logged.case_id, StepInput(Rung.ANSWER, answer))
    asked = moderation.escalate(logged.case_id, EscalationInput("Que dire à levraisoleil?"))
    number = moderation.escalation(asked).number
    _, archive, _ = workspace.export_packet(number, tmp_path / "out", tr)
    with zipfile.ZipFile(archive) as opened:
        case = json.loads(opened.read(f"{number}/data/case.json"))
    said = next(moment["detail"] for moment in case["timeline"] if moment["ours"])
    assert said == answer.replace("Le Vrai Soleil", "[Usager 001]")
    assert dict(workspace.packet_names(number, tr)) == {"Le Vrai Soleil": 1, "levraisoleil": 1}


@pytest.mark.parametrize("language", list(Language))
def test_a_packet_that_names_the_person_and_hides_others_says_both(
    workspace, number, tmp_path, language
):
    tr = Translator(language)
    document, *_ = workspace.export_packet(
        number, tmp_path / "out", tr, person_named=True, hide=["lampe  du Salon"]
    )
    said = told(document.read_bytes())
    assert tr.tr("Addresses and captures stand as they are.") in said
    assert tr.tr("Texts, addresses and captures stand as they are.") not in said
    one, more = (
        "{n} name of a bystander was hidden in the texts.",
        "{n} names of bystanders were hidden in the texts.",
    )
    assert tr.ntr(one, more, 1) in said


SAID = "Bonjour Marie-Ève Gagnon, vous mentez, dit Gagnon. La gagnonne? GAGNON, Marie-Eve!"


@pytest.mark.parametrize(
    "name",
    [
        "Marie-Ève Gagnon", "Marie-Eve Gagnon", "Marie-Ève  Gagnon", "marie ève gagnon",
        "MARIE-EVE GAGNON", "Gagnon, Marie-Ève", "Marie\u2011E\u0300ve\u00a0Gagnon",
    ],
)  # fmt: skip
def test_a_bystander_goes_however_typed_and_by_the_family_name_too(name):
    veil = Veil([name], words=vocabulary())
    assert veil(SAID) == "Bonjour […], vous mentez, dit […]. La gagnonne? […]!"
    assert (veil.hid, veil.missing) == (1, [])


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("Marc O'Neil", "O’Neil, pas le tonneil", "[…], pas le tonneil"),
        ("Julie Boucher", "Boucher le trou, dit le boucher", "[…] le trou, dit le boucher"),
        ("Zoé Tremblay-Roy", "Le roi Roy et Tremblay", "Le roi […] et […]"),
        ("Rose Martin", "Une Rose, Martin!", "Une Rose, […]!"),
        ("Équipe Numérique", "L’Équipe du Numérique", "L’Équipe du Numérique"),
        ("Ana Roy", "Roy l’a dit, le roy aussi", "[…] l’a dit, le roy aussi"),
        ("Gagnon Rose", "Gagnon l’a dit", "[…] l’a dit"),
        ("Luc", "Luc Lucas", "[…] Lucas"),
    ],
)
def test_what_a_bystander_is_called_alone_is_a_whole_word_with_its_capital(name, text, told):
    assert Veil([name], words=vocabulary())(text) == told


def test_a_family_name_of_the_person_too_stays_theirs():
    veil = Veil(["Luc Dubreuil-Roy"], person=person(NAME), label="Usager 001", words=vocabulary())
    assert veil(f"{NAME} et Luc Dubreuil-Roy") == "[Usager 001] et […]"


def test_names_that_stand_nowhere_are_told_and_the_others_counted():
    veil = Veil(["Zoé Introuvable", "Luc Tardif", "luc  tardif"], words=vocabulary())
    assert veil.missing == ["Zoé Introuvable", "Luc Tardif"]
    assert veil.hides("Tardif est là") and not veil.hides("Personne")
    assert (veil.hid, veil.missing) == (1, ["Zoé Introuvable"])


def test_a_packet_that_hides_nobody_is_refused_and_leaves_nothing(workspace, number, tmp_path):
    tr = Translator()
    with pytest.raises(UserError, match="holds this name") as caught:
        workspace.export_packet(number, tmp_path, tr, hide=["Zoé Introuvable", "Salon"])
    assert caught.value.code == "hide"
    assert caught.value.params["names"] == "Zoé Introuvable"
    assert list(tmp_path.glob("ESC*")) == []
    assert workspace.packet_missing(number, tr, hide=["Zoé Introuvable", "Salon"]) == [
        "Zoé Introuvable"
    ]
    assert "bystander" not in told(workspace.packet_preview(number, tr, hide=["Introuvable"]))


def test_a_mail_with_a_passphrase_says_why_the_archive_is_not_there(workspace, number, tmp_path):
    tr = Translator(Language.EN)
    *_, draft, _ = workspace.export_packet(
        number, tmp_path / "out", tr, passphrase="quatre mots bien choisis"
    )
    body = email.message_from_bytes(draft.read_bytes(), policy=policy.default)
    words = " ".join(body.get_body().get_content().split())
    assert "has no passphrase, so it is not attached" in words and "too large" not in words
