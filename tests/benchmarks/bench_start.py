"""From the command to a usable window, beside a bare painted window, and at a million entries.

Both are whole processes, started in turn: Python, PySide and a painted `QMainWindow` on one side;
on the other the program as an icon starts it, until its window is painted and takes keys, and
until the day is on it as well. Modules are compiled and files in the system's memory on both
sides, as they are from the second start on. Wall times are of one machine at one moment: look at
the ratios, and at those of the processor's time where others use the machine as well.

The sample is opened in clear, and encrypted with its key in a real keyring, as a workspace is when
nobody chooses otherwise: a private bus with GNOME's keyring on it, in whose session every side
runs. Where these are not installed, that part is left out and said to be.

The large workspace takes ten minutes to build; `SCC_ADMIN_BENCH_ENTRIES` sets another size, and
`SCC_ADMIN_BENCH_FOLDER` a folder in which it is kept for the next time.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from scc_admin.keys import Kind
from scc_admin.sample import fill
from scc_admin.workspace import Workspace
from tests.benchmarks import large

ROUNDS = 11
_TELL = """
import resource, sys, time
from PySide6.QtCore import QEvent, QObject, QTimer

class Painted(QObject):
    def __init__(self, then):
        super().__init__()
        self.then = then
    def eventFilter(self, seen, event):
        if event.type() == QEvent.Type.Paint:
            seen.removeEventFilter(self)
            QTimer.singleShot(0, lambda: (tell("painted"), self.then()))
        return False

def tell(name):
    with open("/proc/self/status") as lines:
        held = next((line.split()[1] for line in lines if line.startswith("VmHWM")), 0)
    begun = resource.getrusage(resource.RUSAGE_CHILDREN)  # and done: what asked the keyring
    spent = time.process_time() + begun.ru_utime + begun.ru_stime
    print(name, time.monotonic(), spent, held, flush=True)
"""
_BARE = (
    _TELL
    + """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv)
window = QMainWindow()
painted = Painted(app.quit)
window.installEventFilter(painted)
window.show()
app.exec()
"""
)
_WATCH = (
    _TELL
    + """
from PySide6.QtWidgets import QApplication

def opened(self, workspace):
    def wait():
        window = self.window
        if not self.tasks.idle or UPKEEP and not window.status.journal.text():
            QTimer.singleShot(1 if not UPKEEP else 100, wait)
        elif UPKEEP and window.places()[0] == window._history[-1][0]:
            window.go("moderation", "journal")
            QTimer.singleShot(500, wait)
        else:
            QTimer.singleShot(0, lambda: (tell("filled"), QApplication.quit()))
    self.painted = Painted(wait)
    really_opened(self, workspace)
    self.window.installEventFilter(self.painted)
"""
)
_OURS = (
    f"UPKEEP, WATCH = {{upkeep}}, {_WATCH!r}"
    + """
import importlib
from scc_admin.__main__ import main

def import_module(name, really=importlib.import_module):
    module = really(name)
    if name == "ui.main":  # by then the program has loaded Qt, in its own time
        globals()["really_opened"] = module.Program.opened
        exec(WATCH, globals())
        module.Program.opened = opened
    return module

importlib.import_module = import_module
main()
"""
)
_ENCRYPTED = """
import sys
from pathlib import Path
from scc_admin.sample import fill
from scc_admin.workspace import Workspace
from tests.benchmarks.bench_start import kept_up

with Workspace.create(Path(sys.argv[1])).workspace as workspace:
    fill(workspace)
    kept_up(workspace)
