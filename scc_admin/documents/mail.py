"""An e-mail draft that nobody has sent: a file that a mail program opens, ready to be read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from scc_admin.documents.text import line as one_line
from scc_admin.errors import UserError
from scc_admin.i18n import N_

if TYPE_CHECKING:
    from email.headerregistry import Address

_RESERVED = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_ADDRESS = re.compile(
    r'(?:"?(?P<name>[^"<>@\x00-\x1f]*?)"?\s*<)?(?P<user>[!-~]+)@(?P<domain>[^\s@<>]+?)>?'
)
_MAIL_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*\Z")


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    data: bytes


def eml(
    subject: str,
    body: str,
    *,
    to: Sequence[str],
    attachments: Sequence[Attachment] = (),
    at: datetime,
) -> bytes:
    """A draft as RFC 5322 has it, marked `X-Unsent: 1` so that mail programs open it for editing.

    `to` holds addresses, with or without a name. Whatever stands in the subject, a name or a file
    name, it cannot begin another header. The same arguments give the same bytes.

    Raises UserError `mail.address` for what is no address.
    """
    from email.message import EmailMessage
    from email.policy import SMTP

    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    message["Date"] = at
    message["To"] = [_address(one) for one in to]
    message["Subject"] = one_line(subject, 300)
    message.set_content(_text(body), cte="base64")
    for attachment in attachments:
        kind = attachment.media_type.lower()
        main, _, sub = (kind if _MAIL_TYPE.match(kind) else "application/octet-stream").partition(
            "/"
        )
        if main in ("message", "multipart"):
            main, sub = "application", "octet-stream"
        message.add_attachment(
            attachment.data, maintype=main, subtype=sub, filename=_file_name(attachment.name)
        )
    if attachments:
        message.set_boundary(_boundary(body, attachments))
    return message.as_bytes()


def _address(text: str) -> Address:
    from email.headerregistry import Address

    try:
        found = _ADDRESS.fullmatch(text.strip())
        if found is None:
            raise ValueError(text)
        name, user, domain = (found[part] or "" for part in ("name", "user", "domain"))
        return Address(one_line(name), user, domain.encode("idna").decode("ascii"))
    except (ValueError, IndexError):
        raise UserError(
            "mail.address",
            N_("“{text}” is not an e-mail address. Write it as name@example.org."),
            text=one_line(text, 60),
        ) from None


def _text(body: str) -> str:
    """Body text with the ends of lines that mail asks for, and no half characters."""
    body = body.encode("utf-8", "replace").decode().replace("\x00", "")
    return body.replace("\r\n", "\n").replace("\r", "\n")


def _file_name(name: str) -> str:
    plain = _RESERVED.sub("-", one_line(name, 120)).strip(". ")
    return plain or "1"


def _boundary(body: str, attachments: Sequence[Attachment]) -> str:
    """Fixed by the content, so that one draft made twice is one file."""
    digest = hashlib.sha256(body.encode("utf-8", "replace"))
    for attachment in attachments:
        digest.update(hashlib.sha256(attachment.data).digest())
    return f"=_{digest.hexdigest()[:40]}"
