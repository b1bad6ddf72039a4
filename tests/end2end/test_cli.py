"""The command line as a script would use it, each command in a process of its own where that
matters, in this one where it does not."""

from __future__ import annotations

import gettext
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from scc_admin import cli
from scc_admin.model import Language
from scc_admin.workspace import Workspace

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    monkeypatch.delenv("SCC_ADMIN_WORKSPACE", raising=False)
    monkeypatch.delenv("SCC_ADMIN_PASSPHRASE", raising=False)


@pytest.fixture
def run(capsys, monkeypatch):
    def call(*arguments: object, stdin: bytes = b"") -> tuple[int, str, str]:
        import io

        words = [str(argument) for argument in arguments]
        monkeypatch.setattr(sys, "argv", ["scc-admin", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        with pytest.raises(SystemExit) as end:
            cli.main(words)
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return call


@pytest.fixture
def workspace(tmp_path, run):
    folder = tmp_path / "w"
    assert run("init", folder, "--protect", "none", "--name", "Ana Roy")[0] == 0
    return folder


def test_a_clean_text_has_no_signal_and_a_faulty_one_says_why(run):
    clean = "Nos bénévoles répondent à vos questions : 1 888 939-3333.".encode()
    code, out, _ = run("check", "-", "--network", "facebook", stdin=clean)
    assert (code, "Aucun signal" in out or "No signal" in out) == (0, True)
    faulty = b"Un lien : https://bit.ly/abc"
    code, out, _ = run("check", "-", "--network", "x", "--format", "json", stdin=faulty)
    answer = json.loads(out)
    assert code == 1
    assert answer["count"] == {"value": 33, "limit": 280, "unit": "weighted"}
    finding = next(f for f in answer["findings"] if f["rule"] == "PLAT-04")
    assert set(finding) == {
        "rule", "name", "severity", "value", "slides", "start", "end", "excerpt", "message",
        "suggestion",
    }  # fmt: skip
    assert faulty.decode()[finding["start"] : finding["end"]] == finding["excerpt"]


def test_the_messages_speak_the_language_that_is_asked(run):
    text = "Un lien : https://bit.ly/abc 🌼".encode()
    messages = []
    for language in ("fr", "en"):
        _, out, _ = run("--lang", language, "check", "-", "--network", "x", "--lang", "fr",
                        "--format", "json", stdin=text)  # fmt: skip
        messages.append(
            next(f for f in json.loads(out)["findings"] if f["rule"] == "PLAT-04")["message"]
        )
    assert messages[0] != messages[1]
    assert "Lien" in messages[0]


def test_many_lines_are_answered_in_order_and_a_bad_one_says_so(run, tmp_path):
    lines = [
        {"id": "a", "text": "Bonjour 😀", "network": "x", "lang": "fr"},
        {
            "id": "b",
            "text": "Hello",
            "network": "bluesky",
            "lang": "en",
            "at": "2026-12-01T10:00-05:00",
        },
    ]
    file = tmp_path / "posts.jsonl"
    bad = '{"id": 7, "text": "Bonjour", "network": "myspace"}\n{broken\n[1]\n'
    file.write_text("\n".join(json.dumps(line) for line in lines) + "\n" + bad, "utf-8")
    code, out, _ = run("check", "--jsonl", file)
    answers = [json.loads(line) for line in out.splitlines()]
    assert [a.get("id") for a in answers] == ["a", "b", "7", None, None]
    assert [a["line"] for a in answers[2:]] == [3, 4, 5]
    assert code == 2
    for beside in (("--network", "x"), (file,)):
        code, out, err = run("check", *beside, "--jsonl", file)
        assert (code, out) == (2, "") and "--jsonl" in err


@pytest.mark.parametrize(
    ("line", "french"),
    [
        ("{broken", "Ce n’est pas un objet JSON."),
        ("[" * 100_000, "Ce n’est pas un objet JSON."),
        ('["Bonjour"]', "Ce n’est pas un objet JSON."),
        ('{"network": "x"}', "Il manque «\xa0text\xa0»"),
        ('{"network": "x", "text": null}', "Il manque «\xa0text\xa0»"),
        ('{"network": "x", "text": 5}', "n’est pas un texte"),
        ('{"text": "Bonjour", "network": "x", "at": 20261201}', "n’est pas une date"),
        ('{"text": "Bonjour"}', "Il manque «\xa0network\xa0»"),
        ('{"text": "Bonjour", "network": "myspace"}', "«\xa0myspace\xa0»"),
        ('{"text": "Bonjour", "network": ["x"]}', '«\xa0["x"]\xa0»'),
        ('{"text": "Bonjour", "network": "x", "lang": "de"}', "fr, en"),
        ('{"text": "Bonjour", "network": "x", "at": "demain"}', "n’est pas une date"),
        (
            '{"text": "Bonjour", "network": "x", "at": "0001-01-01T00:00+14:00"}',
            "n’est pas une date",
        ),
    ],
)
def test_a_bad_line_says_in_a_sentence_what_is_wrong_with_it(run, tmp_path, line, french):
    file = tmp_path / "posts.jsonl"
    file.write_text('\n{"text": "Bonjour", "network": "x"}\n' + line, "utf-8")
    said = {}
    for language in Language:
        code, out, _ = run("--lang", language, "check", "--jsonl", file)
        answered, refused = map(json.loads, out.splitlines())
        assert (code, answered["id"], refused["line"]) == (2, "2", 3)
        said[language] = refused["error"]
    assert said[Language.FR].startswith("Ligne 3\xa0: ")
    assert french in said[Language.FR]
    assert said[Language.EN].startswith("Line 3: ")
    assert said[Language.EN] != said[Language.FR]


def test_a_line_separator_inside_a_text_ends_no_line(run, tmp_path):
    """Texts copied from a word processor hold them, and not every JSON writer escapes them."""
    record = {"id": "a", "text": "Un\u2028deux\x85trois", "network": "facebook", "lang": "fr"}
    file = tmp_path / "posts.jsonl"
    file.write_bytes((json.dumps(record, ensure_ascii=False) + "\r\n").encode())
    code, out, _ = run("check", "--jsonl", file)
    (answer,) = map(json.loads, out.splitlines())
    assert answer["id"] == "a"
    assert answer["count"]["value"] == len(record["text"])
    assert code in (0, 1)


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (["check", "-", "--network", "x"], b"\xe9t\xe9"),
        (["check", "/nowhere/at/all.txt", "--network", "x"], b""),
        (["check", "-"], b"x"),
        (["check", "-", "--network", "myspace"], b"x"),
        (["check", "-", "--network", "x", "--at", "demain"], b"x"),
        (["draft", "list"], b""),
        (["--workspace", "/nowhere", "draft", "list"], b""),
        (["packet", "verify", "/nowhere.zip"], b""),
        (["nonsense"], b""),
        (["--nonsense"], b""),
        (["report", "weekly", "--week", "soon", "--out", "/tmp"], b""),
    ],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_bad_input_is_one_sentence_and_exit_2(run, arguments, stdin, language):
    code, out, err = run("--lang", language, *arguments, stdin=stdin)
    assert code == 2
    assert out == ""
    assert 0 < len(err.strip().splitlines()) <= 2
    assert "Traceback" not in err


WRONG = [
    "nope", "--nope", "chek", "check --network", "check --network zz", "check",
    "check /nowhere.txt --network x", "check - --network x --at 12", "check --netwrk x",
    "check - --network x one two", "page add", "page add A B --network x", "draft show abc",
    "journal list --limit 0", "journal list --limit=a", "--workspace", "window --once=3",
    "calendar import /nowhere.ics", "packet verify /nowhere", "packet export",
    "evidence add X", "evidence add X /", "restore /nowhere", "init", "case step A b",
    "--lang de", "backup more", "--workspace {file} page list", "init {file}", "page list",
    "--workspace /nowhere page list", "report weekly --week soon --out /tmp",
]  # fmt: skip


@pytest.mark.parametrize("typed", WRONG)
def test_no_wrong_usage_is_answered_in_english(run, tmp_path, monkeypatch, typed):
    """In a language that nobody speaks, whatever stands outside its brackets was not translated."""
    monkeypatch.setattr("scc_admin.i18n._load", lambda *_: _Bracketed())
    (tmp_path / "file").touch()
    code, out, err = run(*typed.format(file=tmp_path / "file").split())
    assert (code, out) == (2, "")
    assert not re.search(r"\w", re.sub(r"⟦[^⟧]*⟧", "", err))


class _Bracketed(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"


def test_a_draft_from_file_to_publication(run, workspace, tmp_path):
    text = tmp_path / "texte.txt"
    text.write_text("Merci à nos bénévoles de Rimouski! cancer.ca/qc", "utf-8")
    inside = ("--workspace", workspace)
    page = run(*inside, "page", "add", "SCC Rimouski", "--network", "facebook")[1].strip()
    code, out, err = run(
        *inside, "page", "add", "SCC", "--network", "facebook", "--url", "exemple.org"
    )
    assert (code, out) == (2, "") and "https://" in err
    masto = (*inside, "page", "add", "SCC", "--network", "mastodon", "--limit")
    assert run(*masto, "1500")[0] == 0
    code, out, err = run(*masto, "0")
    assert (code, out) == (2, "") and "caractère" in err
    number = run(*inside, "draft", "add", text, "--title", "Merci", "--page", page)[1].strip()
    shown = json.loads(run(*inside, "draft", "show", number)[1])
    assert shown["variants"][0]["text"] == "Merci à nos bénévoles de Rimouski! cancer.ca/qc"
    code, _, err = run(*inside, "draft", "published", number)
    assert (code, bool(err)) == (2, True)
    code, _, err = run(*inside, "draft", "ready", number)
    assert code == 1  # the four questions are for a person
    assert "Merci" in run(*inside, "draft", "list", "--state", "draft")[1]


def test_a_draft_for_two_networks_from_the_shell(run, workspace, tmp_path):
    text = tmp_path / "texte.txt"
    text.write_text("Voici nos heures d'ouverture pour la semaine qui vient.", "utf-8")
    inside = ("--workspace", workspace)
    pages = [
        run(*inside, "page", "add", f"SCC {network}", "--network", network)[1].strip()
        for network in ("facebook", "x")
    ]
    both = [word for page in pages for word in ("--page", page)]
    number = run(*inside, "draft", "add", text, "--title", "Heures", *both)[1].strip()
    with Workspace.open(workspace) as opened:
        for question in opened.proofreader.readiness(int(number), language=Language.FR).questions:
            opened.editorial.answer(int(number), question.rule, "n/a", "sans objet ici")
    code, _, err = run(*inside, "draft", "ready", number)
    assert (code, "Aucune page" in err) == (0, False)
    published = (*inside, "draft", "published", number)
    assert run(*published, "--link", "https://exemple.org/1")[0] == 2  # on which one?
    code, _, err = run(*published, "--network", "facebook", "--link", "https://exemple.org/1")
    assert (code, "Reste à faire" in err) == (0, True)
    shown = json.loads(run(*inside, "draft", "show", number)[1])
    assert (shown["state"], shown["published_at"]) == ("ready", None)
    assert run(*published, "--link", "https://exemple.org/2")[0] == 0
    shown = json.loads(run(*inside, "draft", "show", number)[1])
    assert shown["state"] == "published"
    assert [(p["network"], p["page"], p["permalink"]) for p in shown["posts"]] == [
        ("facebook", int(pages[0]), "https://exemple.org/1"),
        ("x", int(pages[1]), "https://exemple.org/2"),
    ]
    code, out, err = run(*inside, "draft", "ready", number, "--page", pages[0])
    assert (code, out) == (2, "") and "déjà parue" in err
    again = (*published, "--network", "x", "--at", "2026-01-02T10:00-05:00")
    code, _, err = run(*again)
    assert code == 2 and "déjà parue sur X" in err and "--correct" in err
    assert json.loads(run(*inside, "draft", "show", number)[1]) == shown
    assert run(*again, "--correct")[0] == 0
    shown = json.loads(run(*inside, "draft", "show", number)[1])
    assert shown["posts"][1]["published_at"] == "2026-01-02T15:00:00Z"
    assert shown["posts"][1]["permalink"] == "https://exemple.org/2"


def test_a_ban_from_the_shell(run, workspace, tmp_path):
    picture = tmp_path / "capture.png"
    from scc_admin.drawing import capture

    picture.write_bytes(capture(author="X", when="Hier", text="Faux!", page="P"))
    inside = ("--workspace", workspace)
    number = run(*inside, "case", "open", "Doublons", "--situation", "duplicates",
                 "--network", "facebook", "--handle", "Soleil")[1].strip()  # fmt: skip
    again = ("case", "open", "Encore lui", "--situation", "duplicates", "--person")
    code, out, said = run(*inside, *again, "Jean-Guy Lachance")
    assert (code, out) == (2, "") and "Jean-Guy Lachance" in said
    assert run("--lang", "en", *inside, *again, "user 1")[0] == 0
    assert run(*inside, "case", "list")[1].count("Usager 001") == 2
    step = (*inside, "case", "step", number)
    assert run(*step, "ban", "--reason", "Répétitions")[0] == 2
    run(*step, "incident", "--text", "Vos chiffres sont faux", "--file", picture)
    assert run(*step, "answer", "--text", "Voici notre source : cancer.ca")[0] == 0
    assert run(*step, "private_message", "--text", "Bonjour…")[0] == 0
    run(*step, "incident", "--text", "Vos chiffres sont faux")
    assert run(*step, "repetition")[0] == 0
    assert run(*step, "ban", "--reason", "Répétitions et refus")[0] == 0
    shown = json.loads(run(*inside, "case", "show", number)[1])
    assert shown["state"] == "banned"
    listed = run(*inside, "evidence", "list", number)[1].split("\t")
    out = tmp_path / "copie.png"
    assert run(*inside, "evidence", "export", listed[0], "--out", out, "--to", "Avocat")[0] == 0
    assert out.read_bytes() == picture.read_bytes()
    destroy = (*inside, "evidence", "destroy", listed[0], "--certificate", tmp_path / "c.pdf")
    alone = run(*destroy, "--ground", "mistake", "--approver", "ana roy", "--yes")
    early = run(*destroy, "--ground", "retention", "--approver", "Luc", "--yes")
    assert alone[0] == early[0] == 2 and not (tmp_path / "c.pdf").exists()
    done = run(*destroy, "--ground", "mistake", "--approver", "Luc", "--yes")
    assert (done[0], done[1].strip()) == (0, str(tmp_path / "c.pdf"))
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF")
    assert run(*inside, "evidence", "export", listed[0], "--out", out, "--to", "Avocat")[0] == 2
    code, out_text, _ = run(*inside, "journal", "verify")
    assert (code, json.loads(out_text)["ok"]) == (0, True)
    note = run(*inside, "journal", "checkpoint")[1]
    held = tmp_path / "checkpoint.txt"
    held.write_text(note, "utf-8")
    report = json.loads(run(*inside, "journal", "verify", "--checkpoint", held)[1])
    assert report["covered"] == report["size"] == report["held"]
    size = report["size"]
    assert run(*inside, "packet", "export", number, "--question", "Que faire?",
               "--out", tmp_path / "packet")[0] == 0  # fmt: skip
    said = run("--lang", "en", *inside, "journal", "verify", "--checkpoint", held)[2]
    assert f" {size}," in said and "given" in said
    erase = (*inside, "journal", "erase", "2", "--ground", "request", "--approver", "Luc")
    code, out, err = run(*erase, stdin="peut-être\nnon\n".encode())
    assert (code, out) == (2, "") and err.count("[o/N]") == 2 and "Répondez" in err
    assert run(*erase, stdin=b"")[0] == 2
    erased = run(*erase, stdin=b"Oui\n")
    assert erased[0] == 0
    assert json.loads(run(*inside, "journal", "verify")[1])["erased_fields"] > 0


def test_a_case_is_destroyed_from_the_shell_past_the_same_gates(run, workspace, tmp_path):
    inside = ("--workspace", workspace)
    number = run(*inside, "case", "open", "Menace voilée", "--situation", "tone",
                 "--network", "facebook", "--handle", "Zbrxq")[1].strip()  # fmt: skip
    picture = tmp_path / "zbrxq.txt"
    picture.write_text("Zbrxq était là", "utf-8")
    step = (*inside, "case", "step", number)
    assert run(*step, "incident", "--text", "Zbrxq menace", "--file", picture)[0] == 0
    assert run(*step, "answer", "--text", "Merci de rester poli")[0] == 0
    asked = ("packet", "export", number, "--question", "Que faire?", "--out", tmp_path / "out")
    assert run(*inside, *asked)[0] == 0
    paper = tmp_path / "certificat.pdf"
    destroy = (*inside, "case", "destroy", number.lower(), "--certificate", paper)
    others = ("--ground", "request", "--approver", "Luc Gagnon")
    refusals = (
        (*others, "--yes"),  # Public Affairs have not answered
        (*others, "--though-open"),  # nobody says yes
        ("--ground", "request", "--approver", "ana roy", "--though-open", "--yes"),
        ("--ground", "retention", "--approver", "Luc Gagnon", "--though-open", "--yes"),
        (*others, "--though-open", "--yes", "--certificate", tmp_path / "absent" / "c.pdf"),
        (*others, "--though-open", "--yes", "--certificate", tmp_path),
    )
    for refused in refusals:
        code, out, err = run(*destroy, *refused)
        assert (code != 0, out) == (True, ""), refused
        assert err.strip() and "Traceback" not in err
    assert "ESC-" in run(*destroy, *others, "--yes")[2], "what stands open is named"
    assert json.loads(run(*inside, "case", "show", number)[1])["title"] == "Menace voilée"
    assert not list(tmp_path.glob("*.pdf")) and not list(tmp_path.glob("*.partial"))
    code, out, _ = run(*destroy, *others, "--though-open", "--yes")
    assert (code, out.strip()) == (0, str(paper)) and paper.read_bytes().startswith(b"%PDF")
    assert number not in run(*inside, "case", "list")[1]
    assert run(*destroy, *others, "--though-open", "--yes")[0] == 2
    assert json.loads(run(*inside, "journal", "verify")[1])["ok"] is True
    left = b"".join(p.read_bytes() for p in workspace.rglob("*") if p.is_file())
    assert b"Zbrxq" not in left and b"zbrxq" not in left


@pytest.fixture
def piece(run, workspace, tmp_path):
    """The number of a piece of evidence."""
    inside = ("--workspace", workspace)
    number = run(*inside, "case", "open", "Menace", "--situation", "tone")[1].strip()
    seen = tmp_path / "vu.txt"
    seen.write_text("vu", "utf-8")
    return run(*inside, "evidence", "add", number, seen)[1].split("\t")[0]


def test_nothing_is_written_over_and_nothing_destroyed_without_its_paper(
    run, workspace, piece, tmp_path
):
    inside = ("--workspace", workspace)
    taken = tmp_path / "pris.pdf"
    taken.write_text("à moi", "utf-8")
    link = tmp_path / "lien.pdf"
    link.symlink_to(workspace / "workspace.db")
    pipe = tmp_path / "tube.pdf"
    os.mkfifo(pipe)
    kept = [workspace / name for name in ("workspace.db", "protection.json", "backups")]
    wrong = [tmp_path / "absent" / "c.pdf", tmp_path, taken, link, pipe, *kept]
    wrong += [path / "c.pdf" for path in (workspace / "evidence", workspace / "backups")]
    why = ("--ground", "mistake", "--approver", "Luc", "--yes")
    before = {path: path.read_bytes() for path in kept[:2]}
    for path in wrong:
        for forced in ([], ["--force"]) if path != taken else ([],):
            for asked in (
                ("evidence", "destroy", piece, *why, "--certificate", path),
                ("evidence", "export", piece, "--to", "Avocat", "--out", path),
                ("journal", "erase", "1", *why, "--certificate", path),
            ):
                code, out, err = run(*inside, *asked, *forced)
                assert (code, out, err.count("\n")) == (2, "", 1), (asked, err)
    code, out, _ = run(*inside, "evidence", "destroy", piece, *why, "--certificate", "c.txt")
    assert (code, out) == (2, ""), "a certificate is a PDF"
    for out in (workspace / "evidence", workspace / "backups" / "x"):
        assert run(*inside, "report", "weekly", "--week", "2026-W40", "--out", out)[0] == 2
    assert {path: path.read_bytes() for path in before} == before
    assert taken.read_text("utf-8") == "à moi" and not list(workspace.rglob("*.pdf"))
    copy = ("evidence", "export", piece, "--to", "Avocat", "--out")
    assert run(*inside, *copy, workspace / "exports" / "vu.txt")[0] == 0, "nothing is destroyed"
    assert run(*inside, *copy, taken, "--force")[0] == 0
    assert taken.read_text("utf-8") == "vu"


def test_a_certificate_covers_what_it_certifies_and_can_be_made_again(
    run, workspace, piece, tmp_path
):
    inside = ("--workspace", workspace)
    held = tmp_path / "held.txt"
    run(*inside, "journal", "checkpoint")
    why = ("--ground", "mistake", "--approver", "Luc", "--yes")
    first, again = tmp_path / "c.pdf", tmp_path / "again.pdf"
    assert run(*inside, "evidence", "destroy", piece, *why, "--certificate", first)[0] == 0
    entry = run(*inside, "journal", "list", "--limit", "1")[1].split("\t")[0]
    assert run(*inside, "journal", "certificate", entry, "--out", first)[0] == 2
    assert run(*inside, "journal", "certificate", "1", "--out", again)[0] == 2
    assert run(*inside, "journal", "certificate", entry, "--out", again)[1].strip() == str(again)
    with Workspace.open(workspace) as opened:
        size, key = opened.journal.size(), opened.protection.public_key.hex()
        notes = [point.note for point in opened.journal.checkpoints()]
    # A verifier that knows the format and not the program reads what the papers say.
    script = ROOT / "tests" / "independent" / "verify_journal.py"
    for paper, note in ((first, notes[1]), (again, notes[0])):
        said = _said(paper)
        assert "".join(note.split()) in said, "this very note is printed"
        assert f"-{entry}" in said and "Luc" in said
        held.write_text(note, "utf-8")
        done = subprocess.run(
            [sys.executable, script, workspace / "workspace.db", "--key", key,
             "--checkpoint", held], capture_output=True, encoding="utf-8", check=True,
        )  # fmt: skip
        report = json.loads(done.stdout)
        assert report["ok"] is True and int(note.split()[1]) == size >= int(entry)
    assert "refaitàpartirdujournal" in _said(again)
    assert "refaitàpartirdujournal" not in _said(first)


def _said(paper: Path) -> str:
    import pypdfium2

    pages = pypdfium2.PdfDocument(paper.read_bytes())
    return "".join("".join(page.get_textpage().get_text_range() for page in pages).split())


def test_a_checkpoint_may_come_through_powershell_and_nothing_else_may(run, workspace, tmp_path):
    inside = ("--workspace", workspace)
    run(*inside, "case", "open", "Menace", "--situation", "tone")
    note = run(*inside, "journal", "checkpoint")[1]
    held = tmp_path / "checkpoint.txt"
    held.write_bytes(note.replace("\n", "\r\n").encode("utf-16"))
    code, out, _ = run(*inside, "journal", "verify", "--checkpoint", held)
    assert (code, json.loads(out)["ok"]) == (0, True)
    assert run(*inside, "journal", "prove", held)[0] == 0
    for raw in (note.encode("utf-16-be"), b"\xff\xfe\x00", b"\xe9", b""):
        held.write_bytes(raw)
        for asked in (("verify", "--checkpoint", held), ("prove", held)):
            code, _, err = run(*inside, "journal", *asked)
            assert code in (1, 2) and err.strip(), (raw, asked)


@pytest.mark.parametrize(
    "asked",
    [
        "draft show {n}", "draft ready {n}", "draft published {n}", "evidence list {n}",
        "evidence export {n} --to A --out {out}", "journal certificate {n} --out {out}",
        "evidence destroy {n} --ground mistake --approver B --certificate {out} --yes",
        "journal erase {n} --ground mistake --approver B --yes",
        "report weekly --week 0001-W01 --out {out}", "report weekly --week 9999-W52 --out {out}",
    ],
)  # fmt: skip
def test_a_number_or_week_beyond_all_counting_is_one_sentence(run, workspace, tmp_path, asked):
    words = asked.format(n="9" * 20, out=tmp_path / "out.pdf").split()
    code, out, err = run("--workspace", workspace, *words)
    assert (code, out, err.count("\n")) == (2, "", 1), err


def test_an_output_that_takes_no_more_is_said(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no full device")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scc_admin", "check", "-", "--network", "x"], input=b"Bonjour",
            stdout=full, stderr=subprocess.PIPE, check=False, cwd=ROOT,
        )  # fmt: skip
    said = done.stderr.decode()
    assert (done.returncode, said.count("\n")) == (2, 1), said


def test_a_backup_restored_where_nothing_stood_keeps_nothing_aside(run, workspace, tmp_path):
    made = run("--workspace", workspace, "backup")[1].strip()
    code, out, err = run("--workspace", tmp_path / "new", "restore", made)
    assert (code, out) == (0, "") and "None" not in err
    assert str(tmp_path) in run("--workspace", tmp_path / "new", "restore", made)[2]


def test_every_command_and_option_stands_in_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")

    def walk(command: click.Command, path: tuple[str, ...]):
        if isinstance(command, click.Group):
            for name, child in command.commands.items():
                if not child.hidden:
                    yield from walk(child, (*path, name))
        if path:
            yield path, command

    missing = []
    for path, command in walk(cli.cli, ()):
        if not isinstance(command, click.Group) and not re.search(
            rf"`[^`]*\b{' '.join(path)}\b", readme
        ):
            missing.append(" ".join(path))
        for parameter in command.params:
            for option in getattr(parameter, "opts", ()):
                if option.startswith("--") and option != "--help" and option not in readme:
                    missing.append(f"{' '.join(path)} {option}")
    assert missing == []


def test_help_is_french_and_english():
    pages = [
        subprocess.run(
            [sys.executable, "-m", "scc_admin", "--lang", language, "case", "step", "--help"],
            capture_output=True, text=True, check=True, cwd=ROOT,
            timeout=300,
        ).stdout
        for language in ("fr", "en")
    ]  # fmt: skip
    assert "--approver" in pages[0]
    assert pages[1] != pages[0] or not list(ROOT.glob("translations/fr_CA/*/*.po"))


# --- Locked workspaces, and where nobody can be asked --------------------------------------------


@pytest.fixture
def locked(tmp_path, run, monkeypatch):
    """A workspace behind a passphrase, and its recovery code."""
    folder = tmp_path / "locked"
    monkeypatch.setenv("SCC_ADMIN_PASSPHRASE", "quatre mots bien à nous")
    code, out, _ = run("init", folder, "--protect", "passphrase", "--name", "Ana Roy")
    assert code == 0
    monkeypatch.delenv("SCC_ADMIN_PASSPHRASE")
    return folder, out.strip()


def test_a_script_opens_a_workspace_by_passphrase_or_recovery_code(run, locked, monkeypatch):
    folder, recovery = locked
    listed = ("--workspace", folder, "draft", "list")
    code, out, err = run(*listed)
    assert (code, out) == (2, "") and "SCC_ADMIN_PASSPHRASE" in err
    for secret, answer in ((recovery.lower(), 0), ("quatre mots bien à nous", 0), ("autre", 2)):
        monkeypatch.setenv("SCC_ADMIN_PASSPHRASE", secret)
        assert run(*listed)[0] == answer
    monkeypatch.delenv("SCC_ADMIN_PASSPHRASE")
    code, out, err = run("init", folder.parent / "new", "--protect", "passphrase")
    assert (code, out) == (2, "") and "SCC_ADMIN_PASSPHRASE" in err


def test_at_a_terminal_the_secret_is_asked_for_and_not_shown(locked):
    pty = pytest.importorskip("pty")
    folder, recovery = locked
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "scc_admin", "--workspace", str(folder), "draft", "list"],
        stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
        start_new_session=True,
    ) as asking:  # fmt: skip
        os.close(theirs)
        for typed in ("autre chose", recovery):
            shown = b""
            while "récupération\xa0: ".encode() not in shown:
                part = os.read(asking.stderr.fileno(), 1000)
                assert part, shown.decode()
                shown += part
            os.write(ours, f"{typed}\n".encode())
        out, rest = asking.communicate(timeout=60)
    os.close(ours)
    assert asking.returncode == 0, rest
    assert b"Warning" not in rest and recovery.encode() not in out + rest


