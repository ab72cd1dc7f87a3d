"""Every setting, command, option and source is documented."""

from pathlib import Path

import click
import pytest

from api.cli.main import ENTRIES, program
from api.settings import VARIABLES
from importers.registry import importer_ids

DOCS = Path(__file__).resolve().parents[2] / "docs"


def options() -> list[tuple[str, str]]:
    context = click.Context(program)
    found = []
    for name in ENTRIES:
        command = program.get_command(context, name)
        assert command is not None
        nested = [command]
        if isinstance(command, click.Group):
            names = command.list_commands(context)
            nested = [child for each in names if (child := command.get_command(context, each)) is not None]
        found += [
            (name, option)
            for each in nested
            for parameter in each.params
            for option in parameter.opts
            if option.startswith("--")
        ]
    return found


@pytest.mark.parametrize("name", VARIABLES)
def test_every_setting_is_documented(name):
    assert f"`{name}`" in (DOCS / "settings.md").read_text("utf-8")


@pytest.mark.parametrize("name", ENTRIES)
def test_every_command_is_documented(name):
    assert f"`kompass {name}" in (DOCS / "commands.md").read_text("utf-8")


def test_every_option_is_documented():
    text = (DOCS / "commands.md").read_text("utf-8")
    assert not [(name, option) for name, option in options() if f"`{option}" not in text]


@pytest.mark.parametrize("source", importer_ids())
def test_every_source_is_documented(source):
    assert f"`{source}`" in (DOCS / "importing.md").read_text("utf-8")


def test_every_link_of_our_pages_leads_somewhere():
    import re

    pages = [DOCS.parent / "README.md", *DOCS.glob("*.md")]
    broken = []
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if not (page.parent / target).exists():
                broken.append((page.name, target))
    assert not broken
