"""The search index: made from the journal, never believed before it, made anew when in doubt."""

from __future__ import annotations

import contextlib
import json
from array import array
from collections.abc import Callable, Iterator, Sequence

from sqlcipher3 import dbapi2

from scc_admin import migrations
from scc_admin.errors import IntegrityError
from scc_admin.i18n import N_
from scc_admin.journal import words
from scc_admin.model import JournalProblem, JournalQuery, Progress
from scc_admin.store import Reading, Store, Writing, instant

EVERY = 32
"""The index takes entries in by so many at once: one by one they cost as much again as the entry
itself. Those that wait are searched as they stand."""
_AT_ONCE = 1_000
_REBUILD = N_(
    "The search index does not agree with the journal; nothing is lost. “Examine now”, in the"
    " settings under Backups, makes it anew."
)
_MAKES_IT = ("TABLE journal_words USING fts5", "INSERT INTO journal_words(journal_words")


def size(db: Reading) -> int:
    """The newest entry's sequence number."""
    return int(db.value("SELECT coalesce(max(seq), 0) FROM journal"))


def indexed(db: Reading) -> int:
    """The newest entry that the index knows."""
    return int(db.value("SELECT rowid FROM journal_words ORDER BY rowid DESC LIMIT 1") or 0)


def catch_up(tx: Writing) -> int:
    """Take waiting entries in, `_AT_ONCE` at most; how many were."""

    def take() -> int:
        start = indexed(tx)
        rows = columns(tx, start + 1, start + _AT_ONCE)
        tx.many("INSERT INTO journal_words (rowid, words, tags) VALUES (?, ?, ?)", rows)
        return len(rows)

    return _unless_damaged(tx, take)


def renew(tx: Writing, seq: int) -> None:
    """Bring the words of an entry up to the values that are left."""

    def update() -> int:
        held = columns(tx, seq, seq)
        tx.many("UPDATE journal_words SET words = ? WHERE rowid = ?", [(w, n) for n, w, _ in held])
        return len(held)

    _unless_damaged(tx, update)


def _unless_damaged(tx: Writing, change: Callable[[], int]) -> int:
    """A broken index must not keep anyone from recording or erasing: put an empty one there."""
    try:
        changed = change()
        # FTS5 writes when a savepoint begins; better here than while the transaction commits.
        tx.run("SAVEPOINT journal_words_written")
        tx.run("RELEASE journal_words_written")
    except dbapi2.DatabaseError as error:
        if not _damaged(error):
            raise
        _replace(tx)
        return 0
    return changed


def _damaged(error: dbapi2.DatabaseError) -> bool:
    return "malformed" in str(error) or "corrupt" in str(error)


def _replace(tx: Writing) -> None:
    tx.run("DROP TABLE journal_words")
    for step in migrations.STEPS:
        for statement in migrations.statements(step.sql):
            if any(part in statement for part in _MAKES_IT):
                tx.run(statement)


