"""README's voyage by hand, as it stands there: run by bash, and pasted whole into a terminal, on free ports."""

import os
import pty
import re
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.running import free_port

ROOT = Path(__file__).parent.parent
MAX_SECONDS = 600
"""For the whole voyage."""
FAILED = re.compile(r"FAILED: (.*)")
OVER = "VOYAGE OVER"


def voyage() -> str:
    """Every command of the chapter, on ports that nobody has."""
    chapter = (ROOT / "README.md").read_text().partition("## A voyage by hand")[2].partition("\n## ")[0]
    script = "\n".join(re.findall(r"```bash\n(.*?)```", chapter, re.DOTALL))
    assert script.count("8545") == script.count("8080") == 1
    return script.replace("8545", str(free_port())).replace("8080", str(free_port()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as the repository's, with a data folder of its own."""
    for name in ("scripts", "samples", ".venv", "hardhat-free-anvil.toml", "node_modules"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def environment() -> dict[str, str]:
    """This process's, without settings of the ledger's, and without the programs that README does not ask for."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EBL_", "COV_"))}
    return kept | {"TERM": "xterm", "HISTFILE": "/dev/null", "PS1": "$ ", "NO_COLOR": "1"}


def check_told(told: str) -> None:
    """What the voyage must have shown."""
    assert "StraightBill" not in told
    assert "NotEndorsee" in told
    assert "refused with exit code 4" in told
    assert re.search(r"RequestSurrender (INCLUDED|FINAL) in block [0-9]+", told)
    assert '"verb":"RejectTransfer"' in told
    assert "AcceptSurrender" in told


def test_the_voyage_by_hand_goes_as_readme_says(folder: Path) -> None:
    stop = "trap 'kill $(jobs -p) 2>/dev/null' EXIT\n"
    done = subprocess.run(
        ["bash", "-eu", "-c", stop + voyage()],
        cwd=folder, env=environment(), capture_output=True, text=True, timeout=MAX_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "StraightBill" not in done.stderr
    check_told(done.stdout + done.stderr)


def test_the_voyage_by_hand_goes_when_it_is_pasted_whole_into_a_terminal(folder: Path) -> None:
    first = """trap 'printf "FAI%s: %s\\n" LED "$BASH_COMMAND"' ERR\n"""
    last = 'printf "VOYAGE %s\\n" OVER\n'
    told = pasted(folder, first + voyage() + last)
    assert OVER in told, told[-4_000:]
    assert FAILED.findall(told) == [], told
    check_told(told)


def pasted(folder: Path, text: str) -> str:
    """What a terminal shows into which the text is pasted, faster than its commands are done; up to `OVER`."""
    pid, terminal = pty.fork()
    if pid == 0:  # the person's side of the terminal is ours; this side becomes the shell
        os.chdir(folder)
        os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], environment())
    os.set_blocking(terminal, False)
    left, shown = text.encode(), b""
    until = time.monotonic() + MAX_SECONDS
    try:
        while OVER.encode() not in shown and time.monotonic() < until:
            readable, writable, _ = select.select([terminal], [terminal] if left else [], [], 1)
            if writable:
                left = left[os.write(terminal, left[:1_000]) :]
            if readable:
                shown += os.read(terminal, 65_536)
    except OSError as ended:  # the shell has closed its side
        shown += f"[the terminal is closed: {ended}]".encode()
    finally:
        os.kill(pid, signal.SIGHUP)  # it passes it on to what runs in its background
        os.close(terminal)
        os.waitpid(pid, 0)
    return shown.decode(errors="replace").replace("\r", "")
