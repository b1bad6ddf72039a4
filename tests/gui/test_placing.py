"""The window stands whole on its screen, frame and all, whatever was kept of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect

from ui.window import TITLE_BAR


def whole(window) -> bool:
    room = window.screen().availableGeometry().adjusted(0, TITLE_BAR, 0, 0)
    return bool(room.contains(window.geometry()))


def test_a_first_window_leaves_room_for_its_frame(window) -> None:
    window.restore_geometry()
    assert whole(window)
    assert window.height() > 0.85 * window.screen().availableGeometry().height()


@pytest.mark.parametrize("place", [QRect(0, 0, 2400, 1500), QRect(1900, 1000, 800, 600)])
def test_a_window_kept_on_a_larger_screen_stands_whole_on_this_one(window, place) -> None:
    window.setGeometry(place)
    kept = bytes(window.saveGeometry().toBase64().data()).decode("ascii")
    window.shell.workspace.settings.set("look.geometry", kept)
    window.restore_geometry()
    assert whole(window)
