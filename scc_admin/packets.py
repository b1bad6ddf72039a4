"""The escalation packet: built, signed, and verified by whoever receives it.

`ESC-2026-001.zip` holds one folder, a BagIt bag (RFC 8493): the evidence, the case, the journal
entries of that case with what opens their commitments, the signed checkpoint, and the manifests,
the outer of which is signed (SSHSIG). The archive is written to the letter as `_Archive` says, so
that every byte of it, even of the container, can be checked. `ESC-2026-001.pdf` stands beside it,
its hash inside, and so may a copy of it behind a passphrase; and `ESC-2026-001.eml`, which nothing
vouches for.

`docs/packet-format.md` says the same for those who write another verifier.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from scc_admin import __version__, keys
from scc_admin.documents.packet import NAMESPACE, README, readme
from scc_admin.errors import IntegrityError, UserError
from scc_admin.evidence import Sink
from scc_admin.files import explained, for_owner, readable, sync_folder
from scc_admin.i18n import N_
from scc_admin.keys import Signer
from scc_admin.pictures import extension

DIFFERENCES = N_(
    "The sender says in it that the case is not what their journal recorded, in places: {n}."
)
"""Of a packet that is whole and tells two versions."""
BAGIT = "bagit.txt"
BAG_INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
SIGNATURE = "tagmanifest-sha256.txt.sig"
CASE = "data/case.json"
ENTRIES = "data/journal-entries.json"
CHECKPOINT = "data/checkpoint.txt"
SIGNER = "data/signer.pub"

_NUMBER = re.compile(r"[A-Z]{2,5}-\d{4}-\d{3,6}")
_AGAIN = re.compile(r"[ _]?\([0-9]{1,3}\)\.pdf\Z", re.IGNORECASE)
"""What browsers make of `.pdf` when a file of that name is there."""
_PATH = re.compile(r"[A-Za-z0-9._/-]{1,200}")
_MANIFEST_LINE = re.compile(r"([0-9a-f]{64})  ([^\n]+)\n")
_BAGIT_TEXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_CHUNK = 1 << 20

Report = Callable[[int, int], object]
"""Called with (bytes done, bytes in all); may raise Cancelled."""


# --- What goes in --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of evidence. `pour` writes its clear bytes, `size` of them, into a sink."""

    media_type: str
    size: int
    sha256: str
    pour: Callable[[Sink], object]


Opening = tuple[str | bytes, bytes] | None
"""What opens a commitment: a value and its salt or, where the words name the person concerned, the
value's SHA-256 and its salt. None for a value that was erased, or is kept back."""


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    """A journal entry with what opens its commitments, and its place under the checkpoint."""

    seq: int
    body: bytes
    values: Mapping[str, Opening]
    proof: Sequence[bytes]
    """Of inclusion, RFC 9162, in a tree of the checkpoint's size."""


@dataclass(frozen=True, slots=True)
class PacketInput:
    number: str
    """ESC-2026-001: the name of all files. No person's name goes into any."""
    case_number: str
    case: Mapping[str, Any]
    """JSON of the case as Public Affairs are to see it; evidence by its `item_path`."""
    items: Sequence[Item]
    entries: Sequence[OpenedEntry]
    checkpoint: str
    pdf: bytes
    signer: Signer
    created: datetime
    texts: Mapping[str, bytes] = field(default_factory=dict)
    """Texts too long for `case`, whole, by their `text_path`."""
    mail: Callable[[Path, Path], bytes] | None = None
    """Makes the unsent e-mail from the finished PDF and ZIP."""
    beside: Mapping[str, bytes] = field(default_factory=dict)
    """Further files, by name, that stand beside it: of a PDF the hash is enclosed, too."""


def item_path(number: int, item_sha256: str, media_type: str) -> str:
    """Where the bag keeps evidence `number` (from 1): `data/evidence/001-1f3a….png`.

    The original name, which may be a person's, stands in `case.json` alone.
    """
    return f"data/evidence/{number:03}-{item_sha256[:12]}{extension(media_type)}"


def text_path(data: bytes) -> str:
    """Where the bag keeps a long text: `data/texts/1f3a….txt`, by its SHA-256."""
    return f"data/texts/{hashlib.sha256(data).hexdigest()[:16]}.txt"


# --- Building ------------------------------------------------------------------------------------


