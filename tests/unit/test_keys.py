"""The workspace's key and the ways to it; recovery codes; signatures that OpenSSH checks."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from scc_admin import keys
from scc_admin.errors import IntegrityError, UserError
from scc_admin.keys import Kind, Signer

PASSPHRASE = "quatre mots bien à nous"


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch):
    """128 MiB and a third of a second each is for attackers (tests/end2end pays it once)."""
    monkeypatch.setattr(keys, "_PASSPHRASE_COST", 2**10)


class MemoryKeyring:
    """A keyring that answers, in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class DeadKeyring:
    """What `keyring` gives where there is no D-Bus."""

    def _refuse(self, *_: str) -> None:
        from keyring.errors import NoKeyringError

        raise NoKeyringError("no backend")

    get_password = set_password = delete_password = _refuse


class NullKeyring(MemoryKeyring):
    """PYTHON_KEYRING_BACKEND=keyring.backends.null.Keyring: takes all, keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


def code_of(error: pytest.ExceptionInfo[UserError]) -> str:
    return error.value.code


# -- the ways to the key ----------------------------------------------------------------------


def test_the_keyring_opens_and_so_does_the_recovery_code(tmp_path):
    ring = MemoryKeyring()
    made = keys.create(tmp_path, Kind.KEYRING, keyring=ring)
    assert made.key is not None and len(made.key) == 32
    assert keys.unlock(tmp_path, keyring=ring) == made.key
    assert (
        keys.unlock(tmp_path, recovery_code=made.recovery_code, keyring=DeadKeyring()) == made.key
    )
    assert keys.unlock_with_recovery(tmp_path, made.recovery_code.lower().replace("-", " "))
    # Windows keeps about 1,280 characters.
    assert [len(secret) for secret in ring.kept.values()] == [64]


def test_a_passphrase_opens_by_hand_and_from_the_environment(tmp_path):
    made = keys.create(tmp_path, Kind.PASSPHRASE, passphrase=PASSPHRASE)
    assert keys.unlock(tmp_path, passphrase=PASSPHRASE) == made.key
    decomposed = "quatre mots bien a\u0300 nous"
    environ = {keys.PASSPHRASE_VARIABLE: decomposed}
    assert keys.unlock(tmp_path, environ=environ) == made.key
    assert keys.unlock(tmp_path, recovery_code=made.recovery_code) == made.key
    environ[keys.PASSPHRASE_VARIABLE] = made.recovery_code.lower()
    assert keys.unlock(tmp_path, environ=environ) == made.key
    with pytest.raises(UserError) as error:
        keys.unlock(tmp_path, environ={})
    assert code_of(error) == "passphrase_needed"
    with pytest.raises(UserError) as error:
        keys.unlock(tmp_path, passphrase=PASSPHRASE + "!")
    assert code_of(error) == "wrong_passphrase"


def test_in_clear_there_is_no_key_and_still_a_signer(tmp_path):
    made = keys.create(tmp_path, Kind.NONE)
    assert made == keys.NewProtection(None, None)
    assert keys.unlock(tmp_path) is None
    assert keys.signer(tmp_path, None).fingerprint() == keys.read(tmp_path).fingerprint


def test_nothing_secret_stands_in_the_file(tmp_path):
    made = keys.create(tmp_path, Kind.KEYRING, passphrase=PASSPHRASE, keyring=MemoryKeyring())
    content = (tmp_path / keys.FILE_NAME).read_bytes()
    assert made.key.hex().encode() not in content
    assert made.recovery_code.encode() not in content
    assert "clear" not in json.loads(content)["signer"]
    assert (tmp_path / keys.FILE_NAME).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("ring", [DeadKeyring(), NullKeyring()])
def test_a_workspace_is_not_made_behind_a_keyring_that_keeps_nothing(tmp_path, ring):
    with pytest.raises(UserError) as error:
        keys.create(tmp_path, Kind.KEYRING, keyring=ring)
    assert code_of(error) == "no_keyring"
    assert list(tmp_path.iterdir()) == []
    assert not keys.keyring_answers(keyring=ring)


def test_a_keyring_that_answers_leaves_no_trial_behind():
    ring = MemoryKeyring()
    assert keys.keyring_answers(keyring=ring)
    assert ring.kept == {}


def test_each_failure_of_the_keyring_names_the_way_left(tmp_path):
    ring = MemoryKeyring()
    made = keys.create(tmp_path, Kind.KEYRING, keyring=ring)
    uid = keys.read(tmp_path).uid
    for state, expected in (
        (DeadKeyring(), "no_keyring"),
        (MemoryKeyring(), "keyring_empty"),
    ):
        with pytest.raises(UserError, match="recovery code") as error:
            keys.unlock(tmp_path, keyring=state, environ={})
        assert code_of(error) == expected
    for wrong in ("00" * 32, "not hex", ""):
        ring.kept[keys.SERVICE, uid] = wrong
        with pytest.raises(UserError, match="recovery code") as error:
            keys.unlock(tmp_path, keyring=ring, environ={})
        assert code_of(error) == "keyring_wrong"
    keys.restore_to_keyring(
        tmp_path, keys.unlock_with_recovery(tmp_path, made.recovery_code), keyring=ring
    )
    assert keys.unlock(tmp_path, keyring=ring, environ={}) == made.key


def test_a_wrong_key_never_reaches_the_keyring(tmp_path):
    ring = MemoryKeyring()
    made = keys.create(tmp_path, Kind.KEYRING, keyring=ring)
    with pytest.raises(UserError):
        keys.restore_to_keyring(tmp_path, bytes(32), keyring=ring)
    assert keys.unlock(tmp_path, keyring=ring) == made.key


def test_a_script_may_use_a_passphrase_beside_the_keyring(tmp_path):
    made = keys.create(tmp_path, Kind.KEYRING, passphrase=PASSPHRASE, keyring=MemoryKeyring())
    environ = {keys.PASSPHRASE_VARIABLE: PASSPHRASE}
    assert keys.unlock(tmp_path, keyring=DeadKeyring(), environ=environ) == made.key


def test_the_protection_changes_and_key_code_and_signer_stay(tmp_path):
    ring = MemoryKeyring()
    made = keys.create(tmp_path, Kind.KEYRING, keyring=ring)
    before = keys.read(tmp_path)
    keys.change_protection(tmp_path, made.key, Kind.PASSPHRASE, passphrase=PASSPHRASE, keyring=ring)
    assert ring.kept == {}
    assert keys.unlock(tmp_path, passphrase=PASSPHRASE) == made.key
    assert keys.unlock(tmp_path, recovery_code=made.recovery_code) == made.key
    keys.change_protection(tmp_path, made.key, Kind.KEYRING, keyring=ring)
    assert keys.unlock(tmp_path, keyring=ring) == made.key
    after = keys.read(tmp_path)
    assert (after.kind, after.has_passphrase) == (Kind.KEYRING, False)
    assert after.fingerprint == before.fingerprint


def test_clear_and_encrypted_do_not_change_into_each_other(tmp_path):
    made = keys.create(tmp_path, Kind.PASSPHRASE, passphrase=PASSPHRASE)
    with pytest.raises(UserError) as error:
        keys.change_protection(tmp_path, made.key, Kind.NONE)
    assert code_of(error) == "protection_fixed"


def test_a_renewed_recovery_code_replaces_the_former(tmp_path):
    made = keys.create(tmp_path, Kind.KEYRING, keyring=MemoryKeyring())
    code = keys.renew_recovery_code(tmp_path, made.key)
    assert keys.unlock_with_recovery(tmp_path, code) == made.key
    with pytest.raises(UserError) as error:
        keys.unlock_with_recovery(tmp_path, made.recovery_code)
    assert code_of(error) == "wrong_recovery"


@pytest.mark.parametrize("passphrase", ["", "court", " " * 30])
def test_a_short_passphrase_is_refused_before_anything_is_written(tmp_path, passphrase):
    with pytest.raises(UserError) as error:
        keys.create(tmp_path, Kind.PASSPHRASE, passphrase=passphrase)
    assert code_of(error) == "weak_passphrase"
    assert list(tmp_path.iterdir()) == []


def test_an_existing_protection_is_never_overwritten(tmp_path):
    keys.create(tmp_path, Kind.NONE)
    with pytest.raises(UserError) as error:
        keys.create(tmp_path, Kind.NONE)
    assert code_of(error) == "exists"


# -- a damaged or forged protection.json ------------------------------------------------------


@pytest.fixture
def protected(tmp_path):
    return tmp_path, keys.create(tmp_path, Kind.PASSPHRASE, passphrase=PASSPHRASE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"format":1}',
        b'{"format":"1"}',
        b"\xff\xfe",
        b'{"format":1,'
        b'"workspace":"a","kind":"vault","wraps":[],"signer":{"name":"a","public":"AA=="}}',
    ],
)
def test_a_damaged_file_is_one_sentence(protected, content):
    folder, _ = protected
    (folder / keys.FILE_NAME).write_bytes(content)
    with pytest.raises(IntegrityError) as error:
        keys.unlock(folder, passphrase=PASSPHRASE)
    assert code_of(error) == "protection_damaged"


def test_a_newer_file_is_refused(protected):
    folder, _ = protected
    edit(folder, lambda content: content.update(format=keys.FORMAT + 1))
    with pytest.raises(UserError) as error:
        keys.read(folder)
    assert code_of(error) == "newer"


@pytest.mark.parametrize("cost", [2**40, 3, 0, -1, "2", None, 1.5, True])
def test_a_forged_cost_neither_fills_the_memory_nor_crashes(protected, cost):
    folder, _ = protected
    edit(folder, lambda content: content["wraps"][1].update(n=cost))
    with pytest.raises(IntegrityError):
        keys.unlock(folder, passphrase=PASSPHRASE)


def test_boxes_of_another_workspace_do_not_open(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir(), two.mkdir()
    keys.create(one, Kind.PASSPHRASE, passphrase=PASSPHRASE)
    keys.create(two, Kind.PASSPHRASE, passphrase=PASSPHRASE)
    stolen = json.loads((one / keys.FILE_NAME).read_text())["wraps"]
    edit(two, lambda content: content.update(wraps=stolen))
    with pytest.raises(UserError) as error:
        keys.unlock(two, passphrase=PASSPHRASE)
    assert code_of(error) == "wrong_passphrase"


def test_an_exchanged_public_key_is_seen(protected):
    folder, made = protected
    other = keys._b64(Signer(bytes(32), "other").public_key)
    edit(folder, lambda content: content["signer"].update(public=other))
    with pytest.raises(IntegrityError):
        keys.signer(folder, made.key)


def edit(folder: Path, change) -> None:
    path = folder / keys.FILE_NAME
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


# -- the recovery code ------------------------------------------------------------------------

codes = st.builds(lambda _: keys.new_recovery_code(), st.integers())


@given(codes, st.sampled_from(["", " ", "-", " – ", "\u00a0", "\n"]), st.booleans())
def test_a_code_is_read_back_however_it_is_spaced(code, glue, small):
    typed = code.replace("0", "o").replace("1", "l").replace("-", glue)
    assert keys.confirm(code, typed.lower() if small else typed)


@given(codes, st.data())
def test_any_wrong_symbol_shows_and_names_its_group(code, data):
    symbols = code.replace("-", "")
    at = data.draw(st.integers(0, len(symbols) - 1))
    other = data.draw(st.sampled_from([c for c in keys._ALPHABET if c != symbols[at]]))
    with pytest.raises(UserError) as error:
        keys.read_recovery_code(symbols[:at] + other + symbols[at + 1 :])
    assert error.value.params["n"] == at // 5 + 1


@given(codes, st.data())
def test_swapped_neighbours_and_swapped_groups_show(code, data):
    symbols = list(code.replace("-", ""))
    at = data.draw(st.integers(0, len(symbols) - 2).filter(lambda i: i % 5 != 4))
    if symbols[at] != symbols[at + 1]:
        symbols[at], symbols[at + 1] = symbols[at + 1], symbols[at]
        assert not keys.confirm(code, "".join(symbols))
    groups = code.split("-")
    one, two = data.draw(st.lists(st.integers(0, 5), min_size=2, max_size=2, unique=True))
    groups[one], groups[two] = groups[two], groups[one]
    with pytest.raises(UserError):
        keys.read_recovery_code("".join(groups))


@given(st.text())
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(UserError):
        assert len(keys.read_recovery_code(text)) == 35


def test_a_code_cut_short_or_too_long_is_said(tmp_path):
    code = keys.new_recovery_code()
    for typed in (code[:-6], code + "-AAAAA", ""):
        with pytest.raises(UserError) as error:
            keys.read_recovery_code(typed)
        assert code_of(error) == "recovery_length"


# -- signatures -------------------------------------------------------------------------------


def test_the_fingerprint_and_key_line_are_openssh_s(tmp_path):
    signer = Signer(bytes(range(32)), "k")
    line = tmp_path / "signer.pub"
    line.write_text(signer.openssh_public_line("dossier ESC-2026-001") + "\n")
    out = run("ssh-keygen", "-l", "-f", str(line))
    assert out.split()[1] == signer.fingerprint()
    assert keys.read_public_line(line.read_text()) == signer.public_key


def test_ssh_keygen_verifies_our_signature_and_we_verify_its(tmp_path):
    signer = Signer(bytes(range(32)), "k")
    data = b"manifeste \x00\xff" * 1000
    (tmp_path / "allowed").write_text(f"us {signer.openssh_public_line()}\n")
    (tmp_path / "data.sig").write_text(signer.sshsig("scc-admin-packet", data))
    verify = (
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        str(tmp_path / "allowed"),
        "-I",
        "us",
        "-s",
        str(tmp_path / "data.sig"),
        "-n",
    )
    assert "Good" in run(*verify, "scc-admin-packet", stdin=data)
    with pytest.raises(subprocess.CalledProcessError):
        run(*verify, "scc-admin-packet", stdin=data + b".")
    with pytest.raises(subprocess.CalledProcessError):
        run(*verify, "other", stdin=data)

    theirs = tmp_path / "id"
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(theirs))
    (tmp_path / "theirs").write_bytes(data)
    run(
        "ssh-keygen",
        "-q",
        "-Y",
        "sign",
        "-f",
        str(theirs),
        "-n",
        "scc-admin-packet",
        str(tmp_path / "theirs"),
    )
    public = keys.read_public_line(theirs.with_suffix(".pub").read_text())
    signature = (tmp_path / "theirs.sig").read_text()
    assert keys.verify_sshsig(signature, "scc-admin-packet", data) == public


@pytest.mark.parametrize("namespace", ["a", "ab", "abc"])  # with and without spare bits
def test_no_changed_signature_verifies(namespace):
    text = Signer(bytes(range(32)), "k").sshsig(namespace, b"x")
    for at in range(len(text)):
        for char in {chr(ord(text[at]) ^ bit) for bit in (1, 2, 4, 8, 16, 32)} | {"\n", "="}:
            if char != text[at]:
                with pytest.raises(ValueError):
                    keys.verify_sshsig(text[:at] + char + text[at + 1 :], namespace, b"x")
    for changed in (text + "\n", "\n" + text, text.replace("\n", "\r\n"), text[:-1], ""):
        with pytest.raises(ValueError):
            keys.verify_sshsig(changed, namespace, b"x")


def test_plain_signatures_for_checkpoints():
    signer = Signer(bytes(range(32)), "k")
    assert keys.verify(signer.public_key, signer.sign(b"x"), b"x")
    assert not keys.verify(signer.public_key, signer.sign(b"x"), b"y")
    assert not keys.verify(b"short", signer.sign(b"x"), b"x")


def run(*command: str, stdin: bytes = b"") -> str:
    assert shutil.which(command[0]), f"{command[0]} is missing: apt-get install openssh-client"
    return subprocess.run(
        command, input=stdin, capture_output=True, check=True, timeout=300
    ).stdout.decode()


def test_code_and_passphrase_give_the_key_by_the_specification_alone(tmp_path):
    """`docs/journal-format.md`: with nothing of ours between the file and the key."""
    made = keys.create(tmp_path, keys.Kind.PASSPHRASE, passphrase="Noe\u0308l à la mer")
    held = json.loads((tmp_path / "protection.json").read_text("utf-8"))
    assert made.recovery_code is not None
    typed = {
        "recovery": made.recovery_code.encode("ascii"),
        "passphrase": unicodedata.normalize("NFKC", "Noe\u0308l à la mer").encode(),
    }

    def opened(by: str, stretched: bytes, sealed: dict[str, str]) -> bytes:
        nonce, box = (base64.b64decode(sealed[name]) for name in ("nonce", "box"))
        context = b"scc-admin/1/" + held["workspace"].encode() + b"/" + by.encode()
        return AESGCM(stretched).decrypt(nonce, box, context)

    for wrap in held["wraps"]:
        salt, n = base64.b64decode(wrap["salt"]), wrap["n"]
        stretched = hashlib.scrypt(
            typed[wrap["by"]], salt=salt, n=n, r=8, p=1, maxmem=1 << 28, dklen=32
        )
        assert opened(wrap["by"], stretched, wrap) == made.key
    assert made.key is not None
    seed = opened("signer", made.key, held["signer"]["sealed"])
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    assert public == base64.b64decode(held["signer"]["public"])
