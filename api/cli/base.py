"""What all commands share: translated help, lazily loaded commands, and the outermost level that presents errors."""

from __future__ import annotations

import copy
import os
import sys
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import click

from api.language import Words, start
from api.settings import LANGUAGES, Settings
from graph_service.errors import GraphServiceError

if TYPE_CHECKING:  # not for a cycle: importing it takes longer than showing help
    from api.services import Services

FORMATS = ("table", "json", "csv")


class App:
    """What a command works with; the services are imported when first asked for."""

    def __init__(self, settings: Settings, words: Words) -> None:
        """Take the settings and the language."""
        self.settings = settings
        self.words = words

    @cached_property
    def services(self) -> Services:
        """The store and what answers questions about it."""
        from api.services import Services

        return Services(self.settings)

    def close(self) -> None:
        """Close what was opened."""
        if "services" in self.__dict__:
            self.services.close()


def app() -> App:
    """What the running command works with."""
    found = click.get_current_context().find_object(App)
    if found is None:
        raise RuntimeError("commands run below the `kompass` group")
    return found


class Option(click.Option):
    """An option whose help is translated when it is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option's names and what it is for."""
        shown = copy.copy(self)
        shown.help = words_of(ctx)(self.help or "")
        return super(Option, shown).get_help_record(ctx)


class Command(click.Command):
    """A command whose help is translated when it is shown."""

    def get_help(self, ctx: click.Context) -> str:
        """The help page."""
        shown = copy.copy(self)
        shown.help = words_of(ctx)(self.help or "")
        return super(Command, shown).get_help(ctx)


option = partial(click.option, cls=Option)
argument = click.argument
command = partial(click.command, cls=Command)


def words_of(ctx: click.Context) -> Words:
    """The language of this run."""
    found = ctx.find_object(App)
    return found.words if found else Words()


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command is, and its help in a line: known without importing it."""

    target: str
    help: str


class LazyGroup(click.Group):
    """A group that imports a command only when it runs, so that help and errors are quick."""

    def __init__(self, *args: Any, entries: Mapping[str, Entry], **kwargs: Any) -> None:
        """Take the commands' entries in the order of the help page."""
        super().__init__(*args, **kwargs)
        self.entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands' names."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Import a command."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        module, _, name = entry.target.partition(":")
        found = getattr(import_module(module), name)
        if not isinstance(found, click.Command):
            raise TypeError(f"{entry.target} is no command")
        return found

    def get_help(self, ctx: click.Context) -> str:
        """The help page."""
        shown = copy.copy(self)
        shown.help = words_of(ctx)(self.help or "")
        return super(LazyGroup, shown).get_help(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        words = words_of(ctx)
        with formatter.section(words("Commands")):
            formatter.write_dl([(name, words(entry.help)) for name, entry in self.entries.items()])


class Program(LazyGroup):
    """The outermost level: chooses the language and turns every error into a line and an exit status."""

    # narrower than click: this never returns, and takes no other form of call
    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> NoReturn:  # type: ignore[override]
        """Run, and exit with 0, 1 (it could not be done) or 2 (wrong use)."""
        given = list(sys.argv[1:] if args is None else args)
        words = Words(_wanted_language(given) or "de")
        debug = "--debug" in given
        try:
            settings = Settings.from_environment()
            words = start(_wanted_language(given) or settings.language)
            # not standalone: errors come to us
            extra |= {"standalone_mode": False, "obj": App(settings, words)}
            status = super().main(given, prog_name or "kompass", **extra)
        except BaseException as error:
            if debug and not isinstance(error, click.ClickException | click.exceptions.Exit | SystemExit):
                raise
            status = _present(error, words)
        _leave(status if isinstance(status, int) else 0)


def _wanted_language(args: Sequence[str]) -> str:
    """The language asked for by --lang, before anything is parsed: help and mistakes are said in it too."""
    for i, arg in enumerate(args):
        name, _, value = arg.partition("=")
        if name == "--lang":
            value = value or (args[i + 1] if i + 1 < len(args) else "")
            return value if value in LANGUAGES else ""
    return ""


def _present(error: BaseException, words: Words) -> int:
    """Say an error in one line; return the exit status."""
    from api.messages import ADVICE, describe_details, describe_error

    match error:
        case SystemExit():
            return error.code if isinstance(error.code, int) else 1
        case click.exceptions.Exit():
            return error.exit_code
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.ctx.get_help() if error.ctx else "", err=True)
            return 2
        case click.UsageError():
            hint = error.ctx.command_path if error.ctx else "kompass"
            _say(f"{error.format_message().rstrip('.')}. " + words("See `{command} --help`.", command=hint), words)
            return 2
        case click.ClickException():
            _say(error.format_message(), words)
            return 1
        case KeyboardInterrupt() | click.Abort():
            _say(words("Interrupted; nothing that was not finished has been kept."), words)
            return 130
        case BrokenPipeError():
            return 0
        case GraphServiceError():
            _say(describe_error(error, words, ADVICE), words)
            for line in describe_details(error, words):
                click.echo(f"  {line}", err=True)
            return 1
    return _present_foreign(error, words)


def _present_foreign(error: BaseException, words: Words) -> int:
    """Say an error that is not ours: the machine's limits, files, or a mistake in the program."""
    from api.messages import ADVICE

    match error:
        case MemoryError():
            _say(words("The memory is used up.") + " " + words(ADVICE["out-of-memory"]), words)
        case RecursionError() | zipfile.BadZipFile():
            _say(words("The input is nested too deeply or damaged.") + " " + words(ADVICE["unreadable-source"]), words)
        case OSError():
            what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            _say(f"{what}. " + words(ADVICE["unreadable-file"]), words)
        case _:
            kind = type(error).__name__
            _say(
                words("A mistake in the program ({kind}: {error}).", kind=kind, error=error)
                + " "
                + words(ADVICE["error"]),
                words,
            )
    return 1


def _say(text: str, words: Words) -> None:
    with suppress(OSError):
        click.echo(f"{words('Error')}: {' '.join(text.split())}", err=True)


def _leave(status: int) -> NoReturn:
    """Exit, without complaint where the reader of our output has gone (| head)."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would try to flush once more and complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)
