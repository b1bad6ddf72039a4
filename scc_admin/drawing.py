"""Pictures that the sample workspace draws for itself: captures of comments, and a few scenes.

Nothing of a real network is imitated beyond what makes a comment readable as one.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

    Draw = ImageDraw.ImageDraw

SCENE = (1200, 630)
_SCALE = 2
"""Drawn twice as large, then reduced: smooth edges without an anti-aliasing library."""

SKY, GRASS, PAPER, INK = "#CFE3F7", "#8FB98B", "#F6F5F1", "#1B2433"
BLUE, DAFFODIL, NIGHT = "#1D4F91", "#F5C242", "#1C2A4A"


def capture(*, author: str, when: str, text: str, page: str) -> bytes:
    """A comment as a screenshot would show it; PNG."""
    from PIL import Image, ImageDraw

    width, margin, avatar = 1080, 40, 96
    body = _font(34)
    lines = _wrapped(text, body, width - 3 * margin - avatar - 40)
    height = 250 + 46 * len(lines)
    image = Image.new("RGB", (width, height), "#FFFFFF")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, 76), fill="#ECEAE3")
    draw.text((margin, 20), page, fill="#565F6E", font=_font(30))
    draw.ellipse((margin, 106, margin + avatar, 106 + avatar), fill="#A5ADBA")
    initials = "".join(word[0] for word in author.split()[:2]).upper()
    centre = (margin + avatar / 2, 106 + avatar / 2)
    draw.text(centre, initials, fill="#FFFFFF", font=_font(40, bold=True), anchor="mm")
    left = margin * 2 + avatar
    bottom = 106 + 80 + 46 * len(lines)
    draw.rounded_rectangle((left, 106, width - margin, bottom), 24, fill="#F0F2F5")
    draw.text((left + 24, 122), author, fill=INK, font=_font(34, bold=True))
    for number, line in enumerate(lines):
        draw.text((left + 24, 170 + 46 * number), line, fill=INK, font=body)
    draw.text((left + 24, bottom + 16), when, fill="#565F6E", font=_font(28))
    return _png(image)


def scene(motif: str, seed: int = 0) -> bytes:
    """One of the scenes named in `MOTIFS`; PNG, 1200 by 630."""
    from PIL import Image, ImageDraw

    size = (SCENE[0] * _SCALE, SCENE[1] * _SCALE)
    image = Image.new("RGB", size, SKY)
    MOTIFS[motif](ImageDraw.Draw(image), random.Random(f"{motif}{seed}"))  # noqa: S311 - a drawing
    return _png(image.resize(SCENE, Image.Resampling.LANCZOS))


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


@cache
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    import font_source_sans_pro as fonts
    from PIL import ImageFont

    return ImageFont.truetype(fonts.SourceSansProBold if bold else fonts.SourceSansPro, size)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and font.getlength(longer) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


def _box(x: float, y: float, rx: float, ry: float) -> tuple[float, float, float, float]:
    return ((x - rx) * _SCALE, (y - ry) * _SCALE, (x + rx) * _SCALE, (y + ry) * _SCALE)


def _band(draw: Draw, top: float, colour: str, bottom: float = SCENE[1]) -> None:
    draw.rectangle((0, top * _SCALE, SCENE[0] * _SCALE, bottom * _SCALE), fill=colour)


def _line(draw: Draw, points: list[tuple[float, float]], colour: str, width: float) -> None:
    draw.line([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour, width=int(width * _SCALE))


def _person(draw: Draw, x: float, foot: float, height: float, coat: str, skin: str) -> None:
    head = height * 0.12
    draw.rounded_rectangle(
        (
            (x - height * 0.16) * _SCALE,
            (foot - height * 0.74) * _SCALE,
            (x + height * 0.16) * _SCALE,
            (foot - height * 0.3) * _SCALE,
        ),
        radius=height * 0.12 * _SCALE,
        fill=coat,
    )
    for side in (-1, 1):
        _line(
            draw,
            [(x + side * height * 0.07, foot - height * 0.34), (x + side * height * 0.09, foot)],
            INK,
            height * 0.08,
        )
    draw.ellipse(_box(x, foot - height * 0.86, head, head), fill=skin)


COATS = ("#1D4F91", "#B3261E", "#256B47", "#7A1FA2", "#8A5300", "#F5C242", "#3E6E8E")
SKINS = ("#F1C9A5", "#C68863", "#8D5A3B", "#E3B18A")


def _people(draw: Draw, dice: random.Random) -> None:
    _band(draw, 0, "#EFE7DA", 460)
    _band(draw, 460, "#C9B79C")
    for index in range(6):
        x = 150 + index * 180 + dice.uniform(-20, 20)
        _person(
            draw, x, 560 + dice.uniform(-12, 12), 330 + dice.uniform(-40, 30),
            dice.choice(COATS), dice.choice(SKINS),
        )  # fmt: skip


def _walkers(draw: Draw, dice: random.Random) -> None:
    _band(draw, 380, GRASS)
    _band(draw, 470, "#D8CDB8", 590)
    draw.ellipse(_box(1010, 120, 62, 62), fill=DAFFODIL)
    for index in range(9):
        x = 90 + index * 130 + dice.uniform(-24, 24)
        _person(
            draw, x, 560 + dice.uniform(-20, 12), 210 + dice.uniform(-30, 20),
            dice.choice(COATS), dice.choice(SKINS),
        )  # fmt: skip


def _luminaries(draw: Draw, dice: random.Random) -> None:
    _band(draw, 0, NIGHT)
    for _ in range(70):
        x, y = dice.uniform(0, 1200), dice.uniform(0, 300)
        draw.ellipse(_box(x, y, 1.6, 1.6), fill="#D8DEEA")
    _band(draw, 380, "#141D33")
    for row in range(4):
        y = 410 + row * 58
        step = 70 + row * 26
        for index in range(int(1300 / step)):
            x = index * step + (row % 2) * step / 2
            size = 13 + row * 6
            for glow, colour in ((2.1, "#2C3554"), (1.5, "#5A4F3C")):
                draw.ellipse(_box(x, y, size * glow, size * glow), fill=colour)
            draw.rounded_rectangle(_box(x, y, size * 0.62, size), radius=4 * _SCALE, fill="#F7E6B5")
            draw.ellipse(_box(x, y + size * 0.3, size * 0.24, size * 0.4), fill=DAFFODIL)


def _daffodils(draw: Draw, dice: random.Random) -> None:
    _band(draw, 430, GRASS)
    places = sorted((dice.uniform(330, 600), dice.uniform(20, 1180)) for _ in range(46))
    for y, x in places:
        size = (y - 250) / 8
        _line(draw, [(x, y), (x + dice.uniform(-6, 6), y + size * 4)], "#3F7A44", size * 0.16)
        for petal in range(6):
            angle = petal * math.pi / 3 + dice.uniform(-0.1, 0.1)
            draw.ellipse(
                _box(
                    x + math.cos(angle) * size * 0.62,
                    y + math.sin(angle) * size * 0.62,
                    size * 0.46,
                    size * 0.46,
                ),
                fill="#FBE08A",
            )
        draw.ellipse(_box(x, y, size * 0.46, size * 0.46), fill=DAFFODIL)
        draw.ellipse(_box(x, y, size * 0.24, size * 0.24), fill="#D9972B")


def _car(draw: Draw, _dice: random.Random) -> None:
    _band(draw, 400, GRASS)
    _band(draw, 470, "#6B7280")
    for index in range(8):
        _line(draw, [(index * 170 + 20, 555), (index * 170 + 100, 555)], "#F6F5F1", 8)
    draw.rounded_rectangle(_box(600, 430, 300, 62), radius=40 * _SCALE, fill=BLUE)
    draw.rounded_rectangle(_box(590, 345, 180, 70), radius=50 * _SCALE, fill=BLUE)
    for x in (510, 675):
        draw.rounded_rectangle(_box(x, 350, 66, 44), radius=14 * _SCALE, fill="#DCEAF8")
    for x in (430, 770):
        draw.ellipse(_box(x, 490, 58, 58), fill=INK)
        draw.ellipse(_box(x, 490, 26, 26), fill="#A5ADBA")


def _sun(draw: Draw, _dice: random.Random) -> None:
    _band(draw, 430, "#7FB2D9", 520)
    _band(draw, 510, "#EBD9AE")
    for ray in range(16):
        angle = ray * math.pi / 8
        _line(
            draw,
            [
                (860 + math.cos(angle) * 130, 190 + math.sin(angle) * 130),
                (860 + math.cos(angle) * 170, 190 + math.sin(angle) * 170),
            ],
            DAFFODIL,
            10,
        )
    draw.ellipse(_box(860, 190, 105, 105), fill=DAFFODIL)
    draw.pieslice(_box(330, 330, 210, 170), 180, 360, fill="#B3261E")
    for side in (-1, 1):
        draw.pieslice(_box(330 + side * 70, 330, 70, 170), 180, 360, fill="#F6F5F1")
    _line(draw, [(330, 320), (345, 560)], "#8A5300", 12)


def _bowling(draw: Draw, _dice: random.Random) -> None:
    _band(draw, 0, "#2E3B55", 300)
    _band(draw, 300, "#D9B27C")
    for index in range(9):
        edge = 600 + (index - 4) * 150
        _line(draw, [(600 + (index - 4) * 40, 300), (edge * 1.6 - 360, 630)], "#C79C63", 3)
    for row, count in enumerate((4, 3, 2, 1)):
        for index in range(count):
            x = 600 + (index - (count - 1) / 2) * 92
            y = 250 + row * 30
            draw.ellipse(_box(x, y + 40, 26, 52), fill=PAPER)
            draw.ellipse(_box(x, y - 34, 15, 24), fill=PAPER)
            _line(draw, [(x - 13, y - 8), (x + 13, y - 8)], "#B3261E", 6)
    draw.ellipse(_box(720, 500, 78, 78), fill=BLUE)
    for x, y in ((700, 470), (726, 462), (716, 494)):
        draw.ellipse(_box(x, y, 9, 9), fill=INK)


MOTIFS: Mapping[str, Callable[[Draw, random.Random], None]] = {
    "people": _people,
    "walkers": _walkers,
    "luminaries": _luminaries,
    "daffodils": _daffodils,
    "car": _car,
    "sun": _sun,
    "bowling": _bowling,
}
