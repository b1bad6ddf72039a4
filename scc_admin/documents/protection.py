"""A PDF behind a passphrase, for a way of sending that one does not trust.

AES-256 as PDF 2.0 has it (ISO 32000-2, revision 6), which ordinary readers open. PDF/A forbids
encryption, so a protected copy is a copy for the road, not for the archive.
"""

from __future__ import annotations

import io
import secrets

from scc_admin.errors import UserError
from scc_admin.i18n import N_

SHORTEST = 10


def protected(pdf: bytes, passphrase: str) -> bytes:
    """The same pages, readable with the passphrase alone.

    Raises UserError for a passphrase that is too short.
    """
    import pikepdf

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
