"""A text read once: folding, words, links, sentences, quotations, languages, phrases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scc_admin.model import Language
from scc_admin.verdict.text import MASK, PhraseError, Phrases, Span, Text, fold, fold_case, places

# Letters, signs and characters that trip readers of text: marks, zero-width, surrogates, emoji.
CHARACTERS = st.one_of(
    st.sampled_from("aàéœAÀÉŒ'’-#@.:/!?«»“”\" \n\t,;%$0189💛🇨🇦\u200b\u0301\u00a0\ufffc\ud800İß𝗯"),
    st.characters(),
)
TEXTS = st.text(CHARACTERS, max_size=120)


def found(phrase: str, text: str, *, accents: bool = False) -> list[str]:
    return [text[a:b] for a, b in Phrases([phrase], accents=accents).find(Text(text))]


@pytest.mark.parametrize(
    ("text", "plain", "accented"),
    [
        ("ÉTÉ", "ete", "été"),
        ("Œuvre", "oeuvre", "œuvre"),
        ("𝗯𝗼𝗹𝗱", "bold", "bold"),
        ("can\u200bcer", "cancer", "cancer"),
        ("e\u0301te\u0301", "ete", "été"),
        ("Straße", "strasse", "strasse"),
    ],
)
def test_folding_leaves_what_a_reader_reads(text: str, plain: str, accented: str) -> None:
    assert fold(text) == plain
    assert fold_case(text) == accented


@given(TEXTS)
def test_readings_stand_in_the_text(text: str) -> None:
    read = Text(text)
    spans = [
        *zip(read.starts, read.ends, strict=True),
        *read.sentences,
        *read.quotes,
        *[(link.start, link.end) for link in read.links],
    ]
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    assert len(read.masked) == len(read.flat) == len(text)
    assert len(read.words) == len(read.plain) == len(read.accented) == len(read.starts)
    assert len(read.languages) == len(read.sentences)
    for link in read.links:
        assert text[link.start : link.end] == link.text
        assert set(read.masked[link.start : link.end]) == {MASK}
    for offset in range(0, len(text), 7):
        read.language_at(offset)
        assert 0 <= read.sentence_at(offset).start <= len(text)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Voir https://cancer.ca/qc.", ["https://cancer.ca/qc"]),
        ("(cancer.ca/don), ou www.cancer.ca!", ["cancer.ca/don", "www.cancer.ca"]),
        ("Écrivez à relais@cancer.ca ou à @scc_exemple.", ["relais@cancer.ca", "@scc_exemple"]),
        ("https://fr.wikipedia.org/wiki/Cancer_(maladie)", None),
        ("Fini.Merci à tous. 3.5 km, p. ex.", []),
        ("http:/cancer.ca", ["http:/cancer.ca"]),
    ],
)
def test_links(text: str, links: list[str] | None) -> None:
    assert [link.text for link in Text(text).links] == ([text] if links is None else links)


@pytest.mark.parametrize(
    ("link", "place", "leads"),
    [
        ("https://www.cancer.ca/fr/don?x=1", "cancer.ca", True),
        ("support.cancer.ca", "cancer.ca", True),
        ("notcancer.ca", "cancer.ca", False),
        ("cancer.ca.exemple.com", "cancer.ca", False),
        ("cancer.ca/qc/don", "cancer.ca/qc", True),
        ("cancer.ca/qc", "https://www.cancer.ca/qc/", True),
        ("cancer.ca/qcc", "cancer.ca/qc", False),
        ("cancer.ca", "cancer.ca/qc", False),
    ],
)
def test_where_a_link_leads(link: str, place: str, leads: bool) -> None:
    assert Text(link).urls[0].leads_to(places((place,))) is leads


def test_sentences_end_where_readers_stop() -> None:
    text = (
        "M. Tremblay et le Dr. Roy arrivent à 18 h. Venez!\nC'est gratuit… Vraiment? cancer.ca/don"
    )
    assert [text[a:b] for a, b in Text(text).sentences] == [
        "M. Tremblay et le Dr. Roy arrivent à 18 h.",
        "Venez!",
        "C'est gratuit…",
        "Vraiment?",
        "cancer.ca/don",
    ]


def test_quotations_and_marks_that_quote_nothing() -> None:
    text = '« un » puis “two” puis "trois" puis « jamais fermé'
    read = Text(text)
    assert [text[a:b].strip() for a, b in read.quotes] == ["un", "two", "trois"]
    assert read.quoted(text.index("two"), text.index("two") + 3)
    assert not read.quoted(text.index("puis"), text.index("puis") + 4)
    assert not read.quoted(text.index("jamais"), len(text))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Venez marcher avec nous dans le parc.", Language.FR),
        ("Come and walk with us in the park.", Language.EN),
        ("Merci, Granby!", None),
        ("Relay For Life, Granby", None),
        ("", None),
    ],
)
def test_language_of_a_sentence_may_stay_undecided(text: str, language: Language | None) -> None:
    assert Text(text).language_of(0, len(text)) is language


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("a perdu son|sa|leur combat", "Elle A PERDU SA Combat hier.", ["A PERDU SA Combat"]),
        ("les victimes? du cancer", "les victimes du cancer", ["les victimes du cancer"]),
        ("les victimes? du cancer", "les du cancer", ["les du cancer"]),
        ("cancéreu*", "un cancéreux, des CANCÉREUSES", ["cancéreux", "CANCÉREUSES"]),
        (
            "arrêtez ..3 chimio",
            "Arrêtez, dès demain, la chimio!",
            ["Arrêtez, dès demain, la chimio"],
        ),
        ("arrêtez ..3 chimio", "Arrêtez dès la semaine prochaine chimio", []),
        ("arrêtez ..3 chimio", "Arrêtez! La chimio aide.", []),
        ("100 % garanti", "100\u00a0% garanti", ["100\u00a0% garanti"]),
        ("aujourd'hui", "Aujourd’hui et aujourd-hui", ["Aujourd’hui", "aujourd-hui"]),
        ("remède miracle", "un remède. Miracle!", []),
        ("remède miracle", "un remède, miracle", []),
        ("remède miracle", "remède\nmiracle", []),
        ("a|l'|d'un an", "d'un an", ["d'un an"]),
        ("don", "cancer.ca/don @don don", ["don"]),
        ("guérit", "𝗴𝘂𝗲́𝗿𝗶𝘁 et gué\u200brit", ["𝗴𝘂𝗲́𝗿𝗶𝘁", "gué\u200brit"]),
        ("le le", "le le le le le", ["le le", "le le"]),
        ("lutte contre le cancer", "#lutte contre le #cancer", ["lutte contre le #cancer"]),
    ],
)
def test_phrases(phrase: str, text: str, expected: list[str]) -> None:
    assert found(phrase, text) == expected


def test_accents_count_when_a_list_asks_for_them() -> None:
    assert found("tué", "il tue") == ["tue"]
    assert found("tué", "il tue", accents=True) == []
    assert found("tué", "il a TUÉ, tue\u0301", accents=True) == ["TUÉ", "tue\u0301"]


def test_the_first_and_longest_match_counts() -> None:
    text = Text("victime du cancer du sein")
    phrases = Phrases(["cancer du sein", "victime", "victime du cancer"])
    assert phrases.matches(text) == [(Span(0, 17), 2)]


@pytest.mark.parametrize(
    "phrase",
    [
        *("", "  ", "mot? autre", "..2 mot", "mot ..2", "mot ..9 autre", "mot ..x autre"),
        *("ab*", "a*b", "mot !! autre", "deux|"),
    ],
)
def test_a_phrase_outside_the_syntax_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseError):
        Phrases([phrase])


def test_names_from_a_list_are_taken_as_they_stand() -> None:
    names = Phrases.literal(["Val-d'Or", "***", "Trois-Rivières?", "L'*"])
    text = "De Val-d’Or à Trois-Rivières"
    assert [text[a:b] for (a, b), _ in names.matches(Text(text))] == ["Val-d’Or", "Trois-Rivières"]
    assert [number for _, number in names.matches(Text(text))] == [0, 2]


@given(
    st.lists(
        st.sampled_from(["le", "la", "de", "cancer", "combat", ",", ".", "!", "«"]), max_size=40
    )
)
def test_phrases_agree_with_a_plain_search(words: list[str]) -> None:
    """On words parted by blanks, a phrase of plain words is found where the words stand."""
    text = " ".join(words)
    expected, at = [], 0
    while at < len(words):
        if words[at : at + 2] == ["le", "cancer"]:
            expected.append(at)
            at += 2
        else:
            at += 1
    spans = Phrases(["le cancer"]).find(Text(text))
    offsets = [len(" ".join(words[:index])) + (index > 0) for index in expected]
    assert [span.start for span in spans] == offsets


@given(TEXTS, TEXTS)
def test_finding_never_raises(text: str, name: str) -> None:
    Phrases.literal([name]).find(Text(text))
