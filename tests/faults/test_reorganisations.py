"""Faults 12 to 15: blocks that go, blocks that come instead, a chain that broke its word, another chain altogether."""

import httpx

from ebl_service.domain import actions as act
from ebl_service.domain.certificate_actions import NotifyClaim
from ebl_service.domain.submission import State
from ebl_service.domain.terms import digest
from tests.contract.stage import direct_data
from tests.faults.insuring import certificate_of, insure
from tests.faults.oracle import rows_of
from tests.faults.stage import CONFIRMATIONS, Stage

GWEI = 10**9


async def test_fault_12_acts_in_blocks_that_are_gone_are_taken_back_and_sent_again(stage: Stage) -> None:
    [title] = await stage.issued()
    for depth in range(1, CONFIRMATIONS + 1):
        stage.rpc("anvil_mine", hex(CONFIRMATIONS))
        await stage.comes(stage.indexed)
        at = stage.height()
        sequence = int((await stage.read(f"/v1/titles/{title}")).json()["sequence"])
        [signed] = await stage.take(stage.sign(stage.chain.shipper, act.Sign(title, sequence)))
        await stage.become([signed], State.INCLUDED)
        for _ in range(depth - 1):
            stage.rpc("evm_mine")
        stage.rpc("evm_setAutomine", False)
        assert stage.height() == at + depth
        stage.rpc("anvil_reorg", depth, [])
        await stage.become([signed], State.SENT)
        told = (await stage.read(f"/v1/titles/{title}")).json()
        assert told["sequence"] == sequence
        stage.rpc("evm_setAutomine", True)
        stage.rpc("evm_mine")
        await stage.become([signed], State.INCLUDED)
    await stage.ends_well()
    retracted = [row for row in (await rows_of(stage))["feed"] if row.kind == "retracted"]
    assert len(retracted) == CONFIRMATIONS


async def test_fault_12_a_certificate_and_its_claim_in_blocks_that_are_gone_are_taken_back_and_come_again(
    stage: Stage,
) -> None:
    [title] = await stage.issued()
    stage.rpc("anvil_mine", hex(CONFIRMATIONS))
    await stage.become(list(stage.promised), State.FINAL)  # only then the carrier reads what is tied to it
    certificate = insure(stage, title)
    where = f"/v1/certificates/{certificate_of(certificate)}"
    claim = stage.sign(stage.chain.shipper, NotifyClaim(certificate_of(certificate), 1, digest("0x05")))
    for signed in (certificate, claim):
        await stage.take(signed)
        await stage.become([stage.id_of(signed)], State.INCLUDED)
    assert len((await stage.read(where)).json()["claims"]) == 1
    stage.rpc("evm_setAutomine", False)
    stage.rpc("anvil_reorg", 1, [])
    await stage.become([stage.id_of(claim)], State.SENT)
    assert (await stage.read(where)).json()["claims"] == []
    stage.rpc("anvil_reorg", 2, [])
    await stage.become([stage.id_of(certificate)], State.SENT)
    assert (await stage.read(where)).status_code == httpx.codes.NOT_FOUND
    stage.rpc("evm_setAutomine", True)
    stage.rpc("evm_mine")
    await stage.become([stage.id_of(certificate), stage.id_of(claim)], State.INCLUDED)
    told = (await stage.read(where)).json()
    assert (told["sequence"], told["assured"].lower()) == (2, stage.chain.shipper.address)
    await stage.ends_well()


def _straight_to(stage: Stage, title: str, recipient: str) -> str:
    """The shipper's own transaction that passes the bill on, signed and raw."""
    shipper = stage.chain.shipper
    asked = act.Transfer(title, 1, stage.chain.people[recipient].address)  # type: ignore[arg-type]
    signed = shipper.key.account.sign_transaction(
        {
            "chainId": stage.chain.chain_id,
            "nonce": int(stage.rpc("eth_getTransactionCount", shipper.address, "latest"), 16),
            "gas": 200_000,
            "gasPrice": 100 * GWEI,
            "to": stage.chain.web3.to_checksum_address(stage.chain.title_registry),
            "value": 0,
            "data": direct_data(asked),
        }
    )
    raw: str = signed.raw_transaction.to_0x_hex()
    return raw


