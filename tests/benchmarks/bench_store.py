"""A durable save beside a bare committed insert in the same file."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path


def measure() -> dict[str, float]:
    from scc_admin.editorial import DraftDetails
    from scc_admin.keys import Kind
    from scc_admin.model import Language, Target
    from scc_admin.sample import fill
    from scc_admin.workspace import Workspace

    figures = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "workspace"
        with Workspace.create(folder, protection=Kind.NONE).workspace as workspace:
            fill(workspace)
            draft = workspace.editorial.add_draft(
                DraftDetails(), [(Target.FACEBOOK, Language.FR, "")]
            )
            (variant,) = workspace.editorial.sheet(draft).variants
            text = "Une phrase comme on en écrit, avec des accents. " * 6
            saves, floors = [], []
            for number in range(200):
                start = time.perf_counter()
                workspace.editorial.save_text(variant.id, f"{text}{number}")
                saves.append(time.perf_counter() - start)
                start = time.perf_counter()
                with workspace.store.writing() as tx:
                    tx.run(
                        "INSERT OR REPLACE INTO settings(key, value) VALUES ('bench', ?)",
                        (f"{text}{number}{datetime.now(UTC)}",),
                    )
                floors.append(time.perf_counter() - start)
        figures["autosave_ms"] = 1000 * statistics.median(saves)
        figures["autosave_to_bare_insert"] = statistics.median(saves) / statistics.median(floors)
    return {name: round(value, 3) for name, value in figures.items()}
