"""`ebl api-key`, `ebl grant` and what belongs to them: keys for machines, who may read beside the parties, who did."""

import json
import stat
from pathlib import Path

import httpx

from tests.cli.running import House


def key_in(file: Path) -> dict[str, str]:
    return {"Authorization": f"Bearer {file.read_text().strip()}"}


def test_a_key_is_written_to_a_file_of_its_owners_shown_without_its_secret_and_ended(
    house: House, tmp_path: Path
) -> None:
    out = tmp_path / "machine.key"
    made = house.act("bank", "api-key", "make", "--name", "a machine", "--scope", "read", "--days", "2", "--out", out)
    assert made.code == 0, made.err
    secret = out.read_text().strip()
    assert secret not in made.out + made.err
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert made.answer["scopes"] == ["read"]
    assert httpx.get(f"{house.api_url}/v1/titles", headers=key_in(out)).status_code == 200
    listed = house.act("bank", "api-key", "list").lines
    (mine,) = [each for each in listed if each["apiKeyId"] == made.answer["apiKeyId"]]
    assert mine["lastUsedAt"] is not None
    assert secret not in json.dumps(listed)
    shown = house.ebl("api-key", "list", by="bank").out
    assert "a machine" in shown
    assert house.act("shipper", "api-key", "revoke", made.answer["apiKeyId"]).code == 5, "another's key is as none"
    ended = house.ebl("api-key", "revoke", made.answer["apiKeyId"], by="bank")
    assert f"Ended key {made.answer['apiKeyId']}, a machine" in ended.out
    assert httpx.get(f"{house.api_url}/v1/titles", headers=key_in(out)).status_code == 401


def test_a_key_is_not_written_over_another_file_and_has_no_unheard_of_scope(house: House, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("kept")
    asked = ("api-key", "make", "--name", "a machine", "--out")
    assert house.act("bank", *asked, there, "--scope", "read").code == 2
    assert there.read_text() == "kept"
    fresh = tmp_path / "fresh"
    assert house.act("bank", *asked, fresh, "--scope", "everything").code == 2
    assert house.act("bank", *asked, fresh, "--scope", "operate").code == 3
    assert not fresh.exists()


def test_the_operator_makes_a_key_for_a_party_and_sees_all(house: House, tmp_path: Path) -> None:
    out, desk = tmp_path / "carrier.key", ("--token-file", house.token_file, "--json")
    made = house.ebl(
        *("api-key", "make", "--name", "its system", "--scope", "platform", "--scope", "read", "--out", out),
        *("--account", house.account("carrier"), *desk),
    )
    assert made.code == 0, made.err
    assert made.answer["account"] == house.account("carrier")
    assert made.answer["apiKeyId"] in [each["apiKeyId"] for each in house.ebl("api-key", "list", *desk).lines]
    own = httpx.get(f"{house.api_url}/v1/parties/{house.account('carrier')}/custody", headers=key_in(out))
    assert own.status_code == 200
    assert house.ebl("api-key", "revoke", made.answer["apiKeyId"], *desk).code == 0


def test_a_grant_lends_sight_of_a_title_until_it_is_ended(house: House) -> None:
    title = house.issue()
    house.await_final(title)
    to = ("--to", house.account("insurer"))
    assert house.ebl("show", title, by="insurer").code == 5
    assert house.act("bank", "grant", title, *to).code == 5, "who stands on nothing grants nothing"
    given = house.ebl("grant", title, *to, "--days", "3", by="shipper")
    assert f"{house.account('insurer')} may read {title}" in given.out
    (grant,) = [each for each in house.act("insurer", "grants").lines if each["titleId"] == title]
    assert grant["granter"] == house.account("shipper")
    assert house.account("shipper") in house.ebl("grants", by="insurer").out
    assert house.ebl("document", "show", title, by="insurer").code == 0
    (read,) = house.act("shipper", "who-read", title).lines
    assert (read["reader"], read["grantedBy"]) == (house.account("insurer"), house.account("shipper"))
    assert house.account("insurer") in house.ebl("who-read", title, by="shipper").out
    assert house.act("insurer", "revoke-grant", str(grant["grantId"])).code == 5
    ended = house.ebl("revoke-grant", str(grant["grantId"]), by="shipper")
    assert f"Ended grant {grant['grantId']} to {house.account('insurer')}" in ended.out
    assert house.ebl("show", title, by="insurer").code == 5


def test_what_became_of_a_surrender_is_shown_to_who_asked(house: House) -> None:
    title = house.issue()
    house.done("shipper", "request-surrender", title, "--purpose", "delivery")
    house.await_final(title)
    (asked,) = house.act("shipper", "surrender-requests", title).answer["surrenderRequests"]
    assert (asked["purpose"], asked["outcome"], asked["comments"]) == ("DELIVERY", "WAITING", None)
    house.done("carrier", "reject-surrender", title)
    house.await_final(title)
    assert "REJECTED" in house.ebl("surrender-requests", title, by="shipper").out
    assert house.ebl("surrender-requests", title, by="bank").code == 5
