"""Custody at work: acts that wait for a carrier are signed with its key, within its mandate, each use on record.

Left to others: what a mandate may say (`domain.custody`), keys (behind the port), which acts wait (`services.issuance`,
`services.surrendering`).

Rules kept here
- Off, unless a statement signed by one of the carrier's registered certificates turned it on; off at once when ended.
- Every use is on record with its cause before the key is used; the daily cap counts uses. Who slept through its lease
  puts none on record, so none is counted beside another process's.
- All that waits is signed and handed in at once; no key is used for what could not be carried today.
- An act that the ledger's rules refuse for good is not signed again: a request for a bill is closed and the carrier
  told; a surrender request can be answered again.
- What was altered at rest is not signed for: that act alone is given up, and the others go on.
"""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

from ebl_service.domain.actions import AcceptSurrender, RejectSurrender
from ebl_service.domain.carrier_messages import Reason
from ebl_service.domain.custody import Custodian, Mandate, read_mandate
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Address, Seconds
from ebl_service.domain.waiting_act import WaitingAct
from ebl_service.errors import ActionRefused, EblError, InvalidRequest, LedgerUnavailable, NotAllowed
from ebl_service.errors.platform import CustodyNotHere
from ebl_service.errors.refusals import DeadlinePassed
from ebl_service.errors.vault import KeyDestroyed, SealBroken
from ebl_service.services.announcing import Announcing
from ebl_service.services.changes import Changes
from ebl_service.services.patience import Patience
from ebl_service.services.policy import Clock, Failpoint, no_failpoint, wall_clock
from ebl_service.services.submission import Submissions
from ebl_service.services.tenure import Tenure
from ebl_service.store.carriers import Carriers
from ebl_service.store.custody import CustodyBook, CustodyUse
from ebl_service.store.history import History
from ebl_service.store.issuances import Issuances
from ebl_service.store.outbox import Outbox
from ebl_service.store.waiting_acts import WaitingActs
from ebl_service.trust.signatures import signed_text

log = logging.getLogger(__name__)

LEASE = "custody"
ACTS_AT_ONCE = 100
HOUR = 3_600


