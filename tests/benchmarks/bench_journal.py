"""How fast the journal is, at a million entries, beside the least that the same work could cost.

Times are of one machine at one moment: look at the ratios. The journal takes five minutes to build;
`SCC_ADMIN_BENCH_ENTRIES` sets another size, and `SCC_ADMIN_BENCH_FOLDER` a folder in which it is
kept for the next time.
"""

from __future__ import annotations

import itertools
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scc_admin.journal import Journal, NewEntry
from scc_admin.model import EntryKind, JournalQuery
from scc_admin.store import Store
from tests.benchmarks.large import ENTRIES, entries

KEY = bytes(range(32))


class Signer:
    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(KEY)
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def quantile(times: list[float], part: float) -> float:
    return sorted(times)[min(int(len(times) * part), len(times) - 1)]


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        return _appending(Path(folder)) | _reading(Path(folder))


def _open(path: Path) -> tuple[Store, Journal]:
    store = Store.open(path, KEY) if path.exists() else Store.create(path, KEY)
    now = datetime(2026, 11, 16, tzinfo=UTC)
    return store, Journal(store, clock=lambda: now, app="scc_admin/bench", signer=Signer())


def _million(folder: Path) -> tuple[Path, float]:
    """The file of the large journal, and the seconds it took to build; 0 when it was kept."""
    place = Path(os.environ.get("SCC_ADMIN_BENCH_FOLDER", folder))
    path, partial = place / f"journal-{ENTRIES}.db", place / f"journal-{ENTRIES}.partial"
    if path.exists():
        return path, 0.0
    partial.unlink(missing_ok=True)
    store, journal = _open(partial)
    with store:
        many = entries(ENTRIES)
        built = timed(lambda: _fill(store, journal, many))
    return partial.rename(path), built


def _appending(folder: Path) -> dict[str, float]:
    """One entry, one transaction, beside one bare row in the same file."""
    store, journal = _open(folder / "append.db")
    body, hash_ = b"x" * 450, b"y" * 32
    bare, append = [], []
    with store:
        with store.writing() as tx:
            tx.run("CREATE TABLE bare (id INTEGER PRIMARY KEY, body BLOB, hash BLOB) STRICT")
        connection = store._writer

        def one_row() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO bare (body, hash) VALUES (?, ?)", (body, hash_))
            connection.execute("COMMIT")

        def one_entry(new: NewEntry) -> None:
            with store.writing() as tx:
                journal.append(tx, new)

        for new in entries(4_000):
            bare.append(timed(one_row))
            append.append(timed(lambda new=new: one_entry(new)))  # type: ignore[misc]
    return {
        "append_p50_ms": statistics.median(append) * 1e3,
        "append_p99_ms": quantile(append, 0.99) * 1e3,
        "append_p50_to_bare_insert": statistics.median(append) / statistics.median(bare),
    }


