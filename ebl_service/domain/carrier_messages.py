"""What the platform says to carriers, in DCSA's words: answers to issuance requests, surrender requests, chains.

Source: DCSA EBL_ISS 3.0 (IssuanceResponse), EBL_SUR 3.0 (SurrenderRequestDetails), EBL_END 3.0 (EndorsementChain).
Besides `endorsement_chain` and `api.dcsa` the only place where DCSA's codes stand.

Rules kept here
- A surrender request's chain is oldest first and names a recipient in every link, "No Party" where there is none; a
  chain that is read is newest first and leaves such a recipient out.
- A party is named as the platform's directory has it, and always by its account. Codes have providers of the
  definitions' list: an account, and a code of any other provider, is mutually defined (ZZZ) with a `codeListName`.
- Texts keep the definitions' lengths: what is longer is cut, what spans lines is put on one.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from ebl_service.domain.endorsement_chain import SWITCH_TO_PAPER, Entry
from ebl_service.domain.profile import Profile
from ebl_service.domain.terms import Address, Purpose, Seconds, checksummed
from ebl_service.domain.transport_document.code_lists import ACCOUNT_LIST, written

ISSUANCE_RESPONSES = "/v3/ebl-issuance-responses"
SURRENDER_REQUESTS = "/v3/ebl-surrender-requests"
MOST_ERRORS, LONGEST_REASON, LONGEST_CODE, LONGEST_NAME = 255, 255, 50, 70
REASON_CODES = (SWITCH_TO_PAPER, "COD", "SWI")
NO_PARTY = {
    "eblPlatform": "NONE",
    "partyName": "NONE",
    "identifyingCodes": [{"codeListProvider": "NONE", "partyCode": "NONE"}],
}


class Verdict(Enum):
    """What became of an issuance request."""

    ISSUED = "ISSU"
    CONTENT_IS_WRONG = "BREQ"
    CANNOT_BE_RESOLVED = "REFU"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a request was refused. `rule`: the rule's name."""

    rule: str
    told: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why a holder offers its bill back. `reason`: its code, such as COD; `words`: its own."""

    reason: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class BillName:
    """How a carrier calls a bill. `version`: its sub-reference, where it gives one."""

    reference: str
    version: str | None = None

    @property
    def fields(self) -> dict[str, str]:
        """As messages have it."""
        said = {"transportDocumentReference": self.reference, "transportDocumentSubReference": self.version}
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Names:
    """How parties are called on this platform. `platform`: its code."""

    platform: str
    profiles: Mapping[Address, Profile]

    def party(self, account: Address) -> dict[str, Any]:
        """A party as chains name it."""
        profile = self.profiles.get(account)
        codes = sorted(profile.codes) if profile else []
        return {
            "partyName": _line(profile.legal_name, LONGEST_NAME) if profile else checksummed(account),
            "eblPlatform": self.platform,
            "identifyingCodes": [*(written(*code) for code in codes), written(ACCOUNT_LIST, checksummed(account))],
        }


def issuance_response(bill: BillName, verdict: Verdict, reasons: Sequence[Reason] = ()) -> bytes:
    """The answer to an issuance request, as JSON."""
    said: dict[str, Any] = {**bill.fields, "issuanceResponseCode": verdict.value}
    if verdict is not Verdict.ISSUED:
        told = [each for each in reasons if each.told.strip()]
        if told:
            said["reason"] = _line("; ".join(each.told for each in told), LONGEST_REASON)
        said["errors"] = [
            {"reason": _line(each.told, LONGEST_REASON), "errorCode": each.rule[:LONGEST_CODE]}
            for each in told[:MOST_ERRORS]
        ]
    return _json(said)


def surrender_request(
    request_id: str, bill: BillName, purpose: Purpose, why: Why, chain: Iterable[Entry], names: Names
) -> bytes:
    """A holder's surrender request, as JSON. `chain`: the carrier's view, oldest first."""
    said: dict[str, Any] = {
        "surrenderRequestReference": request_id,
        **bill.fields,
        "surrenderRequestCode": "SREQ" if purpose is Purpose.DELIVERY else "AREQ",
    }
    is_listed = why.reason in REASON_CODES and purpose is not Purpose.DELIVERY
    if is_listed:
        said["reasonCode"] = why.reason
    comments = ": ".join(each for each in (None if is_listed else why.reason, why.words) if each and each.strip())
    if comments:
        said["comments"] = _line(comments, LONGEST_REASON)
    said["endorsementChain"] = [_link(entry, names) | _recipient(entry, names, NO_PARTY) for entry in chain]
    return _json(said)


def told_chain(bill: BillName, carrier_code: str | None, chain: Sequence[Entry], names: Names) -> dict[str, Any]:
    """An endorsement chain that is read, newest first. `carrier_code`: the carrier's SCAC, where it has one."""
    said: dict[str, Any] = dict(bill.fields)
    if carrier_code is not None:
        said["carrierSCACCode"] = carrier_code
    said["endorsementChain"] = [_link(entry, names) | _recipient(entry, names, None) for entry in reversed(chain)]
    return said


def parties_in(chain: Iterable[Entry]) -> set[Address]:
    """Everybody that a chain names."""
    return {party for entry in chain for party in (entry.actor, entry.recipient) if party is not None}


def _link(entry: Entry, names: Names) -> dict[str, Any]:
    return {
        "actionDateTime": moment(entry.time),
        "actionCode": entry.code,
        "actor": names.party(entry.actor),
        "auditReference": entry.recorded.transaction_hash,
    }


def _recipient(entry: Entry, names: Names, nobody: Mapping[str, Any] | None) -> dict[str, Any]:
    if entry.recipient is not None:
        return {"recipient": names.party(entry.recipient)}
    return {} if nobody is None else {"recipient": nobody}


def moment(time: Seconds) -> str:
    """A time as RFC 3339 in UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _line(text: str, longest: int) -> str:
    told = re.sub(r"\s+", " ", text).strip()
    return told if len(told) <= longest else told[: longest - 1].rstrip() + "…"


def _json(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
