"""Addresses on the web: what counts as one, and what is said of what does not."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from scc_admin.errors import UserError
from scc_admin.i18n import N_
from scc_admin.model import Network

HOSTS: Mapping[Network, tuple[str, ...]] = {
    Network.FACEBOOK: ("facebook.com", "fb.com", "fb.me", "fb.watch"),
    Network.X: ("x.com", "twitter.com", "t.co"),
    Network.LINKEDIN: ("linkedin.com", "lnkd.in"),
    Network.YOUTUBE: ("youtube.com", "youtu.be"),
    Network.INSTAGRAM: ("instagram.com", "instagr.am"),
    Network.THREADS: ("threads.net", "threads.com"),
    Network.BLUESKY: ("bsky.app",),
    Network.TIKTOK: ("tiktok.com",),
}
"""Where the posts of a network are. The others (Mastodon, blogs, forums) live at any address."""

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


def network_of(link: str) -> Network | None:
    """The network whose address a link has; None where the address tells nothing."""
    try:
        host = urlsplit(link.strip()).hostname or ""
    except ValueError:
        return None
    for network, hosts in HOSTS.items():
        if any(host == known or host.endswith(f".{known}") for known in hosts):
            return network
    return None
