"""An act has landed where the ledger records what it asked for, and nowhere else."""

from dataclasses import replace

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain import events as happened
from ebl_service.domain.submission import first_subject_of, fulfils, landing_of, submission_id_of
from ebl_service.domain.terms import NO_DIGEST, Address, Digest, Purpose, TitleId, title_id_of
from tests.clerk import CARRIER, SHIPPER, key
from tests.fake_ledger import IDENTITY

T = TitleId("0x" + "11" * 32)
C, A, B = (Address("0x" + digits * 20) for digits in ("c0", "aa", "bb"))
REFERENCE = Digest("0x" + "22" * 32)
ISSUE = act.Issue(title_id_of(C, REFERENCE), A, B, True, REFERENCE, NO_DIGEST)
ISSUED = happened.Issued(ISSUE.title_id, C, A, B, 2, True, 0, REFERENCE, NO_DIGEST, 100)
U = TitleId("0x" + "33" * 32)
NEW = act.NewTitle(None, True, 1, REFERENCE, NO_DIGEST)
OTHER_NEW = act.NewTitle(B, True, 0, Digest("0x" + "44" * 32), Digest("0x" + "55" * 32))
REPLACE = act.Replace((T, U), (4, 7), (NEW, OTHER_NEW))
PAIRS = [
    (ISSUE, C, ISSUED),
    (act.Transfer(T, 4, B), A, happened.Transferred(T, A, B, 5, 100)),
    (act.Endorse(T, 4, B), A, happened.Endorsed(T, A, B, 2, 5, 100)),
    (act.EndorseToOrder(T, 4, B), A, happened.EndorsedToOrder(T, A, B, 2, 5, 100)),
    (act.EndorseInBlank(T, 4, None), A, happened.EndorsedInBlank(T, A, None, 5, 100)),
    (act.RejectTransfer(T, 4), A, happened.TransferRejected(T, A, B, 5, 100)),
    (act.Sign(T, 4), A, happened.Signed(T, A, 5, 100)),
    (
        act.RequestSurrender(T, 4, Purpose.PAPER, REFERENCE),
        A,
        happened.SurrenderRequested(T, A, C, Purpose.PAPER, REFERENCE, 5, 100),
    ),
    (act.WithdrawSurrender(T, 4), A, happened.SurrenderWithdrawn(T, A, C, 5, 100)),
    (act.AcceptSurrender(T, 4), C, happened.SurrenderAccepted(T, A, C, 5, 100)),
    (act.RejectSurrender(T, 4), C, happened.SurrenderRejected(T, A, C, 5, 100)),
]


def replaced() -> list[happened.Event]:
    """What REPLACE by C leads to."""
    ids = tuple(title_id_of(C, new.reference_digest, new.version) for new in REPLACE.new_titles)
    return [
        *(happened.Replaced(old, A, C, ids, sequence + 1, 100) for old, sequence in ((T, 4), (U, 7))),
        *(
            happened.Issued(
                of,
                C,
                A,
                new.endorsee,
                2,
                new.is_to_order,
                new.version,
                new.reference_digest,
                new.commitment,
                100,
                (T, U),
            )
            for of, new in zip(ids, REPLACE.new_titles, strict=True)
        ),
    ]


@pytest.mark.parametrize(("asked", "actor", "event"), PAIRS)
def test_the_event_an_act_asks_for_fulfils_it(asked: act.Act, actor: Address, event: happened.Event) -> None:
    assert fulfils([event], asked, actor)


@pytest.mark.parametrize(("asked", "actor", "event"), PAIRS)
def test_the_act_of_another_or_of_another_sequence_does_not(
    asked: act.Act, actor: Address, event: happened.Transferred
) -> None:
    assert not fulfils([event], asked, key("nobody").address)
    assert not fulfils([replace(event, sequence=event.sequence + 1)], asked, actor)
    assert not fulfils([replace(event, title_id=REFERENCE)], asked, actor)  # type: ignore[arg-type]


def test_each_event_fulfils_its_own_verb_only() -> None:
    for asked, actor, event in PAIRS:
        others = [other for _, _, other in PAIRS if other is not event]
        assert not any(fulfils([other], asked, actor) for other in others)


def test_other_arguments_do_not_fulfil() -> None:
    assert not fulfils([happened.Transferred(T, A, A, 5, 100)], act.Transfer(T, 4, B), A)
    assert not fulfils([replace(ISSUED, commitment=REFERENCE)], ISSUE, C)
    surrender = act.RequestSurrender(T, 4, Purpose.DELIVERY)
    assert not fulfils([happened.SurrenderRequested(T, A, C, Purpose.PAPER, NO_DIGEST, 5, 100)], surrender, A)


def test_a_title_that_came_by_a_replacement_does_not_fulfil_an_issue() -> None:
    assert not fulfils([replace(ISSUED, replaces=(T,))], ISSUE, C)


def test_a_replacement_is_told_by_the_events_of_all_its_titles() -> None:
    assert landing_of(REPLACE, C) == tuple((event.title_id, event.sequence) for event in replaced())  # type: ignore[union-attr]
    assert fulfils(replaced(), REPLACE, C)
    assert not fulfils(replaced(), REPLACE, A)
    assert not fulfils(replaced()[:-1], REPLACE, C)
    assert not fulfils(replaced()[:1], REPLACE, C)
    assert not fulfils([*replaced()[:3], ISSUED], REPLACE, C)


@pytest.mark.parametrize(
    ("place", "changed"),
    [
        (0, {"carrier": A}),
        (0, {"new_ids": (T,)}),
        (0, {"sequence": 6}),
        (1, {"carrier": A}),
        (1, {"new_ids": (T,)}),
        (1, {"sequence": 7}),
        (2, {"commitment": REFERENCE}),
        (2, {"endorsee": A}),
        (2, {"is_to_order": False}),
        (2, {"replaces": (T,)}),
        (2, {"carrier": A}),
        (3, {"commitment": NO_DIGEST}),
        (3, {"endorsee": None}),
        (3, {"reference_digest": REFERENCE}),
    ],
)
def test_a_replacement_with_anything_else_in_it_does_not_fulfil(place: int, changed: dict[str, object]) -> None:
    events = replaced()
    events[place] = replace(events[place], **changed)  # type: ignore[arg-type]
    assert not fulfils(events, REPLACE, C)


def test_the_id_of_a_submission_is_of_what_was_signed_and_by_whom() -> None:
    domain = IDENTITY.titles_domain
    one = SHIPPER.sign_act(domain, act.Sign(T, 4), 100)
    other = CARRIER.sign_act(domain, act.Sign(T, 4), 100)
    assert submission_id_of(one, domain) == submission_id_of(replace(one, signature=b"other"), domain)
    assert submission_id_of(one, domain) != submission_id_of(other, domain)
    assert first_subject_of(one.act) == (T, 4)
