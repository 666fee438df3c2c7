"""Logs decoded by hand-made plans say what web3 says of the same logs."""

import re

import pytest
from eth_abi.abi import encode
from hypothesis import given, settings
from hypothesis import strategies as st

from ebl_service.chain.artifacts import artifact, topic_of, type_of
from ebl_service.chain.event_codec import decode_event
from ebl_service.domain import events
from ebl_service.domain.terms import Purpose, Role
from ebl_service.errors import LedgerDisagrees

EVENTS = [
    entry
    for name in ("TitleRegistry", "PartyRegistry")
    for entry in artifact(name).abi
    if entry["type"] == "event" and entry["name"] != "EIP712DomainChanged"
]
WORDS = st.binary(min_size=32, max_size=32)


def value_of(item, draw):
    match type_of(item):
        case "address":
            return "0x" + draw(st.binary(min_size=20, max_size=20)).hex()
        case "bytes32":
            return draw(WORDS)
        case "bytes32[]":
            return draw(st.lists(WORDS, max_size=5))
        case "bytes":
            return draw(st.binary(max_size=300))
        case "bool":
            return draw(st.booleans())
        case "uint8" if item["name"] == "purpose":
            return draw(st.sampled_from(list(Purpose))).value
        case "uint8":
            return draw(st.integers(0, 15))
        case kind:
            return draw(st.integers(0, 2 ** int(kind[4:]) - 1))


def told(value):
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return tuple(map(told, value)) if isinstance(value, list) else value


@pytest.mark.parametrize("entry", EVENTS, ids=[entry["name"] for entry in EVENTS])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_event_is_decoded_to_what_was_encoded(entry, data):
    values = [value_of(item, data.draw) for item in entry["inputs"]]
    pairs = list(zip(entry["inputs"], values, strict=True))
    topics = ["0x" + encode([type_of(i)], [v]).hex() for i, v in pairs if i["indexed"]]
    plain = [(type_of(i), v) for i, v in pairs if not i["indexed"]]
    payload = "0x" + encode([kind for kind, _ in plain], [value for _, value in plain]).hex()
    event = decode_event([topic_of(entry), *topics], payload)
    assert type(event) is getattr(events, entry["name"])
    for item, value in pairs:
        name = {"from": "giver"}.get(item["name"], re.sub("([A-Z])", lambda m: "_" + m[0].lower(), item["name"]))
        read = getattr(event, name)
        assert told(value) == read or (read is None and int(value, 16) == 0)


def test_nobody_as_endorsee_is_none():
    entry = next(e for e in EVENTS if e["name"] == "EndorsedInBlank")
    topics = [topic_of(entry), "0x" + "01" * 32, "0x" + "00" * 12 + "02" * 20, "0x" + "00" * 32]
    event = decode_event(topics, "0x" + encode(["uint32", "uint40"], [2, 3]).hex())
    assert event.to is None


def test_roles_are_told_as_roles():
    entry = next(e for e in EVENTS if e["name"] == "RoleGranted")
    event = decode_event(
        [topic_of(entry), "0x" + "00" * 12 + "02" * 20], "0x" + encode(["uint8", "uint40"], [5, 3]).hex()
    )
    assert event.roles == Role.CARRIER | Role.TERMINAL


@pytest.mark.parametrize("topics", [[], ["0x" + "99" * 32]])
def test_a_log_of_no_known_event_stops_everything(topics):
    with pytest.raises(LedgerDisagrees, match="unknown event"):
        decode_event(topics, "0x")


@pytest.mark.parametrize("entry", EVENTS, ids=[entry["name"] for entry in EVENTS])
def test_a_log_that_is_cut_short_stops_everything(entry):
    topics = [topic_of(entry), *["0x" + "01" * 32 for item in entry["inputs"] if item["indexed"]]]
    words = sum(not item["indexed"] for item in entry["inputs"])
    for cut in ((topics, "0x" + "00" * 32 * (words - 1)) if words else (topics[:-1], "0x"), (topics[1:], "0x")):
        with pytest.raises(LedgerDisagrees):
            decode_event(*cut)


@pytest.mark.parametrize("name", ["Replaced", "ActRefused"])
def test_a_list_or_a_text_that_is_longer_than_its_log_stops_everything(name):
    entry = next(e for e in EVENTS if e["name"] == name)
    topics = [topic_of(entry), *["0x" + "01" * 32 for item in entry["inputs"] if item["indexed"]]]
    words = sum(not item["indexed"] for item in entry["inputs"])
    data = "0x" + f"{32 * words:064x}" * words + "ff" * 32
    with pytest.raises(LedgerDisagrees, match="cannot be decoded"):
        decode_event(topics, data)
