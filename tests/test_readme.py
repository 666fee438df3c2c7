"""README's voyage by hand, as it stands there: every block run by bash, from a folder of its own and on free ports."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.running import free_port

ROOT = Path(__file__).parent.parent
PATIENCE = 600
"""Seconds for the whole voyage."""


@pytest.mark.skipif(shutil.which("curl") is None, reason="the voyage asks by curl")
def test_the_voyage_by_hand_goes_as_readme_says(tmp_path: Path) -> None:
    for name in ("scripts", "samples", ".venv"):
        (tmp_path / name).symlink_to(ROOT / name)
    chapter = (ROOT / "README.md").read_text().partition("## A voyage by hand")[2].partition("\n## ")[0]
    chain_port, api_port = str(free_port()), str(free_port())
    script = "\n".join(re.findall(r"```bash\n(.*?)```", chapter, re.DOTALL))
    script = script.replace("scripts/anvil", f"scripts/anvil --port {chain_port}")
    script = script.replace(":8545", f":{chain_port}").replace(":8080", f":{api_port}")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EBL_", "COV_"))}
    settings = {
        "EBL_PORT": api_port,
        "EBL_API": f"http://127.0.0.1:{api_port}",
        "EBL_RPC_URLS": f"http://127.0.0.1:{chain_port}",
    }
    stop = "trap 'kill $(jobs -p) 2>/dev/null' EXIT\n"
    done = subprocess.run(
        ["bash", "-eu", "-c", stop + script],
        cwd=tmp_path, env=kept | settings, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "StraightBill" not in done.stderr
    assert "NotEndorsee" in done.stderr
    assert "refused with exit code 4" in done.stdout
    assert '"state":"PREPARED"' in done.stdout
    assert '"verb":"RejectTransfer"' in done.stdout
    assert "AcceptSurrender" in done.stdout
