"""The key in a real Secret Service, and what happens where there is none, in fresh processes."""

from __future__ import annotations

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

NO_KEYRING = """
import os, sys
from pathlib import Path
from scc_admin import keys

folder, code = Path(sys.argv[1]), sys.argv[2]
try:
    keys.unlock(folder)
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
made = keys.create(empty, "passphrase", passphrase=os.environ["SCC_ADMIN_PASSPHRASE"])
assert keys.unlock(empty) == made.key
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of the developer's own session: neither its keyring nor its bus."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    folders = {"HOME": home, "XDG_RUNTIME_DIR": home / "run", "XDG_DATA_HOME": home / "data"}
    (home / "run").mkdir(mode=0o700, exist_ok=True)
    return kept | {"PYTHONPATH": str(ROOT)} | {k: str(v) for k, v in folders.items()} | more


def run(command: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_key_goes_through_a_real_keyring_and_survives_its_loss(tmp_path):
    for tool in ("dbus-run-session", "gnome-keyring-daemon"):
        assert shutil.which(tool), f"{tool} is missing: {INSTALL}"
    home, folder = tmp_path / "home", tmp_path / "workspace"
    home.mkdir(), folder.mkdir()
    # A blank line on stdin is the password of the new login keyring.
    script = (
        'printf "\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null'
        ' && exec "$0" -c "$1" "$2"'
    )
    code = run(
        ["dbus-run-session", "--", "sh", "-c", script, sys.executable, ROUND_TRIP, str(folder)],
        environment(home),
    ).strip()
    # Another session, without bus or keyring: what Signal's users met after a change of desktop.
    run(
        [sys.executable, "-c", NO_KEYRING, str(folder), code],
        environment(home, SCC_ADMIN_PASSPHRASE="quatre mots bien à nous"),
    )
