// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ISignedActs} from "./interfaces/ISignedActs.sol";

/// @title SignedActs
/// @notice GUARANTEES, each with the test in contracts/test that holds it
/// - A signature counts up to its deadline, inclusive, and never more than 7 days ahead:
///   Signatures.t.sol/test_aSignatureCountsToItsDeadlineAndAtMostSevenDaysAhead, test_aDeadlineCountsToTheSecond.
/// - It counts for its signer, one verb, all arguments, one chain and one contract, and in one form only:
///   Signatures.t.sol/test_onlyTheSignersOwnSignatureCounts, test_aSignatureForOneVerbIsNoneForAnother,
///   test_aSignatureIsForEveryArgument, test_aSignatureIsForOneChainAndOneRegistry, test_onlyOneFormOfASignatureCounts.
/// - Where an account has code, its own or set on it (EIP-7702), the code answers for it:
///   Batch.t.sol/test_anAccountWithCodeSetIsAskedAsAWallet.
/// - An act in a batch can neither spoil nor starve another; it has its whole gas or the batch reverts:
///   Batch.t.sol/test_aWalletThatBurnsGasSpoilsNothing (and its neighbours), test_aLongActThatBurnsItsGasIsRefusedByItself,
///   test_everyActHasItsWholeGasOrTheBatchReverts, test_aBatchWithTooLittleGasRevertsWholeAndRefusesNoGoodAct.
/// - A refusal is named by place, digest and error, cut at 256 bytes; no batch runs in a batch:
///   Batch.t.sol/test_aReasonIsTheErrorCutAtTwoHundredFiftySixBytes, test_noBatchInABatch.
/// - A wallet that is being asked cannot act: Batch.t.sol/test_aWalletCannotReEnterWhileItIsAsked.
/// NOT GUARANTEED
/// - That a signature is used once: the acts see to that by their `sequence`.
/// - That a contract wallet answers tomorrow as it does today (ERC-1271 signatures can be revoked).
/// - That any act fits a batch: a replacement of several titles may need more than an act's share, and goes by itself.
abstract contract SignedActs is ISignedActs, EIP712 {
    uint256 private constant LONGEST_DEADLINE = 7 days;
    /// What one act of a batch may use. An issue uses a third of it; a replacement of several titles may need more.
    uint256 private constant ACT_GAS = 400_000;
    /// What must be left beside ACT_GAS for the call itself (EIP-150 keeps back 1/64) and for naming a refusal.
    uint256 private constant ACT_RESERVE = 25_000;
    uint256 private constant LONGEST_ERROR = 256;

    /// @inheritdoc ISignedActs
    function batch(bytes[] calldata acts) external {
        if (msg.sender == address(this)) revert BatchInBatch();
        for (uint256 i = 0; i < acts.length; ++i) {
            // Copied and digested before the gas is counted: with a long act, either costs more than the reserve.
            bytes memory act = acts[i];
            bytes32 digest = keccak256(act);
            if (gasleft() <= ACT_GAS + ACT_RESERVE) revert BatchOutOfGas(i);
            // The call is to this very contract, whose outside calls are all static: nothing can be re-entered. It
            // cannot pass for a party's direct call, since this contract signs nothing and so never joins.
            bool stands;
            assembly ("memory-safe") {
                stands := call(ACT_GAS, address(), 0, add(act, 0x20), mload(act), 0, 0)
            }
            if (!stands) emit ActRefused(i, digest, _lastError());
        }
    }

    /// The signer, where its signature over `structHash` counts now.
    function _signer(Authorization calldata a, bytes32 structHash) internal view returns (address) {
        if (block.timestamp > a.deadline) revert DeadlinePassed(a.deadline, block.timestamp);
        uint256 latest = block.timestamp + LONGEST_DEADLINE;
        if (a.deadline > latest) revert DeadlineTooDistant(a.deadline, latest);
        bytes32 digest = _hashTypedDataV4(structHash);
        if (!SignatureChecker.isValidSignatureNowCalldata(a.signer, digest, a.signature)) {
            revert InvalidSignature(a.signer);
        }
        return a.signer;
    }

    function _lastError() private pure returns (bytes memory data) {
        assembly ("memory-safe") {
            let size := returndatasize()
            if gt(size, LONGEST_ERROR) { size := LONGEST_ERROR }
            data := mload(0x40)
            mstore(data, size)
            returndatacopy(add(data, 0x20), 0, size)
            mstore(0x40, add(data, and(add(size, 0x3f), not(0x1f))))
        }
    }
}
