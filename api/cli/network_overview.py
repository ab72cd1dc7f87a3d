"""``kompass network communities``, ``brokers``, ``isolated``, ``fields``: the network as a whole."""

from collections.abc import Sequence

import click

from api.cli.base import app, command, option
from api.cli.network_options import NO_ACTORS, NO_TIES, chosen_types, limit_option, seed_option, types_option
from api.cli.output import Cell, Column, format_option, print_csv, print_json, print_table
from api.cli.paragraphs import say
from api.language import N_, Words
from api.questions.network import members_of
from api.words.network import Speaker
from graph_service.errors import NotFound
from graph_service.keys import Label
from graph_service.network.brokers import Brokers, find_brokers
from graph_service.network.communities import Communities, Community, find_communities
from graph_service.network.fields import LARGEST, Fields, find_fields
from graph_service.network.isolated import Isolated, find_isolated
from graph_service.projection import Projection

MOST_OVERLAPS = 10
NAMED = 3
"""How many of each kind describe a community in the table."""


@command(help=N_("Show communities: actors that work together more than with others."))
@limit_option(10, N_("How many to show, the largest first."))
@option("--members", type=click.IntRange(1), metavar="NUMBER", help=N_("List the members of this community."))
@types_option
@seed_option
@format_option
def communities(limit: int, members: int | None, types: Sequence[str], seed: int, form: str) -> None:
    """Show communities."""
    here = app()
    projection, words = here.services.projection(), here.words
    found = find_communities(projection, types=chosen_types(types), seed=seed)
    if members is not None:
        _print_members(projection, found, members, form, words)
        return
    shown = found.communities[:limit]
    if form == "json":
        answer = {"revision": found.revision, "modularity": found.modularity, "actors": found.actors}
        print_json(answer | {"communities": shown})
    elif form == "csv":
        names = ["community", "actors", "alliances", "cohesion", "central", "fields", "places"]
        print_csv(names, ([c.number, c.actors, c.alliances, c.cohesion, *_codes(c)] for c in shown))
    elif not shown:
        say(words(NO_TIES if projection.spans[Label.ACTOR] else NO_ACTORS))
    else:
        _print_communities(found, shown, Speaker(projection, words))


def _codes(community: Community) -> list[str]:
    parts = (community.central, community.fields, community.places)
    return [";".join(each.key.local for each in part) for part in parts]


def _print_communities(found: Communities, shown: Sequence[Community], speaker: Speaker) -> None:
    words = speaker.words
    say(
        words.plural(
            "One community among {actors} actors with ties; modularity {modularity}.",
            "{n} communities among {actors} actors with ties; modularity {modularity}.",
            len(found.communities),
            actors=words.number(found.actors),
            modularity=words.number(found.modularity, 2),
        )
    )
    columns = [
        Column("community", words("No.")),
        Column("actors", words("Actors")),
        Column("alliances", words("Alliances")),
        Column("cohesion", words("Ties inside")),
        Column("central", words("Central")),
        Column("fields", words("Fields of action")),
        Column("places", words("Places")),
    ]
    rows: list[list[Cell]] = []
    for c in shown:
        named = "; ".join(each.name for each in c.central[:NAMED])
        fields = "; ".join(speaker.concept(each.key) for each in c.fields[:NAMED])
        places = "; ".join(each.name for each in c.places[:NAMED])
        rows.append([c.number, c.actors, c.alliances, words.percent(c.cohesion), named, fields, places])
    print_table(columns, rows, words)


def _print_members(projection: Projection, found: Communities, number: int, form: str, words: Words) -> None:
    members = list(members_of(projection, found, number))
    if not members:
        raise NotFound("the number of a community", number)
    speaker = Speaker(projection, words)
    columns = [Column("key", words("Key")), Column("name", words("Name")), Column("label", words("Kind"))]
    rows = [[each.key, each.name, each.label.value] for each in members]
    if form == "table":
        print_table(columns, ([k, n, speaker.term("node_label", label)] for k, n, label in rows), words)
    elif form == "csv":
        print_csv([each.name for each in columns], rows)
    else:
        print_json([dict(zip(("key", "name", "label"), row, strict=True)) for row in rows])


@command(help=N_("Show brokers: actors on many shortest ways, between circles that do not know each other."))
@limit_option(10, N_("How many to show."))
@option(
    "--samples",
    type=click.IntRange(2),
    help=N_("From how many nodes ways are followed; otherwise all, or as many as some seconds allow."),
)
@types_option
@seed_option
@format_option
def brokers(limit: int, samples: int | None, types: Sequence[str], seed: int, form: str) -> None:
    """Show brokers."""
    here = app()
    projection, words = here.services.projection(), here.words
    found = find_brokers(projection, limit=limit, types=chosen_types(types), samples=samples, seed=seed)
    if form == "json":
        print_json(found)
        return
    if form == "csv":
        names = ["key", "name", "betweenness", "error", "constraint", "contacts"]
        print_csv(names, ([b.key, b.name, b.betweenness, b.error, b.constraint, b.contacts] for b in found.brokers))
        return
    if not found.brokers:
        say(words(NO_TIES if projection.spans[Label.ACTOR] else NO_ACTORS))
    else:
        _print_brokers(found, words)


