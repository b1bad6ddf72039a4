"""The packs: every rule finds its bad examples and leaves its good ones alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from scc_admin.model import Finding, Mode, Question
from scc_admin.verdict import RuleSet, check, default_known, default_networks
from scc_admin.verdict.rules import Example, Rule
from scc_admin.verdict.spelling import Speller

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
KNOWN = default_known()
NETWORKS = default_networks()
SPELLER = Speller()
ALL = RuleSet.load()
RUNNING = [rule for rule in ALL.rules if rule.mode is not Mode.STEP and rule.kind != "step"]


def judge(rule: Rule, example: Example) -> list[Finding | Question]:
    """What `rule` alone, switched on, says of an example."""
    alone = RuleSet((replace(rule, on=True),))
    known = example.known_beside(KNOWN)
    verdict = check(
        example.post,
        alone,
        known,
        NETWORKS,
        speller=SPELLER,
        neighbours=example.neighbours,
        now=NOW,
    )
    return [*verdict.findings, *verdict.questions]


@pytest.mark.parametrize("rule", RUNNING, ids=lambda rule: rule.id)
def test_bad_examples_are_found(rule: Rule) -> None:
    for example in rule.bad:
        assert rule.applies(example.post), f"{rule.id} does not apply to: {example.post.text}"
        found = judge(rule, example)
        assert found, f"{rule.id} misses: {example.post.text}"
        findings = [finding for finding in found if isinstance(finding, Finding)]
        if example.expect:
            excerpts = [finding.excerpt for finding in findings]
            assert example.expect in excerpts, f"{rule.id} found {excerpts}"
        if example.severity:
            assert example.severity in {finding.severity for finding in findings}, rule.id


@pytest.mark.parametrize("rule", RUNNING, ids=lambda rule: rule.id)
def test_good_examples_are_left_alone(rule: Rule) -> None:
    for example in rule.good:
        found = judge(rule, example)
        assert not found, f"{rule.id} nags at: {example.post.text}\n{found}"
