"""How a workspace is locked, and how what leaves it is signed.

The database is encrypted under a random 256-bit key. `protection.json`, beside the database, says
where that key is (the computer's keyring, or behind a passphrase) and holds copies of it sealed
under what a person can keep: the recovery code, a passphrase. The Ed25519 signing key of the
workspace stands in the same file, sealed under the database key, so that whoever may open the
workspace, and nobody else, can sign for it; a recovered workspace keeps its fingerprint. With
protection `none` there is no key and the signing key stands in clear.

Calls that touch the keyring may wait for a dialog of the system: make them in a worker. A keyring
may also never answer, so it is spoken to in threads that the program can leave behind.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import secrets
import signal
import struct
import sys
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

from scc_admin.errors import Cancelled, IntegrityError, UserError
from scc_admin.files import explained, write_durably
from scc_admin.i18n import N_

if TYPE_CHECKING:
    from concurrent.futures import Future

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FILE_NAME = "protection.json"
FORMAT = 1
SERVICE = "scc-admin"
"""Under this name the keyring shows our entries; the account is the workspace's uid."""
PASSPHRASE_VARIABLE = "SCC_ADMIN_PASSPHRASE"  # noqa: S105 - the variable's name
PATIENCE = 60.0
"""Seconds that a keyring has for its answer where nobody can stop the wait: somebody may be typing
its password."""
LOCKED = frozenset({"passphrase_needed", "no_keyring", "keyring_empty", "keyring_wrong"})
"""Codes of the refusals after which a person may type what opens the workspace."""
MISTYPED = frozenset({"wrong_passphrase", "wrong_recovery", "recovery_typing", "recovery_length"})
"""Codes of the refusals after which they may type it once more."""
MIN_PASSPHRASE = 10
KEY_BYTES = 32

T = TypeVar("T")

# OWASP's first choice for scrypt: 128 MiB, about a third of a second. The recovery code has 120
# random bits, which no amount of guessing reaches; it needs no more than a formality.
_PASSPHRASE_COST = 2**17
_RECOVERY_COST = 2**14
_MAX_COST = 2**20


class Kind(StrEnum):
    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105 - a kind, not a secret
    NONE = "none"


