// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What an act needs to know of an account, in one word: party number (bits 0–31; 0 where it is not registered),
/// roles (32–39), suspended (40).
type Registration is uint256;

using {number, hasRole, isSuspended} for Registration global;

function registrationOf(uint32 number_, uint8 roles, bool suspended) pure returns (Registration) {
    return Registration.wrap(number_ | (uint256(roles) << 32) | (suspended ? 1 << 40 : 0));
}

function number(Registration r) pure returns (uint32) {
    return uint32(Registration.unwrap(r));
}

function hasRole(Registration r, uint8 role) pure returns (bool) {
    return (Registration.unwrap(r) >> 32) & role != 0;
}

function isSuspended(Registration r) pure returns (bool) {
    return Registration.unwrap(r) & (1 << 40) != 0;
}
