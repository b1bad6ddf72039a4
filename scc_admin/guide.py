"""The guide: the presentation of 2011 retold, slide by slide, and its quiz (`resources/guide/`)."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from scc_admin.i18n import curled, data_folder, typographic
from scc_admin.model import Language
from scc_admin.verdict.duplicates import fold, search_terms

_VALUES = {
    "DEV": "dedication",
    "DET": "determination",
    "DYN": "dynamism",
    "INT": "integrity",
}
"""Families of rules that serve a value, and the section about it."""


@dataclass(frozen=True, slots=True)
class GuideSection:
    """A page of the guide. `body` is plain paragraphs parted by empty lines; a list is a run of
    lines that begin with `- `."""

    key: str
    chapter: str
    title: str
    slides: tuple[int, ...]
    body: str
    rules: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GuideChapter:
    key: str
    title: str
    sections: tuple[GuideSection, ...]


@dataclass(frozen=True, slots=True)
class QuizChoice:
    text: str
    correct: bool
    why: str


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    id: str
    slide: int
    text: str
    choices: tuple[QuizChoice, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """The whole guide in one language."""

    title: str
    edition: str
    chapters: tuple[GuideChapter, ...]
    quiz: tuple[QuizQuestion, ...]

    @classmethod
    def load(cls, language: Language, folder: Path | None = None) -> Guide:
        folder = folder or data_folder("resources") / "guide"
        told = tomllib.loads((folder / f"guide.{language}.toml").read_text("utf-8"))
        asked = tomllib.loads((folder / "quiz.toml").read_text("utf-8"))
        said = typographic if language is Language.FR else curled
        chapters = tuple(
            GuideChapter(
                chapter["key"],
                said(chapter["title"]),
                tuple(
                    GuideSection(
                        section["key"],
                        said(chapter["title"]),
                        said(section["title"]),
                        tuple(section["slides"]),
                        said(section["body"].strip()),
                        tuple(section["rules"]),
                        tuple(map(said, section["good"])),
                        tuple(map(curled, section["bad"])),
                    )
                    for section in chapter["section"]
                ),
            )
            for chapter in told["chapter"]
        )
        quiz = tuple(
            QuizQuestion(
                question["id"],
                question["slide"],
                said(question[f"question_{language}"]),
                tuple(
                    QuizChoice(
                        said(choice[language.value]),
                        choice["correct"],
                        said(choice[f"why_{language}"]),
                    )
                    for choice in question["choices"]
                ),
            )
            for question in asked["question"]
        )
        return cls(said(told["title"]), said(told["edition"]), chapters, quiz)

    @property
    def sections(self) -> tuple[GuideSection, ...]:
        return tuple(section for chapter in self.chapters for section in chapter.sections)

    def section(self, key: str) -> GuideSection | None:
        return next((s for s in self.sections if s.key == key), None)

    def explaining(self, rule: str, slides: Collection[int] = ()) -> GuideSection | None:
        """Where a finding's 'why' leads: a section of its slides that names its rule.

        Of several, the one about the value that the rule serves, else the one that speaks most of
        such rules. A rule that no section names leads to its first slide.
        """
        base = "-".join(rule.split("-")[:2])
        family = rule.partition("-")[0]
        named = [section for section in self.sections if rule in section.rules]
        named = named or [section for section in self.sections if base in section.rules]

        def fit(section: GuideSection) -> tuple[bool, bool, float]:
            alike = sum(name.startswith(f"{family}-") for name in section.rules)
            return (
                not slides or not set(slides).isdisjoint(section.slides),
                section.key == _VALUES.get(family),
                alike / len(section.rules),
            )

        if named:
            return max(named, key=fit)
        return self.of_slide(min(slides)) if slides else None

    def of_slide(self, slide: int) -> GuideSection | None:
        return next((s for s in self.sections if slide in s.slides), None)

    def search(self, words: str) -> Sequence[GuideSection]:
        """Sections that hold every word, whatever accents and case; titles first."""
        terms = search_terms(words)
        if not terms:
            return self.sections
        found = []
        for section in self.sections:
            title = fold(f"{section.title} {section.chapter} {' '.join(section.rules)}")
            text = title + " " + fold(section.body)
            if all(term in text for term in terms):
                found.append((not all(term in title for term in terms), section))
        found.sort(key=lambda pair: pair[0])
        return [section for _, section in found]
