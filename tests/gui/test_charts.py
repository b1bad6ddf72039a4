"""The charts of the documents, drawn by Qt as the screens draw them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

from scc_admin.documents import (
    DARK,
    LIGHT,
    Bar,
    Palette,
    Series,
    chart_bars,
    chart_line,
    chart_rows,
    chart_spark,
)
from ui.pages import drawing_colors
from ui.theme import Scheme, Theme, contrast


def charts(palette: Palette) -> dict[str, str]:
    bars = [Bar("43", 18), Bar("44", None), Bar("Semaine très longue", 23, True, 19.5)]
    lines = [Series("Facebook & cie", [30_600, 30_755, None, 31_080]), Series("<X>", [12_300] * 4)]
    weeks = ["43", "44", "45", "46"]
    return {
        "bars": chart_bars(bars, title="t", palette=palette),
        "rows": chart_rows(bars, title="t", palette=palette),
        "line": chart_line(weeks, lines, title="t", palette=palette),
        "spark": chart_spark([1, 2, None, 4, 3], title="t", palette=palette),
    }


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["bars", "rows", "line", "spark"])
def test_qt_draws_the_chart_without_a_complaint(name: str, palette: Palette, qtbot: QtBot) -> None:
    with qtbot.captureExceptions():
        renderer = QSvgRenderer(QByteArray(charts(palette)[name].encode()))
    assert renderer.isValid()
    picture = QImage(renderer.defaultSize() * 2, QImage.Format.Format_ARGB32)
    picture.fill(QColor("#FFFFFF" if palette is LIGHT else "#1C222B"))
    painter = QPainter(picture)
    renderer.render(painter)
    painter.end()
    accent = QColor(palette.series[0] if name == "line" else palette.accent)
    seen = {
        picture.pixelColor(x, y).name()
        for x in range(picture.width())
        for y in range(0, picture.height(), 2)
    }
    assert accent.name() in seen
    assert len(seen) > 2


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK, Scheme.CONTRAST])
def test_drawings_are_legible_in_every_look(theme: Theme, scheme: Scheme) -> None:
    theme.choose(scheme)
    colors = drawing_colors(theme)
    assert QColor(colors.paper) == theme.color("surface")
    least = 7.0 if scheme is Scheme.CONTRAST else 4.5
    for ink in (colors.ink, colors.muted, *colors.series):
        assert contrast(ink, colors.paper) >= least, ink
    if scheme is Scheme.CONTRAST:
        assert contrast(colors.rule, colors.paper) >= 7
    theme.choose(Scheme.LIGHT)
