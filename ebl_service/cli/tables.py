"""Tables for people.

At a terminal a table keeps to its width: names are cut with an ellipsis, free text goes on in the next line. Elsewhere
nothing is cut, since an id that is cut is of no use to a program.
"""

from collections.abc import Collection, Mapping

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table
from rich.text import Text

from ebl_service.cli.terminal import is_terminal


def headed(*heads: str, wraps: Collection[str] = ()) -> Table:
    """An empty table with these heads; the columns of `wraps` hold free text."""
    cut = is_terminal()
    columns = [
        Column(head, overflow="ellipsis" if cut and head not in wraps else "fold", no_wrap=cut and head not in wraps)
        for head in heads
    ]
    return Table(*columns, box=SIMPLE_HEAD, pad_edge=False, show_edge=False)


def particulars(rows: Mapping[str, str | Text]) -> Table:
    """One thing's particulars, a line each."""
    made = Table(
        Column(style="bold", no_wrap=True), Column(overflow="fold"), show_header=False, box=None, pad_edge=False
    )
    for name, value in rows.items():
        made.add_row(name, value)
    return made
