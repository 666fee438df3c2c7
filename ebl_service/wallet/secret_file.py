"""Keys and passwords that stand in files, one line each.

Rules kept: a file that every account of the machine can read is refused; what stands in it never shows in an error.
"""

import stat
from pathlib import Path

from ebl_service.errors import InvalidRequest

KEY_BYTES = 32


def secret_line(path: Path) -> str:
    """The one line of a file that holds a key or a password.

    Raises: InvalidRequest where the file is missing, readable by everyone, empty, or has several lines.
    """
    try:
        open_to_all = path.stat().st_mode & stat.S_IROTH
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise InvalidRequest(f"Cannot read {path}: {fault}", {"file": str(path)}) from fault
    if open_to_all:
        raise InvalidRequest(f"Everyone can read {path}: run chmod 600 on it", {"file": str(path)})
    if len(lines) != 1 or not lines[0].strip():
        raise InvalidRequest(f"{path} must hold exactly one line", {"file": str(path)})
    return lines[0].strip()


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
