// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICargoInsurance} from "../interfaces/ICargoInsurance.sol";
import {ITitleRegistry} from "../interfaces/ITitleRegistry.sol";
import {Acts} from "./Acts.sol";
import {TradeHandler} from "./TradeHandler.sol";

/// @notice Certificates of insurance as the rules speak of them, kept by what was done and never by asking the
/// contract; whom they assure is told by the titles' events alone. Acts are carried from here, and counted.
abstract contract Insured is TradeHandler {
    struct Policy {
        bytes32 titleId;
        ICargoInsurance.Mode mode;
        address named;
        bool isReleased;
        uint8 consent; // the part consented to by the last act, plus one
        address consentedBy;
        uint32 sequence;
        uint40 actedAt;
        uint40[3] attachesAt;
        uint40[3] endsAt;
        bytes32 head;
        bytes32 commitment;
    }

    struct Notice {
        bytes32 certificateId;
        uint32 number;
        ICargoInsurance.Claim claim;
    }

    enum Intrusion {
        ISSUED_WITHOUT_ROLE,
        ISSUED_SUSPENDED,
        ISSUED_TWICE,
        ISSUED_ON_A_DEAD_TITLE,
        NOTIFIED_BY_ANOTHER,
        CONSENTED_BY_ANOTHER,
        CANCELLED_BY_ANOTHER,
        RELEASED_BY_ANOTHER,
        STALE,
        CANCELLED_WITHOUT_CONSENT,
        CANCELLED_FROM_UNDER_A_PAYEE,
        PAID_TO_ANOTHER,
        CARRIED_WHILE_LIVE,
        CARRIED_TO_A_STRANGER,
        CARRIED_BY_A_FORGED_PROOF,
        SIGNED_BY_ANOTHER,
        SIGNED_FOR_TITLES,
        REPLAYED,
        WALLET_IN_A_BATCH
    }

    uint8 internal constant INSURER = 2;

    ICargoInsurance internal insurance;
    bytes32 internal coverSeparator;
    address internal insurer;
    bytes32[] internal certificates;
    mapping(bytes32 certificateId => Policy) internal policies;
    Notice[] internal notices;
    mapping(ICargoInsurance.CertificateVerb => uint256) internal done;
    mapping(Intrusion => uint256) internal repelled;

    function _underwrites() internal {
        insurance = ICargoInsurance(vm.deployCode("CargoInsurance.sol:CargoInsurance", abi.encode(titles)));
        coverSeparator = Acts.domainSeparator("eBL Ledger Insurance", block.chainid, address(insurance));
        insurer = _joins("insurer", INSURER);
        cast.push(insurer);
    }

    // CARRIED TO THE LEDGER

    /// An act that must stand, by its actor's own call.
    function _does(
        bytes32 id,
        ICargoInsurance.CertificateVerb verb,
        address actor,
        bytes32 arguments,
        bytes memory data
    ) internal {
        _carries(id, verb, actor, actor, arguments, data);
    }

    function _carries(
        bytes32 id,
        ICargoInsurance.CertificateVerb verb,
        address carriedBy,
        address actor,
        bytes32 arguments,
        bytes memory data
    ) internal {
        vm.prank(carriedBy);
        (bool stands, bytes memory out) = address(insurance).call(data);
        if (!stands) revert BytesDiffer("an honest act stands", out, data);
        Policy storage p = policies[id];
        p.head = keccak256(abi.encode(p.head, uint256(verb), _now(), actor, arguments, _standing(p)));
        (p.consent, p.consentedBy) = (0, address(0));
        p.sequence += 1;
        p.actedAt = uint40(_now());
        ++done[verb];
    }

    /// Refused, with this error (0: whichever).
    function _refuses(address who, bytes memory data, bytes4 error) internal {
        vm.prank(who);
        (bool stands, bytes memory out) = address(insurance).call(data);
        if (stands) revert BytesDiffer("a hostile act is refused", "", data);
        if (error != 0) _same(bytes32(bytes4(out)), bytes32(error), "refused for its reason");
    }

    function _repels(Intrusion kind, address who, bytes memory data, bytes4 error) internal {
        _refuses(who, data, error);
        ++repelled[kind];
    }

    // THE RULES

    function _assured(Policy memory p) internal view returns (address) {
        if (p.mode == ICargoInsurance.Mode.NONE) return p.named;
        Bill memory b = bills[p.titleId];
        bool isDelivered = b.status == ITitleRegistry.Status.SURRENDERED_FOR_DELIVERY;
        return isDelivered && !b.isToOrder ? b.endorsee : _entitled(b);
    }

    function _hasPayee(Policy memory p) internal pure returns (bool) {
        return p.mode == ICargoInsurance.Mode.LOSS_PAYEE && !p.isReleased;
    }

    function _payee(Policy memory p) internal view returns (address) {
        return _hasPayee(p) ? p.named : _assured(p);
    }

    /// How it stands at `clock`.
    function _status(Policy memory p) internal view returns (ICargoInsurance.CertificateStatus) {
        bool hasEnded = true;
        for (uint256 i = 0; i < 3; ++i) {
            if (p.attachesAt[i] != 0 && (p.endsAt[i] == 0 || p.endsAt[i] > clock)) hasEnded = false;
        }
        if (hasEnded) return ICargoInsurance.CertificateStatus.ENDED;
        ITitleRegistry.Status status = bills[p.titleId].status;
        bool isGone = status == ITitleRegistry.Status.SURRENDERED_FOR_AMENDMENT
            || status == ITitleRegistry.Status.SURRENDERED_FOR_PAPER || status == ITitleRegistry.Status.REPLACED;
        return isGone ? ICargoInsurance.CertificateStatus.REVIEW : ICargoInsurance.CertificateStatus.IN_FORCE;
    }

    /// When a notice given now runs out: so many whole days after the midnight that ends this one.
    function _noticeEnds(ICargoInsurance.Part part) internal view returns (uint40) {
        uint256 whole = part == ICargoInsurance.Part.ALL ? 30 : 7;
        return uint40(_now() - _now() % 1 days + (whole + 1) * 1 days);
    }

    /// The error a notice of cancellation should be refused with; 0 where it should stand.
    function _judgeCancellation(Policy memory p, ICargoInsurance.Part part) internal view returns (bytes4) {
        uint40 ends = _noticeEnds(part);
        bool isCovered;
        bool isNew;
        bool isAttached;
        for (uint256 i = 0; i < 3; ++i) {
            if (p.attachesAt[i] == 0 || !_isMeant(part, i)) continue;
            isCovered = true;
            if (p.endsAt[i] != 0 && p.endsAt[i] <= ends) continue;
            isNew = true;
            if (p.attachesAt[i] < ends) isAttached = true;
        }
        if (!isCovered) return ICargoInsurance.PartNotCovered.selector;
        if (!isNew) return ICargoInsurance.PartAlreadyCancelled.selector;
        if (!isAttached) return 0;
        if (_hasPayee(p)) return ICargoInsurance.LossPayeeStands.selector;
        bool isGiven = p.consent == uint8(part) + 1 && p.consentedBy == _assured(p) && _now() <= p.actedAt + 7 days;
        return isGiven ? bytes4(0) : ICargoInsurance.ConsentMissing.selector;
    }

    function _isMeant(ICargoInsurance.Part part, uint256 i) internal pure returns (bool) {
        return part == ICargoInsurance.Part.ALL || uint256(part) == i;
    }

    /// The word as the contract keeps it; 0 before the first act.
    function _standing(Policy memory p) internal view returns (uint256) {
        if (p.sequence == 0) return 0;
        uint256 flags = (p.isReleased ? 1 << 240 : 0) | (uint256(p.consent) << 244);
        return uint160(insurer) | (uint256(p.sequence) << 160) | (uint256(p.actedAt) << 192)
            | (uint256(p.mode) << 232) | flags;
    }

    // CHOICE

    function _certificate(uint256 seed) internal view returns (bytes32) {
        return certificates[_from(seed, "certificate", certificates.length)];
    }

    /// A title that can be acted on by its holder, or one that never again will be.
    function _titleThat(bool isLive, uint256 seed) internal view returns (bytes32, bool) {
        for (uint256 i = 0; i < ids.length; ++i) {
            bytes32 id = ids[(_from(seed, "live", ids.length) + i) % ids.length];
            ITitleRegistry.Status status = bills[id].status;
            bool isIssued = status == ITitleRegistry.Status.ISSUED;
            if (isLive ? isIssued : !isIssued && !_isPending(status)) return (id, true);
        }
        return (0, false);
    }

    /// What proves that a title was replaced, and by which.
    function _replacementOf(bytes32 oldId) internal view returns (ICargoInsurance.Replacement memory) {
        ITitleRegistry.PreviousAct memory last = links[oldId][links[oldId].length - 1];
        return ICargoInsurance.Replacement(last.head, last.possession, last.endorsee, successors[oldId]);
    }
}