def _print_brokers(found: Brokers, words: Words) -> None:
    columns = [
        Column("name", words("Name")),
        Column("betweenness", words("On the ways of")),
        Column("error", words("give or take")),
        Column("constraint", words("Constraint")),
        Column("contacts", words("Contacts")),
    ]
    rows: list[list[Cell]] = []
    for b in found.brokers:
        error = "" if found.exact else words.percent(b.error, 2)
        rows.append([b.name, words.percent(b.betweenness, 2), error, b.constraint, b.contacts])
    print_table(columns, rows, words)
    say(words("On the ways of: the share of all pairs whose shortest ways pass this actor."))
    say(words("Constraint (Burt): near 0 between many circles, 1 and more within one."))
    if not found.exact:
        say(
            words(
                "Estimated from the ways of {samples} of {nodes} nodes; --samples makes it more precise.",
                samples=words.number(found.samples),
                nodes=words.number(found.nodes),
            )
        )


@command(help=N_("Show actors without ties, and islands apart from the large network."))
@option("--municipality", help=N_("Only actors in this municipality or within it: a code, a key or a name."))
@limit_option(50, N_("How many to show at most."))
@types_option
@format_option
def isolated(municipality: str | None, limit: int, types: Sequence[str], form: str) -> None:
    """Show who is alone."""
    here = app()
    projection, words = here.services.projection(), here.words
    where = here.services.municipality(municipality) if municipality else None
    found = find_isolated(projection, municipality=where, limit=limit, types=chosen_types(types))
    if form == "json":
        print_json(found)
        return
    if form == "csv":
        listed = [(0, each) for each in found.actors]
        listed += [(i, each) for i, island in enumerate(found.islands, 1) for each in island.actors]
        print_csv(["island", "key", "name", "municipality"], (
            [i or None, a.key, a.name, a.municipality.local if a.municipality else None] for i, a in listed
        ))  # fmt: skip
        return
    if not found.total:
        say(words("There are no actors here yet.") if projection.spans[Label.ACTOR] else words(NO_ACTORS))
    else:
        _print_isolated(found, words)


def _print_isolated(found: Isolated, words: Words) -> None:
    say(
        words.plural(
            "One actor; {lonely} without ties, {largest} in the largest connected part.",
            "Of {n} actors {lonely} are without ties, {largest} in the largest connected part.",
            found.total,
            lonely=words.number(found.without_ties),
            largest=words.number(found.in_largest),
        )
    )
    if found.actors:
        columns = [Column("key", words("Key")), Column("name", words("Name")), Column("place", words("Place"))]
        print_table(columns, ([each.key, each.name, each.place] for each in found.actors), words)
        if (rest := found.without_ties - len(found.actors)) > 0:
            say(words.plural("and one more", "and {n} more", rest))
    for island in found.islands:
        names = "; ".join(each.name for each in island.actors)
        say(words("Island of {n}: {names}", n=words.number(island.size), names=names), hang=2)


@command(help=N_("Show how dense the network is in each field of action, and which fields overlap."))
@types_option
@format_option
def fields(types: Sequence[str], form: str) -> None:
    """Show fields."""
    here = app()
    projection, words = here.services.projection(), here.words
    found = find_fields(projection, types=chosen_types(types))
    if form == "json":
        print_json(found)
        return
    if form == "csv":
        names = ["field", "actors", "alliances", "practices", "offers", "pairs", "density", "outward"]
        counts = (
            [f.key.local.partition(".")[2], f.actors, f.alliances, f.practices, f.offers, f.pairs, f.density, f.outward]
            for f in found.fields
        )
        print_csv(names, counts)
    elif not found.fields:
        say(words("Nothing in the store is in a field of action yet."))
    else:
        _print_fields(found, Speaker(projection, words))


def _print_fields(found: Fields, speaker: Speaker) -> None:
    words = speaker.words
    columns = [
        Column("field", words("Field of action")),
        Column("actors", words("Actors")),
        Column("alliances", words("Alliances")),
        Column("practices", words("Practices")),
        Column("offers", words("Offers")),
        Column("pairs", words("Pairs that work together")),
        Column("density", words("of all possible")),
        Column("outward", words("Pairs with others")),
    ]
    rows: list[list[Cell]] = []
    for f in found.fields:
        density = None if f.density is None else words.percent(f.density, 1)
        counts = (f.actors, f.alliances, f.practices, f.offers, f.pairs)
        rows.append([speaker.concept(f.key), *counts, density, f.outward])
    print_table(columns, rows, words)
    for each in found.overlaps[:MOST_OVERLAPS]:
        say(speaker.overlap(each), hang=2)
    if found.left_out:
        say(
            words.plural(
                "One alliance of more than {most} actors was not counted as bringing pairs together.",
                "{n} alliances of more than {most} actors were not counted as bringing pairs together.",
                found.left_out,
                most=LARGEST,
            )
        )
