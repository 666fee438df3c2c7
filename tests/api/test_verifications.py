"""Copies checked over HTTP by anybody: what is answered, what is refused, and what is never said."""

import json
from base64 import b64encode

import pytest

from tests.house import House
from tests.issued_bill import IssuedBill
from tests.local_chain import LocalChain
from tests.printing.prints import sample


@pytest.fixture(scope="module")
def bill(house: House, cast: LocalChain) -> IssuedBill:
    made = IssuedBill(cast, sample("chinese-latin-qingdao-antwerp"), "over http").issue(cast.shipper)
    house.eventually(lambda: asked(house, made.pdf)["verdict"] != "unknown")
    return made


def asked(house: House, content: bytes, **more: object) -> dict[str, object]:
    answer = house.post("/v1/verifications", {"file": b64encode(content).decode(), **more})
    assert answer.status_code == 200, answer.text
    told: dict[str, object] = answer.json()
    return told


def test_a_print_is_genuine_without_sign_in_and_its_holder_is_not_named(house, cast, bill):
    told = asked(house, bill.pdf)
    assert told["verdict"] == "genuine"
    title = told["title"]
    assert (title["status"], title["version"], title["isReplaced"]) == ("ISSUED", 0, False)
    assert title["carrier"].lower() == cast.carrier.address
    assert title["carrierName"] is None  # nobody told the names of this cast
    assert title["carrierCheck"] == "codes_unknown"
    assert "could not be checked" in title["carrierCheckDetail"]
    assert cast.shipper.address[2:] not in json.dumps(told).lower()


def test_a_document_needs_its_opening(house, bill):
    assert asked(house, bill.json, opening=bill.opening)["verdict"] == "genuine"
    refused = house.post("/v1/verifications", {"file": b64encode(bill.json).decode()})
    assert (refused.status_code, refused.json()["rule"]) == (400, "BadOpening")


def test_changed_copies_are_altered_and_nothing_is_said_of_the_title(house, bill):
    for content, more in ((bill.pdf + b" ", {}), (bill.json[:-1] + b',"x":1}', {"opening": bill.opening})):
        told = asked(house, content, **more)
        assert (told["verdict"], told["title"]) == ("altered", None)
    wrong = bill.opening | {"salt": "0x" + "00" * 32}
    assert asked(house, bill.json, opening=wrong)["verdict"] == "altered"


def test_a_bill_of_another_ledger_is_unknown(house, cast):
    never = IssuedBill(cast, sample("blank-ningbo-hamburg"), "never issued")
    assert asked(house, never.pdf) == {
        "verdict": "unknown",
        "reason": "ledger_has_no_such_title",
        "detail": "This ledger has no title of that id.",
        "title": None,
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"file": "not base64!"}, 400),
        ({"file": 7}, 400),
        ({"file": "é"}, 400),
        ({"file": b64encode(b"%PDF-1.7 nothing of ours").decode()}, 400),
        ({"file": "", "opening": {"titleId": "0x12", "salt": "0x", "record": "{}"}}, 400),
        ({"file": "", "more": 1}, 400),
    ],
)
def test_requests_that_are_malformed_are_refused(house, body, status):
    assert house.post("/v1/verifications", body).status_code == status


def test_a_file_is_bounded(house):
    too_large = b64encode(b"%PDF-" + bytes(13 * 1024 * 1024)).decode()
    assert house.post("/v1/verifications", {"file": too_large}).status_code == 413
