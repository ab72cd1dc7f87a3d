"""Turns the list of practice leads (facts and links) into practices and the places where they are applied."""

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from graph_service.errors import InvalidValue, Place
from graph_service.keys import Label, NodeKey, concept_key, municipality_key
from graph_service.model import Dataset, Edge, EdgeType, Practice, Record
from graph_service.vocabulary import load_vocabulary

DATASET = Dataset(
    id="practice-leads",
    title="Praxisansätze: Fakten und Verweise aus öffentlichen Seiten, 2015 bis 2024",
    publisher="Bündniskompass",
    licence="Fakten und Verweise; die verlinkten Seiten gehören ihren Herausgebern",
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


def records(leads: Path, choice: Path, places: Mapping[str, str]) -> Iterator[Record]:
    """The practices with their fields, challenges, target groups and places; raises InvalidValue if a lead is left."""
    with leads.open(encoding="utf-8-sig", newline="") as file:
        rows: list[Lead] = list(csv.DictReader(file))
    used: set[int] = set()
    for entry in tomllib.loads(choice.read_text("utf-8"))["practice"]:
        own = [i for i, row in enumerate(rows) if row["titel"] == entry["row"]]
        if not own or used & set(own):
            raise InvalidValue("rows of the list that no other practice takes", entry["row"], Place(file=choice.name))
        used.update(own)
        groups = [[rows[i]] for i in own] if entry.get("each") else [[rows[i] for i in own]]
        for group in groups:
            yield from _practice(entry, group, places)
    left = [row["titel"] for i, row in enumerate(rows) if i not in used]
    if left:
        raise InvalidValue("a practice for every row of the list", left, Place(file=leads.name))


def _practice(entry: Mapping[str, object], leads: Sequence[Lead], places: Mapping[str, str]) -> Iterator[Record]:
    first = leads[0]
    local = f"{entry['key']}-{first['ags']}" if entry.get("each") else str(entry["key"])
    key = NodeKey.of(Label.PRACTICE, local)
    title = str(entry.get("title", entry["row"])).format(place=places.get(first["ags"], ""))
    yield Practice(
        key=key,
        name=title,
        description=str(entry["description"]) if "description" in entry else None,
        evidence=load_vocabulary().term("evidence", str(entry["evidence"])).id,
        programme=_YEARS.sub(r"\1–\2", first["programm_oder_traeger"]),
        url=first["quelle_url"],
    )
    for name, (type, kind) in _LISTS.items():
        ids = entry.get(name, [])
        if not isinstance(ids, list):
            raise InvalidValue("a list of ids", ids, Place(table=str(entry["key"]), column=name))
        for id in ids:
            yield Edge(type, key, concept_key(kind, load_vocabulary().term(kind, str(id)).id))
    for lead in leads:
        yield Edge(EdgeType.APPLIED_IN, key, municipality_key(lead["ags"]))
