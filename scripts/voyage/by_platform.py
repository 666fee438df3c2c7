"""A carrier's part in a voyage by DCSA's API: it asks for bills, answers surrenders, and is called back.

    title_id = await issued(voyage, system, bill)               PUT, ISSU; or a bill in place of a surrendered one
    await answered(voyage, system, bill, title_id, accepts=…)   the request it was told, SURR or SREJ, the act final

What a carrier's system must be refused is tried too: a request that it did not sign so, the same bill twice, a second
answer.
"""

import asyncio
from typing import TYPE_CHECKING

from voyage.carrier_system import RESPONSES, SURRENDERS, CarrierSystem
from voyage.clerk import PATIENCE, Json
from voyage.documents import Bill

if TYPE_CHECKING:
    from voyage.voyage import Voyage


async def issued(voyage: "Voyage", system: CarrierSystem, bill: Bill) -> str:
    """Have a bill issued; its title. Raises: Refused, Unexpected (another verdict)."""
    await system.ask(bill)
    await system.sign_waiting()
    message = await system.told(RESPONSES, bill.reference)
    voyage.was_told(message, "issuanceResponseCode")
    title = await system.newest_title()
    await _landed(voyage, system, "Replace" if title["replaces"] else "Issue", title["id"])
    other = Bill(bill.name, {**bill.document, "termsAndConditions": "Other than what was signed."})
    await voyage.expect("ChecksumDiffers", system.carrier, "PUT issuance request", system.ask(other, signed=bill))
    await voyage.expect("BillAlreadyAsked", system.carrier, "PUT issuance request", system.ask(bill))
    return str(title["id"])


async def answered(voyage: "Voyage", system: CarrierSystem, bill: Bill, title_id: str, *, accepts: bool) -> None:
    """Answer the surrender request that the system is told of; until the answer is final. Raises: Refused."""
    request = await system.told(SURRENDERS, bill.reference)
    voyage.was_told(request, "surrenderRequestCode")
    await system.answer(request, accepts=accepts)
    await voyage.expect("SurrenderNotOpen", system.carrier, "POST answer", system.answer(request, accepts=not accepts))
    await system.sign_waiting()
    await _answer_final(voyage, title_id)
    await _landed(voyage, system, "AcceptSurrender" if accepts else "RejectSurrender", title_id)


async def _landed(voyage: "Voyage", system: CarrierSystem, verb: str, title_id: str) -> None:
    chain = await voyage.clerk.get(system.carrier, f"/v1/titles/{title_id}/endorsement-chain")
    where = {name: chain["entries"][-1][name] for name in ("blockNumber", "transactionHash")}
    voyage.landed({"verb": verb, "titleIds": [title_id], "certificateId": None, **where}, system.carrier)


async def _answer_final(voyage: "Voyage", title_id: str) -> None:
    """Until the title shows the answer; in custody nobody but the platform has its submission."""
    async with asyncio.timeout(PATIENCE):
        title: Json = {"status": "PENDING", "finality": ""}
        while title["status"].startswith("PENDING") or title["finality"] != "final":
            title = await voyage.clerk.get(voyage.people.carrier, f"/v1/titles/{title_id}")
            await asyncio.sleep(0.02)