"""
# A blank line is the password of the new keyring; the session lasts until its input is closed.
_SESSION = """
printf "\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null
echo "$DBUS_SESSION_BUS_ADDRESS"
exec cat
"""


class Run:
    """One process: milliseconds of wall and of processor until a moment, kilobytes at most."""

    def __init__(self, code: str, environment: dict[str, str]) -> None:
        start = time.monotonic()
        told = subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        ).stdout
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}
        self.held = 0
        for line in told.splitlines():
            name, at, spent, held = line.split()
            self.wall[name] = (float(at) - start) * 1_000
            self.cpu[name] = float(spent) * 1_000
            self.held = int(held)


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        kept = Path(os.environ.get("SCC_ADMIN_BENCH_FOLDER", scratch))
        with Workspace.create(place / "sample", protection=Kind.NONE).workspace as workspace:
            fill(workspace)
            kept_up(workspace)
        many = kept / f"large-{large.ENTRIES}"
        if not (many / ".whole").exists():
            large.build(many)
            with Workspace.open(many) as workspace:
                kept_up(workspace)
            (many / ".whole").touch()
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPYCACHEPREFIX": str(place / "compiled"),
            "SCC_ADMIN_CONFIG": str(place / "settings.json"),
            "SCC_ADMIN_LOGS": str(place / "logs"),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        folders = {"sample": place / "sample", "large": many}
        with _keyring(place / "keyring") as session:
            if session is not None:
                environment |= session
                folders["keyring"] = place / "encrypted"
                command = [sys.executable, "-c", _ENCRYPTED, str(folders["keyring"])]
                subprocess.run(command, check=True, env=environment)
            return _compare(environment, folders)


@contextlib.contextmanager
def _keyring(home: Path) -> Iterator[dict[str, str] | None]:
    """A keyring of our own that is unlocked, and what its users' environment holds; else None."""
    missing = [
        name for name in ("dbus-run-session", "gnome-keyring-daemon") if not shutil.which(name)
    ]
    if missing:
        print(
            f"The start with a key in the keyring is left out: {' and '.join(missing)} missing;"
            " apt-get install dbus gnome-keyring",
            file=sys.stderr,
        )
        yield None
        return
    (home / "run").mkdir(mode=0o700, parents=True)
    private = {"XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}
    session = subprocess.Popen(
        ["dbus-run-session", "--", "sh", "-ec", _SESSION],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **private, "HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run")},
    )
    assert session.stdin is not None
    assert session.stdout is not None
    try:
        yield {**private, "DBUS_SESSION_BUS_ADDRESS": session.stdout.readline().strip()}
    finally:
        session.stdin.close()
        session.wait()


def kept_up(workspace: Workspace) -> None:
    """As an evening leaves it: a backup of today, the journal verified."""
    assert workspace.back_up_if_due() is not None
    assert workspace.journal.verify().ok


def _compare(environment: dict[str, str], folders: dict[str, Path]) -> dict[str, float]:
    def ours(folder: Path, *, upkeep: bool = False) -> Run:
        return Run(
            _OURS.replace("{upkeep}", str(upkeep), 1),
            {**environment, "SCC_ADMIN_WORKSPACE": str(folder)},
        )

    sides = {"bare": lambda: Run(_BARE, environment)}
    sides |= {name: partial(ours, folder) for name, folder in folders.items()}
    for start in sides.values():
        start()  # compiles, and brings the files into the system's memory
    runs: dict[str, list[Run]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, start in sides.items():
            runs[name].append(start())

    def wall(side: str, moment: str = "painted") -> float:
        return statistics.median(run.wall[moment] for run in runs[side])

    def cpu(side: str, moment: str = "painted") -> float:
        return statistics.median(run.cpu[moment] for run in runs[side])

    lived = ours(folders["large"], upkeep=True)
    keyring = {
        "keyring_window_ms": wall("keyring"),
        "keyring_window_to_bare_window": wall("keyring") / wall("bare"),
        "keyring_window_to_bare_window_cpu": cpu("keyring") / cpu("bare"),
        "keyring_day_shown_to_bare_window": wall("keyring", "filled") / wall("bare"),
    }
    return {
        "bare_window_ms": wall("bare"),
        "window_ms": wall("sample"),
        "window_to_bare_window": wall("sample") / wall("bare"),
        "window_to_bare_window_cpu": cpu("sample") / cpu("bare"),
        "day_shown_ms": wall("sample", "filled"),
        "day_shown_to_bare_window": wall("sample", "filled") / wall("bare"),
        **(keyring if "keyring" in folders else {}),
        "large_window_ms": wall("large"),
        "large_window_to_bare_window": wall("large") / wall("bare"),
        "large_window_to_sample": wall("large") / wall("sample"),
        "large_window_to_sample_cpu": cpu("large") / cpu("sample"),
        "large_day_shown_to_sample": wall("large", "filled") / wall("sample", "filled"),
        "large_memory_mb": lived.held / 1_024,
        "load": os.getloadavg()[0],
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
