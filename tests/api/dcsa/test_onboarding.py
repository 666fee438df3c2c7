"""Taking carriers in: by one call or one command; certificates that rotate; custody that the carrier turns on."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ebl_service.cli.main import app
from tests.authority import Authority, self_signed
from tests.carrier_house import OPERATOR, CarrierHouse, CarrierSystem
from tests.house import TOKEN, signature


def onboarded(platform: CarrierHouse, **changes: Any) -> Any:
    given = {
        "legalName": "Another Line",
        "roles": ["CARRIER"],
        "identifyingCodes": [{"codeListProvider": "ZZZ", "partyCode": f"LINE-{platform.now()}"}],
        "custody": True,
        "certificate": platform.authority.signer("Another Line").chain,
        "callbackUrl": "https://another-line.example/dcsa",
        "governingLaw": "English law",
        "jurisdiction": "London",
    }
    return platform.ask("POST", "/v1/onboarding", {**given, **changes})


def test_only_the_operator_onboards(platform: CarrierHouse, system: CarrierSystem) -> None:
    for headers, status in (({}, 401), (system.headers, 403)):
        answer = platform.ask("POST", "/v1/onboarding", {"legalName": "A"}, headers)
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"certificate": "no certificate"}, "NotACertificate"),
        ({"certificate": Authority("Another").signer().chain}, "CertificateNotTrusted"),
        ({"callbackUrl": "ftp://carrier.example"}, "ReceiverNotAllowed"),
        ({"governingLaw": None}, "MissingField"),
        ({"callbackHeader": {"name": "Host", "value": "elsewhere"}}, "HeaderNotAllowed"),
        ({"callbackHeader": {"name": "Authorization", "value": "Bearer a\r\nHost: b"}}, "HeaderNotAllowed"),
        ({"callbackHeader": {"name": "Authorization", "value": "Bearer a"}, "callbackUrl": None}, "MissingField"),
        ({"custody": False}, "MissingField"),
        ({"identifyingCodes": [{"codeListProvider": "NMFTA", "partyCode": "ZQHM"}]}, "CodeTaken"),
    ],
)
def test_what_is_refused_leaves_nothing_on_the_ledger(
    platform: CarrierHouse, system: CarrierSystem, changes: dict[str, Any], rule: str
) -> None:
    def count() -> int:
        return len(platform.http.get("/v1/parties", params={"limit": 200}, headers=OPERATOR).json()["parties"])

    before = count()
    answer = onboarded(platform, **changes)
    assert answer.status_code in {400, 409}, answer.text
    assert answer.json()["rule"] == rule
    assert count() == before


def test_a_pinned_certificate_needs_no_root_and_certificates_rotate(platform: CarrierHouse) -> None:
    answer = onboarded(platform, certificate=self_signed().chain, pinned=True)
    assert answer.status_code == 201, answer.text
    account, first = answer.json()["account"], answer.json()["certificate"]
    assert first["pinned"]
    path = f"/v1/parties/{account}/signing-certificates"
    second = platform.ask("POST", path, {"certificate": platform.authority.signer().chain})
    assert second.status_code == 201, second.text
    own = platform.key_of(account, "platform")
    revoked = platform.ask("POST", f"{path}/{first['fingerprint']}/revoke", headers=own)
    assert revoked.status_code == 200, revoked.text
    listed = platform.ask("GET", path, headers=own).json()["certificates"]
    assert {each["fingerprint"]: each["revokedAt"] is None for each in listed} == {
        first["fingerprint"]: False,
        second.json()["fingerprint"]: True,
    }
    stranger = platform.key_of(platform.chain.bank.address, "platform")
    assert platform.ask("GET", path, headers=stranger).status_code == 403


def test_a_carrier_that_signs_for_itself_finds_what_waits_and_submits_it(platform: CarrierHouse) -> None:
    carrier = platform.chain.other_carrier
    second = platform.named["second-carrier"]
    with CarrierSystem(platform, carrier.address) as own:
        given = {
            "legalName": second["name"],
            "identifyingCodes": second["identifyingCodes"],
            "roles": ["CARRIER"],
            "account": carrier.address,
            "certificate": own.signer.chain,
            "callbackUrl": own.url,
            "governingLaw": "German law",
            "jurisdiction": "Hamburg",
        }
        assert platform.ask("POST", "/v1/onboarding", given).status_code == 201
        own.headers = platform.key_of(carrier.address, "platform", "submit", "read")
        bill = platform.bill()
        parties = dict(bill.document["documentParties"])  # type: ignore[call-overload]
        parties["issuingParty"] = parties["issuingParty"] | {"identifyingCodes": second["identifyingCodes"]}
        request = own.request(bill, document={"documentParties": parties})
        assert own.put(request).status_code == 204
        waiting = platform.ask("GET", "/v1/submissions?status=AWAITING_SIGNATURE", headers=own.headers)
        (act,) = waiting.json()["submissions"]
        assert (act["status"], act["verb"]) == ("AWAITING_SIGNATURE", "Issue")
        signed = {
            "typedData": act["typedData"],
            "signer": carrier.address,
            "signature": signature(carrier, act["typedData"]),
        }
        answer = platform.ask("POST", "/v1/submissions", {"acts": [signed]}, own.headers)
        assert answer.status_code == 202, answer.text
        (told,) = own.await_told(bill.reference)
        assert told["issuanceResponseCode"] == "ISSU"
        gone = platform.ask("GET", "/v1/submissions?status=AWAITING_SIGNATURE", headers=own.headers)
        assert gone.json()["submissions"] == []


def test_custody_is_turned_on_by_the_carriers_statement_and_every_use_is_shown(
    platform: CarrierHouse, system: CarrierSystem
) -> None:
    path = f"/v1/parties/{system.account}/custody"
    reference = system.issued()
    shown = platform.ask("GET", path, headers=system.headers).json()
    assert shown["on"]
    uses = platform.ask("GET", f"{path}/uses?limit=200", headers=system.headers).json()["uses"]
    assert {"Issue"} <= {use["verb"] for use in uses}
    assert reference not in json.dumps(uses), "a use names the title, not the bill"
    assert system.turn_custody_on(verbs=["Transfer"]).json()["rule"] == "BadMandate"
    stranger = platform.key_of(platform.chain.bank.address, "platform")
    assert platform.ask("GET", path, headers=stranger).status_code == 403
    assert platform.ask("DELETE", path, headers=system.headers).json()["on"] is False
    assert system.turn_custody_on().json()["on"]


def test_the_command_onboards(platform: CarrierHouse, tmp_path: Path) -> None:
    token, pem = tmp_path / "token", tmp_path / "certificate.pem"
    token.write_text(TOKEN + "\n")
    token.chmod(0o600)
    pem.write_text(platform.authority.signer("Command Line").chain)
    arguments = [
        *("party", "onboard", "--json", "--api", platform.url, "--token-file", str(token)),
        *("--name", "Command Line", "--role", "carrier", "--code", "ZZZ:COMMAND", "--code", "SMDG:CMD"),
        *("--custody", "--certificate", str(pem), "--callback", "https://command.example/"),
        *("--law", "English law", "--jurisdiction", "London"),
    ]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["certificate"]["subject"] == "CN=Command Line"
    again = CliRunner().invoke(app, [*arguments, "--account", told["account"]])
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["transactionHash"] is None
    wrong = CliRunner().invoke(app, [*arguments, "--code", "nothing"])
    assert wrong.exit_code == 2