def columns(db: Reading, first: int, last: int) -> list[tuple[int, str, str]]:
    """(seq, words, tags) of entries as they now stand, oldest first."""
    values: dict[int, list[str]] = {}
    for row in db.all(
        "SELECT seq, value FROM journal_values"
        " WHERE seq BETWEEN ? AND ? AND value IS NOT NULL ORDER BY seq, field",
        (first, last),
    ):
        values.setdefault(row["seq"], []).append(row["value"])
    found = []
    public: tuple[str, ...]
    for row in db.all(
        "SELECT seq, body FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)
    ):
        try:
            held = json.loads(row["body"])
            public = (held["case"], held["who"], held["approver"], held["rule"])
            tags = words.tags(
                held["kind"], held["case"], held["who"], instant(held["at"]), held["offset"]
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            public, tags = (), ""  # damaged: what is left of it can still be found
        found.append((row["seq"], words.words((*public, *values.get(row["seq"], ()))), tags))
    return found


def search(
    db: Reading,
    query: JournalQuery,
    before: int | None,
    limit: int | None,
    progress: Callable[[Progress], None] | None = None,
) -> Sequence[int]:
    """Sequence numbers of what matches, newest first.

    `progress` is called with what was found so far, and may raise Cancelled. Raises
    IntegrityError for a damaged index.
    """
    wanted = words.Search.of(query)
    last = size(db) if before is None else min(before - 1, size(db))
    if not wanted:
        return range(last, 0 if limit is None else max(last - limit, 0), -1)
    with _readable():
        held = indexed(db)
        expression = wanted.expression(lambda token: _beginning_with(db, token))
    waiting = reversed(columns(db, held + 1, last))
    found = array("q", [seq for seq, *texts in waiting if wanted.holds(*texts)])
    if expression:
        with _readable(), contextlib.closing(db.connection.cursor()) as cursor:
            cursor.row_factory = None
            cursor.execute(
                "SELECT rowid FROM journal_words WHERE journal_words MATCH ? AND rowid <= ?"
                " ORDER BY rowid DESC LIMIT ?",
                (expression, last, -1 if limit is None else limit),
            )
            # By the thousand: as many tuples as there are entries would fill the memory.
            while rows := cursor.fetchmany(_AT_ONCE):
                found.extend(row[0] for row in rows)
                if progress is not None:
                    progress(Progress(len(found), None))
    return found if limit is None else found[:limit]


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    """Say of a damaged index that it is one."""
    try:
        yield
    except dbapi2.DatabaseError as error:
        if not _damaged(error):
            raise
        raise IntegrityError("index", _REBUILD) from error


def _beginning_with(db: Reading, token: str) -> list[str] | None:
    """The indexed words that begin so; None when there are more than `words.MAX_SPELT`."""
    found: list[str] = []
    after = token
    while len(found) <= words.MAX_SPELT:
        term = db.value("SELECT term FROM journal_vocabulary WHERE term >= ? LIMIT 1", (after,))
        if term is None or not term.startswith(token):
            return found
        found.append(term)
        after = term + "\x01"
    return None


def check(
    store: Store, progress: Callable[[Progress], None] | None = None
) -> tuple[JournalProblem, ...]:
    """Whether searches find what is there: no evidence is at stake, `rebuild` mends it."""
    try:
        with store.reading() as db:
            sound = _agrees(db, progress)
    except IntegrityError:
        sound = False
    if sound and not store.read_only:
        try:
            with store.writing() as tx:
                tx.run("INSERT INTO journal_words (journal_words) VALUES ('integrity-check')")
        except dbapi2.DatabaseError as error:
            if not _damaged(error):
                raise
            sound = False
    if sound:
        return ()
    return (
        JournalProblem(
            "index",
            None,
            _REBUILD,
        ),
    )


def _agrees(db: Reading, progress: Callable[[Progress], None] | None) -> bool:
    """Whether the index holds the words of each entry, but for those that wait."""
    last, held = size(db), indexed(db)
    sound = held <= last and last - held < EVERY
    for start in range(0, held, _AT_ONCE):
        stop = min(start + _AT_ONCE, held)
        rows = db.all(
            "SELECT rowid, words, tags FROM journal_words WHERE rowid > ? AND rowid <= ?"
            " ORDER BY rowid",
            (start, stop),
        )
        sound = sound and [tuple(row) for row in rows] == columns(db, start + 1, stop)
        if progress is not None:
            progress(Progress(stop, held))
    return sound


def rebuild(store: Store, progress: Callable[[Progress], None] | None = None) -> None:
    """Make the index anew. Searches stay right meanwhile, only slower."""
    with store.writing() as tx:
        _replace(tx)
    done = 0
    while True:
        with store.writing() as tx:
            taken, total = catch_up(tx), size(tx)
        done += taken
        if progress is not None:
            progress(Progress(done, total))
        if not taken:
            return
