// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISignedActs} from "../interfaces/ISignedActs.sol";
import {ITitleRegistry} from "../interfaces/ITitleRegistry.sol";
import {Check} from "./Check.sol";
import {Rulebook} from "./Rulebook.sol";
import {Vm} from "./Vm.sol";

/// @notice Tells every bill's story from the events alone, head included, as an auditor without storage would. What the
/// registry's storage says is compared with it. An event that does not follow from the story so far breaks the test.
abstract contract Replay is Check, Rulebook {
    /// What an event said; `arguments` as the head takes them, `to` is the other side.
    struct Told {
        ITitleRegistry.Verb verb;
        bytes32 titleId;
        address actor;
        address to;
        bytes32 arguments;
        ITitleRegistry.Purpose purpose;
        uint32 sequence;
        uint40 time;
    }

    struct Refusal {
        uint256 index;
        bytes32 act;
        bytes reason;
    }

    ITitleRegistry internal titles;
    bytes32 internal separator;

    bytes32[] internal ids;
    /// Every link of a title's head: what proves the state before the act it belongs to.
    mapping(bytes32 titleId => ITitleRegistry.PreviousAct[]) internal links;
    /// The bill before its last hand-over.
    mapping(bytes32 titleId => Bill) internal beforeHandOver;
    /// Titles by reference; the last is the latest version.
    mapping(bytes32 carrierAndReference => bytes32[]) internal versions;
    /// What a replaced title's last act named in its place.
    mapping(bytes32 titleId => bytes32[]) internal successors;
    Refusal[] internal refusals;

    /// Replays what was emitted since the last time; gives the number of acts told.
    function _replay() internal returns (uint256 acts) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        delete refusals;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != address(titles)) continue;
            bytes32 kind = logs[i].topics[0];
            if (kind == ISignedActs.ActRefused.selector) {
                bytes memory reason = abi.decode(logs[i].data, (bytes));
                refusals.push(Refusal(uint256(logs[i].topics[1]), logs[i].topics[2], reason));
            } else if (kind == ITitleRegistry.Issued.selector) {
                _replayIssue(logs[i]);
                _checkEndorseeNamed(logs, i);
                ++acts;
            } else if (kind != ITitleRegistry.EndorseeNamed.selector) {
                _replayAct(_told(logs[i]));
                ++acts;
            } else {
                _that(logs[i - 1].topics[0] == ITitleRegistry.Issued.selector, "EndorseeNamed stands beside Issued");
            }
        }
    }

    // ISSUE

    function _replayIssue(Vm.Log memory log) private {
        Bill memory b;
        bytes32 id = log.topics[1];
        b.carrier = _address(log.topics[2]);
        b.holder = b.first = _address(log.topics[3]);
        uint32 number;
        bytes32[] memory replaces;
        (b.endorsee, number, b.isToOrder, b.version, b.referenceDigest, b.commitment, b.actedAt, replaces) =
            abi.decode(log.data, (address, uint32, bool, uint16, bytes32, bytes32, uint40, bytes32[]));
        _same(number, b.endorsee == address(0) ? 0 : standings[b.endorsee].number, "number of the endorsee");
        _same(id, _idOf(b.carrier, b.referenceDigest, b.version), "id of a new title");
        _same(bills[id].sequence, 0, "issued once");
        b.mayEndorse = b.isToOrder && b.endorsee != address(0);
        b.endorseeHasHeld = b.endorsee == b.holder;
        b.status = ITitleRegistry.Status.ISSUED;
        b.sequence = 1;
        bytes32 arguments = keccak256(
            bytes.concat(
                abi.encode(b.holder, b.endorsee, b.isToOrder, b.version, b.referenceDigest, b.commitment),
                keccak256(_packed(replaces))
            )
        );
        b.head = keccak256(abi.encode(separator, id));
        b.head = _linked(b.head, id, ITitleRegistry.Verb.ISSUE, b.actedAt, b.carrier, arguments, 0, 0);
        bills[id] = b;
        ids.push(id);
        _checkVersions(b, id, replaces);
    }

    /// A version above 0 comes in place of the one before it; all of a replacement goes to who surrendered.
    function _checkVersions(Bill memory b, bytes32 id, bytes32[] memory replaces) private {
        bytes32[] storage known = versions[keccak256(abi.encode(b.carrier, b.referenceDigest))];
        _same(known.length, b.version, "versions follow one another");
        bool follows = b.version == 0;
        for (uint256 i = 0; i < replaces.length; ++i) {
            _that(bills[replaces[i]].status == ITitleRegistry.Status.REPLACED, "the old title is replaced first");
            _same(bills[replaces[i]].holder, b.holder, "a replacement goes to who surrendered");
            if (b.version != 0 && known[b.version - 1] == replaces[i]) follows = true;
        }
        _that(follows, "a version exists only by replacing the one before it");
        known.push(id);
    }

    function _checkEndorseeNamed(Vm.Log[] memory logs, uint256 i) private view {
        address endorsee = bills[logs[i].topics[1]].endorsee;
        bool isNamed = i + 1 < logs.length && logs[i + 1].topics[0] == ITitleRegistry.EndorseeNamed.selector;
        _same(isNamed, endorsee != address(0), "EndorseeNamed where there is an endorsee");
        if (!isNamed) return;
        _same(logs[i + 1].topics[1], logs[i].topics[1], "EndorseeNamed of the same title");
        _same(_address(logs[i + 1].topics[2]), endorsee, "EndorseeNamed of the endorsee");
    }

    // EVERY OTHER ACT

    /// Reads one event: its parties where the verb puts them, and its arguments as the head takes them.
    function _told(Vm.Log memory log) private returns (Told memory e) {
        bytes32 kind = log.topics[0];
        e.titleId = log.topics[1];
        e.actor = _address(log.topics[2]);
        if (kind == ITitleRegistry.Signed.selector) {
            e.verb = ITitleRegistry.Verb.SIGN;
            (e.sequence, e.time) = abi.decode(log.data, (uint32, uint40));
            return e;
        }
        e.to = _address(log.topics[3]);
        if (kind == ITitleRegistry.Endorsed.selector || kind == ITitleRegistry.EndorsedToOrder.selector) {
            bool further = kind == ITitleRegistry.EndorsedToOrder.selector;
            e.verb = further ? ITitleRegistry.Verb.ENDORSE_TO_ORDER : ITitleRegistry.Verb.ENDORSE;
            uint32 number;
            (number, e.sequence, e.time) = abi.decode(log.data, (uint32, uint32, uint40));
            _same(number, standings[e.to].number, "number of the endorsee");
            e.arguments = log.topics[3];
        } else if (kind == ITitleRegistry.SurrenderRequested.selector) {
            e.verb = ITitleRegistry.Verb.REQUEST_SURRENDER;
            bytes32 reason;
            (e.purpose, reason, e.sequence, e.time) =
                abi.decode(log.data, (ITitleRegistry.Purpose, bytes32, uint32, uint40));
            e.arguments = keccak256(abi.encode(e.purpose, reason));
        } else if (kind == ITitleRegistry.Replaced.selector) {
            e.verb = ITitleRegistry.Verb.REPLACE;
            bytes32[] memory newIds;
            (newIds, e.sequence, e.time) = abi.decode(log.data, (bytes32[], uint32, uint40));
            e.arguments = keccak256(_packed(newIds));
            successors[e.titleId] = newIds;
            (e.actor, e.to) = (e.to, e.actor);
        } else {
            (e.sequence, e.time) = abi.decode(log.data, (uint32, uint40));
            e.verb = _verbOf(kind);
            if (e.verb <= ITitleRegistry.Verb.ENDORSE_IN_BLANK) e.arguments = log.topics[3];
            if (e.verb >= ITitleRegistry.Verb.ACCEPT_SURRENDER) (e.actor, e.to) = (e.to, e.actor);
        }
    }

    function _verbOf(bytes32 kind) private pure returns (ITitleRegistry.Verb) {
        if (kind == ITitleRegistry.Transferred.selector) return ITitleRegistry.Verb.TRANSFER;
        if (kind == ITitleRegistry.EndorsedInBlank.selector) return ITitleRegistry.Verb.ENDORSE_IN_BLANK;
        if (kind == ITitleRegistry.TransferRejected.selector) return ITitleRegistry.Verb.REJECT_TRANSFER;
        if (kind == ITitleRegistry.SurrenderWithdrawn.selector) return ITitleRegistry.Verb.WITHDRAW_SURRENDER;
        if (kind == ITitleRegistry.SurrenderAccepted.selector) return ITitleRegistry.Verb.ACCEPT_SURRENDER;
        _that(kind == ITitleRegistry.SurrenderRejected.selector, "an event that is known");
        return ITitleRegistry.Verb.REJECT_SURRENDER;
    }

    function _replayAct(Told memory e) private {
        Bill memory b = bills[e.titleId];
        _same(e.sequence, b.sequence + 1, "sequences have no gap");
        _same(e.time, _now(), "an event's time is the block's");
        uint32 number = b.endorsee == address(0) ? 0 : standings[b.endorsee].number;
        bytes32 head = _linked(b.head, e.titleId, e.verb, e.time, e.actor, e.arguments, _word(b), number);
        if (e.verb <= ITitleRegistry.Verb.ENDORSE_IN_BLANK) beforeHandOver[e.titleId] = b;
        b = _after(e, b);
        (b.sequence, b.actedAt, b.head) = (e.sequence, e.time, head);
        bills[e.titleId] = b;
    }

    function _after(Told memory e, Bill memory b) private view returns (Bill memory) {
        ITitleRegistry.Verb v = e.verb;
        _that(_allows(b.status, v), "a surrendered title never changes again, but for being replaced once");
        if (v <= ITitleRegistry.Verb.REQUEST_SURRENDER) _same(e.actor, b.holder, "told of the holder");
        if (v <= ITitleRegistry.Verb.ENDORSE_IN_BLANK) return _afterHandOver(e, b);
        if (v == ITitleRegistry.Verb.SIGN) return b;
        if (v == ITitleRegistry.Verb.REJECT_TRANSFER) {
            Bill memory before = beforeHandOver[e.titleId];
            _same(before.sequence + 1, b.sequence, "a rejection undoes the very last act");
            _same(e.to, before.holder, "returned to the giver");
            return before;
        }
        if (v == ITitleRegistry.Verb.REQUEST_SURRENDER) {
            _same(e.to, b.carrier, "surrendered to the carrier");
            b.status = _requested(e.purpose);
            return b;
        }
        bool byCarrier = v != ITitleRegistry.Verb.WITHDRAW_SURRENDER;
        _same(e.actor, byCarrier ? b.carrier : b.holder, "told of who acts");
        _same(e.to, byCarrier ? b.holder : b.carrier, "told of the other side");
        if (v == ITitleRegistry.Verb.REPLACE) b.status = ITitleRegistry.Status.REPLACED;
        else if (v != ITitleRegistry.Verb.ACCEPT_SURRENDER) b.status = ITitleRegistry.Status.ISSUED;
        else b.status = _accepted(b.status);
        return b;
    }

    function _allows(ITitleRegistry.Status status, ITitleRegistry.Verb v) private pure returns (bool) {
        if (status == ITitleRegistry.Status.ISSUED) return v <= ITitleRegistry.Verb.REQUEST_SURRENDER;
        if (v == ITitleRegistry.Verb.REPLACE) return status == ITitleRegistry.Status.SURRENDERED_FOR_AMENDMENT;
        return _isPending(status) && v >= ITitleRegistry.Verb.WITHDRAW_SURRENDER;
    }

    function _afterHandOver(Told memory e, Bill memory b) private pure returns (Bill memory) {
        bool isTransfer = e.verb == ITitleRegistry.Verb.TRANSFER;
        bool isBlank = e.verb == ITitleRegistry.Verb.ENDORSE_IN_BLANK;
        if (e.to != address(0) && e.to != b.holder) (b.holder, b.passedOn) = (e.to, true);
        if (!isTransfer) {
            b.endorsee = isBlank ? address(0) : e.to;
            b.mayEndorse = e.verb == ITitleRegistry.Verb.ENDORSE_TO_ORDER;
            b.endorseeHasHeld = !isBlank;
        } else if (b.holder == b.endorsee) {
            b.endorseeHasHeld = true;
        }
        return b;
    }

    function _requested(ITitleRegistry.Purpose purpose) private pure returns (ITitleRegistry.Status) {
        if (purpose == ITitleRegistry.Purpose.DELIVERY) return ITitleRegistry.Status.PENDING_SURRENDER_FOR_DELIVERY;
        if (purpose == ITitleRegistry.Purpose.AMENDMENT) return ITitleRegistry.Status.PENDING_SURRENDER_FOR_AMENDMENT;
        return ITitleRegistry.Status.PENDING_SURRENDER_FOR_PAPER;
    }

    function _accepted(ITitleRegistry.Status status) private pure returns (ITitleRegistry.Status) {
        if (status == ITitleRegistry.Status.PENDING_SURRENDER_FOR_DELIVERY) {
            return ITitleRegistry.Status.SURRENDERED_FOR_DELIVERY;
        }
        if (status == ITitleRegistry.Status.PENDING_SURRENDER_FOR_AMENDMENT) {
            return ITitleRegistry.Status.SURRENDERED_FOR_AMENDMENT;
        }
        _that(status == ITitleRegistry.Status.PENDING_SURRENDER_FOR_PAPER, "accepted while pending");
        return ITitleRegistry.Status.SURRENDERED_FOR_PAPER;
    }

    // THE HEAD

    /// The next head; keeps what it was made of.
    function _linked(
        bytes32 head,
        bytes32 id,
        ITitleRegistry.Verb verb,
        uint40 time,
        address actor,
        bytes32 arguments,
        uint256 possession,
        uint32 endorsee
    ) private returns (bytes32) {
        links[id].push(ITitleRegistry.PreviousAct(head, verb, time, actor, arguments, possession, endorsee));
        return keccak256(abi.encode(head, verb, time, actor, arguments, possession, endorsee));
    }

    /// The word that says who holds a title and how it stands, as Possession.sol lays it out.
    function _word(Bill memory b) internal pure returns (uint256 word) {
        word = uint256(uint160(b.holder)) | (uint256(b.sequence) << 160) | (uint256(b.actedAt) << 192);
        word |= uint256(b.status) << 232;
        if (b.isToOrder) word |= 1 << 240;
        if (b.mayEndorse) word |= 1 << 241;
        if (b.endorsee != address(0) && b.holder == b.endorsee) word |= 1 << 242;
        if (b.endorsee != address(0) && b.endorseeHasHeld) word |= 1 << 243;
        if (b.holder == b.first) word |= 1 << 244;
        if (b.passedOn) word |= 1 << 245;
    }

    function _packed(bytes32[] memory list) private pure returns (bytes memory all) {
        for (uint256 i = 0; i < list.length; ++i) all = bytes.concat(all, list[i]);
    }

    function _address(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}
