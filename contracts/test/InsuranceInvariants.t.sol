// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {InsuranceHandler} from "./InsuranceHandler.sol";

/// @notice What must always hold of certificates beside titles, under random trade and attacks on both contracts,
/// amendments, divisions, returns and surrenders among them (see InsuranceHandler).
contract InsuranceInvariants {
    InsuranceHandler private _handler;

    function setUp() public {
        _handler = new InsuranceHandler();
    }

    /// The runner asks: call the handler, and nothing else.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// One walk for all three: a walk costs more than looking.
    /// forge-config: default.invariant.runs = 1
    /// forge-config: deep.invariant.runs = 8
    function invariant_theAssuredIsWhoIsEntitledAndNothingIsLost() external {
        _handler.checkAssured();
        _handler.checkCertificates();
        _handler.checkClaims();
    }

    /// A run that did nothing proves nothing.
    function afterInvariant() external view {
        _handler.checkInsured(800, 1);
    }
}
