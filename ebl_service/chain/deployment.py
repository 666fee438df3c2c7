"""Which contracts live where: the deployment file, its check against a node, and deploying.

Contracts are put at addresses that follow from their code and arguments (CREATE2 through the factory that nearly every
EVM chain has), so that deploying again finds what is there instead of making a second registry.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from eth_account import Account
from eth_utils.address import to_checksum_address
from hexbytes import HexBytes
from web3.types import TxParams

from ebl_service.chain import deployment_shape
from ebl_service.chain.artifacts import Artifact, artifact
from ebl_service.chain.rpc import Rpc, RpcError
from ebl_service.chain.transactions import transact
from ebl_service.domain.keccak import keccak
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.terms import Address, Digest, checksummed
from ebl_service.errors import InvalidRequest, LedgerDisagrees, NotFound

FACTORY = "0x4e59b44847b379578588920ca78fbf26c0b4956c"
"""The deterministic deployment proxy: call data is a 32-byte salt and creation code."""
REJECT_PERIOD = 72 * 3600
ANSWER_PERIOD = 14 * 24 * 3600
CONTRACTS = ("party_registry", "title_registry", "cargo_insurance")
"""As a deployment file calls them."""
_SALT = keccak(b"eBL Ledger 1")


@dataclass(frozen=True, slots=True)
class Deployed:
    """One contract: where, since which block, by which transaction, and the keccak-256 of its runtime code."""

    address: Address
    block: int
    transaction: Digest
    code_hash: Digest


@dataclass(frozen=True, slots=True)
class Deployment:
    """The contracts on one chain. Periods in seconds."""

    name: str
    chain_id: int
    genesis_hash: Digest
    registrar: Address
    party_registry: Deployed
    title_registry: Deployed
    cargo_insurance: Deployed
    reject_period: int = REJECT_PERIOD
    answer_period: int = ANSWER_PERIOD

    @property
    def contracts(self) -> tuple[Deployed, Deployed, Deployed]:
        """All of them, in the order of `CONTRACTS`."""
        return (self.party_registry, self.title_registry, self.cargo_insurance)

    @property
    def identity(self) -> LedgerIdentity:
        """The ledger this deployment makes."""
        return LedgerIdentity(
            chain_id=self.chain_id,
            genesis_hash=self.genesis_hash,
            party_registry=self.party_registry.address,
            title_registry=self.title_registry.address,
            cargo_insurance=self.cargo_insurance.address,
            code_hashes=(
                self.party_registry.code_hash,
                self.title_registry.code_hash,
                self.cargo_insurance.code_hash,
            ),
            deployment_block=min(deployed.block for deployed in self.contracts),
            reject_period=self.reject_period,
            answer_period=self.answer_period,
        )

    @classmethod
    def load(cls, path: Path) -> "Deployment":
        """Read a deployment file. Raises: NotFound, InvalidRequest where it is not one."""
        try:
            kept = json.loads(path.read_text())
            deployment_shape.require(kept)
            for part in CONTRACTS:
                kept[part] = Deployed(**kept[part] | {"address": kept[part]["address"].lower()})
            return cls(**kept | {"registrar": kept["registrar"].lower()})
        except FileNotFoundError as missing:
            raise NotFound(
                f"no deployment file {path.name}", hint="Deploy first: ebl deploy, or scripts/deploy."
            ) from missing
        except ValueError as wrong:
            raise InvalidRequest(
                f"{path.name} is not a deployment file: {wrong}",
                hint="Run ebl deploy again: it finds the contracts that are there and adds what is missing.",
            ) from wrong

    def save(self, path: Path) -> None:
        """Write the deployment file, whole or not at all."""
        kept: dict[str, Any] = asdict(self)
        kept["registrar"] = checksummed(self.registrar)
        for part in CONTRACTS:
            kept[part]["address"] = checksummed(kept[part]["address"])
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(kept, indent=2) + "\n")
        fresh.replace(path)


async def check_deployment(rpc: Rpc, deployment: Deployment) -> None:
    """See that the node's chain is the deployment's: chain id, genesis, runtime code.

    Raises: LedgerDisagrees where it is another chain, LedgerUnavailable where no node answers.
    """
    chain_id, genesis, *codes = await rpc.batch([
        ("eth_chainId", ()),
        ("eth_getBlockByNumber", ("0x0", False)),
        *(("eth_getCode", (deployed.address, "latest")) for deployed in deployment.contracts),
    ])  # fmt: skip
    if int(chain_id, 16) != deployment.chain_id:
        raise LedgerDisagrees(f"the node is on chain {int(chain_id, 16)}, the deployment on {deployment.chain_id}")
    if genesis is None or genesis["hash"] != deployment.genesis_hash:
        raise LedgerDisagrees(
            "the node's chain began with another block than the deployment's: it was reset or is another"
        )
    for deployed, code in zip(deployment.contracts, codes, strict=True):
        if _code_hash(code) != deployed.code_hash:
            raise LedgerDisagrees(f"the code at {checksummed(deployed.address)} is not what was deployed")


async def deploy(
    rpc: Rpc,
    deployer_key: bytes,
    registrar: Address,
    name: str,
    *,
    reject_period: int = REJECT_PERIOD,
    answer_period: int = ANSWER_PERIOD,
) -> Deployment:
    """Put the contracts on the chain, or find them there, and say where they are. Periods in seconds.

    Raises: InvalidRequest where the name is none, the chain lacks the factory or the account cannot pay;
    LedgerUnavailable.
    """
    try:
        deployment_shape.require_name(name)
    except ValueError as wrong:
        raise InvalidRequest(str(wrong), hint="Letters, digits, dot, dash and underscore: it names a file.") from wrong
    if await rpc.call("eth_getCode", FACTORY, "latest") == "0x":
        raise InvalidRequest(
            f"the chain has no deterministic deployment proxy at {checksummed(Address(FACTORY))}",
            hint="Ask the chain's operator to deploy it (its presigned transaction works on any EVM chain).",
        )
    parties = await _put(rpc, deployer_key, artifact("PartyRegistry"), encode(["address"], [registrar]))
    arguments = encode(["address", "uint256", "uint256"], [parties.address, reject_period, answer_period])
    titles = await _put(rpc, deployer_key, artifact("TitleRegistry"), arguments)
    insurance = await _put(rpc, deployer_key, artifact("CargoInsurance"), encode(["address"], [titles.address]))
    chain_id, genesis = await rpc.batch([("eth_chainId", ()), ("eth_getBlockByNumber", ("0x0", False))])
    return Deployment(
        name=name,
        chain_id=int(chain_id, 16),
        genesis_hash=Digest(genesis["hash"]),
        registrar=registrar,
        party_registry=parties,
        title_registry=titles,
        cargo_insurance=insurance,
        reject_period=reject_period,
        answer_period=answer_period,
    )


async def _put(rpc: Rpc, key: bytes, contract: Artifact, arguments: bytes) -> Deployed:
    creation = contract.bytecode + arguments
    where = keccak(b"\xff" + bytes.fromhex(FACTORY[2:]) + _SALT + keccak(creation))[12:].hex()
    address = Address("0x" + where)
    code = await rpc.call("eth_getCode", address, "latest")
    block: int
    if code == "0x":
        call: TxParams = {"to": to_checksum_address(FACTORY), "data": HexBytes(_SALT + creation)}
        receipt = await transact(rpc, Account.from_key(key), call)
        block, transaction = receipt["blockNumber"], Digest(receipt["transactionHash"].to_0x_hex())
        code = await rpc.call("eth_getCode", address, "latest")
    else:
        block, transaction = await _creation_of(rpc, address)
    if not contract.runs_as(bytes.fromhex(code[2:])):
        raise LedgerDisagrees(f"the code at {checksummed(address)} is not {contract.name}")
    return Deployed(address, block, transaction, _code_hash(code))


async def _creation_of(rpc: Rpc, address: Address) -> tuple[int, Digest]:
    """The block since which an address has code, by bisection; the creating transaction is the factory's there.

    Where the node has forgotten past states, a block before the true one: events are then looked for from too early on,
    never from too late.
    """
    low, high = 0, int(await rpc.call("eth_blockNumber"), 16)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if await _may_have_code(rpc, address, middle) else (middle + 1, high)
    block = await rpc.call("eth_getBlockByNumber", hex(low), True)
    made = [tx["hash"] for tx in block["transactions"] if (tx["to"] or "").lower() == FACTORY]
    return low, Digest(made[0] if made else "0x" + "00" * 32)


async def _may_have_code(rpc: Rpc, address: Address, block: int) -> bool:
    try:
        return bool(await rpc.call("eth_getCode", address, hex(block)) != "0x")
    except RpcError:  # a state that the node no longer has
        return True


def _code_hash(code: str) -> Digest:
    return Digest("0x" + keccak(bytes.fromhex(code[2:])).hex())
