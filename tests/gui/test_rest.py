"""A window that nobody touches rests: no screen lays itself out again and again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

pytestmark = pytest.mark.slow

ROUNDS = 10
"""Of the event loop, all of them without a new layout: then there is rest."""


class Layouts(QObject):
    """Counts the layouts that are asked for, anywhere."""

    asked = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - the name is Qt's
        self.asked += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def layouts(qapp):
    made = Layouts()
    qapp.installEventFilter(made)
    yield made
    qapp.removeEventFilter(made)


@pytest.mark.parametrize("size", [(1280, 800), (1024, 640), (800, 520)])
def test_every_screen_comes_to_rest(window, settle, qtbot, layouts, size) -> None:
    def rests() -> bool:
        before = layouts.asked
        for _ in range(ROUNDS):
            QApplication.processEvents()
        return layouts.asked == before

    window.resize(*size)
    for name in window.places():
        window.go(name)
        settle()
        qtbot.waitUntil(rests)
