"""A node that may not be the right one, does not answer, or hangs: nothing is judged or sent on its word."""

import asyncio
from dataclasses import replace

import pytest
from eth_account import Account

from ebl_service.chain.ledger import ChainLedger
from ebl_service.chain.rpc import Rpc
from ebl_service.domain import actions as act
from ebl_service.domain.ledger import ActToSend
from ebl_service.domain.terms import Digest, TitleId
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable
from tests.rpc_proxy import RpcProxy


def relayer_of(chain):
    return Account.from_key(chain.relayer.key.secret)


async def test_another_chain_is_found_out_before_anything_is_judged_or_sent(rpc, deployment, chain):
    ledger = ChainLedger(rpc, replace(deployment, genesis_hash=Digest("0x" + "01" * 32)), relayer_of(chain))
    ledger._checked = True  # it was ours a moment ago
    asked = act.Sign(TitleId("0x" + "09" * 32), 1)
    signed = chain.bank.key.sign_act(chain.titles_domain, asked, chain.time() + 60)
    with pytest.raises(LedgerDisagrees, match="another block"):
        await ledger.next_nonce()
    with pytest.raises(LedgerDisagrees, match="another block"):
        await ledger.check([ActToSend(signed)])
    assert await ledger.check([]) == []


async def test_while_no_node_answers_a_plain_accounts_signature_is_judged_by_itself(chain, deployment):
    async with RpcProxy(chain.url) as proxy, Rpc([proxy.url], timeout=1) as rpc:
        ledger = ChainLedger(rpc, deployment, relayer_of(chain))
        digest = b"\x05" * 32
        own, another = chain.bank.key.sign_digest(digest), chain.shipper.key.sign_digest(digest)
        proxy.spoil("status", times=-1)
        assert await ledger.verify_signature(chain.bank.address, digest, own)
        with pytest.raises(LedgerUnavailable):
            await ledger.verify_signature(chain.bank.address, digest, another)
        proxy.rules.clear()
        assert not await ledger.verify_signature(chain.bank.address, digest, another)
        chain.rpc("anvil_setCode", chain.bank.address, "0x5f5ffd")
        assert not await ledger.verify_signature(chain.bank.address, digest, own)
        proxy.spoil("status", times=-1)
        with pytest.raises(LedgerUnavailable):  # known to be a wallet, which alone can tell
            await ledger.verify_signature(chain.bank.address, digest, own)
    chain.rpc("anvil_setCode", chain.bank.address, "0x")


async def test_who_waits_behind_a_node_that_hangs_waits_once(chain, deployment):
    async with RpcProxy(chain.url) as proxy, Rpc([proxy.url], timeout=0.2) as rpc:
        ledger = ChainLedger(rpc, deployment, relayer_of(chain))
        proxy.spoil("late", times=-1, delay=60)
        answers = await asyncio.gather(*[ledger.head() for _ in range(20)], return_exceptions=True)
        assert {type(answer) for answer in answers} == {LedgerUnavailable}
        assert proxy.calls.count("eth_chainId") == 1


async def test_a_node_in_trouble_does_not_say_that_a_wallet_refuses(chain, deployment):
    wallet, digest = "0x" + "5a" * 20, b"\x05" * 32
    chain.rpc("anvil_setCode", wallet, "0x7f1626ba7e" + "00" * 28 + "5f5260205ff3")
    async with RpcProxy(chain.url) as proxy, Rpc([proxy.url]) as rpc:
        ledger = ChainLedger(rpc, deployment, relayer_of(chain))
        proxy.spoil("rpc_error", method="eth_call", message="database is locked")
        with pytest.raises(LedgerUnavailable, match="database is locked"):
            await ledger.verify_signature(wallet, digest, b"whatever")
        assert await ledger.verify_signature(wallet, digest, b"whatever")
        chain.rpc("anvil_setCode", wallet, "0xfe")
        assert not await ledger.verify_signature(wallet, digest, b"whatever")


async def test_an_account_that_ceased_to_be_a_wallet_signs_for_itself_again(ledger, chain):
    digest = b"\x05" * 32
    own = chain.bank.key.sign_digest(digest)
    chain.rpc("anvil_setCode", chain.bank.address, "0x5f5ffd")
    assert not await ledger.verify_signature(chain.bank.address, digest, own)
    chain.rpc("anvil_setCode", chain.bank.address, "0x")
    assert await ledger.verify_signature(chain.bank.address, digest, own)
