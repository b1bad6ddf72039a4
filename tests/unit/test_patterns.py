"""Regular expressions mean the same on every Python that the program runs on."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import scc_admin

ONE_CHARACTER = {code.IN, code.LITERAL, code.NOT_LITERAL, code.ANY}


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for found in pkgutil.walk_packages(scc_admin.__path__, "scc_admin."):
        if not found.name.endswith("__main__"):
            for name, value in vars(importlib.import_module(found.name)).items():
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                    yield f"{found.name}.{name}", value


def possessive_groups(tree: object) -> Iterator[object]:
    """Groups that a possessive quantifier follows, wherever they stand."""
    for item in tree if isinstance(tree, (list, tuple, parser.SubPattern)) else ():
        if isinstance(item, tuple) and item and item[0] is code.POSSESSIVE_REPEAT:
            body = item[1][2]
            if len(body) != 1 or body[0][0] not in ONE_CHARACTER:
                yield body
        yield from possessive_groups(item)


def test_no_group_is_followed_by_a_possessive_quantifier() -> None:
    """Before Python 3.11.5 such a pattern may match too little, and `finditer` may never end.

    Debian 12 has 3.11.2. An atomic group, `(?>(?:…)*)`, says the same and is right everywhere:
    https://github.com/python/cpython/issues/106052
    """
    seen = dict(patterns())
    assert len(seen) > 100
    wrong = [
        name
        for name, pattern in seen.items()
        if any(possessive_groups(parser.parse(pattern.pattern, pattern.flags)))
    ]
    assert wrong == []
