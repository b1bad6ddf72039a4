"""The names of an account, as somebody writes them."""

from __future__ import annotations

import pytest

from scc_admin.accounts import Named
from scc_admin.model import Network, Situation
from scc_admin.moderation import AccountInput, CaseInput, IncidentInput, PersonInput
from scc_admin.veil import Veil


@pytest.mark.parametrize(
    ("text", "shown", "handle"),
    [
        ("Soleil d’or (@soleildor)", "Soleil d’or", "@soleildor"),
        ("  Soleil   d’or @soleildor ", "Soleil d’or", "@soleildor"),
        ("@soleildor – Soleil d’or", "Soleil d’or", "@soleildor"),
        ("@soleil.dor.", "", "@soleil.dor"),
        ("@soleil@reseau.exemple", "", "@soleil@reseau.exemple"),
        ("Soleil d’or", "Soleil d’or", ""),
        ("ana@exemple.org", "ana@exemple.org", ""),
        ("@un et @deux", "@un et @deux", ""),
        ("", "", ""),
    ],
)
def test_both_names_are_made_out(text, shown, handle):
    named = Named.of(text)
    assert (named.shown, named.handle) == (shown, handle)
    assert Named.of(str(named)) == named


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Soleil d’or @soleildor", "@SoleilDor", True),
        ("Soleil d’or @soleildor", "soleil d’OR", True),
        ("soleildor", "@soleildor", True),
        ("Soleil d’or @soleildor", "Soleil d’or @soleildor2", False),
        ("Soleil d’or", "Lune", False),
        ("", "", False),
    ],
)
def test_what_may_be_one_account(one, other, same):
    assert Named.of(one).same(Named.of(other)) is same
    assert Named.of(other).same(Named.of(one)) is same


def test_a_person_is_recognised_by_either_name_and_the_other_is_kept(moderation):
    def log(handle: str, case: int | CaseInput) -> int:
        account = AccountInput(Network.X, handle)
        return moderation.report(case, IncidentInput("Faux", account=account)).case_id

    account = AccountInput(Network.X, "Soleil d’or")
    case_id = log("Soleil d’or", CaseInput("Sujet", Situation.TONE, account=account))
    log("Soleil d’or (@soleildor)", case_id)
    log("@soleildor", case_id)
    (kept,) = moderation.sheet(case_id).person.accounts
    assert kept.handle == "Soleil d’or (@soleildor)"
    for typed in ("@SOLEILDOR", "soleil d’or", "Autre nom @soleildor"):
        assert len(moderation.find_account(Network.X, typed)) == 1
    assert not moderation.find_account(Network.X, "Soleil d’or @autre")
    assert not moderation.find_account(Network.FACEBOOK, "@soleildor")


def test_neither_name_stays_in_a_text_that_hides_the_person(moderation):
    person = moderation.add_person(PersonInput())
    moderation.add_account(person, AccountInput(Network.X, "Soleil d’or (@soleildor)"))
    veil = Veil(person=moderation.person(person), label="Usager 001")
    told = veil("Soleil d’or dit à @soleildor, et soleildor répond")
    assert "soleil" not in told.casefold() and told.count("Usager 001") == 3
