"""What a rule says, told where there is no post: in the settings, in the guide, in reports.

A message speaks of one text and has places for it. A rule's own example fills them; where none
does, dots do.
"""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from scc_admin.model import Known, Language
from scc_admin.verdict.judging import check
from scc_admin.verdict.rules import Rule, RuleSet

LONGEST = 240
"""Characters: an example that makes a sentence longer than this teaches nobody."""
PRESENT = dt.datetime(2026, 11, 23, 17, 0, tzinfo=dt.UTC)
"""The present of the examples: what they say of past and coming days is written for it."""


class Told(NamedTuple):
    message: str
    suggestion: str


def told(rule: Rule, known: Known, language: Language) -> Told:
    """A rule's message and suggestion as its own example makes them read. Takes milliseconds."""
    wanted = Told(rule.message.to(language), rule.suggestion.to(language))
    if "{" in wanted.message + wanted.suggestion:
        found = [t for t in _in_examples(rule, known, language) if len(t.message) <= LONGEST]
        found.sort(key=lambda one: not all(map(_reads_as, one, wanted)))
        if found:
            return found[0]
    return Told(dotted(wanted.message), dotted(wanted.suggestion))


def dotted(message: str) -> str:
    """A message with dots in the places for one text: « Ces mots peuvent blesser : « … ». »"""
    return "".join(
        literal + ("" if name is None else "…")
        for literal, name, _, _ in string.Formatter().parse(message)
    )


def _in_examples(rule: Rule, known: Known, language: Language) -> Iterator[Told]:
    alone = RuleSet((replace(rule, on=True),))
    for example in sorted(rule.bad, key=lambda one: one.post.language is not language):
        verdict = check(
            example.post,
            alone,
            example.known_beside(known),
            language=language,
            neighbours=example.neighbours,
            now=PRESENT,
        )
        for finding in verdict.findings:
            yield Told(finding.message, finding.suggestion)
        for question in verdict.questions:
            yield Told(question.text, question.suggestion)


def _reads_as(sentence: str, message: str) -> bool:
    """Whether a sentence is this message with its places filled, rather than a variant of it."""
    place = 0
    for literal, _, _, _ in string.Formatter().parse(message):
        found = sentence.find(literal, place)
        if found < 0:
            return False
        place = found + len(literal)
    return True
