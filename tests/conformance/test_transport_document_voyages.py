"""The published example documents, completed to bills that can be issued, through whole voyages.

Runs where the examples stand beside the project; they are not part of it. What they lack and a bill to order needs is
its issue date and a notify party. None names an endorsee or a consignee, so each is blank as it stands; made out to
order and straight by a party of ours, each sails as those kinds too.
"""

from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ebl_service.domain.transport_document.check import check
from tests.dcsa_definitions import FOLDER
from tests.voyage.sailing import SAMPLES, Company
from voyage.documents import Bill, bills
from voyage.plots import PLOTS, kind_of

EXAMPLES = FOLDER / "examples"
pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="the published examples are not here")
OTHER_KINDS = ("to order", "to order of shipper", "straight")
STRAIGHT, OF_BANK = "straight-shanghai-singapore", "to-order-of-bank-shanghai-singapore"
OF_SHIPPER = "to-order-of-shipper-shanghai-rotterdam"


def found_in(path: Path) -> list[Bill]:
    try:
        return bills(path)
    except ValueError:  # no document in it
        return []


def examples() -> dict[str, Bill]:
    """Every transport document, by its file."""
    found = {path.stem: found_in(path) for path in sorted(EXAMPLES.glob("*.json"))}
    return {f"{name} {number}": bill for name, each in found.items() for number, bill in enumerate(each, 1)}


FOUND = examples()


def ours(role: str, sample: str | None = None) -> Any:
    """A party of this role from a sample of ours."""
    from_sample = sample or {"consignee": STRAIGHT, "endorsee": OF_BANK}.get(role, OF_SHIPPER)
    return deepcopy(SAMPLES[from_sample].document["documentParties"][role])


def completed(bill: Bill, kind: str = "blank") -> Bill:
    """The document with issue date and notify party, made out as this kind."""
    document: dict[str, Any] = deepcopy(dict(bill.document))
    parties = document["documentParties"]
    document.setdefault("issueDate", datetime.now(UTC).date().isoformat())
    parties.setdefault("notifyParties", ours("notifyParties"))
    if kind == "straight":
        document["isToOrder"] = False
        parties["consignee"] = ours("consignee")
    elif kind == "to order":
        parties["endorsee"] = ours("endorsee")
    elif kind == "to order of shipper":
        parties |= {"shipper": ours("shipper"), "endorsee": ours("endorsee", OF_SHIPPER)}
    return Bill(bill.name, document)


def test_examples_are_there() -> None:
    assert len(FOUND) >= 11


@pytest.mark.parametrize("name", FOUND)
def test_an_example_lacks_nothing_but_issue_date_and_notify_party(name: str) -> None:
    assert {breach.path for breach in check(FOUND[name].document)} <= {"issueDate", "documentParties.notifyParties"}
    assert check(completed(FOUND[name]).document) == ()


@pytest.mark.parametrize("name", FOUND)
async def test_an_example_sails_from_issue_to_surrender(company: Company, name: str) -> None:
    voyage = await company.sail(completed(FOUND[name]))
    assert kind_of(voyage) == "blank"
    assert (await company.clerk.get(voyage.people.carrier, f"/v1/titles/{voyage.title_id}"))[
        "status"
    ] == "SURRENDERED_FOR_PAPER"
    assert await company.mismatches(voyage) == []


@pytest.mark.parametrize(
    "plot", [(kind, plot) for kind in OTHER_KINDS for plot in PLOTS[kind]], ids=lambda each: each[1].__name__
)
async def test_an_example_sails_every_plot_when_made_out_so(company: Company, plot: Any) -> None:
    kind, sailed = plot
    bill = completed(FOUND[next(iter(FOUND))], kind)
    assert check(bill.document) == ()
    voyage = await company.sail(bill, sailed)
    assert kind_of(voyage) == kind
    assert await company.mismatches(voyage) == []
