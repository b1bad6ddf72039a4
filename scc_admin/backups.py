"""Copies of a workspace that can be trusted, and the guards that make them rarely needed.

A backup is a folder below `backups/`, named by its instant (UTC) and reason:

    20261123T190200Z-daily/  workspace.db  protection.json  backup.json
    evidence/                the encrypted files of all backups, each once
    destroyed.json           those that were destroyed since, and taken out of here

The database is copied by SQLite while work goes on, checked, and still encrypted under the
workspace's key; evidence files never change, so only new ones are copied. A backup appears under
its name only when it is whole. Nothing older than `MAX_AGE`, or than the days that the settings
give, survives the next backup: so long, and no longer, a destroyed file's key lives on in them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from scc_admin import keys
from scc_admin.errors import IntegrityError, UserError
from scc_admin.files import (
    explained,
    for_owner,
    private_folder,
    sync_folder,
    wipe,
    write_durably,
)
from scc_admin.i18n import N_
from scc_admin.store import Store
from scc_admin.store import in_clear as is_clear_file

if TYPE_CHECKING:
    from filelock import BaseFileLock

DATABASE = "workspace.db"
WAL = "workspace.db-wal"
"""Only beside a database set aside after a crash."""
EVIDENCE = "evidence"
BACKUPS = "backups"
LIST = "backup.json"
BURIED = "destroyed.json"
"""Names of evidence files that were destroyed in the workspace: no backup is less whole for it."""
FORMAT = 1

KEEP_DAYS = 14
KEEP_WEEKS = 8
KEEP_OTHERS = 5
MAX_AGE = timedelta(weeks=KEEP_WEEKS)
# Whoever opens the program at nine today and at five to nine tomorrow has worked a day.
_DAILY = timedelta(hours=20)

Report = Callable[[int, int], object]
"""Called with (bytes done, bytes in all); may raise Cancelled."""


class Reason(StrEnum):
    DAILY = "daily"
    ASKED = "asked"
    MIGRATION = "migration"
    REPLACED = "replaced"
    """What stood in the workspace before a restore, sound or not."""


@dataclass(frozen=True, slots=True)
class Backup:
    path: Path
    at: datetime
    reason: Reason
    size: int
    """Bytes of the database; evidence is shared between backups."""
    evidence: int
    """How many files of evidence it holds."""
    verified: bool
    """Its database passed SQLite's check when it was made, and all its files stand there still."""


@dataclass(frozen=True, slots=True)
class Held:
    """A folder whose backups hold, or may hold, what was in the workspace at an instant."""

    place: Path
    looked: bool
    """False where it cannot be reached now, such as a disk that is not plugged in."""
    until: datetime
    """By when they are old enough to go. They do when a backup is made after that instant while
    the folder can be reached."""


# --- Making, listing, rotating -------------------------------------------------------------------


def make(
    store: Store,
    folder: Path,
    now: datetime,
    reason: Reason,
    *,
    place: Path | None = None,
    others: Iterable[Path] = (),
    max_age: timedelta = MAX_AGE,
    progress: Report | None = None,
) -> Backup:
    """Back up the open workspace in `folder`, then let go of what the rotation no longer keeps.

    `place` is where backups stand, by default `backups/` in the workspace; those left there, when
    it is another, grow no older than `max_age` either, nor those in `others`, folders of former
    days, where they can be reached. Raises UserError (disk), IntegrityError (the copy is not
    sound), or what `progress` raises; nothing half-done stays.
    """
    usual = folder / BACKUPS
    place = place or usual
    with explained(place):
        private_folder(place / EVIDENCE)
        with _alone(place / ".lock", _busy()):
            made = _make(store, folder, now, reason, place, progress)
            _encrypt_standing(store, folder, place)
            _bury(place, _blobs(store)[1])
            kept = _to_keep(backups(folder, place=place), now, max_age)
            # Whatever the clock says, the one just made stays.
            _rotate(folder, place, {made, *(backup.path for backup in kept)})
        for other in (usual, *others):
            if (other / EVIDENCE).is_dir() and not other.samefile(place):
                # Whatever a folder of former days refuses, today's backup is made.
                with contextlib.nullcontext() if other is usual else _unhindered():
                    _let_go(store, folder, other, now, max_age)
        return _read(made, _pool(place))


