// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISignedActs} from "../interfaces/ISignedActs.sol";
import {ITitleRegistry} from "../interfaces/ITitleRegistry.sol";
import {Act, Acts} from "./Acts.sol";
import {Ledger} from "./Ledger.sol";

interface ISupports {
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}

/// @notice What a signature is worth: for whom, for what, for how long, how often. Carried by anyone.
contract SignaturesTest is Ledger {
    bytes32 private _id;

    function setUp() public {
        _open();
        _plays(_issue(line, shipper, shipper, true, "r"));
        _id = ids[0];
    }

    function _transfer() private view returns (Act memory) {
        return _handOver(_id, ITitleRegistry.Verb.TRANSFER, shipper, bank);
    }

    function _by(bytes memory signature) private view returns (ISignedActs.Authorization memory) {
        return ISignedActs.Authorization(shipper, _tomorrow(), signature);
    }

    function _digest(Act memory a) private view returns (bytes32) {
        return Acts.digest(separator, Acts.structHash(a, _tomorrow()));
    }

    function _doesNotCount(Act memory a, bytes memory signature) private {
        bytes memory wanted = abi.encodeWithSelector(ISignedActs.InvalidSignature.selector, shipper);
        _same(_calls(relayer, Acts.signed(a, _by(signature))), wanted, "does not count");
        _agree();
    }

    // EACH VERB

    function _signed(Act memory a) private {
        _that(_playsSigned(a, relayer), "stands by signature");
        _agree();
    }

    function test_eachVerbGoesBySignatureCarriedByAnyone() public {
        _signed(_on(_id, ITitleRegistry.Verb.SIGN, shipper));
        _signed(_handOver(_id, ITitleRegistry.Verb.TRANSFER, shipper, bank));
        _signed(_rejection(_id, bank));
        _signed(_handOver(_id, ITitleRegistry.Verb.ENDORSE_TO_ORDER, shipper, bank));
        _signed(_handOver(_id, ITitleRegistry.Verb.ENDORSE_IN_BLANK, bank, buyer));
        _signed(_handOver(_id, ITitleRegistry.Verb.ENDORSE, buyer, trader));
        _signed(_request(_id, trader, ITitleRegistry.Purpose.PAPER));
        vm.warp(_now() + ANSWER_PERIOD + 1);
        _signed(_on(_id, ITitleRegistry.Verb.WITHDRAW_SURRENDER, trader));
        _signed(_request(_id, trader, ITitleRegistry.Purpose.DELIVERY));
        _signed(_on(_id, ITitleRegistry.Verb.REJECT_SURRENDER, line));
        _signed(_request(_id, trader, ITitleRegistry.Purpose.AMENDMENT));
        _signed(_on(_id, ITitleRegistry.Verb.ACCEPT_SURRENDER, line));
        _signed(_issue(line, shipper, bank, true, "another"));
        Act memory a;
        a.verb = ITitleRegistry.Verb.REPLACE;
        a.actor = line;
        a.oldIds = new bytes32[](1);
        a.oldIds[0] = _id;
        a.sequences = new uint32[](1);
        a.sequences[0] = bills[_id].sequence;
        a.made = new ITitleRegistry.NewTitle[](1);
        a.made[0] = ITitleRegistry.NewTitle(bank, true, 1, "r", "amended");
        _signed(a);
    }

    function test_anIssueBySignatureAnswersItsId() public {
        bytes memory call = _signedCall(_issue(line, shipper, bank, true, "another"));
        vm.prank(relayer);
        (, bytes memory out) = address(titles).call(call);
        _same(abi.decode(out, (bytes32)), titles.titleIdOf(line, "another", 0), "its id");
    }

    // FOR WHOM

    function test_onlyTheSignersOwnSignatureCounts(uint256 key) public {
        key = key % (ORDER - 1) + 1;
        if (vm.addr(key) == shipper) return;
        Act memory a = _transfer();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _digest(a));
        _doesNotCount(a, abi.encodePacked(r, s, v));
    }

    function test_noBytesButTheSignatureCount(bytes calldata noise) public {
        _doesNotCount(_transfer(), noise);
        _doesNotCount(_transfer(), bytes.concat(_signs(shipper, _digest(_transfer())), "x"));
    }

    function test_anothersGoodSignatureDoesNotMoveMyTitle() public {
        Act memory a = _handOver(_id, ITitleRegistry.Verb.TRANSFER, bank, bank);
        _that(!_playsSigned(a, relayer), "signed well, by one who does not hold");
        a.actor = registrar;
        keyOf[registrar] = SEAT_KEY;
        _that(!_playsSigned(a, registrar), "nor the registrar");
    }

    function test_nobodySignsForTheZeroAddress() public {
        Act memory a = _transfer();
        ISignedActs.Authorization memory by = _by(abi.encodePacked(bytes32(0), bytes32(0), uint8(0)));
        by.signer = address(0);
        bytes memory wanted = abi.encodeWithSelector(ISignedActs.InvalidSignature.selector, address(0));
        _same(_calls(relayer, Acts.signed(a, by)), wanted, "recovers to zero");
    }

    function test_onlyOneFormOfASignatureCounts() public {
        Act memory a = _transfer();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf[shipper], _digest(a));
        _that(uint256(s) <= HALF_ORDER, "in the lower half");
        _doesNotCount(a, abi.encodePacked(r, ORDER - uint256(s), v ^ 7)); // malleable
        _doesNotCount(a, abi.encodePacked(r, uint256(s) | (uint256(v - 27) << 255))); // compact, 64 bytes
        _doesNotCount(a, abi.encodePacked(r, s, v - 27)); // v counted from 0
        _same(_calls(relayer, Acts.signed(a, _by(abi.encodePacked(r, s, v)))), "", "the plain form counts");
    }

    // FOR WHAT

    function test_aSignatureIsForOneChainAndOneRegistry() public {
        Act memory a = _transfer();
        bytes32 structHash = Acts.structHash(a, _tomorrow());
        bytes32 elsewhere = Acts.domainSeparator("eBL Ledger Titles", 1, address(titles));
        _doesNotCount(a, _signs(shipper, Acts.digest(elsewhere, structHash)));
        elsewhere = Acts.domainSeparator("eBL Ledger Titles", block.chainid, address(parties));
        _doesNotCount(a, _signs(shipper, Acts.digest(elsewhere, structHash)));
        elsewhere = Acts.domainSeparator("eBL Ledger Parties", block.chainid, address(titles));
        _doesNotCount(a, _signs(shipper, Acts.digest(elsewhere, structHash)));
        bytes memory good = _signs(shipper, _digest(a));
        vm.chainId(block.chainid + 1); // the chain forks
        _doesNotCount(a, good);
    }

    function test_aSignatureForOneVerbIsNoneForAnother() public {
        for (uint256 signed = 2; signed <= 11; ++signed) {
            for (uint256 carried = 2; carried <= 11; ++carried) {
                if (signed == carried) continue;
                Act memory a = _handOver(_id, ITitleRegistry.Verb(signed), shipper, bank);
                bytes memory signature = _signs(shipper, _digest(a));
                a.verb = ITitleRegistry.Verb(carried);
                _doesNotCount(a, signature);
            }
        }
    }

    function test_aSignatureIsForEveryArgument(uint8 field, uint256 other) public {
        Act memory a = _transfer();
        bytes memory signature = _signs(shipper, _digest(a));
        bytes32 before = _digest(a);
        field %= 3;
        if (field == 0) a.titleId = bytes32(other);
        else if (field == 1) a.sequence = uint32(other);
        else a.to = address(uint160(other));
        if (_digest(a) != before) _doesNotCount(a, signature);
    }

    // FOR HOW LONG

    function test_aSignatureCountsToItsDeadlineAndAtMostSevenDaysAhead(uint64 deadline) public {
        Act memory a = _transfer();
        uint256 time = _now();
        bytes memory wanted;
        if (deadline < time) {
            wanted = abi.encodeWithSelector(ISignedActs.DeadlinePassed.selector, deadline, time);
        } else if (deadline > time + 7 days) {
            wanted = abi.encodeWithSelector(ISignedActs.DeadlineTooDistant.selector, deadline, time + 7 days);
        }
        _same(_calls(relayer, Acts.signed(a, _authorized(a, deadline))), wanted, "as its deadline says");
    }

    function test_aDeadlineCountsToTheSecond() public {
        uint64 time = uint64(_now());
        test_aSignatureCountsToItsDeadlineAndAtMostSevenDaysAhead(time - 1);
        test_aSignatureCountsToItsDeadlineAndAtMostSevenDaysAhead(time + 7 days + 1);
        test_aSignatureCountsToItsDeadlineAndAtMostSevenDaysAhead(time + 7 days);
        _replay();
        Act memory a = _handOver(_id, ITitleRegistry.Verb.TRANSFER, bank, shipper);
        _same(_calls(relayer, Acts.signed(a, _authorized(a, time))), "", "the last second counts");
    }

    // HOW OFTEN

    function test_anActLandsOnceAndNotAfterItsReturn() public {
        Act memory a = _transfer();
        bytes memory call = _signedCall(a);
        _same(_calls(relayer, call), "", "once");
        _replay();
        bytes4 stale = ITitleRegistry.StaleSequence.selector;
        _same(_calls(relayer, call), abi.encodeWithSelector(stale, _id, shipper, uint32(2), uint32(1)), "not twice");
        _stands(_rejection(_id, bank));
        _same(_calls(relayer, call), abi.encodeWithSelector(stale, _id, shipper, uint32(3), uint32(1)), "nor again");
        _same(titles.title(_id).holder, shipper, "it stays with who got it back");
    }

    function test_aSignatureOnRecordWithdrawsWhatWasSignedBefore() public {
        bytes memory call = _signedCall(_transfer());
        _stands(_on(_id, ITitleRegistry.Verb.SIGN, shipper));
        bytes4 stale = ITitleRegistry.StaleSequence.selector;
        _same(_calls(relayer, call), abi.encodeWithSelector(stale, _id, shipper, uint32(2), uint32(1)), "withdrawn");
    }

    // WHAT THE REGISTRY SAYS OF ITSELF

    function test_theTitleRegistrySaysWhatItIs() public view {
        ISupports registry = ISupports(address(titles));
        _that(registry.supportsInterface(type(ITitleRegistry).interfaceId), "a title registry");
        _that(registry.supportsInterface(type(ISignedActs).interfaceId), "of signed acts");
        _that(registry.supportsInterface(0x01ffc9a7), "ERC-165");
        _that(!registry.supportsInterface(0xffffffff), "nothing else");
        _same(address(titles.parties()), address(parties), "whose parties");
        _same(titles.rejectPeriod(), REJECT_PERIOD, "reject period");
        _same(titles.answerPeriod(), ANSWER_PERIOD, "answer period");
    }

    function test_whereThereIsNoTitleAllIsZero() public view {
        ITitleRegistry.Title memory none;
        _same(abi.encode(titles.title("none")), abi.encode(none), "no title");
        _same(titles.entitledOf("none"), address(0), "nobody entitled");
    }
}
