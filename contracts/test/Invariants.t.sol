// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TradeHandler} from "./TradeHandler.sol";

/// @notice What must always hold of titles and parties, under random trade and attacks (see TradeHandler).
contract Invariants {
    TradeHandler private _handler;

    function setUp() public {
        _handler = new TradeHandler();
    }

    /// The runner asks: call the handler, and nothing else.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_storageIsWhatTheEventsTell() external view {
        _handler.checkStorage();
    }

    function invariant_atMostOneVersionOfAReferenceIsLive() external view {
        _handler.checkVersions();
    }

    function invariant_onlyWhoJoinedHoldsAndTheRegistrarMovesNothing() external view {
        _handler.checkParties();
    }

    /// A run that did nothing proves nothing. 800 is the depth of the shortest run that foundry.toml asks for.
    function afterInvariant() external view {
        _handler.checkProgress(800, 2);
    }
}
