"""`ebl completion`: what makes a shell complete commands and options on Tab."""

from enum import StrEnum
from typing import Annotated

import typer
from typer.completion import completion_init, get_completion_script  # type: ignore[attr-defined]  # there, unannounced

from ebl_service.cli.terminal import say

completion_init()  # so that the command answers what the script asks of it


class Shell(StrEnum):
    """Whose completion is known."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(shell: Annotated[Shell, typer.Argument(help="Which shell is to complete.")]) -> None:
    """Print the script that completes commands and options on Tab, for the shell to read when it starts.

    bash, in ~/.bashrc: eval "$(ebl completion bash)"; zsh, in ~/.zshrc after compinit: eval "$(ebl completion zsh)".
    """
    say(get_completion_script(prog_name="ebl", complete_var="_EBL_COMPLETE", shell=shell))
