// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISignedActs} from "../interfaces/ISignedActs.sol";
import {ITitleRegistry} from "../interfaces/ITitleRegistry.sol";
import {Act, Acts} from "./Acts.sol";
import {Trade} from "./Trade.sol";

/// @notice Those who want what is not theirs. Each attack starts from an act that would stand if its actor did it, and
/// counts itself, so that a run in which it was never tried is noticed.
abstract contract Attacks is Trade {
    enum Attack {
        SIGNED_BY_A_STRANGER,
        SIGNED_BY_THE_REGISTRAR,
        SIGNED_BY_ANOTHER_PARTY,
        OTHER_CHAIN,
        OTHER_REGISTRY,
        PARTY_REGISTRY_S_DOMAIN,
        MALLEABLE,
        COMPACT,
        FLIPPED,
        EMPTY,
        OTHER_VERB,
        OTHER_TITLE,
        OTHER_ARGUMENT,
        OTHER_SEQUENCE,
        LATER_DEADLINE,
        EXPIRED,
        TOO_DISTANT,
        LAST_SECOND,
        REPLAYED,
        RESENT_AFTER_REJECTION,
        FORGED_PROOF,
        STALE_PROOF,
        STRANGER_CALLS,
        REGISTRAR_CALLS,
        GIVER_TAKES_BACK,
        BENT,
        BENT_IN_A_BATCH,
        DIRECT_CALL_IN_A_BATCH,
        BATCH_IN_A_BATCH
    }

    mapping(ITitleRegistry.Verb => uint256) internal stood;
    mapping(Attack => uint256) internal tried;

    /// The runner forgets a time that was set inside a call, so it is kept here.
    uint256 internal clock;

    /// Signed acts that have stood, and of each title its last signed hand-over.
    bytes[] private _spent;
    mapping(bytes32 titleId => bytes) private _spentHandOver;

    uint256 internal calls;
    uint256 private _tampered;

    modifier onTime() {
        vm.warp(clock);
        ++calls;
        _;
    }

    // ACTS THAT STAND

    /// Makes an honest act of this verb stand where there is one, by a call, by signature or in a batch.
    function _makes(ITitleRegistry.Verb verb, uint256 seed) internal {
        (Act memory a, bool found) = _honest(verb, seed);
        if (!found) return;
        address holder = bills[a.titleId].holder;
        uint256 way = _from(seed, "way", 3);
        // A replacement of several may need more gas than an act of a batch has.
        if (verb == ITitleRegistry.Verb.REPLACE && way == 2) way = 1;
        bytes memory call = way == 0 ? Acts.direct(a) : _signedCall(a);
        if (way == 2) {
            bytes[] memory one = new bytes[](1);
            one[0] = call;
            _sees(a, "", _calls(relayer, abi.encodeCall(ISignedActs.batch, (one))));
        } else {
            _sees(a, "", _calls(way == 0 ? a.actor : relayer, call));
        }
        _countsAsDone(a, way == 0 ? bytes("") : call, holder);
    }

    /// Rule 1: possession moved, if it did, by its holder's act or by the receiver's return.
    function _countsAsDone(Act memory a, bytes memory signedCall, address holderBefore) internal {
        ++stood[a.verb];
        if (a.verb == ITitleRegistry.Verb.ISSUE || a.verb == ITitleRegistry.Verb.REPLACE) issued += 4;
        else if (titles.title(a.titleId).holder != holderBefore) {
            _same(a.actor, holderBefore, "possession moves by its holder's act alone");
            bool moves = Acts.handsOver(a.verb) || a.verb == ITitleRegistry.Verb.REJECT_TRANSFER;
            _that(moves, "only a hand-over or a return moves possession");
        }
        if (signedCall.length == 0) return;
        if (_spent.length < 40) _spent.push(signedCall);
        else _spent[stood[a.verb] % 40] = signedCall;
        if (Acts.handsOver(a.verb)) _spentHandOver[a.titleId] = signedCall;
    }

    /// Of any verb that some title allows.
    function _someHonest(uint256 seed) internal view returns (Act memory a, bool found) {
        for (uint256 i = 0; i < 12 && !found; ++i) {
            (a, found) = _honest(ITitleRegistry.Verb(1 + (_from(seed, "any verb", 12) + i) % 12), seed);
        }
    }

    function _mustFail(address sender, bytes memory data, bytes memory wanted) internal {
        bytes memory refused = _calls(sender, data);
        _that(refused.length != 0, "an attack succeeded");
        if (wanted.length != 0) _same(refused, wanted, "an attack is refused for what it is");
        _same(_replay(), 0, "a refused act tells nothing");
    }

    // BENT ACTS

    /// One thing changed, sometimes two; by a call or signed by whoever acts. The rulebook knows the answer.
    function bends(uint256 seed) external onTime {
        _bent(seed);
    }

    function bendsAgain(uint256 seed) external onTime {
        _bent(seed);
    }

    function _bent(uint256 seed) private {
        (Act memory a, bool found) = _someHonest(seed);
        if (!found) return;
        _bend(a, seed);
        if (_from(seed, "twice", 4) == 0 && a.verb > ITitleRegistry.Verb.ISSUE) _bend(a, seed / 2);
        if (a.verb == ITitleRegistry.Verb.REJECT_TRANSFER) a.previous = _lastLink(a.titleId);
        address holder = bills[a.titleId].holder;
        bool isSigned = keyOf[a.actor] != 0 && _from(seed, "way", 2) == 0;
        if (a.verb == ITitleRegistry.Verb.ISSUE && ids.length > 40) return;
        bool stands = isSigned ? _playsSigned(a, relayer) : _plays(a);
        if (stands) _countsAsDone(a, "", holder);
        else ++tried[Attack.BENT];
    }

    /// Each role tries each verb directly on a title that is not theirs.
    function callsFromOutside(uint256 seed) external onTime {
        (Act memory a, bool found) = _someHonest(seed);
        if (!found) return;
        Attack kind = _from(seed, "outsider", 2) == 0 ? Attack.STRANGER_CALLS : Attack.REGISTRAR_CALLS;
        a.actor = kind == Attack.STRANGER_CALLS ? stranger : registrar;
        if (seed % 2 == 0) a.to = a.actor;
        _that(!_plays(a), "an outsider's act stood");
        ++tried[kind];
    }

    /// Who had the title before wants it again.
    function takesBack(uint256 seed) external onTime {
        if (ids.length == 0) return;
        bytes32 id = ids[_from(seed, "title", ids.length)];
        Bill memory before = beforeHandOver[id];
        if (before.sequence == 0 || before.holder == bills[id].holder) return;
        Act memory a = _honestOn(id, ITitleRegistry.Verb(2 + _from(seed, "verb", 8)), seed);
        a.actor = a.to = before.holder;
        if (_judge(a, _now()).length == 0) return;
        _plays(a);
        ++tried[Attack.GIVER_TAKES_BACK];
    }

    // SIGNATURES THAT DO NOT COUNT

    function tampers(uint256 seed) external onTime {
        (Act memory a, bool found) = _someHonest(seed);
        if (!found) return;
        // In turn, not at random: a short run tries every kind.
        for (uint256 i = 0; i < 4; ++i) _tampers(a, Attack(_tampered++ % uint256(Attack.EXPIRED)));
    }

    function waitsWithASignature(uint256 seed) external onTime {
        (Act memory a, bool found) = _someHonest(seed);
        if (!found) return;
        _atTheDeadline(a, Attack.EXPIRED);
        _atTheDeadline(a, Attack.TOO_DISTANT);
        if (seed % 3 == 0) _atTheDeadline(a, Attack.LAST_SECOND);
    }

    function _tampers(Act memory a, Attack kind) private {
        uint64 deadline = _tomorrow();
        bytes32 structHash = Acts.structHash(a, deadline);
        bytes32 digest = Acts.digest(separator, structHash);
        ISignedActs.Authorization memory by = ISignedActs.Authorization(a.actor, deadline, _signs(a.actor, digest));
        if (kind == Attack.SIGNED_BY_A_STRANGER) by.signature = _signs(stranger, digest);
        else if (kind == Attack.SIGNED_BY_THE_REGISTRAR) by.signature = _signs(registrar, digest);
        else if (kind == Attack.SIGNED_BY_ANOTHER_PARTY) by.signature = _signs(a.actor == bank ? buyer : bank, digest);
        else if (kind <= Attack.PARTY_REGISTRY_S_DOMAIN) {
            by.signature = _signs(a.actor, Acts.digest(_otherDomain(kind), structHash));
        } else if (kind <= Attack.EMPTY) {
            by.signature = _misshapen(by.signature, kind);
            // What a wallet makes of such a signature is its own affair; the plain account's is the registry's.
            if (a.actor.code.length != 0 && kind == Attack.MALLEABLE) return;
        } else {
            by.signature = _signs(a.actor, Acts.digest(separator, _otherContents(a, kind, deadline)));
        }
        bytes memory wanted = abi.encodeWithSelector(ISignedActs.InvalidSignature.selector, a.actor);
        _mustFail(relayer, Acts.signed(a, by), wanted);
        ++tried[kind];
    }

    function _otherDomain(Attack kind) private view returns (bytes32) {
        if (kind == Attack.PARTY_REGISTRY_S_DOMAIN) return partiesSeparator;
        bool elsewhere = kind == Attack.OTHER_CHAIN;
        return Acts.domainSeparator(
            "eBL Ledger Titles", elsewhere ? block.chainid + 1 : block.chainid, elsewhere ? address(titles) : relayer
        );
    }

    /// The same signature in a shape that ecrecover would take, or nearly.
    function _misshapen(bytes memory good, Attack kind) private pure returns (bytes memory) {
        bytes32 r;
        uint256 s;
        assembly ("memory-safe") {
            r := mload(add(good, 0x20))
            s := mload(add(good, 0x40))
        }
        uint8 v = uint8(good[64]);
        if (kind == Attack.EMPTY) return "";
        if (kind == Attack.FLIPPED) return abi.encodePacked(r, s, v ^ 7); // 27 and 28 change places
        if (kind == Attack.COMPACT) return abi.encodePacked(r, s | (uint256(v - 27) << 255));
        return abi.encodePacked(r, ORDER - s, v ^ 7);
    }

    /// What the actor signed, where that was something else.
    function _otherContents(Act memory a, Attack kind, uint64 deadline) private pure returns (bytes32) {
        if (kind == Attack.LATER_DEADLINE) return Acts.structHash(a, deadline - 1);
        bool isOfMany = a.verb == ITitleRegistry.Verb.REPLACE;
        Act memory b = abi.decode(abi.encode(a), (Act));
        if (kind == Attack.OTHER_VERB) {
            bool plain = isOfMany || a.verb == ITitleRegistry.Verb.ISSUE;
            b.verb = plain || a.verb == ITitleRegistry.Verb.SIGN
                ? ITitleRegistry.Verb.TRANSFER
                : a.verb == ITitleRegistry.Verb.TRANSFER ? ITitleRegistry.Verb.ENDORSE : ITitleRegistry.Verb.SIGN;
        } else if (kind == Attack.OTHER_TITLE) {
            if (isOfMany) b.oldIds[0] = ~b.oldIds[0];
            else if (a.verb == ITitleRegistry.Verb.ISSUE) b.made[0].referenceDigest = ~b.made[0].referenceDigest;
            else b.titleId = ~b.titleId;
        } else if (kind == Attack.OTHER_SEQUENCE && isOfMany) {
            b.sequences[0] += 1;
        } else if (kind == Attack.OTHER_SEQUENCE && a.verb != ITitleRegistry.Verb.ISSUE) {
            b.sequence += 1;
        } else {
            b.to = address(~uint160(b.to));
            b.reason = ~b.reason;
            if (b.made.length != 0) b.made[b.made.length - 1].commitment = ~b.made[b.made.length - 1].commitment;
            // Verbs without an argument: another title.
            b.titleId = ~b.titleId;
            if (Acts.handsOver(a.verb) || a.verb == ITitleRegistry.Verb.REQUEST_SURRENDER) b.titleId = a.titleId;
        }
        return Acts.structHash(b, deadline);
    }

    /// A good signature whose time is over, is not yet, or ends this second: the last counts.
    function _atTheDeadline(Act memory a, Attack kind) private {
        uint256 time = _now();
        uint256 latest = time + 7 days;
        uint64 deadline = uint64(kind == Attack.EXPIRED ? time - 1 : kind == Attack.LAST_SECOND ? time : latest + 1);
        bytes memory call = Acts.signed(a, _authorized(a, deadline));
        ++tried[kind];
        if (kind == Attack.EXPIRED) {
            _mustFail(relayer, call, abi.encodeWithSelector(ISignedActs.DeadlinePassed.selector, deadline, time));
        } else if (kind == Attack.TOO_DISTANT) {
            _mustFail(relayer, call, abi.encodeWithSelector(ISignedActs.DeadlineTooDistant.selector, deadline, latest));
        } else {
            address holder = bills[a.titleId].holder;
            _sees(a, "", _calls(relayer, call));
            _countsAsDone(a, call, holder);
        }
    }

    // SIGNATURES THAT HAVE COUNTED

    function replays(uint256 seed) external onTime {
        if (_spent.length == 0) return;
        _mustFail(relayer, _spent[_from(seed, "spent", _spent.length)], "");
        ++tried[Attack.REPLAYED];
    }

    /// The giver holds again what was sent back to it; its old signature must not send it a second time.
    function resendsWhatWasRejected(uint256 seed) external onTime {
        for (uint256 i = 0; i < ids.length; ++i) {
            bytes32 id = ids[(seed % ids.length + i) % ids.length];
            if (_lastLink(id).verb != ITitleRegistry.Verb.REJECT_TRANSFER || _spentHandOver[id].length == 0) continue;
            _mustFail(relayer, _spentHandOver[id], "");
            ++tried[Attack.RESENT_AFTER_REJECTION];
            return;
        }
    }

    // FORGED PROOFS

    /// A return by the right party with a proof that is not the last act's.
    function forgesAProof(uint256 seed) external onTime {
        bytes32 id = ids[_from(seed, "title", ids.length)];
        Act memory a = _rejection(id, bills[id].holder);
        uint256 kind = _from(seed, "forgery", 8);
        ITitleRegistry.PreviousAct memory p = a.previous;
        if (kind == 0) p.head = ~p.head;
        else if (kind == 1) p.verb = ITitleRegistry.Verb((uint256(p.verb) + 1) % 13);
        else if (kind == 2) p.time += 1;
        else if (kind == 3) p.actor = stranger;
        else if (kind == 4) p.argumentsDigest = ~p.argumentsDigest;
        else if (kind == 5) p.possession = (p.possession >> 160 << 160) | uint160(stranger);
        else if (kind == 6) p.endorsee += 1;
        else a.previous = links[id][_from(seed, "link", links[id].length)];
        if (_judge(a, _now()).length == 0) return;
        _that(!(seed % 2 == 0 ? _plays(a) : _playsSigned(a, relayer)), "a forged proof stood");
        ++tried[kind == 7 ? Attack.STALE_PROOF : Attack.FORGED_PROOF];
    }

    // INSIDE A BATCH

    /// The registry calling itself is nobody's act; a batch inside a batch is refused.
    function misusesABatch(uint256 seed) external onTime {
        (Act memory a, bool found) = _someHonest(seed);
        if (!found) return;
        bytes[] memory one = new bytes[](1);
        bool nested = _from(seed, "nested", 2) == 0;
        one[0] = nested ? _signedCall(a) : Acts.direct(a);
        if (nested) one[0] = abi.encodeCall(ISignedActs.batch, (one));
        a.actor = address(titles);
        bytes memory wanted = nested ? abi.encodeWithSelector(ISignedActs.BatchInBatch.selector) : _judge(a, _now());
        _that(wanted.length != 0, "the registry is no party");
        _same(_calls(relayer, abi.encodeCall(ISignedActs.batch, (one))), "", "a batch stands");
        _same(_replay(), 0, "a refused act tells nothing");
        _same(refusals.length, 1, "it is named");
        _same(refusals[0].reason, wanted, "with its error");
        ++tried[nested ? Attack.BATCH_IN_A_BATCH : Attack.DIRECT_CALL_IN_A_BATCH];
    }
}
