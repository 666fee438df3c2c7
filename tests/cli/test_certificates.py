"""Every command about a certificate of insurance, once through its life, and the walk over all of them."""

import json
import os
from itertools import count

import pytest

from tests.cli.running import TO_ORDER, House, ebl

_numbers = count(1)
NO_CERTIFICATE = "0x" + "34" * 32


def digest() -> str:
    return f"0x{next(_numbers):016x}{os.urandom(24).hex()}"


def issue(house: House, title: str, *more: str) -> str:
    """A certificate for the title whose cargo's risk attaches in 2090."""
    particulars = ("--reference-digest", digest(), "--commitment", digest(), "--cargo-attaches", "2090-01-01T00:00:00")
    told = house.done("insurer", "issue-certificate", title, *particulars, *more)
    return str(told["certificateId"])


def shown(house: House, certificate: str) -> dict[str, object]:
    return house.ebl("certificates", "show", certificate, "--json").answer


def test_the_life_of_a_certificate_by_command(house: House) -> None:
    title = house.issue(TO_ORDER, endorsee="shipper")
    certificate = issue(house, title, "--mode", "loss-payee", "--named", house.account("bank"))
    house.done("shipper", "transfer", title, "--to", house.account("bank"))
    house.done("shipper", "notify-claim", certificate, "--documents", digest())
    claim = str(shown(house, certificate)["claims"][0]["number"])
    house.done("insurer", "acknowledge-claim", certificate, claim)
    house.done("insurer", "survey-claim", certificate, claim, "--report", digest())
    house.done("bank", "release-loss-payee", certificate)
    to_shipper = ("--payee", house.account("shipper"), "--settlement", digest(), "--subrogation", digest())
    house.done("insurer", "settle-claim", certificate, claim, *to_shipper)
    house.done("shipper", "notify-claim", certificate, "--documents", digest())
    second = str(shown(house, certificate)["claims"][1]["number"])
    house.done("insurer", "acknowledge-claim", certificate, second)
    house.done("insurer", "decline-claim", certificate, second, "--reason", digest())
    house.done("shipper", "consent-to-cancellation", certificate)
    house.done("insurer", "cancel-certificate", certificate, "--part", "all")
    told = shown(house, certificate)
    assert [each["status"] for each in told["claims"]] == ["SETTLED", "DECLINED"]
    assert told["endsAt"]["cargo"]
    assert told["isReleased"]


def test_an_act_that_the_rules_refuse_exits_with_four(house: House) -> None:
    certificate = issue(house, house.issue(TO_ORDER, endorsee="shipper"))
    told = house.act("insurer", "notify-claim", certificate, "--documents", digest())
    assert (told.code, told.fault["error"]) == (4, "NotAssured")


def test_a_carry_over_before_the_title_was_replaced_is_refused(house: House) -> None:
    title = house.issue(TO_ORDER, endorsee="shipper")
    told = house.act("insurer", "carry-over", issue(house, title), "--title", title, "--commitment", digest())
    assert (told.code, told.fault["error"]) == (4, "TitleNotReplaced")


def test_what_is_shown_to_a_person(house: House) -> None:
    title = house.issue(TO_ORDER, endorsee="shipper")
    certificate = issue(house, title)
    said = house.ebl("certificates", "show", certificate)
    assert "IN_FORCE" in said.out
    assert "cargo 2090-01-01" in said.out
    assert "not cancelled" in said.out
    assert certificate in house.ebl("certificates", "list", "--title", title).out
    listed = house.ebl("certificates", "list", "--insurer", house.account("insurer"), "--json").lines
    assert certificate in [each["certificateId"] for each in listed]
    covered = house.ebl("certificates", "cover", title)
    assert house.account("shipper") in covered.out
    assert certificate in covered.out
    assert house.ebl("certificates", "cover", title, "--json").answer["entitled"] == house.account("shipper")


def test_a_certificate_that_is_not_there_exits_with_five(house: House) -> None:
    assert house.ebl("certificates", "show", NO_CERTIFICATE, "--json").code == 5


def test_a_moment_that_is_none_is_malformed(house: House) -> None:
    title = house.issue(TO_ORDER, endorsee="shipper")
    told = house.act(
        "insurer",
        *("issue-certificate", title, "--reference-digest", digest(), "--commitment", digest()),
        *("--war-attaches", "soon"),
    )
    assert (told.code, "no date and time" in told.fault["detail"]) == (2, True)


@pytest.mark.parametrize("more", [(), ("--every-block",)])
def test_the_walk_from_the_chain_finds_no_divergence(house: House, tmp_path, more: tuple[str, ...]) -> None:
    certificate = issue(house, house.issue(TO_ORDER, endorsee="shipper"))
    told = ebl("certificates", "check", "--json", *more, env=house.settings(tmp_path))
    assert told.code == 0, told.err
    assert told.answer["certificates"] >= 1
    assert told.answer["divergences"] == []
    assert told.answer["discrepancies"] is told.answer["notCheckable"] is None, "no service was asked"
    said = ebl("certificates", "check", env=house.settings(tmp_path / "again"))
    assert "0 divergences" in said.out
    assert "documents: not checked" in said.out
    assert json.dumps(certificate) not in said.err
