"""The walk over all certificates: silent where contract and events agree, loud at every member where they do not."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from ebl_service.domain.certificate_actions import CancelCertificate
from ebl_service.domain.ledger import Assurance
from ebl_service.domain.terms import NOBODY, CertificateStatus, Part, digest
from ebl_service.services.certificate_check import check_certificates
from tests.fake_ledger import IDENTITY, FakeLedger
from tests.services.certifying import INSURER, certified


def test_where_contract_and_events_agree_nothing_is_reported() -> None:
    ledger, _ = certified()
    report = asyncio.run(check_certificates(ledger, IDENTITY, every_block=True))
    assert (report.certificates, report.divergences, report.findings) == (1, [], [])
    assert report.blocks > 1
    later = asyncio.run(check_certificates(ledger, IDENTITY, every_block=True, since=report.head))
    assert 1 <= later.blocks < report.blocks


@pytest.mark.parametrize(
    "lie",
    [
        {"assured": NOBODY},
        {"payee": NOBODY},
        {"title_id": digest(77)},
        {"sequence": 9},
        {"commitment": digest(78)},
        {"head": digest(79)},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_every_member_that_differs_is_told(lie: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, certificate_id = certified()
    honest = ledger.assurances

    async def lying(*asked: Any) -> list[Assurance | None]:
        return [said and replace(said, **lie) for said in await honest(*asked)]

    monkeypatch.setattr(ledger, "assurances", lying)
    report = asyncio.run(check_certificates(ledger, IDENTITY))
    assert [(each.certificate_id, each.what) for each in report.divergences] == [(certificate_id, next(iter(lie)))]
    assert report.told["divergences"][0]["contract"] == str(next(iter(lie.values())))


def test_a_certificate_that_the_contract_does_not_know_is_a_divergence(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, certificate_id = certified()

    async def none(ids: list[str], _: int) -> list[None]:
        return [None for _ in ids]

    monkeypatch.setattr(ledger, "assurances", none)
    report = asyncio.run(check_certificates(ledger, IDENTITY))
    assert [(each.certificate_id, each.what, each.contract) for each in report.divergences] == [
        (certificate_id, "certificate", "none")
    ]


def test_a_certificate_whose_notice_ran_out_is_found() -> None:
    ledger, certificate_id = certified()
    cancel = CancelCertificate(certificate_id, 1, Part.ALL)
    ledger.someone_sends(INSURER.sign_act(IDENTITY.insurance_domain, cancel, ledger.tip.time + 3600))
    ledger.mine()
    ledger.mine(seconds=40 * 86_400)
    report = asyncio.run(check_certificates(ledger, IDENTITY))
    assert [(each.certificate_id, each.status) for each in report.findings] == [
        (certificate_id, CertificateStatus.ENDED)
    ]
    assert report.told["findings"][0]["status"] == "ENDED"


def test_the_walk_needs_no_index() -> None:
    ledger = FakeLedger()
    report = asyncio.run(check_certificates(ledger, IDENTITY))
    assert (report.certificates, report.head) == (0, ledger.tip.number)
