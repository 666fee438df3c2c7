"""The boxes of a bill's face: a label in small type, and lines; what a box cannot hold goes to the attached sheet.

Rules kept: a box that cuts its lines says so, and its whole content is then printed again on the attached sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ebl_service.printing.page import Page, Tag, Words
from ebl_service.printing.shaping import Line
from ebl_service.printing.sheets import LABEL_ROOM, LABEL_SIZE, LEADING, PAD, SIZE, frame
from ebl_service.printing.typesetting import Typesetter

CONTINUED = "… in full on the attached sheet"


@dataclass(frozen=True, slots=True)
class Box:
    """A box's words. `most`, `least`: lines; `size`: points of the text."""

    label: str
    lines: Sequence[str]
    most: int = 2
    least: int = 1
    size: float = SIZE
    is_bold: bool = False


@dataclass(slots=True)
class Boxes:
    """Draws boxes on one page. `cut`: boxes whose lines did not fit."""

    page: Page
    typesetter: Typesetter
    cut: list[Box] = field(default_factory=list)

    def height(self, box: Box, width: float) -> float:
        """What the box takes at this width, within its most and least lines."""
        lines = len(self._lines(box, width))
        leading = box.size * LEADING / SIZE
        return LABEL_ROOM + max(box.least, min(lines, box.most)) * leading + PAD

    def draw(self, box: Box, x: float, y: float, width: float, height: float) -> None:
        """The box, its lines cut at its height."""
        frame(self.page, x, y, width, height)
        label = self.typesetter.line(box.label, LABEL_SIZE, is_bold=True)
        whole = Tag("Sect")
        said = Tag("P", whole)
        self.page.marks.append(Words(x + PAD, y + 6.8, label, LABEL_SIZE, 0.3, Tag("P", whole)))
        lines, leading = self._lines(box, width), box.size * LEADING / SIZE
        fits = int((height - LABEL_ROOM - PAD + 1) / leading)
        if len(lines) > fits:
            lines = [*lines[: fits - 1], self.typesetter.line(CONTINUED, box.size)]
            self.cut.append(box)
        for down, line in enumerate(lines):
            self.page.marks.append(Words(x + PAD, y + LABEL_ROOM + (down + 0.78) * leading, line, box.size, 0, said))

    def row(self, boxes: Sequence[Box], x: float, y: float, widths: Sequence[float]) -> float:
        """Boxes beside each other, all as high as the highest; that height."""
        height = max(self.height(box, width) for box, width in zip(boxes, widths, strict=True))
        for box, width in zip(boxes, widths, strict=True):
            self.draw(box, x, y, width, height)
            x += width
        return height

    def _lines(self, box: Box, width: float) -> list[Line]:
        room = width - 2 * PAD
        return [
            line
            for text in box.lines
            if text
            for line in self.typesetter.wrapped(text, room, box.size, is_bold=box.is_bold)
        ]
