"""`ebl party`: joining, and the registrar's desk."""

import json

import pytest

from tests.cli.running import CAST, House, eventually

IDENTITY = "0x" + "ab" * 32


def _standing(house: House, name: str) -> bool:
    listed = house.parties()
    return next(each["isSuspended"] for each in listed if each["account"] == house.account(name))


def test_the_cast_that_joined_is_listed_in_the_order_of_joining(house: House) -> None:
    listed = house.parties()
    assert [each["account"] for each in listed] == [house.account(name) for name in CAST]
    assert [each["number"] for each in listed] == list(range(1, len(CAST) + 1))
    assert listed[0]["roles"] == ["CARRIER"]
    assert sorted(listed[2]["roles"]) == ["CUSTOMS", "TERMINAL"]


def test_a_join_is_signed_and_printed_for_the_registrar(house: House) -> None:
    told = house.act("stranger", "party", "join", "--identity", IDENTITY, "--role", "insurer")
    assert told.code == 0
    assert told.answer["typedData"]["primaryType"] == "Join"
    assert len(told.answer["signature"]) == 2 + 130
    assert house.keys["stranger"].secret.hex() not in told.out + told.err


def test_people_are_told_where_the_signed_join_is(house: House, tmp_path) -> None:
    out = tmp_path / "join.json"
    told = house.ebl(*("party", "join", "--identity", IDENTITY, "--key-file", house.key_file("stranger"), "--out", out))
    assert told.code == 0
    assert f"Signed join written to {out}" in told.out
    assert house.account("stranger") in told.err


def test_a_join_that_cannot_be_written_is_malformed(house: House, tmp_path) -> None:
    out = tmp_path / "no folder" / "join.json"
    told = house.act("stranger", "party", "join", "--identity", IDENTITY, "--out", out)
    assert told.code == 2
    assert "cannot be written" in told.fault["detail"]


@pytest.mark.parametrize(
    "arguments", [("--identity", "0x12"), ("--identity", IDENTITY, "--role", "pirate"), ("--identity", "")]
)
def test_a_join_with_a_malformed_identity_or_role_is_malformed(house: House, arguments: tuple[str, ...]) -> None:
    assert house.act("stranger", "party", "join", *arguments).code == 2


def test_registering_who_is_registered_already_is_refused(house: House) -> None:
    told = house.ebl(*("party", "register", house.folder / "shipper.join", "--token-file", house.token_file, "--json"))
    assert told.code == 4


def test_registering_a_join_that_another_key_signed_is_refused(house: House, tmp_path) -> None:
    theirs = house.act("stranger", "party", "join", "--identity", IDENTITY).answer
    other = house.act("relayer", "party", "join", "--identity", IDENTITY).answer
    forged = tmp_path / "forged.join"
    forged.write_text(json.dumps(theirs | {"signature": other["signature"]}))
    told = house.ebl("party", "register", forged, "--token-file", house.token_file, "--json")
    assert told.code in {3, 4}
    assert len(house.parties()) == len(CAST)


@pytest.mark.parametrize("content", [None, "nonsense", "[]", "{}"])
def test_registering_what_is_no_signed_join_is_malformed(house: House, tmp_path, content: str | None) -> None:
    file = tmp_path / "file.join"
    if content is not None:
        file.write_text(content)
    assert house.ebl("party", "register", file, "--token-file", house.token_file).code == 2


def test_a_suspended_party_receives_nothing_until_it_is_reinstated(house: House) -> None:
    title = house.issue()
    desk = ("--token-file", house.token_file)
    told = house.ebl("party", "suspend", house.account("terminal"), *desk, "--json")
    assert told.code == 0
    assert told.answer["account"] == house.account("terminal")
    eventually(lambda: _standing(house, "terminal"))
    assert "suspended" in house.ebl("party", "list", "--token-file", house.token_file).out
    refused = house.act("shipper", "transfer", title, "--to", house.account("terminal"))
    assert refused.code == 4
    told = house.ebl("party", "reinstate", house.account("terminal"), *desk)
    assert told.code == 0
    assert told.out.startswith(f"Reinstated {house.account('terminal')} by transaction 0x")
    eventually(lambda: not _standing(house, "terminal"))
    house.done("shipper", "transfer", title, "--to", house.account("terminal"))


def test_the_desk_is_closed_without_its_token_and_with_a_wrong_one(house: House) -> None:
    for desk, error in (((), "OperatorOnly"), (("--token-file", house.secret_file), "TokenRefused")):
        told = house.ebl("party", "suspend", house.account("shipper"), *desk, "--json")
        assert (told.code, told.fault["error"]) == (3, error)
        assert "what only the carrier knows" not in told.err


def test_suspending_nobody_and_what_is_no_account_fails(house: House) -> None:
    desk = ("--token-file", house.token_file, "--json")
    assert house.ebl("party", "suspend", house.account("stranger"), *desk).code in {4, 5}
    assert house.ebl("party", "suspend", "0x12", *desk).code == 2


def test_a_party_is_found_by_its_code_so_that_a_bill_can_be_passed_to_it(house: House) -> None:
    found = house.ebl("party", "find", "ZZZ:bank", "--json")
    assert found.answer["account"] == house.account("bank")
    assert f"{house.account('bank')} is bank" in house.ebl("party", "find", "ZZZ:bank", by="shipper").out
    assert house.ebl("party", "find", "ZZZ:ban").code == 5
    assert house.ebl("party", "find", "ZZZ").code == 2
