"""Typed data: our digests are those of eth_account, for every type; deadlines; what is shown to a wallet."""

import json
from dataclasses import replace

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak

from ebl_service.domain import actions as act
from ebl_service.domain import certificate_actions as insurance
from ebl_service.domain.act_types import STATEMENTS
from ebl_service.domain.signed_act import (
    DOMAIN,
    LONGEST_DEADLINE,
    TYPES,
    Join,
    Message,
    SignedAct,
    act_message,
    check_deadline,
    parties_domain,
    signing_digest,
    titles_domain,
    typed_data,
)
from ebl_service.domain.terms import NOBODY, Mode, Part, Purpose, Role, digest
from ebl_service.errors import refusals as no
from tests.domain.played import BANK, CONSIGNEE, SHIPPER

TITLES = titles_domain(31337, BANK)
PARTIES = parties_domain(1, CONSIGNEE)
ONE, TWO = digest(1), digest(2)
MADE = act.NewTitle(None, True, 1, ONE, TWO)
ACTS: list[act.Act] = [
    act.Issue(ONE, SHIPPER, None, True, TWO, ONE),
    act.Issue(ONE, SHIPPER, BANK, False, TWO, ONE),
    *(kind(ONE, 7, BANK) for kind in (act.Transfer, act.Endorse, act.EndorseToOrder, act.EndorseInBlank)),
    act.EndorseInBlank(ONE, 7),
    *(kind(TWO, 2**32 - 1) for kind in (act.RejectTransfer, act.Sign, act.WithdrawSurrender)),
    *(kind(TWO, 0) for kind in (act.AcceptSurrender, act.RejectSurrender)),
    *(act.RequestSurrender(ONE, 3, purpose, TWO) for purpose in Purpose),
    act.Replace((ONE, TWO), (3, 4), (MADE, replace(MADE, endorsee=BANK, is_to_order=False))),
    act.Replace((), (), ()),
    insurance.IssueCertificate(ONE, TWO, Mode.FOLLOW, None, 1, 2**40 - 1, 0, TWO, ONE),
    insurance.IssueCertificate(ONE, TWO, Mode.LOSS_PAYEE, BANK, 0, 0, 7, TWO, ONE),
    insurance.CarryOver(ONE, 7, TWO, ONE),
    *(kind(ONE, 7, part) for kind in (insurance.ConsentToCancellation, insurance.CancelCertificate) for part in Part),
    insurance.ReleaseLossPayee(ONE, 2**32 - 1),
    insurance.NotifyClaim(ONE, 7, TWO),
    insurance.AcknowledgeClaim(ONE, 7, 5),
    insurance.SurveyClaim(ONE, 7, 2**32 - 1, TWO),
    insurance.SettleClaim(ONE, 7, 5, BANK, TWO),
    insurance.SettleClaim(ONE, 7, 5, BANK, TWO, ONE),
    insurance.DeclineClaim(ONE, 7, 5, TWO),
]
MESSAGES: list[tuple[str, Message]] = [(type(asked).__name__, act_message(asked, 2**40)) for asked in ACTS]
JOIN = Join(BANK, Role.CARRIER | Role.CUSTOMS, ONE, 0, 99)
UPDATE = {"account": BANK, "identityDigest": TWO, "nonce": 4, "deadline": 100}


def by_eth_account(data: dict[str, object]) -> bytes:
    message = encode_typed_data(full_message=data)
    return keccak(b"\x19" + message.version + message.header + message.body)


@pytest.mark.parametrize(("name", "message"), MESSAGES)
def test_an_acts_digest_is_the_one_of_eth_account(name: str, message: Message) -> None:
    assert signing_digest(TITLES, name, message) == by_eth_account(typed_data(TITLES, name, message))


@pytest.mark.parametrize(("name", "message"), [("Join", JOIN.message), ("UpdateIdentity", UPDATE)])
def test_a_partys_digest_is_the_one_of_eth_account(name: str, message: Message) -> None:
    assert signing_digest(PARTIES, name, message) == by_eth_account(typed_data(PARTIES, name, message))


def test_a_statements_digest_is_the_one_of_eth_account() -> None:
    message = {"titleId": ONE, "termsDigest": TWO, "deadline": 2**40}
    assert signing_digest(TITLES, "TermsOfSale", message) == by_eth_account(typed_data(TITLES, "TermsOfSale", message))
    assert STATEMENTS.keys() == {"TermsOfSale"}
    assert not STATEMENTS.keys() & TYPES.keys()


def test_every_type_was_among_them() -> None:
    assert {name for name, _ in MESSAGES} | {"Join", "UpdateIdentity", "NewTitle"} == TYPES.keys()


@pytest.mark.parametrize(("name", "message"), MESSAGES)
def test_what_a_wallet_is_shown_is_json_and_whole(name: str, message: Message) -> None:
    shown = json.loads(json.dumps(typed_data(TITLES, name, message)))
    assert shown["primaryType"] == name
    assert shown["message"].keys() == {member for member, _ in TYPES[name]}
    assert [(item["name"], item["type"]) for item in shown["types"]["EIP712Domain"]] == list(DOMAIN)
    assert ("NewTitle" in shown["types"]) == (name == "Replace")


def test_nobody_is_shown_as_the_zero_address() -> None:
    assert act_message(act.EndorseInBlank(ONE, 1), 5)["to"] == NOBODY


def test_the_digest_of_a_signed_act_is_what_its_signer_signed() -> None:
    account = Account.from_key(bytes([7]) * 32)
    asked = act.Sign(ONE, 1)
    data = typed_data(TITLES, "Sign", act_message(asked, 50))
    signature = account.sign_typed_data(full_message=data).signature
    signed = SignedAct(asked, account.address.lower(), 50, bytes(signature))
    assert Account._recover_hash(signed.digest(TITLES), signature=signature) == account.address


@pytest.mark.parametrize("changes", [{"chain_id": 1}, {"verifying_contract": SHIPPER}, {"name": "x"}, {"version": "2"}])
def test_each_place_has_its_own_digests(changes: dict[str, object]) -> None:
    other = replace(TITLES, **changes)
    assert other.separator != TITLES.separator
    name, message = MESSAGES[0]
    assert signing_digest(other, name, message) != signing_digest(TITLES, name, message)


def test_a_deadline_counts_up_to_its_second_and_is_at_most_seven_days_away() -> None:
    now = 1_000_000
    for deadline in (now, now + 1, now + LONGEST_DEADLINE):
        check_deadline(deadline, now)
    with pytest.raises(no.DeadlinePassed) as passed:
        check_deadline(now - 1, now)
    assert passed.value.values == (now - 1, now)
    with pytest.raises(no.DeadlineTooDistant) as distant:
        check_deadline(now + LONGEST_DEADLINE + 1, now)
    assert distant.value.values == (now + LONGEST_DEADLINE + 1, now + LONGEST_DEADLINE)


def test_only_what_has_a_place_in_typed_data_is_signed() -> None:
    with pytest.raises(TypeError, match="no place in typed data"):
        act_message(act.Transfer(ONE, 1, b"bytes"), 5)  # type: ignore[arg-type]
