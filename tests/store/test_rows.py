"""What goes into a row comes out as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebl_service.domain import actions as act
from ebl_service.domain import events as happened
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.terms import Address, CertificateId, Digest, Mode, Part, Purpose, Role, TitleId
from ebl_service.errors import refusals as no
from ebl_service.store.act_rows import act_of, act_text, refusal_of, refusal_text
from ebl_service.store.event_rows import KINDS, recorded_of, row_of

hexes = st.binary(min_size=32, max_size=32).map(lambda raw: "0x" + raw.hex())
addresses = st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex())
MEMBERS = {
    Address: addresses,
    Digest: hexes,
    TitleId: hexes,
    int: st.integers(0, 2**40),
    str: st.binary(max_size=256).map(lambda raw: "0x" + raw.hex()),
    CertificateId: hexes,
    Purpose: st.sampled_from(Purpose),
    Mode: st.sampled_from(Mode),
    Part: st.sampled_from(Part),
    Role: st.integers(0, 15).map(Role),
}
for kind, strategy in MEMBERS.items():
    st.register_type_strategy(kind, strategy)  # type: ignore[arg-type]

events = st.one_of([st.builds(kind) for kind in KINDS.values()])
acts = st.one_of([st.builds(kind) for kind in act.ACTS.values()])


class Row:
    def __init__(self, values: tuple[object, ...]) -> None:
        names = ("block_number", "log_index", "transaction_hash", "kind", "subject_id", "sequence", "data")
        self.__dict__.update(zip(names, values, strict=True))


@given(events)
def test_events_come_back_as_they_were(event: happened.Event) -> None:
    recorded = Recorded(7, Digest("0x" + "ab" * 32), Digest("0x" + "cd" * 32), 3, event)
    back = recorded_of(Row(row_of(recorded)), recorded.block_hash)
    assert back == recorded
    assert type(back.event) is type(event)


@given(acts)
def test_acts_come_back_as_they_were(asked: act.Act) -> None:
    back = act_of(type(asked).__name__, act_text(asked))
    assert back == asked
    assert type(back) is type(asked)


@pytest.mark.parametrize("name", sorted(no.REFUSALS))
def test_refusals_come_back_as_they_were(name: str) -> None:
    kind = no.REFUSALS[name]
    why = kind(*[f"0x{n}" for n in range(len(kind.arguments))])
    back = refusal_of(refusal_text(why))
    assert back is not None
    assert (type(back), back.values) == (type(why), why.values)
    assert refusal_of(refusal_text(None)) is None


def test_a_note_beside_a_refusal_is_not_kept() -> None:
    why = no.InvalidSignature("0x1")
    why.details["index"] = 4
    assert refusal_text(why) == '["InvalidSignature","0x1"]'
