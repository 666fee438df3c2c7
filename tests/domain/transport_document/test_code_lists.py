"""Codes are written under providers that DCSA lists, and read as either meaning."""

import pytest

from ebl_service.domain.carrier_messages import Names
from ebl_service.domain.profile import Profile
from ebl_service.domain.terms import Address
from ebl_service.domain.transport_document.code_lists import PROVIDERS, meanings, written
from ebl_service.domain.transport_document.document_parties import document_parties
from tests.dcsa_definitions import SURRENDER, require_valid
from tests.domain.transport_document.documents import CONTAINER_SAMPLES, put, sample

PARTY = Address("0x" + "ab" * 20)


@pytest.mark.parametrize("code", [("GLEIF", "LEI1"), ("ZZZ", "BANK"), ("WAVE", "W1")])
def test_a_listed_code_is_written_as_it_is(code: tuple[str, str]) -> None:
    assert written(*code) == {"codeListProvider": code[0], "partyCode": code[1]}
    assert list(meanings(written(*code))) == [code]


@pytest.mark.parametrize("code", [("NMFTA", "ZQHM"), ("EBLL", "0x1"), ("USCC", "9131"), ("eBL Ledger account", "0x2")])
def test_any_other_code_is_mutually_defined_and_read_back(code: tuple[str, str]) -> None:
    said = written(*code)
    assert said == {"codeListProvider": "ZZZ", "partyCode": code[1], "codeListName": code[0]}
    assert code in set(meanings(said))


def test_a_party_is_named_by_listed_codes_whatever_its_profile_says() -> None:
    codes = frozenset({("NMFTA", "ZQHM"), ("EBLL", "x"), ("GLEIF", "LEI1")})
    named = Names("EBLL", {PARTY: Profile(PARTY, "Halcyon  Meridian\nLines" * 9, codes, 0)}).party(PARTY)
    assert {code["codeListProvider"] for code in named["identifyingCodes"]} <= PROVIDERS
    require_valid(SURRENDER, "ActorParty", named)
    require_valid(SURRENDER, "ActorParty", Names("EBLL", {}).party(PARTY))


def test_a_document_that_names_a_party_so_means_the_same_code() -> None:
    document = sample(CONTAINER_SAMPLES[0])
    put(document, "documentParties.shipper.identifyingCodes", [written("USCC", "9131")])
    assert ("USCC", "9131") in document_parties(document).shipper.codes
