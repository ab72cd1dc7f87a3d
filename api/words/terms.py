"""What a term is called: by the shipped vocabularies, else by the dataset that brought it, else by its id."""

from api.language import N_, Words
from graph_service.model import Concept, Level
from graph_service.projection import Projection
from graph_service.vocabulary import Term, load_vocabulary

LEVELS = {
    Level.STATE: N_("Federal states"),
    Level.DISTRICT: N_("Districts and independent cities"),
    Level.MUNICIPALITY: N_("Towns and villages"),
}
"""What all areas of a level are called, where the name of the level names one."""


def level_words(level: Level, words: Words) -> str:
    """What the areas of a level are called, as several."""
    if level in LEVELS:
        return words(LEVELS[level])
    found = load_vocabulary().find("level", level.value)
    return found.label(words.language) if found else level.value


def label_words(term: Term, language: str) -> str:
    """The label of a term; where English has one word for several German ones, that word and nothing behind it."""
    label = term.label(language)
    wide = load_vocabulary().find(*term.broader.split(".", 1)) if term.broader and language == "en" else None
    return wide.label_en if wide and label.startswith(f"{wide.label_en} (") else label


def term_words(projection: Projection, language: str, kind: str, id: str) -> str:
    """The label of a term in a language; nothing for no term."""
    if found := load_vocabulary().find(kind, id) if id else None:
        return label_words(found, language)
    known = projection.known(f"concept:{kind}.{id}") if id else None
    node = projection.node(known) if known else None
    name = ((language == "en" and node.label_en) or node.name) if isinstance(node, Concept) else ""
    return name if name and name != id else readable(id)


def readable(id: str) -> str:
    """An id that nobody has named, for people: words instead of signs, without the letter that some put before."""
    head, dot, rest = id.partition(".")
    return (rest if dot and len(head) == 1 else id).replace("_", " ").replace("-", " ").strip() or id
