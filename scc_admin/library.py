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
from typing import TYPE_CHECKING, Any

from scc_admin.i18n import N_, Bilingual, data_folder
from scc_admin.model import Language
from scc_admin.verdict import duplicates

if TYPE_CHECKING:
    from scc_admin.verdict.meaning import Meaning

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


NEAR_ENOUGH = 35
"""Hundredths of cosine from which a source is worth showing to a text that names no topic of it."""


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


def templates(use: str = "") -> list[Template]:
    """The templates for a use, in their order; all of them for none."""
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
        if not use or record["use"] == use
    ]


def templates_for(
    text: str, meaning: Meaning | None, language: Language, *, use: str = "", most: int = 5
) -> list[Template]:
    """The templates closest in meaning to a text, closest first; in their order without a model."""
    known = templates(use)
    if meaning is None:
        return known[:most]
    ranked = meaning.closest(
        text, [f"{t.title.to(language)}. {t.text.to(language)}" for t in known]
    )
    return [known[index] for index, _ in ranked][:most] or known[:most]


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


def sources_for(text: str, meaning: Meaning | None = None, *, most: int = 5) -> list[Source]:
    """Sources that a text may cite, the closest first.

    Those with a topic that occurs in it come before those only near in meaning; without `meaning`
    there are only the former.
    """
    said = f" {duplicates.normalise(text)} "
    known = sources()
    named = [sum(f" {duplicates.normalise(t)} " in said for t in s.topics) for s in known]
    ranked = meaning.closest(text, [_about(source) for source in known]) if meaning else []
    nearness = {index: score for index, score in ranked if score >= NEAR_ENOUGH}
    place = {index: order for order, (index, _) in enumerate(ranked)}
    found = [index for index in range(len(known)) if named[index] or index in nearness]
    found.sort(key=lambda index: (-named[index], place.get(index, 0), index))
    return [known[index] for index in found[:most]]


def _about(source: Source) -> str:
    return f"{source.title.fr}. {', '.join(source.topics)}. {source.note.fr}"
