// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPartyRegistry} from "./IPartyRegistry.sol";
import {ISignedActs} from "./ISignedActs.sol";

/// @notice Title to goods under electronic bills of lading: who holds each, to whom it is endorsed, and every act on it.
/// Each act exists as a call by its actor and as typed data that anyone may relay (…BySignature). Both carry
/// `sequence`, the number of acts on the title so far: an act decided on a stale view never lands, and none lands twice.
interface ITitleRegistry is ISignedActs {
    enum Status {
        NONE,
        ISSUED,
        PENDING_SURRENDER_FOR_DELIVERY,
        PENDING_SURRENDER_FOR_AMENDMENT,
        PENDING_SURRENDER_FOR_PAPER,
        SURRENDERED_FOR_DELIVERY,
        SURRENDERED_FOR_AMENDMENT,
        SURRENDERED_FOR_PAPER,
        REPLACED
    }

    enum Purpose {
        DELIVERY,
        AMENDMENT,
        PAPER
    }

    enum Verb {
        NONE,
        ISSUE,
        TRANSFER,
        ENDORSE,
        ENDORSE_TO_ORDER,
        ENDORSE_IN_BLANK,
        REJECT_TRANSFER,
        SIGN,
        REQUEST_SURRENDER,
        WITHDRAW_SURRENDER,
        ACCEPT_SURRENDER,
        REJECT_SURRENDER,
        REPLACE
    }

    /// @notice A title as anyone may read it.
    /// @param endorsee zero on a blank bill; the consignee on a straight one
    /// @param entitled who has the rights under the bill (see `entitledOf`)
    /// @param actedAt time of the last act, seconds since 1970
    struct Title {
        address carrier;
        address holder;
        address endorsee;
        address entitled;
        Status status;
        bool isToOrder;
        bool mayEndorse;
        uint16 version;
        uint32 sequence;
        uint40 actedAt;
        bytes32 commitment;
        bytes32 head;
    }

    /// @notice A title to be issued in place of others. `version` counts the issues of one reference from 0.
    struct NewTitle {
        address endorsee;
        bool isToOrder;
        uint16 version;
        bytes32 referenceDigest;
        bytes32 commitment;
    }

    /// @notice What the last act's link in the head was made of: proves the state before it, so that it can be undone.
    /// @param head the head before that act
    /// @param argumentsDigest keccak-256 of its ABI-encoded arguments
    /// @param possession the word that said who held the title and how it stood before that act (see Possession.sol)
    /// @param endorsee its party number before that act, 0 for none
    struct PreviousAct {
        bytes32 head;
        Verb verb;
        uint40 time;
        address actor;
        bytes32 argumentsDigest;
        uint256 possession;
        uint32 endorsee;
    }

    /// @param endorseeNumber party number of the endorsee, 0 on a blank bill (the head is made with it)
    /// @param replaces the titles in whose place this one was issued; empty at a first issue
    event Issued(
        bytes32 indexed titleId,
        address indexed carrier,
        address indexed holder,
        address endorsee,
        uint32 endorseeNumber,
        bool isToOrder,
        uint16 version,
        bytes32 referenceDigest,
        bytes32 commitment,
        uint40 time,
        bytes32[] replaces
    );
    /// @notice Beside `Issued`, so that an endorsee or consignee finds the bills that name it.
    event EndorseeNamed(bytes32 indexed titleId, address indexed endorsee);
    event Transferred(
        bytes32 indexed titleId, address indexed from, address indexed to, uint32 sequence, uint40 time
    );
    event Endorsed(
        bytes32 indexed titleId, address indexed from, address indexed to, uint32 number, uint32 sequence, uint40 time
    );
    event EndorsedToOrder(
        bytes32 indexed titleId, address indexed from, address indexed to, uint32 number, uint32 sequence, uint40 time
    );
    /// @param to zero where the bill was endorsed but not handed over
    event EndorsedInBlank(
        bytes32 indexed titleId, address indexed from, address indexed to, uint32 sequence, uint40 time
    );
    event TransferRejected(
        bytes32 indexed titleId, address indexed from, address indexed to, uint32 sequence, uint40 time
    );
    event Signed(bytes32 indexed titleId, address indexed holder, uint32 sequence, uint40 time);
    event SurrenderRequested(
        bytes32 indexed titleId,
        address indexed holder,
        address indexed carrier,
        Purpose purpose,
        bytes32 reason,
        uint32 sequence,
        uint40 time
    );
    event SurrenderWithdrawn(
        bytes32 indexed titleId, address indexed holder, address indexed carrier, uint32 sequence, uint40 time
    );
    event SurrenderAccepted(
        bytes32 indexed titleId, address indexed holder, address indexed carrier, uint32 sequence, uint40 time
    );
    event SurrenderRejected(
        bytes32 indexed titleId, address indexed holder, address indexed carrier, uint32 sequence, uint40 time
    );
    event Replaced(
        bytes32 indexed titleId,
        address indexed holder,
        address indexed carrier,
        bytes32[] newIds,
        uint32 sequence,
        uint40 time
    );

