"""Every act command once as it should go, and the refusals a person is likely to meet."""

import json

import pytest

from tests.cli.running import ANSWER_PERIOD, BLANK, ROOT, STRAIGHT, TO_ORDER, House
from voyage.documents import bills, divided

NO_TITLE = "0x" + "12" * 32


def test_issue_puts_the_title_in_the_shippers_hands_and_keeps_what_opens_it(house: House) -> None:
    document = house.document(BLANK)
    opening = house.folder / "kept" / "opening.json"
    told = house.act(
        "carrier",
        *("issue", document, "--holder", house.account("shipper"), *house.record),
        *("--secret-file", house.secret_file, "--opening", opening),
    )
    assert told.code == 0
    assert told.answer["state"] in {"INCLUDED", "FINAL"}
    title = house.shown(told.answer["titleIds"][0])
    assert (title["holder"], title["carrier"]) == (house.account("shipper"), house.account("carrier"))
    assert title["isBlank"]
    assert opening.stat().st_mode & 0o777 == 0o600
    kept = json.loads(opening.read_text())
    assert kept["transportDocumentReference"] == json.loads(document.read_text())["transportDocumentReference"]
    assert len(kept["salt"]) == 66


def test_issue_of_the_same_reference_twice_is_refused(house: House) -> None:
    document = house.document(BLANK)
    assert house.act("carrier", *house.issuing(document)).code == 0
    again = house.act("carrier", *house.issuing(document, holder="bank"))
    assert (again.code, again.fault["error"]) == (4, "TitleExists")


def test_issue_by_who_is_no_carrier_is_refused(house: House) -> None:
    told = house.act("shipper", *house.issuing(house.document(BLANK)))
    assert (told.code, told.fault["error"]) == (3, "RoleMissing")
    assert told.fault["hint"]


@pytest.mark.parametrize(("sample", "endorsee"), [(BLANK, "bank"), (STRAIGHT, "bank")])
def test_issue_to_another_than_the_document_says_is_malformed(house: House, sample: str, endorsee: str) -> None:
    told = house.act("carrier", *house.issuing(house.document(sample), endorsee))
    assert told.code == 2
    assert f"not to {house.account('bank')}" in told.fault["detail"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ('{"transportDocumentReference": 7}', "has no transportDocumentReference"),
        ('{"transportDocumentReference": "A"}', "documentParties: "),
    ],
)
def test_issue_of_what_is_no_transport_document_is_malformed(house: House, tmp_path, content: str, said: str) -> None:
    document = tmp_path / "document.json"
    document.write_text(content)
    told = house.act("carrier", *house.issuing(document))
    assert told.code == 2
    assert said in told.fault["detail"]


def test_issue_never_overwrites_what_opens_another_title(house: House) -> None:
    arguments = house.issuing(house.document(BLANK))
    assert house.act("carrier", *arguments).code == 0
    told = house.act("carrier", *arguments)
    assert told.code == 2
    assert told.fault["hint"] == "Name a file that is not there yet."


def test_an_opening_under_a_file_is_malformed(house: House) -> None:
    document = house.document(BLANK)
    told = house.act(
        "carrier",
        *("issue", document, "--holder", house.account("shipper"), *house.record),
        *("--secret-file", house.secret_file, "--opening", document / "opening.json"),
    )
    assert told.code == 2
    assert "cannot be written" in told.fault["detail"]


def test_transfer_passes_possession_and_reject_transfer_sends_it_back(house: House) -> None:
    title = house.issue()
    sent = house.done("shipper", "transfer", title, "--to", house.account("bank"))
    assert (sent["verb"], sent["titleIds"], sent["refusal"]) == ("Transfer", [title], None)
    assert house.shown(title)["holder"] == house.account("bank")
    house.done("bank", "reject-transfer", title)
    assert house.shown(title)["holder"] == house.account("shipper")


def test_endorsements_name_the_next_endorsee_until_one_may_not_endorse_further(house: House) -> None:
    title = house.issue()
    house.done("shipper", "endorse-to-order", title, "--to", house.account("bank"))
    house.done("bank", "endorse", title, "--to", house.account("consignee"))
    shown = house.shown(title)
    assert shown["endorsee"] == shown["holder"] == house.account("consignee")
    assert not shown["mayEndorse"]
    told = house.act("consignee", "endorse-to-order", title, "--to", house.account("bank"))
    assert told.code == 4


def test_endorse_in_blank_keeps_the_bill_or_hands_it_over(house: House) -> None:
    title, other = house.issue(), house.issue()
    house.done("shipper", "endorse-in-blank", title)
    house.done("shipper", "endorse-in-blank", other, "--to", house.account("bank"))
    assert [house.shown(each)["isBlank"] for each in (title, other)] == [True, True]
    assert house.shown(title)["holder"] == house.account("shipper")
    assert house.shown(other)["holder"] == house.account("bank")


def test_sign_puts_the_holders_signature_on_record(house: House) -> None:
    title = house.issue()
    house.done("shipper", "sign", title)
    assert house.shown(title)["sequence"] == 2


def test_a_requested_surrender_is_rejected_asked_again_and_accepted(house: House) -> None:
    title = house.issue(STRAIGHT, "consignee", holder="consignee")
    house.done("consignee", "request-surrender", title)
    assert house.shown(title)["status"] == "PENDING_SURRENDER_FOR_DELIVERY"
    house.done("carrier", "reject-surrender", title)
    assert house.shown(title)["status"] == "ISSUED"
    house.done("consignee", "request-surrender", title, "--purpose", "delivery", "--reason", "SWI")
    house.done("carrier", "accept-surrender", title)
    assert house.shown(title)["status"] == "SURRENDERED_FOR_DELIVERY"


