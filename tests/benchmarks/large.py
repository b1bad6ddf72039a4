"""A workspace that was lived in for years: as many journal entries and posts as one wants."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scc_admin.journal import NewEntry
from scc_admin.keys import Kind
from scc_admin.model import DraftState, EntryKind, Language, PostKind, Target
from scc_admin.sample import fill
from scc_admin.store import stamp
from scc_admin.verdict import duplicates
from scc_admin.workspace import Workspace
from tests.posts import posts

ENTRIES = int(os.environ.get("SCC_ADMIN_BENCH_ENTRIES", "1000000"))
POSTS = ENTRIES // 10
_AT_ONCE = 1_000
_SYLLABLES = (
    "ba be bi bo ca ce ci co cu da de di do du fa fe fi fo ga go la le li lo lu ma me mi mo mu na"
    " ne no nu pa pe po pu ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo é è qu an on in"
    " ou ai eau tion ment age eur"
)
_KINDS = [
    *[EntryKind.INCIDENT] * 6,
    *[EntryKind.EVIDENCE] * 5,
    *[EntryKind.CUSTODY] * 4,
    *[EntryKind.NOTE] * 3,
    *[EntryKind.RUNG] * 2,
    EntryKind.BAN,
    EntryKind.CASE_OPENED,
]
_WHO = ["Gestionnaire", "Modération Montréal", "Bénévole 3"]


def entries(count: int) -> Iterator[NewEntry]:
    """Entries like those of a busy page: 6 to 20 words, as frequent as words are."""
    chance = random.Random(1)
    syllables = _SYLLABLES.split()
    seen: dict[str, None] = {}
    while len(seen) < 30_000:
        seen["".join(chance.choices(syllables, k=chance.randint(1, 4)))] = None
    # Short words are the frequent ones.
    vocabulary = sorted(seen, key=lambda word: len(word) + chance.random() * 6)
    weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(vocabulary))))
    at = datetime(2024, 1, 1, tzinfo=UTC)
    for number in range(count):
        at += timedelta(seconds=chance.randint(1, 120))
        held = chance.choices(vocabulary, cum_weights=weights, k=chance.randint(6, 20))
        values = {"text": " ".join(held)}
        if number % 2:
            values["url"] = f"https://example.org/{chance.randrange(10**9)}"
        yield NewEntry(
            chance.choice(_KINDS),
            chance.choice(_WHO),
            case=f"CAS-2026-{number // 20 % 10_000:04}",
            step="private_message",
            values=values,
            at=at,
            offset=-300,
        )


def build(folder: Path, *, entry_count: int = ENTRIES, post_count: int = POSTS) -> None:
    """The sample workspace, unprotected as it is, grown to so many entries and published posts.

    Ten minutes for a million and 100,000. Entries come through the program's own door, and the
    drafts as rows, since their door judges each text.
    """
    with Workspace.create(folder, protection=Kind.NONE).workspace as workspace:
        fill(workspace)
        _publish(workspace, post_count)
        many = entries(entry_count)
        while chunk := list(itertools.islice(many, _AT_ONCE)):
            with workspace.store.writing() as tx:
                for new in chunk:
                    workspace.journal.append(tx, new)


def _publish(workspace: Workspace, count: int) -> None:
    page = workspace.editorial.pages()[0]
    numbered = enumerate(posts(count))
    first = datetime.now(UTC) - timedelta(days=1_500)
    while chunk := list(itertools.islice(numbered, _AT_ONCE)):
        with workspace.store.writing() as tx:
            for number, (language, text) in chunk:
                at = stamp(first + timedelta(days=1_490) * (number / count))
                draft_id = tx.insert(
                    "drafts",
                    uid=f"large-{number}",
                    title=text.partition("\n")[0][:60],
                    kind=PostKind.POST.value,
                    state=DraftState.PUBLISHED.value,
                    author=_WHO[number % len(_WHO)],
                    planned_at=at,
                    published_at=at,
                    created_at=at,
                    updated_at=at,
                )
                tx.insert(
                    "placements",
                    draft_id=draft_id,
                    network=page.network.value,
                    page_id=page.id,
                    published_at=at,
                )
                variant_id = tx.insert(
                    "variants",
                    draft_id=draft_id,
                    target=Target.FACEBOOK.value,
                    language=language,
                    text=text,
                    updated_at=at,
                )
                duplicates.remember(
                    tx,
                    origin="draft",
                    page=page.name,
                    title="",
                    language=Language(language),
                    day=at[:10],
                    text=text,
                    variant_id=variant_id,
                )