    error UnknownTitle(bytes32 titleId, address caller);
    error StaleSequence(bytes32 titleId, address caller, uint32 current, uint32 given);
    error TitleNotLive(bytes32 titleId, address caller, Status status);
    error SurrenderNotPending(bytes32 titleId, address caller, Status status);
    error NotHolder(bytes32 titleId, address caller);
    error NotCarrier(bytes32 titleId, address caller);
    error CarrierRoleMissing(bytes32 titleId, address caller);
    error CarrierSuspended(bytes32 titleId, address caller);
    error TitleExists(bytes32 titleId, address caller);
    error EmptyDigest(bytes32 titleId, address caller);
    error ConsigneeMissing(bytes32 titleId, address caller);
    error CarrierCannotReceive(bytes32 titleId, address caller);
    error RecipientNotRegistered(bytes32 titleId, address caller, address recipient);
    error RecipientSuspended(bytes32 titleId, address caller, address recipient);
    error AlreadyHolder(bytes32 titleId, address caller);
    error StraightBill(bytes32 titleId, address caller);
    error NotEndorsee(bytes32 titleId, address caller);
    error MayNotEndorse(bytes32 titleId, address caller);
    error MayNotSurrender(bytes32 titleId, address caller, Purpose purpose);
    error AnswerPeriodRunning(bytes32 titleId, address caller, uint256 until);
    error PreviousActMismatch(bytes32 titleId, address caller);
    error NothingToReject(bytes32 titleId, address caller);
    error RejectPeriodOver(bytes32 titleId, address caller, uint256 until);
    error TitleCountOutOfRange(uint256 count, address caller);
    error IdsNotAscending(bytes32 titleId, address caller);
    error NotSurrenderedForAmendment(bytes32 titleId, address caller, Status status);
    error HoldersDiffer(bytes32 titleId, address caller);
    error VersionNotReplaced(bytes32 titleId, address caller);

    // ISSUE

    /// @notice Issues a title, version 0 of its reference. Carrier only. `holder` receives it; it is made out to
    /// `endorsee`: to order (zero: blank), or straight to the consignee.
    function issue(address holder, address endorsee, bool isToOrder, bytes32 referenceDigest, bytes32 commitment)
        external
        returns (bytes32 titleId);
    function issueBySignature(
        address holder,
        address endorsee,
        bool isToOrder,
        bytes32 referenceDigest,
        bytes32 commitment,
        Authorization calldata authorization
    ) external returns (bytes32 titleId);

    /// @notice Issues new titles in place of old ones, which one and the same party surrendered to the carrier for
    /// amendment; they go to that party. Several new ones divide, several old ones consolidate; at most 16 of each, ids
    /// strictly ascending. A version above 0 exists only in place of the version before it. Carrier only.
    function replace(bytes32[] calldata oldIds, uint32[] calldata sequences, NewTitle[] calldata newTitles)
        external
        returns (bytes32[] memory newIds);
    function replaceBySignature(
        bytes32[] calldata oldIds,
        uint32[] calldata sequences,
        NewTitle[] calldata newTitles,
        Authorization calldata authorization
    ) external returns (bytes32[] memory newIds);

    // POSSESSION AND ENDORSEMENT

    /// @notice Passes possession on. Holder only.
    function transfer(bytes32 titleId, uint32 sequence, address to) external;
    function transferBySignature(bytes32 titleId, uint32 sequence, address to, Authorization calldata authorization)
        external;

