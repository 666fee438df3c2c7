"""Every act says in one sentence what its signature would do."""

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.act_in_words import act_in_words, join_in_words
from ebl_service.domain.signed_act import Join
from ebl_service.domain.surrender_reason import has_words, reason_digest, reason_text, reason_with_words
from ebl_service.domain.terms import NO_DIGEST, Address, Digest, Purpose, Role, TitleId, checksummed

TITLE = TitleId("0x" + "11" * 32)
OTHER = TitleId("0x" + "22" * 32)
TO = Address("0x52908400098527886e0f7030069857d2e4169ee7")
DIGEST = Digest("0x" + "33" * 32)
ACTS: list[act.Act] = [
    act.Issue(TITLE, TO, None, True, DIGEST, DIGEST),
    act.Issue(TITLE, TO, TO, True, DIGEST, DIGEST),
    act.Issue(TITLE, TO, TO, False, DIGEST, DIGEST),
    act.Transfer(TITLE, 1, TO),
    act.Endorse(TITLE, 1, TO),
    act.EndorseToOrder(TITLE, 1, TO),
    act.EndorseInBlank(TITLE, 1, TO),
    act.EndorseInBlank(TITLE, 1),
    act.RejectTransfer(TITLE, 1),
    act.Sign(TITLE, 1),
    act.RequestSurrender(TITLE, 1, Purpose.DELIVERY),
    act.RequestSurrender(TITLE, 1, Purpose.PAPER, reason_digest("SWTP")),
    act.WithdrawSurrender(TITLE, 1),
    act.AcceptSurrender(TITLE, 1),
    act.RejectSurrender(TITLE, 1),
    act.Replace((TITLE, OTHER), (3, 4), (act.NewTitle(None, True, 1, DIGEST, DIGEST),)),
]


@pytest.mark.parametrize("asked", ACTS, ids=lambda asked: type(asked).__name__)
def test_an_act_names_its_title_its_receiver_and_its_last_moment(asked: act.Act) -> None:
    sentence = act_in_words(asked, 1_800_000_000)
    assert TITLE in sentence
    assert sentence.endswith("The signature counts until 2027-01-15 08:00:00 UTC.")
    assert (checksummed(TO) in sentence) == bool(getattr(asked, "to", None) or getattr(asked, "holder", None))


def test_no_two_acts_say_the_same() -> None:
    assert len({act_in_words(asked, 0) for asked in ACTS}) == len(ACTS)


def test_a_surrender_tells_purpose_and_reason() -> None:
    asked = act.RequestSurrender(TITLE, 1, Purpose.PAPER, reason_digest("SWTP"))
    assert "for conversion to paper (reason SWTP)" in act_in_words(asked, 0)


def test_a_join_names_account_and_roles() -> None:
    join = Join(TO, Role.CARRIER | Role.TERMINAL, DIGEST, 0, 0)
    assert f"{checksummed(TO)} as a party of this ledger as carrier and terminal" in join_in_words(join)
    assert "without a role" in join_in_words(Join(TO, Role(0), DIGEST, 0, 0))


def test_a_reason_is_a_code_or_its_bytes() -> None:
    assert reason_text(reason_digest("COD")) == "COD"
    assert reason_digest("") == NO_DIGEST
    assert reason_text(NO_DIGEST) == ""
    assert reason_text(Digest("0x" + "01" * 32)) == "0x" + "01" * 32


@pytest.mark.parametrize("code", ["", "COD", "SEVENCH"])
def test_a_reason_with_words_is_told_by_its_code_and_their_digest(code: str) -> None:
    reason = reason_with_words(code, "Hamburg, please", b"\7" * 32)
    assert has_words(reason)
    assert reason_text(reason) == code
    assert reason != reason_with_words(code, "Bremen, please", b"\7" * 32)
    sentence = act_in_words(act.RequestSurrender(TITLE, 1, Purpose.AMENDMENT, reason), 0)
    assert f"words of digest 0x{reason[-48:]}" in sentence
    assert not any(has_words(reason_digest(each)) for each in ("", code, "A" * 32, "A" * 8))
