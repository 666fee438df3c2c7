"""Gas of each act in steady state, and what the contracts weigh: deterministic, so that a test holds the ceilings.

Steady state: the parties have held titles before, so that no storage counter of theirs is touched for the first time.
A whole life: issued to a shipper to order of a bank, transferred to the bank, endorsed to order twice, surrendered
for delivery, accepted. Batches: fifty signed acts in one transaction, the transaction's gas shared among them.
"""

import argparse
import json

from ebl_service.chain.artifacts import artifact
from ebl_service.domain.actions import (
    AcceptSurrender,
    Act,
    Endorse,
    EndorseInBlank,
    EndorseToOrder,
    RejectTransfer,
    RequestSurrender,
    Sign,
    Transfer,
)
from ebl_service.domain.terms import Purpose
from tests.anvil import Anvil
from tests.contract.stage import Stage, signed_data
from tests.local_chain import LocalChain, Person

CEILINGS = {
    "issue": 136_000,
    "issue_apart": 160_000,
    "transfer": 44_000,
    "endorse_to_order": 51_000,
    "request_surrender": 42_000,
    "accept_surrender": 40_000,
    "whole_life": 370_000,
    "batched_50_each": 28_000,
    "batched_50_endorsements_each": 35_000,
    "title_registry_bytes": 16_000,
    "party_registry_bytes": 16_000,
}
"""What the rulebook allows. Gas, and bytes of runtime code."""
BATCH = 50


def measure(chain: LocalChain) -> dict[str, int]:
    """Every figure; each act is played twice, and the second time counts."""
    stage = Stage(chain)
    for _ in range(2):
        found = _acts(stage, chain) | _life(stage, chain)
        found["batched_50_each"] = _batched(stage, chain, Transfer)
        found["batched_50_endorsements_each"] = _batched(stage, chain, EndorseToOrder)
    found["title_registry_bytes"] = len(artifact("TitleRegistry").deployed_bytecode)
    found["party_registry_bytes"] = len(artifact("PartyRegistry").deployed_bytecode)
    return found


def _used(stage: Stage, actor: Person, act: Act) -> int:
    stage.play(actor, act)
    return stage.gas_used


def _acts(stage: Stage, chain: LocalChain) -> dict[str, int]:
    shipper, bank, consignee, carrier = chain.shipper, chain.bank, chain.consignee, chain.carrier
    bill = stage.issue(shipper)
    found = {"issue": stage.gas_used}
    stage.issue()
    found["issue_blank"] = stage.gas_used
    found["transfer"] = _used(stage, shipper, Transfer(bill, 1, bank.address))
    found["reject_transfer"] = _used(stage, bank, RejectTransfer(bill, 2))
    found["endorse_to_order"] = _used(stage, shipper, EndorseToOrder(bill, 3, bank.address))
    found["endorse_in_blank"] = _used(stage, bank, EndorseInBlank(bill, 4, consignee.address))
    found["endorse"] = _used(stage, consignee, Endorse(bill, 5, bank.address))
    found["sign"] = _used(stage, bank, Sign(bill, 6))
    found["request_surrender"] = _used(stage, bank, RequestSurrender(bill, 7, Purpose.DELIVERY))
    found["accept_surrender"] = _used(stage, carrier, AcceptSurrender(bill, 8))
    return found


def _life(stage: Stage, chain: LocalChain) -> dict[str, int]:
    bill = stage.issue(chain.bank)
    apart = stage.gas_used
    acts: list[tuple[Person, Act]] = [
        (chain.shipper, Transfer(bill, 1, chain.bank.address)),
        (chain.bank, EndorseToOrder(bill, 2, chain.other_bank.address)),
        (chain.other_bank, EndorseToOrder(bill, 3, chain.consignee.address)),
        (chain.consignee, RequestSurrender(bill, 4, Purpose.DELIVERY)),
        (chain.carrier, AcceptSurrender(bill, 5)),
    ]
    return {"issue_apart": apart, "whole_life": apart + sum(_used(stage, actor, act) for actor, act in acts)}


def _batched(stage: Stage, chain: LocalChain, kind: type[Transfer | EndorseToOrder]) -> int:
    bills = [stage.issue(chain.shipper) for _ in range(BATCH)]
    signed = [stage.sign(chain.shipper, kind(bill, 1, chain.bank.address)) for bill in bills]
    happened = stage.batch([signed_data(each) for each in signed])
    assert len(happened) == BATCH
    return stage.gas_used // BATCH


def main(arguments: list[str]) -> None:
    """Print the figures, as a table or as JSON."""
    parser = argparse.ArgumentParser(prog="scripts/bench gas", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    as_json = parser.parse_args(arguments).json
    with Anvil() as anvil:
        found = measure(LocalChain(anvil))
    if as_json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        ceiling = f"{CEILINGS[name]:>10,}" if name in CEILINGS else ""
        print(f"{name:32}{value:>10,}{ceiling}")
