"""Ready-made texts and sources to cite: `resources/templates.toml` and `resources/sources.toml`.

A template is a text with fields; the program fills those it knows and leaves the others, in
brackets, to be filled by hand.
"""

from __future__ import annotations

import functools
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scc_admin.i18n import N_, Bilingual, data_folder
from scc_admin.model import Language
from scc_admin.verdict import duplicates

FIELDS: Mapping[str, str] = {
    "name": N_("name"),
    "fact": N_("fact"),
    "source": N_("source"),
    "link": N_("link"),
    "topic": N_("topic"),
    "interest": N_("interest"),
    "signature": N_("signature"),
    "reason": N_("reason"),
    "expires": N_("date"),
    "affairs": N_("Public Affairs"),
    "number": N_("number"),
    "situation": N_("situation"),
    "seen": N_("seen on"),
    "question": N_("question"),
    "not_done": N_("not done"),
    "fingerprint": N_("fingerprint"),
}
"""What stands between brackets for a field that nobody filled; others show their own name."""


@dataclass(frozen=True, slots=True)
class Template:
    """A ready-made text. `use` says what it is for (public_answer, private_message, …)."""

    key: str
    use: str
    slides: tuple[int, ...]
    fields: tuple[str, ...]
    title: Bilingual
    subject: Bilingual
    text: Bilingual

    def fill(self, language: Language, values: Mapping[str, str], words: Mapping[str, str]) -> str:
        """The text with its fields; those without a value stand in brackets, by their `words`."""
        return fill(self.text.to(language), values, words)


@dataclass(frozen=True, slots=True)
class Source:
    """A page that an answer may cite."""

    key: str
    kind: str
    """charity, government, international or law."""
    publisher: Bilingual
    title: Bilingual
    url: Bilingual
    home: str
    topics: tuple[str, ...]
    note: Bilingual


def fill(text: str, values: Mapping[str, str], words: Mapping[str, str]) -> str:
    """Replace each `{field}`: by its value, or by its word in brackets."""
    parts = []
    for literal, name, _, _ in string.Formatter().parse(text):
        parts.append(literal)
        if name is not None:
            parts.append(values.get(name) or f"[{words.get(name, name)}]")
    return "".join(parts)


@functools.cache
def _read(name: str, table: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(tomllib.loads((data_folder("resources") / name).read_text("utf-8"))[table])


def _both(record: Mapping[str, Any], name: str) -> Bilingual:
    return Bilingual(record.get(f"{name}_fr", "").strip(), record.get(f"{name}_en", "").strip())


def templates(use: str) -> list[Template]:
    """The templates for a use, in their order."""
    return [
        Template(
            key=record["key"],
            use=record["use"],
            slides=tuple(record.get("slides", ())),
            fields=tuple(record.get("fields", ())),
            title=_both(record, "title"),
            subject=_both(record, "subject"),
            text=_both(record, "text"),
        )
        for record in _read("templates.toml", "template")
        if record["use"] == use
    ]


def sources(words: str = "") -> list[Source]:
    """The sources that answer each of these words, in both languages; all of them for none."""
    wanted = duplicates.search_terms(words)
    found = []
    for record in _read("sources.toml", "source"):
        said = [v for k, v in record.items() if k.startswith(("title", "publisher", "note"))]
        known = duplicates.fold(" ".join([*said, *record.get("topics", ())]))
        if all(word in known for word in wanted):
            found.append(
                Source(
                    key=record["key"],
                    kind=record["kind"],
                    publisher=_both(record, "publisher"),
                    title=_both(record, "title"),
                    url=_both(record, "url"),
                    home=record.get("home", ""),
                    topics=tuple(record.get("topics", ())),
                    note=_both(record, "note"),
                )
            )
    return found


def sources_for(text: str, *, most: int = 5) -> list[Source]:
    """Sources whose topics occur in a text, those with most of them first."""
    said = duplicates.fold(text)
    scored = [(sum(duplicates.fold(t) in said for t in s.topics), s) for s in sources()]
    return [s for score, s in sorted(scored, key=lambda pair: -pair[0]) if score][:most]
