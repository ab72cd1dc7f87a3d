"""What records are called where pages name them by their keys."""

from api.http.current import snapshot, words
from api.pages.frame import term
from api.words.places import called
from graph_service.keys import Label, NodeKey


def name_of(key: NodeKey) -> str:
    """What a record or a controlled term is called; one that the viewer cannot see by its local key."""
    if key.label is Label.CONCEPT:
        return term(*key.local.partition(".")[::2])
    projection = snapshot().projection
    return called(projection, words(), key) if projection.known(key) else key.local
