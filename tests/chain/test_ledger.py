"""The ledger port on a real chain: events, acts, transactions, and what it does when the chain is not the right one."""

import asyncio
from dataclasses import replace

import pytest
from eth_account import Account

from ebl_service.chain.ledger import ChainLedger
from ebl_service.chain.rpc import Rpc
from ebl_service.domain import actions as act
from ebl_service.domain import events as happened
from ebl_service.domain.ledger import ActToSend, Fees
from ebl_service.domain.party import Party
from ebl_service.domain.party import evolve as evolve_party
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import NO_DIGEST, Digest, Role, TitleId, title_id_of
from ebl_service.domain.title import evolve
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable, NonceUsed, Underpriced
from ebl_service.errors.refusals import InvalidSignature, NotHolder, StaleSequence, Unexplained, UnknownTitle
from tests.rpc_proxy import RpcProxy

REFERENCE, COMMITMENT = Digest("0x" + "77" * 32), Digest("0x" + "88" * 32)
HOUR = 3600


def signed(chain, person, asked, deadline=None):
    return ActToSend(person.key.sign_act(chain.titles_domain, asked, deadline or chain.time() + HOUR))


def issue(chain, endorsee="shipper"):
    title_id = title_id_of(chain.carrier.address, REFERENCE)
    to = getattr(chain, endorsee).address if endorsee else None
    return signed(chain, chain.carrier, act.Issue(title_id, chain.shipper.address, to, True, REFERENCE, COMMITMENT))


async def carry(ledger, *acts):
    await ledger.check(acts)
    transaction = ledger.sign_batch(acts, await ledger.next_nonce(), await ledger.fees())
    await ledger.send(transaction.raw)
    return await included(ledger, transaction)


async def included(ledger, transaction):
    async with asyncio.timeout(10):
        while (outcome := await ledger.outcome(transaction.hash)) is None:
            continue
    return outcome


async def title_of(ledger, identity):
    title = None
    for recorded in await ledger.events(identity.deployment_block, (await ledger.head()).number):
        if isinstance(recorded.event, happened.Issued) or title:
            title = evolve(title, recorded.event, identity.titles_domain.separator)
    return title


async def test_acts_of_many_parties_land_in_one_transaction_and_are_replayed_to_the_contracts_head(chain, ledger):
    identity = await ledger.identity()
    title_id = title_id_of(chain.carrier.address, REFERENCE)
    outcome = await carry(
        ledger,
        issue(chain),
        signed(chain, chain.shipper, act.Transfer(title_id, 1, chain.bank.address)),
        signed(chain, chain.bank, act.Transfer(title_id, 2, chain.consignee.address)),
    )
    assert (outcome.reverted, outcome.refused) == (False, ())
    title = await title_of(ledger, identity)
    assert (title.holder, title.sequence) == (chain.consignee.address, 3)
    assert title.head == await ledger.head_of(title_id)
    assert await ledger.head_of(title_id, outcome.block_number - 1) is None


async def test_a_bad_act_is_named_and_spoils_none_of_the_others(chain, ledger):
    title_id = title_id_of(chain.carrier.address, REFERENCE)
    outcome = await carry(
        ledger,
        issue(chain),
        signed(chain, chain.stranger, act.Transfer(title_id, 1, chain.bank.address)),
        signed(chain, chain.shipper, act.Sign(title_id, 1)),
        signed(chain, chain.shipper, act.Sign(title_id, 1)),
    )
    assert [(index, type(refusal)) for index, refusal in outcome.refused] == [(1, NotHolder), (3, StaleSequence)]


async def test_a_check_says_beforehand_what_the_contract_would_say(chain, ledger):
    good = issue(chain)
    unknown = signed(chain, chain.shipper, act.Sign(TitleId("0x" + "09" * 32), 1))
    forged = ActToSend(replace(good.signed, signature=chain.stranger.key.sign_digest(bytes(32))))
    verdicts = await ledger.check([good, unknown, forged])
    assert verdicts[0] is None
    assert [type(verdict) for verdict in verdicts[1:]] == [UnknownTitle, InvalidSignature]
    assert await ledger.check([]) == []


async def test_a_returned_bill_carries_the_proof_of_the_act_before(chain, ledger):
    identity = await ledger.identity()
    title_id = title_id_of(chain.carrier.address, REFERENCE)
    await carry(ledger, issue(chain), signed(chain, chain.shipper, act.Transfer(title_id, 1, chain.bank.address)))
    title = await title_of(ledger, identity)
    back = replace(signed(chain, chain.bank, act.RejectTransfer(title_id, 2)), previous=title.last)
    assert await ledger.check([back]) == [None]
    await carry(ledger, back)
    title = await title_of(ledger, identity)
    assert title.holder == chain.shipper.address
    assert title.head == await ledger.head_of(title_id)


