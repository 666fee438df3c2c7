// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "./Vm.sol";

/// @notice What a test may say. A broken expectation reverts with what was got and what was wanted.
abstract contract Check {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    error Broken(string what);
    error Differs(string what, bytes32 got, bytes32 wanted);
    error BytesDiffer(string what, bytes got, bytes wanted);

    function _that(bool holds, string memory what) internal pure {
        if (!holds) revert Broken(what);
    }

    function _same(bytes32 got, bytes32 wanted, string memory what) internal pure {
        if (got != wanted) revert Differs(what, got, wanted);
    }

    function _same(uint256 got, uint256 wanted, string memory what) internal pure {
        _same(bytes32(got), bytes32(wanted), what);
    }

    function _same(address got, address wanted, string memory what) internal pure {
        _same(bytes32(uint256(uint160(got))), bytes32(uint256(uint160(wanted))), what);
    }

    function _same(bool got, bool wanted, string memory what) internal pure {
        _same(bytes32(got ? uint256(1) : 0), bytes32(wanted ? uint256(1) : 0), what);
    }

    function _same(bytes memory got, bytes memory wanted, string memory what) internal pure {
        if (keccak256(got) != keccak256(wanted)) revert BytesDiffer(what, got, wanted);
    }

    function _now() internal view returns (uint256) {
        return vm.getBlockTimestamp();
    }
}
