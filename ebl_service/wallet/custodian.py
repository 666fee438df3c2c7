"""Keys held in custody: a folder of encrypted keystores, one an account, behind `domain.custody.Custodian`.

Rules kept: a key is opened once and then stays in memory, shown to nobody; opening does not hold up the service.
"""

import asyncio
from pathlib import Path

from ebl_service.domain.terms import Address
from ebl_service.errors import NotFound
from ebl_service.errors.platform import CustodyNotHere
from ebl_service.wallet import keystore
from ebl_service.wallet.key import PartyKey
from ebl_service.wallet.secret_file import secret_line


class FolderCustodian:
    """Keystores in one folder under one password. `rounds`: of scrypt, lowered where tests protect nothing."""

    def __init__(self, folder: Path, password: str, rounds: int = keystore.SCRYPT_ROUNDS) -> None:
        self._folder = folder
        self._password = password
        self._rounds = rounds
        self._open: dict[Address, PartyKey] = {}

    def __repr__(self) -> str:
        return f"FolderCustodian({self._folder})"

    async def make(self) -> Address:
        """A new key; its account. Raises: InvalidRequest where the folder cannot be written."""
        key = PartyKey.random()
        await asyncio.to_thread(keystore.save, self._file(key.address), key, self._password, self._rounds)
        self._open[key.address] = key
        return key.address

    async def holds(self, account: Address) -> bool:
        """Whether it has the account's key."""
        return account in self._open or self._file(account).exists()

    async def open(self, account: Address) -> None:
        """Read the keystore. Raises: CustodyNotHere, InvalidRequest (it is none), NotAllowed (another password's)."""
        if account not in self._open:
            try:
                self._open[account] = await asyncio.to_thread(keystore.load, self._file(account), self._password)
            except NotFound:
                raise CustodyNotHere(f"No key of {account} is held here", {"account": account}) from None

    async def sign(self, account: Address, digest: bytes) -> bytes:
        """65 bytes over 32 bytes. Raises: as `open`."""
        await self.open(account)
        return self._open[account].sign_digest(digest)

    def _file(self, account: Address) -> Path:
        return self._folder / f"{account}.json"


def folder_custodian(folder: Path | None, password_file: Path | None) -> FolderCustodian | None:
    """The keys in a folder; None where none is named. Raises: InvalidRequest (the file)."""
    return FolderCustodian(folder, secret_line(password_file)) if folder and password_file else None
