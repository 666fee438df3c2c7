// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ISignedActs} from "../interfaces/ISignedActs.sol";
import {ITitleRegistry} from "../interfaces/ITitleRegistry.sol";
import {SignedActs} from "../SignedActs.sol";
import {Act} from "./Acts.sol";
import {Ledger} from "./Ledger.sol";
import {OwnedWallet} from "./Wallets.sol";

/// @notice A ledger whose acts fail in every size, or burn what they are given.
contract Failing is SignedActs {
    uint256 public seen;

    constructor() EIP712("Failing", "1") {}

    function fails(uint256 size) external pure {
        assembly ("memory-safe") {
            let free := mload(0x40)
            for { let i := 0 } lt(i, size) { i := add(i, 0x20) } { mstore(add(free, i), not(i)) }
            revert(free, size)
        }
    }

    function burns() external pure {
        assembly ("memory-safe") { invalid() }
    }

    /// Notes how much gas an act was given.
    function looks(bytes calldata) external {
        seen = gasleft();
    }
}

/// @notice Many acts in one transaction: none spoils or starves another. Hostile wallets sign among good ones.
contract BatchTest is Ledger {
    uint256 private constant ACT_GAS = 400_000;

    OwnedWallet private _wallet; // a party that turns hostile
    address private _delegated; // a plain account that sets a wallet's code on itself
    bytes32 private _hostile;

    function setUp() public {
        _open();
        _wallet = new OwnedWallet(_named("owner"));
        keyOf[address(_wallet)] = keyOf[_wallet.owner()];
        _joins(address(_wallet), address(_wallet), 0);
        _delegated = _joins("delegated", 0);
        for (uint256 i = 0; i < 4; ++i) _plays(_issue(line, shipper, shipper, true, bytes32(i + 1)));
        _plays(_issue(line, address(_wallet), address(0), true, "hostile"));
        _hostile = ids[4];
    }

    function _carries(bytes[] memory acts) private returns (bytes memory refused) {
        refused = _calls(relayer, abi.encodeCall(ISignedActs.batch, (acts)));
        _replay();
        _agree();
    }

    function _transfer(uint256 i) private view returns (bytes memory) {
        return _signedCall(_handOver(ids[i], ITitleRegistry.Verb.TRANSFER, shipper, bank));
    }

    /// Four good acts, and the hostile wallet's in their midst.
    function _withHostile(bytes memory hostile) private view returns (bytes[] memory acts) {
        acts = new bytes[](5);
        for (uint256 i = 0; i < 4; ++i) acts[i < 2 ? i : i + 1] = _transfer(i);
        acts[2] = hostile;
    }

    function _onlyTheThirdIsRefused(bytes memory hostile, bytes memory reason) private {
        _same(_carries(_withHostile(hostile)), "", "the batch stands");
        for (uint256 i = 0; i < 4; ++i) _same(titles.title(ids[i]).holder, bank, "the good acts stand");
        _same(refusals.length, 1, "one is refused");
        _same(refusals[0].index, 2, "named by its place");
        _same(refusals[0].act, keccak256(hostile), "and by its digest");
        _same(refusals[0].reason, reason, "and by its error");
        _same(titles.title(_hostile).holder, address(_wallet), "the hostile one's title stays");
    }

    function _hostileCall() private view returns (bytes memory) {
        return _signedCall(_handOver(_hostile, ITitleRegistry.Verb.TRANSFER, address(_wallet), bank));
    }

    function _invalid() private view returns (bytes memory) {
        return abi.encodeWithSelector(ISignedActs.InvalidSignature.selector, _wallet);
    }

    // HOSTILE WALLETS

    function test_aWalletThatBurnsGasSpoilsNothing() public {
        bytes memory hostile = _hostileCall();
        _wallet.turn(OwnedWallet.Mood.BURNS_GAS);
        // The wallet gets 63/64 of the act's gas; what is left names it.
        _onlyTheThirdIsRefused(hostile, _invalid());
    }

    function test_aWalletThatReturnsPlentySpoilsNothing() public {
        bytes memory hostile = _hostileCall();
        _wallet.turn(OwnedWallet.Mood.RETURNS_PLENTY);
        _onlyTheThirdIsRefused(hostile, _invalid());
    }

    function test_aWalletThatRevertsWithPlentySpoilsNothing() public {
        bytes memory hostile = _hostileCall();
        _wallet.turn(OwnedWallet.Mood.REVERTS_WITH_PLENTY);
        _onlyTheThirdIsRefused(hostile, _invalid());
    }

    function test_aWalletThatAnswersWrongSpoilsNothing() public {
        bytes memory hostile = _hostileCall();
        _wallet.turn(OwnedWallet.Mood.WRONG_MAGIC);
        _onlyTheThirdIsRefused(hostile, _invalid());
    }

    function test_aWalletThatAnswersShortSpoilsNothing() public {
        bytes memory hostile = _hostileCall();
        _wallet.turn(OwnedWallet.Mood.SHORT_ANSWER);
        _onlyTheThirdIsRefused(hostile, _invalid());
    }

    function test_aWalletCannotReEnterWhileItIsAsked() public {
        bytes memory hostile = _hostileCall();
        bytes[4] memory plots = [
            abi.encodeCall(ITitleRegistry.transfer, (_hostile, 1, buyer)), // in its own name
            _transfer(3), // a good act of another
            hostile, // the very act that is being judged
            abi.encodeCall(ISignedActs.batch, (new bytes[](0))) // nothing at all: this alone may succeed
        ];
        _wallet.turn(OwnedWallet.Mood.RE_ENTERS);
        for (uint256 i = 0; i < 3; ++i) {
            _wallet.plot(address(titles), plots[i]);
            _same(_calls(relayer, hostile), "", "judged as if it had not tried");
            _replay();
            _same(titles.title(_hostile).sequence, bills[_hostile].sequence, "one act");
            _same(titles.title(_hostile).holder, bank, "the act that was signed");
            _same(titles.title(ids[3]).sequence, 1, "nothing else happened");
            _stands(_rejection(_hostile, bank));
            hostile = _hostileCall();
        }
        _wallet.plot(address(titles), plots[3]);
        _onlyTheThirdIsRefused(hostile, _invalid());
    }

    function test_aWalletThatSaysYesToAllGivesAwayOnlyWhatIsItsOwn() public {
        _wallet.turn(OwnedWallet.Mood.SAYS_YES);
        ISignedActs.Authorization memory by = ISignedActs.Authorization(address(_wallet), _tomorrow(), "");
        bytes memory others = abi.encodeCall(ITitleRegistry.transferBySignature, (ids[0], 1, bank, by));
        bytes memory wanted = abi.encodeWithSelector(ITitleRegistry.NotHolder.selector, ids[0], _wallet);
        _same(_calls(relayer, others), wanted, "not another's");
        bytes memory own = abi.encodeCall(ITitleRegistry.transferBySignature, (_hostile, 1, bank, by));
        _same(_calls(relayer, own), "", "its own");
    }

    // DELEGATED ACCOUNTS (EIP-7702)

    function test_anAccountWithCodeSetIsAskedAsAWallet() public {
        _stands(_handOver(_hostile, ITitleRegistry.Verb.TRANSFER, address(_wallet), _delegated));
        Act memory a = _handOver(_hostile, ITitleRegistry.Verb.TRANSFER, _delegated, bank);
        bytes memory call = _signedCall(a); // by its own key
        vm.etch(_delegated, address(new OwnedWallet(_wallet.owner())).code);
        bytes memory wanted = abi.encodeWithSelector(ISignedActs.InvalidSignature.selector, _delegated);
        _same(_calls(relayer, call), wanted, "its own key counts no more: its code decides");
        keyOf[_delegated] = keyOf[address(_wallet)];
        _that(_playsSigned(a, relayer), "its code says yes");
    }

    function test_anAccountWithCodeSetActsByItsOwnCallAsBefore() public {
        _stands(_handOver(_hostile, ITitleRegistry.Verb.TRANSFER, address(_wallet), _delegated));
        vm.etch(_delegated, hex"ef0100000000000000000000000000000000000000000a");
        _stands(_handOver(_hostile, ITitleRegistry.Verb.TRANSFER, _delegated, bank));
    }

    // WHAT A REFUSAL SAYS

    function test_aReasonIsTheErrorCutAtTwoHundredFiftySixBytes(uint16 size) public {
        size %= 1024;
        Failing failing = new Failing();
        bytes[] memory acts = new bytes[](2);
        acts[0] = abi.encodeCall(Failing.fails, (size));
        acts[1] = abi.encodeCall(Failing.burns, ());
        (, bytes memory whole) = address(failing).call(acts[0]);
        _same(whole.length, size, "the error as it is");
        if (size > 256) assembly ("memory-safe") { mstore(whole, 256) }
        vm.expectEmit(true, true, true, true, address(failing));
        emit ISignedActs.ActRefused(0, keccak256(acts[0]), whole);
        vm.expectEmit(true, true, true, true, address(failing));
        emit ISignedActs.ActRefused(1, keccak256(acts[1]), "");
        failing.batch(acts);
    }

    function test_aReasonLeavesMemoryInOrder() public {
        Failing failing = new Failing();
        bytes[] memory acts = new bytes[](9);
        uint256[9] memory sizes = [uint256(0), 1, 31, 32, 33, 100, 255, 256, 257];
        for (uint256 i = 0; i < 9; ++i) acts[i] = abi.encodeCall(Failing.fails, (sizes[i]));
        for (uint256 i = 0; i < 9; ++i) {
            (, bytes memory whole) = address(failing).call(acts[i]);
            if (i == 8) assembly ("memory-safe") { mstore(whole, 256) }
            vm.expectEmit(true, true, true, true, address(failing));
            emit ISignedActs.ActRefused(i, keccak256(acts[i]), whole);
        }
        failing.batch(acts);
    }

    // GAS

    function _batchWith(uint256 gas, bytes[] memory acts) private returns (bool stands, bytes memory out) {
        return address(titles).call{gas: gas}(abi.encodeCall(ISignedActs.batch, (acts)));
    }

    /// Whatever gas a batch is given, it does all of its good acts or none.
    function test_aBatchWithTooLittleGasRevertsWholeAndRefusesNoGoodAct(uint256 gas) public {
        bytes[] memory acts = new bytes[](3);
        for (uint256 i = 0; i < 3; ++i) acts[i] = _transfer(i);
        (bool stands, bytes memory out) = _batchWith(10_000 + gas % 600_000, acts);
        _replay();
        _same(refusals.length, 0, "no good act is refused");
        for (uint256 i = 0; i < 3; ++i) _same(titles.title(ids[i]).holder, stands ? bank : shipper, "all or none");
        if (stands || out.length == 0) return;
        _same(bytes32(bytes4(out)), bytes32(ISignedActs.BatchOutOfGas.selector), "it says why");
    }

    function test_aBatchNamesTheActItHasNoGasFor() public {
        bytes[] memory acts = new bytes[](3);
        for (uint256 i = 0; i < 3; ++i) acts[i] = _transfer(i);
        (bool stands, bytes memory out) = _batchWith(420_000, acts);
        _that(!stands, "too little for the first");
        _same(out, abi.encodeWithSelector(ISignedActs.BatchOutOfGas.selector, 0), "named");
        (stands, out) = _batchWith(445_000, acts);
        _that(!stands, "too little for the second");
        _same(out, abi.encodeWithSelector(ISignedActs.BatchOutOfGas.selector, 1), "named");
        _same(titles.title(ids[0]).holder, shipper, "and the first undone");
    }

    /// Each act has its whole 400,000, or the batch reverts: also one whose bytes cost much to carry.
    function test_everyActHasItsWholeGasOrTheBatchReverts(uint256 gas, uint256 length) public {
        Failing failing = new Failing();
        bytes[] memory acts = new bytes[](1);
        acts[0] = abi.encodeCall(Failing.looks, (new bytes(length % 200_000)));
        (bool stands,) = address(failing).call{gas: 425_000 + gas % 300_000}(abi.encodeCall(ISignedActs.batch, (acts)));
        if (!stands) return;
        _that(failing.seen() > ACT_GAS - 2_000 && failing.seen() < ACT_GAS, "the act had its gas");
    }

    /// Gas that does for an act that stands does for naming one that burns its share, however long the two are.
    function test_aLongActThatBurnsItsGasIsRefusedByItself(uint256 length) public {
        Failing failing = new Failing();
        bytes memory filling = new bytes(length % 400_000);
        bytes[] memory acts = new bytes[](1);
        acts[0] = abi.encodeWithSelector(Failing.looks.selector, uint256(0x20), filling.length, filling);
        bytes memory stands = abi.encodeCall(ISignedActs.batch, (acts));
        acts[0] = abi.encodeWithSelector(Failing.burns.selector, uint256(0x20), filling.length, filling);
        bytes memory burns = abi.encodeCall(ISignedActs.batch, (acts));
        (uint256 less, uint256 enough) = (425_000, 10_000_000);
        while (enough - less > 1) {
            uint256 gas = (less + enough) / 2;
            (bool done,) = address(failing).call{gas: gas}(stands);
            (less, enough) = done ? (less, gas) : (gas, enough);
        }
        vm.expectEmit(true, true, true, true, address(failing));
        emit ISignedActs.ActRefused(0, keccak256(acts[0]), "");
        (bool named,) = address(failing).call{gas: enough}(burns);
        _that(named, "refused by itself");
    }

    function test_anActHasNoMoreThanItsShare() public {
        Failing failing = new Failing();
        bytes[] memory acts = new bytes[](1);
        acts[0] = abi.encodeCall(Failing.looks, (""));
        failing.batch(acts);
        _that(failing.seen() > ACT_GAS - 1_000 && failing.seen() < ACT_GAS, "400,000 and no more");
    }

    // BATCHES

    function test_noBatchInABatch() public {
        bytes[] memory inner = new bytes[](1);
        inner[0] = _transfer(0);
        bytes memory nested = abi.encodeCall(ISignedActs.batch, (inner));
        bytes[] memory acts = new bytes[](2);
        (acts[0], acts[1]) = (nested, _transfer(1));
        _same(_carries(acts), "", "the batch stands");
        _same(refusals.length, 1, "the inner one is refused");
        _same(refusals[0].reason, abi.encodeWithSelector(ISignedActs.BatchInBatch.selector), "for what it is");
        _same(titles.title(ids[0]).holder, shipper, "nothing of it happened");
        _same(titles.title(ids[1]).holder, bank, "its neighbour stands");
    }

    function test_anActThatIsNoActIsRefusedByItself() public {
        bytes[] memory acts = new bytes[](4);
        (acts[0], acts[1], acts[2], acts[3]) = (bytes(""), bytes("x"), abi.encode("none of these"), _transfer(0));
        _same(_carries(acts), "", "the batch stands");
        _same(refusals.length, 3, "three are refused");
        _same(titles.title(ids[0]).holder, bank, "its neighbour stands");
    }

    function test_theSameActTwiceInABatchStandsOnce() public {
        bytes[] memory acts = new bytes[](2);
        acts[0] = acts[1] = _transfer(0);
        _same(_carries(acts), "", "the batch stands");
        _same(refusals.length, 1, "the second is refused");
        bytes4 stale = ITitleRegistry.StaleSequence.selector;
        bytes memory wanted = abi.encodeWithSelector(stale, ids[0], shipper, uint32(2), uint32(1));
        _same(refusals[0].reason, wanted, "as stale");
    }

    function test_anEmptyBatchDoesNothing() public {
        _same(_carries(new bytes[](0)), "", "stands");
    }
}
