"""What the timeline of a case shows of long words."""

from __future__ import annotations

import pytest
from conftest import NOON, open_window

from scc_admin.model import Language
from ui.moderation.timeline import LINES, Thumbnails, Timeline
from ui.moderation.words import Event
from ui.window import Window

WIDTH = 320.0


@pytest.fixture
def full(qtbot, theme, tasks, workspace) -> Window:
    return open_window(qtbot, theme, tasks, workspace, Language.FR, lambda: NOON)


@pytest.fixture
def shown(full, settle):
    full.go("moderation")
    settle()
    view = Timeline(full.current().shell, Thumbnails(full.current().shell, full))
    view.setParent(full)

    def words(text: str) -> tuple[str, int]:
        event = Event("step", 1, NOON, "t", "w", text, "info", "muted", ours=True)
        layout, _ = view._delegate._layout(event, WIDTH)
        return layout.text(), layout.lineCount()

    return words


def test_short_words_are_shown_as_they_are(shown):
    for text in ("", "Bonjour", "une\ndeux\ntrois\nquatre"):
        assert shown(text)[0] == text.replace("\n", "\u2028")


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, voici ce que disent nos sources. " * 40,
        "\n".join("abcdefgh"),
        "x" * 5_000,
        "un\n" * 3 + "W" * 60,
        "court\n" * 200,
    ],
)
def test_words_that_go_on_end_in_an_ellipsis(shown, text):
    said, lines = shown(text)
    assert said.endswith("…") and lines <= LINES
    assert text.replace("\n", "\u2028").startswith(said[:-1])
