// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISignedActs} from "../interfaces/ISignedActs.sol";
import {ITitleRegistry} from "../interfaces/ITitleRegistry.sol";

/// @notice Any act on a title, whichever way it goes. A verb uses the fields that it needs.
struct Act {
    ITitleRegistry.Verb verb;
    address actor;
    bytes32 titleId;
    uint32 sequence;
    address to; // receiver; of an issue the first holder
    ITitleRegistry.Purpose purpose;
    bytes32 reason;
    ITitleRegistry.PreviousAct previous;
    bytes32[] oldIds;
    uint32[] sequences;
    ITitleRegistry.NewTitle[] made; // of an issue: one
}

/// @notice An act as a call, by its actor or by signature; and what its actor signs. The typed data are spelt out again
/// here, field by field, so that a change of the contract's types is noticed.
library Acts {
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    string private constant NEW_TITLE =
        "NewTitle(address endorsee,bool isToOrder,uint16 version,bytes32 referenceDigest,bytes32 commitment)";

    function plain(ITitleRegistry.Verb verb, address actor, bytes32 titleId, uint32 sequence)
        internal
        pure
        returns (Act memory a)
    {
        a.verb = verb;
        a.actor = actor;
        a.titleId = titleId;
        a.sequence = sequence;
    }

    // AS A CALL

    function direct(Act memory a) internal pure returns (bytes memory) {
        ITitleRegistry.Verb v = a.verb;
        if (v == ITitleRegistry.Verb.ISSUE) {
            ITitleRegistry.NewTitle memory n = a.made[0];
            return abi.encodeCall(
                ITitleRegistry.issue, (a.to, n.endorsee, n.isToOrder, n.referenceDigest, n.commitment)
            );
        }
        if (v == ITitleRegistry.Verb.REPLACE) {
            return abi.encodeCall(ITitleRegistry.replace, (a.oldIds, a.sequences, a.made));
        }
        if (v == ITitleRegistry.Verb.REJECT_TRANSFER) {
            return abi.encodeCall(ITitleRegistry.rejectTransfer, (a.titleId, a.sequence, a.previous));
        }
        if (v == ITitleRegistry.Verb.REQUEST_SURRENDER) {
            return abi.encodeCall(ITitleRegistry.requestSurrender, (a.titleId, a.sequence, a.purpose, a.reason));
        }
        if (handsOver(v)) return abi.encodeWithSelector(_directSelector(v), a.titleId, a.sequence, a.to);
        return abi.encodeWithSelector(_directSelector(v), a.titleId, a.sequence);
    }

    function signed(Act memory a, ISignedActs.Authorization memory by) internal pure returns (bytes memory) {
        ITitleRegistry.Verb v = a.verb;
        if (v == ITitleRegistry.Verb.ISSUE) {
            ITitleRegistry.NewTitle memory n = a.made[0];
            return abi.encodeCall(
                ITitleRegistry.issueBySignature, (a.to, n.endorsee, n.isToOrder, n.referenceDigest, n.commitment, by)
            );
        }
        if (v == ITitleRegistry.Verb.REPLACE) {
            return abi.encodeCall(ITitleRegistry.replaceBySignature, (a.oldIds, a.sequences, a.made, by));
        }
        if (v == ITitleRegistry.Verb.REJECT_TRANSFER) {
            return abi.encodeCall(ITitleRegistry.rejectTransferBySignature, (a.titleId, a.sequence, a.previous, by));
        }
        if (v == ITitleRegistry.Verb.REQUEST_SURRENDER) {
            return abi.encodeCall(
                ITitleRegistry.requestSurrenderBySignature, (a.titleId, a.sequence, a.purpose, a.reason, by)
            );
        }
        if (handsOver(v)) return abi.encodeWithSelector(_signedSelector(v), a.titleId, a.sequence, a.to, by);
        return abi.encodeWithSelector(_signedSelector(v), a.titleId, a.sequence, by);
    }

    /// Transfer and the three endorsements.
    function handsOver(ITitleRegistry.Verb v) internal pure returns (bool) {
        return v >= ITitleRegistry.Verb.TRANSFER && v <= ITitleRegistry.Verb.ENDORSE_IN_BLANK;
    }

    function _directSelector(ITitleRegistry.Verb v) private pure returns (bytes4) {
        if (v == ITitleRegistry.Verb.TRANSFER) return ITitleRegistry.transfer.selector;
        if (v == ITitleRegistry.Verb.ENDORSE) return ITitleRegistry.endorse.selector;
        if (v == ITitleRegistry.Verb.ENDORSE_TO_ORDER) return ITitleRegistry.endorseToOrder.selector;
        if (v == ITitleRegistry.Verb.ENDORSE_IN_BLANK) return ITitleRegistry.endorseInBlank.selector;
        if (v == ITitleRegistry.Verb.SIGN) return ITitleRegistry.sign.selector;
        if (v == ITitleRegistry.Verb.WITHDRAW_SURRENDER) return ITitleRegistry.withdrawSurrender.selector;
        if (v == ITitleRegistry.Verb.ACCEPT_SURRENDER) return ITitleRegistry.acceptSurrender.selector;
        return ITitleRegistry.rejectSurrender.selector;
    }

    function _signedSelector(ITitleRegistry.Verb v) private pure returns (bytes4) {
        if (v == ITitleRegistry.Verb.TRANSFER) return ITitleRegistry.transferBySignature.selector;
        if (v == ITitleRegistry.Verb.ENDORSE) return ITitleRegistry.endorseBySignature.selector;
        if (v == ITitleRegistry.Verb.ENDORSE_TO_ORDER) return ITitleRegistry.endorseToOrderBySignature.selector;
        if (v == ITitleRegistry.Verb.ENDORSE_IN_BLANK) return ITitleRegistry.endorseInBlankBySignature.selector;
        if (v == ITitleRegistry.Verb.SIGN) return ITitleRegistry.signBySignature.selector;
        if (v == ITitleRegistry.Verb.WITHDRAW_SURRENDER) return ITitleRegistry.withdrawSurrenderBySignature.selector;
        if (v == ITitleRegistry.Verb.ACCEPT_SURRENDER) return ITitleRegistry.acceptSurrenderBySignature.selector;
        return ITitleRegistry.rejectSurrenderBySignature.selector;
    }

    // AS TYPED DATA

    function domainSeparator(string memory name, uint256 chain, address verifying) internal pure returns (bytes32) {
        return keccak256(abi.encode(DOMAIN, keccak256(bytes(name)), keccak256("1"), chain, verifying));
    }

    function digest(bytes32 separator, bytes32 contents) internal pure returns (bytes32) {
        return keccak256(bytes.concat(hex"1901", separator, contents));
    }

    function structHash(Act memory a, uint64 deadline) internal pure returns (bytes32) {
        ITitleRegistry.Verb v = a.verb;
        if (v == ITitleRegistry.Verb.ISSUE) return _issueHash(a, deadline);
        if (v == ITitleRegistry.Verb.REPLACE) return _replaceHash(a, deadline);
        if (v == ITitleRegistry.Verb.REQUEST_SURRENDER) {
            bytes32 kind = keccak256(
                "RequestSurrender(bytes32 titleId,uint32 sequence,uint8 purpose,bytes32 reason,uint64 deadline)"
            );
            return keccak256(abi.encode(kind, a.titleId, a.sequence, a.purpose, a.reason, deadline));
        }
        if (handsOver(v)) {
            bytes32 kind = keccak256(
                bytes.concat(bytes(_typeName(v)), "(bytes32 titleId,uint32 sequence,address to,uint64 deadline)")
            );
            return keccak256(abi.encode(kind, a.titleId, a.sequence, a.to, deadline));
        }
        bytes32 bare =
            keccak256(bytes.concat(bytes(_typeName(v)), "(bytes32 titleId,uint32 sequence,uint64 deadline)"));
        return keccak256(abi.encode(bare, a.titleId, a.sequence, deadline));
    }

    function _typeName(ITitleRegistry.Verb v) private pure returns (string memory) {
        if (v == ITitleRegistry.Verb.TRANSFER) return "Transfer";
        if (v == ITitleRegistry.Verb.ENDORSE) return "Endorse";
        if (v == ITitleRegistry.Verb.ENDORSE_TO_ORDER) return "EndorseToOrder";
        if (v == ITitleRegistry.Verb.ENDORSE_IN_BLANK) return "EndorseInBlank";
        if (v == ITitleRegistry.Verb.REJECT_TRANSFER) return "RejectTransfer";
        if (v == ITitleRegistry.Verb.SIGN) return "Sign";
        if (v == ITitleRegistry.Verb.WITHDRAW_SURRENDER) return "WithdrawSurrender";
        if (v == ITitleRegistry.Verb.ACCEPT_SURRENDER) return "AcceptSurrender";
        return "RejectSurrender";
    }

    function _issueHash(Act memory a, uint64 deadline) private pure returns (bytes32) {
        ITitleRegistry.NewTitle memory n = a.made[0];
        bytes32 kind = keccak256(
            "Issue(bytes32 titleId,uint32 sequence,address holder,address endorsee,bool isToOrder,bytes32 referenceDigest,bytes32 commitment,uint64 deadline)"
        );
        bytes32 id = keccak256(abi.encode(a.actor, n.referenceDigest, uint16(0)));
        return keccak256(
            bytes.concat(
                abi.encode(kind, id, uint32(0), a.to, n.endorsee),
                abi.encode(n.isToOrder, n.referenceDigest, n.commitment, deadline)
            )
        );
    }

    function _replaceHash(Act memory a, uint64 deadline) private pure returns (bytes32) {
        bytes32 kind = keccak256(
            bytes.concat(
                "Replace(bytes32[] oldIds,uint32[] sequences,NewTitle[] newTitles,uint64 deadline)", bytes(NEW_TITLE)
            )
        );
        bytes memory ids;
        bytes memory sequences;
        bytes memory titles;
        for (uint256 i = 0; i < a.oldIds.length; ++i) ids = bytes.concat(ids, a.oldIds[i]);
        for (uint256 i = 0; i < a.sequences.length; ++i) sequences = bytes.concat(sequences, abi.encode(a.sequences[i]));
        for (uint256 i = 0; i < a.made.length; ++i) {
            ITitleRegistry.NewTitle memory n = a.made[i];
            bytes32 one = keccak256(
                abi.encode(
                    keccak256(bytes(NEW_TITLE)), n.endorsee, n.isToOrder, n.version, n.referenceDigest, n.commitment
                )
            );
            titles = bytes.concat(titles, one);
        }
        return keccak256(abi.encode(kind, keccak256(ids), keccak256(sequences), keccak256(titles), deadline));
    }
}
