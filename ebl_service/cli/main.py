"""The command `ebl`, put together.

Modules here load nothing at import that takes long (chain, database, HTTP, keys): help and completion come at once.
`tests/cli/test_start.py` holds that.
"""

from importlib.metadata import version
from typing import Annotated

import typer

from ebl_service.cli import (
    access,
    acts,
    api_keys,
    certificate_acts,
    certificates,
    completion,
    cover,
    documents,
    health,
    keys,
    onboarding,
    parties,
    reading,
    serving,
    submitting,
    vaulting,
    verifying,
    watching,
)
from ebl_service.cli.exits import EblGroup
from ebl_service.cli.terminal import say

app = typer.Typer(
    name="ebl",
    context_settings={"help_option_names": ["-h", "--help"]},
    cls=EblGroup,
    no_args_is_help=True,
    add_completion=False,  # its options guess the shell, wrongly in a pipe; `ebl completion` is told which
    pretty_exceptions_show_locals=False,  # locals may hold a key
    help=(
        "Electronic bills of lading on a ledger: act with your own key, read what the ledger says, run the service. "
        "Exit codes: 0 done, 2 malformed, 3 not allowed, 4 refused by the ledger's rules, 5 not found, "
        "6 out of reach (try again), 7 ledger and database differ; 130 interrupted."
    ),
    epilog="A first act: ebl key new me.json; ebl party join --keystore me.json …; see README.md.",
)


def _say_version_of(is_asked: bool) -> None:
    if is_asked:
        say(f"ebl {version('ebl-ledger')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    _: Annotated[
        bool, typer.Option("--version", callback=_say_version_of, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Nothing: options of the whole command line end it by themselves."""


app.add_typer(keys.app, name="key", rich_help_panel="Keys and parties")
parties.app.command()(onboarding.onboard)
app.add_typer(parties.app, name="party", rich_help_panel="Keys and parties")
app.add_typer(api_keys.app, name="api-key", rich_help_panel="Who may come in and read")
for each in (access.sign_in, access.sign_out, access.grant, access.grants, access.revoke_grant, access.who_read):
    app.command(rich_help_panel="Who may come in and read")(each)
for each in acts.COMMANDS:
    app.command(rich_help_panel="Acts on a title")(each)
app.command(rich_help_panel="Acts on a title")(submitting.submit)
for each in certificate_acts.COMMANDS:
    app.command(rich_help_panel="Acts on a certificate of insurance")(each)
app.add_typer(certificates.app, name="certificates", rich_help_panel="What the ledger says")
app.add_typer(cover.app, name="insurance", rich_help_panel="Documents")
app.add_typer(documents.app, name="document", rich_help_panel="Documents")
app.add_typer(vaulting.app, name="vault", rich_help_panel="Running the service")
for each in (
    *(reading.show, reading.titles, reading.history, reading.surrender_requests, reading.allowed, watching.watch),
    verifying.verify,
):
    app.command(rich_help_panel="What the ledger says")(each)
for each in (serving.serve, health.health, serving.index, serving.reindex, serving.deploy):
    app.command(rich_help_panel="Running the service")(each)
app.command(rich_help_panel="This command line")(completion.completion)

if __name__ == "__main__":
    app()
