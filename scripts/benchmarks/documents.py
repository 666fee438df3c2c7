"""Documents per second through every check, print, encryption and store, as POST /v1/documents takes them.

`documents_per_second`: samples under numbers of their own, a hundred at once, on an empty SQLite file with full syncs.
`…_ms`: one step alone, a document: reading and checking, printing, sealing and storing, opening and verifying again.
"""

import argparse
import asyncio
import json
import secrets
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ebl_service.domain.profile import Profile
from ebl_service.domain.transport_document.canonical import received
from ebl_service.domain.transport_document.check import check
from ebl_service.errors import EblError
from ebl_service.printing.appendix import print_to_issue
from ebl_service.printing.particulars import TitleParticulars
from ebl_service.services.changes import Changes
from ebl_service.services.document_room import DocumentRoom, document_room
from ebl_service.services.drafts import Draft, Prepared
from ebl_service.services.indexer import Indexer
from ebl_service.services.policy import IndexPolicy
from ebl_service.store.database import Database
from ebl_service.store.directory import Directory
from ebl_service.store.history import History
from ebl_service.vault.master_keys import FileMasterKeys
from scripts.benchmarks.stage import Stage, stage, told
from voyage.documents import bills, samples

AT_ONCE = 100
SINGLY = 50
"""Documents that each step is measured with alone."""
PLAYS = {"issuingParty": "carrier", "shipper": "shipper", "endorsee": "bank", "consignee": "consignee"}


def main(arguments: list[str]) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench documents", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--documents", type=int, default=300, help="documents to send (default 300)")
    told(asyncio.run(measure(parser.parse_args(arguments).documents)), arguments)


async def measure(count: int) -> dict[str, Any]:
    """All figures."""
    async with stage() as there:
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'ebl.sqlite'}")
            try:
                return await _measured(there, database, count)
            finally:
                await database.close()


async def _measured(there: Stage, database: Database, count: int) -> dict[str, Any]:
    room = await _room(there, database)
    moment = (await there.ledger.head()).time
    drafts = [_draft(number, moment) for number in range(count + SINGLY)]
    singly, together = drafts[:SINGLY], drafts[SINGLY:]
    prepared = _all(await room.desk.receive(singly, dry_run=True))
    steps = await _steps(room, singly, prepared)
    started = time.perf_counter()
    for begin in range(0, count, AT_ONCE):
        _all(await room.desk.receive(together[begin : begin + AT_ONCE]))
    seconds = time.perf_counter() - started
    return {
        "documents": count,
        "bytes_a_document": round(sum(len(each.content) for each in together) / count),
        "documents_per_second": round(count / seconds, 1),
        **steps,
    }


def _all(results: Sequence[Prepared | EblError]) -> list[Prepared]:
    made = [each for each in results if isinstance(each, Prepared)]
    assert len(made) == len(results), "every sample must be taken"
    return made


async def _steps(room: DocumentRoom, drafts: Sequence[Draft], made: Sequence[Prepared]) -> dict[str, float]:
    started = time.perf_counter()
    for draft in drafts:
        assert not check(received(draft.content).document)
    checked = time.perf_counter()
    for each in made:
        title = TitleParticulars(each.title_id, 1, each.carrier, 0, each.carrier)
        print_to_issue(each.received.document, each.record, title, each.secrets.salt)
    printed = time.perf_counter()
    await room.kept.keep(list(zip(drafts, made, strict=True)))
    kept = time.perf_counter()
    assert len(await room.kept.many(each.binding for each in made)) == len(made)
    read = time.perf_counter()
    spans = {
        "check": checked - started,
        "print": printed - checked,
        "seal_and_store": kept - printed,
        "read": read - kept,
    }
    return {f"{name}_ms": round(1000 * span / len(made), 2) for name, span in spans.items()}


async def _room(there: Stage, database: Database) -> DocumentRoom:
    await database.upgrade()
    history, directory = History(database), Directory(database)
    await history.claim(there.deployment.identity)
    await Indexer(there.ledger, there.deployment.identity, history, IndexPolicy(confirmations=1), Changes()).catch_up()
    for name in PLAYS.values():
        await directory.put(Profile(there.account(name), name, frozenset({("ZZZ", name)}), 0))
    keys = FileMasterKeys([f"bench {secrets.token_hex()}"])
    identity = there.deployment.identity
    room = document_room(
        there.ledger, identity, keys, database, history, directory, platform="EBLL", relays_for_others=False
    )
    await room.keeping.open()
    return room


def _draft(number: int, moment: int) -> Draft:
    files = samples()
    (bill,) = bills(files[number % len(files)])
    document: Any = json.loads(bill.issued_on(moment).numbered(f"BENCH{number:06}").sent)
    for role, name in PLAYS.items():
        if role in document["documentParties"]:
            document["documentParties"][role]["identifyingCodes"] = [{"codeListProvider": "ZZZ", "partyCode": name}]
    return Draft(json.dumps(document, ensure_ascii=False).encode(), "English law", "High Court of Justice, London")
