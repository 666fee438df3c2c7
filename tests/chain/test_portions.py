"""What goes into one transaction is what nodes take in one, whatever signatures wallets give."""

from ebl_service.chain.ledger import ChainLedger
from ebl_service.domain import actions as act
from ebl_service.domain.ledger import ActToSend, Fees
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.submission import State, Submission
from ebl_service.domain.terms import Digest, TitleId
from ebl_service.services.batch import Batch, portions
from tests.anvil import Anvil

LARGEST_TRANSACTION = 128 * 1024
"""Bytes: what nodes take into their pools."""
MOST_GAS = 2**24
"""What a transaction may ask for at most (EIP-7825)."""
LONGEST_SIGNATURE = 10_000
"""What is taken in at the door."""
WALLET, PLAIN = "0x" + "5a" * 20, "0x" + "5b" * 20


def batch_of(signer: str, signature: bytes, acts: int) -> Batch:
    signed = [
        SignedAct(act.Sign(TitleId(f"0x{number:064x}"), 1), signer, 1_700_000_000, signature) for number in range(acts)
    ]
    riders = [
        Submission(Digest(f"0x{number:064x}"), each, State.PREPARED, False, 0) for number, each in enumerate(signed)
    ]
    return Batch(riders, [ActToSend(each) for each in signed])


async def test_acts_of_wallets_with_long_signatures_share_no_more_than_a_transaction_holds(chain, ledger):
    chain.rpc("anvil_setCode", WALLET, "0x7f1626ba7e" + "00" * 28 + "5f5260205ff3")
    await ledger.verify_signature(WALLET, b"\x05" * 32, b"whatever")
    for signature in (b"\x01" * LONGEST_SIGNATURE, b"\x01" * 65):
        batch = batch_of(WALLET, signature, 50)
        made = [ledger.sign_batch(each.acts, 0, Fees(10, 1)) for each in portions(batch, ledger, 50)]
        assert max(len(each.raw) for each in made) <= LARGEST_TRANSACTION
        assert max(each.gas_limit for each in made) <= MOST_GAS
        assert sum(len(each.act_digests) for each in made) == 50


async def test_fifty_acts_of_plain_accounts_share_one(ledger: ChainLedger):
    assert len(portions(batch_of(PLAIN, b"\x01" * 65, 50), ledger, 50)) == 1


async def test_acts_with_long_signatures_are_offered_the_gas_that_a_node_asks_for_their_bytes(chain, ledger):
    """No node takes less than EIP-7623's floor. Signatures of accounts that are not known as wallets count less."""
    batch = batch_of(PLAIN, b"\x01" * LONGEST_SIGNATURE, 9)
    made = [
        ledger.sign_batch(each.acts, nonce, Fees(10**10, 1)) for nonce, each in enumerate(portions(batch, ledger, 9))
    ]
    with Anvil("--hardfork", "prague") as node:
        node.rpc("anvil_setBalance", chain.relayer.address, hex(10**20))
        for each in made:
            node.rpc("eth_sendRawTransaction", "0x" + each.raw.hex())
            node.rpc("evm_mine")
            assert node.rpc("eth_getTransactionReceipt", each.hash)["status"] == "0x1"
    assert max(len(each.act_digests) for each in made) > 5
    assert max(each.gas_limit for each in made) <= MOST_GAS
