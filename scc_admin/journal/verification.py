"""Reading the journal again, to say whether it still is what was recorded.

The fast path compares whole blocks of entries with what they must contain; only an entry that does
not fit is taken apart, to say what is wrong with it.
"""

from __future__ import annotations

import json
from binascii import hexlify
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, repeat
from typing import Any

from scc_admin import migrations
from scc_admin.errors import IntegrityError
from scc_admin.i18n import N_
from scc_admin.journal import body, merkle, notes
from scc_admin.model import ErasedField, JournalProblem, JournalReport, Progress
from scc_admin.store import Reading, stamp

LISTED = 200
"""Problems that a report lists; the others are only counted."""
_BLOCK = 1_024
_AT_ONCE = 1 << 26
"""Bytes of values read in one go."""
_SEPARATOR = b"\x1e"  # canonical JSON never holds it
_TILE_SIZE = 1 << merkle.TILE


@dataclass(frozen=True, slots=True)
class Mark:
    """How far an earlier verification came. It is no proof: whoever can change the file can change
    the mark, which is why the whole journal can be verified at any time."""

    size: int
    hash: bytes
    checkpoint: int
    covered: int

    def to_json(self) -> str:
        return json.dumps(
            {
                "size": self.size,
                "hash": self.hash.hex(),
                "checkpoint": self.checkpoint,
                "covered": self.covered,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Mark | None:
        """None for a text that is no mark."""
        try:
            held = json.loads(text)
            size, checkpoint, covered = (int(held[k]) for k in ("size", "checkpoint", "covered"))
            if not (0 < size < 1 << 62 and 0 <= checkpoint < 1 << 62 and 0 <= covered <= size):
                return None
            return cls(size, bytes.fromhex(held["hash"]), checkpoint, covered)
        except (ValueError, KeyError, TypeError):
            return None


def verify(
    db: Reading,
    origin: str,
    *,
    mark: Mark | None,
    whole: bool,
    trusted: Collection[bytes],
    held: Sequence[str] = (),
    progress: Callable[[Progress], None] | None = None,
) -> tuple[JournalReport, Mark]:
    """Verify everything, or only what follows `mark`, in one consistent view of the file.

    What the mark saw must still be there in both cases. `trusted` are the public keys whose
    checkpoints count, `held` are notes kept elsewhere.
    """
    run = _Run(db, origin, mark, whole, frozenset(trusted), progress)
    run.guards()
    run.entries()
    run.erasures()
    run.tree()
    run.checkpoints(held)
    return run.report()


class _Run:
    def __init__(
        self,
        db: Reading,
        origin: str,
        mark: Mark | None,
        whole: bool,
        trusted: frozenset[bytes],
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self.db = db
        self.origin = origin
        self.trusted = trusted
        self.progress = progress
        self.size = int(db.value("SELECT coalesce(max(seq), 0) FROM journal"))
        self.problems: list[JournalProblem] = []
        self.problem_count = 0
        self.gone: dict[tuple[int, str], None] = {}
        """Values that are no longer there, in order."""
        self.named: dict[tuple[int, str], int] = {}
        """Values that an erasure says it erased, with its sequence number."""
        self.whole_until = self.size
        """Entries before the first missing one: beyond it no root can be computed."""
        self.tiles: list[bytes] = []
        self.covered = 0
        self.held = 0
        self.good = 0
        self.last_checkpoint = 0
        self.start, self.head = 0, body.genesis(origin)
        self.other = self.head
        """The computed hash of the entry before, where `head` is the stored one."""
        self.seen_checkpoints = 0 if mark is None else mark.checkpoint
        if mark is not None and self._still_there(mark) and not whole:
            self.start, self.head = mark.size, mark.hash
            self.covered, self.last_checkpoint = mark.covered, mark.checkpoint
        self.since = self.start + 1

    def problem(self, code: str, seq: int | None, message: str, **params: object) -> None:
        self.problem_count += 1
        if len(self.problems) < LISTED:
            if seq is not None:
                params["seq"] = seq
            self.problems.append(JournalProblem(code, seq, message, params))

    def _still_there(self, mark: Mark) -> bool:
        row = self.db.one("SELECT body FROM journal WHERE seq = ?", (mark.size,))
        if mark.size > self.size:
            self.problem(
                "cut_since",
                None,
                N_("The last verification saw {seen} entries; now there are {size}."),
                seen=mark.size,
                size=self.size,
            )
        elif row is None or body.digest(_bytes(row["body"])) != mark.hash:
            self.problem(
                "changed_since",
                mark.size,
                N_("Entry {seq} is no longer the one that the last verification saw."),
            )
        else:
            return True
        return False

    # -- the guards ---------------------------------------------------------------------------

    def guards(self) -> None:
        """The triggers that refuse changes must stand there as they were written."""
        found = {
            row["name"]: _squeezed(row["sql"])
            for row in self.db.all("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        }
        for name, sql in _guards().items():
            if found.get(name) != sql:
                self.problem(
                    "guard",
                    None,
                    N_("The guard “{name}” was taken away or changed."),
                    name=name,
                )

    # -- the entries --------------------------------------------------------------------------

    def entries(self) -> None:
        """Bodies, chain, commitments, and the tree's leaves."""
        kept = self.start // _TILE_SIZE
        self.tiles = self._kept(merkle.TILE, 0, kept)
        leaves = self._leaves(kept * _TILE_SIZE, self.start)
        before = self.start
        while before < self.size:
            last = min(before + _BLOCK, self.size)
            digests = self._block(before, last) or self._examine(before, last)
            leaves += digests
            while len(leaves) >= _TILE_SIZE:
                self.tiles.append(merkle.complete(leaves[:_TILE_SIZE]))
                del leaves[:_TILE_SIZE]
            if not digests:  # a number was damaged, and the next one may be very far
                after = self.db.value("SELECT min(seq) FROM journal WHERE seq > ?", (last,))
                after = self.size + 1 if after is None else after
                if after > last + 1:
                    self._missing(last + 1, after - 1)
                last = after - 1
            before = last
            if self.progress is not None:
                self.progress(Progress(last - self.start, self.size - self.start))
        for row in self._rows("SELECT seq FROM journal WHERE seq < 1 LIMIT ?", (LISTED,)):
            self.problem("stray", row[0], N_("There is an entry {seq}, before the first one."))
        # Two searches of the key; joined by OR they would read every value.
        for row in self._rows(
            "SELECT seq FROM journal_values WHERE seq < 1"
            " UNION SELECT seq FROM journal_values WHERE seq > ? LIMIT ?",
            (self.size, LISTED),
        ):
            self._stray(row[0])

    def _block(self, before: int, last: int) -> list[bytes] | None:
        """The hashes of consecutive entries that are as their places demand; None when something
        there is not. Whole columns come as one value each: row by row costs twice as much."""
        rows, joined, stored = self._rows(
            "SELECT group_concat(seq, ','),"
            " CAST(group_concat(CAST(body AS TEXT), char(30)) AS BLOB),"
            " CAST(group_concat(CAST(hash AS TEXT), '') AS BLOB)"
            " FROM journal WHERE seq > ? AND seq <= ?",
            (before, last),
        )[0]
        bodies = joined.split(_SEPARATOR) if joined else []
        expected = ",".join(map(str, range(before + 1, last + 1)))
        if rows != expected or len(bodies) != last - before:
            return None
        tag = body.TAG
        digests = [sha256(tag + text).digest() for text in bodies]
        if b"".join(digests) != stored:
            return None
        # In canonical JSON a quote inside a string is escaped, and `prev` and `seq` stand after all
        # that is nested: no text can feign them.
        prevs = [text[(at := text.rfind(b'"prev":"') + 8) : at + 64] for text in bodies]
        numbers = [
            text[(at := text.rfind(b',"seq":') + 7) : text.find(b",", at)] for text in bodies
        ]
        if b"".join(prevs) != hexlify(b"".join((self.head, *digests[:-1]))):
            return None
        if b",".join(numbers) != expected.encode():
            return None
        if not self._opens(before, last, bodies):
            for seq, text in enumerate(bodies, start=before + 1):
                self._values(seq, text)
        if b'"erases":{' in joined:
            for seq, text in enumerate(bodies, start=before + 1):
                self._erasure(seq, text)
        self.head = self.other = digests[-1]
        return digests

    def _opens(self, before: int, last: int, bodies: Sequence[bytes]) -> bool:
        """Whether the values are there, all of them, and are those that the bodies commit to."""
        span = (before, last)
        size = self.db.value(
            "SELECT total(octet_length(value)) FROM journal_values WHERE seq > ? AND seq <= ?", span
        )
        if size > _AT_ONCE:
            return False
        owners, fields, joined, salts = self._rows(
            "SELECT group_concat(seq, ' '), CAST(group_concat(field, ' ') AS BLOB),"
            " CAST(group_concat(value, char(30)) AS BLOB),"
            " CAST(group_concat(CAST(salt AS TEXT), '') AS BLOB)"
            " FROM journal_values WHERE seq > ? AND seq <= ? AND value IS NOT NULL",
            span,
        )[0]
        commits = [
            text[(at := text.find(b'"commit":{') + 10) : text.find(b"}", at)] for text in bodies
        ]
        if owners is None or fields is None:
            return not any(commits)
        # Neither field names nor hex digits hold a colon: there is one for each value.
        counts = [commit.count(b":") for commit in commits]
        expected = chain.from_iterable(map(repeat, range(before + 1, last + 1), counts))
        names = fields.decode(errors="replace").split(" ")
        values = joined.split(_SEPARATOR)
        if (
            list(map(int, owners.split(" "))) != list(expected)
            or not len(names) == len(values) == len(salts or b"") / body.SALT_SIZE
        ):
            return False
        pieces = [
            f'"{name}":"{commitment}"'
            for name, commitment in zip(names, body.commitments(salts, names, values), strict=True)
        ]
        return ",".join(pieces).encode() == b",".join(filter(None, commits))

    def _examine(self, before: int, last: int) -> list[bytes]:
        """Take entries apart one by one, to say which are not as they should be, and why."""
        expected, prev = before + 1, self.head
        digests = []
        for seq, text, stored in self._rows(
            "SELECT seq, body, hash FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq",
            (before, last),
        ):
            text, stored = _bytes(text), _bytes(stored)
            digest = body.digest(text)
            self._inspect(seq, expected, text, stored, digest, prev)
            self._erasure(seq, text)
            digests.append(digest)
            # Where body and hash disagree the next entry says which of the two was changed.
            self.other, prev, expected = digest, stored, seq + 1
        if expected <= last:
            self._missing(expected, last)
        self.head = prev
        for row in self._rows(
            "SELECT DISTINCT seq FROM journal_values WHERE seq > ? AND seq <= ?"
            " AND seq NOT IN (SELECT seq FROM journal)",
            (before, last),
        ):
            self._stray(row[0])
        return digests

    def _missing(self, first: int, last: int) -> None:
        self.whole_until = min(self.whole_until, first - 1)
        if first == last:
            self.problem("missing", first, N_("Entry {seq} is missing."))
        else:
            self.problem("missing", first, N_("Entries {seq} to {last} are missing."), last=last)

    def _rows(self, sql: str, parameters: Sequence[object]) -> list[Any]:
        """Plain tuples: a million named rows would cost seconds."""
        cursor = self.db.connection.cursor()
        cursor.row_factory = None
        return list(cursor.execute(sql, parameters))

    def _leaves(self, start: int, stop: int) -> list[bytes]:
        """Entry hashes as stored; places from 0."""
        rows = self._rows(
            "SELECT hash FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq", (start, stop)
        )
        return [_bytes(row[0]) for row in rows]

    def _kept(self, level: int, start: int, stop: int) -> list[bytes]:
        rows = self._rows(
            "SELECT hash FROM journal_tree WHERE level = ? AND number >= ? AND number < ?"
            " ORDER BY number",
            (level, start, stop),
        )
        return [_bytes(row[0]) for row in rows]

    def _inspect(
        self, seq: int, expected: int, text: bytes, stored: bytes, digest: bytes, prev: bytes
    ) -> None:
        """Say what is wrong with an entry that is not as its place demands."""
        seen = self.problem_count
        if seq != expected:
            self._missing(expected, seq - 1)
        if stored != digest:
            self.problem("changed", seq, N_("Entry {seq} was changed after it was written."))
        try:
            held = json.loads(text)
            number, before = held["seq"], held["prev"]
        except (ValueError, KeyError, TypeError, RecursionError):
            self._unreadable(seq)
            return
        if number != seq:
            self.problem(
                "moved",
                seq,
                N_("Entry {seq} says that it is entry {number}: entries were moved."),
                number=number,
            )
        if seq == expected and before not in (prev.hex(), self.other.hex()):
            self.problem(
                "chain",
                seq,
                N_(
                    "Entry {seq} does not follow the one before it: one of the two was changed,"
                    " moved or put in."
                ),
            )
        self._values(seq, text)
        if self.problem_count == seen and not body.well_formed(text):
            self.problem("form", seq, N_("Entry {seq} is not written as the format demands."))

    def _unreadable(self, seq: int) -> None:
        self.problem("unreadable", seq, N_("Entry {seq} cannot be read."))

    def _values(self, seq: int, text: bytes) -> None:
        try:
            commits = body.commits(text)
        except ValueError:
            self._unreadable(seq)
            return
        rows = self._rows(
            "SELECT CAST(field AS BLOB), CAST(value AS BLOB), salt, seq FROM journal_values"
            " WHERE seq = ? ORDER BY field",
            (seq,),
        )
        # In a damaged tree a search for one number may come upon another.
        there = [
            (_bytes(name).decode(errors="replace"), value, salt)
            for name, value, salt, owner in rows
            if owner == seq
        ]
        for name in sorted(commits.keys() - {row[0] for row in there}):
            self.problem(
                "value_missing",
                seq,
                N_("The value “{field}” of entry {seq} is missing, and no erasure says so."),
                field=name,
            )
        for name, value, salt in there:
            if name not in commits:
                self.problem(
                    "value_added",
                    seq,
                    N_("The value “{field}” was added to entry {seq} after it was written."),
                    field=name,
                )
            elif value is None and salt is None:
                self.gone[seq, name] = None
            elif value is None or salt is None:
                self.problem(
                    "half_erased",
                    seq,
                    N_("The value “{field}” of entry {seq} was erased by halves."),
                    field=name,
                )
            elif not _opens(commits[name], salt, name, value):
                self.problem(
                    "value_changed",
                    seq,
                    N_("The value “{field}” of entry {seq} is not the one recorded."),
                    field=name,
                )

    def _stray(self, seq: int) -> None:
        self.problem(
            "stray_value", seq, N_("There are values of an entry {seq}, which does not exist.")
        )

    # -- erasures -----------------------------------------------------------------------------

    def _erasure(self, seq: int, text: bytes) -> None:
        if b'"erases":{' not in text:
            return
        try:
            erases = json.loads(text)["erases"]
            named = [(int(entry), str(name)) for entry, names in erases.items() for name in names]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return  # not an entry of ours: its hash or its chain was reported
        for entry, name in named:
            if 0 < entry < seq:
                self.named.setdefault((entry, name), seq)

    def erasures(self) -> None:
        """What is gone must have been erased by an entry, and what was erased must be gone."""
        for entry, name in self.gone:
            if (entry, name) not in self.named:
                self.problem(
                    "erased_silently",
                    entry,
                    N_("The value “{field}” of entry {seq} is gone, and no erasure says so."),
                    field=name,
                )
        for (entry, name), by in self.named.items():
            if (entry, name) in self.gone:
                continue
            row = self.db.one(
                "SELECT value IS NULL AND salt IS NULL AS gone FROM journal_values"
                " WHERE seq = ? AND field = ?",
                (entry, name),
            )
            if row is not None and row["gone"]:
                self.gone[entry, name] = None
            else:
                self.problem(
                    "not_erased",
                    entry,
                    N_(
                        "Entry {by} says that the value “{field}” of entry {seq} was erased, but"
                        " it is not."
                    ),
                    field=name,
                    by=by,
                )

    # -- tree and checkpoints -----------------------------------------------------------------

    def tree(self) -> None:
        """The subtree hashes kept for speed must be those of the entries."""
        if self.whole_until < self.size:
            return  # the places of what follows a gap are not known
        hashes, level = self.tiles, merkle.TILE
        while hashes:
            for number, (mine, kept) in enumerate(
                zip(hashes, self._padded(level, len(hashes)), strict=True)
            ):
                if mine != kept:
                    self.problem(
                        "tree",
                        None,
                        N_("A kept hash over the entries {first} to {last} is wrong."),
                        first=(number << level) + 1,
                        last=(number + 1) << level,
                    )
            hashes = [
                merkle.complete(hashes[start : start + _TILE_SIZE])
                for start in range(0, len(hashes) - _TILE_SIZE + 1, _TILE_SIZE)
            ]
            level += merkle.TILE

    def _padded(self, level: int, count: int) -> list[bytes | None]:
        rows = dict(self._rows("SELECT number, hash FROM journal_tree WHERE level = ?", (level,)))
        return [rows.get(number) for number in range(count)]

    def _hashes(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        """A `merkle.Source` over what this run has computed itself."""
        if level == 0:
            leaves = self._leaves(start, stop)
            if len(leaves) != stop - start:
                raise _Hole
            return leaves
        if level == merkle.TILE:
            return self.tiles[start:stop]
        span = 1 << (level - merkle.TILE)
        return [
            merkle.complete(self.tiles[number * span : (number + 1) * span])
            for number in range(start, stop)
        ]

    def checkpoints(self, held: Sequence[str]) -> None:
        """Signed checkpoints, ours and those kept elsewhere, must agree with the entries."""
        expected = self.last_checkpoint + 1
        for row in self.db.all(
            "SELECT id, size, head, root, CAST(at AS BLOB) AS at, key, CAST(note AS BLOB) AS note"
            " FROM checkpoints WHERE id >= ? ORDER BY id",
            (expected,),
        ):
            if row["id"] != expected:
                self.problem(
                    "checkpoint_missing",
                    None,
                    N_("Checkpoint {number} is missing."),
                    number=expected,
                )
            expected = row["id"] + 1
            self._checkpoint(row["id"], _bytes(row["note"]).decode(errors="replace"), row)
        self.last_checkpoint = expected - 1
        if expected <= self.seen_checkpoints:
            self.problem(
                "checkpoint_missing",
                None,
                N_("Checkpoint {number} is missing."),
                number=expected,
            )
        for place, note in enumerate(held):
            self._checkpoint(chr(ord("A") + place % 26), note, None)

    def _checkpoint(self, number: int | str, text: str, row: Any) -> None:
        """Those that were kept elsewhere are called A, B, ... and have no row here."""

        def wrong(code: str, message: str, **params: object) -> None:
            self.problem(code, None, message, number=number, **params)

        try:
            note = notes.parse(text)
        except IntegrityError:
            wrong("checkpoint_unreadable", N_("Checkpoint {number} cannot be read."))
            return
        point = note.checkpoint
        if note.origin != self.origin:
            wrong(
                "checkpoint_foreign",
                N_("Checkpoint {number} is of another workspace's journal."),
            )
            return
        if self.trusted and not any(notes.signed_by(note, key) for key in self.trusted):
            if row is not None and notes.signed_by(note, _bytes(row["key"])):
                wrong(
                    "checkpoint_key",
                    N_("Checkpoint {number} is signed by a key that is not known here."),
                )
            else:
                wrong(
                    "checkpoint_signature",
                    N_("The signature of checkpoint {number} is not by a known key, or is wrong."),
                )
            return
        if row is not None and (
            (row["size"], row["head"], row["root"], row["at"])
            != (point.size, point.head, point.root, stamp(point.at).encode())
            or not notes.signed_by(note, _bytes(row["key"]))
        ):
            wrong(
                "checkpoint_changed",
                N_("Checkpoint {number} was changed beside its signed text."),
            )
        if point.size > self.size:
            wrong(
                "cut",
                N_(
                    "The journal was cut: it holds {size} entries, and checkpoint {number} saw"
                    " {seen}."
                ),
                size=self.size,
                seen=point.size,
            )
        elif not self._agrees(point.size, point.head, point.root):
            wrong(
                "checkpoint_disagrees",
                N_(
                    "The first {seen} entries are not those that checkpoint {number} was signed"
                    " for."
                ),
                seen=point.size,
            )
        elif self.trusted:
            self.good += 1
            self.covered = max(self.covered, point.size)
            if row is None:
                self.held = max(self.held, point.size)

    def _agrees(self, size: int, head: bytes, root: bytes) -> bool:
        if size > self.whole_until:
            return False
        try:
            last = self._hashes(0, size - 1, size)[0] if size else body.genesis(self.origin)
            return last == head and merkle.root(self._hashes, size) == root
        except _Hole:
            return False

    # -- the report ---------------------------------------------------------------------------

    def report(self) -> tuple[JournalReport, Mark]:
        report = JournalReport(
            size=self.size,
            head=self.head,
            since=self.since,
            problems=tuple(self.problems),
            problem_count=self.problem_count,
            erased=tuple(
                ErasedField(entry, name, self.named[entry, name])
                for entry, name in sorted(self.gone)
                if (entry, name) in self.named
            ),
            checkpoints=self.good,
            covered=self.covered,
            held=self.held,
        )
        return report, Mark(self.size, self.head, self.last_checkpoint, self.covered)


class _Hole(Exception):  # noqa: N818 - a fact about the file
    """Rows that were there a moment ago are not found: the file itself is damaged."""


def _opens(commitment: object, salt: object, name: str, value: bytes) -> bool:
    try:
        return [commitment] == body.commitments(_bytes(salt), [name], [value])
    except ValueError:
        return False


def _bytes(held: object) -> bytes:
    """A column that should hold bytes; in a damaged file it may hold anything."""
    return held if isinstance(held, bytes) else str(held).encode()


def _squeezed(sql: str) -> str:
    return " ".join(sql.split()).rstrip(";")


def _guards() -> dict[str, str]:
    """The triggers of journal and checkpoints, by name, as the schema writes them."""
    found = {}
    for step in migrations.STEPS:
        for statement in migrations.statements(step.sql):
            words = statement.split()
            if words[:2] == ["CREATE", "TRIGGER"] and words[2].startswith(
                ("journal_", "checkpoints_")
            ):
                found[words[2]] = _squeezed(statement)
    return found
