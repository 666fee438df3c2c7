"""Every kind of bill through its whole life, by signed acts over HTTP on a real chain; then all three tell the same."""

import json

import pytest

from ebl_service.domain.transport_document.document_parties import document_parties
from tests.voyage.sailing import SAMPLES, Company
from voyage.cover import discrepancies
from voyage.documents import Bill
from voyage.plots import (
    PLOTS,
    Plot,
    blank,
    kind_of,
    named_order,
    shipper_order_amended,
    straight_by_bank,
    straight_with_returns,
)
from voyage.voyage import Voyage

SHIPPERS_ORDER = "to-order-of-shipper-shanghai-rotterdam"
FALLS_SHORT = {straight_by_bank: 1, straight_with_returns: 0, shipper_order_amended: 0, named_order: 0, blank: 0}
"""In how many rules a voyage's certificate falls short at its end: one that was amended does not any more."""
ENDS = {"blank": "SURRENDERED_FOR_PAPER"}
"""Status in which a voyage ends where it is not SURRENDERED_FOR_DELIVERY."""


async def title(voyage: Voyage, number: int = -1) -> dict:
    return await voyage.clerk.get(voyage.people.carrier, f"/v1/titles/{voyage.title_ids[number]}")


async def codes(voyage: Voyage, **query: str) -> list[str | None]:
    path = f"/v1/titles/{voyage.title_id}/endorsement-chain"
    chain = await voyage.clerk.get(voyage.people.carrier, path, **query)
    return [entry["code"] for entry in chain["entries"]]


async def events(voyage: Voyage, number: int = -1) -> list[str]:
    """The ledger's own words; DCSA tells an endorsement that hands over as two acts."""
    path = f"/v1/titles/{voyage.title_ids[number]}/endorsement-chain"
    chain = await voyage.clerk.get(voyage.people.carrier, path)
    return list({(each["blockNumber"], each["logIndex"]): each["event"] for each in chain["entries"]}.values())


def routes() -> dict[str, tuple[str, Plot]]:
    """Sample and plot: each sample goes a way of its kind that none before it went, while there is one."""
    found = {}
    for sample, bill in SAMPLES.items():
        kind = kind_in(bill)
        gone = sum(kind_in(SAMPLES[each]) == kind for each in list(SAMPLES)[: list(SAMPLES).index(sample)])
        plot = PLOTS[kind][gone % len(PLOTS[kind])]
        found[f"{sample} {plot.__name__}"] = (sample, plot)
    return found


def kind_in(bill: Bill) -> str:
    parties = document_parties(bill.document)
    if not parties.is_to_order:
        return "straight"
    if parties.made_out_to is None:
        return "blank"
    return "to order of shipper" if parties.made_out_to.codes & parties.shipper.codes else "to order"


ROUTES = routes()


def test_the_samples_together_go_every_plot() -> None:
    assert {plot for _, plot in ROUTES.values()} == {plot for plots in PLOTS.values() for plot in plots}


@pytest.mark.parametrize("route", ROUTES)
async def test_a_sample_sails_and_contract_logs_and_database_tell_one_story(company: Company, route: str) -> None:
    sample, plot = ROUTES[route]
    voyage = await company.sail(SAMPLES[sample], plot)
    assert kind_of(voyage) == kind_in(SAMPLES[sample])
    ended = await title(voyage)
    assert ended["status"] == ENDS.get(kind_of(voyage), "SURRENDERED_FOR_DELIVERY")
    assert ended["sequence"] == len(await events(voyage))
    assert len(voyage.refused) >= 3
    assert voyage.called_back >= 2, "its carrier asks and answers by DCSA's API"
    assert await company.mismatches(voyage) == []
    assert bool(voyage.certificate_ids) == (plot in FALLS_SHORT)
    assert await discrepancies(voyage) == FALLS_SHORT.get(plot, 0)


