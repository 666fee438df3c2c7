"""Keys and passwords that stand in files, a line each.

Rules kept: a file that others than its owner can read is refused (`private_file`); what stands in it never shows in an
error.
"""

import os
from pathlib import Path

from ebl_service.errors import InvalidRequest
from ebl_service.private_file import read_private

KEY_BYTES = 32


def secret_line(path: Path) -> str:
    """The one line of a file that holds a key or a password.

    Raises: InvalidRequest where the file is missing, open to others, empty, or has several lines.
    """
    lines = secret_lines(path)
    if len(lines) != 1 or not lines[0].strip():
        raise InvalidRequest(f"{path} must hold exactly one line", {"file": str(path)})
    return lines[0].strip()


def secret_lines(path: Path) -> list[str]:
    """Every line of a file that holds keys. Raises: InvalidRequest where it is missing, or open to others."""
    try:
        return read_private(path).decode().splitlines()
    except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError) as fault:
        raise InvalidRequest(f"Cannot read {path}: {fault}", {"file": str(path)}) from fault


def add_secret_line(path: Path, line: str) -> None:
    """Add a line to a file of keys that its owner alone may read; the file is made where it is not there.

    What was in the file stays, whatever happens. Raises: InvalidRequest where it cannot be read or written.
    """
    before = secret_lines(path) if path.exists() else []
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("".join(f"{each}\n" for each in (*before, line)))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as fault:
        raise InvalidRequest(f"{path} cannot be written: {fault}", {"file": str(path)}) from fault
    finally:
        draft.unlink(missing_ok=True)


def write_secret(path: Path, text: str) -> None:
    """Write a secret to a new file that only its owner may read. Raises: InvalidRequest (it is there, or cannot be)."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        raise InvalidRequest(f"Cannot write {path}: {fault}", {"file": str(path)}, "Name another file.") from fault
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")


def private_key(path: Path) -> bytes:
    """The 32 bytes of a key that stands in a file in hex. Raises: InvalidRequest."""
    text = secret_line(path).removeprefix("0x")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise InvalidRequest(f"{path} must hold a private key: 64 hexadecimal digits", {"file": str(path)})
    return key
