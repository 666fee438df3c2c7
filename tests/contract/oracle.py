"""What the domain says of an act, to be held against what the contracts do: events or a refusal, and the state."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ebl_service.chain.deployment import ANSWER_PERIOD, REJECT_PERIOD
from ebl_service.chain.event_codec import decode_event
from ebl_service.chain.signatures import recovered
from ebl_service.domain import certificate as insured
from ebl_service.domain import events as happened
from ebl_service.domain import party as parties
from ebl_service.domain import title as titles
from ebl_service.domain.actions import Act, RejectTransfer
from ebl_service.domain.certificate import Certificate
from ebl_service.domain.certificate_actions import CarryOver
from ebl_service.domain.certificate_events import CertificateEvent
from ebl_service.domain.events import PartyEvent, TitleEvent
from ebl_service.domain.party import Party
from ebl_service.domain.rulebook import Rules, decide
from ebl_service.domain.signed_act import Join, SignedAct, check_deadline, signing_digest
from ebl_service.domain.terms import NOBODY, Address, CertificateId, Role, TitleId
from ebl_service.domain.title import Title
from ebl_service.errors import certificate_refusals as cover
from ebl_service.errors import refusals as no
from ebl_service.errors.refusals import Refusal
from tests.contract.abi import answer_of, data_of
from tests.contract.stage import Proof, Replacement, Stage
from tests.local_chain import LocalChain

ALL_ROLES = 15
_BEFORE_THE_REPLACEMENT = (
    cover.UnknownCertificate,
    cover.StaleCertificate,
    cover.NotInsurer,
    cover.CertificateDigestMissing,
    cover.TitleNotReplaced,
)
_BEFORE_THE_PROOF = (no.UnknownTitle, no.StaleSequence, no.TitleNotLive, no.NotHolder)
Verdict = tuple[TitleEvent | CertificateEvent | PartyEvent, ...] | Refusal


class Oracle:
    """Titles and parties as the domain has them."""

    def __init__(self, chain: LocalChain) -> None:
        self.chain = chain
        self.titles: dict[TitleId, Title] = {}
        self.parties: dict[Address, Party] = {}
        self.certificates: dict[CertificateId, Certificate] = {}
        asked = {"address": chain.party_registry, "fromBlock": "0x0"}
        for log in chain.rpc("eth_getLogs", asked):
            self.take(decode_event(log["topics"], log["data"]))

    # Titles

    def decide(self, asked: Act, actor: Address, now: int, proof: Proof = None) -> Verdict:
        """The domain's answer to an act; a return and a carry-over come with the proof that is sent along."""
        rules = Rules(self.titles, self.parties, now, REJECT_PERIOD, ANSWER_PERIOD, self.certificates)
        verdict = _answer(lambda: decide(rules, asked, actor))
        if isinstance(asked, CarryOver) and not isinstance(verdict, _BEFORE_THE_REPLACEMENT):
            replaced = self.titles[self.certificates[asked.certificate_id].title_id]
            if proof != Replacement.of(replaced):
                return no.PreviousActMismatch(replaced.title_id, actor)
        if isinstance(asked, RejectTransfer) and not isinstance(verdict, _BEFORE_THE_PROOF):
            title = self.titles[asked.title_id]
            if proof != title.last:
                return no.PreviousActMismatch(title.title_id, actor)
        return verdict

    def judge(self, signed: SignedAct, now: int, proof: Proof = None) -> Verdict:
        """The same for a signed act: first its deadline, then its signature."""
        refusal = _answer(lambda: check_deadline(signed.deadline, now))
        if isinstance(refusal, Refusal):
            return refusal
        if recovered(signed.digest(self.chain.domain_of(signed.act)), signed.signature) != signed.signer:
            return no.InvalidSignature(signed.signer)
        return self.decide(signed.act, signed.signer, now, proof)

    # Parties

    def judge_join(self, join: Join, sender: Address, now: int) -> Verdict:
        """Registration, as contracts/PartyRegistry.sol has it; there is no `decide` for the registrar's calls."""
        if sender != self.chain.registrar.address:
            return no.OwnableUnauthorizedAccount(sender)
        if join.account in self.parties:
            return no.AlreadyRegistered(join.account)
        if join.roles & ~ALL_ROLES:
            return no.UnknownRole(int(join.roles))
        if join.nonce:
            return no.StaleNonce(join.account, 0, join.nonce)
        refusal = _answer(lambda: check_deadline(join.deadline, now))
        if isinstance(refusal, Refusal):
            return refusal
        digest = signing_digest(self.chain.parties_domain, "Join", join.message)
        if recovered(digest, join.signature) != join.account:
            return no.InvalidSignature(join.account)
        number = len(self.parties) + 1
        event = happened.Registered(join.account, number, join.roles, join.identity_digest, join.nonce, now)
        return event, *_warning(join.account, join.roles)

    def judge_standing(self, act: str, account: Address, roles: int, sender: Address, now: int) -> Verdict:
        """Grants, withdrawals, suspension and reinstatement, likewise."""
        if sender != self.chain.registrar.address:
            return no.OwnableUnauthorizedAccount(sender)
        party = self.parties.get(account)
        if party is None:
            return no.UnknownParty(account)
        if act in {"suspend", "reinstate"}:
            suspends = act == "suspend"
            if party.is_suspended == suspends:
                return no.AlreadySuspended(account) if suspends else no.NotSuspended(account)
            return (happened.Suspended(account, now) if suspends else happened.Reinstated(account, now),)
        if not roles or roles & ~ALL_ROLES:
            return no.UnknownRole(roles)
        if act == "grantRole":
            if party.roles & roles:
                return no.RoleUnchanged(account, roles)
            return happened.RoleGranted(account, Role(roles), now), *_warning(account, Role(roles))
        if party.roles & roles != roles:
            return no.RoleUnchanged(account, roles)
        return (happened.RoleWithdrawn(account, Role(roles), now),)

    # What happened

    def take(self, event: Any) -> None:
        """Let the domain's `evolve` follow an event."""
        if isinstance(event, TitleEvent):
            before = self.titles.get(event.title_id)
            self.titles[event.title_id] = titles.evolve(before, event, self.chain.titles_domain.separator)
        elif isinstance(event, CertificateEvent):
            known = self.certificates.get(event.certificate_id)
            after = insured.evolve(known, event, self.chain.insurance_domain.separator)
            self.certificates[event.certificate_id] = after
        elif isinstance(event, PartyEvent):
            account = getattr(event, "account", NOBODY)
            after = parties.evolve(self.parties.get(account), event)
            if after is not None:
                self.parties[account] = after

    # Held against the contracts

    def agrees_with(self, stage: Stage) -> None:
        """Every title, as the contract's view tells it."""
        to = self.chain.title_registry
        data = ["0x" + data_of("TitleRegistry", "title", title_id).hex() for title_id in self.titles]
        calls = [("eth_call", [{"to": to, "data": each}]) for each in data]
        for title, answer in zip(self.titles.values(), self.chain.rpc.batch(calls), strict=True):
            assert stage.read_title(answer) == as_read(title)
        to = self.chain.cargo_insurance
        data = ["0x" + data_of("CargoInsurance", "certificate", each).hex() for each in self.certificates]
        calls = [("eth_call", [{"to": to, "data": each}]) for each in data]
        answers = self.chain.rpc.batch(calls) if calls else []
        for certificate, answer in zip(self.certificates.values(), answers, strict=True):
            read = answer_of("CargoInsurance", "certificate", bytes.fromhex(answer[2:]))
            assert read == certificate_as_read(certificate, self.titles[certificate.title_id], stage.now)

    def agrees_to_the_last_with(self, stage: Stage) -> None:
        """Every party too, who is entitled, and the heads as they lie in storage."""
        self.agrees_with(stage)
        for account, party in self.parties.items():
            assert stage.view("party", account, contract="PartyRegistry") == party_as_read(party)
            assert stage.view("accountOf", party.number, contract="PartyRegistry") == account
        for title_id, title in self.titles.items():
            assert stage.view("entitledOf", title_id) == title.entitled
            assert stage.stored_head(title_id) == title.head
        for certificate_id, certificate in self.certificates.items():
            title = self.titles[certificate.title_id]
            told = stage.view("assuredOf", certificate_id, contract="CargoInsurance")
            assert told == insured.assured(certificate, title)
            for claim in certificate.claims:
                assert stage.view("claimOf", certificate_id, claim.number, contract="CargoInsurance") == {
                    "claimant": claim.claimant,
                    "status": claim.status.name,
                    "notifiedAt": claim.notified_at,
                    "actedAt": claim.acted_at,
                }