class Keyring(Protocol):
    """The part of the `keyring` package that we use; tests bring their own."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


@dataclass(frozen=True, slots=True)
class NewProtection:
    """What `create` made. `recovery_code` is shown once and stands nowhere in clear."""

    key: bytes | None
    recovery_code: str | None


@dataclass(frozen=True, slots=True)
class Protection:
    """`protection.json` as read: what can be said of a locked workspace."""

    kind: Kind
    uid: str
    signer_name: str
    public_key: bytes
    has_recovery: bool
    has_passphrase: bool
    _file: Mapping[str, Any] = field(repr=False)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.public_key)


@dataclass(frozen=True, slots=True)
class Encryption:
    """How a workspace in clear is to be encrypted; nothing of it is written yet.

    `recovery_code` is to be shown, and known to be on paper, before `encrypt` is called.
    """

    kind: Kind
    key: bytes = field(repr=False)
    recovery_code: str = field(repr=False)
    _file: Mapping[str, Any] = field(repr=False)


# --- The workspace's key -----------------------------------------------------------------------


def create(
    folder: Path,
    protection: Kind | str,
    *,
    passphrase: str | None = None,
    keyring: Keyring | None = None,
    uid: str | None = None,
) -> NewProtection:
    """Choose a key for a new workspace and write its `protection.json`.

    With `Kind.KEYRING` a `passphrase` may be given as well, as a further way in (for scripts).
    Raises UserError: no keyring answers, no or too short a passphrase, already protected, disk.
    """
    kind = Kind(protection)
    path = folder / FILE_NAME
    if path.exists():
        raise UserError("exists", N_("There is already a workspace in {folder}."), folder=folder)
    uid = uid or secrets.token_hex(16)
    seed = secrets.token_bytes(KEY_BYTES)
    signer = Signer(seed, f"scc-admin-{uid[:8]}")
    content: dict[str, Any] = {"format": FORMAT, "workspace": uid, "kind": kind.value}
    content["signer"] = {"name": signer.name, "public": _b64(signer.public_key)}
    if kind is Kind.NONE:
        content["signer"]["clear"] = _b64(seed)
        content["wraps"] = []
        _write(path, content)
        return NewProtection(None, None)

    made = _encryption(content, seed, passphrase)
    if kind is Kind.KEYRING:
        _keep(keyring, uid, made.key)
    _write(path, made._file)
    return NewProtection(made.key, made.recovery_code)


def _encryption(content: Mapping[str, Any], seed: bytes, passphrase: str | None) -> Encryption:
    """A new key for `content`, whose signer is yet without its seed, and the ways to that key."""
    kind, uid = Kind(content["kind"]), content["workspace"]
    if kind is Kind.PASSPHRASE and passphrase is None:
        raise UserError("no_passphrase", N_("Choose a passphrase to protect the workspace with."))
    key, code = secrets.token_bytes(KEY_BYTES), new_recovery_code()
    wraps = [_wrap_key(uid, "recovery", _recovery_secret(code), key)]
    if passphrase is not None:
        wraps.append(_wrap_passphrase(uid, passphrase, key))
    signer = {**content["signer"], "sealed": _seal(key, seed, _context(uid, "signer"))}
    return Encryption(kind, key, code, {**content, "signer": signer, "wraps": wraps})


def plan_encryption(
    folder: Path, protection: Kind | str, *, passphrase: str | None = None
) -> Encryption:
    """Choose a key for a workspace in clear; its signer stays. Writes nothing.

    Raises UserError: encrypted already, no or too short a passphrase.
    """
    current = still_in_clear(folder)
    seed = _seed(current, None)
    assert seed is not None
    signer = {"name": current.signer_name, "public": _b64(current.public_key)}
    content = {**current._file, "kind": Kind(protection).value, "signer": signer}
    return _encryption(content, seed, passphrase)


def encrypt(folder: Path, plan: Encryption, *, keyring: Keyring | None = None) -> None:
    """Make a plan the protection of its workspace; `encrypting` then brings the files to it.

    Raises UserError: encrypted already, no keyring answers, disk. The workspace is then as it was,
    unless the disk took the new protection before it failed.
    """
    if still_in_clear(folder).uid != plan._file["workspace"]:
        raise UserError("wrong_key", N_("This key is not the one of this workspace."))
    uid = str(plan._file["workspace"])
    if plan.kind is Kind.KEYRING:
        _keep(keyring, uid, plan.key)
    try:
        _write(folder / FILE_NAME, plan._file)
    except BaseException:
        if read(folder).kind is Kind.NONE:
            _forget(keyring, uid)
        raise


def still_in_clear(folder: Path) -> Protection:
    """The protection of a workspace that has none yet. Raises UserError: encrypted already."""
    current = read(folder)
    if current.kind is not Kind.NONE:
        raise UserError("encrypted", N_("This workspace is encrypted already."))
    return current


def read(folder: Path) -> Protection:
    """What `protection.json` says. Raises UserError: missing, damaged, newer."""
    path = folder / FILE_NAME
    if not path.exists():
        raise UserError("missing", N_("There is no workspace in {folder}."), folder=folder)
    with explained(path):
        raw = path.read_bytes()
    try:
        content = json.loads(raw)
        if content["format"] > FORMAT:
            raise UserError(
                "newer",
                N_(
                    "This workspace was made by a newer version of the program. It was left as it"
                    " is; install the newer version to open it."
                ),
            )
        ways = {wrap["by"] for wrap in content["wraps"]}
        public = _unb64(content["signer"]["public"])
        if len(public) != KEY_BYTES:
            raise ValueError("public key")
        return Protection(
            kind=Kind(content["kind"]),
            uid=str(content["workspace"]),
            signer_name=str(content["signer"]["name"]),
            public_key=public,
            has_recovery="recovery" in ways,
            has_passphrase="passphrase" in ways,
            _file=content,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path) from error


def unlock(
    folder: Path,
    *,
    passphrase: str | None = None,
    recovery_code: str | None = None,
    keyring: Keyring | None = None,
    asked: Asked | None = None,
    environ: Mapping[str, str] | None = None,
) -> bytes | None:
    """The database key; None for a workspace in clear.

    What the caller gives is tried alone. With nothing given: the keyring, then the variable
    `SCC_ADMIN_PASSPHRASE`, which may hold the recovery code as well. `asked` is the keyring's
    answer where it was asked for before. Raises UserError, and each sentence names the way that is
    left; Cancelled once `asked` is closed.
    """
    protection = read(folder)
    if protection.kind is Kind.NONE:
        return None
    if recovery_code is not None:
        return unlock_with_recovery(folder, recovery_code)
    if passphrase is not None:
        return _by_passphrase(protection, passphrase)
    given = (os.environ if environ is None else environ).get(PASSPHRASE_VARIABLE)
    usable = given if given and (protection.has_passphrase or _is_code(given)) else None
    if protection.kind is Kind.KEYRING:
        try:
            if asked is not None:
                return asked.key()
            return _patiently(lambda: _from_keyring(protection, keyring))
        except TimeoutError:
            if not usable:
                raise _no_keyring_to_read() from None
        except UserError:
            if not usable:
                raise
    if usable:
        passphrase, code = as_typed(folder, usable)
        if code is not None:
            return unlock_with_recovery(folder, code)
        return _by_passphrase(protection, passphrase or "")
    raise UserError(
        "passphrase_needed",
        N_("This workspace is protected by a passphrase. Enter it, or the recovery code."),
    )


def as_typed(folder: Path, typed: str) -> tuple[str | None, str | None]:
    """What a person typed to open a workspace: (passphrase, None) or (None, recovery code)."""
    if _is_code(typed) or not read(folder).has_passphrase:
        return None, typed
    return typed, None


def _is_code(typed: str) -> bool:
    """Whether it is well written as a recovery code: by chance, one text in a thousand million."""
    try:
        read_recovery_code(typed)
    except UserError:
        return False
    return True


def unlock_with_recovery(folder: Path, code: str) -> bytes | None:
    """The database key, from the recovery code as a person typed it.

    Raises UserError: mistyped (it says which group), or another workspace's.
    """
    protection = read(folder)
    if protection.kind is Kind.NONE:
        return None
    key = _open_wrap(protection, "recovery", _recovery_secret(code))
    if key is None:
        raise UserError(
            "wrong_recovery",
            N_(
                "This recovery code is well written, but it is not the one of this workspace."
                " Check the date and the name on your sheet."
            ),
        )
    return key


def restore_to_keyring(folder: Path, key: bytes, *, keyring: Keyring | None = None) -> None:
    """Put the key back in this computer's keyring, after an opening by the recovery code.

    A workspace under a passphrase is left as it is: use `change_protection`. Raises UserError.
    """
    protection = read(folder)
    if protection.kind is Kind.KEYRING:
        _must_fit(protection, key)
        _keep(keyring, protection.uid, key)


def change_protection(
    folder: Path,
    key: bytes,
    protection: Kind | str,
    *,
    passphrase: str | None = None,
    keyring: Keyring | None = None,
) -> None:
    """Move the key between keyring and passphrase, or choose another passphrase.

    The key, the recovery code and the signer stay. An encrypted workspace is never put in clear;
    the reverse is `encrypt`. Raises UserError.
    """
    current = read(folder)
    kind = Kind(protection)
    if Kind.NONE in (kind, current.kind):
        raise UserError(
            "protection_fixed",
            N_(
                "An encrypted workspace stays so. One that is not can be encrypted in the settings,"
                " under Protection."
            ),
        )
    _must_fit(current, key)
    if kind is Kind.PASSPHRASE and passphrase is None:
        raise UserError("no_passphrase", N_("Choose a passphrase to protect the workspace with."))
    wraps = [wrap for wrap in current._file["wraps"] if wrap["by"] != "passphrase"]
    if passphrase is not None:
        wraps.append(_wrap_passphrase(current.uid, passphrase, key))
    if kind is Kind.KEYRING:
        _keep(keyring, current.uid, key)
    _write(folder / FILE_NAME, {**current._file, "kind": kind.value, "wraps": wraps})
    if kind is Kind.PASSPHRASE and current.kind is Kind.KEYRING:
        _forget(keyring, current.uid)


def renew_recovery_code(folder: Path, key: bytes) -> str:
    """A new recovery code, shown once; the former one opens nothing from now on.

    It still opens copies of the folder made before. Raises UserError.
    """
    current = read(folder)
    _must_fit(current, key)
    code = new_recovery_code()
    wraps = [wrap for wrap in current._file["wraps"] if wrap["by"] != "recovery"]
    wraps.insert(0, _wrap_key(current.uid, "recovery", _recovery_secret(code), key))
    _write(folder / FILE_NAME, {**current._file, "wraps": wraps})
    return code


def forget(folder: Path, *, keyring: Keyring | None = None) -> None:
    """Take the key out of this computer's keyring: the recovery code is then the only way in.

    A keyring that does not answer, or does not hold it, is no failure.
    """
    _forget(keyring, read(folder).uid)


def keyring_answers(*, keyring: Keyring | None = None) -> bool:
    """Whether this computer can keep a secret for us; asked before a protection is proposed.

    Writes and removes a trial entry.
    """
    try:
        must_have_keyring(keyring=keyring)
    except UserError:
        return False
    return True


def must_have_keyring(*, keyring: Keyring | None = None) -> None:
    """As `keyring_answers`. Raises UserError where it does not."""
    trial = f"trial-{secrets.token_hex(8)}"
    _keep(keyring, trial, bytes(KEY_BYTES))
    _forget(keyring, trial)


def _by_passphrase(protection: Protection, passphrase: str) -> bytes:
    if not protection.has_passphrase:
        raise UserError(
            "not_by_passphrase",
            N_("No passphrase opens this workspace. Enter the recovery code instead."),
        )
    key = _open_wrap(protection, "passphrase", _passphrase_secret(passphrase))
    if key is None:
        raise UserError(
            "wrong_passphrase",
            N_(
                "This passphrase does not open the workspace. Check capitals and keyboard layout;"
                " the recovery code opens it too."
            ),
        )
    return key


# --- Keyring -----------------------------------------------------------------------------------


_OF_SYSTEM = {
    "linux": "keyring.backends.SecretService.Keyring",
    "win32": "keyring.backends.Windows.WinVaultKeyring",
    "darwin": "keyring.backends.macOS.Keyring",
}
"""What `keyring` settles on once it has tried all it knows, and every plug-in, on each system."""


def _backend(given: Keyring | None) -> Keyring:
    """The keyring given, else the one that `keyring` is configured to use or finds best."""
    if given is not None:
        return given
    import keyring

    backend: Keyring = keyring.get_keyring()
    return backend


def _nearest() -> Keyring | None:
    """The user's configured keyring or the system's own, without a search; None where it needs one.

    Half of the time that a first answer takes goes into the search.
    """
    from keyring import core

    configured = core.load_env() or core.load_config()
    if configured is None and not _wallet_of_kde():
        return core.load_keyring(_OF_SYSTEM.get(sys.platform, _OF_SYSTEM["linux"]))
    return configured


def _wallet_of_kde() -> bool:
    """Whether `keyring` may put KDE's own wallet before the Secret Service: it needs `dbus`."""
    from importlib.util import find_spec

    desktops = os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")
    return "KDE" in desktops and find_spec("dbus") is not None


