"""Pictures from outside: what they are, a small copy to look at, and their position taken out.

A picture is never decoded before its size is known: a file of 50 kB may claim to be 40 GB.
"""

from __future__ import annotations

import contextlib
import io
import mimetypes
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from scc_admin.errors import UserError
from scc_admin.files import readable
from scc_admin.i18n import N_
from scc_admin.model import Area, Picture

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 89_000_000
"""What Pillow takes without complaint: a scroll of 1,080 by 80,000, or 360 MB once decoded."""
THUMBNAIL_SIDE = 320

# Those that a browser or a telephone makes, and whose readers run no outside program.
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftyphei", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
)
_EXTENSIONS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "image/tiff": ".tif",
    "image/avif": ".avif",
    "image/heic": ".heic",
    "video/quicktime": ".mov",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "message/rfc822": ".eml",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/x-wav": ".wav",
    "application/json": ".json",
    "application/zip": ".zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


def media_type(head: bytes, name: str = "") -> str:
    """The kind of a file, from its first bytes (32 suffice), else from its name."""
    for at, magic, found in _SIGNATURES:
        if head[at : at + len(magic)] == magic:
            # A document of an office suite is a ZIP, and its name says which.
            if found == "application/zip":
                break
            return found
    return mimetypes.guess_type(name, strict=False)[0] or "application/octet-stream"


def extension(kind: str) -> str:
    """The usual extension of a media type; `.bin` for any that a computer might run, or unknown."""
    return _EXTENSIONS.get(kind, ".bin")


def inspect_image(source: bytes | Path, name: str = "") -> Picture:
    """Size as seen upright, kind, and whether a GPS position is inside; no pixel is decoded.

    Raises UserError: not a picture that we read, or one that claims too many pixels.
    """
    from PIL import Image

    with _opened(source) as image:
        width, height = image.size
        if _orientation(image) >= 5:
            width, height = height, width
        return Picture(
            name=name or (source.name if isinstance(source, Path) else ""),
            # Telephones write MPO: a JPEG with further ones behind it.
            media_type="image/jpeg" if image.format == "MPO" else Image.MIME[image.format or ""],
            size=len(source) if isinstance(source, bytes) else source.stat().st_size,
            width=width,
            height=height,
            has_position=_has_position(image),
            taken_at=_taken_at(image),
        )


def thumbnail(source: bytes | Path, side: int = THUMBNAIL_SIDE) -> bytes:
    """A PNG at most `side` pixels wide and high, upright, with nothing but pixels in it.

    Raises UserError as `inspect_image`, and when the picture is damaged.
    """
    from PIL import Image, ImageOps

    with _opened(source) as image:
        image.draft("RGB", (side * 2, side * 2))  # JPEG: decoded at a fraction of its size
        small = ImageOps.exif_transpose(image)
        has_alpha = small.has_transparency_data
        small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
        clean = small.convert("RGBA" if has_alpha else "RGB")
        clean.info.clear()
        out = io.BytesIO()
        clean.save(out, "PNG", optimize=True)
        return out.getvalue()


def masked(data: bytes, areas: Sequence[Area] = ()) -> bytes:
    """A PNG of the picture, upright, with these areas black and nothing but pixels in it.

    Of moving pictures, the first. What is black was never in the copy: no layer can be lifted.
    Areas may reach beyond the edges. Raises UserError as `inspect_image`, and when the picture is
    damaged.
    """
    from PIL import Image, ImageDraw, ImageOps

    with _opened(data) as image:
        upright = ImageOps.exif_transpose(image)
        mode = "RGBA" if upright.has_transparency_data else "RGB"
        clean = Image.new(mode, upright.size)
        clean.paste(upright.convert(mode))
    draw = ImageDraw.Draw(clean)
    for area in areas:
        right, bottom = area.left + area.width - 1, area.top + area.height - 1
        if right >= area.left and bottom >= area.top:
            draw.rectangle((area.left, area.top, right, bottom), fill="black")
    out = io.BytesIO()
    clean.save(out, "PNG")
    return out.getvalue()


