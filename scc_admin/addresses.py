"""Addresses on the web: what counts as one, and what is said of what does not."""

from __future__ import annotations

from urllib.parse import urlsplit

from scc_admin.errors import UserError
from scc_admin.i18n import N_

NO_ADDRESS = N_("Paste the whole link, beginning with https://, or leave it empty.")


def is_web_address(text: str) -> bool:
    """Whether it is an address that a browser opens, or nothing at all."""
    text = text.strip()
    if not text:
        return True
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and not any(map(str.isspace, text))


def must_be_web_address(text: str) -> None:
    """Raises UserError for what is neither an address nor nothing."""
    if not is_web_address(text):
        raise UserError("link", NO_ADDRESS)
