// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITitleRegistry} from "./interfaces/ITitleRegistry.sol";

/// @notice Who holds a title and how it stands, in one word, so that an act costs one load and one store of it:
/// holder (bits 0–159), sequence (160–191), time of the last act (192–231), status (232–239), flags (240–247).
type Possession is uint256;

using {holder, sequence, actedAt, status, isIn, has, next, heldBy, inStatus, with, without} for Possession global;

/// @notice What a title is bound to, in one word: carrier (bits 0–159), party numbers of the endorsee (160–191) and of the
/// first holder (192–223), version (224–239). The registry never gives a party number to another account.
type Terms is uint256;

using {carrier, endorsee, firstHolder, version, endorsedTo} for Terms global;

// Flags of a possession.
uint256 constant TO_ORDER = 1 << 240;
uint256 constant MAY_ENDORSE = 1 << 241;
uint256 constant HOLDER_IS_ENDORSEE = 1 << 242;
uint256 constant ENDORSEE_HAS_HELD = 1 << 243;
uint256 constant HOLDER_IS_FIRST = 1 << 244;
uint256 constant PASSED_ON = 1 << 245;

function holder(Possession p) pure returns (address) {
    return address(uint160(Possession.unwrap(p)));
}

function sequence(Possession p) pure returns (uint32) {
    return uint32(Possession.unwrap(p) >> 160);
}

function actedAt(Possession p) pure returns (uint40) {
    return uint40(Possession.unwrap(p) >> 192);
}

function status(Possession p) pure returns (ITitleRegistry.Status) {
    return ITitleRegistry.Status(uint8(Possession.unwrap(p) >> 232));
}

function isIn(Possession p, ITitleRegistry.Status status_) pure returns (bool) {
    return uint8(Possession.unwrap(p) >> 232) == uint8(status_);
}

/// Whether all of these flags stand.
function has(Possession p, uint256 flags) pure returns (bool) {
    return Possession.unwrap(p) & flags == flags;
}

/// As it stands after one more act, now. A title would need four billion acts to overflow its sequence.
function next(Possession p, uint256 sequence_) view returns (Possession) {
    uint256 rest = Possession.unwrap(p) & ~(uint256(type(uint72).max) << 160);
    unchecked {
        return Possession.wrap(rest | (uint256(uint32(sequence_ + 1)) << 160) | (uint256(uint40(block.timestamp)) << 192));
    }
}

function heldBy(Possession p, address to) pure returns (Possession) {
    return Possession.wrap((Possession.unwrap(p) & ~uint256(type(uint160).max)) | uint160(to));
}

function inStatus(Possession p, ITitleRegistry.Status now_) pure returns (Possession) {
    return Possession.wrap((Possession.unwrap(p) & ~(uint256(0xff) << 232)) | (uint256(now_) << 232));
}

function with(Possession p, uint256 flags) pure returns (Possession) {
    return Possession.wrap(Possession.unwrap(p) | flags);
}

function without(Possession p, uint256 flags) pure returns (Possession) {
    return Possession.wrap(Possession.unwrap(p) & ~flags);
}

function carrier(Terms m) pure returns (address) {
    return address(uint160(Terms.unwrap(m)));
}

function endorsee(Terms m) pure returns (uint32) {
    return uint32(Terms.unwrap(m) >> 160);
}

function firstHolder(Terms m) pure returns (uint32) {
    return uint32(Terms.unwrap(m) >> 192);
}

function version(Terms m) pure returns (uint16) {
    return uint16(Terms.unwrap(m) >> 224);
}

/// The same title endorsed to the party of this number; 0: in blank.
function endorsedTo(Terms m, uint32 number) pure returns (Terms) {
    return Terms.wrap((Terms.unwrap(m) & ~(uint256(type(uint32).max) << 160)) | (uint256(number) << 160));
}

function termsOf(address carrier_, uint32 endorsee_, uint32 firstHolder_, uint16 version_) pure returns (Terms) {
    return Terms.wrap(
        uint160(carrier_) | (uint256(endorsee_) << 160) | (uint256(firstHolder_) << 192) | (uint256(version_) << 224)
    );
}
