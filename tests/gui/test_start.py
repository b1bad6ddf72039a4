"""What a start waits for: the window's own modules, and nothing of what only its screens need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from scc_admin.keys import Kind
from scc_admin.workspace import Workspace

# Each takes longer to import than the file to open; they come with the first day, or later.
LATE = {
    "click",
    "cryptography",
    "keyring",
    "numpy",
    "openpyxl",
    "pydantic",
    "regex",
    "scc_admin.editorial",
    "scc_admin.exports",
    "scc_admin.journal",
    "scc_admin.model",
    "scc_admin.moderation",
    "scc_admin.verdict",
    "sqlite_utils",
    "typst",
    "ui.composer",
    "ui.day",
    "ui.palette",
    "ui.tables",
}
START = """
import json, sys
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from scc_admin.__main__ import main
from ui.main import Program

class Painted(QObject):
    def eventFilter(self, seen, event):
        if event.type() == QEvent.Type.Paint:
            seen.removeEventFilter(self)
            print(json.dumps(sorted(sys.modules)))
            QApplication.quit()
        return False

def opened(self, workspace, real=Program.opened):
    self.painted = Painted()
    real(self, workspace)
    self.window.installEventFilter(self.painted)

Program.opened = opened
main()
"""


def test_a_window_is_painted_before_its_screens_are_imported(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w", protection=Kind.NONE).workspace.close()
    told = subprocess.run(
        [sys.executable, "-c", START],
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "SCC_ADMIN_WORKSPACE": str(tmp_path / "w"),
            "SCC_ADMIN_CONFIG": str(tmp_path / "settings.json"),
            "SCC_ADMIN_LOGS": str(tmp_path / "logs"),
        },
        cwd=Path(__file__).parents[2],
    ).stdout
    imported = set(json.loads(told.splitlines()[0]))
    assert {"ui.today", "scc_admin.workspace"} <= imported
    assert sorted(imported & LATE) == []
