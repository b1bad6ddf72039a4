"""The weekly report of a workspace with 1,000,000 journal entries and 100,000 posts.

Building it takes minutes; `SCC_ADMIN_BENCH_ENTRIES` sets another size of the journal. The floor is
the typesetting of the same PDF from figures that are counted already. Times are the processor's, so
that a busy machine proves nothing; what one waited for in all stands beside them.
"""

from __future__ import annotations

import itertools
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scc_admin.editorial import CampaignInput, PageInput
from scc_admin.i18n import Translator
from scc_admin.journal import NewEntry
from scc_admin.keys import Kind
from scc_admin.model import EntryKind, Language, Network, Situation
from scc_admin.moderation import CaseInput
from scc_admin.store import stamp
from scc_admin.workspace import Workspace

ENTRIES = int(os.environ.get("SCC_ADMIN_BENCH_ENTRIES", "1000000"))
POSTS = 100_000
PAGES = 30
CAMPAIGNS = 60
ROUNDS = 5
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
WEEK = "2026-W47"


def measure() -> dict[str, float]:
    """Seconds: figures, preview and export (medians), and their ratio to typesetting alone."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        made = Workspace.create(
            folder / "w",
            protection=Kind.PASSPHRASE,
            passphrase="une phrase pour la mesure",
            name="Ana Roy",
            clock=lambda: NOW,
            settings_file=folder / "settings.json",
        )
        with made.workspace as workspace:
            _fill(workspace)
            tr = Translator(Language.FR, zone=workspace.zone)
            data = workspace.weekly_data(WEEK, tr)
            counted, _ = _median(lambda: workspace.weekly_data(WEEK, tr))
            typeset, _ = _median(lambda: workspace.weekly_preview(data, tr))
            pdf, waited = _median(
                lambda: workspace.export_weekly(WEEK, folder, tr, formats=("pdf",))
            )
            every, _ = _median(lambda: workspace.export_weekly(WEEK, folder, tr))
    return {
        "weekly_figures_s": counted,
        "typeset_floor_s": typeset,
        "weekly_pdf_s": pdf,
        "weekly_pdf_to_floor": round(pdf / typeset, 2),
        "weekly_pdf_waited_s": waited,
        "weekly_all_formats_s": every,
    }


def _median(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor, and of the clock on the wall."""
    worked, waited = [], []
    for _ in range(ROUNDS):
        start, begun = time.process_time(), time.perf_counter()
        act()
        worked.append(time.process_time() - start)
        waited.append(time.perf_counter() - begun)
    return round(statistics.median(worked), 3), round(statistics.median(waited), 3)


def _fill(workspace: Workspace) -> None:
    """Four years of posts and of all that a report counts; then the journal."""
    chance = random.Random(3)
    editorial, moderation = workspace.editorial, workspace.moderation
    networks = list(Network)
    pages = [editorial.add_page(PageInput(f"Page {n}", networks[n % 5])) for n in range(PAGES)]
    first = NOW - timedelta(days=4 * 365)
    campaigns = [
        editorial.add_campaign(
            CampaignInput(
                f"Campagne {n}",
                (first + timedelta(days=24 * n)).date(),
                (first + timedelta(days=24 * n + 40)).date(),
            )
        )
        for n in range(CAMPAIGNS)
    ]
    cases = [moderation.open_case(CaseInput(f"Dossier {s}", s)) for s in Situation]
    step = (NOW + timedelta(days=30) - first) / POSTS
    with workspace.store.writing() as tx:
        for number in range(POSTS):
            at = first + step * number
            out = at < NOW and number % 9
            tx.run(
                "INSERT INTO drafts(id, uid, title, kind, state, author, campaign_id,"
                " step, planned_at, published_at, created_at, updated_at, share_of)"
                " VALUES (?, ?, ?, 'post', ?, 'Ana Roy', ?, ?, ?, ?, ?, ?, ?)",
                (
                    number + 1, f"d{number}", f"Publication numéro {number}",
                    "published" if out else "draft",
                    campaigns[min(number * CAMPAIGNS // POSTS, CAMPAIGNS - 1)]
                    if number % 2 else None,
                    ("before", "during", "after")[number % 3], stamp(at),
                    stamp(at) if out else None, stamp(at - timedelta(days=3)), stamp(at),
                    number - 5 if number % 40 == 7 else None,
                ),
            )  # fmt: skip
            tx.run(
                "INSERT INTO placements(draft_id, network, page_id, published_at)"
                " VALUES (?, ?, ?, ?)",
                (
                    number + 1, networks[number % PAGES % 5].value, pages[number % PAGES],
                    stamp(at) if out else None,
                ),
            )  # fmt: skip
            for rule in ("q1", "q2"):
                tx.run(
                    "INSERT INTO answers(draft_id, rule, answer, who, at, text_hash)"
                    " VALUES (?, ?, 'yes', 'Ana Roy', ?, '')",
                    (number + 1, rule, stamp(at)),
                )
            if number % 10 == 0:
                tx.run(
                    "INSERT INTO overrides(draft_id, rule, severity, excerpt, reason, who, at,"
                    " entry) VALUES (?, 'r', 'error', 'mot', 'voulu ainsi', 'Ana Roy', ?, 1)",
                    (number + 1, stamp(at)),
                )
                tx.run(
                    "INSERT INTO approvals(draft_id, validator, requested_by, requested_at,"
                    " question, answer, answered_at)"
                    " VALUES (?, 'Luc', 'Ana', ?, '', 'approved', ?)",
                    (number + 1, stamp(at), stamp(at)),
                )
            if number % 2:
                tx.run(
                    "INSERT INTO incidents(case_id, text, captured_at, collector, method, entry)"
                    " VALUES (?, 'commentaire', ?, 'Ana Roy', 'manual', 1)",
                    (chance.choice(cases), stamp(at)),
                )
        for week in range(4 * 52):
            for page in pages:
                day = (first + timedelta(days=7 * week)).date().isoformat()
                tx.run("INSERT INTO followers VALUES (?, ?, ?)", (page, day, 1_000 + week))
    many = _entries(ENTRIES)
    while chunk := list(itertools.islice(many, 2_000)):
        with workspace.store.writing() as tx:
            for new in chunk:
                workspace.journal.append(tx, new)


def _entries(count: int) -> Iterator[NewEntry]:
    for number in range(count):
        yield NewEntry(
            EntryKind.INCIDENT if number % 2 else EntryKind.NOTE,
            "Ana Roy",
            case=f"CAS-2026-{number // 20 % 10_000:04}",
            values={"text": f"commentaire {number}"},
            at=NOW - timedelta(days=900) + timedelta(seconds=70 * number),
            offset=-300,
        )


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:24} {value:10.3f}")
