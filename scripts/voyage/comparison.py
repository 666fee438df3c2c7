"""The same titles told three ways: by the contract's storage, by a replay of its logs, and by the service's database.

Whoever reads one must read the same in the others; each difference is a mismatch.
"""

from typing import Any

from eth_abi.abi import decode

from ebl_service.chain.artifacts import artifact, selector_of
from ebl_service.chain.ledger import ChainLedger
from ebl_service.domain import events as happened
from ebl_service.domain.terms import NOBODY, Status, TitleId
from ebl_service.domain.title import Title, evolve
from voyage.cast import Member
from voyage.clerk import Clerk
from voyage.stage import Stage

_TITLE = selector_of(next(each for each in artifact("TitleRegistry").abi if each.get("name") == "title"))
_SHAPE = "(address,address,address,address,uint8,bool,bool,uint16,uint32,uint40,bytes32,bytes32)"
FIELDS = (
    "carrier", "holder", "endorsee", "entitled", "status", "isToOrder", "mayEndorse", "version", "sequence", "actedAt",
    "commitment", "head",
)  # fmt: skip
"""Of ITitleRegistry.Title, in its order."""
Told = dict[str, Any]


async def mismatches(stage: Stage, ledger: ChainLedger, clerk: Clerk, titles: dict[str, Member]) -> list[str]:
    """A sentence for each difference; empty where all three agree. `titles`: each with who reads it."""
    replayed, registry = await _replayed(ledger), (await ledger.identity()).title_registry
    found = []
    for title_id, reader in titles.items():
        told = {
            "contract": _by_contract(stage, registry, title_id),
            "replay": _by_replay(replayed[TitleId(title_id)]) if title_id in replayed else {},
            "database": _by_database(await clerk.get(reader, f"/v1/titles/{title_id}")),
        }
        for name in FIELDS:
            values = {source: each.get(name) for source, each in told.items()}
            if len(set(values.values())) > 1:
                found.append(f"title {title_id}: {name} is " + ", ".join(f"{v} by {k}" for k, v in values.items()))
    return found


async def _replayed(ledger: ChainLedger) -> dict[TitleId, Title]:
    identity = await ledger.identity()
    separator = identity.titles_domain.separator
    titles: dict[TitleId, Title] = {}
    for recorded in await ledger.events(identity.deployment_block, (await ledger.head()).number):
        event = recorded.event
        if isinstance(event, happened.TitleEvent):
            titles[event.title_id] = evolve(titles.get(event.title_id), event, separator)
    return titles


def _by_contract(stage: Stage, registry: str, title_id: str) -> Told:
    data = stage.rpc("eth_call", {"to": registry, "data": "0x" + _TITLE.hex() + title_id[2:]}, "latest")
    (values,) = decode([_SHAPE], bytes.fromhex(data[2:]))
    told = dict(zip(FIELDS, values, strict=True))
    told["status"] = Status(told["status"]).name
    return {name: "0x" + value.hex() if isinstance(value, bytes) else value for name, value in told.items()}


def _by_replay(title: Title) -> Told:
    return {
        "carrier": title.carrier,
        "holder": title.holder,
        "endorsee": title.endorsee or NOBODY,
        "entitled": title.entitled,
        "status": title.status.name,
        "isToOrder": title.is_to_order,
        "mayEndorse": title.may_endorse,
        "version": title.version,
        "sequence": title.sequence,
        "actedAt": title.acted_at,
        "commitment": title.commitment,
        "head": title.head,
    }


def _by_database(shown: Told) -> Told:
    told = {name: shown[name] for name in FIELDS}
    told["endorsee"] = told["endorsee"] or NOBODY
    return {name: value.lower() if str(value).startswith("0x") else value for name, value in told.items()}
