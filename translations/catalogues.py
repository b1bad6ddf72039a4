"""Bring the catalogues up to the texts in the code. Run by `python3 dev.py texts`.

    catalogues.py            update both; new texts stand there untranslated
    catalogues.py --check    say what is missing or left over; exit 1 when something is

No line numbers and no dates are written: a catalogue changes only when a text does. French may be
typed with the keys of a keyboard; it is written as printers set it.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from scc_admin.i18n import curled, typographic  # noqa: E402

SOURCES = ("scc_admin", "ui")
KEYWORDS: dict[str, tuple[int | None, tuple[int, ...]]] = {
    "N_": (None, (0,)),
    "tr": (None, (0,)),
    "NN_": (None, (0, 1)),
    "ntr": (None, (0, 1)),
    "ctr": (0, (1,)),
}
"""Functions whose arguments are texts: where the context stands, and the text or its forms."""

LOCALES = ("fr_CA", "en_CA")


def file_of(locale: str) -> Path:
    return HERE / locale / "LC_MESSAGES" / "scc_admin.po"


def extracted() -> Catalog:
    """Every text of the program.

    Read from the syntax tree: Babel's own reader does not look inside f-strings.
    """
    template = Catalog(charset="utf-8")
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
                _add(template, node)
    return template


def _add(template: Catalog, node: ast.AST) -> None:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in KEYWORDS:
            literals = [
                arg.value if isinstance(arg, ast.Constant) and isinstance(arg.value, str) else ""
                for arg in node.args
            ]
            context, forms = KEYWORDS[name]
            if len(literals) > max(forms) and all(literals[form] for form in forms):
                text = tuple(literals[form] for form in forms)
                template.add(
                    text if len(text) > 1 else text[0],
                    context=None if context is None else literals[context],
                )


def updated(locale: str, template: Catalog) -> Catalog:
    """The catalogue with exactly the texts of the template, translations kept."""
    known: dict[tuple[object, str | None], Message] = {}
    path = file_of(locale)
    if path.exists():
        with path.open("rb") as stream:
            known = {_key(m): m for m in read_po(stream, locale=locale, charset="utf-8") if m.id}
    catalogue = Catalog(locale=locale, charset="utf-8", fuzzy=False)
    for message in template:
        if not message.id:
            continue
        old = known.get(_key(message))
        translation = old.string if old else ""
        if locale == "en_CA":
            texts = [message.id] if isinstance(message.id, str) else [*message.id]
            said = tuple(map(curled, texts))
            translation = said if message.pluralizable else said[0]
        catalogue.add(message.id, translation, context=message.context)
    return catalogue


def _key(message: Message) -> tuple[object, str | None]:
    one = message.id[0] if isinstance(message.id, tuple | list) else message.id
    return one, message.context


def untranslated(catalogue: Catalog) -> list[str]:
    missing = []
    for message in catalogue:
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        if message.id and not all(texts):
            missing.append(_key(message)[0])
    return missing


def written(catalogue: Catalog, locale: str) -> str:
    """The file's text, its French as printers set it."""
    import io

    for message in catalogue:
        if locale.startswith("fr") and message.id:
            said = message.string
            message.string = (
                typographic(said) if isinstance(said, str) else tuple(map(typographic, said))
            )
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=0, no_location=True, sort_output=True, omit_header=True)
    plural = "(n > 1)" if locale.startswith("fr") else "(n != 1)"
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {locale}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: nplurals=2; plural={plural};\\n"\n\n'
    )
    return header + buffer.getvalue().decode("utf-8").lstrip()


def main() -> int:
    check = "--check" in sys.argv
    template = extracted()
    wrong = False
    for locale in LOCALES:
        catalogue = updated(locale, template)
        text = written(catalogue, locale)
        path = file_of(locale)
        missing = untranslated(catalogue)
        for one in missing:
            print(f"{locale}: no translation of {one!r}", file=sys.stderr)
        stale = not path.exists() or path.read_text("utf-8") != text
        if check:
            if stale:
                print(f"{locale}: run python3 dev.py texts", file=sys.stderr)
            wrong = wrong or stale or bool(missing)
            continue
        if stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        path.with_suffix(".mo").unlink(missing_ok=True)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
