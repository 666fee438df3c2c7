"""The command `ebl`, put together."""

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
)
from ebl_service.cli.exits import EblGroup

app = typer.Typer(
    name="ebl",
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
app.add_typer(keys.app, name="key", rich_help_panel="Keys and parties")
parties.app.command()(onboarding.onboard)
app.add_typer(parties.app, name="party", rich_help_panel="Keys and parties")
app.add_typer(api_keys.app, name="api-key", rich_help_panel="Who may come in and read")
for each in (access.sign_in, access.grant, access.grants, access.revoke_grant, access.who_read):
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
    *(reading.show, reading.titles, reading.history, reading.surrender_requests, reading.allowed, reading.watch),
    verifying.verify,
):
    app.command(rich_help_panel="What the ledger says")(each)
for each in (serving.serve, health.health, serving.index, serving.reindex, serving.deploy):
    app.command(rich_help_panel="Running the service")(each)
app.command(rich_help_panel="This command line")(completion.completion)

if __name__ == "__main__":
    app()
