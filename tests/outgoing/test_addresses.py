"""Which addresses are never called, in every way of writing them."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebl_service.errors import InvalidRequest
from ebl_service.errors.outgoing import ReceiverNotAllowed
from ebl_service.outgoing.addresses import Networks, below, required_url

FORBIDDEN = [
    "127.0.0.1",
    "127.255.255.254",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "192.0.0.192",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::10.0.0.1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:7f00:1::",
    "localhost",
    "",
    "2130706433",
    "0x7f000001",
    "127.1",
    "0177.0.0.1",
]
PUBLIC = ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"]


@pytest.mark.parametrize("address", FORBIDDEN)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_an_address_that_is_not_public_is_refused(address: str, scheme: str) -> None:
    with pytest.raises(ReceiverNotAllowed):
        Networks().require(address, scheme)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_called_over_https_only(address: str) -> None:
    Networks().require(address, "https")
    with pytest.raises(ReceiverNotAllowed, match="https only"):
        Networks().require(address, "http")


def test_named_networks_are_allowed_and_nothing_beside_them() -> None:
    networks = Networks(["10.1.0.0/16", "fd00::/8"])
    for address in ("10.1.0.1", "10.1.255.255", "fd00::5"):
        networks.require(address, "https")
        networks.require(address, "http")
    for address in ("10.0.255.255", "10.2.0.0", "fc00::1", "127.0.0.1", "::ffff:127.0.0.1"):
        with pytest.raises(ReceiverNotAllowed):
            networks.require(address, "https")


def test_what_is_no_network_is_refused() -> None:
    for wrong in ("10.0.0.1/8", "ten", ""):
        with pytest.raises(InvalidRequest):
            Networks([wrong])


@given(st.integers(0, 2**32 - 1))
def test_an_address_is_judged_alike_however_it_is_wrapped(number: int) -> None:
    plain = IPv4Address(number)
    wrapped = [
        IPv6Address(b"\0" * 10 + b"\xff\xff" + plain.packed),
        IPv6Address(bytes.fromhex("0064ff9b") + b"\0" * 8 + plain.packed),
    ]
    verdicts = {_is_allowed(str(each)) for each in (plain, *wrapped)}
    assert len(verdicts) == 1


def _is_allowed(address: str) -> bool:
    try:
        Networks().require(address, "https")
    except ReceiverNotAllowed:
        return False
    return True


@pytest.mark.parametrize(
    "url",
    [
        "",
        "carrier.example",
        "//carrier.example/",
        "ftp://carrier.example/",
        "file:///etc/passwd",
        "gopher://carrier.example/",
        "https://",
        "https:///path",
        "https://user:secret@carrier.example/",
        "https://carrier.example@127.0.0.1/",
        "https://carrier.example/#part",
        "https://carrier.example/#",
        "https://carrier.example/?a=b#part",
        'https://carrier.example/?a="b"',
        "https://carrier.example/?a=%zz",
        "https://carrier.example/<path>",
        "https://carrier.example:0/",
        "https://carrier.example:99999/",
        "https://carrier.example:x/",
        "https://carrier.example/a b",
        "https://carrier.example/\r\nHost: other",
        "https://carrier.example\\@127.0.0.1/",
        "https://cärrier.example/",
        "https://[::1/",
        "https://carrier.example/" + "a" * 1_000,
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(url: str) -> None:
    with pytest.raises(ReceiverNotAllowed):
        required_url(url)


@pytest.mark.parametrize(
    ("url", "called"),
    [
        ("https://carrier.example", "https://carrier.example/v3/x"),
        ("https://carrier.example:8443/ebl/", "https://carrier.example:8443/ebl/v3/x"),
        ("https://carrier.example/ebl?tenant=7&k=%2F", "https://carrier.example/ebl/v3/x?tenant=7&k=%2F"),
    ],
)
def test_a_query_stays_behind_the_path_that_is_called(url: str, called: str) -> None:
    required_url(url)
    assert below(url, "/v3/x") == called


def test_an_address_may_have_a_port_and_a_path() -> None:
    assert required_url("https://carrier.example:8443/ebl/v1").port == 8443