class Built:
    """A finished and verified packet, still under a temporary name.

    `make_way`, journal its hashes, then `publish`. As a context manager it discards what was not
    published, and puts back what had to make way.
    """

    def __init__(self, folder: Path, partial: Path, number: str, report: PacketReport) -> None:
        self._folder = folder
        self._partial = partial
        usual = [f"{number}{suffix}" for suffix in (".zip", ".pdf", ".eml")]
        names = {path.name for path in partial.iterdir()}
        self._names = [name for name in usual if name in names] + sorted(names.difference(usual))
        self._ready = False
        self._aside: list[str] = []
        self._placed: list[str] = []
        self.number = number
        self.report = report
        self.zip_sha256 = _file_hash(partial / f"{number}.zip")
        self.pdf_sha256 = _file_hash(partial / f"{number}.pdf")

    def make_way(self) -> None:
        """Put the files of an earlier packet aside, all or none.

        Whatever the system refuses (a file that a program holds open, a folder of that name), it
        refuses here, before anything is journalled. Raises UserError.
        """
        before = self._partial / _BEFORE
        self._ready = True
        with explained(self._partial):
            before.mkdir()
        try:
            for name in self._names:
                target = self._folder / name
                with explained(target):
                    if target.is_dir():
                        raise IsADirectoryError(errno.EISDIR, "a folder")
                    if target.exists():
                        target.replace(before / name)
                        self._aside.append(name)
        except BaseException:
            self.discard()
            raise

    def publish(self) -> tuple[Path, ...]:
        """Put the files under their names, in place of an earlier packet's; their paths.

        Raises UserError when the folder refuses; what stood there stands there again then.
        """
        if not self._ready:
            self.make_way()
        try:
            with explained(self._folder):
                for name in self._names:
                    (self._partial / name).replace(self._folder / name)
                    self._placed.append(name)
                sync_folder(self._folder)
        except BaseException:
            self.discard()
            raise
        self._aside.clear()
        published = tuple(self._folder / name for name in self._placed)
        self._placed.clear()
        self.discard()
        return published

    def discard(self) -> None:
        """Remove what was not published; what had made way stands under its name again."""
        with contextlib.suppress(OSError):
            for name in self._placed:
                (self._folder / name).unlink(missing_ok=True)
            self._placed.clear()
            while self._aside:
                name = self._aside[-1]
                (self._partial / _BEFORE / name).replace(self._folder / name)
                self._aside.pop()
        if not self._aside:
            shutil.rmtree(self._partial, ignore_errors=True)

    def __enter__(self) -> Built:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()


_BEFORE = "before"


def build(packet: PacketInput, folder: Path, *, progress: Report | None = None) -> Built:
    """Write a packet beside its target, under a temporary name, read it again and verify it.

    Memory does not grow with the evidence. Raises UserError (disk), IntegrityError (evidence that
    is not what its hash says, entries that the checkpoint does not hold), or what `progress`
    raises; nothing is left behind then.
    """
    if not _NUMBER.fullmatch(packet.number):
        raise ValueError(f"not a packet's number: {packet.number!r}")
    for entry in packet.entries:
        if json.loads(entry.body)["case"] != packet.case_number:
            raise ValueError(f"entry {entry.seq} is of another case")
    partial = folder / f".{packet.number}.{secrets.token_hex(4)}.partial"
    total = 2 * sum(item.size for item in packet.items)

    def written(done: int) -> None:
        if progress is not None:
            progress(done, total)

    def read(done: int, of: int) -> None:
        if progress is not None:
            progress(total // 2 + min(done, total // 2) if done < of else total, total)

    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        partial.mkdir(mode=0o700)
        try:
            document = partial / f"{packet.number}.pdf"
            _write(document, packet.pdf)
            archive = partial / f"{packet.number}.zip"
            with open(archive, "xb", buffering=_CHUNK, opener=for_owner) as file:
                _fill(_Archive(file, packet.number, packet.created), packet, written)
                file.flush()
                os.fsync(file.fileno())
            report = verify(archive, progress=read)
            if report.problems:
                raise report.problems[0]
            if packet.mail is not None:
                _write(partial / f"{packet.number}.eml", packet.mail(document, archive))
            for name, data in packet.beside.items():
                _write(partial / name, data)
            return Built(folder, partial, packet.number, report)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise


def _fill(archive: _Archive, packet: PacketInput, written: Callable[[int], None]) -> None:
    payload: list[tuple[str, str, int]] = []  # path, SHA-256, size
    done = 0
    for number, item in enumerate(packet.items, 1):
        path = item_path(number, item.sha256, item.media_type)
        archive.stream(path, item.size, item.pour, lambda n, d=done: written(d + n))  # type: ignore[misc]
        # Whether these were the bytes of that hash, `verify` finds in what was written.
        payload.append((path, item.sha256, item.size))
        done += item.size

    document = f"{packet.number}.pdf"
    pdfs = {document: packet.pdf} | {
        name: data for name, data in packet.beside.items() if name.endswith(".pdf")
    }
    pdf_lines = "".join(f"{hashlib.sha256(pdf).hexdigest()}  {n}\n" for n, pdf in pdfs.items())
    for path, data in (
        (CASE, _json(packet.case)),
        (ENTRIES, _json([_entry_json(entry) for entry in packet.entries])),
        (CHECKPOINT, packet.checkpoint.encode()),
        (SIGNER, (packet.signer.openssh_public_line(packet.signer.name) + "\n").encode()),
        (f"data/{document}.sha256", pdf_lines.encode()),
        *sorted(packet.texts.items()),
    ):
        payload.append((path, archive.add(path, data), len(data)))

    tags = []
    for path, data in (
        (BAGIT, _BAGIT_TEXT),
        (BAG_INFO, _bag_info(packet, payload)),
        (README, readme(packet.number, packet.signer.name).encode()),
        (MANIFEST, _manifest([(path, digest) for path, digest, _ in payload])),
    ):
        tags.append((path, archive.add(path, data)))
    tag_manifest = _manifest(tags)
    archive.add(TAG_MANIFEST, tag_manifest)
    archive.add(SIGNATURE, packet.signer.sshsig(NAMESPACE, tag_manifest).encode())
    archive.finish()


def _bag_info(packet: PacketInput, payload: Sequence[tuple[str, str, int]]) -> bytes:
    created = packet.created.astimezone(UTC)
    lines = {
        "External-Identifier": packet.number,
        "Internal-Sender-Identifier": packet.case_number,
        "Bagging-Date": f"{created:%Y-%m-%d}",
        "Bagging-Time": f"{created:%H:%M:%S}Z",
        "Bag-Software-Agent": f"scc_admin {__version__}",
        "Payload-Oxum": f"{sum(size for *_, size in payload)}.{len(payload)}",
    }
    return "".join(f"{label}: {value}\n" for label, value in lines.items()).encode()


def _manifest(lines: Sequence[tuple[str, str]]) -> bytes:
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(lines)).encode()


