"""A title as a fold of its events: heads, the packed word, who is entitled, and events that cannot follow."""

from dataclasses import replace

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from ebl_service.domain import actions as act
from ebl_service.domain import events as happened
from ebl_service.domain.terms import NOBODY, Address, Purpose, Status, Verb, digest
from ebl_service.domain.title import MAY_ENDORSE, PASSED_ON, TO_ORDER, PreviousAct, evolve, possession_word
from ebl_service.errors import LedgerDisagrees
from tests.domain.played import BANK, CARRIER, CONSIGNEE, FORWARDER, SEPARATOR, SHIPPER, Played


def link(last: PreviousAct) -> str:
    """A head by eth_abi, from what the act before is proved with."""
    kinds = ["bytes32", "uint256", "uint256", "address", "bytes32", "uint256", "uint32"]
    values = [
        bytes.fromhex(last.head[2:]),
        last.verb,
        last.time,
        last.actor,
        bytes.fromhex(last.arguments[2:]),
        last.possession,
        last.endorsee_number,
    ]
    return "0x" + keccak(encode(kinds, values)).hex()


def test_each_head_links_the_one_before_with_the_act_and_the_state_it_met() -> None:
    played = Played()
    bill = played.issue(BANK)
    seed = "0x" + keccak(bytes.fromhex(SEPARATOR[2:]) + bytes.fromhex(bill[2:])).hex()
    assert played.titles[bill].last.head == seed
    for actor, asked in (
        (SHIPPER, act.Transfer(bill, 1, BANK)),
        (BANK, act.EndorseToOrder(bill, 2, CONSIGNEE)),
        (CONSIGNEE, act.RejectTransfer(bill, 3)),
        (BANK, act.EndorseInBlank(bill, 4)),
        (BANK, act.Endorse(bill, 5, CONSIGNEE)),
        (CONSIGNEE, act.Sign(bill, 6)),
        (CONSIGNEE, act.RequestSurrender(bill, 7, Purpose.AMENDMENT, digest(3))),
        (CARRIER, act.AcceptSurrender(bill, 8)),
    ):
        before = played.titles[bill]
        played.play(actor, asked)
        after = played.titles[bill]
        assert after.last.head == before.head
        assert after.last.actor == actor
        assert after.last.verb.name.replace("_", "") == type(asked).__name__.upper()
        assert (after.last.possession, after.last.endorsee_number) == (possession_word(before), before.endorsee_number)
        assert after.head == link(after.last)


def test_the_first_link_holds_all_that_was_issued() -> None:
    played = Played()
    bill = played.issue(BANK)
    title = played.titles[bill]
    kinds = ["address", "address", "bool", "uint16", "bytes32", "bytes32", "bytes32"]
    digests = [bytes.fromhex(value[2:]) for value in (title.reference_digest, title.commitment)]
    arguments = keccak(encode(kinds, [SHIPPER, BANK, True, 0, *digests, keccak(b"")]))
    assert title.last.arguments == "0x" + arguments.hex()
    assert (title.last.verb, title.last.possession, title.last.endorsee_number) == (Verb.ISSUE, 0, 0)
    assert title.head == link(title.last)


def test_a_blank_bill_links_as_endorsed_to_nobody() -> None:
    played = Played()
    bill = played.issue(SHIPPER)
    played.play(SHIPPER, act.EndorseInBlank(bill, 1))
    assert int(played.titles[bill].last.arguments, 16) == int(NOBODY, 16) == 0


def test_the_word_holds_holder_sequence_time_status_and_flags() -> None:
    played = Played()
    title = played.titles[played.issue(BANK)]
    found = possession_word(title)
    assert found & (1 << 160) - 1 == int(SHIPPER, 16)
    assert found >> 160 & 0xFFFFFFFF == 1
    assert found >> 192 & (1 << 40) - 1 == title.acted_at == played.now
    assert found >> 232 & 0xFF == Status.ISSUED
    assert found >> 240 == title.flags
    assert title.flags & (TO_ORDER | MAY_ENDORSE | PASSED_ON) == TO_ORDER | MAY_ENDORSE


