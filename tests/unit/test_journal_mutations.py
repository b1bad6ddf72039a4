"""Random damage to the file of a journal: each is found, or is outside what a journal promises.

`SCC_ADMIN_MUTATIONS=10000` runs the whole; the quick suite runs 300. Outside the promise are, and
are shown to be: bytes that hold no part of the journal (other tables, the index, unused space), and
what follows the newest checkpoint that somebody holds, where `covered` says so.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from journal_tools import SEED, Clock, signer, tamper
from sqlcipher3 import dbapi2

from scc_admin.errors import UserError
from scc_admin.journal import Journal, NewEntry, body, merkle
from scc_admin.model import EntryKind, Ground, JournalReport
from scc_admin.store import Store

pytestmark = pytest.mark.slow

COUNT = int(os.environ.get("SCC_ADMIN_MUTATIONS", "300"))
SIZE, HELD = 300, 280

Content = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Base:
    """A journal as it was, and what is known of it elsewhere."""

    path: Path
    key: bytes | None
    held: str
    content: Content


def over(store: Store) -> Journal:
    return Journal(store, clock=Clock(), app="scc_admin/test", signer=signer())


def content(path: Path, key: bytes | None) -> Content:
    """All that the journal is, as rows."""
    connection = dbapi2.connect(path)
    try:
        if key is not None:
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.text_factory = lambda held: held.decode(errors="surrogateescape")
        return {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
            for table in ("journal", "journal_values", "checkpoints")
        }
    finally:
        connection.close()


def as_bytes(held: Content) -> Content:
    """Where the damage is that bytes now count as text, or the reverse, they say the same."""
    return {
        table: [
            tuple(v.encode(errors="surrogateescape") if isinstance(v, str) else v for v in row)
            for row in rows
        ]
        for table, rows in held.items()
    }


@pytest.fixture(scope="module", params=[None, SEED], ids=["clear", "encrypted"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Base:
    path = tmp_path_factory.mktemp("base") / "workspace.db"
    with Store.create(path, request.param) as store:
        journal = over(store)

        def add(count: int) -> None:
            with store.writing() as tx:
                for number in range(count):
                    journal.append(
                        tx,
                        NewEntry(
                            EntryKind.NOTE,
                            "Admin",
                            case=f"CAS-2026-{number % 7:03}",
                            values={"text": f"Propos {number} à retenir", "url": "https://x.org"},
                        ),
                    )

        add(100)
        journal.checkpoint()
        with store.writing() as tx:
            journal.erase(tx, {3: None, 9: ["url"]}, ground=Ground.REQUEST, who="A", approver="B")
        add(HELD - 101)
        held = journal.checkpoint().note
        add(SIZE - HELD)
        journal.settle()
        assert journal.verify(held=[held]).ok
    return Base(path, request.param, held, content(path, request.param))


def verdict(path: Path, base: Base) -> JournalReport | None:
    """What a verification says; None when the file no longer opens or reads."""
    try:
        with Store.open(path, base.key, read_only=True) as store:
            return over(store).verify(held=[base.held])
    except (UserError, dbapi2.DatabaseError):
        return None


def changed_before(old: Content, new: Content) -> int:
    """The first entry of which something changed; 0 for a checkpoint."""
    if old["checkpoints"] != new["checkpoints"]:
        return 0
    rows = {*old["journal"], *old["journal_values"]} ^ {*new["journal"], *new["journal_values"]}
    return min(int(row[0]) for row in rows)  # type: ignore[call-overload]


# -- bytes ------------------------------------------------------------------------------------


def flip(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def flip_in_the_journal(data: bytearray, chance: random.Random) -> None:
    """A bit of a page that speaks of the journal, where a byte most likely matters."""
    pages = [
        start
        for start in range(0, len(data), 4_096)
        if b'"kind":"note"' in data[start : start + 4_096]
        or b"https://x.org" in data[start : start + 4_096]
    ]
    start = chance.choice(pages or [0])
    data[start + chance.randrange(4_096)] ^= 1 << chance.randrange(8)


def swap_pages(data: bytearray, chance: random.Random) -> None:
    first, second = (chance.randrange(len(data) // 4_096) * 4_096 for _ in range(2))
    page = data[first : first + 4_096]
    data[first : first + 4_096] = data[second : second + 4_096]
    data[second : second + 4_096] = page


def cut_the_file(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def blank(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    data[start : start + 512] = bytes(len(data[start : start + 512]))


BYTES = (flip, flip_in_the_journal, flip_in_the_journal, swap_pages, cut_the_file, blank)


def test_damaged_bytes_are_found_or_are_not_the_journals(base, tmp_path):
    chance = random.Random(11)
    path = tmp_path / "workspace.db"
    seen: Counter[str] = Counter()
    original = base.path.read_bytes()
    for number in range(COUNT // 4):
        change = BYTES[number % len(BYTES)]
        data = bytearray(original)
        change(data, chance)
        path.write_bytes(data)
        report = verdict(path, base)
        if report is None or not report.ok:
            seen["found"] += 1
            continue
        # Not found: then what the journal says must be what it said.
        now = content(path, base.key)
        assert as_bytes(now) == as_bytes(base.content), f"{change.__name__} {number}"
        seen["not the journal's"] += 1
    assert seen["found"] > COUNT // 16


# -- rows -------------------------------------------------------------------------------------

Statement = tuple[str, tuple[object, ...]]
NO_MARK: Statement = ("DELETE FROM settings WHERE key = 'journal.verified'", ())
"""Whoever forges a journal also forgets how far it was once verified."""


def bit(data: bytes, chance: random.Random) -> bytes:
    if not data:
        return b"\x00"
    changed = bytearray(data)
    changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def any_seq(chance: random.Random) -> int:
    return chance.randint(1, SIZE)


def a_bit_of_a_row(base: Base, chance: random.Random) -> list[Statement]:
    column = chance.choice(["body", "hash"])
    seq, text, hash_ = base.content["journal"][any_seq(chance) - 1]
    changed = bit(text if column == "body" else hash_, chance)  # type: ignore[arg-type]
    return [(f"UPDATE journal SET {column} = ? WHERE seq = ?", (changed, seq))]


def a_bit_of_a_value(base: Base, chance: random.Random) -> list[Statement]:
    rows = [row for row in base.content["journal_values"] if row[2] is not None]
    seq, name, value, salt = chance.choice(rows)
    if chance.random() < 0.5:
        changed: object = bit(salt, chance)  # type: ignore[arg-type]
        return [("UPDATE journal_values SET salt = ? WHERE seq = ? AND field = ?",
                 (changed, seq, name))]  # fmt: skip
    place = chance.randrange(len(value))  # type: ignore[arg-type]
    changed = value[:place] + "ż" + value[place + 1 :]  # type: ignore[index]
    return [("UPDATE journal_values SET value = ? WHERE seq = ? AND field = ?",
             (changed, seq, name))]  # fmt: skip


def a_row_gone(base: Base, chance: random.Random) -> list[Statement]:
    seq = any_seq(chance)
    return [
        ("DELETE FROM journal_values WHERE seq = ?", (seq,)),
        ("DELETE FROM journal WHERE seq = ?", (seq,)),
    ]


def a_value_gone(base: Base, chance: random.Random) -> list[Statement]:
    seq, name, *_ = chance.choice(base.content["journal_values"])
    return [("DELETE FROM journal_values WHERE seq = ? AND field = ?", (seq, name))]


def a_value_erased_on_the_sly(base: Base, chance: random.Random) -> list[Statement]:
    seq, name, *_ = chance.choice([r for r in base.content["journal_values"] if r[2] is not None])
    what = chance.choice(["value = NULL, salt = NULL", "value = NULL", "salt = NULL"])
    return [(f"UPDATE journal_values SET {what} WHERE seq = ? AND field = ?", (seq, name))]


def an_erasure_undone(base: Base, chance: random.Random) -> list[Statement]:
    return [("UPDATE journal_values SET value = 'x', salt = ? WHERE seq = 3", (SEED,))]


def two_entries_swapped(base: Base, chance: random.Random) -> list[Statement]:
    first, second = chance.sample(base.content["journal"], 2)
    return [
        ("UPDATE journal SET body = ?, hash = ? WHERE seq = ?", (second[1], second[2], first[0])),
        ("UPDATE journal SET body = ?, hash = ? WHERE seq = ?", (first[1], first[2], second[0])),
    ]


def two_values_swapped(base: Base, chance: random.Random) -> list[Statement]:
    rows = [row for row in base.content["journal_values"] if row[2] is not None]
    first, second = chance.sample(rows, 2)
    update = "UPDATE journal_values SET value = ?, salt = ? WHERE seq = ? AND field = ?"
    return [
        (update, (second[2], second[3], first[0], first[1])),
        (update, (first[2], first[3], second[0], second[1])),
    ]


def an_entry_put_in(base: Base, chance: random.Random) -> list[Statement]:
    return [("INSERT INTO journal VALUES (?, ?, ?)", (SIZE + 1, b"{}", body.digest(b"{}")))]


def a_value_put_in(base: Base, chance: random.Random) -> list[Statement]:
    seq = chance.choice([any_seq(chance), 0, -1, SIZE + 5])
    return [("INSERT INTO journal_values VALUES (?, 'zut', 'x', ?)", (seq, SEED))]


def the_tail_cut(base: Base, chance: random.Random) -> list[Statement]:
    seq = any_seq(chance)
    return [
        ("DELETE FROM journal_values WHERE seq > ?", (seq,)),
        ("DELETE FROM journal WHERE seq > ?", (seq,)),
        ("DELETE FROM checkpoints WHERE size > ?", (seq,)),
        NO_MARK,
    ]


def renumbered(base: Base, chance: random.Random) -> list[Statement]:
    return [("UPDATE journal SET seq = seq + 1000 WHERE seq >= ?", (any_seq(chance),))]


def a_checkpoint_changed(base: Base, chance: random.Random) -> list[Statement]:
    change = chance.choice(
        ["size = size - 1", "head = randomblob(32)", "root = randomblob(32)", "at = 'x'",
         "key = randomblob(32)", "note = note || 'x'", "note = replace(note, 'time', 'Time')",
         "id = id + 5"]
    )  # fmt: skip
    return [(f"UPDATE checkpoints SET {change} WHERE id = ?", (chance.randint(1, 2),))]


def a_guard_gone(base: Base, chance: random.Random) -> list[Statement]:
    # `tamper` puts the guards back that it took away: one that is changed there stays changed.
    return [
        ("CREATE TABLE decoy (seq)", ()),
        ("CREATE TRIGGER journal_is_not_cut BEFORE DELETE ON decoy BEGIN SELECT 1; END", ()),
    ]


def rewritten_from(base: Base, chance: random.Random) -> list[Statement]:
    """What a forger does who knows the format, holds the file's key, and not the signing key."""
    start = any_seq(chance)
    rows = base.content["journal"]
    prev = body.genesis(origin_of(base)) if start == 1 else rows[start - 2][2]
    done: list[Statement] = []
    for seq, text, _ in rows[start - 1 :]:
        held = json.loads(text)  # type: ignore[arg-type]
        held["prev"] = prev.hex()  # type: ignore[union-attr]
        if seq == start:
            held["who"] = "Un autre"
        forged = json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        prev = body.digest(forged.encode())
        done.append(("UPDATE journal SET body = ?, hash = ? WHERE seq = ?",
                     (forged.encode(), prev, seq)))  # fmt: skip
    return [
        *done,
        ("UPDATE journal_tree SET hash = ?", (forged_tile(base, done),)),
        ("DELETE FROM checkpoints WHERE size >= ?", (start,)),
        NO_MARK,
    ]


