"""Exceptions and networks plain in PDF, JSON and e-mail; a packet made anew beside the first."""

from __future__ import annotations

import email
import json
import subprocess
import zipfile
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest

from scc_admin import packets
from scc_admin.i18n import Translator
from scc_admin.keys import Kind
from scc_admin.kinds import Ground, Language, Network, Rung, Situation
from scc_admin.moderation import (
    AccountInput,
    CaseInput,
    EscalationInput,
    IncidentInput,
    PersonInput,
    StepInput,
    skipped,
)
from scc_admin.reports import Week
from scc_admin.store import stamp
from scc_admin.workspace import Workspace
from tests import outsiders

REASON, WHY, SECOND = "Avis inventés sur des traitements", "Il publie à chaque heure", "Luc Girard"
THIRD = "Nadia Cyr"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    with Workspace.create(tmp_path / "w", protection=Kind.NONE, name="Ana Roy").workspace as opened:
        yield opened


@pytest.fixture
def case_id(workspace) -> int:
    """A ban in the place of a repetition, and a question about it."""
    moderation = workspace.moderation
    logged = moderation.report(
        CaseInput(
            "Commentaires répétés",
            Situation.TONE,
            new_person=PersonInput(name="Odile Vachon-Huot"),
            account=AccountInput(Network.FACEBOOK, "@odile.vh"),
        ),
        IncidentInput(
            text="Tout est faux",
            account=AccountInput(Network.FACEBOOK, "@odile.vh"),
            files=(workspace.vault.add(b"un", "un.txt"), workspace.vault.add(b"deux", "deux.txt")),
        ),
    )
    moderation.climb(logged.case_id, StepInput(Rung.ANSWER, "Voici nos sources."))
    moderation.climb(logged.case_id, StepInput(Rung.PRIVATE_MESSAGE, "Bonjour,"))
    moderation.climb(
        logged.case_id,
        StepInput(Rung.BAN, reason=REASON, approver=SECOND, override=f"{WHY}, dit Odile"),
    )
    moderation.escalate(logged.case_id, EscalationInput("Que faire?"))
    return logged.case_id


