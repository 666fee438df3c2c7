"""The common oracle: what must hold once the faults are over and the service has drained.

- Contract state at the tip = replay of the logs from the deployment's block = the rows, title by title, certificate by
  certificate, party by party, event by event, and every past state.
- Every promise is kept: each accepted submission is there, terminal; FINAL where its event stands on the chain and
  only there; REFUSED with a reason otherwise.
- Nothing doubled: each nonce of the relayer was used by one transaction that the rows call FINAL (or by a foreign one
  that the test knows of); no act stood in two of them; gas is charged once.
- The event stream, read from its beginning, tells the same events: recorded and not retracted, each final once.

Contract and logs are read from the node itself, not through the service or its proxy.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ebl_service.chain.event_codec import decode_event
from ebl_service.domain.actions import Subject
from ebl_service.domain.certificate import Certificate
from ebl_service.domain.certificate_events import CertificateEvent, PartyNamed
from ebl_service.domain.events import ActRefused, EndorseeNamed, Event, SingleKeyWarning, TitleEvent, subject_of
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.party import Party
from ebl_service.domain.submission import State, fulfils, landing_of
from ebl_service.domain.terms import Address, CertificateId, Digest, TitleId
from ebl_service.domain.title import Title
from ebl_service.store import tables
from ebl_service.store.event_rows import recorded_of
from ebl_service.store.title_rows import title_of
from ebl_service.store.titles import past_states
from ebl_service.store.transactions import Course
from tests.contract.oracle import Oracle as Rulebook
from tests.contract.stage import Stage as Contracts
from tests.local_chain import LocalChain

if TYPE_CHECKING:
    from tests.faults.stage import Stage

LAST_LINE = 10**6
Rows = Mapping[str, Sequence[Any]]


class Replay:
    """The logs of the three contracts from the deployment's block to the tip, folded one by one."""

    def __init__(self, chain: LocalChain) -> None:
        first = chain.deployment.identity.deployment_block
        contracts = [chain.party_registry, chain.title_registry, chain.cargo_insurance]
        asked = {"address": contracts, "fromBlock": hex(first), "toBlock": "latest"}
        self.recorded = [_recorded(log) for log in chain.rpc("eth_getLogs", asked)]
        self.rulebook = Rulebook(chain)
        self.rulebook.parties.clear()
        self.title_states: dict[tuple[TitleId, int], Title] = {}
        self.certificate_states: dict[tuple[CertificateId, int], Certificate] = {}
        self.party_states: dict[tuple[Address, int], Party] = {}
        for item in self.recorded:
            self._follow(item)

    def _follow(self, item: Recorded) -> None:
        self.rulebook.take(item.event)
        event, number = item.event, item.block_number
        if isinstance(event, TitleEvent) and not isinstance(event, ActRefused | EndorseeNamed):
            self.title_states[event.title_id, number] = self.rulebook.titles[event.title_id]
        if isinstance(event, CertificateEvent) and not isinstance(event, PartyNamed):
            self.certificate_states[event.certificate_id, number] = self.rulebook.certificates[event.certificate_id]
        account = getattr(event, "account", None)
        if account in self.rulebook.parties and not isinstance(event, SingleKeyWarning):
            self.party_states[account, number] = self.rulebook.parties[account]


def _recorded(log: dict[str, Any]) -> Recorded:
    return Recorded(
        int(log["blockNumber"], 16),
        Digest(log["blockHash"]),
        Digest(log["transactionHash"]),
        int(log["logIndex"], 16),
        decode_event(log["topics"], log["data"]),
    )


async def agrees(stage: "Stage") -> None:
    """Raises AssertionError where anything differs."""
    replay = Replay(stage.chain)
    replay.rulebook.agrees_to_the_last_with(Contracts(stage.chain))
    await _index(stage, replay)
    rows = await rows_of(stage)
    _submissions(stage, rows, replay.recorded)
    _transactions(stage, rows)
    _gas(stage, rows)
    _stream(rows, await stage.history.feed.lines(1, LAST_LINE), replay.recorded)
    if stage.database.is_sqlite:
        async with stage.database.reading() as connection:
            assert (await connection.exec_driver_sql("PRAGMA integrity_check")).scalar_one() == "ok"


