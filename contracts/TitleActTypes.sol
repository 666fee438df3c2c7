// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITitleRegistry} from "./interfaces/ITitleRegistry.sol";

/// @title TitleActTypes
/// @notice The EIP-712 types of the acts on a title, one primary type a verb, and their struct hashes.
library TitleActTypes {
    bytes32 internal constant ISSUE = keccak256(
        "Issue(bytes32 titleId,uint32 sequence,address holder,address endorsee,bool isToOrder,bytes32 referenceDigest,bytes32 commitment,uint64 deadline)"
    );
    bytes32 internal constant TRANSFER =
        keccak256("Transfer(bytes32 titleId,uint32 sequence,address to,uint64 deadline)");
    bytes32 internal constant ENDORSE =
        keccak256("Endorse(bytes32 titleId,uint32 sequence,address to,uint64 deadline)");
    bytes32 internal constant ENDORSE_TO_ORDER =
        keccak256("EndorseToOrder(bytes32 titleId,uint32 sequence,address to,uint64 deadline)");
    bytes32 internal constant ENDORSE_IN_BLANK =
        keccak256("EndorseInBlank(bytes32 titleId,uint32 sequence,address to,uint64 deadline)");
    bytes32 internal constant REJECT_TRANSFER =
        keccak256("RejectTransfer(bytes32 titleId,uint32 sequence,uint64 deadline)");
    bytes32 internal constant SIGN = keccak256("Sign(bytes32 titleId,uint32 sequence,uint64 deadline)");
    bytes32 internal constant REQUEST_SURRENDER = keccak256(
        "RequestSurrender(bytes32 titleId,uint32 sequence,uint8 purpose,bytes32 reason,uint64 deadline)"
    );
    bytes32 internal constant WITHDRAW_SURRENDER =
        keccak256("WithdrawSurrender(bytes32 titleId,uint32 sequence,uint64 deadline)");
    bytes32 internal constant ACCEPT_SURRENDER =
        keccak256("AcceptSurrender(bytes32 titleId,uint32 sequence,uint64 deadline)");
    bytes32 internal constant REJECT_SURRENDER =
        keccak256("RejectSurrender(bytes32 titleId,uint32 sequence,uint64 deadline)");
    bytes32 internal constant NEW_TITLE = keccak256(
        "NewTitle(address endorsee,bool isToOrder,uint16 version,bytes32 referenceDigest,bytes32 commitment)"
    );
    bytes32 internal constant REPLACE = keccak256(
        "Replace(bytes32[] oldIds,uint32[] sequences,NewTitle[] newTitles,uint64 deadline)NewTitle(address endorsee,bool isToOrder,uint16 version,bytes32 referenceDigest,bytes32 commitment)"
    );

    /// Acts that need no more than a title: reject transfer, sign, withdraw, accept and reject surrender.
    function plain(bytes32 typeHash, bytes32 titleId, uint32 sequence, uint64 deadline)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(typeHash, titleId, sequence, deadline));
    }

    /// Acts that name a receiver: transfer and the three endorsements.
    function handOver(bytes32 typeHash, bytes32 titleId, uint32 sequence, address to, uint64 deadline)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(typeHash, titleId, sequence, to, deadline));
    }

    function requestSurrender(
        bytes32 titleId, uint32 sequence, ITitleRegistry.Purpose purpose, bytes32 reason, uint64 deadline
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(REQUEST_SURRENDER, titleId, sequence, purpose, reason, deadline));
    }

    /// The sequence of an issue is 0: no act came before it.
    function issue(bytes32 titleId, address holder, ITitleRegistry.NewTitle memory made, uint64 deadline)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                ISSUE,
                titleId,
                uint32(0),
                holder,
                made.endorsee,
                made.isToOrder,
                made.referenceDigest,
                made.commitment,
                deadline
            )
        );
    }

    function replace(
        bytes32[] calldata oldIds,
        uint32[] calldata sequences,
        ITitleRegistry.NewTitle[] calldata newTitles,
        uint64 deadline
    ) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](newTitles.length);
        for (uint256 i = 0; i < newTitles.length; ++i) {
            hashes[i] = keccak256(abi.encode(NEW_TITLE, newTitles[i]));
        }
        // Packed arrays pad each element to 32 bytes, as EIP-712 asks of arrays.
        return keccak256(
            abi.encode(
                REPLACE,
                keccak256(abi.encodePacked(oldIds)),
                keccak256(abi.encodePacked(sequences)),
                keccak256(abi.encodePacked(hashes)),
                deadline
            )
        );
    }
}
