"""Gas of each act in steady state, and what the contracts weigh: deterministic, so that a test holds the ceilings.

Steady state: the parties have held titles before, so that no storage counter of theirs is touched for the first time.
A whole life: issued to a shipper to order of a bank, transferred to the bank, endorsed to order twice, surrendered
for delivery, accepted. Batches: fifty signed acts in one transaction, the transaction's gas shared among them.
Certificates: FOLLOW where nothing else is said; `transfer_dearer_with_certificate` is what a
transfer costs more with one than without.
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
    NewTitle,
    RejectTransfer,
    Replace,
    RequestSurrender,
    Sign,
    Transfer,
)
from ebl_service.domain.certificate_actions import (
    AcknowledgeClaim,
    CancelCertificate,
    CarryOver,
    IssueCertificate,
    NotifyClaim,
    ReleaseLossPayee,
    SettleClaim,
)
from ebl_service.domain.terms import Mode, Part, Purpose, TitleId, certificate_id_of, digest, title_id_of
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
    "issue_certificate": 180_000,
    "issue_certificate_loss_payee": 210_000,
    "carry_over": 95_000,
    "cancel_certificate": 55_000,
    "notify_claim": 85_000,
    "transfer_dearer_with_certificate": 0,
    "cargo_insurance_bytes": 16_000,
}
"""What the rulebook allows, and of certificates what we allow ourselves. Gas, and bytes of runtime code."""
BATCH = 50


def measure(chain: LocalChain) -> dict[str, int]:
    """Every figure; each act is played twice, and the second time counts."""
    stage = Stage(chain)
    for _ in range(2):
        found = _acts(stage, chain) | _life(stage, chain)
        found["batched_50_each"] = _batched(stage, chain, Transfer)
        found["batched_50_endorsements_each"] = _batched(stage, chain, EndorseToOrder)
        found |= _insurance(stage, chain)
    found["title_registry_bytes"] = len(artifact("TitleRegistry").deployed_bytecode)
    found["party_registry_bytes"] = len(artifact("PartyRegistry").deployed_bytecode)
    found["cargo_insurance_bytes"] = len(artifact("CargoInsurance").deployed_bytecode)
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


def _insurance(stage: Stage, chain: LocalChain) -> dict[str, int]:
    insurer, shipper, bank, carrier = chain.insurer, chain.shipper, chain.bank, chain.carrier
    bare, insured, amended = stage.issue(), stage.issue(), stage.issue()
    without = _used(stage, shipper, Transfer(bare, 1, bank.address))
    found = {"issue_certificate": _used(stage, insurer, _certificate(stage, chain, insured, Mode.FOLLOW))}
    with_one = _used(stage, shipper, Transfer(insured, 1, bank.address))
    found["transfer_dearer_with_certificate"] = abs(with_one - without)
    pledged = _certificate(stage, chain, amended, Mode.LOSS_PAYEE)
    found["issue_certificate_loss_payee"] = _used(stage, insurer, pledged)
    which = pledged.certificate_id
    found["cancel_certificate"] = _used(stage, insurer, CancelCertificate(which, 1, Part.WAR))
    found["notify_claim"] = _used(stage, shipper, NotifyClaim(which, 2, digest(1)))
    found["acknowledge_claim"] = _used(stage, insurer, AcknowledgeClaim(which, 3, 3))
    found["settle_claim"] = _used(stage, insurer, SettleClaim(which, 4, 3, bank.address, digest(2)))
    found["release_loss_payee"] = _used(stage, bank, ReleaseLossPayee(which, 5))
    stage.play(shipper, RequestSurrender(amended, 1, Purpose.AMENDMENT))
    stage.play(carrier, AcceptSurrender(amended, 2))
    made = NewTitle(None, True, 1, stage.titles[amended].reference_digest, digest(3))
    stage.play(carrier, Replace((amended,), (3,), (made,)))
    successor = title_id_of(carrier.address, made.reference_digest, 1)
    found["carry_over"] = _used(stage, insurer, CarryOver(which, 6, successor, digest(4)))
    return found


def _certificate(stage: Stage, chain: LocalChain, title_id: TitleId, mode: Mode) -> IssueCertificate:
    """A certificate for this title, by the number of blocks; its risks attach in a year."""
    reference, named = digest(5, stage.now), chain.bank.address if mode is Mode.LOSS_PAYEE else None
    attaches = stage.now + 365 * 86_400
    which = certificate_id_of(chain.insurer.address, reference)
    return IssueCertificate(which, title_id, mode, named, attaches, attaches, attaches, reference, digest(6))


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
