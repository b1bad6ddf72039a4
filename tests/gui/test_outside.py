"""What the computer opens with programs of its own; where it has none, one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from ui.files import open_outside, saved, show_folder

pytestmark = pytest.mark.slow


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """What was asked of a computer that can open nothing."""
    asked: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", staticmethod(lambda url: asked.append(url.toString()))
    )
    return asked


def passing(window) -> list[str]:
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible()]


def offer(window, words: str) -> QPushButton:
    return next(b for b in window.findChildren(QPushButton) if b.text() == words)


def test_a_folder_that_cannot_be_opened_is_named_and_its_path_can_be_copied(
    window, opened, tmp_path: Path, settle
) -> None:
    window.go("today")
    settle()
    file = tmp_path / "report.pdf"
    saved(window.current(), file)
    window.take_last_offer()
    assert opened == [f"file://{tmp_path}"]
    assert any(str(tmp_path) in words for words in passing(window))
    window.take_last_offer()
    assert QApplication.clipboard().text() == str(tmp_path)


def test_a_link_that_cannot_be_opened_can_be_copied(window, opened) -> None:
    open_outside(window.shell, "https://example.org/page")
    assert opened == ["https://example.org/page"]
    offer(window, "Copy the link").click()
    assert QApplication.clipboard().text() == "https://example.org/page"


def test_what_opens_says_nothing(window, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", staticmethod(lambda _url: True))
    show_folder(window.shell, tmp_path)
    assert not any(str(tmp_path) in words for words in passing(window))
