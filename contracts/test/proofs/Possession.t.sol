// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {ISignedActs} from "../../interfaces/ISignedActs.sol";
import {ITitleRegistry} from "../../interfaces/ITitleRegistry.sol";
import {Possession, Terms} from "../../Possession.sol";
import {Registration} from "../../Registration.sol";
import {TitleRegistry} from "../../TitleRegistry.sol";

/// @notice The prover's own cheatcodes, and those it shares with the test runner.
interface Svm {
    function createUint256(string calldata name) external returns (uint256);
    function createCalldata(address of_) external returns (bytes memory);
    function enableSymbolicStorage(address of_) external;
}

interface Hevm {
    function assume(bool holds) external;
    function prank(address sender) external;
    function warp(uint256 time) external;
}

/// @notice The registry itself, with a window on its records.
contract OpenRegistry is TitleRegistry {
    constructor(IPartyRegistry parties_) TitleRegistry(parties_, 72 hours, 14 days) {}

    function recordOf(bytes32 titleId) external view returns (Record memory) {
        return _records[titleId];
    }
}

/// @notice Any party registry that could be: it answers from storage of which nothing is known.
contract AnyParties {
    mapping(address account => uint256 word) private _words;

    function registration(address account) external view returns (Registration) {
        return Registration.wrap(_words[account]);
    }
}

