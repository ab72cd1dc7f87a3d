"""Options that the commands about the network share, and what they say of an empty store."""

from collections.abc import Callable, Iterable
from typing import Any

import click

from api.cli.base import option
from api.language import N_
from graph_service.keys import Label
from graph_service.model import EdgeType

NO_ACTORS = N_(
    "The store holds no actors yet. `kompass import table` reads your lists, `kompass import package` packages."
)
NO_TIES = N_("No actor is tied to another yet: memberships in alliances and cooperations are what ties them.")


types_option = option(
    "--type",
    "types",
    multiple=True,
    type=click.Choice([each.value for each in EdgeType], case_sensitive=False),
    metavar="TYPE",
    help=N_("Follow only relations of this type, such as MEMBER_OF; repeatable."),
)
labels_option = option(
    "--label",
    "labels",
    multiple=True,
    type=click.Choice([each.value for each in Label], case_sensitive=False),
    metavar="LABEL",
    help=N_("Only nodes of this kind, such as Actor; repeatable."),
)
seed_option = option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help=N_("Where chance begins; the same, the same.")
)


def limit_option(default: int, help: str) -> Callable[[Any], Any]:
    """How many to show."""
    return option("--limit", type=click.IntRange(1, 10_000), default=default, show_default=True, help=help)


def chosen_types(names: Iterable[str]) -> frozenset[EdgeType]:
    """The relations that were named; none means the usual ones."""
    return frozenset(map(EdgeType, names))