def _let_go(store: Store, folder: Path, place: Path, now: datetime, max_age: timedelta) -> None:
    """Take what is too old, destroyed or readable by anybody out of a folder no longer used."""
    with explained(place), _alone(place / ".lock", _busy()):
        _encrypt_standing(store, folder, place)
        _bury(place, _blobs(store)[1])
        left = backups(folder, place=place)
        _rotate(folder, place, {b.path for b in left if now - b.at <= max_age})


def _unhindered() -> contextlib.AbstractContextManager[None]:
    return contextlib.suppress(UserError, IntegrityError, OSError)


def _make(
    store: Store,
    folder: Path,
    now: datetime,
    reason: Reason,
    place: Path,
    progress: Report | None,
) -> Path:
    database_size = store.path.stat().st_size
    waiting = {name: n for name, n in _blobs(store)[0].items() if _size(place, name) is None}
    total = database_size + sum(waiting.values())
    if shutil.disk_usage(place).free < total * 1.02:
        raise UserError(
            "disk_full", N_("The disk is full. Free some space, then try again; nothing was lost.")
        )
    name = _free_name(place, now, reason)
    partial = place / f"{name}.partial"
    partial.mkdir(mode=0o700)
    try:

        def pages(done: int, of: int) -> None:
            if progress is not None and of:
                progress(database_size * done // of, total)

        store.backup(partial / DATABASE, pages)
        known = _known_hashes(folder, place)
        evidence = {}
        done = database_size
        # Asked anew: what was committed meanwhile comes along, and a file too many does no harm.
        for inside in sorted(_blobs(store)[0]):
            source = folder / EVIDENCE / inside
            if not source.exists() and _size(place, inside) is None:
                continue  # `Vault.verify` tells of it; the rest is worth keeping
            evidence[inside] = _into_pool(place, inside, source, known)
            if inside in waiting:
                done += waiting[inside]
                if progress is not None:
                    progress(done, total)
        protection = (folder / keys.FILE_NAME).read_bytes()
        write_durably(partial / keys.FILE_NAME, protection, private=True)
        _write_list(partial, now, reason, evidence, sound=True)
        partial.replace(place / name)
        sync_folder(place)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return place / name


def backups(folder: Path, *, place: Path | None = None) -> list[Backup]:
    """Those of this workspace that stand there, newest first.

    Two workspaces may have their backups on one disk, in one folder. Hashes are not computed:
    `problems` does that.
    """
    place = place or folder / BACKUPS
    ours = _workspace(folder)
    with explained(place):
        pool = _pool(place)
        found = [
            _read(entry, pool)
            for entry in _standing(place)
            if ours is None or _workspace(entry) in (ours, None)
        ]
    return sorted(found, key=lambda backup: (backup.at, backup.path.name), reverse=True)


def _standing(place: Path) -> list[Path]:
    """The backups in a folder, whichever workspace they are of."""
    if not place.is_dir():
        return []
    return [entry for entry in place.iterdir() if entry.is_dir() and _named(entry.name)]


def _workspace(folder: Path) -> str | None:
    """Of which workspace a folder, or a backup, is; None where its protection cannot be read."""
    try:
        return keys.read(folder).uid
    except UserError:
        return None


def due(folder: Path, now: datetime, *, place: Path | None = None) -> bool:
    """Whether the daily backup is to be made."""
    made = (backup.at for backup in backups(folder, place=place) if backup.verified)
    newest = max(made, default=None)
    # One from the future comes from a clock that was wrong.
    return newest is None or not timedelta(0) <= now - newest < _DAILY


def _rotate(folder: Path, place: Path, kept: set[Path]) -> None:
    """Remove this workspace's other backups, and evidence that none of those left holds."""
    gone = [b.path for b in backups(folder, place=place) if b.path not in kept]
    for path in gone:
        # First out of sight, then away: an interrupted removal is no half backup.
        path.replace(path.with_name(path.name + ".partial"))
    for entry in place.glob("*.partial"):
        _remove(entry)
    needed: set[str] = set()
    for path in _standing(place):
        try:
            needed |= _content(path)["evidence"].keys()
        except _UNREADABLE:
            return  # what it needs is not known: let nothing go
    for name in _pool(place).keys() - needed:
        (place / EVIDENCE / name).unlink()
    buried = _buried(place)
    if buried - needed:
        write_durably(place / BURIED, json.dumps(sorted(buried & needed)).encode(), private=True)


def _encrypt_standing(store: Store, folder: Path, place: Path) -> None:
    """Backups made before the workspace was encrypted are so too, under the same key.

    One whose database cannot be read stays as it is; `in_clear` names it.
    """
    if keys.read(folder).kind is keys.Kind.NONE:
        return
    for old in in_clear(folder, place=place):
        with _unless_damaged():
            name = _free_name(place, old.at, old.reason)
            partial = place / f"{name}.partial"
            partial.mkdir(mode=0o700)
            try:
                store.encrypt_copy(old.path / DATABASE, partial / DATABASE)
                protection = (folder / keys.FILE_NAME).read_bytes()
                write_durably(partial / keys.FILE_NAME, protection, private=True)
                _write_list(partial, old.at, old.reason, _listed(old.path), sound=old.verified)
                partial.replace(place / name)
                sync_folder(place)
            except BaseException:
                shutil.rmtree(partial, ignore_errors=True)
                raise
            gone = old.path.with_name(old.path.name + ".partial")
            old.path.replace(gone)
            _remove(gone)


@contextlib.contextmanager
def _unless_damaged() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        pass
    except UserError as error:
        if error.code != "wrong_key":  # what SQLite says of a database without a sound first page
            raise


def _remove(path: Path) -> None:
    """Take away a folder; what anybody could read in it is overwritten first."""
    for name in (DATABASE, WAL, keys.FILE_NAME) if is_clear_file(path / DATABASE) else ():
        with contextlib.suppress(UserError):
            wipe(path / name)
    shutil.rmtree(path, ignore_errors=True)


def in_clear(folder: Path, *, place: Path | None = None) -> list[Backup]:
    """Backups that anybody can read who has them, newest first."""
    return [b for b in backups(folder, place=place) if is_clear_file(b.path / DATABASE)]


def reachable(place: Path) -> bool:
    """Whether a folder that received backups can be looked at. The empty folder on which a disk
    is mounted is not it."""
    return (place / EVIDENCE).is_dir()


def held(
    folder: Path,
    at: datetime,
    places: Mapping[Path, datetime],
    *,
    max_age: timedelta = MAX_AGE,
) -> list[Held]:
    """The folders that may still hold what the workspace held at an instant: what a destruction
    certificate says.

    `places` are those that received backups, beside the workspace's own, each with the instant of
    the last. Raises UserError when a folder that is there cannot be read.
    """
    found = []
    own = folder / BACKUPS
    for place, last in {own: at, **places}.items():
        newest: datetime | None
        looked = place == own or reachable(place)
        if looked:
            standing = (b.at for b in backups(folder, place=place) if b.at <= at)
            newest = max(standing, default=None)
        else:
            newest = min(last, at)
        if newest is not None:
            found.append(Held(place, looked, newest + max_age))
    return found


def problems(backup: Backup, *, progress: Report | None = None) -> list[IntegrityError]:
    """Read a backup whole and compare it with its list; empty when it is sound."""
    try:
        content = _content(backup.path)
    except _UNREADABLE:
        return [_not_whole(backup.path.name, LIST)]
    place = backup.path.parent
    expected = {backup.path / name: entry for name, entry in content["files"].items()}
    for name in content["evidence"].keys() - _buried(place):
        expected[place / EVIDENCE / name] = content["evidence"][name]
    total = sum(size for size, _ in expected.values())
    done, found = 0, []
    for path, (size, digest) in expected.items():
        if not path.is_file() or path.stat().st_size != size or _sha256(path) != digest:
            found.append(_not_whole(backup.path.name, path.name))
        done += size
        if progress is not None:
            progress(done, total)
    return found


# --- Restoring -----------------------------------------------------------------------------------


def restore(
    path: Path, folder: Path, now: datetime, *, progress: Report | None = None
) -> Path | None:
    """Put the backup at `path` back into the workspace `folder`, which nobody has open.

    What stands there is first kept aside as a backup of its own; its path, or None when there was
    nothing. Evidence is added, never removed. Raises UserError, IntegrityError; the workspace is
    then as it was.
    """
    path = path.absolute()
    place = path.parent
    chosen = _read(path, _pool(place))
    if chosen.evidence and not (place / EVIDENCE).is_dir():
        raise UserError(
            "evidence_apart",
            N_(
                "The evidence of this backup is missing: it stands in the folder “evidence” of the"
                " backups, beside it, and is part of it. Copy both into one folder, then try again."
            ),
        )
    found = problems(chosen, progress=progress)
    if found:
        raise found[0]
    with explained(folder):
        private_folder(folder)
    with WorkspaceLock(folder), explained(folder):
        theirs = keys.read(path)
        try:
            ours: keys.Protection | None = keys.read(folder)
        except UserError:
            ours = None
        if ours is not None and ours.uid != theirs.uid:
            raise UserError(
                "other_workspace",
                N_("This backup is of another workspace. Restore it into an empty folder."),
            )
        content = _content(path)
        incoming = folder / f"{DATABASE}.restoring"
        try:
            _copy(path / DATABASE, incoming)
            for name in content["evidence"].keys() - _buried(place):
                target = folder / EVIDENCE / name
                if not target.exists() or _sha256(target) != content["evidence"][name][1]:
                    private_folder(target.parent)
                    _copy(place / EVIDENCE / name, target)
            aside = _set_aside(folder, now, folder / BACKUPS)
            # A key never changes; a passphrase or recovery code chosen since is the one people
            # know. First the key: what is in clear under one is encrypted when it is opened.
            if ours is None or ours.kind is keys.Kind.NONE:
                protection = (path / keys.FILE_NAME).read_bytes()
                write_durably(folder / keys.FILE_NAME, protection, private=True)
            # A write-ahead log of the former database must never meet the new one.
            for suffix in ("-wal", "-shm"):
                (folder / f"{DATABASE}{suffix}").unlink(missing_ok=True)
            incoming.replace(folder / DATABASE)
            if WAL in content["files"]:
                _copy(path / WAL, folder / WAL)
        finally:
            incoming.unlink(missing_ok=True)
        sync_folder(folder)
    return aside


def _set_aside(folder: Path, now: datetime, place: Path) -> Path | None:
    if not (folder / DATABASE).exists():
        return None
    private_folder(place / EVIDENCE)
    name = _free_name(place, now, Reason.REPLACED)
    partial = place / f"{name}.partial"
    partial.mkdir(mode=0o700)
    try:
        for part in (DATABASE, WAL, keys.FILE_NAME):
            if (folder / part).exists():
                _copy(folder / part, partial / part)
        evidence, known = {}, _known_hashes(folder, place)
        for source in (folder / EVIDENCE).rglob("*.age"):
            inside = source.relative_to(folder / EVIDENCE).as_posix()
            evidence[inside] = _into_pool(place, inside, source, known)
        _write_list(partial, now, Reason.REPLACED, evidence, sound=False)
        partial.replace(place / name)
        sync_folder(place)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return place / name


# --- The parts of a backup -----------------------------------------------------------------------


def _named(name: str) -> tuple[datetime, Reason] | None:
    """`20261123T190200Z-daily`, `20261123T190200Z-daily-2`."""
    at, _, rest = name.partition("-")
    try:
        reason = Reason(rest.partition("-")[0])
        return datetime.strptime(at, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), reason
    except ValueError:
        return None


def _free_name(place: Path, now: datetime, reason: Reason) -> str:
    base = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{reason}"
    name, number = base, 1
    while (place / name).exists() or (place / f"{name}.partial").exists():
        number += 1
        name = f"{base}-{number}"
    return name


def _read(path: Path, pool: Mapping[str, int]) -> Backup:
    named = _named(path.name) or _as_listed(path)
    if named is None or not path.is_dir():
        raise UserError("not_a_backup", N_("{path} is not a backup of this program."), path=path)
    at, reason = named
    database = path / DATABASE
    size = database.stat().st_size if database.exists() else 0
    buried = _buried(path.parent)
    try:
        content = _content(path)
        evidence: Mapping[str, Any] = content["evidence"]
        whole = (
            content["sound"] is True
            and all(
                (path / name).stat().st_size == entry[0] for name, entry in content["files"].items()
            )
            and all(
                pool.get(name) == entry[0] for name, entry in evidence.items() if name not in buried
            )
        )
        return Backup(path, at, reason, size, len(evidence), whole)
    except _UNREADABLE:
        return Backup(path, at, reason, size, 0, False)


_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError)
"""What reading a damaged `backup.json` may raise."""


