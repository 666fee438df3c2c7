"""A bill's life by the command line, as README tells it, and what the exit codes say."""

import json
from pathlib import Path

import pytest

from ebl_service.domain.terms import checksummed
from ebl_service.wallet import keystore
from ebl_service.wallet.key import PartyKey
from tests.cli.conftest import Ebl, secret_file, told
from tests.house import House, fresh_digest
from tests.local_chain import LocalChain, Person

SAMPLES = Path(__file__).parent.parent.parent / "samples"


def document(tmp_path: Path, sample: str) -> Path:
    """A sample under a number that no test used."""
    content = json.loads((SAMPLES / sample).read_text())
    content["transportDocumentReference"] = fresh_digest()[2:18]
    path = tmp_path / sample
    path.write_text(json.dumps(content))
    return path


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    return secret_file(tmp_path, "carrier.secret", "the carrier's own secret")


def issued(ebl: Ebl, cast: LocalChain, tmp_path: Path, secret: Path, endorsee: Person | None) -> str:
    sample = "to-order-of-bank-shanghai-singapore.json" if endorsee else "blank-ningbo-hamburg.json"
    file, opening = document(tmp_path, sample), tmp_path / f"opening-{fresh_digest()[:8]}.json"
    given = ["--holder", cast.shipper.address, "--secret-file", str(secret), "--opening", str(opening)]
    named = ["--endorsee", endorsee.address] if endorsee else []
    submission = told(ebl("issue", str(file), *given, *named, "--json", by=cast.carrier))
    kept = json.loads(opening.read_text())
    assert opening.stat().st_mode & 0o077 == 0
    assert len(bytes.fromhex(kept["salt"][2:])) == 32
    return str(submission["titleIds"][0])


def test_every_act_has_its_command(ebl: Ebl, cast: LocalChain, tmp_path: Path, secret: Path) -> None:
    title = issued(ebl, cast, tmp_path, secret, cast.bank)
    for actor, *command in (
        (cast.shipper, "transfer", "--to", cast.bank.address),
        (cast.bank, "reject-transfer"),
        (cast.shipper, "transfer", "--to", cast.bank.address),
        (cast.bank, "endorse-to-order", "--to", cast.other_bank.address),
        (cast.other_bank, "endorse-in-blank"),
        (cast.other_bank, "endorse-in-blank", "--to", cast.forwarder.address),
        (cast.forwarder, "endorse-to-order", "--to", cast.forwarder.address),
        (cast.forwarder, "endorse", "--to", cast.consignee.address),
        (cast.consignee, "sign"),
        (cast.consignee, "request-surrender"),
        (cast.carrier, "reject-surrender"),
        (cast.consignee, "request-surrender", "--purpose", "amendment", "--reason", "COD"),
        (cast.carrier, "accept-surrender"),
    ):
        name, *options = command
        done = told(ebl(name, title, *options, "--json", by=actor))
        assert done["state"] in {"INCLUDED", "FINAL"}
    reference = json.loads(next(tmp_path.glob("opening-*.json")).read_text())["transportDocumentReference"]
    amended = tmp_path / "amended.json"
    content = json.loads((tmp_path / "to-order-of-bank-shanghai-singapore.json").read_text())
    assert content["transportDocumentReference"] == reference
    amended.write_text(json.dumps({**content, "transportDocumentSubReference": "Version_2"}))
    given = ["--document", str(amended), "--endorsee", cast.bank.address]
    where = ["--secret-file", str(secret), "--openings", str(tmp_path / "openings")]
    told(ebl("replace", title, *given, *where, "--json", by=cast.carrier))
    assert told(ebl("show", title, "--json"))["status"] == "REPLACED"
    assert "Replaced" in ebl("history", title).stdout


def test_what_is_signed_is_said_and_what_became_of_it(ebl: Ebl, cast: LocalChain, tmp_path: Path, secret: Path) -> None:
    title = issued(ebl, cast, tmp_path, secret, None)
    result = ebl("transfer", title, "--to", cast.bank.address, by=cast.shipper)
    assert f"Pass possession of title {title} on to {checksummed(cast.bank.address)}" in result.stderr.replace(
        "\n", " "
    )
    assert "INCLUDED" in result.stdout or "FINAL" in result.stdout
    shown = ebl("show", title).stdout
    assert checksummed(cast.bank.address) in shown
    assert "nobody (blank)" in shown
    assert title in ebl("titles", "--holder", cast.bank.address, "--status", "issued", "--json").stdout
    assert "ISSUED" in ebl("titles", "--carrier", cast.carrier.address).stdout
    assert "SurrenderNotPending" in ebl("allowed", title, "--party", cast.bank.address).stdout
    assert "TRANSFER" in ebl("history", title, "--carrier-view").stdout


