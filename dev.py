#!/usr/bin/env python3
"""Everything a developer types: `python3 dev.py setup|run|test|bench|shots|texts|build`.

Needs only Python 3.11, pip and venv; the rest it installs into `.venv/`, or prints the exact line
to type when an administrator must do it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / ".setup-stamp"

# Qt's own message names the wrong package; these are what `ldd` on its plug-ins asks for.
QT = "libglib2.0-0 libgl1 libegl1 libdbus-1-3 libfontconfig1 libxkbcommon0 libbrotli1"
WINDOW = (
    "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxkbcommon-x11-0 libx11-xcb1 libxcb-xkb1"
    " libxcb-shape0 libxcb-image0 libxcb-render-util0 libxcb-randr0"
)
TEXT = "fonts-noto-core fonts-noto-color-emoji hunspell-fr hunspell-en-ca"
TOOLS = (
    "xvfb xauth fiu-utils unzip qpdf poppler-utils openssh-client gnome-keyring dbus"
    " at-spi2-core binutils python3-gi gir1.2-atspi-2.0"
)


class Stop(Exception):  # noqa: N818 - it stops, nothing failed
    """One sentence, then exit."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="make .venv and install what is missing")
    commands.add_parser("run", help="set up, then start the program").add_argument(
        "arguments", nargs=argparse.REMAINDER
    )
    test = commands.add_parser("test", help="set up, then run every check and test")
    test.add_argument("--quick", action="store_true", help="leave out the tests marked slow")
    test.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to pytest")
    bench = commands.add_parser("bench", help="measure, print JSON")
    bench.add_argument("names", nargs="*", help="only these, e.g. counting journal")
    shots = commands.add_parser("shots", help="write a picture of every screen")
    shots.add_argument("folder", nargs="?", default=str(ROOT / "shots"))
    commands.add_parser("texts", help="extract the texts and update the catalogues")
    commands.add_parser("build", help="build the one-folder program and start it once")
    options = parser.parse_args()
    try:
        return {
            "setup": lambda: setup(tools=True),
            "run": lambda: run(options.arguments),
            "test": lambda: tests(options.quick, options.arguments),
            "bench": lambda: benchmarks(options.names),
            "shots": lambda: pictures(Path(options.folder)),
            "texts": texts,
            "build": build,
        }[options.command]()
    except Stop as reason:
        print(reason, file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        return error.returncode
    except subprocess.TimeoutExpired as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# -- setting up -----------------------------------------------------------------------------------


def setup(*, tools: bool = False) -> int:
    """Bring `.venv` and the system's libraries up to what this checkout needs."""
    if sys.version_info < (3, 11):  # noqa: UP036 - older ones may well start this file
        raise Stop("Python 3.11 or newer is needed; start this file with it.")
    _environment()
    _catalogues()
    _system(f"{QT} {TEXT}", f"{WINDOW} {TOOLS}" if tools else WINDOW if _display() else "")
    return 0


def _environment() -> None:
    if VENV.is_symlink():
        return  # somebody else's environment, lent to this checkout
    wanted = hashlib.sha256(
        b"".join((ROOT / name).read_bytes() for name in ("requirements.txt", "pyproject.toml"))
        + sys.version.encode()
    ).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted and PYTHON.exists():
        return
    print("Setting up .venv (once; a few minutes)…", file=sys.stderr, flush=True)
    if not PYTHON.exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
        if made.returncode != 0:
            shutil.rmtree(VENV, ignore_errors=True)
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise Stop(
                "Python cannot make a virtual environment here. On Debian or Ubuntu, type:\n"
                f"  sudo apt-get install -y python{version}-venv"
            )
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _call(*pip, "--require-hashes", "-r", str(ROOT / "requirements.txt"))
    _call(*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    STAMP.write_text(wanted)


def _catalogues() -> None:
    """Compile the translations: reading their source at each start would take a third of it."""
    for source in (ROOT / "translations").rglob("*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            _call(
                str(PYTHON), "-m", "babel.messages.frontend", "-q", "compile", "-i", str(source),
                "-o", str(compiled),
            )  # fmt: skip


def _system(*groups: str) -> None:
    """Install the missing Debian packages, or say how; elsewhere let Qt speak for itself."""
    names = " ".join(groups).split()
    if sys.platform != "linux" or not shutil.which("dpkg-query"):
        return
    known = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    installed = {line.split()[0] for line in known.splitlines() if line.endswith(" installed")}
    # Newer Debian and Ubuntu rename some libraries (64-bit time_t) and keep them as alternatives.
    missing = [n for n in names if n not in installed and f"{n}t64" not in installed]
    if not missing:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {' '.join(missing)}…", file=sys.stderr, flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _call("apt-get", "update", "-qq", env=quiet, stdout=sys.stderr)
        _call(
            "apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing,
            env=quiet, stdout=sys.stderr,
        )  # fmt: skip
        return
    line = f"sudo apt-get install -y --no-install-recommends {' '.join(missing)}"
    probe = subprocess.run(
        [str(PYTHON), "-c", "from PySide6 import QtWidgets"], capture_output=True, check=False
    )
    if probe.returncode != 0:
        raise Stop(
            f"Some system libraries are missing. Type this line, then start again:\n  {line}"
        )
    print(f"Some optional parts are missing; to have them all:\n  {line}", file=sys.stderr)


# -- the commands ---------------------------------------------------------------------------------


def run(arguments: list[str]) -> int:
    """The program; with no display, its three jobs on the sample workspace."""
    setup()
    program = [str(PYTHON), "-m", "scc_admin"]
    if arguments:
        return subprocess.run([*program, *arguments], check=False).returncode
    if _display():
        return subprocess.run(program, check=False).returncode
    folder = Path(tempfile.mkdtemp(prefix="scc-admin-")) / "demo"
    print("No display: playing the three jobs on the sample workspace.", file=sys.stderr)
    return subprocess.run([*program, "demo", str(folder)], check=False).returncode


def tests(quick: bool, arguments: list[str]) -> int:
    """Style, types, structure, then behaviour; the first failure ends it."""
    setup(tools=True)
    if not arguments:
        _call(str(BIN / "ruff"), "check", "--quiet", ".")
        _call(str(BIN / "ruff"), "format", "--check", "--quiet", ".")
        _call(str(BIN / "mypy"))
        _call(str(BIN / "lint-imports"), "--no-logo")
    # Two workers: most of the time goes to Qt and SQLite, and each test has its own folder.
    # A worker that dies ends the run and names its test; one begun in its place would wait on.
    spread = [] if arguments else ["-n", "2", "--dist", "loadfile", "--max-worker-restart", "0"]
    chosen = ["-m", "not slow"] if quick else []
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("SCC_ADMIN_PASSPHRASE", None)
    return subprocess.run(
        [str(PYTHON), "-m", "pytest", *spread, *chosen, *arguments],
        env=environment,
        cwd=ROOT,
        check=False,
        timeout=80 * 60,  # each test ends itself after ten minutes; this is for pytest
    ).returncode


def benchmarks(names: list[str]) -> int:
    """Every `tests/benchmarks/bench_*.py`: its `measure()`, as one JSON object."""
    setup()
    results = {}
    for file in sorted((ROOT / "tests" / "benchmarks").glob("bench_*.py")):
        name = file.stem.removeprefix("bench_")
        if names and name not in names:
            continue
        code = (
            "import json, runpy, sys;"
            f"sys.path.insert(0, {str(ROOT)!r});"
            f"print(json.dumps(runpy.run_path({str(file)!r})['measure']()))"
        )
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(
            [str(PYTHON), "-c", code],
            capture_output=True,
            text=True,
            env=environment,
            cwd=ROOT,
            check=False,
        )
        if done.returncode != 0:
            sys.stderr.write(done.stderr)
            return done.returncode
        results[name] = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(results, indent=2, ensure_ascii=False))
    return 0


def pictures(folder: Path) -> int:
    setup(tools=True)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [str(PYTHON), str(ROOT / "tests" / "shots.py"), str(folder)],
        env=environment,
        cwd=ROOT,
        check=False,
    ).returncode


