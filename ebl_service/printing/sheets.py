"""Fills pages from top to bottom: boxes, tables that go on over pages line by line, prose in columns.

Leaves to others: what is said (`bill` and the parts of a bill), what every page repeats at head and foot (`running`).
Rules kept: a line that does not fit goes to the next page, never off the page; a table that goes on repeats its
headings; what stands between two rules of a table is broken only where no page holds it, or where it begins one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from math import ceil

from ebl_service.printing.page import HEIGHT, WIDTH, Area, Page, Rule, Tag, Words
from ebl_service.printing.shaping import Line
from ebl_service.printing.typesetting import Typesetter

LEFT = 28.0
RIGHT = WIDTH - LEFT
INNER = RIGHT - LEFT
TOP = 66.0
BOTTOM = HEIGHT - 44.0
SIZE, LEADING = 7.6, 9.2
LABEL_SIZE = 5.6
LABEL_ROOM = 8.6
PAD = 3.0
_GAP = 14.0
_HEADING_ROOM = 21.0
_TABLE_ROOM: float = BOTTOM - TOP - LABEL_ROOM - 5
"""For the lines of a table on a page of its own."""
_EMPTY = Line((), 0.0)
_Beside = list[tuple[Line | None, Tag]]
"""A line of each cell of a row, none where the cell has fewer."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `width`: points."""

    label: str
    width: float
    is_figure: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: each cell its lines of text. `is_close`: no rule follows; `is_bold`: a total."""

    cells: tuple[Sequence[str], ...]
    is_close: bool = False
    is_bold: bool = False


class Flow:
    """Where the next thing goes. `page` and `top` to `bottom`: the room left; more pages follow as they are needed."""

    def __init__(self, pages: list[Page], typesetter: Typesetter, top: float, bottom: float) -> None:
        self.pages = pages
        self.typesetter = typesetter
        self.page = pages[-1]
        self.top = top
        self.bottom = bottom

    def next_page(self) -> None:
        """Go on at the top of a new page."""
        self.page = Page()
        self.pages.append(self.page)
        self.top, self.bottom = TOP, BOTTOM

    def need(self, height: float) -> None:
        """Go on to a new page where so much room is not left."""
        if self.top + height > self.bottom:
            self.next_page()

    def heading(self, text: str, room: float = 0.0) -> None:
        """A section's heading, on the page that has room for what follows it, or for some lines where no page has."""
        fits_a_page = room <= BOTTOM - TOP - _HEADING_ROOM
        self.need(_HEADING_ROOM + max(room if fits_a_page else 0.0, 3 * LEADING))
        self.page.marks.append(Area(LEFT, self.top + 4, INNER, 13, 0.9))
        line = self.typesetter.line(text, 8.2, is_bold=True)
        self.page.marks.append(Words(LEFT + PAD, self.top + 13.4, line, 8.2, tag=Tag("H2")))
        self.top += _HEADING_ROOM

    def prose(
        self, heading: str, paragraphs: Iterable[str], columns: int = 1, size: float = SIZE, leading: float = LEADING
    ) -> None:
        """Paragraphs under a heading, in columns, which are filled evenly where the rest of the page holds them all."""
        width = (INNER - _GAP * (columns - 1)) / columns
        lines = [
            (line, tag)
            for text, tag in ((text, Tag("P")) for text in paragraphs)
            for line in self.typesetter.wrapped(text, width, size)
        ]
        self.heading(heading, ceil(len(lines) / columns) * leading)
        at = 0
        while at < len(lines):
            self.need(leading)
            fits = int((self.bottom - self.top) / leading)
            depth = min(fits, ceil((len(lines) - at) / columns))
            for column in range(columns):
                for down, (line, tag) in enumerate(lines[at : at + depth]):
                    x, y = LEFT + column * (width + _GAP), self.top + (down + 0.8) * leading
                    self.page.marks.append(Words(x, y, line, size, tag=tag))
                at += depth
            self.top += depth * leading
        self.top += 4

    def table(self, columns: Sequence[Column], rows: Iterable[Row], *, fills: bool = False) -> None:
        """A table with a frame. `fills`: the frame goes down to the bottom of the room it began in."""
        self.need(LABEL_ROOM + 3 * LEADING)
        table = Tag("Table")
        began, first_page, last = self._table_head(columns, Tag("TR", table)), self.page, self.bottom
        for number, entry in enumerate(_entries(rows)):
            lines = [line for row in entry for line in self._lines(columns, row, Tag("TR", table))]
            if number > 0:
                self._rule()
                whole = len(lines) * LEADING
                if whole <= _TABLE_ROOM and not self._has_room(whole):
                    began = self._go_on(columns, began)
            for line in lines:
                if not self._has_room(LEADING):
                    began = self._go_on(columns, began)
                self._table_line(columns, line)
        if fills and self.page is first_page:
            self.top = last
        self._frame(columns, began, min(self.top + 2, self.bottom))
        self.top += 6

    def _rule(self) -> None:
        self.top += 1.6
        self.page.marks.append(Rule(LEFT, self.top, RIGHT, self.top, 0.25, 0.6))
        self.top += 1.2

    def _has_room(self, height: float) -> bool:
        return self.top + height <= self.bottom - 1

    def _go_on(self, columns: Sequence[Column], began: float) -> float:
        """The table on the next page; where it begins there."""
        self._frame(columns, began, self.bottom)
        self.next_page()
        return self._table_head(columns)

    def _lines(self, columns: Sequence[Column], row: Row, tag: Tag) -> list["_Beside"]:
        """What stands beside each other in a row's lines, a place for each column."""
        cells = [self._cell(column, cell, row) or [_EMPTY] for column, cell in zip(columns, row.cells, strict=True)]
        tags = [Tag("TD", tag) for _ in columns]
        return [list(zip(beside, tags, strict=True)) for beside in zip_longest(*cells)]

    def _cell(self, column: Column, cell: Sequence[str], row: Row) -> list[Line]:
        room = column.width - 2 * PAD
        return [line for text in cell for line in self.typesetter.wrapped(text, room, SIZE, is_bold=row.is_bold)]

    def _table_head(self, columns: Sequence[Column], tag: Tag | None = None) -> float:
        """The labels of the columns; without a tag where the table goes on."""
        began, x = self.top, LEFT
        self.page.marks.append(Area(LEFT, began, INNER, LABEL_ROOM + 2, 0.93))
        for column in columns:
            line = self.typesetter.line(column.label, LABEL_SIZE, is_bold=True)
            at = x + column.width - PAD - line.width if column.is_figure else x + PAD
            self.page.marks.append(Words(at, began + 7.4, line, LABEL_SIZE, tag=tag and Tag("TH", tag)))
            x += column.width
        self.top += LABEL_ROOM + 4
        return began

    def _table_line(self, columns: Sequence[Column], cells: "_Beside") -> None:
        x = LEFT
        for column, (line, tag) in zip(columns, cells, strict=True):
            if line is not None:
                begin = x + column.width - PAD - line.width if column.is_figure else x + PAD
                self.page.marks.append(Words(begin, self.top + 0.8 * LEADING, line, SIZE, tag=tag))
            x += column.width
        self.top += LEADING

    def _frame(self, columns: Sequence[Column], began: float, ended: float) -> None:
        frame(self.page, LEFT, began, INNER, ended - began)
        x = LEFT
        for column in columns[:-1]:
            x += column.width
            self.page.marks.append(Rule(x, began, x, ended, 0.4))


def _entries(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows that no rule parts, together."""
    entry: list[Row] = []
    for row in rows:
        entry.append(row)
        if not row.is_close:
            yield entry
            entry = []
    if entry:
        yield entry


def frame(page: Page, x: float, y: float, width: float, height: float) -> None:
    """A rectangle's outline."""
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
    for (from_x, from_y), (to_x, to_y) in pairwise(corners):
        page.marks.append(Rule(from_x, from_y, to_x, to_y, 0.6))