# Backends let more than KeyringError through (D-Bus, Windows and plug-in errors of their own);
# whatever it is, for the user the keyring did not answer.
def _keep(keyring: Keyring | None, account: str, key: bytes) -> None:
    def keep() -> str | None:
        backend = _backend(keyring)
        backend.set_password(SERVICE, account, key.hex())
        # A null backend accepts everything and keeps nothing.
        return backend.get_password(SERVICE, account)

    try:
        kept = _patiently(keep)
    except Exception as error:
        raise _no_keyring_to_write() from error
    if kept != key.hex():
        raise _no_keyring_to_write()


def _from_keyring(protection: Protection, given: Keyring | None) -> bytes:
    """The key from the keyring given; else from the nearest, or from the one that a search finds.

    Raises UserError.
    """
    if given is not None:
        return _read_key(protection, given)
    nearest = None
    with contextlib.suppress(Exception):
        nearest = _nearest()
    if nearest is not None:
        try:
            return _read_key(protection, nearest)
        except UserError:
            # Nobody is asked twice to unlock the same keyring.
            if type(_found()) is type(nearest):
                raise
    return _read_key(protection, _found())


def _found() -> Keyring:
    try:
        return _backend(None)
    except Exception as error:  # a configuration that names what is not there
        raise _no_keyring_to_read() from error


