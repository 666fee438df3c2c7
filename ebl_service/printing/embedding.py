"""The typefaces in a PDF: only the glyphs that are used, one code a cluster, whose Unicode value is the cluster's text.

A cluster of one glyph is that glyph. One of several (a letter and its marks, a conjunct) becomes one glyph of the
embedded font, composed of them. So every reader finds the same text, whatever it knows of ActualText or of
the order of marks: logical order within a cluster, and clusters in the order in which they stand on the line.

Leaves to others: which clusters there are (`shaping`), where they stand (`page`).
"""

import hashlib
import struct
from collections.abc import Iterator

import uharfbuzz

from ebl_service.printing.composing import FontProgram, Parts
from ebl_service.printing.pdf_file import PdfFile, figure
from ebl_service.printing.shaping import Cluster, Run
from ebl_service.printing.typeface import Typeface

MOST_CODES = 30_000
"""Of one embedded font: with the glyphs that they are composed of, fewer than the 65,535 that a font can have."""
_NOT_EMBEDDED = {"GSUB", "GPOS", "GDEF", "cmap", "name", "OS/2", "post"}
_BLOCK = 100
"""Entries of a CMap's block."""

_CMAP = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
%bendcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


class EmbeddedFont:
    """One font resource of a PDF: the codes that its pages use."""

    def __init__(self, typeface: Typeface, name: str) -> None:
        self.name = name
        self.typeface = typeface
        self._codes: dict[tuple[str, Parts, int], int] = {}
        self._shown: dict[Run, bytes] = {}

    def has_room_for(self, run: Run) -> bool:
        """It takes the codes of one more run."""
        return len(self._codes) + len(run.clusters) <= MOST_CODES

    def shown(self, run: Run) -> bytes:
        """What an array of strings and moves (ISO 32000-1, 9.4.3) holds to show the run."""
        found = self._shown.get(run)
        if found is None:
            found = self._shown[run] = self._of(run.clusters)
        return found

    def _of(self, clusters: tuple[Cluster, ...]) -> bytes:
        scale = 1000 / self.typeface.upem
        out, codes = b"", b""
        for cluster in clusters:
            code, wide = self._code(cluster)
            codes += b"%04X" % code
            if wide != cluster.advance:
                out += b"<%b> %b " % (codes, figure((wide - cluster.advance) * scale))
                codes = b""
        return out + b"<%b>" % codes if codes else out

    def _code(self, cluster: Cluster) -> tuple[int, int]:
        """The code of a cluster, and the width that the font gives it, in the typeface's units."""
        if len(cluster.parts) == 1 and cluster.parts[0][1:] == (0, 0):
            wide = self.typeface.font.get_glyph_h_advance(cluster.parts[0][0])
        else:
            wide = max(cluster.advance, 0)
        key = (cluster.text, cluster.parts, wide)
        return self._codes.setdefault(key, len(self._codes) + 1), wide

    def add_to(self, file: PdfFile) -> int:
        """The font's objects; the number of the font dictionary."""
        glyphs = sorted({glyph for _, parts, _ in self._codes for glyph, _, _ in parts})
        program, places = _program(self.typeface, glyphs, list(self._codes))
        data = file.stream(program, b"/Length1 %d" % len(program))
        name = f"{_tag(program)}+{self.typeface.name}".encode()
        descriptor = file.add(_descriptor(self.typeface, name, data))
        scale = 1000 / self.typeface.upem
        widths = b" ".join(figure(wide * scale) for _, _, wide in self._codes)
        mapped = file.stream(struct.pack(f">{len(places) + 1}H", 0, *places))
        descendant = file.add(
            b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%b /CIDSystemInfo"
            b" << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /DW 0"
            b" /W [1 [%b]] /CIDToGIDMap %d 0 R >>" % (name, descriptor, widths, mapped)
        )
        unicode = file.stream(_CMAP % b"".join(_blocks([text for text, _, _ in self._codes])))
        return file.add(
            b"<< /Type /Font /Subtype /Type0 /BaseFont /%b /Encoding /Identity-H /DescendantFonts [%d 0 R]"
            b" /ToUnicode %d 0 R >>" % (name, descendant, unicode)
        )


class EmbeddedFonts:
    """All font resources of one PDF."""

    def __init__(self) -> None:
        self.fonts: list[EmbeddedFont] = []
        self._latest: dict[str, EmbeddedFont] = {}

    def of(self, run: Run) -> EmbeddedFont:
        """The resource that takes this run."""
        name = run.typeface.name
        found = self._latest.get(name)
        if found is None or not found.has_room_for(run):
            found = EmbeddedFont(run.typeface, f"F{len(self.fonts) + 1}")
            self.fonts.append(found)
            self._latest[name] = found
        return found


def _program(typeface: Typeface, glyphs: list[int], codes: list[tuple[str, Parts, int]]) -> tuple[bytes, list[int]]:
    """The font program with these glyphs and with what is composed of them; the glyph of each code."""
    wanted = uharfbuzz.SubsetInput()
    wanted.glyph_set.update(glyphs)
    wanted.drop_table_tag_set.update(struct.unpack(">I", tag.ljust(4).encode())[0] for tag in _NOT_EMBEDDED)
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING | uharfbuzz.SubsetFlags.NO_LAYOUT_CLOSURE
    plan = uharfbuzz.SubsetPlan(typeface.face, wanted)
    program = bytes(plan.execute().blob.data)
    placed = dict(plan.old_to_new_glyph_mapping)
    if all(len(parts) == 1 and parts[0][1:] == (0, 0) for _, parts, _ in codes):
        return program, [placed[parts[0][0]] for _, parts, _ in codes]
    more, composed, numbers = FontProgram(program), dict[tuple[Parts, int], int](), list[int]()
    for _, parts, wide in codes:
        if len(parts) == 1 and parts[0][1:] == (0, 0):
            numbers.append(placed[parts[0][0]])
            continue
        if (parts, wide) not in composed:
            composed[parts, wide] = more.add(tuple((placed[glyph], x, y) for glyph, x, y in parts), wide)
        numbers.append(composed[parts, wide])
    return more.written(), numbers


def _descriptor(typeface: Typeface, name: bytes, data: int) -> bytes:
    scale = 1000 / typeface.upem
    extents = typeface.font.get_font_extents("ltr")
    ascent, descent = figure(extents.ascender * scale), figure(extents.descender * scale)
    return (
        b"<< /Type /FontDescriptor /FontName /%b /Flags 4 /FontBBox [-1000 %b 3000 %b] /ItalicAngle 0 /Ascent %b"
        b" /Descent %b /CapHeight 714 /StemV 80 /FontFile2 %d 0 R >>"
    ) % (name, descent, ascent, ascent, descent, data)


def _blocks(texts: list[str]) -> Iterator[bytes]:
    for begin in range(0, len(texts), _BLOCK):
        block = texts[begin : begin + _BLOCK]
        yield b"%d beginbfchar\n" % len(block)
        for code, text in enumerate(block, begin + 1):
            yield b"<%04X> <%b>\n" % (code, text.encode("utf-16-be").hex().upper().encode())
        yield b"endbfchar\n"


def _tag(program: bytes) -> str:
    """Six letters that name a subset (ISO 32000-1, 9.6.4)."""
    return "".join(chr(ord("A") + each % 26) for each in hashlib.sha256(program).digest()[:6])
