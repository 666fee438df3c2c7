"""Pages as lists of what stands on them. Coordinates: points from the left and from the top.

Leaves to others: what stands where (`sheets` and the parts of a bill), writing it as PDF (`painting`). Rule kept: a
page holds text, rules and a QR code, nothing that acts.
"""

from dataclasses import dataclass, field

from ebl_service.printing.shaping import Line

WIDTH, HEIGHT = 595.2756, 841.8898
"""A4."""


@dataclass(frozen=True, eq=False, slots=True)
class Tag:
    """An element of the structure that a program which reads aloud follows (ISO 32000-1, 14.8). `kind`: such as P.

    `alternative`: words in the place of a picture. Elements follow each other as they are first painted.
    """

    kind: str
    parent: "Tag | None" = None
    alternative: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; `y` is its baseline. `grey`: 0 black to 1 white. Without a tag: repeated on every page."""

    x: float
    y: float
    line: Line
    size: float
    grey: float = 0.0
    tag: Tag | None = None


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
    tag: Tag


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
