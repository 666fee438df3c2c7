"""The Solidity tests on mutants, one at a time, in a copy of the tree.

Rules kept here
- They count only where they pass on the contracts as they are.
- A run that does not end in good time is a kill.
- A broken contract is compiled, and the tests are not: they deploy it by its name.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading

from scripts.mutation.breaks import BUILD, ROOT, Mutant, source, tracked

PATIENCE = 900  # seconds


class SolidityTests:
    """A copy of the contracts and their tests, made and seen to pass when the first mutant comes."""

    def __init__(self) -> None:
        self._folder = BUILD / "solidity"
        self._lock = threading.Lock()
        self._is_ready = False

    def kill(self, mutant: Mutant) -> bool:
        """Whether some test fails on this mutant."""
        with self._lock:
            self._get_ready()
            file = self._folder / mutant.file
            file.write_text(mutant.text())
            try:
                return not self._pass()
            finally:
                file.write_text(source(mutant.file))

    def _get_ready(self) -> None:
        if self._is_ready:
            return
        for file in tracked():
            if file.startswith("contracts/") or file in {"foundry.toml", "scripts/solc"}:
                (self._folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / file, self._folder / file)
        if not (self._folder / "node_modules").exists():
            (self._folder / "node_modules").symlink_to(ROOT / "node_modules")
        if not self._pass():
            sys.exit(f"mutants: the Solidity tests fail on sound contracts: see {self._folder / 'last-run.log'}")
        self._is_ready = True

    def _pass(self) -> bool:
        forge = next(iter(ROOT.glob("node_modules/@foundry-rs/forge-*/bin/forge*")), None) or shutil.which("forge")
        environment = os.environ | {"FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT": "0"}
        with (self._folder / "last-run.log").open("w") as log:
            process = subprocess.Popen(
                [str(forge), "test", "--fail-fast"],
                cwd=self._folder,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                return process.wait(PATIENCE) == 0
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return False
