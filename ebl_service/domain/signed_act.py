"""An act with its actor's signature: the EIP-712 typed data a wallet shows, its digest, and its deadline's rule.

One primary type a verb, with the class's name in `domain.actions`; `Join` and `UpdateIdentity` belong to the party
registry. A signature counts up to its deadline, inclusive, and at most 7 days ahead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

from ebl_service.domain.act_types import STATEMENTS, TYPES, Fields
from ebl_service.domain.actions import ACTS, Act, NewTitle
from ebl_service.domain.keccak import keccak
from ebl_service.domain.terms import NOBODY, Address, Digest, Role, Seconds, digest, word
from ebl_service.errors import refusals as no

LONGEST_DEADLINE = 7 * 24 * 3600
"""Seconds."""

DOMAIN: Fields = (("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"))

_ALL = {**TYPES, **STATEMENTS}

Value = str | int | bool | Sequence["Value"] | Mapping[str, "Value"]
Message = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class SigningDomain:
    """Where signatures count: EIP-712 domain of one contract on one chain."""

    name: str
    chain_id: int
    verifying_contract: Address
    version: str = "1"

    @property
    def separator(self) -> Digest:
        """keccak-256 of the domain, the contract's domain separator."""
        return _separator(self)


@lru_cache(maxsize=16)
def _separator(domain: SigningDomain) -> Digest:
    type_hash = keccak(f"EIP712Domain({','.join(f'{kind} {name}' for name, kind in DOMAIN)})".encode())
    name, version = (keccak(text.encode()) for text in (domain.name, domain.version))
    return digest(
        "0x" + type_hash.hex(), "0x" + name.hex(), "0x" + version.hex(), domain.chain_id, domain.verifying_contract
    )


def titles_domain(chain_id: int, registry: Address) -> SigningDomain:
    """The title registry's signing domain."""
    return SigningDomain("eBL Ledger Titles", chain_id, registry)


def insurance_domain(chain_id: int, contract: Address) -> SigningDomain:
    """The signing domain of the contract that keeps certificates of insurance."""
    return SigningDomain("eBL Ledger Insurance", chain_id, contract)


def parties_domain(chain_id: int, registry: Address) -> SigningDomain:
    """The party registry's signing domain."""
    return SigningDomain("eBL Ledger Parties", chain_id, registry)


@dataclass(frozen=True, slots=True)
class SignedAct:
    """An act, who signed it, until when it counts, and the signature (65 bytes, or what a contract wallet expects)."""

    act: Act
    signer: Address
    deadline: Seconds
    signature: bytes

    def digest(self, domain: SigningDomain) -> bytes:
        """The 32 bytes that were signed."""
        return signing_digest(domain, type(self.act).__name__, act_message(self.act, self.deadline))


@dataclass(frozen=True, slots=True)
class Join:
    """A party's wish to be registered, with its signature."""

    account: Address
    roles: Role
    identity_digest: Digest
    nonce: int
    deadline: Seconds
    signature: bytes = b""

    @property
    def message(self) -> Message:
        """What is signed."""
        return {
            "account": self.account,
            "roles": int(self.roles),
            "identityDigest": self.identity_digest,
            "nonce": self.nonce,
            "deadline": self.deadline,
        }


def check_deadline(deadline: Seconds, now: Seconds) -> None:
    """Raises: DeadlinePassed, DeadlineTooDistant."""
    if now > deadline:
        raise no.DeadlinePassed(deadline, now)
    latest = now + LONGEST_DEADLINE
    if deadline > latest:
        raise no.DeadlineTooDistant(deadline, latest)


def act_message(act: Act, deadline: Seconds) -> Message:
    """The typed-data message of an act."""
    return {**_members(act), "deadline": deadline}


def _members(thing: Act | NewTitle) -> dict[str, Value]:
    return {_camel(field.name): _plain(getattr(thing, field.name)) for field in fields(thing)}


def _plain(value: object) -> Value:
    if value is None:
        return NOBODY
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, NewTitle):
        return _members(value)
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value)
    raise TypeError(f"{value!r} has no place in typed data")


@lru_cache(maxsize=64)
def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def signing_digest(domain: SigningDomain, primary_type: str, message: Message) -> bytes:
    """What a signer signs: keccak-256 of 0x1901, domain separator and struct hash (EIP-712)."""
    return keccak(b"\x19\x01" + bytes.fromhex(domain.separator[2:]) + _struct_hash(primary_type, message))


def typed_data(domain: SigningDomain, primary_type: str, message: Message) -> dict[str, object]:
    """The same as JSON for a wallet's eth_signTypedData_v4."""
    needed = {primary_type: _ALL[primary_type]} | {name: _ALL[name] for name in _needs(primary_type)}
    types = {"EIP712Domain": DOMAIN, **needed}
    return {
        "types": {name: [{"name": n, "type": t} for n, t in members] for name, members in types.items()},
        "primaryType": primary_type,
        "domain": {
            "name": domain.name,
            "version": domain.version,
            "chainId": domain.chain_id,
            "verifyingContract": domain.verifying_contract,
        },
        "message": dict(message),
    }


@lru_cache(maxsize=64)
def _needs(name: str) -> tuple[str, ...]:
    return tuple(sorted({kind.removesuffix("[]") for _, kind in _ALL[name]} & _ALL.keys()))


@lru_cache(maxsize=64)
def _type_hash(name: str) -> bytes:
    parts = [f"{part}({','.join(f'{kind} {member}' for member, kind in _ALL[part])})" for part in (name, *_needs(name))]
    return keccak("".join(parts).encode())


def _struct_hash(name: str, message: Message) -> bytes:
    return keccak(_type_hash(name) + b"".join(_encoded(kind, message[member]) for member, kind in _ALL[name]))


def _encoded(kind: str, value: Value) -> bytes:
    if kind.endswith("[]"):
        assert isinstance(value, Sequence)
        return keccak(b"".join(_encoded(kind[:-2], item) for item in value))
    if kind in _ALL:
        assert isinstance(value, Mapping)
        return _struct_hash(kind, value)
    assert isinstance(value, str | int)
    return word(value)


assert TYPES.keys() >= ACTS.keys()
