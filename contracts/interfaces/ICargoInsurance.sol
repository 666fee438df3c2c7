// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPartyRegistry} from "./IPartyRegistry.sol";
import {ISignedActs} from "./ISignedActs.sol";
import {ITitleRegistry} from "./ITitleRegistry.sol";

/// @notice Certificates of cargo insurance, each tied to a title: whom it assures is read from the title itself, so that
/// it passes with the title in the same transaction and at no cost. Sums and names stay in the signed certificate.
/// Each act exists as a call by its actor and as typed data that anyone may relay (…BySignature). Both carry
/// `sequence`, the number of acts on the certificate so far: no act lands twice or on a stale view.
interface ICargoInsurance is ISignedActs {
    /// @notice FOLLOW: the assured is whoever is entitled under the title. LOSS_PAYEE: the same, and claims are paid to a
    /// named payee until it releases that. NONE: the assured is a named party, whatever becomes of the title.
    enum Mode {
        FOLLOW,
        LOSS_PAYEE,
        NONE
    }

    /// @notice What is cancelled: all that is covered, the war risks, or the strikes risks.
    enum Part {
        ALL,
        WAR,
        STRIKES
    }

    /// @notice REVIEW: the title was surrendered for amendment or paper, or replaced, and the insurer has not carried the
    /// certificate over. ENDED: the notices of cancellation of all parts have run out.
    enum CertificateStatus {
        NONE,
        IN_FORCE,
        REVIEW,
        ENDED
    }

    enum ClaimStatus {
        NONE,
        NOTIFIED,
        ACKNOWLEDGED,
        SURVEYED,
        SETTLED,
        DECLINED
    }

    enum CertificateVerb {
        NONE,
        ISSUE_CERTIFICATE,
        CARRY_OVER,
        CONSENT_TO_CANCELLATION,
        CANCEL_CERTIFICATE,
        RELEASE_LOSS_PAYEE,
        NOTIFY_CLAIM,
        ACKNOWLEDGE_CLAIM,
        SURVEY_CLAIM,
        SETTLE_CLAIM,
        DECLINE_CLAIM
    }

    /// @notice A time for each part of the cover, seconds since 1970; 0: not covered, or not cancelled.
    struct Parts {
        uint40 cargo;
        uint40 war;
        uint40 strikes;
    }

    /// @notice A certificate as anyone may read it.
    /// @param named the loss payee, or the assured of mode NONE; zero where the mode is FOLLOW
    /// @param isReleased the loss payee has released its right
    /// @param assured whom it assures now (see `assuredOf`)
    /// @param payee whom a claim would be paid to now
    /// @param attachesAt when the risk of each part attaches; 0 where the part is not covered
    /// @param endsAt when the notice of its cancellation runs out; 0 where there is none
    /// @param actedAt time of the last act, seconds since 1970
    struct Certificate {
        address insurer;
        bytes32 titleId;
        Mode mode;
        address named;
        bool isReleased;
        CertificateStatus status;
        address assured;
        address payee;
        Parts attachesAt;
        Parts endsAt;
        uint32 sequence;
        uint40 actedAt;
        bytes32 commitment;
        bytes32 head;
    }

    /// @param claimant who gave notice of it, the assured of that time
    struct Claim {
        address claimant;
        ClaimStatus status;
        uint40 notifiedAt;
        uint40 actedAt;
    }

    /// @notice The titles that took the place of a replaced one, and what else its last link was made of: proved against
    /// the replaced title's head, which moves no more.
    /// @param head the head before the replacement
    /// @param possession the word that said how the title stood before it (see Possession.sol)
    /// @param endorsee its party number, 0 for none
    struct Replacement {
        bytes32 head;
        uint256 possession;
        uint32 endorsee;
        bytes32[] newIds;
    }

