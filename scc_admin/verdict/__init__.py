"""The verdict: what the rules see in a post, and what only a person can answer.

`check` is pure: the same post, rules, lists and present give the same verdict, in the same order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from scc_admin.model import (
    Finding,
    Fix,
    Known,
    Language,
    Mode,
    Neighbour,
    Post,
    Question,
    Verdict,
)
from scc_admin.verdict.detectors import DETECTORS
from scc_admin.verdict.rules import Rule, RuleSet, Tuning, default_known
from scc_admin.verdict.signals import Context, Hit, Say
from scc_admin.verdict.spelling import Speller
from scc_admin.verdict.wording import fill

__all__ = ["Rule", "RuleSet", "Tuning", "check", "default_known"]

MOST_FINDINGS = 50
"""Findings of one rule in one text; what more there is would say the same."""
LONGEST_EXCERPT = 120


def check(
    post: Post,
    rules: RuleSet,
    known: Known,
    *,
    language: Language = Language.FR,
    speller: Speller | None = None,
    neighbours: Sequence[Neighbour] = (),
    now: dt.datetime | None = None,
) -> Verdict:
    """What `rules` see in `post`, said in `language`; findings in order of place, severity, rule.

    `neighbours` are known posts found to be close to it. Without `now` and without `post.at`, the
    rules about days that need them stay silent; without `speller`, spelling does.
    """
    context = Context(
        post=post,
        known=known,
        detectors=DETECTORS,
        speller=speller,
        neighbours=tuple(neighbours),
        now=now,
    )
    findings: list[Finding] = []
    questions: list[Question] = []
    for rule in rules.running(post):
        hits = rule.hits(context)
        if hits and rule.mode is Mode.QUESTION:
            questions.append(_question(rule, hits[0], context, language))
        else:
            findings += [_finding(rule, hit, context, language) for hit in hits[:MOST_FINDINGS]]
    findings.sort(key=lambda found: (found.start, -found.severity.rank, found.rule, found.end))
    return Verdict(tuple(findings), tuple(questions), ())


def _finding(rule: Rule, hit: Hit, context: Context, language: Language) -> Finding:
    said = rule.variant(hit)
    excerpt = context.post.text[hit.start : hit.end]
    values = {"x": _short(excerpt), **hit.values}
    fix = None
    if hit.fix is not None:
        start, end = hit.fix_span or hit.span
        fix = Fix(start, end, hit.fix, _FIX.to(language).format(x=hit.fix))
    return Finding(
        rule=rule.id,
        name=rule.name,
        severity=said.severity,
        theme=rule.theme,
        slides=rule.slides,
        start=hit.start,
        end=hit.end,
        excerpt=excerpt,
        message=fill(said.message, language, values),
        suggestion=fill(said.suggestion, language, values),
        fix=fix,
    )


_FIX = Say("Remplacer par « {x} »", "Replace with “{x}”")


def _question(rule: Rule, hit: Hit, context: Context, language: Language) -> Question:
    said = rule.variant(hit)
    values = {"x": _short(context.post.text[hit.start : hit.end]), **hit.values}
    return Question(
        rule=rule.id,
        name=rule.name,
        theme=rule.theme,
        slides=rule.slides,
        text=fill(said.message, language, values),
        suggestion=fill(said.suggestion, language, values),
    )


def _short(excerpt: str) -> str:
    one_line = " ".join(excerpt.split())
    if len(one_line) <= LONGEST_EXCERPT:
        return one_line
    return one_line[: LONGEST_EXCERPT - 1].rstrip() + "…"
