"""``kompass network duplicates``, ``merge``, ``distinguish``, ``undo``: actors recorded twice, and who decides."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from api.cli.base import app, argument, command, option
from api.cli.network_options import NO_ACTORS, limit_option
from api.cli.output import format_option, print_csv, print_json
from api.cli.paragraphs import DAY, say
from api.language import N_, day_of
from api.questions.network import find_duplicates
from api.words.duplicates import reason_text
from api.words.network import Speaker
from graph_service.identity import keep_apart
from graph_service.identity import merge as merge_records
from graph_service.identity import undo as undo_decision
from graph_service.keys import Label, NodeKey
from matching.duplicates.matcher import LEAST, Duplicate
from matching.naming.nodes import find_actor, find_record


@command(help=N_("Show actors that are probably recorded twice, with reasons; ACTOR: only those like this one."))
@argument("actor", required=False)
@option(
    "--least",
    type=click.FloatRange(0, 1),
    default=LEAST,
    show_default=True,
    help=N_("The least score that is shown; the more, the surer."),
)
@limit_option(20, N_("How many pairs to show, the likeliest first."))
@format_option
def duplicates(actor: str | None, least: float, limit: int, form: str) -> None:
    """Show likely duplicates."""
    here = app()
    snapshot, words = here.services.snapshot(), here.words
    projection = snapshot.projection
    answer = find_duplicates(snapshot, find_actor(projection, actor) if actor else None, limit=limit, least=least)
    found = answer.suggestions
    if form == "json":
        print_json(answer)
    elif form == "csv":
        names = ["one", "other", "score", "one_name", "other_name", "coverage"]
        print_csv(names, ([d.twin, d.key, d.score, d.twin_name, d.name, d.coverage] for d in found))
    elif not projection.spans[Label.ACTOR]:
        say(words(NO_ACTORS))
    elif not found:
        say(words("At present no two actors look like the same one."))
    else:
        _print(found, Speaker(projection, words))


def _print(found: Sequence[Duplicate], speaker: Speaker) -> None:
    words = speaker.words
    for each in found:
        click.echo(f"{words.number(each.score, 2)}  {each.twin_name}")
        click.echo(f"      {each.name}")
        say(f"{each.twin} · {each.key}", indent=6)
        reasons = [reason for reason in each.contributions if round(reason.amount, 2)]
        say("; ".join(reason_text(reason, speaker) for reason in reasons), indent=6, hang=2)
        click.echo()
    say(
        words(
            "The same? `kompass network merge DUPLICATE KEPT`. Not the same? `kompass network distinguish ONE OTHER`."
        )
    )


def _today() -> str:
    return day_of(datetime.now(UTC)).isoformat()


_reason_option = option("--reason", default="", help=N_("Why, in a few words; kept with the decision."))
_on_option = option("--on", type=DAY, default=_today, help=N_("The day of the decision; today by default."))


def _decide(one: str, other: str, decide: Callable[..., Any], message: str, **said: object) -> None:
    here = app()
    projection = here.services.projection()
    keys: list[NodeKey] = [find_record(projection, text) for text in (one, other)]
    here.services.store.write(lambda tx: decide(tx, *keys, **said))
    records = {alias.key: alias.name for alias in projection.aliases}
    names = [records.get(key) or projection.name(Label.ACTOR, projection.position(key)) for key in keys]
    say(here.words(message, one=names[0], other=names[1]))


@command(help=N_("Enter that DUPLICATE is another record of KEPT; nothing else changes, and `undo` takes it back."))
@argument("duplicate")
@argument("kept")
@_reason_option
@_on_option
def merge(duplicate: str, kept: str, reason: str, on: datetime) -> None:
    """Enter that two are the same."""
    _decide(
        duplicate, kept, merge_records, N_("Entered as the same actor: {one} / {other}"), on=on.date(), reason=reason
    )


@command(help=N_("Enter that ONE and OTHER are different actors; they are not proposed again."))
@argument("one")
@argument("other")
@_reason_option
@_on_option
def distinguish(one: str, other: str, reason: str, on: datetime) -> None:
    """Enter that two are different."""
    _decide(one, other, keep_apart, N_("Entered as different actors: {one} / {other}"), on=on.date(), reason=reason)


@command(help=N_("Take back what was entered by hand about ONE and OTHER."))
@argument("one")
@argument("other")
def undo(one: str, other: str) -> None:
    """Take a decision back."""
    _decide(one, other, undo_decision, N_("Taken back what was entered about: {one} / {other}"))
