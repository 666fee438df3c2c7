// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISignedActs} from "../interfaces/ISignedActs.sol";
import {ITitleRegistry} from "../interfaces/ITitleRegistry.sol";
import {Act, Acts} from "./Acts.sol";
import {Attacks} from "./Attacks.sol";

/// @notice What the runner calls at random: honest trade, bent acts and attacks. Each call reverts, and so fails the
/// run, where an answer differs from the rulebook's, an event from the story so far, or possession moved without its
/// holder.
contract TradeHandler is Attacks {
    uint256 private constant MOST_TITLES = 50;

    constructor() {
        _gather();
        clock = _now();
        // Something to trade with from the start.
        for (uint256 i = 0; i < 6; ++i) _makes(ITitleRegistry.Verb.ISSUE, uint256(keccak256(abi.encode("first", i))));
    }

    // HONEST TRADE

    function issues(uint256 seed) external onTime {
        for (uint256 i = 0; i < 2 && ids.length < MOST_TITLES; ++i) _makes(ITitleRegistry.Verb.ISSUE, seed ^ i);
    }

    function transfers(uint256 seed) external onTime {
        _makes(ITitleRegistry.Verb.TRANSFER, seed);
    }

    function endorses(uint256 seed) external onTime {
        _makes(ITitleRegistry.Verb.ENDORSE, seed);
    }

    function endorsesToOrder(uint256 seed) external onTime {
        _makes(ITitleRegistry.Verb.ENDORSE_TO_ORDER, seed);
    }

    function endorsesInBlank(uint256 seed) external onTime {
        _makes(ITitleRegistry.Verb.ENDORSE_IN_BLANK, seed);
    }

    function rejects(uint256 seed) external onTime {
        _makes(ITitleRegistry.Verb.REJECT_TRANSFER, seed);
    }

    function signs(uint256 seed) external onTime {
        _makes(ITitleRegistry.Verb.SIGN, seed);
    }

    function surrenders(uint256 seed) external onTime {
        _makes(ITitleRegistry.Verb.REQUEST_SURRENDER, seed);
    }

    function answers(uint256 seed) external onTime {
        bool accepts = _from(seed, "accepts", 2) == 0;
        _makes(accepts ? ITitleRegistry.Verb.ACCEPT_SURRENDER : ITitleRegistry.Verb.REJECT_SURRENDER, seed);
    }

    /// Waits for it every other time, or few requests would stay unanswered long enough.
    function withdraws(uint256 seed) external onTime {
        for (uint256 i = 0; i < ids.length && _from(seed, "waits", 2) == 0; ++i) {
            Bill memory b = bills[ids[i]];
            if (!_isPending(b.status) || b.actedAt + ANSWER_PERIOD < clock) continue;
            clock = b.actedAt + ANSWER_PERIOD + 1;
            vm.warp(clock);
            break;
        }
        _makes(ITitleRegistry.Verb.WITHDRAW_SURRENDER, seed);
    }

    /// Sees to it that there is something to replace, or there would be little.
    function replaces(uint256 seed) external onTime {
        if (ids.length >= 2 * MOST_TITLES) return;
        (, bool found) = _honest(ITitleRegistry.Verb.REPLACE, seed);
        if (!found) _makes(ITitleRegistry.Verb.REQUEST_SURRENDER, seed);
        if (!found) _makes(ITitleRegistry.Verb.ACCEPT_SURRENDER, seed);
        _makes(ITitleRegistry.Verb.REPLACE, seed);
    }

    /// Acts on different titles in one transaction, every other one bent: each is answered as if it came alone.
    function batches(uint256 seed) external onTime {
        uint256 most = 1 + _from(seed, "acts", 6);
        Act[] memory acts = new Act[](most);
        bytes[] memory calls = new bytes[](most);
        bytes[] memory wanted = new bytes[](most);
        uint256 count;
        for (uint256 i = 0; i < ids.length && count < most; ++i) {
            Act memory a = _honestOn(ids[i], ITitleRegistry.Verb(2 + _from(seed ^ i, "verb", 10)), seed ^ i);
            if (_from(seed ^ i, "bent", 3) == 0) a.actor = _party(seed ^ i, "actor");
            (acts[count], calls[count], wanted[count]) = (a, _signedCall(a), _judge(a, _now()));
            ++count;
        }
        assembly ("memory-safe") {
            mstore(calls, count)
        }
        _carriesBatch(acts, calls, wanted);
    }

    function _carriesBatch(Act[] memory acts, bytes[] memory calls, bytes[] memory wanted) private {
        address[] memory holders = new address[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) holders[i] = bills[acts[i].titleId].holder;
        _same(_calls(relayer, abi.encodeCall(ISignedActs.batch, (calls))), "", "a batch stands");
        uint256 told = _replay();
        uint256 refused;
        for (uint256 i = 0; i < calls.length; ++i) {
            if (wanted[i].length == 0) {
                _countsAsDone(acts[i], calls[i], holders[i]);
                continue;
            }
            _same(refusals[refused].index, i, "the refused act is named by its place");
            _same(refusals[refused].act, keccak256(calls[i]), "and by its digest");
            _same(refusals[refused].reason, wanted[i], "and with its error");
            ++refused;
        }
        _same(refusals.length, refused, "no good act is refused");
        _same(told + refused, calls.length, "each stands or is refused");
        if (refused != 0) ++tried[Attack.BENT_IN_A_BATCH];
    }

    // THE REGISTRAR

    function suspends(uint256 seed) external onTime {
        address who = _party(seed, "suspended");
        if (standings[who].suspended) _reinstates(who);
        else if (_from(seed, "rarely", 3) == 0) _suspends(who);
    }

    function reinstates(uint256 seed) external onTime {
        address who = _party(seed, "reinstated");
        if (standings[who].suspended) _reinstates(who);
    }

    /// A carrier that loses its role still answers for what it issued.
    function changesRole(uint256 seed) external onTime {
        address who = _party(seed, "role");
        uint8 roles = standings[who].roles;
        bool isLine = who == line || who == tramp || who == delegated;
        if (isLine == (roles & CARRIER != 0) && _from(seed, "rarely", 4) != 0) return;
        vm.prank(registrar);
        if (roles & CARRIER == 0) parties.grantRole(who, CARRIER);
        else parties.withdrawRole(who, CARRIER);
        standings[who].roles = roles ^ CARRIER;
    }

    // TIME

    function waits(uint256 seed) external onTime {
        clock += _from(seed, "wait", 2 days);
    }

    /// To the last second of a period, or the first one after it.
    function waitsToTheEdge(uint256 seed) external onTime {
        Bill memory b = bills[ids[_from(seed, "title", ids.length)]];
        uint256 edge = b.actedAt + (_isPending(b.status) ? ANSWER_PERIOD : REJECT_PERIOD) + _from(seed, "edge", 2);
        if (edge > clock) clock = edge;
    }

    // WHAT MUST ALWAYS HOLD

    /// Rules 1, 3 and 4: storage is what the events tell, for every title.
    function checkStorage() external view {
        _agree();
        for (uint256 i = 0; i < ids.length; ++i) {
            _that(titles.title(ids[i]).holder != address(0), "a title has a holder");
        }
    }

    /// Rule 3: of all versions of a reference at most the last one is live.
    function checkVersions() external view {
        for (uint256 i = 0; i < ids.length; ++i) {
            Bill memory b = bills[ids[i]];
            bytes32[] storage known = versions[keccak256(abi.encode(b.carrier, b.referenceDigest))];
            for (uint256 j = 0; j + 1 < known.length; ++j) {
                ITitleRegistry.Status status = titles.title(known[j]).status;
                _that(status == ITitleRegistry.Status.REPLACED, "one version of a reference is live");
            }
        }
    }

    /// Rule 7: what the party registry says is what its registrar and its parties' own joins made of it, and neither
    /// the registrar nor the registries hold a title.
    function checkParties() external view {
        _same(parties.partyCount(), cast.length, "nobody joined unasked");
        for (uint256 i = 0; i < cast.length; ++i) {
            Standing memory s = standings[cast[i]];
            _same(parties.accountOf(s.number), cast[i], "a number keeps its account");
            _same(parties.party(cast[i]).number, s.number, "number");
            _same(parties.party(cast[i]).suspended, s.suspended, "suspended");
            _same(parties.party(cast[i]).roles, s.roles, "roles");
        }
        for (uint256 i = 0; i < ids.length; ++i) {
            _that(!_isOneOf(titles.title(ids[i]).holder, crowd), "nobody holds who never joined");
        }
    }

    /// A run of this length did what it is there for: each verb stood so often, each attack was tried. A shorter one is
    /// the runner shrinking a failure.
    function checkProgress(uint256 length, uint256 least) external view {
        if (calls < length) return;
        for (uint256 v = 1; v <= uint256(type(ITitleRegistry.Verb).max); ++v) {
            if (stood[ITitleRegistry.Verb(v)] < least) revert TooFew("verb", v, stood[ITitleRegistry.Verb(v)]);
        }
        for (uint256 k = 0; k <= uint256(type(Attack).max); ++k) {
            if (tried[Attack(k)] == 0) revert TooFew("attack", k, 0);
        }
    }

    error TooFew(string what, uint256 which, uint256 count);
}
