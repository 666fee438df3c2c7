"""The oracle can fail: whatever is spoiled in the rows, it is found."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from ebl_service.domain.certificate_actions import NotifyClaim
from ebl_service.domain.submission import State
from ebl_service.domain.terms import digest
from ebl_service.errors import LedgerDisagrees
from tests.faults import oracle
from tests.faults.insuring import certificate_of, insure
from tests.faults.stage import Stage, standing

SPOILED = {
    "a title": "UPDATE titles SET sequence = sequence + 1 WHERE rowid = 1",
    "a holder": "UPDATE titles SET holder = carrier WHERE rowid = 1",
    "a title that is missing": "DELETE FROM titles WHERE rowid = 1",
    "a past state": "UPDATE title_states SET sequence = 7 WHERE rowid = 1",
    "a past state that is missing": "DELETE FROM title_states WHERE rowid = 1",
    "a certificate": "UPDATE certificates SET sequence = sequence + 1",
    "a loss payee": "UPDATE certificates SET named = insurer",
    "a certificate that is missing": "DELETE FROM certificates",
    "a past state of a certificate": "UPDATE certificate_states SET claims = NULL WHERE claims IS NOT NULL",
    "a past state of a certificate that is missing": "DELETE FROM certificate_states",
    "a party": "UPDATE parties SET is_suspended = 1 WHERE rowid = 1",
    "an event that is missing": "DELETE FROM events WHERE rowid = (SELECT max(rowid) FROM events)",
    "an event twice": "INSERT INTO events SELECT block_number, log_index + 50, transaction_hash, kind, subject_id,"
    " sequence, data FROM events WHERE kind = 'Issued' LIMIT 1",
    "the cursor": "UPDATE cursor SET number = number - 1",
    "a halt": "UPDATE cursor SET halted = 'because'",
    "a promise that is missing": "DELETE FROM submissions WHERE number = 1",
    "an act that nobody brought": "INSERT INTO submissions SELECT 99, '0x99', verb, subject_id, sequence, signer,"
    " deadline, act, signature, accepted_at, state, is_terminal, refusal, rides_in, transaction_hash, block_number,"
    " block_hash FROM submissions LIMIT 1",
    "an act without an end": "UPDATE submissions SET is_terminal = 0 WHERE number = 1",
    "a refusal of what stands": "UPDATE submissions SET state = 'REFUSED', refusal = '[]' WHERE number = 1",
    "a success that never was": "UPDATE submissions SET state = 'FINAL', refusal = NULL WHERE state = 'REFUSED'",
    "another place than it landed at": "UPDATE submissions SET block_number = block_number + 1 WHERE number = 1",
    "a nonce twice": "UPDATE transactions SET nonce = 0",
    "a transaction on its way": "UPDATE transactions SET status = 'SENT' WHERE nonce = 0",
    "a transaction that is missing": "UPDATE transactions SET status = 'LOST' WHERE nonce = 0",
    "an act that stood twice": "UPDATE transaction_acts SET submission_id ="
    " (SELECT submission_id FROM submissions WHERE number = 1)",
    "gas": "UPDATE gas_spent SET gas = gas + 1",
    "a line of the stream that is missing": "DELETE FROM feed"
    " WHERE id = (SELECT max(id) FROM feed WHERE kind = 'recorded')",
    "a line of the stream twice": "INSERT INTO feed SELECT 999, kind, finality, block_number, block_hash, retracted"
    " FROM feed WHERE kind = 'recorded' ORDER BY id DESC LIMIT 1",
    "what was final": "UPDATE feed SET finality = 'included'",
}


async def test_each_row_that_is_spoiled_is_found(tmp_path: Path) -> None:
    async with standing("sqlite", tmp_path) as stage:
        await stage.start()
        [first, _] = await stage.issued(2)
        certificate = insure(stage, first, stage.chain.bank.address)
        asked = NotifyClaim(certificate_of(certificate), 1, digest("0x05"))
        await stage.take(certificate, stage.sign(stage.chain.shipper, asked))
        await stage.become(list(stage.promised), State.INCLUDED, State.FINAL)
        stage.rpc("evm_setAutomine", False)
        lost = stage.transfer(first, seconds=60)
        await stage.take(lost)
        await stage.comes(lambda: stage.proxy.sent[2:])
        stage.rpc("evm_increaseTime", 120)
        stage.rpc("evm_setAutomine", True)
        await stage.ends_well()
        stage.service.kill()
        await stage.database.close()
        sound = shutil.copy(tmp_path / "ledger.db", tmp_path / "sound.db")
        unnoticed = [what for what, how in SPOILED.items() if not await _is_found(stage, Path(sound), how)]
        assert not unnoticed
        assert await _is_found(stage, Path(sound), "SELECT 1") is False


async def _is_found(stage: Stage, sound: Path, how: str) -> bool:
    for file in (stage.folder / "ledger.db-wal", stage.folder / "ledger.db-shm"):
        file.unlink(missing_ok=True)
    shutil.copy(sound, stage.folder / "ledger.db")
    with closing(sqlite3.connect(stage.folder / "ledger.db")) as spoiler, spoiler:
        assert spoiler.execute(how).rowcount
    try:
        await oracle.agrees(stage)
    except (AssertionError, LedgerDisagrees):
        return True
    finally:
        await stage.database.close()
    return False