def _read_key(protection: Protection, backend: Keyring) -> bytes:
    try:
        text = backend.get_password(SERVICE, protection.uid)
    except Exception as error:
        raise _no_keyring_to_read() from error
    if text is None:
        raise UserError(
            "keyring_empty",
            N_(
                "The key of this workspace is not in this computer's keyring. Enter the recovery"
                " code: it opens the workspace and puts the key back."
            ),
        )
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if not _fits(protection, key):
        raise UserError(
            "keyring_wrong",
            N_(
                "The key in this computer's keyring is not the one of this workspace. Enter the"
                " recovery code: it opens the workspace and puts the right key back."
            ),
        )
    return key


def _forget(keyring: Keyring | None, account: str) -> None:
    with contextlib.suppress(Exception):
        _patiently(lambda: _backend(keyring).delete_password(SERVICE, account))


def _no_keyring_to_read() -> UserError:
    return UserError(
        "no_keyring",
        N_(
            "This computer's keyring does not answer or stays locked. Unlock it and try again,"
            " or enter the recovery code of the workspace."
        ),
    )


def _no_keyring_to_write() -> UserError:
    return UserError(
        "no_keyring",
        N_(
            "This computer's keyring does not answer, so it cannot keep the key. Unlock it, or"
            " protect the workspace with a passphrase."
        ),
    )


