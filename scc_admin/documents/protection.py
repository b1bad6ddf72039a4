"""A PDF behind a passphrase, for a way of sending that one does not trust.

AES-256 as PDF 2.0 has it (ISO 32000-2, revision 6), which ordinary readers open. PDF/A forbids
encryption, so a protected copy is a copy for the road, not for the archive.
"""

from __future__ import annotations

import io
import re
import secrets
import unicodedata
from enum import StrEnum
from itertools import pairwise

from scc_admin.errors import UserError
from scc_admin.i18n import N_

SHORTEST = 10


class Strength(StrEnum):
    """How long a passphrase stands against a computer that has the file and tries all day."""

    SHORT = "short"
    WEAK = "weak"
    FAIR = "fair"
    GOOD = "good"


def strength(passphrase: str) -> Strength:
    """A lower estimate: a word counts for 11 bits (one of 2,000), another sign for 3 to 5.

    What repeats or only counts on (aaa, 1234) counts once.
    """
    if len(passphrase) < SHORTEST:
        return Strength.SHORT
    bits, said = 0.0, set()
    for part in re.findall(r"[^\W\d_]+|\d+|[\W_]", passphrase.casefold()):
        if part in said or part.isspace():
            continue
        said.add(part)
        steps = [ord(b) - ord(a) for a, b in pairwise(part)]
        fresh = 1 + sum(abs(step) > 1 for step in steps)
        if part.isdigit():
            bits += 3.3 * fresh
        else:
            bits += min(11.0, 3.0 * fresh) if part.isalpha() else 5.0
    if bits < 33:
        return Strength.WEAK
    return Strength.FAIR if bits < 44 else Strength.GOOD


def protected(pdf: bytes, passphrase: str) -> bytes:
    """The same pages, readable with the passphrase alone.

    The passphrase is kept nowhere. Raises UserError for one that is too short.
    """
    import pikepdf

    # As readers prepare what is typed to them (ISO 32000-2, 7.6.4.3.3: SASLprep).
    passphrase = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "ignore").decode()
    if len(passphrase) < SHORTEST:
        raise UserError(
            "short_passphrase",
            N_("Choose a passphrase of at least {n} characters, and tell it by telephone."),
            n=SHORTEST,
        )
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        with document.open_metadata() as about:
            for claim in ("pdfaid:part", "pdfaid:conformance"):
                about.pop(claim, None)
        document.save(
            buffer,
            encryption=pikepdf.Encryption(
                # Nobody needs the owner's rights; without a password of their own they would be
                # anyone's.
                owner=secrets.token_urlsafe(24),
                user=passphrase,
                R=6,
                allow=pikepdf.Permissions(accessibility=True, extract=True),
            ),
        )
    return buffer.getvalue()
