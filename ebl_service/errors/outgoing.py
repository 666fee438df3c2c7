"""What can go wrong when the service calls somebody: the address is not allowed, or nobody answers as they should."""

from ebl_service.errors import InvalidRequest, LedgerUnavailable


class ReceiverNotAllowed(InvalidRequest):
    """The address is one that this service does not call: not https, or not on the public internet."""

    advice = "Name an https address on the public internet; private networks are allowed by EBL_CALLBACK_NETWORKS."


class HeaderNotAllowed(InvalidRequest):
    """A callback's header that this service does not send."""

    advice = "Name a header such as Authorization or X-Api-Key; those of HTTP itself and of our signature are ours."


class ReceiverUnavailable(LedgerUnavailable):
    """The receiver does not answer, or not in time, or with more than is read."""

    advice = "It is tried again later by itself."
