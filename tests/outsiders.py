"""Tools that are not ours, as who receives a packet uses them; each raises when it is unsound."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

PACKAGES = {
    "unzip": "unzip",
    "sha256sum": "coreutils",
    "ssh-keygen": "openssh-client",
    "bash": "bash",
    "qpdf": "qpdf",
    "pdfinfo": "poppler-utils",
}


def run(*command: str, cwd: Path, stdin: bytes = b"") -> str:
    """What a tool says. Raises CalledProcessError when it refuses."""
    if command[0] in PACKAGES:
        assert shutil.which(command[0]), f"missing: apt-get install {PACKAGES[command[0]]}"
    done = subprocess.run(
        command, cwd=cwd, input=stdin, capture_output=True, check=False, timeout=300
    )
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return (done.stdout + done.stderr).decode()


def bagit(bag: Path) -> str:
    return run(sys.executable, "-m", "bagit", "--validate", str(bag), cwd=bag)


def sums(bag: Path) -> None:
    run("sha256sum", "-c", "--strict", "manifest-sha256.txt", cwd=bag)
    run("sha256sum", "-c", "--strict", "tagmanifest-sha256.txt", cwd=bag)


def signature(bag: Path, public_line: str) -> str:
    """As a recipient does it who knows our key by another channel."""
    allowed = bag.parent / "allowed"
    allowed.write_text(f"us {public_line}\n")
    return run(
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        str(allowed),
        "-I",
        "us",
        "-n",
        "scc-admin-packet",
        "-s",
        "tagmanifest-sha256.txt.sig",
        cwd=bag,
        stdin=(bag / "tagmanifest-sha256.txt").read_bytes(),
    )


def document(pdf: Path) -> None:
    """qpdf finds it sound, and pdfinfo finds it tagged."""
    run("qpdf", "--check", str(pdf), cwd=pdf.parent)
    said = run("pdfinfo", str(pdf), cwd=pdf.parent)
    tagged = [line for line in said.splitlines() if line.startswith("Tagged:")]
    assert tagged and tagged[0].split()[1] == "yes", said


def exceptions(bag: Path) -> int:
    """How many steps the case tells as exceptions, each borne out by a journal entry: when it was
    written or done, who agreed, and the very words of the reason, or their hash."""
    case = json.loads((bag / "data/case.json").read_text("utf-8"))
    entries = json.loads((bag / "data/journal-entries.json").read_text("utf-8"))
    found = [moment for moment in case["timeline"] if moment["exception"]]
    for moment in found:
        waiver = moment["exception"]
        borne_out = [
            entry
            for entry in entries
            if json.loads(entry["body"])["approver"] == waiver["approver"]
            and json.loads(entry["body"])["rule"] == "PROC-04"
            and _says(entry["values"]["override"], waiver["reason"], waiver["original_sha256"])
        ]
        assert len(borne_out) == 1, waiver
    return len(found)


def _says(opened: Mapping[str, str] | None, words: str, original: str) -> bool:
    if opened is None:
        return False
    if "value" in opened:
        return opened["value"] == words
    return opened["sha256"] == original


def told(bag: Path) -> int:
    """How many places of the case stand beside an entry, as the packet's format counts them."""
    case = json.loads((bag / "data/case.json").read_text("utf-8"))
    entries = json.loads((bag / "data/journal-entries.json").read_text("utf-8"))
    bodies = [json.loads(entry["body"]) for entry in entries]
    number = case["number"]
    asked = {("escalation", number)} | {
        ("contact", f"{number}/{step}") for step in ("escalated", "answered", "closed")
    }
    return (
        sum(line["entry"] != 0 for line in case["timeline"])
        + len(case["withdrawn"])
        + len(asked & {(body["kind"], body["step"]) for body in bodies})
    )


def all_of_them(archive: Path, pdf: Path, public_line: str, where: Path) -> Path:
    """Every tool over a packet; the folder it was unpacked into."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(where)
    bag = where / archive.stem
    assert "is valid" in bagit(bag)
    sums(bag)
    assert 'Good "scc-admin-packet" signature' in signature(bag, public_line)
    document(pdf)
    exceptions(bag)
    return bag
