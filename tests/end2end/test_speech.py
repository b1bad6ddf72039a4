"""What a screen reader gets of the running program, over AT-SPI, on a display of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
READER = "/usr/bin/python3"


def _missing() -> str:
    for tool in ("xvfb-run", "dbus-run-session"):
        if shutil.which(tool) is None:
            return tool
    asked = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
    found = subprocess.run([READER, "-c", asked], capture_output=True, check=False, timeout=300)
    return "" if found.returncode == 0 else "gir1.2-atspi-2.0"


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is Linux's"),
    pytest.mark.skipif(bool(_missing()), reason=f"missing: {_missing()}"),
]


def heard(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    """The program walked through, and what the reader found."""
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    environment = {
        **os.environ,
        "PYTHONFAULTHANDLER": "1",
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "XDG_RUNTIME_DIR": str(runtime),
        "SCC_ADMIN_LOGS": str(tmp_path / "logs"),
    }
    answer = tmp_path / "answer.json"
    # Files, not pipes: the bus starts daemons that would hold a pipe open.
    with (tmp_path / "said.txt").open("wb") as said:
        done = subprocess.run(
            ["dbus-run-session", "--", "xvfb-run", "-a", "-s", "-screen 0 1280x800x24",
             sys.executable, str(HERE / "speech_program.py"), READER, str(answer), *arguments],
            stdout=said, stderr=said, env=environment, timeout=500, check=False,
        )  # fmt: skip
    assert done.returncode == 0, (tmp_path / "said.txt").read_text("utf-8")[-2000:]
    return dict(json.loads(answer.read_bytes()))


def test_every_screen_and_dialog_speaks(tmp_path) -> None:
    seen = heard(tmp_path)
    said = seen.pop("announcement")["announced"]
    assert len(seen) >= 80
    assert {name: state["unnamed"] for name, state in seen.items() if state["unnamed"]} == {}
    silent = [name for name, state in seen.items() if not state["focusable"]]
    assert silent == []
    assert said, "a new finding was not announced"


def test_a_control_without_a_name_is_noticed(tmp_path) -> None:
    (state,) = heard(tmp_path, "--spoil").values()
    assert len(state["unnamed"]) == 1
