"""The program on a display, walked through from end to end while a reader listens.

    speech_program.py READER-PYTHON ANSWER.json [--spoil]

Run inside a session bus and an X server of its own. Writes JSON: what the reader found on
each screen and dialog. `--spoil` takes the name of one control away, to see that this is noticed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "gui"), str(HERE.parents[1])]

from crawl import crawl  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from scc_admin.editorial import DraftDetails  # noqa: E402
from scc_admin.keys import Kind  # noqa: E402
from scc_admin.kinds import Language, Target  # noqa: E402
from scc_admin.sample import fill  # noqa: E402
from scc_admin.workspace import Workspace  # noqa: E402
from ui.tasks import Sweeper, Tasks  # noqa: E402
from ui.theme import Scheme, Theme  # noqa: E402
from ui.window import Window  # noqa: E402


class Reader:
    """The other process; while it looks, the program must go on answering."""

    def __init__(self, python: str) -> None:
        self._process = subprocess.Popen(
            [python, str(HERE / "speech_reader.py"), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        # It wakes the bus, which a program looks for only once, when it starts.
        assert self._process.stdout.readline() == b"ready\n"
        os.set_blocking(self._process.stdout.fileno(), False)

    def look(self, title: str) -> dict[str, object]:
        """What the reader finds; it looks again where it found nothing, as one does who asked a
        program that was busy."""
        answer = self._look(title)
        heard = list(answer["announced"])  # type: ignore[call-overload]
        until = time.monotonic() + 60
        while not answer["focusable"] and time.monotonic() < until:
            QApplication.processEvents()
            answer = self._look(title)
            heard += answer["announced"]  # type: ignore[operator]
        return {**answer, "announced": heard}

    def _look(self, title: str) -> dict[str, object]:
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(title.encode() + b"\n")
        process.stdin.flush()
        answer, until = b"", time.monotonic() + 120
        while not answer.endswith(b"\n"):
            QApplication.processEvents()
            time.sleep(0.002)
            answer += process.stdout.read() or b""
            if process.poll() is not None or time.monotonic() > until:
                process.kill()
                raise SystemExit("the reader does not answer")
        return dict(json.loads(answer))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


def main() -> None:
    reader = Reader(sys.argv[1])
    app = QApplication([])
    scratch = tempfile.TemporaryDirectory()
    os.environ["SCC_ADMIN_CONFIG"] = str(Path(scratch.name) / "settings.json")
    workspace = Workspace.create(Path(scratch.name) / "w", protection=Kind.NONE).workspace
    fill(workspace)
    workspace.settings.set("verdict.meaning", False)
    theme, tasks, sweeper = Theme(app, Scheme.LIGHT), Tasks(), Sweeper()
    window = Window(workspace, theme, tasks, workspace.clock, language=Language.FR)
    window.resize(1280, 800)
    window.show()

    def settle() -> None:
        quiet = time.monotonic()
        while time.monotonic() - quiet < 0.05:
            QApplication.processEvents()
            if not tasks.idle:
                quiet = time.monotonic()
            time.sleep(0.005)

    settle()
    if "--spoil" in sys.argv:
        window.go("drafts")
        settle()
        window.header.search.setAccessibleName("")
        window.header.search.setToolTip("")
        window.header.search.setText("")
        seen = {"spoiled": reader.look(window.windowTitle())}
    else:
        seen = {
            state.name: reader.look(state.root.accessibleName() or state.root.windowTitle())
            for state in crawl(window, settle)
        }
        seen["announcement"] = announcement(window, workspace, settle, reader)
    reader.close()
    window._closing = True
    window.close()
    tasks.close()
    workspace.close()
    sweeper.stop()
    Path(sys.argv[2]).write_text(json.dumps(seen))


def announcement(window, workspace, settle, reader) -> dict[str, object]:  # type: ignore[no-untyped-def]
    """What is said when a fault is typed."""
    number = workspace.editorial.add_draft(DraftDetails(), [(Target.X, Language.FR, "")])
    window.go("draft", number)
    settle()
    reader.look(window.windowTitle())  # what was said before does not count
    editor = window.current()._current().editor
    window.activateWindow()
    editor.setFocus()
    settle()
    editor.insertPlainText("Venez marcher avec nous samedi! " * 12)  # too long for X
    until = time.monotonic() + 60
    heard: list[object] = []
    while not heard and time.monotonic() < until:
        settle()
        answer = reader.look(window.windowTitle())
        heard += answer["announced"]  # type: ignore[operator]
    return {**answer, "announced": heard}


if __name__ == "__main__":
    main()