def _patiently(op: Callable[[], T]) -> T:
    """What `op` returns. Raises TimeoutError where it takes longer than `PATIENCE`."""
    return _left_to_itself(op).result(PATIENCE)


def _left_to_itself(op: Callable[[], T]) -> Future[T]:
    """What `op` will return or raise, in a thread that keeps no program from ending."""
    from concurrent.futures import Future, InvalidStateError
    from threading import Thread

    answer: Future[T] = Future()

    def run() -> None:
        # Nobody waits any more where the answer has been cancelled.
        with contextlib.suppress(InvalidStateError):
            try:
                result = op()
            except BaseException as error:
                answer.set_exception(error)
            else:
                answer.set_result(result)

    Thread(target=run, name="keyring", daemon=True).start()
    return answer


class Asked:
    """The keyring's answer about one workspace, on its way; it may never come. To be closed."""

    def __init__(self, protection: Protection, ahead: tuple[int, int] | None = None) -> None:
        """`ahead`: the pipe to read, and the process that asks; else a thread of ours asks."""
        self._closed = False
        self._process = ahead[1] if ahead else None
        pipe = ahead[0] if ahead else None
        self._answer = _left_to_itself(lambda: self._listen(protection, pipe))

    def _listen(self, protection: Protection, pipe: int | None) -> bytes:
        if pipe is not None:
            with os.fdopen(pipe, "rb") as answer, contextlib.suppress(ValueError):
                said = json.load(answer)
                if "key" not in said:
                    raise UserError(said["code"], said["message"], **said["params"])
                return bytes.fromhex(said["key"])
        if self._closed:
            raise Cancelled
        return _from_keyring(protection, None)  # the process came to nothing

    def wait(self) -> None:
        """Return once there is an answer, whatever it is. Raises Cancelled once this is closed."""
        from concurrent.futures import CancelledError

        try:
            self._answer.exception()
        except CancelledError:
            raise Cancelled from None

    def key(self) -> bytes:
        """The database key as the keyring holds it. Waits.

        Raises UserError, as asking the keyring does; Cancelled once this is closed.
        """
        self.wait()
        return self._answer.result()

    def close(self) -> None:
        """Wait no longer, and end the process; an answer that is still to come is gone with it."""
        self._closed = True
        self._answer.cancel()
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(OSError):  # it was waited for by whoever began us
                os.kill(process, signal.SIGTERM)
                os.waitpid(process, 0)


