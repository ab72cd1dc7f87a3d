"""How practices, inventories, partners and supporters are asked for over HTTP."""

from typing import Any

import marshmallow as ma
from webargs.fields import DelimitedList

from api.questions.partners import something
from api.questions.peers import DEFAULT_LENS, shipped_lens
from api.schemas.lists import ACTOR, TERM, DayQuery, day_of, level, longer_text, place, term
from api.snapshot import Snapshot
from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from matching.inventory.answers import AtlasQuestion
from matching.partners.matcher import PartnerQuestion
from matching.peers.lens import Lens
from matching.teams.composer import LEAST, MOST
from matching.teams.need import TeamNeed


def _lens() -> ma.fields.String:
    return ma.fields.String(
        load_default=DEFAULT_LENS,
        validate=ma.validate.Regexp(TERM),
        metadata={"description": "What makes municipalities comparable; see /lenses."},
    )


def limit(default: int, most: int = 200) -> ma.fields.Integer:
    """How many at most, in a query."""
    return ma.fields.Integer(
        load_default=default, validate=ma.validate.Range(1, most), metadata={"description": "How many at most."}
    )


def several(description: str, pattern: str = TERM) -> DelimitedList:
    """Ids in a query, separated by commas."""
    return DelimitedList(
        ma.fields.String(validate=ma.validate.Regexp(pattern)),
        load_default=list,
        validate=ma.validate.Length(max=50),
        metadata={"description": f"{description} Several are separated by commas."},
    )


class PracticesQuery(DayQuery):
    """What practices are sought against; without challenge and text what the municipality rated hardest."""

    challenge = term("The challenge, by its id in the vocabulary.", "late-entrants")
    text = longer_text("What it is about, in your own words.")
    lens = _lens()
    limit = limit(5)


class CoverageQuery(DayQuery):
    """With whom an inventory is compared."""

    lens = _lens()
    peers = limit(10, 100)


class AtlasQuery(DayQuery):
    """Of which area, and at which level, stock is taken."""

    area = place("A state or district; all that lies in it is shown.", "08", required=True)
    level = level()


class PartnersQuery(DayQuery):
    """What is needed; something must be said."""

    municipality = place("Where it is to be done.")
    fields_of_action = several("Fields of action.")
    target_groups = several("Target groups.")
    challenges = several("Challenges.")
    resources = several("What is looked for.")
    roles = several("Roles that are to be filled.")
    need = longer_text("What it is about, in your own words.")
    members = several("Who is with you already.", ACTOR)
    limit = limit(10)


class TeamQuery(DayQuery):
    """What a team is wanted for; something must be said."""

    municipality = place("Where.")
    fields_of_action = several("Fields of action.")
    challenges = several("Challenges.")
    target_groups = several("Target groups.")
    need = longer_text("What is to be done, in your own words.")
    roles = several("Roles that must be filled too.")
    size = ma.fields.Integer(
        validate=ma.validate.Range(LEAST, MOST),
        metadata={"description": "How many members; otherwise as few as fill the roles."},
    )
    include = several("Who must be a member.", ACTOR)
    without = several("Who must not be a member.", ACTOR)


class SupportersQuery(DayQuery):
    """How many, and as of which day."""

    limit = limit(10)


def lens_of(query: dict[str, Any]) -> Lens:
    """The lens of a query; raises NotFound."""
    return shipped_lens(query["lens"])


def partner_question(here: Snapshot, query: dict[str, Any]) -> PartnerQuestion:
    """The need of a query; raises NotFound, also where nothing is said at all."""
    said = [query[name] for name in ("fields_of_action", "target_groups", "challenges", "resources", "roles")]
    something(query["need"], query["members"], query.get("municipality"), *said)
    fields, groups, challenges, resources, roles = (tuple(dict.fromkeys(each)) for each in said)
    return PartnerQuestion(
        day_of(query),
        query["need"],
        here.municipality(query["municipality"]) if "municipality" in query else None,
        fields,
        groups,
        challenges,
        resources,
        roles,
        tuple(actor_key(each) for each in query["members"]),
    )


def team_need(here: Snapshot, query: dict[str, Any]) -> TeamNeed:
    """The need of a query; raises NotFound, also where nothing is said at all."""
    names = ("fields_of_action", "challenges", "target_groups", "roles")
    fields, challenges, groups, roles = (tuple(dict.fromkeys(query[name])) for name in names)
    something(query["need"], query.get("municipality"), fields, challenges, groups)
    return TeamNeed(
        municipality=here.municipality(query["municipality"]) if "municipality" in query else None,
        fields=fields,
        challenges=challenges,
        target_groups=groups,
        text=query["need"],
        roles=roles,
        size=query.get("size"),
        include=tuple(dict.fromkeys(map(actor_key, query["include"]))),
        without=tuple(dict.fromkeys(map(actor_key, query["without"]))),
        today=day_of(query),
    )


def atlas_question(here: Snapshot, query: dict[str, Any]) -> AtlasQuestion:
    """The area of a query; raises NotFound, Ambiguous."""
    level = Level(query["level"]) if "level" in query else None
    return AtlasQuestion(here.municipality(query["area"]), day_of(query), level)


def actor_key(text: str) -> NodeKey:
    """The key of an actor, from its key or local key; whether there is one is not looked at."""
    return NodeKey.trusted(f"{Label.ACTOR.value.lower()}:{text.removeprefix('actor:')}")