def texts() -> int:
    """Bring the catalogues up to the texts in the code; new ones stand there untranslated."""
    setup()
    return subprocess.run(
        [str(PYTHON), str(ROOT / "translations" / "catalogues.py")], check=False
    ).returncode


def build() -> int:
    """The one-folder program in `dist/`; it plays the three jobs and shows every screen once."""
    setup(tools=True)
    _call(
        str(BIN / "pyinstaller"), "--noconfirm", "--log-level", "WARN", "--distpath",
        str(ROOT / "dist"), "--workpath", str(ROOT / "build"), str(ROOT / "build.spec"),
    )  # fmt: skip
    folder = ROOT / "dist" / "scc-admin"
    if sys.platform == "linux":
        shutil.copytree(ROOT / "packaging" / "linux", folder, dirs_exist_ok=True)
    program = folder / ("scc-admin.exe" if os.name == "nt" else "scc-admin")
    with tempfile.TemporaryDirectory() as scratch:
        alone: dict[str, object] = {
            "env": {**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            "timeout": 600,  # seconds: it takes ten, and must not keep CI waiting
        }
        _call(str(program), "demo", str(Path(scratch) / "demo"), **alone)
        _call(
            str(program), "--workspace", str(Path(scratch) / "demo" / "workspace"), "window",
            "--once", **alone,
        )  # fmt: skip
    return 0


def _display() -> bool:
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _call(*command: str, **options: object) -> None:
    subprocess.run(command, check=True, cwd=ROOT, **options)  # type: ignore[call-overload]


if __name__ == "__main__":
    sys.exit(main())
