"""The key in a real Secret Service, and what happens where there is none, in fresh processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALL = "apt-get install dbus gnome-keyring"

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Secret Service is Linux's keyring"
)

ROUND_TRIP = """
import sys
from pathlib import Path
import keyring
from scc_admin import keys

assert "SecretService" in str(keyring.get_keyring()), keyring.get_keyring()
folder = Path(sys.argv[1])
made = keys.create(folder, "keyring")
assert keys.unlock(folder, environ={}) == made.key
keys.forget(folder)
try:
    keys.unlock(folder, environ={})
except keys.UserError as error:
    assert error.code == "keyring_empty", error.code
else:
    raise SystemExit("the key was not forgotten")
keys.restore_to_keyring(folder, keys.unlock(folder, recovery_code=made.recovery_code))
assert keys.unlock(folder, environ={}) == made.key
print(made.recovery_code)
"""

WAYS = """
import contextlib, os, sys
from pathlib import Path
import keyring
from scc_admin import keys

folder = Path(sys.argv[1])
made = keys.create(folder, "keyring")

def here():
    return keys.unlock(folder, environ={})

def ahead():
    with contextlib.closing(keys.ask(folder)) as asked:
        return keys.unlock(folder, asked=asked, environ={})

def both():
    "What comes of the two ways to the key: None, or the refusal. They say the same."
    said = []
    for way in (here, ahead):
        try:
            assert way() == made.key
            said.append(None)
        except keys.UserError as error:
            said.append((error.code, str(error)))
    assert said[0] == said[1], said
    return said[0]
"""

BY_NAME = """
def search():
    raise SystemExit("a search was made")

keyring.get_keyring = search
assert both() is None
"""

BY_SEARCH = """
for name in (
    "keyring.backends.Windows.WinVaultKeyring",  # not of this system
    "keyring.backends.nobody.Keyring",
    "keyring.backends.null.Keyring",  # holds nothing
):
    keys._OF_SYSTEM["linux"] = name
    assert both() is None, name
"""

CONFIGURED = """
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
keyring.core._keyring_backend = None
assert both()[0] == "keyring_empty"
for wrong in ("", "nobody.knows.Keyring"):
    os.environ["PYTHON_KEYRING_BACKEND"] = wrong
    keyring.core._keyring_backend = None
    assert both()[0] == "no_keyring", wrong
    assert not keys.keyring_answers()
del os.environ["PYTHON_KEYRING_BACKEND"]
assert both() is None

file = Path(os.environ["XDG_CONFIG_HOME"]) / "python_keyring" / "keyringrc.cfg"
file.parent.mkdir(parents=True)
file.write_text("[backend]\\ndefault-keyring=keyring.backends.null.Keyring\\n")
keyring.core._keyring_backend = None
assert both()[0] == "keyring_empty"
"""

LOCKED = """
import secretstorage

with contextlib.closing(secretstorage.dbus_init()) as bus:
    secretstorage.get_default_collection(bus).lock()
code, sentence = both()
assert code == "no_keyring" and "stays locked" in sentence, sentence
"""

DAMAGED = """
import json
file = folder / keys.FILE_NAME
content = json.loads(file.read_text())
content["signer"]["sealed"]["box"] = "?"
file.write_text(json.dumps(content))
code, sentence = both()
assert code == "protection_damaged" and keys.FILE_NAME in sentence, sentence
"""

AHEAD = """
import signal

# It came to nothing: then the keyring is asked here.
asked = keys.ask(folder)
os.kill(asked._process, signal.SIGKILL)
assert keys.unlock(folder, asked=asked, environ={}) == made.key
asked.close()

# Nobody wanted to know.
asked = keys.ask(folder)
asked.close()
asked.close()
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    pass
else:
    raise SystemExit("a process is left")

keys.forget(folder)
assert both()[0] == "keyring_empty"
for kind in ("none", "passphrase"):
    place = folder / kind
    place.mkdir()
    keys.create(place, kind, passphrase="quatre mots de passe")
    assert keys.ask(place) is None
assert keys.ask(None) is keys.ask(folder / "nowhere") is None
"""

WINDOW = """
import os, subprocess, sys
from pathlib import Path
from scc_admin.workspace import Workspace

