"""What a title holds of a document: the same for the same document and salt, and telling nothing without the salt."""

import hmac

import pytest
from eth_hash.auto import keccak

from ebl_service.domain.terms import TitleId
from ebl_service.domain.transport_document.commitment import (
    canonical_form,
    commitment,
    document_salt,
    reference_digest,
    reference_salt,
)
from ebl_service.domain.transport_document.document_parties import document_parties
from ebl_service.errors import InvalidRequest

SALT = bytes(range(32))
PARTY = {"partyName": "Somebody", "identifyingCodes": [{"codeListProvider": "GLEIF", "partyCode": "X"}]}


def test_the_canonical_form_is_rfc_8785s() -> None:
    assert canonical_form({"b": 1.0, "a": [True, None, "é"]}) == '{"a":[true,null,"é"],"b":1}'.encode()


def test_what_has_no_canonical_form_is_refused() -> None:
    for value in (float("nan"), 2**60):
        with pytest.raises(InvalidRequest, match="canonical form"):
            canonical_form({"a": value})


def test_a_documents_salt_is_the_same_for_the_same_document_of_the_same_title_alone() -> None:
    title, other = TitleId("0x" + "11" * 32), TitleId("0x" + "22" * 32)
    salt = document_salt(b"secret", title, "aa" * 32)
    assert salt == document_salt(b"secret", title, "aa" * 32)
    differing = {document_salt(b"secret", other, "aa" * 32), document_salt(b"secret", title, "bb" * 32)}
    assert len({salt, *differing, document_salt(b"another", title, "aa" * 32)}) == 4


def test_a_number_has_one_digest_for_each_carrier() -> None:
    salt = reference_salt(b"secret", "BL1")
    assert salt == hmac.digest(b"secret", b"BL1", "sha256")
    assert reference_digest("BL1", salt) == "0x" + keccak(b"BL1" + salt).hex()
    assert reference_salt(b"another", "BL1") != salt


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="32 bytes"):
        commitment(b"short", b"{}")


def test_parties_are_known_by_their_codes() -> None:
    told = document_parties(
        {"isToOrder": True, "documentParties": {"issuingParty": PARTY, "shipper": PARTY, "notifyParties": [PARTY]}}
    )
    assert told.carrier.codes == {("GLEIF", "X")}
    assert told.made_out_to is None
    assert told.notify == (told.shipper,)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, "no documentParties"),
        ({"documentParties": {}}, "isToOrder"),
        ({"documentParties": {"consignee": PARTY}, "isToOrder": True}, "names no consignee"),
        ({"documentParties": {"endorsee": PARTY}, "isToOrder": False}, "names no endorsee"),
        ({"documentParties": {}, "isToOrder": False}, "needs a consignee"),
        ({"documentParties": {"shipper": PARTY}, "isToOrder": True}, "names no issuingParty"),
        ({"documentParties": {"issuingParty": {}}, "isToOrder": True}, "no partyName"),
        (
            {"documentParties": {"issuingParty": PARTY | {"identifyingCodes": [{}]}}, "isToOrder": True},
            "provider or code",
        ),
    ],
)
def test_a_document_that_does_not_say_who_is_refused(document: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        document_parties(document)
