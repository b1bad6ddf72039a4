"""The program is killed in the middle of its work, again and again; what it acknowledged stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scc_admin.editorial import DraftDetails
from scc_admin.keys import Kind
from scc_admin.model import Language, Situation, Target
from scc_admin.moderation import CaseInput, IncidentInput
from scc_admin.workspace import Workspace

pytestmark = pytest.mark.slow

KILLS = 20

WRITER = """
import json, sys
from pathlib import Path
from scc_admin.editorial import DraftDetails
from scc_admin.model import Finding, Language, Severity, Target, Theme
from scc_admin.workspace import Workspace

workspace = Workspace.open(Path(sys.argv[1]))
editorial = workspace.editorial
draft = editorial.add_draft(DraftDetails(title="Frappe"), [(Target.FACEBOOK, Language.FR, "")])
(variant,) = editorial.sheet(draft).variants
text = ""
number = 0
while True:
    number += 1
    text += f"mot{number} "
    editorial.save_text(variant.id, text)
    saved = {"variant": variant.id, "text": text}
    if number % 3 == 0:
        excerpt = f"extrait {number}"
        finding = Finding("INT-01", "x", Severity.ERROR, Theme.INTEGRITY, (), 0, 1, excerpt, "", "")
        editorial.override(draft, finding, "une bonne raison")
        saved["entries"] = workspace.journal.size()
    print(json.dumps(saved), flush=True)
"""

ENCRYPTER = """
import itertools, os, shutil, sys
from pathlib import Path
from scc_admin import keys
from scc_admin.workspace import Workspace

class Ring(dict):
    def get_password(self, service, account): return self.get(account)
    def set_password(self, service, account, key): self[account] = key
    def delete_password(self, service, account): self.pop(account, None)

def refuse(*_):
    raise OSError("a disk without second names")

# Before each of its doings on files, by number, a child is killed: no handler, no `finally` runs.
def killed_at(last):
    done = 0
    def count(event, arguments):
        nonlocal done
        if event == "open":
            counts = isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        else:
            counts = event in ("os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir")
        if counts and str(folder) in str(arguments[0]):
            done += 1
            if done == last:
                os._exit(0)
    sys.addaudithook(count)

first, folder = Path(sys.argv[1]), Path(sys.argv[2])
if sys.argv[3] == "no links":
    os.link = refuse
with Workspace.open(first) as workspace:
    plan = workspace.plan_encryption(keys.Kind.KEYRING)
states = []
for instant in itertools.count(1):
    shutil.copytree(first, folder)
    child = os.fork()
    if not child:
        killed_at(instant)
        Workspace.encrypt(folder, plan, keyring=Ring())
        os._exit(3)
    whole = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert whole in (0, 3), whole
    encrypted = keys.read(folder).kind is keys.Kind.KEYRING
    with Workspace.open(folder, recovery_code=plan.recovery_code) as workspace:
        assert [d.title for d in workspace.editorial.drafts()] == ["Relais"]
        assert workspace.journal.verify().ok
        assert workspace.store.problems() == []
        assert workspace.encrypted is encrypted
        workspace.back_up()
    clear = [p for p in folder.rglob("*") if p.is_file() and b"SQLite f" in p.read_bytes()]
    assert bool(clear) is not encrypted, (instant, clear)
    assert not list(folder.glob("*.clear")) and not list(folder.glob("*.encrypted")), instant
    states.append(encrypted)
    shutil.rmtree(folder)
    if whole:
        break
print(len(states), sum(states))
"""

EXPORTER = """
import itertools, os, shutil, sys
from pathlib import Path
from scc_admin.i18n import Translator
from scc_admin.model import EntryKind
from scc_admin.workspace import Workspace

first, folder, what = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
out = folder.with_name("out")

def leave(workspace):
    if what == "report":
        workspace.export_weekly("2026-W47", out, Translator(), formats=["json", "eml"])
    else:
        workspace.export_evidence(1, out / "copy.txt", "Affaires publiques")

