"""Signed acts → call data, and revert data → refusals. No network.

Plain words are laid out by hand (a batch of fifty costs under a millisecond); only replacements, rare and nested, go
through eth_abi.
"""

from collections.abc import Sequence
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError

from ebl_service.chain.artifacts import artifact, selector_of, type_of
from ebl_service.chain.certificate_codec import authorization, encode_certificate_act
from ebl_service.domain import actions as act
from ebl_service.domain.certificate_actions import CertificateAct
from ebl_service.domain.ledger import ActToSend
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import NOBODY, Address, ClaimStatus, Mode, Part, Purpose, Status, word
from ebl_service.domain.title import PreviousAct
from ebl_service.errors import InvalidRequest
from ebl_service.errors.refusals import REFUSALS, Refusal, Unexplained, refusal

_CONTRACTS = ("TitleRegistry", "PartyRegistry", "CargoInsurance")
_SELECTORS: dict[str, bytes] = {
    entry["name"]: selector_of(entry)
    for name in ("TitleRegistry", "CargoInsurance")
    for entry in artifact(name).abi
    if entry["type"] == "function"
}
_ERRORS: dict[bytes, dict[str, Any]] = {
    selector_of(entry): entry for name in _CONTRACTS for entry in artifact(name).abi if entry["type"] == "error"
}
_ENUMS = {"Purpose": Purpose, "Mode": Mode, "Part": Part, "ClaimStatus": ClaimStatus}
_REPLACE = ["bytes32[]", "uint32[]", "(address,bool,uint16,bytes32,bytes32)[]", "(address,uint64,bytes)"]


def function_of(asked: act.Act) -> str:
    """The function, of the registry or of the insurance contract, that takes this act with a signature."""
    name = type(asked).__name__
    return f"{name[0].lower()}{name[1:]}BySignature"


def encode_act(item: ActToSend) -> bytes:
    """Call data of one signed act.

    Raises: InvalidRequest where a rejected transfer comes without the proof of the act before.
    """
    signed = item.signed
    selector = _SELECTORS[function_of(signed.act)]
    if isinstance(signed.act, act.Replace):
        return selector + encode(_REPLACE, _replacement(signed.act, signed))
    if isinstance(signed.act, CertificateAct):
        return selector + encode_certificate_act(signed.act, signed, item.previous, item.replaced_by)
    head = b"".join(_words(signed.act, item.previous))
    return selector + head + word(len(head) + 32) + authorization(signed)


def _words(asked: act.TitleAct, previous: PreviousAct | None) -> list[bytes]:
    values: list[int | str | bool]
    match asked:
        case act.Issue():
            endorsee = asked.endorsee or NOBODY
            values = [asked.holder, endorsee, asked.is_to_order, asked.reference_digest, asked.commitment]
        case act.Transfer() | act.Endorse() | act.EndorseToOrder() | act.EndorseInBlank():
            values = [asked.title_id, asked.sequence, asked.to or NOBODY]
        case act.RequestSurrender():
            values = [asked.title_id, asked.sequence, int(asked.purpose), asked.reason]
        case act.RejectTransfer():
            if previous is None:
                raise InvalidRequest("a rejected transfer needs the proof of the act before", {"field": "previous"})
            values = [asked.title_id, asked.sequence, *_proof(previous)]
        case act.Replace():
            raise TypeError("replacements are encoded by eth_abi")
        case _:
            values = [asked.title_id, asked.sequence]
    return [word(value) for value in values]


def _proof(previous: PreviousAct) -> list[int | str | bool]:
    return [
        previous.head,
        int(previous.verb),
        previous.time,
        previous.actor,
        previous.arguments,
        previous.possession,
        previous.endorsee_number,
    ]


def _replacement(asked: act.Replace, signed: SignedAct) -> list[Any]:
    return [
        [bytes.fromhex(old[2:]) for old in asked.old_ids],
        list(asked.sequences),
        [
            (
                made.endorsee or NOBODY,
                made.is_to_order,
                made.version,
                bytes.fromhex(made.reference_digest[2:]),
                bytes.fromhex(made.commitment[2:]),
            )
            for made in asked.new_titles
        ],
        (signed.signer, signed.deadline, signed.signature),
    ]


def encode_batch(acts: Sequence[bytes]) -> bytes:
    """Call data of `batch(bytes[])` over the acts' call data."""
    offsets, tails, at = [], [], 32 * len(acts)
    for data in acts:
        tail = word(len(data)) + data + bytes(-len(data) % 32)
        offsets.append(word(at))
        tails.append(tail)
        at += len(tail)
    return b"".join([_SELECTORS["batch"], word(32), word(len(acts)), *offsets, *tails])


def decode_refusal(data: bytes) -> Refusal:
    """The refusal that revert data stands for; `Unexplained` where it is not an error of our contracts."""
    entry = _ERRORS.get(data[:4])
    if entry is None or entry["name"] not in REFUSALS:
        return Unexplained("0x" + data.hex())
    try:
        values = decode([type_of(item) for item in entry["inputs"]], data[4:])
    except DecodingError:
        return Unexplained("0x" + data.hex())
    return refusal(entry["name"], tuple(map(_detail, entry["inputs"], values)))


def _detail(item: dict[str, Any], value: Any) -> str | int:
    kind = item.get("internalType", "").rpartition(".")[2]
    if kind == "Status":
        return Status(value).name if value else "NONE"
    if kind in _ENUMS:
        return _ENUMS[kind](value).name
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return Address(value.lower()) if isinstance(value, str) else int(value)
