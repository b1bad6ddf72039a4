"""Every text is said in both languages, and said well: catalogues, packs and the code that asks.

The packs' own rules (fields, examples) are tests/unit/test_rules.py's.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest
from babel.messages.pofile import read_po

from scc_admin.guide import Guide
from scc_admin.i18n import placeholders
from scc_admin.kinds import Language

ROOT = Path(__file__).parents[2]
NBSP = "\N{NO-BREAK SPACE}"


def _catalogues() -> ModuleType:
    place = ROOT / "translations" / "catalogues.py"
    spec = importlib.util.spec_from_file_location("catalogues", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


catalogues = _catalogues()


# --- The catalogues --------------------------------------------------------------------------


class Said(NamedTuple):
    msgid: str
    text: str


def said(locale: str) -> list[Said]:
    """Every msgid with its translation, each plural form by itself; untranslated ones left out."""
    with catalogues.file_of(locale).open("rb") as stream:
        catalogue = read_po(stream, locale=locale, charset="utf-8")
    found = []
    for message in catalogue:
        if not message.id:
            continue
        msgids = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        found += [
            Said(msgids[min(form, len(msgids) - 1)], text)
            for form, text in enumerate(texts)
            if text
        ]
    return found


@pytest.fixture(scope="module", params=catalogues.LOCALES)
def both(request: pytest.FixtureRequest) -> list[Said]:
    return said(request.param)


@pytest.fixture(scope="module")
def french() -> list[Said]:
    return said("fr_CA")


@pytest.fixture(scope="module")
def template():
    return catalogues.extracted()


@pytest.mark.parametrize("locale", catalogues.LOCALES)
def test_a_catalogue_holds_every_text_and_no_other(template, locale):
    """Run `python3 dev.py texts`, then translate what stands there empty."""
    catalogue = catalogues.updated(locale, template)
    assert not catalogues.untranslated(catalogue)
    assert catalogues.file_of(locale).read_text("utf-8") == catalogues.written(catalogue, locale)


def test_a_translation_asks_for_the_same_values(both):
    wrong = [one for one in both if placeholders(one.text) != placeholders(one.msgid)]
    assert not wrong


_EDGES = re.compile(r"^(\s*).*?(\s*)$", re.DOTALL)
_END = re.compile(r"[.?!…:]$")


def _frame(text: str) -> tuple[object, ...]:
    """What code around a text counts on: blanks at its edges, its lines, how it ends."""
    edges = _EDGES.match(text)
    assert edges is not None
    end = _END.search(text)
    return edges.groups(), text.count("\n"), end and end.group(), text.count("&")


def test_a_translation_begins_and_ends_like_its_text(both):
    wrong = [one for one in both if _frame(one.text) != _frame(one.msgid)]
    assert not wrong


FAULTS = {
    "a typewriter's apostrophe": r"'",
    "typewriter's or English quotation marks": r"[\"“”]",
    "three dots for an ellipsis": r"\.\.\.",
    "two blanks": r"[ \xa0]{2}",
    "a blank before a sign that takes none": r"\s[,;!?]|\s\.(?![\w.])|\w\s…",
    "a colon with no no-break space before it": r"(?<!\xa0):(?=\s|$)",
    "a quotation mark that a line may break from": r"«(?!\xa0)|(?<!\xa0)»",
    "a unit that a line may break from": r"[\d}] ?(?=%|\$|(?:ko|Mo|Go|km)\b)",
    "a capital without its accent": r"^(?:A |E(?:tat|tape|vén|ch(?:el|éan)|cri))",
}
TERMS = {
    "courriel": r"\be-?mails?\b|\bmails?\b",
    "mot-clic": r"\bhash-?tags?\b",
    "phrase de passe": r"\bmots? de passe\b",
    "point de contrôle": r"\bcheck-?points?\b",
    "espace de travail": r"\bworkspaces?\b",
    "sauvegarde": r"\bback-?ups?\b",
    "consigner": r"\blog(?:s|uer)?\b",
    "fin de semaine": r"\bweek-?end\b",
    "what is wrong, not that something is": r"^(?:Erreur|Échec)\b",
    "the plain imperative": r"\bveuillez\b|\bs[’']il vous plaît\b|\bsvp\b",
    "vous": r"\b(?:tu|toi|tes)\b",
}
"""What to say, and what it stands for."""


@pytest.mark.parametrize("fault", FAULTS)
def test_french_is_set_as_in_quebec(french, fault):
    assert not [one for one in french if re.search(FAULTS[fault], one.text)], fault


@pytest.mark.parametrize("term", TERMS)
def test_french_keeps_to_its_words(french, term):
    words = re.compile(TERMS[term], re.IGNORECASE)
    assert not [one for one in french if words.search(re.sub(r"{\w+}|--[\w-]+", "", one.text))]


def test_english_is_set_as_in_canada():
    faults = r"\s%|\"|\.\.\.|  |\s[,;:!?](?!\w)|\s\.(?![\w.])|«|»|\bcolor|ization\b|\borganiz"
    assert not [one.msgid for one in said("en_CA") if re.search(faults, one.text)]


# --- What comes with the program's data ------------------------------------------------------

_NAMES = {"url", "publisher", "name"}
"""Fields that may well be the same in both languages."""


def _twins(value: object, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Every text of a data file that stands there in both languages."""
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _twins(inner, f"{path}[{number}]")
    elif isinstance(value, dict):
        if isinstance(value.get("fr"), str) and "en" in value:
            yield path, value["fr"], value["en"]
        for key, inner in value.items():
            if key.endswith("_fr") and f"{key[:-3]}_en" in value and isinstance(inner, str):
                yield f"{path}.{key[:-3]}", inner, value[f"{key[:-3]}_en"]
            elif key not in ("good", "bad"):
                yield from _twins(inner, f"{path}.{key}")


