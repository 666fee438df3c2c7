"""Documents that the examples of requests hold: a bill of lading, a policy of cargo insurance, terms of sale."""

from typing import Any

TRANSPORT_DOCUMENT: dict[str, Any] = {
    "transportDocumentStatus": "ISSUED",
    "transportDocumentTypeCode": "BOL",
    "isShippedOnBoardType": True,
    "shippedOnBoardDate": "2026-11-30",
    "issueDate": "2026-12-01",
    "freightPaymentTermCode": "PRE",
    "isElectronic": True,
    "displayedNameForPortOfLoad": ["Shanghai"],
    "termsAndConditions": "As on the back of the carrier's bill",
    "receiptTypeAtOrigin": "CY",
    "deliveryTypeAtDestination": "CY",
    "cargoMovementTypeAtOrigin": "FCL",
    "cargoMovementTypeAtDestination": "FCL",
    "carrierCode": "ZQHM",
    "carrierCodeListProvider": "NMFTA",
    "placeOfIssue": {"UNLocationCode": "CNSHA"},
    "invoicePayableAt": {"UNLocationCode": "CNSHA"},
    "consignmentItems": [
        {
            "carrierBookingReference": "b",
            "descriptionOfGoods": ["Shoes"],
            "HSCodes": ["640510"],
            "cargoItems": [
                {
                    "equipmentReference": "NARU3472484",
                    "cargoGrossWeight": {"value": 12000, "unit": "KGM"},
                    "outerPackaging": {"numberOfPackages": 400, "packageCode": "4G", "description": "Boxes"},
                }
            ],
        }
    ],
    "utilizedTransportEquipments": [
        {
            "equipment": {"equipmentReference": "NARU3472484", "ISOEquipmentCode": "22G1"},
            "isShipperOwned": False,
            "seals": [{"number": "S1"}],
        }
    ],
    "transportDocumentReference": "ZQHMSHA26101155",
    "isToOrder": True,
    "numberOfOriginalsWithoutCharges": 1,
    "partyContactDetails": [{"name": "Documentation desk", "phone": "+86 21 5550 0100"}],
    "documentParties": {
        "shipper": {
            "partyName": "Shanghai Luting Industrial",
            "identifyingCodes": [
                {"codeListProvider": "GLEIF", "partyCode": "EBLX00LUTINGINDSHA44", "codeListName": "LEI"}
            ],
        },
        "endorsee": {
            "partyName": "Pelican Straits Bank",
            "identifyingCodes": [
                {"codeListProvider": "GLEIF", "partyCode": "EBLX00PELICANSTRSG41", "codeListName": "LEI"}
            ],
        },
        "issuingParty": {
            "partyName": "Halcyon Meridian Lines",
            "address": {"street": "Zhongshan Road", "city": "Shanghai", "countryCode": "CN"},
            "identifyingCodes": [
                {"codeListProvider": "GLEIF", "partyCode": "EBLX00HALCYMERLINE37", "codeListName": "LEI"}
            ],
        },
        "notifyParties": [
            {
                "partyName": "Kallang Tern Engineering",
                "address": {"street": "Tuas Avenue", "city": "Singapore", "countryCode": "SG"},
            }
        ],
    },
    "transports": {
        "plannedArrivalDate": "2026-12-12",
        "plannedDepartureDate": "2026-11-30",
        "portOfLoading": {"UNLocationCode": "CNSHA"},
        "portOfDischarge": {"UNLocationCode": "SGSIN"},
        "vesselVoyages": [{"vesselName": "HALCYON TERN", "carrierExportVoyageNumber": "041S"}],
    },
}

INSURANCE_DOCUMENT: dict[str, Any] = {
    "documentProfile": "CARGO_INSURANCE_1",
    "documentType": "POLICY",
    "documentReference": "SMI-26-P-000519",
    "insurer": {
        "partyName": "Saltgrebe Marine Insurance plc",
        "identifyingCodes": [{"codeListProvider": "GLEIF", "partyCode": "EBLX00SALTGREBEINS53", "codeListName": "LEI"}],
        "partyContactDetails": [
            {"name": "Cargo underwriting", "phone": "+44 20 5550 0188", "email": "cargo@saltgrebe-marine.example"}
        ],
    },
    "assured": {
        "partyName": "Kallang Tern Engineering Pte. Ltd.",
        "identifyingCodes": [{"codeListProvider": "GLEIF", "partyCode": "EBLX00KALLANGTERNS45", "codeListName": "LEI"}],
    },
    "endorsementScope": "NAMED",
    "sumInsured": {"amount": 96000, "currency": "USD"},
    "insuredValue": {"amount": 96000, "currency": "USD", "basis": "AGREED", "upliftPercent": 0},
    "conditions": [{"code": "ICC_B_2009"}, {"code": "STRIKES_CARGO_2009"}],
    "deductible": {
        "percent": 0.5,
        "text": "0.5 % of the sum insured each shipment, general average and total loss excepted",
    },
    "voyage": {
        "portOfLoading": {"locationName": "Shanghai", "UNLocationCode": "CNSHA"},
        "portOfDischarge": {"locationName": "Singapore", "UNLocationCode": "SGSIN"},
        "transitClause": "PORT_TO_PORT",
    },
    "conveyance": {"vesselName": "HALCYON TERN", "vesselIMONumber": "2000418", "voyageNumber": "041S"},
    "goods": [
        {
            "descriptionOfGoods": ["CENTRIFUGAL WATER PUMPS AND PARTS FOR PUMPS"],
            "HSCodes": ["841370", "841391"],
            "numberOfPackages": 756,
            "shippingMarks": ["KALLANG TERN"],
        }
    ],
    "issueDate": "2026-10-01",
    "effectiveDate": "2026-10-01",
    "placeOfIssue": {"UNLocationCode": "GBLON", "locationName": "London"},
    "claimsPayableAt": {"locationName": "Singapore", "UNLocationCode": "SGSIN"},
    "surveyAgent": {
        "partyName": "Sentosa Heron Surveyors Pte. Ltd.",
        "name": "Duty surveyor",
        "phone": "+65 5550 0171",
    },
    "claimsAgent": {
        "partyName": "Raffles Grebe Claims Services Pte. Ltd.",
        "name": "Claims desk",
        "email": "claims@raffles-grebe.example",
    },
    "numberOfOriginals": 1,
    "signature": {"capacity": "INSURER", "name": "Saltgrebe Marine Insurance plc"},
    "clauses": [
        "Institute Classification Clause 1/1/2001.",
        "Cargo ISM Endorsement 1/5/98.",
        "Claims are to be notified without delay to the survey agent named.",
    ],
    "transportDocumentReference": "ZQHMSHA26100417",
    "policyNumber": "SMI-26-P-000519",
}

TERMS_OF_SALE: dict[str, Any] = {
    "incoterm": "FOB",
    "incotermEdition": "2020",
    "namedPlace": "Shanghai",
    "invoice": {"number": "LT-26-3301", "date": "2026-10-02", "amount": 81200, "currency": "USD"},
}