# Before each of its doings in that folder, by number, a child is killed: no `finally` runs.
def killed_at(last):
    done = 0
    def count(event, arguments):
        nonlocal done
        doing = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir")
        if event in doing and str(out) in str(arguments[0]):
            done += 1
            if done == last:
                os._exit(0)
    sys.addaudithook(count)

states = []
for instant in itertools.count(1):
    shutil.copytree(first, folder)
    out.mkdir()
    child = os.fork()
    if not child:
        with Workspace.open(folder) as workspace:
            killed_at(instant)
            leave(workspace)
        os._exit(3)
    whole = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert whole in (0, 3), whole
    left = [path for path in out.iterdir() if not path.name.endswith(".partial")]
    with Workspace.open(folder) as workspace:
        entries = workspace.journal.entries()
        noted = any(
            e.kind is EntryKind.REPORT or e.kind is EntryKind.CUSTODY and e.values.get("to")
            for e in entries
        )
        assert workspace.journal.verify().ok
    assert noted or not left, (instant, left)
    states.append((bool(left), noted))
    shutil.rmtree(folder)
    shutil.rmtree(out)
    if whole:
        break
assert states[0] == (False, False) and states[-1] == (True, True), states
print(len(states))
"""


@pytest.fixture(autouse=True)
def own_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))


def test_nothing_acknowledged_is_lost(tmp_path):
    folder = tmp_path / "w"
    Workspace.create(folder, protection=Kind.NONE, name="Ana Roy").workspace.close()
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    texts: dict[int, str] = {}
    entries = 0
    for round_number in range(KILLS):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)],
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        # A different moment each time: after so many acknowledgements, in whatever comes next.
        for _ in range(1 + round_number * 2):
            saved = json.loads(writer.stdout.readline())
            texts[saved["variant"]] = saved["text"]
            entries = max(entries, saved.get("entries", 0))
        os.kill(writer.pid, signal.SIGKILL)
        for line in writer.stdout:
            if line.endswith("\n"):
                saved = json.loads(line)
                texts[saved["variant"]] = saved["text"]
                entries = max(entries, saved.get("entries", 0))
        writer.wait()
        writer.stdout.close()
    with Workspace.open(folder) as workspace:
        assert workspace.journal.verify().ok
        assert workspace.journal.size() >= entries
        assert workspace.store.problems() == []
        with workspace.store.reading() as db:
            for variant, text in texts.items():
                kept = db.value("SELECT text FROM variants WHERE id = ?", (variant,))
                assert kept.startswith(text)
    assert len(texts) == KILLS


@pytest.mark.parametrize("disk", ["links", "no links"])
def test_an_encryption_killed_anywhere_leaves_a_whole_workspace(tmp_path, disk):
    first = tmp_path / "first"
    with Workspace.create(first, protection=Kind.NONE, name="Ana Roy").workspace as workspace:
        workspace.editorial.add_draft(
            DraftDetails(title="Relais"), [(Target.FACEBOOK, Language.FR, "Merci")]
        )
        workspace.back_up()
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    run = subprocess.run(
        [sys.executable, "-c", ENCRYPTER, str(first), str(tmp_path / "w"), disk],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    instants, encrypted = map(int, run.stdout.split())
    assert instants > encrypted > 10


@pytest.mark.parametrize("what", ["report", "evidence"])
def test_what_leaves_is_in_the_journal_whenever_the_export_is_killed(tmp_path, what):
    first = tmp_path / "first"
    with Workspace.create(first, protection=Kind.NONE, name="Ana Roy").workspace as workspace:
        workspace.moderation.report(
            CaseInput("Menaces", Situation.TONE),
            IncidentInput(text="Vu", files=(workspace.vault.add(b"preuve", "preuve.txt"),)),
        )
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(
        [sys.executable, "-c", EXPORTER, str(first), str(tmp_path / "w"), what],
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 3
