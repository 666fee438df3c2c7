"""What is a chain's own behind the ledger port: which chain it is, wallets with code, what nodes can and cannot answer.

What the port promises of every ledger: test_port, test_port_acts, test_port_transactions.
"""

from dataclasses import replace

import pytest
from eth_account import Account

from ebl_service.chain.ledger import ChainLedger
from ebl_service.chain.rpc import Rpc
from ebl_service.domain import actions as act
from ebl_service.domain.ledger import ActToSend
from ebl_service.domain.party import Party
from ebl_service.domain.party import evolve as evolve_party
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Digest, Role, TitleId, title_id_of
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable, NodeBehind
from ebl_service.errors.refusals import InvalidSignature, Unexplained
from tests.rpc_proxy import RpcProxy

REFERENCE, COMMITMENT = Digest("0x" + "77" * 32), Digest("0x" + "88" * 32)
HOUR = 3600
LARGEST_BATCH = 1_000
"""Calls that common nodes take in one request."""
FINALIZED_DEPTH = 64
"""Blocks below the newest one that anvil calls final."""


def signed(chain, person, asked, deadline=None):
    return ActToSend(person.key.sign_act(chain.titles_domain, asked, deadline or chain.time() + HOUR))


def issue(chain, endorsee="shipper"):
    title_id = title_id_of(chain.carrier.address, REFERENCE)
    to = getattr(chain, endorsee).address if endorsee else None
    return signed(chain, chain.carrier, act.Issue(title_id, chain.shipper.address, to, True, REFERENCE, COMMITMENT))


async def stands(chain, ledger, item):
    """Send an act; it must stand."""
    made = ledger.sign_batch([item], await ledger.next_nonce(), await ledger.fees())
    await ledger.send(made.raw)
    chain.rpc("anvil_mine", "0x1")
    outcome = await ledger.outcome(made.hash)
    assert (outcome.reverted, list(outcome.refused)) == (False, [])


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


async def test_what_the_chain_itself_calls_final_is_told(chain, ledger):
    chain.rpc("anvil_mine", hex(FINALIZED_DEPTH + 6))
    height = (await ledger.head()).number
    assert await ledger.finalized() == height - FINALIZED_DEPTH
    chain.rpc("anvil_mine", hex(3))
    assert await ledger.finalized() == height - FINALIZED_DEPTH + 3


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


async def test_a_contract_wallet_judges_its_own_signatures(ledger, chain):
    digest = b"\x05" * 32
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


async def test_a_check_gives_a_wallet_its_whole_share_however_long_its_signature_is(ledger, chain):
    wallet = chain.join("thorough wallet")
    burns_300_000_and_says_yes = "0x5a5b805a90036204" + "93e011600157" + "7f1626ba7e" + "00" * 28 + "5f5260205ff3"
    chain.rpc("anvil_setCode", wallet.address, burns_300_000_and_says_yes)
    title_id = title_id_of(chain.carrier.address, REFERENCE)
    issued = act.Issue(title_id, wallet.address, None, True, REFERENCE, COMMITMENT)
    await stands(chain, ledger, signed(chain, chain.carrier, issued))
    for size in (65, 10_000):
        sent = SignedAct(act.Sign(title_id, 1), wallet.address, chain.time() + HOUR, b"\x01" * size)
        assert await ledger.check([ActToSend(sent)]) == [None]
    await stands(chain, ledger, ActToSend(sent))


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


async def test_many_acts_are_asked_about_in_requests_that_nodes_take(chain, ledger, rpc, monkeypatch):
    asked, answers = [], rpc.answers

    async def counted(calls):
        asked.append(len(calls))
        return await answers(calls)

    monkeypatch.setattr(rpc, "answers", counted)
    stands, refused = issue(chain), issue(chain, endorsee="stranger")
    verdicts = await ledger.check([stands, *[refused] * 1_000, stands])
    assert [verdicts[0], verdicts[-1]] == [None, None]
    assert {type(verdict).__name__ for verdict in verdicts[1:-1]} == {"RecipientNotRegistered"}
    assert len(verdicts) == 1_002
    assert max(asked) < LARGEST_BATCH


@pytest.mark.parametrize(
    "says",
    [
        "insufficient funds for gas * price + value",
        "max fee per gas less than block base fee",
        "gas price below the minimum",
        "intrinsic gas too low",
    ],
)
async def test_what_a_node_says_of_prices_and_funds_is_no_word_on_an_act_or_a_signature(chain, deployment, says):
    wallet = "0x" + "5a" * 20
    chain.rpc("anvil_setCode", wallet, "0x7f1626ba7e" + "00" * 28 + "5f5260205ff3")
    async with RpcProxy(chain.url) as proxy, Rpc([proxy.url]) as rpc:
        ledger = ChainLedger(rpc, deployment, Account.from_key(chain.relayer.key.secret))
        proxy.spoil("rpc_error", method="eth_call", message=says)
        with pytest.raises(LedgerUnavailable, match="cannot judge"):
            await ledger.check([issue(chain)])
        proxy.spoil("rpc_error", method="eth_call", message=says)
        with pytest.raises(LedgerUnavailable):
            await ledger.verify_signature(wallet, b"\x05" * 32, b"whatever")


async def test_of_two_nodes_that_take_turns_in_being_behind_the_caller_is_not_kept_for_ever(chain, deployment):
    async with RpcProxy(chain.url) as ahead, RpcProxy(chain.url) as behind, Rpc([ahead.url, behind.url]) as rpc:
        ledger = ChainLedger(rpc, deployment, Account.from_key(chain.relayer.key.secret))
        head = await ledger.head()
        asked = rpc.answers

        async def from_behind(calls):
            answers = await asked(calls)
            for (method, _), answer in zip(calls, answers, strict=True):
                if method == "eth_blockNumber":
                    answer["result"] = hex(head.number - 1)
                if method == "eth_getBlockByNumber" and answer["result"]["number"] == hex(head.number):
                    answer["result"]["number"] = hex(head.number - 1)
            return answers

        rpc.answers = from_behind
        for asking in (ledger.check([issue(chain)]), ledger.next_nonce(), ledger.head(head.number)):
            with pytest.raises(NodeBehind):
                await asking


async def test_events_are_not_taken_from_a_node_that_has_not_come_to_their_last_block(chain, ledger):
    head = await ledger.head()
    with pytest.raises(NodeBehind):
        await ledger.events(head.number, head.number + 1)


async def test_who_knows_more_than_the_node_is_told_that_it_is_behind(chain, ledger):
    head = await ledger.head()
    assert await ledger.check([issue(chain)], head.number) == [None]
    for asking in (ledger.check([issue(chain)], head.number + 1), ledger.next_nonce(head.number + 1)):
        with pytest.raises(NodeBehind, match=f"no block {head.number + 1}, and is at block {head.number}"):
            await asking
