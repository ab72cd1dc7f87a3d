"""What a municipality is called where others may bear the same name: Regensburg (Stadt), Regensburg (Landkreis)."""

from api.language import N_, Words
from api.words.terms import term_words
from graph_service.keys import Label, NodeKey
from graph_service.projection import Projection
from matching.naming.namesakes import CITIES, RURAL, TOWNS, namesakes, short_name

CITY, TOWN = N_("city"), N_("town")


def called(projection: Projection, words: Words, key: NodeKey) -> str:
    """What a node is called; a municipality so that it is not taken for another one."""
    position = projection.position(key)
    if key.label is Label.MUNICIPALITY:
        return place_name(projection, words, position)
    return projection.name(key.label, position)


def place_name(projection: Projection, words: Words, position: int) -> str:
    """The name of a municipality without its titles, and what tells it from others of that name if there are any."""
    name = short_name(projection.name(Label.MUNICIPALITY, position))
    apart = namesakes(projection).get(position)
    if apart is None:
        return name
    if apart.until:
        said = words("until {day}", day=apart.until)
    elif apart.within >= 0:
        said = short_name(projection.name(Label.MUNICIPALITY, apart.within))
    else:
        said = _kind(projection, words, apart.kind)
    return f"{name[:-1]}, {said})" if name.endswith(")") else f"{name} ({said})"


def with_place(projection: Projection, words: Words, key: NodeKey, place: str) -> str:
    """A municipality with what and where it is: Neuenkirchen (Diepholz; Gemeinde, Niedersachsen)."""
    shown = beside(called(projection, words, key), place)
    return f"{shown[:-1]}; {place})" if shown.endswith(")") else f"{shown} ({place})"


def beside(name: str, place: str) -> str:
    """A municipality's name where ``place``, what and where it is, stands beside it: its kind is not said twice."""
    bare, _, said = name.removesuffix(")").rpartition(" (")
    own, _, kind = said.rpartition(", ")
    if not bare or kind.casefold() not in place.partition(",")[0].casefold():
        return name
    return f"{bare} ({own})" if own else bare


def _kind(projection: Projection, words: Words, kind: str) -> str:
    """What a place is, in as few words as tell it."""
    if kind in CITIES:
        return words(CITY)
    if kind in TOWNS:
        return words(TOWN)
    # German alone has several words for rural districts
    said = "landkreis" if kind in RURAL and words.language != "de" else kind
    label = term_words(projection, words.language, "municipality_kind", said)
    # a German noun keeps its capital; an adjective before it has none within a phrase
    return label if words.language == "de" and " " not in label else label[:1].lower() + label[1:]
