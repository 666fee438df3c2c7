"""Paints pages as content streams: text by codes of the embedded typefaces, rules, areas, QR codes.

Leaves to others: the file around them (`archival`), the structure that tags make (`structure`).
Rules kept: everything painted is part of the structure or marked as an artifact (ISO 14289-1, 7.1).
"""

from itertools import groupby
from math import cos, radians, sin

import zxingcpp

from ebl_service.printing.embedding import EmbeddedFonts
from ebl_service.printing.page import HEIGHT, WIDTH, Area, Mark, Page, QrCode, Rule, Stamp, Words
from ebl_service.printing.pdf_file import figure
from ebl_service.printing.shaping import Line
from ebl_service.printing.structure import Structure

QUIET_MODULES = 4
"""White around a QR code (ISO/IEC 18004)."""
_ANGLE = 52


def painted(page: Page, number: int, fonts: EmbeddedFonts, structure: Structure) -> bytes:
    """The content stream of the page that is `number` from 0."""
    out: list[bytes] = []
    marks = sorted(page.marks, key=lambda mark: not isinstance(mark, Stamp))
    for tag, group in groupby(marks, lambda mark: getattr(mark, "tag", None)):
        together = list(group)
        if tag is None:
            out.append(b"/Artifact BMC")
        else:
            lines = [mark.line for mark in together if isinstance(mark, Words)]
            out.append(b"/%b << /MCID %d >> BDC" % (tag.kind.encode(), structure.content(tag, number, lines)))
        out += [_painted(mark, fonts) for mark in together]
        out.append(b"EMC")
    return b"\n".join(out)


def _painted(mark: Mark, fonts: EmbeddedFonts) -> bytes:
    match mark:
        case Words():
            place = b"1 0 0 1 %b %b Tm" % (figure(mark.x), figure(HEIGHT - mark.y))
            return _text(mark.line, mark.size, mark.grey, place, fonts)
        case Rule():
            numbers = (mark.grey, mark.thickness, mark.x, HEIGHT - mark.y, mark.to_x, HEIGHT - mark.to_y)
            return b"%b G %b w %b %b m %b %b l S" % tuple(figure(each) for each in numbers)
        case Area():
            sides = (mark.grey, mark.x, HEIGHT - mark.y - mark.height, mark.width, mark.height)
            return b"%b g %b %b %b %b re f" % tuple(figure(each) for each in sides)
        case QrCode():
            return _code(mark)
        case Stamp():
            return _stamp(mark, fonts)


def _stamp(mark: Stamp, fonts: EmbeddedFonts) -> bytes:
    across, up = cos(radians(_ANGLE)), sin(radians(_ANGLE))
    before, below = mark.line.width / 2, mark.size / 3
    x = WIDTH / 2 - before * across + below * up
    y = HEIGHT / 2 - before * up - below * across
    place = b"%b %b %b %b %b %b Tm" % tuple(figure(each) for each in (across, up, -up, across, x, y))
    return _text(mark.line, mark.size, 0.85, place, fonts)


def _text(line: Line, size: float, grey: float, place: bytes, fonts: EmbeddedFonts) -> bytes:
    out = [b"BT", b"%b g" % figure(grey), place]
    for font, runs in groupby(line.runs, fonts.of):
        shown = b" ".join(font.shown(run) for run in runs)
        out.append(b"/%b %b Tf [%b] TJ" % (font.name.encode(), figure(size * font.typeface.scale), shown))
    out.append(b"ET")
    return b"\n".join(out)


def _code(code: QrCode) -> bytes:
    # Correction level M: a fold or a stamp may cover 15 %.
    made = zxingcpp.create_barcode(code.payload, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    rows: list[list[int]] = memoryview(made.to_image(add_quiet_zones=False)).tolist()  # type: ignore[arg-type,assignment]
    side = code.size / (len(rows) + 2 * QUIET_MODULES)
    out = [b"0 g"]
    for down, row in enumerate(rows):
        top = HEIGHT - code.y - (down + QUIET_MODULES + 1) * side
        across = 0
        for is_dark, modules in groupby(value == 0 for value in row):
            wide = len(list(modules))
            if is_dark:
                left = code.x + (across + QUIET_MODULES) * side
                out.append(b"%b %b %b %b re" % tuple(figure(each) for each in (left, top, wide * side, side)))
            across += wide
    return b"\n".join([*out, b"f"])