def _entry_json(entry: OpenedEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "body": entry.body.decode(),
        "values": {name: _opening_json(opened) for name, opened in sorted(entry.values.items())},
        "proof": [step.hex() for step in entry.proof],
    }


def _opening_json(opened: Opening) -> dict[str, str] | None:
    if opened is None:
        return None
    value, salt = opened
    if isinstance(value, bytes):
        return {"sha256": value.hex(), "salt": salt.hex()}
    return {"value": value, "salt": salt.hex()}


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    return text.encode("utf-8", "replace")


def _write(path: Path, data: bytes) -> None:
    with open(path, "xb", opener=for_owner) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- The archive ---------------------------------------------------------------------------------
# A ZIP in its plainest form: files stored as they are, headers that follow from names, sizes and
# CRCs alone, no gap, no comment. zipfile reads it; it could write one too, but a reader could not
# then tell from the bytes that nobody has touched them.
# https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT

_ZIP64 = 0xFFFFFFFF
"""From this size or offset on, fields move to a ZIP64 extra."""


@dataclass(slots=True)
class _Member:
    name: bytes
    size: int
    offset: int
    crc: int = 0


class _Archive:
    """Writes the archive of a packet, one file after the other."""

    def __init__(self, file: BinaryIO, root: str, created: datetime) -> None:
        self._file = file
        self._root = root
        self._stamp = _dos_stamp(created)
        self._members: list[_Member] = []

    def add(self, path: str, data: bytes) -> str:
        """Add a small file; its SHA-256."""
        self.stream(path, len(data), lambda sink: sink.write(data), lambda _: None)
        return hashlib.sha256(data).hexdigest()

    def stream(
        self,
        path: str,
        size: int,
        pour: Callable[[Sink], object],
        written: Callable[[int], None],
    ) -> None:
        """Add a file of `size` bytes. Raises IntegrityError for another size."""
        member = _Member(f"{self._root}/{path}".encode("ascii"), size, self._file.tell())
        self._file.write(_local_header(member, self._stamp))
        through = _Through(self._file, written)
        pour(through)
        if through.size != size:
            raise _altered(path)
        member.crc = through.crc
        end = self._file.tell()
        self._file.seek(member.offset)
        self._file.write(_local_header(member, self._stamp))
        self._file.seek(end)
        self._members.append(member)

    def finish(self) -> None:
        self._file.write(_directory(self._members, self._stamp, self._file.tell()))


class _Through:
    def __init__(self, file: BinaryIO, written: Callable[[int], None]) -> None:
        self._file = file
        self._written = written
        self.crc = 0
        self.size = 0

    def write(self, data: bytes, /) -> None:
        self.crc = zlib.crc32(data, self.crc)
        before = self.size
        self.size += len(data)
        self._file.write(data)
        if before // _CHUNK != self.size // _CHUNK:
            self._written(self.size)


def _dos_stamp(at: datetime) -> tuple[int, int]:
    """Time and date as a ZIP keeps them, in UTC, to two seconds."""
    at = at.astimezone(UTC)
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    return time, (at.year - 1980) << 9 | at.month << 5 | at.day


def _local_header(member: _Member, at: tuple[int, int]) -> bytes:
    large = member.size >= _ZIP64
    size = 0xFFFFFFFF if large else member.size
    extra = struct.pack("<HHQQ", 1, 16, member.size, member.size) if large else b""
    return (
        struct.pack("<4sHHHHH", b"PK\3\4", 45 if large else 20, 0, 0, *at)
        + struct.pack("<IIIHH", member.crc, size, size, len(member.name), len(extra))
        + member.name
        + extra
    )


