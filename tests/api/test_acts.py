"""Typed data and submissions: from asking to the block."""

import time

import pytest

from tests.house import House, fresh_digest, signature
from tests.local_chain import LocalChain


def test_typed_data_says_in_words_what_is_signed(house: House, cast: LocalChain) -> None:
    title_id = house.issue()
    told = house.prepare(verb="Transfer", titleId=title_id, to=cast.bank.address)
    assert told["sentence"].startswith(f"Pass possession of title {title_id} on to 0x")
    assert "The signature counts until" in told["sentence"]
    assert told["sequences"] == [1]
    assert told["titleIds"] == [title_id]
    assert told["typedData"]["message"]["sequence"] == 1
    assert told["typedData"]["message"]["deadline"] == told["deadline"]
    assert 3500 < told["deadline"] - time.time() <= 3600


def test_typed_data_is_what_eth_account_signs_too(house: House, cast: LocalChain) -> None:
    from eth_account import Account
    from eth_account.messages import encode_typed_data

    title_id = house.issue(endorsee=cast.bank)
    data = house.prepare(verb="Transfer", titleId=title_id, to=cast.bank.address)["typedData"]
    signed = Account.sign_message(encode_typed_data(full_message=data), cast.shipper.key.secret)
    assert "0x" + signed.signature.hex().removeprefix("0x") == signature(cast.shipper, data)


def test_typed_data_with_types_as_given_out_is_taken(house: House, cast: LocalChain) -> None:
    signed = house.sign(cast.shipper, verb="Sign", titleId=house.issue())
    assert "types" in signed["typedData"]
    assert house.submit(signed).status_code == 202


def test_typed_data_without_types_is_taken(house: House, cast: LocalChain) -> None:
    signed = house.sign(cast.shipper, verb="Sign", titleId=house.issue())
    del signed["typedData"]["types"]
    assert house.submit(signed).status_code == 202


def test_a_submission_is_a_promise_that_is_kept(house: House, cast: LocalChain) -> None:
    signed = house.sign(cast.carrier, verb="Issue", **house.bill())
    answer = house.submit(signed)
    assert answer.status_code == 202
    submission = answer.json()["submissions"][0]
    assert answer.headers["location"] == f"/v1/submissions/{submission['id']}"
    assert submission["state"] == "PREPARED"
    assert not submission["isTerminal"]
    house.eventually(lambda: house.get(answer.headers["location"]).json()["state"] in {"INCLUDED", "FINAL"})
    landed = house.get(answer.headers["location"]).json()
    assert landed["transactionHash"]
    assert landed["blockNumber"] is not None


def test_an_act_is_final_once_it_has_its_confirmations(house: House, cast: LocalChain) -> None:
    submission = house.act(cast.carrier, "Issue", **house.bill())
    cast.rpc("anvil_mine", "0x2")
    house.eventually(lambda: house.get(f"/v1/submissions/{submission['id']}").json()["state"] == "FINAL")
    final = house.get(f"/v1/submissions/{submission['id']}", wait=1).json()
    assert final["isTerminal"]
    title = house.get(f"/v1/titles/{submission['titleIds'][0]}").json()
    assert title["finality"] == "final"


def test_many_acts_are_taken_at_once(house: House, cast: LocalChain) -> None:
    signed = [house.sign(cast.carrier, verb="Issue", **house.bill()) for _ in range(5)]
    submissions = house.submit(*signed).json()["submissions"]
    assert len({each["id"] for each in submissions}) == 5
    for each in submissions:
        house.eventually(lambda at=each["id"]: house.get(f"/v1/submissions/{at}").json()["blockNumber"] is not None)


def test_all_acts_of_a_request_are_taken_or_none(house: House, cast: LocalChain) -> None:
    title_id = house.issue()
    good = house.sign(cast.carrier, verb="Issue", **house.bill())
    bad = house.sign(cast.bank, verb="Sign", titleId=title_id)
    problem = house.submit(good, bad).json()
    assert problem["rule"] == "NotHolder"
    assert problem["details"]["index"] == 1
    made = house.get(f"/v1/titles/{good['typedData']['message']['titleId']}")
    assert made.status_code == 404


def test_the_same_idempotency_key_gets_the_same_answer(house: House, cast: LocalChain) -> None:
    body = {"acts": [house.sign(cast.carrier, verb="Issue", **house.bill())]}
    first = house.post("/v1/submissions", body, **{"Idempotency-Key": "a-key"})
    again = house.post("/v1/submissions", body, **{"Idempotency-Key": "a-key"})
    assert first.status_code == again.status_code == 202
    assert first.json()["submissions"][0]["id"] == again.json()["submissions"][0]["id"]
    other = {"acts": [house.sign(cast.carrier, verb="Issue", **house.bill())]}
    refused = house.post("/v1/submissions", other, **{"Idempotency-Key": "a-key"})
    assert (refused.status_code, refused.json()["rule"]) == (422, "IdempotencyKeyReused")


def test_two_callers_may_use_one_idempotency_key(house: House, cast: LocalChain) -> None:
    title_id = house.issue()
    key = {"Idempotency-Key": "theirs"}
    issue = {"acts": [house.sign(cast.carrier, verb="Issue", **house.bill())]}
    sign = {"acts": [house.sign(cast.shipper, verb="Sign", titleId=title_id)]}
    for by, body in ((cast.carrier, issue), (cast.shipper, sign)):
        assert house.post("/v1/submissions", body, by, **key).status_code == 202


