"""Terms that a question names: known to the vocabularies, or to the store."""

from collections.abc import Iterable

import numpy as np

from graph_service.arrays import IntArray
from graph_service.errors import NotFound
from graph_service.projection import Projection
from graph_service.vocabulary import load_vocabulary


def check_terms(projection: Projection, kind: str, ids: Iterable[str]) -> None:
    """Make sure that these terms are known; raises NotFound."""
    for id in ids:
        if load_vocabulary().find(kind, id) is None and f"concept:{kind}.{id}" not in projection.arrays.keys.place:
            raise NotFound(f"a term of the vocabulary {kind}", id)


def concept_places(projection: Projection, kind: str, id: str) -> IntArray:
    """Where a term stands among all nodes: nowhere if nothing is about it yet. Raises NotFound."""
    check_terms(projection, kind, (id,))
    place = projection.arrays.keys.place.get(f"concept:{kind}.{id}")
    return np.array([] if place is None else [place], np.int64)