def ask(folder: Path | None, *, ahead: bool = False) -> Asked | None:
    """Begin to ask the keyring for a workspace's key; None where there is nothing to ask it.

    With `ahead`, which is for a moment at which there are no threads yet, a second process does it
    where it can: `keyring` and what it speaks to the keyring with take almost as long to load and
    to answer as a bare window of Qt takes, and Python loads one thing at a time.
    """
    if folder is None:
        return None
    try:
        protection = read(folder)
    except UserError:
        return None  # `unlock` says it
    if protection.kind is not Kind.KEYRING:
        return None
    if not ahead:
        return Asked(protection)
    if sys.platform != "linux":
        return None  # the other systems have no `fork` that their own libraries survive
    try:
        mine, theirs = os.pipe()
        process = os.fork()
    except OSError:
        return None
    if process == 0:
        _answer(protection, theirs)
    os.close(theirs)
    return Asked(protection, (mine, process))


def _answer(protection: Protection, pipe: int) -> NoReturn:
    """What the second process does: it writes the key, or why there is none, and is gone."""
    try:
        try:
            answer: dict[str, object] = {"key": _from_keyring(protection, None).hex()}
        except UserError as error:
            params = {name: str(value) for name, value in error.params.items()}
            answer = {"code": error.code, "message": error.message, "params": params}
        os.write(pipe, json.dumps(answer).encode())
    finally:
        os._exit(0)


# --- Sealing -----------------------------------------------------------------------------------


def _context(uid: str, purpose: str) -> bytes:
    """What a sealed box is bound to: moved to another workspace or purpose it does not open."""
    return f"scc-admin/{FORMAT}/{uid}/{purpose}".encode()


def _seal(key: bytes, clear: bytes, context: bytes) -> dict[str, str]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(12)
    return {"nonce": _b64(nonce), "box": _b64(AESGCM(key).encrypt(nonce, clear, context))}


def _unseal(key: bytes, sealed: Mapping[str, str], context: bytes) -> bytes | None:
    """The clear bytes, or None when the key is another. Raises ValueError when malformed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(_unb64(sealed["nonce"]), _unb64(sealed["box"]), context)
    except InvalidTag:
        return None


def _stretch(secret: bytes, salt: bytes, cost: int) -> bytes:
    """RFC 7914. `cost` is N; r = 8, p = 1."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=8, p=1).derive(secret)


def _wrap_key(uid: str, by: str, secret: bytes, key: bytes) -> dict[str, Any]:
    cost = _PASSPHRASE_COST if by == "passphrase" else _RECOVERY_COST
    salt = secrets.token_bytes(16)
    return {
        "by": by,
        "kdf": "scrypt",
        "n": cost,
        "salt": _b64(salt),
        **_seal(_stretch(secret, salt, cost), key, _context(uid, by)),
    }


def _wrap_passphrase(uid: str, passphrase: str, key: bytes) -> dict[str, Any]:
    if len(passphrase.strip()) < MIN_PASSPHRASE:
        raise UserError(
            "weak_passphrase",
            N_("Choose a passphrase of at least {n} characters: four or five words do well."),
            n=MIN_PASSPHRASE,
        )
    return _wrap_key(uid, "passphrase", _passphrase_secret(passphrase), key)


def _open_wrap(protection: Protection, by: str, secret: bytes) -> bytes | None:
    try:
        for wrap in protection._file["wraps"]:
            if wrap["by"] == by:
                cost = wrap["n"]
                # A forged file must not make us fill the memory.
                if wrap["kdf"] != "scrypt" or not 2 <= cost <= _MAX_COST or cost & (cost - 1):
                    raise ValueError("kdf")
                stretched = _stretch(secret, _unb64(wrap["salt"]), cost)
                key = _unseal(stretched, wrap, _context(protection.uid, by))
                if key is not None:
                    return key
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(Path(FILE_NAME)) from error
    return None


def _seed(protection: Protection, key: bytes | None) -> bytes | None:
    """The signing seed, or None when the key is another's."""
    signer = protection._file["signer"]
    try:
        if protection.kind is Kind.NONE:
            return _unb64(signer["clear"])
        if key is None or len(key) != KEY_BYTES:
            return None
        return _unseal(key, signer["sealed"], _context(protection.uid, "signer"))
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(Path(FILE_NAME)) from error


def _fits(protection: Protection, key: bytes) -> bool:
    return _seed(protection, key) is not None


def _must_fit(protection: Protection, key: bytes) -> None:
    if not _fits(protection, key):
        raise UserError("wrong_key", N_("This key is not the one of this workspace."))


