"""What the benchmarks play on: a local chain of their own with the registries and a cast on it."""

import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eth_account import Account

from ebl_service.chain.deployment import Deployment, deploy
from ebl_service.chain.ledger import ChainLedger
from ebl_service.chain.registrar import ChainRegistrar
from ebl_service.chain.rpc import Rpc
from ebl_service.domain import actions as act
from ebl_service.domain.ledger import ActToSend
from ebl_service.domain.signed_act import Join, SignedAct
from ebl_service.domain.terms import Address, Digest, Role, TitleId, digest, title_id_of
from ebl_service.wallet.key import PartyKey

ROOT = Path(__file__).resolve().parent.parent.parent
REGISTRAR = PartyKey(bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"))
"""Anvil's first account, publicly known."""
RELAYER = PartyKey(bytes.fromhex("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"))
"""Anvil's second account."""
PEOPLE = ("carrier", "shipper", "bank", "consignee")
A_DAY = 24 * 3600


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def anvil(*arguments: str) -> Iterator[str]:
    """A local chain; its URL."""
    port = free_port()
    command = [sys.executable, str(ROOT / "scripts" / "anvil"), "--port", str(port), "--silent", *arguments]
    with subprocess.Popen(command) as process:
        try:
            yield await_answer(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


def await_answer(url: str, seconds: float = 20.0) -> str:
    """The URL, once a node answers there."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}).encode()
    request = urllib.request.Request(url, body, {"content-type": "application/json"})  # noqa: S310 - loopback only
    until = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(request, timeout=1).close()  # noqa: S310 - loopback only
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return url


@dataclass
class Stage:
    """Registries on a chain, and people who act."""

    url: str
    rpc: Rpc
    deployment: Deployment
    ledger: ChainLedger
    people: dict[str, PartyKey]

    def account(self, name: str) -> Address:
        """Of one of PEOPLE."""
        return self.people[name].address

    def sign(self, name: str, asked: act.Act, deadline: int) -> SignedAct:
        """The act, signed by one of PEOPLE."""
        return self.people[name].sign_act(self.deployment.identity.titles_domain, asked, deadline)

    async def deadline(self) -> int:
        """A day from the newest block."""
        return (await self.ledger.head()).time + A_DAY

    async def issue(self, count: int, salt: str) -> list[TitleId]:
        """So many titles to order of the shipper, in the shipper's hands."""
        deadline, shipper, carrier = await self.deadline(), self.account("shipper"), self.account("carrier")
        issues = []
        for n in range(count):
            reference = digest("0x" + salt.encode().hex(), n)
            title_id = title_id_of(carrier, reference)
            asked = act.Issue(title_id, shipper, shipper, is_to_order=True, reference_digest=reference,
                              commitment=Digest("0x" + "11" * 32))  # fmt: skip
            issues.append(self.sign("carrier", asked, deadline))
        await self.carry(issues)
        return [issue.act.title_id for issue in issues if isinstance(issue.act, act.Issue)]

    async def carry(self, signed: Sequence[SignedAct], at_once: int = 50) -> None:
        """Send the acts in batches straight to the chain and wait until all are included."""
        nonce, fees = await self.ledger.next_nonce(), await self.ledger.fees()
        fees = replace(fees, max_fee=fees.max_fee * 100)
        sent = []
        for start in range(0, len(signed), at_once):
            batch = [ActToSend(one) for one in signed[start : start + at_once]]
            sent.append(self.ledger.sign_batch(batch, nonce + len(sent), fees))
        for transaction in sent:
            await self.ledger.send(transaction.raw)
        outcome = None
        while outcome is None:
            outcome = await self.ledger.outcome(sent[-1].hash)


@contextlib.asynccontextmanager
async def stage(*arguments: str) -> AsyncIterator[Stage]:
    """Chain, registries and people, until the block ends."""
    with anvil(*arguments) as url:
        async with Rpc([url]) as rpc:
            deployment = await deploy(rpc, REGISTRAR.secret, REGISTRAR.address, "bench")
            registrar = ChainRegistrar(rpc, deployment, REGISTRAR.account)
            ledger = ChainLedger(rpc, deployment, Account.from_key(RELAYER.secret))
            people = {name: PartyKey(bytes.fromhex(digest("0x" + name.encode().hex())[2:])) for name in PEOPLE}
            deadline = (await ledger.head()).time + A_DAY
            for name, key in people.items():
                roles = Role.CARRIER if name == "carrier" else Role(0)
                join = Join(key.address, roles, Digest("0x" + "22" * 32), 0, deadline)
                await registrar.register(key.sign_join(deployment.identity.parties_domain, join))
            await rpc.call("anvil_setBalance", RELAYER.address, hex(10**24))
            yield Stage(url, rpc, deployment, ledger, people)


def told(figures: dict[str, Any], arguments: list[str]) -> None:
    """Print the figures: one JSON object with --json, else a line each."""
    if "--json" in arguments:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name:32} {figure:,}" if isinstance(figure, int | float) else f"{name:32} {figure}")
