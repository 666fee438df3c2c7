"""A party that is a real Safe signs in: its owners together, by ERC-1271, and those alone that own it now."""

import pytest
from eth_abi.abi import encode

from ebl_service.domain.sign_in import personal_digest
from ebl_service.domain.signed_act import Join, signing_digest
from ebl_service.domain.terms import Role, digest
from tests.contract.safe import Safe
from tests.house import OPERATOR, House
from tests.local_chain import LocalChain, Person, person, selector

OLD = [person(f"owner {n}") for n in range(3)]
NEW = [person(f"new owner {n}") for n in range(2)]
NO_ROLE = Role(0)


@pytest.fixture(scope="module")
def safe(house: House, cast: LocalChain) -> Safe:
    """Two of three must sign; a registered party, at a final block."""
    made = Safe(cast, OLD, 2)
    join = Join(made.address, NO_ROLE, digest(8), 0, cast.time() + 3_600)
    signature = made.sign_digest(signing_digest(cast.parties_domain, "Join", join.message), OLD[:2])
    values = (made.address, 0, bytes.fromhex(join.identity_digest[2:]), 0, join.deadline, signature)
    kinds = ["address", "uint8", "bytes32", "uint64", "uint64", "bytes"]
    data = selector("PartyRegistry", "register") + encode(kinds, values)
    assert cast.transact(cast.registrar.address, cast.party_registry, data)["status"] == "0x1"
    cast.rpc("anvil_mine", "0x2")
    house.eventually(lambda: house.get(f"/v1/parties/{made.address}", by=OPERATOR).status_code == 200)
    return made


def entered(house: House, safe: Safe, owners: list[Person]) -> tuple[int, str]:
    """Status and token, or the rule that refused."""
    message = house.http.post("/v1/sign-in/challenges", json={"account": safe.address}).json()["message"]
    signature = "0x" + safe.sign_digest(personal_digest(message), owners).hex()
    answer = house.http.post("/v1/sign-in", json={"message": message, "signature": signature})
    return answer.status_code, answer.json().get("token") or answer.json()["rule"]


def test_a_safes_owners_sign_in_together_and_read_what_the_safe_holds(
    house: House, cast: LocalChain, safe: Safe
) -> None:
    assert entered(house, safe, OLD[:1]) == (401, "SignInRefused")
    status, token = entered(house, safe, OLD[:2])
    assert status == 201, token
    held = house.issue()
    house.act(cast.shipper, "Transfer", titleId=held, to=safe.address)
    headers = {"Authorization": f"Bearer {token}"}
    titles = house.http.get("/v1/titles", headers=headers).json()["titles"]
    assert [title["id"] for title in titles] == [held]


def test_owners_that_were_replaced_do_not_come_in_any_more(house: House, safe: Safe) -> None:
    assert safe.swap_owner(OLD[0], NEW[0], OLD[:2])
    assert safe.swap_owner(OLD[1], NEW[1], [NEW[0], OLD[1]])
    assert entered(house, safe, OLD[:2]) == (401, "SignInRefused")
    assert entered(house, safe, NEW)[0] == 201
