"""The one way to the database file: how it is opened, read and written.

SQLite comes from `sqlcipher3` alone; opening the same file with a second copy of SQLite loses the
locks of the first. One connection writes, under a lock, in `BEGIN IMMEDIATE` transactions; each
reading thread has a read-only connection of its own. `sqlite_utils` (imported on first use: 90 ms)
serves simple rows inside a transaction, plain SQL the rest.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlcipher3 import dbapi2

from scc_admin import migrations
from scc_admin.errors import Cancelled, IntegrityError, UserError
from scc_admin.i18n import N_

if TYPE_CHECKING:
    import sqlite_utils

Row = Any
"""A `sqlcipher3` row: indexable by position and by column name."""

BUSY_TIMEOUT_MS = 10_000
CACHE_KIB = 8_192
"""8 MiB a connection, of which half a dozen are open. At a million entries sixteen times as much
finds nothing faster (the system keeps the file's pages too), and would never be given back."""


def stamp(at: datetime) -> str:
    """An aware instant as stored: UTC, milliseconds, sortable as text.

    Raises ValueError for a naive one.
    """
    if at.tzinfo is None:
        raise ValueError("a naive datetime is not an instant")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(text: str) -> datetime:
    """The inverse of `stamp`."""
    return datetime.fromisoformat(text)


def instant_or_none(text: str | None) -> datetime | None:
    return None if text is None else instant(text)


def day(text: str) -> date:
    return date.fromisoformat(text)


def day_or_none(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


READS_END_WITHIN = 30.0
"""Seconds for which `Store.close` waits for another thread's block of reading."""


class Reading:
    """SQL on one connection. Rows come whole: an unread cursor would pin the WAL."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def _execute(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        """A cursor. Half of a broken emoji is no text, for SQLite either; it becomes U+FFFD."""
        try:
            return self.connection.execute(sql, parameters)
        except UnicodeEncodeError:
            from scc_admin.model import kept_text  # a window is there before the model is

            return self.connection.execute(
                sql, [kept_text(v) if isinstance(v, str) else v for v in parameters]
            )

    def all(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        return cast("list[Row]", self._execute(sql, parameters).fetchall())

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        return self._execute(sql, parameters).fetchone()

    def need(self, sql: str, parameters: Sequence[object] = ()) -> Row:
        """The one row that must be there. Raises UserError when it is gone meanwhile."""
        row = self._execute(sql, parameters).fetchone()
        if row is None:
            raise UserError("gone", N_("It is not there, or no longer; look at the list again."))
        return row

    def value(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        """The first column of the first row, or None when there is no row."""
        row = self._execute(sql, parameters).fetchone()
        return None if row is None else row[0]


class Writing(Reading):
    """An open `BEGIN IMMEDIATE` transaction."""

    _db: sqlite_utils.Database | None = None

    @property
    def db(self) -> sqlite_utils.Database:
        """The same connection through sqlite_utils, for simple rows."""
        if self._db is None:
            import sqlite_utils

            # Plug-ins of a user's own sqlite-utils have no business in this database.
            self._db = sqlite_utils.Database(
                self.connection, recursive_triggers=False, execute_plugins=False
            )
        return self._db

    def run(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Execute a statement; the number of rows it changed."""
        return int(self._execute(sql, parameters).rowcount)

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        self.connection.executemany(sql, rows)

    def insert(self, table: str, **values: object) -> int:
        """Insert one row; its rowid. Table and columns are our own names, never the user's."""
        columns = ", ".join(values)
        marks = ", ".join("?" * len(values))
        cursor = self._execute(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})",
            tuple(values.values()),
        )
        return int(cursor.lastrowid)

    def update(self, table: str, row_id: int, **values: object) -> int:
        """Set columns of the row with this id; the number of rows changed (0 or 1)."""
        pairs = ", ".join(f"{column} = ?" for column in values)
        return self.run(
            f"UPDATE {table} SET {pairs} WHERE id = ?",
            (*values.values(), row_id),
        )


