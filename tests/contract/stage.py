"""Plays acts on titles and certificates: as a call by the actor, as a relayed signature, or as a signature in a batch.

    stage.play(shipper, Transfer(bill, 1, bank.address), way)   the events; raises Refused
    stage.title(bill)                                           what the contract says of it
    stage.wait(seconds)                                         the next block comes so much later

Every transaction is one block, one second after the one before unless `wait` or `at` say otherwise.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ebl_service.chain.event_codec import decode_event
from ebl_service.domain import certificate as insured
from ebl_service.domain import events as happened
from ebl_service.domain.actions import Act, Issue, RejectTransfer, Replace
from ebl_service.domain.certificate import Certificate
from ebl_service.domain.certificate_actions import CarryOver, CertificateAct, IssueCertificate
from ebl_service.domain.certificate_events import CertificateEvent
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Address, CertificateId, Digest, TitleId, digest, title_id_of
from ebl_service.domain.title import PreviousAct, Title, evolve
from tests.contract.abi import CONTRACTS, Happened, Refused, answer_of, data_of, event_of, refusal_of
from tests.local_chain import MUCH_GAS, LocalChain, Person

WAYS = ("direct", "signed", "batched")
AN_HOUR = 3600
RECORDS_SLOT = 2
HEAD_OFFSET = 3
CERTIFICATE_HEAD_OFFSET = 4


class Replacement(NamedTuple):
    """What proves that titles took another's place: the replaced title's last link, and the new ids."""

    head: Digest
    possession: int
    endorsee: int
    new_ids: tuple[TitleId, ...]

    @classmethod
    def of(cls, title: Title) -> "Replacement":
        """The proof by the last act of this title, whatever that was."""
        return cls(title.last.head, title.last.possession, title.last.endorsee_number, title.replaced_by)


Proof = PreviousAct | Replacement | None


class Stage:
    """The contracts with a clock of their own, and a fold of every event (for proofs of the act before)."""

    def __init__(self, chain: LocalChain) -> None:
        self.chain = chain
        self.now = chain.time()
        self._next = self.now + 1
        self.titles: dict[TitleId, Title] = {}
        self.certificates: dict[CertificateId, Certificate] = {}
        self.gas_used = 0
        self.logs: list[dict[str, Any]] = []
        self._bills = 0
        self._where = {
            "PartyRegistry": chain.party_registry,
            "TitleRegistry": chain.title_registry,
            "CargoInsurance": chain.cargo_insurance,
        }
        self._what = {address: name for name, address in self._where.items()}

    # Time

    def wait(self, seconds: int) -> None:
        """Let the next block come this long after the last one."""
        self._next = self.now + seconds

    def at(self, time: int) -> None:
        """Let the next block come at this time."""
        self._next = time

    @property
    def next_time(self) -> int:
        """Of the next block."""
        return self._next

    # Transactions and views

    def send(self, sender: Address, contract: str, data: bytes, gas: str = MUCH_GAS) -> list[Happened]:
        """Send call data; the events. Raises: Refused."""
        self.chain.rpc("evm_setNextBlockTimestamp", self._next)
        self.now, self._next = self._next, self._next + 1
        receipt = self.chain.transact(sender, self._where[contract], data, gas)
        self.gas_used = int(receipt["gasUsed"], 16)
        self.logs = receipt["logs"]
        if receipt["status"] == "0x1":
            self._fold(receipt["logs"])
            return [
                event_of(self._what[log["address"]], log) for log in receipt["logs"] if log["address"] in self._what
            ]
        assert not receipt["logs"]
        trace = self.chain.rpc("debug_traceTransaction", receipt["transactionHash"], {"tracer": "callTracer"})
        raise refusal_of(contract, bytes.fromhex(trace.get("output", "0x")[2:]))

    def call(self, sender: Person, contract: str, function: str, *values: Any) -> list[Happened]:
        """Call a function with plain arguments. Raises: Refused."""
        return self.send(sender.address, contract, data_of(contract, function, *values))

    def view(self, function: str, *values: Any, contract: str = "TitleRegistry") -> Any:
        """What a view answers now."""
        data = data_of(contract, function, *values)
        answer = self.chain.rpc("eth_call", {"to": self._where[contract], "data": "0x" + data.hex()}, "latest")
        return answer_of(contract, function, bytes.fromhex(answer[2:]))

    def title(self, title_id: TitleId) -> dict[str, Any]:
        """The contract's view of a title."""
        found: dict[str, Any] = self.view("title", title_id)
        return found

    def certificate(self, certificate_id: CertificateId) -> dict[str, Any]:
        """The contract's view of a certificate."""
        found: dict[str, Any] = self.view("certificate", certificate_id, contract="CargoInsurance")
        return found

    @staticmethod
    def read_title(answer: str) -> dict[str, Any]:
        """The same from the raw answer to a call of `title`."""
        read: dict[str, Any] = answer_of("TitleRegistry", "title", bytes.fromhex(answer[2:]))
        return read

    def stored_head(self, title_id: TitleId) -> Digest:
        """The head as it lies in storage, by the pinned slot."""
        slot = hex(int(digest(title_id, RECORDS_SLOT), 16) + HEAD_OFFSET)
        return Digest(self.chain.rpc("eth_getStorageAt", self.chain.title_registry, slot, "latest"))

    # Acts

    def play(self, actor: Person, asked: Act, way: str = "direct", previous: Proof = None) -> list[Happened]:
        """One act; its events without those of a batch. Raises: Refused."""
        previous = self._proof(asked, previous)
        if way == "direct":
            return self.send(actor.address, contract_of(asked), direct_data(asked, previous))
        signed = self.sign(actor, asked)
        if way == "signed":
            return self.relay(signed, previous)
        return self.batch([signed_data(signed, previous)], contract=contract_of(asked))[0]

    def sign(self, actor: Person, asked: Act, deadline: int | None = None) -> SignedAct:
        """The act with its actor's signature, good for an hour where no deadline is named."""
        return actor.key.sign_act(self.chain.domain_of(asked), asked, deadline or self._next + AN_HOUR)

    def relay(self, signed: SignedAct, previous: Proof = None) -> list[Happened]:
        """Carry a signed act by itself. Raises: Refused."""
        data = signed_data(signed, self._proof(signed.act, previous))
        return self.send(self.chain.relayer.address, contract_of(signed.act), data)

    def batch(
        self, acts: Sequence[bytes], gas: str = MUCH_GAS, contract: str = "TitleRegistry"
    ) -> list[list[Happened]]:
        """Carry many signed acts; the events of each. Raises: the first act's refusal, where it is refused."""
        happened_ = self.send(self.chain.relayer.address, contract, data_of(contract, "batch", acts), gas)
        refused = [event.arguments for event in happened_ if event.name == "ActRefused"]
        for event in refused:
            if event["index"] == 0:
                raise refusal_of(contract, bytes.fromhex(event["reason"][2:]))
        assert len(acts) == 1 or not refused
        return [happened_] if len(acts) == 1 else [[event] for event in happened_]

    def issue(
        self,
        endorsee: Person | None = None,
        *,
        holder: Person | None = None,
        is_to_order: bool = True,
        carrier: Person | None = None,
    ) -> TitleId:
        """A fresh bill of the carrier's: to order in blank, in the shipper's hands, where nothing else is said."""
        carrier = carrier or self.chain.carrier
        asked = self.issuing(carrier, holder or self.chain.shipper, endorsee, is_to_order=is_to_order)
        self.play(carrier, asked)
        return asked.title_id

    def issuing(self, carrier: Person, holder: Person, endorsee: Person | None, *, is_to_order: bool = True) -> Issue:
        """The issue of a fresh bill."""
        self._bills += 1
        reference = digest("0x01", self._bills)
        return Issue(
            title_id=title_id_of(carrier.address, reference),
            holder=holder.address,
            endorsee=endorsee.address if endorsee else None,
            is_to_order=is_to_order,
            reference_digest=reference,
            commitment=digest("0x02", self._bills),
        )

    def _proof(self, asked: Act, previous: Proof) -> Proof:
        if isinstance(asked, CarryOver) and previous is None and asked.certificate_id in self.certificates:
            return Replacement.of(self.titles[self.certificates[asked.certificate_id].title_id])
        if isinstance(asked, RejectTransfer) and previous is None and asked.title_id in self.titles:
            return self.titles[asked.title_id].last
        return previous

    def _fold(self, logs: list[dict[str, Any]]) -> None:
        for log in logs:
            event = decode_event(log["topics"], log["data"]) if log["address"] in self._what else None
            if isinstance(event, happened.TitleEvent):
                before = self.titles.get(event.title_id)
                self.titles[event.title_id] = evolve(before, event, self.chain.titles_domain.separator)
            elif isinstance(event, CertificateEvent):
                known = self.certificates.get(event.certificate_id)
                after = insured.evolve(known, event, self.chain.insurance_domain.separator)
                self.certificates[event.certificate_id] = after


