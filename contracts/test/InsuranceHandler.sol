// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICargoInsurance} from "../interfaces/ICargoInsurance.sol";
import {ISignedActs} from "../interfaces/ISignedActs.sol";
import {ITitleRegistry} from "../interfaces/ITitleRegistry.sol";
import {Acts} from "./Acts.sol";
import {Underwriting} from "./Underwriting.sol";
import {OwnedWallet} from "./Wallets.sol";

/// @notice Random trade and attacks on titles (TradeHandler), and among them acts on certificates of insurance: honest
/// ones that must stand, hostile ones that must be refused. A call reverts, and so fails the run, where one goes
/// otherwise.
contract InsuranceHandler is Underwriting {
    bytes[] private spentNotices;

    constructor() {
        _underwrites();
        for (uint256 i = 0; i < 6; ++i) _insures(uint256(keccak256(abi.encode("first", i))));
    }

    // CANCELLATION AND RELEASE

    /// A notice is answered as the rules say, with the assured's consent before it every other time.
    function cancels(uint256 seed) external onTime {
        bytes32 id = _certificate(seed);
        Policy storage p = policies[id];
        ICargoInsurance.Part part = ICargoInsurance.Part(_from(seed, "part", 3));
        if (_from(seed, "consents", 2) == 0) _consents(id, part);
        bytes memory data = abi.encodeCall(ICargoInsurance.cancelCertificate, (id, p.sequence, part));
        bytes4 error = _judgeCancellation(p, part);
        if (error == ICargoInsurance.ConsentMissing.selector) ++repelled[Intrusion.CANCELLED_WITHOUT_CONSENT];
        if (error == ICargoInsurance.LossPayeeStands.selector) ++repelled[Intrusion.CANCELLED_FROM_UNDER_A_PAYEE];
        if (error != 0) return _refuses(insurer, data, error);
        uint40 ends = _noticeEnds(part);
        _does(id, ICargoInsurance.CertificateVerb.CANCEL_CERTIFICATE, insurer, bytes32(uint256(part)), data);
        for (uint256 i = 0; i < 3; ++i) {
            bool isSooner = p.endsAt[i] == 0 || ends < p.endsAt[i];
            if (p.attachesAt[i] != 0 && _isMeant(part, i) && isSooner) p.endsAt[i] = ends;
        }
    }

    /// A consent that something may come between: another act, a transfer of the title, or eight days.
    function consents(uint256 seed) external onTime {
        _consents(_certificate(seed), ICargoInsurance.Part(_from(seed, "part", 3)));
        if (_from(seed, "waits", 4) == 0) clock += 8 days;
    }

    function _consents(bytes32 id, ICargoInsurance.Part part) private {
        address assured = _assured(policies[id]);
        bytes memory data = abi.encodeCall(ICargoInsurance.consentToCancellation, (id, policies[id].sequence, part));
        bytes32 arguments = bytes32(uint256(part));
        _does(id, ICargoInsurance.CertificateVerb.CONSENT_TO_CANCELLATION, assured, arguments, data);
        (policies[id].consent, policies[id].consentedBy) = (uint8(part) + 1, assured);
    }

    function releases(uint256 seed) external onTime {
        bytes32 id = _certificate(seed);
        Policy storage p = policies[id];
        if (!_hasPayee(p) || _from(seed, "rarely", 3) != 0) return;
        bytes memory data = abi.encodeCall(ICargoInsurance.releaseLossPayee, (id, p.sequence));
        _does(id, ICargoInsurance.CertificateVerb.RELEASE_LOSS_PAYEE, p.named, 0, data);
        p.isReleased = true;
    }

    // CLAIMS

    /// By the assured of this block, whoever the trade has made that.
    function notifies(uint256 seed) external onTime {
        bytes32 id = _certificate(seed);
        address assured = _assured(policies[id]);
        bytes memory data = abi.encodeCall(ICargoInsurance.notifyClaim, (id, policies[id].sequence, bytes32(seed | 1)));
        _does(id, ICargoInsurance.CertificateVerb.NOTIFY_CLAIM, assured, bytes32(seed | 1), data);
        _hasNotified(id, assured);
    }

    function _hasNotified(bytes32 id, address assured) private {
        uint40 time = uint40(_now());
        ICargoInsurance.Claim memory claim =
            ICargoInsurance.Claim(assured, ICargoInsurance.ClaimStatus.NOTIFIED, time, time);
        notices.push(Notice(id, policies[id].sequence, claim));
    }

    /// One step further with some claim: acknowledged, surveyed or not, settled or declined.
    function answersClaim(uint256 seed) external onTime {
        for (uint256 i = 0; i < notices.length; ++i) {
            Notice storage n = notices[(_from(seed, "claim", notices.length) + i) % notices.length];
            if (n.claim.status >= ICargoInsurance.ClaimStatus.SETTLED) continue;
            if (n.claim.status == ICargoInsurance.ClaimStatus.NOTIFIED) _acknowledges(n);
            else if (_from(seed, "answer", 3) == 0) _surveys(n);
            else if (_from(seed, "answer", 3) == 1) _declines(n);
            else _settles(n, seed);
            return;
        }
    }

    function _acknowledges(Notice storage n) private {
        bytes memory data = abi.encodeCall(
            ICargoInsurance.acknowledgeClaim, (n.certificateId, policies[n.certificateId].sequence, n.number)
        );
        bytes32 arguments = bytes32(uint256(n.number));
        ICargoInsurance.ClaimStatus status = ICargoInsurance.ClaimStatus.ACKNOWLEDGED;
        _answers(n, ICargoInsurance.CertificateVerb.ACKNOWLEDGE_CLAIM, status, arguments, data);
    }

    function _surveys(Notice storage n) private {
        ICargoInsurance.ClaimStatus status = ICargoInsurance.ClaimStatus.SURVEYED;
        bytes4 selector = ICargoInsurance.surveyClaim.selector;
        _finds(n, ICargoInsurance.CertificateVerb.SURVEY_CLAIM, status, selector, "survey");
    }

    function _declines(Notice storage n) private {
        ICargoInsurance.ClaimStatus status = ICargoInsurance.ClaimStatus.DECLINED;
        bytes4 selector = ICargoInsurance.declineClaim.selector;
        _finds(n, ICargoInsurance.CertificateVerb.DECLINE_CLAIM, status, selector, "reason");
    }

    /// An answer that names one paper.
    function _finds(
        Notice storage n,
        ICargoInsurance.CertificateVerb verb,
        ICargoInsurance.ClaimStatus status,
        bytes4 selector,
        bytes32 paper
    ) private {
        uint32 sequence = policies[n.certificateId].sequence;
        bytes memory data = abi.encodeWithSelector(selector, n.certificateId, sequence, n.number, paper);
        _answers(n, verb, status, keccak256(abi.encode(n.number, paper)), data);
    }

    function _answers(
        Notice storage n,
        ICargoInsurance.CertificateVerb verb,
        ICargoInsurance.ClaimStatus status,
        bytes32 arguments,
        bytes memory data
    ) private {
        _does(n.certificateId, verb, insurer, arguments, data);
        (n.claim.status, n.claim.actedAt) = (status, uint40(_now()));
    }

    /// To the payee of this block; to anybody else it is refused.
    function _settles(Notice storage n, uint256 seed) private {
        address payee = _payee(policies[n.certificateId]);
        address other = _anyone(seed, "payee");
        if (other != payee) {
            bytes memory astray = _settleCall(n, other);
            _repels(Intrusion.PAID_TO_ANOTHER, insurer, astray, ICargoInsurance.NotPayee.selector);
        }
        bytes32 arguments = keccak256(abi.encode(n.number, payee, bytes32("settlement"), bytes32("subrogation")));
        ICargoInsurance.ClaimStatus status = ICargoInsurance.ClaimStatus.SETTLED;
        _answers(n, ICargoInsurance.CertificateVerb.SETTLE_CLAIM, status, arguments, _settleCall(n, payee));
    }

    function _settleCall(Notice memory n, address payee) private view returns (bytes memory) {
        uint32 sequence = policies[n.certificateId].sequence;
        return abi.encodeCall(
            ICargoInsurance.settleClaim, (n.certificateId, sequence, n.number, payee, "settlement", "subrogation")
        );
    }

    // HOSTILE ACTS

    /// The registrar, a stranger, another party, who had the title before: none acts in another's place.
    function intrudes(uint256 seed) external onTime {
        bytes32 id = _certificate(seed);
        Policy memory p = policies[id];
        address who = _actor(seed);
        address former = beforeHandOver[p.titleId].holder;
        if (seed % 3 == 0 && former != address(0)) who = former;
        ICargoInsurance.Part part = ICargoInsurance.Part.ALL;
        bytes memory data = abi.encodeCall(ICargoInsurance.notifyClaim, (id, p.sequence, bytes32(seed | 1)));
        if (who != _assured(p)) {
            _repels(Intrusion.NOTIFIED_BY_ANOTHER, who, data, ICargoInsurance.NotAssured.selector);
            data = abi.encodeCall(ICargoInsurance.consentToCancellation, (id, p.sequence, part));
            _repels(Intrusion.CONSENTED_BY_ANOTHER, who, data, ICargoInsurance.NotAssured.selector);
        }
        data = abi.encodeCall(ICargoInsurance.cancelCertificate, (id, p.sequence, part));
        if (who != insurer) _repels(Intrusion.CANCELLED_BY_ANOTHER, who, data, ICargoInsurance.NotInsurer.selector);
        data = abi.encodeCall(ICargoInsurance.releaseLossPayee, (id, p.sequence));
        if (who != p.named || !_hasPayee(p)) {
            _repels(Intrusion.RELEASED_BY_ANOTHER, who, data, ICargoInsurance.NotLossPayee.selector);
        }
        data = abi.encodeCall(ICargoInsurance.notifyClaim, (id, p.sequence - 1, bytes32(seed | 1)));
        _repels(Intrusion.STALE, _assured(p), data, ICargoInsurance.StaleCertificate.selector);
    }

    /// A notice signed by another, or for the other contract, lands on nobody's certificate; a good one lands once.
    function forges(uint256 seed) external onTime {
        bytes32 id = _certificate(seed);
        address assured = _assured(policies[id]);
        address other = _party(seed, "forger");
        bytes4 error = ISignedActs.InvalidSignature.selector;
        if (keyOf[other] != keyOf[assured]) {
            _repels(Intrusion.SIGNED_BY_ANOTHER, relayer, _signedNotice(id, assured, other, coverSeparator), error);
        }
        _repels(Intrusion.SIGNED_FOR_TITLES, relayer, _signedNotice(id, assured, assured, separator), error);
        bytes memory good = _signedNotice(id, assured, assured, coverSeparator);
        _carriesNotice(id, assured, good);
        spentNotices.push(good);
        _repels(Intrusion.REPLAYED, relayer, spentNotices[_from(seed, "spent", spentNotices.length)], 0);
    }

    /// A wallet that turns on who asks it spoils its own act only; the one behind it stands.
    function batchesNotices(uint256 seed) external onTime {
        bytes32 id = _certificate(seed);
        address assured = _assured(policies[id]);
        if (assured == address(treasury)) return;
        bytes[] memory acts = new bytes[](2);
        acts[0] = _signedNotice(id, address(treasury), address(treasury), coverSeparator);
        acts[1] = _signedNotice(id, assured, assured, coverSeparator);
        treasury.turn(OwnedWallet.Mood(1 + _from(seed, "mood", 3)));
        _carriesNotice(id, assured, abi.encodeCall(ISignedActs.batch, (acts)));
        treasury.turn(OwnedWallet.Mood.HONEST);
        ++repelled[Intrusion.WALLET_IN_A_BATCH];
    }

    /// With documents numbered like the certificate's sequence, by the key of `by`.
    function _signedNotice(bytes32 id, address assured, address by, bytes32 where) private view returns (bytes memory) {
        uint32 sequence = policies[id].sequence;
        bytes32 documents = bytes32(uint256(sequence));
        bytes32 kind =
            keccak256("NotifyClaim(bytes32 certificateId,uint32 sequence,bytes32 documentsDigest,uint64 deadline)");
        bytes32 digest = Acts.digest(where, keccak256(abi.encode(kind, id, sequence, documents, _tomorrow())));
        ISignedActs.Authorization memory a = ISignedActs.Authorization(assured, _tomorrow(), _signs(by, digest));
        return abi.encodeCall(ICargoInsurance.notifyClaimBySignature, (id, sequence, documents, a));
    }

    function _carriesNotice(bytes32 id, address assured, bytes memory data) private {
        bytes32 documents = bytes32(uint256(policies[id].sequence));
        _carries(id, ICargoInsurance.CertificateVerb.NOTIFY_CLAIM, relayer, assured, documents, data);
        _hasNotified(id, assured);
    }

    // WHAT MUST ALWAYS HOLD

    /// Rule 5: whom a certificate assures is who is entitled, told by the titles' events alone; a payee that has not
    /// released stays the payee; and how it stands, REVIEW included. Seen at the time of the last act.
    function checkAssured() external {
        vm.warp(clock);
        for (uint256 i = 0; i < certificates.length; ++i) {
            Policy memory p = policies[certificates[i]];
            ICargoInsurance.Certificate memory c = insurance.certificate(certificates[i]);
            _same(insurance.assuredOf(certificates[i]), _assured(p), "assured");
            _same(c.assured, _assured(p), "assured in the view");
            _same(c.payee, _payee(p), "payee");
            _same(uint256(c.status), uint256(_status(p)), "status");
            bool isDelivered = bills[p.titleId].status == ITitleRegistry.Status.SURRENDERED_FOR_DELIVERY;
            if (p.mode == ICargoInsurance.Mode.NONE || (isDelivered && !bills[p.titleId].isToOrder)) continue;
            _same(c.assured, titles.entitledOf(p.titleId), "assured = entitled");
        }
    }

    /// Rule 4 for certificates: nothing is lost of what was done, each in its slot.
    function checkCertificates() external view {
        for (uint256 i = 0; i < certificates.length; ++i) {
            bytes32 id = certificates[i];
            Policy memory p = policies[id];
            ICargoInsurance.Certificate memory c = insurance.certificate(id);
            _same(c.head, p.head, "head");
            _same(c.titleId, p.titleId, "title");
            _same(c.commitment, p.commitment, "commitment");
            _same(keccak256(abi.encode(c.attachesAt)), keccak256(abi.encode(p.attachesAt)), "attachment");
            _same(keccak256(abi.encode(c.endsAt)), keccak256(abi.encode(p.endsAt)), "ends");
            bytes32 slot = keccak256(abi.encode(id, RECORDS_SLOT));
            _same(vm.load(address(insurance), slot), bytes32(_standing(p)), "standing in its slot");
            _same(vm.load(address(insurance), bytes32(uint256(slot) + 4)), p.head, "head in its slot");
        }
    }

    /// Every claim that was notified is there, as far as it has come.
    function checkClaims() external view {
        for (uint256 i = 0; i < notices.length; ++i) {
            Notice memory n = notices[i];
            bytes memory kept = abi.encode(insurance.claimOf(n.certificateId, n.number));
            _same(kept, abi.encode(n.claim), "claim");
        }
    }

    function checkInsured(uint256 length, uint256 least) external view {
        if (calls < length) return;
        for (uint256 v = 1; v <= uint256(type(ICargoInsurance.CertificateVerb).max); ++v) {
            uint256 count = done[ICargoInsurance.CertificateVerb(v)];
            if (count < least) revert TooFew("certificate verb", v, count);
        }
        for (uint256 k = 0; k <= uint256(type(Intrusion).max); ++k) {
            if (repelled[Intrusion(k)] == 0) revert TooFew("intrusion", k, 0);
        }
    }
}
