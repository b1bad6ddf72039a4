"""The program is killed in the middle of its work, again and again; what it acknowledged stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scc_admin.keys import Kind
from scc_admin.workspace import Workspace

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
