"""The three jobs on the sample, and what came out of them checked with tools that are not ours."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def tool(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is missing: python3 dev.py setup installs it, or says how"
    return found


@pytest.fixture(scope="module", params=["fr", "en"])
def demo(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / request.param
    environment = {**os.environ, "SCC_ADMIN_CONFIG": str(folder) + ".settings.json"}
    environment.pop("SCC_ADMIN_WORKSPACE", None)
    done = subprocess.run(
        [sys.executable, "-m", "scc_admin", "--lang", request.param, "demo", str(folder)],
        capture_output=True, text=True, env=environment, cwd=ROOT, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    files = {
        Path(line).suffix + Path(line).stem[:3]: Path(line)
        for line in done.stdout.split("\n")
        if line
    }
    return folder, files, done.stderr


def one(folder: Path, pattern: str) -> Path:
    (found,) = (folder / "exports").glob(pattern)
    return found


@pytest.fixture
def bag(demo, tmp_path):
    folder = demo[0]
    for pattern in ("ESC-*.zip", "ESC-*.pdf"):
        shutil.copy(one(folder, pattern), tmp_path)
    archive = next(tmp_path.glob("ESC-*.zip"))
    subprocess.run([tool("unzip"), "-q", archive.name], cwd=tmp_path, check=True, timeout=300)
    return tmp_path / archive.stem


def test_the_demo_prints_where_its_files_lie(demo):
    _, files, words = demo
    assert {path.suffix for path in files.values()} == {".pdf", ".zip", ".eml", ".xlsx", ".json"}
    assert all(path.exists() for path in files.values())
    assert "INT-01" in words
    assert "44" in words or "banni" in words


def test_bagit_and_sha256sum_find_the_packet_whole(bag):
    for command in (
        [sys.executable, "-m", "bagit", "--validate", "."],
        [tool("sha256sum"), "--quiet", "-c", "manifest-sha256.txt"],
        [tool("sha256sum"), "--quiet", "-c", "tagmanifest-sha256.txt"],
    ):
        done = subprocess.run(
            command, cwd=bag, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_printed_instructions_work_as_printed(demo, bag):
    """The commands of the PDF's last pages, typed as they stand there."""
    pdf = next(bag.parent.glob("ESC-*.pdf"))
    text = subprocess.run(
        [tool("pdftotext"), "-layout", pdf, "-"],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    ).stdout
    signature = re.search(r"printf '%s ' .*?ssh-keygen -l -f data/signer\.pub", text, re.DOTALL)
    assert signature, text
    lines = "\n".join(line.strip() for line in signature.group().splitlines() if line.strip())
    done = subprocess.run(
        ["sh", "-c", lines], cwd=bag, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, lines + done.stdout + done.stderr
    assert "Good" in done.stdout
    fingerprint = re.search(r"SHA256:\S+", done.stdout).group()
    assert fingerprint in text.replace("\n", "")


def test_a_changed_byte_is_found_by_their_tools(bag):
    piece = next((bag / "data" / "evidence").iterdir())
    data = bytearray(piece.read_bytes())
    data[len(data) // 2] ^= 1
    piece.write_bytes(data)
    done = subprocess.run(
        [tool("sha256sum"), "--quiet", "-c", "manifest-sha256.txt"],
        cwd=bag, capture_output=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode != 0


def test_the_pdfs_are_sound_and_tagged(demo):
    for path in (demo[0] / "exports").glob("*.pdf"):
        checked = subprocess.run(
            [tool("qpdf"), "--check", path],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr
        info = subprocess.run(
            [tool("pdfinfo"), path], capture_output=True, text=True, check=True, timeout=300
        ).stdout
        assert re.search(r"Tagged:\s+yes", info)


def test_no_person_is_named_in_the_names_of_files(bag):
    names = " ".join(str(path.relative_to(bag)) for path in bag.rglob("*"))
    assert "Cure" not in names
    assert "capture" not in names


def test_the_email_is_a_draft_with_both_files(demo):
    message = email.message_from_bytes(
        one(demo[0], "ESC-*.eml").read_bytes(), policy=email.policy.default
    )
    assert message["X-Unsent"] == "1"
    assert message["From"] is None
    names = [part.get_filename() for part in message.iter_attachments()]
    assert sorted(Path(name).suffix for name in names) == [".pdf", ".zip"]


def test_pdf_sheet_and_json_of_the_week_say_the_same(demo):
    from openpyxl import load_workbook

    folder = demo[0]
    stem = next((folder / "exports").glob("r*.json"))
    figures = json.loads(stem.read_text("utf-8"))
    text = subprocess.run(
        [tool("pdftotext"), "-layout", stem.with_suffix(".pdf"), "-"],
        capture_output=True, text=True, check=True, timeout=300,
    ).stdout  # fmt: skip
    book = load_workbook(stem.with_suffix(".xlsx"))
    cells = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    for figure in figures["summary"]:
        assert any(row[0] == figure["label"] and row[1] == figure["value"] for row in cells), figure
        assert figure["label"] in re.sub(r"\s+", " ", text), figure
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_a_protected_copy_opens_with_its_passphrase_alone(demo, tmp_path, monkeypatch):
    from scc_admin.errors import UserError
    from scc_admin.i18n import Translator
    from scc_admin.model import Language
    from scc_admin.workspace import Workspace

    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    with Workspace.open(demo[0] / "workspace") as workspace:
        number = workspace.moderation.escalations()[0].number
        tr = Translator(Language.FR)
        with pytest.raises(UserError) as failure:
            workspace.export_packet(number, tmp_path, tr, passphrase="court")
        assert failure.value.code == "short_passphrase"
        files = workspace.export_packet(
            number, tmp_path, tr, passphrase="une phrase dite au téléphone"
        )
    locked = files[-1]
    assert locked.name == f"{number}-protege.pdf"
    shut = subprocess.run(
        [tool("qpdf"), "--check", locked], capture_output=True, check=False, timeout=300
    )
    assert shut.returncode != 0
    opened = subprocess.run(
        [tool("qpdf"), "--password=une phrase dite au téléphone", "--show-encryption", locked],
        capture_output=True, text=True, check=True, timeout=300,
    ).stdout  # fmt: skip
    assert "R = 6" in opened
    assert "AESv3" in opened
    message = email.message_from_bytes(files[2].read_bytes(), policy=email.policy.default)
    assert [part.get_filename() for part in message.iter_attachments()] == [locked.name]
