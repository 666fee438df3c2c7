"""Taking signed acts in: everything that can be judged before an act costs gas, then one durable row.

Left to others: carrying them (`services.relay`), telling how they ended (`store.settling`), whether a title or a
certificate that is to be issued fits its document (`services.issue_gate`, `services.insurance_gate`).

Rules kept here
- All acts of a request are taken or none; nothing is promised that is not stored.
- The contract is the judge: what it can be asked now, it is asked. Acts behind others that have not landed, and all
  acts while the chain is away, are judged by the rulebook on the indexed state; the relay asks the contract again.
- A key stands for one request; the same signed act is one submission whatever key it comes under. Who brings it with
  another signature than it came with is told of it where that one is the signer's too.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Protocol

from ebl_service.domain.gas_budget import asked_by
from ebl_service.domain.ledger import ActToSend, Ledger, LedgerIdentity
from ebl_service.domain.signed_act import SignedAct, check_deadline
from ebl_service.domain.submission import State, Submission, submission_id_of
from ebl_service.domain.terms import Address, Digest, Seconds, digest
from ebl_service.errors import InvalidRequest, LedgerDisagrees, LedgerUnavailable
from ebl_service.errors import refusals as no
from ebl_service.errors.submissions import RequestInFlight, SignerNotRegistered
from ebl_service.services.changes import Changes
from ebl_service.services.foresight import (
    Foresight,
    Subjects,
    lacks_proof,
    parties_touched,
    subjects_in,
    subjects_touched,
    to_send,
)
from ebl_service.services.policy import Clock, Failpoint, RelayPolicy, no_failpoint, wall_clock
from ebl_service.store.claims import Claim
from ebl_service.store.history import History
from ebl_service.store.outbox import Outbox

MOST_ACTS = 1_000
"""In one request."""

Numbered = Sequence[tuple[int, Digest, SignedAct]]
"""Place in the request, submission id, act."""


class Gate(Protocol):
    """Holds acts against the documents that they are to stand for."""

    async def check(self, acts: Iterable[tuple[int, SignedAct]], now: Seconds) -> list[Claim]:
        """The bill numbers they ask for. `now`: time of the newest block.

        Raises for the first act that may not pass, with its index.
        """


class Submissions:
    """The door for signed acts."""

    def __init__(
        self,
        ledger: Ledger,
        identity: LedgerIdentity,
        history: History,
        outbox: Outbox,
        policy: RelayPolicy,
        changes: Changes,
        clock: Clock = wall_clock,
        failpoint: Failpoint = no_failpoint,
        gates: Sequence[Gate] = (),
    ) -> None:
        self._ledger = ledger
        self._gates = tuple(gates)
        self._identity = identity
        self._history = history
        self._outbox = outbox
        self._policy = policy
        self._changes = changes
        self._clock = clock
        self._failpoint = failpoint
        self._in_flight: set[str] = set()

    async def accept(
        self, acts: Sequence[SignedAct], idempotency_key: str | None = None, keys_of: str = ""
    ) -> tuple[Submission, ...]:
        """Take these acts, all or none; one submission each, in the order given. They are stored when this returns.

        `keys_of`: whose the idempotency key is; two callers' keys never meet.

        Raises: ActionRefused (an `errors.refusals` class: deadline, signature, rules; `details["index"]` says which
        act), TitleDiffers, DocumentStale, DocumentMissing (of an act that issues), SignerNotRegistered,
        GasBudgetExhausted, IdempotencyKeyReused, RequestInFlight, InvalidRequest (none, or too many acts),
        LedgerUnavailable (chain or database; nothing was kept), LedgerDisagrees (the index is halted).
        """
        if not 0 < len(acts) <= MOST_ACTS:
            raise InvalidRequest(f"A request brings 1 to {MOST_ACTS} acts; this one has {len(acts)}.")
        if idempotency_key is None:
            return await self._accept(acts, None, None)
        idempotency_key = f"{keys_of} {idempotency_key}".strip()
        if idempotency_key in self._in_flight:
            raise RequestInFlight(
                f"A request with the idempotency key {idempotency_key.rpartition(' ')[2]} is being worked on."
            )
        self._in_flight.add(idempotency_key)
        try:
            body = self._body_digest(acts)
            known = await self._outbox.remembered(idempotency_key, body)
            return known if known is not None else await self._accept(acts, idempotency_key, body)
        finally:
            self._in_flight.discard(idempotency_key)

    async def acts_left(self, account: Address, now: Seconds) -> int:
        """How many more acts of the account would be relayed this UTC day, at most as many as a request may bring."""
        budget = self._policy.gas_budget
        if budget is None:
            return MOST_ACTS
        return min(MOST_ACTS, budget.left(*(await self._outbox.gas_spent([account], now))[account]))

    async def _accept(self, acts: Sequence[SignedAct], key: str | None, body: Digest | None) -> tuple[Submission, ...]:
        ids = [submission_id_of(signed, self._identity.domain_of(signed.act)) for signed in acts]
        known = await self._outbox.many(ids)
        await self._require_signatures(
            [
                (index, signed)
                for index, (submission_id, signed) in enumerate(zip(ids, acts, strict=True))
                if submission_id in known and known[submission_id].signed.signature != signed.signature
            ]
        )
        fresh = [
            (index, submission_id, signed)
            for index, (submission_id, signed) in enumerate(zip(ids, acts, strict=True))
            if not _is_taken(known.get(submission_id))
        ]
        claims = await self._judge(fresh) if fresh else []
        new = [item for *_, item in fresh]
        stored = await self._outbox.accept(
            list(zip(ids, acts, strict=True)), self._clock(), key, body, self._policy.gas_budget, new, claims
        )
        self._failpoint("accept.stored")
        self._changes.notify()
        return stored

    async def _judge(self, acts: Numbered) -> list[Claim]:
        cursor = await self._history.cursor()
        if cursor is None:
            raise LedgerUnavailable("The index has not read its first block yet.")
        if cursor.halted is not None:
            raise LedgerDisagrees(f"Nothing is accepted while the index is halted: {cursor.halted}")
        now = max(self._clock(), cursor.time)
        for index, _, signed in acts:
            try:
                check_deadline(signed.deadline, now)
            except no.Refusal as refusal:
                raise _at(refusal, index) from None
        await self._require_registered(acts)
        claims: list[Claim] = []
        for gate in self._gates:
            claims += await gate.check(((index, signed) for index, _, signed in acts), cursor.time)
        await self._require_budget(acts, now)
        await self._require_allowed(acts, now, cursor.number)
        return claims

    async def _require_registered(self, acts: Numbered) -> None:
        parties = await self._history.parties.many(signed.signer for _, _, signed in acts)
        for index, _, signed in acts:
            if signed.signer not in parties:
                raise SignerNotRegistered(
                    f"{signed.signer} is not a registered party.", {"account": signed.signer, "index": index}
                )

    async def _require_budget(self, acts: Numbered, now: Seconds) -> None:
        """Told early; what is accepted at the same time is reckoned when it is stored (`store.outbox`)."""
        budget = self._policy.gas_budget
        if budget is not None:
            asked = asked_by(signed for _, _, signed in acts)
            for account, used in (await self._outbox.gas_spent(asked, now)).items():
                budget.require(account, *used, asked[account])

    async def _require_allowed(self, acts: Numbered, now: Seconds, indexed: int) -> None:
        signed_acts = [signed for _, _, signed in acts]
        waiting, subjects = await self._on_their_way(signed_acts)
        accounts = {account for signed in (*signed_acts, *waiting) for account in parties_touched(signed)}
        foresight = Foresight(self._identity, subjects, await self._history.parties.many(accounts), now)
        foresight.expect(waiting)
        in_front: list[tuple[int, SignedAct, no.Refusal | None]] = []
        to_check: list[ActToSend] = []
        to_verify: list[tuple[int, SignedAct]] = []
        for index, _, signed in acts:
            is_behind = foresight.is_behind(signed.act)
            refusal = foresight.judge_as_indexed(signed)
            expected = foresight.judge(signed)
            item = to_send(signed, subjects)
            if not is_behind and not lacks_proof(item):
                in_front.append((index, signed, refusal))
                to_check.append(item)
            elif expected is not None:
                raise _at(expected, index)
            else:
                to_verify.append((index, signed))
        await self._require_signatures(to_verify)
        await self._ask_the_ledger(in_front, to_check, indexed)

    async def _on_their_way(self, acts: Sequence[SignedAct]) -> tuple[list[SignedAct], Subjects]:
        """Acts that have not landed, on what these touch and on what those count on in turn; and how all of it stands.

        A certificate that is on its way counts on its title, where that may be on its way too.
        """
        touched, subjects = await subjects_in(self._history, acts)
        waiting = [submission.signed for submission in await self._outbox.waiting_on(touched)]
        if touched.issuperset(subject for signed in waiting for subject in subjects_touched(signed.act, signed.signer)):
            return waiting, subjects
        touched, subjects = await subjects_in(self._history, [*acts, *waiting])
        return [submission.signed for submission in await self._outbox.waiting_on(touched)], subjects

    async def _ask_the_ledger(
        self, acts: Sequence[tuple[int, SignedAct, no.Refusal | None]], to_check: Sequence[ActToSend], indexed: int
    ) -> None:
        """A node that is behind block `indexed` knows less than the index: then the rulebook judges."""
        if not acts:
            return
        try:
            answers = await self._ledger.check(to_check, indexed)
        except LedgerUnavailable:
            for index, _, refusal in acts:
                if refusal is not None:
                    raise _at(refusal, index) from None
            await self._require_signatures([(index, signed) for index, signed, _ in acts])
            return
        for (index, *_), answer in zip(acts, answers, strict=True):
            if answer is not None:
                raise _at(answer, index)

    async def _require_signatures(self, acts: Sequence[tuple[int, SignedAct]]) -> None:
        """All at once: a node that hangs is waited for once, not for each act."""
        domain_of, verify = self._identity.domain_of, self._ledger.verify_signature
        answers = await asyncio.gather(
            *[verify(each.signer, each.digest(domain_of(each.act)), each.signature) for _, each in acts]
        )
        for (index, signed), is_valid in zip(acts, answers, strict=True):
            if not is_valid:
                raise _at(no.InvalidSignature(signed.signer), index)

    def _body_digest(self, acts: Sequence[SignedAct]) -> Digest:
        words: list[str | int] = []
        for signed in acts:
            words += [submission_id_of(signed, self._identity.domain_of(signed.act)), "0x" + signed.signature.hex()]
            words.append(len(signed.signature))
        return digest(*words)


def _is_taken(known: Submission | None) -> bool:
    return known is not None and (known.is_terminal or known.state is not State.REFUSED)


def _at(refusal: no.Refusal, index: int) -> no.Refusal:
    refusal.details["index"] = index
    return refusal