async def test_fault_13_the_loser_of_a_reorganisation_with_a_conflicting_act_is_refused_with_the_ledgers_reason(
    stage: Stage,
) -> None:
    [title] = await stage.issued()
    loser = stage.transfer(title, to="bank")
    await stage.take(loser)
    await stage.become([stage.id_of(loser)], State.INCLUDED)
    stage.rpc("anvil_reorg", 1, [[_straight_to(stage, title, "other_bank"), 0]])
    await stage.ends_well()
    found = await stage.found(stage.id_of(loser))
    assert (found.state, type(found.refusal).__name__) == (State.REFUSED, "StaleSequence")
    told = (await stage.read(f"/v1/titles/{title}")).json()
    assert told["holder"].lower() == stage.chain.other_bank.address


async def _halted(stage: Stage, words: str) -> bool:
    told = await stage.service.ready()
    return told is not None and any(words in reason for reason in told["reasons"])


async def _refuses_writes(stage: Stage) -> None:
    answer = await stage.post(stage.issue())
    assert answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR
    assert answer.json()["rule"] == "LedgerDisagrees"


HISTORY = ("ledger", "blocks", "events", "titles", "title_states", "parties", "party_states", "feed", "submissions")


async def test_fault_14_a_reorganisation_below_what_was_final_stops_everything_and_says_so(stage: Stage) -> None:
    [title] = await stage.issued()
    stage.rpc("anvil_mine", hex(70))
    await stage.become(list(stage.promised), State.FINAL)
    await stage.comes(stage.indexed)
    before = await rows_of(stage)
    stage.rpc("anvil_reorg", 72, [])
    await stage.comes(lambda: _halted(stage, "Finality violated"))
    await _refuses_writes(stage)
    sent = len(stage.proxy.sent)
    after = await rows_of(stage)
    assert {name: after[name] for name in HISTORY} == {name: before[name] for name in HISTORY}
    assert (await stage.read(f"/v1/titles/{title}")).status_code == httpx.codes.OK
    assert (await stage.service.http.get("/health/live")).status_code == httpx.codes.OK
    stage.service.kill()
    stage.service.start()
    await stage.comes(lambda: _halted(stage, "Finality violated"))  # a restart forgets nothing
    assert len(stage.proxy.sent) == sent


async def test_fault_15_a_chain_that_was_reset_under_the_same_address_is_refused_and_no_row_touched(
    stage: Stage,
) -> None:
    await stage.issued()
    await stage.ends_well()
    before = await rows_of(stage)
    stage.node.kill()
    stage.node.restart("--timestamp", "1700000000")
    await stage.comes(lambda: _halted(stage, "another block"))
    await _is_untouched(stage, before)
    stage.service.kill()
    stage.service.start()
    await stage.comes(lambda: not stage.service.is_alive)  # does not serve another chain
    assert stage.service.process is not None
    assert stage.service.process.exitcode == 7


async def test_fault_15_a_node_of_another_chain_id_is_refused_and_no_row_touched(stage: Stage) -> None:
    await stage.issued()
    await stage.ends_well()
    before = await rows_of(stage)
    stage.node.kill()
    stage.node.restart("--chain-id", "5")
    await stage.comes(lambda: _halted(stage, "chain"))
    await _is_untouched(stage, before)


async def test_fault_15_a_chain_that_anvil_reset_under_a_running_service_is_refused_and_no_row_touched(
    stage: Stage,
) -> None:
    await stage.issued()
    await stage.ends_well()
    before = await rows_of(stage)
    stage.rpc("anvil_reset")
    await stage.comes(lambda: _halted(stage, "deploy"))
    await _is_untouched(stage, before)


async def _is_untouched(stage: Stage, before: object) -> None:
    assert isinstance(before, dict)
    sent = len(stage.proxy.sent)
    answer = await stage.post(stage.transfer(before["titles"][0].title_id))
    assert (answer.status_code, answer.json().get("rule")) == (500, "LedgerDisagrees"), answer.text
    after = await rows_of(stage)
    assert {name: after[name] for name in HISTORY} == {name: before[name] for name in HISTORY}
    assert len(stage.proxy.sent) == sent
