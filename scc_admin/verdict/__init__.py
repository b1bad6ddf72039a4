"""The verdict: what a post shows, against the platforms' rules and the values.

`from scc_admin.verdict import check` and its like read the engine only when they are asked for:
the parts that need near-duplicates alone, at start-up, do not wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scc_admin.verdict.judging import (
        check,
        default_known,
        default_networks,
        verdict_to_json,
    )
    from scc_admin.verdict.rules import Rule, RuleSet, Tuning

__all__ = [
    "Rule",
    "RuleSet",
    "Tuning",
    "check",
    "default_known",
    "default_networks",
    "verdict_to_json",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from scc_admin.verdict import judging

    return getattr(judging, name)
