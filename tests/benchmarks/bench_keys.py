"""What a key costs the thread that draws: the real composer, offscreen, at three lengths.

A key goes in as an input method sends it, with everything that hangs on it (marks, highlighting,
saving and judging asked for, painting). Workers run meanwhile, as they do when one types. Times
are of the thread itself, so that a busy machine proves nothing; `wall` says what passed.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from scc_admin.editorial import DraftDetails
from scc_admin.keys import Kind
from scc_admin.model import Language, Target
from scc_admin.workspace import Workspace
from ui.tasks import Tasks
from ui.theme import Scheme, Theme
from ui.window import Window

SENTENCE = (
    "Merci aux 540 bénévoles de Rimouski, qui ont marché toute la nuit à la mémoire d'une personne"
    " aimée 💛 https://cancer.ca/relais #RelaisPourLaVie et qui reviendront l'an prochain; "
)
CASES = ((280, 400, 160), (5_000, 300, 160), (63_206, 120, 0))
"""Characters, keys, and after how many characters a line ends (0: never)."""
EVERY = 0.03
"""Seconds between two keys: faster than anybody types."""


def _text(length: int, line: int) -> str:
    text = (SENTENCE * (length // len(SENTENCE) + 1))[: length - 64]
    if not line:
        return text
    return "\n".join(text[i : i + line] for i in range(0, len(text), line))


def measure() -> dict[str, float]:
    """Milliseconds of the GUI thread for each key: p50, p99, and p99 of the clock on the wall."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as scratch:
        made = Workspace.create(
            Path(scratch) / "w",
            protection=Kind.NONE,
            name="Marie",
            settings_file=Path(scratch) / "settings.json",
        )
        with made.workspace as workspace:
            tasks = Tasks()
            window = Window(
                workspace,
                Theme(app, Scheme.LIGHT),
                tasks,
                lambda: datetime.now(UTC),
                language=Language.FR,
            )
            window.resize(1280, 800)
            window.show()
            for length, keys, line in CASES:
                number = workspace.editorial.add_draft(
                    DraftDetails(), [(Target.FACEBOOK, Language.FR, _text(length, line))]
                )
                window.go("draft", number)
                _settle(tasks)
                own, wall = _type(window, keys)
                figures[f"key_{length}_p50_ms"] = statistics.median(own)
                figures[f"key_{length}_p99_ms"] = statistics.quantiles(own, n=100)[-1]
                figures[f"key_{length}_p99_wall_ms"] = statistics.quantiles(wall, n=100)[-1]
            window.close()
            _settle(tasks)
            tasks.close()
    return {name: round(figure, 3) for name, figure in figures.items()}


def _type(window: Window, keys: int) -> tuple[list[float], list[float]]:
    editor = window.current().editors.currentWidget()  # type: ignore[union-attr]
    place = min(200, editor.document().characterCount() // 2)
    editor.select(place, place)
    editor.setFocus()
    own, wall = [], []
    for number in range(keys):
        event = QInputMethodEvent()
        event.setCommitString("étai nsr"[number % 8])
        cpu, clock = time.thread_time(), time.perf_counter()
        QApplication.sendEvent(editor, event)
        editor.viewport().repaint()
        QApplication.processEvents()
        own.append((time.thread_time() - cpu) * 1000)
        wall.append((time.perf_counter() - clock) * 1000)
        time.sleep(max(0.0, EVERY - (time.perf_counter() - clock)))
    return own, wall


def _settle(tasks: Tasks) -> None:
    quiet = time.monotonic()
    while time.monotonic() - quiet < 0.4:
        QApplication.processEvents()
        if not tasks.idle:
            quiet = time.monotonic()
        time.sleep(0.01)


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:28} {value:10.3f}")
