"""`ebl completion`: the shells themselves run its script, and ask what may follow."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.running import EBL, INSTALLED, ROOT, ebl, environment

DOCUMENT = ROOT / "docs" / "command-line.md"
FOLLOWS = [
    (("ebl", "surr"), {"surrender-requests"}, {"show"}),
    (("ebl", "key", ""), {"new", "import", "show", "sign"}, {"transfer"}),
    (("ebl", "insurance", "de"), {"declare"}, {"assess"}),
    (("ebl", "transfer", "--"), {"--to", "--json", "--keystore", "--help"}, {"--purpose"}),
    (("ebl", "request-surrender", "--p"), {"--purpose", "--password-file"}, {"--reason"}),
    (("ebl", "completion", ""), {"bash", "zsh", "fish"}, {"powershell"}),
]
"""Words before the cursor, some of what may follow, something that may not."""

IN_ZSH = """
compdef() { registered=$2 }
_arguments() { print -rl -- "$@" }
eval "$(ebl completion zsh)"
words=("$@") CURRENT=$#
[[ $registered == ebl ]] && _ebl_completion
"""
"""Completion as zsh calls it, what it would offer being printed."""


def shell(*command: str) -> str:
    """What a shell prints that finds the installed `ebl`."""
    path = f"{INSTALLED.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(command, env=environment(PATH=path), capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def offered_by_bash(*words: str) -> set[str]:
    """What bash offers for the last of these words, its completion switched on as the document says."""
    (switch,) = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("eval") and "bash" in line]
    script = (
        f'{switch}\nCOMP_WORDS=("$@") COMP_CWORD=$(($# - 1))\n_ebl_completion "$1"\nprintf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    return set(shell("bash", "--norc", "-c", script, "bash", *words).split())


@pytest.mark.parametrize(("words", "wanted", "others"), FOLLOWS, ids=[" ".join(words) for words, *_ in FOLLOWS])
def test_bash_offers_commands_options_and_choices(words: tuple[str, ...], wanted: set[str], others: set[str]) -> None:
    offered = offered_by_bash(*words)
    assert wanted <= offered
    assert not others & offered


@pytest.mark.parametrize("words", [("ebl", "submit", ""), ("ebl", "issue", "--law", "")])
def test_bash_falls_back_to_files_where_nothing_is_known(words: tuple[str, ...]) -> None:
    assert offered_by_bash(*words) == set()
    assert "-o default" in shell("bash", "--norc", "-c", 'eval "$(ebl completion bash)"; complete -p ebl')


def offered_to_zsh(*words: str) -> str:
    """What zsh offers for the last of these words; where there is no zsh, what its script would ask the command."""
    if shutil.which("zsh"):
        return shell("zsh", "-f", "-c", IN_ZSH, "zsh", *words)
    asked = environment(_EBL_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS=" ".join(words))
    return subprocess.run([INSTALLED], env=asked, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(("words", "wanted", "others"), FOLLOWS, ids=[" ".join(words) for words, *_ in FOLLOWS])
def test_zsh_offers_them_with_what_they_do(words: tuple[str, ...], wanted: set[str], others: set[str]) -> None:
    offered = offered_to_zsh(*words)
    assert all(f'"{each}"' in offered for each in wanted)
    assert not any(f'"{each}"' in offered for each in others)
    assert words[1] != "key" or '"new":"Make a new key."' in offered


def test_the_command_answers_what_zsh_asks() -> None:
    asked = environment(_EBL_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="ebl vault r")
    told = subprocess.run([INSTALLED], env=asked, capture_output=True, text=True, check=True)
    assert '"rotate":' in told.stdout
    assert ebl("completion", "zsh").out.startswith("#compdef ebl\n")


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_script_needs_no_shell_to_be_there(name: str) -> None:
    bare = {"PATH": "/nowhere", "HOME": "/nowhere"}
    told = subprocess.run([*EBL, "completion", name], env=bare, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "_EBL_COMPLETE" in told.stdout
    assert told.stderr == ""


def test_of_another_shell_nothing_is_known() -> None:
    told = ebl("completion", "csh")
    assert (told.code, told.out) == (2, "")


def test_the_document_says_how_both_are_switched_on() -> None:
    text = DOCUMENT.read_text()
    assert all(f'eval "$(ebl completion {name})"' in text for name in ("bash", "zsh"))
    assert Path(INSTALLED).exists()
