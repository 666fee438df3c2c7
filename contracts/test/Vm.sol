// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice The cheatcodes of the test runner that these tests use, and no others. Written out here so that the tests
/// need no library beside the compiler.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    /// An account whose key is known.
    function addr(uint256 key) external pure returns (address);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);

    /// The sender of the next call only.
    function prank(address sender) external;

    /// What time and which chain it is.
    function warp(uint256 time) external;
    function chainId(uint256 id) external;
    /// The time now, asked of the runner: the optimiser takes `block.timestamp` for constant within one call.
    function getBlockTimestamp() external view returns (uint256);

    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);

    /// The next event must be this one in each part.
    function expectEmit(bool topic1, bool topic2, bool topic3, bool data, address emitter) external;

    /// Deploys from the artifact, not from an import: a changed contract then leaves its tests compiled.
    function deployCode(string calldata artifact, bytes calldata arguments) external returns (address);
    function etch(address account, bytes calldata code) external;
    function load(address account, bytes32 slot) external view returns (bytes32);

    function label(address account, string calldata name) external;
}
