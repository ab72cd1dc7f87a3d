"""Makes actors and offers of organizations and services; what has no place with us is counted and said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph_service.cells import is_key
from graph_service.errors import InvalidValue, Place
from graph_service.export import hsds_profile as hsds
from graph_service.keys import Label, NodeKey, concept_key, municipality_key
from graph_service.model import Actor, Concept, Edge, EdgeType, Offer, Record
from graph_service.vocabulary import load_vocabulary
from importers.contract import Issues
from importers.hsds.attributes import MUNICIPALITY, PROPERTY, Meaning, known_term, meanings, official_code, towns
from importers.hsds.documents import Document, every
from importers.hsds.tables import Item
from importers.hsds.values import Unread, day, number, placed, text, visibility, whole
from importers.table.values import slug

_EDGES = {
    hsds.FIELD: EdgeType.IN_FIELD,
    hsds.GROUP: EdgeType.FOR_GROUP,
    hsds.CHALLENGE: EdgeType.ADDRESSES,
    hsds.SERVES: EdgeType.SERVES,
    hsds.LOCATED_IN: EdgeType.LOCATED_IN,
}
_KINDS = {hsds.KIND: "kind", hsds.STATE: "status"}
_LISTS = {hsds.RESOURCE: "resources", hsds.NEED: "needs"}
_BOUNDED = frozenset({"age_min", "age_max", "longitude", "latitude"})
"""The only values that a record may still refuse."""
_DATES = frozenset({"assured_on", "funded_until"})


@dataclass
class _Said:
    """What was read of one organization or service, before it becomes a record."""

    entity: str
    place: Place
    found: str
    values: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    links: list[tuple[EdgeType, NodeKey]] = field(default_factory=list)
    providers: list[str] = field(default_factory=list)

    def link(self, type: EdgeType, key: NodeKey) -> None:
        """An edge, once."""
        if (type, key) not in self.links:
            self.links.append((type, key))


class Records:
    """The records of one document, read lazily; organizations before services, which refer to them."""

    def __init__(self, document: Document, issues: Issues) -> None:
        """Learn which towns the document itself gives a code."""
        self.read = 0
        self._document = document
        self._issues = issues
        self._keys: dict[str, NodeKey] = {}
        self._seen: set[NodeKey] = set()
        self._concepts: dict[NodeKey, Concept] = {}
        self._unread = Unread()
        self._towns = _codes_of_towns(document)

    def all(self) -> Iterator[Record]:
        """Every record; what is not read is said at the end."""
        for item, place in self._document.organizations:
            yield from self._one(item, "organization", place)
        for item, place in self._document.services:
            yield from self._one(item, "service", place)
        yield from self._concepts.values()
        self._unread.say(self._issues)

    def _one(self, item: Item, entity: str, place: Place) -> Iterator[Record]:
        self.read += 1
        id, name = text(item, "id"), text(item, "name")
        said = _Said(entity, place, id or name)
        if not id or not name:
            self._issues.add(InvalidValue("an id and a name", said.found), place)
            return
        if entity == "organization" and id in self._keys:
            return  # services repeat their organization
        self._unread.count(item, entity)
        for meaning in meanings(item, entity, place, self._issues):
            self._take(meaning, said)
        local = self._local(id, said)
        if not local:
            self._issues.add(InvalidValue("an id with letters or digits", id), place)
            return
        key = NodeKey.of(Label.ACTOR if entity == "organization" else Label.OFFER, local)
        if entity == "organization":
            self._keys[id] = key
        if key in self._seen:
            self._issues.add(
                InvalidValue("each organization and service once", said.found), place, kind="duplicate-key"
            )
            return
        self._seen.add(key)
        said.values["name"] = name
        yield from self._actor(item, key, said) if entity == "organization" else self._offer(item, key, said)

    def _local(self, id: str, said: _Said) -> str:
        local = said.values.pop(hsds.KEY, "") or id
        return local if is_key(local) else slug(local) or slug(said.found)

    def _take(self, meaning: Meaning, said: _Said) -> None:
        """Enter what an attribute says."""
        try:
            if meaning.kind == PROPERTY:
                self._property(meaning, said)
            elif meaning.kind == MUNICIPALITY:
                said.link(_EDGES[meaning.link], municipality_key(meaning.code))
            elif meaning.link in _LISTS:
                said.lists.setdefault(_LISTS[meaning.link], []).append(meaning.code)
            elif meaning.link in _KINDS:
                self._note_unknown(meaning, said)
                said.values[_KINDS[meaning.link]] = meaning.code
            elif meaning.link in _EDGES:
                said.link(_EDGES[meaning.link], self._concept(meaning))
            else:
                raise InvalidValue(f"a link_type: {', '.join(hsds.LINK_TYPES)}", meaning.link)
        except KeyError:
            error = InvalidValue(f"a link_type: {hsds.LOCATED_IN}, {hsds.SERVES}", meaning.link)
            self._issues.add(error, said.place)
        except InvalidValue as error:
            self._issues.add(error, said.place)

    def _concept(self, meaning: Meaning) -> NodeKey:
        """The key of a term, and the term itself when it is first met: a document stands for itself."""
        key = concept_key(meaning.kind, meaning.code) if meaning.kind else NodeKey.of(Label.CONCEPT, meaning.code)
        if key not in self._concepts:
            known = load_vocabulary().find(meaning.kind, meaning.code)
            self._concepts[key] = Concept(
                key=key,
                name=known.label_de if known else meaning.name or meaning.code,
                label_en=known.label_en if known else None,
                kind=meaning.kind or None,
                broader=(known.broader or None) if known else None,
            )
        return key

    def _note_unknown(self, meaning: Meaning, said: _Said) -> None:
        if not known_term(meaning.kind, meaning.code):
            self._issues.note("unknown-term", f"a term of the vocabulary {meaning.kind}", meaning.code, said.place)

    def _property(self, meaning: Meaning, said: _Said) -> None:
        name, value = meaning.code, meaning.value
        known = hsds.ORGANIZATION_PROPERTIES if said.entity == "organization" else hsds.SERVICE_PROPERTIES
        if name == hsds.KEY:
            said.values[hsds.KEY] = value
        elif name == hsds.LANGUAGE:
            said.lists.setdefault("languages", []).append(value)
        elif name == hsds.PROVIDER:
            said.providers.append(value)
        elif name == "visibility":
            said.values[name] = visibility(value)
        elif name in known:
            said.values[name] = day(value) if name in _DATES else value
        else:
            raise InvalidValue(f"a property: {', '.join(known)}", name)

    def _actor(self, item: Item, key: NodeKey, said: _Said) -> Iterator[Record]:
        said.values["description"] = text(item, "description") or None
        if text(item, "website"):
            said.values["url"] = text(item, "website")
        locations = list(every(item.get("locations")))
        self._coordinates(locations, said)
        for location in locations:
            self._languages(location, said)
            self._locate(location, said)
        lists = {name: tuple(dict.fromkeys(texts)) for name, texts in said.lists.items()}
        values = {name: value for name, value in said.values.items() if value is not None}
        yield from self._built(Actor, key, values | lists, said)

    def _offer(self, item: Item, key: NodeKey, said: _Said) -> Iterator[Record]:
        status = text(item, "status")
        # a service of ours says its status as an attribute, and nothing where nobody knows it
        if "status" not in said.values and not self._ours(item):
            said.values["status"] = hsds.STATUS_READ.get(status)
            if status not in hsds.STATUS_READ:
                self._issues.note("unknown-term", f"one of {', '.join(hsds.STATUS_READ)}", status, said.place)
        for column, name in (("minimum_age", "age_min"), ("maximum_age", "age_max")):
            self._value(name, whole, item.get(column), said)
        self._value("assured_on", day, item.get("assured_date"), said)
        self._languages(item, said)
        for area in every(item.get("service_areas")):
            self._area(area, said)
        for each in every(item.get("service_at_locations")):
            location = each.get("location")
            if isinstance(location, dict):
                self._locate(location, said)
        values = {name: value for name, value in said.values.items() if value is not None}
        if said.lists.get("languages"):
            values["languages"] = tuple(dict.fromkeys(said.lists["languages"]))
        yield from self._built(Offer, key, values, said)
        for provider in self._provider_keys(item, said):
            yield Edge(EdgeType.OFFERS, provider, key)

    def _built(
        self, type: type[Actor] | type[Offer], key: NodeKey, values: dict[str, Any], said: _Said
    ) -> Iterator[Record]:
        """The record and its edges; a value that cannot be is left out, and said."""
        try:
            yield type(key=key, **values)
        except InvalidValue as error:
            self._issues.add(error, said.place)
            yield type(key=key, **{name: value for name, value in values.items() if name not in _BOUNDED})
        for edge_type, target in said.links:
            try:
                yield Edge(edge_type, key, target)
            except InvalidValue as error:
                self._issues.add(error, said.place)

    def _ours(self, item: Item) -> bool:
        own = (attribute.get("taxonomy_term") for attribute in every(item.get("attributes")))
        return any(isinstance(term, dict) and term.get("taxonomy") == hsds.PROPERTIES for term in own)

    def _provider_keys(self, item: Item, said: _Said) -> Iterator[NodeKey]:
        organization = item.get("organization")
        id = text(item, "organization_id") or (text(organization, "id") if isinstance(organization, dict) else "")
        if id:
            yield self._keys.get(id) or NodeKey.of(Label.ACTOR, id if is_key(id) else slug(id) or "unknown")
        yield from (NodeKey.of(Label.ACTOR, local) for local in said.providers if is_key(local))

    def _coordinates(self, locations: Sequence[Item], said: _Said) -> None:
        """An actor has one place on the map: of several nobody can say which."""
        pairs = {(text(each, "longitude"), text(each, "latitude")) for each in locations if placed(each)}
        if len(pairs) > 1:
            self._issues.note("duplicate", "one place on the map", f"{len(pairs)}: {said.found}", said.place)
            return
        for longitude, latitude in pairs:
            self._value("longitude", number, longitude, said)
            self._value("latitude", number, latitude, said)

    def _languages(self, item: Item, said: _Said) -> None:
        texts = (text(each, "code") or text(each, "name") for each in every(item.get("languages")))
        said.lists.setdefault("languages", []).extend(text for text in texts if text)
        if not said.lists["languages"]:
            del said.lists["languages"]

    def _locate(self, location: Item, said: _Said) -> None:
        """The municipality of a location: by the code it states, or that the document gives its town elsewhere."""
        code = official_code(location) or next((self._towns[t] for t in towns(location) if t in self._towns), "")
        if code:
            said.link(EdgeType.LOCATED_IN, municipality_key(code))
            return
        addresses = " ; ".join(f"{postal} {town.title()}" for postal, town in towns(location))
        if addresses:
            self._issues.note("no-code", "an official code of the municipality (AGS)", addresses, said.place)

    def _area(self, area: Item, said: _Said) -> None:
        code = official_code(area)
        if code:
            said.link(EdgeType.SERVES, municipality_key(code))
        else:
            self._issues.note("no-code", "an official code of the municipality (AGS)", text(area, "name"), said.place)

    def _value(self, name: str, read: Any, value: object, said: _Said) -> None:
        """A value of HSDS's own fields; one that is none is reported and left out."""
        if value in (None, ""):
            return
        try:
            said.values[name] = read(value)
        except InvalidValue as error:
            self._issues.add(error, Place(said.place.file, said.place.table, column=name))


def _codes_of_towns(document: Document) -> dict[tuple[str, str], str]:
    """Postal code and town → official code, where all locations of the document that state one agree."""
    found: dict[tuple[str, str], set[str]] = {}
    for location in _locations(document):
        code = official_code(location)
        for town in towns(location) if code else ():
            found.setdefault(town, set()).add(code)
    return {town: next(iter(codes)) for town, codes in found.items() if len(codes) == 1}


def _locations(document: Document) -> Iterator[Item]:
    for item, _ in document.organizations:
        yield from every(item.get("locations"))
    for item, _ in document.services:
        for each in every(item.get("service_at_locations")):
            if isinstance(each.get("location"), dict):
                yield each["location"]