    /// @notice Endorses to `to`, who may not endorse further, and hands the bill over.
    function endorse(bytes32 titleId, uint32 sequence, address to) external;
    function endorseBySignature(bytes32 titleId, uint32 sequence, address to, Authorization calldata authorization)
        external;

    /// @notice Endorses to the order of `to`, who may endorse further, and hands the bill over. The holder of a blank
    /// bill may name itself.
    function endorseToOrder(bytes32 titleId, uint32 sequence, address to) external;
    function endorseToOrderBySignature(
        bytes32 titleId, uint32 sequence, address to, Authorization calldata authorization
    ) external;

    /// @notice Endorses in blank and hands the bill over to `to`; zero: keeps it.
    function endorseInBlank(bytes32 titleId, uint32 sequence, address to) external;
    function endorseInBlankBySignature(
        bytes32 titleId, uint32 sequence, address to, Authorization calldata authorization
    ) external;

    /// @notice Sends back what the holder was just handed: possession, endorsement and entitlement as before it.
    /// @param previous proves the state before the hand-over against `head`; anyone may supply it, it is not signed
    function rejectTransfer(bytes32 titleId, uint32 sequence, PreviousAct calldata previous) external;
    function rejectTransferBySignature(
        bytes32 titleId, uint32 sequence, PreviousAct calldata previous, Authorization calldata authorization
    ) external;

    /// @notice Puts the holder's signature on record. It also withdraws acts that were signed but have not landed.
    function sign(bytes32 titleId, uint32 sequence) external;
    function signBySignature(bytes32 titleId, uint32 sequence, Authorization calldata authorization) external;

    // SURRENDER

    /// @notice Offers the bill back to the carrier. Until it answers, nobody else can act.
    /// The endorsee (straight: the consignee) in possession and any holder of a blank bill may ask for anything. The first
    /// holder in possession may ask for AMENDMENT and PAPER: to order, while it has passed nothing on; straight, until the
    /// consignee has held the bill. On a straight bill it may always ask for DELIVERY, which is to the consignee.
    /// @param reason a code, such as DCSA's SWTP, COD or SWI in ASCII; zero for none
    function requestSurrender(bytes32 titleId, uint32 sequence, Purpose purpose, bytes32 reason) external;
    function requestSurrenderBySignature(
        bytes32 titleId, uint32 sequence, Purpose purpose, bytes32 reason, Authorization calldata authorization
    ) external;

    /// @notice Takes a request back that stayed unanswered for `answerPeriod`. Who requested, only.
    function withdrawSurrender(bytes32 titleId, uint32 sequence) external;
    function withdrawSurrenderBySignature(bytes32 titleId, uint32 sequence, Authorization calldata authorization)
        external;

    /// @notice Takes the bill in: final. Carrier only, suspended or not.
    function acceptSurrender(bytes32 titleId, uint32 sequence) external;
    function acceptSurrenderBySignature(bytes32 titleId, uint32 sequence, Authorization calldata authorization)
        external;

    /// @notice Gives the bill back, all as before. Carrier only, suspended or not.
    function rejectSurrender(bytes32 titleId, uint32 sequence) external;
    function rejectSurrenderBySignature(bytes32 titleId, uint32 sequence, Authorization calldata authorization)
        external;

    // VIEWS

    /// @notice The title; status NONE and all zero where there is none.
    function title(bytes32 titleId) external view returns (Title memory);

    /// @notice Who has the rights under the bill: the holder of a blank bill, or who is both holder and endorsee. While
    /// these are apart, the endorsee if it has had possession, else the first holder. Zero where there is no title.
    function entitledOf(bytes32 titleId) external view returns (address);

    /// @notice keccak-256 of carrier, referenceDigest and version, each as a 32-byte word.
    function titleIdOf(address carrier, bytes32 referenceDigest, uint16 version) external pure returns (bytes32);

    /// @notice The registry whose parties may hold titles here.
    function parties() external view returns (IPartyRegistry);

    /// @notice Seconds within which a hand-over may be rejected.
    function rejectPeriod() external view returns (uint256);

    /// @notice Seconds after which an unanswered surrender request may be withdrawn.
    function answerPeriod() external view returns (uint256);
}