def _directory(members: Sequence[_Member], at: tuple[int, int], start: int) -> bytes:
    """What stands after the last file, from offset `start` on."""
    records = b"".join(_central_header(member, at) for member in members)
    size, count = len(records), len(members)
    large = start >= _ZIP64 or count >= 0xFFFF
    end = b""
    if large:
        end = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
        end += struct.pack("<4sIQI", b"PK\6\7", 0, start + size, 1)
    shown = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF) if large else (count, count, size, start)
    return records + end + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, *shown, 0)


def _central_header(member: _Member, at: tuple[int, int]) -> bytes:
    large, far = member.size >= _ZIP64, member.offset >= _ZIP64
    fields = [member.size, member.size] * large + [member.offset] * far
    extra = struct.pack(f"<HH{len(fields)}Q", 1, 8 * len(fields), *fields) if fields else b""
    size = 0xFFFFFFFF if large else member.size
    version = 45 if fields else 20
    return (
        struct.pack("<4sHHHHHH", b"PK\1\2", 3 << 8 | version, version, 0, 0, *at)
        + struct.pack("<IIIHHH", member.crc, size, size, len(member.name), len(extra), 0)
        + struct.pack(
            "<HHII", 0, 0, (stat.S_IFREG | 0o644) << 16, 0xFFFFFFFF if far else member.offset
        )
        + member.name
        + extra
    )


# --- Verifying -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limits:
    """What a packet may ask of the computer that verifies it."""

    files: int = 10_000
    total: int = 64 << 30
    """Bytes once unpacked."""
    ratio: int = 100
    """Unpacked by packed; our own archives are not packed at all."""
    small: int = 64 << 20
    """Bytes of a file that is read whole."""
    directory: int = 4 << 20
    """Bytes of the archive's own list."""


@dataclass(frozen=True, slots=True)
class PacketReport:
    """What a verification established. Whose the fingerprint is, only another channel can say."""

    ok: bool
    problems: tuple[UserError, ...]
    number: str = ""
    fingerprint: str = ""
    """Of the key whose signature holds; empty when none does."""
    files: tuple[tuple[str, int], ...] = ()
    """Path in the bag, and bytes."""
    created: datetime | None = None
    entries: int = 0
    """Journal entries whose opened values and place under the checkpoint were checked."""
    document: bool | None = None
    """Whether the PDF that stands beside is the one of this packet; None when there is none."""
    documents: tuple[str, ...] = ()
    """The names of the files beside it that are, to the bit, the PDF or its protected copy."""
    told: int = 0
    """Lines of the case that were compared with the entries they repeat; 0 for a packet of an
    earlier version, whose lines do not name theirs."""
    differences: int = 0
    """Places where the sender found the case to differ from the journal, and says so in it."""
    checkpoint: str = ""
    """The signed note of the journal that came along, once the entries stand under it."""


def verify(
    path: Path,
    *,
    limits: Limits | None = None,
    fingerprint: str = "",
    progress: Report | None = None,
) -> PacketReport:
    """Verify a packet: its ZIP, or the folder that was unpacked from it.

    Nothing is unpacked; memory is bounded. `fingerprint`, when given, is the one the signer must
    have. What is wrong comes back as sentences; only what `progress` raises is raised.
    """
    checker = _Checker(limits or Limits(), progress)
    try:
        with readable(path):
            if path.is_dir():
                checker.folder(path)
            else:
                checker.archive(path)
        if fingerprint and checker.fingerprint and checker.fingerprint != fingerprint.strip():
            checker.problem(
                "other_signer",
                N_("The packet is signed by another key: {found}, and not {expected}."),
                found=checker.fingerprint,
                expected=fingerprint.strip(),
            )
    except UserError as error:
        checker.problems.append(error)
    return PacketReport(
        ok=not checker.problems,
        problems=tuple(checker.problems),
        number=checker.number,
        fingerprint=checker.fingerprint,
        files=tuple(sorted(checker.sizes.items())),
        created=checker.created,
        entries=checker.entries,
        document=checker.document,
        documents=checker.documents,
        told=checker.told,
        differences=checker.differences,
        checkpoint=checker.checkpoint,
    )


class _Source(Protocol):
    """Where the files of a bag are read from. Names were found harmless before."""

    def chunks(self, path: str) -> Iterator[bytes]: ...


