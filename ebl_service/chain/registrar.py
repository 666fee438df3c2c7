"""The registrar's key: registers parties and changes their standing. It has no power over any title."""

import asyncio
from typing import Any

from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address
from web3 import Web3

from ebl_service.chain.artifacts import artifact
from ebl_service.chain.deployment import Deployment
from ebl_service.chain.rpc import Rpc
from ebl_service.chain.transactions import transact
from ebl_service.domain.signed_act import Join
from ebl_service.domain.terms import Address, Digest


class ChainRegistrar:
    """Calls the party registry, one transaction at a time, each waited for.

    Every method raises a refusal of the party registry (`errors.refusals`) or LedgerUnavailable.
    """

    def __init__(self, rpc: Rpc, deployment: Deployment, key: LocalAccount) -> None:
        self._rpc = rpc
        self._key = key
        self._registry = to_checksum_address(deployment.party_registry.address)
        self._contract = Web3().eth.contract(address=self._registry, abi=artifact("PartyRegistry").abi)
        self._turn = asyncio.Lock()

    @property
    def address(self) -> Address:
        """The registrar's account."""
        return Address(self._key.address.lower())

    async def register(self, join: Join) -> Digest:
        """Register a party that signed its join; the transaction's hash."""
        identity = bytes.fromhex(join.identity_digest[2:])
        return await self._send("register", join.account, int(join.roles), identity, join.nonce, join.deadline,
                                join.signature)  # fmt: skip

    async def grant_role(self, account: Address, roles: int) -> Digest:
        """Add roles."""
        return await self._send("grantRole", account, int(roles))

    async def withdraw_role(self, account: Address, roles: int) -> Digest:
        """Take roles away."""
        return await self._send("withdrawRole", account, int(roles))

    async def suspend(self, account: Address) -> Digest:
        """Stop a party issuing and receiving."""
        return await self._send("suspend", account)

    async def reinstate(self, account: Address) -> Digest:
        """End a suspension."""
        return await self._send("reinstate", account)

    async def _send(self, function: str, account: Address, *arguments: Any) -> Digest:
        data = self._contract.encode_abi(function, [to_checksum_address(account), *arguments])
        async with self._turn:
            receipt = await transact(self._rpc, self._key, {"to": self._registry, "data": data})
        return Digest(receipt["transactionHash"].to_0x_hex())
