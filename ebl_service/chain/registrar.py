"""The registrar's key: registers parties and changes their standing. It has no power over any title."""

import asyncio

from eth_abi.abi import encode
from eth_account import Account
from eth_account.signers.local import LocalAccount

from ebl_service.chain.act_codec import decode_refusal
from ebl_service.chain.artifacts import artifact, selector_of
from ebl_service.chain.deployment import Deployment
from ebl_service.chain.rpc import Rpc, RpcError
from ebl_service.chain.transactions import gas_price, wait_until_included
from ebl_service.domain.signed_act import Join
from ebl_service.domain.terms import Address, Digest, checksummed
from ebl_service.errors import LedgerUnavailable

_SELECTORS = {
    entry["name"]: selector_of(entry) for entry in artifact("PartyRegistry").abi if entry["type"] == "function"
}


class ChainRegistrar:
    """Calls the party registry, one transaction at a time, each waited for."""

    def __init__(self, rpc: Rpc, deployment: Deployment, key: LocalAccount) -> None:
        self._rpc = rpc
        self._deployment = deployment
        self._key = key
        self._turn = asyncio.Lock()

    @property
    def address(self) -> Address:
        """The registrar's account."""
        return Address(self._key.address.lower())

    async def register(self, join: Join) -> Digest:
        """Register a party that signed its join. Raises: a refusal of the party registry, LedgerUnavailable."""
        types = ["address", "uint8", "bytes32", "uint64", "uint64", "bytes"]
        identity = bytes.fromhex(join.identity_digest[2:])
        values = [join.account, int(join.roles), identity, join.nonce, join.deadline, join.signature]
        return await self._send(_SELECTORS["register"] + encode(types, values))

    async def grant_role(self, account: Address, roles: int) -> Digest:
        """Add roles. Raises as `register`."""
        return await self._send(_SELECTORS["grantRole"] + encode(["address", "uint8"], [account, roles]))

    async def withdraw_role(self, account: Address, roles: int) -> Digest:
        """Take roles away. Raises as `register`."""
        return await self._send(_SELECTORS["withdrawRole"] + encode(["address", "uint8"], [account, roles]))

    async def suspend(self, account: Address) -> Digest:
        """Stop a party issuing and receiving. Raises as `register`."""
        return await self._send(_SELECTORS["suspend"] + encode(["address"], [account]))

    async def reinstate(self, account: Address) -> Digest:
        """End a suspension. Raises as `register`."""
        return await self._send(_SELECTORS["reinstate"] + encode(["address"], [account]))

    async def _send(self, data: bytes) -> Digest:
        to, sender = self._deployment.party_registry.address, self._key.address
        async with self._turn:
            try:
                gas = int(
                    await self._rpc.call("eth_estimateGas", {"from": sender, "to": to, "data": "0x" + data.hex()}), 16
                )
            except RpcError as refused:
                if refused.data is None:
                    raise
                raise decode_refusal(bytes.fromhex(refused.data[2:])) from refused
            nonce = int(await self._rpc.call("eth_getTransactionCount", sender, "pending"), 16)
            fees = await gas_price(self._rpc)
            signed = Account.sign_transaction(
                {
                    "type": 2,
                    "chainId": self._deployment.chain_id,
                    "nonce": nonce,
                    "gas": gas * 5 // 4,
                    "maxFeePerGas": fees.max_fee,
                    "maxPriorityFeePerGas": fees.priority_fee,
                    "to": checksummed(to),
                    "value": 0,
                    "data": data,
                },
                self._key.key,
            )
            raw = "0x" + signed.raw_transaction.hex()
            transaction = Digest(await self._rpc.call("eth_sendRawTransaction", raw))
            receipt = await wait_until_included(self._rpc, transaction)
        if receipt["status"] != "0x1":
            raise LedgerUnavailable(f"transaction {transaction} failed after its check", hint="Try again.")
        return transaction
