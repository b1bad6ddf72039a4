"""What a picture from outside is, made small, and freed of its position."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngInfo

from scc_admin import pictures
from scc_admin.errors import UserError
from scc_admin.model import Area

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a exif:GPSLatitude="46,48.8N"/></x:xmpmeta>'


def drawn(width: int = 60, height: int = 40) -> Image.Image:
    """Not the same in any two corners, so that a turn shows."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    image.paste((200, 30, 30), (0, 0, width // 4, height // 4))
    return image


def encoded(kind: str, *, gps: bool = True, orientation: int = 1, xmp: bool = False) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Telephone"
    if orientation != 1:
        exif[0x0112] = orientation
    if gps:
        position = {0: b"\2\3\0\0", 1: "N", 2: (46.0, 48.0, 50.0), 3: "W", 4: (71.0, 12.0, 0.0)}
        exif.get_ifd(0x8825).update(position)
        exif[0x8825] = 0  # the offset, which the writer fills in
    more: dict[str, object] = {"xmp": XMP} if xmp and kind in ("JPEG", "WEBP") else {}
    if xmp and kind == "PNG":
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", XMP.decode())
        more["pnginfo"] = info
    out = io.BytesIO()
    drawn().save(out, kind, exif=exif, **more)
    return out.getvalue()


def pixels(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


# -- inspecting -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_size_kind_and_position_are_seen(kind, tmp_path):
    path = tmp_path / "a"
    path.write_bytes(encoded(kind))
    for source in (path, path.read_bytes()):
        seen = pictures.inspect_image(source)
        assert (seen.width, seen.height) == (60, 40)
        assert seen.media_type == f"image/{kind.lower()}"
        assert seen.has_position
        assert seen.size == path.stat().st_size
    assert not pictures.inspect_image(encoded(kind, gps=False)).has_position


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_position_told_by_xmp_is_seen(kind):
    assert pictures.inspect_image(encoded(kind, gps=False, xmp=True)).has_position


def test_a_version_without_a_position_is_none():
    exif = Image.Exif()
    exif[0x8825] = {0: b"\2\3\0\0"}
    out = io.BytesIO()
    drawn().save(out, "JPEG", exif=exif)
    assert not pictures.inspect_image(out.getvalue()).has_position


def test_a_turned_picture_is_measured_and_shown_upright():
    turned = encoded("JPEG", orientation=6)
    seen = pictures.inspect_image(turned)
    assert (seen.width, seen.height) == (40, 60)
    small = Image.open(io.BytesIO(pictures.thumbnail(turned, 32)))
    assert small.height > small.width


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "photo.jpg", "image/png"),
        (b"\0\0\0\x18ftypmp42", "a", "video/mp4"),
        (b"\0\0\0\x14ftypqt  ", "a", "video/quicktime"),
        (b"%PDF-1.7", "", "application/pdf"),
        (b"PK\x03\x04", "a.zip", "application/zip"),
        (b"bonjour", "a.txt", "text/plain"),
        (b"", "", "application/octet-stream"),
        (b"", "\ud800", "application/octet-stream"),
    ],
)
def test_a_kind_comes_from_the_bytes_before_the_name(head, name, kind):
    assert pictures.media_type(head, name) == kind


# -- masked copies ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF", "GIF", "BMP"])
def test_a_masked_copy_is_black_where_it_is_masked_and_holds_nothing_but_pixels(kind):
    data = encoded(kind) if kind not in ("GIF", "BMP") else plainly(kind)
    original = bytes(data)
    copy = pictures.masked(data, [Area(5, 8, 10, 4), Area(50, 30, 900, 900), Area(-9, -9, 12, 12)])
    assert data == original
    image = Image.open(io.BytesIO(copy))
    assert (image.format, image.size) == ("PNG", (60, 40))
    assert not image.info and not image.getexif()
    assert b"GPS" not in copy and b"Exif" not in copy and b"xmp" not in copy.lower()
    before, after = pixels(data), pixels(copy)
    for x in range(60):
        for y in range(40):
            hidden = (5 <= x < 15 and 8 <= y < 12) or (x >= 50 and y >= 30) or (x < 3 and y < 3)
            expected = (0, 0, 0) if hidden else before.getpixel((x, y))
            assert after.getpixel((x, y)) == expected, (x, y)


def plainly(kind: str) -> bytes:
    out = io.BytesIO()
    drawn().save(out, kind)
    return out.getvalue()


