"""The kinds of values that requests and answers are made of.

Rules kept: hexadecimal has 0x and its full length; an account with capitals must carry its EIP-55 checksum, one without
is taken as it is; answers write accounts with their checksum, ids and digests in lower case. Field names are camelCase,
as in the typed data; fields that are not defined are refused.
"""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, FailFast, Field, PlainSerializer
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from ebl_service.domain.characters import reference_fault, text_fault
from ebl_service.domain.terms import NOBODY, Address, CertificateId, Digest, TitleId, checksummed

FIRST_FAULT = FailFast()
"""Every array of a request is judged up to its first fault and no further: one answer to a fault in each of a
hundred thousand elements would be as many faults. An array has a longest length besides (a test walks them)."""

MOST_ITEMS = 1_000
"""Acts or documents of one request: as many as the settings may allow (EBL_MOST_ACTS_PER_REQUEST)."""

_HEX = re.compile(r"0x[0-9a-fA-F]*")
ADDRESS_EXAMPLE = "0x52908400098527886E0F7030069857D2E4169EE7"
DIGEST_EXAMPLE = "0x" + "5f" * 32


class Model(BaseModel):
    """A request or answer: camelCase, complete, nothing undefined."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True, serialize_by_alias=True
    )


class RequestModel(Model):
    """A request, or an object in one: fields go by their documented camelCase names and by no others."""

    model_config = ConfigDict(populate_by_name=False)


def _hex_of(size: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not _HEX.fullmatch(text) or len(text) != 2 + 2 * size:
            raise PydanticCustomError("bad_hex", "must be 0x and {digits} hexadecimal digits", {"digits": 2 * size})
        return text.lower()

    return check


def _account(text: str) -> str:
    account = Address(_hex_of(20)(text))
    if text != account and text != checksummed(account):
        raise PydanticCustomError("bad_checksum", "has capitals that are not its EIP-55 checksum")
    return account


def _shown(account: Address) -> str:
    return checksummed(account)


def _bytes(text: str) -> str:
    if not _HEX.fullmatch(text) or len(text) % 2:
        raise PydanticCustomError("bad_hex", "must be 0x and an even number of hexadecimal digits")
    return text.lower()


def _visible(text: str) -> str:
    fault = text_fault(text)
    if fault:
        raise PydanticCustomError("unseen_character", "holds what a reader cannot see: {fault}", {"fault": fault})
    return text


def _plain(text: str) -> str:
    fault = reference_fault(text)
    if fault:
        raise PydanticCustomError("no_reference", "must be printable ASCII: {fault}", {"fault": fault})
    return text


VISIBLE = AfterValidator(_visible)
"""Of a text that another party will read (`domain.characters`)."""

PLAIN = AfterValidator(_plain)
"""Of a number or code: printable ASCII, single spaces inside, none at the ends."""


def _pattern(size: int) -> dict[str, str]:
    return {"pattern": f"^0x[0-9a-fA-F]{{{2 * size}}}$"}


AccountField = Annotated[
    Address,
    Field(strict=True, json_schema_extra=_pattern(20), examples=[ADDRESS_EXAMPLE]),
    AfterValidator(_account),
    PlainSerializer(_shown, return_type=str),
]
"""An account: 20 bytes in hex."""

OptionalAccount = Annotated[
    AccountField | None,
    AfterValidator(lambda account: None if account == NOBODY else account),
]
"""An account, or null (typed data: the zero address) for nobody."""

TitleIdField = Annotated[
    TitleId,
    Field(strict=True, json_schema_extra=_pattern(32), examples=[DIGEST_EXAMPLE]),
    AfterValidator(_hex_of(32)),
]
"""A title's id: 32 bytes in hex."""

DigestField = Annotated[
    Digest,
    Field(strict=True, json_schema_extra=_pattern(32), examples=[DIGEST_EXAMPLE]),
    AfterValidator(_hex_of(32)),
]
"""32 bytes in hex."""

CertificateIdField = Annotated[
    CertificateId,
    Field(strict=True, json_schema_extra=_pattern(32), examples=[DIGEST_EXAMPLE]),
    AfterValidator(_hex_of(32)),
]
"""A certificate's id: 32 bytes in hex."""

AttachesField = Annotated[
    int, Field(strict=True, ge=0, le=2**40 - 1, description="When the risk attaches, since 1970; 0: not covered")
]
"""Seconds since 1970, UTC."""

ClaimField = Annotated[int, Field(strict=True, ge=0, le=2**32 - 1, description="The sequence of the claim's notice")]
"""A claim on a certificate."""

BytesField = Annotated[
    str,
    Field(strict=True, max_length=20_002, json_schema_extra={"pattern": "^0x([0-9a-fA-F]{2})*$"}),
    AfterValidator(_bytes),
]
"""Bytes in hex, at most 10,000: an account's signature has 65, a contract wallet's what it expects."""

TruthField = Annotated[bool, Field(strict=True)]
"""true or false, and nothing that means it."""

SequenceField = Annotated[int, Field(strict=True, ge=0, le=2**32 - 1)]
"""How many acts a title has seen."""

DeadlineField = Annotated[int, Field(strict=True, ge=0, le=2**53 - 1, description="Last second it counts, since 1970")]
"""Seconds since 1970, UTC."""