async def test_a_replacement_too_large_for_a_batch_is_sent_alone(chain, ledger):
    identity = await ledger.identity()
    title_id = title_id_of(chain.carrier.address, REFERENCE)
    await carry(
        ledger,
        issue(chain),
        signed(chain, chain.shipper, act.RequestSurrender(title_id, 1, act.Purpose.AMENDMENT, NO_DIGEST)),
        signed(chain, chain.carrier, act.AcceptSurrender(title_id, 2)),
    )
    made = [act.NewTitle(None, True, 0, Digest("0x" + f"{n:02x}" * 32), COMMITMENT) for n in range(1, 9)]
    made.sort(key=lambda new: title_id_of(chain.carrier.address, new.reference_digest))
    division = signed(chain, chain.carrier, act.Replace((title_id,), (3,), tuple(made)))
    assert await ledger.check([division]) == [None]
    outcome = await carry(ledger, division)
    assert not outcome.reverted
    events = await ledger.events(outcome.block_number, outcome.block_number)
    assert sum(isinstance(recorded.event, happened.Issued) for recorded in events) == 8
    assert (await ledger.identity()) == identity


async def test_sending_the_same_bytes_again_is_harmless(chain, ledger):
    await ledger.check([issue(chain)])
    transaction = ledger.sign_batch([issue(chain)], await ledger.next_nonce(), await ledger.fees())
    again = ledger.sign_batch([issue(chain)], transaction.nonce, transaction.fees)
    assert again == transaction
    chain.rpc("evm_setAutomine", False)
    try:
        await ledger.send(transaction.raw)
        await ledger.send(transaction.raw)
        assert await ledger.known(transaction.hash)
        assert await ledger.outcome(transaction.hash) is None
        chain.rpc("evm_mine")
    finally:
        chain.rpc("evm_setAutomine", True)
    await ledger.send(transaction.raw)
    assert not (await included(ledger, transaction)).reverted


async def test_a_nonce_that_another_transaction_took_is_told(chain, ledger):
    nonce, fees = await ledger.next_nonce(), await ledger.fees()
    filler = ledger.sign_filler(nonce, fees)
    await ledger.send(filler.raw)
    await included(ledger, filler)
    with pytest.raises(NonceUsed):
        await ledger.send(ledger.sign_batch([issue(chain)], nonce, fees).raw)


async def test_a_replacement_of_a_pending_transaction_needs_a_higher_fee(chain, ledger):
    nonce, fees = await ledger.next_nonce(), await ledger.fees()
    chain.rpc("evm_setAutomine", False)
    try:
        await ledger.send(ledger.sign_filler(nonce, fees).raw)
        with pytest.raises(Underpriced):
            await ledger.send(
                ledger.sign_batch([issue(chain)], nonce, Fees(fees.max_fee - 1, fees.priority_fee - 1)).raw
            )
        higher = Fees(fees.max_fee * 2, fees.priority_fee * 2)
        await ledger.send(ledger.sign_batch([issue(chain)], nonce, higher).raw)
    finally:
        chain.rpc("evm_setAutomine", True)
        chain.rpc("evm_mine")


async def test_events_come_whole_where_the_node_limits_its_answers(chain, deployment):
    async with RpcProxy(chain.url) as proxy, Rpc([proxy.url]) as rpc:
        ledger = ChainLedger(rpc, deployment, Account.from_key(chain.relayer.key.secret))
        last = (await ledger.head()).number
        whole = await ledger.events(0, last)
        proxy.spoil("rpc_error", method="eth_getLogs", times=2, message="query returned more than 10000 results")
        assert await ledger.events(0, last) == whole
        assert proxy.calls.count("eth_getLogs") == 6


async def test_party_events_fold_to_the_registrys_parties(chain, ledger, registrar):
    await registrar.suspend(chain.bank.address)
    await registrar.grant_role(chain.bank.address, Role.INSURER)
    await registrar.withdraw_role(chain.bank.address, Role.INSURER)
    await registrar.reinstate(chain.bank.address)
    await registrar.suspend(chain.forwarder.address)
    parties: dict[str, Party | None] = {}
    for recorded in await ledger.events(0, (await ledger.head()).number):
        if hasattr(recorded.event, "account"):
            parties[recorded.event.account] = evolve_party(parties.get(recorded.event.account), recorded.event)
    for account, party in parties.items():
        number, roles, suspended, nonce, identity = chain.parties_contract.functions.party(
            chain.web3.to_checksum_address(account)
        ).call()
        assert (number, roles, suspended, nonce) == (party.number, party.roles, party.is_suspended, party.nonce)
        assert "0x" + identity.hex() == party.identity_digest


