"""One example for the body of every request, as the description shows it; a test reads each as the service does.

The accounts are nobody's; salts, digests and signatures are of the right length and open nothing.
"""

from typing import Any

from ebl_service.api.example_documents import INSURANCE_DOCUMENT, TERMS_OF_SALE, TRANSPORT_DOCUMENT
from ebl_service.api.fields import ADDRESS_EXAMPLE, DIGEST_EXAMPLE

BANK = "0x8617E340B3D01FA5F11F306F4090FD50E238070D"
SIGNATURE = "0x" + "5f" * 65
JWS = "eyJhbGciOiJFUzI1NiJ9.eyJkb2N1bWVudENoZWNrc3VtIjoiIn0.c2lnbmF0dXJl"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBszCC…\n-----END CERTIFICATE-----\n".replace("…", "AVmg")
DEADLINE = 1_796_083_200
LAW = {"governingLaw": "English law", "jurisdiction": "High Court of Justice, London"}
DOMAIN = {"name": "eBL Ledger Titles", "version": "1", "chainId": 31337, "verifyingContract": ADDRESS_EXAMPLE}
TRANSFER = {"titleId": DIGEST_EXAMPLE, "sequence": 1, "to": BANK, "deadline": DEADLINE}
JOIN = {"account": ADDRESS_EXAMPLE, "roles": 0, "identityDigest": DIGEST_EXAMPLE, "nonce": 0, "deadline": DEADLINE}
SIGN_IN = f"ebl.example wants you to sign in with your Ethereum account:\n{ADDRESS_EXAMPLE}\n\n…"
CODES = [{"codeListProvider": "GLEIF", "partyCode": "EBLX00HALCYMERLINE37", "codeListName": "LEI"}]
SHIPPER = TRANSPORT_DOCUMENT["documentParties"]["shipper"]

EXAMPLES: dict[tuple[str, str], Any] = {
    ("post", "/v1/sign-in/challenges"): {"account": ADDRESS_EXAMPLE},
    ("post", "/v1/sign-in"): {"message": SIGN_IN, "signature": SIGNATURE},
    ("post", "/v1/api-keys"): {"name": "ERP of the carrier", "scopes": ["platform", "read"], "days": 90},
    ("post", "/v1/typed-data"): {
        "verb": "RequestSurrender",
        "titleId": DIGEST_EXAMPLE,
        "purpose": "AMENDMENT",
        "reason": "COD",
        "comments": "Port of discharge Hamburg instead of Rotterdam, please",
    },
    ("post", "/v1/submissions"): {
        "acts": [
            {
                "typedData": {"domain": DOMAIN, "primaryType": "Transfer", "message": TRANSFER},
                "signer": ADDRESS_EXAMPLE,
                "signature": SIGNATURE,
            }
        ]
    },
    ("post", "/v1/documents"): {"documents": [{"document": TRANSPORT_DOCUMENT, **LAW}], "dryRun": True},
    ("post", "/v1/insurance-documents"): {
        "documents": [{"document": INSURANCE_DOCUMENT, "titleId": DIGEST_EXAMPLE, **LAW}],
        "dryRun": True,
    },
    ("post", "/v1/certificates/{certificate_id}/waivers"): {"rule": "insured_sum_covers_the_sale"},
    ("post", "/v1/titles/{title_id}/terms-of-sale/typed-data"): {"terms": TERMS_OF_SALE, "deadline": DEADLINE},
    ("put", "/v1/titles/{title_id}/terms-of-sale"): {
        "terms": TERMS_OF_SALE,
        "deadline": DEADLINE,
        "signer": ADDRESS_EXAMPLE,
        "signature": SIGNATURE,
    },
    ("post", "/v1/verifications"): {
        "file": "eyJ0cmFuc3BvcnREb2N1bWVudFJlZmVyZW5jZSI6IlpRSE0ifQ==",
        "opening": {"titleId": DIGEST_EXAMPLE, "salt": DIGEST_EXAMPLE, "record": '{"documentChecksum":"5f5f"}'},
    },
    ("post", "/v1/titles/{title_id}/grants"): {"to": BANK, "expiresAt": DEADLINE},
    ("post", "/v1/parties"): {
        "typedData": {
            "domain": DOMAIN | {"name": "eBL Ledger Parties"},
            "primaryType": "Join",
            "message": JOIN,
        },
        "signature": SIGNATURE,
    },
    ("post", "/v1/parties/{account}/grant-role"): {"roles": ["CARRIER"]},
    ("post", "/v1/parties/{account}/withdraw-role"): {"roles": ["CARRIER"]},
    ("put", "/v1/parties/{account}/profile"): {"legalName": "Halcyon Meridian Lines", "identifyingCodes": CODES},
    ("put", "/v3/ebl-issuance-requests"): {
        "document": TRANSPORT_DOCUMENT,
        "issueTo": {"sendToPlatform": "EBLL", **SHIPPER},
        "issuanceManifestSignedContent": JWS,
    },
    ("post", "/v3/ebl-surrender-responses"): {
        "surrenderRequestReference": "9b1f0c5be7d24c6c8f0e3c1a2b3d4e5f",
        "action": "SREJ",
        "comments": "Ocean freight is not paid",
        "feedbackElements": [{"severity": "ERROR", "message": "Invoice 4711 is open"}],
    },
    ("post", "/v1/onboarding"): {
        "legalName": "Halcyon Meridian Lines",
        "roles": ["CARRIER"],
        "identifyingCodes": CODES,
        "custody": True,
        "certificate": CERTIFICATE,
        "callbackUrl": "https://ebl.halcyon-meridian.example/dcsa",
        "callbackHeader": {"name": "Authorization", "value": "Bearer 5f2c"},
        "backDatingDays": 0,
        **LAW,
    },
    ("post", "/v1/parties/{account}/signing-certificates"): {"certificate": CERTIFICATE},
    ("post", "/v1/parties/{account}/custody"): {"statement": JWS},
}
"""By method and path."""

MANIFEST = {
    "title": "IssuanceManifest",
    "type": "object",
    "description": "The payload of issuanceManifestSignedContent (DCSA EBL_ISS): SHA-256 checksums, in lower-case hex. "
    "`document` and `issueTo` are hashed in their canonical JSON form (RFC 8785) as they stand in the request, the "
    "picture's `content` decoded from base64.",
    "properties": {
        name: {"type": "string", "pattern": "^[0-9a-f]{64}$", "examples": ["5f" * 32]}
        for name in ("documentChecksum", "issueToChecksum", "eBLVisualisationByCarrierChecksum")
    },
    "required": ["documentChecksum", "issueToChecksum"],
}
"""What a carrier signs, which stands in the request inside a JWS."""


def described(made: dict[str, Any]) -> None:
    """Put the examples, and the manifest's payload, into a description."""
    for (method, path), example in EXAMPLES.items():
        made["paths"][path][method]["requestBody"]["content"]["application/json"]["example"] = example
    schemas = made["components"]["schemas"]
    schemas["IssuanceManifest"] = MANIFEST
    schemas["IssuanceRequest"]["properties"]["issuanceManifestSignedContent"] |= {
        "description": "The carrier's signature over IssuanceManifest, a compact JWS (RFC 7515)",
        "contentMediaType": "application/jose",
        "contentSchema": {"$ref": "#/components/schemas/IssuanceManifest"},
    }
