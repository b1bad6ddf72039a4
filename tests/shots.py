"""A picture of every screen, in both languages, light and dark, at both sizes: `dev.py shots`.

    shots.py FOLDER [PLACE ...]     and every screen once in high contrast
    shots.py --docs                 those of README and docs/, over what stands there

The sample workspace is made anew, at a fixed hour of today, so that pictures can be compared.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from scc_admin.editorial import DraftQuery
from scc_admin.keys import Kind
from scc_admin.model import Language
from scc_admin.sample import fill
from scc_admin.workspace import Workspace
from ui.tasks import Sweeper, Tasks
from ui.theme import Scheme, Theme
from ui.window import PLACES, Window

SIZES = ((1280, 800), (1024, 640))
LOOKS = (
    *product((Scheme.LIGHT, Scheme.DARK), Language, SIZES),
    *product((Scheme.CONTRAST,), Language, SIZES[:1]),
)
DOCS = {
    ("today", Language.FR): "aujourdhui",
    ("draft", Language.FR): "brouillon",
    ("draft", Language.EN): "draft",
    ("moderation", Language.FR): "dossier",
    ("moderation", Language.EN): "case",
    ("calendar", Language.FR): "calendrier",
    ("reports", Language.FR): "rapport",
    ("reports", Language.EN): "report",
}
"""File names of the pictures that the documents show."""
QUIET = 0.4
"""Seconds without work after which a screen counts as settled."""


def faulty_draft(workspace: Workspace) -> int:
    """The draft that shows most at once."""
    rows = workspace.editorial.drafts(DraftQuery(words="chiffre"))
    return (rows or workspace.editorial.drafts())[0].id


TARGETS: Mapping[str, Callable[[Workspace], object]] = {
    "draft": faulty_draft,
    "case": lambda w: next(c.id for c in w.moderation.cases() if c.incidents > 5),
    "cases": lambda w: next(c.id for c in w.moderation.cases() if c.incidents > 5),
    "moderation": lambda w: next(c.id for c in w.moderation.cases() if c.incidents > 5),
}


def settle(tasks: Tasks, quiet: float = QUIET) -> None:
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < quiet:
        QApplication.processEvents()
        if not tasks.idle:
            quiet_since = time.monotonic()
        time.sleep(0.01)


def main() -> int:
    docs = "--docs" in sys.argv
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "shots")
    if docs:
        folder = Path(__file__).resolve().parents[1] / "docs" / "images"
    wanted = set() if docs else set(sys.argv[2:])
    looks = tuple(product((Scheme.LIGHT,), Language, SIZES[:1])) if docs else LOOKS
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    sweeper = Sweeper(app)  # as the program: garbage never in a worker
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["SCC_ADMIN_CONFIG"] = str(Path(scratch) / "settings.json")
        made = Workspace.create(Path(scratch) / "workspace", protection=Kind.NONE)
        with made.workspace as workspace:
            fill(workspace)
            for scheme, language, size in looks:
                theme, tasks = Theme(app, scheme), Tasks()
                window = Window(
                    workspace, theme, tasks, lambda: datetime.now(UTC), language=language
                )
                window.resize(*size)
                window.show()
                for place in PLACES:
                    shown = DOCS.get((place.name, language))
                    if (wanted and place.name not in wanted) or (docs and shown is None):
                        continue
                    target = TARGETS.get(place.name)
                    window.go(place.name, target(workspace) if target else None)
                    # The first verdict waits for its rules to be read.
                    settle(tasks, 4 * QUIET if place.name == "draft" else QUIET)
                    usual = f"{place.name}-{language}-{scheme.name.lower()}-{size[0]}"
                    window.grab().save(str(folder / f"{shown if docs else usual}.png"))
                window.close()
                settle(tasks)
    sweeper.stop()
    print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
