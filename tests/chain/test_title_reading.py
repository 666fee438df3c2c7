"""A title read from a node alone, and a copy checked against it without any service."""

import pytest

from ebl_service.chain.rpc import Rpc
from ebl_service.chain.title_reading import NodeTitles
from ebl_service.domain import actions as act
from ebl_service.domain.ledger import ActToSend
from ebl_service.domain.terms import Purpose, Status
from ebl_service.domain.verification import Verdict
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable
from ebl_service.services.verification import Verification
from tests.issued_bill import IssuedBill
from tests.printing.prints import sample
from tests.rpc_proxy import RpcProxy

HOUR = 3600


async def carry(chain, ledger, person, asked):
    acts = [ActToSend(person.key.sign_act(chain.titles_domain, asked, chain.time() + HOUR))]
    assert await ledger.check(acts) == [None]
    transaction = ledger.sign_batch(acts, await ledger.next_nonce(), await ledger.fees())
    await ledger.send(transaction.raw)
    while await ledger.outcome(transaction.hash) is None:
        continue


@pytest.fixture
def bill(chain):
    return IssuedBill(chain, sample("blank-ningbo-hamburg"), "node").issue(chain.shipper)


async def test_a_title_is_read_with_its_issue_its_status_and_what_replaced_it(chain, ledger, rpc, deployment, bill):
    titles = await NodeTitles.of_deployment(rpc, deployment)
    issued = await titles.standing(bill.title_id)
    assert (issued.status, issued.version, issued.carrier) == (Status.ISSUED, 0, chain.carrier.address)
    assert issued.commitment == bill.commitment
    assert issued.issued_at == chain.time()
    await carry(chain, ledger, chain.shipper, act.Transfer(bill.title_id, 1, chain.bank.address))
    asked = act.RequestSurrender(bill.title_id, 2, Purpose.AMENDMENT, "0x" + "00" * 32)
    await carry(chain, ledger, chain.bank, asked)
    await carry(chain, ledger, chain.carrier, act.AcceptSurrender(bill.title_id, 3))
    new = act.NewTitle(None, True, 1, bill.reference, bill.commitment)
    await carry(chain, ledger, chain.carrier, act.Replace((bill.title_id,), (4,), (new,)))
    ended = await titles.standing(bill.title_id)
    assert ended.status is Status.REPLACED
    assert ended.issued_at == issued.issued_at
    (replacement,) = ended.replaced_by
    assert (await titles.standing(replacement)).version == 1


async def test_a_title_that_is_not_there_is_none(rpc, deployment):
    titles = await NodeTitles.of_deployment(rpc, deployment)
    assert await titles.standing("0x" + "12" * 32) is None


async def test_a_copy_is_checked_by_the_registrys_address_alone(chain, rpc, bill):
    titles = await NodeTitles.at(rpc, chain.title_registry)
    checking = Verification(titles, titles.chain_id, titles.registry)
    assert (await checking.verify(bill.pdf)).verdict is Verdict.GENUINE
    assert (await checking.verify(bill.pdf + b" ")).verdict is Verdict.ALTERED
    other = await NodeTitles.at(rpc, chain.lookalike)
    assert (await Verification(other, other.chain_id, other.registry).verify(bill.pdf)).verdict is Verdict.UNKNOWN


async def test_an_address_whose_code_is_no_registry_of_titles_is_refused(chain, rpc):
    for address in (chain.party_registry, chain.shipper.address):
        with pytest.raises(LedgerDisagrees):
            await NodeTitles.at(rpc, address)


async def test_a_node_that_leaves_an_act_out_or_makes_one_up_is_found_out(chain, ledger, rpc, deployment, bill):
    titles = await NodeTitles.of_deployment(rpc, deployment)
    issued_in = int(chain.rpc("eth_blockNumber"), 16)
    await carry(chain, ledger, chain.shipper, act.Transfer(bill.title_id, 1, chain.bank.address))

    class Forgetful:
        """A node that answers for logs of some blocks only."""

        def __init__(self, last):
            self.last = last

        async def call(self, method, *params):
            if method == "eth_getLogs":
                params = (params[0] | {"toBlock": hex(self.last)},)
            return await rpc.call(method, *params)

    for last in (issued_in, issued_in - 1):
        forgetful = NodeTitles(Forgetful(last), titles.chain_id, titles.registry)
        with pytest.raises(LedgerDisagrees):
            await forgetful.standing(bill.title_id)


async def test_a_range_that_the_node_finds_too_large_is_halved(chain, deployment, bill):
    async with RpcProxy(chain.url) as proxy, Rpc([proxy.url], timeout=5) as rpc:
        titles = await NodeTitles.of_deployment(rpc, deployment)
        proxy.spoil("rpc_error", method="eth_getLogs", times=2, message="query returned more than 10000 results")
        assert (await titles.standing(bill.title_id)).status is Status.ISSUED
        assert proxy.calls.count("eth_getLogs") >= 4


async def test_a_node_that_is_away_is_said_to_be(deployment):
    async with Rpc(["http://127.0.0.1:9"], timeout=1) as rpc:
        with pytest.raises(LedgerUnavailable):
            await NodeTitles.of_deployment(rpc, deployment)
