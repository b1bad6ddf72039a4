"""Options: every default suits itself, what is stored comes back, what does not suit is refused."""

from __future__ import annotations

import json

import pytest

from scc_admin.errors import UserError
from scc_admin.settings import OPTIONS, Scope, Settings


@pytest.fixture
def settings(tmp_path, open_store):
    return Settings(tmp_path / "machine" / "settings.json", open_store)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda o: o.key)
def test_every_default_is_a_value_the_option_takes(option):
    assert option.check(option.default) == option.default


@pytest.mark.parametrize("option", [o for o in OPTIONS if o.label], ids=lambda o: o.key)
def test_what_is_shown_stands_in_a_section(option):
    assert option.section


def test_keys_are_one_of_a_kind():
    keys = [option.key for option in OPTIONS]
    assert len(keys) == len(set(keys))


def test_both_scopes_come_back(settings, tmp_path, open_store):
    settings.set("look.theme", "dark")
    settings.set("me.name", "Ana Roy")
    settings.set("verdict.on", {"INT-05": True})
    again = Settings(tmp_path / "machine" / "settings.json", open_store)
    assert again.get("look.theme") == "dark"
    assert again.get("me.name") == "Ana Roy"
    assert again.get("verdict.on") == {"INT-05": True}
    file = json.loads((tmp_path / "machine" / "settings.json").read_text("utf-8"))
    assert file == {"look.theme": "dark"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("look.theme", "pink"),
        ("look.scale", 1000),
        ("look.scale", "100"),
        ("look.scale", True),
        ("remind.tray", 1),
        ("me.name", 3),
        ("recent", "one"),
        ("verdict.on", []),
        ("retention.register_years", 1),
    ],
)
def test_what_does_not_suit_is_refused_and_changes_nothing(settings, key, value):
    before = settings.get(key)
    with pytest.raises(UserError) as failure:
        settings.set(key, value)
    assert failure.value.code == "setting"
    assert settings.get(key) == before


@pytest.mark.parametrize("content", ["", "{", "[]", '{"look.theme": 3}', "\x00"])
def test_a_spoilt_machine_file_means_the_defaults(tmp_path, content):
    file = tmp_path / "settings.json"
    file.write_text(content, "utf-8")
    settings = Settings(file)
    assert settings.get("look.theme") == "system"
    settings.set("look.theme", "light")
    assert Settings(file).get("look.theme") == "light"


def test_without_a_workspace_its_options_have_their_defaults(tmp_path):
    settings = Settings(tmp_path / "settings.json")
    assert settings.get("week.first") == "monday"
    with pytest.raises(UserError):
        settings.set("week.first", "sunday")


def test_workspace_options_are_the_only_ones_in_the_database(settings, open_store):
    for option in OPTIONS:
        settings.set(option.key, option.default)
    with open_store.reading() as db:
        stored = {row["key"] for row in db.all("SELECT key FROM settings")}
    assert stored >= {o.key for o in OPTIONS if o.scope is Scope.WORKSPACE}
    assert not stored & {o.key for o in OPTIONS if o.scope is Scope.MACHINE}
