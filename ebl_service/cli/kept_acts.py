"""What was signed of a file of acts, kept in a file beside it, so that the same file again sends the same acts.

A line each: {"asked": the act as the file asks for it, "nth": 1 for the first such line of the file, "signed": …}.

Rules kept: an act is on disk before it is sent; a line that was broken off counts for nothing; of several the last
counts.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from ebl_service.errors.requests import BadValue

Json = dict[str, Any]


class KeptActs:
    """Acts that were signed before. `path`: made where it is not there; None: they are forgotten with this object.

    Raises: BadValue where the file cannot be read and written.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._acts: dict[str, Json] = {}
        text = ""
        if path is not None:
            with _opened(path) as file:
                text = file.read()
        self._is_broken_off = not text.endswith("\n") and text != ""
        for line in text.splitlines():
            try:
                kept = json.loads(line)
                self._acts[_name(kept["asked"], kept["nth"], kept["signed"]["signer"])] = kept["signed"]
            except (ValueError, KeyError, TypeError):
                continue

    def find(self, asked: Mapping[str, Any], nth: int, signer: str) -> Json | None:
        """What this signer signed for it, if anything."""
        return self._acts.get(_name(asked, nth, signer))

    def keep(self, asked: Mapping[str, Any], nth: int, signed: Json) -> None:
        """Write it down. Raises: BadValue where that cannot be."""
        self._acts[_name(asked, nth, signed["signer"])] = signed
        if self._path is None:
            return
        line = json.dumps({"asked": asked, "nth": nth, "signed": signed}) + "\n"
        with _opened(self._path) as file:
            file.write("\n" + line if self._is_broken_off else line)
            file.flush()
            os.fsync(file.fileno())
        self._is_broken_off = False


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+", encoding="utf-8") as file:
            file.seek(0)
            yield file
    except (OSError, UnicodeDecodeError) as fault:
        hint = "Name a file that can be read and written with --signed."
        raise BadValue(f"{path} cannot keep what is signed: {fault}", hint=hint) from fault


def _name(asked: Mapping[str, Any], nth: int, signer: str) -> str:
    return json.dumps([asked, nth, signer.lower()], sort_keys=True)
