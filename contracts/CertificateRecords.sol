// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICargoInsurance} from "./interfaces/ICargoInsurance.sol";
import {IPartyRegistry} from "./interfaces/IPartyRegistry.sol";
import {ITitleRegistry} from "./interfaces/ITitleRegistry.sol";
import {Registration} from "./Registration.sol";
import {SignedActs} from "./SignedActs.sol";
import {Cover, Standing} from "./Standing.sol";

/// @title CertificateRecords
/// @notice Where certificates are kept, whom they assure, how every act is linked into a head, and who may act.
abstract contract CertificateRecords is ICargoInsurance, SignedActs {
    uint8 internal constant INSURER = 2;

    /// Five slots; `named` and `consentedBy` only where there is somebody.
    struct Record {
        Standing standing;
        Cover cover;
        bytes32 titleId;
        bytes32 commitment;
        bytes32 head;
        address named;
        address consentedBy;
    }

    /// Slot 2, after EIP712's two; pinned by a test, since proofs of `head` are taken from storage.
    mapping(bytes32 certificateId => Record) internal _records;
    mapping(bytes32 certificateId => mapping(uint32 number => Claim)) internal _claims;

    /// @inheritdoc ICargoInsurance
    ITitleRegistry public immutable titles;
    /// @inheritdoc ICargoInsurance
    IPartyRegistry public immutable parties;

    constructor(ITitleRegistry titles_) {
        titles = titles_;
        parties = titles_.parties();
    }

    // VIEWS

    /// @inheritdoc ICargoInsurance
    function certificate(bytes32 certificateId) external view returns (Certificate memory) {
        Record memory c = _records[certificateId];
        Standing s = c.standing;
        return Certificate({
            insurer: s.insurer(),
            titleId: c.titleId,
            mode: s.mode(),
            named: c.named,
            isReleased: s.isReleased(),
            status: _statusOf(c),
            assured: _assuredBy(s, c.titleId, c.named),
            payee: _payeeOf(s, c.titleId, c.named),
            attachesAt: c.cover.attachment(),
            endsAt: c.cover.ends(),
            sequence: s.sequence(),
            actedAt: s.actedAt(),
            commitment: c.commitment,
            head: c.head
        });
    }

    /// @inheritdoc ICargoInsurance
    function claimOf(bytes32 certificateId, uint32 number) external view returns (Claim memory) {
        return _claims[certificateId][number];
    }

    /// @inheritdoc ICargoInsurance
    function assuredOf(bytes32 certificateId) external view returns (address) {
        Record storage c = _records[certificateId];
        return _assuredBy(c.standing, c.titleId, c.named);
    }

    /// @inheritdoc ICargoInsurance
    function certificateIdOf(address insurer, bytes32 referenceDigest) public pure returns (bytes32) {
        return keccak256(abi.encode(insurer, referenceDigest));
    }

    function _statusOf(Record memory c) private view returns (CertificateStatus) {
        if (c.standing.sequence() == 0) return CertificateStatus.NONE;
        if (c.cover.hasEnded()) return CertificateStatus.ENDED;
        ITitleRegistry.Status status = titles.title(c.titleId).status;
        bool isGone = status >= ITitleRegistry.Status.SURRENDERED_FOR_AMENDMENT;
        return isGone ? CertificateStatus.REVIEW : CertificateStatus.IN_FORCE;
    }

    // WHOM IT ASSURES

    /// Whom a certificate assures, by what is kept of it.
    function _assuredBy(Standing s, bytes32 titleId, address named) internal view returns (address) {
        return s.mode() == Mode.NONE ? named : _assuredUnder(titleId);
    }

    /// The entitled party, read from the title now. The consignee of a straight bill has the goods once they are delivered
    /// to it, although the shipper may have been the one that surrendered.
    function _assuredUnder(bytes32 titleId) private view returns (address) {
        ITitleRegistry.Title memory t = titles.title(titleId);
        // slither-disable-next-line incorrect-equality
        bool isConsignees = !t.isToOrder && t.status == ITitleRegistry.Status.SURRENDERED_FOR_DELIVERY;
        return isConsignees ? t.endorsee : t.entitled;
    }

    function _payeeOf(Standing s, bytes32 titleId, address named) internal view returns (address) {
        return _hasLossPayee(s) ? named : _assuredBy(s, titleId, named);
    }

    function _hasLossPayee(Standing s) internal pure returns (bool) {
        return s.mode() == Mode.LOSS_PAYEE && !s.isReleased();
    }

    // HISTORY

    /// Puts one more act into the head, while `s` is still as it was before it; gives `s` with its sequence and time.
    /// Every act on a certificate but its issue comes through here.
    function _link(Record storage c, Standing s, CertificateVerb verb, address actor, bytes32 arguments)
        internal
        returns (Standing)
    {
        c.head = _headAfter(c.head, verb, actor, arguments, s);
        return s.next();
    }

    /// @param before how the certificate stood before the act
    function _headAfter(bytes32 head, CertificateVerb verb, address actor, bytes32 arguments, Standing before)
        internal
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(head, uint256(verb), block.timestamp, actor, arguments, before));
    }

    // WHO MAY ACT

    function _current(bytes32 certificateId, address actor, uint32 sequence)
        internal
        view
        returns (Record storage c, Standing s)
    {
        c = _records[certificateId];
        s = c.standing;
        uint32 current = s.sequence();
        if (current == 0) revert UnknownCertificate(certificateId, actor);
        if (current != sequence) revert StaleCertificate(certificateId, actor, current, sequence);
    }

    /// No need to check the insurer's role or standing: it must be able to answer whatever has become of it.
    function _insured(bytes32 certificateId, address actor, uint32 sequence)
        internal
        view
        returns (Record storage c, Standing s)
    {
        (c, s) = _current(certificateId, actor, sequence);
        if (s.insurer() != actor) revert NotInsurer(certificateId, actor);
    }

    function _assured(bytes32 certificateId, address actor, uint32 sequence)
        internal
        view
        returns (Record storage c, Standing s)
    {
        (c, s) = _current(certificateId, actor, sequence);
        if (_assuredBy(s, c.titleId, c.named) != actor) revert NotAssured(certificateId, actor);
    }

    /// The same as `_insured`, and a claim that stands between these stages, both included.
    function _claimed(
        bytes32 certificateId, address actor, uint32 sequence, uint32 number, ClaimStatus from, ClaimStatus to
    ) internal view returns (Record storage c, Standing s, Claim storage k) {
        (c, s) = _insured(certificateId, actor, sequence);
        k = _claims[certificateId][number];
        ClaimStatus status = k.status;
        if (status == ClaimStatus.NONE) revert UnknownClaim(certificateId, actor, number);
        if (status < from || status > to) revert ClaimNotAtThisStage(certificateId, actor, number, status);
    }

    function _requireIssuer(bytes32 certificateId, address insurer) internal view {
        Registration r = parties.registration(insurer);
        if (!r.hasRole(INSURER)) revert InsurerRoleMissing(certificateId, insurer);
        if (r.isSuspended()) revert InsurerSuspended(certificateId, insurer);
    }

    /// A payee or a named assured, and neither where the certificate follows.
    function _requireNamed(bytes32 certificateId, address insurer, Mode mode, address named) internal view {
        if ((named == address(0)) != (mode == Mode.FOLLOW)) revert NamedPartyMismatch(certificateId, insurer, mode);
        if (mode == Mode.FOLLOW) return;
        Registration r = parties.registration(named);
        if (r.number() == 0) revert NamedPartyNotRegistered(certificateId, insurer, named);
        if (r.isSuspended()) revert NamedPartySuspended(certificateId, insurer, named);
    }

    /// A title that its holder can still act on, now or after a surrender is refused.
    function _requireLive(bytes32 titleId, address insurer) internal view {
        ITitleRegistry.Status status = titles.title(titleId).status;
        if (status == ITitleRegistry.Status.NONE) revert ITitleRegistry.UnknownTitle(titleId, insurer);
        if (status > ITitleRegistry.Status.PENDING_SURRENDER_FOR_PAPER) {
            revert ITitleRegistry.TitleNotLive(titleId, insurer, status);
        }
    }
}