def test_withdraw_surrender_is_refused_until_the_carrier_had_time_to_answer(house: House) -> None:
    title = house.issue()
    house.done("shipper", "request-surrender", title, "--purpose", "paper")
    assert house.act("shipper", "withdraw-surrender", title).code == 4
    house.outlast(ANSWER_PERIOD + 1)
    house.done("shipper", "withdraw-surrender", title)
    assert house.shown(title)["status"] == "ISSUED"


def test_request_surrender_for_an_unknown_purpose_is_malformed(house: House) -> None:
    assert house.act("shipper", "request-surrender", house.issue(), "--purpose", "fun").code == 2


def test_replace_divides_a_bill_surrendered_for_amendment(house: House) -> None:
    (whole,) = bills(ROOT / "samples" / f"{TO_ORDER}.json")
    title = house.issue()
    house.done("shipper", "request-surrender", title, "--purpose", "amendment")
    house.done("carrier", "accept-surrender", title)
    parts = [house.written(part) for part in divided(whole)]
    openings = house.folder / f"openings-{title}"
    replaced = house.done(
        "carrier",
        *("replace", title, "--secret-file", house.secret_file, "--openings", openings, *house.record),
        *("--document", parts[0], "--document", parts[1]),
    )
    assert replaced["verb"] == "Replace"
    assert house.shown(title)["status"] == "REPLACED"
    assert len(house.shown(title)["replacedBy"]) == len(list(openings.iterdir())) == 2


def test_replace_amends_a_bill_as_its_next_version(house: House) -> None:
    reference = "AMENDED00001"
    document = house.document(BLANK, reference)
    title = house.done("carrier", *house.issuing(document))["titleIds"][0]
    house.done("shipper", "request-surrender", title, "--purpose", "amendment")
    house.done("carrier", "accept-surrender", title)
    house.done(
        "carrier",
        *("replace", title, "--secret-file", house.secret_file, *house.record),
        *("--document", house.document(BLANK, reference)),
    )
    (amended,) = house.shown(title)["replacedBy"]
    assert house.shown(amended)["version"] == 1


def test_a_division_that_loses_goods_is_refused_before_it_costs_gas(house: House) -> None:
    (whole,) = bills(ROOT / "samples" / f"{TO_ORDER}.json")
    title = house.issue()
    house.done("shipper", "request-surrender", title, "--purpose", "amendment")
    house.done("carrier", "accept-surrender", title)
    first, _ = divided(whole)
    told = house.act(
        "carrier",
        *("replace", title, *house.record),
        *("--document", house.written(first), "--document", house.document(BLANK)),
    )
    assert (told.code, told.fault["error"]) == (4, "TitleDiffers")
    assert "the container is lost" in told.fault["detail"]


def test_an_act_by_who_does_not_hold_the_bill_is_refused_with_the_contracts_error(house: House) -> None:
    title = house.issue(STRAIGHT, "consignee")
    told = house.act("consignee", "transfer", title, "--to", house.account("bank"))
    assert (told.code, told.out) == (4, "")
    assert told.fault["error"] == "NotHolder"
    assert set(told.fault) == {"error", "detail", "details", "hint"}


def test_an_act_on_anothers_title_is_not_found_just_as_on_none(house: House) -> None:
    told = [
        house.act("bank", "transfer", title, "--to", house.account("consignee")) for title in (house.issue(), NO_TITLE)
    ]
    assert [each.code for each in told] == [5, 5]
    assert [each.fault["error"] for each in told] == ["NotFound", "NotFound"]


@pytest.mark.parametrize("title", [NO_TITLE, "NOBODYSBILL"])
def test_an_act_on_no_title_is_not_found(house: House, title: str) -> None:
    assert house.act("shipper", "sign", title).code == 5


@pytest.mark.parametrize("title", ["0x12", NO_TITLE.replace("1", "g")])
def test_an_act_on_what_is_no_id_is_malformed(house: House, title: str) -> None:
    assert house.act("shipper", "sign", title).code == 2


def test_an_account_with_a_typing_error_is_malformed(house: House) -> None:
    wrong = house.account("bank").swapcase().replace("0X", "0x")
    told = house.act("shipper", "transfer", house.issue(), "--to", wrong)
    assert (told.code, told.fault["error"]) == (2, "BadAddressChecksum")


def test_people_see_what_they_sign_and_what_became_of_it(house: House) -> None:
    title = house.issue()
    told = house.ebl("sign", title, "--key-file", house.key_file("shipper"), "--yes")
    assert told.code == 0
    assert title in told.err
    assert "Sign · title" in told.out.replace("\n", " ")


def test_people_see_a_refusal_with_its_name_and_what_to_do_next(house: House) -> None:
    told = house.ebl("sign", house.issue(STRAIGHT, "consignee"), "--key-file", house.key_file("consignee"))
    assert told.code == 4
    assert told.err.splitlines()[-2].startswith("NotHolder: ")
    assert told.err.splitlines()[-1]


def test_without_waiting_the_answer_is_a_promise(house: House) -> None:
    told = house.act("shipper", "sign", house.issue(), "--wait", "0")
    assert (told.code, told.answer["state"]) == (0, "PREPARED")


def test_no_key_named_is_malformed_and_says_how_to_name_one(house: House) -> None:
    told = house.ebl("sign", house.issue(), by=None)
    assert told.code == 2
    assert "EBL_KEYSTORE" in told.err


def test_a_holder_says_in_words_what_to_amend(house: House) -> None:
    title, words = house.issue(), "Notify party: add Kestrel Freight, Hamburg"
    told = house.act("shipper", "request-surrender", title, "--purpose", "amendment", "--comments", words)
    assert told.code == 0, told.err
    assert house.act("shipper", "request-surrender", title, "--comments", "x" * 256).code == 2