ENTITLED = {
    "a blank bill": (None, True, [], SHIPPER),
    "a blank bill passed on": (None, True, [(SHIPPER, act.Transfer, BANK)], BANK),
    "to order of another, not yet handed over": (BANK, True, [], SHIPPER),
    "to order of another, in custody": (BANK, True, [(SHIPPER, act.Transfer, FORWARDER)], SHIPPER),
    "to order, endorsement and possession met": (BANK, True, [(SHIPPER, act.Transfer, BANK)], BANK),
    "the endorsee gave it into custody": (
        BANK,
        True,
        [(SHIPPER, act.Transfer, BANK), (BANK, act.Transfer, FORWARDER)],
        BANK,
    ),
    "endorsed": (None, True, [(SHIPPER, act.Endorse, CONSIGNEE)], CONSIGNEE),
    "endorsed, then into custody": (
        None,
        True,
        [(SHIPPER, act.EndorseToOrder, BANK), (BANK, act.Transfer, FORWARDER)],
        BANK,
    ),
    "endorsed in blank, then passed on": (
        SHIPPER,
        True,
        [(SHIPPER, act.EndorseInBlank, None), (SHIPPER, act.Transfer, BANK)],
        BANK,
    ),
    "straight, with a bank": (CONSIGNEE, False, [(SHIPPER, act.Transfer, BANK)], SHIPPER),
    "straight, with the consignee": (CONSIGNEE, False, [(SHIPPER, act.Transfer, CONSIGNEE)], CONSIGNEE),
    "straight, the consignee pledged it": (
        CONSIGNEE,
        False,
        [(SHIPPER, act.Transfer, CONSIGNEE), (CONSIGNEE, act.Transfer, BANK)],
        CONSIGNEE,
    ),
}


@pytest.mark.parametrize("case", ENTITLED)
def test_who_is_entitled(case: str) -> None:
    endorsee, is_to_order, acts, entitled = ENTITLED[case]
    played = Played()
    bill = played.issue(endorsee, is_to_order=is_to_order)
    for sequence, (actor, kind, to) in enumerate(acts, 1):
        played.play(actor, kind(bill, sequence, to))
    assert played.titles[bill].entitled == entitled


def test_a_rejected_hand_over_gives_back_rights_too() -> None:
    played = Played()
    bill = played.issue(SHIPPER)
    played.play(SHIPPER, act.EndorseToOrder(bill, 1, BANK))
    assert played.titles[bill].entitled == BANK
    played.play(BANK, act.RejectTransfer(bill, 2))
    title = played.titles[bill]
    assert (title.entitled, title.endorsee, title.endorsee_number, title.may_endorse) == (SHIPPER, SHIPPER, 3, True)


def test_an_event_that_cannot_follow_is_a_disagreement() -> None:
    played = Played()
    asked = played.issuing(SHIPPER, None)
    (issued,) = played.play(CARRIER, asked)
    title = played.titles[asked.title_id]
    assert isinstance(issued, happened.Issued)
    with pytest.raises(LedgerDisagrees, match="issued twice"):
        evolve(title, issued, SEPARATOR)
    signed = happened.Signed(asked.title_id, SHIPPER, 2, played.now)
    with pytest.raises(LedgerDisagrees, match="never issued"):
        evolve(None, signed, SEPARATOR)
    for sequence in (1, 3):
        with pytest.raises(LedgerDisagrees, match="goes from act 1"):
            evolve(title, replace(signed, sequence=sequence), SEPARATOR)
    with pytest.raises(LedgerDisagrees, match="never issued"):
        evolve(None, happened.EndorseeNamed(asked.title_id, Address(BANK)), SEPARATOR)
    assert evolve(title, happened.EndorseeNamed(asked.title_id, Address(BANK)), SEPARATOR) is title
