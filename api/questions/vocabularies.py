"""The controlled vocabularies: those that come with the project, with what sources have added to them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from api.questions.relations import property_text
from api.snapshot import Snapshot
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey, concept_key
from graph_service.projection import Projection
from graph_service.vocabulary import load_vocabulary


@dataclass(frozen=True, slots=True)
class TermFound:
    """A term in both languages. ``broader`` is written as kind.id; a source's own term has no ``origin``."""

    key: NodeKey
    id: str
    label_de: str
    label_en: str
    definition_de: str
    definition_en: str
    broader: str
    notation: str
    exact_match: tuple[str, ...]
    origin: str
    deprecated: bool
    replaced_by: str


@dataclass(frozen=True, slots=True)
class KindFound:
    """A vocabulary in short."""

    id: str
    label_de: str
    label_en: str
    terms: int


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """All vocabularies."""

    items: tuple[KindFound, ...]


@dataclass(frozen=True, slots=True)
class VocabularyFound:
    """One vocabulary with its terms in their order; those of sources last, by id."""

    id: str
    label_de: str
    label_en: str
    terms: tuple[TermFound, ...]


def list_vocabularies(snapshot: Snapshot) -> Vocabularies:
    """All vocabularies; kinds that only sources know bear their id as label."""
    shipped, brought = load_vocabulary(), _brought(snapshot)
    found = [
        KindFound(kind.id, kind.label_de, kind.label_en, len(kind.terms) + len(brought.get(kind.id, ())))
        for kind in shipped.by_kind.values()
    ]
    found += [KindFound(id, id, id, len(terms)) for id, terms in sorted(brought.items()) if id not in shipped.by_kind]
    return Vocabularies(tuple(found))


def find_vocabulary(snapshot: Snapshot, id: str) -> VocabularyFound:
    """One vocabulary; raises NotFound."""
    kind, brought = load_vocabulary().by_kind.get(id), _brought(snapshot).get(id, ())
    if kind is None and not brought:
        raise NotFound("a vocabulary: " + ", ".join(load_vocabulary().kinds), id)
    shipped = (
        TermFound(
            concept_key(term.kind, term.id),
            term.id,
            term.label_de,
            term.label_en,
            term.definition_de,
            term.definition_en,
            term.broader,
            term.notation,
            term.exact_match,
            term.origin.value,
            term.deprecated,
            term.replaced_by,
        )
        for term in (kind.terms.values() if kind else ())
    )
    return VocabularyFound(id, kind.label_de if kind else id, kind.label_en if kind else id, (*shipped, *brought))


def _brought(snapshot: Snapshot) -> Mapping[str, tuple[TermFound, ...]]:
    """The terms that only sources know, by kind, read once for a snapshot."""
    return snapshot.prepared("terms", _read)


def _read(projection: Projection) -> Mapping[str, tuple[TermFound, ...]]:
    found: dict[str, list[TermFound]] = defaultdict(list)
    for place in projection.spans[Label.CONCEPT]:
        key = NodeKey.trusted(projection.arrays.keys[place])
        kind, _, id = key.local.partition(".")
        if load_vocabulary().find(kind, id) is None:
            said = orjson.loads(projection.arrays.properties[place])
            name = projection.arrays.names[place]
            english, broader = property_text(said, "label_en"), property_text(said, "broader")
            found[kind].append(TermFound(key, id, name, english or name, "", "", broader, "", (), "", False, ""))
    return {kind: tuple(terms) for kind, terms in found.items()}
