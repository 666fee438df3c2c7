"""A party's own header on its callbacks: sealed at rest, sent to its address alone, shown nowhere."""

import logging
from pathlib import Path
from typing import Any

import pytest

from ebl_service.domain.callback import CallbackState
from ebl_service.domain.receiver import CallbackHeader, ReceiverAddress
from ebl_service.domain.terms import Role
from ebl_service.errors.outgoing import HeaderNotAllowed
from ebl_service.errors.requests import MissingField
from ebl_service.services.correspondence import Correspondence
from ebl_service.services.onboarding import NewParty
from ebl_service.store.database import Database
from tests.clerk import CARRIER
from tests.fake_ledger import FakeLedger
from tests.platform_clerk import PlatformClerk
from tests.receiver import Receiver
from tests.services.calling_back import Desk, verify

SECRET = "Bearer 5ecret-of-the-carrier"
HEADER = CallbackHeader("Authorization", SECRET)


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> Desk:
    await database.upgrade()
    return Desk(database, tmp_path)


async def receive_at(desk: Desk, url: str, *, sealed_for: str | None = None) -> bytes:
    sealed = await desk.correspondence.seal_header(CARRIER.address, sealed_for or url, HEADER)
    await desk.callbacks.receive_at(CARRIER.address, url, 1, sealed)
    return sealed


async def test_a_callback_carries_the_header_and_the_query_and_is_signed_with_them(desk: Desk) -> None:
    with Receiver() as receiver:
        await receive_at(desk, receiver.url + "/dcsa?tenant=7&k=%2F")
        await desk.tell("one")
        await desk.work()
    (call,) = receiver.received
    assert call.path == "/dcsa/v3/x?tenant=7&k=%2F"
    assert call.headers["authorization"] == SECRET
    verify(desk.signer.public_pem, "POST", receiver.url + call.path, call.body, call.headers)


async def test_a_header_is_sealed_and_neither_logged_nor_kept_in_an_answer(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Receiver() as receiver:
        sealed = await receive_at(desk, receiver.url)
        url = receiver.url
    await desk.tell("one")  # nobody answers there any more
    await desk.work()
    shown = [str(each) for each in await desk.callbacks.page(None, None, 0, 10)]
    known = await desk.callbacks.receivers([CARRIER.address])
    told = "".join([caplog.text, *shown, repr(known), repr(HEADER), repr(ReceiverAddress(url, sealed))])
    assert "5ecret" not in told
    assert b"5ecret" not in sealed


async def test_a_header_that_was_sealed_for_another_address_is_not_sent(desk: Desk) -> None:
    """Who changes a row of the database does not learn the header by having it called elsewhere."""
    with Receiver() as elsewhere:
        await receive_at(desk, elsewhere.url, sealed_for="https://carrier.example")
        await desk.tell("one")
        await desk.delivery.step()
        assert elsewhere.received == []
    assert await desk.states() == [CallbackState.WAITING]


OF_HTTP = ("Host", "content-length", "Content-Type", "Transfer-Encoding", "Connection", "TE", "Upgrade", "Trailer")
OTHERS = ("Expect", "Proxy-Authorization", "Keep-Alive", "X-Forwarded-For", "Via", "Sec-Fetch-Mode", "Content-Encoding")
OURS = ("Signature", "Signature-Input", "Content-Digest", "EBL-Callback-Id", "API-Version")
NO_NAMES = ("", "a b", "a:b", "a\r\nHost", "ä", "A" * 65)


@pytest.mark.parametrize("name", [*OF_HTTP, *OTHERS, *OURS, *NO_NAMES])
def test_headers_of_http_and_of_this_service_are_refused(name: str) -> None:
    with pytest.raises(HeaderNotAllowed) as refused:
        CallbackHeader(name, SECRET)
    assert "5ecret" not in refused.value.message


@pytest.mark.parametrize(
    "value", ["", " 5ecret", "5ecret ", "5ecret\r\nHost: b", "5ecret\nb", "5ecretä", "5ecret\x7f", "5ecret" * 400]
)
def test_a_value_that_could_end_its_line_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(HeaderNotAllowed) as refused:
        CallbackHeader("X-Api-Key", value)
    assert "5ecret" not in refused.value.message


async def test_onboarding_again_keeps_the_header_for_its_address_and_for_no_other(
    database: Database, ledger: FakeLedger, tmp_path: Path
) -> None:
    clerk = await PlatformClerk.opened(database, ledger, tmp_path)
    await clerk.onboard()

    async def onboarded(url: str, **changes: Any) -> ReceiverAddress:
        new = NewParty("A line", frozenset({("NMFTA", "ZQHM")}), Role(0), CARRIER.address, callback_url=url, **changes)
        await clerk.platform.onboarding.onboard(None, new)
        return (await clerk.platform.callbacks.receivers([CARRIER.address]))[CARRIER.address]

    own, other = "https://carrier.example/a?b=c", "https://other.example"
    named = await onboarded(own, callback_header=HEADER)
    letters = Correspondence(clerk.room.keeping)
    assert await letters.header(CARRIER.address, named) == {HEADER.name: HEADER.value}
    assert await onboarded(own) == named
    assert (await onboarded(other)).sealed_header is None
    assert (await onboarded(own)).sealed_header is None
    await onboarded(own, callback_header=HEADER)
    assert (await onboarded(own, keeps_header=False)).sealed_header is None
    with pytest.raises(MissingField):
        await onboarded("", callback_header=HEADER)
