"""What is recorded in a municipality as lists of its page: offers, practices, alliances and actors in groups."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.http.current import words
from api.pages.frame import has_page, record_url, term
from api.pages.names import name_of
from api.questions.directory import directory, in_name_order
from api.questions.relations import relations
from api.snapshot import Snapshot
from api.words.units import unbroken_law
from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, EdgeType, Offer
from graph_service.network.places import inside
from matching.about import day, text
from matching.naming.municipalities import plain

MOST_LISTED = 30
"""How many records of a kind are listed at once; more actors stand folded by their kind."""
MOST_FOLDED = 300
"""How many more are there at a click."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A record in a list: its name, its page, and what is said of it."""

    name: str
    url: str
    about: str


@dataclass(frozen=True, slots=True)
class Group:
    """Records under a heading, with what holds for all of them."""

    items: tuple[Listed, ...]
    heading: str = ""
    about: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one kind: the first of them in groups, how many there are, and where all are."""

    groups: tuple[Group, ...]
    count: int
    url: str = ""


def alliances(here: Snapshot, key: NodeKey) -> Records:
    """Alliances with how they stand."""
    keys = _inside(here, key, Label.ALLIANCE)
    listed = []
    for each in keys[: MOST_LISTED + MOST_FOLDED]:
        status = str(getattr(here.projection.node(each), "status", None) or "")
        listed.append(Listed(name_of(each), record_url(each), term("alliance_status", status) if status else ""))
    rest = tuple(listed[MOST_LISTED:])
    more = [Group(rest, words().plural("and one more", "and {n} more", len(rest)), folded=True)] if rest else []
    return Records((Group(tuple(listed[:MOST_LISTED])), *more), len(keys))


def actors(here: Snapshot, key: NodeKey, *, lawful: bool = False) -> Records:
    """Actors; those that the law names come first, with their law. ``lawful``: these alone."""
    nodes = [node for each in _inside(here, key, Label.ACTOR) if isinstance(node := here.projection.node(each), Actor)]
    if lawful:
        own = here.projection.position(key)
        index, start = relations(here), here.projection.spans[Label.MUNICIPALITY].start
        served = set(index.others(EdgeType.SERVES, "in", own + start))
        place = here.projection.arrays.keys.place
        nodes = [node for node in nodes if node.legal_basis and place.get(node.key) in served]
    nodes.sort(key=lambda node: (not node.legal_basis, plain(node.name or "")))
    if len(nodes) > MOST_LISTED:
        return Records(tuple(_by_kind(nodes)), len(nodes))
    bodies, others = ([node for node in nodes if bool(node.legal_basis) is by_law] for by_law in (True, False))
    # others than whom: nobody, where there are no bodies
    named = ((words()("Statutory bodies"), bodies), (words()("Other actors") if bodies else "", others))
    groups = [Group(tuple(_actor(node) for node in those), heading) for heading, those in named if those]
    return Records(tuple(groups), len(nodes))


def _by_kind(nodes: Iterable[Actor]) -> list[Group]:
    """Many actors, folded by their kind; a law that is the same for all of a kind is said once."""
    kinds: dict[str, list[Actor]] = {}
    for node in nodes:
        kinds.setdefault(term("actor_kind", node.kind) if node.kind else words()("Other actors"), []).append(node)
    groups = []
    for heading, those in sorted(kinds.items(), key=lambda each: plain(each[0])):
        laws = {_law(node) for node in those}
        items = [
            Listed(node.name or node.key.local, record_url(node.key), _law(node) if len(laws) > 1 else "")
            for node in those[:MOST_FOLDED]
        ]
        about = laws.pop() if len(laws) == 1 else ""
        groups.append(Group(tuple(items), f"{heading}: {words().number(len(those))}", about, folded=True))
    return groups


def _actor(node: Actor) -> Listed:
    name = node.name or node.key.local
    kind = term("actor_kind", node.kind) if node.kind else ""
    said = plain(name).startswith(plain(kind.partition(",")[0]))
    return Listed(
        name, record_url(node.key), "\N{NO-BREAK SPACE}· ".join(filter(None, ("" if said else kind, _law(node))))
    )


def _law(node: Actor) -> str:
    return unbroken_law(node.legal_basis or "")


def offers(here: Snapshot, key: NodeKey) -> Records:
    """Offers by field of action."""
    keys = _inside(here, key, Label.OFFER)
    index, arrays = relations(here), here.projection.arrays
    start = here.projection.spans[Label.OFFER].start
    by_field: dict[str, list[Listed]] = {}
    for each in keys[: 3 * MOST_LISTED]:
        node = here.projection.node(each)
        places = index.others(EdgeType.IN_FIELD, "out", start + here.projection.position(each))
        prefix = "concept:field."
        fields = [arrays.keys[i].removeprefix(prefix) for i in places if arrays.keys[i].startswith(prefix)]
        about = term("offer_status", node.status) if isinstance(node, Offer) and node.status else ""
        for name in [term("field", field) for field in fields] or [words()("No field of action named")]:
            by_field.setdefault(name, []).append(Listed(name_of(each), record_url(each), about))
    groups = tuple(Group(tuple(by_field[name]), name) for name in sorted(by_field, key=plain))
    return Records(
        groups, len(keys), f"/municipalities/{key.local}/offers" if has_page("/municipalities/x/offers") else ""
    )


def practices(here: Snapshot, key: NodeKey) -> Records:
    """Practices with where and how they stand; failures are told like the others."""
    within = {int(i) + here.projection.spans[Label.MUNICIPALITY].start for i in inside(here.projection, key)}
    index, edges = relations(here), here.projection.edges(EdgeType.APPLIED_IN)
    keys = _inside(here, key, Label.PRACTICE)
    start = here.projection.spans[Label.PRACTICE].start
    listed = []
    for each in keys[:MOST_LISTED]:
        place = start + here.projection.position(each)
        told = [
            _applied(here, key, town, edges.property(i))
            for i in index.numbers(EdgeType.APPLIED_IN, "out", place)
            if (town := int(edges.target[i])) in within
        ]
        listed.append(Listed(name_of(each), record_url(each), "; ".join(sorted(filter(None, told), key=plain))))
    return Records((Group(tuple(listed)),), len(keys))


def _applied(here: Snapshot, key: NodeKey, town: int, said: Mapping[str, str | int | float]) -> str:
    """Where a practice was applied, unless in the municipality itself, how it stands there, and what came of it."""
    speak, place = words(), NodeKey.trusted(here.projection.arrays.keys[town])
    since = day(said.get("since"))
    about = (
        name_of(place) if place != key else "",
        term("practice_status", text(said, "status")) if text(said, "status") else "",
        speak("since {year}", year=since.year) if since else "",
    )
    return ": ".join(filter(None, (", ".join(filter(None, about)), speak.finding(text(said, "outcome")))))


def _inside(here: Snapshot, key: NodeKey, label: Label) -> Sequence[NodeKey]:
    """The records of a kind in a municipality and what lies within it, by the alphabet."""
    there = directory(here, label).within(key)
    return [here.projection.key(label, i) for i in in_name_order(here, label) if there[i]]
