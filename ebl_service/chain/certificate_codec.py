"""Certificates of insurance: signed acts → arguments of their call data, and the contract's view → what it says.

Words are laid out by hand. No network.
"""

from dataclasses import fields

from ebl_service.chain.artifacts import artifact, selector_of
from ebl_service.domain import certificate_actions as act
from ebl_service.domain.ledger import Assurance
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import NOBODY, Address, CertificateId, Digest, TitleId, word
from ebl_service.domain.title import PreviousAct
from ebl_service.errors import InvalidRequest

_VIEW = next(entry for entry in artifact("CargoInsurance").abi if entry.get("name") == "certificate")
_SELECTOR = selector_of(_VIEW)


def _place(name: str) -> int:
    """The first byte of this member in the answer of `certificate`; a struct within takes as many words as it has."""
    words = 0
    for member in _VIEW["outputs"][0]["components"]:
        if member["name"] == name:
            return 32 * words
        words += len(member.get("components", [member]))
    raise KeyError(name)


_PLACES = {name: _place(name) for name in ("titleId", "assured", "payee", "sequence", "commitment", "head")}
_FOLLOWS = ("certificate_id", "sequence")
"""Of an issue: they follow from insurer and reference, and are no arguments."""


def encode_certificate_act(
    asked: act.CertificateAct, signed: SignedAct, previous: PreviousAct | None, replaced_by: tuple[TitleId, ...]
) -> bytes:
    """The arguments of an act on a certificate, signature included.

    Raises: InvalidRequest where a carry-over comes without the last act of the replaced title.
    """
    left_out = _FOLLOWS if isinstance(asked, act.IssueCertificate) else ()
    names = [field.name for field in fields(asked) if field.name not in left_out]
    values: list[int | str | bool | None] = [getattr(asked, name) for name in names]
    head = b"".join([word(NOBODY if value is None else value) for value in values])
    if not isinstance(asked, act.CarryOver):
        return head + word(len(head) + 32) + authorization(signed)
    if previous is None:
        raise InvalidRequest("a carry-over needs the replaced title's last act", {"field": "previous"})
    proof = _replacement(previous, replaced_by)
    at = len(head) + 64
    return head + word(at) + word(at + len(proof)) + proof + authorization(signed)


def _replacement(previous: PreviousAct, replaced_by: tuple[TitleId, ...]) -> bytes:
    fixed: tuple[int | str, ...] = (previous.head, previous.possession, previous.endorsee_number, 128)
    values = (*fixed, len(replaced_by), *replaced_by)
    return b"".join([word(value) for value in values])


def authorization(signed: SignedAct) -> bytes:
    """Signer, deadline and signature, as every function …BySignature takes them."""
    size = len(signed.signature)
    padded = signed.signature + bytes(-size % 32)
    return word(signed.signer) + word(signed.deadline) + word(96) + word(size) + padded


def encode_certificate_view(certificate_id: CertificateId) -> bytes:
    """Call data of the view of one certificate."""
    return _SELECTOR + word(certificate_id)


def decode_certificate_view(answer: bytes) -> Assurance | None:
    """What the view answers; None where there is no certificate."""
    words = {name: answer[at : at + 32] for name, at in _PLACES.items()}
    sequence = int.from_bytes(words["sequence"], "big")
    if not sequence:
        return None
    return Assurance(
        title_id=TitleId("0x" + words["titleId"].hex()),
        assured=Address("0x" + words["assured"][12:].hex()),
        payee=Address("0x" + words["payee"][12:].hex()),
        sequence=sequence,
        commitment=Digest("0x" + words["commitment"].hex()),
        head=Digest("0x" + words["head"].hex()),
    )
