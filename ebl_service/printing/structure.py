"""The structure tree of a tagged PDF (ISO 32000-1, 14.7): which content belongs to which element, in reading order.

Rule kept: an element of which some text goes from right to left also says all of its text in the order in which it is
read, since the content has it in the order in which it stands.
Leaves to others: which tags there are (the parts of a bill give them to their marks).
"""

from ebl_service.printing.page import Tag
from ebl_service.printing.pdf_file import PdfFile, text_string
from ebl_service.printing.shaping import Line

_ROOT = Tag("Document")


class Structure:
    """The elements of one PDF."""

    def __init__(self) -> None:
        self._children: dict[Tag, list[Tag | tuple[int, int]]] = {_ROOT: []}
        self._owners: dict[int, list[Tag]] = {}
        self._lines: dict[Tag, list[Line]] = {}

    def content(self, tag: Tag, page: int, lines: list[Line]) -> int:
        """The number on its page of a new piece of content of this element, and its text."""
        self._element(tag)
        self._lines.setdefault(tag, []).extend(lines)
        owners = self._owners.setdefault(page, [])
        self._children[tag].append((page, len(owners)))
        owners.append(tag)
        return len(owners) - 1

    def _element(self, tag: Tag) -> None:
        if tag not in self._children:
            parent = tag.parent or _ROOT
            self._element(parent)
            self._children[parent].append(tag)
            self._children[tag] = []

    def add_to(self, file: PdfFile, pages: list[int]) -> int:
        """The objects of the tree; the number of its root. `pages`: the numbers of the page objects."""
        root = file.reserve()
        numbers = {tag: file.reserve() for tag in self._children}
        for tag, children in self._children.items():
            parent = root if tag is _ROOT else numbers[tag.parent or _ROOT]
            kids = [
                b"%d 0 R" % numbers[each]
                if isinstance(each, Tag)
                else b"<< /Type /MCR /Pg %d 0 R /MCID %d >>" % (pages[each[0]], each[1])
                for each in children
            ]
            words = b" /Alt %b" % text_string(tag.alternative) if tag.alternative else b""
            lines = self._lines.get(tag, [])
            if any(line.is_reordered for line in lines):
                words += b" /ActualText %b" % text_string("".join(line.text for line in lines).strip())
            scope = b" /A << /O /Table /Scope /Column >>" if tag.kind == "TH" else b""
            body = b"<< /S /%b /P %d 0 R /K [%b]%b%b >>" % (
                tag.kind.encode(),
                parent,
                b" ".join(kids),
                words,
                scope,
            )
            file.put(numbers[tag], body)
        owners = b" ".join(
            b"%d [%b]" % (page, b" ".join(b"%d 0 R" % numbers[tag] for tag in tags))
            for page, tags in sorted(self._owners.items())
        )
        nums = file.add(b"<< /Nums [%b] >>" % owners)
        file.put(
            root,
            b"<< /Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d >>"
            % (numbers[_ROOT], nums, len(pages)),
        )
        return root
