"""The sample workspace, as the person who tries it finds it."""

from __future__ import annotations

from scc_admin.keys import Kind
from scc_admin.sample import fill
from scc_admin.workspace import Workspace


def test_who_tries_the_sample_signs_what_comes_next(tmp_path) -> None:
    made = Workspace.create(
        tmp_path / "sample",
        protection=Kind.NONE,
        name="Hélène Gagné-Bélanger",
        role="Bénévole",
        settings_file=tmp_path / "settings.json",
    )
    with made.workspace as workspace:
        fill(workspace)
        assert workspace.who() == "Hélène Gagné-Bélanger"
        assert workspace.settings.get("me.role") == "Bénévole"
        signed = {entry.who for entry in workspace.journal.page(range(1, 60))}
        assert "Camille Arsenault" in signed and workspace.who() not in signed
