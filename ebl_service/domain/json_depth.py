"""How deep objects and arrays stand in JSON, told before anything parses it.

A parser recurses as deep as its input does: how far that goes well is the interpreter's affair, and some have crashed.
"""

import re

# A text, or one that never ends: either way matched at the first try, so that hostile bytes cost no more than others.
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+\\?(?:"|\Z)', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def is_deeper_than(most: int, content: bytes) -> bool:
    """Whether more than `most` objects and arrays stand in each other; brackets inside texts do not count."""
    depth = 0
    for bracket in _TEXT.sub(b"", content).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > most:
            return True
    return False