def origin_of(base: Base) -> str:
    with Store.open(base.path, base.key, read_only=True) as store:
        return over(store).origin


def forged_tile(base: Base, done: list[Statement]) -> bytes:
    hashes = {row[0]: row[2] for row in base.content["journal"]}
    hashes |= {parameters[2]: parameters[1] for sql, parameters in done if len(parameters) == 3}
    return merkle.complete([hashes[seq] for seq in range(1, 257)])  # type: ignore[misc]


ROWS = (
    a_bit_of_a_row,
    a_bit_of_a_value,
    a_row_gone,
    a_value_gone,
    a_value_erased_on_the_sly,
    an_erasure_undone,
    two_entries_swapped,
    two_values_swapped,
    an_entry_put_in,
    a_value_put_in,
    the_tail_cut,
    renumbered,
    a_checkpoint_changed,
    a_guard_gone,
    rewritten_from,
)


def test_changed_rows_are_found_or_lie_beyond_what_is_held(base, tmp_path):
    chance = random.Random(7)
    path = tmp_path / "workspace.db"
    outside: Counter[str] = Counter()
    for number in range(COUNT // 4):
        change = ROWS[number % len(ROWS)]
        shutil.copy(base.path, path)
        tamper(path, *change(base, chance), key=base.key)
        report = verdict(path, base)
        if report is None or not report.ok:
            continue
        # Not found: then it lies after what a checkpoint covers, and the report says so.
        name = f"{change.__name__} {number}"
        assert change in (the_tail_cut, rewritten_from, a_bit_of_a_row), name
        now = content(path, base.key)
        if now == base.content:
            continue  # the same bytes once more
        assert report.covered == HELD, name
        assert changed_before(base.content, now) > report.covered, name
        outside[change.__name__] += 1
    if COUNT >= 300:
        assert set(outside) == {"the_tail_cut", "rewritten_from"}
