"""Titles read: now, in the past, by page, with their endorsement chains and what may be done with them."""

from ebl_service.domain.terms import checksummed
from tests.house import House
from tests.local_chain import LocalChain


def test_a_title_says_who_holds_it_and_how_sure_that_is(house: House, cast: LocalChain) -> None:
    title_id = house.issue(endorsee=cast.bank)
    title = house.get(f"/v1/titles/{title_id}").json()
    assert title["holder"] == title["entitled"] == checksummed(cast.shipper.address)
    assert title["endorsee"] == checksummed(cast.bank.address)
    assert (title["status"], title["isToOrder"], title["isBlank"]) == ("ISSUED", True, False)
    assert title["finality"] in {"included", "final"}
    assert title["readAt"]["blockNumber"] >= title["sinceBlock"]


def test_a_title_is_read_as_it_stood_at_a_past_block(house: House, cast: LocalChain) -> None:
    title_id = house.issue()
    then = house.get(f"/v1/titles/{title_id}").json()["sinceBlock"]
    house.act(cast.shipper, "Transfer", titleId=title_id, to=cast.bank.address)
    assert house.get(f"/v1/titles/{title_id}", block=then).json()["holder"] == checksummed(cast.shipper.address)
    assert house.get(f"/v1/titles/{title_id}").json()["holder"] == checksummed(cast.bank.address)
    assert house.get(f"/v1/titles/{title_id}", block=then - 1).status_code == 404
    assert house.get(f"/v1/titles/{title_id}", block=10**9).status_code == 400


def test_titles_are_found_by_holder_endorsee_carrier_and_status(house: House, cast: LocalChain) -> None:
    held = house.issue(endorsee=cast.other_bank, holder=cast.forwarder)
    by = {"holder": cast.forwarder.address, "endorsee": cast.other_bank.address, "carrier": cast.carrier.address}
    found = house.get("/v1/titles", status="ISSUED", **by).json()["titles"]
    assert [title["id"] for title in found] == [held]
    assert house.get("/v1/titles", entitled=cast.forwarder.address).json()["titles"][0]["id"] == held
    assert house.get("/v1/titles", holder=cast.forwarder.address, status="REPLACED").json()["titles"] == []


def test_pages_follow_one_another_without_gap_or_overlap(house: House, cast: LocalChain) -> None:
    made = {house.issue(holder=cast.consignee) for _ in range(5)}
    seen: list[str] = []
    cursor = None
    while True:
        query = {"after": cursor} if cursor else {}
        page = house.get("/v1/titles", holder=cast.consignee.address, limit=2, **query).json()
        seen += [title["id"] for title in page["titles"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert made <= set(seen)


def test_a_cursor_that_is_none_is_refused(house: House) -> None:
    assert house.get("/v1/titles", after="nowhere").json()["rule"] == "InvalidRequest"


def test_the_endorsement_chain_tells_every_act_in_order(house: House, cast: LocalChain) -> None:
    title_id = house.issue(endorsee=cast.shipper)
    house.act(cast.shipper, "EndorseToOrder", titleId=title_id, to=cast.bank.address)
    house.act(cast.bank, "RejectTransfer", titleId=title_id)
    chain = house.get(f"/v1/titles/{title_id}/endorsement-chain").json()
    assert [entry["code"] for entry in chain["entries"]] == ["ISSUE", "ENDORSE_TO_ORDER", "TRANSFER", None]
    assert [entry["event"] for entry in chain["entries"]][-1] == "TransferRejected"
    assert [entry["blockNumber"] for entry in chain["entries"]] == sorted(e["blockNumber"] for e in chain["entries"])
    carriers = house.get(f"/v1/titles/{title_id}/endorsement-chain", view="carrier").json()
    assert [entry["code"] for entry in carriers["entries"]] == ["ISSUE"]


def test_allowed_acts_say_why_not(house: House, cast: LocalChain) -> None:
    title_id = house.issue(endorsee=cast.bank)
    found = house.get(f"/v1/titles/{title_id}/allowed-acts", party=cast.shipper.address).json()
    acts = {act["verb"]: act for act in found["acts"]}
    assert acts["Transfer"]["isAllowed"]
    assert not acts["EndorseToOrder"]["isAllowed"]
    assert acts["EndorseToOrder"]["refusal"]["rule"] == "NotEndorsee"
    assert acts["AcceptSurrender"]["refusal"]["rule"] == "SurrenderNotPending"


def test_the_ledger_says_which_it_is(house: House, cast: LocalChain) -> None:
    ledger = house.get("/v1/ledger").json()
    assert ledger["chainId"] == cast.chain_id
    assert ledger["titlesDomain"]["verifyingContract"] == checksummed(cast.title_registry)
    assert ledger["titlesDomain"]["separator"] == cast.titles_domain.separator
    assert ledger["partiesDomain"]["separator"] == cast.parties_domain.separator