@contextlib.contextmanager
def _opened(source: bytes | Path) -> Iterator[Image.Image]:
    from PIL import Image

    try:
        if isinstance(source, Path):
            with readable(source):
                file: BinaryIO = source.open("rb")
        else:
            file = io.BytesIO(source)
        with file, Image.open(file, formats=_FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise _too_large(width, height)
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(0, 0) from error
    # Pillow's readers let all of these through on damaged files.
    except (OSError, ValueError, SyntaxError, struct.error, zlib.error, EOFError) as error:
        raise _not_a_picture() from error


def _not_a_picture() -> UserError:
    return UserError(
        "not_a_picture", N_("This file is not a picture that can be shown, or is damaged.")
    )


def _too_large(width: int, height: int) -> UserError:
    if width and height:
        return UserError(
            "picture_too_large",
            N_("This picture claims {width} × {height} pixels: too many to be shown safely."),
            width=width,
            height=height,
        )
    return UserError(
        "picture_too_large", N_("This picture claims too many pixels to be shown safely.")
    )


_ORIENTATION = 0x0112
_GPS = 0x8825
_EXIF = 0x8769
_TAKEN, _TAKEN_OFFSET = 0x9003, 0x9011


def _orientation(image: Image.Image) -> int:
    value = image.getexif().get(_ORIENTATION, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _taken_at(image: Image.Image) -> datetime | None:
    """When a camera says that it was taken. An hour that tells no zone is not sure."""
    said = image.getexif().get_ifd(_EXIF)
    taken, offset = (str(said.get(tag, "")).strip("\0 ") for tag in (_TAKEN, _TAKEN_OFFSET))
    try:
        return datetime.strptime(f"{taken} {offset}", "%Y:%m:%d %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _has_position(image: Image.Image) -> bool:
    # GPSVersionID (tag 0) alone is what cameras write when they have no position.
    if any(tag != 0 for tag in image.getexif().get_ifd(_GPS)):
        return True
    described = [image.info.get(key) for key in ("xmp", "XML:com.adobe.xmp", "comment")]
    return any(
        b"GPSLatitude"
        in (text if isinstance(text, bytes) else str(text).encode("utf-8", "replace"))
        for text in described
        if text
    )


# --- Position ----------------------------------------------------------------------------------


def strip_position(data: bytes) -> bytes:
    """The same pixels, byte for byte, without what the camera wrote about place and device.

    EXIF (but for the orientation), XMP, and whatever follows the picture's end go; colours stay.
    JPEG, PNG and WebP; another kind comes back as it is when it holds no position. Raises
    UserError: not a picture, or another kind with a position in it.
    """
    before = inspect_image(data)
    with _opened(data) as image:
        exif = _only_orientation(_orientation(image))
    without = _WITHOUT_METADATA.get(before.media_type)
    try:
        cleaned = data if without is None else b"".join(without(data, exif))
    except (struct.error, IndexError) as error:  # cut short where Pillow did not look
        raise _not_a_picture() from error
    if inspect_image(cleaned).has_position:
        raise UserError(
            "position_stays",
            N_("The position cannot be taken out of this kind of picture. Save it as JPEG or PNG."),
        )
    return cleaned


def _only_orientation(orientation: int) -> bytes:
    """A TIFF of one tag, without the `Exif` prefix; empty when the picture is upright."""
    if orientation == 1:
        return b""
    return b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, _ORIENTATION, 3, 1, orientation, 0, 0)


def _jpeg_without_metadata(data: bytes, exif: bytes) -> Iterator[bytes]:
    """ISO 10918-1 annex B. Raises UserError for a file cut short."""
    yield data[:2]
    if exif:
        body = b"Exif\0\0" + exif
        yield b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    at = 2
    while True:
        start = data.find(b"\xff", at)
        # Between segments only fill bytes stand; inside a scan, data up to the next marker.
        marker = data[start + 1] if 0 <= start < len(data) - 1 else None
        if marker is None:
            raise _not_a_picture()
        if marker in (0x00, 0xFF) or 0xD0 <= marker <= 0xD7:
            end = start + (1 if marker == 0xFF else 2)
            yield data[at:end]
            at = end
            continue
        yield data[at:start]
        if marker == 0xD9:
            yield b"\xff\xd9"
            return
        (length,) = struct.unpack_from(">H", data, start + 2)
        end = start + 2 + length
        body = data[start + 4 : end]
        described = marker == 0xE1 or (marker == 0xE2 and body.startswith(b"MPF\0"))
        if not described:
            yield data[start:end]
        at = end


def _png_without_metadata(data: bytes, exif: bytes) -> Iterator[bytes]:
    """https://www.w3.org/TR/png-3/#5DataRep"""
    yield data[:8]
    at = 8
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        keyword = data[at + 8 : at + 8 + min(length, 80)].partition(b"\0")[0].lower()
        described = kind == b"eXIf" or (
            kind in (b"tEXt", b"zTXt", b"iTXt") and (b"xmp" in keyword or b"raw profile" in keyword)
        )
        if not described:
            yield data[at:end]
        if kind == b"IHDR" and exif:
            chunk = b"eXIf" + exif
            yield struct.pack(">I", len(exif)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        if kind == b"IEND":
            return
        at = end


def _webp_without_metadata(data: bytes, exif: bytes) -> Iterator[bytes]:
    """https://developers.google.com/speed/webp/docs/riff_container"""
    chunks = []
    at = 12
    end_of_file = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end_of_file:
        kind = data[at : at + 4]
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + length + length % 2
        chunk = data[at:end]
        if kind == b"VP8X":
            flags = (chunk[8] & ~0b0000_1100) | (0b0000_1000 if exif else 0)
            chunk = chunk[:8] + bytes([flags]) + chunk[9:]
        if kind not in (b"EXIF", b"XMP "):
            chunks.append(chunk)
        at = end
    if exif:
        chunks.append(b"EXIF" + len(exif).to_bytes(4, "little") + exif + b"\0" * (len(exif) % 2))
    size = 4 + sum(len(chunk) for chunk in chunks)
    yield b"RIFF" + size.to_bytes(4, "little") + b"WEBP"
    yield from chunks


_WITHOUT_METADATA: dict[str, Callable[[bytes, bytes], Iterator[bytes]]] = {
    "image/jpeg": _jpeg_without_metadata,
    "image/png": _png_without_metadata,
    "image/webp": _webp_without_metadata,
}