async def test_another_chain_under_the_same_address_is_refused(rpc, deployment, chain):
    key = Account.from_key(chain.relayer.key.secret)
    reset = replace(deployment, genesis_hash=Digest("0x" + "01" * 32))
    with pytest.raises(LedgerDisagrees, match="another block"):
        await ChainLedger(rpc, reset, key).head()
    with pytest.raises(LedgerDisagrees, match="on chain 31337"):
        await ChainLedger(rpc, replace(deployment, chain_id=1), key).head()
    other_code = replace(deployment.title_registry, code_hash=Digest("0x" + "02" * 32))
    with pytest.raises(LedgerDisagrees, match="not what was deployed"):
        await ChainLedger(rpc, replace(deployment, title_registry=other_code), key).head()


async def test_a_node_out_of_reach_is_unavailable_and_checked_again_when_it_is_back(chain, deployment):
    async with RpcProxy(chain.url) as proxy, Rpc([proxy.url], timeout=1) as rpc:
        ledger = ChainLedger(rpc, deployment, Account.from_key(chain.relayer.key.secret))
        await ledger.head()
        proxy.spoil("status")
        with pytest.raises(LedgerUnavailable):
            await ledger.head()
        proxy.calls.clear()
        await ledger.head()
        assert "eth_getCode" in proxy.calls


async def test_blocks_are_told_by_number(ledger, chain):
    head = await ledger.head()
    before = await ledger.block(head.number - 1)
    assert (before.number, before.hash) == (head.number - 1, head.parent_hash)
    assert await ledger.block(head.number + 1) is None
    assert await ledger.finalized() <= head.number
    assert await ledger.relayer() == chain.relayer.address
    assert await ledger.relayer_balance() > 0


async def test_a_contract_wallet_judges_its_own_signatures(ledger, chain):
    digest = b"\x05" * 32
    assert await ledger.verify_signature(chain.bank.address, digest, chain.bank.key.sign_digest(digest))
    assert not await ledger.verify_signature(chain.bank.address, digest, chain.shipper.key.sign_digest(digest))
    wallet = "0x" + "5a" * 20
    says_yes = "0x7f1626ba7e" + "00" * 28 + "5f5260205ff3"
    chain.rpc("anvil_setCode", wallet, says_yes)
    assert await ledger.verify_signature(wallet, digest, b"whatever")
    other = "0x" + "5b" * 20
    chain.rpc("anvil_setCode", other, "0x5f5ffd")
    assert not await ledger.verify_signature(other, digest, b"whatever")


async def test_a_wallet_that_burns_gas_is_found_out_by_the_check(ledger, chain):
    chain.rpc("anvil_setCode", chain.bank.address, "0x5b5f56")  # JUMPDEST, jump back for ever
    asked = ActToSend(SignedAct(act.Sign(TitleId("0x" + "09" * 32), 1), chain.bank.address, chain.time() + HOUR, b"x"))
    verdict = (await ledger.check([asked]))[0]
    assert isinstance(verdict, InvalidSignature | Unexplained)
    chain.rpc("anvil_setCode", chain.bank.address, "0x")


async def test_a_node_without_optional_answers_still_serves(chain, deployment):
    async with RpcProxy(chain.url) as proxy, Rpc([proxy.url]) as rpc:
        ledger = ChainLedger(rpc, deployment, Account.from_key(chain.relayer.key.secret))
        await ledger.head()
        proxy.spoil("rpc_error", method="eth_maxPriorityFeePerGas", message="the method does not exist")
        assert (await ledger.fees()).priority_fee == 1_000_000_000
        proxy.spoil("rpc_error", message="unknown block tag finalized")
        assert await ledger.finalized() == -1
        assert await ledger.check([issue(chain)]) == [None]
        proxy.spoil("rpc_error", method="eth_call", message="database is locked")
        with pytest.raises(LedgerUnavailable, match="cannot judge"):
            await ledger.check([issue(chain)])
        proxy.spoil("rpc_error", method="eth_call", message="out of gas: gas required exceeds allowance")
        assert isinstance((await ledger.check([issue(chain)]))[0], Unexplained)
        proxy.spoil("rpc_error", method="eth_getLogs", message="query returned more than 10000 results")
        with pytest.raises(LedgerUnavailable):
            await ledger.events(1, 1)
        proxy.spoil("rpc_error", method="eth_sendRawTransaction", message="already known")
        await ledger.send(b"\x02")
        proxy.spoil("rpc_error", method="eth_sendRawTransaction", message="insufficient funds")
        with pytest.raises(LedgerUnavailable, match="insufficient"):
            await ledger.send(b"\x02")
