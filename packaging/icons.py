"""Draw `app.png`, `app.ico` and `app.icns` from `resources/icons/app/app.svg`.

Run after changing the drawing: `.venv/bin/python packaging/icons.py`. The results are committed, so
that a build needs no drawing.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "icons" / "app"
WINDOWS_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
"""Pixels: what Explorer asks for between 100 % and 250 %."""
MAC_SIZES = (16, 32, 64, 128, 256, 512, 1024)


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    drawn = {size: drawing(size) for size in {*WINDOWS_SIZES, *MAC_SIZES}}
    drawn[256].save(FOLDER / "app.png", optimize=True)
    # Each size is drawn for itself: a shrunk picture is blurred.
    drawn[256].save(
        FOLDER / "app.ico",
        sizes=[(size, size) for size in WINDOWS_SIZES],
        append_images=[drawn[size] for size in WINDOWS_SIZES if size != 256],
    )
    drawn[1024].save(
        FOLDER / "app.icns", append_images=[drawn[size] for size in MAC_SIZES if size != 1024]
    )


def drawing(size: int) -> Image.Image:
    """The icon, `size` pixels wide."""
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    canvas = QImage(size, size, QImage.Format.Format_ARGB32)
    canvas.fill(0)
    painter = QPainter(canvas)
    QSvgRenderer(str(FOLDER / "app.svg")).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    canvas.save(buffer, "PNG")
    return Image.open(io.BytesIO(buffer.data().data())).convert("RGBA")


if __name__ == "__main__":
    main()
