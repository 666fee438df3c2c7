"""A bill's first page: heading, boxes of parties and places, the goods, clauses, freight and signature.

Both kinds of bill give their words as a `Face`. Leaves to others: which words (`container_bill`, `charter_party_bill`),
the pages after it (`bill`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ebl_service.printing.boxes import Box, Boxes
from ebl_service.printing.page import Area, Page, QrCode, Tag, Words
from ebl_service.printing.sheets import BOTTOM, INNER, LEADING, LEFT, PAD, Column, Flow, Row, frame
from ebl_service.printing.typesetting import Typesetter

HEAD = 29.0
LEFT_SHARE = 0.52
QR_SIZE = 92.0
LEAST_GOODS = 12 * LEADING


@dataclass(frozen=True, slots=True)
class Goods:
    """The table of goods; `totals` stand below it on the face."""

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: Row


@dataclass(frozen=True, slots=True)
class Face:
    """Everything on the first page. `carriage`, `foot`: rows of boxes; `ledger`: the box beside the QR code."""

    heading: str
    kind: str
    carrier: str
    parties: tuple[Box, ...]
    references: tuple[Box, ...]
    ledger: Box
    qr_payload: str
    carriage: tuple[tuple[Box, ...], ...]
    goods: Goods
    clauses: Box
    foot: tuple[tuple[Box, ...], ...]


def draw_face(pages: list[Page], typesetter: Typesetter, face: Face, top: float) -> tuple[Flow, list[Box]]:
    """The face on the first page from `top` down; goods that do not fit go on. Where to go on, and the boxes cut."""
    page = pages[-1]
    boxes = Boxes(page, typesetter)
    y = _heading(page, typesetter, face, top)
    y = _columns(boxes, face, y)
    for row in face.carriage:
        y += boxes.row(row, LEFT, y, _widths(row))
    foot = _foot_height(boxes, face)
    flow = Flow(pages, typesetter, y + 3, BOTTOM - foot - LEADING - 8)
    _goods_heading(flow, face.goods)
    goods_end = flow.bottom
    flow.table(face.goods.columns, face.goods.rows, fills=True)
    _totals(page, typesetter, face.goods, goods_end, goes_on=flow.page is not page)
    y = BOTTOM - foot
    y += boxes.row((face.clauses,), LEFT, y, (INNER,))
    for row in face.foot:
        y += boxes.row(row, LEFT, y, _widths(row))
    if flow.page is page:
        flow.top = flow.bottom
    return flow, boxes.cut


def _heading(page: Page, typesetter: Typesetter, face: Face, y: float) -> float:
    name = typesetter.line(face.heading, 17, is_bold=True)
    page.marks.append(Words(LEFT, y + 16, name, 17, tag=Tag("H1")))
    page.marks.append(Words(LEFT, y + 25, typesetter.line(face.kind, 7.4), 7.4, tag=Tag("P")))
    carrier = typesetter.wrapped(face.carrier, INNER * (1 - LEFT_SHARE), 11, is_bold=True)[:2]
    tag = Tag("P")
    for down, line in enumerate(carrier):
        page.marks.append(Words(LEFT + INNER - line.width, y + 12 + 12.5 * down, line, 11, tag=tag))
    return y + HEAD + 4


def _columns(boxes: Boxes, face: Face, y: float) -> float:
    left, right = INNER * LEFT_SHARE, INNER * (1 - LEFT_SHARE)
    on_left = [boxes.height(box, left) for box in face.parties]
    on_right = [boxes.height(box, right) for box in face.references]
    ledger = max(boxes.height(face.ledger, right - QR_SIZE), QR_SIZE + 2)
    height = max(sum(on_left), sum(on_right) + ledger)
    on_left[-1] += height - sum(on_left)
    on_right[-1] += height - sum(on_right) - ledger
    _stack(boxes, face.parties, on_left, LEFT, y, left)
    below = _stack(boxes, face.references, on_right, LEFT + left, y, right)
    boxes.draw(face.ledger, LEFT + left, below, right - QR_SIZE, ledger)
    frame(boxes.page, LEFT + INNER - QR_SIZE, below, QR_SIZE, ledger)
    gap = (ledger - QR_SIZE) / 2
    code = Tag("Figure", alternative=f"QR code: {face.qr_payload}")
    boxes.page.marks.append(QrCode(LEFT + INNER - QR_SIZE, below + gap, QR_SIZE, face.qr_payload, code))
    return y + height


def _stack(boxes: Boxes, content: Sequence[Box], heights: Sequence[float], x: float, y: float, width: float) -> float:
    for box, height in zip(content, heights, strict=True):
        boxes.draw(box, x, y, width, height)
        y += height
    return y


def _foot_height(boxes: Boxes, face: Face) -> float:
    height = boxes.height(face.clauses, INNER)
    for row in face.foot:
        height += max(boxes.height(box, width) for box, width in zip(row, _widths(row), strict=True))
    return height


def _goods_heading(flow: Flow, goods: Goods) -> None:
    flow.page.marks.append(Area(LEFT, flow.top, INNER, 11, 0.2))
    line = flow.typesetter.line(goods.heading, 7, is_bold=True)
    flow.page.marks.append(Words(LEFT + PAD, flow.top + 8, line, 7, 1.0, Tag("H2")))
    flow.top += 11


def _totals(page: Page, typesetter: Typesetter, goods: Goods, y: float, *, goes_on: bool) -> None:
    frame(page, LEFT, y, INNER, LEADING + 4)
    x, total = LEFT, Tag("P")
    cells = list(goods.totals.cells)
    if goes_on:
        cells[2] = (*cells[2], "goods continued on the next page")
    for column, cell in zip(goods.columns, cells, strict=True):
        line = typesetter.line(" ".join(cell), 7.6, is_bold=True)
        begin = x + column.width - PAD - line.width if column.is_figure else x + PAD
        page.marks.append(Words(begin, y + LEADING, line, 7.6, tag=total))
        x += column.width


def _widths(row: Sequence[Box]) -> list[float]:
    return [INNER / len(row)] * len(row)
