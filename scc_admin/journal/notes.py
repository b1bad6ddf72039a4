"""Signed statements of how far the journal had come: C2SP tlog-checkpoint over C2SP signed-note.

The log's key name is its origin. Two extension lines say the hash of the last entry and the time by
the clock of whoever signed.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from scc_admin.errors import IntegrityError
from scc_admin.files import decoded
from scc_admin.i18n import N_
from scc_admin.model import Checkpoint
from scc_admin.store import instant, stamp

ORIGIN_PREFIX = "scc-admin/"
_ED25519 = b"\x01"
_MAX_NOTE = 16_384
_TEXT = re.compile(
    r"(?P<origin>\S+)\n(?P<size>0|[1-9][0-9]{0,17})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"head (?P<head>[0-9a-f]{64})\ntime (?P<time>[0-9T:.-]{23}Z)\n"
)
_SIGNATURE = re.compile(r"— (?P<name>[^\s+]+) (?P<data>[A-Za-z0-9+/]+={0,2})\n")


class Signer(Protocol):
    """Whoever holds the administrator's Ed25519 key."""

    @property
    def public_key(self) -> bytes:
        """32 bytes, as RFC 8032 encodes them."""

    def sign(self, message: bytes, /) -> bytes:
        """The 64 bytes of an Ed25519 signature."""


@dataclass(frozen=True, slots=True)
class Note:
    """A checkpoint taken apart, believed by nobody yet."""

    origin: str
    checkpoint: Checkpoint
    text: str
    """What was signed."""
    signatures: tuple[tuple[str, bytes, bytes], ...]
    """(key name, key id, signature)."""


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes that point to a key in a signature line."""
    return sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def compose(
    origin: str, size: int, head: bytes, root: bytes, at: datetime, signer: Signer
) -> Checkpoint:
    """Sign the state of a journal."""
    written = stamp(at)
    text = (
        f"{origin}\n{size}\n{base64.b64encode(root).decode()}\nhead {head.hex()}\ntime {written}\n"
    )
    signed = key_id(origin, signer.public_key) + signer.sign(text.encode())
    note = f"{text}\n— {origin} {base64.b64encode(signed).decode()}\n"
    return Checkpoint(size=size, head=head, root=root, at=instant(written), note=note)


def parse(note: str) -> Note:
    """Take a note apart without believing it.

    Raises IntegrityError when it is not a checkpoint of a journal like ours.
    """
    text, blank, tail = note.rpartition("\n\n") if len(note) <= _MAX_NOTE else ("", "", "")
    text += "\n"
    found = _TEXT.fullmatch(text)
    lines = tail.splitlines(keepends=True)
    signatures = [_SIGNATURE.fullmatch(line) for line in lines]
    try:
        if not blank or found is None or not signatures or None in signatures:
            raise ValueError
        root = base64.b64decode(found["root"], validate=True)
        parts = []
        for signature in signatures:
            assert signature is not None
            data = base64.b64decode(signature["data"], validate=True)
            if len(data) <= 4:
                raise ValueError
            parts.append((signature["name"], data[:4], data[4:]))
        checkpoint = Checkpoint(
            size=int(found["size"]),
            head=bytes.fromhex(found["head"]),
            root=root,
            at=instant(found["time"]),
            note=note,
        )
    except (ValueError, binascii.Error) as error:
        raise IntegrityError(
            "not_a_checkpoint", N_("This is not a checkpoint of a moderation journal.")
        ) from error
    return Note(found["origin"], checkpoint, text, tuple(parts))


def signed_by(note: Note, public_key: bytes) -> bool:
    """Whether the log's own signature by this key is there and right."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
    except ValueError:
        return False
    wanted = (note.origin, key_id(note.origin, public_key))
    for name, identifier, signature in note.signatures:
        if (name, identifier) == wanted:
            try:
                key.verify(signature, note.text.encode())
            except InvalidSignature:
                return False
            return True
    return False


def text_of(raw: bytes) -> str:
    """A note from a file, whatever a shell made of its encoding and of the ends of its lines.

    Raises UserError when it is no text.
    """
    return decoded(raw).replace("\r\n", "\n")


def verify(note: str, public_key: bytes, origin: str | None = None) -> Checkpoint:
    """The checkpoint that this key signed.

    Raises IntegrityError when it is none, of another journal than `origin`, or not signed by the
    key.
    """
    held = parse(note)
    if origin is not None and held.origin != origin:
        raise IntegrityError(
            "another_journal", N_("This checkpoint is of another workspace's journal.")
        )
    if not signed_by(held, public_key):
        raise IntegrityError(
            "signature",
            N_("This checkpoint is not signed by that key, or was changed after it was signed."),
        )
    return held.checkpoint
