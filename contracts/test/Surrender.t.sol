// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITitleRegistry} from "../interfaces/ITitleRegistry.sol";
import {Act} from "./Acts.sol";
import {Trade} from "./Trade.sol";

/// @notice Surrender and replacement, case by case.
contract SurrenderTest is Trade {
    ITitleRegistry.Purpose private constant DELIVERY = ITitleRegistry.Purpose.DELIVERY;
    ITitleRegistry.Purpose private constant AMENDMENT = ITitleRegistry.Purpose.AMENDMENT;
    ITitleRegistry.Purpose private constant PAPER = ITitleRegistry.Purpose.PAPER;

    function setUp() public {
        _open();
    }

    function _bill(address endorsee, bool isToOrder) private returns (bytes32) {
        _stands(_issue(line, shipper, endorsee, isToOrder, bytes32(++issued)));
        return ids[ids.length - 1];
    }

    function _surrendered(bytes32 id, ITitleRegistry.Purpose purpose) private {
        _stands(_request(id, bills[id].holder, purpose));
        _stands(_on(id, ITitleRegistry.Verb.ACCEPT_SURRENDER, bills[id].carrier));
    }

    function _error(bytes4 selector, bytes32 id, address actor) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, id, actor);
    }

    function _mayNot(bytes32 id, address actor, ITitleRegistry.Purpose purpose) private {
        bytes4 selector = ITitleRegistry.MayNotSurrender.selector;
        _isRefused(_request(id, actor, purpose), abi.encodeWithSelector(selector, id, actor, purpose));
    }

    // WHO MAY SURRENDER

    function test_theEndorseeInPossessionSurrendersForAnything() public {
        for (uint256 p = 0; p < 3; ++p) {
            bytes32 id = _bill(bank, true);
            _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, shipper, bank));
            _stands(_request(id, bank, ITitleRegistry.Purpose(p)));
            _stands(_on(id, ITitleRegistry.Verb.REJECT_SURRENDER, line));
            _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE, bank, buyer));
            _surrendered(id, ITitleRegistry.Purpose(p));
            _same(uint256(titles.title(id).status), 5 + p, "surrendered for what was asked");
        }
    }

    function test_anyHolderOfABlankBillSurrenders() public {
        bytes32 id = _bill(address(0), true);
        _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, shipper, trader));
        _surrendered(id, DELIVERY);
    }

    function test_theFirstHolderHasItAmendedWhileItHasPassedNothingOn() public {
        bytes32 id = _bill(bank, true);
        _mayNot(id, shipper, DELIVERY);
        _stands(_request(id, shipper, PAPER));
        _stands(_on(id, ITitleRegistry.Verb.REJECT_SURRENDER, line));
        _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, shipper, bank));
        _stands(_rejection(id, bank)); // as if it had passed nothing on
        _stands(_request(id, shipper, AMENDMENT));
        _stands(_on(id, ITitleRegistry.Verb.REJECT_SURRENDER, line));
        _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, shipper, bank));
        _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, bank, shipper)); // came back by a new act
        for (uint256 p = 0; p < 3; ++p) _mayNot(id, shipper, ITitleRegistry.Purpose(p));
    }

    function test_aHolderWithoutTheRightsMayNotSurrender() public {
        bytes32 id = _bill(buyer, true);
        _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, shipper, bank));
        for (uint256 p = 0; p < 3; ++p) _mayNot(id, bank, ITitleRegistry.Purpose(p));
    }

    function test_consigneeAndShipperSurrenderAStraightBillABankDoesNot() public {
        bytes32 id = _bill(buyer, false);
        _stands(_request(id, shipper, DELIVERY));
        _stands(_on(id, ITitleRegistry.Verb.REJECT_SURRENDER, line));
        _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, shipper, bank));
        for (uint256 p = 0; p < 3; ++p) _mayNot(id, bank, ITitleRegistry.Purpose(p));
        _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, bank, shipper));
        _stands(_request(id, shipper, PAPER)); // the shipper's right does not end by passing on
        _stands(_on(id, ITitleRegistry.Verb.REJECT_SURRENDER, line));
        _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, shipper, buyer));
        _surrendered(id, DELIVERY);
    }

    function test_aConsigneeThatHasHeldTheBillIsNotAmendedAway() public {
        bytes32 id = _bill(buyer, false);
        _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, shipper, buyer));
        _stands(_rejection(id, buyer)); // as if the consignee had never held it
        _stands(_request(id, shipper, AMENDMENT));
        _stands(_on(id, ITitleRegistry.Verb.REJECT_SURRENDER, line));
        _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, shipper, buyer));
        _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, buyer, shipper)); // came back by a new act
        _mayNot(id, shipper, AMENDMENT);
        _mayNot(id, shipper, PAPER);
        _stands(_request(id, shipper, DELIVERY)); // which is to the consignee
        _stands(_on(id, ITitleRegistry.Verb.REJECT_SURRENDER, line));
        _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, shipper, buyer));
        _surrendered(id, AMENDMENT);
    }

    // WHAT MAY FOLLOW

    function test_aPendingTitleIsTheCarriersToAnswer() public {
        for (uint256 p = 0; p < 3; ++p) {
            bytes32 id = _bill(shipper, true);
            _stands(_request(id, shipper, ITitleRegistry.Purpose(p)));
            ITitleRegistry.Status status = ITitleRegistry.Status(2 + p);
            for (uint256 v = 2; v <= 8; ++v) {
                Act memory a = _handOver(id, ITitleRegistry.Verb(v), shipper, bank);
                a.previous = _lastLink(id);
                bytes4 selector = ITitleRegistry.TitleNotLive.selector;
                _isRefused(a, abi.encodeWithSelector(selector, id, shipper, status));
            }
            address[4] memory others = [shipper, tramp, registrar, stranger];
            for (uint256 i = 0; i < 4; ++i) {
                bytes memory wanted = _error(ITitleRegistry.NotCarrier.selector, id, others[i]);
                _isRefused(_on(id, ITitleRegistry.Verb.ACCEPT_SURRENDER, others[i]), wanted);
                _isRefused(_on(id, ITitleRegistry.Verb.REJECT_SURRENDER, others[i]), wanted);
            }
            _stands(_on(id, ITitleRegistry.Verb.ACCEPT_SURRENDER, line));
        }
    }

    function test_aSurrenderedTitleIsFinal() public {
        for (uint256 p = 0; p < 3; ++p) {
            bytes32 id = _bill(shipper, true);
            _surrendered(id, ITitleRegistry.Purpose(p));
            _nothingMovesIt(id, ITitleRegistry.Status(5 + p));
        }
    }

    function _nothingMovesIt(bytes32 id, ITitleRegistry.Status status) private {
        vm.warp(_now() + ANSWER_PERIOD + 1);
        for (uint256 v = 2; v <= 11; ++v) {
            Act memory a = _handOver(id, ITitleRegistry.Verb(v), v > 9 ? line : shipper, bank);
            bytes4 selector =
                v > 8 ? ITitleRegistry.SurrenderNotPending.selector : ITitleRegistry.TitleNotLive.selector;
            _isRefused(a, abi.encodeWithSelector(selector, id, a.actor, status));
        }
    }

    function test_aLiveTitleHasNothingToAnswerOrWithdraw() public {
        bytes32 id = _bill(shipper, true);
        for (uint256 v = 9; v <= 11; ++v) {
            Act memory a = _on(id, ITitleRegistry.Verb(v), v > 9 ? line : shipper);
            bytes4 selector = ITitleRegistry.SurrenderNotPending.selector;
            _isRefused(a, abi.encodeWithSelector(selector, id, a.actor, ITitleRegistry.Status.ISSUED));
        }
    }

    function test_aCarrierWithoutRoleOrStandingStillAnswers() public {
        bytes32 id = _bill(shipper, true);
        _stands(_request(id, shipper, AMENDMENT));
        vm.prank(registrar);
        parties.withdrawRole(line, CARRIER);
        standings[line].roles = 0;
        _suspends(line);
        _stands(_on(id, ITitleRegistry.Verb.ACCEPT_SURRENDER, line));
        bytes memory wanted = _error(ITitleRegistry.CarrierRoleMissing.selector, id, line);
        bytes32[] memory olds = new bytes32[](1);
        olds[0] = id;
        _isRefused(_replace(olds, 1), wanted); // but issues nothing new
    }

    function test_whoRequestedWithdrawsAfterTheAnswerPeriodToTheSecond() public {
        bytes32 id = _bill(shipper, true);
        _stands(_request(id, shipper, DELIVERY));
        uint256 until = _now() + ANSWER_PERIOD;
        vm.warp(until);
        bytes4 selector = ITitleRegistry.AnswerPeriodRunning.selector;
        _isRefused(
            _on(id, ITitleRegistry.Verb.WITHDRAW_SURRENDER, shipper),
            abi.encodeWithSelector(selector, id, shipper, until)
        );
        vm.warp(until + 1);
        bytes memory wanted = _error(ITitleRegistry.NotHolder.selector, id, line);
        _isRefused(_on(id, ITitleRegistry.Verb.WITHDRAW_SURRENDER, line), wanted);
        _stands(_on(id, ITitleRegistry.Verb.WITHDRAW_SURRENDER, shipper));
        _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, shipper, bank));
    }

    // REPLACEMENT

    /// `count` bills in the shipper's name, surrendered for amendment.
    function _amended(uint256 count) private returns (bytes32[] memory) {
        bytes32[] memory made = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            made[i] = _bill(shipper, true);
            _surrendered(made[i], AMENDMENT);
        }
        return _ascending(made, count);
    }

    function _replace(bytes32[] memory olds, uint256 news) private view returns (Act memory a) {
        a.verb = ITitleRegistry.Verb.REPLACE;
        a.actor = line;
        a.oldIds = olds;
        a.sequences = new uint32[](olds.length);
        for (uint256 i = 0; i < olds.length; ++i) a.sequences[i] = bills[olds[i]].sequence;
        a.made = new ITitleRegistry.NewTitle[](news);
        for (uint256 i = 0; i < news; ++i) {
            a.made[i] = ITitleRegistry.NewTitle(shipper, true, 0, bytes32(issued + 1 + i), "commitment");
            if (i >= olds.length) continue;
            (a.made[i].referenceDigest, a.made[i].version) = (bills[olds[i]].referenceDigest, 1);
        }
        _sort(line, a.made);
    }

    function test_anAmendedBillIsANewVersionForWhoSurrendered() public {
        bytes32[] memory olds = _amended(1);
        _suspends(shipper); // a replacement is a return: it reaches a suspended party too
        Act memory a = _replace(olds, 1);
        a.made[0].endorsee = bank;
        vm.prank(line);
        bytes32[] memory made = titles.replace(a.oldIds, a.sequences, a.made);
        _replay();
        _agree();
        _same(made.length, 1, "one");
        _same(made[0], titles.titleIdOf(line, bytes32(issued), 1), "the next version's id is the answer");
        _same(titles.title(made[0]).holder, shipper, "to who surrendered");
        _nothingMovesIt(olds[0], ITitleRegistry.Status.REPLACED);
        bytes4 selector = ITitleRegistry.NotSurrenderedForAmendment.selector;
        bytes memory wanted = abi.encodeWithSelector(selector, olds[0], line, ITitleRegistry.Status.REPLACED);
        a = _replace(olds, 1);
        a.made[0].version = 2;
        _isRefused(a, wanted); // once
        _surrendered(made[0], AMENDMENT);
        a = _replace(made, 1);
        a.made[0].version = 2;
        _stands(a);
    }

    function test_billsDivideAndConsolidateUpToSixteen() public {
        _stands(_replace(_amended(1), 16));
        issued += 16;
        _stands(_replace(_amended(16), 1));
        Act memory a = _replace(_amended(1), 17);
        bytes4 selector = ITitleRegistry.TitleCountOutOfRange.selector;
        _isRefused(a, abi.encodeWithSelector(selector, 17, line));
        _isRefused(_replace(a.oldIds, 0), abi.encodeWithSelector(selector, 0, line));
        _isRefused(_replace(new bytes32[](0), 1), abi.encodeWithSelector(selector, 0, line));
        a = _replace(_amended(17), 1);
        _isRefused(a, abi.encodeWithSelector(selector, 17, line));
        a = _replace(_amended(2), 1);
        a.sequences = new uint32[](1);
        _isRefused(a, abi.encodeWithSelector(selector, 2, line));
        a.sequences = new uint32[](3);
        _isRefused(a, abi.encodeWithSelector(selector, 2, line));
    }

    function test_idsAscendSoNoneIsNamedTwice() public {
        bytes32[] memory olds = _amended(2);
        bytes4 selector = ITitleRegistry.IdsNotAscending.selector;
        Act memory a = _replace(olds, 2);
        (a.oldIds[0], a.oldIds[1]) = (a.oldIds[1], a.oldIds[0]);
        _isRefused(a, _error(selector, a.oldIds[1], line));
        a.oldIds[0] = a.oldIds[1];
        _isRefused(a, _error(selector, a.oldIds[1], line));
        a = _replace(_amended(2), 2);
        (a.made[0], a.made[1]) = (a.made[1], a.made[0]);
        bytes32 id = titles.titleIdOf(line, a.made[1].referenceDigest, 1);
        _isRefused(a, _error(selector, id, line));
        a.made[0] = a.made[1];
        _isRefused(a, _error(selector, id, line));
    }

    function test_onlyTheCarrierReplacesOnlyWhatWasSurrenderedToItForAmendment() public {
        bytes32[] memory olds = _amended(2);
        Act memory a = _replace(olds, 1);
        a.actor = tramp;
        _isRefused(a, _error(ITitleRegistry.NotCarrier.selector, olds[0], tramp));
        a.actor = line;
        a.sequences[1] += 1;
        bytes4 stale = ITitleRegistry.StaleSequence.selector;
        _isRefused(a, abi.encodeWithSelector(stale, olds[1], line, uint32(3), uint32(4)));
        for (uint256 p = 0; p < 3; p += 2) {
            bytes32[] memory other = new bytes32[](1);
            other[0] = _bill(shipper, true);
            _surrendered(other[0], ITitleRegistry.Purpose(p));
            bytes4 selector = ITitleRegistry.NotSurrenderedForAmendment.selector;
            _isRefused(
                _replace(other, 1), abi.encodeWithSelector(selector, other[0], line, ITitleRegistry.Status(5 + p))
            );
        }
        olds = _amended(1);
        a = _replace(olds, 1);
        _suspends(line);
        _isRefused(a, _error(ITitleRegistry.CarrierSuspended.selector, olds[0], line));
    }

    function test_titlesOfDifferentHoldersAreNotReplacedTogether() public {
        bytes32[] memory olds = _amended(3);
        bytes32 id = _bill(bank, true);
        _stands(_handOver(id, ITitleRegistry.Verb.TRANSFER, shipper, bank));
        _surrendered(id, AMENDMENT);
        olds[2] = id;
        olds = _ascending(olds, 3);
        bytes32 odd = olds[0] == id ? olds[1] : id;
        _isRefused(_replace(olds, 1), _error(ITitleRegistry.HoldersDiffer.selector, odd, line));
    }

    function test_aVersionExistsOnlyInPlaceOfTheOneBefore() public {
        bytes32[] memory olds = _amended(1);
        bytes32[] memory others = _amended(1);
        Act memory a = _replace(olds, 1);
        bytes4 selector = ITitleRegistry.VersionNotReplaced.selector;
        a.made[0].version = 2;
        bytes32 id = titles.titleIdOf(line, a.made[0].referenceDigest, 2);
        _isRefused(a, _error(selector, id, line)); // skips one
        a.made[0].version = 1;
        a.made[0].referenceDigest = bills[others[0]].referenceDigest;
        id = titles.titleIdOf(line, a.made[0].referenceDigest, 1);
        _isRefused(a, _error(selector, id, line)); // of a bill that is not replaced here
        a.made[0].version = 0;
        _isRefused(a, _error(ITitleRegistry.TitleExists.selector, others[0], line));
        a.made[0].referenceDigest = "anew";
        _stands(a); // consolidated or divided into a new reference
    }

    function test_aReplacementIsAskedWhatAnIssueIs() public {
        bytes32[] memory olds = _amended(1);
        Act memory a = _replace(olds, 2);
        bytes32 id = titles.titleIdOf(line, a.made[1].referenceDigest, a.made[1].version);
        a.made[1].commitment = 0;
        _isRefused(a, _error(ITitleRegistry.EmptyDigest.selector, id, line));
        a.made[1].commitment = "commitment";
        a.made[1].endorsee = stranger;
        bytes4 unknown = ITitleRegistry.RecipientNotRegistered.selector;
        _isRefused(a, abi.encodeWithSelector(unknown, id, line, stranger));
        a.made[1].endorsee = line;
        _isRefused(a, _error(ITitleRegistry.CarrierCannotReceive.selector, id, line));
        a.made[1].endorsee = address(0);
        a.made[1].isToOrder = false;
        _isRefused(a, _error(ITitleRegistry.ConsigneeMissing.selector, id, line));
    }
}