class _Reader:
    """One thread's connection for reading. `lock` is held while it is in use: SQLite answers a
    connection closed in the middle of a query by ending the program."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.lock = threading.RLock()

    def close(self) -> None:
        """Close it; one that is in use for ever stays open until the program ends."""
        if self.lock.acquire(timeout=READS_END_WITHIN):
            try:
                self.connection.close()
            finally:
                self.lock.release()


class Store:
    """An open database file.

    `open` and `create` are the ways in; `close` (or `with`) the way out. Safe to share between
    threads, and to close under them: writers queue on a lock, readers do not wait.
    """

    def __init__(self, path: Path, key: bytes | None, writer: Any, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self._key = key
        self._writer = writer
        self._lock = threading.RLock()
        self._local = threading.local()
        self._readers: list[_Reader] = []
        self._readers_lock = threading.Lock()
        self._closed = False
        self._in_transaction = False
        self._stand_ins: list[str] = []
        """What a file that is only read lacks, as temporary views."""

    # -- opening ------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: Path, key: bytes | None) -> Store:
        """Make a new file with the current schema.

        `key` is 32 raw bytes, or None for a file in clear. Raises UserError when the file exists
        or the folder cannot be written.
        """
        if path.exists():
            raise UserError(
                "exists", N_("There is already a workspace in {folder}."), folder=path.parent
            )
        _reserve(path)
        store = cls(path, key, _connect(path, key, read_only=False), read_only=False)
        try:
            store._apply(migrations.STEPS, 0)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def open(
        cls,
        path: Path,
        key: bytes | None,
        *,
        read_only: bool = False,
        before_migration: Callable[[Store], object] | None = None,
    ) -> Store:
        """Open a file, bringing its schema up to date.

        `before_migration` is called with the still unchanged store when steps are pending (the
        workspace makes a backup there). Raises UserError: missing, wrong key or not a database,
        foreign, newer, damaged, not writable.
        """
        if not path.exists():
            raise UserError("missing", N_("There is no workspace in {folder}."), folder=path.parent)
        store = cls(path, key, _connect(path, key, read_only=read_only), read_only)
        try:
            version = store._identify()
            if version < len(migrations.STEPS) and not read_only:
                if before_migration is not None:
                    before_migration(store)
                store._apply(migrations.STEPS[version:], version)
            store._stand_ins = [
                statement
                for step in migrations.STEPS[version if read_only else len(migrations.STEPS) :]
                for statement in migrations.statements(step.stand_in)
            ]
            for reader in store._readers:
                _stand_in(reader.connection, store._stand_ins)
        except BaseException:
            store.close()
            raise
        return store

    def _identify(self) -> int:
        with self.reading() as db:
            application = db.value("PRAGMA application_id")
            version = int(db.value("PRAGMA user_version"))
        if application != migrations.APPLICATION_ID:
            raise UserError("foreign", N_("{path} was not made by this program."), path=self.path)
        if version > len(migrations.STEPS):
            raise UserError(
                "newer",
                N_(
                    "This workspace was made by a newer version of the program. It was left as it"
                    " is; install the newer version to open it."
                ),
            )
        return version

    def _apply(self, steps: Sequence[migrations.Step], applied: int) -> None:
        for number, step in enumerate(steps, start=applied + 1):
            with self.writing() as tx:
                for statement in migrations.statements(step.sql):
                    tx.run(statement)
                tx.run(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
                tx.run(f"PRAGMA user_version = {number}")

    # -- reading and writing ------------------------------------------------------------------

    @contextlib.contextmanager
    def writing(self) -> Iterator[Writing]:
        """A transaction: committed when the block ends, undone when it raises.

        Nested blocks of the same thread join the outer transaction. Raises UserError for a full
        or read-only disk, and lets anything else through.
        """
        with self._lock:
            if self._in_transaction:
                yield Writing(self._writer)
                return
            self._must_be_open()
            with _explained(self.path):
                self._writer.execute("BEGIN IMMEDIATE")
                self._in_transaction = True
                try:
                    yield Writing(self._writer)
                except BaseException:
                    if self._writer.in_transaction:
                        self._writer.execute("ROLLBACK")
                    raise
                finally:
                    self._in_transaction = False
                try:
                    self._writer.execute("COMMIT")
                except BaseException:
                    if self._writer.in_transaction:
                        self._writer.execute("ROLLBACK")
                    raise

    @contextlib.contextmanager
    def reading(self) -> Iterator[Reading]:
        """A consistent view: every query in the block sees the same state of the file.

        Inside this thread's own `writing` block it sees that transaction.
        """
        if self._lock._is_owned() and self._in_transaction:  # type: ignore[attr-defined]
            with _explained(self.path):
                yield Reading(self._writer)
            return
        self._must_be_open()
        reader = self._reader()
        with reader.lock:
            self._must_be_open()
            connection = reader.connection
            nested = connection.in_transaction
            with _explained(self.path):
                if not nested:
                    connection.execute("BEGIN")
                try:
                    yield Reading(connection)
                finally:
                    if not nested and connection.in_transaction:
                        connection.execute("COMMIT")

    def _reader(self) -> _Reader:
        """This thread's own."""
        reader: _Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            connection = _connect(self.path, self._key, read_only=True)
            _stand_in(connection, self._stand_ins)
            reader = self._local.reader = _Reader(connection)
            with self._readers_lock:
                self._readers.append(reader)
                closed = self._closed
            if closed:
                reader.close()
        return reader

    def _must_be_open(self) -> None:
        if self._closed:
            raise UserError("closed", N_("The workspace is closed."))

    # -- upkeep -------------------------------------------------------------------------------

    def backup(self, target: Path, progress: Callable[[int, int], None] | None = None) -> None:
        """Write a verified copy, under the same key, while work goes on.

        The copy appears under its name only once its integrity check has passed. `progress` is
        called with (pages done, pages in all) and may raise Cancelled. Raises UserError.
        """
        partial = target.with_name(target.name + ".partial")
        partial.unlink(missing_ok=True)
        try:
            with _explained(target):
                source = _connect(self.path, self._key, read_only=True)
                _reserve(partial)
                copy = _connect(partial, self._key, read_only=False, durable=False)
                try:

                    def report(_status: int, remaining: int, total: int) -> None:
                        if progress is not None:
                            progress(total - remaining, total)

                    source.backup(copy, pages=1024, progress=report, sleep=0)
                    copy.execute("PRAGMA journal_mode = DELETE")
                    verdict = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
                finally:
                    copy.close()
                    source.close()
            if verdict != "ok":
                raise IntegrityError(
                    "backup", N_("The copy could not be verified and was not kept.")
                )
            _sync(partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)

    def encrypt_copy(self, source: Path, target: Path) -> None:
        """Write an encrypted copy, under this file's key, of another database in clear."""
        assert self._key is not None
        encrypt_copy(source, target, self._key)

    def problems(self) -> list[str]:
        """What SQLite and its full-text indexes find wrong with the file; empty when sound.

        A damaged index may name a size that no computer has, and SQLite then want for memory.
        """
        self._must_be_open()
        found = []
        # On a connection of its own: FTS5 compares what one connection remembers of an index with
        # what others have made of it since, and finds a sound one corrupt.
        connection = _connect(self.path, self._key, read_only=True)
        try:
            with _explained(self.path):
                db = Reading(connection)
                try:
                    rows = db.all("PRAGMA integrity_check(20)")
                    found += [row[0] for row in rows if row[0] != "ok"]
                except MemoryError:
                    found.append("integrity_check: out of memory")
                found += [
                    f"foreign key: {row[0]} row {row[1]} → {row[2]}"
                    for row in db.all("PRAGMA foreign_key_check")
                ]
        finally:
            connection.close()
        if not self.read_only:
            for table in self.full_text_tables():
                with self.writing() as tx:
                    try:
                        tx.run(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
                    except (dbapi2.DatabaseError, MemoryError) as error:
                        found.append(f"{table}: {error}")
        return found

    def full_text_tables(self) -> list[str]:
        with self.reading() as db:
            return [
                row[0]
                for row in db.all(
                    "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5(%'"
                    " ORDER BY name"
                )
            ]

    def rebuild_full_text(self) -> None:
        """Heal the full-text indexes from the tables that they index."""
        for table in self.full_text_tables():
            with self.writing() as tx:
                tx.run(f"INSERT INTO {table}({table}) VALUES ('rebuild')")

    def forget_traces(self) -> None:
        """Leave no byte of deleted values behind in file or WAL.

        Raises UserError while another thread or program still reads an older state of the file.
        """
        for table in self.full_text_tables():
            with self.writing() as tx:
                tx.run(f"INSERT INTO {table}({table}) VALUES ('optimize')")
        with self._lock:
            self._must_be_open()
            with _explained(self.path):
                self._writer.execute("VACUUM")
                busy = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise UserError(
                "traces",
                N_(
                    "Erased values may still stand in the file, because something is reading it."
                    " Let it finish, then try again."
                ),
            )

    def close(self) -> None:
        """Close every connection. Closing twice is harmless.

        Blocks of reading and writing under way in other threads end first; one that would begin
        from now on raises UserError.
        """
        with self._readers_lock:
            if self._closed:
                return
            self._closed = True
            readers = list(self._readers)
            self._readers.clear()
        # Not under the writers' lock: one who reads may be about to ask for it.
        for reader in readers:
            reader.close()
        with self._lock:
            self._writer.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _reserve(path: Path) -> None:
    """Make the empty file that SQLite fills, for the eyes of its owner alone; what SQLite puts
    beside it gets the same rights. What refuses this refuses SQLite, which says why."""
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def in_clear(path: Path) -> bool:
    """Whether a file is a database that anybody can read."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except FileNotFoundError:
        return False


_MAGIC = b"SQLite format 3\0"
"""https://sqlite.org/fileformat.html: an encrypted file begins with its random salt."""


def encrypt_copy(source: Path, target: Path, key: bytes) -> None:
    """Write an encrypted copy of a database in clear that nobody has open.

    The copy appears under its name only once each of its rows was read again and compared. What a
    write-ahead log holds is first brought into `source`. Raises UserError (disk), IntegrityError
    (the source is damaged, or the copy differs); the source then stays as it was.
    """
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        with _explained(source):
            connection = _connect(source, None, read_only=False, durable=False)
            _reserve(partial)
            try:
                connection.execute(
                    f"ATTACH DATABASE ? AS sealed KEY \"x'{key.hex()}'\"", (str(partial),)
                )
                connection.execute("PRAGMA sealed.journal_mode = OFF")
                connection.execute("PRAGMA sealed.synchronous = OFF")  # until all is there
                connection.execute("SELECT sqlcipher_export('sealed')")
                for mark in ("application_id", "user_version"):
                    (value,) = connection.execute(f"PRAGMA main.{mark}").fetchone()
                    connection.execute(f"PRAGMA sealed.{mark} = {int(value)}")
                same = _same(connection)
            finally:
                connection.close()
            if same:
                copy = _connect(partial, key, read_only=True)
                try:
                    same = copy.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
                finally:
                    copy.close()
        if not same:
            raise IntegrityError("backup", N_("The copy could not be verified and was not kept."))
        _sync(partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _same(connection: Any) -> bool:
    """Whether the schema and each row of `main` stand in `sealed`, under the same numbers."""

    def rows(sql: str) -> Iterator[bool]:
        one, other = (connection.execute(sql.format(of)) for of in ("main", "sealed"))
        return (tuple(a) == tuple(b) for a, b in itertools.zip_longest(one, other, fillvalue=()))

    master = "SELECT type, name, tbl_name, sql FROM {}.sqlite_master ORDER BY type, name"
    if not all(rows(master)):
        return False
    tables = connection.execute(
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main'"
        " AND type IN ('table', 'shadow') AND name NOT IN ('sqlite_schema', 'sqlite_temp_schema')"
    ).fetchall()
    return all(
        all(rows(f'SELECT {"" if keyed else "rowid, "}* FROM {{}}."{name}" ORDER BY 1'))
        for name, keyed in tables
    )


def _connect(path: Path, key: bytes | None, *, read_only: bool, durable: bool = True) -> Any:
    """A configured connection, proven able to read its file.

    Raises UserError when it is not.
    """
    with _explained(path):
        mode = "ro" if read_only else "rwc"
        connection = dbapi2.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT_MS / 1000,
        )
        try:
            if key is not None:
                connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            connection.row_factory = dbapi2.Row
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if read_only:
                connection.execute("PRAGMA query_only = ON")
            else:
                connection.execute("PRAGMA secure_delete = ON")
                if durable:
                    connection.execute("PRAGMA journal_mode = WAL")
                    connection.execute("PRAGMA synchronous = FULL")
                else:
                    connection.execute("PRAGMA journal_mode = DELETE")
        except UnicodeDecodeError as error:
            connection.close()
            # SQLite's own sentence quotes a damaged schema, and could not be read.
            raise dbapi2.DatabaseError("malformed database schema") from error
        except BaseException:
            connection.close()
            raise
    return connection


def _stand_in(connection: Any, views: Sequence[str]) -> None:
    """Make temporary views, which leave the file as it is, on a connection that only reads."""
    if views:
        connection.execute("PRAGMA query_only = OFF")
        for view in views:
            connection.execute(view)
        connection.execute("PRAGMA query_only = ON")


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn SQLite's failures into sentences; those that are our own bugs stay as they are."""
    try:
        yield
    except dbapi2.DatabaseError as error:
        code = getattr(error, "sqlite_errorname", "") or ""
        text = str(error).lower()
        if "not a database" in text:
            raise UserError(
                "wrong_key",
                N_(
                    "The key does not open this workspace, or its file is damaged. Check the"
                    " passphrase or recovery code; your backups open with the same key."
                ),
            ) from error
        if (
            "malformed" in text
            or "disk image" in text
            or "decode" in text
            or code.startswith("SQLITE_CORRUPT")
        ):
            raise IntegrityError(
                "damaged",
                N_(
                    "The file {path} is damaged. Close the program, then restore the newest"
                    " backup; nothing was written over it."
                ),
                path=path,
            ) from error
        if "full" in text or ("disk i/o" in text and _is_full(path)):
            raise UserError(
                "disk_full",
                N_("The disk is full. Free some space, then try again; nothing was lost."),
            ) from error
        if "readonly" in text or "unable to open" in text or "authorized" in text:
            raise UserError(
                "read_only",
                N_("{path} cannot be written. Choose a folder of your own, on this computer."),
                path=path,
            ) from error
        if "locked" in text or "busy" in text:
            raise UserError(
                "locked",
                N_("Another program holds {path}. Close it, then try again."),
                path=path,
            ) from error
        if "disk i/o" in text:
            raise UserError(
                "disk_error",
                N_("The disk did not answer as it should. Check it, then try again."),
            ) from error
        raise
    except Cancelled:
        raise


_WORKING_ROOM = 1 << 20
"""Bytes that SQLite wants beside a file even to read it: the index of its write-ahead log."""


def _is_full(path: Path) -> bool:
    """Whether the disk of a file is full, which SQLite may call any other failure of it."""
    import shutil

    try:
        return shutil.disk_usage(path.parent).free < _WORKING_ROOM
    except OSError:
        return False


def _sync(path: Path) -> None:
    import os

    with path.open("rb") as file:
        os.fsync(file.fileno())
