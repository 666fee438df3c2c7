"""A real Safe (1.4.1): the multi-signature wallet that a party should be, deployed from its published artifacts.

Its owners sign an act together: over the Safe's own message hash of the act's digest, which the fallback handler checks
when the registry asks by ERC-1271. Or they have the Safe call the registry itself (execTransaction).
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address
from web3.contract import Contract

from ebl_service.domain.actions import Act
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import NOBODY, Address
from tests.anvil import ROOT
from tests.contract.stage import AN_HOUR, Stage
from tests.local_chain import LocalChain, Person

ARTIFACTS = ROOT / "node_modules" / "@safe-global" / "safe-contracts" / "build" / "artifacts" / "contracts"
SOURCES = {
    "Safe": "Safe.sol",
    "SafeProxyFactory": "proxies/SafeProxyFactory.sol",
    "CompatibilityFallbackHandler": "handler/CompatibilityFallbackHandler.sol",
}
SENTINEL = to_checksum_address("0x" + "00" * 19 + "01")
_MESSAGE_TYPE = keccak(b"SafeMessage(bytes message)")


@cache
def _artifact(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ARTIFACTS / SOURCES[name] / f"{name}.json").read_text())
    return found


class Safe:
    """One Safe with its owners; `threshold` of them sign."""

    def __init__(self, chain: LocalChain, owners: Sequence[Person], threshold: int) -> None:
        self.chain = chain
        self.threshold = threshold
        addresses = {name: chain.deploy(name, code=_creation(name)) for name in SOURCES}
        setup = self._contract(addresses["Safe"], "Safe").encode_abi(
            "setup",
            [
                [to_checksum_address(owner.address) for owner in owners],
                threshold,
                to_checksum_address(NOBODY),
                b"",
                to_checksum_address(addresses["CompatibilityFallbackHandler"]),
                to_checksum_address(NOBODY),
                0,
                to_checksum_address(NOBODY),
            ],
        )
        factory = self._contract(addresses["SafeProxyFactory"], "SafeProxyFactory")
        values = [to_checksum_address(addresses["Safe"]), bytes.fromhex(setup[2:]), 1]
        made = factory.functions.createProxyWithNonce(*values).call()
        self._send(addresses["SafeProxyFactory"], factory.encode_abi("createProxyWithNonce", values))
        self.address = Address(made.lower())
        self.contract = self._contract(self.address, "Safe")
        assert set(map(str.lower, self.contract.functions.getOwners().call())) == {each.address for each in owners}

    def sign_digest(self, digest: bytes, owners: Sequence[Person]) -> bytes:
        """What these owners sign together over 32 bytes, for ERC-1271."""
        message = keccak(encode(["bytes32", "bytes32"], [_MESSAGE_TYPE, keccak(encode(["bytes32"], [digest]))]))
        separator = self.contract.functions.domainSeparator().call()
        return _together(keccak(b"\x19\x01" + separator + message), owners)

    def sign_act(self, stage: Stage, asked: Act, owners: Sequence[Person]) -> SignedAct:
        """An act of the Safe, signed by these owners, good for an hour."""
        unsigned = SignedAct(asked, self.address, stage.next_time + AN_HOUR, b"")
        signature = self.sign_digest(unsigned.digest(self.chain.titles_domain), owners)
        return SignedAct(asked, self.address, unsigned.deadline, signature)

    def execute(self, to: Address, data: bytes, owners: Sequence[Person]) -> bool:
        """Have the Safe call a contract; whether it did."""
        nobody = to_checksum_address(NOBODY)
        call = [to_checksum_address(to), 0, data, 0, 0, 0, 0, nobody, nobody]
        nonce = self.contract.functions.nonce().call()
        digest = self.contract.functions.getTransactionHash(*call, nonce).call()
        data_of_it = self.contract.encode_abi("execTransaction", [*call, _together(digest, owners)])
        return self._send(self.address, data_of_it)["status"] == "0x1"

    def swap_owner(self, old: Person, new: Person, owners: Sequence[Person]) -> bool:
        """Put a new owner in the place of an old one; decided by these owners."""
        current = [SENTINEL, *self.contract.functions.getOwners().call()]
        before = current[current.index(to_checksum_address(old.address)) - 1]
        values = [before, to_checksum_address(old.address), to_checksum_address(new.address)]
        data = self.contract.encode_abi("swapOwner", values)
        return self.execute(self.address, bytes.fromhex(data[2:]), owners)

    def _contract(self, address: Address, name: str) -> Contract:
        return self.chain.web3.eth.contract(to_checksum_address(address), abi=_artifact(name)["abi"])

    def _send(self, to: Address, data: str) -> dict[str, Any]:
        return self.chain.transact(self.chain.relayer.address, to, bytes.fromhex(data[2:]))


def _creation(name: str) -> bytes:
    return bytes.fromhex(_artifact(name)["bytecode"][2:])


def _together(digest: bytes, owners: Sequence[Person]) -> bytes:
    """The owners' signatures one after another, in the order of their addresses, as a Safe wants them."""
    return b"".join(owner.key.sign_digest(digest) for owner in sorted(owners, key=lambda owner: owner.address))
