"""Calls to a real server: what is connected to, what is believed, when it ends."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from ebl_service.errors import InvalidRequest
from ebl_service.errors.outgoing import ReceiverNotAllowed, ReceiverUnavailable
from ebl_service.outgoing.addresses import Networks
from ebl_service.outgoing.client import MOST_ANSWER, Outgoing
from tests.authority import Authority
from tests.receiver import Receiver, Reply

LOOPBACK = Networks(["127.0.0.0/8"])
HEADERS = {"Content-Type": "application/json"}


def names(*addresses: str) -> "Lookup":
    return Lookup([list(addresses)])


class Lookup:
    """Answers of a name server, in turn; the last one goes on."""

    def __init__(self, answers: list[list[str]]) -> None:
        self.answers, self.asked = answers, 0

    async def __call__(self, name: str, port: int) -> list[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def test_a_request_arrives_as_it_was_sent() -> None:
    with Receiver() as receiver:
        receiver.answers = [Reply(200, b'{"ok":true}')]
        answer = await Outgoing(LOOPBACK).send("POST", receiver.url + "/v3/x", b'{"a":1}', HEADERS | {"X-Y": "z"})
    (call,) = receiver.received
    assert (answer.status, json.loads(answer.content)) == (200, {"ok": True})
    assert (call.method, call.path, call.body) == ("POST", "/v3/x", b'{"a":1}')
    assert call.headers["x-y"] == "z"
    assert call.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "10.0.0.1", "169.254.169.254"]
)
async def test_private_addresses_are_not_called(host: str) -> None:
    with Receiver() as receiver:
        for scheme in ("http", "https"):
            with pytest.raises((ReceiverNotAllowed, ReceiverUnavailable)) as told:
                await Outgoing(Networks()).send("POST", f"{scheme}://{host}:{receiver.port}/", b"", {})
            assert isinstance(told.value, ReceiverNotAllowed)
    assert not receiver.received


@pytest.mark.parametrize("host", ["a..b", ".example", "a" * 64 + ".example"])
async def test_a_name_that_cannot_be_asked_for_is_a_receiver_that_does_not_answer(host: str) -> None:
    with pytest.raises(ReceiverUnavailable):
        await Outgoing(Networks()).send("POST", f"https://{host}/", b"", {})


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1"])
async def test_numbers_that_a_system_might_take_for_an_address_are_not_called(host: str) -> None:
    with Receiver() as receiver, pytest.raises((ReceiverNotAllowed, ReceiverUnavailable)):
        await Outgoing(Networks()).send("POST", f"http://{host}:{receiver.port}/", b"", {})
    assert not receiver.received


async def test_a_name_with_one_private_address_among_public_ones_is_not_called() -> None:
    for addresses in (["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::1"], ["::ffff:127.0.0.1", "1.1.1.1"]):
        with Receiver() as receiver:
            outgoing = Outgoing(Networks(), lookup=names(*addresses))
            with pytest.raises(ReceiverNotAllowed):
                await outgoing.send("POST", f"http://carrier.test:{receiver.port}/", b"", {})
        assert not receiver.received


async def test_a_name_is_resolved_once_and_the_vetted_address_is_the_one_called() -> None:
    """DNS rebinding: the second answer would be another address."""
    with Receiver() as receiver:
        lookup = Lookup([["127.0.0.1"], ["10.0.0.1"]])
        await Outgoing(LOOPBACK, lookup=lookup).send("POST", f"http://carrier.test:{receiver.port}/", b"", {})
        assert lookup.asked == 1
        with pytest.raises(ReceiverNotAllowed):
            await Outgoing(LOOPBACK, lookup=lookup).send("POST", f"http://carrier.test:{receiver.port}/", b"", {})
    assert len(receiver.received) == 1
    assert receiver.received[0].headers["host"] == f"carrier.test:{receiver.port}"


async def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with Receiver() as hidden, Receiver() as receiver:
        for status in (301, 302, 303, 307, 308):
            receiver.answers = [Reply(status, headers={"Location": hidden.url + "/secret"})]
            answer = await Outgoing(LOOPBACK).send("POST", receiver.url + "/", b"{}", HEADERS)
            assert answer.status == status
    assert not hidden.received


async def test_tls_is_verified_with_the_name(tmp_path: Path) -> None:
    authority, stranger = Authority(), Authority("Stranger")
    roots = tmp_path / "roots.pem"
    roots.write_text(authority.root_pem)
    there = names("127.0.0.1")

    async def calls(tls: Authority, name: str, asked: str, trusted: Path | None) -> int:
        with Receiver(tls.server(name)) as receiver:
            outgoing = Outgoing(LOOPBACK, trusted, lookup=there)
            answer = await outgoing.send("POST", f"https://{asked}:{receiver.port}/", b"{}", HEADERS)
        return answer.status

    assert await calls(authority, "carrier.test", "carrier.test", roots) == 204
    for wrong in (
        (authority, "carrier.test", "carrier.test", None),
        (authority, "carrier.test", "other.test", roots),
        (stranger, "carrier.test", "carrier.test", roots),
    ):
        with pytest.raises(ReceiverUnavailable, match=r"(?i)certificate"):
            await calls(*wrong)


async def test_a_receiver_that_hangs_is_left_in_time() -> None:
    with Receiver() as receiver:
        receiver.answers = [Reply(seconds=30)]
        begun = time.monotonic()
        with pytest.raises(ReceiverUnavailable):
            await Outgoing(LOOPBACK, timeout=0.3).send("POST", receiver.url, b"", {})
        assert time.monotonic() - begun < 5


async def test_an_endless_answer_is_cut_or_left() -> None:
    with Receiver() as receiver:
        receiver.answers = [Reply(200, endless=True)]
        answer = await Outgoing(LOOPBACK, timeout=10).send("POST", receiver.url, b"", {})
    assert len(answer.content) <= MOST_ANSWER


async def test_nobody_there_and_hanging_up_mean_try_again() -> None:
    with Receiver() as receiver:
        receiver.answers = [Reply(hangs_up=True)]
        with pytest.raises(ReceiverUnavailable):
            await Outgoing(LOOPBACK).send("POST", receiver.url, b"", {})
    with pytest.raises(ReceiverUnavailable):
        await Outgoing(LOOPBACK).send("POST", receiver.url, b"", {})


async def test_a_name_that_nobody_knows_means_try_again() -> None:
    async def unknown(name: str, port: int) -> list[str]:
        raise OSError(f"{name}: unknown")

    with pytest.raises(ReceiverUnavailable):
        await Outgoing(LOOPBACK, lookup=unknown).send("POST", "https://carrier.test/", b"", {})


async def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as proxy, Receiver() as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        await Outgoing(LOOPBACK).send("POST", receiver.url, b"", {})
    assert receiver.received
    assert not proxy.received


async def test_many_calls_at_once_do_not_disturb_each_other() -> None:
    with Receiver() as receiver:
        outgoing = Outgoing(LOOPBACK)
        sent = [f'{{"n":{number}}}'.encode() for number in range(20)]
        await asyncio.gather(*(outgoing.send("POST", receiver.url, body, {}) for body in sent))
    assert sorted(call.body for call in receiver.received) == sorted(sent)


def test_authorities_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"missing\.pem"):
        Outgoing(LOOPBACK, tmp_path / "missing.pem")