def _passphrase_secret(passphrase: str) -> bytes:
    # An é typed on a Mac must equal an é typed on Windows.
    return unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")


def _write(path: Path, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    write_durably(path, text.encode(), private=True)


def _damaged(path: Path) -> IntegrityError:
    return IntegrityError(
        "protection_damaged",
        N_(
            "The file {path}, which says how the workspace is protected, is damaged. Put back the"
            " copy that stands among the backups."
        ),
        path=path,
    )


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


# --- Recovery code -----------------------------------------------------------------------------

# Crockford's base 32: no I, L, O, U. https://www.crockford.com/base32.html
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OILU", "011V")
_GROUPS = 6
_GROUP_DATA = 4


def new_recovery_code() -> str:
    """Six groups of five, like `7KQM2-…`: 120 random bits, each group ending in its check."""
    groups = []
    for index in range(_GROUPS):
        digits = [secrets.randbelow(32) for _ in range(_GROUP_DATA)]
        digits.append(_check_digit(index, digits))
        groups.append("".join(_ALPHABET[digit] for digit in digits))
    return "-".join(groups)


def read_recovery_code(typed: str) -> str:
    """The code as `new_recovery_code` wrote it, from what a person typed.

    Small letters, O for 0, I or L for 1, U for V, and any blanks and dashes are taken. Raises
    UserError naming the first group that cannot be right.
    """
    plain = unicodedata.normalize("NFKC", typed).upper()
    symbols = "".join(char for char in plain if char.isalnum()).translate(_LOOKALIKES)
    width = _GROUP_DATA + 1
    groups = [symbols[at : at + width] for at in range(0, len(symbols), width)]
    for index, group in enumerate(groups[:_GROUPS]):
        digits = [_ALPHABET.find(char) for char in group]
        if -1 in digits or (
            len(digits) == width and digits[-1] != _check_digit(index, digits[:-1])
        ):
            raise UserError(
                "recovery_typing",
                N_("Group {n} of the recovery code ({group}) is mistyped. Compare it once more."),
                n=index + 1,
                group=group,
            )
    if len(symbols) != _GROUPS * width:
        raise UserError(
            "recovery_length",
            N_("The recovery code has {expected} letters and digits; you typed {n}."),
            expected=_GROUPS * width,
            n=len(symbols),
        )
    return "-".join(groups)


def confirm(code: str, typed: str) -> bool:
    """Whether `typed` is `code`, as a person writes: asked once before a workspace is used."""
    try:
        return hmac.compare_digest(read_recovery_code(typed), read_recovery_code(code))
    except UserError:
        return False


def _recovery_secret(typed: str) -> bytes:
    return read_recovery_code(typed).encode()


def _check_digit(index: int, digits: list[int]) -> int:
    """Over GF(32): any wrong symbol, any two swapped, and any group out of place show."""
    value = index + 1
    for digit in digits:
        value = _times_x(value) ^ digit
    return _times_x(value)


def _times_x(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 32 else value


# --- Signatures --------------------------------------------------------------------------------

_KEY_TYPE = b"ssh-ed25519"
_ARMOR = ("-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----")


class Signer:
    """The workspace's Ed25519 key (RFC 8032).

    `name` says which key, for signed notes: no blank, no `+`, no person's name.
    """

    def __init__(self, seed: bytes, name: str) -> None:
        self.name = name
        self._private = _private(seed)
        self.public_key: bytes = self._private.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        return f"Signer({self.name!r}, {self.fingerprint()})"

    def sign(self, data: bytes) -> bytes:
        """64 bytes."""
        return self._private.sign(data)

    def fingerprint(self) -> str:
        return fingerprint(self.public_key)

    def openssh_public_line(self, comment: str = "") -> str:
        return openssh_public_line(self.public_key, comment)

    def sshsig(self, namespace: str, data: bytes) -> str:
        """An armoured signature of `data` that `ssh-keygen -Y verify` reads.

        https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig
        """
        signature = _string(_KEY_TYPE) + _string(self.sign(_to_sign(namespace, data)))
        blob = (
            b"SSHSIG"
            + struct.pack(">I", 1)
            + _string(_public_blob(self.public_key))
            + _string(namespace.encode())
            + _string(b"")
            + _string(b"sha512")
            + _string(signature)
        )
        return _armoured(blob)


def signer(folder: Path, key: bytes | None) -> Signer:
    """The workspace's signer. `key` is the database key, None for a workspace in clear.

    Raises UserError for another workspace's key, IntegrityError for a damaged or exchanged one.
    """
    protection = read(folder)
    seed = _seed(protection, key)
    if seed is None:
        raise UserError("wrong_key", N_("This key is not the one of this workspace."))
    made = Signer(seed, protection.signer_name)
    if made.public_key != protection.public_key:
        raise _damaged(folder / FILE_NAME)
    return made


def fingerprint(public_key: bytes) -> str:
    """`SHA256:…` as `ssh-keygen -l` prints it."""
    digest = hashlib.sha256(_public_blob(public_key)).digest()
    return "SHA256:" + _b64(digest).rstrip("=")


def openssh_public_line(public_key: bytes, comment: str = "") -> str:
    """`ssh-ed25519 AAAA… comment`, without a line end."""
    line = f"{_KEY_TYPE.decode()} {_b64(_public_blob(public_key))} {comment}"
    return line.rstrip()


def read_public_line(line: str) -> bytes:
    """The 32 bytes of an `ssh-ed25519` line. Raises ValueError for anything else."""
    parts = line.split()
    if len(parts) < 2 or parts[0] != _KEY_TYPE.decode():
        raise ValueError("not an ssh-ed25519 public key")
    return _read_public_blob(_unb64(parts[1]))


def verify_sshsig(armored: str, namespace: str, data: bytes) -> bytes:
    """The public key that signed `data` in `namespace`; whose it is, the caller must know.

    Raises ValueError: not a signature, another namespace, or not of these bytes.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    blob = _unb64("".join(armored.split("\n")[1:-2]))
    # As OpenSSH writes it, to the letter: base64 has spare bits that could be changed unseen.
    if armored != _armoured(blob):
        raise ValueError("not an SSH signature")
    magic, rest = blob[:10], blob[10:]
    if magic != b"SSHSIG" + struct.pack(">I", 1):
        raise ValueError("not an SSH signature of version 1")
    key_blob, signed_namespace, reserved, algorithm, signature = _strings(rest, 5)
    public_key = _read_public_blob(key_blob)
    if signed_namespace != namespace.encode():
        raise ValueError("signed for another purpose")
    if algorithm != b"sha512" or reserved:
        raise ValueError("signed in another way than ours")
    key_type, raw = _strings(signature, 2)
    if key_type != _KEY_TYPE:
        raise ValueError("not an Ed25519 signature")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(raw, _to_sign(namespace, data))
    except InvalidSignature as error:
        raise ValueError("the signature is not of these bytes") from error
    return public_key


def verify(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """Whether `signature` is `public_key`'s of `data`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _armoured(blob: bytes) -> str:
    text = _b64(blob)
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    return "\n".join([_ARMOR[0], *lines, _ARMOR[1], ""])


def _private(seed: bytes) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed)


def _to_sign(namespace: str, data: bytes) -> bytes:
    return (
        b"SSHSIG"
        + _string(namespace.encode())
        + _string(b"")
        + _string(b"sha512")
        + _string(hashlib.sha512(data).digest())
    )


def _public_blob(public_key: bytes) -> bytes:
    return _string(_KEY_TYPE) + _string(public_key)


def _read_public_blob(blob: bytes) -> bytes:
    key_type, public_key = _strings(blob, 2)
    if key_type != _KEY_TYPE or len(public_key) != KEY_BYTES:
        raise ValueError("not an Ed25519 public key")
    return public_key


def _string(data: bytes) -> bytes:
    """RFC 4251 section 5."""
    return struct.pack(">I", len(data)) + data


def _strings(data: bytes, count: int) -> list[bytes]:
    """Exactly `count` strings and nothing after. Raises ValueError."""
    found = []
    for _ in range(count):
        if len(data) < 4:
            raise ValueError("cut short")
        (length,) = struct.unpack_from(">I", data)
        if len(data) < 4 + length:
            raise ValueError("cut short")
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    if data:
        raise ValueError("something follows")
    return found