def contract_of(asked: Act) -> str:
    """The contract that judges the act."""
    return "CargoInsurance" if isinstance(asked, CertificateAct) else "TitleRegistry"


def function_of(asked: Act) -> str:
    """The contract's function of the same name."""
    name = type(asked).__name__
    return name[0].lower() + name[1:]


def _values(asked: Act, previous: Proof) -> list[Any]:
    match asked:
        case IssueCertificate():
            own = [name for name in asked.__dataclass_fields__ if name not in {"certificate_id", "sequence"}]
            return [getattr(asked, name) for name in own]
        case CarryOver():
            own = list(asked.__dataclass_fields__)
            return [*(getattr(asked, name) for name in own), previous or NO_REPLACEMENT]
        case Issue():
            return [asked.holder, asked.endorsee, asked.is_to_order, asked.reference_digest, asked.commitment]
        case Replace():
            return [asked.old_ids, asked.sequences, asked.new_titles]
        case RejectTransfer():
            return [asked.title_id, asked.sequence, previous or NO_PROOF]
        case _:
            return [getattr(asked, name) for name in asked.__dataclass_fields__]


NO_REPLACEMENT = Replacement(digest(0), 0, 0, ())
NO_PROOF = ("0x" + "00" * 32, 0, 0, None, "0x" + "00" * 32, 0, 0)


def direct_data(asked: Act, previous: Proof = None) -> bytes:
    """Call data of the act as its actor calls it."""
    return data_of(contract_of(asked), function_of(asked), *_values(asked, previous))


def signed_data(signed: SignedAct, previous: Proof = None) -> bytes:
    """Call data of the act as anyone carries it."""
    authorization = (signed.signer, signed.deadline, signed.signature)
    function = function_of(signed.act) + "BySignature"
    return data_of(contract_of(signed.act), function, *_values(signed.act, previous), authorization)


assert CONTRACTS == ("PartyRegistry", "TitleRegistry", "CargoInsurance")
__all__ = ["WAYS", "Refused", "Stage", "direct_data", "signed_data"]
