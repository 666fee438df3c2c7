// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITitleRegistry} from "./interfaces/ITitleRegistry.sol";
import {CertificateRecords} from "./CertificateRecords.sol";
import {Cover, coverOf, PARTS, Standing, standingOf} from "./Standing.sol";

/// @title CertificateActs
/// @notice What each act asks and does, whoever carried it here: checks, link, changes, event, in that order.
abstract contract CertificateActs is CertificateRecords {
    uint256 private constant NOTICE = 30 days;
    uint256 private constant WAR_AND_STRIKES_NOTICE = 7 days;
    uint256 private constant CONSENT_PERIOD = 7 days;
    bytes32 private constant NO_ARGUMENTS = 0;

    // ISSUE AND CARRY-OVER

    function _issueCertificate(
        address insurer,
        bytes32 titleId,
        Mode mode,
        address named,
        Parts memory attachesAt,
        bytes32 referenceDigest,
        bytes32 commitment
    ) internal returns (bytes32 certificateId) {
        certificateId = certificateIdOf(insurer, referenceDigest);
        Record storage c = _records[certificateId];
        _requireIssuer(certificateId, insurer);
        if (c.standing.sequence() != 0) revert CertificateExists(certificateId, insurer);
        if (referenceDigest == 0 || commitment == 0) revert CertificateDigestMissing(certificateId, insurer);
        Cover cover = coverOf(attachesAt.cargo, attachesAt.war, attachesAt.strikes);
        if (Cover.unwrap(cover) == 0) revert NothingCovered(certificateId, insurer);
        _requireLive(titleId, insurer);
        _requireNamed(certificateId, insurer, mode, named);

        bytes32 seed = keccak256(abi.encode(_domainSeparatorV4(), certificateId));
        bytes32 arguments = keccak256(abi.encode(titleId, mode, named, attachesAt, referenceDigest, commitment));
        Standing s = standingOf(insurer, mode).next();
        c.head = _headAfter(seed, CertificateVerb.ISSUE_CERTIFICATE, insurer, arguments, Standing.wrap(0));
        c.standing = s;
        c.cover = cover;
        c.titleId = titleId;
        c.commitment = commitment;
        emit CertificateIssued(
            certificateId,
            titleId,
            insurer,
            mode,
            named,
            attachesAt.cargo,
            attachesAt.war,
            attachesAt.strikes,
            referenceDigest,
            commitment,
            s.actedAt()
        );
        if (named != address(0)) {
            c.named = named;
            emit PartyNamed(certificateId, named);
        }
    }

    /// A replaced title's head moves no more, and its last link names what took its place.
    function _carryOver(
        address actor,
        bytes32 certificateId,
        uint32 sequence,
        bytes32 titleId,
        bytes32 commitment,
        Replacement calldata replacement
    ) internal {
        (Record storage c, Standing s) = _insured(certificateId, actor, sequence);
        if (commitment == 0) revert CertificateDigestMissing(certificateId, actor);
        bytes32 replaced = c.titleId;
        ITitleRegistry.Title memory t = titles.title(replaced);
        if (t.status != ITitleRegistry.Status.REPLACED) revert TitleNotReplaced(certificateId, actor, t.status);
        if (_headOf(t, replacement) != t.head) revert ITitleRegistry.PreviousActMismatch(replaced, actor);
        bool isAmong = false;
        for (uint256 i = 0; i < replacement.newIds.length && !isAmong; ++i) isAmong = replacement.newIds[i] == titleId;
        if (!isAmong) revert NotAReplacement(certificateId, actor, titleId);

        s = _link(c, s, CertificateVerb.CARRY_OVER, actor, keccak256(abi.encode(titleId, commitment)));
        c.standing = s;
        c.titleId = titleId;
        c.commitment = commitment;
        emit CarriedOver(certificateId, titleId, actor, replaced, commitment, s.sequence(), s.actedAt());
    }

    /// The head of a title whose last act was this replacement (see TitleRecords._headAfter and TitleActs._retire).
    function _headOf(ITitleRegistry.Title memory t, Replacement calldata r) private pure returns (bytes32) {
        bytes32 arguments = keccak256(abi.encodePacked(r.newIds));
        return keccak256(
            abi.encode(
                r.head,
                uint256(ITitleRegistry.Verb.REPLACE),
                uint256(t.actedAt),
                t.carrier,
                arguments,
                r.possession,
                r.endorsee
            )
        );
    }

    // CANCELLATION

    function _consentToCancellation(address actor, bytes32 certificateId, uint32 sequence, Part part) internal {
        (Record storage c, Standing s) = _assured(certificateId, actor, sequence);

        s = _link(c, s, CertificateVerb.CONSENT_TO_CANCELLATION, actor, bytes32(uint256(part))).consenting(part);
        c.standing = s;
        c.consentedBy = actor;
        emit CancellationConsented(certificateId, actor, part, s.sequence(), s.actedAt());
    }

    function _cancelCertificate(address actor, bytes32 certificateId, uint32 sequence, Part part) internal {
        (Record storage c, Standing s) = _insured(certificateId, actor, sequence);
        uint40 endsAt = _noticeEnds(part);
        (Cover cover, bool hasAttached) = _cancelled(c.cover, certificateId, actor, part, endsAt);
        if (hasAttached) _requireConsent(c, s, certificateId, part, endsAt);

        s = _link(c, s, CertificateVerb.CANCEL_CERTIFICATE, actor, bytes32(uint256(part)));
        c.standing = s;
        c.cover = cover;
        emit CertificateCancelled(certificateId, c.titleId, actor, part, endsAt, s.sequence(), s.actedAt());
    }

    /// From the midnight that ends the day of notice: no day of it is a shorter one.
    function _noticeEnds(Part part) private view returns (uint40) {
        uint256 midnight = (block.timestamp / 1 days + 1) * 1 days;
        return uint40(midnight + (part == Part.ALL ? NOTICE : WAR_AND_STRIKES_NOTICE));
    }

    /// The cover as it ends by this notice, and whether the risk of any part of it attaches before the notice runs out.
    function _cancelled(Cover cover, bytes32 certificateId, address actor, Part part, uint40 endsAt)
        private
        pure
        returns (Cover, bool hasAttached)
    {
        bool isCovered = false;
        bool isNew = false;
        for (uint256 i = 0; i < PARTS; ++i) {
            uint40 attachesAt = cover.attachesAt(i);
            if (attachesAt == 0 || (part != Part.ALL && uint256(part) != i)) continue;
            isCovered = true;
            uint40 present = cover.endsAt(i);
            if (present != 0 && present <= endsAt) continue;
            isNew = true;
            hasAttached = hasAttached || attachesAt < endsAt;
            cover = cover.ending(i, endsAt);
        }
        if (!isCovered) revert PartNotCovered(certificateId, actor, part);
        if (!isNew) revert PartAlreadyCancelled(certificateId, actor, part);
        return (cover, hasAttached);
    }

    /// A payee alone may give up its right, so a risk it relies on does not end while it stands.
    function _requireConsent(Record storage c, Standing s, bytes32 certificateId, Part part, uint40 endsAt) private view {
        if (_hasLossPayee(s)) revert LossPayeeStands(certificateId, s.insurer(), c.named);
        bool isGiven = s.consents(part) && block.timestamp <= s.actedAt() + CONSENT_PERIOD
            && c.consentedBy == _assuredBy(s, c.titleId, c.named);
        if (!isGiven) revert ConsentMissing(certificateId, s.insurer(), part, endsAt);
    }

    // CLAIMS

    function _releaseLossPayee(address actor, bytes32 certificateId, uint32 sequence) internal {
        (Record storage c, Standing s) = _current(certificateId, actor, sequence);
        if (!_hasLossPayee(s) || c.named != actor) revert NotLossPayee(certificateId, actor);

        s = _link(c, s, CertificateVerb.RELEASE_LOSS_PAYEE, actor, NO_ARGUMENTS).released();
        c.standing = s;
        emit LossPayeeReleased(certificateId, actor, s.sequence(), s.actedAt());
    }

    /// Whatever has become of title and cover: a loss is often found long after it happened.
    function _notifyClaim(address actor, bytes32 certificateId, uint32 sequence, bytes32 documentsDigest) internal {
        (Record storage c, Standing s) = _assured(certificateId, actor, sequence);
        if (documentsDigest == 0) revert CertificateDigestMissing(certificateId, actor);

        s = _link(c, s, CertificateVerb.NOTIFY_CLAIM, actor, documentsDigest);
        c.standing = s;
        _claims[certificateId][s.sequence()] = Claim(actor, ClaimStatus.NOTIFIED, s.actedAt(), s.actedAt());
        emit ClaimNotified(certificateId, c.titleId, actor, documentsDigest, s.sequence(), s.actedAt());
    }

    function _acknowledgeClaim(address actor, bytes32 certificateId, uint32 sequence, uint32 number) internal {
        (Record storage c, Standing s, Claim storage k) =
            _claimed(certificateId, actor, sequence, number, ClaimStatus.NOTIFIED, ClaimStatus.NOTIFIED);

        s = _link(c, s, CertificateVerb.ACKNOWLEDGE_CLAIM, actor, bytes32(uint256(number)));
        c.standing = s;
        (k.status, k.actedAt) = (ClaimStatus.ACKNOWLEDGED, s.actedAt());
        emit ClaimAcknowledged(certificateId, actor, number, s.sequence(), s.actedAt());
    }

    function _surveyClaim(address actor, bytes32 certificateId, uint32 sequence, uint32 number, bytes32 surveyDigest)
        internal
    {
        (Record storage c, Standing s, Claim storage k) =
            _claimed(certificateId, actor, sequence, number, ClaimStatus.ACKNOWLEDGED, ClaimStatus.SURVEYED);
        if (surveyDigest == 0) revert CertificateDigestMissing(certificateId, actor);

        s = _link(c, s, CertificateVerb.SURVEY_CLAIM, actor, keccak256(abi.encode(number, surveyDigest)));
        c.standing = s;
        (k.status, k.actedAt) = (ClaimStatus.SURVEYED, s.actedAt());
        emit ClaimSurveyed(certificateId, actor, number, surveyDigest, s.sequence(), s.actedAt());
    }

    function _settleClaim(
        address actor,
        bytes32 certificateId,
        uint32 sequence,
        uint32 number,
        address payee,
        bytes32 settlementDigest,
        bytes32 subrogationDigest
    ) internal {
        (Record storage c, Standing s, Claim storage k) =
            _claimed(certificateId, actor, sequence, number, ClaimStatus.ACKNOWLEDGED, ClaimStatus.SURVEYED);
        if (settlementDigest == 0) revert CertificateDigestMissing(certificateId, actor);
        if (_payeeOf(s, c.titleId, c.named) != payee) revert NotPayee(certificateId, actor, payee);

        bytes32 arguments = keccak256(abi.encode(number, payee, settlementDigest, subrogationDigest));
        s = _link(c, s, CertificateVerb.SETTLE_CLAIM, actor, arguments);
        c.standing = s;
        (k.status, k.actedAt) = (ClaimStatus.SETTLED, s.actedAt());
        emit ClaimSettled(
            certificateId, actor, payee, number, settlementDigest, subrogationDigest, s.sequence(), s.actedAt()
        );
    }

    function _declineClaim(address actor, bytes32 certificateId, uint32 sequence, uint32 number, bytes32 reasonDigest)
        internal
    {
        (Record storage c, Standing s, Claim storage k) =
            _claimed(certificateId, actor, sequence, number, ClaimStatus.ACKNOWLEDGED, ClaimStatus.SURVEYED);
        if (reasonDigest == 0) revert CertificateDigestMissing(certificateId, actor);

        s = _link(c, s, CertificateVerb.DECLINE_CLAIM, actor, keccak256(abi.encode(number, reasonDigest)));
        c.standing = s;
        (k.status, k.actedAt) = (ClaimStatus.DECLINED, s.actedAt());
        emit ClaimDeclined(certificateId, actor, number, reasonDigest, s.sequence(), s.actedAt());
    }
}