def _reading(folder: Path) -> dict[str, float]:
    path, built = _million(folder)
    store, journal = _open(path)
    with store:
        checkpoint = timed(journal.checkpoint)
        bare, whole = [], []
        for _ in range(3):
            bare.append(timed(lambda: _bare_loop(store)))
            whole.append(timed(lambda: _sound(journal)))
        searches = _searches(journal)
        filtered = JournalQuery(kinds=frozenset({EntryKind.INCIDENT}))
        chance = random.Random(2)
        jumps = []
        for _ in range(200):
            last = chance.randrange(64, ENTRIES)
            jumps.append(
                timed(lambda last=last: journal.page(range(last, last - 64, -1)))  # type: ignore[misc]
            )
        figures = {
            "build_s": built,
            "checkpoint_ms": checkpoint * 1e3,
            "verify_whole_s": min(whole),
            "verify_whole_to_bare_sha256": min(whole) / min(bare),
            "verify_since_ms": timed(lambda: journal.verify(whole=False)) * 1e3,
            "inclusion_proof_ms": timed(lambda: journal.inclusion_proof(ENTRIES // 3, ENTRIES))
            * 1e3,
            "search_p50_ms": statistics.median(searches) * 1e3,
            "search_p95_ms": quantile(searches, 0.95) * 1e3,
            "search_p99_ms": quantile(searches, 0.99) * 1e3,
            "ids_all_ms": timed(journal.ids) * 1e3,
            "ids_by_kind_ms": timed(lambda: journal.ids(filtered)) * 1e3,
            "page_of_64_p95_ms": quantile(jumps, 0.95) * 1e3,
        }
        return figures | _on_screen(folder, store)


def _on_screen(folder: Path, store: Store) -> dict[str, float]:
    """The same journal in its window: the table's first paint, jumps in it, and what held it."""
    from PySide6.QtWidgets import QApplication

    from scc_admin import keys
    from scc_admin.settings import Settings
    from scc_admin.workspace import Workspace
    from ui.moderation.journal import JournalPane
    from ui.tasks import Sweeper, Tasks, Watchdog
    from ui.theme import Theme
    from ui.window import Window

    keys.create(folder, keys.Kind.NONE)  # the store is open already; a workspace names a way in
    workspace = Workspace(
        folder,
        store,
        None,
        key=None,
        settings=Settings(folder / "settings.json", store),
        clock=lambda: datetime.now(UTC),
    )
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    tasks, sweeper, watchdog = Tasks(), Sweeper(), Watchdog(0.02)
    window = Window(workspace, Theme(app), tasks, workspace.clock)
    window.resize(1280, 800)
    window.show()

    def until(done: Callable[[], bool]) -> None:
        while not done():
            app.processEvents()
        app.processEvents()  # what has arrived is painted

    def painted(pane: JournalPane) -> bool:
        """Whether every row in view is one that was read."""
        table, model = pane.table, pane.model
        rows = range(table.rowAt(1), max(table.rowAt(table.viewport().height() - 2), 0) + 1)
        return bool(model.rowCount()) and all(model.row_at(row) is not None for row in rows)

    first, jumps, chance = [], [], random.Random(3)
    for _ in range(5):
        start = time.perf_counter()
        pane = JournalPane(window.shell)
        pane.resize(1000, 700)
        pane.show()
        pane.read()
        until(lambda pane=pane: painted(pane))  # type: ignore[misc]
        first.append(time.perf_counter() - start)
        until(lambda: tasks.idle)
        tasks.forget(pane)
        pane.deleteLater()
    window.go("moderation", "journal")
    until(lambda: tasks.idle)
    pane = window.current().journal  # type: ignore[union-attr]
    bar = pane.table.verticalScrollBar()
    watchdog.start()
    for _ in range(200):
        until(lambda: tasks.idle)
        start = time.perf_counter()
        bar.setValue(chance.randrange(bar.maximum()))
        until(lambda: painted(pane))
        jumps.append(time.perf_counter() - start)
    for number in range(pane.kinds.count()):
        pane.kinds.setCurrentIndex(number)
        until(lambda: tasks.idle)
    pane.show_all()
    for letter in "ba ci":
        pane.search.insert(letter)
        pane.search.returnPressed.emit()
        until(lambda: tasks.idle)
    pane.show_all()
    for step in range(20):
        window.resize(1024 + 10 * step, 640 + 5 * step)
        app.processEvents()
    until(lambda: tasks.idle)
    watchdog.stop()
    tasks.close()
    sweeper.stop()
    return {
        "table_first_paint_ms": statistics.median(first) * 1e3,
        "table_jump_p50_ms": statistics.median(jumps) * 1e3,
        "table_jump_p95_ms": quantile(jumps, 0.95) * 1e3,
        "screen_held_at_most_ms": max((f.busy for f in watchdog.freezes), default=0) * 1e3,
    }


def _fill(store: Store, journal: Journal, many: Iterator[NewEntry]) -> None:
    while chunk := list(itertools.islice(many, 1_000)):
        with store.writing() as tx:
            for new in chunk:
                journal.append(tx, new)


def _sound(journal: Journal) -> None:
    assert journal.verify().ok


def _bare_loop(store: Store) -> None:
    """Read the same rows, hash each once, look at nothing."""
    with store.reading() as db:
        cursor = db.connection.cursor()
        cursor.row_factory = None
        for _, body, _ in cursor.execute("SELECT seq, body, hash FROM journal ORDER BY seq"):
            sha256(body).digest()
        for _, _, value, _ in cursor.execute(
            "SELECT seq, field, value, salt FROM journal_values ORDER BY seq, field"
        ):
            sha256(value.encode()).digest()


def _searches(journal: Journal) -> list[float]:
    """The list and its count at each key while words of real entries are typed."""
    chance = random.Random(5)
    times = []
    for turn in range(60):
        entry = journal.entry(chance.randint(1, ENTRIES))
        assert entry is not None
        held = (entry.values["text"] or "").split()
        typed = " ".join(chance.sample(held, chance.randint(1, 3)))
        kinds = frozenset({EntryKind.NOTE}) if turn % 5 == 0 else frozenset()
        since = date(2024, 2, 1) if turn % 7 == 0 else None
        for end in range(1, len(typed) + 1):
            query = JournalQuery(text=typed[:end], kinds=kinds, since=since)
            times.append(timed(lambda query=query: journal.ids(query, limit=64)))  # type: ignore[misc]
    return times


if __name__ == "__main__":
    import json

    print(json.dumps(measure(), indent=2))
