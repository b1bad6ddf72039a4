"""What people who wish us ill may write, through every screen of moderation and escalation, and out
again in documents: shown as text or answered by a sentence; nothing run, fetched or lost."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import flush_deleted
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtNetwork import QNetworkAccessManager
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPlainTextEdit, QWidget

from scc_admin import packets
from scc_admin.i18n import Translator
from scc_admin.model import Ground, JournalQuery, Language, Network, Rung, Situation
from scc_admin.moderation import (
    AccountInput,
    CaseInput,
    EscalationInput,
    IncidentInput,
    PersonInput,
    StepInput,
)
from scc_admin.moderation.register import ConfidentialityInput
from tests.outsiders import run
from ui.escalation.packet import PacketBuilder
from ui.messages import Dialog
from ui.moderation.finding import find_cases
from ui.moderation.incident import IncidentForm, open_incident
from ui.moderation.steps import StepDialog
from ui.moderation.viewer import Viewer

pytestmark = pytest.mark.slow

MARKUP = "<b>gras</b><img src='file:///etc/passwd'><a href=\"https://x.test\">&amp;</a>"
EVIL = {
    "markup": MARKUP,
    "bidi": "moc.\u202egpj.exe\u2066 \u200f\u061c",
    "nul": "avant\x00après\x1b[31m\x07",
    "surrogate": "demi \ud83d mot \udc00",
    "paths": "../../../etc/passwd\\..\\CON.png:nul",
    "typst": '#image("/etc/passwd") $x^2$ #{read("/etc/passwd")} \\ ` [a](b) *gras* @ref <label>',
    "format": "{name} {0} {who!r} %s %(a)s {{}} }{",
    "combining": "Z̴̨͎̈a̸͎͝l̵̢̛g̷̡͘o̶͙͝ " + "e\u0301" * 300,
    "sql": "'; DROP TABLE cases; --\" OR 1=1",
}
QUERIES = (
    '"', '""', "*", "a*", "-a", "^a", "(", ")", "AND", "OR NOT", "NEAR(a b)", "text:a", "a:b:c",
    "a\x00b", "\ud800", "'; DROP TABLE journal; --", "%_", "a" * 5_000, "\u202e", "é" * 300,
    "{words}", "a OR", "+", "\\", "1e999", " \t\n",
)  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_escapes(tasks, monkeypatch) -> Iterator[None]:
    """No worker fails in a way nobody foresaw, and no picture in a text is asked for."""
    crashed: list[BaseException] = []
    tasks.crashed.connect(crashed.append)

    def fetch(*_: object) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(QNetworkAccessManager, "get", fetch)
    yield
    assert not crashed, crashed


@pytest.fixture
def go(window, workspace, settle):
    workspace.settings.set("verdict.meaning", False)

    def shown(name: str, target: object = None) -> QWidget:
        window.go(name, target)
        settle()
        return window.current()

    return shown


def link(evil: str) -> str:
    """An address that a browser would open, and what comes after."""
    return "https://exemple.org/" + "".join(evil.split())


def front() -> QDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, QDialog), found
    return found


def looked_at(root: QWidget, evil: str) -> None:
    """Every text is shown letter for letter."""
    piece = evil[:12]
    for label in root.findChildren(QLabel):
        if piece in label.text():
            assert label.textFormat() is Qt.TextFormat.PlainText, label.text()[:80]
    for widget in root.findChildren(QWidget):
        assert "<b>" not in widget.toolTip()
    root.grab()


def fill(form: QDialog, evil: str) -> None:
    """Write it into every field of a form that takes words."""
    for field in form.findChildren(QLineEdit):
        inner = field.parent()
        if field.isEnabled() and not field.isReadOnly() and not inner.inherits("QAbstractSpinBox"):
            field.setText(evil)
    for text in form.findChildren(QPlainTextEdit):
        if not text.isReadOnly():
            text.setPlainText(evil)


def through(form: QDialog, evil: str, settle) -> None:
    """Fill a form and submit it: it is written, or stays with a sentence and all that was typed."""
    fill(form, evil)
    form.grab()
    form.submit()
    settle()
    if QApplication.activeModalWidget() is form:
        looked_at(form, evil)
        form.reject()
        settle()
    flush_deleted()


@pytest.mark.parametrize("name", EVIL)
def test_every_form_and_sheet_shows_it_as_text(name, window, workspace, go, settle, tmp_path):
    evil = EVIL[name]
    screen = go("moderation")
    open_incident(window.shell)
    form = front()
    assert isinstance(form, IncidentForm)
    settle()
    through(form, evil, settle)
    while QApplication.activeModalWidget() is not None:
        QApplication.activeModalWidget().reject()
        settle()
    moderation, vault = workspace.moderation, workspace.vault
    if not moderation.cases():
        account = AccountInput(Network.FACEBOOK, evil or "x", evil, evil)
        moderation.report(
            CaseInput(evil, Situation.SLANDER_OUTSIDER, account=account,
                      new_person=PersonInput(evil, evil, evil, False, evil, evil)),
            IncidentInput(text=evil, url=link(evil), displayed_at=evil, account=account),
        )  # fmt: skip
    (row,) = moderation.cases()
    moderation.log_incident(
        row.id,
        IncidentInput(
            text=evil,
            url=link(evil),
            displayed_at=evil,
            files=(vault.add(evil.encode("utf-8", "replace"), evil + ".txt"),
                   vault.add(b"\x89PNG\r\n\x1a\n" + bytes(9), evil)),
        ),
    )  # fmt: skip
    screen.open(row.id)
    settle()
    view = screen.view
    for index in range(3):
        view.tabs.setCurrentIndex(index)
        settle()
        looked_at(window, evil)
    acts = (
        view.acts.note,
        view.person.edit,
        view.acts.hold,
        view.acts.escalate,
        lambda: StepDialog(window.shell, moderation.sheet(row.id), Rung.TOLERATE).open(),
    )
    for act in acts:
        act()
        settle()
        through(front(), evil, settle)
    view.show_evidence()
    viewer = front()
    assert isinstance(viewer, Viewer)
    for _ in viewer._pieces:
        settle()
        looked_at(viewer, evil)
        viewer.step(+1)
    viewer.reject()
    settle()
    (escalation,) = moderation.escalations() or [
        moderation.escalation(moderation.escalate(row.id, EscalationInput(evil, evil, evil)))
    ]
    moderation.record_contact(escalation.id, evil, workspace.clock())
    moderation.record_affairs_answer(escalation.id, evil, workspace.clock())
    moderation.register.add(ConfidentialityInput(circumstances=evil, information=evil))
    page = go("escalations", escalation.id)
    looked_at(window, evil)
    builder = page.build_packet()
    assert isinstance(builder, PacketBuilder)
    settle()
    looked_at(builder, evil)
    builder.close()
    settle()
    for place, target in (
        ("escalations", "register"),
        ("moderation", "journal"),
        ("moderation", "retention"),
        ("today", None),
    ):
        go(place, target)
        looked_at(window, evil)
    files = workspace.export_packet(escalation.number, tmp_path / "out", Translator(Language.FR))
    assert packets.verify(files[1]).ok
    assert workspace.journal.verify().ok


@pytest.mark.parametrize("name", EVIL)
def test_documents_print_it_as_text_and_their_names_are_plain(name, workspace, tmp_path):
    evil = EVIL[name]
    moderation = workspace.moderation
    account = AccountInput(Network.FACEBOOK, evil, evil, evil)
    case_id = moderation.report(
        CaseInput(evil, Situation.TONE, account=account,
                  new_person=PersonInput("", evil, evil, False, evil, evil)),
        IncidentInput(text=evil, url=link(evil), displayed_at=evil, account=account,
                      files=(workspace.vault.add(b"x", evil),)),
    ).case_id  # fmt: skip
    moderation.climb(case_id, StepInput(Rung.ANSWER, text=evil, reason=evil))
    number = moderation.escalation(
        moderation.escalate(case_id, EscalationInput(evil, evil, evil))
    ).number
    person = moderation.sheet(case_id).person
    out = tmp_path / "out"
    pdf, archive, mail, *_ = workspace.export_packet(number, out, Translator(Language.FR))
    folder = workspace.export_access(
        person.id,
        tmp_path,
        Translator(),
        evidence=[e.id for e in moderation.sheet(case_id).evidence],
    )
    gone = moderation.retention.destroy_case(
        case_id, ground=Ground.ORDER, approver="Luc " + evil, though_open=True
    )
    certificate = workspace.certificate(gone, tmp_path / "c.pdf", Translator())
    with zipfile.ZipFile(archive) as opened:
        names = [Path(inside).name for inside in opened.namelist()]
        json.loads(opened.read(f"{number}/data/case.json"))
    for path in (*names, *(p.name for p in tmp_path.rglob("*"))):
        assert all(c.isprintable() and c not in '<>:"\\|?*' for c in path), path
    for document in (pdf, certificate, folder / "dossier.pdf"):
        run("qpdf", "--check", str(document), cwd=tmp_path)
        assert (
            b"/Launch" not in document.read_bytes() and b"/JavaScript" not in document.read_bytes()
        )
        words = subprocess.run(
            ["pdftotext", "-layout", str(document), "-"],
            capture_output=True,
            check=True,
            timeout=300,
        ).stdout.decode()
        assert "root:x" not in words
        if name == "markup" and document == pdf:
            assert "<b>gras</b>" in words
        if name == "typst" and document == pdf:
            assert "#image" in words
    assert mail.read_bytes().decode("ascii")
    assert (folder / "dossier.txt").read_bytes().decode("utf-8")
    assert "root:x" not in (folder / "donnees.json").read_text("utf-8")
    assert workspace.journal.verify().ok


def test_no_search_box_takes_what_is_typed_for_syntax(window, workspace, go, settle):
    moderation = workspace.moderation
    for text in ("Vos chiffres sont faux, voyez", *EVIL.values()):
        moderation.report(CaseInput("Bronzage", Situation.TONE), IncidentInput(text=text))
    screen = go("moderation")
    journal = go("moderation", "journal").journal
    size = workspace.journal.size()
    for query in QUERIES:
        assert isinstance(moderation.cases(text=query), list)
        assert len(list(workspace.journal.ids(JournalQuery(text=query)))) <= size
        assert isinstance(find_cases(window.shell, query), list | tuple)
        assert isinstance(workspace.library.sources(query), list)
        for box in (screen.cases.search, journal.search):
            box.setText(query)
        settle()
    window.grab()
    for box in (screen.cases.search, journal.search):
        box.setText("chiffres")
    settle()
    assert len(moderation.cases(text="chiffres")) == 1
    assert workspace.journal.verify().ok


def test_ten_megabytes_pasted_into_any_field_hold_nothing_up(
    window, workspace, go, settle, tmp_path
):
    huge = ("Vous mentez! " * 800_000)[: 10 << 20]
    mime = QMimeData()
    mime.setText(huge)
    screen = go("moderation")
    case_id = workspace.moderation.report(
        CaseInput("Bronzage", Situation.TONE), IncidentInput(text="x")
    ).case_id
    screen.open(case_id)
    settle()
    for act in (screen.view.acts.note, screen.view.acts.escalate, screen.view.person.edit):
        act()
        settle()
        form = front()
        for text in form.findChildren(QPlainTextEdit):
            text.clear()
            text.insertFromMimeData(mime)
            assert form.banner.isVisible(), "what was not taken is said"
        for line in form.findChildren(QLineEdit):
            line.setText(huge)
        form.submit()
        settle()
        shown = QApplication.activeModalWidget()
        if shown is not None:
            shown.reject()
            settle()
        flush_deleted()
    screen.open(case_id)
    settle()
    window.grab()
    (escalation,) = workspace.moderation.escalations()
    assert escalation.question == huge[: len(escalation.question)]
    assert workspace.packet_preview(escalation.number, Translator()).startswith(b"%PDF-")
    assert workspace.journal.verify().ok


def test_a_bomb_as_evidence_is_kept_and_never_opened(window, workspace, go, settle):
    import struct
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    bomb += chunk(b"IDAT", zlib.compress(bytes(1 << 20), 9)) + chunk(b"IEND", b"")
    case_id = workspace.moderation.report(
        CaseInput("Bronzage", Situation.TONE),
        IncidentInput(text="x", files=(workspace.vault.add(bomb, "bombe.png"),)),
    ).case_id
    screen = go("moderation")
    screen.open(case_id)
    settle()
    screen.view.tabs.setCurrentIndex(1)
    screen.view.show_evidence()
    viewer = front()
    settle()
    assert viewer.stack.currentWidget() is viewer.sentence
    viewer.reject()
    escalation = workspace.moderation.escalate(case_id, EscalationInput("Que faire?"))
    page = go("escalations", escalation)
    builder = page.build_packet()
    settle()
    assert builder.pages.pages > 0
    editor = builder.cover(builder.sheet.evidence[0])
    settle()
    assert editor.stack.currentWidget() is editor.sentence
    editor.close()
    builder.close()
    assert not isinstance(QApplication.activeModalWidget(), Dialog)
