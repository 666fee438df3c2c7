"""What can be wrong with a request before its content is judged: one class for each fault, all nothing kept."""

from ebl_service.errors import InvalidRequest, NotFound


class MalformedJson(InvalidRequest):
    """The body is not JSON in UTF-8."""

    advice = "Send one JSON object, in UTF-8, with numbers as JSON writes them."


class DuplicateKey(InvalidRequest):
    """An object names a key twice, so that readers could differ about what it says."""

    advice = "Name each key once."


class NulInText(InvalidRequest):
    """A text holds U+0000, which is no letter of any text, and which databases do not keep."""

    advice = "Leave the character U+0000 out."


class TooManyValues(InvalidRequest):
    """The JSON holds more values, or an object more keys, than anything that is defined needs."""

    advice = "Send less in one request; see /docs for the fields that are defined."


class WrongContentType(InvalidRequest):
    """The body is not declared to be JSON as it is, or is packed (415)."""

    advice = "Send the header Content-Type: application/json, and no Content-Encoding."


class BodyTooLarge(InvalidRequest):
    """The body is longer than the service takes (413)."""

    advice = "Send fewer acts in one request."


class BodyTooSlow(InvalidRequest):
    """The body did not come in the time that it may take (408)."""

    advice = "Send the body without a pause; over a slow connection send fewer acts or documents in one request."


class UnknownField(InvalidRequest):
    """The request has a field that is not defined."""

    advice = "Leave the named field out; see /docs for the fields that are defined."


class MissingField(InvalidRequest):
    """A field that is needed is not there."""

    advice = "Add the named field; see /docs for what it holds."


class BadValue(InvalidRequest):
    """A field's value is not one that it may have."""

    advice = "Correct the named field; see /docs for what it holds."


class BadHex(InvalidRequest):
    """A field is not hexadecimal with 0x, or not of the right length."""

    advice = "Write 0x and two digits for each byte: 20 bytes of an account, 32 of an id or digest."


class BadAddressChecksum(InvalidRequest):
    """An account is written with capitals that are not its EIP-55 checksum: probably a typing error."""

    advice = "Compare the account with its source; without capitals no checksum is asked for."


class ForeignChain(InvalidRequest):
    """Typed data of another chain, contract or version."""

    advice = "Ask this service for the typed data, and sign that."


class MethodNotAllowed(InvalidRequest):
    """The path does not take this method (405)."""

    advice = "See /docs for the methods of each path."


class NoRegistrarHere(NotFound):
    """This service does not hold the registrar's key."""

    advice = "Ask the ledger's registrar; a service is its desk where EBL_REGISTRAR_KEY_FILE and _TOKEN are set."


class AmbiguousName(InvalidRequest):
    """Several parties go by the name that was given."""

    advice = "Name the party by one of its codes, as PROVIDER:CODE, or by its account."


class SecretExposed(InvalidRequest):
    """A file that holds a key, a password or a token is open to others than its owner."""

    advice = "Take the rights of group and others from the named file: chmod 600."