def test_a_masked_copy_is_measured_upright_and_holds_the_first_image_only():
    turned = encoded("JPEG", orientation=6)
    image = Image.open(io.BytesIO(pictures.masked(turned, [Area(0, 50, 40, 10)])))
    assert image.size == (40, 60)
    assert image.crop((0, 50, 40, 60)).getextrema() == ((0, 0), (0, 0), (0, 0))
    assert image.crop((0, 0, 40, 50)).getextrema() != ((0, 0), (0, 0), (0, 0))
    out = io.BytesIO()
    drawn().save(out, "GIF", save_all=True, append_images=[Image.new("RGB", (60, 40), "red")])
    moving = Image.open(io.BytesIO(pictures.masked(out.getvalue(), [Area(0, 0, 5, 5)])))
    assert getattr(moving, "n_frames", 1) == 1


def test_what_is_below_a_mask_of_a_see_through_picture_is_gone():
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (200, 10, 10, 0)).save(out, "PNG")
    copy = Image.open(io.BytesIO(pictures.masked(out.getvalue(), [Area(0, 0, 10, 20)])))
    assert copy.getpixel((3, 3)) == (0, 0, 0, 255)
    assert copy.getpixel((15, 3))[3] == 0


# -- hostile ----------------------------------------------------------------------------------


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1 << 20), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", header), chunk(b"IDAT", body), chunk(b"IEND", b"")]
    )


@pytest.mark.parametrize("size", [(50_000, 50_000), (11_000, 9_000), (2**31 - 1, 2**31 - 1)])
@pytest.mark.parametrize("act", [pictures.inspect_image, pictures.thumbnail, pictures.masked])
def test_a_bomb_is_refused_in_one_sentence(size, act):
    with pytest.raises(UserError) as error:
        act(png_claiming(*size))
    assert error.value.code == "picture_too_large"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF8",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"\xff\xd8\xff",
        b"<svg/>",
    ],
)
def test_what_is_no_picture_is_said(data):
    for act in (pictures.inspect_image, pictures.thumbnail, pictures.strip_position):
        with pytest.raises(UserError) as error:
            act(data)
        assert error.value.code == "not_a_picture"


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's own remarks on damaged EXIF
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "GIF"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_damaged_pictures_are_read_or_refused_never_a_crash(kind, data):
    sound = encoded(kind) if kind != "GIF" else gif()
    at = data.draw(st.integers(0, len(sound) - 1))
    broken = (
        sound[:at] + data.draw(st.binary(max_size=8)) + sound[at + data.draw(st.integers(0, 9)) :]
    )
    for act in (pictures.inspect_image, pictures.thumbnail, pictures.strip_position):
        try:
            act(broken)
        except UserError:
            continue


def gif() -> bytes:
    out = io.BytesIO()
    drawn().save(out, "GIF")
    return out.getvalue()


def test_a_jpeg_cut_where_its_reader_does_not_look_is_said():
    sound = encoded("JPEG", gps=False)
    with pytest.raises(UserError) as error:
        pictures.strip_position(sound[:-2] + b"\xff\xfe\x01")
    assert error.value.code == "not_a_picture"


# -- taking the position out ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("xmp", [False, True])
def test_the_position_goes_and_the_pixels_stay(kind, orientation, xmp):
    before = encoded(kind, orientation=orientation, xmp=xmp)
    after = pictures.strip_position(before)
    seen = pictures.inspect_image(after)
    assert not seen.has_position
    assert b"Telephone" not in after and b"GPSLatitude" not in after
    assert ImageChops.difference(pixels(before), pixels(after)).getbbox() is None
    assert (seen.width, seen.height) == ((60, 40) if orientation == 1 else (40, 60))
    assert pictures.strip_position(after) == after


def test_what_hides_behind_the_end_of_a_jpeg_goes():
    behind = encoded("JPEG") + encoded("JPEG") + b"ftypmp42 a film with its own position"
    after = pictures.strip_position(behind)
    assert after.endswith(b"\xff\xd9") and b"film" not in after


def test_progressive_jpeg_keeps_all_its_scans():
    out = io.BytesIO()
    drawn(400, 300).save(out, "JPEG", progressive=True, quality=95)
    assert pictures.strip_position(out.getvalue()) == out.getvalue()


def test_a_kind_that_cannot_be_cleaned_is_refused_only_with_a_position():
    assert pictures.strip_position(encoded("TIFF", gps=False))
    with pytest.raises(UserError) as error:
        pictures.strip_position(encoded("TIFF"))
    assert error.value.code == "position_stays"


def test_a_thumbnail_holds_nothing_but_pixels():
    small = pictures.thumbnail(encoded("PNG", xmp=True))
    image = Image.open(io.BytesIO(small))
    assert max(image.size) <= pictures.THUMBNAIL_SIDE
    assert b"GPS" not in small and b"eXIf" not in small and not image.getexif()