async def rows_of(stage: "Stage") -> Rows:
    """Every table's rows, by key."""
    async with stage.database.reading() as connection:
        return {
            table.name: (await connection.execute(select(table).order_by(*table.primary_key))).all()
            for table in tables.metadata.sorted_tables
        }


async def _index(stage: "Stage", replay: Replay) -> None:
    """What was written down of the ledger is what it says, now and at every past block."""
    tip = stage.rpc("eth_getBlockByNumber", "latest", False)
    cursor = await stage.history.cursor()
    assert cursor is not None
    assert (cursor.number, cursor.hash, cursor.halted) == (int(tip["number"], 16), tip["hash"], None)
    rows = await rows_of(stage)
    hashes = {row.number: row.hash for row in rows["blocks"]}
    assert [recorded_of(row, hashes.get(row.block_number, "")) for row in rows["events"]] == replay.recorded
    assert {row.title_id for row in rows["titles"]} == set(replay.rulebook.titles)
    assert await stage.history.titles.many(replay.rulebook.titles) == replay.rulebook.titles
    assert {row.account for row in rows["parties"]} == set(replay.rulebook.parties)
    assert await stage.history.parties.many(replay.rulebook.parties) == replay.rulebook.parties
    states = {(row.title_id, row.block_number) for row in rows["title_states"]}
    assert states == _kept(replay.title_states, cursor.final_number)
    assert await _stored(stage) == {place: replay.title_states[place] for place in states}
    for (title_id, number), title in replay.title_states.items():
        assert await stage.history.titles.title(title_id, number) == (number, title)
    assert {(row.account, row.block_number) for row in rows["party_states"]} == set(replay.party_states)
    await _certificates(stage, replay, rows)


def _kept(states: Mapping[tuple[TitleId, int], Title], final: int) -> set[tuple[TitleId, int]]:
    """Of these states the ones that have a row: each title's newest at the final block, and all later ones."""
    newest = {title_id: number for title_id, number in sorted(states) if number <= final}
    return {*newest.items(), *((title_id, number) for title_id, number in states if number > final)}


async def _stored(stage: "Stage") -> dict[tuple[TitleId, int], Title]:
    async with stage.database.reading() as connection:
        rows = await connection.execute(past_states())
        return {(TitleId(row.title_id), row.block_number): title_of(row) for row in rows}


async def _certificates(stage: "Stage", replay: Replay, rows: Rows) -> None:
    certificates = replay.rulebook.certificates
    assert {row.certificate_id for row in rows["certificates"]} == set(certificates)
    assert await stage.history.certificates.many(certificates) == certificates
    states = {(row.certificate_id, row.block_number) for row in rows["certificate_states"]}
    assert states == set(replay.certificate_states)
    for (certificate_id, number), certificate in replay.certificate_states.items():
        assert await stage.history.certificates.certificate(certificate_id, number) == (number, certificate)


def _submissions(stage: "Stage", rows: Rows, recorded: Sequence[Recorded]) -> None:
    """Every promise is kept, and nothing is there that was not asked for."""
    assert Counter(row.submission_id for row in rows["submissions"]) == Counter(list(stage.promised))
    landed: dict[tuple[Subject, int], Recorded] = {}
    for item in recorded:
        subject, sequence = subject_of(item.event), getattr(item.event, "sequence", None)
        if subject is not None and sequence is not None:
            assert landed.setdefault((subject, sequence), item) is item
    for row in rows["submissions"]:
        signed = stage.promised[row.submission_id]
        assert row.is_terminal, f"{row.submission_id} is {row.state}"
        there = [landed[place] for place in landing_of(signed.act, signed.signer) if place in landed]
        if there and fulfils([item.event for item in there], signed.act, signed.signer):
            assert row.state == State.FINAL, f"{row.submission_id} stands on the chain and is {row.state}"
            assert row.refusal is None
            where = (row.transaction_hash, row.block_number, row.block_hash)
            assert where == (there[0].transaction_hash, there[0].block_number, there[0].block_hash)
        else:
            assert row.state == State.REFUSED, f"{row.submission_id} is {row.state}, and no event shows it"
            assert row.refusal


