"""What the ledger port says of acts, checked beforehand and carried. The same in memory and on anvil."""

from dataclasses import replace

from ebl_service.chain.act_codec import decode_refusal
from ebl_service.domain import actions as act
from ebl_service.domain import certificate_actions as insurance
from ebl_service.domain import events as happened
from ebl_service.domain.ledger import ActToSend
from ebl_service.domain.signed_act import LONGEST_DEADLINE
from ebl_service.domain.terms import Purpose, digest, title_id_of
from ebl_service.errors import certificate_refusals as uninsured
from ebl_service.errors import refusals as no
from tests.port_stage import COMMITMENT

UNKNOWN = digest(9)


def reasons(verdicts):
    return [verdict and (type(verdict), *verdict.values) for verdict in verdicts]


def refused(outcome):
    return reasons(refusal for _, refusal in outcome.refused)


async def test_acts_of_many_parties_land_in_one_transaction_and_are_replayed_to_the_contracts_head(stage):
    outcome = await stage.carry(
        stage.issue(),
        stage.signed(stage.shipper, act.Transfer(stage.bill(), 1, stage.bank.address)),
        stage.signed(stage.bank, act.Transfer(stage.bill(), 2, stage.consignee.address)),
    )
    assert (outcome.reverted, outcome.refused) == (False, ())
    title = await stage.title()
    assert (title.holder, title.sequence) == (stage.consignee.address, 3)
    assert title.head == await stage.ledger.head_of(stage.bill())


async def test_a_bad_act_is_named_and_spoils_none_of_the_others(stage):
    transfer, surrender = act.Transfer(stage.bill(), 1, stage.bank.address), act.AcceptSurrender(stage.bill(), 2)
    sign = stage.signed(stage.shipper, act.Sign(stage.bill(), 1))
    accepted = stage.signed(stage.carrier, surrender)
    sent = await stage.send(stage.issue(), stage.signed(stage.stranger, transfer), sign, sign, accepted)
    stage.mine()
    outcome = await stage.ledger.outcome(sent.hash)
    assert not outcome.reverted
    assert [index for index, _ in outcome.refused] == [1, 3, 4]
    assert refused(outcome) == [
        (no.NotHolder, stage.bill(), stage.stranger.address),
        (no.StaleSequence, stage.bill(), stage.shipper.address, 2, 1),
        (no.SurrenderNotPending, stage.bill(), stage.carrier.address, "ISSUED"),
    ]
    told = [each.event for each in await stage.ledger.events(outcome.block_number, outcome.block_number)]
    assert [event.sequence for event in told if isinstance(event, happened.Issued | happened.Signed)] == [1, 2]
    named = [event for event in told if isinstance(event, happened.ActRefused)]
    assert [(event.index, event.act) for event in named] == [(n, sent.act_digests[n]) for n in (1, 3, 4)]
    assert reasons(decode_refusal(bytes.fromhex(event.reason[2:])) for event in named) == refused(outcome)


async def test_a_check_says_beforehand_what_the_contract_would_say(stage):
    await stage.carry(stage.issue())
    stage.suspend(stage.consignee)
    stage.mine()
    carrier, shipper, bank = stage.carrier.address, stage.shipper.address, stage.bank.address
    consignee, stranger, insurer = stage.consignee.address, stage.stranger.address, stage.insurer.address
    bill, cover = stage.bill(), stage.certificate()
    cases = [
        (stage.shipper, act.Sign(bill, 1), None),
        (stage.shipper, act.Sign(UNKNOWN, 1), (no.UnknownTitle, UNKNOWN, shipper)),
        (stage.shipper, act.Sign(bill, 2), (no.StaleSequence, bill, shipper, 1, 2)),
        (stage.bank, act.Sign(bill, 1), (no.NotHolder, bill, bank)),
        (stage.shipper, act.Transfer(bill, 1, shipper), (no.AlreadyHolder, bill, shipper)),
        (stage.shipper, act.Transfer(bill, 1, stranger), (no.RecipientNotRegistered, bill, shipper, stranger)),
        (stage.shipper, act.Endorse(bill, 1, consignee), (no.RecipientSuspended, bill, shipper, consignee)),
        (stage.carrier, act.RejectSurrender(bill, 1), (no.SurrenderNotPending, bill, carrier, "ISSUED")),
        (stage.carrier, stage.issue().signed.act, (no.TitleExists, bill, carrier)),
        (stage.insurer, stage.insure().signed.act, None),
        (stage.carrier, stage.insure().signed.act, (no.InvalidSignature, carrier)),
        (stage.insurer, insurance.AcknowledgeClaim(cover, 1, 1), (uninsured.UnknownCertificate, cover, insurer)),
    ]
    verdicts = await stage.ledger.check([stage.signed(somebody, asked) for somebody, asked, _ in cases])
    assert reasons(verdicts) == [verdict for *_, verdict in cases]
    assert await stage.ledger.check([]) == []


