"""What can go wrong with what is kept encrypted: keys missing or wrong, content that is not what was sealed."""

from ebl_service.errors import ActionRefused, InvalidRequest, LedgerDisagrees, NotFound


class NoVaultHere(NotFound):
    """This service keeps no documents."""

    advice = "Ask the carrier's own service; a service keeps documents where EBL_VAULT_KEY_FILE is set."


class MasterKeyFileWrong(InvalidRequest):
    """The file of master keys is malformed, or its keys are not those that the database was written under."""

    advice = (
        "Name the file with every master key still in use (ebl vault new-key adds one, ebl vault rotate frees one)."
    )


class MasterKeyUnknown(LedgerDisagrees):
    """A row is sealed under a master key that the service does not hold."""

    advice = "Start the service with the file that has this master key; nothing is lost while a copy of it exists."


class SealBroken(LedgerDisagrees):
    """What is stored is not what was sealed there: altered, moved to another row, or under another key."""

    advice = "Serve nothing of this row: compare the database with its last backup and find out who wrote to it."


class KeyDestroyed(NotFound):
    """The document's key was destroyed by two people: its content cannot be read by anybody any more."""

    advice = "The title's history stays on the ledger; parties may still hold their own copies of the document."


class DestructionRefused(ActionRefused):
    """A document's key may not be destroyed now."""

    advice = "Keys go when the title has ended at a final block, no legal hold is on it, and a second person approves."