def _content(path: Path) -> dict[str, Any]:
    content = json.loads((path / LIST).read_bytes())
    if content["format"] != FORMAT or not content["files"].keys() <= {
        DATABASE,
        WAL,
        keys.FILE_NAME,
    }:
        raise ValueError("format")
    for name in content["evidence"]:
        if PurePath(name).is_absolute() or ".." in PurePath(name).parts:
            raise ValueError("evidence")
    return dict(content)


def _as_listed(path: Path) -> tuple[datetime, Reason] | None:
    """When and why a backup was made whose folder has another name since."""
    with contextlib.suppress(*_UNREADABLE):
        content = _content(path)
        return datetime.fromisoformat(content["at"]), Reason(content["reason"])
    return None


def _listed(path: Path) -> dict[str, Any]:
    """Evidence of a backup; nothing for one whose list is unreadable."""
    with contextlib.suppress(*_UNREADABLE):
        return dict(_content(path)["evidence"])
    return {}


def _write_list(
    partial: Path, now: datetime, reason: Reason, evidence: Mapping[str, list[Any]], *, sound: bool
) -> None:
    content = {
        "format": FORMAT,
        "at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "reason": reason.value,
        "sound": sound,
        "files": {
            entry.name: [entry.stat().st_size, _sha256(entry)]
            for entry in sorted(partial.iterdir())
        },
        "evidence": evidence,
    }
    write_durably(partial / LIST, json.dumps(content, indent=0).encode(), private=True)