def _transactions(stage: "Stage", rows: Rows) -> None:
    """One transaction a nonce, one ride that stood an act, each as the node's receipts tell."""
    ended = {row.hash: row for row in rows["transactions"] if row.status == Course.FINAL}
    others = {row.status for row in rows["transactions"] if row.status != Course.FINAL}
    assert others <= {Course.REPLACED, Course.LOST}, "a transaction is still on its way"
    used = Counter(row.nonce for row in ended.values())
    assert not used or max(used.values()) == 1
    assert len(used) + stage.foreign_nonces == stage.nonce()
    receipts = stage.rpc.batch([("eth_getTransactionReceipt", [each]) for each in ended])
    stood: Counter[str] = Counter()
    for row, receipt in zip(ended.values(), receipts, strict=True):
        assert receipt is not None, f"{row.hash} is FINAL and not on the chain"
        assert (row.block_hash, row.block_number) == (receipt["blockHash"], int(receipt["blockNumber"], 16))
        if receipt["status"] == "0x1":
            rides = [ride for ride in rows["transaction_acts"] if ride.transaction_hash == row.hash]
            stood.update(ride.submission_id for ride in rides if ride.refusal is None)
            assert sum(ride.refusal is not None for ride in rides) == len(_refused(receipt))
    assert not stood or max(stood.values()) == 1, "an act stood twice"


def _refused(receipt: Mapping[str, Any]) -> list[Event]:
    events = [decode_event(log["topics"], log["data"]) for log in receipt["logs"]]
    return [event for event in events if isinstance(event, ActRefused)]


def _gas(stage: "Stage", rows: Rows) -> None:
    """What parties are charged: each included transaction's gas in equal shares, double for acts that failed.

    Where blocks were taken away, what was charged first stays: it may have cost its gas for all we know.
    """
    if any(row.kind == "retracted" for row in rows["feed"]):
        return
    signers = {row.submission_id: row.signer for row in rows["submissions"]}
    charged = [row for row in rows["transactions"] if row.is_charged]
    assert {row.hash for row in rows["transactions"] if row.status == Course.FINAL} <= {row.hash for row in charged}
    expected: Counter[str] = Counter()
    for row, receipt in zip(
        charged, stage.rpc.batch([("eth_getTransactionReceipt", [row.hash]) for row in charged]), strict=True
    ):
        rides = [ride for ride in rows["transaction_acts"] if ride.transaction_hash == row.hash]
        for ride in rides:
            share = int(receipt["gasUsed"], 16) // len(rides)
            fair = ride.refusal is None and receipt["status"] == "0x1"
            expected[signers[ride.submission_id]] += share if fair else 2 * share
    spent: Counter[str] = Counter()
    for row in rows["gas_spent"]:
        spent[row.account] += row.gas
    assert spent == expected


def _stream(rows: Rows, lines: Sequence[Any], recorded: Sequence[Recorded]) -> None:
    """Who listened from the beginning knows what the ledger says, and no more."""
    hashes: dict[int, list[str]] = defaultdict(list)
    final: Counter[tuple[int, str]] = Counter()
    for row in rows["feed"]:
        block = (row.block_number, row.block_hash)
        if row.kind == "recorded":
            hashes[row.block_number].append(row.block_hash)
        if row.kind == "retracted":
            assert not final[block], "a final block was retracted"
            hashes[row.block_number].remove(row.block_hash)
        if row.finality == "final":
            final[block] += 1
    told = {(number, each) for number, kept in hashes.items() for each in kept}
    assert all(len(kept) <= 1 for kept in hashes.values())
    assert told == {(item.block_number, item.block_hash) for item in recorded}
    assert not final or max(final.values()) == 1
    last_final = rows["cursor"][0].final_number
    assert set(final) == {block for block in told if block[0] <= last_final}
    assert [item for line in lines if line.kind == "recorded" for item in line.events] == list(recorded)
