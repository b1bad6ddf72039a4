"""The vault: files kept as proof or for drafts, each encrypted under a key of its own.

A file is an `age` file (https://age-encryption.org/v1) for one X25519 identity, which stands in
its `blobs` row inside the encrypted database: without the row no copy of the file can be read, and
with it the `age` program reads it without us. Files are written, fsynced and renamed before their
row exists; one without a row is an orphan, harmless, and swept away.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from scc_admin.errors import IntegrityError, UserError
from scc_admin.files import explained, for_owner, private_folder, readable, sync_folder
from scc_admin.i18n import N_
from scc_admin.model import Custody, Picture
from scc_admin.pictures import inspect_image, media_type, thumbnail
from scc_admin.store import Store, Writing, instant, stamp

Report = Callable[[int, int | None], object]
"""Called with (bytes done, bytes in all or None when unknown); may raise Cancelled."""

CHUNK = 1 << 20
MAX_PICTURE_BYTES = 200 << 20
"""A picture file larger than this is kept, but not looked into."""
ACTS = ("captured", "viewed", "exported", "masked", "erased")
"""`masked`: a copy left with parts of it hidden; the original stayed."""


class Sink(Protocol):
    """Whatever clear bytes are poured into: a file, a hash, an archive."""

    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class StagedBlob:
    """An encrypted file on disk that no row names yet: `Vault.commit` or `Vault.discard` it."""

    name: str
    sha256: str
    size: int
    media_type: str
    path: str
    key: bytes
    thumbnail: bytes | None
    picture: Picture | None
    """None for what is not a picture, or cannot be shown."""
    trouble: UserError | None
    """Why a picture cannot be shown; it is kept all the same."""
    same: tuple[int, ...]
    """Blobs that hold the very same bytes already."""


@dataclass(frozen=True, slots=True)
class Blob:
    id: int
    sha256: str
    size: int
    media_type: str
    created_at: datetime
    destroyed: bool


class Vault:
    """The `evidence/` folder and its rows. Safe to share between threads."""

    def __init__(self, store: Store, folder: Path, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._folder = folder
        self._clock = clock
        self._staged: set[str] = set()
        self._lock = threading.Lock()

    # -- bringing in --------------------------------------------------------------------------

    def add(
        self,
        source: Path | bytes | BinaryIO,
        name: str,
        kind: str = "",
        *,
        progress: Report | None = None,
    ) -> StagedBlob:
        """Encrypt and hash a file in one pass, in constant memory, and put it safely on disk.

        `kind` is its media type, found out when empty. Raises UserError (source not readable,
        disk full), or whatever `progress` raises; nothing is left behind then.
        """
        import pyrage
        from pyrage import x25519

        identity = x25519.Identity.generate()
        unique = secrets.token_hex(16)
        path = f"{unique[:2]}/{unique}.age"
        target = self._folder / path
        partial = target.with_suffix(".partial")
        with self._lock:
            self._staged.add(path)
        try:
            with explained(target):
                private_folder(target.parent)
                with _reading(source, progress) as reader, _kept(partial) as out:
                    with reader.passing_through(), out.passing_through():
                        pyrage.encrypt_io(reader, out, [identity.to_public()])
                    out.file.flush()
                    os.fsync(out.file.fileno())
                partial.replace(target)
                sync_folder(target.parent)
                sync_folder(self._folder)
            key = str(identity).encode("ascii")
            sha256 = reader.sha256
            kind = kind or media_type(reader.head, name)
            small, picture, trouble = None, None, None
            if kind.startswith("image/") and reader.size <= MAX_PICTURE_BYTES:
                clear = io.BytesIO()
                _decrypt(target, key, clear)
                try:
                    picture = inspect_image(clear.getvalue(), name)
                    small = thumbnail(clear.getvalue())
                except UserError as error:
                    trouble = error
            same = self.find(sha256)
        except BaseException:
            partial.unlink(missing_ok=True)
            target.unlink(missing_ok=True)
            self._unstage(path)
            raise
        return StagedBlob(name, sha256, reader.size, kind, path, key, small, picture, trouble, same)

    def commit(self, tx: Writing, staged: StagedBlob) -> int:
        """Enter a staged file into the database; its blob id."""
        if not (self._folder / staged.path).exists():
            raise IntegrityError(
                "blob_missing",
                N_("The file {name} is gone from the vault. Add it again."),
                name=staged.name,
            )
        blob_id = tx.insert(
            "blobs",
            sha256=staged.sha256,
            size=staged.size,
            media_type=staged.media_type,
            path=staged.path,
            key=staged.key,
            thumbnail=staged.thumbnail,
            created_at=stamp(self._clock()),
        )
        self._unstage(staged.path)
        return blob_id

    def discard(self, staged: StagedBlob) -> None:
        """Remove a staged file that will not be kept."""
        (self._folder / staged.path).unlink(missing_ok=True)
        self._unstage(staged.path)

    def _unstage(self, path: str) -> None:
        with self._lock:
            self._staged.discard(path)

    # -- looking up ---------------------------------------------------------------------------

    def find(self, sha256: str) -> tuple[int, ...]:
        """Blobs, not destroyed, that hold the bytes of this hash."""
        with self._store.reading() as db:
            rows = db.all(
                "SELECT id FROM blobs WHERE sha256 = ? AND key IS NOT NULL ORDER BY id", (sha256,)
            )
        return tuple(row["id"] for row in rows)

    def blob(self, blob_id: int) -> Blob:
        """Raises UserError for an unknown one."""
        with self._store.reading() as db:
            row = db.one(
                "SELECT id, sha256, size, media_type, created_at, key IS NULL AS destroyed"
                " FROM blobs WHERE id = ?",
                (blob_id,),
            )
        if row is None:
            raise _unknown()
        return Blob(
            row["id"],
            row["sha256"],
            row["size"],
            row["media_type"],
            instant(row["created_at"]),
            bool(row["destroyed"]),
        )

    def thumbnail(self, blob_id: int) -> bytes | None:
        """The PNG made when it was added, or None."""
        with self._store.reading() as db:
            data: bytes | None = db.value("SELECT thumbnail FROM blobs WHERE id = ?", (blob_id,))
        return data

    # -- reading ------------------------------------------------------------------------------

    def pour(self, blob_id: int, sink: Sink, *, progress: Report | None = None) -> None:
        """Write the clear bytes into `sink`, in constant memory.

        The hash is known only at the end: whoever keeps what was poured must drop it when this
        raises. Raises IntegrityError (missing, altered), UserError (destroyed, unknown).
        """
        with self._store.reading() as db:
            row = db.one("SELECT sha256, size, path, key FROM blobs WHERE id = ?", (blob_id,))
        if row is None:
            raise _unknown()
        if row["key"] is None:
            raise UserError("destroyed", N_("This file was destroyed; only its hash is kept."))
        meter = _Meter(sink, row["size"], progress)
        _decrypt(self._folder / row["path"], row["key"], meter)
        if meter.digest.hexdigest() != row["sha256"] or meter.done != row["size"]:
            raise _altered(row["path"])

    def read(self, blob_id: int, limit: int = MAX_PICTURE_BYTES) -> bytes:
        """The clear bytes of a file of at most `limit` bytes. Raises as `pour`, and too large."""
        size = self.blob(blob_id).size
        if size > limit:
            raise UserError(
                "too_large", N_("This file is too large to be shown here. Save a copy instead.")
            )
        out = io.BytesIO()
        self.pour(blob_id, out)
        return out.getvalue()

    def copy_out(
        self,
        blob_id: int,
        target: Path,
        *,
        note: Callable[[], object] | None = None,
        progress: Report | None = None,
    ) -> None:
        """Write a clear copy; it appears under its name only once its hash is right.

        `note` writes down that it leaves, just before it does. Raises as `pour` and `note`, and
        UserError when the disk refuses.
        """
        partial = target.with_name(f"{target.name}.{secrets.token_hex(4)}.partial")
        try:
            with explained(target), _kept(partial) as out:
                self.pour(blob_id, out, progress=progress)
                out.file.flush()
                os.fsync(out.file.fileno())
            if note is not None:
                note()
            with explained(target):
                partial.replace(target)
                sync_folder(target.parent)
        finally:
            with contextlib.suppress(OSError):  # a disk that takes nothing refuses this, too
                partial.unlink(missing_ok=True)

    # -- destroying ---------------------------------------------------------------------------

    def destroy(self, tx: Writing, blob_id: int) -> bool:
        """Forget the key and the thumbnail, so that no copy of the file can be read any more.

        Call `sweep` once the transaction is committed: it removes the file. The row stays, with
        hash and size, for what refers to it. False, and nothing done, when evidence not erased or
        a draft's media still needs the file: erase those rows first, in the same transaction.
        """
        needed = tx.value(
            "SELECT EXISTS (SELECT 1 FROM evidence WHERE blob_id = ?1 AND NOT erased)"
            " OR EXISTS (SELECT 1 FROM media WHERE blob_id = ?1)",
            (blob_id,),
        )
        if needed:
            return False
        tx.update("blobs", blob_id, key=None, thumbnail=None)
        return True

    def orphans(self) -> list[Path]:
        """Files that no living row names: left by a crash, or destroyed and not yet swept."""
        with self._store.reading() as db:
            living = {row["path"] for row in db.all("SELECT path FROM blobs WHERE key IS NOT NULL")}
        with self._lock:
            living |= self._staged | {f"{path[:-4]}.partial" for path in self._staged}
        if not self._folder.exists():
            return []
        found = [
            path
            for path in self._folder.rglob("*")
            if path.is_file() and path.relative_to(self._folder).as_posix() not in living
        ]
        return sorted(path for path in found if path.suffix in (".age", ".partial"))

    def sweep(self) -> int:
        """Overwrite and remove the orphans; how many there were.

        Overwriting is a courtesy: what makes a destroyed file unreadable is that its key is gone.
        """
        # Under the writer's lock nobody is between staging a file and committing its row.
        with self._store.writing():
            orphans = self.orphans()
        for path in orphans:
            with explained(path):
                _overwrite(path)
                path.unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    path.parent.rmdir()
        return len(orphans)

    # -- verifying ----------------------------------------------------------------------------

    def verify(self, progress: Report | None = None) -> list[IntegrityError]:
        """Read every file and compare it with its hash; what is wrong, empty when all is well.

        `progress` counts clear bytes.
        """
        with self._store.reading() as db:
            rows = db.all("SELECT id, size FROM blobs WHERE key IS NOT NULL ORDER BY id")
        total = sum(row["size"] for row in rows)
        before = 0

        def report(done: int, _: int | None) -> None:
            if progress is not None:
                progress(before + done, total)

        problems = []
        for row in rows:
            try:
                self.pour(row["id"], _Nowhere(), progress=report)
            except IntegrityError as error:
                problems.append(error)
            before += row["size"]
        return problems

    # -- custody ------------------------------------------------------------------------------

    def log(self, tx: Writing, evidence_id: int, who: str, act: str, to_whom: str = "") -> None:
        """Note who did what with a piece of evidence. `act` is one of `ACTS`."""
        if act not in ACTS:
            raise ValueError(f"unknown act {act!r}")
        tx.insert(
            "custody",
            evidence_id=evidence_id,
            at=stamp(self._clock()),
            who=who,
            act=act,
            to_whom=to_whom,
        )

    def custody(self, evidence_id: int) -> list[Custody]:
        """The log of one piece of evidence, oldest first."""
        with self._store.reading() as db:
            rows = db.all(
                "SELECT evidence_id, at, who, act, to_whom FROM custody WHERE evidence_id = ?"
                " ORDER BY at, id",
                (evidence_id,),
            )
        return [
            Custody(row["evidence_id"], instant(row["at"]), row["who"], row["act"], row["to_whom"])
            for row in rows
        ]


# --- Streams -------------------------------------------------------------------------------------
# pyrage turns whatever a reader or writer of ours raises into an error of its own; each stream
# therefore keeps the exception, and `passing_through` raises it again as it was.


class _Stream:
    raised: BaseException | None = None

    @contextlib.contextmanager
    def passing_through(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if self.raised is not None and self.raised is not error:
                raise self.raised from error
            raise


class _Reader(_Stream):
    """Clear bytes on their way in: hashed, counted, reported."""

    def __init__(
        self,
        file: BinaryIO,
        total: int | None,
        progress: Report | None,
        path: Path | None = None,
    ) -> None:
        self._file = file
        self._path = path
        self._total = total
        self._progress = progress
        self._digest = hashlib.sha256()
        self._buffer = memoryview(b"")
        self.size = 0
        self.head = b""

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def read(self, count: int = -1) -> bytes:
        if not self._buffer:
            try:
                self._buffer = memoryview(self._next())
            except BaseException as error:
                self.raised = error
                raise
        taken = self._buffer if count < 0 else self._buffer[:count]
        self._buffer = self._buffer[len(taken) :]
        return bytes(taken)

    def _next(self) -> bytes:
        with readable(self._path) if self._path else contextlib.nullcontext():
            data = self._file.read(CHUNK)
        self._digest.update(data)
        if not self.size:
            self.head = data[:32]
        self.size += len(data)
        if self._progress is not None and data:
            self._progress(self.size, self._total)
        return data


class _Sealed(_Stream):
    """An encrypted file being read. Python's own buffering serves pyrage's 8 KiB at a time."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, count: int = -1) -> bytes:
        try:
            return self._file.read(count)
        except BaseException as error:
            self.raised = error
            raise