    event CertificateIssued(
        bytes32 indexed certificateId,
        bytes32 indexed titleId,
        address indexed insurer,
        Mode mode,
        address named,
        uint40 cargoAttachesAt,
        uint40 warAttachesAt,
        uint40 strikesAttachesAt,
        bytes32 referenceDigest,
        bytes32 commitment,
        uint40 time
    );
    /// @notice Beside `CertificateIssued`, so that a payee or named assured finds the certificates that name it.
    event PartyNamed(bytes32 indexed certificateId, address indexed party);
    /// @param titleId the title the certificate is tied to from now on
    /// @param replaced the one it was tied to
    event CarriedOver(
        bytes32 indexed certificateId,
        bytes32 indexed titleId,
        address indexed insurer,
        bytes32 replaced,
        bytes32 commitment,
        uint32 sequence,
        uint40 time
    );
    event CancellationConsented(
        bytes32 indexed certificateId, address indexed assured, Part part, uint32 sequence, uint40 time
    );
    /// @param endsAt when the notice runs out: the parts it cancels end then, unless they end sooner
    event CertificateCancelled(
        bytes32 indexed certificateId,
        bytes32 indexed titleId,
        address indexed insurer,
        Part part,
        uint40 endsAt,
        uint32 sequence,
        uint40 time
    );
    event LossPayeeReleased(bytes32 indexed certificateId, address indexed payee, uint32 sequence, uint40 time);
    /// @notice A claim is named by the sequence of its notice.
    event ClaimNotified(
        bytes32 indexed certificateId,
        bytes32 indexed titleId,
        address indexed assured,
        bytes32 documentsDigest,
        uint32 sequence,
        uint40 time
    );
    event ClaimAcknowledged(
        bytes32 indexed certificateId, address indexed insurer, uint32 claim, uint32 sequence, uint40 time
    );
    event ClaimSurveyed(
        bytes32 indexed certificateId,
        address indexed insurer,
        uint32 claim,
        bytes32 surveyDigest,
        uint32 sequence,
        uint40 time
    );
    event ClaimSettled(
        bytes32 indexed certificateId,
        address indexed insurer,
        address indexed payee,
        uint32 claim,
        bytes32 settlementDigest,
        bytes32 subrogationDigest,
        uint32 sequence,
        uint40 time
    );
    event ClaimDeclined(
        bytes32 indexed certificateId,
        address indexed insurer,
        uint32 claim,
        bytes32 reasonDigest,
        uint32 sequence,
        uint40 time
    );

    error UnknownCertificate(bytes32 certificateId, address caller);
    error StaleCertificate(bytes32 certificateId, address caller, uint32 current, uint32 given);
    error CertificateExists(bytes32 certificateId, address caller);
    error CertificateDigestMissing(bytes32 certificateId, address caller);
    error InsurerRoleMissing(bytes32 certificateId, address caller);
    error InsurerSuspended(bytes32 certificateId, address caller);
    error NotInsurer(bytes32 certificateId, address caller);
    error NotAssured(bytes32 certificateId, address caller);
    error NothingCovered(bytes32 certificateId, address caller);
    error NamedPartyMismatch(bytes32 certificateId, address caller, Mode mode);
    error NamedPartyNotRegistered(bytes32 certificateId, address caller, address party);
    error NamedPartySuspended(bytes32 certificateId, address caller, address party);
    error TitleNotReplaced(bytes32 certificateId, address caller, ITitleRegistry.Status status);
    error NotAReplacement(bytes32 certificateId, address caller, bytes32 titleId);
    error PartNotCovered(bytes32 certificateId, address caller, Part part);
    error PartAlreadyCancelled(bytes32 certificateId, address caller, Part part);
    error ConsentMissing(bytes32 certificateId, address caller, Part part, uint256 endsAt);
    error LossPayeeStands(bytes32 certificateId, address caller, address payee);
    error NotLossPayee(bytes32 certificateId, address caller);
    error UnknownClaim(bytes32 certificateId, address caller, uint32 claim);
    error ClaimNotAtThisStage(bytes32 certificateId, address caller, uint32 claim, ClaimStatus status);
    error NotPayee(bytes32 certificateId, address caller, address payee);

    // ISSUE AND CARRY-OVER

