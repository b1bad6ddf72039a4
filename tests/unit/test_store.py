"""The database file: opened, written, read, copied; and every way in which it may refuse."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from scc_admin.errors import UserError
from scc_admin.store import Store

KEY = bytes(range(32))


@pytest.fixture(params=[None, KEY], ids=["clear", "encrypted"])
def key(request: pytest.FixtureRequest) -> bytes | None:
    return request.param


@pytest.fixture
def store(tmp_path: Path, key: bytes | None) -> Store:
    with Store.create(tmp_path / "workspace.db", key) as opened:
        yield opened


def put(store: Store, value: str) -> None:
    with store.writing() as tx:
        tx.insert("settings", key=value, value="1")


def keys(store: Store) -> list[str]:
    with store.reading() as db:
        return [row["key"] for row in db.all("SELECT key FROM settings ORDER BY key")]


def test_closing_lets_whoever_reads_or_writes_end_first(store, tmp_path, key):
    begun = threading.Barrier(3)
    told: list[object] = []

    def reads() -> None:
        with store.reading() as db:
            begun.wait()
            for _ in range(300):
                told.append(len(db.all("SELECT name FROM sqlite_master")))
        try:
            with store.reading():
                told.append("read after it was closed")
        except UserError as error:
            told.append(error.code)

    def writes() -> None:
        with store.writing() as tx:
            begun.wait()
            for number in range(300):
                tx.insert("settings", key=str(number), value="1")
            put(store, "within")

    threads = [threading.Thread(target=work) for work in (reads, writes)]
    for thread in threads:
        thread.start()
    begun.wait()
    store.close()
    for thread in threads:
        thread.join()
    assert told[-1] == "closed"
    assert len(set(told[:-1])) == 1
    assert len(told) == 301
    with Store.open(tmp_path / "workspace.db", key) as again:
        assert len(keys(again)) == 301


def test_a_store_closed_under_its_readers_ends_no_program(store):
    answers: list[str] = []

    def reads() -> None:
        try:
            while True:
                with store.reading() as db:
                    db.all("SELECT * FROM sqlite_master")
        except UserError as error:
            answers.append(error.code)

    threads = [threading.Thread(target=reads) for _ in range(3)]
    for thread in threads:
        thread.start()
    with store.reading() as db:
        db.value("SELECT count(*) FROM settings")
    store.close()
    for thread in threads:
        thread.join()
    assert answers == ["closed"] * 3


def test_what_was_committed_is_there_when_reopened(tmp_path, store, key):
    put(store, "a")
    store.close()
    with Store.open(tmp_path / "workspace.db", key) as again:
        assert keys(again) == ["a"]
        assert again.problems() == []


def test_half_of_a_broken_emoji_is_written_and_looked_for_as_what_it_is(store):
    put(store, "demi \ud83d")
    assert keys(store) == ["demi \ufffd"]
    with store.writing() as tx:
        row = tx.one("SELECT value FROM settings WHERE key = ?", ("demi \ud83d",))
        assert row is not None
        assert tx.run("UPDATE settings SET value = ? WHERE key = ?", ("\udc00", "demi \ufffd"))
        assert tx.value("SELECT value FROM settings") == "\ufffd"


def test_a_failed_transaction_leaves_nothing(store):
    with pytest.raises(RuntimeError), store.writing() as tx:
        tx.insert("settings", key="a", value="1")
        tx.db["lists"].insert({"name": "n", "value": "v", "note": ""})
        raise RuntimeError
    assert keys(store) == []
    with store.reading() as db:
        assert db.value("SELECT count(*) FROM lists") == 0


def test_nested_transactions_join_the_outer_one(store):
    with pytest.raises(RuntimeError), store.writing():
        put(store, "inner")
        raise RuntimeError
    assert keys(store) == []


def test_a_reader_sees_one_state_while_another_thread_writes(store):
    put(store, "a")
    with store.reading() as db:
        before = db.value("SELECT count(*) FROM settings")
        writer = threading.Thread(target=put, args=(store, "b"))
        writer.start()
        writer.join()
        assert db.value("SELECT count(*) FROM settings") == before == 1
    assert keys(store) == ["a", "b"]


def test_two_threads_lose_nothing(store):
    def work(name: str) -> None:
        for number in range(50):
            put(store, f"{name}{number:02}")

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys(store)) == 100


def test_the_promised_pragmas_hold(store):
    with store.writing() as tx:
        found = {
            name: tx.value(f"PRAGMA {name}")
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


def test_every_table_of_ours_is_strict(store):
    with store.reading() as db:
        rows = db.all(
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
            " AND name NOT LIKE 'sqlite_%'"
        )
    assert rows
    assert [row["name"] for row in rows if not row["strict"]] == []


@pytest.mark.parametrize("wrong", [None, bytes(32)])
def test_a_wrong_key_is_said_and_harms_nothing(tmp_path, wrong):
    path = tmp_path / "workspace.db"
    Store.create(path, KEY).close()
    before = path.read_bytes()
    with pytest.raises(UserError) as failure:
        Store.open(path, wrong)
    assert failure.value.code == "wrong_key"
    assert path.read_bytes() == before


def test_a_newer_file_is_refused_unharmed(tmp_path):
    path = tmp_path / "workspace.db"
    with Store.create(path, None) as store, store.writing() as tx:
        tx.run("PRAGMA user_version = 9999")
    before = path.read_bytes()
    with pytest.raises(UserError) as failure:
        Store.open(path, None)
    assert failure.value.code == "newer"
    assert path.read_bytes() == before


def test_a_foreign_database_is_refused(tmp_path):
    import sqlite3

    path = tmp_path / "workspace.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE t(a)")
    other.close()
    with pytest.raises(UserError) as failure:
        Store.open(path, None)
    assert failure.value.code == "foreign"


def test_a_damaged_file_is_said(tmp_path):
    path = tmp_path / "workspace.db"
    Store.create(path, None).close()
    data = bytearray(path.read_bytes())
    data[100:4096] = bytes(3996)
    path.write_bytes(data)
    with pytest.raises(UserError) as failure:
        Store.open(path, None)
    assert failure.value.code in {"damaged", "wrong_key"}


def test_missing_and_existing_files_are_said(tmp_path):
    path = tmp_path / "workspace.db"
    with pytest.raises(UserError) as failure:
        Store.open(path, None)
    assert failure.value.code == "missing"
    Store.create(path, None).close()
    with pytest.raises(UserError) as failure:
        Store.create(path, None)
    assert failure.value.code == "exists"


def test_a_backup_opens_with_the_same_key(tmp_path, store, key):
    put(store, "a")
    target = tmp_path / "copy.db"
    store.backup(target)
    with Store.open(target, key) as copy:
        assert keys(copy) == ["a"]
    assert sorted(p.name for p in tmp_path.iterdir() if "partial" in p.name) == []


def test_a_backup_that_is_stopped_leaves_no_file(tmp_path, store):
    from scc_admin.errors import Cancelled

    def stop(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        store.backup(tmp_path / "copy.db", progress=stop)
    assert not list(tmp_path.glob("copy.db*"))


def test_a_clear_text_never_stands_in_an_encrypted_file(tmp_path):
    path = tmp_path / "workspace.db"
    with Store.create(path, KEY) as store:
        put(store, "SECRET-VALUE")
        for file in tmp_path.iterdir():
            assert b"SECRET-VALUE" not in file.read_bytes()


def test_forgotten_values_leave_no_bytes(tmp_path):
    path = tmp_path / "workspace.db"
    with Store.create(path, None) as store:
        put(store, "SECRET-VALUE")
        with store.writing() as tx:
            tx.run("DELETE FROM settings")
        store.forget_traces()
        for file in tmp_path.iterdir():
            assert b"SECRET-VALUE" not in file.read_bytes()
