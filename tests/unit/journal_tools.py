"""What tests of the journal share: a key, a clock, and a hand that knows its way around guards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlcipher3 import dbapi2

SEED = bytes(range(32))
START = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)


class Signer:
    """An administrator's key that lives as long as the test."""

    def __init__(self, seed: bytes = SEED) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


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
        for _, sql in guards:
            connection.execute(sql)
        connection.execute("COMMIT")
    finally:
        connection.close()
    return changed
