"""Pages as lists of what stands on them, and painting them as PDF. Coordinates: points from the left and from the top.

Leaves to others: what stands where (`sheets` and the parts of a bill). Rules kept: the same pages give the same bytes
(no clock, no random id); a page holds text, rules and a QR code, nothing that acts.
"""

import io
from dataclasses import dataclass, field
from itertools import groupby

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ebl_service.printing.typeface import Line, typefaces

WIDTH, HEIGHT = A4
QUIET_MODULES = 4
"""White around a QR code (ISO/IEC 18004)."""


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; `y` is its baseline. `grey`: 0 black to 1 white."""

    x: float
    y: float
    line: Line
    size: float
    grey: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line from one point to another."""

    x: float
    y: float
    to_x: float
    to_y: float
    thickness: float = 0.5
    grey: float = 0.0


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle, filled. `y`: its top."""

    x: float
    y: float
    width: float
    height: float
    grey: float


@dataclass(frozen=True, slots=True)
class QrCode:
    """A square code. `y`: its top."""

    x: float
    y: float
    size: float
    payload: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """Words across the page, in grey, behind everything else."""

    line: Line
    size: float


Mark = Words | Rule | Area | QrCode | Stamp


@dataclass(slots=True)
class Page:
    """One page and the marks on it, in the order of painting."""

    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class About:
    """What a PDF says of itself."""

    title: str
    author: str
    subject: str
    keywords: str


def paint(pages: list[Page], about: About) -> bytes:
    """The pages as one PDF, with the parts of the typefaces that they use."""
    typefaces()
    file = io.BytesIO()
    canvas = Canvas(
        file,
        pagesize=A4,
        pdfVersion=(1, 7),
        invariant=1,
        pageCompression=1,
        initialFontName="NotoSans-Regular",
        lang="en",
    )
    canvas.setTitle(about.title)
    canvas.setAuthor(about.author)
    canvas.setSubject(about.subject)
    canvas.setKeywords(about.keywords)
    canvas.setCreator("eBL Ledger")
    canvas.setProducer("eBL Ledger")
    for page in pages:
        for mark in sorted(page.marks, key=lambda mark: not isinstance(mark, Stamp)):
            _put(canvas, mark)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _put(canvas: Canvas, mark: Mark) -> None:
    match mark:
        case Words():
            canvas.setFillGray(mark.grey)
            _write(canvas, mark.x, HEIGHT - mark.y, mark.line, mark.size)
        case Rule():
            canvas.setStrokeGray(mark.grey)
            canvas.setLineWidth(mark.thickness)
            canvas.line(mark.x, HEIGHT - mark.y, mark.to_x, HEIGHT - mark.to_y)
        case Area():
            canvas.setFillGray(mark.grey)
            canvas.rect(mark.x, HEIGHT - mark.y - mark.height, mark.width, mark.height, stroke=0, fill=1)
        case QrCode():
            _draw_code(canvas, mark)
        case Stamp():
            canvas.saveState()
            canvas.setFillGray(0.85)
            canvas.translate(WIDTH / 2, HEIGHT / 2)
            canvas.rotate(52)
            _write(canvas, -mark.line.width / 2, -mark.size / 3, mark.line, mark.size)
            canvas.restoreState()


def _write(canvas: Canvas, x: float, y: float, line: Line, size: float) -> None:
    text = canvas.beginText(x, y)
    for name, characters in line.runs:
        text.setFont(name, size)
        text.textOut(characters)
    canvas.drawText(text)


def _draw_code(canvas: Canvas, code: QrCode) -> None:
    # Correction level M: a fold or a stamp may cover 15 %.
    encoded = QrCodeWidget(code.payload, barLevel="M").qr
    encoded.make()
    side = code.size / (encoded.getModuleCount() + 2 * QUIET_MODULES)
    canvas.setFillGray(0.0)
    for down in range(encoded.getModuleCount()):
        top = HEIGHT - code.y - (down + QUIET_MODULES + 1) * side
        across = 0
        for is_dark, modules in groupby(bool(encoded.isDark(down, at)) for at in range(encoded.getModuleCount())):
            wide = len(list(modules))
            if is_dark:
                left = code.x + (across + QUIET_MODULES) * side
                canvas.rect(left, top, wide * side, side, stroke=0, fill=1)
            across += wide
