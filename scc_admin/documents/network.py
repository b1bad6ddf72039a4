"""The network of pages as a picture: who speaks for whom, and which page leads to which."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scc_admin.documents.charts import LIGHT, Palette, Pen

NODE = (184, 62)
_LINE = 27
"""Characters of a name on one of its two lines."""
GAP = (28, 62)
_HEAD = 26
_MOST_ACROSS = 6


@dataclass(frozen=True, slots=True)
class Node:
    """A page. `rank` is its level, 0 at the top; `quiet` draws it as one that others run."""

    key: int
    name: str
    detail: str
    rank: int
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A tie from a page to another. `kind` is the place of its word in `ties`; one that is only
    asked for is drawn with dashes."""

    source: int
    target: int
    kind: int
    done: bool = True


def chart_network(
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    *,
    ties: Sequence[str],
    asked: str,
    title: str,
    description: str = "",
    palette: Palette = LIGHT,
    family: str = "Source Sans Pro",
) -> str:
    """Pages in rows by level, and their ties as arrows; a legend says which colour is which.

    The description holds the ties in words, for those who cannot see them.
    """
    places, width, height = _placed(nodes)
    used = sorted({edge.kind for edge in edges})
    legend = 26 * math.ceil((len(used) + any(not e.done for e in edges)) / 2) if edges else 0
    pen = Pen(width, height + legend, family)
    for number, edge in enumerate(edges):
        if edge.source in places and edge.target in places and edge.source != edge.target:
            _arrow(pen, places[edge.source], places[edge.target], edge, number, palette)
    for node in nodes:
        x, y = places[node.key]
        pen.rect(
            x - 1, y - 1, NODE[0] + 2, NODE[1] + 2, palette.rule if node.quiet else palette.accent
        )
        pen.rect(x, y, NODE[0], NODE[1], palette.paper)
        for number, part in enumerate(_two_lines(node.name)):
            pen.fitted(
                x + 10, y + 19 + 16 * number, part, NODE[0] - 12, palette.ink,
                bold=not node.quiet,
            )  # fmt: skip
        pen.fitted(x + 10, y + 53, node.detail, NODE[0] - 20, palette.muted, size=11)
    y = height + 14
    words = [(ties[kind], palette.series[kind % len(palette.series)], "") for kind in used]
    if any(not edge.done for edge in edges):
        words.append((asked, palette.muted, "5 4"))
    for number, (word, color, dash) in enumerate(words):
        x = 12 + (number % 2) * (width / 2)
        row = y + 26 * (number // 2)
        pen.polyline([(x, row), (x + 34, row)], color, 2, dash)
        pen.fitted(x + 44, row + 4, word, width / 2 - 60, palette.ink)
    return pen.svg(title, description)


def _two_lines(name: str) -> list[str]:
    """A name on two lines at most: pages of one house differ by their last words."""
    words, lines = name.split(), [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) > _LINE and lines[-1] and len(lines) == 1:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _placed(nodes: Sequence[Node]) -> tuple[dict[int, tuple[float, float]], float, float]:
    """The upper left corner of each page, and the size of the whole."""
    rows: list[list[Node]] = []
    for rank in sorted({node.rank for node in nodes}):
        level = [node for node in nodes if node.rank == rank]
        for start in range(0, len(level), _MOST_ACROSS):
            rows.append(level[start : start + _MOST_ACROSS])
    across = max((len(row) for row in rows), default=1)
    width = max(420.0, across * NODE[0] + (across + 1) * GAP[0])
    places = {}
    for number, row in enumerate(rows):
        y = 12.0 + number * (NODE[1] + GAP[1])
        room = len(row) * NODE[0] + (len(row) - 1) * GAP[0]
        left = (width - room) / 2
        for place, node in enumerate(row):
            places[node.key] = (left + place * (NODE[0] + GAP[0]), y)
    height = 12.0 + len(rows) * (NODE[1] + GAP[1]) - GAP[1] + _HEAD if rows else 60.0
    return places, width, height


def _arrow(
    pen: Pen,
    source: tuple[float, float],
    target: tuple[float, float],
    edge: Edge,
    number: int,
    palette: Palette,
) -> None:
    """From the rim of one page to the rim of the other; several of one pair stand side by side."""
    color = palette.series[edge.kind % len(palette.series)] if edge.done else palette.muted
    dash = "" if edge.done else "5 4"
    aside = (number % 5 - 2) * 13.0
    x1, x2 = source[0] + NODE[0] / 2 + aside, target[0] + NODE[0] / 2 + aside
    if source[1] == target[1]:  # neighbours: below both, and up again
        y = source[1] + NODE[1]
        deep = y + 14 + (number % 3) * 8
        points = [(x1, y), (x1, deep), (x2, deep), (x2, y + 1)]
    elif source[1] < target[1]:
        middle = target[1] - 12 - (number % 4) * 9
        points = [(x1, source[1] + NODE[1]), (x1, middle), (x2, middle), (x2, target[1])]
    else:
        middle = source[1] - 12 - (number % 4) * 9
        points = [(x1, source[1]), (x1, middle), (x2, middle), (x2, target[1] + NODE[1])]
    pen.polyline(points, color, 1.6, dash)
    (_, before), (x, y) = points[-2], points[-1]
    way = 1 if y > before else -1
    pen.polyline([(x - 5, y - 7 * way), (x, y), (x + 5, y - 7 * way)], color, 1.6)
