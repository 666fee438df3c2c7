// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICargoInsurance} from "./interfaces/ICargoInsurance.sol";

/// @title CertificateActTypes
/// @notice The EIP-712 types of the acts on a certificate, one primary type a verb, and their struct hashes.
library CertificateActTypes {
    bytes32 internal constant ISSUE_CERTIFICATE = keccak256(
        "IssueCertificate(bytes32 certificateId,uint32 sequence,bytes32 titleId,uint8 mode,address named,uint40 cargoAttachesAt,uint40 warAttachesAt,uint40 strikesAttachesAt,bytes32 referenceDigest,bytes32 commitment,uint64 deadline)"
    );
    bytes32 internal constant CARRY_OVER =
        keccak256("CarryOver(bytes32 certificateId,uint32 sequence,bytes32 titleId,bytes32 commitment,uint64 deadline)");
    bytes32 internal constant CONSENT_TO_CANCELLATION =
        keccak256("ConsentToCancellation(bytes32 certificateId,uint32 sequence,uint8 part,uint64 deadline)");
    bytes32 internal constant CANCEL_CERTIFICATE =
        keccak256("CancelCertificate(bytes32 certificateId,uint32 sequence,uint8 part,uint64 deadline)");
    bytes32 internal constant RELEASE_LOSS_PAYEE =
        keccak256("ReleaseLossPayee(bytes32 certificateId,uint32 sequence,uint64 deadline)");
    bytes32 internal constant NOTIFY_CLAIM =
        keccak256("NotifyClaim(bytes32 certificateId,uint32 sequence,bytes32 documentsDigest,uint64 deadline)");
    bytes32 internal constant ACKNOWLEDGE_CLAIM =
        keccak256("AcknowledgeClaim(bytes32 certificateId,uint32 sequence,uint32 claim,uint64 deadline)");
    bytes32 internal constant SURVEY_CLAIM =
        keccak256("SurveyClaim(bytes32 certificateId,uint32 sequence,uint32 claim,bytes32 surveyDigest,uint64 deadline)");
    bytes32 internal constant SETTLE_CLAIM = keccak256(
        "SettleClaim(bytes32 certificateId,uint32 sequence,uint32 claim,address payee,bytes32 settlementDigest,bytes32 subrogationDigest,uint64 deadline)"
    );
    bytes32 internal constant DECLINE_CLAIM =
        keccak256("DeclineClaim(bytes32 certificateId,uint32 sequence,uint32 claim,bytes32 reasonDigest,uint64 deadline)");

    /// The sequence of an issue is 0: no act came before it. All members are words, so that packing sets them side by side.
    function issueCertificate(
        bytes32 certificateId,
        bytes32 titleId,
        ICargoInsurance.Mode mode,
        address named,
        ICargoInsurance.Parts memory attachesAt,
        bytes32 referenceDigest,
        bytes32 commitment,
        uint64 deadline
    ) internal pure returns (bytes32) {
        return keccak256(
            bytes.concat(
                abi.encode(ISSUE_CERTIFICATE, certificateId, uint32(0), titleId, mode, named),
                abi.encode(attachesAt, referenceDigest, commitment, deadline)
            )
        );
    }

    function carryOver(bytes32 certificateId, uint32 sequence, bytes32 titleId, bytes32 commitment, uint64 deadline)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(CARRY_OVER, certificateId, sequence, titleId, commitment, deadline));
    }

    function releaseLossPayee(bytes32 certificateId, uint32 sequence, uint64 deadline)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(RELEASE_LOSS_PAYEE, certificateId, sequence, deadline));
    }

    /// Acts with one argument of one word: consent, cancel, notify and acknowledge a claim.
    function oneWord(bytes32 typeHash, bytes32 certificateId, uint32 sequence, bytes32 argument, uint64 deadline)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(typeHash, certificateId, sequence, argument, deadline));
    }

    /// Acts on a claim that bring a digest: survey and decline.
    function onClaim(
        bytes32 typeHash, bytes32 certificateId, uint32 sequence, uint32 claim, bytes32 digest, uint64 deadline
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(typeHash, certificateId, sequence, claim, digest, deadline));
    }

    function settleClaim(
        bytes32 certificateId,
        uint32 sequence,
        uint32 claim,
        address payee,
        bytes32 settlementDigest,
        bytes32 subrogationDigest,
        uint64 deadline
    ) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                SETTLE_CLAIM, certificateId, sequence, claim, payee, settlementDigest, subrogationDigest, deadline
            )
        );
    }
}
