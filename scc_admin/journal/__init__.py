"""The moderation journal: append-only, hash-chained, signed at checkpoints, erasable where the law
asks for it. Its format is `docs/journal-format.md`.

    journal = Journal(store, clock=..., app="scc_admin/1.0", signer=signer)
    with store.writing() as tx:
        ...                                       # the act itself
        seq = journal.append(tx, NewEntry(kind=EntryKind.BAN, who="Admin QC", case="CAS-2026-001",
                                          step="ban", values={"reason": "..."}))
    point = journal.checkpoint()                  # signed; its note goes where others keep it
    report = journal.verify()

Who can write the file can write another journal with other hashes: what a checkpoint proves, it
proves to those who hold a copy of it elsewhere.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, tzinfo

from scc_admin.errors import IntegrityError, UserError
from scc_admin.i18n import N_
from scc_admin.journal import body, index, merkle, notes, verification
from scc_admin.journal.body import NewEntry
from scc_admin.journal.notes import ORIGIN_PREFIX, Signer
from scc_admin.model import (
    Checkpoint,
    Entry,
    EntryKind,
    Ground,
    JournalProblem,
    JournalQuery,
    JournalReport,
    Progress,
)
from scc_admin.store import Reading, Store, Writing, instant, stamp

__all__ = ["Journal", "NewEntry", "Signer"]

EVERYTHING = JournalQuery()
PAGE = 64
"""Entries that a list fetches at once."""
COUNTED = 1_000
"""Matches that are counted; beyond, a list says '1,000+'."""
_UID = "workspace.uid"
_MARK = "journal.verified"
_TRACES = "journal.traces"


class Journal:
    """The journal of an open store. Safe to share between threads, as the store is.

    `app` names the program and its version in each entry. `signer` signs checkpoints; without one
    the journal can be written and verified, but not signed. `zone` is where entries are written;
    None is this computer's.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], datetime],
        app: str,
        signer: Signer | None,
        zone: tzinfo | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._app = app
        self._signer = signer
        self._zone = zone

    # -- writing ------------------------------------------------------------------------------

    def append(self, tx: Writing, new: NewEntry) -> int:
        """Write an entry in the caller's transaction; its sequence number.

        Raises UserError when nobody is named, ValueError for codes or fields that are none.
        """
        return self._append(tx, new, None)

    def _append(
        self, tx: Writing, new: NewEntry, erases: Mapping[int, Collection[str]] | None
    ) -> int:
        last = tx.one("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
        if last is None:
            seq, prev = 1, body.genesis(self._origin(tx))
        else:
            seq, prev = last["seq"] + 1, last["hash"]
        at = self._clock() if new.at is None else new.at
        offset = self._offset(at) if new.offset is None else new.offset
        sealed = body.seal(
            new, seq=seq, prev=prev, at=at, offset=offset, app=self._app, erases=erases
        )
        tx.run(
            "INSERT INTO journal (seq, body, hash) VALUES (?, ?, ?)",
            (seq, sealed.body, sealed.hash),
        )
        for name, value, salt in sealed.opened:
            tx.run(
                "INSERT INTO journal_values (seq, field, value, salt) VALUES (?, ?, ?, ?)",
                (seq, name, value, salt),
            )
        if seq % index.EVERY == 0:
            index.catch_up(tx)
        self._keep_subtrees(tx, seq)
        return seq

    def day(self, at: datetime) -> date:
        """The day that an instant falls on where this is written."""
        return at.astimezone(self._zone).date()

    def _offset(self, at: datetime) -> int:
        moved = at.astimezone(self._zone).utcoffset()
        return 0 if moved is None else round(moved.total_seconds() / 60)

    def _origin(self, db: Reading) -> str:
        """`scc-admin/` and the workspace's uid, which the first use gives it."""
        held = _setting(db, _UID)
        if held is not None:
            try:
                return ORIGIN_PREFIX + str(json.loads(held))
            except ValueError:
                return ORIGIN_PREFIX  # damaged: no entry and no checkpoint will agree with it
        if isinstance(db, Writing):
            uid = os.urandom(16).hex()
            _set(db, _UID, json.dumps(uid))
            return ORIGIN_PREFIX + uid
        if not self._store.read_only:
            with self._store.writing() as tx:
                return self._origin(tx)
        return ORIGIN_PREFIX

    def _keep_subtrees(self, tx: Writing, size: int) -> None:
        """Keep the hash of each subtree that the newest entry completes."""
        level, number = 0, size
        while number % (1 << merkle.TILE) == 0:
            start = number - (1 << merkle.TILE)
            try:
                hashes = _hashes(tx)(level, start, number)
            except IntegrityError:
                return  # what happens must be recorded even in a damaged journal
            level, number = level + merkle.TILE, number >> merkle.TILE
            tx.run(
                "INSERT OR REPLACE INTO journal_tree (level, number, hash) VALUES (?, ?, ?)",
                (level, number - 1, merkle.complete(hashes)),
            )

    def commitments(self, seq: int) -> dict[str, str]:
        """What an entry commits to, by field; it outlives the values. Empty for an unknown one."""
        with self._store.reading() as db:
            text: bytes | None = db.value("SELECT body FROM journal WHERE seq = ?", (seq,))
        return body.commits(text) if text is not None else {}

    # -- erasing ------------------------------------------------------------------------------

    def erase(
        self,
        tx: Writing,
        fields: Mapping[int, Collection[str] | None],
        *,
        ground: Ground,
        who: str,
        approver: str,
        case: str = "",
        at: datetime | None = None,
    ) -> int:
        """Erase personal values (by entry; None: all it has) and write down that they were.

        Call `settle` once the transaction is committed: only then are their last bytes gone.
        Returns the erasure's sequence number. Raises UserError when nothing is left to erase or
        nobody approved. Whether the law or a legal hold forbids it is the caller's to know.
        """
        if not approver.strip():
            raise UserError("approver", N_("Say who approved this erasure."))
        gone: dict[int, list[str]] = {}
        for seq, names in sorted(fields.items()):
            for row in tx.all(
                "SELECT field FROM journal_values WHERE seq = ? AND value IS NOT NULL"
                " ORDER BY field",
                (seq,),
            ):
                if names is None or row["field"] in names:
                    gone.setdefault(seq, []).append(row["field"])
        if not gone:
            raise UserError("nothing_to_erase", N_("There is nothing left to erase there."))
        by = self._append(
            tx,
            NewEntry(
                kind=EntryKind.ERASURE,
                who=who,
                case=case,
                step=ground.value,
                approver=approver,
                at=at,
            ),
            gone,
        )
        for seq, names in gone.items():
            for name in names:
                tx.run(
                    "UPDATE journal_values SET value = NULL, salt = NULL"
                    " WHERE seq = ? AND field = ?",
                    (seq, name),
                )
            index.renew(tx, seq)
        _set(tx, _TRACES, json.dumps(by))
        return by

    def settle(self) -> bool:
        """Remove the last traces of erased values from the file; whether there were any.

        To be called after an erasure is committed and when a workspace is opened, in case the
        program was interrupted between the two. Copies the whole file: off the GUI thread.
        """
        with self._store.reading() as db:
            newest = _setting(db, _TRACES)
        if newest is None:
            return False
        self._store.forget_traces()
        with self._store.writing() as tx:
            # Unless something else was erased meanwhile.
            tx.run("DELETE FROM settings WHERE key = ? AND value = ?", (_TRACES, newest))
        return True

    # -- reading ------------------------------------------------------------------------------

    @property
    def origin(self) -> str:
        """What checkpoints call this journal."""
        with self._store.reading() as db:
            return self._origin(db)

    def size(self) -> int:
        with self._store.reading() as db:
            return index.size(db)

    def entry(self, seq: int) -> Entry | None:
        found = self.page([seq])
        return found[0] if found else None

    def page(self, seqs: Sequence[int]) -> list[Entry]:
        """These entries, in the order asked for; those that do not exist, or are damaged beyond
        reading, are left out."""
        marks = ",".join("?" * len(seqs))
        with self._store.reading() as db:
            bodies = db.all(f"SELECT seq, body, hash FROM journal WHERE seq IN ({marks})", seqs)
            values = db.all(
                f"SELECT seq, field, value FROM journal_values WHERE seq IN ({marks})",
                seqs,
            )
        known: dict[int, dict[str, str | None]] = {}
        for row in values:
            known.setdefault(row["seq"], {})[row["field"]] = row["value"]
        found = {
            row["seq"]: body.read(row["body"], row["hash"], known.get(row["seq"], {}))
            for row in bodies
        }
        return [entry for seq in seqs if (entry := found.get(seq)) is not None]

    def entries(
        self, query: JournalQuery = EVERYTHING, *, before: int | None = None, limit: int = PAGE
    ) -> list[Entry]:
        """A page of entries, newest first; the next one begins `before` the last of this one."""
        return self.page(self.ids(query, before=before, limit=limit))

    def ids(
        self,
        query: JournalQuery = EVERYTHING,
        *,
        before: int | None = None,
        limit: int | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> Sequence[int]:
        """Sequence numbers, newest first: at most eight bytes each, whatever their number.

        `progress` is called with how many were found so far, and may raise Cancelled.
        """
        with self._store.reading() as db:
            return index.search(db, query, before, limit, progress)

    def count(self, query: JournalQuery = EVERYTHING) -> tuple[int, bool]:
        """How many entries match, and whether that is all: counting stops at `COUNTED`."""
        if query == EVERYTHING:
            return self.size(), True
        found = len(self.ids(query, limit=COUNTED + 1))
        return min(found, COUNTED), found <= COUNTED

    # -- checkpoints and proofs ---------------------------------------------------------------

    def checkpoint(self, tx: Writing | None = None) -> Checkpoint:
        """Sign the state of the journal, and keep what was signed.

        Raises UserError when there is no signing key, IntegrityError when the journal no longer
        begins with what this key signed before.
        """
        if tx is None:
            with self._store.writing() as own:
                return self.checkpoint(own)
        if self._signer is None:
            raise UserError(
                "no_signing_key",
                N_("There is no signing key on this computer. Make one in the settings."),
            )
        origin = self._origin(tx)
        source = _hashes(tx)
        size = index.size(tx)
        key = self._signer.public_key
        earlier = tx.one(
            "SELECT size, root FROM checkpoints WHERE key = ? ORDER BY id DESC LIMIT 1", (key,)
        )
        if earlier is not None and (
            earlier["size"] > size or merkle.root(source, earlier["size"]) != earlier["root"]
        ):
            raise IntegrityError(
                "journal_changed",
                N_(
                    "The journal no longer begins with what was signed before; nothing was signed."
                    " Verify the journal, and keep the newest backup."
                ),
            )
        head = (
            tx.value("SELECT hash FROM journal WHERE seq = ?", (size,))
            if size
            else body.genesis(origin)
        )
        point = notes.compose(
            origin, size, head, merkle.root(source, size), self._clock(), self._signer
        )
        tx.insert(
            "checkpoints",
            id=tx.value("SELECT coalesce(max(id), 0) + 1 FROM checkpoints"),
            size=size,
            head=head,
            root=point.root,
            at=stamp(point.at),
            key=key,
            note=point.note,
        )
        return point

    def checkpoints(self) -> list[Checkpoint]:
        """Every checkpoint kept here, newest first."""
        with self._store.reading() as db:
            rows = db.all("SELECT size, head, root, at, note FROM checkpoints ORDER BY id DESC")
        return [
            Checkpoint(row["size"], row["head"], row["root"], instant(row["at"]), row["note"])
            for row in rows
        ]

    def root(self, size: int | None = None) -> bytes:
        """The tree hash of the first `size` entries (None: all)."""
        with self._store.reading() as db:
            return merkle.root(_hashes(db), index.size(db) if size is None else size)

    def inclusion_proof(self, seq: int, size: int) -> tuple[bytes, ...]:
        """That entry `seq` is among the first `size`: see `merkle.verify_inclusion`, index seq-1.

        Raises ValueError when it is not.
        """
        with self._store.reading() as db:
            return merkle.inclusion_proof(_hashes(db), seq - 1, size)

    def consistency_proof(self, old: int, new: int) -> tuple[bytes, ...]:
        """That the first `new` entries begin with the first `old`.

        Raises ValueError unless 0 < old <= new.
        """
        with self._store.reading() as db:
            return merkle.consistency_proof(_hashes(db), old, new)

    def prove_since(self, held: str) -> str:
        """A proof, as JSON, that the journal still begins with what a checkpoint held elsewhere
        says: both notes, the newer of which is signed now, and the hashes between them.

        Whoever holds the older one can check it without seeing an entry. Raises UserError when
        nothing can be signed, IntegrityError when it is no checkpoint of this journal or the
        journal no longer agrees with it.
        """
        new = self.checkpoint()
        assert self._signer is not None
        old = notes.verify(held, self._signer.public_key, self.origin)
        proof: tuple[bytes, ...] = ()
        if 0 < old.size <= new.size:
            proof = self.consistency_proof(old.size, new.size)
        if not merkle.verify_consistency(old.size, old.root, new.size, new.root, proof):
            raise IntegrityError(
                "not_since",
                N_(
                    "The journal does not begin with what this checkpoint says. Verify the journal."
                ),
            )
        steps = [step.hex() for step in proof]
        return json.dumps({"old": held, "new": new.note, "proof": steps}, indent=1) + "\n"

    # -- verifying ----------------------------------------------------------------------------

    def verify(
        self,
        *,
        whole: bool = True,
        trusted: Collection[bytes] = (),
        held: Sequence[str] = (),
        progress: Callable[[Progress], None] | None = None,
    ) -> JournalReport:
        """Read the journal again and say whether it still is what was recorded.

        Not `whole`: only what came after the last verification that found nothing wrong. What that
        one saw must still be there in both cases. Besides
        the signer's own key those in `trusted` count; `held` are notes of checkpoints that were
        kept elsewhere (the report calls them A, B, ...). `progress` is called with each block and
        may raise Cancelled.
        """
        keys = set(trusted)
        if self._signer is not None:
            keys.add(self._signer.public_key)
        with self._store.reading() as db:
            origin = self._origin(db)
            kept = _setting(db, _MARK)
            report, mark = verification.verify(
                db,
                origin,
                mark=None if kept is None else verification.Mark.from_json(kept),
                whole=whole,
                trusted=keys,
                held=held,
                progress=progress,
            )
        if report.ok and not self._store.read_only:
            with self._store.writing() as tx:
                _set(tx, _MARK, mark.to_json())
        return report

    def check_index(
        self, progress: Callable[[Progress], None] | None = None
    ) -> tuple[JournalProblem, ...]:
        """Whether searches find what is there; `rebuild_index` mends what is found."""
        return index.check(self._store, progress)

    def rebuild_index(self, progress: Callable[[Progress], None] | None = None) -> None:
        """Make the search index anew. May be interrupted; the next append goes on with it."""
        index.rebuild(self._store, progress)


def _setting(db: Reading, key: str) -> str | None:
    value = db.value("SELECT value FROM settings WHERE key = ?", (key,))
    return None if value is None else str(value)


def _set(tx: Writing, key: str, value: str) -> None:
    tx.run(
        "INSERT INTO settings (key, value) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def _hashes(db: Reading) -> merkle.Source:
    """The tree's hashes as they are kept."""

    def read(level: int, start: int, stop: int) -> Sequence[bytes]:
        if level == 0:
            rows = db.all(
                "SELECT hash FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq", (start, stop)
            )
        else:
            rows = db.all(
                "SELECT hash FROM journal_tree WHERE level = ? AND number >= ? AND number < ?"
                " ORDER BY number",
                (level, start, stop),
            )
        if len(rows) != stop - start:
            raise IntegrityError(
                "journal_damaged", N_("Entries of the journal are missing. Verify the journal.")
            )
        return [row["hash"] for row in rows]

    return read
