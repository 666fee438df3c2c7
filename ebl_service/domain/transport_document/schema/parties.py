"""The parties of a document, by role: names, addresses, codes, contacts.

Leaves to others: which parties a document needs (`rules.parties`), which registered party a name stands for
(`party_resolution`).
"""

from ebl_service.domain.transport_document.schema.places import ADDRESS
from ebl_service.domain.transport_document.schema.shape import (
    COUNTRY,
    UN_LOCATION,
    UNBROKEN,
    Items,
    Kind,
    Shape,
    Text,
    Truth,
    lines,
    trimmed,
)

PARTY_ADDRESS = Shape(required=ADDRESS.required, optional={**ADDRESS.optional, "UNLocationCode": UN_LOCATION})

IDENTIFYING_CODE = Shape(
    required={"codeListProvider": Text(100), "partyCode": Text(150)},
    optional={"codeListName": Text(100)},
)

TAX_LEGAL_REFERENCE = Shape(required={"type": trimmed(50), "countryCode": COUNTRY, "value": trimmed(35)})

CONTACT = Shape(
    required={"name": trimmed(35)},
    at_least_one={"phone": trimmed(30), "email": Text(100, r"^.+@\S+$")},
)

_NAMED: dict[str, Kind] = {"partyName": trimmed(70)}
_ADDRESSED: dict[str, Kind] = {"address": PARTY_ADDRESS, "addressLines": lines(5, 250)}
_CODED: dict[str, Kind] = {"identifyingCodes": Items(IDENTIFYING_CODE)}
_FINDABLE: dict[str, Kind] = {"identifyingCodes": Items(IDENTIFYING_CODE, least=1)}
"""Whoever a title may be made out to has a code: it is found by codes, not by its name."""

_TAXED: dict[str, Kind] = {"taxLegalReferences": Items(TAX_LEGAL_REFERENCE)}
_CONTACTS: dict[str, Kind] = {"partyContactDetails": Items(CONTACT)}
_PLATFORM: dict[str, Kind] = {"eblPlatform": Text(4, UNBROKEN)}
_PERSON: dict[str, Kind] = {"typeOfPerson": trimmed(50)}
_DISPLAYED: dict[str, Kind] = {"displayedAddress": lines(6, 35)}
_REFERENCE: dict[str, Kind] = {"reference": trimmed(35)}
_PURCHASE_ORDERS: dict[str, Kind] = {"purchaseOrderReferences": Items(trimmed(35))}
_NOTIFY: dict[str, Kind] = {"isNotifyParty": Truth()}
"""Since 3.0.4; accepted before."""

_ANYONE: dict[str, Kind] = {**_ADDRESSED, **_TAXED, **_CONTACTS}

SHIPPER = Shape(
    required=_NAMED,
    optional={**_ANYONE, **_CODED, **_PLATFORM, **_PERSON, **_DISPLAYED, **_REFERENCE, **_PURCHASE_ORDERS},
)
CONSIGNEE = Shape(
    required={**_NAMED, **_FINDABLE},
    optional={**_ANYONE, **_PLATFORM, **_PERSON, **_DISPLAYED, **_REFERENCE, **_PURCHASE_ORDERS, **_NOTIFY},
)
ENDORSEE = Shape(required={**_NAMED, **_FINDABLE}, optional={**_ANYONE, **_PLATFORM, **_DISPLAYED, **_NOTIFY})
SHIPPERS_PRINCIPAL = Shape(required=_NAMED, optional={**_ADDRESSED, **_CODED})
CONSIGNEES_PRINCIPAL = Shape(required=_NAMED, optional={**_ADDRESSED, **_FINDABLE})

ISSUING_PARTY = Shape(
    required={**_NAMED, "address": PARTY_ADDRESS},
    optional={"addressLines": lines(5, 250), **_CODED, **_TAXED, **_CONTACTS},
)
AGENT_AT_DESTINATION = Shape(
    required={**_NAMED, "address": ADDRESS, **_CONTACTS},
    optional={"addressLines": lines(5, 250)},
)
NOTIFY_PARTY = Shape(
    required=_NAMED,
    optional={**_ANYONE, **_CODED, **_PERSON, **_DISPLAYED, **_REFERENCE},
)
PARTY = Shape(required=_NAMED, optional={**_ANYONE, **_CODED, **_REFERENCE})
OTHER_PARTY = Shape(required={"party": PARTY, "partyFunction": Text(3)})

DOCUMENT_PARTIES = Shape(
    required={"shipper": SHIPPER, "issuingParty": ISSUING_PARTY},
    optional={
        "onBehalfOfShipper": SHIPPERS_PRINCIPAL,
        "consignee": CONSIGNEE,
        "onBehalfOfConsignee": CONSIGNEES_PRINCIPAL,
        "endorsee": ENDORSEE,
        "carriersAgentAtDestination": AGENT_AT_DESTINATION,
        "notifyParties": Items(NOTIFY_PARTY, most=3),
        "other": Items(OTHER_PARTY),
    },
)