def _to_keep(
    standing: Iterable[Backup], now: datetime, max_age: timedelta = MAX_AGE
) -> list[Backup]:
    """The newest of each of the last 14 days and 8 weeks that have one, the newest 5 of each other
    reason, nothing older than `max_age`, and always the newest that is verified.
    """
    newest_first = sorted(standing, key=lambda backup: (backup.at, backup.path.name), reverse=True)
    young = [backup for backup in newest_first if now - backup.at <= max_age]
    kept: list[Backup] = []
    for reason in (Reason.ASKED, Reason.MIGRATION, Reason.REPLACED):
        kept += [backup for backup in young if backup.reason is reason][:KEEP_OTHERS]
    usual = [backup for backup in young if backup.reason in (Reason.DAILY, Reason.ASKED)]
    for count, period in ((KEEP_DAYS, "%Y-%m-%d"), (KEEP_WEEKS, "%G-%V")):
        seen: dict[str, Backup] = {}
        for backup in usual:
            seen.setdefault(f"{backup.at:{period}}", backup)
        kept += list(seen.values())[:count]
    kept += [backup for backup in newest_first if backup.verified][:1]
    return kept


# --- The pool of evidence ------------------------------------------------------------------------


def _blobs(store: Store) -> tuple[dict[str, int], list[str]]:
    """Clear sizes of the living files by path, and the paths of the destroyed ones."""
    with store.reading() as db:
        rows = db.all("SELECT path, size, key IS NULL AS destroyed FROM blobs")
    living = {row["path"]: int(row["size"]) for row in rows if not row["destroyed"]}
    return living, [row["path"] for row in rows if row["destroyed"]]


