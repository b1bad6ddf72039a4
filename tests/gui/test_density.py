"""On a screen of more pixels to the inch everything is drawn in those pixels, not enlarged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPixmap

from ui.icons import Icons
from ui.widgets import fitted

pytestmark = pytest.mark.slow

WINDOW = """
import gc, json, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from scc_admin.keys import Kind
from scc_admin.model import Language
from scc_admin.workspace import Workspace
from ui.main import Program
from ui.pdf import PdfView

gc.disable()
app = QApplication([])
folder = Path(sys.argv[1])
Workspace.create(folder, protection=Kind.NONE, name="Ana Roy").workspace.close()
program = Program(app, Language.FR)
program.open(folder)

def until(holds):
    while not (holds() and program.tasks.idle):
        app.processEvents()

until(lambda: program.window is not None)
window = program.window
window.resize(1024, 640)
window.go("reports")
view = window.current().findChild(PdfView)
until(lambda: view.sheets._drawn)
window.grab()
until(lambda: True)
room = window.screen().availableGeometry()
window.open_palette()
until(lambda: True)
print(json.dumps({
    "ratio": window.devicePixelRatioF(),
    "grabbed": window.grab().width() / window.width(),
    "across": view.sheets._across(),
    "page": max(page.image.width() for page in view.sheets._drawn.values()),
    "icons": sorted({key[3] for key in window.icons._pixmaps}),
    "palette": [QApplication.activeModalWidget().width(), window.width()],
}), flush=True)
import os
os._exit(0)
"""


@pytest.mark.parametrize("factor", [1.5, 2.0])
def test_the_window_draws_pages_and_icons_at_the_ratio_of_its_screen(tmp_path, factor) -> None:
    environment = {
        **os.environ,
        "QT_SCALE_FACTOR": str(factor),
        "QT_QPA_PLATFORM": "offscreen",
        "SCC_ADMIN_CONFIG": str(tmp_path / "settings.json"),
        "SCC_ADMIN_LOGS": str(tmp_path / "logs"),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    run = subprocess.run(
        [sys.executable, "-c", WINDOW, str(tmp_path / "w")],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    seen = json.loads(run.stdout.splitlines()[-1])
    assert seen["ratio"] == pytest.approx(factor) == pytest.approx(seen["grabbed"], abs=0.01)
    assert seen["page"] >= seen["across"] * factor
    assert seen["icons"] == [factor]
    assert seen["palette"][0] <= seen["palette"][1]


@pytest.mark.parametrize("density", [1.0, 1.25, 1.5, 2.0])
def test_a_painted_icon_has_the_pixels_of_what_it_is_painted_on(icons: Icons, density) -> None:
    paper = QPixmap(QSize(20, 20) * density)
    paper.setDevicePixelRatio(density)
    paper.fill("white")
    with QPainter(paper) as painter:
        icons.paint(painter, QRectF(0, 0, 20, 20), "today")
    exact = QPixmap(QSize(20, 20) * density)
    exact.fill("white")
    drawn = icons.pixmap("today", density=density).toImage()
    drawn.setDevicePixelRatio(1.0)
    with QPainter(exact) as painter:
        painter.drawImage(0, 0, drawn)
    kind = QImage.Format.Format_RGB32
    assert paper.toImage().convertToFormat(kind) == exact.toImage().convertToFormat(kind)


def test_a_fitted_picture_fills_its_room_in_the_pixels_of_the_screen(qapp) -> None:
    picture = QPixmap(400, 200)
    inside = fitted(picture, QSize(100, 100), 1.5)
    assert (inside.width(), inside.height()) == (150, 75)
    assert inside.deviceIndependentSize().toSize() == QSize(100, 50)
    over = fitted(picture, QSize(100, 100), 2.0, cover=True)
    assert (over.width(), over.height()) == (400, 200)
    assert over.deviceIndependentSize().toSize() == QSize(200, 100)
