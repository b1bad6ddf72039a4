"""Ctrl+K in a whole window: what people type when they look for something, and what they get."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scc_admin.kinds import Language, Network, Situation
from scc_admin.moderation import AccountInput, CaseInput, IncidentInput
from ui.palette import Palette
from ui.window import Window


@pytest.fixture
def found(qtbot, theme, tasks, workspace, settle) -> Callable[[str], list[str]]:
    """Titles of what is found, best first, in French, from the first screen."""
    account = AccountInput(Network.FACEBOOK, "Jean Testeur")
    workspace.moderation.report(
        CaseInput("Propos fictifs", Situation.SLANDER_OUTSIDER, account=account),
        IncidentInput(text="Ils volent", account=account),
    )
    window = Window(workspace, theme, tasks, workspace.clock, language=Language.FR)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_closing", True))
    window.show()
    window.go("today")
    settle()

    def search(query: str) -> list[str]:
        window.open_palette()
        palette = window.findChildren(Palette)[-1]
        palette.field.setText(query)
        settle()
        titles = [hit.title for hit in palette._model.hits]
        palette.reject()
        return titles

    yield search
    tasks.close()


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("bannir", "Bannir…"),
        ("bannissement", "Bannir…"),
        ("avertir", "Consigner un message privé…"),
        ("rapport", "Rapports"),
        ("exporter", "Rapports"),
        ("sauvegarde", "Réglages"),
        ("signaler", "Consigner un incident…"),
        ("ajouter une page", "Ajouter une page"),
        ("nouvelle page", "Ajouter une page"),
        ("décrire pages", "Ajouter une page"),
        ("dossier d'escalade", "Monter le dossier d’escalade…"),
        ("monter le dossier", "Monter le dossier d’escalade…"),
        ("jean testr", "Usager 001 (Jean Testeur) – Propos fictifs"),
        ("fictf", "Usager 001 (Jean Testeur) – Propos fictifs"),
    ],
)
def test_what_one_calls_it_finds_it(found, query, wanted) -> None:
    assert wanted in found(query)[:4]


@pytest.mark.parametrize(
    ("query", "other"),
    [("voleur", "Volet suivant"), ("voleur", "Couleurs du système"), ("jean dupont", "Usager 001")],
)
def test_what_is_another_word_does_not(found, query, other) -> None:
    assert not [title for title in found(query) if title.startswith(other)]


def test_an_act_on_a_case_leads_to_the_cases_from_elsewhere(found, qtbot) -> None:
    titles = found("")
    assert "Bannir…" not in titles  # unasked, only what can be done here