def as_read(title: Title) -> dict[str, Any]:
    """A title of the domain as the contract's view tells it."""
    return {
        "carrier": title.carrier,
        "holder": title.holder,
        "endorsee": title.endorsee or NOBODY,
        "entitled": title.entitled,
        "status": title.status.name,
        "isToOrder": title.is_to_order,
        "mayEndorse": title.may_endorse,
        "version": title.version,
        "sequence": title.sequence,
        "actedAt": title.acted_at,
        "commitment": title.commitment,
        "head": title.head,
    }


def certificate_as_read(certificate: Certificate, title: Title, now: int) -> dict[str, Any]:
    """A certificate of the domain, with its title, as the contract's view tells it in a block of this time."""
    return {
        "insurer": certificate.insurer,
        "titleId": certificate.title_id,
        "mode": certificate.mode.name,
        "named": certificate.named or NOBODY,
        "isReleased": certificate.is_released,
        "status": insured.status(certificate, title, now).name,
        "assured": insured.assured(certificate, title),
        "payee": insured.payee(certificate, title),
        "attachesAt": asdict(certificate.attaches_at),
        "endsAt": asdict(certificate.ends_at),
        "sequence": certificate.sequence,
        "actedAt": certificate.acted_at,
        "commitment": certificate.commitment,
        "head": certificate.head,
    }


def party_as_read(party: Party) -> dict[str, Any]:
    """A party likewise."""
    return {
        "number": party.number,
        "roles": int(party.roles),
        "suspended": party.is_suspended,
        "nonce": party.nonce,
        "identityDigest": party.identity_digest,
    }


def _answer(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Refusal as refusal:
        return refusal


def _warning(account: Address, roles: Role) -> tuple[happened.SingleKeyWarning, ...]:
    cargo = Role.CARRIER | Role.INSURER | Role.TERMINAL
    return (happened.SingleKeyWarning(account, roles),) if roles & cargo else ()