class _Kept(_Stream):
    """A file being written, closed at the end."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def __enter__(self) -> _Kept:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def write(self, data: bytes) -> int:
        try:
            return self.file.write(data)
        except BaseException as error:
            self.raised = error
            raise

    def flush(self) -> None:
        """pyrage flushes at the end of each 64 KiB; the file knows better."""


class _Meter(_Stream):
    """Clear bytes on their way out: hashed, counted, reported, passed on."""

    def __init__(self, sink: Sink, total: int, progress: Report | None) -> None:
        self._sink = sink
        self._total = total
        self._progress = progress
        self._reported = 0
        self.digest = hashlib.sha256()
        self.done = 0

    def write(self, data: bytes) -> int:
        try:
            self.digest.update(data)
            self.done += len(data)
            self._sink.write(data)
            if self._progress is not None and (
                self.done - self._reported >= CHUNK or self.done == self._total
            ):
                self._reported = self.done
                self._progress(self.done, self._total)
        except BaseException as error:
            self.raised = error
            raise
        return len(data)

    def flush(self) -> None:
        pass


class _Nowhere:
    def write(self, data: bytes, /) -> None:
        pass


def _kept(path: Path) -> _Kept:
    """A new file, for the eyes of its owner alone."""
    return _Kept(open(path, "xb", CHUNK, opener=for_owner))


@contextlib.contextmanager
def _reading(source: Path | bytes | BinaryIO, progress: Report | None) -> Iterator[_Reader]:
    if isinstance(source, bytes):
        yield _Reader(io.BytesIO(source), len(source), progress)
    elif isinstance(source, Path):
        with readable(source):
            if not source.is_file():
                raise UserError("not_a_file", N_("{path} is not a file."), path=source)
            file = source.open("rb", buffering=0)
            total = source.stat().st_size
        with file:
            yield _Reader(file, total, progress, source)
    else:
        yield _Reader(source, None, progress)


def _decrypt(path: Path, key: bytes, sink: Sink) -> None:
    """Pour the clear bytes of an age file. Raises IntegrityError, or what `sink` raises."""
    import pyrage
    from pyrage import x25519

    out = sink if isinstance(sink, _Meter) else _Meter(sink, 0, None)
    identity = x25519.Identity.from_str(key.decode("ascii"))
    if not path.exists():
        raise IntegrityError(
            "blob_missing",
            N_("The file {name} is missing from the vault. Restore it from a backup."),
            name=path.name,
        )
    with readable(path), path.open("rb", buffering=CHUNK) as file:
        sealed = _Sealed(file)
        with out.passing_through(), sealed.passing_through():
            try:
                pyrage.decrypt_io(sealed, out, [identity])
            except (pyrage.DecryptError, OSError) as error:
                if out.raised is None and sealed.raised is None:
                    raise _altered(path.name) from error
                raise


def _overwrite(path: Path) -> None:
    with path.open("r+b", buffering=0) as file:
        left = path.stat().st_size
        while left > 0:
            left -= file.write(bytes(min(left, CHUNK)))
        os.fsync(file.fileno())


def _altered(name: str) -> IntegrityError:
    return IntegrityError(
        "blob_altered",
        N_("The file {name} of the vault is no longer what was stored. Restore it from a backup."),
        name=name.rpartition("/")[2],
    )


def _unknown() -> UserError:
    return UserError("unknown", N_("This file is not in the workspace."))
