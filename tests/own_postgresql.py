"""A PostgreSQL server of a test's or a process's own; it may be killed and started again with what it had committed."""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from tests.anvil import ROOT

SCRIPT = ROOT / "scripts" / "postgresql"


class OwnPostgresql:
    """Use as a context; `url` is its SQLAlchemy URL."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="ebl-own-")
        self.url = self._run("start").strip()
        return self

    def __exit__(self, *failure: object) -> None:
        self._run("stop")
        self._folder.cleanup()

    def crash(self) -> None:
        """End it at once, as a loss of power would (pg_ctl stop -m immediate)."""
        self._run("crash")

    def start(self) -> None:
        """Run again on the same data and port."""
        self._run("again")

    @staticmethod
    def database_of(url: str) -> str:
        """The name of the database in an URL."""
        return url.rpartition("/")[2]

    def _run(self, what: str) -> str:
        state = {"EBL_POSTGRESQL_STATE": str(Path(self._folder.name) / "state")}
        done = subprocess.run([SCRIPT, what], capture_output=True, text=True, check=False, env=os.environ | state)
        assert done.returncode == 0, done.stderr
        return done.stdout
