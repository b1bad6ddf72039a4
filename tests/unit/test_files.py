"""Names that every system takes, and files written whole."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scc_admin import files
from scc_admin.errors import UserError


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("capture.png", "capture.png"),
        ("Capture d’écran 2026-11-23 à 14 h 02.png", "Capture d’écran 2026-11-23 à 14 h 02.png"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\Users\\a\\b.png", "b.png"),
        ("..", "file"),
        ("", "file"),
        ("a/", "file"),
        (" . . ", "file"),
        ("nul", "_nul"),
        ("NUL.txt", "_NUL.txt"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("a\x00b.png", "ab.png"),
        ("facture\u202egnp.exe", "facturegnp.exe"),
        ("a\ud800b", "ab"),
        ("what? <b>|*.png", "what_ _b___.png"),
        ("tab\tline\n.png", "tabline.png"),
        ("trailing. ", "trailing"),
        ("👩\u200d👩.png", "👩\u200d👩.png"),
        ("e\u0301.png", "é.png"),
    ],
)
def test_hostile_names_become_plain_ones(name, safe):
    assert files.safe_name(name) == safe


@given(st.text())
@example("é" * 500 + ".png")
@example("a." + "b" * 500)
@example(". con .txt")
@example("con\u200d.txt")
def test_a_safe_name_is_safe_and_stays_itself(name):
    safe = files.safe_name(name)
    assert files.safe_name(safe) == safe
    assert 0 < len(safe.encode()) <= files.MAX_NAME_BYTES + 1
    assert not set(safe) & set('<>:"/\\|?*\x00')
    assert safe not in (".", "..") and safe == safe.strip(" .")
    assert safe.partition(".")[0].lower() not in files._RESERVED


def test_a_file_is_replaced_whole_and_nothing_is_left_beside(tmp_path):
    path = tmp_path / "a.json"
    files.write_durably(path, b"one")
    files.write_durably(path, b"two", private=True)
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


def test_a_refusing_disk_is_one_sentence(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "folder" / "inside").mkdir(parents=True)
    for name, code in (
        ("gone/a.json", "not_found"),
        ("file/a.json", "not_a_folder"),
        ("folder", "is_a_folder"),
        ("n" * 250, "name_too_long"),
    ):
        with pytest.raises(UserError) as error:
            files.write_durably(tmp_path / name, b"x")
        assert error.value.code == code
    assert {path.name for path in tmp_path.iterdir()} == {"file", "folder"}


@pytest.mark.parametrize(
    "number", sorted({n for numbers, _, _ in files._REFUSALS for n in numbers})
)
def test_every_refusal_that_is_foreseen_has_its_sentence(number):
    with pytest.raises(UserError) as error, files.explained(Path("there")):
        raise OSError(number, "refused")
    assert "{" not in str(error.value)
    with pytest.raises(OSError, match="odd"), files.explained(Path("there")):
        raise OSError(errno.EXDEV, "odd")


def test_a_name_that_is_taken_gets_a_number_of_its_own(tmp_path):
    def free():
        return files.free_stem(tmp_path, "rapport-2026-W47", ("pdf", "json"))

    assert free() == "rapport-2026-W47"
    (tmp_path / "rapport-2026-W47.json").touch()
    assert free() == "rapport-2026-W47-2", "the files of one export bear one name"
    (tmp_path / "rapport-2026-W47-2.pdf").touch()
    (tmp_path / "rapport-2026-W47-3.txt").touch()
    assert free() == "rapport-2026-W47-3"


def test_several_files_are_replaced_together_or_not_at_all(tmp_path):
    first, second = tmp_path / "a.pdf", tmp_path / "b.json"
    first.write_bytes(b"earlier")
    with pytest.raises(UserError):
        files.write_together({first: b"later", tmp_path / "absent" / "b.json": b"{}"})
    assert first.read_bytes() == b"earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]
    files.write_together({first: b"later", second: b"{}"})
    assert (first.read_bytes(), second.read_bytes()) == (b"later", b"{}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pdf", "b.json"]
