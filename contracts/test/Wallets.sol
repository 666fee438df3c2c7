// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A contract wallet with one owner, which may turn on those who ask it. One account can so be an honest party
/// first and a hostile one later. Not declared as IERC1271: a hostile wallet does not promise to be a view.
contract OwnedWallet {
    enum Mood {
        HONEST,
        BURNS_GAS,
        RETURNS_PLENTY,
        REVERTS_WITH_PLENTY,
        RE_ENTERS,
        WRONG_MAGIC,
        SHORT_ANSWER,
        SAYS_YES
    }

    bytes4 private constant YES = 0x1626ba7e;
    /// As much as 400,000 gas may pay for.
    uint256 private constant PLENTY = 300_000;

    /// In the code, not in storage: an account that sets this code on itself has empty storage.
    address public immutable owner;
    Mood public mood;
    address private _target;
    bytes private _plot;

    constructor(address owner_) {
        owner = owner_;
    }

    function turn(Mood mood_) external {
        mood = mood_;
    }

    /// What it calls, in its own name, while it is being asked.
    function plot(address target, bytes calldata call) external {
        (_target, _plot) = (target, call);
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external returns (bytes4 answer) {
        Mood now_ = mood;
        if (now_ == Mood.SAYS_YES) return YES;
        if (now_ == Mood.WRONG_MAGIC) return 0xffffffff;
        if (now_ == Mood.RE_ENTERS) {
            // A write inside a static call burns all the gas it was given: enough for any act, and no more.
            (bool done,) = _target.call{gas: 100_000}(_plot);
            if (done) return 0; // an act that stood in between would be missed: the outer one is refused
        }
        answer = _isByOwner(digest, signature) ? YES : bytes4(0);
        if (now_ == Mood.BURNS_GAS) while (true) answer = bytes4(keccak256(abi.encode(answer)));
        assembly ("memory-safe") {
            if eq(now_, 2) {
                mstore(mload(0x40), shl(224, 0xffffffff))
                return(mload(0x40), PLENTY)
            }
            if eq(now_, 3) { revert(mload(0x40), PLENTY) }
            if eq(now_, 6) {
                mstore(0, answer)
                return(0, 4)
            }
        }
    }

    function _isByOwner(bytes32 digest, bytes calldata signature) private view returns (bool) {
        if (signature.length != 65) return false;
        return ecrecover(digest, uint8(signature[64]), bytes32(signature[:32]), bytes32(signature[32:64])) == owner;
    }
}
