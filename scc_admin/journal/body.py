"""The bytes of an entry: its canonical body, its hash, the commitments to its personal values.

`docs/journal-format.md` says the same for those who verify without this program.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from scc_admin.errors import UserError
from scc_admin.i18n import N_
from scc_admin.model import Entry, EntryKind, kept_text
from scc_admin.store import instant, stamp

VERSION = 1
TAG = b"\x00scc-admin/journal-entry/1\n"
"""Put before the body when it is hashed. It begins with RFC 9162's leaf prefix, so that the hash of
an entry is at the same time its leaf in the tree, and with a name that no other hash has."""
GENESIS_TAG = b"scc-admin/journal-genesis/1\n"
SALT_SIZE = 32
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))
_INNER_REST = b"\x36" * (64 - SALT_SIZE)
_OUTER_REST = b"\x5c" * (64 - SALT_SIZE)

_canonical = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode
"""RFC 8785 for what a body can hold: ASCII keys, text, whole numbers and null. Five times faster
than a general encoder, with which the tests compare it."""

_KEYS = {
    *("v", "seq", "prev", "at", "offset", "who", "app", "case", "kind", "step", "rule"),
    *("expires", "approver", "supersedes", "commit"),
}
_CODE = re.compile(r"[A-Za-z0-9._:/+-]{0,80}")
_FIELD = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What is to be written.

    `who` and `approver` are administrators, by name or by role: they stand in the body, which is
    kept for ever. Everything about the person concerned goes into `values`, which can be erased.
    `case`, `step`, `rule` and `expires` are codes (letters, digits and ._:/+-). `at` is the
    clock's instant when it is None, `offset` (minutes east of UTC) that of this computer.
    """

    kind: EntryKind
    who: str
    case: str = ""
    step: str = ""
    rule: str = ""
    expires: str = ""
    approver: str = ""
    supersedes: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A body with its hash, and what opens its commitments."""

    body: bytes
    hash: bytes
    opened: tuple[tuple[str, str, bytes], ...]
    """(field, value, salt), in order of field."""


def digest(body: bytes) -> bytes:
    """The hash of an entry."""
    return sha256(TAG + body).digest()


def genesis(origin: str) -> bytes:
    """What stands for 'the entry before' in the first one."""
    return sha256(GENESIS_TAG + origin.encode()).digest()


def commitment(salt: bytes, name: str, value: str) -> str:
    """HMAC-SHA256(salt, field ‖ 0 ‖ SHA-256(value)), in hex, the value in UTF-8.

    Raises ValueError for a salt of another size.
    """
    return commitments(salt, (name,), (value.encode(),))[0]


def commitment_of_hash(salt: bytes, name: str, digest: bytes) -> str:
    """The same, of a value whose SHA-256 is all that is known."""
    return hmac.digest(salt, name.encode() + b"\x00" + digest, "sha256").hex()


def commitments(salts: bytes, names: Sequence[str], values: Sequence[bytes]) -> list[str]:
    """Many at once: salts end to end, values in UTF-8. Raises ValueError as `commitment` does.

    RFC 2104 spelt out: `hmac` takes three times as long, and verification does a million of these.
    """
    if len(salts) != SALT_SIZE * len(values):
        raise ValueError("a salt has another size")
    inner, outer = salts.translate(_INNER), salts.translate(_OUTER)
    heads = {name: _INNER_REST + name.encode() + b"\x00" for name in set(names)}
    return [
        sha256(
            outer[place : place + SALT_SIZE]
            + _OUTER_REST
            + sha256(
                inner[place : place + SALT_SIZE] + heads[name] + sha256(value).digest()
            ).digest()
        ).hexdigest()
        for place, name, value in zip(range(0, len(salts), SALT_SIZE), names, values, strict=True)
    ]


def seal(
    new: NewEntry,
    *,
    seq: int,
    prev: bytes,
    at: datetime,
    offset: int,
    app: str,
    erases: Mapping[int, Collection[str]] | None = None,
) -> Sealed:
    """The finished entry.

    Values are kept to the letter, but for lone surrogates, which are no text; empty ones are left
    out. Raises UserError when nobody is named, ValueError for a code or a field name that could
    hold more than a code.
    """
    for code in (new.case, new.step, new.rule, new.expires):
        if not _CODE.fullmatch(code):
            raise ValueError(f"not a code: {code!r}")
    opened = []
    for name, value in sorted(new.values.items()):
        if not _FIELD.fullmatch(name):
            raise ValueError(f"not a field name: {name!r}")
        if value:
            opened.append((name, kept_text(value), os.urandom(SALT_SIZE)))
    who = one_line(new.who)
    if not who:
        raise UserError("who", N_("Say who does this: your name or your role."))
    held: dict[str, object] = {
        "v": VERSION,
        "seq": seq,
        "prev": prev.hex(),
        "at": stamp(at),
        "offset": offset,
        "who": who,
        "app": one_line(app),
        "case": new.case,
        "kind": new.kind.value,
        "step": new.step,
        "rule": new.rule,
        "expires": new.expires,
        "approver": one_line(new.approver),
        "supersedes": new.supersedes,
        "commit": {name: commitment(salt, name, value) for name, value, salt in opened},
    }
    if erases is not None:
        held["erases"] = {str(number): sorted(names) for number, names in erases.items()}
    written = _canonical(held).encode()
    return Sealed(written, digest(written), tuple(opened))


def one_line(text: str) -> str:
    """A name as bodies hold it: on one line, NFC, of sensible length."""
    text = _CONTROLS.sub(" ", kept_text(text))
    return unicodedata.normalize("NFC", text).strip()[:_NAME_LENGTH].rstrip()


def commits(text: bytes) -> dict[str, str]:
    """The commitments of a body, by field. Raises ValueError for a body that cannot be read."""
    try:
        return dict(json.loads(text)["commit"])
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("not a body") from error


def well_formed(text: bytes) -> bool:
    """Whether a body is canonical and says all that a body must say."""
    try:
        held = json.loads(text)
        return _canonical(held).encode() == text and held.keys() - {"erases"} == _KEYS
    except (ValueError, TypeError, AttributeError, RecursionError):
        return False


def read(body: bytes, hash_: bytes, values: Mapping[str, str | None]) -> Entry | None:
    """The entry that a stored body describes; None when it is damaged or of a newer program."""
    try:
        held = json.loads(body)
        return Entry(
            seq=held["seq"],
            at=instant(held["at"]),
            offset=held["offset"],
            who=held["who"],
            kind=EntryKind(held["kind"]),
            case=held["case"],
            step=held["step"],
            rule=held["rule"],
            expires=held["expires"],
            approver=held["approver"],
            supersedes=held["supersedes"],
            values=values,
            hash=hash_,
            app=held["app"],
            erases={int(seq): tuple(names) for seq, names in held.get("erases", {}).items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
