// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITitleRegistry} from "../interfaces/ITitleRegistry.sol";
import {Act} from "./Acts.sol";
import {Ledger} from "./Ledger.sol";

/// @notice Issue, possession, endorsement and return, case by case. `_stands` and `_isRefused` also compare what was
/// stored and told with the rulebook.
contract HandOverTest is Ledger {
    function setUp() public {
        _open();
    }

    function _bill(address endorsee, bool isToOrder) private returns (bytes32) {
        _stands(_issue(line, shipper, endorsee, isToOrder, bytes32(ids.length + 1)));
        return ids[ids.length - 1];
    }

    function _error(bytes4 selector, bytes32 id, address actor) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, id, actor);
    }

    function _transfer(bytes32 id, address from, address to) private view returns (Act memory) {
        return _handOver(id, ITitleRegistry.Verb.TRANSFER, from, to);
    }

    function _isEntitled(bytes32 id, address who) private view {
        _same(titles.entitledOf(id), who, "entitled");
    }

    // ISSUE

    function test_anIssueNamesTheIdItsPartsGive() public {
        bytes32 id = _bill(bank, true);
        _same(id, titles.titleIdOf(line, bytes32(uint256(1)), 0), "as the view says");
        _same(id, keccak256(abi.encode(line, uint256(1), uint256(0))), "three words");
        Act memory a = _issue(tramp, shipper, bank, true, bytes32(uint256(1)));
        vm.prank(tramp);
        _same(
            titles.issue(shipper, bank, true, a.made[0].referenceDigest, a.made[0].commitment),
            titles.titleIdOf(tramp, bytes32(uint256(1)), 0),
            "the answer; another carrier has the same number"
        );
    }

    function test_onlyACarrierInGoodStandingIssues() public {
        Act memory a = _issue(bank, shipper, buyer, true, "r");
        bytes32 id = titles.titleIdOf(bank, "r", 0);
        _isRefused(a, _error(ITitleRegistry.CarrierRoleMissing.selector, id, bank));
        a.actor = line;
        id = titles.titleIdOf(line, "r", 0);
        _suspends(line);
        _isRefused(a, _error(ITitleRegistry.CarrierSuspended.selector, id, line));
        _reinstates(line);
        _stands(a);
        _isRefused(a, _error(ITitleRegistry.TitleExists.selector, id, line));
    }

    function test_aReferenceIsIssuedOnceWhateverElseDiffers() public {
        bytes32 id = _bill(bank, true);
        Act memory a = _issue(line, buyer, address(0), true, bytes32(uint256(1)));
        a.made[0].commitment = "other";
        _isRefused(a, _error(ITitleRegistry.TitleExists.selector, id, line));
    }

    function test_anIssueNeedsBothDigests() public {
        Act memory a = _issue(line, shipper, buyer, true, "r");
        bytes32 id = titles.titleIdOf(line, "r", 0);
        a.made[0].commitment = 0;
        _isRefused(a, _error(ITitleRegistry.EmptyDigest.selector, id, line));
        a = _issue(line, shipper, buyer, true, 0);
        _isRefused(a, _error(ITitleRegistry.EmptyDigest.selector, titles.titleIdOf(line, 0, 0), line));
    }

    function test_aStraightBillNeedsItsConsignee() public {
        Act memory a = _issue(line, shipper, address(0), false, "r");
        _isRefused(a, _error(ITitleRegistry.ConsigneeMissing.selector, titles.titleIdOf(line, "r", 0), line));
    }

    function test_onlyWhoJoinedAndIsNotSuspendedReceives() public {
        bytes32 id = _bill(bank, true);
        Act memory a = _transfer(id, shipper, stranger);
        bytes4 unknown = ITitleRegistry.RecipientNotRegistered.selector;
        bytes4 suspended = ITitleRegistry.RecipientSuspended.selector;
        _isRefused(a, abi.encodeWithSelector(unknown, id, shipper, stranger));
        a.to = bank;
        _suspends(bank);
        _isRefused(a, abi.encodeWithSelector(suspended, id, shipper, bank));

        bytes32 next = titles.titleIdOf(line, "r", 0);
        _isRefused(_issue(line, bank, buyer, true, "r"), abi.encodeWithSelector(suspended, next, line, bank));
        _isRefused(_issue(line, buyer, bank, true, "r"), abi.encodeWithSelector(suspended, next, line, bank));
        _isRefused(_issue(line, stranger, bank, true, "r"), abi.encodeWithSelector(unknown, next, line, stranger));
        _isRefused(_issue(line, buyer, stranger, true, "r"), abi.encodeWithSelector(unknown, next, line, stranger));
        _isRefused(_issue(line, address(0), bank, true, "r"), abi.encodeWithSelector(unknown, next, line, address(0)));
    }

    function test_aCarrierNeverReceivesItsOwnTitle() public {
        bytes4 own = ITitleRegistry.CarrierCannotReceive.selector;
        bytes32 next = titles.titleIdOf(line, "r", 0);
        _isRefused(_issue(line, line, bank, true, "r"), _error(own, next, line));
        _isRefused(_issue(line, bank, line, true, "r"), _error(own, next, line));
        _isRefused(_issue(line, line, line, true, "r"), _error(own, next, line));
        bytes32 id = _bill(address(0), true);
        for (uint256 v = 2; v <= 5; ++v) {
            _isRefused(_handOver(id, ITitleRegistry.Verb(v), shipper, line), _error(own, id, shipper));
        }
        _stands(_transfer(id, shipper, tramp)); // another carrier is a party like others
    }

    // POSSESSION

    function test_possessionPassesWithoutTheRights() public {
        bytes32 id = _bill(buyer, true);
        _isEntitled(id, shipper); // the endorsee has not had it yet
        _stands(_transfer(id, shipper, bank));
        _isEntitled(id, shipper);
        _stands(_transfer(id, bank, buyer));
        _isEntitled(id, buyer);
        _stands(_transfer(id, buyer, trader)); // into custody, or in pledge
        _isEntitled(id, buyer);
        _stands(_transfer(id, trader, shipper));
        _isEntitled(id, buyer);
    }

    function test_aStraightBillMayRestWithABank() public {
        bytes32 id = _bill(buyer, false);
        _stands(_transfer(id, shipper, bank));
        _isEntitled(id, shipper);
        for (uint256 v = 3; v <= 5; ++v) {
            Act memory a = _handOver(id, ITitleRegistry.Verb(v), bank, trader);
            _isRefused(a, _error(ITitleRegistry.StraightBill.selector, id, bank));
        }
        _stands(_transfer(id, bank, buyer));
        _isEntitled(id, buyer);
        Act memory b = _handOver(id, ITitleRegistry.Verb.ENDORSE, buyer, trader);
        _isRefused(b, _error(ITitleRegistry.StraightBill.selector, id, buyer));
    }

    function test_nobodyButTheHolderHandsOverOrSigns() public {
        bytes32 id = _bill(address(0), true);
        address[7] memory others = [line, bank, buyer, stranger, relayer, registrar, address(titles)];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory wanted = _error(ITitleRegistry.NotHolder.selector, id, others[i]);
            for (uint256 v = 2; v <= 8; ++v) {
                _isRefused(_handOver(id, ITitleRegistry.Verb(v), others[i], bank), wanted);
                _isRefused(_handOver(id, ITitleRegistry.Verb(v), others[i], others[i]), wanted);
            }
        }
    }

    function test_aHolderDoesNotHandOverToItself() public {
        bytes32 id = _bill(shipper, true);
        for (uint256 v = 2; v <= 5; ++v) {
            Act memory a = _handOver(id, ITitleRegistry.Verb(v), shipper, shipper);
            _isRefused(a, _error(ITitleRegistry.AlreadyHolder.selector, id, shipper));
        }
    }

    function test_anActOnAStaleViewIsRefused(uint32 given) public {
        bytes32 id = _bill(shipper, true);
        _stands(_on(id, ITitleRegistry.Verb.SIGN, shipper));
        for (uint256 v = 2; v <= 11; ++v) {
            Act memory a = _handOver(id, ITitleRegistry.Verb(v), shipper, bank);
            a.sequence = given == 2 ? 3 : given;
            bytes4 stale = ITitleRegistry.StaleSequence.selector;
            _isRefused(a, abi.encodeWithSelector(stale, id, shipper, uint32(2), a.sequence));
            a.titleId = "unknown";
            _isRefused(a, _error(ITitleRegistry.UnknownTitle.selector, "unknown", shipper));
        }
    }

    function test_aSuspendedPartyMayStillPassOnAndSignAndSurrender() public {
        bytes32 id = _bill(shipper, true);
        _suspends(shipper);
        _stands(_on(id, ITitleRegistry.Verb.SIGN, shipper));
        _stands(_request(id, shipper, ITitleRegistry.Purpose.AMENDMENT));
        _suspends(line);
        _stands(_on(id, ITitleRegistry.Verb.REJECT_SURRENDER, line));
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE_TO_ORDER, shipper, bank));
        _stands(_rejection(id, bank)); // and gets back what it gave
        _stands(_transfer(id, shipper, bank));
    }

    // ENDORSEMENT

    function test_anEndorsementInFullEndsThere() public {
        bytes32 id = _bill(shipper, true);
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE, shipper, bank));
        _isEntitled(id, bank);
        for (uint256 v = 3; v <= 5; ++v) {
            Act memory a = _handOver(id, ITitleRegistry.Verb(v), bank, buyer);
            _isRefused(a, _error(ITitleRegistry.MayNotEndorse.selector, id, bank));
        }
        _stands(_transfer(id, bank, buyer));
        _isEntitled(id, bank);
    }

    function test_anEndorsementToOrderGoesOn() public {
        bytes32 id = _bill(shipper, true);
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE_TO_ORDER, shipper, bank));
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE_TO_ORDER, bank, buyer));
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE_TO_ORDER, buyer, shipper));
        _isEntitled(id, shipper);
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE, shipper, bank));
    }

    function test_aBlankBillIsItsHolders() public {
        bytes32 id = _bill(address(0), true);
        _stands(_transfer(id, shipper, bank));
        _isEntitled(id, bank);
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE_IN_BLANK, bank, trader));
        _isEntitled(id, trader);
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE_IN_BLANK, trader, address(0)));
        _isEntitled(id, trader);
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE_TO_ORDER, trader, trader)); // names itself
        _isEntitled(id, trader);
        _stands(_transfer(id, trader, buyer));
        _isEntitled(id, trader);
        _isRefused(
            _handOver(id, ITitleRegistry.Verb.ENDORSE, buyer, bank),
            _error(ITitleRegistry.NotEndorsee.selector, id, buyer)
        );
        _stands(_transfer(id, buyer, trader));
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE_IN_BLANK, trader, address(0)));
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE, trader, bank));
    }

    function test_anEndorsementInBlankForgetsTheEndorsee() public {
        bytes32 id = _bill(bank, true);
        _stands(_transfer(id, shipper, bank));
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE_IN_BLANK, bank, buyer));
        _stands(_transfer(id, buyer, bank));
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE_TO_ORDER, bank, shipper));
    }

    // RETURN

    function test_aRejectionRestoresAllAsItWas() public {
        for (uint256 v = 2; v <= 5; ++v) {
            bytes32 id = _bill(shipper, true);
            _stands(_handOver(id, ITitleRegistry.Verb(v), shipper, bank));
            _suspends(shipper);
            _stands(_rejection(id, bank));
            _reinstates(shipper);
            _isEntitled(id, shipper);
            // As if never passed on: the first holder may have it amended, and endorse it again.
            _stands(_handOver(id, ITitleRegistry.Verb(v), shipper, buyer));
        }
    }

    function test_onlyTheVeryLastHandOverIsRejected() public {
        bytes32 id = _bill(shipper, true);
        Act memory a = _rejection(id, shipper);
        bytes memory nothing = _error(ITitleRegistry.NothingToReject.selector, id, shipper);
        _isRefused(a, nothing); // an issue
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE_TO_ORDER, shipper, bank));
        a = _rejection(id, bank);
        _stands(_on(id, ITitleRegistry.Verb.SIGN, bank));
        a.sequence = bills[id].sequence;
        _isRefused(a, _error(ITitleRegistry.PreviousActMismatch.selector, id, bank)); // it was, but is not the last
        _isRefused(_rejection(id, bank), _error(ITitleRegistry.NothingToReject.selector, id, bank)); // a signature
        _stands(_transfer(id, bank, shipper));
        _stands(_rejection(id, shipper));
        _isRefused(_rejection(id, bank), _error(ITitleRegistry.NothingToReject.selector, id, bank)); // a return
        _stands(_request(id, bank, ITitleRegistry.Purpose.DELIVERY));
        _stands(_on(id, ITitleRegistry.Verb.REJECT_SURRENDER, line));
        _isRefused(_rejection(id, bank), _error(ITitleRegistry.NothingToReject.selector, id, bank)); // an answer
    }

    function test_whatAHolderEndorsedButKeptWasNotReceived() public {
        bytes32 id = _bill(address(0), true);
        bytes memory nothing = _error(ITitleRegistry.NothingToReject.selector, id, shipper);
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE_TO_ORDER, shipper, shipper));
        _isRefused(_rejection(id, shipper), nothing);
        _stands(_handOver(id, ITitleRegistry.Verb.ENDORSE_IN_BLANK, shipper, address(0)));
        _isRefused(_rejection(id, shipper), nothing);
    }

    function test_aHandOverIsRejectedWithinItsPeriodToTheSecond() public {
        bytes32 id = _bill(shipper, true);
        _stands(_transfer(id, shipper, bank));
        uint256 until = _now() + REJECT_PERIOD;
        vm.warp(until + 1);
        bytes memory over = abi.encodeWithSelector(ITitleRegistry.RejectPeriodOver.selector, id, bank, until);
        _isRefused(_rejection(id, bank), over);
        vm.warp(until);
        _stands(_rejection(id, bank));
    }

    function test_onlyTheReceiverRejectsAndOnlyWithTheTruth(uint8 field, uint256 forged) public {
        bytes32 id = _bill(bank, true);
        _stands(_transfer(id, shipper, bank));
        Act memory a = _rejection(id, bank);
        a.actor = shipper;
        _isRefused(a, _error(ITitleRegistry.NotHolder.selector, id, shipper));
        a.actor = bank;
        ITitleRegistry.PreviousAct memory p = a.previous;
        field %= 7;
        if (field == 0) p.head = bytes32(forged);
        else if (field == 1) p.verb = ITitleRegistry.Verb(forged % 13);
        else if (field == 2) p.time = uint40(forged);
        else if (field == 3) p.actor = address(uint160(forged));
        else if (field == 4) p.argumentsDigest = bytes32(forged);
        else if (field == 5) p.possession = forged;
        else p.endorsee = uint32(forged);
        if (keccak256(abi.encode(p)) == keccak256(abi.encode(_lastLink(id)))) return;
        _isRefused(a, _error(ITitleRegistry.PreviousActMismatch.selector, id, bank));
    }
}