DATA = sorted((ROOT / "resources").rglob("*.toml"))


@pytest.mark.parametrize("file", DATA, ids=lambda file: file.name)
def test_data_says_everything_twice_and_differently(file: Path):
    for path, fr, en in _twins(tomllib.loads(file.read_text("utf-8"))):
        assert bool(fr.strip()) == bool(en.strip()), path
        if " " in fr.strip() and path.rpartition(".")[2] not in _NAMES:
            assert fr != en, path


SPOKEN = {
    "a blank before a sign that takes none": r"[ \xa0\u202f][;!?]",
    "a colon or closing mark with no blank before it": r"(?<=[\w)}])(?::(?=\s|$)|»)",
    "an opening mark with no blank after it": r"«(?=\w)",
    "three dots for an ellipsis": r"\.\.\.",
    "a full word where what comes may begin with a vowel": (
        r"\b(?:[Qq]ue|[Dd]e|[Ll][ea]|[Cc]e|[Ss][ie]|[Nn]e|[JjMmTt]e)\s(?:«\s)?"
        r"\{(?!(?:n|max|over|day)\})"
    ),
}


@pytest.mark.parametrize("fault", SPOKEN)
def test_french_data_is_set_as_in_quebec(fault):
    """Blanks may be plain here: whoever shows the text makes them no-break ones."""
    wrong = [
        f"{file.name} {path}: {fr}"
        for file in DATA
        for path, fr, _ in _twins(tomllib.loads(file.read_text("utf-8")))
        if re.search(SPOKEN[fault], fr)
    ]
    guide = (ROOT / "resources" / "guide" / "guide.fr.toml").read_text("utf-8")
    wrong += [
        line
        for section in re.split(r"^(?:good|bad) = \[.*?^\]|^#.*?$", guide, flags=re.M | re.S)
        for line in section.splitlines()
        if re.search(SPOKEN[fault], line)
    ]
    assert not wrong


def _said(language: Language) -> Iterator[str]:
    """What the program says in a language: its catalogue, the guide, and the rest of its data."""
    catalogue = ROOT / "translations" / f"{language}_CA" / "LC_MESSAGES" / "scc_admin.po"
    with catalogue.open("rb") as stream:
        for message in read_po(stream):
            yield from [message.string] if isinstance(message.string, str) else message.string
    guide = Guide.load(language)
    for section in guide.sections:
        yield from (section.title, section.chapter, section.body, *section.good, *section.bad)
    for question in guide.quiz:
        yield question.text
        yield from (words for one in question.choices for words in (one.text, one.why))
    for name, table in (("templates", "template"), ("sources", "source")):
        told = tomllib.loads((ROOT / "resources" / f"{name}.toml").read_text("utf-8"))
        for record in told[table]:
            yield from (str(v) for key, v in record.items() if key.endswith(f"_{language}"))


@pytest.mark.parametrize("language", Language)
def test_no_word_shown_bears_a_typewriters_apostrophe(language):
    wrong = [text for text in _said(language) if re.search(r"\w'\w|s'\s", text)]
    assert not wrong


# --- The code --------------------------------------------------------------------------------

