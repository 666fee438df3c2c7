"""A key at rest: one file in Ethereum's encrypted keystore form (version 3), which other wallets read as well.

`eth_account` is loaded where a keystore is opened or written: it takes a second, which nothing else should wait.

Rules kept: a file is never overwritten; only its owner may read it, and one that others may read is not used; it is
complete or not there.
"""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ebl_service.domain.terms import Address
from ebl_service.errors import InvalidRequest, NotAllowed, NotFound
from ebl_service.private_file import read_private

if TYPE_CHECKING:
    from ebl_service.wallet.key import PartyKey

SCRYPT_ROUNDS = 2**18
"""Half a second and 256 MB for each guess at a password; `rounds` lowers it where a test's key protects nothing."""
SHORTEST_PASSWORD = 8
ADDRESS_DIGITS = 40


def save(path: Path, key: "PartyKey", password: str, rounds: int = SCRYPT_ROUNDS) -> None:
    """Write the key, encrypted. Raises: InvalidRequest where the file is there, or the password is too short."""
    from eth_account import Account  # noqa: PLC0415 (see the module)

    if len(password) < SHORTEST_PASSWORD:
        raise InvalidRequest(f"The password must have at least {SHORTEST_PASSWORD} characters")
    content = json.dumps(Account.encrypt(key.secret, password, kdf="scrypt", iterations=rounds))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise InvalidRequest(f"{path} cannot be written: {fault}", {"file": str(path)}) from fault
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        raise InvalidRequest(f"{path} is already there", {"file": str(path)}, "Name another file.") from None
    finally:
        draft.unlink(missing_ok=True)


def load(path: Path, password: str) -> "PartyKey":
    """The key. Raises: NotFound, InvalidRequest where it is no keystore, NotAllowed where the password is wrong."""
    from eth_account import Account  # noqa: PLC0415 (see the module)

    from ebl_service.wallet.key import PartyKey  # noqa: PLC0415 (see the module)

    content = _read(path)
    try:
        return PartyKey(bytes(Account.decrypt(content, password)))
    except ValueError:
        raise NotAllowed(f"The password does not open {path}", {"file": str(path)}, "Try its right password.") from None
    except (TypeError, KeyError, NotImplementedError):
        raise _not_a_keystore(path) from None


def address_of(path: Path) -> Address:
    """The account a keystore says it is of; no password needed. Raises: NotFound, InvalidRequest."""
    address = _read(path).get("address")
    if not isinstance(address, str) or len(address.removeprefix("0x")) != ADDRESS_DIGITS:
        raise _not_a_keystore(path)
    return Address("0x" + address.removeprefix("0x").lower())


def _read(path: Path) -> dict[str, object]:
    try:
        content = json.loads(read_private(path))
    except FileNotFoundError:
        raise NotFound(f"There is no keystore {path}", {"file": str(path)}, "Make one with: ebl key new") from None
    except (IsADirectoryError, ValueError):
        raise _not_a_keystore(path) from None
    if not isinstance(content, dict) or "crypto" not in content:
        raise _not_a_keystore(path)
    return content


def _not_a_keystore(path: Path) -> InvalidRequest:
    return InvalidRequest(f"{path} is not a keystore of version 3", {"file": str(path)})
