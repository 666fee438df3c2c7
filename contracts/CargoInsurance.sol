// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ICargoInsurance} from "./interfaces/ICargoInsurance.sol";
import {ISignedActs} from "./interfaces/ISignedActs.sol";
import {ITitleRegistry} from "./interfaces/ITitleRegistry.sol";
import {CertificateActs} from "./CertificateActs.sol";
import {CertificateActTypes} from "./CertificateActTypes.sol";
import {CertificateRecords} from "./CertificateRecords.sol";

/// @title CargoInsurance
/// @notice Certificates of insurance, each tied to a title. No proxy, no pause, no admin path to a certificate, and no
/// power over a title: the registry is only read. The acts stand in CertificateActs, who may do them and how they are
/// recorded in CertificateRecords, signatures in SignedActs.
/// GUARANTEES, each with the test (tests/contract, where nothing else is said) that holds it
/// - FOLLOW and LOSS_PAYEE assure the entitled party at every block, whatever is done on either contract:
///   test_insurance_rulebook.py, test_certificate_walk.py, test_certificates.py/
///   test_the_assured_is_who_is_entitled_at_every_step, and in contracts/test
///   InsuranceInvariants.t.sol/invariant_theAssuredIsWhoIsEntitledAndNothingIsLost.
/// - After surrender the assured stays who was entitled, on a delivered straight bill the consignee:
///   test_certificates.py/test_the_consignee_of_a_delivered_straight_bill_is_assured.
/// - A loss payee stays until it gives that up itself, and no attached risk is cancelled under it:
///   test_cancellation.py/test_no_attached_risk_is_cancelled_from_under_a_payee.
/// - Cover ends by notice only, 7 or 30 whole days after the day of notice, and where the risk attaches before that only
///   with the assured's consent: test_cancellation.py/test_a_notice_runs_from_the_midnight_that_ends_its_day,
///   test_an_attached_risk_ends_only_with_consent, test_a_consent_is_for_the_next_act_the_part_and_the_assured_of_now.
/// - A certificate is carried over to a title that took its title's place, and to none other:
///   test_certificates.py/test_a_certificate_is_carried_over_to_a_replacement_only.
/// - A claim is notified by the assured alone and settled with who is to be paid at that block:
///   test_certificates.py/test_only_the_assured_gives_notice, test_a_settlement_names_whom_it_is_payable_to_now.
/// - No act succeeds twice with one signature, out of sequence, on another chain or contract:
///   test_certificates.py/test_an_act_lands_once, test_a_signature_is_for_one_contract; deadlines: Signatures.t.sol.
/// - `head` recomputed from the events equals storage, at a pinned slot: test_insurance_rulebook.py,
///   test_certificates.py/test_the_head_lies_in_the_pinned_slot.
/// - A hostile wallet in a batch spoils its own act only: test_certificates.py/test_a_wallet_in_a_batch_spoils_nothing.
/// - A title's acts cost the same with a certificate as without: test_gas.py (transfer_dearer_with_certificate).
/// NOT GUARANTEED
/// - That a certificate is what its commitment stands for, or that sums, dates and conditions suffice: readers check the
///   document.
/// - That the risk attaches when the insurer said; the times are its signed statement.
/// - That every part of a divided title is covered: the insurer carries the certificate over to one and issues others.
/// - That an insurer answers a claim, or that a settlement was paid.
/// - That the assured stays insured against who holds a paper bill: from there no title can be followed (REVIEW).
contract CargoInsurance is CertificateActs, ERC165 {
    constructor(ITitleRegistry titles_) EIP712("eBL Ledger Insurance", "1") CertificateRecords(titles_) {}

    // ISSUE AND CARRY-OVER

    /// @inheritdoc ICargoInsurance
    function issueCertificate(
        bytes32 titleId,
        Mode mode,
        address named,
        uint40 cargoAttachesAt,
        uint40 warAttachesAt,
        uint40 strikesAttachesAt,
        bytes32 referenceDigest,
        bytes32 commitment
    ) external returns (bytes32 certificateId) {
        Parts memory attachesAt = Parts(cargoAttachesAt, warAttachesAt, strikesAttachesAt);
        return _issueCertificate(msg.sender, titleId, mode, named, attachesAt, referenceDigest, commitment);
    }

    /// @inheritdoc ICargoInsurance
    function issueCertificateBySignature(
        bytes32 titleId,
        Mode mode,
        address named,
        uint40 cargoAttachesAt,
        uint40 warAttachesAt,
        uint40 strikesAttachesAt,
        bytes32 referenceDigest,
        bytes32 commitment,
        Authorization calldata authorization
    ) external returns (bytes32 certificateId) {
        Parts memory attachesAt = Parts(cargoAttachesAt, warAttachesAt, strikesAttachesAt);
        certificateId = certificateIdOf(authorization.signer, referenceDigest);
        bytes32 structHash = CertificateActTypes.issueCertificate(
            certificateId, titleId, mode, named, attachesAt, referenceDigest, commitment, authorization.deadline
        );
        address insurer = _signer(authorization, structHash);
        return _issueCertificate(insurer, titleId, mode, named, attachesAt, referenceDigest, commitment);
    }

    /// @inheritdoc ICargoInsurance
    function carryOver(
        bytes32 certificateId,
        uint32 sequence,
        bytes32 titleId,
        bytes32 commitment,
        Replacement calldata replacement
    ) external {
        _carryOver(msg.sender, certificateId, sequence, titleId, commitment, replacement);
    }

    /// @inheritdoc ICargoInsurance
    function carryOverBySignature(
        bytes32 certificateId,
        uint32 sequence,
        bytes32 titleId,
        bytes32 commitment,
        Replacement calldata replacement,
        Authorization calldata authorization
    ) external {
        bytes32 structHash =
            CertificateActTypes.carryOver(certificateId, sequence, titleId, commitment, authorization.deadline);
        _carryOver(_signer(authorization, structHash), certificateId, sequence, titleId, commitment, replacement);
    }

    // CANCELLATION

    /// @inheritdoc ICargoInsurance
    function consentToCancellation(bytes32 certificateId, uint32 sequence, Part part) external {
        _consentToCancellation(msg.sender, certificateId, sequence, part);
    }

    /// @inheritdoc ICargoInsurance
    function consentToCancellationBySignature(
        bytes32 certificateId, uint32 sequence, Part part, Authorization calldata authorization
    ) external {
        bytes32 typeHash = CertificateActTypes.CONSENT_TO_CANCELLATION;
        address signer = _signerOf(typeHash, certificateId, sequence, bytes32(uint256(part)), authorization);
        _consentToCancellation(signer, certificateId, sequence, part);
    }

    /// @inheritdoc ICargoInsurance
    function cancelCertificate(bytes32 certificateId, uint32 sequence, Part part) external {
        _cancelCertificate(msg.sender, certificateId, sequence, part);
    }

    /// @inheritdoc ICargoInsurance
    function cancelCertificateBySignature(
        bytes32 certificateId, uint32 sequence, Part part, Authorization calldata authorization
    ) external {
        bytes32 typeHash = CertificateActTypes.CANCEL_CERTIFICATE;
        address signer = _signerOf(typeHash, certificateId, sequence, bytes32(uint256(part)), authorization);
        _cancelCertificate(signer, certificateId, sequence, part);
    }

    // CLAIMS

    /// @inheritdoc ICargoInsurance
    function releaseLossPayee(bytes32 certificateId, uint32 sequence) external {
        _releaseLossPayee(msg.sender, certificateId, sequence);
    }

    /// @inheritdoc ICargoInsurance
    function releaseLossPayeeBySignature(
        bytes32 certificateId, uint32 sequence, Authorization calldata authorization
    ) external {
        bytes32 structHash = CertificateActTypes.releaseLossPayee(certificateId, sequence, authorization.deadline);
        _releaseLossPayee(_signer(authorization, structHash), certificateId, sequence);
    }

    /// @inheritdoc ICargoInsurance
    function notifyClaim(bytes32 certificateId, uint32 sequence, bytes32 documentsDigest) external {
        _notifyClaim(msg.sender, certificateId, sequence, documentsDigest);
    }

    /// @inheritdoc ICargoInsurance
    function notifyClaimBySignature(
        bytes32 certificateId, uint32 sequence, bytes32 documentsDigest, Authorization calldata authorization
    ) external {
        bytes32 typeHash = CertificateActTypes.NOTIFY_CLAIM;
        address signer = _signerOf(typeHash, certificateId, sequence, documentsDigest, authorization);
        _notifyClaim(signer, certificateId, sequence, documentsDigest);
    }

    /// @inheritdoc ICargoInsurance
    function acknowledgeClaim(bytes32 certificateId, uint32 sequence, uint32 claim) external {
        _acknowledgeClaim(msg.sender, certificateId, sequence, claim);
    }

    /// @inheritdoc ICargoInsurance
    function acknowledgeClaimBySignature(
        bytes32 certificateId, uint32 sequence, uint32 claim, Authorization calldata authorization
    ) external {
        bytes32 typeHash = CertificateActTypes.ACKNOWLEDGE_CLAIM;
        address signer = _signerOf(typeHash, certificateId, sequence, bytes32(uint256(claim)), authorization);
        _acknowledgeClaim(signer, certificateId, sequence, claim);
    }

    /// @inheritdoc ICargoInsurance
    function surveyClaim(bytes32 certificateId, uint32 sequence, uint32 claim, bytes32 surveyDigest) external {
        _surveyClaim(msg.sender, certificateId, sequence, claim, surveyDigest);
    }

    /// @inheritdoc ICargoInsurance
    function surveyClaimBySignature(
        bytes32 certificateId, uint32 sequence, uint32 claim, bytes32 surveyDigest, Authorization calldata authorization
    ) external {
        bytes32 structHash = CertificateActTypes.onClaim(
            CertificateActTypes.SURVEY_CLAIM, certificateId, sequence, claim, surveyDigest, authorization.deadline
        );
        _surveyClaim(_signer(authorization, structHash), certificateId, sequence, claim, surveyDigest);
    }

    /// @inheritdoc ICargoInsurance
    function settleClaim(
        bytes32 certificateId,
        uint32 sequence,
        uint32 claim,
        address payee,
        bytes32 settlementDigest,
        bytes32 subrogationDigest
    ) external {
        _settleClaim(msg.sender, certificateId, sequence, claim, payee, settlementDigest, subrogationDigest);
    }

    /// @inheritdoc ICargoInsurance
    function settleClaimBySignature(
        bytes32 certificateId,
        uint32 sequence,
        uint32 claim,
        address payee,
        bytes32 settlementDigest,
        bytes32 subrogationDigest,
        Authorization calldata authorization
    ) external {
        bytes32 structHash = CertificateActTypes.settleClaim(
            certificateId, sequence, claim, payee, settlementDigest, subrogationDigest, authorization.deadline
        );
        address signer = _signer(authorization, structHash);
        _settleClaim(signer, certificateId, sequence, claim, payee, settlementDigest, subrogationDigest);
    }

    /// @inheritdoc ICargoInsurance
    function declineClaim(bytes32 certificateId, uint32 sequence, uint32 claim, bytes32 reasonDigest) external {
        _declineClaim(msg.sender, certificateId, sequence, claim, reasonDigest);
    }

    /// @inheritdoc ICargoInsurance
    function declineClaimBySignature(
        bytes32 certificateId, uint32 sequence, uint32 claim, bytes32 reasonDigest, Authorization calldata authorization
    ) external {
        bytes32 structHash = CertificateActTypes.onClaim(
            CertificateActTypes.DECLINE_CLAIM, certificateId, sequence, claim, reasonDigest, authorization.deadline
        );
        _declineClaim(_signer(authorization, structHash), certificateId, sequence, claim, reasonDigest);
    }

    // STANDARDS

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(ICargoInsurance).interfaceId || interfaceId == type(ISignedActs).interfaceId
            || super.supportsInterface(interfaceId);
    }

    // SIGNERS

    function _signerOf(
        bytes32 typeHash, bytes32 certificateId, uint32 sequence, bytes32 argument, Authorization calldata authorization
    ) private view returns (address) {
        bytes32 structHash =
            CertificateActTypes.oneWord(typeHash, certificateId, sequence, argument, authorization.deadline);
        return _signer(authorization, structHash);
    }
}
