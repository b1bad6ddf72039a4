"""A packet with 1 GB of evidence, against `cp` and `sha256sum` of the same clear files.

The packet's share holds decrypting, hashing, writing, and reading all of it again to verify.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from scc_admin.evidence import Blob, Vault
from scc_admin.journal import merkle, notes
from scc_admin.keys import Signer
from scc_admin.packets import Item, PacketInput, build, verify
from scc_admin.store import Store

FILES = 4
MEGABYTES = 256
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def measure() -> dict[str, float]:
    """Seconds, ratios to `cp` plus `sha256sum` in the same run, and megabytes of memory gained.

    `cpu` ratios compare processor time, which a busy machine disturbs less.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [folder / f"{number}.mp4" for number in range(FILES)]
        for file in files:
            with file.open("wb") as out:
                for _ in range(MEGABYTES):
                    out.write(os.urandom(1 << 20))
        (folder / "copies").mkdir()
        (folder / "sent").mkdir()
        with Store.create(folder / "workspace.db", bytes(32)) as store:
            vault = Vault(store, folder / "evidence", lambda: NOW)
            _warm(vault, store, folder)
            before = _peak()
            floor = min(_cost(lambda: _copy_and_hash(files, folder)) for _ in range(3))
            adding = _cost(lambda: [_add(vault, store, file) for file in files])
            packet = _packet(vault, [vault.blob(blob.id) for blob in _blobs(vault, store)][1:])
            building = min(_cost(lambda: _build(packet, folder)) for _ in range(3))
            verifying = min(
                _cost(lambda: verify(folder / "sent" / f"{packet.number}.zip")) for _ in range(3)
            )
            grown = _peak() - before
    return {
        "cp_and_sha256sum_s": round(floor[0], 3),
        "add_s": round(adding[0], 3),
        "add_ratio": round(adding[0] / floor[0], 2),
        "packet_s": round(building[0], 3),
        "packet_ratio": round(building[0] / floor[0], 2),
        "packet_cpu_ratio": round(building[1] / floor[1], 2),
        "verify_s": round(verifying[0], 3),
        "verify_ratio": round(verifying[0] / floor[0], 2),
        "verify_cpu_ratio": round(verifying[1] / floor[1], 2),
        "evidence_mb": FILES * MEGABYTES,
        "memory_grown_mb": round(grown, 1),
    }


def _blobs(vault: Vault, store: Store) -> list[Blob]:
    with store.reading() as db:
        ids = [row["id"] for row in db.all("SELECT id FROM blobs ORDER BY id")]
    return [vault.blob(blob_id) for blob_id in ids]


def _add(vault: Vault, store: Store, file: Path) -> int:
    staged = vault.add(file, file.name)
    with store.writing() as tx:
        return vault.commit(tx, staged)


def _packet(vault: Vault, blobs: list[Blob]) -> PacketInput:
    signer = Signer(bytes(32), "bench")
    leaf = bytes(32)
    root = merkle.root(lambda level, start, stop: [leaf][start:stop], 1)
    return PacketInput(
        number="ESC-2026-001",
        case_number="CAS-2026-001",
        case={},
        items=[
            Item(
                blob.media_type,
                blob.size,
                blob.sha256,
                lambda sink, blob=blob: vault.pour(blob.id, sink),
            )
            for blob in blobs
        ],
        entries=[],
        checkpoint=notes.compose("scc-admin/bench", 1, leaf, root, NOW, signer).note,
        pdf=b"%PDF-1.7",
        signer=signer,
        created=NOW,
    )


def _build(packet: PacketInput, folder: Path) -> None:
    with build(packet, folder / "sent") as built:
        built.publish()


def _warm(vault: Vault, store: Store, folder: Path) -> None:
    """All imports and buffers, so that memory counts the evidence alone."""
    small = folder / "small.mp4"
    small.write_bytes(os.urandom(2 << 20))
    _add(vault, store, small)
    _build(_packet(vault, _blobs(vault, store)), folder)


def _copy_and_hash(files: list[Path], folder: Path) -> None:
    names = [str(file) for file in files]
    subprocess.run(["cp", *names, str(folder / "copies")], check=True)
    subprocess.run(["sha256sum", *names], check=True, stdout=subprocess.DEVNULL)


def _cost(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor, in this process and in those it runs."""
    start, before = time.perf_counter(), _processor()
    act()
    return time.perf_counter() - start, _processor() - before


def _processor() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


def _peak() -> float:
    """Megabytes of memory at the highest so far."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    print(measure())
