"""Pictures of any origin made small, plain and safe to print.

A screenshot kept as evidence may be damaged, huge, or built to exhaust memory. Its size is read
before anything is decoded, its pixels are written anew, and a very tall one is cut into pieces
that fit a page. The file itself is never changed: it stands in the archive under its hash.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scc_admin.i18n import N_

if TYPE_CHECKING:
    from PIL import Image

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "AVIF")
_MOST_PIXELS = 60_000_000
"""Decoded, this is 180 MB; a scrolling screenshot of 30 screens stays below."""
_WIDTH = 1500
"""Pixels across the page: 200 to the inch."""
_TALL = 1.3
"""Height over width of what fits a page beside its caption."""
_PIECES = 12
_PNG_LIMIT = 700_000

DAMAGED = N_(
    "This file is damaged, or is not a picture that can be printed. It stands unchanged in the"
    " archive, under the SHA-256 given here."
)
HUGE = N_(
    "This picture is too large to be printed ({width} × {height} pixels). It stands unchanged in"
    " the archive, under the SHA-256 given here."
)
MANY = N_(
    "This document already holds as many pictures as it can. This one stands in the archive, under"
    " the SHA-256 given here."
)


class Unprinted(Exception):  # noqa: N818 - it is an answer, not a failure
    """The picture cannot be shown; `msgid` and `params` say why."""

    def __init__(self, msgid: str, **params: object) -> None:
        super().__init__(msgid)
        self.msgid = msgid
        self.params = params


@dataclass(frozen=True, slots=True)
class Piece:
    """A picture, or the part of a tall one that fits a page, ready for a document."""

    width: int
    height: int
    media_type: str
    data: bytes

    def svg(self) -> str:
        """The picture inside an SVG, because a document takes its data as text only.

        Nothing is decoded again on that way: the same JPEG stream stands in the PDF. And nothing
        of the evidence is ever written to a temporary file.
        """
        href = f"data:{self.media_type};base64,{b64encode(self.data).decode('ascii')}"
        size = f'width="{self.width}" height="{self.height}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size}'
            f' viewBox="0 0 {self.width} {self.height}"><image {size} href="{href}"/></svg>'
        )


def pieces(data: bytes) -> list[Piece]:
    """The picture as one to twelve pieces, from top to bottom.

    Raises Unprinted for what is damaged, too large, or of a kind that cannot be shown.
    """
    picture = _opened(data)
    lossless = picture.format not in ("JPEG", "MPO")
    picture = _plain(picture)
    return [_encoded(part, lossless) for part in _cut(picture)]


def shrunk(pictures: Iterable[bytes]) -> Iterator[list[Piece] | Unprinted]:
    """`pieces` of each picture in turn, or why it cannot be shown; two are worked on at a time.

    Each picture is asked for only when its turn comes, in the caller's thread, and let go.
    """
    from concurrent.futures import Future, ThreadPoolExecutor

    def work(data: bytes) -> list[Piece] | Unprinted:
        try:
            return pieces(data)
        except Unprinted as why:
            return why

    waiting: deque[Future[list[Piece] | Unprinted]] = deque()
    with ThreadPoolExecutor(2) as pool:
        for data in pictures:
            waiting.append(pool.submit(work, data))
            if len(waiting) > 2:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _opened(data: bytes) -> Image.Image:
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(io.BytesIO(data), formats=_FORMATS)
        width, height = picture.size
        if width * height > _MOST_PIXELS:
            raise Unprinted(HUGE, width=width, height=height)
        picture.draft("RGB", (_WIDTH, _WIDTH))
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unprinted(DAMAGED) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise Unprinted(DAMAGED) from None
    return picture


def _plain(picture: Image.Image) -> Image.Image:
    """Upright, on white, in RGB or grey, no wider than a page needs."""
    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(picture)
    if picture.width > _WIDTH:
        height = max(1, round(picture.height * _WIDTH / picture.width))
        if picture.mode in ("1", "P", "I", "F", "I;16", "CMYK", "YCbCr", "LAB", "HSV", "PA"):
            picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        picture = picture.resize((_WIDTH, height), Image.Resampling.BICUBIC)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture)
    return picture if picture.mode == "L" else picture.convert("RGB")


def _cut(picture: Image.Image) -> Iterator[Image.Image]:
    from PIL import Image

    width, height = picture.size
    tall = max(1, int(width * _TALL))
    if height <= tall * 1.25:
        yield picture
        return
    if height > tall * _PIECES:
        picture = picture.resize(
            (max(1, width * tall * _PIECES // height), tall * _PIECES), Image.Resampling.BICUBIC
        )
        width, height = picture.size
    for top in range(0, height, tall):
        yield picture.crop((0, top, width, min(height, top + tall)))


def _encoded(picture: Image.Image, lossless: bool) -> Piece:
    if lossless:
        buffer = io.BytesIO()
        picture.save(buffer, "PNG", optimize=False)
        if buffer.tell() <= _PNG_LIMIT:
            return Piece(picture.width, picture.height, "image/png", buffer.getvalue())
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    return Piece(picture.width, picture.height, "image/jpeg", buffer.getvalue())
