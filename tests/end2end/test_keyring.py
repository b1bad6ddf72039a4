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
    with contextlib.closing(keys.ask(folder, ahead=True)) as asked:
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

NOBODY_LEFT = """
import os

def nobody_left():
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return
    raise SystemExit("a process is left")
"""

AHEAD = (
    NOBODY_LEFT
    + """
import signal

# It came to nothing: then the keyring is asked here.
asked = keys.ask(folder, ahead=True)
os.kill(asked._process, signal.SIGKILL)
assert keys.unlock(folder, asked=asked, environ={}) == made.key
asked.close()

# Nobody wanted to know.
asked = keys.ask(folder, ahead=True)
asked.close()
asked.close()
nobody_left()

keys.forget(folder)
assert both()[0] == "keyring_empty"
for kind in ("none", "passphrase"):
    place = folder / kind
    place.mkdir()
    keys.create(place, kind, passphrase="quatre mots de passe")
    assert keys.ask(place) is keys.ask(place, ahead=True) is None
assert keys.ask(None) is keys.ask(folder / "nowhere") is None
"""
)

SILENT = """
# A Secret Service that takes every call and answers none, and a command in whose session it is.
import subprocess, sys
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

bus = open_dbus_connection("SESSION")
assert bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.secrets")).body == (1,)
sys.exit(subprocess.run(sys.argv[1:]).returncode)
"""

MUTE = """
import sys, threading
from pathlib import Path
from scc_admin import keys
from scc_admin.errors import Cancelled, UserError

class Ring(dict):
    def get_password(self, *place): return self.get(place)
    def set_password(self, service, name, word): self[service, name] = word

folder, ring = Path(sys.argv[1]), Ring()
made = keys.create(folder, "keyring", keyring=ring)
for ahead in (True, False):
    asked = keys.ask(folder, ahead=ahead)
    said = []

    def listen():
        try:
            keys.unlock(folder, asked=asked)
        except Cancelled:
            said.append("cancelled")

    listener = threading.Thread(target=listen)
    listener.start()
    asked.close()
    listener.join()
    assert said == ["cancelled"]
nobody_left()
keys.PATIENCE = 0.01
try:
    keys.unlock(folder, environ={})
except UserError as error:
    assert error.code == "no_keyring" and "recovery code" in str(error), error
else:
    raise SystemExit("a keyring answered")
assert not keys.keyring_answers()
keys.forget(folder)
assert keys.unlock(folder, recovery_code=made.recovery_code) == made.key
"""

UNLOCKING = """
# The window of a workspace whose keyring is silent; what is done then stands in `then`.
import os, signal, sys
from pathlib import Path
from scc_admin import keys
from ui import main

folder, code = Path(sys.argv[1]), sys.argv[2]
asked = keys.ask(folder, ahead=True)
main.KEYRING_PATIENCE = 0

class Program(main.Program):
    def show_welcome(self, *what, **more):
        super().show_welcome(*what, **more)
        page = self.welcome
        assert page.isVisible() and page.pages.currentIndex() == 3
        assert "does not answer" in page.banner.accessibleName(), page.banner.accessibleName()
        assert page.focusWidget() is page.recovery and not page.key.isVisible()
        then(page)

    def crashed(self, error):
        super().crashed(error)
        os._exit(1)

    def opened(self, workspace):
        super().opened(workspace)
        assert workspace.encrypted and self.welcome is None
        print("opened")
        self.window.close()

main.Program = Program
"""

BY_CODE = """
def then(page):
    page.recovery.setText(code)
    page.next.click()
"""

LEFT = """
def then(page):
    page.close()
"""

AT_LAST = """
def then(page):
    os.kill(int(os.environ["KEYRING"]), signal.SIGCONT)
"""

SHOW = """
from scc_admin.kinds import Language
sys.exit(main.run(folder, asked=asked, language=Language.EN))
"""

OF_A_LOST_KEY = """
import sys
from pathlib import Path
from scc_admin.workspace import Workspace

class Ring(dict):
    def get_password(self, *place): return self.get(place)
    def set_password(self, service, name, word): self[service, name] = word

made = Workspace.create(Path(sys.argv[1]), keyring=Ring())
made.workspace.close()
print(made.recovery_code)
"""

FREEZE = """
# A workspace with its key in the keyring; then the keyring is stopped, as the system may.
import os, signal, sys
from pathlib import Path
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
from scc_admin.workspace import Workspace

Workspace.create(Path(sys.argv[1])).workspace.close()
bus = open_dbus_connection("SESSION")
asked = message_bus.GetConnectionUnixProcessID("org.freedesktop.secrets")
(process,) = bus.send_and_get_reply(asked).body
bus.close()
os.kill(process, signal.SIGSTOP)
os.environ["KEYRING"] = str(process)
try:
    sys.exit(os.spawnv(os.P_WAIT, sys.executable, [sys.executable, *sys.argv[2:]]))
finally:
    os.kill(process, signal.SIGCONT)
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
with contextlib.closing(keys.ask(folder, ahead=True)) as asked:
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
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
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


def beside_a_silent_keyring(home: Path, *arguments: str) -> str:
    """What a program says in whose session the keyring never answers."""
    home.mkdir(exist_ok=True)
    silent = ["dbus-run-session", "--", sys.executable, "-c", SILENT, sys.executable, "-c"]
    return run([*silent, *arguments], environment(home, QT_QPA_PLATFORM="offscreen"))


def test_a_keyring_that_never_answers_can_be_left(tmp_path):
    folder = tmp_path / "workspace"
    folder.mkdir()
    beside_a_silent_keyring(tmp_path / "home", NOBODY_LEFT + MUTE, str(folder))


@pytest.mark.parametrize(
    ("then", "said"),
    [
        pytest.param(BY_CODE, "opened\n", id="the code opens the workspace"),
        pytest.param(LEFT, "", id="the program can be left"),
    ],
)
def test_a_silent_keyring_is_said_and_does_not_hold_the_window(tmp_path, then, said):
    folder = tmp_path / "workspace"
    code = run([sys.executable, "-c", OF_A_LOST_KEY, str(folder)], environment(tmp_path)).strip()
    script = UNLOCKING + then + SHOW
    assert beside_a_silent_keyring(tmp_path / "home", script, str(folder), code) == said


def test_a_keyring_that_answers_at_last_opens_the_workspace(tmp_path):
    window = ["-c", UNLOCKING + AT_LAST + SHOW, str(tmp_path / "workspace"), ""]
    told = in_session(
        tmp_path / "home",
        [sys.executable, "-c", FREEZE, str(tmp_path / "workspace"), *window],
        QT_QPA_PLATFORM="offscreen",
    )
    assert told == "opened\n"


def test_the_window_loads_neither_keyring_nor_ciphers(tmp_path):
    told = in_session(
        tmp_path / "home",
        [sys.executable, "-c", WINDOW, str(tmp_path / "workspace"), OPENED],
        QT_QPA_PLATFORM="offscreen",
    )
    imported = set(json.loads(told.splitlines()[-1]))
    assert "ui.window" in imported
    assert not imported & {"keyring", "secretstorage", "cryptography"}
