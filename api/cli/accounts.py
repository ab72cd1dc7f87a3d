"""``kompass user`` and ``kompass token``: who may do what, from the machine that the service runs on."""

import sys
from datetime import timedelta

import click

from api.accounts.model import ROLES, Account, Scope
from api.accounts.sign_in import INVITATION_LIVES, RESET_LIVES
from api.cli.base import App, Entry, LazyGroup, app, argument, command, option
from api.cli.output import Column, format_option, list_rows, print_json
from api.http.viewer import Role
from api.language import N_, day_of
from api.settings import LANGUAGES
from graph_service.errors import InvalidValue, Place
from graph_service.keys import NodeKey

role_choice = click.Choice([role.value for role in ROLES])
link_option = option("--link", is_flag=True, help=N_("Print a link with which the password is set, once."))


@click.group(
    cls=LazyGroup,
    entries={
        "add": Entry("api.cli.accounts:add", N_("Make an account.")),
        "list": Entry("api.cli.accounts:users", N_("List the accounts.")),
        "set-role": Entry("api.cli.accounts:set_role", N_("Change the role of an account.")),
        "reset": Entry("api.cli.accounts:reset", N_("Set a new password.")),
        "disable": Entry("api.cli.accounts:disable", N_("Let nobody sign in to an account any more.")),
        "export": Entry("api.cli.accounts:export", N_("Print everything that is kept about an account.")),
        "erase": Entry("api.cli.accounts:erase", N_("Erase an account and everything that is kept about it.")),
    },
    help=N_("Make accounts, and change, export and erase them. EMAIL is the account's e-mail address."),
)
def user() -> None:
    """Hold the commands about accounts."""


@click.group(
    cls=LazyGroup,
    entries={
        "create": Entry("api.cli.accounts:create", N_("Make a token for a program.")),
        "list": Entry("api.cli.accounts:tokens", N_("List the tokens of an account.")),
        "revoke": Entry("api.cli.accounts:revoke", N_("Take back a token.")),
    },
    help=N_("Make and revoke tokens: keys with which programs use the API for an account."),
)
def token() -> None:
    """Hold the commands about tokens."""


@command(
    help=N_(
        "Make an account. The password is asked for, or read from standard input; it is never an argument. With --link"
        " there is none until the link was followed."
    )
)
@argument("email")
@option("--role", type=role_choice, required=True, help=N_("What the account may do."))
@option("--municipality", metavar="MUNICIPALITY", help=N_("The own municipality: a code, a key or a name."))
@option("--name", default="", help=N_("What the office or person is called."))
@option("--language", type=click.Choice(LANGUAGES), help=N_("The language of mails; otherwise that of this command."))
@link_option
def add(email: str, role: str, municipality: str | None, name: str, language: str | None, link: bool) -> None:
    """Make an account."""
    here = app()
    accounts = here.services.accounts
    made = accounts.registry.add(
        email,
        Role(role),
        name=name,
        municipality=_municipality(here, municipality),
        language=language or here.words.language,
        password=None if link else _new_password(here),
    )
    click.echo(here.words("The account {email} was made with the role {role}.", email=made.email, role=made.role))
    if link:
        _print_link(here, made, INVITATION_LIVES)


@command("list", help=N_("List the accounts."))
@format_option
def users(form: str) -> None:
    """List accounts by address."""
    here = app()
    words = here.words
    columns = [
        Column("email", words("E-mail address")),
        Column("role", words("Role")),
        Column("municipality", words("Municipality")),
        Column("name", words("Name")),
        Column("created_on", words("Made")),
        Column("last_used_on", words("Last used")),
        Column("state", words("State")),
    ]
    rows = [
        [
            each.email,
            each.role.value,
            each.municipality,
            each.name or None,
            day_of(each.created_at),
            each.last_used_on,
            words("disabled") if each.disabled else words("active"),
        ]
        for each in sorted(here.services.accounts.registry.all(), key=lambda each: each.email)
    ]
    list_rows(form, columns, rows, words)


@command("set-role", help=N_("Change the role of an account; also its municipality, and whether it is disabled."))
@argument("email")
@argument("role", type=role_choice)
@option("--municipality", metavar="MUNICIPALITY", help=N_("The own municipality: a code, a key or a name."))
@option("--enable", is_flag=True, help=N_("Let a disabled account sign in again."))
def set_role(email: str, role: str, municipality: str | None, enable: bool) -> None:
    """Change a role."""
    here = app()
    accounts = here.services.accounts
    changed = accounts.registry.change(
        accounts.registry.find(email).id,
        role=Role(role),
        municipality=_municipality(here, municipality),
        disabled=False if enable else None,
    )
    click.echo(here.words("{email} now has the role {role}.", email=changed.email, role=changed.role))


