"""Views, standards and constants: ERC-165, ERC-5267, the pinned slot, periods, and what no title may ever have."""

from functools import reduce

import pytest
from eth_abi.abi import encode
from eth_account.messages import encode_typed_data

from ebl_service.chain.artifacts import artifact, selector_of
from ebl_service.chain.deployment import ANSWER_PERIOD, REJECT_PERIOD
from ebl_service.domain.actions import TITLE_ACTS, Sign
from ebl_service.domain.certificate_actions import CERTIFICATE_ACTS
from ebl_service.domain.signed_act import act_message, typed_data
from ebl_service.domain.terms import NO_DIGEST, digest
from tests.contract.abi import CONTRACTS, FUNCTIONS
from tests.contract.stage import HEAD_OFFSET, RECORDS_SLOT, Stage
from tests.local_chain import LocalChain

OWNABLE = {"owner", "pendingOwner", "transferOwnership", "acceptOwnership", "renounceOwnership"}
STANDARD = {"supportsInterface", "eip712Domain"}


def interface_id(contract: str, names: set[str]) -> str:
    selectors = [int.from_bytes(selector_of(FUNCTIONS[contract, name])) for name in names]
    return "0x" + reduce(int.__xor__, selectors).to_bytes(4, "big").hex()


@pytest.mark.parametrize("contract", CONTRACTS)
def test_interfaces_are_told_by_erc165(stage: Stage, contract: str) -> None:
    own = {name for of, name in FUNCTIONS if of == contract} - OWNABLE - STANDARD
    told = [own] if contract == "PartyRegistry" else [own - {"batch"}, {"batch"}]
    for interface in ["0x01ffc9a7", *(interface_id(contract, names) for names in told)]:
        assert stage.view("supportsInterface", interface, contract=contract) is True
    for interface in ("0xffffffff", "0x00000000", "0x80ac58cd"):
        assert stage.view("supportsInterface", interface, contract=contract) is False


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_signing_domain_is_told_by_erc5267(stage: Stage, chain: LocalChain, contract: str) -> None:
    domains = {"PartyRegistry": chain.parties_domain, "TitleRegistry": chain.titles_domain}
    domain = domains.get(contract, chain.insurance_domain)
    told = stage.view("eip712Domain", contract=contract)
    assert told == ("0x0f", domain.name, "1", chain.chain_id, domain.verifying_contract, NO_DIGEST, ())


def test_the_contract_accepts_what_a_wallet_signs(stage: Stage, chain: LocalChain) -> None:
    """The typed data as eth_account hashes it, not by our own code."""
    asked = Sign(stage.issue(), 1)
    data = typed_data(chain.titles_domain, "Sign", act_message(asked, stage.now + 100))
    message = encode_typed_data(full_message=data)
    signed = chain.web3.eth.account.sign_message(message, chain.shipper.key.secret)
    values = [asked.title_id, 1, (chain.shipper.address, stage.now + 100, bytes(signed.signature))]
    stage.call(chain.relayer, "TitleRegistry", "signBySignature", *values)
    assert stage.title(asked.title_id)["sequence"] == 2


def test_the_periods_and_the_party_registry_are_as_constructed(stage: Stage, chain: LocalChain) -> None:
    assert (stage.view("rejectPeriod"), stage.view("answerPeriod")) == (REJECT_PERIOD, ANSWER_PERIOD)
    assert (REJECT_PERIOD, ANSWER_PERIOD) == (72 * 3600, 14 * 24 * 3600)
    assert stage.view("parties") == chain.party_registry
    assert stage.view("parties", contract="CargoInsurance") == chain.party_registry
    assert stage.view("titles", contract="CargoInsurance") == chain.title_registry


def test_the_head_lies_in_the_pinned_slot(stage: Stage, chain: LocalChain) -> None:
    """A storage proof of one slot proves a bill's whole history, so the slot must not move."""
    assert (RECORDS_SLOT, HEAD_OFFSET) == (2, 3)
    bill = stage.issue(chain.bank)
    first = int(digest(bill, 2), 16)
    words = [chain.rpc("eth_getStorageAt", chain.title_registry, hex(first + n), "latest") for n in range(5)]
    title = stage.title(bill)
    assert words[2:] == [title["commitment"], title["head"], NO_DIGEST]
    assert int(words[0], 16) & (1 << 160) - 1 == int(chain.shipper.address, 16)
    assert int(words[1], 16) & (1 << 160) - 1 == int(chain.carrier.address, 16)
    assert stage.stored_head(bill) == title["head"] == stage.titles[bill].head


def test_a_title_that_is_not_there_is_all_zero(stage: Stage) -> None:
    title = stage.title(digest(1))
    assert title.pop("status") == "NONE"
    assert not any(int(value, 16) if isinstance(value, str) else value for value in title.values())
    assert stage.view("entitledOf", digest(1)) == "0x" + "00" * 20


@pytest.mark.parametrize("contract", ["TitleRegistry", "CargoInsurance"])
def test_nothing_about_titles_and_certificates_can_be_administered(chain: LocalChain, contract: str) -> None:
    """No owner, no proxy, no pause: the functions that change anything are acts."""
    functions = [entry for entry in artifact(contract).abi if entry["type"] == "function"]
    acts = TITLE_ACTS if contract == "TitleRegistry" else CERTIFICATE_ACTS
    changing = {entry["name"] for entry in functions if entry["stateMutability"] not in {"view", "pure"}}
    assert {name.removesuffix("BySignature") for name in changing} == {"batch"} | {
        name[0].lower() + name[1:] for name in acts
    }
    assert not OWNABLE & changing
    code = chain.rpc("eth_getCode", address_of(chain, contract), "latest")[2:]
    assert "f4" not in opcodes(bytes.fromhex(code))


def address_of(chain: LocalChain, contract: str) -> str:
    """Where it lives."""
    others = {"PartyRegistry": chain.party_registry, "TitleRegistry": chain.title_registry}
    return others.get(contract, chain.cargo_insurance)


def opcodes(code: bytes) -> set[str]:
    """The instructions of runtime code, what is pushed left out, up to the first word of data."""
    found, at = set(), 0
    while at < len(code):
        byte = code[at]
        found.add(f"{byte:02x}")
        at += 1 + (byte - 0x5F if 0x60 <= byte <= 0x7F else 0)
    return found


@pytest.mark.parametrize("contract", CONTRACTS)
def test_no_contract_takes_ether(chain: LocalChain, contract: str) -> None:
    address = address_of(chain, contract)
    assert not any(entry.get("stateMutability") == "payable" for entry in artifact(contract).abi)
    sent = {"from": chain.stranger.address, "to": address, "value": "0x1", "gas": hex(100_000)}
    assert chain.rpc("eth_sendTransactionSync", sent)["status"] == "0x0"


def test_a_call_of_no_function_is_refused(chain: LocalChain) -> None:
    for data in (b"", b"\x12\x34\x56\x78", encode(["uint256"], [5])):
        assert chain.transact(chain.stranger.address, chain.title_registry, data)["status"] == "0x0"
