"""What phrases cannot say: digits with check sums, dates, links, addresses.

Each detector is a pure function `(Context, options) -> hits`; `DETECTORS` names them all. A hit's
`key` is the thing itself, however it is written (see `signals.Hit`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scc_admin.verdict.signals import Context, Detector, Hit
from scc_admin.verdict.text import places


def links(context: Context, options: Mapping[str, Any]) -> Iterable[Hit]:
    """Every link to a web page. Key: the link without scheme and `www.`."""
    for link in context.text.urls:
        yield Hit(link.start, link.end, key=link.bare)


def official_links(context: Context, options: Mapping[str, Any]) -> Iterable[Hit]:
    """Links to one of the known domains, or below it."""
    known = places(context.known.domains)
    for link in context.text.urls:
        if link.leads_to(known):
            yield Hit(link.start, link.end, key=link.bare)


DETECTORS: Mapping[str, Detector] = {
    "link": Detector(links),
    "official-link": Detector(official_links),
}