    /// @notice Issues a certificate against a live title. Insurer only. Each …AttachesAt: when the risk attaches (UTC
    /// seconds since 1970, as the certificate says), 0 where the part is not covered.
    /// @param named the payee (LOSS_PAYEE) or the assured (NONE); zero for FOLLOW
    /// @param referenceDigest keccak-256 of the certificate's number and its salt
    /// @param commitment keccak-256 of salt and record digest
    function issueCertificate(
        bytes32 titleId,
        Mode mode,
        address named,
        uint40 cargoAttachesAt,
        uint40 warAttachesAt,
        uint40 strikesAttachesAt,
        bytes32 referenceDigest,
        bytes32 commitment
    ) external returns (bytes32 certificateId);
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
    ) external returns (bytes32 certificateId);

    /// @notice Ties the certificate to one of the titles that took the place of its title, with the certificate as
    /// amended. The insurer only, suspended or not. Where a title was divided, the others need certificates of their own.
    /// @param replacement proves that `titleId` is such a title; anyone may supply it, it is not signed
    function carryOver(
        bytes32 certificateId,
        uint32 sequence,
        bytes32 titleId,
        bytes32 commitment,
        Replacement calldata replacement
    ) external;
    function carryOverBySignature(
        bytes32 certificateId,
        uint32 sequence,
        bytes32 titleId,
        bytes32 commitment,
        Replacement calldata replacement,
        Authorization calldata authorization
    ) external;

    // CANCELLATION

    /// @notice The assured agrees to a cancellation that needs it. It counts for the very next act on the certificate,
    /// within 7 days, while who consented is still the assured.
    function consentToCancellation(bytes32 certificateId, uint32 sequence, Part part) external;
    function consentToCancellationBySignature(
        bytes32 certificateId, uint32 sequence, Part part, Authorization calldata authorization
    ) external;

    /// @notice Gives notice of cancellation: 7 days for war or strikes alone, 30 for all, from the midnight (UTC) that
    /// ends the day of notice. Where a risk attaches before the notice runs out, only with the assured's consent and
    /// without a loss payee. The insurer only, suspended or not.
    function cancelCertificate(bytes32 certificateId, uint32 sequence, Part part) external;
    function cancelCertificateBySignature(
        bytes32 certificateId, uint32 sequence, Part part, Authorization calldata authorization
    ) external;

    // CLAIMS

    /// @notice Gives up the right to be paid. The named payee only.
    function releaseLossPayee(bytes32 certificateId, uint32 sequence) external;
    function releaseLossPayeeBySignature(
        bytes32 certificateId, uint32 sequence, Authorization calldata authorization
    ) external;

    /// @notice Gives notice of a loss, with a digest of its documents. The assured only. The claim is named by the
    /// certificate's sequence after this act.
    function notifyClaim(bytes32 certificateId, uint32 sequence, bytes32 documentsDigest) external;
    function notifyClaimBySignature(
        bytes32 certificateId, uint32 sequence, bytes32 documentsDigest, Authorization calldata authorization
    ) external;

    /// @notice Takes note of a claim. Here and below: the insurer only, suspended or not.
    function acknowledgeClaim(bytes32 certificateId, uint32 sequence, uint32 claim) external;
    function acknowledgeClaimBySignature(
        bytes32 certificateId, uint32 sequence, uint32 claim, Authorization calldata authorization
    ) external;

    /// @notice Records a survey's report on an acknowledged claim; there may be several.
    function surveyClaim(bytes32 certificateId, uint32 sequence, uint32 claim, bytes32 surveyDigest) external;
    function surveyClaimBySignature(
        bytes32 certificateId, uint32 sequence, uint32 claim, bytes32 surveyDigest, Authorization calldata authorization
    ) external;

    /// @notice Records that an acknowledged claim was settled with `payee`, who must be the one it is payable to now.
    /// @param subrogationDigest of the paper that subrogates the insurer; zero where there is none
    function settleClaim(
        bytes32 certificateId,
        uint32 sequence,
        uint32 claim,
        address payee,
        bytes32 settlementDigest,
        bytes32 subrogationDigest
    ) external;
    function settleClaimBySignature(
        bytes32 certificateId,
        uint32 sequence,
        uint32 claim,
        address payee,
        bytes32 settlementDigest,
        bytes32 subrogationDigest,
        Authorization calldata authorization
    ) external;

    /// @notice Declines an acknowledged claim, for reasons whose digest is given.
    function declineClaim(bytes32 certificateId, uint32 sequence, uint32 claim, bytes32 reasonDigest) external;
    function declineClaimBySignature(
        bytes32 certificateId, uint32 sequence, uint32 claim, bytes32 reasonDigest, Authorization calldata authorization
    ) external;

    // VIEWS

    /// @notice The certificate; status NONE and all zero where there is none.
    function certificate(bytes32 certificateId) external view returns (Certificate memory);

    /// @notice A claim on it; status NONE where there is none of this number.
    function claimOf(bytes32 certificateId, uint32 number) external view returns (Claim memory);

    /// @notice Whom it assures. FOLLOW and LOSS_PAYEE: who is entitled under the title, also while a surrender is pending
    /// and after it; on a straight bill surrendered for delivery the consignee. NONE: the named party. Zero where there is
    /// no certificate.
    function assuredOf(bytes32 certificateId) external view returns (address);

    /// @notice keccak-256 of insurer and referenceDigest, each as a 32-byte word.
    function certificateIdOf(address insurer, bytes32 referenceDigest) external pure returns (bytes32);

    /// @notice The registry whose titles certificates are tied to.
    function titles() external view returns (ITitleRegistry);

    /// @notice That registry's parties, who may insure and be named here.
    function parties() external view returns (IPartyRegistry);
}