async def test_a_returned_hand_over_leaves_rights_and_possession_as_they_were(company: Company) -> None:
    voyage = await company.voyage(SAMPLES[SHIPPERS_ORDER])
    who = voyage.people
    await voyage.issue()
    before = await title(voyage)
    await voyage.act(who.shipper, "EndorseToOrder", to=who.bank)
    assert (await title(voyage))["entitled"].lower() == who.bank.address
    await voyage.act(who.bank, "RejectTransfer")
    after = await title(voyage)
    for name in ("holder", "endorsee", "entitled", "mayEndorse", "status"):
        assert after[name] == before[name]
    await voyage.must_refuse("NothingToReject", who.shipper, "RejectTransfer")
    assert await company.mismatches(voyage) == []


async def test_an_amended_bill_lives_on_as_its_next_version(company: Company) -> None:
    voyage = await company.sail(SAMPLES[SHIPPERS_ORDER], PLOTS["to order of shipper"][1])
    first, second = await title(voyage, 0), await title(voyage, 1)
    assert first["status"] == "REPLACED"
    assert first["replacedBy"] == [second["id"]]
    assert second["replaces"] == [first["id"]]
    assert (first["version"], second["version"]) == (0, 1)
    assert first["referenceDigest"] == second["referenceDigest"]
    assert await events(voyage, 0) == ["Issued", "SurrenderRequested", "SurrenderAccepted", "Replaced"]
    assert second["status"] == "SURRENDERED_FOR_DELIVERY"


@pytest.mark.parametrize("purpose", ["DELIVERY", "AMENDMENT", "PAPER"])
async def test_a_surrender_is_refused_then_accepted_for_each_purpose(company: Company, purpose: str) -> None:
    voyage = await company.voyage(SAMPLES[SHIPPERS_ORDER])
    who = voyage.people
    await voyage.issue()
    await voyage.must_refuse("SurrenderNotPending", who.carrier, "AcceptSurrender")
    await voyage.act(who.shipper, "RequestSurrender", purpose=purpose)
    assert (await title(voyage))["status"] == f"PENDING_SURRENDER_FOR_{purpose}"
    await voyage.must_refuse("NotCarrier", who.shipper, "AcceptSurrender")
    await voyage.must_refuse("AnswerPeriodRunning", who.shipper, "WithdrawSurrender")
    await voyage.answer_surrender(accepts=False)
    assert (await title(voyage))["status"] == "ISSUED"
    await voyage.act(who.shipper, "RequestSurrender", purpose=purpose, reason="SWTP")
    await voyage.answer_surrender()
    assert (await title(voyage))["status"] == f"SURRENDERED_FOR_{purpose}"
    await voyage.must_refuse("TitleNotLive", who.shipper, "Transfer", to=who.bank)
    await voyage.must_refuse("SurrenderNotPending", who.carrier, "RejectSurrender")
    assert len(await codes(voyage, view="carrier")) < len(await codes(voyage))
    assert await company.mismatches(voyage) == []


async def test_two_titles_become_one_and_one_becomes_two(company: Company) -> None:
    consolidated = [await company.voyage(SAMPLES[SHIPPERS_ORDER]) for _ in range(2)]
    for voyage in consolidated:
        await voyage.issue()
        await voyage.act(voyage.people.shipper, "RequestSurrender", purpose="AMENDMENT")
        await voyage.answer_surrender()
    last = consolidated[-1]
    old_ids = [voyage.title_id for voyage in consolidated]
    made = [last.bill.numbered(f"{last.bill.reference[:16]}-{number}") for number in range(2)]
    new_ids = await last.replace(*made, old_ids=old_ids)
    for new_id in new_ids:
        assert (await company.clerk.get(voyage.people.carrier, f"/v1/titles/{new_id}"))["replaces"] == sorted(old_ids)
    last.title_ids.append(consolidated[0].title_id)
    assert await company.mismatches(last) == []


async def test_the_event_stream_tells_the_whole_voyage_in_its_order(company: Company) -> None:
    voyage = await company.sail(SAMPLES["straight-shanghai-singapore"])
    text = company.house.get("/v1/events", by=voyage.people.carrier, follow="false").text
    told = [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]
    told = [each for each in told if "certificateId" not in each and each["kind"] == "recorded"]
    names = [each["event"] for each in told if each.get("titleId") == voyage.title_id]
    assert names == ["Issued", "EndorseeNamed", *(await events(voyage))[1:]]