CODE = sorted([*(ROOT / "scc_admin").rglob("*.py"), *(ROOT / "ui").rglob("*.py")])
MARKS = {"N_", "NN_", "tr", "ntr", "ctr", "say"}
SHOWS = {
    "setText", "setWindowTitle", "setToolTip", "setPlaceholderText", "setAccessibleName",
    "setAccessibleDescription", "setTitle", "setStatusTip", "setWhatsThis", "setLabelText",
    "setHtml", "setPlainText", "addTab", "setTabText", "setItemText", "QLabel", "QPushButton",
    "QToolButton", "QCheckBox", "QRadioButton", "QGroupBox", "QAction", "QMenu", "plain", "button",
    "Elided", "Column", "announce", "toast", "echo",
}  # fmt: skip
PROSE = re.compile(r"[^\W\d_]{2,}[,:]?[ \xa0][^\W\d_]{2,}")
NOT_PROSE = re.compile(r"[<{;]|^(?:SELECT|INSERT|UPDATE|DELETE|[ ,]*d\.|;)|Noto |Emoji$|yyyy")
OURS = {"SCC Admin", "SCC", "Français", "English", "https://"}
"""Names, and what is the same in every language."""


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _unmarked(node: ast.AST) -> Iterator[ast.Constant]:
    """The texts under a node that nobody marked; documentation and failures of ours left out."""
    if _called(node) in MARKS or isinstance(node, ast.Assert | ast.Raise):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _unmarked(child)


@functools.cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), str(file))


def _at(file: Path, node: ast.AST, what: object) -> str:
    return f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}: {what!r}"


def test_windows_and_shell_say_nothing_untranslated():
    wrong = []
    for file in [*(f for f in CODE if f.is_relative_to(ROOT / "ui")), ROOT / "scc_admin/cli.py"]:
        for node in _unmarked(_tree(file)):
            text = str(node.value)
            if PROSE.search(text) and not NOT_PROSE.search(text) and text.strip(" –\n") not in OURS:
                wrong.append(_at(file, node, text))
    assert not wrong, "mark these texts with N_"


def test_a_word_shown_is_translated_too():
    wrong = []
    for file in CODE:
        for call in ast.walk(_tree(file)):
            if isinstance(call, ast.Call) and _called(call) in SHOWS:
                for text in call.args[:2]:
                    literal = text.value if isinstance(text, ast.Constant) else None
                    if (
                        isinstance(literal, str)
                        and literal not in OURS
                        and re.match(r"[A-ZÀ-Ý][^\W\d_]|.*[^\W\d_]{2} ", literal)
                    ):
                        wrong.append(_at(file, call, literal))
    assert not wrong, "mark these words with N_"


def test_a_failure_for_the_user_is_marked():
    wrong = []
    for file in CODE:
        for call in ast.walk(_tree(file)):
            if isinstance(call, ast.Call) and _called(call) in ("UserError", "IntegrityError"):
                for text in call.args[1:2]:
                    if isinstance(text, ast.Constant | ast.JoinedStr | ast.BinOp):
                        wrong.append(_at(file, call, ast.unparse(text)))
    assert not wrong


def test_a_marked_text_is_one_literal():
    """The catalogue is made by reading the code: what is put together at run time is not in it."""
    wrong = []
    for file in CODE:
        for call in ast.walk(_tree(file)):
            name = _called(call)
            if name in ("N_", "NN_") and isinstance(call, ast.Call):
                wrong += [
                    _at(file, call, ast.unparse(text))
                    for text in call.args
                    if not isinstance(text, ast.Constant)
                ]
            elif name in ("tr", "ntr", "ctr") and isinstance(call, ast.Call):
                wrong += [
                    _at(file, call, ast.unparse(text))
                    for text in call.args[:2]
                    if isinstance(text, ast.JoinedStr)
                ]
    assert not wrong


def test_a_text_with_a_count_is_marked_as_one():
    """Two `N_` are two texts to the catalogue, and `ntr` finds neither."""
    wrong = []
    for file in CODE:
        for node in ast.walk(_tree(file)):
            match node:
                case ast.Call(args=parts) | ast.Tuple(elts=parts):
                    marked = [
                        call.args[0].value
                        for call in parts
                        if isinstance(call, ast.Call)
                        and _called(call) == "N_"
                        and isinstance(call.args[0], ast.Constant)
                    ]
                    if len(marked) == 2 and all("{n}" in str(text) for text in marked):
                        wrong.append(_at(file, node, marked))
    assert not wrong, "use NN_"
