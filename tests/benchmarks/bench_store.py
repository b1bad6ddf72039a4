"""Start-up against a bare painted window; a durable save against a bare committed insert."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROUNDS = 7

BARE = """
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv)
window = QMainWindow()
window.show()
app.processEvents()
window.grab()
"""
OURS = """
import sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
from ui.main import run

class FirstPaint(QObject):
    def eventFilter(self, seen, event):
        if event.type() == QEvent.Type.Paint and type(seen).__name__ == "Window":
            QTimer.singleShot(0, QApplication.quit)
        return False

app = QApplication(sys.argv)
watch = FirstPaint()
app.installEventFilter(watch)
raise SystemExit(run(Path({folder!r})))
"""


def _seconds(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return time.perf_counter() - start


def measure() -> dict[str, float]:
    from scc_admin.editorial import DraftDetails
    from scc_admin.keys import Kind
    from scc_admin.model import Language, Target
    from scc_admin.sample import fill
    from scc_admin.workspace import Workspace

    figures = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "workspace"
        with Workspace.create(folder, protection=Kind.NONE).workspace as workspace:
            fill(workspace)
            draft = workspace.editorial.add_draft(
                DraftDetails(), [(Target.FACEBOOK, Language.FR, "")]
            )
            (variant,) = workspace.editorial.sheet(draft).variants
            text = "Une phrase comme on en écrit, avec des accents. " * 6
            saves, floors = [], []
            for number in range(200):
                start = time.perf_counter()
                workspace.editorial.save_text(variant.id, f"{text}{number}")
                saves.append(time.perf_counter() - start)
                start = time.perf_counter()
                with workspace.store.writing() as tx:
                    tx.run(
                        "INSERT OR REPLACE INTO settings(key, value) VALUES ('bench', ?)",
                        (f"{text}{number}{datetime.now(UTC)}",),
                    )
                floors.append(time.perf_counter() - start)
        figures["autosave_ms"] = 1000 * statistics.median(saves)
        figures["autosave_to_bare_insert"] = statistics.median(saves) / statistics.median(floors)
        _seconds(BARE)
        bare = [_seconds(BARE) for _ in range(ROUNDS)]
        ours = [_seconds(OURS.format(folder=str(folder))) for _ in range(ROUNDS)]
        figures["window_ms"] = 1000 * statistics.median(ours)
        figures["window_to_bare_window"] = statistics.median(ours) / statistics.median(bare)
    return {name: round(value, 3) for name, value in figures.items()}
