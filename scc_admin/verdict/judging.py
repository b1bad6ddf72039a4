"""Judging a post: what the rules see in it, and what only a person can answer.

`check` is pure: the same post, rules, lists and present give the same verdict, in the same order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from scc_admin.i18n import Bilingual, data_folder
from scc_admin.model import (
    Finding,
    Fix,
    Known,
    Language,
    Mode,
    Neighbour,
    Post,
    Question,
    Target,
    Verdict,
)
from scc_admin.verdict.detectors import DETECTORS
from scc_admin.verdict.networks import DEFAULT_PROFILE, Networks, load_networks
from scc_admin.verdict.rules import Example, Rule, RuleSet, Tuning, default_known
from scc_admin.verdict.signals import Context, Hit
from scc_admin.verdict.spelling import Speller
from scc_admin.verdict.wording import fill, word

__all__ = [
    "Rule",
    "RuleSet",
    "Tuning",
    "check",
    "default_known",
    "default_networks",
    "verdict_to_json",
]

MOST_FINDINGS = 50
"""Findings of one rule in one text; what more there is would say the same."""
LONGEST_EXCERPT = 120


def check(
    post: Post,
    rules: RuleSet,
    known: Known,
    networks: Networks | None = None,
    *,
    profile: str = DEFAULT_PROFILE,
    language: Language = Language.FR,
    speller: Speller | None = None,
    neighbours: Sequence[Neighbour] = (),
    now: dt.datetime | None = None,
) -> Verdict:
    """What `rules` see in `post`, said in `language`; findings in order of place, severity, rule.

    `networks` (the program's own when absent) and `profile` say whose limits hold.
    `neighbours` are known posts found to be close to it. Without `now` and without `post.at`, the
    rules about days that need them stay silent; without `speller`, spelling does.
    """
    context = Context(
        post=post,
        known=known,
        detectors=DETECTORS,
        networks=networks or default_networks(),
        profile=profile,
        language=language,
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
    return Verdict(tuple(findings), tuple(questions), context.counts)


def _finding(rule: Rule, hit: Hit, context: Context, language: Language) -> Finding:
    said = rule.variant(hit)
    excerpt = context.post.text[hit.start : hit.end]
    values = {"x": _short(excerpt), **hit.values}
    fix = None
    if hit.fix is not None:
        start, end = hit.fix_span or hit.span
        fix = Fix(start, end, hit.fix, _fix_label(hit.fix, start == end, language))
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
        choices=tuple(
            Fix(hit.start, hit.end, choice, _fix_label(choice, False, language))
            for choice in hit.choices
        ),
        subject=hit.subject or ("" if excerpt else _told(hit)),
    )


def _told(hit: Hit) -> str:
    """What a hit about something absent says, in words that no language changes."""
    told = (f"{name}={word(value, Language.FR)}" for name, value in sorted(hit.values.items()))
    return " ".join([hit.variant, *told]).strip()


_REPLACE = Bilingual("Remplacer par «\u00a0{x}\u00a0»", "Replace with “{x}”")
_REMOVE = Bilingual("Retirer", "Remove")
_INSERT = Bilingual("Ajouter «\u00a0{x}\u00a0»", "Add “{x}”")


def _fix_label(replacement: str, inserts: bool, language: Language) -> str:
    said = _REMOVE if not replacement.strip() else _INSERT if inserts else _REPLACE
    return said.to(language).format(x=_short(replacement))


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
        in_words=rule.in_words,
    )


def _short(excerpt: str) -> str:
    # Its beginning will do: of a question about the whole text, nothing is quoted at all.
    one_line = " ".join(excerpt[: 4 * LONGEST_EXCERPT].split())
    if len(one_line) <= LONGEST_EXCERPT and len(excerpt) <= 4 * LONGEST_EXCERPT:
        return one_line
    return one_line[: LONGEST_EXCERPT - 1].rstrip() + "…"


def failing_examples(
    rule: Rule, known: Known, *, speller: Speller | None = None, now: dt.datetime
) -> list[Example]:
    """The examples that a rule, switched on and alone, does not bear out; none for a sound rule.

    A bad one is borne out by a finding, of its `expect` and `severity` where it names them; a good
    one by silence.
    """
    alone = RuleSet((replace(rule, on=True),))
    failing = []
    for example in (*rule.bad, *rule.good):
        verdict = check(
            example.post,
            alone,
            example.known_beside(known),
            speller=speller,
            neighbours=example.neighbours,
            now=now,
        )
        found = [
            finding
            for finding in verdict.findings
            if (not example.expect or finding.excerpt == example.expect)
            and (example.severity is None or finding.severity is example.severity)
        ]
        borne_out = (
            not (verdict.findings or verdict.questions)
            if example.good
            else bool(found or verdict.questions)
        )
        if not borne_out:
            failing.append(example)
    return failing


@cache
def default_networks() -> Networks:
    """The networks' rules that come with the program, read once."""
    return load_networks(data_folder("resources") / "networks.toml")


def verdict_to_json(verdict: Verdict, post_id: str, target: Target) -> dict[str, object]:
    """A verdict as `scc-admin check --format json` prints it; offsets in code points."""
    count = verdict.counts[0]
    return {
        "id": post_id,
        "network": target.value,
        "count": {"value": count.value, "limit": count.limit, "unit": count.unit},
        "findings": [
            {
                "rule": found.rule,
                "name": found.name,
                "severity": found.severity.value,
                "value": found.theme.value,
                "slides": list(found.slides),
                "start": found.start,
                "end": found.end,
                "excerpt": found.excerpt,
                "message": found.message,
                "suggestion": found.suggestion,
            }
            for found in verdict.findings
        ],
        "questions": [{"rule": asked.rule, "text": asked.text} for asked in verdict.questions],
    }
