"""scripts/demo: bills of lading live and die on a local ledger, by signed acts over HTTP.

Starts a local chain and the service on loopback, deploys the contracts, registers a cast of parties, and takes each
transport document through a whole voyage; every act is signed by its actor's own key, or for one carrier in custody.
The carriers have systems of their own and speak DCSA's API. Acts that must be refused are tried as well. Then the API
stays up until Ctrl-C.
"""

import argparse
import asyncio
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from ebl_service.chain.deployment import Deployment
from ebl_service.chain.ledger import ChainLedger
from ebl_service.chain.rpc import Rpc
from ebl_service.domain.transport_document.document_parties import DocumentParties
from ebl_service.errors import EblError
from ebl_service.services.certificate_check import check_certificates
from ebl_service.wallet.key import PartyKey
from voyage.cast import Cast, Member
from voyage.clerk import Clerk, Json, Refused
from voyage.comparison import mismatches
from voyage.cover import discrepancies
from voyage.documents import Bill, bills, samples
from voyage.gathering import Systems, gathered
from voyage.plots import kind_of, plots_of
from voyage.stage import Stage, StageFailed
from voyage.telling import Teller
from voyage.voyage import Attempt, People, Unexpected, Voyage, people_of


class Demonstration:
    """One run of all voyages on a stage."""

    def __init__(self, stage: Stage, rpc: Rpc, teller: Teller) -> None:
        self.stage = stage
        self.teller = teller
        self.cast = Cast()
        self.clerk = Clerk(stage.api_url, stage.token)
        self.ledger = ChainLedger(rpc, Deployment.load(stage.deployment_file), PartyKey.random().account)
        self.voyages: list[Voyage] = []
        self.gas: dict[str, int] = {}
        self.systems: Systems = {}
        self._kinds: Counter[str] = Counter()

    async def run(self, documents: list[Bill]) -> int:
        """All voyages; how many mismatches and unexpected answers there were."""
        started = time.monotonic()
        self.teller.legend()
        self.teller.step(f"Registering {len(self.cast.members)} parties, carriers with systems of their own")
        async with gathered(self.cast, self.clerk) as self.systems:
            return await self._sail_all(documents, started)

    async def _sail_all(self, documents: list[Bill], started: float) -> int:
        failures = [failure for bill in documents if (failure := await self._sail(bill))]
        titles = {title: voyage.people.carrier for voyage in self.voyages for title in voyage.title_ids if title}
        differing = await mismatches(self.stage, self.ledger, self.clerk, titles)
        for text in (*failures, *differing):
            self.teller.failure(text)
        walk = await check_certificates(self.ledger, await self.ledger.identity())
        for each in walk.divergences:
            self.teller.failure(f"certificate {each.certificate_id}: {each.what} is {each.contract}, not {each.events}")
        told = {
            "titles": len(titles),
            "acts": sum(voyage.acts for voyage in self.voyages),
            "called_back": sum(voyage.called_back for voyage in self.voyages),
            "refused_as_expected": sum(len(voyage.refused) for voyage in self.voyages),
            "mismatches": len(differing),
            "failed": len(failures),
            "certificates": walk.certificates,
            "discrepancies": sum([await discrepancies(voyage) for voyage in self.voyages]),
            "divergences": len(walk.divergences),
            "seconds": round(time.monotonic() - started, 1),
        }
        self.teller.summary(told)
        return len(differing) + len(failures) + len(walk.divergences)

    async def _sail(self, bill: Bill) -> str | None:
        """One document's voyage; what went otherwise than it must, None where all went well."""
        try:
            parties, people = await people_of(bill, self.cast, self.clerk, self.systems)
            voyage = self._voyage(bill, parties, people)
            kind = kind_of(voyage)
            plots = plots_of(bill, kind)
            plot = plots[self._kinds[kind] % len(plots)]
            self._kinds[kind] += 1
            self.teller.document(voyage, kind)
            await plot(voyage)
            await self._show_chains(voyage)
        except (Refused, Unexpected, EblError, TimeoutError) as failure:
            return f"{bill.name}: {failure or 'nobody was told in time'}"
        return None

    def _voyage(self, bill: Bill, parties: DocumentParties, people: People) -> Voyage:
        def landed(submission: Json, actor: Member) -> None:
            transaction = submission["transactionHash"]
            receipt = self.stage.rpc("eth_getTransactionReceipt", transaction)
            self.gas[transaction] = int(receipt["gasUsed"], 16)
            self.teller.act(voyage, actor, submission, self.gas[transaction])

        def refused(attempt: Attempt) -> None:
            self.teller.refused(voyage, attempt)

        secret = self.stage.carrier_secret
        teller = self.teller
        tell = (landed, refused, teller.amended, teller.called_back, teller.insured, teller.gaps)
        voyage = Voyage(bill, parties, people, self.clerk, self.ledger, secret, *tell)
        self.voyages.append(voyage)
        return voyage

    async def _show_document(self, voyage: Voyage, title_id: str) -> None:
        """What is kept behind a title: as sent, as printed, and on paper where the title ended so."""
        carrier = voyage.people.carrier
        title = await self.clerk.get(carrier, f"/v1/titles/{title_id}")
        content = (await self.clerk.read(carrier, f"/v1/titles/{title_id}/document")).content
        picture = (await self.clerk.read(carrier, f"/v1/titles/{title_id}/document.pdf")).content
        pages = {"document": len(content), "pdf": len(picture)}
        if title["status"] == "SURRENDERED_FOR_PAPER":
            path = f"/v1/titles/{title_id}/paper.pdf?original=1&originals=3"
            self.stage.rpc("anvil_mine", "0x2")  # a switch to paper counts once its block is final
            pages["paper"] = len((await self.clerk.until(lambda: self.clerk.read(carrier, path))).content)
        self.teller.kept(voyage, title_id, pages)

    async def _show_chains(self, voyage: Voyage) -> None:
        for title_id in voyage.title_ids:
            await self._show_document(voyage, title_id)
            carrier = voyage.people.carrier
            title = await self.clerk.get(carrier, f"/v1/titles/{title_id}")
            chain = await self.clerk.get(carrier, f"/v1/titles/{title_id}/endorsement-chain")
            self.teller.chain(self.cast, title, chain["entries"], self.gas)


