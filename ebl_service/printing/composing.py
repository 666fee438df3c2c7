"""Adds composed glyphs to a TrueType font program: a letter and its marks, or a conjunct, as one glyph of its parts.

Reads and writes only the tables of a subset that a PDF embeds (OpenType 1.9: glyf, loca, hmtx, hhea, maxp, head).
Leaves to others: the subset itself, and which glyphs are composed (`embedding`).
"""

import struct
from collections.abc import Sequence

Parts = tuple[tuple[int, int, int], ...]
"""Glyphs, each with its place: (glyph, x, y) in the typeface's units."""

_WORDS, _OFFSETS, _MORE, _UNSCALED = 0x0001, 0x0002, 0x0020, 0x1000
"""Flags of a component: its place is two words, which are offsets, another one follows, no scale applies to them."""
_FURTHEST = 32_767
_LOCA_FORMAT, _ADJUSTMENT, _METRICS = 50, 8, 34
"""Where head says which loca it has and its adjustment, hhea how many metrics."""
_MAGIC = 0xB1B0AFBA


class FontProgram:
    """A font program that takes more glyphs. `content`: a TrueType font with the tables named above."""

    def __init__(self, content: bytes) -> None:
        self._tables = _tables(content)
        count = struct.unpack_from(">H", self._tables["maxp"], 4)[0]
        is_long = struct.unpack_from(">h", self._tables["head"], _LOCA_FORMAT)[0] == 1
        places = struct.unpack(
            f">{count + 1}{'I' if is_long else 'H'}", self._tables["loca"][: (count + 1) * (2 + 2 * is_long)]
        )
        self._places = [place if is_long else 2 * place for place in places]
        self._metrics = _metrics(
            self._tables["hmtx"], struct.unpack_from(">H", self._tables["hhea"], _METRICS)[0], count
        )
        self._outlines = bytearray(self._tables["glyf"][: self._places[-1]])
        self._most_parts = 1

    def add(self, parts: Parts, wide: int) -> int:
        """A glyph of these parts, `wide` units wide; its number. Parts without an outline (spaces) are left out."""
        seen = [part for part in parts if self._places[part[0]] < self._places[part[0] + 1]]
        left, outline = 0, b""
        if seen:
            boxes = [(self._box(glyph), x, y) for glyph, x, y in seen]
            left = _near(min(box[0] + x for box, x, _ in boxes))
            bottom = _near(min(box[1] + y for box, _, y in boxes))
            right = _near(max(box[2] + x for box, x, _ in boxes))
            top = _near(max(box[3] + y for box, _, y in boxes))
            outline = struct.pack(">5h", -1, left, bottom, right, top)
            for at, (glyph, x, y) in enumerate(seen, 1):
                flags = _WORDS | _OFFSETS | _UNSCALED | (_MORE if at < len(seen) else 0)
                outline += struct.pack(">HHhh", flags, glyph, _near(x), _near(y))
            outline += b"\0" * (-len(outline) % 4)
        self._outlines += outline
        self._places.append(len(self._outlines))
        self._metrics.append((min(wide, 0xFFFF), left))
        self._most_parts = max(self._most_parts, len(seen))
        return len(self._metrics) - 1

    def _box(self, glyph: int) -> tuple[int, ...]:
        return struct.unpack_from(">4h", self._outlines, self._places[glyph] + 2)

    def written(self) -> bytes:
        """The font program with all its glyphs."""
        count = len(self._metrics)
        tables = dict(self._tables)
        tables["glyf"] = bytes(self._outlines)
        tables["loca"] = struct.pack(f">{count + 1}I", *self._places)
        tables["hmtx"] = b"".join(struct.pack(">Hh", wide, left) for wide, left in self._metrics)
        tables["hhea"] = tables["hhea"][:_METRICS] + struct.pack(">H", count)
        tables["maxp"] = self._limits(bytearray(tables["maxp"]), count)
        head = bytearray(tables["head"])
        struct.pack_into(">h", head, _LOCA_FORMAT, 1)
        struct.pack_into(">I", head, _ADJUSTMENT, 0)
        tables["head"] = bytes(head)
        return _assembled(tables)

    def _limits(self, limits: bytearray, count: int) -> bytes:
        points, contours, composed_points, composed_contours = struct.unpack_from(">4H", limits, 6)
        depth = struct.unpack_from(">H", limits, 30)[0]
        struct.pack_into(">H", limits, 4, count)
        struct.pack_into(">H", limits, 10, min(0xFFFF, max(points, composed_points) * self._most_parts))
        struct.pack_into(">H", limits, 12, min(0xFFFF, max(contours, composed_contours) * self._most_parts))
        struct.pack_into(">2H", limits, 28, max(self._most_parts, struct.unpack_from(">H", limits, 28)[0]), depth + 1)
        return bytes(limits)


def _near(value: int) -> int:
    return max(-_FURTHEST, min(_FURTHEST, value))


def _tables(content: bytes) -> dict[str, bytes]:
    count = struct.unpack_from(">H", content, 4)[0]
    found = {}
    for at in range(count):
        tag, _, begin, length = struct.unpack_from(">4sIII", content, 12 + 16 * at)
        found[tag.decode("ascii")] = content[begin : begin + length]
    return found


def _metrics(table: bytes, whole: int, count: int) -> list[tuple[int, int]]:
    found = list(struct.iter_unpack(">Hh", table[: 4 * whole]))
    rest = struct.unpack_from(f">{count - whole}h", table, 4 * whole)
    return [*found, *((found[-1][0], left) for left in rest)]


def _assembled(tables: dict[str, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    header = struct.pack(">I4H", 0x00010000, count, 16 << power, power, 16 * (count - (1 << power)))
    directory, body, begin = b"", b"", len(header) + 16 * count
    for tag in sorted(tables):
        content = tables[tag]
        directory += struct.pack(">4sIII", tag.encode("ascii"), _sum(content), begin + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    whole = bytearray(header + directory + body)
    head = next(begin for tag, _, begin, _ in struct.iter_unpack(">4sIII", directory) if tag == b"head")
    struct.pack_into(">I", whole, head + _ADJUSTMENT, (_MAGIC - _sum(whole)) & 0xFFFFFFFF)
    return bytes(whole)


def _sum(content: Sequence[int] | bytes) -> int:
    padded = bytes(content) + b"\0" * (-len(content) % 4)
    return int(sum(struct.unpack(f">{len(padded) // 4}I", padded))) & 0xFFFFFFFF
