"""Keys that are kept: which master keys are in use, each carrier's secret, and moving all to a new master key.

Left to others: wrapping (`vault`), rows (`store.sealed_keys`), what is sealed under a document's key
(`services.documents`).

Rules kept here
- Nothing is wrapped under a master key before its check value stands in the database; a file with another key under
  that name, or without it, is refused at start (MasterKeyFileWrong).
- A carrier has one secret, whatever happens at once.
- Rotation can be broken off and run again; a master key goes out of use when nothing is wrapped under it any more.
"""

from collections.abc import Collection

from ebl_service.domain.terms import Address
from ebl_service.errors import LedgerDisagrees
from ebl_service.errors.vault import MasterKeyFileWrong, MasterKeyUnknown, SealBroken
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.store.sealed_keys import SealedKeys, WrappedRow, secret_owner
from ebl_service.vault.envelope import Vault
from ebl_service.vault.master_keys import Wrapped

SECRET_BYTES = 32
ROWS_AT_ONCE = 200

_CHECK = b"ebl-ledger master key check 1"


class KeyKeeping:
    """The vault's keys in one database."""

    def __init__(self, vault: Vault, keys: SealedKeys, clock: Clock = wall_clock) -> None:
        self._vault = vault
        self._keys = keys
        self._clock = clock
        self._secrets: dict[Address, bytes] = {}

    async def open(self) -> None:
        """Check the master keys against the database; put the current one in use. Raises: MasterKeyFileWrong."""
        known = await self._keys.check_values()
        for name, value in known.items():
            try:
                said = await self._vault.master_keys.unwrap(Wrapped(name, value), _check_of(name))
            except (MasterKeyUnknown, SealBroken) as fault:
                raise MasterKeyFileWrong(
                    f"The database was written under a master key {name} that is not the file's: {fault.message}",
                    {"master_key": name},
                ) from fault
            if said != _CHECK:
                raise MasterKeyFileWrong(f"The check value of master key {name} is another one", {"master_key": name})
        await self._use_current(known)

    async def carrier_secret(self, account: Address) -> bytes:
        """The carrier's 32 bytes, from which its bills' salts are made; made at the first call. Raises: SealBroken."""
        if account not in self._secrets:
            row = await self._keys.carrier_secret(account)
            if row is None:
                made = await self._vault.new_key(secret_owner(account))
                await self._keys.add_carrier_secret(account, made.wrapped.master_key_id, made.wrapped.content)
                row = await self._keys.carrier_secret(account)
            if row is None:
                raise LedgerDisagrees(f"The secret of carrier {account} was stored and is not there")
            await self._unwrap(account, row)
        return self._secrets[account]

    async def known_secrets(self) -> dict[Address, bytes]:
        """The secrets of all carriers that have one; none is made. Raises: SealBroken."""
        for row in await self._keys.carriers():
            account = Address(row.row["account"])
            if account not in self._secrets:
                await self._unwrap(account, row)
        return dict(self._secrets)

    async def secrets_of(self, accounts: Collection[Address]) -> dict[Address, bytes]:
        """The secrets of those of these carriers that have one; none is made. Raises: SealBroken."""
        rows = await self._keys.secrets_of(account for account in accounts if account not in self._secrets)
        for account, row in rows.items():
            await self._unwrap(account, row)
        return {account: self._secrets[account] for account in accounts if account in self._secrets}

    async def _unwrap(self, account: Address, row: WrappedRow) -> None:
        wrapped = Wrapped(row.master_key_id, row.content)
        self._secrets[account] = await self._vault.master_keys.unwrap(wrapped, row.owner)

    async def rotate(self) -> tuple[int, list[str]]:
        """Wrap every key anew under the current master key: how many, and which master keys are not needed any more.

        Raises: MasterKeyUnknown, SealBroken (nothing is lost: what was wrapped anew stays so).
        """
        current, moved = self._vault.master_keys.current, 0
        await self._use_current(await self._keys.check_values())
        while True:
            of_documents, of_carriers = await self._keys.not_under(current, ROWS_AT_ONCE)
            if not of_documents and not of_carriers:
                return moved, await self._keys.forget_unused(current)
            await self._keys.rewrap_documents([await self._rewrapped(row) for row in of_documents])
            await self._keys.rewrap_secrets([await self._rewrapped(row) for row in of_carriers])
            moved += len(of_documents) + len(of_carriers)

    async def _rewrapped(self, row: WrappedRow) -> tuple[WrappedRow, str, bytes]:
        wrapped = await self._vault.rewrap(row.owner, Wrapped(row.master_key_id, row.content))
        return row, wrapped.master_key_id, wrapped.content

    async def _use_current(self, known: dict[str, bytes]) -> None:
        current = self._vault.master_keys.current
        if current not in known:
            value = await self._vault.master_keys.wrap(_CHECK, _check_of(current))
            await self._keys.remember(current, value.content, self._clock())


def _check_of(name: str) -> str:
    return f"check value of master key {name}"
