"""The vault: what goes in comes out, nothing half-done stays, and what is destroyed is gone."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import threading
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pyrage import x25519

from scc_admin.errors import Cancelled, IntegrityError, UserError
from scc_admin.evidence import CHUNK, Vault
from scc_admin.store import Store

MUTATIONS = int(os.environ.get("SCC_ADMIN_MUTATIONS", "150"))
NOW = datetime(2026, 11, 23, 19, 2, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "workspace.db", bytes(range(32))) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "evidence"


@pytest.fixture
def vault(store, folder):
    return Vault(store, folder, lambda: NOW)


def kept(vault: Vault, store: Store, data: bytes, name: str = "a.bin") -> int:
    staged = vault.add(data, name)
    with store.writing() as tx:
        return vault.commit(tx, staged)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


def png(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), colour).save(out, "PNG")
    return out.getvalue()


# -- in and out -------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 65_536, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
def test_what_goes_in_comes_out(vault, store, folder, tmp_path, size):
    data = os.urandom(size)
    source = tmp_path / "film.mp4"
    source.write_bytes(data)
    for given_as in (source, data, io.BytesIO(data)):
        staged = vault.add(given_as, "film.mp4")
        assert (staged.size, staged.sha256) == (size, hashlib.sha256(data).hexdigest())
        assert staged.media_type == "video/mp4"
        with store.writing() as tx:
            blob_id = vault.commit(tx, staged)
        assert vault.read(blob_id) == data
        vault.copy_out(blob_id, tmp_path / "out.mp4")
        assert (tmp_path / "out.mp4").read_bytes() == data
    assert vault.verify() == [] and vault.orphans() == []
    if size > 100:
        assert all(data[:100] not in path.read_bytes() for path in files(folder))


def test_the_file_opens_with_age_alone(vault, store, folder):
    blob_id = kept(vault, store, b"preuve")
    with store.reading() as db:
        key = db.value("SELECT key FROM blobs WHERE id = ?", (blob_id,))
    identity = x25519.Identity.from_str(key.decode())
    assert pyrage.decrypt(files(folder)[0].read_bytes(), [identity]) == b"preuve"


def test_each_file_has_a_key_of_its_own(vault, store):
    kept(vault, store, b"same"), kept(vault, store, b"same")
    with store.reading() as db:
        assert db.value("SELECT count(DISTINCT key) FROM blobs") == 2


def test_the_same_bytes_are_recognised_until_destroyed(vault, store):
    first = kept(vault, store, b"capture")
    again = vault.add(b"capture", "copie.png")
    assert again.same == (first,)
    vault.discard(again)
    assert vault.add(b"other", "b.png").same == ()
    with store.writing() as tx:
        vault.destroy(tx, first)
    assert vault.find(hashlib.sha256(b"capture").hexdigest()) == ()


def test_a_picture_brings_its_size_and_a_thumbnail(vault, store):
    staged = vault.add(png(), "Capture d’écran.png")
    assert (staged.picture.width, staged.picture.height) == (800, 600)
    with store.writing() as tx:
        blob_id = vault.commit(tx, staged)
    small = Image.open(io.BytesIO(vault.thumbnail(blob_id)))
    assert small.size == (320, 240)


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff" + bytes(100)])
def test_a_picture_that_cannot_be_shown_is_kept_all_the_same(vault, store, data):
    staged = vault.add(data, "a.png")
    assert staged.thumbnail is None and staged.trouble.code == "not_a_picture"
    with store.writing() as tx:
        blob_id = vault.commit(tx, staged)
    assert vault.read(blob_id) == data


@pytest.mark.parametrize("name", ["../../a.png", "nul", "a\0b", "\ud800", "x" * 5000, ""])
def test_a_hostile_name_never_reaches_the_disk(vault, folder, name, tmp_path):
    staged = vault.add(b"x", name)
    assert staged.name == name
    assert [path.relative_to(folder).as_posix() for path in files(folder)] == [staged.path]
    assert {path.name for path in tmp_path.iterdir()} <= {
        "evidence",
        "workspace.db",
        "workspace.db-wal",
        "workspace.db-shm",
    }


def test_a_film_costs_no_memory(vault, store, tmp_path):
    class Zeros(io.RawIOBase):
        left = 96 * CHUNK

        def read(self, count=-1):
            count = min(count if count >= 0 else CHUNK, self.left)
            self.left -= count
            return bytes(count)

    tracemalloc.start()
    try:
        staged = vault.add(Zeros(), "film.mp4")
        with store.writing() as tx:
            blob_id = vault.commit(tx, staged)
        vault.copy_out(blob_id, tmp_path / "film.mp4")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (tmp_path / "film.mp4").stat().st_size == 96 * CHUNK
    assert peak < 16 * CHUNK


# -- stopped, refused, interrupted ------------------------------------------------------------


def test_progress_is_told_and_may_stop_it(vault, folder, store, tmp_path):
    data = os.urandom(3 * CHUNK)
    seen = []
    staged = vault.add(data, "a", progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n * CHUNK, 3 * CHUNK) for n in (1, 2, 3)]

    def stop(done, total):
        raise Cancelled

    before = files(folder)
    with pytest.raises(Cancelled):
        vault.add(data, "b", progress=stop)
    assert files(folder) == before
    with store.writing() as tx:
        blob_id = vault.commit(tx, staged)
    with pytest.raises(Cancelled):
        vault.copy_out(blob_id, tmp_path / "out", progress=stop)
    assert not list(tmp_path.glob("out*"))
    with pytest.raises(Cancelled):
        vault.verify(stop)


def test_a_source_that_cannot_be_read_is_said(vault, tmp_path, folder):
    for source, code in ((tmp_path / "gone.png", "not_a_file"), (tmp_path, "not_a_file")):
        with pytest.raises(UserError) as error:
            vault.add(source, "a")
        assert error.value.code == code

    class Failing(io.RawIOBase):
        def read(self, count=-1):
            raise OSError(errno.EIO, "unreadable sector")

    with pytest.raises(UserError) as error:
        vault.add(Failing(), "a")
    assert error.value.code == "disk_error"
    assert files(folder) == []


def test_a_full_disk_leaves_nothing_half_done(vault, store, folder, tmp_path, monkeypatch):
    blob_id = kept(vault, store, b"kept")
    before = files(folder)

    def full(_):
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        for act in (lambda: vault.add(b"x", "a"), lambda: vault.copy_out(blob_id, tmp_path / "o")):
            with pytest.raises(UserError) as error:
                act()
            assert error.value.code == "disk_full"
    assert files(folder) == before and not list(tmp_path.glob("o*"))
    assert vault.orphans() == []


def test_a_transaction_undone_leaves_a_harmless_orphan_that_is_swept(vault, store, folder):
    staged = vault.add(b"x", "a")
    assert vault.orphans() == []  # still awaited
    with pytest.raises(RuntimeError), store.writing() as tx:
        vault.commit(tx, staged)
        raise RuntimeError
    assert len(vault.orphans()) == 1
    assert vault.sweep() == 1
    assert files(folder) == []
    with pytest.raises(IntegrityError), store.writing() as tx:
        vault.commit(tx, staged)


def test_sweeping_spares_what_another_thread_is_bringing_in(vault, store):
    staged = vault.add(b"x", "a")
    swept = threading.Event()

    def sweep():
        vault.sweep()
        swept.set()

    with store.writing() as tx:
        thread = threading.Thread(target=sweep)
        thread.start()
        blob_id = vault.commit(tx, staged)
        assert not swept.is_set()
    thread.join()
    assert vault.read(blob_id) == b"x"


# -- altered ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def altered(tmp_path_factory):
    """A vault with one file; `damage` puts other bytes in its place."""
    root = tmp_path_factory.mktemp("altered")
    with Store.create(root / "workspace.db", None) as store:
        vault = Vault(store, root / "evidence", lambda: NOW)
        blob_id = kept(vault, store, bytes(range(256)) * 400)
        path = files(root / "evidence")[0]
        yield vault, blob_id, path, path.read_bytes()


@settings(max_examples=MUTATIONS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_altered_byte_is_found(altered, data):
    vault, blob_id, path, sound = altered
    at = data.draw(st.integers(0, len(sound) - 1))
    act = data.draw(st.sampled_from(["flip", "cut", "insert", "append"]))
    match act:
        case "flip":
            bit = 1 << data.draw(st.integers(0, 7))
            path.write_bytes(sound[:at] + bytes([sound[at] ^ bit]) + sound[at + 1 :])
        case "cut":
            path.write_bytes(sound[:at])
        case "insert":
            path.write_bytes(sound[:at] + b"\n" + sound[at:])
        case "append":
            path.write_bytes(sound + b"\n")
    with pytest.raises(IntegrityError) as error:
        vault.read(blob_id)
    assert error.value.code == "blob_altered"
    path.write_bytes(sound)


def test_the_vault_says_what_is_missing_altered_or_exchanged(vault, store, folder):
    blobs = [kept(vault, store, f"file {n}".encode()) for n in range(4)]
    with store.reading() as db:
        paths = [folder / row["path"] for row in db.all("SELECT path FROM blobs ORDER BY id")]
    paths[0].unlink()
    content = [path.read_bytes() if path.exists() else b"" for path in paths]
    paths[1].write_bytes(content[2])
    paths[2].write_bytes(content[1])
    problems = vault.verify()
    assert [problem.code for problem in problems] == ["blob_missing"] + ["blob_altered"] * 2
    assert vault.read(blobs[3]) == b"file 3"


def test_a_hash_changed_in_the_database_is_found(vault, store):
    blob_id = kept(vault, store, b"x")
    with store.writing() as tx:
        tx.update("blobs", blob_id, sha256="0" * 64)
    with pytest.raises(IntegrityError):
        vault.read(blob_id)


# -- destroyed --------------------------------------------------------------------------------


def test_what_is_destroyed_leaves_neither_key_nor_file(vault, store, folder):
    blob_id = kept(vault, store, png(), "a.png")
    other = kept(vault, store, b"other")
    copy = files(folder)[0].read_bytes(), files(folder)[1].read_bytes()
    with store.writing() as tx:
        assert vault.destroy(tx, blob_id)
    assert vault.sweep() == 1
    assert len(files(folder)) == 1 and files(folder)[0].read_bytes() in copy
    with pytest.raises(UserError) as error:
        vault.read(blob_id)
    assert error.value.code == "destroyed"
    assert vault.thumbnail(blob_id) is None
    assert vault.blob(blob_id).destroyed and not vault.blob(other).destroyed
    assert vault.read(other) == b"other"
    assert vault.verify() == []


def test_what_a_draft_or_a_case_still_needs_is_not_destroyed(vault, store):
    blob_id = kept(vault, store, b"x")
    evidence_id = in_a_case(store, blob_id)
    with store.writing() as tx:
        assert not vault.destroy(tx, blob_id)
    assert vault.read(blob_id) == b"x"
    with store.writing() as tx:
        tx.update("evidence", evidence_id, erased=1)
        assert vault.destroy(tx, blob_id)


def test_the_custody_log_keeps_who_did_what(vault, store):
    evidence_id = in_a_case(store, kept(vault, store, b"x"))
    with store.writing() as tx:
        vault.log(tx, evidence_id, "Alex", "captured")
        vault.log(tx, evidence_id, "Alex", "exported", "Service des affaires publiques")
    log = vault.custody(evidence_id)
    assert [(line.act, line.to_whom, line.at) for line in log] == [
        ("captured", "", NOW),
        ("exported", "Service des affaires publiques", NOW),
    ]
    with pytest.raises(ValueError), store.writing() as tx:
        vault.log(tx, evidence_id, "Alex", "mislaid")


def in_a_case(store: Store, blob_id: int) -> int:
    at = "2026-11-23T19:02:00.000Z"
    with store.writing() as tx:
        person = tx.insert("persons", uid="p", label="Usager 001", created_at=at)
        case = tx.insert(
            "cases",
            uid="c",
            number="CAS-2026-001",
            person_id=person,
            title="",
            situation="spam",
            critical=0,
            state="open",
            opened_at=at,
            opened_by="Alex",
            last_event_at=at,
        )
        return tx.insert(
            "evidence",
            uid="e",
            case_id=case,
            blob_id=blob_id,
            original_name="a",
            captured_at=at,
            collector="Alex",
            method="file",
        )


def test_unknown_blobs_are_said(vault):
    for act in (vault.blob, vault.read, lambda n: vault.pour(n, io.BytesIO())):
        with pytest.raises(UserError) as error:
            act(99)
        assert error.value.code == "unknown"
