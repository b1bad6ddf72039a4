"""A disk that fills up, or stops answering, in the middle of work: a sentence, and nothing lost.

`fiu-run` (Debian's fiu-utils) makes real system calls of the real program fail.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scc_admin.keys import Kind
from scc_admin.workspace import Workspace

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]

WORK = """
import json, os, sys
from pathlib import Path
from scc_admin.editorial import DraftDetails
from scc_admin.errors import UserError
from scc_admin.i18n import Translator
from scc_admin.model import Language, Target
from scc_admin.workspace import Workspace

voices = [Translator(language) for language in Language]
saved, said, lost = {}, set(), []
for _ in range(50):
    try:
        workspace = Workspace.open(Path(sys.argv[1]))
        break
    except UserError as error:
        said.add(error.code)
editorial = workspace.editorial
for number in range(120):
    try:
        draft = editorial.add_draft(
            DraftDetails(title=str(number)), [(Target.FACEBOOK, Language.FR, f"texte {number}")]
        )
        saved[draft] = f"texte {number}"
        workspace.vault.add(b"preuve" * 1000, "preuve.txt")
    except UserError as error:
        said.add(error.code)
        sentences = [voice.explain(error) for voice in voices]
        assert all(s and "{" not in s for s in sentences), sentences
answer = json.dumps({"saved": saved, "said": sorted(said)}).encode()
while answer:
    try:
        answer = answer[os.write(1, answer) :]
    except OSError:
        continue
"""


@pytest.fixture(autouse=True)
def own_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))


@pytest.mark.parametrize(
    ("fault", "failinfo", "codes"),
    [
        ("posix/io/rw/pwrite", 28, {"disk_full", "disk_error"}),
        ("posix/io/rw/write", 28, {"disk_full", "disk_error"}),
        ("posix/io/sync/fsync", 5, {"disk_full", "disk_error", "read_only", "damaged", "locked"}),
    ],
    ids=["full-database", "full-files", "dead-disk"],
)
def test_what_was_acknowledged_stays_and_the_rest_is_said(tmp_path, fault, failinfo, codes):
    tool = shutil.which("fiu-run")
    assert tool, "fiu-run is missing: python3 dev.py setup installs it, or says how"
    folder = tmp_path / "w"
    Workspace.create(folder, protection=Kind.NONE, name="Ana Roy").workspace.close()
    done = subprocess.run(
        [
            tool, "-x", "-c", f"enable_random name={fault},probability=0.05,failinfo={failinfo}",
            sys.executable, "-c", WORK, str(folder),
        ],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["said"], "no fault was met: the test tests nothing"
    assert set(answer["said"]) <= codes, answer["said"]
    with Workspace.open(folder) as workspace:
        assert workspace.store.problems() == []
        with workspace.store.reading() as db:
            for draft, text in answer["saved"].items():
                kept = db.value("SELECT text FROM variants WHERE draft_id = ?", (int(draft),))
                assert kept == text
        workspace.vault.sweep()
        assert workspace.vault.verify() == []
