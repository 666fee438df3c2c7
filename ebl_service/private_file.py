"""Files that hold secrets: keys, keystores, passwords, tokens. Every one that is read is read here.

Rules kept here
- Group and others may neither read nor write such a file. Where it belongs to root, and this process is not root, its
  group may read it: a container's secrets are mounted so, for the group that the process is in (PostgreSQL's rule for
  the key of its server, PostgreSQL documentation 19.9.2).
- Mode and content are of the same open file.
"""

import os
import stat
from pathlib import Path

from ebl_service.errors import InvalidRequest
from ebl_service.errors.requests import SecretExposed

ROOT = 0
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_private(path: Path) -> bytes:
    """A secret file's content. Raises: FileNotFoundError, IsADirectoryError; InvalidRequest, SecretExposed."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            content = file.read()
    except (FileNotFoundError, IsADirectoryError):
        raise
    except OSError as fault:
        raise InvalidRequest(f"Cannot read {path}: {fault}", {"file": str(path)}) from fault
    if not is_private(status.st_mode, status.st_uid, os.geteuid()):
        mode = stat.S_IMODE(status.st_mode)
        raise SecretExposed(
            f"Others than its owner can get at {path}: its mode is {mode:o}",
            {"file": str(path), "mode": f"{mode:o}"},
            f"Run: chmod 600 {path}",
        )
    return content


def is_private(mode: int, owner: int, reader: int) -> bool:
    """Whether a file of this mode and owner keeps a secret from everybody but its owner and `reader`."""
    allowed = stat.S_IRGRP if owner == ROOT != reader else 0
    return not mode & _OTHERS & ~allowed
