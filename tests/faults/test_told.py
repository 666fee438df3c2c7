"""The oracle of what carriers are told can fail: whatever is spoiled in rows or in what the receiver got is found."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ebl_service.errors import EblError
from tests.faults import told
from tests.faults.quay import Carrier, KillerOfCallers, Trade, quay
from tests.faults.stage import Stage
from tests.receiver import Call

ROWS = {
    "a callback that waits": "UPDATE callbacks SET state = 'WAITING' WHERE number = 2",
    "a callback that was given up": "UPDATE callbacks SET state = 'GIVEN_UP' WHERE number = 2",
    "a callback that is missing": "DELETE FROM callbacks WHERE number = 2",
    "a callback that nothing caused": "INSERT INTO callbacks SELECT 99, 'x', account, subject, 'x', path, body, state,"
    " made_at, due_at, attempts, last_answer, delivered_at FROM callbacks WHERE number = 1",
    "another path": "UPDATE callbacks SET path = path || 'x' WHERE number = 2",
    "other words": "UPDATE callbacks SET body = (SELECT body FROM callbacks WHERE number = 1) WHERE number = 2",
    "another order": "UPDATE callbacks SET number = 100 - number",
    "an issuance request that is open": "UPDATE issuance_requests SET state = 'OPEN' WHERE number = 1",
    "a place before the end": "UPDATE announced SET line = line - 1",
}
RECEIVED: dict[str, Callable[[list[Call]], list[Call]]] = {
    "a call that is missing": lambda calls: calls[1:],
    "other words the second time": lambda calls: [replace(calls[0], body=b"{}"), *calls],
    "another path the second time": lambda calls: [replace(calls[0], path="/"), *calls],
    "one that came again too late": lambda calls: [*calls, calls[0]],
    "another order": lambda calls: calls[::-1],
    "a call that is in no row": lambda calls: [*calls, replace(calls[0], headers={"ebl-callback-id": "x"})],
}


async def test_whatever_is_spoiled_is_found(tmp_path: Path) -> None:
    async with quay("sqlite", tmp_path) as (stage, system):
        killer = KillerOfCallers(stage, system)
        killer.at_steps()
        trade = Trade(stage, system, killer)
        await trade.go_on()
        await trade.ends_well()
        stage.service.kill()
        await stage.database.close()
        sound, got = Path(shutil.copy(tmp_path / "ledger.db", tmp_path / "sound.db")), system.received
        unnoticed = [what for what, how in ROWS.items() if not await _is_found(stage, system, sound, how)]
        for what, spoil in RECEIVED.items():
            system.received = spoil(got)
            unnoticed += [] if await _is_found(stage, system, sound, "SELECT 1") else [what]
        assert not unnoticed
        system.received = [got[0], *got]
        assert await _is_found(stage, system, sound, "SELECT 1") is False, "a repetition is none"


async def _is_found(stage: Stage, system: Carrier, sound: Path, how: str) -> bool:
    for file in (stage.folder / "ledger.db-wal", stage.folder / "ledger.db-shm"):
        file.unlink(missing_ok=True)
    shutil.copy(sound, stage.folder / "ledger.db")
    with closing(sqlite3.connect(stage.folder / "ledger.db")) as spoiler, spoiler:
        assert spoiler.execute(how).rowcount
    try:
        await told.agrees(stage, system)
    except (AssertionError, EblError):
        return True
    finally:
        await stage.database.close()
    return False
