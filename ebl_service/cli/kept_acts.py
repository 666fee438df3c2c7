"""What was signed of a file of acts, kept in a file beside it, so that the same file again sends the same acts.

A line each: {"asked": the act as the file asks for it, "nth": 1 for the first such line of the file, "signed": …}.

Rules kept: an act is on disk before it is sent; a line that was broken off counts for nothing, and so does one that was
signed for another ledger; of several the last counts; one run at a time has the file.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from ebl_service.errors.requests import BadValue

Json = dict[str, Any]


class KeptActs:
    """Acts that were signed before. `path`: made where it is not there; None: they are forgotten with this object.

    `domains`: of the service's ledger, as /v1/ledger tells them; acts count that were signed for one of these.

    Raises: BadValue where the file cannot be read and written, or another run has it.
    """

    def __init__(self, path: Path | None, domains: Iterable[Json] = ()) -> None:
        ours = set(map(_place_of, domains))
        self._acts: dict[str, Json] = {}
        self._file, text = None, ""
        if path is not None:
            with _faults_of(path):
                self._file = _taken(path)
                text = self._file.read()
        self._is_broken_off = not text.endswith("\n") and text != ""
        for line in text.splitlines():
            try:
                kept = json.loads(line)
                name, signed = _name(kept["asked"], kept["nth"], kept["signed"]["signer"]), kept["signed"]
                is_ours = _place_of(signed["typedData"]["domain"]) in ours
            except (ValueError, KeyError, TypeError):
                continue
            if is_ours:
                self._acts[name] = signed

    def close(self) -> None:
        """Leave the file to other runs."""
        if self._file is not None:
            self._file.close()

    def find(self, asked: Mapping[str, Any], nth: int, signer: str) -> Json | None:
        """What this signer signed for it, if anything."""
        return self._acts.get(_name(asked, nth, signer))

    def keep(self, asked: Mapping[str, Any], nth: int, signed: Json) -> None:
        """Write it down. Raises: BadValue where that cannot be."""
        self._acts[_name(asked, nth, signed["signer"])] = signed
        if self._file is None:
            return
        line = json.dumps({"asked": asked, "nth": nth, "signed": signed}) + "\n"
        with _faults_of(self._file.name):
            self._file.write("\n" + line if self._is_broken_off else line)
            self._file.flush()
            os.fsync(self._file.fileno())
        self._is_broken_off = False


def _taken(path: Path) -> TextIO:
    """The file, which is this run's alone until it is closed: two at once would sign the same act twice."""
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        file.close()
        hint = "Wait until the other ebl submit of this file has ended."
        raise BadValue(f"{path} is in use by another run", hint=hint) from fault
    file.seek(0)
    return file


@contextmanager
def _faults_of(path: Path | str) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeDecodeError) as fault:
        hint = "Name a file that can be read and written with --signed."
        raise BadValue(f"{path} cannot keep what is signed: {fault}", hint=hint) from fault


def _place_of(domain: Json) -> tuple[int, str]:
    return domain["chainId"], domain["verifyingContract"].lower()


def _name(asked: Mapping[str, Any], nth: int, signer: str) -> str:
    return json.dumps([asked, nth, signer.lower()], sort_keys=True)
