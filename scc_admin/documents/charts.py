"""Charts as pure functions: figures in, SVG out. Screens and documents show the same picture.

Only what SVG Tiny knows is used, since Qt draws no more: no classes, no style sheets, no markers.
Each chart carries a title and a description for those who cannot see it; where a figure is not
known it leaves a gap and never a zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from scc_admin.documents.text import line as one_line


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a chart. `warm` is the one warm mark and never carries text."""

    ink: str
    muted: str
    rule: str
    accent: str
    quiet: str
    """Bars that are there for comparison."""
    warm: str
    series: tuple[str, ...]
    """Lines, in order; told apart by dashes too."""
    paper: str = "#FFFFFF"
    """What the drawing stands on."""


LIGHT = Palette(
    ink="#1B2433",
    muted="#565F6E",
    rule="#D5D2C8",
    accent="#1D4F91",
    quiet="#B9C7DB",
    warm="#F5C242",
    series=("#1D4F91", "#8A5300", "#256B47", "#7A1FA2", "#B3261E", "#565F6E"),
)
DARK = Palette(
    paper="#1C222B",
    ink="#E8EAED",
    muted="#A5ADBA",
    rule="#343C48",
    accent="#8AB4F8",
    quiet="#3D506C",
    warm="#F5C242",
    series=("#8AB4F8", "#F2B65A", "#7BD0A0", "#D7A6F5", "#F28B82", "#A5ADBA"),
)