async def test_each_act_is_checked_as_if_it_landed_alone(stage):
    sign = stage.signed(stage.shipper, act.Sign(stage.bill(), 1))
    wanted = [None, (no.UnknownTitle, stage.bill(), stage.shipper.address), None]
    assert reasons(await stage.ledger.check([stage.issue(), sign, stage.issue()])) == wanted
    assert await stage.ledger.head_of(stage.bill()) is None


async def test_a_deadline_is_judged_by_the_newest_block_and_again_by_the_one_that_includes_it(stage):
    await stage.carry(stage.issue())
    now, latest = stage.now(), stage.now() + LONGEST_DEADLINE
    deadlines = (now - 1, now, latest, latest + 1)
    signed = [stage.signed(stage.shipper, act.Sign(stage.bill(), 1), until) for until in deadlines]
    assert reasons(await stage.ledger.check(signed)) == [
        (no.DeadlinePassed, now - 1, now),
        None,
        None,
        (no.DeadlineTooDistant, latest + 1, latest),
    ]
    assert refused(await stage.carry(signed[1])) == [(no.DeadlinePassed, now, stage.now())]


async def test_only_the_signers_own_signature_over_this_very_act_counts(stage):
    signed = stage.issue().signed
    forged = [
        replace(signed, signature=stage.stranger.key.sign_digest(bytes(32))),
        replace(signed, signature=b""),
        replace(signed, deadline=signed.deadline + 1),
        replace(signed, act=replace(signed.act, commitment=digest(3))),
        stage.carrier.key.sign_act(stage.identity.parties_domain, signed.act, signed.deadline),
    ]
    verdicts = await stage.ledger.check([ActToSend(each) for each in forged])
    assert reasons(verdicts) == [(no.InvalidSignature, stage.carrier.address)] * len(forged)


async def test_an_issue_under_an_id_that_is_not_its_own_does_not_count(stage):
    bill, cover = stage.issue().signed.act, stage.insure().signed.act
    misnamed = [
        (stage.carrier, replace(bill, title_id=stage.bill(2))),
        (stage.carrier, replace(bill, sequence=1)),
        (stage.insurer, replace(cover, certificate_id=stage.certificate(2))),
    ]
    verdicts = await stage.ledger.check([stage.signed(somebody, asked) for somebody, asked in misnamed])
    assert reasons(verdicts) == [(no.InvalidSignature, somebody.address) for somebody, _ in misnamed]


async def test_a_returned_bill_carries_the_proof_of_the_act_before(stage):
    await stage.carry(stage.issue())
    issued = (await stage.title()).last
    await stage.carry(stage.signed(stage.shipper, act.Transfer(stage.bill(), 1, stage.bank.address)))
    back = stage.signed(stage.bank, act.RejectTransfer(stage.bill(), 2), previous=(await stage.title()).last)
    verdicts = await stage.ledger.check([back, replace(back, previous=issued)])
    assert reasons(verdicts) == [None, (no.PreviousActMismatch, stage.bill(), stage.bank.address)]
    assert not (await stage.carry(back)).refused
    title = await stage.title()
    assert title.holder == stage.shipper.address
    assert title.head == await stage.ledger.head_of(stage.bill())


