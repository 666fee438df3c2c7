"""Tables for people. What is too long for the terminal goes on in the next line: an id that is cut is of no use."""

from collections.abc import Mapping

from rich.table import Column, Table


def headed(*heads: str) -> Table:
    """An empty table with these heads."""
    return Table(*(Column(head, overflow="fold") for head in heads))


def particulars(rows: Mapping[str, str]) -> Table:
    """One thing's particulars, a line each."""
    made = Table(
        Column(style="bold", no_wrap=True), Column(overflow="fold"), show_header=False, box=None, pad_edge=False
    )
    for name, value in rows.items():
        made.add_row(name, value)
    return made
