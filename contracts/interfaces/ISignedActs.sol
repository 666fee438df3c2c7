// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Acts that are signed by a party (EIP-712) and carried to the ledger by anyone, who pays the gas.
interface ISignedActs {
    /// @param signer the acting party: a plain account, or a contract wallet that answers ERC-1271
    /// @param deadline last second at which the act may land, at most 7 days away
    /// @param signature 65 bytes r, s, v of a plain account (s in the lower half), or what the wallet expects
    struct Authorization {
        address signer;
        uint64 deadline;
        bytes signature;
    }

    /// @notice The act at `index` of a batch did not stand; `act` is the keccak-256 of its bytes.
    /// @param reason the revert data, cut at 256 bytes: a custom error's selector and arguments
    event ActRefused(uint256 indexed index, bytes32 indexed act, bytes reason);

    error DeadlinePassed(uint64 deadline, uint256 time);
    error DeadlineTooDistant(uint64 deadline, uint256 latest);
    error InvalidSignature(address signer);
    error BatchInBatch();
    error BatchOutOfGas(uint256 index);

    /// @notice Carries many signed acts. Each stands or is refused by itself; the refused are named in `ActRefused`.
    /// Each act has at most 400,000 gas; where less is left than the next one may use, the whole batch reverts.
    /// @param acts ABI-encoded calls of this contract's …BySignature functions
    function batch(bytes[] calldata acts) external;
}
