"""A month of 2,000 entries: opened, turned, and an entry moved, until it is drawn.

Reading (in a worker), laying out and drawing follow each other: their processor times are added up,
so that a busy machine proves nothing and an idle one waits about as long. What else a worker may do
meanwhile is not part of it. The floor is a bare fetch of the same rows.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ENTRIES = 2_000
ROUNDS = 15
NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


def measure() -> dict[str, float]:
    """Milliseconds: to open the month, to turn to it again and to move an entry (medians)."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    import ui.calendar  # noqa: F401 - the program is loaded, the screen is not yet made
    from scc_admin.keys import Kind
    from scc_admin.workspace import Workspace
    from ui.tasks import Tasks
    from ui.theme import Scheme, Theme
    from ui.window import Window

    app = QApplication.instance() or QApplication([])
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        created = Workspace.create(
            folder / "w",
            protection=Kind.NONE,
            name="Ana Roy",
            clock=lambda: NOW,
            settings_file=folder / "settings.json",
        )
        with created.workspace as workspace:
            _fill(workspace)
            tasks = Tasks()
            window = Window(workspace, Theme(app, Scheme.LIGHT), tasks, workspace.clock)
            window.resize(1280, 800)
            window.show()
            app.processEvents()

            spent = [0.0]

            def timed(read):
                def timed_read(*arguments, **options):
                    start = time.thread_time()
                    try:
                        return read(*arguments, **options)
                    finally:
                        spent[0] += time.thread_time() - start

                return timed_read

            workspace.calendar = timed(workspace.calendar)

            def until(act, ready) -> float:
                """Milliseconds of an act until what it shows is drawn."""
                spent[0] = 0.0
                start = time.thread_time()
                act()
                while not ready():
                    app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
                app.processEvents()
                return 1000 * (time.thread_time() - start + spent[0])

            def rest() -> None:
                app.processEvents()
                while not tasks.idle:
                    app.processEvents()
                    time.sleep(0.001)

            window.go("today")  # as it starts
            rest()
            figures["calendar_open_ms"] = until(
                lambda: window.go("calendar"), lambda: window.current().month.plan is not None
            )
            rest()
            calendar = window.current()
            today, opened = NOW.date(), []
            for _ in range(ROUNDS):
                calendar.go_to(today + timedelta(days=60))
                rest()
                opened.append(
                    until(
                        lambda: calendar.go_to(today),
                        lambda: calendar.month.plan.month.month == 11 and bool(calendar.shown()),
                    )
                )
                rest()
            figures["calendar_turn_ms"] = statistics.median(opened)
            moves = []
            for number in range(ROUNDS * 2):
                item = next(i for i in calendar.shown() if i.movable)
                calendar.go_to(item.day)
                moves.append(
                    until(
                        lambda i=item, by=1 if number % 2 else -1: calendar.move_by(i, by),
                        lambda: True,
                    )
                )
                rest()
            figures["calendar_move_ms"] = statistics.median(moves)
            figures["floor_ms"] = statistics.median(_floor(workspace) for _ in range(ROUNDS))
            figures["calendar_open_ratio"] = figures["calendar_open_ms"] / figures["floor_ms"]
            window._closing = True
            window.close()
            tasks.close()
    return {name: round(value, 2) for name, value in figures.items()}


def _floor(workspace) -> float:
    start = time.thread_time()
    with workspace.store.reading() as db:
        db.all("SELECT * FROM drafts ORDER BY planned_at")
    return 1000 * (time.thread_time() - start)


def _fill(workspace) -> None:
    from scc_admin.editorial import CampaignInput, PageInput
    from scc_admin.model import Network
    from scc_admin.store import stamp

    networks = list(Network)
    pages = [
        workspace.editorial.add_page(
            PageInput(f"Page {n}", networks[n % 4], region=f"Région {n % 5}")
        )
        for n in range(12)
    ]
    campaigns = [
        workspace.editorial.add_campaign(
            CampaignInput(
                f"Campagne {n}",
                NOW.date() - timedelta(days=20 - 3 * n),
                NOW.date() + timedelta(days=4 * n),
            )
        )
        for n in range(4)
    ]
    states = ("draft", "to_validate", "ready", "published")
    first = datetime(2026, 11, 1, 13, 0, tzinfo=UTC)
    with workspace.store.writing() as tx:
        for number in range(ENTRIES):
            at = stamp(first + timedelta(minutes=21 * number))
            state = states[number % 4]
            draft = tx.insert(
                "drafts",
                uid=str(uuid.uuid4()),
                title=f"Publication numéro {number}",
                kind="post",
                state=state,
                author="Ana Roy",
                campaign_id=campaigns[number % 4],
                planned_at=at,
                published_at=at if state == "published" else None,
                created_at=at,
                updated_at=at,
            )
            tx.insert(
                "placements",
                draft_id=draft,
                network=networks[number % 12 % 4].value,
                page_id=pages[number % 12],
                published_at=at if state == "published" else None,
            )
            text = f"Bonjour à toutes les équipes, voici la nouvelle numéro {number} de la semaine."
            variant = tx.insert(
                "variants",
                draft_id=draft,
                target="facebook",
                language="fr",
                text=text,
                updated_at=at,
            )
            tx.insert(
                "known_posts",
                variant_id=variant,
                origin="draft",
                page="Page",
                title="",
                language="fr",
                day=at[:10],
                text=text,
                norm=text.casefold(),
            )
