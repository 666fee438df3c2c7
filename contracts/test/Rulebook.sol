// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITitleRegistry} from "../interfaces/ITitleRegistry.sol";
import {Act} from "./Acts.sol";

/// @notice The rules once more, slowly and in plain fields, as the oracle of the tests: what an act should be answered.
/// Shares no code with the contracts. `Replay` keeps its bills, from events alone.
abstract contract Rulebook {
    /// A title as the rules speak of it.
    struct Bill {
        address carrier;
        address holder;
        address endorsee;
        address first;
        bool isToOrder;
        bool mayEndorse;
        bool endorseeHasHeld;
        bool passedOn;
        ITitleRegistry.Status status;
        uint16 version;
        uint32 sequence;
        uint40 actedAt;
        bytes32 referenceDigest;
        bytes32 commitment;
        bytes32 head;
    }

    struct Standing {
        uint32 number;
        uint8 roles;
        bool suspended;
    }

    uint256 internal constant REJECT_PERIOD = 72 hours;
    uint256 internal constant ANSWER_PERIOD = 14 days;
    uint8 internal constant CARRIER = 1;

    mapping(bytes32 titleId => Bill) internal bills;
    mapping(address account => Standing) internal standings;

    function _entitled(Bill memory b) internal pure returns (address) {
        if (b.endorsee == address(0) || b.holder == b.endorsee) return b.holder;
        return b.endorseeHasHeld ? b.endorsee : b.first;
    }

    function _idOf(address carrier, bytes32 referenceDigest, uint16 version) internal pure returns (bytes32) {
        return keccak256(abi.encode(carrier, referenceDigest, version));
    }

    /// The error an act should be refused with at `time`; empty where it should stand.
    function _judge(Act memory a, uint256 time) internal view returns (bytes memory) {
        ITitleRegistry.Verb v = a.verb;
        if (v == ITitleRegistry.Verb.ISSUE) return _judgeIssue(a);
        if (v == ITitleRegistry.Verb.REPLACE) return _judgeReplace(a);

        Bill memory b = bills[a.titleId];
        bytes memory stale = _judgeCurrent(a, a.titleId, a.sequence);
        if (stale.length != 0) return stale;
        if (v == ITitleRegistry.Verb.ACCEPT_SURRENDER || v == ITitleRegistry.Verb.REJECT_SURRENDER) {
            return _judgeAnswer(a, b);
        }
        if (v == ITitleRegistry.Verb.WITHDRAW_SURRENDER) return _judgeWithdrawal(a, b, time);

        if (b.status != ITitleRegistry.Status.ISSUED) {
            return abi.encodeWithSelector(ITitleRegistry.TitleNotLive.selector, a.titleId, a.actor, b.status);
        }
        if (b.holder != a.actor) return _error(ITitleRegistry.NotHolder.selector, a);
        if (v == ITitleRegistry.Verb.SIGN) return "";
        if (v == ITitleRegistry.Verb.REQUEST_SURRENDER) return _judgeRequest(a, b);
        if (v == ITitleRegistry.Verb.REJECT_TRANSFER) return _judgeRejection(a, b, time);
        return _judgeHandOver(a, b);
    }

    function _error(bytes4 selector, Act memory a) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, a.titleId, a.actor);
    }

    function _judgeCurrent(Act memory a, bytes32 id, uint32 given) private view returns (bytes memory) {
        uint32 current = bills[id].sequence;
        if (current == 0) return abi.encodeWithSelector(ITitleRegistry.UnknownTitle.selector, id, a.actor);
        if (current == given) return "";
        return abi.encodeWithSelector(ITitleRegistry.StaleSequence.selector, id, a.actor, current, given);
    }

    function _judgeRecipient(bytes32 id, address actor, address carrier, address to)
        private
        view
        returns (bytes memory)
    {
        if (to == carrier) return abi.encodeWithSelector(ITitleRegistry.CarrierCannotReceive.selector, id, actor);
        if (standings[to].number == 0) {
            return abi.encodeWithSelector(ITitleRegistry.RecipientNotRegistered.selector, id, actor, to);
        }
        if (!standings[to].suspended) return "";
        return abi.encodeWithSelector(ITitleRegistry.RecipientSuspended.selector, id, actor, to);
    }

    // ISSUE

    function _judgeIssuer(bytes32 id, address carrier) private view returns (bytes memory) {
        if (standings[carrier].roles & CARRIER == 0) {
            return abi.encodeWithSelector(ITitleRegistry.CarrierRoleMissing.selector, id, carrier);
        }
        if (!standings[carrier].suspended) return "";
        return abi.encodeWithSelector(ITitleRegistry.CarrierSuspended.selector, id, carrier);
    }

    function _judgeNew(bytes32 id, address carrier, address holder, ITitleRegistry.NewTitle memory n)
        private
        view
        returns (bytes memory)
    {
        if (bills[id].sequence != 0) return abi.encodeWithSelector(ITitleRegistry.TitleExists.selector, id, carrier);
        if (n.referenceDigest == 0 || n.commitment == 0) {
            return abi.encodeWithSelector(ITitleRegistry.EmptyDigest.selector, id, carrier);
        }
        if (n.endorsee == address(0)) {
            if (n.isToOrder) return "";
            return abi.encodeWithSelector(ITitleRegistry.ConsigneeMissing.selector, id, carrier);
        }
        if (n.endorsee == holder) return "";
        return _judgeRecipient(id, carrier, carrier, n.endorsee);
    }

    function _judgeIssue(Act memory a) private view returns (bytes memory refused) {
        bytes32 id = _idOf(a.actor, a.made[0].referenceDigest, 0);
        refused = _judgeIssuer(id, a.actor);
        if (refused.length == 0) refused = _judgeRecipient(id, a.actor, a.actor, a.to);
        if (refused.length == 0) refused = _judgeNew(id, a.actor, a.to, a.made[0]);
    }

    function _judgeReplace(Act memory a) private view returns (bytes memory refused) {
        uint256 olds = a.oldIds.length;
        if (olds == 0 || olds > 16 || a.sequences.length != olds) {
            return abi.encodeWithSelector(ITitleRegistry.TitleCountOutOfRange.selector, olds, a.actor);
        }
        for (uint256 i = 0; i < olds; ++i) {
            refused = _judgeReplaced(a, i);
            if (refused.length != 0) return refused;
        }
        if (a.made.length == 0 || a.made.length > 16) {
            return abi.encodeWithSelector(ITitleRegistry.TitleCountOutOfRange.selector, a.made.length, a.actor);
        }
        refused = _judgeIssuer(a.oldIds[0], a.actor);
        if (refused.length != 0) return refused;
        bytes32 last;
        for (uint256 i = 0; i < a.made.length; ++i) {
            ITitleRegistry.NewTitle memory n = a.made[i];
            bytes32 id = _idOf(a.actor, n.referenceDigest, n.version);
            if (id <= last) return abi.encodeWithSelector(ITitleRegistry.IdsNotAscending.selector, id, a.actor);
            last = id;
            refused = _judgeNew(id, a.actor, bills[a.oldIds[0]].holder, n);
            if (refused.length != 0) return refused;
            if (n.version == 0) continue;
            if (!_isAmong(a.oldIds, _idOf(a.actor, n.referenceDigest, n.version - 1))) {
                return abi.encodeWithSelector(ITitleRegistry.VersionNotReplaced.selector, id, a.actor);
            }
        }
    }

    function _judgeReplaced(Act memory a, uint256 i) private view returns (bytes memory refused) {
        bytes32 id = a.oldIds[i];
        Bill memory b = bills[id];
        if (i != 0 && a.oldIds[i - 1] >= id) {
            return abi.encodeWithSelector(ITitleRegistry.IdsNotAscending.selector, id, a.actor);
        }
        refused = _judgeCurrent(a, id, a.sequences[i]);
        if (refused.length != 0) return refused;
        if (b.carrier != a.actor) return abi.encodeWithSelector(ITitleRegistry.NotCarrier.selector, id, a.actor);
        if (b.status != ITitleRegistry.Status.SURRENDERED_FOR_AMENDMENT) {
            return abi.encodeWithSelector(
                ITitleRegistry.NotSurrenderedForAmendment.selector, id, a.actor, b.status
            );
        }
        if (b.holder == bills[a.oldIds[0]].holder) return "";
        return abi.encodeWithSelector(ITitleRegistry.HoldersDiffer.selector, id, a.actor);
    }

    function _isAmong(bytes32[] memory ids, bytes32 id) private pure returns (bool found) {
        for (uint256 i = 0; i < ids.length; ++i) if (ids[i] == id) found = true;
    }

    // POSSESSION AND ENDORSEMENT

    function _judgeHandOver(Act memory a, Bill memory b) private view returns (bytes memory) {
        bool isBlank = b.endorsee == address(0);
        if (a.verb != ITitleRegistry.Verb.TRANSFER) {
            if (!b.isToOrder) return _error(ITitleRegistry.StraightBill.selector, a);
            if (!isBlank && b.holder != b.endorsee) return _error(ITitleRegistry.NotEndorsee.selector, a);
            if (!isBlank && !b.mayEndorse) return _error(ITitleRegistry.MayNotEndorse.selector, a);
        }
        bool mayNameItself = isBlank && a.verb == ITitleRegistry.Verb.ENDORSE_TO_ORDER;
        if (a.to == a.actor && !mayNameItself) return _error(ITitleRegistry.AlreadyHolder.selector, a);
        bool keeps = a.to == address(0) && a.verb == ITitleRegistry.Verb.ENDORSE_IN_BLANK;
        return keeps ? bytes("") : _judgeRecipient(a.titleId, a.actor, b.carrier, a.to);
    }

    /// The proof is judged by what it proves: the last act's link, field by field.
    function _judgeRejection(Act memory a, Bill memory b, uint256 time) private pure returns (bytes memory) {
        bytes32 proved = keccak256(
            abi.encode(
                a.previous.head,
                uint256(a.previous.verb),
                uint256(a.previous.time),
                a.previous.actor,
                a.previous.argumentsDigest,
                a.previous.possession,
                uint256(a.previous.endorsee)
            )
        );
        if (proved != b.head) return _error(ITitleRegistry.PreviousActMismatch.selector, a);
        bool handedOver = a.previous.verb == ITitleRegistry.Verb.TRANSFER
            || a.previous.verb == ITitleRegistry.Verb.ENDORSE || a.previous.verb == ITitleRegistry.Verb.ENDORSE_TO_ORDER
            || a.previous.verb == ITitleRegistry.Verb.ENDORSE_IN_BLANK;
        if (!handedOver || a.previous.actor == a.actor) return _error(ITitleRegistry.NothingToReject.selector, a);
        uint256 until = b.actedAt + REJECT_PERIOD;
        if (time <= until) return "";
        return abi.encodeWithSelector(ITitleRegistry.RejectPeriodOver.selector, a.titleId, a.actor, until);
    }

    // SURRENDER

    function _judgeRequest(Act memory a, Bill memory b) private pure returns (bytes memory) {
        bool isEntitled = b.endorsee == address(0) || b.holder == b.endorsee;
        bool isForDelivery = a.purpose == ITitleRegistry.Purpose.DELIVERY;
        bool isShipperOfStraight = !b.isToOrder && b.holder == b.first && (isForDelivery || !b.endorseeHasHeld);
        bool isFirstAndKeptIt = b.isToOrder && !isForDelivery && b.holder == b.first && !b.passedOn;
        if (isEntitled || isShipperOfStraight || isFirstAndKeptIt) return "";
        return abi.encodeWithSelector(ITitleRegistry.MayNotSurrender.selector, a.titleId, a.actor, a.purpose);
    }

    function _isPending(ITitleRegistry.Status status) internal pure returns (bool) {
        return status == ITitleRegistry.Status.PENDING_SURRENDER_FOR_DELIVERY
            || status == ITitleRegistry.Status.PENDING_SURRENDER_FOR_AMENDMENT
            || status == ITitleRegistry.Status.PENDING_SURRENDER_FOR_PAPER;
    }

    function _judgePending(Act memory a, Bill memory b) private pure returns (bytes memory) {
        if (_isPending(b.status)) return "";
        return abi.encodeWithSelector(ITitleRegistry.SurrenderNotPending.selector, a.titleId, a.actor, b.status);
    }

    function _judgeWithdrawal(Act memory a, Bill memory b, uint256 time) private pure returns (bytes memory refused) {
        refused = _judgePending(a, b);
        if (refused.length != 0) return refused;
        if (b.holder != a.actor) return _error(ITitleRegistry.NotHolder.selector, a);
        uint256 until = b.actedAt + ANSWER_PERIOD;
        if (time > until) return "";
        return abi.encodeWithSelector(ITitleRegistry.AnswerPeriodRunning.selector, a.titleId, a.actor, until);
    }

    function _judgeAnswer(Act memory a, Bill memory b) private pure returns (bytes memory refused) {
        refused = _judgePending(a, b);
        if (refused.length != 0 || b.carrier == a.actor) return refused;
        return _error(ITitleRegistry.NotCarrier.selector, a);
    }
}
