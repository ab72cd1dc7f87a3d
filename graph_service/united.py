"""A projection in which records that a person decided to be the same actor are one actor.

Whoever asks such a projection need not know that there are several records: the one kept has what all of them say.
It is made of what an audience may see, so that no hidden record adds to a visible one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import orjson

from graph_service.arrays import IntArray, Texts
from graph_service.identity import Decisions
from graph_service.keys import NodeKey
from graph_service.model import EdgeType, Visibility, edge_qualifier
from graph_service.projection import Alias, Arrays, Edges, Projection

_LISTS = ("languages", "resources", "needs")
_PAIR = ("longitude", "latitude")
_LATEST, _VISIBILITY = "assured_on", "visibility"
_OWN_FIRST = frozenset({EdgeType.LOCATED_IN})
"""What the kept record says of these stands; the others are asked only where it says nothing."""


def united(projection: Projection) -> Projection:
    """The projection with one node for each actor; the same projection where nothing was decided."""
    whole = Decisions.of(projection).whole
    if not whole:
        return projection
    arrays, place = projection.arrays, projection.arrays.keys.place
    into = np.arange(len(arrays.keys))
    for duplicate, kept in whole.items():
        into[place[duplicate]] = place[kept]
    stays = into == np.arange(len(into))
    fresh = (np.cumsum(stays) - 1)[into]
    properties = _properties(arrays.properties, place, whole)
    told = [properties.get(i, text) for i, text in enumerate(arrays.properties) if stays[i]]
    names = {i: str(orjson.loads(text)["name"]) for i, text in properties.items()}
    edges = {name: _edges(EdgeType(name), found, fresh, into, whole) for name, found in arrays.edges.items()}
    return Projection(
        replace(
            arrays,
            keys=_kept(arrays.keys, stays),
            names=Texts.of(names.get(i, name) for i, name in enumerate(arrays.names) if stays[i]),
            properties=Texts.of(told),
            edges={name: found for name, found in edges.items() if len(found.source)},
        ),
        _aliases(arrays, whole, fresh),
    )


def _kept(texts: Texts, stays: npt.NDArray[np.bool_]) -> Texts:
    return Texts.of(text for text, here in zip(texts, stays.tolist(), strict=True) if here)


def _aliases(arrays: Arrays, whole: Mapping[NodeKey, NodeKey], fresh: IntArray) -> tuple[Alias, ...]:
    place = arrays.keys.place
    return tuple(Alias(key, arrays.names[place[key]], int(fresh[place[key]])) for key in sorted(whole))


def _properties(texts: Texts, place: Mapping[str, int], whole: Mapping[NodeKey, NodeKey]) -> dict[int, str]:
    """What each actor of several records says now, by its position."""
    groups: dict[NodeKey, list[NodeKey]] = defaultdict(list)
    for duplicate in sorted(whole):
        groups[whole[duplicate]].append(duplicate)
    return {
        place[kept]: orjson.dumps(_merged([orjson.loads(texts[place[key]]) for key in (kept, *others)])).decode()
        for kept, others in groups.items()
    }


def _merged(records: Sequence[dict[str, object]]) -> dict[str, object]:
    """The first record, with what it does not say from the others; the latest confirmation; the narrowest audience."""
    found: dict[str, object] = {}
    for record in records:
        fresh = {name: value for name, value in record.items() if name not in found}
        if any(name in found for name in _PAIR):  # half of a place of another record would be a third place
            fresh = {name: value for name, value in fresh.items() if name not in _PAIR}
        found |= fresh
    for name in _LISTS:
        united_list = dict.fromkeys(each for record in records for each in _list(record.get(name)))
        if united_list:
            found[name] = list(united_list)
    days = [str(record[_LATEST]) for record in records if record.get(_LATEST)]
    if days:
        found[_LATEST] = max(days)
    levels = [Visibility(str(record[_VISIBILITY])) for record in records if record.get(_VISIBILITY)]
    if levels:
        found[_VISIBILITY] = max(levels, key=list(Visibility).index).value
    return found


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _edges(type: EdgeType, edges: Edges, fresh: IntArray, into: IntArray, whole: Mapping[NodeKey, NodeKey]) -> Edges:
    """The edges between the nodes that stay; of parallel ones that were one edge of several records, the kept's."""
    source, target = into[edges.source], into[edges.target]
    moved = (source != edges.source) | (target != edges.target)
    keep = ~(moved & (source == target))
    if type is EdgeType.SAME_AS:
        keep[:] = False
    if type in _OWN_FIRST:
        keep &= ~(moved & np.isin(source, edges.source[~moved]))
    texts = [_renamed(text, whole) for text in edges.properties]
    qualifiers = [edge_qualifier(type, orjson.loads(text)) for text in texts]
    codes = {text: i for i, text in enumerate(sorted(set(qualifiers)))}
    which = np.array([codes[text] for text in qualifiers] or [0], np.int64)[edges.said]
    order = np.lexsort((moved, which, target, source))
    order = order[keep[order]]
    new = np.ones(len(order), bool)
    for column in (source, target, which):
        if len(order):
            new[1:] &= column[order][1:] == column[order][:-1]
    new[1:] = ~new[1:]
    order = order[new]
    distinct = sorted(set(texts))
    at = {text: i for i, text in enumerate(distinct)}
    said = np.array([at[text] for text in texts] or [0], np.int64)[edges.said[order]]
    return Edges(fresh[source[order]], fresh[target[order]], said, Texts.of(distinct))


def _renamed(text: str, whole: Mapping[NodeKey, NodeKey]) -> str:
    """What an edge says, with the kept actor where it names another record."""
    if '"actor":' not in text:
        return text
    said = orjson.loads(text)
    kept = whole.get(NodeKey.trusted(f"actor:{said.get('actor')}"))
    return text if kept is None else orjson.dumps(said | {"actor": kept.local}).decode()