class _Checker:
    """One verification. Methods note problems and go on where going on can tell more."""

    def __init__(self, limits: Limits, progress: Report | None) -> None:
        self._limits = limits
        self._progress = progress
        self._done = self._total = 0
        self._folded: set[str] = set()
        self._pdfs: dict[str, str] = {}
        """SHA-256 by name of the document, and of its protected copy."""
        self.problems: list[UserError] = []
        self.sizes: dict[str, int] = {}
        self.number = ""
        self.fingerprint = ""
        self.created: datetime | None = None
        self.entries = 0
        self.document: bool | None = None
        self.documents: tuple[str, ...] = ()
        self.told = 0
        self.differences = 0
        self.checkpoint = ""

    def problem(self, code: str, message: str, **params: object) -> None:
        self.problems.append(IntegrityError(code, message, **params))

    # -- the two forms ------------------------------------------------------------------------

    def archive(self, path: Path) -> None:
        with path.open("rb") as file:
            if file.read(5) == b"%PDF-":
                raise IntegrityError(
                    "pdf",
                    N_(
                        "This is a PDF. Give the ZIP archive that came with it: the PDF beside it"
                        " is compared, too."
                    ),
                )
            _must_have_small_directory(file, self._limits)
            try:
                with zipfile.ZipFile(file) as opened:
                    infos = opened.infolist()
                    root = self._harmless(infos)
                    self._bag(_Zipped(opened, root))
                    if self.number and root != self.number:
                        self.problem(
                            "container",
                            N_("The folder in the archive is not named {number}."),
                            number=self.number,
                        )
                    if not self.problems and not self._untouched(file, infos):
                        self.problem(
                            "container",
                            N_(
                                "The files are those that were signed, but the archive itself was"
                                " changed or packed anew. Unpack it and verify the folder."
                            ),
                        )
            except _BROKEN_ZIP as error:
                raise IntegrityError(
                    "not_a_zip", N_("The file is not a sound ZIP archive; ask for it again.")
                ) from error
        self._beside(path.parent)

    def folder(self, path: Path) -> None:
        inside = [entry for entry in path.iterdir() if entry.name != ".DS_Store"][:2]
        if len(inside) == 1 and inside[0].is_dir() and not inside[0].is_symlink():
            path = inside[0]
        for folder, folders, files in os.walk(path, followlinks=False):
            for name in folders + files:
                entry = Path(folder) / name
                relative = entry.relative_to(path).as_posix()
                mode = entry.lstat().st_mode
                if stat.S_ISREG(mode):
                    self._take(relative, entry.lstat().st_size)
                elif not stat.S_ISDIR(mode):
                    raise _unsafe(relative)
        self._bag(_Unpacked(path))
        self._beside(path.parent)

    def _harmless(self, infos: Sequence[zipfile.ZipInfo]) -> str:
        """Note the files, before any byte of them is unpacked; the folder they stand in."""
        root = infos[0].filename.partition("/")[0] if infos else ""
        for info in infos:
            name = info.orig_filename
            if info.flag_bits & 0x1:
                raise IntegrityError(
                    "encrypted", N_("{name} is encrypted; a packet never is."), name=_shown(name)
                )
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise _unsafe(name)
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise IntegrityError(
                    "packed",
                    N_("{name} is packed in a way that packets never are."),
                    name=_shown(name),
                )
            if info.file_size > self._limits.ratio * max(info.compress_size, 1024):
                raise _bomb()
            folder, _, inside = name.partition("/")
            if folder != root or not _NUMBER.fullmatch(folder):
                raise _unsafe(name)
            if name.endswith("/"):
                if info.file_size:
                    raise _unsafe(name)
                continue
            self._take(inside, info.file_size)
        return root

    def _take(self, path: str, size: int) -> None:
        """Note a file of the bag. Raises IntegrityError when its name or size could do harm."""
        if not _is_harmless(path):
            raise _unsafe(path)
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in self._folded:
            raise IntegrityError(
                "twice", N_("{name} stands twice in the packet."), name=_shown(path)
            )
        self._folded.add(folded)
        self.sizes[path] = size
        self._total += size
        if len(self.sizes) > self._limits.files or self._total > self._limits.total:
            raise _bomb()

    # -- the bag ------------------------------------------------------------------------------

    def _bag(self, source: _Source) -> None:
        absent = [path for path in _NEEDED if path not in self.sizes]
        for path in absent:
            self.problem("missing", N_("{name} is missing from the packet."), name=path)
        if absent:
            return
        try:
            tag_manifest = self._small(source, TAG_MANIFEST)
            key = self._signature(source, tag_manifest)
            tags = self._manifest(TAG_MANIFEST, tag_manifest)
            payload = self._manifest(MANIFEST, self._small(source, MANIFEST))
        except IntegrityError as error:
            self.problems.append(error)
            return
        if tags.keys() != _TAGS or not all(path.startswith("data/") for path in payload):
            self.problem("not_ours", N_("The manifests do not list what those of a packet list."))
        expected = {**payload, **tags}
        outside = {TAG_MANIFEST, SIGNATURE}
        for path in sorted(expected.keys() - self.sizes.keys()):
            self.problem("missing", N_("{name} is missing from the packet."), name=_shown(path))
        for path in sorted(self.sizes.keys() - expected.keys() - outside):
            self.problem(
                "unlisted", N_("{name} was added: the packet does not list it."), name=_shown(path)
            )
        for path in sorted(self.sizes.keys() & expected.keys()):
            self._hash(source, path, expected[path])
        if not self.problems:
            self._contents(source, payload, key)

    def _signature(self, source: _Source, tag_manifest: bytes) -> bytes:
        """The public key that signed; noted as the report's fingerprint."""
        try:
            key = keys.read_public_line(self._small(source, SIGNER).decode("ascii"))
            signature = self._small(source, SIGNATURE).decode("ascii")
            if keys.verify_sshsig(signature, NAMESPACE, tag_manifest) != key:
                raise ValueError("signed by another key than the one enclosed")
        except ValueError as error:
            raise IntegrityError(
                "signature",
                N_("The signature does not hold: the packet was altered, or not signed by us."),
            ) from error
        self.fingerprint = keys.fingerprint(key)
        return key

    def _manifest(self, name: str, data: bytes) -> dict[str, str]:
        found: dict[str, str] = {}
        try:
            text = data.decode("ascii")
        except UnicodeDecodeError:
            text = "?"
        at = 0
        for line in _MANIFEST_LINE.finditer(text):
            if line.start() != at or line[2] in found or not _is_harmless(line[2]):
                break
            found[line[2]] = line[1]
            at = line.end()
        if at != len(text):
            raise IntegrityError(
                "manifest", N_("The list {name} is not written as packets write it."), name=name
            )
        return found

    def _hash(self, source: _Source, path: str, expected: str) -> None:
        digest = hashlib.sha256()
        size = 0
        total = sum(self.sizes.values())
        try:
            for chunk in source.chunks(path):
                digest.update(chunk)
                size += len(chunk)
                self._done += len(chunk)
                if self._progress is not None:
                    self._progress(min(self._done, total), total)
        except IntegrityError as error:
            self.problems.append(error)
            return
        if digest.hexdigest() != expected:
            self.problems.append(_altered(path))

    def _small(self, source: _Source, path: str) -> bytes:
        if self.sizes[path] > self._limits.small:
            raise _bomb()
        data = b"".join(source.chunks(path))
        if len(data) != self.sizes[path]:
            raise _altered(path)
        return data

    # -- what the files say, once they are known to be those that were signed -----------------

    def _contents(self, source: _Source, payload: Mapping[str, str], key: bytes) -> None:
        try:
            lines = self._small(source, BAG_INFO).decode().splitlines()
            info = dict(line.split(": ", 1) for line in lines)
            number = info["External-Identifier"]
            day, time = info["Bagging-Date"], info["Bagging-Time"]
            created = datetime.fromisoformat(f"{day}T{time}")
            volume = sum(self.sizes[path] for path in payload)
            document = f"data/{number}.pdf.sha256"
            if (
                not _NUMBER.fullmatch(number)
                or info["Payload-Oxum"] != f"{volume}.{len(payload)}"
                or self._small(source, BAGIT) != _BAGIT_TEXT
                or not {CASE, ENTRIES, CHECKPOINT, SIGNER, document} <= payload.keys()
            ):
                raise ValueError("not as packets are")
            self.number, self.created = number, created
            listed = self._small(source, document).decode().splitlines()
            self._pdfs = {name: digest for digest, name in (line.split("  ") for line in listed)}
            if f"{number}.pdf" not in self._pdfs:
                raise ValueError("the hash of another document")
            opened = json.loads(self._small(source, ENTRIES))
            case = json.loads(self._small(source, CASE))
            note = self._small(source, CHECKPOINT).decode()
            if not isinstance(opened, list) or not isinstance(case, dict):
                raise ValueError("no list of entries")
        except (ValueError, KeyError, IndexError, RecursionError) as error:
            if isinstance(error, UserError):
                raise
            self.problem("not_ours", N_("The packet is signed, but is not one of this program."))
            return
        self._journal(opened, note, key)
        if not self.problems:
            self.checkpoint = note
            self._case(case, opened)

    def _case(self, case: Mapping[str, Any], opened: Sequence[Any]) -> None:
        """What the case says against the entries that it repeats."""
        try:
            self.differences = len(case.get("differences", ()))
            if not self.differences:  # where there are some, the packet tells both
                told = _Told(case, opened)
                wrong = told.wrong()
                self.told = told.compared
        except _NONSENSE:
            self.problem("not_ours", N_("The packet is signed, but is not one of this program."))
            return
        if not self.differences and wrong is not None:
            self.problem(
                "case",
                N_("The case of the packet does not say what its own journal entry {seq} says."),
                seq=wrong,
            )

    def _journal(self, opened: list[Any], note: str, key: bytes) -> None:
        """Each opened value against its commitment, each entry against the checkpoint."""
        from scc_admin.journal import body, merkle, notes

        try:
            checkpoint = notes.verify(note, key)
        except UserError as error:
            self.problems.append(error)
            return
        for entry in opened:
            try:
                seq, text = int(entry["seq"]), str(entry["body"]).encode()
                commitments = json.loads(text)["commit"]
                proof = [bytes.fromhex(step) for step in entry["proof"]]
                sound = (
                    json.loads(text)["seq"] == seq
                    and entry["values"].keys() == commitments.keys()
                    and all(
                        value is None or commitments[name] == _commitment(name, value)
                        for name, value in entry["values"].items()
                    )
                    and merkle.verify_inclusion(
                        body.digest(text), seq - 1, checkpoint.size, proof, checkpoint.root
                    )
                )
            except _NONSENSE:
                seq, sound = 0, False
            if not sound:
                self.problem(
                    "entry",
                    N_("Journal entry {seq} of the packet is not the one under the checkpoint."),
                    seq=seq,
                )
                return
            self.entries += 1

    def _beside(self, folder: Path) -> None:
        """The PDF that came along, when there is one, also under the name a browser gave it."""
        if not self._pdfs:
            return
        sound, other = [], []
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() != ".pdf" or self.number not in path.name or not path.is_file():
                continue
            if _file_hash(path) in self._pdfs.values():
                sound.append(path.name)
            elif _AGAIN.sub(".pdf", path.name) in self._pdfs:
                other.append(path.name)
        self.documents = tuple(sound)
        # A second download has a number: where one is the document, the other is an earlier one.
        other = [name for name in other if not sound or name in self._pdfs]
        for name in other:
            self.problem(
                "document",
                N_("{name}, beside the packet, is not the document that belongs to it."),
                name=name,
            )
        self.document = not other if sound or other else None

    # -- the container ------------------------------------------------------------------------

    def _untouched(self, file: BinaryIO, infos: Sequence[zipfile.ZipInfo]) -> bool:
        """Whether every byte between the files is what `_Archive` would write."""
        if self.created is None:
            return False
        at = _dos_stamp(self.created)
        members = [
            _Member(info.orig_filename.encode(), info.file_size, info.header_offset, info.CRC)
            for info in infos
        ]
        end = 0
        for member in members:
            header = _local_header(member, at)
            file.seek(end)
            if member.offset != end or file.read(len(header)) != header:
                return False
            end += len(header) + member.size
        directory = _directory(members, at, end)
        file.seek(end)
        return file.read(len(directory) + 1) == directory


