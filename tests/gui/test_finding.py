"""Ctrl+K and moderation: a case by its number, a person by an account, an entry by its words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import open_window

from scc_admin.kinds import Language, Network, Situation
from scc_admin.moderation import (
    AccountInput,
    CaseInput,
    EscalationInput,
    IncidentInput,
    PersonInput,
)
from ui.moderation.finding import excerpt, find_cases
from ui.window import Window


@pytest.fixture
def cases(workspace) -> list[int]:
    """Twelve cases; the words of the newest name the number of an older one."""
    made = []
    for n in range(1, 13):
        account = AccountInput(Network.FACEBOOK, "Le Vrai Soleil" if n == 2 else f"Compte {n * 50}")
        text = "Il y en a 7, et 24 de plus" if n > 9 else "Faux"
        made.append(
            workspace.moderation.report(
                CaseInput(f"Sujet {n * 100}", Situation.DUPLICATES, account=account),
                IncidentInput(text=text, account=account),
            ).case_id
        )
    workspace.moderation.escalate(made[3], EscalationInput("Que répondre à cette rumeur ?"))
    return made


@pytest.fixture
def shown(qtbot, theme, tasks, workspace, cases, settle, search) -> Callable[[str], list[str]]:
    """Title and detail of what is found, best first."""
    window = open_window(qtbot, theme, tasks, workspace, Language.FR)
    window.go("today")
    settle()
    return lambda query: [f"{hit.title} | {hit.detail}" for hit in search(window, query)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("7", "CAS-{year}-007"),
        ("007", "CAS-{year}-007"),
        ("dossier 7", "CAS-{year}-007"),
        ("Dossier no 7", "CAS-{year}-007"),
        ("cas-{year}-007", "CAS-{year}-007"),
        ("case 7", "CAS-{year}-007"),
        ("usager 7", "CAS-{year}-007"),
        ("ESC-{year}-001", "ESC-{year}-001"),
        ("esc 1", "ESC-{year}-001"),
        ("dossier d'escalade 1", "ESC-{year}-001"),
        ("@levraisoleil", "CAS-{year}-002"),
        ("levraisoleil", "CAS-{year}-002"),
        ("Le Vrai Soleil", "CAS-{year}-002"),
        ("rumeur", "ESC-{year}-001"),
    ],
)
def test_a_number_or_an_account_stands_first(shown, workspace, query, first) -> None:
    year = workspace.clock().year
    found = shown(query.format(year=year))
    assert first.format(year=year) in found[0], found[:5]


def test_an_account_is_found_by_its_beginning_after_what_is_called_so(shown) -> None:
    found = shown("vraiso")
    assert not any("CAS-" in one for one in found)
    found = shown("levrai")
    assert "Le Vrai Soleil" in found[0]


def test_a_number_of_no_case_is_looked_for_as_a_word(shown) -> None:
    found = shown("24")
    assert len(found) >= 3 and all("CAS-" in one for one in found[:3])


def test_a_person_with_two_accounts_is_found_by_the_second_and_it_is_said(
    qtbot, theme, tasks, workspace, settle
) -> None:
    person = workspace.moderation.add_person(PersonInput(name="Luce Fictive"))
    for handle in ("Luce F.", "@rayon_de_miel"):
        workspace.moderation.add_account(person, AccountInput(Network.X, handle))
    workspace.moderation.open_case(CaseInput("Sujet", Situation.DUPLICATES, person_id=person))
    window: Window = open_window(qtbot, theme, tasks, workspace, Language.FR)
    hit = find_cases(window.shell, "rayondemiel")[0]
    assert hit.exact and hit.detail.endswith("@rayon_de_miel")
    workspace.settings.set("look.names", False)
    assert "rayon" not in find_cases(window.shell, "rayon_de_miel")[0].detail
    settle()


def test_an_entry_shows_its_words_and_when_it_was_logged(shown) -> None:
    entry = next(one for one in shown("24 de plus") if one.startswith("Incident"))
    assert "« Il y en a 7, et 24 de plus »" in entry.replace("\xa0", " ")
    assert "consigné le " in entry


def test_a_long_text_is_cut_between_words_around_what_was_asked() -> None:
    words = " ".join(f"mot{n}" for n in range(100))
    cut = excerpt([None, "rien", words], "Mot50")
    assert cut.startswith("…mot") and cut.endswith("…") and " mot50 " in cut and len(cut) < 64
    assert excerpt(["rien"], "mot") == ""
