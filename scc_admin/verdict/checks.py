"""The closed set of kinds: how a rule looks at a post. Each is pure, and none can run away.

A kind reads its parameters from `[rule.with]` once (`prepare`), then turns a `Context` into hits
(`run`). Exemptions, conditions, severity and words are the rule's business (rules.py).

    phrases    phrases = { fr, en, both }, accents = false
    requires   the same: hits of which `unless` says what must go with them; one finding a text
    always     a hit on the whole text: for questions
    detector   detector = "name", options = { … } (detectors.py)
    step       never run: shown by the screens that walk through the steps
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from scc_admin.i18n import N_
from scc_admin.verdict.detectors import DETECTORS
from scc_admin.verdict.signals import Context, Hit, Lists, Table


class Kind(NamedTuple):
    """How a kind reads its parameters and looks at a post."""

    prepare: Callable[[Table], Any]
    run: Callable[[Context, Any], Iterable[Hit]]
    values: frozenset[str] = frozenset()
    """Names that its hits give to messages, beside {x}."""


# --- Words ---------------------------------------------------------------------------------------


def _prepare_phrases(table: Table) -> Lists:
    lists = Lists.read(table.table("phrases"), accents=table.flag("accents", False))
    if not lists:
        raise table.fail("phrases", N_("is missing"))
    return lists


def _phrases(context: Context, lists: Lists) -> Iterable[Hit]:
    return (Hit(*span) for span in lists.find(context.text))


def _first_phrase(context: Context, lists: Lists) -> Iterable[Hit]:
    return [Hit(*span) for span in lists.find(context.text)[:1]]


# --- Anything ------------------------------------------------------------------------------------


def _nothing(table: Table) -> None:
    """No parameters."""


def _always(context: Context, params: None) -> Iterable[Hit]:
    return (Hit(0, len(context.post.text)),)


def _never(context: Context, params: None) -> Iterable[Hit]:
    return ()


class _Detection(NamedTuple):
    name: str
    options: Mapping[str, Any] | None


def _prepare_detector(table: Table) -> _Detection:
    name = table.choice("detector", DETECTORS)
    defaults = DETECTORS[name].options
    given = table.table("options")
    options = {
        key: given.texts(key, default)
        if isinstance(default, tuple)
        else given.flag(key, default)
        if isinstance(default, bool)
        else given.take(key, type(default), default)
        for key, default in defaults.items()
    }
    given.done()
    return _Detection(name, None if options == dict(defaults) else options)


def _detector(context: Context, params: _Detection) -> Iterable[Hit]:
    if params.options is None:
        return context.detect(params.name)
    return context.detectors[params.name].run(context, params.options)


KINDS: Mapping[str, Kind] = {
    "phrases": Kind(_prepare_phrases, _phrases),
    "requires": Kind(_prepare_phrases, _first_phrase),
    "always": Kind(_nothing, _always),
    "detector": Kind(_prepare_detector, _detector),
    "step": Kind(_nothing, _never),
}