def printed(pdf: bytes) -> str:
    done = subprocess.run(
        ["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True, timeout=300
    )
    return " ".join(done.stdout.decode().split())


def number_of(workspace: Workspace) -> str:
    return workspace.moderation.escalations()[0].number


@pytest.mark.parametrize("language", list(Language))
def test_a_ban_before_its_time_is_told_as_an_exception(workspace, case_id, tmp_path, language):
    tr = Translator(language)
    number = number_of(workspace)
    document, archive, draft = workspace.export_packet(number, tmp_path / "out", tr)
    assert packets.verify(archive).ok
    public = workspace.signer.openssh_public_line()
    bag = outsiders.all_of_them(archive, document, public, tmp_path / "unpacked")
    assert outsiders.exceptions(bag) == 1
    case = json.loads((bag / "data/case.json").read_text("utf-8"))
    label = tr.tr("User {number}", number="001")
    told = {
        "skipped": [tr.tr("Repetition noted")],
        "reason": f"{WHY}, dit [{label}]",
        "approver": SECOND,
    }
    for line in (case["timeline"][-1], case["done"][-1]):
        assert told.items() <= line["exception"].items()
    assert [line["exception"] for line in case["done"][:-1]] == [None, None]
    assert case["timeline"][-1]["detail"] == REASON
    mail = email.message_from_bytes(draft.read_bytes(), policy=policy.default)
    body = " ".join(mail.get_body().get_content().split())
    page = printed(document.read_bytes())
    word = "Dérogation" if language is Language.FR else "Exception"
    for text in (page, body):
        assert word in text and tr.tr("Repetition noted") in text
        assert SECOND in text and WHY in text
        assert "Odile" not in text and f"{REASON} —" not in text


def test_what_an_exception_skipped_is_what_did_not_stand_then(workspace, case_id):
    moderation = workspace.moderation
    sheet = moderation.sheet(case_id)
    answer, message, ban = sheet.steps
    assert skipped(ban, sheet.steps) == (Rung.REPETITION,)
    assert skipped(answer, sheet.steps) == skipped(message, sheet.steps) == ()
    assert (ban.reason, ban.override, ban.approver) == (REASON, f"{WHY}, dit Odile", SECOND)
    moderation.retract(message.id, "jamais envoyé")
    steps = moderation.sheet(case_id).steps
    assert skipped(steps[-1], steps) == (Rung.PRIVATE_MESSAGE, Rung.REPETITION)


def test_what_needed_no_exception_is_told_as_none(workspace, case_id):
    moderation = workspace.moderation
    moderation.log_incident(case_id, IncidentInput(text="Encore tout faux"))
    step_id, _ = moderation.climb(case_id, StepInput(Rung.REPETITION, reason="vu", override=WHY))
    (step,) = (s for s in moderation.sheet(case_id).steps if s.id == step_id)
    assert (step.reason, step.override) == (f"vu — {WHY}", "")
    assert workspace.journal.entry(step.entry).rule == ""


def test_the_words_of_an_exception_can_be_erased(workspace, case_id):
    ban = workspace.moderation.sheet(case_id).steps[-1]
    workspace.moderation.retention.erase_entry(
        ban.entry, ground=Ground.REQUEST, approver=SECOND, fields=["override"]
    )
    ban = workspace.moderation.sheet(case_id).steps[-1]
    assert WHY not in f"{ban.reason}{ban.override}"


def test_the_packet_names_the_network_of_the_person_and_of_what_was_seen(
    workspace, case_id, tmp_path
):
    _, archive, _ = workspace.export_packet(
        number_of(workspace), tmp_path / "out", Translator(Language.FR)
    )
    with zipfile.ZipFile(archive) as opened:
        name = next(n for n in opened.namelist() if n.endswith("case.json"))
        case = json.loads(opened.read(name))
    assert case["networks"] == ["Facebook"]
    assert [m["network"] for m in case["timeline"]] == ["Facebook", "", "", ""]
    assert {c["network"] for c in case["captures"]} == {"Facebook"}
    page = printed((tmp_path / "out" / f"{number_of(workspace)}.pdf").read_bytes())
    assert "Usager 001 (Facebook)" in page
    assert "Ajouté le" in page and "Capturé" not in page
    assert "Captures nos 1 et 2" in page.replace("\xa0", " ")


@pytest.mark.parametrize("passphrase", ["", "quatre mots pris au hasard"])
def test_a_second_packet_leaves_the_first_as_it_was(workspace, case_id, tmp_path, passphrase):
    number, out = number_of(workspace), tmp_path / "out"

    def export() -> list[Path]:
        return workspace.export_packet(number, out, Translator(), passphrase=passphrase)

    first = export()
    assert {file.parent for file in first} == {out}
    before = {file: file.read_bytes() for file in first}
    again, third = export(), export()
    assert {file: file.read_bytes() for file in first} == before
    assert [file.name for file in again] == [file.name for file in first]
    assert {file.parent for file in again} == {out / f"{number}-2"}
    assert {file.parent for file in third} == {out / f"{number}-3"}
    for files in (first, again, third):
        archive = next(file for file in files if file.suffix == ".zip")
        found = packets.verify(archive)
        assert found.ok and found.document


@pytest.mark.parametrize("language", list(Language))
def test_a_case_that_is_critical_no_more_is_told_in_packet_and_week(workspace, tmp_path, language):
    moderation, tr = workspace.moderation, Translator(language, zone=workspace.chosen_zone)
    logged = moderation.report(
        CaseInput("Calomnie", Situation.SLANDER_OUTSIDER, new_person=PersonInput()),
        IncidentInput(text="Tous des voleurs"),
    )
    moderation.escalate(logged.case_id, EscalationInput("Que faire?"))
    moderation.reclassify(logged.case_id, Situation.TONE, False, reason=WHY, approver=SECOND)
    (pdf, *_) = workspace.export_packet(number_of(workspace), tmp_path / "out", tr)
    said = printed(pdf.read_bytes())
    for words in (
        tr.tr("No longer critical: Public Affairs no longer first"),
        tr.tr("Why nobody waited: {reason}", reason=WHY),
        tr.tr("Second person who approved: {who}", who=SECOND),
    ):
        assert words.replace("\N{NO-BREAK SPACE}", " ") in said
    week = Week.of(tr.local(workspace.clock()).date(), sunday=workspace.sunday)
    (told,) = workspace.weekly_data(str(week), tr)["sanctions"]
    assert (told["label"], told["approver"]) == (tr.tr("Critical no more"), SECOND)
    assert WHY in told["reason"]


@pytest.mark.parametrize("language", list(Language))
def test_a_packet_says_of_an_answer_that_it_cited_no_source(workspace, tmp_path, language):
    moderation, tr = workspace.moderation, Translator(language)
    for text in ("ok", "Bonjour, voyez https://cancer.ca"):
        logged = moderation.report(
            CaseInput("Répétitions", Situation.TONE), IncidentInput(text="Tout est faux")
        )
        moderation.climb(logged.case_id, StepInput(Rung.ANSWER, text))
        escalation = moderation.escalate(logged.case_id, EscalationInput("Que faire?"))
        number = moderation.escalation(escalation).number
        (pdf, *_) = workspace.export_packet(number, tmp_path / number, tr)
        said = tr.tr("No source was cited.") in printed(pdf.read_bytes())
        assert said == (text == "ok")


@pytest.mark.parametrize(
    ("text", "cites"),
    [
        ("ok", False),
        ("La Société canadienne du cancer vous remercie.", False),
        ("Écrivez-nous à info@cancer.ca", False),
        ("Selon Santé Canada, c'est le contraire.", True),
        ("Voyez cancer.ca", True),
        ("https://exemple.org/etude", True),
    ],
)
def test_what_cites_a_source(workspace, text, cites):
    assert workspace.library.cites(text) == cites


@pytest.mark.parametrize("language", list(Language))
def test_no_code_stands_in_what_people_read(workspace, case_id, tmp_path, language):
    moderation, tr = workspace.moderation, Translator(language)
    moderation.appeal(case_id, THIRD, True, "La décision tient")
    moderation.set_hold(case_id, "À la demande de l’avocat")
    moderation.set_hold(case_id, "")
    moderation.close_case(case_id, "Réglé pour nous")
    moderation.reopen_case(case_id, "Il revient ce matin")
    _, archive, _ = workspace.export_packet(number_of(workspace), tmp_path / "out", tr)
    with zipfile.ZipFile(archive) as opened:
        name = next(n for n in opened.namelist() if n.endswith("case.json"))
        case = json.loads(opened.read(name))
    lines = [f"{line['what']}\n{line['detail']}" for line in case["timeline"]]
    said = "\n".join(lines + [act["what"] for act in case["done"]])
    for words in ("Legal hold set", "Legal hold lifted", "Case reopened"):
        assert tr.tr(words) in said
    assert tr.tr("Ban upheld on appeal, decided by {who}", who=THIRD) in said
    codes = {"set", "lifted", "reopened", "upheld", "granted"}
    assert not codes & {line.strip() for line in said.splitlines()}
    assert any(line.endswith("Il revient ce matin") for line in lines)


@pytest.mark.parametrize("language", list(Language))
def test_the_week_gives_the_grounds_of_a_ban_as_sentences(workspace, case_id, language):
    tr = Translator(language, zone=workspace.chosen_zone)
    (ban,) = workspace.moderation.sheet(case_id).steps[-1:]
    week = Week.of(tr.local(ban.at).date(), sunday=workspace.sunday)
    (ban,) = workspace.weekly_data(str(week), tr)["sanctions"]
    exception = tr.tr("Exception to the usual order: {reason}", reason=f"{WHY}, dit Odile")
    assert ban["reason"] == f"{REASON}. {exception}"


@pytest.mark.parametrize("language", list(Language))
def test_moments_out_of_order_give_no_figure_and_a_closing_is_printed(
    workspace, case_id, tmp_path, language
):
    """Rows that were written before order was looked at."""
    tr = Translator(language, zone=workspace.chosen_zone)
    now = workspace.clock()
    with workspace.store.writing() as tx:
        tx.run(
            "UPDATE escalations SET escalated_at = ?, answered_at = ?, closed_at = ?",
            [stamp(now - timedelta(days=days)) for days in (3, 9, 0)],
        )
    data = workspace.weekly_data(str(Week.of(tr.local(now).date(), sunday=workspace.sunday)), tr)
    (told,) = data["escalations"]
    assert (told["to_escalate"], told["to_answer"]) == (None, None)
    said = "".join(printed(workspace.weekly_preview(data, tr)).split())
    assert "".join(tr.ctr("clock", "Closed").split()) in said
    assert "".join(tr.tr("{d} d {h} h", d=3, h=0).split()) not in said
    (pdf, *_) = workspace.export_packet(number_of(workspace), tmp_path / "out", tr, tell_both=True)
    assert tr.tr("after {delay}", delay=tr.tr("{d} d {h} h", d=3, h=0)) not in printed(
        pdf.read_bytes()
    )
