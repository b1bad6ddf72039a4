"""A workspace in clear becomes an encrypted one; its evidence is encrypted in either.

`protection.json` says how a workspace is to be, and what stands in its folder is brought to that.
Writing it is the one step that decides. Before it the workspace is in clear and opens so; after it
every opening first finishes what is left, so that whenever a program is killed a whole workspace
opens. In the folder meanwhile:

    workspace.db             the database, in clear or encrypted
    workspace.db.encrypted   its encrypted copy, compared row by row
    workspace.db.clear       what was in clear, overwritten once the new one has opened
    protection.json.clear    likewise: it held the signing key
    *.partial                what a kill left of one of them before it was whole

A backup in clear that is put back later into an encrypted workspace goes the same way.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from scc_admin import keys
from scc_admin.errors import UserError
from scc_admin.files import explained, sync_folder, wipe
from scc_admin.i18n import N_
from scc_admin.store import encrypt_copy, in_clear

_COPY = ".encrypted"
_FORMER = ".clear"


def encrypt(database: Path, plan: keys.Encryption, *, keyring: keys.Keyring | None = None) -> None:
    """Encrypt the workspace of a database that nobody has open, all but its backups.

    What was in clear stands beside it until `tidy`. Raises UserError, IntegrityError; the
    workspace is then as it was, or, once its protection was decided, encrypted by its next opening.
    """
    folder = database.parent
    keys.still_in_clear(folder)
    with explained(folder):
        _prepare(database, plan.key)
        former = _aside(folder / keys.FILE_NAME)
        try:
            keys.encrypt(folder, plan, keyring=keyring)
        except BaseException:
            if keys.read(folder).kind is keys.Kind.NONE:
                former.unlink(missing_ok=True)
                _beside(database, _COPY).unlink(missing_ok=True)
            raise
        _exchange(database)


def is_there(database: Path) -> bool:
    """Whether a database stands there, be it in the middle of an exchange."""
    return database.exists() or _beside(database, _FORMER).exists()


def unfinished(database: Path) -> bool:
    """Whether a database under a key is not yet, or not quite, encrypted: see `finish`."""
    return not database.exists() or in_clear(database)


def finish(database: Path, key: bytes) -> None:
    """Bring a database to a protection that says it is encrypted. Raises UserError."""
    former = _beside(database, _FORMER)
    with explained(database):
        if not database.exists() and former.exists():
            former.replace(database)
        if in_clear(database):
            _prepare(database, key)
            _exchange(database)


def tidy(database: Path) -> None:
    """Once the workspace has opened: leave nothing in clear, or half made, beside it.

    What a disk refuses now is for the next opening.
    """
    with contextlib.suppress(UserError, OSError):
        _drop_former(database)
        _drop_former(database.with_name(keys.FILE_NAME))
        _beside(database, _COPY).unlink(missing_ok=True)
        for name in (database.name, keys.FILE_NAME):
            for half in database.parent.glob(f"{name}.*.partial"):
                half.unlink(missing_ok=True)


def _drop_former(path: Path) -> None:
    """Overwrite what stands under a file's other name, unless that is the file itself."""
    former = _beside(path, _FORMER)
    if former.exists() and path.exists() and former.samefile(path):
        former.unlink()
    else:
        wipe(former)


def _prepare(database: Path, key: bytes) -> None:
    """Make the encrypted copy."""
    if shutil.disk_usage(database.parent).free < database.stat().st_size * 1.1:
        raise UserError(
            "disk_full", N_("The disk is full. Free some space, then try again; nothing was lost.")
        )
    encrypt_copy(database, _beside(database, _COPY), key)


def _exchange(database: Path) -> None:
    """Put the copy in the database's place, which stays under its other name."""
    _aside(database, keep=False)
    _beside(database, _COPY).replace(database)
    # A write-ahead log of the former database must never meet the new one.
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    sync_folder(database.parent)


def _aside(path: Path, *, keep: bool = True) -> Path:
    """Give a file its other name as well, or, where a disk knows no second names, instead.

    What must `keep` its name gets no other one there: it is then not overwritten in the end.
    """
    former = _beside(path, _FORMER)
    _drop_former(path)
    try:
        os.link(path, former)
    except OSError:
        if not keep:
            path.replace(former)
    return former


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