class _Told:
    """The case of a packet beside its entries. Words that were hidden, or replaced by the person's
    label, are not compared; their hashes are, where both give one."""

    def __init__(self, case: Mapping[str, Any], opened: Sequence[Any]) -> None:
        self._case = case
        self._bodies = {int(e["seq"]): json.loads(e["body"]) for e in opened}
        self._values: dict[int, Mapping[str, Any]] = {int(e["seq"]): e["values"] for e in opened}
        self.compared = 0

    def wrong(self) -> int | None:
        """The first entry that the case contradicts; None when there is none."""
        lines = [line for line in self._case.get("timeline", ()) if line.get("entry")]
        if not lines:
            return None
        for line in lines:
            seq = int(line["entry"])
            if seq not in self._bodies or not self._agrees(line, seq):
                return seq
            self.compared += 1
        return (
            self._left_out({int(line["entry"]) for line in lines})
            or self._taken_back()
            or self._asked()
        )

    def _agrees(self, line: Mapping[str, Any], seq: int) -> bool:
        body = self._bodies[seq]
        if not line["ours"]:
            return (
                body["kind"] == "incident"
                and self._same(seq, "captured", line["at"])
                and self._same(seq, "text", line["detail"], line["original_sha256"])
                and self._same(seq, "url", line["link"])
            )
        exception = line["exception"] or {"reason": ""}
        words = f"{line['detail']}\n{exception['reason']}"
        return (
            self._same(seq, "done", line["at"])
            and ("done" in body["commit"] or _moment(body["at"]) == _moment(line["at"]))
            and body["who"] == _one_line(line["who"])
            and all(
                (value := self._plain(seq, name)) is None
                or value in words
                or (name == "text" and value in _CODES)
                for name in ("text", "reason", "override")
            )
        )

    def _plain(self, seq: int, name: str) -> str | None:
        """A value whose words are there; None for any other."""
        value = self._values[seq].get(name)
        return None if value is None or "value" not in value else str(value["value"])

    def _same(self, seq: int, name: str, told: object, digest: str = "") -> bool:
        value = self._values[seq].get(name)
        if name not in self._bodies[seq]["commit"]:
            return name in ("captured", "done") or told in ("", None)
        if value is None:
            return True
        if "value" not in value:
            return not digest or value["sha256"] == digest
        if name in ("captured", "done", "seen", "when"):
            return _moment(str(told)) == _moment(value["value"])
        return bool(value["value"] == told)

    def _left_out(self, told: set[int]) -> int | None:
        """The first comment, answer or ban of the journal that the case does not tell of."""
        undone = {body["supersedes"] for body in self._bodies.values()}
        return next(
            (
                seq
                for seq, body in sorted(self._bodies.items())
                if body["kind"] in ("incident", "rung", "ban")
                and seq not in told
                and seq not in undone
            ),
            None,
        )

    def _taken_back(self) -> int | None:
        """The first entry that takes another one back, or changes it, of which the case does not
        tell as it is. A case of an earlier version tells of none."""
        if "withdrawn" not in self._case:
            return None
        told = {int(line["entry"]): line for line in self._case["withdrawn"]}
        doing = {
            seq
            for seq, body in self._bodies.items()
            if body["supersedes"] is not None or body["kind"] == "correction"
        }
        for seq in sorted(doing | told.keys()):
            line, body = told.get(seq), self._bodies.get(seq)
            if (
                line is None
                or body is None
                or (body["supersedes"] or 0) != line["superseded"]
                or body["who"] != _one_line(line["who"])
                or body["approver"] != _one_line(line["approver"])
                or _moment(body["at"]) != _moment(line["at"])
                or not self._same(seq, "reason", line["reason"], line["original_sha256"])
            ):
                return seq
            self.compared += 1
        return None

    def _asked(self) -> int | None:
        """The request and its clock, against the last entries that tell of them."""
        number, clock = self._case["number"], self._case["clock"]
        for kind, step, fields in (
            ("escalation", number, {"question": self._case["question"], "seen": clock["seen"]}),
            (
                "contact",
                f"{number}/escalated",
                {"contact": self._case["contact"], "when": clock["escalated"]},
            ),
            (
                "contact",
                f"{number}/answered",
                {"answer": self._case["answer"], "when": clock["answered"]},
            ),
            ("contact", f"{number}/closed", {"when": clock["closed"]}),
        ):
            seqs = [s for s, b in self._bodies.items() if (b["kind"], b["step"]) == (kind, step)]
            if not seqs:
                continue
            seq = max(seqs)
            for name, told in fields.items():
                if name in self._bodies[seq]["commit"] and not self._same(seq, name, told):
                    return seq
            self.compared += 1
        return None


