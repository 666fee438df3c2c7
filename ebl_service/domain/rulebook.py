"""Which acts are allowed, on titles and on certificates: one `decide` over both rulebooks."""

from ebl_service.domain import certificate_rules, title_rules
from ebl_service.domain.actions import Act
from ebl_service.domain.certificate_actions import CertificateAct
from ebl_service.domain.certificate_events import CertificateEvent
from ebl_service.domain.events import TitleEvent
from ebl_service.domain.terms import Address
from ebl_service.domain.title_standing import Rules

__all__ = ["Rules", "decide"]


def decide(rules: Rules, asked: Act, actor: Address) -> tuple[TitleEvent | CertificateEvent, ...]:
    """The events that `asked` leads to where `actor` asks it now. Raises: an `errors.refusals` class otherwise."""
    if isinstance(asked, CertificateAct):
        return certificate_rules.decide(rules, asked, actor)
    return title_rules.decide(rules, asked, actor)
