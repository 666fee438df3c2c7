// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITitleRegistry} from "../interfaces/ITitleRegistry.sol";
import {Act} from "./Acts.sol";
import {Ledger} from "./Ledger.sol";
import {OwnedWallet} from "./Wallets.sol";

/// @notice Makes acts up from a seed: honest ones that the rulebook lets stand, and honest ones bent in one place.
abstract contract Trade is Ledger {
    address[] internal cast; // who joined, suspended or not
    address[] internal crowd; // who did not, the registrar and the registry itself among them
    OwnedWallet internal treasury; // a party: a contract wallet
    address internal delegated; // a party: a plain account with code set on it
    uint256 internal issued;

    function _gather() internal {
        _open();
        treasury = new OwnedWallet(_named("treasurer"));
        keyOf[address(treasury)] = keyOf[treasury.owner()];
        _joins(address(treasury), address(treasury), 0);
        delegated = _named("delegated");
        vm.etch(delegated, address(new OwnedWallet(delegated)).code);
        _joins(delegated, delegated, CARRIER);
        cast = [line, tramp, shipper, bank, buyer, trader, address(treasury), delegated];
        crowd = [stranger, relayer, registrar, address(titles), address(parties), address(0)];
        keyOf[registrar] = SEAT_KEY;
    }

    // CHOICE

    function _from(uint256 seed, string memory what, uint256 count) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what))) % count;
    }

    function _party(uint256 seed, string memory what) internal view returns (address) {
        return cast[_from(seed, what, cast.length)];
    }

    function _anyone(uint256 seed, string memory what) internal view returns (address) {
        uint256 i = _from(seed, what, cast.length + crowd.length);
        return i < cast.length ? cast[i] : crowd[i - cast.length];
    }

    function _isOneOf(address account, address[] memory list) internal pure returns (bool found) {
        for (uint256 i = 0; i < list.length; ++i) if (list[i] == account) found = true;
    }

    // HONEST ACTS

    /// An act of this verb that stands now, on whichever title allows one; `found` is false where none does.
    function _honest(ITitleRegistry.Verb verb, uint256 seed) internal view returns (Act memory a, bool found) {
        if (verb == ITitleRegistry.Verb.ISSUE) {
            a = _newIssue(seed);
            return (a, _judge(a, _now()).length == 0);
        }
        uint256 count = ids.length;
        for (uint256 i = 0; i < count; ++i) {
            bytes32 id = ids[(_from(seed, "title", count) + i) % count];
            a = verb == ITitleRegistry.Verb.REPLACE ? _replacement(id, seed ^ i) : _honestOn(id, verb, seed ^ i);
            if (_judge(a, _now()).length == 0) return (a, true);
        }
    }

    function _honestOn(bytes32 id, ITitleRegistry.Verb verb, uint256 seed) internal view returns (Act memory a) {
        a = _on(id, verb, bills[id].holder);
        a.to = _party(seed, "receiver");
        if (verb == ITitleRegistry.Verb.ENDORSE_TO_ORDER && bills[id].endorsee == address(0) && seed % 3 == 0) {
            a.to = a.actor;
        }
        if (verb == ITitleRegistry.Verb.ENDORSE_IN_BLANK && seed % 3 == 0) a.to = address(0);
        a.previous = _lastLink(id);
        // For amendment the most often: without it there is nothing to replace.
        a.purpose = ITitleRegistry.Purpose([0, 1, 1, 2][_from(seed, "purpose", 4)]);
        a.reason = bytes32(_from(seed, "reason", 3));
        bool byCarrier =
            verb == ITitleRegistry.Verb.ACCEPT_SURRENDER || verb == ITitleRegistry.Verb.REJECT_SURRENDER;
        if (byCarrier) a.actor = bills[id].carrier;
    }

    function _newIssue(uint256 seed) internal view returns (Act memory a) {
        address[3] memory carriers = [line, tramp, delegated];
        address carrier = carriers[_from(seed, "carrier", 3)];
        for (uint256 i = 0; i < 3; ++i) {
            Standing memory s = standings[carrier];
            if (s.roles & CARRIER == 0 || s.suspended) carrier = carriers[i];
        }
        address holder = _party(seed, "holder");
        bool isToOrder = _from(seed, "to order", 3) != 0;
        address endorsee = _party(seed, "endorsee");
        if (_from(seed, "endorsed", 3) == 0) endorsee = isToOrder ? address(0) : holder;
        a = _issue(carrier, holder, endorsee, isToOrder, bytes32(issued + 1));
    }

    // REPLACEMENT

    /// Replaces this title and others in the same case, by up to three.
    function _replacement(bytes32 id, uint256 seed) internal view returns (Act memory a) {
        Bill memory b = bills[id];
        a.verb = ITitleRegistry.Verb.REPLACE;
        a.actor = b.carrier;
        uint256 most = 1 + _from(seed, "olds", 3);
        bytes32[] memory chosen = new bytes32[](3);
        uint256 count;
        for (uint256 i = 0; i < ids.length && count < most; ++i) {
            Bill memory other = bills[ids[i]];
            bool isAlike = other.status == b.status && other.carrier == b.carrier && other.holder == b.holder;
            if (ids[i] == id || (isAlike && count + 1 < most)) chosen[count++] = ids[i];
        }
        a.oldIds = _ascending(chosen, count);
        a.sequences = new uint32[](count);
        for (uint256 i = 0; i < count; ++i) a.sequences[i] = bills[a.oldIds[i]].sequence;
        a.made = _newTitles(a, seed);
    }

    function _newTitles(Act memory a, uint256 seed) private view returns (ITitleRegistry.NewTitle[] memory made) {
        uint256 count = 1 + _from(seed, "news", 3);
        made = new ITitleRegistry.NewTitle[](count);
        for (uint256 i = 0; i < count; ++i) {
            ITitleRegistry.NewTitle memory n = made[i];
            n.isToOrder = _from(seed ^ i, "to order", 3) != 0;
            n.endorsee = _from(seed ^ i, "endorsed", 2) == 0 && n.isToOrder ? address(0) : _party(seed ^ i, "endorsee");
            if (_from(seed ^ i, "own", 3) == 0) n.endorsee = bills[a.oldIds[0]].holder;
            n.commitment = keccak256(abi.encode(seed, i));
            n.referenceDigest = bytes32(issued + 1 + i);
            if (i >= a.oldIds.length || _from(seed ^ i, "anew", 4) == 0) continue;
            n.referenceDigest = bills[a.oldIds[i]].referenceDigest;
            n.version = bills[a.oldIds[i]].version + 1;
        }
        _sort(a.actor, made);
    }

    /// In the order of their ids.
    function _sort(address carrier, ITitleRegistry.NewTitle[] memory made) internal pure {
        for (uint256 i = 1; i < made.length; ++i) {
            for (uint256 j = i; j > 0; --j) {
                bytes32 low = _idOf(carrier, made[j - 1].referenceDigest, made[j - 1].version);
                if (low < _idOf(carrier, made[j].referenceDigest, made[j].version)) break;
                (made[j - 1], made[j]) = (made[j], made[j - 1]);
            }
        }
    }

    function _ascending(bytes32[] memory list, uint256 count) internal pure returns (bytes32[] memory sorted) {
        sorted = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 j = i;
            for (; j > 0 && sorted[j - 1] > list[i]; --j) sorted[j] = sorted[j - 1];
            sorted[j] = list[i];
        }
    }

    // BENT ACTS

    /// The act with one thing about it changed; it may still be right.
    function _bend(Act memory a, uint256 seed) internal view {
        if (a.verb == ITitleRegistry.Verb.ISSUE) return _bendNew(a, 0, seed);
        if (a.verb == ITitleRegistry.Verb.REPLACE) return _bendReplacement(a, seed);
        uint256 kind = _from(seed, "bend", 8);
        if (kind <= 1) a.actor = _actor(seed);
        else if (kind == 2) a.to = _anyone(seed, "to");
        else if (kind == 3) a.sequence = a.sequence == 0 || seed % 2 == 0 ? a.sequence + 1 : a.sequence - 1;
        else if (kind == 4) a.titleId = ids[_from(seed, "other", ids.length)];
        else if (kind == 5) a.titleId = bytes32(_from(seed, "unknown", 3));
        else if (kind == 6) a.to = a.actor;
        else a.verb = ITitleRegistry.Verb(2 + _from(seed, "verb", 10));
    }

    function _bendNew(Act memory a, uint256 i, uint256 seed) private view {
        uint256 kind = _from(seed, "bend", 8);
        if (kind == 0) a.actor = _actor(seed);
        else if (kind == 1) a.to = _anyone(seed, "to");
        else if (kind == 2) a.to = a.actor;
        else if (kind == 3) a.made[i].endorsee = _anyone(seed, "endorsee");
        else if (kind == 4) a.made[i].referenceDigest = bills[ids[_from(seed, "other", ids.length)]].referenceDigest;
        else if (kind == 5) a.made[i].referenceDigest = 0;
        else if (kind == 6) a.made[i].commitment = 0;
        else a.made[i].isToOrder = !a.made[i].isToOrder;
    }

    function _bendReplacement(Act memory a, uint256 seed) private view {
        uint256 kind = _from(seed, "bend replacement", 9);
        uint256 i = _from(seed, "old", a.oldIds.length);
        uint256 j = _from(seed, "new", a.made.length);
        if (kind == 0) a.actor = _actor(seed);
        else if (kind == 1 && i < a.sequences.length) a.sequences[i] += 1;
        else if (kind == 2) a.oldIds[i] = ids[_from(seed, "other", ids.length)];
        else if (kind == 3) a.made[j].version += 1;
        else if (kind == 4) a.made[j].version = 0;
        else if (kind == 5) a.sequences = new uint32[](a.oldIds.length - 1);
        else if (kind == 6) a.made[j] = a.made[0];
        else _bendNew(a, j, seed);
        if (kind == 2) for (uint256 k = 0; k < a.sequences.length; ++k) a.sequences[k] = bills[a.oldIds[k]].sequence;
    }

    /// Somebody, with or without a key and a seat, but not the zero address, which nobody can call from.
    function _actor(uint256 seed) internal view returns (address who) {
        who = _anyone(seed, "actor");
        if (who == address(0)) who = stranger;
    }
}
