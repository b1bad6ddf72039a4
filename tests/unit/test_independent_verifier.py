"""A verifier that knows the document and not the program must agree with the program."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from journal_tools import Clock, signer, tamper

from scc_admin.journal import Journal, NewEntry, body, merkle, notes
from scc_admin.model import EntryKind, Ground
from scc_admin.store import Store

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "independent" / "verify_journal.py"
DOCUMENT = ROOT / "docs" / "journal-format.md"


@pytest.fixture(scope="module")
def independent() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_journal", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Written:
    """A journal with an erasure and checkpoints, in clear, and what was held of it elsewhere."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.signer = signer()
        self.store = Store.create(path, None)
        self.journal = Journal(self.store, clock=Clock(), app="scc_admin/test", signer=self.signer)
        self.append(EntryKind.CASE_OPENED)
        for number in range(30):
            self.append(EntryKind.NOTE, text=f"Remarque {number} «\u2009é\u0301 \x00 😀 »", url="x")
        self.held = self.journal.checkpoint().note
        with self.store.writing() as tx:
            self.journal.erase(
                tx, {3: None, 4: ["url"]}, ground=Ground.REQUEST, who="A", approver="B"
            )
        self.append(EntryKind.BAN, reason='"prev":"…","seq":1,"commit":{},"e')
        self.journal.checkpoint()
        self.append(EntryKind.NOTE)

    def append(self, kind: EntryKind, **values: str) -> None:
        with self.store.writing() as tx:
            self.journal.append(
                tx, NewEntry(kind, 'Qui "commit":{', case="CAS-2026-001", values=values)
            )


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Written]:
    made = Written(tmp_path / "workspace.db")
    yield made
    made.store.close()


def ask(written: Written, *more: str) -> tuple[int, dict[str, object]]:
    written.store.close()
    done = subprocess.run(
        [sys.executable, SCRIPT, written.path, "--key", written.signer.public_key.hex(), *more],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1"},
        timeout=300,
    )
    return done.returncode, json.loads(done.stdout)


def test_both_agree_on_a_sound_journal(written, tmp_path):
    ours = written.journal.verify(held=[written.held])
    (tmp_path / "held").write_text(written.held, encoding="utf-8")
    code, theirs = ask(written, "--checkpoint", str(tmp_path / "held"))
    assert (code, theirs["problems"]) == (0, [])
    assert ours.ok
    assert (theirs["size"], theirs["covered"]) == (ours.size, ours.covered) == (34, 33)
    assert theirs["erased"] == [[gone.seq, gone.field, gone.by] for gone in ours.erased]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE journal SET body = CAST(body || ' ' AS BLOB) WHERE seq = 5", "changed"),
        ("UPDATE journal SET hash = randomblob(32) WHERE seq = 5", "changed"),
        ("DELETE FROM journal WHERE seq = 7", "missing"),
        ("DELETE FROM journal WHERE seq > 20", "cut"),
        ("UPDATE journal_values SET value = 'autre' WHERE seq = 6 AND field = 'text'",
         "value_changed"),
        ("UPDATE journal_values SET salt = zeroblob(5) WHERE seq = 6", "value_changed"),
        ("DELETE FROM journal_values WHERE seq = 6 AND field = 'url'", "value_missing"),
        ("INSERT INTO journal_values VALUES (6, 'zut', 'x', randomblob(32))", "value_added"),
        ("UPDATE journal_values SET value = NULL, salt = NULL WHERE seq = 6", "erased_silently"),
        ("UPDATE journal_values SET value = 'x', salt = randomblob(32) WHERE seq = 3",
         "not_erased"),
        ("UPDATE checkpoints SET size = 3 WHERE id = 1", "checkpoint_changed"),
        ("UPDATE checkpoints SET note = replace(note, '2026', '2025') WHERE id = 1",
         "checkpoint_signature"),
        ("DELETE FROM checkpoints WHERE id = 1", "checkpoint_missing"),
        ("INSERT INTO journal VALUES (0, x'7b7d', zeroblob(32))", "stray"),
        ("UPDATE settings SET value = '\"other\"' WHERE key = 'workspace.uid'", "chain"),
    ],
)  # fmt: skip
def test_both_find_what_was_done(written, change, code):
    assert tamper(written.path, change, key=None)
    ours = written.journal.verify()
    assert code in {problem.code for problem in ours.problems}
    assert ask(written)[0] == 1


# -- the document's own example ---------------------------------------------------------------


def blocks() -> list[list[str]]:
    text = DOCUMENT.read_text("utf-8")
    parts = text[text.index("## Test vector") :].split("```")
    return [part.strip("\n").split("\n") for part in parts[1::2]]


def test_the_example_of_the_document_is_what_the_program_writes(independent):
    entries, roots, checkpoint = blocks()
    origin = checkpoint[0]
    hashes = [bytes.fromhex(line) for line in entries[1::2]]
    for text, written in zip(entries[0::2], hashes, strict=True):
        assert body.digest(text.encode()) == written
        assert body.well_formed(text.encode())
        assert independent.canonical(json.loads(text)) == text
        assert independent.sha256(b"\x00" + independent.ENTRY + text.encode()) == written
    prevs = [json.loads(text)["prev"] for text in entries[0::2]]
    assert prevs == [body.genesis(origin).hex(), entries[1], entries[3]]

    values = {"text": "Été\n« mensonge »", "url": "https://example.org/p/1"}
    assert json.loads(entries[2])["commit"] == {
        name: body.commitment(bytes([number]) * 32, name, values[name])
        for number, name in enumerate(("text", "url"), start=1)
    }

    source: Callable[[int, int, int], list[bytes]] = lambda _, start, stop: hashes[start:stop]  # noqa: E731
    for size, root in enumerate(roots, start=1):
        assert merkle.root(source, size).hex() == root
        assert independent.tree_hash(hashes[:size]).hex() == root

    note = "\n".join(checkpoint) + "\n"
    point = notes.verify(note, signer().public_key, origin)
    assert (point.size, point.head.hex(), point.root.hex()) == (3, entries[5], roots[2])
    again = notes.compose(origin, 3, point.head, point.root, point.at, signer())
    assert again.note == note


def test_the_document_names_every_key_of_a_body():
    text = DOCUMENT.read_text("utf-8")
    assert all(f"`{key}`" in text for key in json.loads(blocks()[0][4]))
