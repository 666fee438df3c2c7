"""What every page repeats: which document and page it is, that it is a copy, what became of its title."""

from collections.abc import Sequence

from ebl_service.printing.page import HEIGHT, Area, Page, Rule, Stamp, Words
from ebl_service.printing.sheets import INNER, LEFT, RIGHT
from ebl_service.printing.typesetting import Typesetter

BANNER = 15.0
_HEAD = 34.0


def draw_running(
    pages: Sequence[Page], typesetter: Typesetter, *, named: str, issuer: str, banner: str, on_ledger: str, stamp: str
) -> None:
    """Head, banner and foot of each page.

    `named`: such as Bill of lading 17; `on_ledger`: such as Title 0x…; `stamp`: large words behind the text, or none.
    """
    right, *_ = typesetter.wrapped(issuer, INNER / 2, 7.6)
    for at, page in enumerate(pages, 1):
        if at > 1:
            _words(page, typesetter, LEFT, 26, named, 8.6, is_bold=True)
            page.marks.append(Words(RIGHT - right.width, 26, right, 7.6))
            page.marks.append(Rule(LEFT, 31, RIGHT, 31))
        _banner(page, typesetter, banner, 12.0 if at == 1 else 36.0)
        page.marks.append(Rule(LEFT, HEIGHT - _HEAD, RIGHT, HEIGHT - _HEAD))
        _words(page, typesetter, LEFT, HEIGHT - 25, on_ledger, 5.8)
        counted = typesetter.line(f"{named} · page {at} of {len(pages)}", 7.6, is_bold=True)
        page.marks.append(Words(RIGHT - counted.width, HEIGHT - 25, counted, 7.6))
        if stamp:
            page.marks.append(Stamp(typesetter.line(stamp, 44, is_bold=True), 44))


def _banner(page: Page, typesetter: Typesetter, text: str, y: float) -> None:
    page.marks.append(Area(LEFT, y, INNER, BANNER, 0.0))
    line = typesetter.line(text, 8.4, is_bold=True)
    page.marks.append(Words(LEFT + (INNER - line.width) / 2, y + 10.6, line, 8.4, 1.0))


def _words(
    page: Page, typesetter: Typesetter, x: float, y: float, text: str, size: float, *, is_bold: bool = False
) -> None:
    page.marks.append(Words(x, y, typesetter.line(text, size, is_bold=is_bold), size))
