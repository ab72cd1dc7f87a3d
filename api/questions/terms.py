"""Terms that a question names: known to the vocabularies, or to the store."""

from collections.abc import Iterable

import numpy as np

from graph_service.arrays import IntArray
from graph_service.errors import Ambiguous, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.projection import Projection
from graph_service.vocabulary import load_vocabulary
from matching.naming.municipalities import plain
from matching.naming.nodes import EXPECTED, MANY


def check_terms(projection: Projection, kind: str, ids: Iterable[str]) -> None:
    """Make sure that these terms are known; raises NotFound."""
    for id in ids:
        if load_vocabulary().find(kind, id) is None and f"concept:{kind}.{id}" not in projection.arrays.keys.place:
            raise NotFound(f"a term of the vocabulary {kind}", id)


TOPICS = ("field", "challenge", "target_group")
"""The vocabularies whose terms people look for by name."""


def find_topic(projection: Projection, text: str) -> NodeKey:
    """The term in the store that a key means, or a name in any language; raises NotFound, Ambiguous."""
    wanted = plain(text)
    found: list[tuple[str, str]] = []
    for place in projection.spans[Label.CONCEPT]:
        key = NodeKey.trusted(projection.arrays.keys[place])
        kind, _, id = key.local.partition(".")
        term, name = load_vocabulary().find(kind, id), projection.arrays.names[place]
        if key == text:
            return key
        labels = {name, term.label_de, term.label_en} if term else {name}
        if kind in TOPICS and wanted and wanted in map(plain, labels):
            found.append((str(key), name))
    if not found:
        raise NotFound(EXPECTED, text)
    if len(found) > 1:
        raise Ambiguous(MANY, text, tuple(found))
    return NodeKey.trusted(found[0][0])


def concept_places(projection: Projection, kind: str, id: str) -> IntArray:
    """Where a term stands among all nodes: nowhere if nothing is about it yet. Raises NotFound."""
    check_terms(projection, kind, (id,))
    place = projection.arrays.keys.place.get(f"concept:{kind}.{id}")
    return np.array([] if place is None else [place], np.int64)
