"""Files on disk: written whole or not at all, under names that every system accepts, and never
where the program keeps its own.

Nothing else here knows what a file is for.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import stat
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from scc_admin.errors import UserError
from scc_admin.i18n import N_

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"}
)
_FORBIDDEN = frozenset('<>:"/\\|?*')
MAX_NAME_BYTES = 120
"""Short enough for a path below a deep Windows folder (260 characters) and for ZIP and tar."""


_MARKS = ("workspace.db", "protection.json")
"""What makes a folder a workspace, or a backup of one; what SQLite and an encryption under way put
beside them begins alike."""
_OWN = frozenset({"evidence", "backups", "rules", ".lock", ".session", "destroyed.json"})
"""The other names that the program keeps in such a folder, and that nobody writes to."""


def destination(path: Path, endings: Collection[str] = (), *, replace: bool = True) -> Path:
    """The name under which a person has something written, if anything can be: else a UserError.

    It has one of the `endings` (such as `.pdf`) where there are any, its folder is there, it is
    neither a folder nor a device, nor a part of a workspace, of this one or another. A file of
    that name is in the way unless `replace`.
    """
    if endings and path.suffix.lower() not in endings:
        raise UserError(
            "ending",
            N_("{path} cannot be written: its name must end in {endings}."),
            path=path,
            endings=", ".join(endings),
        )
    with explained(path):
        if not path.parent.is_dir():
            raise UserError(
                "no_folder",
                N_("There is no folder {path}. Make it, or name another one."),
                path=path.parent,
            )
        not_our_own(path)
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            mode = None
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        device = mode is not None and not stat.S_ISREG(mode)
        if device or (os.name == "nt" and path.stem.partition(".")[0].lower() in _RESERVED):
            raise UserError("device", N_("{path} is a device. Name a file."), path=path)
        if mode is not None and not replace:
            raise UserError(
                "exists_already",
                N_("There is already a file {path}. Name another one, or add --force."),
                path=path,
            )
    return path


def not_our_own(path: Path) -> None:
    """Raises UserError for a place in a workspace that only the program writes to."""
    with explained(path):
        for place in {path.parent.resolve() / path.name, path.resolve()}:
            for folder in place.parents:
                name = place.relative_to(folder).parts[0].casefold()
                ours = name in _OWN or name.startswith(_MARKS)
                if ours and any((folder / mark).exists() for mark in _MARKS):
                    raise UserError(
                        "our_own",
                        N_(
                            "{path} is where a workspace keeps its own files; writing there would"
                            " destroy it. Choose another place."
                        ),
                        path=path,
                    )


def decoded(raw: bytes) -> str:
    """UTF-8, with or without its mark, or UTF-16 with its mark, which is what PowerShell writes.

    Raises UserError for anything else: a guess would put wrong accents into a post.
    """
    try:
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return raw.decode("utf-16")
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            "encoding", N_("This text is not in UTF-8. Save it again as UTF-8, then try again.")
        ) from error


def for_owner(path: str, flags: int) -> int:
    """An opener (for `open`) whose new file no other account of the computer can read."""
    return os.open(path, flags, 0o600)


def private_folder(folder: Path) -> None:
    """Make a folder that other accounts of the computer cannot look into, where the system knows
    how; one that is there and holds nothing yet becomes so. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        with contextlib.suppress(OSError):  # a disk without rights, such as many keys have
            folder.chmod(0o700)


def write_durably(path: Path, data: bytes, *, private: bool = False) -> None:
    """Put `data` under `path` so that a power cut leaves the old file or the new one, whole.

    `private` keeps other accounts of the computer out, where the system knows how. Raises
    UserError when the disk refuses.
    """
    write_together({path: data}, private=private)


def write_together(files: Mapping[Path, bytes], *, private: bool = False) -> None:
    """Likewise several files: where the disk refuses one, all stay as they were."""
    with prepared(files, private=private) as publish:
        publish()


@contextlib.contextmanager
def prepared(files: Mapping[Path, bytes], *, private: bool = False) -> Iterator[Callable[[], None]]:
    """Write several files, on disk but under temporary names; what is given puts them under theirs.

    Between the two there is room to write down that they leave. What was not put under its name is
    removed. Raises UserError when the disk refuses.
    """
    partials = {
        path: path.with_name(f"{path.name}.{os.urandom(4).hex()}.partial") for path in files
    }
    mode = 0o600 if private else 0o666
    try:
        for path, partial in partials.items():
            with explained(path):
                handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
                with os.fdopen(handle, "wb") as file:
                    file.write(files[path])
                    file.flush()
                    os.fsync(file.fileno())
        yield lambda: _put(partials)
    finally:
        for partial in partials.values():
            # A disk that refuses this refused before, and its refusal is on its way.
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)


