"""`ebl key sign`: an answer of /v1/typed-data, signed with a keystore, ready to be posted."""

import json
from pathlib import Path

import httpx
import pytest

from ebl_service.wallet import keystore
from tests.cli.running import House, write_secret

PASSWORD = "of some length"


@pytest.fixture
def signing(house: House, tmp_path: Path) -> list[str | Path]:
    """The options that open the shipper's keystore."""
    keystore.save(tmp_path / "shipper.json", house.keys["shipper"], PASSWORD, rounds=2)
    write_secret(tmp_path / "password", PASSWORD)
    return ["--password-file", tmp_path / "password", tmp_path / "shipper.json"]


def asked(house: House, tmp_path: Path, **body: object) -> Path:
    answer = httpx.post(f"{house.api_url}/v1/typed-data", json=body, headers=house.bearing("shipper"))
    assert answer.status_code == 200, answer.text
    (tmp_path / "asked.json").write_text(answer.text)
    return tmp_path / "asked.json"


def test_an_act_is_signed_as_submissions_take_it(house: House, tmp_path: Path, signing: list[str | Path]) -> None:
    told = house.ebl("key", "sign", *signing, asked(house, tmp_path, verb="Sign", titleId=house.issue()))
    assert told.code == 0
    assert "holder's signature" in told.err
    answer = httpx.post(f"{house.api_url}/v1/submissions", json=json.loads(told.out))
    assert answer.status_code == 202, answer.text
    assert answer.json()["submissions"][0]["signer"] == house.account("shipper")


def test_a_join_is_signed_as_the_registrars_desk_takes_it(
    house: House, tmp_path: Path, signing: list[str | Path]
) -> None:
    join = {"verb": "Join", "account": house.account("shipper"), "roles": [], "identityDigest": "0x" + "12" * 32}
    told = house.ebl("key", "sign", *signing, asked(house, tmp_path, **join))
    headers = {"Authorization": f"Bearer {house.token_file.read_text()}"}
    answer = httpx.post(f"{house.api_url}/v1/parties", json=json.loads(told.out), headers=headers)
    assert answer.json()["rule"] == "AlreadyRegistered"


@pytest.mark.parametrize("text", ["{", "{}", "[]", '{"sentence": "x", "typedData": {"domain": {}}}'])
def test_what_is_no_answer_of_the_service_is_not_signed(
    house: House, tmp_path: Path, signing: list[str | Path], text: str
) -> None:
    (tmp_path / "odd.json").write_text(text)
    assert house.ebl("key", "sign", *signing, tmp_path / "odd.json").code == 2