def _pool(place: Path) -> dict[str, int]:
    """Sizes by path below `evidence/`, read in one go."""
    root = place / EVIDENCE
    return {
        path.relative_to(root).as_posix(): path.stat().st_size
        for path in root.rglob("*")
        if path.is_file()
    }


def _size(place: Path, name: str) -> int | None:
    try:
        return (place / EVIDENCE / name).stat().st_size
    except OSError:
        return None


def _buried(place: Path) -> frozenset[str]:
    try:
        return frozenset(json.loads((place / BURIED).read_bytes()))
    except (OSError, ValueError, TypeError):
        return frozenset()


def _bury(place: Path, names: Iterable[str]) -> None:
    """What was destroyed in the workspace goes from here too, before its backups expire."""
    standing = [name for name in names if _size(place, name) is not None]
    if standing:
        # Said before it is done: a crash between leaves a file that the next time takes away.
        write_durably(
            place / BURIED,
            json.dumps(sorted(_buried(place).union(standing))).encode(),
            private=True,
        )
        for name in standing:
            (place / EVIDENCE / name).unlink()


def _known_hashes(folder: Path, place: Path) -> dict[str, list[Any]]:
    """Sizes and hashes that earlier backups noted, so that a day's backup reads no old film."""
    known: dict[str, list[Any]] = {}
    for backup in backups(folder, place=place):
        known.update(_listed(backup.path))
    return known


