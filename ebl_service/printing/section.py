"""What stands on the attached sheets: sections of groups of lines, or a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from ebl_service.printing.sheets import Column, Flow, Row


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, then paragraphs in columns, then a table; either may be absent."""

    heading: str
    paragraphs: Sequence[str] = ()
    columns: Sequence[Column] = ()
    rows: Sequence[Row] = ()
    in_columns: int = 2

    @property
    def is_empty(self) -> bool:
        """There is nothing to say."""
        return not self.paragraphs and not self.rows


def draw(flow: Flow, section: Section) -> None:
    """The section, from where the flow is."""
    if section.is_empty:
        return
    if section.paragraphs:
        flow.prose(section.heading, section.paragraphs, section.in_columns)
    else:
        flow.heading(section.heading)
    if section.rows:
        flow.table(section.columns, section.rows)
