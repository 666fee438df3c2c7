"""The registries on a local chain, and the cast that plays on them.

    chain.people["shipper"], chain.shipper      a Person: name, address (lower case), key (wallet.PartyKey)
    chain.party_registry, chain.title_registry, chain.cargo_insurance   addresses; chain.lookalike and
                                                chain.other_insurance are second ones of the same kind
    chain.titles_contract, chain.parties_contract   web3 contract objects, where clarity matters more than speed
    chain.rpc("eth_call", …)                    raw JSON-RPC, where speed matters
    chain.join("newcomer", Role.CARRIER)        registers one more party

Registered: carrier and other_carrier (CARRIER), insurer, terminal, customs (their roles), shipper, bank, other_bank,
consignee, forwarder (no role). Not registered: stranger, relayer. The registrar is anvil's first account.
"""

from functools import cached_property
from typing import Any, NamedTuple

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from web3 import HTTPProvider, Web3
from web3.contract import Contract

from ebl_service.chain.artifacts import artifact, selector_of
from ebl_service.chain.deployment import ANSWER_PERIOD, REJECT_PERIOD, Deployed, Deployment
from ebl_service.domain.actions import Act
from ebl_service.domain.certificate_actions import CertificateAct
from ebl_service.domain.signed_act import Join, SigningDomain, insurance_domain, parties_domain, titles_domain
from ebl_service.domain.terms import Address, Digest, Role, digest
from ebl_service.wallet.key import PartyKey
from tests.anvil import Anvil

REGISTRAR_KEY = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
"""Of anvil's first account, publicly known."""

NO_ROLE = Role(0)
CAST: dict[str, Role] = {
    "carrier": Role.CARRIER,
    "other_carrier": Role.CARRIER,
    "insurer": Role.INSURER,
    "terminal": Role.TERMINAL,
    "customs": Role.CUSTOMS,
    "shipper": NO_ROLE,
    "bank": NO_ROLE,
    "other_bank": NO_ROLE,
    "consignee": NO_ROLE,
    "forwarder": NO_ROLE,
}
OUTSIDERS = ("stranger", "relayer")
MUCH_GAS = hex(30_000_000)
WEALTH = hex(10**24)
A_DAY = 24 * 3600


class Person(NamedTuple):
    """Somebody with a key."""

    name: str
    key: PartyKey

    @property
    def address(self) -> Address:
        return self.key.address


def person(name: str) -> Person:
    """The same key for the same name, each time."""
    return Person(name, PartyKey(bytes.fromhex(digest("0x" + name.encode().hex()[-64:])[2:])))