async def test_a_proof_is_held_against_the_head_before_what_it_proves(stage):
    await stage.carry(stage.issue())
    issued = (await stage.title()).last
    await stage.carry(stage.signed(stage.shipper, act.Sign(stage.bill(), 1)))
    proofs, asked = (issued, (await stage.title()).last), act.RejectTransfer(stage.bill(), 2)
    verdicts = await stage.ledger.check([stage.signed(stage.shipper, asked, previous=proof) for proof in proofs])
    on = (stage.bill(), stage.shipper.address)
    assert reasons(verdicts) == [(no.PreviousActMismatch, *on), (no.NothingToReject, *on)]


async def surrendered(stage):
    """The bill, given up for amendment."""
    request = act.RequestSurrender(stage.bill(), 1, Purpose.AMENDMENT)
    accept = act.AcceptSurrender(stage.bill(), 2)
    await stage.carry(stage.issue(), stage.signed(stage.shipper, request), stage.signed(stage.carrier, accept))


def division(stage, sequence=3):
    """Of the bill, into eight."""
    made = [act.NewTitle(None, True, 0, digest(number), COMMITMENT) for number in range(11, 19)]
    made.sort(key=lambda new: title_id_of(stage.carrier.address, new.reference_digest))
    return stage.signed(stage.carrier, act.Replace((stage.bill(),), (sequence,), tuple(made)))


async def test_a_replacement_too_large_for_a_batch_stands_alone(stage):
    await surrendered(stage)
    assert await stage.ledger.check([division(stage)]) == [None]
    assert [stage.ledger.goes_alone(item) for item in (division(stage), stage.issue(2))] == [True, False]
    in_company = await stage.carry(division(stage), stage.issue(2))
    assert (in_company.reverted, refused(in_company)) == (False, [(no.Unexplained, "0x")])
    outcome = await stage.carry(division(stage))
    assert (outcome.reverted, outcome.refused) == (False, ())
    events = await stage.ledger.events(outcome.block_number, outcome.block_number)
    assert sum(isinstance(recorded.event, happened.Issued) for recorded in events) == 8


async def test_where_it_does_not_stand_alone_its_transaction_fails_whole(stage):
    await surrendered(stage)
    outcome = await stage.carry(division(stage, sequence=2))
    assert (outcome.reverted, outcome.refused) == (True, ())
    assert list(await stage.ledger.events(outcome.block_number, outcome.block_number)) == []


async def test_a_certificate_is_carried_over_with_the_proof_of_the_replacement(stage):
    await stage.carry(stage.issue())
    await stage.carry(stage.insure())
    request = act.RequestSurrender(stage.bill(), 1, Purpose.AMENDMENT)
    amended = act.Replace((stage.bill(),), (3,), (act.NewTitle(None, True, 1, digest(1), COMMITMENT),))
    accept = stage.signed(stage.carrier, act.AcceptSurrender(stage.bill(), 2))
    await stage.carry(stage.signed(stage.shipper, request), accept, stage.signed(stage.carrier, amended))
    old, new = await stage.title(), title_id_of(stage.carrier.address, digest(1), 1)
    over, proof = insurance.CarryOver(stage.certificate(), 1, new, digest(4)), {"previous": old.last}
    proved = stage.signed(stage.insurer, over, **proof, replaced_by=(new,))
    elsewhere = stage.signed(stage.insurer, replace(over, title_id=UNKNOWN), **proof, replaced_by=(new,))
    assert reasons(await stage.ledger.check([proved, elsewhere, replace(elsewhere, replaced_by=(UNKNOWN,))])) == [
        None,
        (uninsured.NotAReplacement, stage.certificate(), stage.insurer.address, UNKNOWN),
        (no.PreviousActMismatch, stage.bill(), stage.insurer.address),
    ]
    assert not (await stage.carry(proved)).refused
    (told,) = await stage.ledger.assurances([stage.certificate()])
    assert (told.title_id, told.commitment, told.sequence) == (new, digest(4), 2)
