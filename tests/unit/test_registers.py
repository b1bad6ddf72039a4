"""Small registers: what is declared, their lines, their reminders, their way in and out as CSV."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scc_admin.documents import Sheet, csv_text, xlsx
from scc_admin.editorial import PageInput
from scc_admin.errors import UserError
from scc_admin.exchange.tables import as_csv
from scc_admin.i18n import Translator, data_folder
from scc_admin.model import EntryKind, JournalQuery, Language, Network
from scc_admin.registers import Kind, Pages, Registers, advice, page_labels, registers, spoken

FR, EN = Translator(Language.FR), Translator(Language.EN)


@pytest.fixture
def kept(open_store, journal, clock) -> Registers:
    return Registers(open_store, journal, clock, lambda: "Ana Roy")


# --- What is declared ----------------------------------------------------------------------------


@pytest.mark.parametrize("key", registers())
def test_each_register_is_whole(key: str) -> None:
    made = registers()[key]
    icons = {file.stem for file in (data_folder("resources") / "icons").glob("*.svg")}
    assert made.icon in icons and made.group in ("pages", "people", "content", "duties")
    for words in (made.name, made.one, made.about, *(f.label for f in made.fields)):
        assert words.fr.strip() and words.en.strip()
    if made.due:
        assert made.field(made.due).kind is Kind.DATE
    if made.done:
        assert made.field(made.done).kind is Kind.BOOL
    for field in made.fields:
        values = [choice.value for choice in field.choices]
        assert len(values) == len(set(values)) and bool(values) is (field.kind is Kind.CHOICE)


def test_the_registers_that_the_deck_asks_for_are_there() -> None:
    slides = {slide for made in registers().values() for slide in made.slides}
    assert {6, 8, 15, 16, 20, 22, 26, 29, 31, 32, 34, 42, 44} <= slides


# --- Lines ---------------------------------------------------------------------------------------


def test_a_line_is_written_changed_removed_and_put_back(kept) -> None:
    line_id, changes = kept.add("places", {"name": "  Bureau ", "address": "Rimouski"})
    assert changes.touches("registers") and not changes.touches("journal")
    kept.change(line_id, {"name": "Bureau régional", "next_on": "2026-12-01"}, None)
    line = kept.line(line_id)
    assert line.due_on == date(2026, 12, 1) and line.values["name"] == "Bureau régional"
    kept.remove(line_id)
    assert kept.lines("places") == []
    kept.put_back(line)
    (back,) = kept.lines("places")
    assert (back.uid, back.values, back.due_on) == (line.uid, line.values, line.due_on)


@pytest.mark.parametrize(
    ("key", "values", "field"),
    [
        ("places", {"name": " "}, "name"),
        ("places", {"name": "A", "url": "exemple.org"}, "url"),
        ("places", {"name": "A", "checked_on": "demain"}, "checked_on"),
        ("jobs", {"title": "A", "fee": -5}, "fee"),
        ("jobs", {"title": "A", "approved": "oui"}, "approved"),
        ("trainings", {"person": "A", "tool": "minitel"}, "tool"),
        ("links", {"other": "la page"}, "other"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(kept, key, values, field) -> None:
    with pytest.raises(UserError):
        kept.add(key, values, None)
    assert field in registers()[key].problems(values, 1)
    assert kept.lines(key) == []


def test_a_line_of_a_page_needs_its_page(kept) -> None:
    assert registers()["tabs"].pages is Pages.REQUIRED
    with pytest.raises(UserError):
        kept.add("tabs", {"tab": "Accueil"}, None)


def test_words_are_found_without_accents_and_by_the_choice_s_words(kept) -> None:
    kept.add("influencers", {"name": "Hélène Côté", "tie": "volunteer"})
    kept.add("influencers", {"name": "Paul Roy", "tie": "paid"})

    def found(words: str) -> list[str]:
        return [line.values["name"] for line in kept.lines("influencers", words)]

    assert found("helene") == found("benevole") == found("VOLUNTEER cote") == ["Hélène Côté"]
    assert found("paul cote") == []


def test_reminders_come_when_due_and_end_when_done(kept) -> None:
    kept.add("jobs", {"title": "Poste", "deadline": "2026-11-20"})
    place, _ = kept.add("places", {"name": "Bureau", "state": "found", "next_on": "2026-11-01"})
    kept.add("jobs", {"title": "Comblé", "deadline": "2026-11-01", "filled": True})
    kept.add("jobs", {"title": "Sans date"})
    due = [(made.key, made.title_of(line)) for made, line in kept.due(date(2026, 11, 20))]
    assert due == [("places", "Bureau"), ("jobs", "Poste")]
    kept.change(place, {"name": "Bureau", "state": "linked", "next_on": "2026-11-01"}, None)
    assert [made.key for made, _ in kept.due(date(2026, 11, 20))] == ["jobs"]
    assert kept.due(date(2026, 11, 19)) == []


def test_the_journal_proves_a_line_without_naming_anyone(kept, journal) -> None:
    line_id, changes = kept.add("consents", {"person": "Hélène Côté", "what": "picture"})
    assert changes.touches("journal")
    kept.change(line_id, {"person": "Hélène Côté", "what": "video"}, None)
    kept.remove(line_id)
    seqs = journal.ids(JournalQuery(kinds=frozenset({EntryKind.REGISTER})))
    entries = [journal.entry(seq) for seq in sorted(seqs)]
    assert [e.step for e in entries] == ["consents/added", "consents/changed", "consents/removed"]
    assert "Côté" not in json.dumps([dict(e.values) for e in entries], ensure_ascii=False)
    assert journal.verify().ok


def test_fields_of_a_newer_program_survive_a_change(kept, open_store) -> None:
    line_id, _ = kept.add("places", {"name": "A"})
    with open_store.writing() as tx:
        tx.update("registers", line_id, data='{"name":"A","to_come":"B"}')
    kept.change(line_id, {"name": "C"}, None)
    assert kept.line(line_id).values == {"name": "C", "to_come": "B"}


def test_the_questionnaire_speaks_against_what_is_missing() -> None:
    assert len(advice({})) == 5
    ready = {
        "audience": "Les proches", "posts_month": 12, "hours_week": 4, "people": 2, "answers": True,
    }  # fmt: skip
    assert advice(ready) == []
    assert len(advice(ready | {"other_way": True})) == 1


# --- CSV -----------------------------------------------------------------------------------------


def sheet(kept: Registers, key: str, tr: Translator, pages: dict[int, str]) -> str:
    heads, rows = kept.table(key, tr, pages)
    return csv_text([heads, *rows])


@pytest.mark.parametrize("out", [FR, EN])
def test_a_register_comes_back_from_its_own_csv_unchanged(kept, editorial, out) -> None:
    page = editorial.add_page(PageInput("SCC, région de l'Estrie", Network.FACEBOOK))
    pages = {page: "SCC, région de l'Estrie"}
    kept.add("jobs", {"title": "=Poste", "fee": 12_345, "approved": True}, page)
    kept.add("jobs", {"title": "Autre", "deadline": "2026-12-01", "approved": False}, None)
    incoming = kept.read_csv("jobs", sheet(kept, "jobs", out, pages), out, pages)
    assert not incoming.problems and not incoming.unknown_columns
    kept.take(incoming)
    assert [line.values["title"] for line in kept.lines("jobs")] == ["Autre", "=Poste"]
    again = kept.read_csv("jobs", sheet(kept, "jobs", out, pages), out, pages)
    assert (again.new, again.changed, again.same) == ((), (), 2)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_lines_of_pages_with_one_name_come_back_to_their_own(
    kept, editorial, tmp_path, ending
) -> None:
    added = [
        editorial.add_page(PageInput("SCC Québec", network))
        for network in (Network.X, Network.YOUTUBE, Network.YOUTUBE)
    ]
    pages = page_labels(editorial.pages(), FR)
    assert sorted(pages.values()) == [
        "SCC Québec (X)",
        f"SCC Québec (YouTube, {added[1]})",
        f"SCC Québec (YouTube, {added[2]})",
    ]
    for page in added:
        kept.add("jobs", {"title": f"Poste {page}", "deadline": "2026-12-01", "fee": 5_000}, page)
    kept.add("links", {"other": added[1], "tie": "follows"}, added[0])
    for key in ("jobs", "links"):
        path = tmp_path / f"{key}{ending}"
        heads, rows = kept.table(key, FR, pages)
        if ending == ".csv":
            path.write_text(csv_text([heads, *rows]), "utf-8", newline="")
        else:
            path.write_bytes(xlsx([Sheet("Postes", heads, rows)], at=datetime.now(UTC)))
        incoming = kept.read_csv(key, as_csv(path), FR, pages)
        assert (incoming.new, incoming.changed, incoming.problems) == ((), (), ()), key
    # As the sheet was written before, the line's own mark told its page; a new line has none.
    old = sheet(kept, "jobs", FR, pages).replace(" (X)", "")
    assert kept.read_csv("jobs", old, FR, pages).changed == ()
    new = "Page;Poste\nSCC Québec;Neuf\nSCC Estrie;Neuf\nscc quebec (x);Neuf\n"
    incoming = kept.read_csv("jobs", new, FR, pages)
    assert [number for number, _, _ in incoming.problems] == [2, 3]
    assert [page for _, page in incoming.new] == [added[0]]


def test_a_changed_line_is_known_again_and_shown_before_it_is_written(kept) -> None:
    kept.add("places", {"name": "Ancien", "address": "Granby"})
    text = sheet(kept, "places", FR, {}).replace("Ancien", "Nouveau")
    incoming = kept.read_csv("places", text, FR, {})
    assert len(incoming.changed) == 1 and not incoming.new
    assert kept.lines("places")[0].values["name"] == "Ancien"
    kept.take(incoming)
    (line,) = kept.lines("places")
    assert (line.values["name"], line.values["address"]) == ("Nouveau", "Granby")


def test_lines_that_cannot_be_read_are_named_and_left_out(kept) -> None:
    text = "Poste;Date limite;Couleur\nAgente;2026-12-01;bleu\nAgent;bientôt;vert\n;2026-12-01;\n"
    incoming = kept.read_csv("jobs", text, FR, {})
    assert len(incoming.new) == 1
    assert [(number, field) for number, field, _ in incoming.problems] == [
        (3, "Date limite"),
        (4, "Poste"),
    ]
    assert incoming.unknown_columns == ("Couleur",)


def test_importing_the_same_file_twice_adds_nothing(kept) -> None:
    text = "Lieu,Adresse\nBureau,Granby\n"
    kept.take(kept.read_csv("places", text, FR, {}))
    again = kept.read_csv("places", text, FR, {})
    assert (len(again.new), again.same) == (0, 1)


@pytest.mark.parametrize("text", ["", "\n\n", "a,b\n1,2", "\x00", "Titre;\n"])
def test_a_file_with_none_of_its_columns_is_refused_in_a_sentence(kept, text: str) -> None:
    with pytest.raises(UserError) as caught:
        kept.read_csv("influencers", text, FR, {})
    assert caught.value.code == "columns"


@given(st.text(max_size=300))
def test_no_text_makes_the_reading_fail_otherwise(text: str) -> None:
    reader = object.__new__(Registers)
    reader.lines = lambda key: []  # type: ignore[method-assign,assignment,misc]
    for head in ("", "Lieu,Adresse,Vérifié le\n"):
        try:
            reader.read_csv("places", head + text, FR, {})
        except UserError:
            continue


def test_a_value_is_said_in_each_language() -> None:
    made = registers()["trainings"]
    assert spoken(made.field("tool"), "chat", FR, {}) == "Clavardage"
    assert spoken(made.field("tool"), "chat", EN, {}) == "Chat"
    assert spoken(made.field("day"), "2026-11-23", FR, {}) == "2026-11-23"
    assert spoken(registers()["needs"].field("decision"), "", FR, {}) == "Pas encore prise"
