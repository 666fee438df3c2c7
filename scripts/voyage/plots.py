"""Which acts each kind of bill goes through. Where several bills are of a kind, each goes another way."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from voyage.cover import carry_over, claim, insure, must_assure, must_lack, must_refuse, on, waive
from voyage.documents import Bill, can_be_divided, divided
from voyage.insurance_papers import Cover
from voyage.voyage import Voyage

Plot = Callable[[Voyage], Awaitable[None]]
SIXTY_DAYS = timedelta(days=60)


async def straight_by_bank(voyage: Voyage) -> None:
    """Straight, CIP: a bank in possession is loss payee; that cover is too narrow is waived, and stays visible."""
    who = voyage.people
    assert who.named is not None
    await _issued(voyage)
    poor = Cover(named=who.bank, incoterm="CIP", clauses="ICC_C_2009")
    cover = await insure(voyage, poor, short_of=("conditions_are_the_incoterms",))
    await waive(voyage, cover, who.shipper, "conditions_are_the_incoterms")
    await voyage.must_refuse("StraightBill", who.shipper, "EndorseToOrder", to=who.bank)
    await voyage.act(who.shipper, "Transfer", to=who.bank)
    await voyage.must_refuse_replay()
    await voyage.must_refuse("MayNotSurrender", who.bank, "RequestSurrender", purpose="DELIVERY")
    await must_refuse(voyage, cover, "LossPayeeStands", who.insurer, "CancelCertificate", part="ALL")
    await on(voyage, cover, who.bank, "ReleaseLossPayee")
    await voyage.act(who.bank, "Transfer", to=who.named)
    await _delivered(voyage)
    await must_assure(voyage, cover, who.named)


async def straight_with_returns(voyage: Voyage) -> None:
    """Straight, CIF: the consignee sends it back, a first surrender is refused; war cover is cancelled in time."""
    who = voyage.people
    assert who.named is not None
    await _issued(voyage)
    today = datetime.fromtimestamp((await voyage.ledger.head()).time, UTC).date()
    cover = await insure(voyage, Cover(war_from=today + SIXTY_DAYS))
    await on(voyage, cover, who.insurer, "CancelCertificate", part="WAR")
    await must_lack(voyage, who.shipper, "ENDING")
    await voyage.must_refuse("StraightBill", who.shipper, "Endorse", to=who.named)
    await voyage.act(who.shipper, "Transfer", to=who.named)
    await voyage.act(who.named, "RejectTransfer")
    await voyage.act(who.shipper, "Transfer", to=who.named)
    await voyage.must_refuse_replay()
    await voyage.act(who.named, "RequestSurrender", purpose="DELIVERY")
    await voyage.answer_surrender(accepts=False)
    await _delivered(voyage)


async def shipper_order_by_bank(voyage: Voyage) -> None:
    """To order of the shipper: endorsed to a bank's order, and by the bank to the importer's."""
    who = voyage.people
    await _issued(voyage)
    await voyage.act(who.shipper, "EndorseToOrder", to=who.bank)
    await voyage.must_refuse_replay()
    await voyage.must_refuse("NotHolder", who.shipper, "Transfer", to=who.importer)
    await voyage.act(who.bank, "EndorseToOrder", to=who.importer)
    await voyage.act(who.importer, "Sign")
    await _delivered(voyage, who.importer)


async def shipper_order_amended(voyage: Voyage) -> None:
    """To order of the shipper: insured for too little, replaced by a new version and then for enough; then blank."""
    who = voyage.people
    await _issued(voyage)
    cover = await insure(voyage, Cover(percent=100), short_of=("sum_is_enough",))
    await must_lack(voyage, who.shipper, "UNDER_INSURED")
    await voyage.act(who.shipper, "RequestSurrender", purpose="AMENDMENT", reason="COD")
    await voyage.must_refuse("TitleNotLive", who.shipper, "Transfer", to=who.buyer)
    await voyage.answer_surrender()
    await voyage.replace(_next_version(voyage.bill))
    await must_lack(voyage, who.shipper, "NO_COVER", "REVIEW")
    await carry_over(voyage, cover, Cover())
    await must_lack(voyage, who.shipper)
    await voyage.act(who.shipper, "EndorseInBlank")
    await voyage.act(who.shipper, "Transfer", to=who.buyer)
    await voyage.must_refuse_replay()
    await voyage.act(who.buyer, "EndorseToOrder", to=who.buyer)
    await voyage.act(who.buyer, "Endorse", to=who.importer)
    await voyage.must_refuse("MayNotEndorse", who.importer, "EndorseToOrder", to=who.bank)
    await _delivered(voyage, who.importer)


async def named_order(voyage: Voyage) -> None:
    """CIF, to order of a named party as a credit asks; cover follows each endorsement, and past surrender."""
    who = voyage.people
    assert who.named is not None
    await _issued(voyage)
    await must_lack(voyage, who.shipper, "NO_COVER")
    cover = await insure(voyage, Cover())
    await must_lack(voyage, who.shipper)
    await must_assure(voyage, cover, who.shipper)
    await voyage.must_refuse("NotEndorsee", who.shipper, "EndorseToOrder", to=who.buyer)
    await voyage.act(who.shipper, "Transfer", to=who.named)
    await voyage.must_refuse_replay()
    await voyage.act(who.named, "EndorseToOrder", to=who.buyer)
    await voyage.act(who.buyer, "EndorseToOrder", to=who.importer)
    await must_refuse(voyage, cover, "NotAssured", who.carrier, "NotifyClaim", documentsDigest="0x" + "1d" * 32)
    await must_refuse(voyage, cover, "ConsentMissing", who.insurer, "CancelCertificate", part="ALL")
    await _delivered(voyage, who.importer)
    await must_assure(voyage, cover, who.importer)
    await claim(voyage, cover, who.importer, who.importer)


async def named_order_in_blank(voyage: Voyage) -> None:
    """To order of a named party, which endorses in blank: from then on possession is enough."""
    who = voyage.people
    assert who.named is not None
    await _issued(voyage)
    await voyage.act(who.shipper, "Transfer", to=who.named)
    await voyage.must_refuse_replay()
    await voyage.act(who.named, "EndorseInBlank", to=who.buyer)
    await voyage.act(who.buyer, "Transfer", to=who.importer)
    await _delivered(voyage, who.importer)


async def blank(voyage: Voyage) -> None:
    """FOB, blank: who holds it has its rights; the buyer has cover of its own; at the end it goes on paper."""
    who = voyage.people
    await _issued(voyage)
    own = await insure(voyage, Cover(passes_with_title=False, named=who.importer, incoterm="FOB"))
    await voyage.act(who.shipper, "Transfer", to=who.bank)
    await voyage.must_refuse_replay()
    await voyage.act(who.bank, "EndorseToOrder", to=who.importer)
    await must_lack(voyage, who.importer)
    await voyage.must_refuse("NotHolder", who.bank, "Sign")
    await voyage.act(who.importer, "RequestSurrender", purpose="PAPER", reason="SWTP")
    await voyage.answer_surrender()
    await must_assure(voyage, own, who.importer)


async def named_order_divided(voyage: Voyage) -> None:
    """To order of a named party, divided into two bills before anything is passed on; each goes its own way."""
    who = voyage.people
    assert who.named is not None
    await _issued(voyage)
    await voyage.act(who.shipper, "RequestSurrender", purpose="AMENDMENT")
    await voyage.answer_surrender()
    first, second = divided(voyage.bill)
    await voyage.must_refuse_division(first)
    for title_id, part in zip(await voyage.replace(first, second), (first, second), strict=True):
        await voyage.act(who.shipper, "Transfer", titleId=title_id, to=who.named)
        await voyage.act(who.named, "EndorseToOrder", titleId=title_id, to=who.importer)
        await voyage.act(who.importer, "RequestSurrender", titleId=title_id, purpose="DELIVERY")
        await voyage.answer_surrender(title_id=title_id, bill=part)


PLOTS: dict[str, tuple[Plot, ...]] = {
    "straight": (straight_with_returns, straight_by_bank),
    "to order of shipper": (shipper_order_by_bank, shipper_order_amended),
    "to order": (named_order, named_order_in_blank, named_order_divided),
    "blank": (blank,),
}


def plots_of(bill: Bill, kind: str) -> tuple[Plot, ...]:
    """The ways a bill of this kind may go: one is divided only where there is something to divide."""
    return tuple(plot for plot in PLOTS[kind] if plot is not named_order_divided or can_be_divided(bill))


def kind_of(voyage: Voyage) -> str:
    """The kind of bill, a key of `PLOTS`."""
    who = voyage.people
    if not voyage.parties.is_to_order:
        return "straight"
    if who.named is None:
        return "blank"
    return "to order of shipper" if who.named == who.shipper else "to order"


async def _issued(voyage: Voyage) -> None:
    """Issued; what a stranger and the carrier must not do is tried after the first act that succeeds."""

    async def tried() -> None:
        await voyage.must_refuse("NotFound", voyage.people.stranger, "Transfer", to=voyage.people.stranger)
        await voyage.must_refuse_double_issue()

    await voyage.issue()
    voyage.after_first_act = tried


async def _delivered(voyage: Voyage, claimant: object = None) -> None:
    """Surrendered for delivery by who has the rights, and accepted."""
    who = voyage.people
    holder = claimant or who.named
    assert holder is not None
    await voyage.act(holder, "RequestSurrender", purpose="DELIVERY")  # type: ignore[arg-type]
    await voyage.answer_surrender()


def _next_version(bill: Bill) -> Bill:
    """The same document as its next version."""
    return Bill(bill.name, {**bill.document, "transportDocumentSubReference": "Version_2"})
