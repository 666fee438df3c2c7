// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICargoInsurance} from "./interfaces/ICargoInsurance.sol";

/// @notice Whose a certificate is and how far it has come, in one word, so that an act costs one load and one store of
/// it: insurer (bits 0–159), sequence (160–191), time of the last act (192–231), mode (232–239), released (240), the part
/// whose cancellation the last act consented to, plus one (244–247).
type Standing is uint256;

using {insurer, sequence, actedAt, mode, isReleased, consents, next, released, consenting} for Standing global;

/// @notice What is covered and until when: times at which the risks of cargo (bits 0–39), war (40–79) and strikes (80–119)
/// attach, 0 where not covered; and at which notices of their cancellation run out (120–239), 0 where there is none.
type Cover is uint256;

using {attachesAt, endsAt, ending, attachment, ends, hasEnded} for Cover global;

uint256 constant PARTS = 3;
uint256 constant RELEASED = 1 << 240;
uint256 constant CONSENT = 0xf << 244;

function standingOf(address insurer_, ICargoInsurance.Mode mode_) pure returns (Standing) {
    return Standing.wrap(uint160(insurer_) | (uint256(mode_) << 232));
}

function insurer(Standing s) pure returns (address) {
    return address(uint160(Standing.unwrap(s)));
}

function sequence(Standing s) pure returns (uint32) {
    return uint32(Standing.unwrap(s) >> 160);
}

function actedAt(Standing s) pure returns (uint40) {
    return uint40(Standing.unwrap(s) >> 192);
}

function mode(Standing s) pure returns (ICargoInsurance.Mode) {
    return ICargoInsurance.Mode(uint8(Standing.unwrap(s) >> 232));
}

function isReleased(Standing s) pure returns (bool) {
    return Standing.unwrap(s) & RELEASED != 0;
}

/// Whether the last act was a consent to the cancellation of this part.
function consents(Standing s, ICargoInsurance.Part part) pure returns (bool) {
    return Standing.unwrap(s) & CONSENT == (uint256(part) + 1) << 244;
}

/// As it stands after one more act, now; a consent was for that act only.
function next(Standing s) view returns (Standing) {
    uint256 rest = Standing.unwrap(s) & ~(uint256(type(uint72).max) << 160) & ~CONSENT;
    unchecked {
        return Standing.wrap(rest | (uint256(s.sequence() + 1) << 160) | (uint256(uint40(block.timestamp)) << 192));
    }
}

function released(Standing s) pure returns (Standing) {
    return Standing.wrap(Standing.unwrap(s) | RELEASED);
}

function consenting(Standing s, ICargoInsurance.Part part) pure returns (Standing) {
    return Standing.wrap(Standing.unwrap(s) | ((uint256(part) + 1) << 244));
}

function coverOf(uint40 cargo, uint40 war, uint40 strikes) pure returns (Cover) {
    return Cover.wrap(uint256(cargo) | (uint256(war) << 40) | (uint256(strikes) << 80));
}

/// Part 0 is the cargo, 1 war, 2 strikes.
function attachesAt(Cover c, uint256 part) pure returns (uint40) {
    return uint40(Cover.unwrap(c) >> (40 * part));
}

function endsAt(Cover c, uint256 part) pure returns (uint40) {
    return uint40(Cover.unwrap(c) >> (40 * (PARTS + part)));
}

/// The same with this part ending then.
function ending(Cover c, uint256 part, uint40 time) pure returns (Cover) {
    uint256 shift = 40 * (PARTS + part);
    return Cover.wrap((Cover.unwrap(c) & ~(uint256(type(uint40).max) << shift)) | (uint256(time) << shift));
}

function attachment(Cover c) pure returns (ICargoInsurance.Parts memory) {
    return ICargoInsurance.Parts(c.attachesAt(0), c.attachesAt(1), c.attachesAt(2));
}

function ends(Cover c) pure returns (ICargoInsurance.Parts memory) {
    return ICargoInsurance.Parts(c.endsAt(0), c.endsAt(1), c.endsAt(2));
}

/// Whether every part that was covered has ended by now.
function hasEnded(Cover c) view returns (bool) {
    for (uint256 part = 0; part < PARTS; ++part) {
        if (c.attachesAt(part) == 0) continue;
        uint40 end = c.endsAt(part);
        if (end == 0 || end > block.timestamp) return false;
    }
    return true;
}