Workspace.create(Path(sys.argv[1])).workspace.close()
os.environ["SCC_ADMIN_WORKSPACE"] = sys.argv[1]
# In a process of its own: this one has everything loaded.
os.execv(sys.executable, [sys.executable, "-c", sys.argv[2]])
"""

OPENED = """
import importlib, json, sys
from scc_admin.__main__ import main

def import_module(name, really=importlib.import_module):
    module = really(name)
    if name == "ui.main":
        def opened(program, workspace):
            assert workspace.encrypted
            really_opened(program, workspace)
            print(json.dumps(sorted(sys.modules)), flush=True)
            program.window.close()
        really_opened, module.Program.opened = module.Program.opened, opened
    return module

importlib.import_module = import_module
main()
"""

NO_KEYRING = """
import contextlib, os, sys
from pathlib import Path
from scc_admin import keys

folder, code = Path(sys.argv[1]), sys.argv[2]
passphrase = os.environ["SCC_ADMIN_PASSPHRASE"]
with contextlib.closing(keys.ask(folder)) as asked:
    for ahead in (None, asked):
        try:
            keys.unlock(folder, asked=ahead)
        except keys.UserError as error:
            assert error.code == "no_keyring" and "recovery code" in str(error), error
        else:
            raise SystemExit("a keyring answered")
assert not keys.keyring_answers()
key = keys.unlock(folder, recovery_code=code)
try:
    keys.restore_to_keyring(folder, key)
except keys.UserError as error:
    assert error.code == "no_keyring", error.code
empty = folder / "scripts"
empty.mkdir()
made = keys.create(empty, "passphrase", passphrase=passphrase)
assert keys.unlock(empty) == made.key
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of the developer's own session: neither its keyring nor its bus."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    folders = {"HOME": home, "XDG_RUNTIME_DIR": home / "run", "XDG_DATA_HOME": home / "data"}
    folders["XDG_CONFIG_HOME"] = home / "config"
    (home / "run").mkdir(mode=0o700, exist_ok=True)
    return kept | {"PYTHONPATH": str(ROOT)} | {k: str(v) for k, v in folders.items()} | more


def run(command: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def in_session(home: Path, command: list[str], **more: str) -> str:
    """What a command says on a bus of its own, with a new keyring that is unlocked."""
    for tool in ("dbus-run-session", "gnome-keyring-daemon"):
        assert shutil.which(tool), f"{tool} is missing: {INSTALL}"
    home.mkdir(exist_ok=True)
    # A blank line on stdin is the password of the new login keyring.
    script = (
        'printf "\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@"'
    )
    return run(
        ["dbus-run-session", "--", "sh", "-c", script, "sh", *command], environment(home, **more)
    )


def test_the_key_goes_through_a_real_keyring_and_survives_its_loss(tmp_path):
    home, folder = tmp_path / "home", tmp_path / "workspace"
    folder.mkdir()
    code = in_session(home, [sys.executable, "-c", ROUND_TRIP, str(folder)]).strip()
    # Another session, without bus or keyring: what Signal's users met after a change of desktop.
    run(
        [sys.executable, "-c", NO_KEYRING, str(folder), code],
        environment(home, SCC_ADMIN_PASSPHRASE="quatre mots bien à nous"),
    )


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(BY_NAME, id="the system's own is asked without a search"),
        pytest.param(BY_SEARCH, id="another is searched for where that one has no key"),
        pytest.param(CONFIGURED, id="the user's choice is followed"),
        pytest.param(LOCKED, id="one that stays locked"),
        pytest.param(DAMAGED, id="a protection that is damaged"),
        pytest.param(AHEAD, id="asked ahead"),
    ],
)
def test_ways_to_the_key(tmp_path, what):
    folder = tmp_path / "workspace"
    folder.mkdir()
    in_session(tmp_path / "home", [sys.executable, "-c", WAYS + what, str(folder)])


def test_the_window_loads_neither_keyring_nor_ciphers(tmp_path):
    told = in_session(
        tmp_path / "home",
        [sys.executable, "-c", WINDOW, str(tmp_path / "workspace"), OPENED],
        QT_QPA_PLATFORM="offscreen",
    )
    imported = set(json.loads(told.splitlines()[-1]))
    assert "ui.window" in imported
    assert not imported & {"keyring", "secretstorage", "cryptography"}
