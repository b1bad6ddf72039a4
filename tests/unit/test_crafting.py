"""Letters, capitals and hashtags offered to whoever writes."""

from __future__ import annotations

import datetime as dt

import pytest

from scc_admin.model import Campaign, CampaignKind, Known, Language
from scc_admin.verdict.crafting import capital_hashtags, plain_letters, suggested_hashtags

WORDS = {"relais", "pour", "vie", "mois", "sans", "alcool", "merci", "bénévoles", "santé"}
FR = Language.FR


def knows(word: str, language: Language) -> bool:
    return word in WORDS


def campaign(key: str, first: int, last: int, *tags: str) -> Campaign:
    day = dt.date(2027, 4, 1)
    return Campaign(
        0, key, key, key, key, CampaignKind.CAMPAIGN,
        day.replace(day=first), day.replace(day=last), tags, (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("𝗚𝗿𝗮𝗻𝗱 𝗺𝗲𝗿𝗰𝗶 à vous 💛", "Grand merci à vous 💛"),
        ("Ｂｏｎｊｏｕｒ, m̶e̶r̶c̶i̶", "Bonjour, merci"),
        ("Déjà ordinaire · ½ ™ é", "Déjà ordinaire · ½ ™ é"),
    ],
)
def test_letters_are_made_plain_and_nothing_else(text: str, plain: str) -> None:
    assert plain_letters(text) == plain


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("#relaispourlavie", "#RelaisPourLaVie"),
        ("#moissansalcool2027", "#MoisSansAlcool2027"),
        ("Merci #mercibénévoles!", "Merci #MerciBénévoles!"),
        ("#moisjonquille2027", "#MoisJonquille2027"),
        ("#MoisSansalcool #xyzzyq cancer.ca/#relaispourlavie", None),
    ],
)
def test_hashtags_take_a_capital_a_word(text: str, better: str | None) -> None:
    made = capital_hashtags(text, ["#MoisJonquille"], FR, knows)
    assert made == (better or text)


def test_without_a_dictionary_only_official_hashtags_change() -> None:
    made = capital_hashtags("#moisjonquille #relaispourlavie", ["MoisJonquille"], FR)
    assert made == "#MoisJonquille #relaispourlavie"


def test_hashtags_of_the_campaign_come_first_and_none_twice() -> None:
    spring, other = campaign("spring", 1, 10, "#Jonquille"), campaign("o", 20, 30, "#Relais")
    known = Known(hashtags=("#SCC", "jonquille"), campaigns=(spring, other))
    day = dt.date(2027, 4, 5)
    assert suggested_hashtags("Bonjour", known, None, day) == ["#Jonquille", "#SCC"]
    assert suggested_hashtags("Avec #jonquille", known, other, day) == ["#Relais", "#SCC"]