def _into_pool(place: Path, name: str, source: Path, known: Mapping[str, list[Any]]) -> list[Any]:
    """Copy a file unless it is there; its size and hash."""
    target = place / EVIDENCE / name
    size = _size(place, name)
    if size is not None and name in known and known[name][0] == size:
        return known[name]
    if source.exists():
        private_folder(target.parent)
        digest = _copy(source, target)
    else:
        digest = _sha256(target)
    return [target.stat().st_size, digest]


def _copy(source: Path, target: Path) -> str:
    """Copy a file, whole or not at all; its SHA-256."""
    digest = hashlib.sha256()
    partial = target.with_name(target.name + ".partial")
    try:
        with source.open("rb") as reading, open(partial, "wb", opener=for_owner) as writing:
            while chunk := reading.read(1 << 20):
                digest.update(chunk)
                writing.write(chunk)
            writing.flush()
            os.fsync(writing.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _not_whole(backup: str, file: str) -> IntegrityError:
    return IntegrityError(
        "backup_damaged",
        N_("The backup {backup} is damaged or incomplete ({file}). Choose another one."),
        backup=backup,
        file=file,
    )


# --- Guards --------------------------------------------------------------------------------------


class WorkspaceLock:
    """One program at a time in a workspace. The system lets go of it when the program dies."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / ".lock"
        self._lock: BaseFileLock | None = None

    def acquire(self) -> None:
        """Raises UserError when another program, or another window, has the workspace open."""
        with explained(self._path):
            self._lock = _held(
                self._path,
                UserError(
                    "already_open",
                    N_(
                        "This workspace is already open, in a window or by a command. Close that"
                        " one, or wait for its end."
                    ),
                ),
            )

    def release(self) -> None:
        """Letting go twice is harmless."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> WorkspaceLock:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


@contextlib.contextmanager
def _alone(path: Path, otherwise: UserError) -> Iterator[None]:
    lock = _held(path, otherwise)
    try:
        yield
    finally:
        lock.release()


def _held(path: Path, otherwise: UserError) -> BaseFileLock:
    from filelock import FileLock, Timeout

    # Opened in one thread, closed in another. A soft lock, which filelock would fall back to,
    # outlives a crash and locks the user out: better none, with the file system's own sentence.
    lock = FileLock(path, timeout=0, mode=0o600, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise otherwise from error
    return lock


def _busy() -> UserError:
    return UserError("backup_running", N_("A backup is being made. Try again in a moment."))


# fmt: off
_NETWORK_SYSTEMS = frozenset({
    "afpfs", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.davfs2", "fuse.gvfsd-fuse",
    "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "gfs2", "glusterfs", "lustre", "ncpfs", "nfs",
    "nfs4", "smb2", "smb3", "smbfs", "sshfs", "webdav",
})
# fmt: on
# Whole names of folders, in any place; what may follow is `OneDrive - Organisation`.
_SYNC_NAMES = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "icloud drive": "iCloud",
    "iclouddrive": "iCloud",
    "mobile documents": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "pcloud drive": "pCloud",
    "synologydrive": "Synology Drive",
    "box sync": "Box",
}
# Too common as words to mean anything but right below the home folder.
_SYNC_HOME_NAMES = {"box": "Box", "mega": "MEGA", "sync": "Sync.com", "tresorit": "Tresorit"}
_SYNC_VARIABLES = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
_SYNC_MARKS = {".stfolder": "Syncthing", ".dropbox": "Dropbox", ".dropbox.cache": "Dropbox"}


def location_problem(
    path: Path,
    *,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
    mounts: Iterable[tuple[str, str, str]] | None = None,
) -> UserError | None:
    """Why a workspace must not live at `path`, or None.

    SQLite's locks do not hold on network drives, and a synchroniser copies a database while it is
    half written (https://sqlite.org/howtocorrupt.html). `mounts` are (mount point, file system,
    options); the defaults are this computer's.
    """
    environ = os.environ if environ is None else environ
    home = Path.home() if home is None else home
    for place in dict.fromkeys((path.absolute(), path.resolve())):
        service = _synchroniser(place, environ, home)
        if service is not None:
            return UserError(
                "sync_folder",
                N_(
                    "{service} synchronises the folder {path}, and would damage the workspace"
                    " while it is in use. Choose a folder of this computer that is not"
                    " synchronised; backups may go to a synchronised one."
                ),
                service=service,
                path=path,
            )
        if _on_network(place, _mounts() if mounts is None else mounts):
            return UserError(
                "network_folder",
                N_(
                    "{path} is on a network drive, where a database may be damaged. Choose a"
                    " folder of this computer; backups may go to the network."
                ),
                path=path,
            )
    return None


def _synchroniser(place: Path, environ: Mapping[str, str], home: Path) -> str | None:
    for variable in _SYNC_VARIABLES:
        root = environ.get(variable)
        if root and place.is_relative_to(root):
            return "OneDrive"
    for folder in (place, *place.parents):
        name = folder.name.casefold()
        # `OneDrive - Organisation`, `GoogleDrive-someone@…` below macOS's CloudStorage,
        # `Dropbox (Organisation)`.
        plain = name.partition(" - ")[0].partition(" (")[0]
        if folder.parent.name.casefold() == "cloudstorage":
            plain = plain.partition("-")[0]
        if plain in _SYNC_NAMES:
            return _SYNC_NAMES[plain]
        if folder.parent == home and plain in _SYNC_HOME_NAMES:
            return _SYNC_HOME_NAMES[plain]
        for mark, service in _SYNC_MARKS.items():
            # Dropbox's own settings stand in ~/.dropbox: the home folder is not its folder.
            if folder != home and (folder / mark).exists():
                return service
    return None


def _on_network(place: Path, mounts: Iterable[tuple[str, str, str]]) -> bool:
    text = str(place)
    if text.startswith("\\\\?\\UNC\\"):
        return True
    if text.startswith(("\\\\", "//")) and not text.startswith("\\\\?\\"):
        return True
    best, found = -1, False
    for point, system, options in mounts:
        if place.is_relative_to(point) and len(point) >= best:
            best = len(point)
            found = system.lower() in _NETWORK_SYSTEMS or "remote" in options.split(",")
    return found


def _mounts() -> Iterator[tuple[str, str, str]]:
    import psutil

    with contextlib.suppress(OSError):
        for partition in psutil.disk_partitions(all=True):
            yield partition.mountpoint, partition.fstype, partition.opts
