// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Registration} from "../Registration.sol";

/// @notice Who takes part: accounts, their roles, and a salted digest of each one's identity record.
/// A party joins by the registrar's call and its own signature, so nothing can be sent to an address that nobody has
/// proved to control. Parties are numbered from 1 in the order they joined; a number never changes its account.
interface IPartyRegistry {
    /// @param number 1, 2, 3 …; 0 where the account is not registered
    /// @param roles sum of role bits: CARRIER 1, INSURER 2, TERMINAL 4, CUSTOMS 8
    /// @param suspended may neither issue nor receive by new acts; may still pass on, surrender and answer
    /// @param nonce of the account's next signature for this registry
    /// @param identityDigest salted digest of the identity record (legal name, codes, certificate)
    struct Party {
        uint32 number;
        uint8 roles;
        bool suspended;
        uint64 nonce;
        bytes32 identityDigest;
    }

    event Registered(
        address indexed account, uint32 indexed number, uint8 roles, bytes32 identityDigest, uint64 nonce, uint40 time
    );
    event IdentityUpdated(address indexed account, bytes32 identityDigest, uint64 nonce, uint40 time);
    event RoleGranted(address indexed account, uint8 roles, uint40 time);
    event RoleWithdrawn(address indexed account, uint8 roles, uint40 time);
    event Suspended(address indexed account, uint40 time);
    event Reinstated(address indexed account, uint40 time);
    /// @notice A carrier, insurer or terminal with a plain key: were it lost, other people's cargo would be stranded.
    event SingleKeyWarning(address indexed account, uint8 roles);

    error AlreadyRegistered(address account);
    error UnknownParty(address account);
    error UnknownRole(uint8 roles);
    error RoleUnchanged(address account, uint8 roles);
    error AlreadySuspended(address account);
    error NotSuspended(address account);
    error StaleNonce(address account, uint64 current, uint64 given);
    error DeadlinePassed(uint64 deadline, uint256 time);
    error DeadlineTooDistant(uint64 deadline, uint256 latest);
    error InvalidSignature(address signer);
    error SeatCannotBeEmpty();

    /// @notice Registers `account`, which signed `Join(account, roles, identityDigest, nonce, deadline)`. Registrar only.
    function register(
        address account, uint8 roles, bytes32 identityDigest, uint64 nonce, uint64 deadline, bytes calldata signature
    ) external;

    /// @notice Replaces the identity digest; the account signed `UpdateIdentity(account, identityDigest, nonce, deadline)`.
    function updateIdentity(
        address account, bytes32 identityDigest, uint64 nonce, uint64 deadline, bytes calldata signature
    ) external;

    /// @notice Adds role bits, none of which the party has. Registrar only.
    function grantRole(address account, uint8 roles) external;

    /// @notice Takes role bits away, all of which the party has. Registrar only.
    function withdrawRole(address account, uint8 roles) external;

    /// @notice Stops the party issuing and receiving by new acts. Moves nothing, blocks no passing on. Registrar only.
    function suspend(address account) external;

    /// @notice Ends a suspension. Registrar only.
    function reinstate(address account) external;

    /// @notice The party behind an account; all zero where there is none.
    function party(address account) external view returns (Party memory);

    /// @notice What an act needs to know of an account: number, roles, suspension. Zero where it is not registered.
    function registration(address account) external view returns (Registration);

    /// @notice The account of a party number; the zero address where there is none.
    function accountOf(uint32 number) external view returns (address);

    /// @notice How many parties have joined: the highest number given.
    function partyCount() external view returns (uint32);
}