/// @notice Proofs, by symbolic execution of the compiled registry, of what moves possession and what ends a title.
/// PROVED for every state of the registry's storage, every answer of the party registry, every caller, every time and
/// every argument of every external function that may write, where arrays have one element and signatures 65 bytes:
/// - check_onlyTheHolderMovesPossession: where a call by anybody changes a title's holder, the caller was its holder and
///   the function one of transfer, endorse, endorseToOrder, endorseInBlank, rejectTransfer; or the title is new. No
///   function …BySignature but those five moves possession at all.
/// - check_aSignedActMovesItsSignersPossessionOnly: where one of the five moves it by signature, the signer was the
///   holder, ecrecover gives the signer for the typed data of this very act, and the deadline has not passed; 64 bytes
///   are no signature.
/// - check_aReturnRestoresWhatWas: whoever returns a title right after it was handed over, and whatever is said to have
///   been before, giver, endorsee, entitlement and flags are then as they were before the hand-over.
/// - check_anActCountsOnce: each title's sequence stays, and then the whole record stays, or it rises by one.
/// - check_aSurrenderedTitleIsFinal: a title surrendered for delivery or paper, or replaced, stays as it is to the bit;
///   one surrendered for amendment changes in status alone, to REPLACED (and counts the act, and its time).
/// - check_aReplacementGoesToWhoSurrendered: the title that a call of `replace` makes is held by who held, and is of the
///   carrier that issued, the one that it replaces; this had been surrendered for amendment, and but for status, sequence
///   and time stays as it was.
/// ASSUMED: that ecrecover returns an address only to who knows its key, as an unknown function of digest and signature;
/// that keccak-256 has no collisions; that signers are plain accounts (what a wallet says yes to is its own affair); that
/// the compiler lets no view function write.
/// LEFT OUT: `batch`, which only calls this contract's other functions in the registry's own name: it is covered act by
/// act, as the registry is one of the callers here and nobody holds in its name. Longer arrays (division, consolidation)
/// are for the random tests: with two elements each the paths of a replacement came to no end in minutes.
/// That each claim can fail is seen by breaking the contract: breaks.toml beside this file, scripts/prove --self-test.
/// @custom:halmos --default-array-lengths 1 --default-bytes-lengths 65
contract PossessionProof {
    Svm private constant svm = Svm(address(uint160(uint256(keccak256("svm cheat code")))));
    Hevm private constant vm = Hevm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 private constant COUNT_AND_TIME = uint256(type(uint72).max) << 160;
    uint256 private constant STATUS = uint256(type(uint8).max) << 232;

    OpenRegistry private _titles;

    function setUp() public {
        AnyParties parties = new AnyParties();
        _titles = new OpenRegistry(IPartyRegistry(address(parties)));
        svm.enableSymbolicStorage(address(parties));
        svm.enableSymbolicStorage(address(_titles));
        vm.warp(uint40(svm.createUint256("time")));
    }

    /// Any call but a batch, which stands.
    function _anyCall(address caller) private returns (bytes4 selector) {
        bytes memory data = svm.createCalldata(address(_titles));
        selector = bytes4(data);
        vm.assume(selector != ISignedActs.batch.selector);
        vm.prank(caller);
        (bool stands,) = address(_titles).call(data);
        vm.assume(stands);
    }

    function check_onlyTheHolderMovesPossession(address caller, bytes32 titleId) public {
        Possession before = _titles.recordOf(titleId).possession;
        bytes4 selector = _anyCall(caller);
        if (_titles.recordOf(titleId).possession.holder() == before.holder()) return;
        if (before.sequence() == 0) {
            assert(
                selector == ITitleRegistry.issue.selector || selector == ITitleRegistry.issueBySignature.selector
                    || selector == ITitleRegistry.replace.selector
                    || selector == ITitleRegistry.replaceBySignature.selector
            );
        } else if (_isSignedHandOver(selector)) {
            return; // see check_aSignedActMovesItsSignersPossessionOnly
        } else {
            assert(caller == before.holder());
            assert(before.isIn(ITitleRegistry.Status.ISSUED));
            assert(_isHandOver(selector));
        }
    }

    function check_anActCountsOnce(address caller, bytes32 titleId) public {
        TitleRegistry.Record memory before = _titles.recordOf(titleId);
        _anyCall(caller);
        TitleRegistry.Record memory then = _titles.recordOf(titleId);
        uint32 sequence = before.possession.sequence();
        if (then.possession.sequence() == sequence) {
            assert(keccak256(abi.encode(then)) == keccak256(abi.encode(before)));
        } else {
            unchecked {
                assert(then.possession.sequence() == sequence + 1);
            }
            assert(sequence == 0 || then.commitment == before.commitment);
        }
    }

    function check_aSurrenderedTitleIsFinal(address caller, bytes32 titleId) public {
        TitleRegistry.Record memory before = _titles.recordOf(titleId);
        uint256 status = uint8(Possession.unwrap(before.possession) >> 232);
        vm.assume(before.possession.sequence() != 0);
        vm.assume(status >= uint256(ITitleRegistry.Status.SURRENDERED_FOR_DELIVERY));
        vm.assume(status <= uint256(ITitleRegistry.Status.REPLACED));
        _anyCall(caller);
        TitleRegistry.Record memory then = _titles.recordOf(titleId);
        if (Possession.unwrap(then.possession) == Possession.unwrap(before.possession)) return;
        assert(status == uint256(ITitleRegistry.Status.SURRENDERED_FOR_AMENDMENT));
        assert(then.possession.isIn(ITitleRegistry.Status.REPLACED));
        assert(_less(then.possession, STATUS) == _less(before.possession, STATUS));
        assert(Terms.unwrap(then.terms) == Terms.unwrap(before.terms));
    }

    function check_aReplacementGoesToWhoSurrendered(
        address caller,
        bytes32[] calldata oldIds,
        uint32[] calldata sequences,
        ITitleRegistry.NewTitle[] calldata newTitles
    ) public {
        TitleRegistry.Record[] memory before = new TitleRegistry.Record[](oldIds.length);
        for (uint256 i = 0; i < oldIds.length; ++i) before[i] = _titles.recordOf(oldIds[i]);
        vm.prank(caller);
        bytes32[] memory newIds = _titles.replace(oldIds, sequences, newTitles);
        assert(newIds.length == newTitles.length);
        for (uint256 i = 0; i < before.length; ++i) {
            TitleRegistry.Record memory then = _titles.recordOf(oldIds[i]);
            assert(before[i].terms.carrier() == caller);
            assert(before[i].possession.isIn(ITitleRegistry.Status.SURRENDERED_FOR_AMENDMENT));
            assert(then.possession.isIn(ITitleRegistry.Status.REPLACED));
            assert(_less(then.possession, STATUS) == _less(before[i].possession, STATUS));
            assert(Terms.unwrap(then.terms) == Terms.unwrap(before[i].terms));
            assert(then.commitment == before[i].commitment);
            for (uint256 j = 0; j < newIds.length; ++j) {
                TitleRegistry.Record memory made = _titles.recordOf(newIds[j]);
                assert(made.possession.isIn(ITitleRegistry.Status.ISSUED) && made.terms.carrier() == caller);
                assert(made.possession.holder() == before[i].possession.holder());
            }
        }
    }

    /// `kind`: transfer, the three endorsements. `by` returns at `time` what was handed over.
    function check_aReturnRestoresWhatWas(
        uint256 kind,
        address giver,
        bytes32 titleId,
        uint32 sequence,
        address to,
        address by,
        uint40 time,
        ITitleRegistry.PreviousAct calldata previous
    ) public {
        vm.assume(kind < 4);
        TitleRegistry.Record memory before = _titles.recordOf(titleId);
        vm.prank(giver);
        if (kind == 0) _titles.transfer(titleId, sequence, to);
        else if (kind == 1) _titles.endorse(titleId, sequence, to);
        else if (kind == 2) _titles.endorseToOrder(titleId, sequence, to);
        else _titles.endorseInBlank(titleId, sequence, to);
        address receiver = _titles.recordOf(titleId).possession.holder();
        vm.warp(time);
        vm.prank(by);
        uint32 reached;
        unchecked {
            reached = sequence + 1;
        }
        _titles.rejectTransfer(titleId, reached, previous);

        TitleRegistry.Record memory then = _titles.recordOf(titleId);
        assert(by == receiver && by != giver);
        assert(_less(then.possession, 0) == _less(before.possession, 0));
        assert(Terms.unwrap(then.terms) == Terms.unwrap(before.terms));
        assert(then.commitment == before.commitment);
    }

    /// `kind`: transfer, the three endorsements, rejectTransfer.
    /// @custom:halmos --default-bytes-lengths 64,65
    function check_aSignedActMovesItsSignersPossessionOnly(
        uint256 kind,
        bytes32 titleId,
        uint32 sequence,
        address to,
        ITitleRegistry.PreviousAct calldata previous,
        ISignedActs.Authorization calldata by
    ) public {
        vm.assume(kind < 5);
        address before = _titles.recordOf(titleId).possession.holder();
        if (kind == 0) _titles.transferBySignature(titleId, sequence, to, by);
        else if (kind == 1) _titles.endorseBySignature(titleId, sequence, to, by);
        else if (kind == 2) _titles.endorseToOrderBySignature(titleId, sequence, to, by);
        else if (kind == 3) _titles.endorseInBlankBySignature(titleId, sequence, to, by);
        else _titles.rejectTransferBySignature(titleId, sequence, previous, by);
        if (_titles.recordOf(titleId).possession.holder() == before) return;

        assert(by.signer == before);
        assert(block.timestamp <= by.deadline);
        assert(by.signature.length == 65);
        bytes32 contents = _contents(_verb(kind), kind != 4, titleId, sequence, to, by.deadline);
        (bytes32 r, bytes32 s) = abi.decode(by.signature[:64], (bytes32, bytes32));
        assert(ecrecover(_digest(contents), uint8(by.signature[64]), r, s) == by.signer);
    }

    /// A possession without sequence and time, and without these bits.
    function _less(Possession p, uint256 bits) private pure returns (uint256) {
        return Possession.unwrap(p) & ~(COUNT_AND_TIME | bits);
    }

    function _verb(uint256 kind) private pure returns (string memory) {
        if (kind == 0) return "Transfer";
        if (kind == 1) return "Endorse";
        if (kind == 2) return "EndorseToOrder";
        return kind == 3 ? "EndorseInBlank" : "RejectTransfer";
    }

    function _contents(
        string memory name, bool handsOver, bytes32 titleId, uint32 sequence, address to, uint64 deadline
    ) private pure returns (bytes32) {
        if (!handsOver) {
            bytes32 bare = keccak256(bytes.concat(bytes(name), "(bytes32 titleId,uint32 sequence,uint64 deadline)"));
            return keccak256(abi.encode(bare, titleId, sequence, deadline));
        }
        bytes32 kind =
            keccak256(bytes.concat(bytes(name), "(bytes32 titleId,uint32 sequence,address to,uint64 deadline)"));
        return keccak256(abi.encode(kind, titleId, sequence, to, deadline));
    }

    function _digest(bytes32 contents) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("eBL Ledger Titles"),
                keccak256("1"),
                block.chainid,
                address(_titles)
            )
        );
        return keccak256(bytes.concat(hex"1901", domain, contents));
    }

    function _isHandOver(bytes4 selector) private pure returns (bool) {
        return selector == ITitleRegistry.transfer.selector || selector == ITitleRegistry.endorse.selector
            || selector == ITitleRegistry.endorseToOrder.selector || selector == ITitleRegistry.endorseInBlank.selector
            || selector == ITitleRegistry.rejectTransfer.selector;
    }

    function _isSignedHandOver(bytes4 selector) private pure returns (bool) {
        return selector == ITitleRegistry.transferBySignature.selector
            || selector == ITitleRegistry.endorseBySignature.selector
            || selector == ITitleRegistry.endorseToOrderBySignature.selector
            || selector == ITitleRegistry.endorseInBlankBySignature.selector
            || selector == ITitleRegistry.rejectTransferBySignature.selector;
    }
}
