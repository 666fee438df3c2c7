"""The service one would write after web3.py's documentation: build, sign, send, wait, read the logs, store a row.

One act a transaction, contract objects throughout. Nothing here is slowed down on purpose, and nothing tuned.
"""

import sqlite3
import time
from collections.abc import Sequence

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils.address import to_checksum_address
from web3 import HTTPProvider, Web3

from ebl_service.chain.artifacts import artifact
from ebl_service.domain.actions import Transfer
from ebl_service.domain.signed_act import SignedAct, SigningDomain, act_message, typed_data


def loop(url: str, registry: str, key: bytes, domain: SigningDomain, signed: Sequence[SignedAct]) -> float:
    """Carry these transfers; acts per second."""
    web3 = Web3(HTTPProvider(url))
    contract = web3.eth.contract(address=to_checksum_address(registry), abi=artifact("TitleRegistry").abi)
    account = Account.from_key(key)
    database = sqlite3.connect(":memory:")
    database.execute("create table titles (id text primary key, holder text, sequence integer)")
    started = time.perf_counter()
    for one in signed:
        _carry(web3, contract, account, domain, one, database)
    return len(signed) / (time.perf_counter() - started)


def _carry(web3, contract, account, domain, signed, database) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    asked: Transfer = signed.act
    full = typed_data(domain, "Transfer", act_message(asked, signed.deadline))
    assert Account.recover_message(encode_typed_data(full_message=full), signature=signed.signature)
    call = contract.functions.transferBySignature(
        bytes.fromhex(asked.title_id[2:]),
        asked.sequence,
        to_checksum_address(asked.to),
        (to_checksum_address(signed.signer), signed.deadline, signed.signature),
    )
    nonce = web3.eth.get_transaction_count(account.address)
    transaction = call.build_transaction({"from": account.address, "nonce": nonce})
    raw = account.sign_transaction(transaction).raw_transaction
    receipt = web3.eth.wait_for_transaction_receipt(web3.eth.send_raw_transaction(raw), poll_latency=0.01)
    for event in contract.events.Transferred().process_receipt(receipt):
        row = ("0x" + event["args"]["titleId"].hex(), event["args"]["to"], event["args"]["sequence"])
        database.execute("insert or replace into titles values (?, ?, ?)", row)
        database.commit()
