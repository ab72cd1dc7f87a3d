"""The words of descriptions, prepared for asking which are nearest to a few words."""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import orjson
from scipy import sparse

from graph_service.keys import Label
from graph_service.projection import Projection
from matching.text import Vectors

DESCRIBED = (Label.PRACTICE, Label.ACTOR, Label.ALLIANCE, Label.OFFER, Label.REQUEST)
TEXTS = ("name", "description", "improvement_note", "programme")
"""Properties whose words are searched."""
LEAST_TEXT = 0.15
"""How alike words and a description must be to be told."""


class Descriptions:
    """The words of descriptions as vectors."""

    def __init__(self, projection: Projection) -> None:
        """Read every description of a projection."""
        self._nodes = [node for label in DESCRIBED for node in projection.spans[label]]
        texts = [_text(projection.arrays.properties[node]) for node in self._nodes]
        self._vectors: Vectors | None = None
        if texts:
            self._vectors, rows = Vectors.fit(texts)
            self._columns = sparse.csc_array(rows)

    def find(self, text: str, most: int = 20) -> Iterator[tuple[int, float]]:
        """The records whose words are nearest, and how near."""
        if self._vectors is None:
            return
        asked = self._vectors.transform([text])
        alike: npt.NDArray[np.float64] = np.zeros(len(self._nodes), np.float64)
        # only the few columns that the question has: the whole product would read every text
        for column, weight in zip(asked.indices.tolist(), asked.data.tolist(), strict=True):
            first, last = self._columns.indptr[column : column + 2]
            alike[self._columns.indices[first:last]] += self._columns.data[first:last] * weight
        near = np.flatnonzero(alike >= LEAST_TEXT)
        for i in near[np.argsort(-alike[near], kind="stable")][:most].tolist():
            yield self._nodes[i], float(alike[i])


def _text(properties: str) -> str:
    said: Mapping[str, object] = orjson.loads(properties)
    return ". ".join(str(said[name]) for name in TEXTS if said.get(name))
