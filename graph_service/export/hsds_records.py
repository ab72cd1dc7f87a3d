"""Turns actors and offers into the organizations and services of an HSDS document."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from graph_service.codec import to_plain
from graph_service.export import hsds_profile as hsds
from graph_service.export.hsds_profile import identifier
from graph_service.export.view import View
from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, Concept, Edge, EdgeType, Municipality, Offer, Visibility
from graph_service.vocabulary import load_vocabulary

Item = dict[str, object]

_CONCEPTS = {
    EdgeType.IN_FIELD: hsds.FIELD,
    EdgeType.FOR_GROUP: hsds.GROUP,
    EdgeType.ADDRESSES: hsds.CHALLENGE,
}
_PLACES = (EdgeType.LOCATED_IN, EdgeType.SERVES)
_ADDRESS = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+\Z")
_CODE = re.compile(r"[a-z]{2,3}\Z")


def taxonomies() -> Iterator[Item]:
    """The taxonomies that attributes refer to."""
    names = [
        (hsds.MUNICIPALITIES, "Kommunen nach amtlichem Schlüssel"),
        (hsds.PROPERTIES, "Eigenschaften des Bündniskompasses"),
    ]
    vocabulary = load_vocabulary()
    kinds = ("actor_kind", "offer_kind", "offer_status", "resource", "field", "target_group", "challenge")
    names += [(hsds.VOCABULARY + kind, vocabulary.kind(kind).label_de) for kind in kinds]
    for uri, name in names:
        yield {"id": identifier(uri), "name": name, "description": name, "uri": uri}


class Linked:
    """The nodes that an edge leads to from each actor or offer, and what they are called."""

    def __init__(self, view: View) -> None:
        """Gather the edges once; ``left_out`` counts those that the document could not say to be hidden."""
        self.left_out = 0
        self.view = view
        self._links: dict[NodeKey, dict[EdgeType, list[NodeKey]]] = {}
        self._names: dict[NodeKey, str] = {}
        for type in (*_PLACES, *_CONCEPTS):
            self._gather(type)
        self._providers: dict[NodeKey, list[NodeKey]] = {}
        for edge in view.edges(EdgeType.OFFERS):
            if self._is_open(edge):
                self._providers.setdefault(edge.target, []).append(edge.source)
        for named in (Label.MUNICIPALITY, Label.CONCEPT):
            for node in view.nodes(named):
                if isinstance(node, Municipality | Concept):
                    self._names[node.key] = node.name or node.key.local

    def _gather(self, type: EdgeType) -> None:
        for edge in self.view.edges(type):
            if edge.source.label in (Label.ACTOR, Label.OFFER) and self._is_open(edge):
                self._links.setdefault(edge.source, {}).setdefault(type, []).append(edge.target)

    def _is_open(self, edge: Edge) -> bool:
        """HSDS cannot say that a relation is hidden: written without it, it would come back as public."""
        if edge.visibility in (None, Visibility.PUBLIC):
            return True
        self.left_out += 1
        return False

    def providers(self, offer: NodeKey) -> list[NodeKey]:
        """Who offers it, in key order."""
        return self._providers.get(offer, [])

    def of(self, key: NodeKey, type: EdgeType) -> list[NodeKey]:
        """The other ends, in key order."""
        return self._links.get(key, {}).get(type, [])

    def name(self, key: NodeKey) -> str:
        """What a municipality or concept is called."""
        return self._names.get(key, key.local)

    def concepts(self, owner: NodeKey, entity: str) -> Iterator[Item]:
        """Fields, target groups and challenges as attributes."""
        for type, link in _CONCEPTS.items():
            for key in self.of(owner, type):
                kind, dot, id = key.local.partition(".")
                code = id if dot else key.local
                yield _attribute(
                    owner, entity, link, hsds.VOCABULARY + (kind if dot else ""), code, self.name(key), _meaning(key)
                )

    def place(self, owner: NodeKey, entity: str, link: str, key: NodeKey) -> Item:
        """A municipality as an attribute."""
        return _attribute(owner, entity, link, hsds.MUNICIPALITIES, key.local, self.name(key))

    def location(self, owner: NodeKey, place: NodeKey | None, **said: object) -> Item:
        """A place where an organization sits or a service is given."""
        item: Item = {"id": identifier(owner, "location", place or ""), "location_type": "physical"}
        item |= {name: value for name, value in said.items() if value is not None and value != []}
        if place is not None:
            item["name"] = self.name(place)
            item["attributes"] = [self.place(owner, "location", hsds.LOCATED_IN, place)]
        return item


def _meaning(key: NodeKey) -> str:
    kind, _, id = key.local.partition(".")
    term = load_vocabulary().find(kind, id)
    return term.definition_de if term else ""


def _attribute(
    owner: str, entity: str, link: str, taxonomy: str, code: str, name: str, meaning: str = "", value: str | None = None
) -> Item:
    item: Item = {
        "id": identifier(owner, entity, link, taxonomy, code, value or ""),
        "link_type": link,
        "link_entity": entity,
    }
    if value is not None:
        item["value"] = value
    term = {
        "id": _term_identifier(taxonomy, code),
        "code": code,
        "name": name,
        "description": meaning,
        "taxonomy": taxonomy,
    }
    return item | {"taxonomy_term": term}


@lru_cache(maxsize=4096)
def _term_identifier(taxonomy: str, code: str) -> str:
    return identifier(taxonomy, code)


def _term(owner: str, entity: str, link: str, kind: str, code: str) -> Item:
    """A term of a vocabulary that is a property, not an edge."""
    known = load_vocabulary().find(kind, code)
    name, meaning = (known.label_de, known.definition_de) if known else (code, "")
    return _attribute(owner, entity, link, hsds.VOCABULARY + kind, code, name, meaning)


def _property(owner: str, entity: str, name: str, value: object) -> Item:
    text = str(to_plain(value)) if isinstance(value, date | str) else str(value)
    return _attribute(owner, entity, hsds.PROPERTY, hsds.PROPERTIES, name, name, value=text)


def _languages(owner: str, languages: tuple[str, ...] | None) -> list[Item]:
    """A language by its ISO 639 code where that is what we have, else by its name."""
    return [
        {"id": identifier(owner, "language", text), "code" if _CODE.match(text) else "name": text}
        for text in languages or ()
    ]


class Organizations:
    """Actors as organizations. HSDS asks for a description: where there is none, it is empty."""

    def __init__(self, linked: Linked) -> None:
        """What actors are connected with is gathered already."""
        self._view = linked.view
        self._linked = linked

    def all(self) -> Iterator[Item]:
        """Every actor, in key order."""
        for node in self._view.nodes(Label.ACTOR):
            if isinstance(node, Actor):
                yield self._organization(node)

    def _organization(self, actor: Actor) -> Item:
        key = actor.key
        item: Item = {"id": identifier(key), "name": actor.name or key.local, "description": actor.description or ""}
        website = actor.url if actor.url and _ADDRESS.match(actor.url) else None
        if website:
            item["website"] = website
        locations = self._locations(actor)
        if locations:
            item["locations"] = locations
        item["attributes"] = list(self._attributes(actor, website, located=bool(locations)))
        return item

    def _locations(self, actor: Actor) -> list[Item]:
        places: list[NodeKey | None] = [*self._linked.of(actor.key, EdgeType.LOCATED_IN)]
        if not places and (actor.longitude is not None or actor.latitude is not None):
            places = [None]
        # what is known of the actor stands with its first location: it is one actor at several places
        first = {
            "latitude": actor.latitude,
            "longitude": actor.longitude,
            "languages": _languages(actor.key, actor.languages),
        }
        return [
            self._linked.location(actor.key, place, **(first if number == 0 else {}))
            for number, place in enumerate(places)
        ]

    def _attributes(self, actor: Actor, website: str | None, *, located: bool) -> Iterator[Item]:
        key, entity = actor.key, "organization"
        yield _property(key, entity, hsds.KEY, key.local)
        if actor.kind is not None:
            yield _term(key, entity, hsds.KIND, "actor_kind", actor.kind)
        for link, codes in ((hsds.RESOURCE, actor.resources), (hsds.NEED, actor.needs)):
            yield from (_term(key, entity, link, "resource", code) for code in codes or ())
        yield from self._linked.concepts(key, entity)
        for place in self._linked.of(key, EdgeType.SERVES):
            yield self._linked.place(key, entity, hsds.SERVES, place)
        if not located:
            yield from (_property(key, entity, hsds.LANGUAGE, text) for text in actor.languages or ())
        for name in hsds.ORGANIZATION_PROPERTIES:
            value = None if name == "url" and website else getattr(actor, name)
            if value is not None and not (name == "visibility" and self._view.public):
                yield _property(key, entity, name, value)


class Services:
    """Offers as services. HSDS asks for a status: what it cannot say, and what is unknown, an attribute tells."""

    def __init__(self, linked: Linked) -> None:
        """What offers are connected with is gathered already."""
        self._view = linked.view
        self._linked = linked

    def all(self) -> Iterator[Item]:
        """Every offer, in key order."""
        for node in self._view.nodes(Label.OFFER):
            if isinstance(node, Offer):
                yield self._service(node)

    def _service(self, offer: Offer) -> Item:
        key, providers = offer.key, self._linked.providers(offer.key)
        status = hsds.UNKNOWN_STATUS if offer.status is None else hsds.STATUS.get(offer.status, hsds.UNKNOWN_STATUS)
        said: Item = {
            "id": identifier(key),
            "organization_id": identifier(providers[0]) if providers else None,
            "name": offer.name or key.local,
            "status": status,
            "minimum_age": offer.age_min,
            "maximum_age": offer.age_max,
            "assured_date": offer.assured_on.isoformat() if offer.assured_on else None,
            "languages": _languages(key, offer.languages),
            "service_areas": [self._area(key, place) for place in self._linked.of(key, EdgeType.SERVES)],
            "service_at_locations": [
                {"id": identifier(key, "at", place), "location": self._linked.location(key, place)}
                for place in self._linked.of(key, EdgeType.LOCATED_IN)
            ],
            "attributes": list(self._attributes(offer, providers[1:])),
        }
        return {name: value for name, value in said.items() if value is not None and value != []}

    def _area(self, key: NodeKey, place: NodeKey) -> Item:
        attribute = self._linked.place(key, "service_area", hsds.SERVES, place)
        return {"id": identifier(key, "area", place), "name": self._linked.name(place), "attributes": [attribute]}

    def _attributes(self, offer: Offer, further: list[NodeKey]) -> Iterator[Item]:
        key, entity = offer.key, "service"
        yield _property(key, entity, hsds.KEY, key.local)
        if offer.kind is not None:
            yield _term(key, entity, hsds.KIND, "offer_kind", offer.kind)
        if offer.status is not None:
            yield _term(key, entity, hsds.STATE, "offer_status", offer.status)
        yield from self._linked.concepts(key, entity)
        yield from (_property(key, entity, hsds.PROVIDER, provider.local) for provider in further)
        for name in hsds.SERVICE_PROPERTIES:
            value = getattr(offer, name)
            if value is not None and not (name == "visibility" and self._view.public):
                yield _property(key, entity, name, value)
