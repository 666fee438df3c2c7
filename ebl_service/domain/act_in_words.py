"""What a signer is about to sign, in one English sentence: shown beside the typed data.

Leaves names to the reader: the ledger knows parties by their accounts, which stand here with their EIP-55 checksums.
"""

from datetime import UTC, datetime
from typing import assert_never

from ebl_service.domain import actions as act
from ebl_service.domain.certificate_act_in_words import certificate_act_in_words
from ebl_service.domain.certificate_actions import CertificateAct
from ebl_service.domain.signed_act import Join
from ebl_service.domain.surrender_reason import has_words, reason_text
from ebl_service.domain.terms import Purpose, Role, Seconds, checksummed

_PURPOSES = {
    Purpose.DELIVERY: "delivery of the goods",
    Purpose.AMENDMENT: "amendment",
    Purpose.PAPER: "conversion to paper",
}


def act_in_words(asked: act.Act, deadline: Seconds) -> str:
    """The sentence for an act, with the last moment at which the signature counts."""
    return f"{_said(asked)}. The signature counts until {_moment(deadline)}."


def join_in_words(join: Join) -> str:
    """The sentence for a party's wish to join."""
    roles = " and ".join(role.name.lower() for role in Role if role in join.roles and role.name)
    as_what = f" as {roles}" if roles else " without a role"
    return (
        f"Register account {checksummed(join.account)} as a party of this ledger{as_what}, with the identity record "
        f"of digest {join.identity_digest}. The signature counts until {_moment(join.deadline)}."
    )


def _said(asked: act.Act) -> str:  # noqa: PLR0912 (one table of all acts)
    if isinstance(asked, CertificateAct):
        return certificate_act_in_words(asked)
    match asked:
        case act.Issue():
            return f"Issue {_made_out(asked)} as title {asked.title_id} and hand it to {checksummed(asked.holder)}"
        case act.Transfer():
            return f"Pass possession of title {asked.title_id} on to {checksummed(asked.to)}, without endorsing it"
        case act.Endorse():
            to = checksummed(asked.to)
            return f"Endorse title {asked.title_id} to {to}, who may not endorse further, and hand it over"
        case act.EndorseToOrder():
            return f"Endorse title {asked.title_id} to the order of {checksummed(asked.to)} and hand it over"
        case act.EndorseInBlank():
            over = f"hand it to {checksummed(asked.to)}" if asked.to else "keep possession"
            return f"Endorse title {asked.title_id} in blank and {over}"
        case act.RejectTransfer():
            return f"Reject title {asked.title_id}, just received, and return it as it was to who gave it"
        case act.Sign():
            return f"Put the holder's signature on record on title {asked.title_id}"
        case act.RequestSurrender():
            return _surrender(asked)
        case act.WithdrawSurrender():
            return f"Withdraw the unanswered request to surrender title {asked.title_id}"
        case act.AcceptSurrender():
            return f"Accept the surrender of title {asked.title_id}, for good"
        case act.RejectSurrender():
            return f"Reject the surrender of title {asked.title_id} and give it back as it was"
        case act.Replace():
            old, new = ", ".join(asked.old_ids), len(asked.new_titles)
            return f"Issue {new} new title{'s' * (new > 1)} in place of {old}"
        case _:
            assert_never(asked)


def _made_out(asked: act.Issue) -> str:
    if asked.endorsee is None:
        return "a bill of lading to order, blank,"
    kind = "to the order of" if asked.is_to_order else "straight, to consignee"
    return f"a bill of lading {kind} {checksummed(asked.endorsee)}"


def _surrender(asked: act.RequestSurrender) -> str:
    code = reason_text(asked.reason)
    words = f"words of digest 0x{asked.reason[-48:]}" if has_words(asked.reason) else ""
    said = ", ".join(each for each in (code and f"reason {code}", words) if each)
    reason = f" ({said})" if said else ""
    return f"Surrender title {asked.title_id} to its carrier for {_PURPOSES[asked.purpose]}{reason}"


def _moment(time: Seconds) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