class Custody:
    """Turns custody on and off; the loop that signs."""

    def __init__(
        self,
        identity: LedgerIdentity,
        custodian: Custodian | None,
        book: CustodyBook,
        carriers: Carriers,
        waiting: WaitingActs,
        issuances: Issuances,
        announcing: Announcing,
        submissions: Submissions,
        outbox: Outbox,
        history: History,
        tenure: Tenure,
        changes: Changes,
        clock: Clock = wall_clock,
        failpoint: Failpoint = no_failpoint,
        poll_seconds: float = 0.5,
    ) -> None:
        self._identity = identity
        self._custodian = custodian
        self._book = book
        self._carriers = carriers
        self._waiting = waiting
        self._issuances = issuances
        self._announcing = announcing
        self._submissions = submissions
        self._outbox = outbox
        self._history = history
        self._tenure = tenure
        self._changes = changes
        self._clock = clock
        self._failpoint = failpoint
        self._patience = Patience("custody", poll_seconds)
        self._told: dict[Address, str] = {}

    async def turn_on(self, account: Address, statement: str) -> Mandate:
        """Take the carrier's signed statement. Raises: CustodyNotHere, BadMandate, MandateEnded; as `signed_text`."""
        if self._custodian is None or not await self._custodian.holds(account):
            raise CustodyNotHere(f"This service holds no key of {account}", {"account": account})
        now = self._clock()
        signed = signed_text(statement, await self._carriers.certificates(account), now)
        mandate = read_mandate(signed.payload, self._identity, account, now)
        await self._book.take(mandate, signed.digest, statement, now)
        log.info(
            "custody of %s is on: %s, %d acts a day", account, ", ".join(sorted(mandate.verbs)), mandate.acts_a_day
        )
        self._changes.notify()
        return mandate

    async def turn_off(self, account: Address) -> bool:
        """End custody at once; whether it was on."""
        was_on = await self._book.end(account, self._clock())
        log.info("custody of %s is off", account)
        return was_on

    async def mandate(self, account: Address) -> Mandate | None:
        """What is in force now."""
        found = await self._book.mandate(account)
        return found[1] if found and self._clock() <= found[1].expires_at else None

    async def uses(self, account: Address, after: int, limit: int) -> list[CustodyUse]:
        """Every use of the account's key, by number."""
        return await self._book.uses(account, after, limit)

    async def step(self) -> bool:
        """Sign what waits and may be signed; True if anything was. Raises: LedgerUnavailable, LedgerDisagrees."""
        return self._custodian is not None and await self._tenure.work(partial(self._sign, self._custodian))

    async def run(self, stop: asyncio.Event) -> None:
        """Steps until `stop`; waits and tries again while chain or database are away."""
        async with self._tenure:
            await self._patience.keep_on(self.step, self._changes, stop)

    async def _sign(self, custodian: Custodian) -> bool:
        moved = False
        for account in await self._book.accounts():
            try:
                moved = await self._take_back(account) or moved
                moved = await self._sign_for(account, custodian) or moved
            except SealBroken as fault:
                self._say(account, f"acts wait for the carrier, what is kept for it does not open: {fault.message}")
        return moved

    async def _take_back(self, account: Address) -> bool:
        """What came to nothing on its way: signed once more where it was only late, else given up."""
        refused = await self._waiting.refused(account, ACTS_AT_ONCE)
        if not refused:
            return False
        known, moved = await self._outbox.many(each.submission_id for each in refused if each.submission_id), False
        for waiting in refused:
            refusal = known[waiting.submission_id].refusal if waiting.submission_id else None
            if isinstance(refusal, DeadlinePassed):
                await self._waiting.signed({waiting.act_id: None})
                moved = True
            else:
                moved = await self._give_up(waiting, refusal or ActionRefused("The ledger refused the act")) or moved
        return moved

    async def _sign_for(self, account: Address, custodian: Custodian) -> bool:
        """Sign what waits and may be signed, and hand it all in at once."""
        found = await self._book.mandate(account)
        acts = await self._waiting.unsigned(account, found[1].verbs, ACTS_AT_ONCE) if found else []
        if found is None or not acts:
            return False
        try:
            await custodian.open(account)
        except (InvalidRequest, NotAllowed) as fault:
            self._say(account, f"acts wait for the carrier, its key cannot be used: {fault.message}")
            return False
        now = await self._now()
        left = await self._submissions.acts_left(account, now)
        if left < len(acts):
            self._say(account, "acts wait: the gas that is relayed for a party a day is used up")
        signed: list[tuple[WaitingAct, SignedAct]] = []
        for waiting, deadline in await self._uses(acts[:left], *found, now):
            digest = SignedAct(waiting.act, account, deadline, b"").digest(self._identity.titles_domain)
            signature = await custodian.sign(account, digest)
            signed.append((waiting, SignedAct(waiting.act, account, deadline, signature)))
        if await self._book.mandate(account) != found:
            return False  # it ended, or its bounds changed, while this was signed
        return await self._hand_in(account, signed)

    async def _uses(
        self, acts: Sequence[WaitingAct], digest: str, mandate: Mandate, now: Seconds
    ) -> list[tuple[WaitingAct, Seconds]]:
        """Those that may be signed now, each with its deadline: uses on record that still count, else new ones."""
        last = await self._book.last_uses(each.act_id for each in acts)
        used = await self._book.used(mandate.account, now)
        may: list[tuple[WaitingAct, Seconds]] = []
        new: list[CustodyUse] = []
        for each in acts:
            use = last.get(each.act_id)
            if use is None or use.deadline < now or use.mandate != digest or now > mandate.expires_at:
                if not mandate.covers(each.act, now, used + len(new)):
                    self._say(each.account, f"{each.verb} waits for the carrier: the mandate does not cover it now")
                    continue
                deadline = now + HOUR if each.until is None else min(now + HOUR, each.until)
                use = CustodyUse(0, each.act_id, each.account, digest, each.verb, each.cause, deadline, now)
                new.append(use)
            may.append((each, use.deadline))
        await self._book.note(new, LEASE, self._tenure.holder)
        self._failpoint("custody.noted")
        return may

    async def _hand_in(self, account: Address, signed: list[tuple[WaitingAct, SignedAct]]) -> bool:
        """All at once; without those that are refused for good, whose requests are closed."""
        moved = False
        while signed:
            try:
                taken = await self._submissions.accept([act for _, act in signed])
            except NotAllowed as error:  # the day's gas, or the account is not registered: it waits
                self._say(account, error.message)
                break
            except ActionRefused as refusal:
                waiting, _ = signed.pop(int(str(refusal.details["index"])))
                moved = await self._give_up(waiting, refusal) or moved
                continue
            except (SealBroken, KeyDestroyed) as fault:  # of one of them: found by handing in each by itself
                if len(signed) > 1:
                    return any([await self._hand_in(account, [each]) for each in signed])
                return await self._give_up(signed[0][0], fault)
            self._failpoint("custody.accepted")
            pairs = zip(signed, taken, strict=True)
            await self._waiting.signed({waiting.act_id: each.submission_id for (waiting, _), each in pairs})
            for waiting, _ in signed:
                log.info("custody: signed %s for %s: %s", waiting.verb, account, waiting.cause)
            return True
        return moved

    async def _give_up(self, waiting: WaitingAct, why: EblError) -> bool:
        """False where the bill is issued as asked, by an act signed before: that will be announced once it is final."""
        rows = await self._issuances.of_acts([waiting.act_id])
        titles = await self._history.titles.many(rows)
        issued = {title_id for title_id, title in titles.items() if title.commitment == rows[title_id].commitment}
        if rows and issued == rows.keys():
            return False
        log.warning("custody: %s for %s is refused: %s", waiting.verb, waiting.account, why.message)
        for title_id in rows.keys() - issued:
            await self._announcing.refuse(rows[title_id], Reason(type(why).__name__, why.message))
        if isinstance(waiting.act, AcceptSurrender | RejectSurrender):
            await self._announcing.reopen(waiting)
        elif not rows:
            await self._waiting.end(waiting.act_id)
        return True

    async def _now(self) -> Seconds:
        """The later of the clock's time and the chain's: it is the chain that judges a deadline."""
        cursor = await self._history.cursor()
        if cursor is None:
            raise LedgerUnavailable("The index has not read its first block yet.")
        return max(self._clock(), cursor.time)

    def _say(self, account: Address, what: str) -> None:
        if self._told.get(account) != what:
            self._told[account] = what
            log.warning("custody of %s: %s", account, what)
