"""Controlled vocabularies: terms with stable ids and German and English labels, read from ``vocabularies/*.toml``.

The form follows SKOS: a kind of terms is a concept scheme, ``broader`` and ``exact_match`` are its relations. Terms are
in the order of their file, which is an order of meaning where there is one (knows < cooperates < coordinates).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from graph_service.errors import InvalidValue, NotFound, Place
from graph_service.keys import concept_key
from graph_service.model import Concept, Dataset

LANGUAGES = ("de", "en")
FOLDER = files("graph_service") / "vocabularies"
ROLE_TEMPLATES_FILE = "role_templates.toml"

VOCABULARY_DATASET = Dataset(
    id="vocabulary",
    title="Vokabulare des Bündniskompasses / controlled vocabularies",
    publisher="Bündniskompass",
    licence="EUPL-1.2",
    precedence=900,
)
"""Where the terms come from when they stand in a store; a source that brings its own labels is believed before it."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")


class Origin(StrEnum):
    """Who named a term: the programme "Willkommen bei Freunden", another German source, an official body, or we."""

    PROGRAMME = "programme"
    GERMAN_SOURCE = "german-source"
    OFFICIAL = "official"
    OWN = "own"


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise InvalidValue("a language: de or en", language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """An entry of a vocabulary. ``broader`` is written as ``kind.id``; ``notation`` is a sign that stands for the term.

    A term is never deleted: ``deprecated`` says not to use it any more, ``replaced_by`` names the one to use instead.
    """

    kind: str
    id: str
    label_de: str
    label_en: str
    origin: Origin
    definition_de: str = ""
    definition_en: str = ""
    broader: str = ""
    exact_match: tuple[str, ...] = ()
    notation: str = ""
    deprecated: bool = False
    replaced_by: str = ""

    def __post_init__(self) -> None:
        if not _ID.match(self.id) or not _ID.match(self.kind):
            raise InvalidValue("an id of letters, digits, '_' and '-'", f"{self.kind}.{self.id}")
        if not (self.label_de.strip() and self.label_en.strip()):
            raise InvalidValue("a German and an English label", f"{self.kind}.{self.id}")
        if bool(self.definition_de) != bool(self.definition_en):
            raise InvalidValue("a definition in both languages or in none", f"{self.kind}.{self.id}")
        if self.replaced_by and not self.deprecated:
            raise InvalidValue("replaced_by at deprecated terms only", f"{self.kind}.{self.id}")

    def label(self, language: str) -> str:
        """The label in this language (de or en); raises InvalidValue."""
        _check_language(language)
        return self.label_en if language == "en" else self.label_de

    def definition(self, language: str) -> str:
        """What the term means in a sentence, empty where the label says it all; raises InvalidValue."""
        _check_language(language)
        return self.definition_en if language == "en" else self.definition_de


@dataclass(frozen=True, slots=True)
class Kind:
    """One controlled vocabulary: its own labels and its terms in order."""

    id: str
    label_de: str
    label_en: str
    terms: Mapping[str, Term] = field(default_factory=dict)

    def label(self, language: str) -> str:
        """What the vocabulary is called in this language; raises InvalidValue."""
        _check_language(language)
        return self.label_en if language == "en" else self.label_de


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All kinds of terms, complete and consistent once built."""

    by_kind: Mapping[str, Kind]

    def __post_init__(self) -> None:
        for term in self:
            place = Place(table=term.kind, column=term.id)
            if term.broader and self._at(term.broader) is None:
                raise InvalidValue("a broader term that exists (kind.id)", term.broader, place)
            if term.replaced_by and term.replaced_by not in self.by_kind[term.kind].terms:
                raise InvalidValue("a replacing term of the same kind", term.replaced_by, place)

    def __iter__(self) -> Iterator[Term]:
        return (term for kind in self.by_kind.values() for term in kind.terms.values())

    def _at(self, reference: str) -> Term | None:
        kind, _, id = reference.partition(".")
        return self.find(kind, id)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The ids of the vocabularies."""
        return tuple(self.by_kind)

    def kind(self, kind: str) -> Kind:
        """One vocabulary; raises NotFound."""
        found = self.by_kind.get(kind)
        if found is None:
            raise NotFound("a vocabulary: " + ", ".join(self.by_kind), kind)
        return found

    def terms(self, kind: str) -> tuple[Term, ...]:
        """The terms of a vocabulary in order, without deprecated ones; raises NotFound."""
        return tuple(term for term in self.kind(kind).terms.values() if not term.deprecated)

    def find(self, kind: str, id: str) -> Term | None:
        """The term with this id or notation, or None: sources may bring terms of their own."""
        known = self.by_kind.get(kind)
        if known is None:
            return None
        return known.terms.get(id) or next((t for t in known.terms.values() if t.notation and t.notation == id), None)

    def term(self, kind: str, id: str) -> Term:
        """The term with this id or notation; raises NotFound."""
        known = self.kind(kind)
        term = self.find(kind, id)
        if term is None:
            raise NotFound(f"a term of the vocabulary {known.id}", id)
        return term

    def label(self, kind: str, id: str, language: str) -> str:
        """The label of a term in this language; raises NotFound or InvalidValue."""
        return self.term(kind, id).label(language)

    def narrower(self, kind: str, id: str) -> tuple[Term, ...]:
        """The terms that name this one as their broader, of whatever kind: the challenges in a field."""
        reference = f"{kind}.{id}"
        return tuple(term for term in self if term.broader == reference and not term.deprecated)

    def concepts(self) -> Iterator[Concept]:
        """The terms as nodes of the graph, deprecated ones included: older data may refer to them."""
        for term in self:
            yield Concept(
                key=concept_key(term.kind, term.id),
                name=term.label_de,
                label_en=term.label_en,
                kind=term.kind,
                broader=term.broader or None,
            )


_TERM_FIELDS = frozenset(f.name for f in fields(Term)) - {"kind", "id"}


def _term(kind: str, id: str, entry: Mapping[str, object], place: Place) -> Term:
    unknown = sorted(entry.keys() - _TERM_FIELDS)
    missing = sorted({"label_de", "label_en", "origin"} - entry.keys())
    if unknown or missing:
        raise InvalidValue("label_de, label_en and origin, and fields of a term", unknown or missing, place)
    matches = entry.get("exact_match", [])
    if not isinstance(matches, list):
        raise InvalidValue("a list of addresses", matches, place)
    texts = {name: str(value) for name, value in entry.items() if name not in ("exact_match", "deprecated", "origin")}
    if entry["origin"] not in set(Origin):
        raise InvalidValue("an origin: " + ", ".join(Origin), entry["origin"], place)
    return Term(
        kind=kind,
        id=id,
        origin=Origin(str(entry["origin"])),
        exact_match=tuple(str(match) for match in matches),
        deprecated=entry.get("deprecated") is True,
        **texts,
    )


def parse_kinds(text: str, file: str = "") -> Iterator[Kind]:
    """Read the kinds of one TOML file: a table per kind with its labels and ``terms``; raises InvalidValue."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidValue("TOML", error, Place(file=file)) from None
    for kind, table in tables.items():
        place = Place(file=file, table=kind)
        if not isinstance(table, dict) or table.keys() != {"label_de", "label_en", "terms"}:
            raise InvalidValue("a kind with label_de, label_en and terms", kind, place)
        terms = {
            id: _term(kind, id, entry, Place(file=file, table=kind, column=id)) for id, entry in table["terms"].items()
        }
        yield Kind(kind, str(table["label_de"]), str(table["label_en"]), MappingProxyType(terms))


def build_vocabulary(kinds: Iterator[Kind]) -> Vocabulary:
    """Put kinds together; raises InvalidValue where two files define the same or a reference leads nowhere."""
    by_kind: dict[str, Kind] = {}
    for kind in kinds:
        if kind.id in by_kind:
            raise InvalidValue("every kind in one file only", kind.id)
        by_kind[kind.id] = kind
    return Vocabulary(MappingProxyType(by_kind))


@cache
def load_vocabulary() -> Vocabulary:
    """The vocabularies that come with the project, read once."""
    sources = sorted(
        (entry for entry in FOLDER.iterdir() if entry.name.endswith(".toml") and entry.name != ROLE_TEMPLATES_FILE),
        key=lambda entry: entry.name,
    )
    return build_vocabulary(kind for source in sources for kind in parse_kinds(source.read_text("utf-8"), source.name))
