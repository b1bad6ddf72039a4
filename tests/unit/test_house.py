"""The settings of the verdict as one file: out and back, checked whole, merged, undone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scc_admin.errors import UserError
from scc_admin.house import (
    LISTS,
    House,
    HouseRules,
    differences,
    from_file,
    rule_set,
    to_file,
    with_pack,
    without_pack,
)
from scc_admin.model import Severity
from scc_admin.settings import Settings

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
PACK = (Path(__file__).parents[1] / "data" / "house_pack.toml").read_text("utf-8")


@pytest.fixture
def house(open_store, tmp_path: Path) -> House:
    return House(open_store, Settings(tmp_path / "machine.json", open_store), tmp_path)


def test_it_goes_out_and_comes_back_the_same(house) -> None:
    rules = HouseRules(
        severity={"INT-01": "error"},
        on={"LIS-03": False},
        thresholds={"LIS-03": {"most": 6}},
        lists={"hashtags": ["#MoisJonquille"], "places": ["Rimouski", "Matane"]},
        packs={"maison.toml": PACK},
    )
    house.take(rules)
    again = from_file(to_file(house.read(), at=AT, who="Ana Roy"))
    assert again.severity == rules.severity and again.on == rules.on
    assert again.thresholds == rules.thresholds and again.packs == rules.packs
    assert {name: set(values) for name, values in again.lists.items()} == {
        name: set(values) for name, values in rules.lists.items()
    }
    assert differences(house.read(), again) == []


def test_taking_it_in_replaces_or_adds_to_the_lists(house) -> None:
    house.take(HouseRules(lists={"words": ["biblio"], "names": ["Paul Roy"]}))
    incoming = HouseRules(lists={"words": ["réno"]})
    house.take(incoming, keep_lists=True)
    assert house.read().lists == {"names": ["Paul Roy"], "words": ["biblio", "réno"]}
    house.take(incoming)
    assert house.read().lists == {"words": ["réno"]}


def test_packs_that_the_file_has_not_go(house, tmp_path) -> None:
    house.take(HouseRules(packs={"maison.toml": PACK}))
    assert (tmp_path / "rules" / "maison.toml").exists()
    house.take(HouseRules())
    assert list((tmp_path / "rules").iterdir()) == []


def test_what_would_change_is_listed(house) -> None:
    house.take(HouseRules(on={"LIS-03": False}, lists={"words": ["a"]}))
    new = HouseRules(severity={"INT-01": "block"}, lists={"words": ["a", "b"]})
    found = [(d.kind, d.name, d.before, d.after) for d in differences(house.read(), new)]
    assert found == [
        ("severity", "INT-01", "", "block"),
        ("on", "LIS-03", "False", ""),
        ("list", "words", "1", "2"),
    ]


def file(**content: object) -> bytes:
    return json.dumps({"format": "scc-admin-verdict", "version": 1, **content}).encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_verdict"),
        (b"\xff\xfe", "not_verdict"),
        (b"[]", "not_verdict"),
        (b"[" * 100_000, "not_verdict"),
        (b'{"format": "autre"}', "not_verdict"),
        (file(version=2), "verdict_version"),
        (file(severity={"INT-01": "terrible"}), "verdict_file"),
        (file(on={"INT-01": "non"}), "verdict_file"),
        (file(thresholds={"LIS-03": {"most": -1}}), "verdict_file"),
        (file(thresholds={"LIS-03": {"most": True}}), "verdict_file"),
        (file(lists={"words": [1]}), "verdict_file"),
        (file(lists={"words": ["x" * 501]}), "verdict_file"),
        (file(packs={"../../etc/passwd.toml": PACK}), "verdict_file"),
        (file(packs={"maison.toml": "n'importe quoi"}), "pack"),
        (file(packs={"maison.toml": PACK.replace("MAISON-01", "INT-01")}), "pack"),
    ],
)
def test_what_does_not_suit_is_refused_whole(data: bytes, code: str) -> None:
    with pytest.raises(UserError) as caught:
        from_file(data)
    assert caught.value.code == code


def test_a_rule_or_list_of_another_program_is_passed_over() -> None:
    rules = from_file(file(on={"NEUF-99": False}, lists={"inconnue": ["a"]}, profile="lune"))
    assert (rules.on, rules.lists, rules.profile) == ({"NEUF-99": False}, {}, "default")


@settings(max_examples=20, deadline=None)  # each reads every pack anew
@given(
    st.dictionaries(st.text("ABC-019", min_size=1), st.sampled_from([str(s) for s in Severity])),
    st.dictionaries(
        st.sampled_from(LISTS),
        st.lists(st.text(min_size=1, max_size=20).map(str.strip).filter(bool)),
    ),
)
def test_any_switches_and_lists_come_back(severity, lists) -> None:
    kept = {name: values for name, values in lists.items() if values}
    rules = HouseRules(severity=severity, lists=kept)
    again = from_file(to_file(rules, at=AT, who="é"))
    assert (again.severity, again.lists) == (severity, kept)


def test_a_pack_is_added_whole_or_not_at_all(house) -> None:
    rules = with_pack(house.read(), "Nos Règles (2026).TOML", PACK)
    assert list(rules.packs) == ["nos-regles-2026.toml"]
    assert "MAISON-01" in {rule.id for rule in rule_set(rules).rules}
    with pytest.raises(UserError) as refused:
        with_pack(rules, "autre.toml", PACK)
    assert refused.value.params["rule"] == "MAISON-01"
    with pytest.raises(UserError):
        with_pack(rules, "rien.toml", "theme = ")
    assert without_pack(rules, "nos-regles-2026.toml").packs == {}


def test_a_list_s_difference_names_what_comes_and_goes() -> None:
    (change,) = differences(
        HouseRules(lists={"places": ["Amqui", "Matane"]}),
        HouseRules(lists={"places": ["Matane", "Gaspé"]}),
    )
    assert (change.added, change.removed) == (("Gaspé",), ("Amqui",))


def test_a_file_says_who_made_it(house) -> None:
    made = from_file(to_file(house.read(), at=AT, who="Ana Roy"))
    assert (made.made_by, made.made_at) == ("Ana Roy", AT)
    content = json.loads(to_file(house.read(), at=AT, who=""))
    content["made_at"] = "hier"
    assert from_file(json.dumps(content).encode()).made_at is None
