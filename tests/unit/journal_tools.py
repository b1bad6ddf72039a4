"""What tests of the journal share: a key, a clock, and a hand that knows its way around guards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlcipher3 import dbapi2

from scc_admin.keys import Signer

SEED = bytes(range(32))
START = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)


def signer(seed: bytes = SEED) -> Signer:
    """An administrator's key."""
    return Signer(seed, "scc-admin/test")


class Clock:
    """A clock that goes on by a minute each time it is read."""

    def __init__(self, start: datetime = START) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def tamper(path: Path, *statements: str | tuple[str, tuple[object, ...]], key: bytes | None) -> int:
    """Do what somebody does who holds the key: take the guards away, change, put them back.

    Returns how many rows were changed.
    """
    connection = dbapi2.connect(path, isolation_level=None)
    try:
        if key is not None:
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("BEGIN IMMEDIATE")
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN"
            " ('journal', 'journal_values', 'checkpoints')"
        ).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        changed = 0
        for statement in statements:
            sql, parameters = (statement, ()) if isinstance(statement, str) else statement
            changed += max(connection.execute(sql, parameters).rowcount, 0)
        there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        for name, sql in guards:
            if name not in there:
                connection.execute(sql)
        connection.execute("COMMIT")
    finally:
        connection.close()
    return changed
