"""Turns the list of practice leads (facts and links) into practices and the places where they are applied."""

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph_service.errors import InvalidValue, Place
from graph_service.keys import Label, NodeKey, concept_key, municipality_key
from graph_service.model import Dataset, Edge, EdgeType, Practice, Record
from graph_service.vocabulary import load_vocabulary

DATASET = Dataset(
    id="practice-leads",
    title="Praxisansätze: Fakten und Verweise aus öffentlichen Seiten, 2015 bis 2024",
    publisher="Bündniskompass",
    # one licence, so no semicolon, which would part two
    licence="Fakten und Verweise. Die verlinkten Seiten gehören ihren Herausgebern",
    note="Titel in eigenen Worten. Ob ein Ansatz noch läuft, ist nicht bekannt: der Stand bleibt leer.",
)

LEADS_FILE = "praxis-leads/praxis_leads.csv"

Lead = Mapping[str, str]

_YEARS = re.compile(r"(\d{4})-(\d{4})")

_LISTS = {
    "fields": (EdgeType.IN_FIELD, "field"),
    "challenges": (EdgeType.ADDRESSES, "challenge"),
    "target_groups": (EdgeType.FOR_GROUP, "target_group"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What is said about the rows of the list: which practices they make, and what the rest of them means."""

    practices: Sequence[Mapping[str, object]]
    sources: Mapping[str, Mapping[str, object]]
    """The publication behind each address."""
    programmes: frozenset[str]
    others: frozenset[str]
    """What stands in the column of programmes and is none."""

    @classmethod
    def read(cls, path: Path) -> "Choice":
        """As it stands in a file of TOML."""
        told = tomllib.loads(path.read_text("utf-8"))
        return cls(
            told["practice"],
            {each["url"]: each for each in told["source"]},
            frozenset(told["programmes"]),
            frozenset(told["not_programmes"]),
        )

    def programme(self, lead: Lead) -> str | None:
        """The programme that a row names, if it names one; raises InvalidValue where nobody has decided that."""
        named = lead["programm_oder_traeger"]
        if named in self.programmes:
            return _YEARS.sub(r"\1–\2", named)
        if named not in self.others:
            raise InvalidValue("a programme, or what is known to be none", named)
        return None

    def source(self, lead: Lead) -> Mapping[str, object]:
        """The publication that a row leads to; raises InvalidValue where it is not named."""
        if lead["quelle_url"] not in self.sources:
            raise InvalidValue("an address whose publication is named", lead["quelle_url"])
        return self.sources[lead["quelle_url"]]


def records(leads: Path, choice: Path, places: Mapping[str, str]) -> Iterator[Record]:
    """The practices with their fields, challenges, target groups and places; raises InvalidValue if a lead is left."""
    with leads.open(encoding="utf-8-sig", newline="") as file:
        rows: list[Lead] = list(csv.DictReader(file))
    used: set[int] = set()
    chosen = Choice.read(choice)
    for entry in chosen.practices:
        own = [i for i, row in enumerate(rows) if row["titel"] == entry["row"]]
        if not own or used & set(own):
            raise InvalidValue("rows of the list that no other practice takes", entry["row"], Place(file=choice.name))
        used.update(own)
        groups = [[rows[i]] for i in own] if entry.get("each") else [[rows[i] for i in own]]
        for group in groups:
            yield from _practice(entry, group, places, chosen)
    left = [row["titel"] for i, row in enumerate(rows) if i not in used]
    if left:
        raise InvalidValue("a practice for every row of the list", left, Place(file=leads.name))


def _practice(
    entry: Mapping[str, object], leads: Sequence[Lead], places: Mapping[str, str], choice: Choice
) -> Iterator[Record]:
    first = leads[0]
    source = choice.source(first)
    local = f"{entry['key']}-{first['ags']}" if entry.get("each") else str(entry["key"])
    key = NodeKey.of(Label.PRACTICE, local)
    title = str(entry.get("title", entry["row"])).format(place=places.get(first["ags"], ""))
    yield Practice(
        key=key,
        name=title,
        description=str(entry["description"]) if "description" in entry else None,
        evidence=load_vocabulary().term("evidence", str(entry["evidence"])).id,
        programme=choice.programme(first),
        source=str(source["title"]),
        published_on=str(source["published_on"]) if "published_on" in source else None,
        url=None if source.get("copy") else first["quelle_url"],
    )
    for name, (type, kind) in _LISTS.items():
        ids = entry.get(name, [])
        if not isinstance(ids, list):
            raise InvalidValue("a list of ids", ids, Place(table=str(entry["key"]), column=name))
        for id in ids:
            yield Edge(type, key, concept_key(kind, load_vocabulary().term(kind, str(id)).id))
    for lead in leads:
        yield Edge(EdgeType.APPLIED_IN, key, municipality_key(lead["ags"]))
