"""What phrases cannot say: digits with check sums, dates, links, addresses.

Each detector is a pure function `(Context, options) -> hits`; `DETECTORS` names them all. A hit's
`key` is the thing itself, however it is written (see `signals.Hit`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scc_admin.verdict.signals import Context, Detector, Hit


def links(context: Context, options: Mapping[str, Any]) -> Iterable[Hit]:
    """Every link to a web page. Key: the link without scheme and `www.`."""
    for link in context.text.urls:
        yield Hit(link.start, link.end, key=link.bare)


def official_links(context: Context, options: Mapping[str, Any]) -> Iterable[Hit]:
    """Links to one of the known domains, or below it."""
    known = {domain.casefold() for domain in context.known.domains}
    for link in context.text.urls:
        if any(link.leads_to(domain) for domain in known):
            yield Hit(link.start, link.end, key=link.bare)


DETECTORS: Mapping[str, Detector] = {
    "link": Detector(links),
    "official-link": Detector(official_links),
}