async def sail(stage: Stage, documents: list[Bill], teller: Teller) -> int:
    """All voyages on this stage; how many mismatches and failures."""
    async with Rpc([stage.rpc_url]) as rpc:
        demonstration = Demonstration(stage, rpc, teller)
        failures = await demonstration.run(documents)
        await demonstration.clerk.close()
    return failures


def demonstrate(documents: list[Bill], teller: Teller, *, once: bool) -> int:
    """Start everything, sail, stay until told to end. Returns the exit code."""
    teller.step("Starting a local chain and the service, deploying the contracts")
    with Stage() as stage:
        teller.address(stage.api_url)
        failures = asyncio.run(sail(stage, documents, teller))
        if not once:
            teller.step(f"The service stays up at {stage.api_url} until Ctrl-C")
            with suppress(KeyboardInterrupt):
                threading.Event().wait()
            teller.step("Stopping the service and the chain")
    return 1 if failures else 0


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--once", action="store_true", help="end after the voyages")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line, a summary last")
    parser.add_argument("--document", nargs="+", type=Path, metavar="FILE", action="extend",
                        help="transport documents (DCSA JSON) instead of samples/")  # fmt: skip
    arguments = parser.parse_args()
    teller = Teller(as_json=arguments.json)
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell starts what runs in its background with SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    try:
        documents = [bill for path in arguments.document or samples() for bill in bills(path)]
        return demonstrate(documents, teller, once=arguments.once)
    except (OSError, ValueError, StageFailed) as failure:
        teller.failure(str(failure))
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
