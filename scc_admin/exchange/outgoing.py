"""What stands in the calendar, as the events of a file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from scc_admin import agenda
from scc_admin.exchange import ics
from scc_admin.model import DraftState, Language, Target, first_page, first_words, page_names
from scc_admin.store import Reading, instant


def entries(db: Reading, span: tuple[str, str]) -> Iterable[ics.Event]:
    """The dated lines that touch a span of stored instants."""
    for row in db.all(
        "SELECT e.*, p.name AS page, p.uid AS page_uid, c.key AS campaign FROM calendar_entries e"
        " LEFT JOIN pages p ON p.id = e.page_id LEFT JOIN campaigns c ON c.id = e.campaign_id"
        " WHERE e.starts_at < ?2 AND e.ends_at >= ?1 ORDER BY e.starts_at",
        span,
    ):
        yield ics.Event(
            uid=row["uid"],
            title=row["title"],
            starts_at=instant(row["starts_at"]),
            ends_at=instant(row["ends_at"]),
            all_day=bool(row["all_day"]),
            place=row["place"],
            notes=row["notes"],
            series=row["series"],
            sequence=row["sequence"] or None,
            extra={
                "page": row["page"] or "",
                "page-uid": row["page_uid"] or "",
                "campaign": row["campaign"] or "",
            },
        )


def campaigns(db: Reading, language: Language, span: tuple[str, str]) -> Iterable[ics.Event]:
    """The campaigns, as days on end."""
    for row in db.all(
        "SELECT * FROM campaigns WHERE starts_on < ?2 AND ends_on >= substr(?1, 1, 10)"
        " ORDER BY starts_on",
        span,
    ):
        english = language is Language.EN and row["name_en"]
        yield ics.Event(
            uid=row["uid"],
            title=row["name_en"] if english else row["name_fr"],
            starts_at=_midnight(row["starts_on"]),
            ends_at=_midnight(row["ends_on"]) + timedelta(days=1),
            all_day=True,
            notes=row["notes"],
            extra={
                "kind": "campaign",
                "key": row["key"],
                "campaign-kind": row["kind"],
                "name-fr": row["name_fr"],
                "name-en": row["name_en"],
                "hashtags": ", ".join(json.loads(row["hashtags"])),
                "keywords": ", ".join(json.loads(row["keywords"])),
                "objective-cents": _figure(row["objective_cents"]),
                "raised-cents": _figure(row["raised_cents"]),
            },
        )


def _figure(cents: int | None) -> str:
    return "" if cents is None else str(cents)


def drafts(db: Reading, span: tuple[str, str], page_id: int | None = None) -> Iterable[ics.Event]:
    """The posts that are planned or out, with their texts.

    With a page, those that go there, as they read there.
    """
    texts: dict[int, list[tuple[str, str, str]]] = {}
    where = f"d.trashed_at IS NULL AND d.state <> ?3 AND {agenda.AT} >= ?1 AND {agenda.AT} < ?2"
    parameters = (*span, DraftState.ARCHIVED.value)
    for row in db.all(
        "SELECT v.draft_id, v.target, v.language, v.text FROM variants v"
        f" JOIN drafts d ON d.id = v.draft_id WHERE {where} AND NOT v.removed AND v.text <> ''"
        " ORDER BY v.language = 'en', v.id",
        parameters,
    ):
        texts.setdefault(row["draft_id"], []).append((row["target"], row["language"], row["text"]))
    rows = db.all(
        f"SELECT d.*, {agenda.AT} AS at, c.key AS campaign FROM drafts d"
        f" LEFT JOIN campaigns c ON c.id = d.campaign_id WHERE {where} ORDER BY at",
        parameters,
    )
    places = agenda.placements(db, [row["id"] for row in rows])
    for row in rows:
        own = tuple(texts.get(row["id"], ()))
        goes = places[row["id"]]
        if page_id is not None:
            goes = tuple(made for made in goes if made.page and made.page.id == page_id)
            if not goes:
                continue
            if len(places[row["id"]]) > 1:
                networks = {made.network for made in goes}
                own = tuple(text for text in own if Target(text[0]).network in networks)
        page = first_page(goes)
        at = instant(row["at"])
        yield ics.Event(
            uid=row["uid"],
            title=row["title"] or first_words(own[0][2] if own else ""),
            starts_at=at,
            ends_at=at,
            notes="\n\n".join(text for _, _, text in own),
            texts=own,
            extra={
                "kind": "post",
                "state": row["state"],
                "page": page_names(goes),
                "page-uid": page.uid if page else "",
                "network": page.network.value if page else "",
                "campaign": row["campaign"] or "",
                "step": row["step"] or "",
                "permalink": " ".join(made.permalink for made in goes if made.permalink),
            },
        )


def _midnight(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(), UTC)