def _put(partials: Mapping[Path, Path]) -> None:
    for path, partial in partials.items():
        with explained(path):
            partial.replace(path)
    for folder in {path.parent for path in partials}:
        with explained(folder):
            sync_folder(folder)


def free_stem(folder: Path, stem: str, endings: Collection[str]) -> str:
    """`stem`, or else `stem-2`, `stem-3`, …: the first that no file of `folder` has with one of
    the endings."""
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    with explained(folder):
        return next(
            name
            for name in names
            if not any((folder / f"{name}.{ending}").exists() for ending in endings)
        )


_BINARY = getattr(os, "O_BINARY", 0)


def sync_folder(folder: Path) -> None:
    """Make renames inside `folder` survive a power cut. Windows does so by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some file systems (FUSE, 9p) do not know fsync of a folder.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(handle)


def wipe(path: Path) -> None:
    """Overwrite a file, then remove it; one that is not there is none.

    What stood in it may outlive this on a disk that never writes twice in one place (an SSD, a
    file system that keeps versions), and in copies made elsewhere.
    """
    with explained(path), contextlib.suppress(FileNotFoundError):
        with path.open("r+b") as file:
            left = file.seek(0, os.SEEK_END)
            file.seek(0)
            while left > 0:
                left -= file.write(bytes(min(left, 1 << 20)))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the system's refusals into sentences about `path`."""
    try:
        yield
    except OSError as error:
        for numbers, code, sentence in _REFUSALS:
            if error.errno in numbers:
                raise UserError(code, sentence, path=path) from error
        raise


_REFUSALS: tuple[tuple[frozenset[int], str, str], ...] = (
    (
        frozenset({errno.ENOSPC, errno.EDQUOT}),
        "disk_full",
        N_("The disk is full. Free some space, then try again; nothing was lost."),
    ),
    (
        frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.ETXTBSY}),
        "read_only",
        N_("{path} cannot be written. Choose a folder of your own, on this computer."),
    ),
    (
        frozenset({errno.EEXIST, errno.ENOTDIR}),
        "not_a_folder",
        N_("{path} cannot be a folder: a file has that name. Choose another place."),
    ),
    (
        frozenset({errno.EISDIR}),
        "is_a_folder",
        N_("{path} is a folder. Choose another name for the file."),
    ),
    (
        frozenset({errno.ENAMETOOLONG}),
        "name_too_long",
        N_("{path} is too long a name for this disk. Choose a shorter one."),
    ),
    (
        frozenset({errno.EFBIG}),
        "too_big_for_disk",
        N_("This disk takes no file that large. Choose another one; many keys stop at 4 GB."),
    ),
    (
        frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ESTALE}),
        "not_found",
        N_("{path} was not found. Check that the disk or key is still connected."),
    ),
    (
        frozenset({errno.EIO}),
        "disk_error",
        N_("The disk did not answer as it should. Check it, then try again."),
    ),
)
"""Numbers of the system's refusals, the code of their error, and its sentence."""


@contextlib.contextmanager
def readable(path: Path) -> Iterator[None]:
    """As `explained`, for a file that is only read."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM):
            raise UserError(
                "unreadable",
                N_("{path} cannot be read. Close the program that uses it, or copy it elsewhere."),
                path=path,
            ) from error
        with explained(path):
            raise


def safe_name(name: str, fallback: str = "file") -> str:
    """A file name, not a path, that Windows, macOS and Linux all take and show as it is.

    Folders, control and direction-changing characters, lone surrogates, reserved device names,
    leading and trailing dots and blanks go; accents and emoji stay. At most `MAX_NAME_BYTES`
    bytes, extension kept. `fallback` when nothing is left.
    """
    base = name.replace("\\", "/").rpartition("/")[2]
    base = unicodedata.normalize("NFC", base)
    kept = []
    for char in base:
        category = unicodedata.category(char)
        if char in "\u200d\ufe0f":  # glue inside emoji, harmless
            kept.append(char)
        elif category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            continue
        else:
            kept.append("_" if char in _FORBIDDEN else " " if category == "Zs" else char)
    base = " ".join("".join(kept).split()).strip(" .")
    stem, dot, extension = base.rpartition(".")
    if not dot:
        stem, extension = base, ""
    suffix = _cut(dot + extension, 20)
    stem = _cut(stem, MAX_NAME_BYTES - len(suffix.encode())).rstrip(" .")
    # Windows sees a device in 'nul.tar.gz' as well as in 'NUL'.
    if stem.partition(".")[0].strip().lower() in _RESERVED:
        stem = f"_{stem}"
    result = (stem + suffix).strip(" .")
    return result or fallback


def _cut(text: str, size: int) -> str:
    """As much of `text` as fits in `size` bytes of UTF-8."""
    return text.encode()[: max(size, 0)].decode(errors="ignore")