@command(help=N_("Set a new password, asked for or read from standard input, or print a link. All sessions end."))
@argument("email")
@link_option
def reset(email: str, link: bool) -> None:
    """Set a password or make a link."""
    here = app()
    accounts = here.services.accounts
    found = accounts.registry.find(email)
    if link:
        accounts.sessions.revoke_all(found.id)
        _print_link(here, found, RESET_LIVES)
    else:
        accounts.registry.set_password(found.id, _new_password(here))
        click.echo(here.words("The password of {email} is set; all sessions have ended.", email=found.email))


@command(
    help=N_("Let nobody sign in to an account any more: its sessions and tokens end. `set-role --enable` undoes it.")
)
@argument("email")
def disable(email: str) -> None:
    """Disable an account."""
    here = app()
    accounts = here.services.accounts
    found = accounts.registry.change(accounts.registry.find(email).id, disabled=True)
    click.echo(here.words("{email} is disabled.", email=found.email))


@command(help=N_("Print everything that is kept about an account, as JSON, without secrets."))
@argument("email")
def export(email: str) -> None:
    """Export an account."""
    accounts = app().services.accounts
    print_json(accounts.records.export(accounts.registry.find(email).id))


@command(
    help=N_(
        "Erase an account and everything that is kept about it. What it changed in the graph stays, under a random id"
        " that leads to nobody."
    )
)
@argument("email")
@option("--yes", is_flag=True, help=N_("Do not ask."))
def erase(email: str, yes: bool) -> None:
    """Erase an account."""
    here = app()
    accounts = here.services.accounts
    found = accounts.registry.find(email)
    if not yes:
        click.confirm(here.words("Erase {email}? This cannot be undone.", email=found.email), abort=True)
    accounts.records.erase(found.id)
    click.echo(here.words("{email} is erased.", email=found.email))


@command(
    help=N_(
        "Make a token for a program and print it, this once. It is sent as `Authorization: Bearer TOKEN` and can do"
        " no more than the account."
    )
)
@argument("email")
@option("--name", required=True, help=N_("What it is for."))
@option(
    "--scope",
    "scopes",
    type=click.Choice([scope.value for scope in Scope]),
    multiple=True,
    default=(Scope.READ.value,),
    show_default=True,
    help=N_("What it may be used for; repeatable."),
)
@option("--days", type=int, default=90, show_default=True, help=N_("For how many days it holds."))
def create(email: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token; nothing but the token goes to standard output."""
    here = app()
    accounts = here.services.accounts
    made, secret = accounts.tokens.create(accounts.registry.find(email).id, name, map(Scope, scopes), days=days)
    click.echo(secret)
    click.echo(
        here.words(
            "Token {id} of {email}, good until {day}. It is not shown again.",
            id=made.id,
            email=email,
            day=here.words.date(made.expires_at),
        ),
        err=True,
    )


@command("list", help=N_("List the tokens of an account."))
@argument("email")
@format_option
def tokens(email: str, form: str) -> None:
    """List tokens, the newest first."""
    here = app()
    words = here.words
    accounts = here.services.accounts
    now = accounts.clock()
    columns = [
        Column("id", words("Token")),
        Column("name", words("Name")),
        Column("scopes", words("Scopes")),
        Column("created_on", words("Made")),
        Column("expires_on", words("Good until")),
        Column("last_used_on", words("Last used")),
        Column("state", words("State")),
    ]
    rows = [
        [
            each.id,
            each.name,
            " ".join(sorted(each.scopes)),
            day_of(each.created_at),
            day_of(each.expires_at),
            each.last_used_on,
            words("revoked") if each.revoked else words("expired") if each.expires_at <= now else words("active"),
        ]
        for each in accounts.tokens.of(accounts.registry.find(email).id)
    ]
    list_rows(form, columns, rows, words)


@command(help=N_("Take back a token of an account; `kompass token list` shows its id."))
@argument("email")
@argument("token_id", metavar="TOKEN")
def revoke(email: str, token_id: str) -> None:
    """Revoke a token."""
    here = app()
    accounts = here.services.accounts
    accounts.tokens.revoke(accounts.registry.find(email).id, token_id)
    click.echo(here.words("Token {id} is revoked.", id=token_id))


def _municipality(here: App, text: str | None) -> NodeKey | None:
    return here.services.municipality(text) if text else None


def _new_password(here: App) -> str:
    """Ask on a terminal, twice and unseen; else read the first line of standard input."""
    if sys.stdin.isatty():
        return str(
            click.prompt(
                here.words("New password"),
                hide_input=True,
                confirmation_prompt=here.words("The same again"),
                err=True,
            )
        )
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise InvalidValue("a password on standard input", "", Place(column="password"))
    return line


def _print_link(here: App, account: Account, lives: timedelta) -> None:
    """Print a link to standard output, what it is to standard error."""
    secret, until = here.services.accounts.sign_in.link(account.id, lives)
    click.echo(f"{here.settings.url or 'http://127.0.0.1:8000'}/password/{secret}")
    click.echo(
        here.words(
            "With this link {email} sets a password, once, until {day}.",
            email=account.email,
            day=here.words.date(until),
        ),
        err=True,
    )
