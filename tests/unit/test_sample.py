"""The sample workspace, as the person who tries it finds it."""

from __future__ import annotations

from scc_admin.editorial import DraftQuery
from scc_admin.keys import Kind
from scc_admin.model import DraftState, Language
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


def test_what_is_ready_or_out_was_asked_nothing_that_is_not_answered(tmp_path) -> None:
    made = Workspace.create(
        tmp_path / "sample", protection=Kind.NONE, settings_file=tmp_path / "settings.json"
    )
    with made.workspace as workspace:
        fill(workspace)
        done = workspace.editorial.drafts(DraftQuery((DraftState.READY, DraftState.PUBLISHED)))
        assert len(done) > 30
        for draft in done:
            left = workspace.proofreader.readiness(draft.id, language=Language.FR)
            assert not left.questions and not left.approvals, draft.title
            sheet = workspace.editorial.sheet(draft.id)
            asked = {
                question.rule
                for variant in sheet.variants
                for question in workspace.proofreader.check_variant(
                    sheet, variant, language=Language.FR
                ).questions
                if question.in_words
            }
            silent = [a.rule for a in sheet.answers if a.rule in asked and not a.note]
            assert not silent, (draft.title, silent)
