"""The oracle of what carriers are told: their receivers got what the rows say, and the rows say what became final.

- Every final surrender request and every issuance request that ended has its callback, once, and there is no other.
- Every callback is delivered. Its receiver got it at least once, each time in the same words, which are the row's.
- Of one subject each came after the one before it was there: repetitions follow each other, nothing overtakes.
- The receiver got nothing that is in no row. The announcements stand at the end of the event stream.
"""

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING

from ebl_service.domain.callback import CallbackState, Telling
from ebl_service.domain.events import SurrenderRequested
from ebl_service.domain.terms import Address, Digest
from ebl_service.domain.transport_document.commitment import reference_digest, reference_salt
from ebl_service.services.correspondence import Correspondence
from ebl_service.services.key_keeping import KeyKeeping
from ebl_service.store.issuances import OPEN
from ebl_service.store.sealed_keys import SealedKeys
from ebl_service.store.surrenders import request_id_of
from ebl_service.vault.envelope import Vault
from ebl_service.vault.master_keys import FileMasterKeys
from tests.faults.oracle import Replay, Rows, rows_of
from tests.receiver import Call, Receiver

if TYPE_CHECKING:
    from tests.faults.stage import Stage

MASTER_KEY = "test " + "7a" * 32


async def agrees(stage: "Stage", receiver: Receiver) -> None:
    """Raises AssertionError where anything differs."""
    rows = await rows_of(stage)
    assert is_announced(rows), "the announcements are not at the end of the stream"
    _causes(stage, rows)
    got: dict[str, list[Call]] = defaultdict(list)
    for call in receiver.received:
        got[call.headers["ebl-callback-id"]].append(call)
    assert got.keys() == {row.callback_id for row in rows["callbacks"]}
    letters = Correspondence(_keeping(stage))
    for row in rows["callbacks"]:
        assert row.state == CallbackState.DELIVERED, f"{row.callback_id} is {row.state}"
        said = await letters.body(Telling(Address(row.account), row.subject, row.cause, row.path, bytes(row.body)))
        assert {(call.path, call.body) for call in got[row.callback_id]} == {(row.path, said)}
    _order(rows, receiver)


def is_announced(rows: Rows) -> bool:
    """Whether the announcements' place is the stream's end."""
    return bool(rows["announced"]) and rows["announced"][0].line == rows["feed"][-1].id


async def number_of(stage: "Stage", account: Address, reference: str) -> Digest:
    """The digest by which the rows know a carrier's bill number."""
    secret = await _keeping(stage).carrier_secret(account)
    return reference_digest(reference, reference_salt(secret, reference))


def _keeping(stage: "Stage") -> KeyKeeping:
    return KeyKeeping(Vault(FileMasterKeys([MASTER_KEY])), SealedKeys(stage.database))


def _causes(stage: "Stage", rows: Rows) -> None:
    """One callback for each thing that is to be told, and none besides."""
    final = rows["cursor"][0].final_number
    events = [item.event for item in Replay(stage.chain).recorded if item.block_number <= final]
    surrenders = [each for each in events if isinstance(each, SurrenderRequested)]
    asked = {f"surrender request {request_id_of(each.title_id, each.sequence)}" for each in surrenders}
    assert {row.state for row in rows["issuance_requests"]}.isdisjoint({OPEN})
    ended = {f"issuance request {row.number}" for row in rows["issuance_requests"]}
    assert sorted(row.cause for row in rows["callbacks"]) == sorted(asked | ended)


def _order(rows: Rows, receiver: Receiver) -> None:
    subjects = {row.callback_id: (row.account, row.subject) for row in rows["callbacks"]}
    came: dict[tuple[str, str], list[str]] = defaultdict(list)
    for call in receiver.received:
        called = call.headers["ebl-callback-id"]
        came[subjects[called]].append(called)
    for subject, ids in came.items():
        expected = [row.callback_id for row in rows["callbacks"] if subjects[row.callback_id] == subject]
        assert [called for called, _ in groupby(ids)] == expected, f"out of order: {subject}"