def test_who_is_nobody_in_particular_has_its_signers_idempotency_keys(house: House, cast: LocalChain) -> None:
    title_id, key = house.issue(), {"Idempotency-Key": "nobodys"}
    acts = [house.sign(cast.carrier, verb="Issue", **house.bill()) for _ in range(2)]
    issue, another = ({"acts": [each]} for each in acts)
    sign = {"acts": [house.sign(cast.shipper, verb="Sign", titleId=title_id)]}
    answers = [house.post("/v1/submissions", body, None, **key) for body in (issue, sign, another, issue)]
    assert [each.status_code for each in answers] == [202, 202, 422, 202]


def test_a_whole_life_every_act(house: House, cast: LocalChain) -> None:
    title_id = house.issue(endorsee=cast.shipper)
    on = {"titleId": title_id}
    house.act(cast.shipper, "EndorseToOrder", to=cast.bank.address, **on)
    house.act(cast.bank, "RejectTransfer", **on)
    house.act(cast.shipper, "EndorseToOrder", to=cast.bank.address, **on)
    house.act(cast.bank, "Sign", **on)
    house.act(cast.bank, "EndorseInBlank", to=None, **on)
    house.act(cast.bank, "Transfer", to=cast.other_bank.address, **on)
    house.act(cast.other_bank, "EndorseToOrder", to=cast.other_bank.address, **on)
    house.act(cast.other_bank, "Endorse", to=cast.consignee.address, **on)
    house.act(cast.consignee, "RequestSurrender", purpose="DELIVERY", **on)
    house.act(cast.carrier, "RejectSurrender", **on)
    house.act(cast.consignee, "RequestSurrender", purpose="AMENDMENT", reason="COD", **on)
    house.act(cast.carrier, "AcceptSurrender", **on)
    reference = house.get(f"/v1/titles/{title_id}").json()["referenceDigest"]
    made = {
        "endorsee": None,
        "isToOrder": True,
        "version": 1,
        "referenceDigest": reference,
        "commitment": fresh_digest(),
    }
    house.act(cast.carrier, "Replace", carrier=cast.carrier.address, oldIds=[title_id], newTitles=[made])
    old = house.get(f"/v1/titles/{title_id}").json()
    assert old["status"] == "REPLACED"
    (new_id,) = old["replacedBy"]
    new = house.get(f"/v1/titles/{new_id}").json()
    assert (new["holder"].lower(), new["version"], new["replaces"]) == (cast.consignee.address, 1, [title_id])


def test_an_unanswered_surrender_can_be_withdrawn_after_the_answer_period(house: House, cast: LocalChain) -> None:
    title_id = house.issue()
    house.act(cast.shipper, "RequestSurrender", titleId=title_id, purpose="PAPER", reason="SWTP")
    signed = house.sign(cast.shipper, verb="WithdrawSurrender", titleId=title_id)
    assert house.submit(signed).json()["rule"] == "AnswerPeriodRunning"


@pytest.mark.parametrize(
    ("verb", "arguments", "rule"),
    [
        ("Transfer", {"to": "shipper"}, "AlreadyHolder"),
        ("Transfer", {"to": "stranger"}, "RecipientNotRegistered"),
        ("Transfer", {"to": "carrier"}, "CarrierCannotReceive"),
        ("AcceptSurrender", {}, "SurrenderNotPending"),
        ("RejectTransfer", {}, "NothingToReject"),
    ],
)
def test_a_refused_act_says_why_before_it_costs_gas(
    house: House, cast: LocalChain, verb: str, arguments: dict[str, str], rule: str
) -> None:
    title_id = house.issue()
    named = {name: cast.people[value].address for name, value in arguments.items()}
    answer = house.submit(house.sign(cast.shipper, verb=verb, titleId=title_id, **named))
    assert (answer.status_code, answer.json()["rule"]) == (409, rule)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["hint"]


def test_the_signature_of_another_key_is_refused(house: House, cast: LocalChain) -> None:
    signed = house.sign(cast.shipper, verb="Sign", titleId=house.issue())
    signed["signature"] = signature(cast.bank, signed["typedData"])
    answer = house.submit(signed)
    assert (answer.status_code, answer.json()["rule"]) == (409, "InvalidSignature")


def test_acts_are_relayed_for_registered_parties_only(house: House, cast: LocalChain) -> None:
    answer = house.submit(house.sign(cast.stranger, verb="Sign", titleId=house.issue()))
    assert (answer.status_code, answer.json()["rule"]) == (403, "SignerNotRegistered")


def test_a_stale_sequence_is_refused(house: House, cast: LocalChain) -> None:
    title_id = house.issue()
    stale = house.sign(cast.shipper, verb="Transfer", titleId=title_id, to=cast.bank.address)
    house.act(cast.shipper, "Sign", titleId=title_id)
    problem = house.submit(stale).json()
    assert problem["rule"] == "StaleSequence"
    assert (problem["details"]["current"], problem["details"]["given"]) == (2, 1)
