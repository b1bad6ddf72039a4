"""Ctrl+K in a whole window: what people type when they look for something, and what they get."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import open_window

from scc_admin.kinds import Language, Network, Situation
from scc_admin.model import SEARCHED
from scc_admin.moderation import AccountInput, CaseInput, IncidentInput
from ui.palette import Palette


@pytest.fixture
def found(qtbot, theme, tasks, workspace, settle, search) -> Callable[[str], list[str]]:
    """Titles of what is found, best first, in French, from the first screen."""
    account = AccountInput(Network.FACEBOOK, "Jean Testeur")
    workspace.moderation.report(
        CaseInput("Propos fictifs", Situation.SLANDER_OUTSIDER, account=account),
        IncidentInput(text="Ils volent", account=account),
    )
    window = open_window(qtbot, theme, tasks, workspace, Language.FR)
    window.go("today")
    settle()
    return lambda query: [hit.title for hit in search(window, query)]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("bannir", "Bannir…"),
        ("bannissement", "Bannir…"),
        ("avertir", "Consigner un message privé…"),
        ("rapport", "Rapports"),
        ("exporter", "Exporter le calendrier…"),
        ("exporter", "Exporter le rapport de la semaine"),
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


def test_of_a_page_pasted_into_the_field_only_the_beginning_is_sought(
    qtbot, theme, tasks, workspace, settle
) -> None:
    window = open_window(qtbot, theme, tasks, workspace, Language.FR)
    window.open_palette()
    palette = window.findChildren(Palette)[-1]
    sought: list[str] = []
    palette._finders = (lambda query: sought.append(query) or [],)
    for pasted in ("é" * 32_767, "zzé " * 8_000):
        palette.field.setText(pasted)
        settle()
        assert sought.pop() == pasted[:SEARCHED]
        assert palette._model.hits == []
        assert palette._none.isVisibleTo(palette)
    palette.reject()


def test_an_act_on_a_case_leads_to_the_cases_from_elsewhere(found, qtbot) -> None:
    titles = found("")
    assert "Bannir…" not in titles  # unasked, only what can be done here


FIRST = {
    Language.FR: """
        french → Français | français → Français | francais → Français | anglais → English
        english → English | langue → Langue | sombre → Sombre | dark → Sombre | nuit → Sombre
        noir → Sombre | noirceur → Sombre | clair → Clair | contraste → Contraste élevé
        sauvegarde → Sauvegardes | sauvegarder → Sauvegardes | restaurer → Sauvegardes
        backup → Sauvegardes | exporter → Exporter le rapport de la semaine
        rapport → Rapports | raport → Rapports
        rapport hebdo → Exporter le rapport de la semaine | imprimer → Imprimer…
        imprimante → Imprimer… | inprimer → Imprimer… | print → Imprimer…
        bannir → Bannir… | banir → Bannir…
        bloquer → Bannir… | ban → Bannir… | débannir → Lever le bannissement…
        debloquer → Lever le bannissement… | agrandir → Agrandir le texte
        zoom → Agrandir le texte | grossir le texte → Agrandir le texte | quitter → Quitter
        fermer → Quitter | photo → Ajouter des images…
        écrire → Nouveau brouillon
        rediger → Nouveau brouillon | nouveau brouillon → Nouveau brouillon
        calendrier → Calendrier | calandrier → Calendrier | aide → Aide sur cet écran
        raccourcis → Raccourcis clavier | mot de passe → Protection | chiffrer → Protection
        corbeille → Corbeille du calendrier… | insulte → Consigner un incident…
        signaler → Consigner un incident… | plainte → Consigner un incident…
        orthographe → Vérifier l’orthographe | fuseau → Fuseau horaire
        tutoriel → Visiter les écrans | licences → À propos | reglages → Réglages
        abonnés → Pages | escalade → Escalades
    """,
    Language.EN: """
        french → Français | français → Français | english → English | anglais → English
        language → Language | dark → Dark | sombre → Dark | night → Dark | light → Light
        backup → Backups | back up → Backups | restore → Backups
        export → Export the report of the week
        report → Reports | reprot → Reports | print → Print… | printer → Print…
        ban → Ban… | bannir → Ban… | block → Ban… | unban → Lift the ban…
        bigger → Larger text | font size → Larger text | quit → Quit | exit → Quit
        picture → Add pictures… | write → New draft
        calendar → Calendar | calender → Calendar | help → Help on this screen
        shortcuts → Keyboard shortcuts | password → Protection | encrypt → Protection
        delete → Put the draft in the trash | insult → Log an incident…
        complaint → Log an incident… | spelling → Check the spelling | time zone → Time zone
        tutorial → Visit the screens | settings → Settings | followers → Pages
    """,
}
"""What is typed by somebody who does not know the words of the screen → what stands first."""


@pytest.mark.slow
@pytest.mark.parametrize("language", Language)
def test_what_people_type_stands_first(qtbot, theme, tasks, sample, settle, language) -> None:
    window = open_window(qtbot, theme, tasks, sample, language)
    window.go("today")
    settle()
    window.open_palette()
    palette = window.findChildren(Palette)[-1]
    wrong = []
    for row in FIRST[language].replace("\n", "|").split("|"):
        if not row.strip():
            continue
        query, wanted = (part.strip() for part in row.split("→"))
        palette.field.setText(query)
        settle()
        titles = [hit.title for hit in palette._model.hits]
        if titles[:1] != [wanted]:
            wrong.append((query, wanted, titles[:4]))
    palette.reject()
    assert not wrong, "\n".join(map(str, wrong))
