"""Reading the journal again, to say whether it still is what was recorded.

The fast path compares whole blocks of entries with what they must contain; only an entry that does
not fit is taken apart, to say what is wrong with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from scc_admin import migrations
from scc_admin.errors import IntegrityError
from scc_admin.i18n import N_
from scc_admin.journal import body, merkle, notes
from scc_admin.model import ErasedField, JournalProblem, JournalReport, Progress
from scc_admin.store import Reading

LISTED = 200
"""Problems that a report lists; the others are only counted."""
_BATCH = 2_048
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
        return json.dumps([self.size, self.hash.hex(), self.checkpoint, self.covered])

    @classmethod
    def from_json(cls, text: str) -> Mark:
        size, hash_, checkpoint, covered = json.loads(text)
        return cls(int(size), bytes.fromhex(hash_), int(checkpoint), int(covered))


def verify(
    db: Reading,
    origin: str,
    *,
    mark: Mark | None,
    trusted: Collection[bytes],
    held: Sequence[str] = (),
    progress: Callable[[Progress], None] | None = None,
) -> tuple[JournalReport, Mark]:
    """Verify what follows `mark` (None: everything) in one consistent view of the file.

    `trusted` are the public keys whose checkpoints count, `held` are notes kept elsewhere.
    """
    run = _Run(db, origin, mark, frozenset(trusted), progress)
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
        self.good = 0
        self.last_checkpoint = 0
        self.start, self.head = 0, body.genesis(origin)
        self.other = self.head
        """The computed hash of the entry before, where `head` is the stored one."""
        if mark is not None and mark.size:
            self._resume(mark)
        self.since = self.start + 1

    def problem(self, code: str, seq: int | None, message: str, **params: object) -> None:
        self.problem_count += 1
        if len(self.problems) < LISTED:
            if seq is not None:
                params["seq"] = seq
            self.problems.append(JournalProblem(code, seq, message, params))

    def _resume(self, mark: Mark) -> None:
        row = self.db.one("SELECT body, hash FROM journal WHERE seq = ?", (mark.size,))
        if row is None:
            self.problem(
                "cut_since",
                None,
                N_("The last verification saw {seen} entries; now there are {size}."),
                seen=mark.size,
                size=self.size,
            )
        elif body.digest(row["body"]) != mark.hash:
            self.problem(
                "changed_since",
                mark.size,
                N_("Entry {seq} is no longer the one that the last verification saw."),
            )
        else:
            self.start, self.head = mark.size, mark.hash
            self.covered, self.last_checkpoint = mark.covered, mark.checkpoint

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
        done, tag = self.start, body.TAG
        while done < self.size:
            rows = self._rows(
                "SELECT seq, body, hash FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
                (done, _BATCH),
            )
            digests = [sha256(tag + row[1]).digest() for row in rows]
            self._block(done, rows, digests)
            leaves += digests
            while len(leaves) >= _TILE_SIZE:
                self.tiles.append(merkle.complete(leaves[:_TILE_SIZE]))
                del leaves[:_TILE_SIZE]
            done = rows[-1][0]
            if self.progress is not None:
                self.progress(Progress(done - self.start, self.size - self.start))
        for row in self._rows(
            "SELECT DISTINCT seq FROM journal_values WHERE seq > ? OR seq < 1 LIMIT ?",
            (self.size, LISTED),
        ):
            self._stray(row[0])

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
        return [row[0] for row in rows]

    def _kept(self, level: int, start: int, stop: int) -> list[bytes]:
        rows = self._rows(
            "SELECT hash FROM journal_tree WHERE level = ? AND number >= ? AND number < ?"
            " ORDER BY number",
            (level, start, stop),
        )
        return [row[0] for row in rows]

    def _block(self, before: int, rows: Sequence[Any], digests: Sequence[bytes]) -> None:
        """Compare consecutive entries with what each must contain."""
        commits = self._commits(before, rows[-1][0])
        expected, prev = before + 1, self.head
        for (seq, text, stored), digest in zip(rows, digests, strict=True):
            commit = commits.pop(seq, "")
            # In canonical JSON a quote inside a string is escaped, so none of these can be forged
            # by what a string says.
            if not (
                stored == digest
                and seq == expected
                and b'"prev":"%b","rule":"' % prev.hex().encode() in text
                and b'","seq":%d,"step":"' % seq in text
                and b'"commit":{%b},"e' % commit.encode() in text
            ):
                self._inspect(seq, expected, text, stored, digest, prev)
            if b'"erases":{' in text:
                self._erasure(seq, text)
            # Where body and hash disagree the next entry says which of the two was changed.
            self.other, prev, expected = digest, stored, seq + 1
        self.head = prev
        for seq in commits:
            self._stray(seq)

    def _commits(self, before: int, last: int) -> dict[int, str]:
        """By entry, what its body must say under `commit`; erased values are left out."""
        found: dict[int, str] = {}
        for seq, name, value, salt in self._rows(
            "SELECT seq, field, value, salt FROM journal_values WHERE seq > ? AND seq <= ?"
            " ORDER BY seq, field",
            (before, last),
        ):
            if value is None or salt is None:
                self.gone[seq, name] = None
                found.setdefault(seq, "")
                continue
            piece = f'"{name}":"{body.commitment(salt, name, value)}"'
            earlier = found.get(seq)
            found[seq] = f"{earlier},{piece}" if earlier else piece
        return found

    def _inspect(
        self, seq: int, expected: int, text: bytes, stored: bytes, digest: bytes, prev: bytes
    ) -> None:
        """Say what is wrong with an entry that is not as its place demands."""
        if seq != expected:
            self.whole_until = min(self.whole_until, expected - 1)
            if seq == expected + 1:
                self.problem("missing", expected, N_("Entry {seq} is missing."))
            else:
                self.problem(
                    "missing",
                    expected,
                    N_("Entries {seq} to {last} are missing."),
                    last=seq - 1,
                )
        if stored != digest:
            self.problem("changed", seq, N_("Entry {seq} was changed after it was written."))
        try:
            held = json.loads(text)
            number, before, commits = held["seq"], held["prev"], dict(held["commit"])
        except (ValueError, KeyError, TypeError):
            self.problem("unreadable", seq, N_("Entry {seq} cannot be read."))
            return
        if number != seq:
            self.problem(
                "moved",
                seq,
                N_("Entry {seq} says that it is entry {number}: entries were moved."),
                number=number,
            )
        if seq == expected and before not in {prev.hex(), self.other.hex()}:
            self.problem(
                "chain",
                seq,
                N_(
                    "Entry {seq} does not follow the one before it: one of the two was changed,"
                    " moved or put in."
                ),
            )
        self._values(seq, commits)

    def _values(self, seq: int, commits: Mapping[str, object]) -> None:
        rows = self._rows(
            "SELECT field, value, salt FROM journal_values WHERE seq = ? ORDER BY field", (seq,)
        )
        for name in commits.keys() - {row[0] for row in rows}:
            self.problem(
                "value_missing",
                seq,
                N_("The value “{field}” of entry {seq} is missing, and no erasure says so."),
                field=name,
            )
        for name, value, salt in rows:
            if name not in commits:
                self.problem(
                    "value_added",
                    seq,
                    N_("The value “{field}” was added to entry {seq} after it was written."),
                    field=name,
                )
            elif (
                value is not None
                and salt is not None
                and commits[name] != body.commitment(salt, name, value)
            ):
                self.problem(
                    "value_changed",
                    seq,
                    N_("The value “{field}” of entry {seq} is not the one recorded."),
                    field=name,
                )
            elif (value is None) != (salt is None):
                self.problem(
                    "half_erased",
                    seq,
                    N_("The value “{field}” of entry {seq} was erased by halves."),
                    field=name,
                )

    def _stray(self, seq: int) -> None:
        self.problem(
            "stray_value", seq, N_("There are values of an entry {seq}, which does not exist.")
        )

    # -- erasures -----------------------------------------------------------------------------

    def _erasure(self, seq: int, text: bytes) -> None:
        try:
            erases = json.loads(text)["erases"]
            named = [(int(entry), str(name)) for entry, names in erases.items() for name in names]
        except (ValueError, KeyError, TypeError, AttributeError):
            return  # not an entry of ours: its hash or its chain was reported
        for entry, name in named:
            if entry < seq:
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
            return self._leaves(start, stop)
        if level == merkle.TILE:
            return self.tiles[start:stop]
        span = 1 << (level - merkle.TILE)
        return [
            merkle.complete(self.tiles[number * span : (number + 1) * span])
            for number in range(start, stop)
        ]

    def checkpoints(self, held: Sequence[str]) -> None:
        """Signed checkpoints, ours and those kept elsewhere, must agree with the entries."""
        self.good = 0
        expected = self.last_checkpoint + 1
        for row in self.db.all(
            "SELECT id, size, head, root, at, key, note FROM checkpoints WHERE id >= ? ORDER BY id",
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
            self._checkpoint(row["note"], N_("Checkpoint {number}"), row)
        self.last_checkpoint = expected - 1
        for note in held:
            self._checkpoint(note, "", None)

    def _checkpoint(self, text: str, _label: str, row: Any) -> None:
        number = 0 if row is None else row["id"]
        try:
            note = notes.parse(text)
        except IntegrityError:
            self.problem(
                "checkpoint_unreadable",
                None,
                N_("Checkpoint {number} is not one that this program wrote."),
                number=number,
            )
            return
        point = note.checkpoint
        if note.origin != self.origin:
            self.problem(
                "checkpoint_foreign",
                None,
                N_("Checkpoint {number} is of another workspace's journal."),
                number=number,
            )
            return
        if self.trusted and not any(notes.signed_by(note, key) for key in self.trusted):
            known = row is not None and notes.signed_by(note, row["key"])
            if known:
                self.problem(
                    "checkpoint_key",
                    None,
                    N_("Checkpoint {number} is signed by a key that you did not say you trust."),
                    number=number,
                )
            else:
                self.problem(
                    "checkpoint_signature",
                    None,
                    N_("The signature of checkpoint {number} is wrong."),
                    number=number,
                )
            return
        if row is not None and (
            (row["size"], row["head"], row["root"]) != (point.size, point.head, point.root)
        ):
            self.problem(
                "checkpoint_changed",
                None,
                N_("Checkpoint {number} was changed beside its signed text."),
                number=number,
            )
        if point.size > self.size:
            self.problem(
                "cut",
                None,
                N_(
                    "The journal was cut: it holds {size} entries, and checkpoint {number} saw"
                    " {seen}."
                ),
                size=self.size,
                seen=point.size,
                number=number,
            )
            return
        if not self._agrees(point.size, point.head, point.root):
            self.problem(
                "checkpoint_disagrees",
                None,
                N_(
                    "The first {seen} entries are not those that checkpoint {number} was signed"
                    " for."
                ),
                seen=point.size,
                number=number,
            )
            return
        if self.trusted:
            self.good += 1
            self.covered = max(self.covered, point.size)

    def _agrees(self, size: int, head: bytes, root: bytes) -> bool:
        if size > self.whole_until:
            return False
        last = self._leaves(size - 1, size)[0] if size else body.genesis(self.origin)
        return last == head and merkle.root(self._hashes, size) == root

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
        )
        return report, Mark(self.size, self.head, self.last_checkpoint, self.covered)


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
