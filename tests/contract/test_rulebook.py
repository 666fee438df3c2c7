"""The registries against the rulebook in plain Python: random and hostile acts, and both must always agree.

On yes or no, on the error's name and arguments, on the events, on every title's state, entitled party and head, and on
every party. EBL_DEEP=1 plays forty times as long, another course each time. Certificates join the play in
`test_insurance_rulebook`.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from ebl_service.chain.deployment import ANSWER_PERIOD, REJECT_PERIOD
from ebl_service.chain.event_codec import decode_event
from ebl_service.domain import events as happened
from ebl_service.domain.actions import TITLE_ACTS, AcceptSurrender, Act, RejectTransfer, RequestSurrender
from ebl_service.domain.signed_act import LONGEST_DEADLINE, Join, SignedAct
from ebl_service.domain.terms import Purpose, Role, Status, digest
from ebl_service.errors.refusals import REFUSALS, Refusal
from tests.contract.abi import Refused, refusal_of
from tests.contract.oracle import Oracle, Verdict
from tests.contract.play import ENCORE, MOST_ENCORES, NOT_PLAYED, PROFILE, SEEN, STOOD
from tests.contract.random_acts import ANYBODY, CARRIERS, SPOILS, WAYS, Acts, Dice
from tests.contract.stage import AN_HOUR, Proof, Stage, contract_of, direct_data, signed_data
from tests.local_chain import LocalChain, Person, person

DICE = st.builds(Dice, st.integers(0, 2**64 - 1))
KINDS = {
    "issue": 4,
    "hand_over": 8,
    "plain": 6,
    "request_surrender": 4,
    "have_amended": 2,
    "replace": 3,
    "act_on_what_is_not_there": 1,
    "replay": 2,
    "many_in_a_batch": 2,
    "standing": 3,
    "join": 2,
    "wait": 2,
}
"""What a step may be, and how often in so many."""
KEPT = 12


class Rulebook(RuleBasedStateMachine):
    """Plays one act after the other on both and compares."""

    kinds = KINDS
    offices: ClassVar = dict.fromkeys(CARRIERS, Role.CARRIER)
    """Roles that are given back when they are lost, or the play would come to an end."""

    def __init__(self, chain: LocalChain) -> None:
        super().__init__()
        self.steps = 0
        self.snapshot = chain.rpc("evm_snapshot")
        self.chain = chain
        self.stage = Stage(chain)
        self.oracle = Oracle(chain)
        self.acts = Acts(self.stage, self.oracle.titles)
        self.kept: list[tuple[SignedAct, Proof]] = []

    @initialize(dice=DICE)
    def issue_some(self, dice: Dice) -> None:
        for _ in range(4):
            self.issue(dice)

    def teardown(self) -> None:
        try:
            self.oracle.agrees_to_the_last_with(self.stage)
        finally:
            self.chain.rpc("evm_revert", self.snapshot)

    @rule(dice=DICE)
    def step(self, dice: Dice) -> None:
        """One rule for all, so that the dice and not Hypothesis weigh what comes next."""
        kinds = [getattr(self, name) for name, times in self.kinds.items() for _ in range(times)]
        self.steps += 1
        dice.at(self.steps).pick(kinds)(dice)

    # Acts on titles

    def issue(self, dice: Dice) -> None:
        self._ask(dice, *self.acts.issue(dice))

    def hand_over(self, dice: Dice) -> None:
        title = self.acts.title(dice, Status.ISSUED)
        if title:
            self._ask(dice, *self.acts.hand_over(dice, title))

    def plain(self, dice: Dice) -> None:
        title = self.acts.title(dice, *(status for status in Status if status.is_live))
        if title:
            self._ask(dice, *self.acts.plain(dice, title))

    def request_surrender(self, dice: Dice) -> None:
        title = self.acts.title(dice, Status.ISSUED)
        if title:
            self._ask(dice, *self.acts.request(dice, title))

    def have_amended(self, dice: Dice) -> None:
        title = self.acts.title(dice, Status.ISSUED)
        if title:
            holder, carrier = self.acts.owner(title.holder), self.acts.owner(title.carrier)
            request = RequestSurrender(title.title_id, title.sequence, Purpose.AMENDMENT)
            self._direct(holder, request)
            self._direct(carrier, AcceptSurrender(title.title_id, title.sequence + 1))

    def replace(self, dice: Dice) -> None:
        if self.oracle.titles:
            self._ask(dice, *self.acts.replacement(dice))

    def act_on_what_is_not_there(self, dice: Dice) -> None:
        title = self.acts.title(dice)
        if title:
            kind = dice.pick([each for name, each in TITLE_ACTS.items() if name in PLAIN])
            self._direct(self.acts.owner(title.holder), kind(digest(title.title_id), 1))

    def replay(self, dice: Dice) -> None:
        if self.kept:
            self._signed(*dice.pick(self.kept), dice.pick(("signed", "batched")))

    def many_in_a_batch(self, dice: Dice) -> None:
        """New acts, and old ones again; each is judged as the ones before it left things."""
        batch = dice.some(self.kept, 2)
        for play in dice.some((self.acts.hand_over, self.acts.plain), 3):
            title = self.acts.title(dice, Status.ISSUED)
            if title:
                actor, asked = play(dice, title)
                batch.append((self.acts.sign(actor, asked), self._proof(asked)))
        now = self.stage.next_time
        data_of_acts = [signed_data(signed, proof) for signed, proof in batch]
        self.stage.call(self.chain.relayer, "TitleRegistry", "batch", data_of_acts)
        told = iter([decode_event(log["topics"], log["data"]) for log in self.stage.logs])
        for index, (signed, proof) in enumerate(batch):
            verdict = self.oracle.judge(signed, now, proof)
            if isinstance(verdict, Refusal):
                refused = next(told)
                assert isinstance(refused, happened.ActRefused)
                assert refused.index == index
                _same_refusal(refusal_of("TitleRegistry", bytes.fromhex(refused.reason[2:])), verdict)
            else:
                assert [next(told) for _ in verdict] == list(verdict)
                self._took(verdict)
        assert next(told, None) is None
        self._agree()

    # Parties and time

    def standing(self, dice: Dice) -> None:
        """Hostile or useless as often as not; else what somebody lost is given back, so that the play goes on."""
        act = dice.pick(("suspend", "suspend", "reinstate", "grantRole", "withdrawRole"))
        account = self.acts.person(dice.pick(ANYBODY)).address
        roles = dice.pick((1, 1, 2, 3, 8, 0, 16))
        sender = self.acts.person(dice.pick(ANYBODY)) if dice.seldom() else self.chain.registrar
        suspended = [party.account for party in self.oracle.parties.values() if party.is_suspended]
        offices = {self.acts.address(name): role for name, role in self.offices.items()}
        idle = [who for who, role in offices.items() if not self.oracle.parties[who].roles & role]
        if idle:
            act, account, roles = "grantRole", idle[0], offices[idle[0]]
        elif len(suspended) > 1:
            act, account = "reinstate", suspended[0]
        self._change_standing(sender, act, account, roles)

    def _change_standing(self, sender: Person, act: str, account: str, roles: int = 0) -> None:
        verdict = self.oracle.judge_standing(act, account, roles, sender.address, self.stage.next_time)
        values = [account] if act in {"suspend", "reinstate"} else [account, roles]
        self._hold(verdict, lambda: self.stage.call(sender, "PartyRegistry", act, *values))

    def join(self, dice: Dice) -> None:
        who, now = person(dice.pick(("newcomer", "latecomer", "bank", "stranger"))), self.stage.next_time
        deadline = dice.pick((now, now + AN_HOUR, now - 1, now + LONGEST_DEADLINE + 1))
        roles = Role(dice.pick((0, 0, 8, 1, 16)))
        asked = Join(who.address, roles, digest(6), dice.pick((0, 0, 0, 1)), deadline)
        signer = person("stranger") if dice.seldom() else who
        signed = who.key.sign_join(self.chain.parties_domain, asked)
        if signer is not who:
            signature = signer.key.sign_message(self.chain.parties_domain, "Join", asked.message)
            signed = Join(who.address, roles, asked.identity_digest, asked.nonce, deadline, signature)
        sender = self.acts.person(dice.pick(ANYBODY)) if dice.seldom() else self.chain.registrar
        values = (who.address, int(roles), signed.identity_digest, signed.nonce, deadline, signed.signature)
        verdict = self.oracle.judge_join(signed, sender.address, now)
        self._hold(verdict, lambda: self.stage.call(sender, "PartyRegistry", "register", *values))

    def wait(self, dice: Dice) -> None:
        periods = (REJECT_PERIOD - 1, REJECT_PERIOD, REJECT_PERIOD + 1, ANSWER_PERIOD, ANSWER_PERIOD + 1)
        self.stage.wait(dice.pick((60, 600, 3601, *periods)))

    # Playing and comparing

    def _ask(self, dice: Dice, actor: Person, asked: Act) -> None:
        if dice.seldom():
            signed = self.acts.spoil(dice, actor, asked, dice.pick(SPOILS))
            self._signed(signed, self._proof(asked), dice.pick(("signed", "batched")))
            return
        proof = self._proof(asked)
        if proof is not None and dice.seldom():
            proof = self._other_proof(dice, proof)
        way = dice.pick(WAYS)
        if way == "direct":
            self._direct(actor, asked, proof)
        else:
            self._signed(self.acts.sign(actor, asked), proof, way)

    def _proof(self, asked: Act) -> Proof:
        title = self.oracle.titles.get(asked.title_id) if isinstance(asked, RejectTransfer) else None
        return title.last if title else None

    def _other_proof(self, dice: Dice, _: Proof) -> Proof:
        return dice.pick([title.last for title in self.oracle.titles.values()])

    def _direct(self, actor: Person, asked: Act, proof: Proof = None) -> None:
        verdict = self.oracle.decide(asked, actor.address, self.stage.next_time, proof)
        data = direct_data(asked, proof)
        self._count(asked, "direct", verdict)
        self._hold(verdict, lambda: self.stage.send(actor.address, contract_of(asked), data))

    def _signed(self, signed: SignedAct, proof: Proof, way: str) -> None:
        verdict = self.oracle.judge(signed, self.stage.next_time, proof)
        self._count(signed.act, way, verdict)
        data = signed_data(signed, proof)
        if way == "signed":
            self._hold(verdict, lambda: self.stage.send(self.chain.relayer.address, contract_of(signed.act), data))
        else:
            self._hold(verdict, lambda: self.stage.batch([data], contract=contract_of(signed.act)))
        self.kept = [*self.kept, (signed, proof)][-KEPT:]

    def _hold(self, verdict: Verdict, play: Callable[[], Any]) -> None:
        """The contracts must do what the domain said. What reverted changed nothing; the end looks at all again."""
        refused = _outcome(play)
        if isinstance(verdict, Refusal):
            assert refused is not None, f"the contract allows what the domain refuses: {verdict!r}"
            _same_refusal(refused, verdict)
            return
        assert refused is None, f"the contract refuses what the domain allows: {refused}"
        assert tuple(decode_event(log["topics"], log["data"]) for log in self.stage.logs) == verdict
        self._took(verdict)
        self._agree()

    def _agree(self) -> None:
        self.oracle.agrees_with(self.stage)

    def _took(self, events: Any) -> None:
        for each in events:
            self.oracle.take(each)

    @staticmethod
    def _count(asked: Act, way: str, verdict: Verdict) -> None:
        name = type(asked).__name__
        if isinstance(verdict, Refusal):
            event(f"{name} refused")
        else:
            STOOD[name, way] += 1
            event(f"{name} stood")


PLAIN = ("RejectTransfer", "Sign", "WithdrawSurrender", "AcceptSurrender", "RejectSurrender")


def _outcome(play: Callable[[], Any]) -> Refused | None:
    try:
        play()
    except Refused as refused:
        return refused
    return None


def _same_refusal(refused: Refused, verdict: Refusal) -> None:
    SEEN[refused.name] += 1
    assert (refused.name, refused.values) == (type(verdict).__name__, verdict.values)


def test_contracts_and_rulebook_agree_whatever_is_played(deployed_chain: LocalChain) -> None:
    run_state_machine_as_test(partial(Rulebook, deployed_chain), settings=PROFILE)
    for _ in range(MOST_ENCORES):  # the course depends on Hypothesis and Python: where it was poor, more is played
        if not _never_stood() and not _never_came_up():
            break
        run_state_machine_as_test(partial(Rulebook, deployed_chain), settings=ENCORE)
    assert _never_stood() == set(), "the play was too poor: these never stood"
    assert _never_came_up() == set(), "the play was too poor: these never came up"
    assert sum(STOOD.values()) > sum(SEEN.values()) / 4


def _never_stood() -> set[tuple[str, str]]:
    return {(name, way) for name in TITLE_ACTS for way in WAYS} - STOOD.keys()


def _never_came_up() -> set[str]:
    return REFUSALS.keys() - NOT_PLAYED.keys() - SEEN.keys()