def test_without_waiting_a_submission_is_printed_as_it_stands(ebl: Ebl, house: House, cast: LocalChain) -> None:
    done = told(ebl("sign", house.issue(), "--wait", "0", "--json", by=cast.shipper))
    assert done["state"] == "PREPARED"


def test_exit_codes_say_what_kind_of_error_it_was(ebl: Ebl, house: House, cast: LocalChain) -> None:
    title = house.issue()
    assert ebl("transfer", title, "--to", "0x12", by=cast.shipper).exit_code == 2
    assert ebl("sign", title, by=cast.stranger).exit_code == 3
    assert ebl("sign", title, by=cast.bank).exit_code == 4
    assert ebl("show", "0x" + "11" * 32).exit_code == 5
    assert ebl("show", title, "--api", "http://127.0.0.1:9").exit_code == 6
    assert ebl("sign", title).exit_code == 2


def test_errors_are_json_where_json_is_asked_for(ebl: Ebl, house: House, cast: LocalChain) -> None:
    result = ebl("sign", house.issue(), "--json", by=cast.bank)
    error = json.loads(result.stderr)
    assert error["error"] == "NotHolder"
    assert error["hint"]
    assert result.stdout == ""


def test_a_keystore_opens_with_the_password_that_is_typed(
    ebl: Ebl, house: House, cast: LocalChain, tmp_path: Path
) -> None:
    file, title = tmp_path / "shipper.json", house.issue()
    keystore.save(file, cast.shipper.key, "correct horse", rounds=2)
    assert ebl("sign", title, "--keystore", str(file), given="correct horse\n").exit_code == 0
    assert ebl("sign", title, "--keystore", str(file), given="wrong horse\n").exit_code == 3


def test_joining_and_the_registrars_desk(ebl: Ebl, house: House, tmp_path: Path) -> None:
    somebody = Person("somebody", PartyKey.random())
    out = tmp_path / "join.json"
    join = ["party", "join", "--identity", fresh_digest(), "--role", "terminal"]
    assert ebl(*join, "--out", str(out), by=somebody).exit_code == 0
    assert ebl("party", "register", str(out)).exit_code == 0
    house.await_party(somebody)
    account = checksummed(somebody.address)
    assert account in ebl("party", "list").stdout.replace("\n", "")
    listed = [json.loads(line) for line in ebl("party", "list", "--json").stdout.splitlines()]
    assert next(party for party in listed if party["account"] == account)["roles"] == ["TERMINAL"]
    assert "Suspended" in ebl("party", "suspend", account).stdout
    assert told(ebl("party", "reinstate", account, "--json"))["account"] == account
    (tmp_path / "odd.json").write_text("{")
    assert ebl("party", "register", str(tmp_path / "odd.json")).exit_code == 2
    assert told(ebl(*join, by=somebody))["typedData"]["primaryType"] == "Join"


def test_the_document_and_the_endorsee_must_fit(ebl: Ebl, cast: LocalChain, tmp_path: Path, secret: Path) -> None:
    file = document(tmp_path, "blank-ningbo-hamburg.json")
    given = ["--holder", cast.shipper.address, "--secret-file", str(secret), "--opening", str(tmp_path / "o.json")]
    assert ebl("issue", str(file), *given, "--endorsee", cast.bank.address, by=cast.carrier).exit_code == 2
    (tmp_path / "odd.json").write_text("[]")
    assert ebl("issue", str(tmp_path / "odd.json"), *given, by=cast.carrier).exit_code == 2
    assert ebl("issue", str(tmp_path / "none.json"), *given, by=cast.carrier).exit_code == 2
    assert not (tmp_path / "o.json").exists()


def test_events_are_watched(ebl: Ebl, house: House) -> None:
    title = house.issue()
    lines = [json.loads(line) for line in ebl("watch", "--no-follow", "--json").stdout.splitlines()]
    assert any(line.get("titleId") == title for line in lines)
    assert "Registered" in ebl("watch", "--no-follow").stdout
    assert ebl("watch", "--no-follow", "--after", "never").exit_code == 2