_CODES = frozenset({"set", "lifted", "reopened", "granted", "upheld", "lowered"})
"""Words of steps that are codes: the case says them in its language."""


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _one_line(name: str) -> str:
    from scc_admin.journal import body

    return body.one_line(name)


_NONSENSE = (
    ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError,
)  # fmt: skip
"""What JSON of any shape may raise when it is read as an entry."""
_TAGS = {BAGIT, BAG_INFO, README, MANIFEST}
_NEEDED = (BAGIT, BAG_INFO, MANIFEST, TAG_MANIFEST, SIGNATURE, SIGNER)
_BROKEN_ZIP = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError,
    RuntimeError, ValueError, OverflowError,
)  # fmt: skip
"""What zipfile lets through on archives made to confuse it."""


class _Zipped:
    def __init__(self, opened: zipfile.ZipFile, root: str) -> None:
        self._opened = opened
        self._root = root

    def chunks(self, path: str) -> Iterator[bytes]:
        try:
            with self._opened.open(f"{self._root}/{path}") as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except (*_BROKEN_ZIP, KeyError) as error:
            raise _altered(path) from error


class _Unpacked:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def chunks(self, path: str) -> Iterator[bytes]:
        with readable(self._folder / path), (self._folder / path).open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def _must_have_small_directory(file: BinaryIO, limits: Limits) -> None:
    """zipfile reads an archive's whole list into memory: look at its size first."""
    length = file.seek(0, os.SEEK_END)
    start = max(0, length - 0x10000 - 22)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + 22:
        raise IntegrityError(
            "not_a_zip", N_("The file is not a sound ZIP archive; ask for it again.")
        )
    size = struct.unpack_from("<I", tail, at + 12)[0]
    if at >= 20 and tail[at - 20 : at - 16] == b"PK\6\7":
        (where,) = struct.unpack_from("<Q", tail, at - 12)
        file.seek(min(where, length))
        record = file.read(56)
        large = struct.unpack_from("<Q", record, 40)[0] if len(record) == 56 else 0
        size = large if size == 0xFFFFFFFF else max(size, large)
    if size > limits.directory:
        raise _bomb()
    file.seek(0)


def _is_harmless(path: str) -> bool:
    return bool(_PATH.fullmatch(path)) and all(
        part not in ("", ".", "..") for part in path.split("/")
    )


def _shown(name: str) -> str:
    """A name from outside, fit to be printed."""
    return name.encode("unicode_escape").decode("ascii")[:80]


def _commitment(name: str, value: Mapping[str, str]) -> str:
    """The commitment that an opened value of a packet leads to. Raises KeyError, ValueError."""
    from scc_admin.journal import body

    salt = bytes.fromhex(value["salt"])
    if "value" in value:
        return body.commitment(salt, name, value["value"])
    return body.commitment_of_hash(salt, name, bytes.fromhex(value["sha256"]))


def _unsafe(name: str) -> IntegrityError:
    return IntegrityError(
        "unsafe_name",
        N_("The packet holds something that could write outside its folder ({name})."),
        name=_shown(name),
    )


def _bomb() -> IntegrityError:
    return IntegrityError(
        "bomb", N_("The packet would unpack to far more than a packet holds. It was not read.")
    )


def _altered(path: str) -> IntegrityError:
    return IntegrityError(
        "altered", N_("{name} is not what it was when the packet was made."), name=_shown(path)
    )