_FAMILY = "Source Sans Pro"
_DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 2", "10 4")


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, standing or lying. `reference` is a second value, drawn as a mark to compare with."""

    label: str
    value: float | None
    strong: bool = False
    reference: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    values: Sequence[float | None]


def chart_bars(
    bars: Sequence[Bar],
    *,
    title: str,
    description: str = "",
    palette: Palette = LIGHT,
    number: Callable[[float], str] = "{:g}".format,
    width: int = 520,
    height: int = 140,
    family: str = _FAMILY,
) -> str:
    """Standing bars, for a few weeks side by side; the strong one is the one spoken of."""
    pen = Pen(width, height, family)
    top, foot = 24.0, height - 24.0
    most = max((bar.value for bar in bars if bar.value is not None), default=0) or 1
    step = width / max(1, len(bars))
    thick = min(44.0, step * 0.6)
    for index, bar in enumerate(bars):
        middle = step * (index + 0.5)
        pen.text(
            middle,
            height - 6,
            _fit(bar.label, step, 12),
            palette.ink if bar.strong else palette.muted,
            anchor="middle",
            bold=bar.strong,
        )
        if bar.value is None:
            pen.text(middle, foot - 6, "–", palette.muted, anchor="middle")
            continue
        tall = (foot - top) * max(0.0, bar.value) / most
        pen.rect(
            middle - thick / 2,
            foot - tall,
            thick,
            tall,
            palette.accent if bar.strong else palette.quiet,
        )
        pen.text(
            middle,
            foot - tall - 6,
            number(bar.value),
            palette.ink if bar.strong else palette.muted,
            anchor="middle",
            bold=bar.strong,
            size=13,
        )
    pen.line(0, foot, width, foot, palette.rule)
    return pen.svg(title, description)


def chart_rows(
    bars: Sequence[Bar],
    *,
    title: str,
    description: str = "",
    palette: Palette = LIGHT,
    number: Callable[[float], str] = "{:g}".format,
    width: int = 520,
    family: str = _FAMILY,
    label_width: int = 190,
) -> str:
    """Lying bars, for kinds with long names. A reference stands as a daffodil mark across."""
    row, thick = 26, 14
    height = row * max(1, len(bars)) + 4
    pen = Pen(width, height, family)
    room = width - label_width - 56
    most = max((v for bar in bars for v in (bar.value, bar.reference) if v is not None), default=0)
    most = most or 1
    pen.line(label_width, 0, label_width, height - 4, palette.rule)
    for index, bar in enumerate(bars):
        y = row * index + (row - thick) / 2
        pen.text(
            label_width - 10,
            y + 11,
            _fit(bar.label, label_width - 12, 12),
            palette.ink,
            anchor="end",
        )
        if bar.value is None:
            pen.text(label_width + 8, y + 11, "–", palette.muted)
            continue
        long = room * max(0.0, bar.value) / most
        pen.rect(label_width, y, long, thick, palette.accent)
        if bar.reference is not None:
            mark = room * max(0.0, bar.reference) / most
            pen.rect(label_width + mark - 1.5, y - 4, 3, thick + 8, palette.warm)
        # In a column of their own: beside a mark, a figure would be read as that of the mark.
        pen.text(width - 4, y + 11.5, number(bar.value), palette.ink, anchor="end", bold=True)
    return pen.svg(title, description)


def chart_line(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    description: str = "",
    palette: Palette = LIGHT,
    number: Callable[[float], str] = "{:g}".format,
    width: int = 520,
    height: int = 220,
    family: str = _FAMILY,
) -> str:
    """Lines over time, each named at its end. The scale begins where the figures do, and says so
    by its own numbers; a gap in a line is a figure that nobody entered."""
    pen = Pen(width, height, family)
    known = [value for line in series for value in line.values if value is not None]
    low, high, step = _scale(known)
    left = 12 + max((_wide(number(tick), 11) for tick in _ticks(low, high, step)), default=0)
    right = width - min(180, 14 + max((_wide(one_line(s.name, 40), 12) for s in series), default=0))
    top, foot = 12.0, height - 26.0

    def across(index: int) -> float:
        return left + (right - left) * (index / max(1, len(labels) - 1))

    def up(value: float) -> float:
        return foot - (foot - top) * (value - low) / (high - low)

    for tick in _ticks(low, high, step):
        pen.line(left, up(tick), right, up(tick), palette.rule, 0.75)
        pen.text(left - 6, up(tick) + 4, number(tick), palette.muted, anchor="end", size=11)
    every = max(1, math.ceil(len(labels) * 44 / max(1.0, right - left)))
    for index, label in enumerate(labels):
        if index % every == 0:
            pen.text(across(index), height - 8, label, palette.muted, anchor="middle", size=11)
    ends: list[tuple[float, str, str]] = []
    for order, entry in enumerate(series):
        colour = palette.series[order % len(palette.series)]
        dash = _DASHES[order % len(_DASHES)]
        points = [
            (across(index), up(value)) if value is not None else None
            for index, value in enumerate(entry.values[: len(labels)])
        ]
        for run in _runs(points):
            pen.polyline(run, colour, 2, dash)
        last = next((point for point in reversed(points) if point is not None), None)
        if last is not None:
            pen.circle(*last, 3, colour)
            ends.append((last[1], entry.name, colour))
    y = -math.inf
    for wanted, name, colour in sorted(ends):
        y = max(wanted + 4, y + 14)
        pen.text(right + 9, y, _fit(name, width - right - 9, 12), colour, bold=True)
    return pen.svg(title, description)


def chart_spark(
    values: Sequence[float | None],
    *,
    title: str,
    palette: Palette = LIGHT,
    width: int = 84,
    height: int = 20,
) -> str:
    """A line with no scale, the size of a word: only its shape speaks. Zeros lie at the foot."""
    pen = Pen(width, height, _FAMILY)
    known = [value for value in values if value is not None]
    low, high = min(known, default=0), max(known, default=0)
    flat = high == low
    points = [
        None
        if value is None
        else (
            4 + (width - 8) * (index / max(1, len(values) - 1)),
            (height / 2 if high else height - 4)
            if flat
            else 4 + (height - 8) * (1 - (value - low) / (high - low)),
        )
        for index, value in enumerate(values)
    ]
    for run in _runs(points):
        pen.polyline(run, palette.muted, 1.5)
        if len(run) == 1:
            pen.circle(*run[0], 1.5, palette.muted)
    if points and points[-1] is not None:
        pen.circle(*points[-1], 3, palette.accent)
    return pen.svg(title, "")


class Pen:
    """Writes SVG elements with short, stable numbers."""

    def __init__(self, width: float, height: float, family: str) -> None:
        self._size = (width, height)
        self._family = family
        self._parts: list[str] = []

    def rect(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        if width > 0 and height > 0:
            self._parts.append(
                f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
                f' rx="{_n(min(2, width / 2, height / 2))}" fill="{fill}"/>'
            )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1
    ) -> None:
        self._parts.append(
            f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"'
            f' stroke="{colour}" stroke-width="{_n(width)}"/>'
        )

    def polyline(
        self, points: Sequence[tuple[float, float]], colour: str, width: float, dash: str = ""
    ) -> None:
        if len(points) < 2:
            return
        dashes = f' stroke-dasharray="{dash.replace(" ", ",")}"' if dash else ""
        self._parts.append(
            f'<polyline points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in points)}" fill="none"'
            f' stroke="{colour}" stroke-width="{_n(width)}" stroke-linejoin="round"{dashes}/>'
        )

    def circle(self, x: float, y: float, radius: float, colour: str) -> None:
        self._parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" fill="{colour}"/>')

    def text(
        self,
        x: float,
        y: float,
        words: str,
        colour: str,
        *,
        anchor: str = "start",
        size: float = 12,
        bold: bool = False,
    ) -> None:
        weight = ' font-weight="600"' if bold else ""
        self._parts.append(
            f'<text x="{_n(x)}" y="{_n(y)}" font-family="{escape(self._family)}"'
            f' font-size="{_n(size)}" text-anchor="{anchor}" fill="{colour}"{weight}>'
            f"{escape(one_line(words))}</text>"
        )

    def fitted(
        self,
        x: float,
        y: float,
        words: str,
        room: float,
        colour: str,
        *,
        size: float = 12,
        bold: bool = False,
    ) -> None:
        """A text, shortened to about so much room."""
        self.text(x, y, _fit(words, room, size), colour, size=size, bold=bold)

    def svg(self, title: str, description: str) -> str:
        width, height = self._size
        about = f"<desc>{escape(one_line(description, 2_000))}</desc>" if description else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" height="{_n(height)}"'
            f' viewBox="0 0 {_n(width)} {_n(height)}" role="img">'
            f"<title>{escape(one_line(title, 500))}</title>{about}{''.join(self._parts)}</svg>"
        )


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _wide(words: str, size: float) -> float:
    """About how wide the words are; a sans serif takes half its size for each letter."""
    return len(words) * size * 0.52


def _fit(words: str, room: float, size: float) -> str:
    return one_line(words, max(2, int(room / (size * 0.5))))


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """The stretches between gaps."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is not None:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _scale(values: Sequence[float]) -> tuple[float, float, float]:
    """Round bounds around the values, and the round step between two lines of the scale."""
    if not values:
        return 0.0, 1.0, 1.0
    low, high = min(values), max(values)
    if low >= 0 and low < high / 2:
        low = 0.0
    span = (high - low) or max(1.0, abs(high) * 0.1)
    rough = span / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough)
    if all(float(value).is_integer() for value in values):
        step = max(1.0, math.ceil(step))
    bottom = math.floor(low / step) * step
    top = math.ceil(high / step) * step
    return bottom, top if top > bottom else bottom + step, step


def _ticks(low: float, high: float, step: float) -> list[float]:
    return [low + step * index for index in range(round((high - low) / step) + 1)]
