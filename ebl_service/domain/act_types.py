"""The EIP-712 types of everything that is signed, in the order of their members, as the contracts spell them.

Of acts on titles (contracts/TitleActTypes.sol), on certificates (contracts/CertificateActTypes.sol), of joining
(contracts/PartyRegistry.sol); and, apart, of statements that no contract knows.
"""

Fields = tuple[tuple[str, str], ...]
"""(name, type) of each member, in order."""

_ON_TITLE: Fields = (("titleId", "bytes32"), ("sequence", "uint32"))
_DEADLINE: Fields = (("deadline", "uint64"),)
_PLAIN: Fields = _ON_TITLE + _DEADLINE
_HAND_OVER: Fields = (*_ON_TITLE, ("to", "address"), *_DEADLINE)
_ON_CERTIFICATE: Fields = (("certificateId", "bytes32"), ("sequence", "uint32"))
_PART: Fields = (*_ON_CERTIFICATE, ("part", "uint8"), *_DEADLINE)
_ON_CLAIM: Fields = (*_ON_CERTIFICATE, ("claim", "uint32"))

TYPES: dict[str, Fields] = {
    "Issue": (
        *_ON_TITLE,
        ("holder", "address"),
        ("endorsee", "address"),
        ("isToOrder", "bool"),
        ("referenceDigest", "bytes32"),
        ("commitment", "bytes32"),
        *_DEADLINE,
    ),
    "Transfer": _HAND_OVER,
    "Endorse": _HAND_OVER,
    "EndorseToOrder": _HAND_OVER,
    "EndorseInBlank": _HAND_OVER,
    "RejectTransfer": _PLAIN,
    "Sign": _PLAIN,
    "RequestSurrender": (*_ON_TITLE, ("purpose", "uint8"), ("reason", "bytes32"), *_DEADLINE),
    "WithdrawSurrender": _PLAIN,
    "AcceptSurrender": _PLAIN,
    "RejectSurrender": _PLAIN,
    "Replace": (
        ("oldIds", "bytes32[]"),
        ("sequences", "uint32[]"),
        ("newTitles", "NewTitle[]"),
        *_DEADLINE,
    ),
    "NewTitle": (
        ("endorsee", "address"),
        ("isToOrder", "bool"),
        ("version", "uint16"),
        ("referenceDigest", "bytes32"),
        ("commitment", "bytes32"),
    ),
    "IssueCertificate": (
        *_ON_CERTIFICATE,
        ("titleId", "bytes32"),
        ("mode", "uint8"),
        ("named", "address"),
        ("cargoAttachesAt", "uint40"),
        ("warAttachesAt", "uint40"),
        ("strikesAttachesAt", "uint40"),
        ("referenceDigest", "bytes32"),
        ("commitment", "bytes32"),
        *_DEADLINE,
    ),
    "CarryOver": (*_ON_CERTIFICATE, ("titleId", "bytes32"), ("commitment", "bytes32"), *_DEADLINE),
    "ConsentToCancellation": _PART,
    "CancelCertificate": _PART,
    "ReleaseLossPayee": (*_ON_CERTIFICATE, *_DEADLINE),
    "NotifyClaim": (*_ON_CERTIFICATE, ("documentsDigest", "bytes32"), *_DEADLINE),
    "AcknowledgeClaim": (*_ON_CLAIM, *_DEADLINE),
    "SurveyClaim": (*_ON_CLAIM, ("surveyDigest", "bytes32"), *_DEADLINE),
    "SettleClaim": (
        *_ON_CLAIM,
        ("payee", "address"),
        ("settlementDigest", "bytes32"),
        ("subrogationDigest", "bytes32"),
        *_DEADLINE,
    ),
    "DeclineClaim": (*_ON_CLAIM, ("reasonDigest", "bytes32"), *_DEADLINE),
    "Join": (
        ("account", "address"),
        ("roles", "uint8"),
        ("identityDigest", "bytes32"),
        ("nonce", "uint64"),
        *_DEADLINE,
    ),
    "UpdateIdentity": (
        ("account", "address"),
        ("identityDigest", "bytes32"),
        ("nonce", "uint64"),
        *_DEADLINE,
    ),
}

STATEMENTS: dict[str, Fields] = {
    "TermsOfSale": (("titleId", "bytes32"), ("termsDigest", "bytes32"), *_DEADLINE),
}
"""What parties sign for each other and no contract takes (`domain.insurance_document.statement`)."""