class LocalChain:
    """Deploys on creation, registers the cast; see the module."""

    def __init__(self, anvil: Anvil) -> None:
        self.url = anvil.url
        self.rpc = anvil.rpc
        self.chain_id = int(self.rpc("eth_chainId"), 16)
        self.registrar = Person("registrar", PartyKey(REGISTRAR_KEY))
        self.people = {name: person(name) for name in (*CAST, *OUTSIDERS)}
        self._receipts: dict[Address, dict[str, Any]] = {}
        for somebody in self.people.values():
            self.fund(somebody.address)
        self.party_registry = self.deploy("PartyRegistry", encode(["address"], [self.registrar.address]))
        arguments = encode(["address", "uint256", "uint256"], [self.party_registry, REJECT_PERIOD, ANSWER_PERIOD])
        self.title_registry = self.deploy("TitleRegistry", arguments)
        self.lookalike = self.deploy("TitleRegistry", arguments)
        insures = encode(["address"], [self.title_registry])
        self.cargo_insurance = self.deploy("CargoInsurance", insures)
        self.other_insurance = self.deploy("CargoInsurance", insures)
        for name, roles in CAST.items():
            self.join(name, roles)

    def __getattr__(self, name: str) -> Person:
        people: dict[str, Person] = self.__dict__.get("people", {})
        if name in people:
            return people[name]
        raise AttributeError(name)

    # Signing domains, deployment, contract objects

    @property
    def titles_domain(self) -> SigningDomain:
        return titles_domain(self.chain_id, self.title_registry)

    @property
    def insurance_domain(self) -> SigningDomain:
        return insurance_domain(self.chain_id, self.cargo_insurance)

    def domain_of(self, asked: Act) -> SigningDomain:
        """Where a signature over this act counts."""
        return self.insurance_domain if isinstance(asked, CertificateAct) else self.titles_domain

    @property
    def parties_domain(self) -> SigningDomain:
        return parties_domain(self.chain_id, self.party_registry)

    @property
    def deployment(self) -> Deployment:
        """What a deployment file of this chain says."""
        genesis = self.rpc("eth_getBlockByNumber", "0x0", False)["hash"]
        contracts = (self.party_registry, self.title_registry, self.cargo_insurance)
        parties, titles, insurance = map(self._deployed, contracts)
        return Deployment("test", self.chain_id, Digest(genesis), self.registrar.address, parties, titles, insurance)

    def _deployed(self, address: Address) -> Deployed:
        receipt = self._receipts[address]
        code = self.rpc("eth_getCode", address, "latest")
        return Deployed(address, int(receipt["blockNumber"], 16), Digest(receipt["transactionHash"]), digest_of(code))

    @cached_property
    def web3(self) -> Web3:
        return Web3(HTTPProvider(self.url))

    @cached_property
    def titles_contract(self) -> Contract:
        return self.web3.eth.contract(to_checksum_address(self.title_registry), abi=artifact("TitleRegistry").abi)

    @cached_property
    def parties_contract(self) -> Contract:
        return self.web3.eth.contract(to_checksum_address(self.party_registry), abi=artifact("PartyRegistry").abi)

    # Doing

    def fund(self, account: Address) -> None:
        """Give the account ether, and let the node send for it without its key."""
        self.rpc("anvil_setBalance", account, WEALTH)
        self.rpc("anvil_impersonateAccount", account)

    def transact(self, sender: Address, to: Address | None, data: bytes, gas: str = MUCH_GAS) -> dict[str, Any]:
        """Send a transaction of one of the funded accounts; its receipt, whether or not it reverted."""
        transaction = {"from": sender, "data": "0x" + data.hex(), "gas": gas}
        if to:
            transaction["to"] = to
        receipt: dict[str, Any] = self.rpc("eth_sendTransactionSync", transaction)
        return receipt

    def deploy(self, name: str, arguments: bytes = b"", *, code: bytes | None = None) -> Address:
        """Deploy a contract of ours, or other creation code."""
        receipt = self.transact(self.registrar.address, None, (code or artifact(name).bytecode) + arguments)
        assert receipt["status"] == "0x1", name
        address = Address(receipt["contractAddress"].lower())
        self._receipts[address] = receipt
        return address

    def time(self) -> int:
        """Of the newest block, seconds since 1970."""
        return int(self.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def signed_join(self, somebody: Person, roles: Role = NO_ROLE, nonce: int = 0) -> Join:
        """A join signed by the account itself; it counts for a day."""
        identity = digest("0x" + somebody.name.encode().hex()[-64:])
        join = Join(somebody.address, roles, identity, nonce, self.time() + A_DAY)
        return somebody.key.sign_join(self.parties_domain, join)

    def join(self, name: str, roles: Role = NO_ROLE) -> Person:
        """Register a party by this name, funded."""
        somebody = self.people.get(name) or person(name)
        self.people[name] = somebody
        self.fund(somebody.address)
        signed = self.signed_join(somebody, roles)
        values = (
            signed.account,
            int(signed.roles),
            bytes.fromhex(signed.identity_digest[2:]),
            signed.nonce,
            signed.deadline,
            signed.signature,
        )
        kinds = ["address", "uint8", "bytes32", "uint64", "uint64", "bytes"]
        data = selector("PartyRegistry", "register") + encode(kinds, values)
        receipt = self.transact(self.registrar.address, self.party_registry, data)
        assert receipt["status"] == "0x1", f"{name} cannot join"
        return somebody


def selector(contract: str, function: str) -> bytes:
    """The selector of a contract's function."""
    entries = artifact(contract).abi
    return next(selector_of(e) for e in entries if e["type"] == "function" and e["name"] == function)


def digest_of(code: str) -> Digest:
    """keccak-256 of 0x-hex bytes."""
    return Digest(Web3.keccak(hexstr=code).to_0x_hex())
