"""What installers are given: icons, desktop entry, metadata."""

from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
ICONS = ROOT / "resources" / "icons" / "app"


def test_the_icon_has_the_sizes_that_each_system_asks_for() -> None:
    with Image.open(ICONS / "app.png") as picture:
        assert picture.size == (256, 256)
    with Image.open(ICONS / "app.ico") as picture:
        assert {(16, 16), (32, 32), (48, 48), (256, 256)} <= picture.info["sizes"]
    with Image.open(ICONS / "app.icns") as picture:
        assert {(16, 16, 2), (128, 128, 1), (512, 512, 2)} <= set(picture.info["sizes"])
