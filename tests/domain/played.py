"""Titles and parties in memory, for tests of the rulebook without a chain: play acts, look at what became of them."""

from dataclasses import replace

from ebl_service.domain import party as parties
from ebl_service.domain.actions import Act, Issue
from ebl_service.domain.events import Reinstated, Suspended, TitleEvent
from ebl_service.domain.party import Party
from ebl_service.domain.terms import Address, Digest, Role, TitleId, digest, title_id_of
from ebl_service.domain.title import Title, evolve
from ebl_service.domain.title_rules import Rules, decide

SEPARATOR = digest(99)
REJECT_PERIOD, ANSWER_PERIOD = 100, 1000


def account(number: int) -> Address:
    return Address(f"0x{number:040x}")


CARRIER, OTHER_CARRIER, SHIPPER, BANK, CONSIGNEE, FORWARDER = map(account, range(1, 7))
STRANGER = account(99)


class Played:
    """Two carriers and four parties; a clock that moves a second with each act."""

    def __init__(self) -> None:
        roles = [Role.CARRIER, Role.CARRIER, *[Role(0)] * 4]
        self.parties = {account(n): Party(account(n), n, role, digest(n)) for n, role in enumerate(roles, 1)}
        self.titles: dict[TitleId, Title] = {}
        self.now = 1_000_000
        self._bills = 0

    def play(self, actor: Address, asked: Act) -> tuple[TitleEvent, ...]:
        """One act, a second later. Raises: its refusal."""
        self.now += 1
        events = decide(Rules(self.titles, self.parties, self.now, REJECT_PERIOD, ANSWER_PERIOD), asked, actor)
        for event in events:
            self.titles[event.title_id] = evolve(self.titles.get(event.title_id), event, SEPARATOR)
        return events

    def issuing(self, holder: Address, endorsee: Address | None, *, is_to_order: bool = True) -> Issue:
        """The issue of a fresh bill of CARRIER."""
        self._bills += 1
        reference = Digest(digest(1, self._bills))
        return Issue(title_id_of(CARRIER, reference), holder, endorsee, is_to_order, reference, digest(2, self._bills))

    def issue(self, endorsee: Address | None = None, *, is_to_order: bool = True) -> TitleId:
        """A fresh bill in the shipper's hands."""
        asked = self.issuing(SHIPPER, endorsee, is_to_order=is_to_order)
        self.play(CARRIER, asked)
        return asked.title_id

    def suspend(self, who: Address, *, suspended: bool = True) -> None:
        event = Suspended(who, self.now) if suspended else Reinstated(who, self.now)
        after = parties.evolve(self.parties[who], event)
        assert after is not None
        self.parties[who] = after

    def withdraw_roles(self, who: Address) -> None:
        self.parties[who] = replace(self.parties[who], roles=Role(0))