def test_a_recovery_code_is_shown_only_where_it_will_open_something(run, workspace, monkeypatch):
    import keyring
    from keyring.backends import fail

    former = keyring.get_keyring()
    encrypt = ("--workspace", workspace, "encrypt")
    keyring.set_keyring(fail.Keyring())
    try:
        code, out, err = run(*encrypt)
    finally:
        keyring.set_keyring(former)
    assert (code, out) == (2, "") and "trousseau" in err
    monkeypatch.setenv("SCC_ADMIN_PASSPHRASE", "quatre mots bien à nous")
    with Workspace.open(workspace):
        code, out, err = run(*encrypt, "--protect", "passphrase")
    assert (code, bool(out)) == (2, True) and "n’ouvre rien" in err
    code, out, err = run(*encrypt, "--protect", "passphrase")
    assert (code, bool(out)) == (0, True) and "n’ouvre rien" not in err


def test_without_a_screen_the_window_is_one_sentence(run, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for words in (("window",), ()):
        code, out, err = run(*words)
        assert (code, out) == (2, "") and "écran" in err and len(err.splitlines()) == 1


def test_a_demonstration_cut_short_says_so_and_is_made_anew(run, tmp_path, monkeypatch):
    begun = []

    def cut_short(workspace: Workspace) -> None:
        (workspace.folder / "rest").write_text("half")
        begun.append(workspace)
        raise KeyboardInterrupt

    monkeypatch.setattr("scc_admin.sample.fill", cut_short)
    for n in (1, 2):
        code, out, err = run("demo", tmp_path / "demo")
        assert (code, out, len(begun)) == (2, "", n) and "inachevé" in err
    (tmp_path / "demo" / ".unfinished").unlink()
    assert run("demo", tmp_path / "demo")[0] == 2 and len(begun) == 2, "nobody else's is replaced"
    assert (tmp_path / "demo" / "workspace" / "rest").exists()
