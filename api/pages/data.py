"""What is in the data: whose they are, how fresh, under which licence, what is missing, and how to take them along."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

import numpy as np
from flask import Blueprint, render_template

from api.http.current import services, snapshot, words
from api.http.viewer import Role, viewer
from api.jobs.imports import KIND
from api.jobs.table import JobState
from api.language import N_, day_of
from api.pages.data_frame import age, tabs
from api.pages.frame import SIGN_IN, has_page, snapshot_status
from api.pages.freshness import amounts
from api.questions.exports import FORMS, list_forms
from api.questions.sources import Source, list_sources
from api.questions.vocabularies import find_vocabulary, list_vocabularies
from api.snapshot import Snapshot
from api.words.datasets import dataset_licences, dataset_title, own_words
from api.words.terms import readable
from graph_service.errors import StoreError
from graph_service.keys import Label
from graph_service.model import EdgeType, Level
from graph_service.projection import LEVELS, Projection
from graph_service.vocabulary import load_vocabulary
from matching.naming.municipalities import plain

data = Blueprint("data_pages", __name__, url_prefix="/data")

ALL_OF_IT = ("districts", "municipalities", "indicators", "practices", "alliances", "offers", "actors")
"""What the overview counts."""
LATEST = 200
"""Among how many imports the last one of each dataset is looked for."""


@dataclass(frozen=True, slots=True)
class Card:
    """A dataset as people read it."""

    id: str
    title: str
    publisher: str
    url: str
    licences: tuple[tuple[str, str], ...]
    counts: str
    values: str
    retrieved: str
    territory: str
    updated: date
    age: str
    rank: int
    report: str


@data.get("")
def show_data() -> str:
    """The overview."""
    here, speak = snapshot(), words()
    try:
        sources, told = list_sources(services(), here.audience).items, True
    except StoreError:
        sources, told = (), False
    reports = _reports() if sources and viewer().role.covers(Role.OFFICE) else {}
    return render_template(
        "data.html",
        tabs=tabs(),
        amounts=amounts(snapshot_status(), speak, ALL_OF_IT),
        cards=[_card(each, reports, _years(each, sources)) for each in sources],
        told=told,
        forms=[(each.purpose, FORMS[each.id].ending[1:].upper(), each.url) for each in list_forms(speak).items],
        missing=list(_missing(here)),
        vocabularies=len(list_vocabularies(here).items),
    )


@data.get("/vocabularies")
def show_vocabularies() -> str:
    """Every controlled term with what it means; those that only a dataset knows, too."""
    kinds = [_vocabulary(each.id) for each in list_vocabularies(snapshot()).items]
    kinds.sort(key=lambda kind: plain(kind.label))
    return render_template("data_vocabularies.html", tabs=tabs(), kinds=kinds)


@dataclass(frozen=True, slots=True)
class Kind:
    """A vocabulary in the reader's language: terms as name, id and definition. ``brought``: by a dataset alone."""

    id: str
    label: str
    terms: tuple[tuple[str, str, str], ...]
    brought: tuple[tuple[str, str, str], ...]


def _vocabulary(id: str) -> Kind:
    found, shipped = find_vocabulary(snapshot(), id), load_vocabulary().by_kind.get(id)
    english = words().language == "en"
    told: dict[bool, list[tuple[str, str, str]]] = {True: [], False: []}
    for each in found.terms:
        if not each.deprecated:
            label, definition = (each.label_en, each.definition_en) if english else (each.label_de, each.definition_de)
            known = shipped is not None and each.id in shipped.terms
            told[known].append((label if label != each.id else readable(each.id), each.id, definition))
    label = (found.label_en if english else found.label_de) if shipped else readable(id)
    return Kind(id, label, tuple(told[True]), tuple(sorted(told[False], key=lambda term: plain(term[0]))))


def _card(source: Source, reports: Mapping[str, str], years: str) -> Card:
    speak = words()
    counts = [word for kind in ("node", "edge", "series", "boundary") if (word := _count(kind, source.claims))]
    updated = day_of(source.updated_at)
    return Card(
        source.id,
        dataset_title(speak, source.id, source.title),
        own_words(speak, source.publisher),
        source.url if source.url.startswith(("https://", "http://")) else "",
        dataset_licences(speak, source.licence),
        speak.list(counts) if counts else "",
        years,
        speak.date(source.retrieved_on) if source.retrieved_on else "",
        speak.date(source.territory_date) if source.territory_date else "",
        updated,
        age(updated),
        source.precedence,
        reports.get(source.id, ""),
    )


def _years(source: Source, sources: Sequence[Source]) -> str:
    """From when the values of a dataset are, where they can be told from those of others; nothing where it has none."""
    if not source.claims.get("series"):
        return ""
    if sum(bool(each.claims.get("series")) for each in sources) > 1:
        return words()("stated beside each value")
    status = snapshot_status()
    first, last = status.first_year, status.last_year
    return "" if first is None else f"{first}" if first == last else f"{first}–{last}"


def _count(kind: str, claims: Mapping[str, int]) -> str:
    """How many claims of a kind there are; nothing where there is none."""
    count, speak = claims.get(kind, 0), words()
    if not count:
        return ""
    match kind:
        case "node":
            return speak.plural("one record", "{n} records", count)
        case "edge":
            return speak.plural("one relation", "{n} relations", count)
        case "series":
            return speak.plural("one time series", "{n} time series", count)
        case _:
            return speak.plural("one boundary", "{n} boundaries", count)


def _reports() -> dict[str, str]:
    """For each dataset the address of the last import that was written."""
    found: dict[str, str] = {}
    for job in services().imports.jobs.jobs(limit=LATEST, kind=KIND, state=JobState.DONE):
        dataset = str((job.report or {}).get("dataset", ""))
        found.setdefault(dataset, f"/data/imports/{job.id}")
    return found


def _missing(here: Snapshot) -> Iterator[tuple[str, str, str]]:
    """What is not there, with a page that helps: sentence, link text, address."""
    speak, projection = words(), here.projection
    spans = projection.spans
    empty = [
        speak(word)
        for count, word in (
            (len(spans[Label.MUNICIPALITY]), N_("districts and municipalities")),
            (len(spans[Label.INDICATOR]), N_("indicators")),
            # what the vocabulary calls challenges says nothing of who faces them
            (len(projection.edges(EdgeType.FACES).source), N_("challenges")),
            (len(spans[Label.ACTOR]), N_("actors")),
            (len(spans[Label.ALLIANCE]), N_("alliances")),
            (len(spans[Label.PRACTICE]), N_("practices")),
            (len(spans[Label.OFFER]), N_("offers")),
            (len(spans[Label.REQUEST]), N_("requests")),
            (len(spans[Label.EXCHANGE]), N_("exchanges")),
        )
        if not count
    ]
    if empty:
        help_ = ("", "")
        if viewer().role.covers(Role.OFFICE):
            help_ = speak("Import a list"), "/data/imports"
        elif viewer().role is Role.ANONYMOUS and has_page(SIGN_IN):
            # the programme office brings lists in
            help_ = speak("Sign in and import a list"), f"{SIGN_IN}?{urlencode({'next': '/data/imports'})}"
        yield speak("None recorded yet: {kinds}.", kinds=speak.list(empty)), *help_
    full, measured = here.prepared("measured-everywhere", _coverage)
    if measured > full:
        yield (
            speak.plural(
                "One indicator lacks values for at least one district.",
                "{n} indicators lack values for at least one district.",
                measured - full,
            ),
            speak("Which ones"),
            "/indicators",
        )
    practices = len(spans[Label.PRACTICE])
    if practices:
        applied = len(np.unique(projection.edges(EdgeType.APPLIED_IN).source))
        if practices > applied:
            yield (
                speak.plural(
                    "Of one practice nobody has recorded where it was tried.",
                    "Of {n} practices nobody has recorded where they were tried.",
                    practices - applied,
                ),
                speak("To the practices"),
                "/practices" if has_page("/practices") else "",
            )


def _coverage(projection: Projection) -> tuple[int, int]:
    """Of how many indicators there are values of every district, and of how many of any."""
    districts = projection.municipalities.level == LEVELS.index(Level.DISTRICT)
    observed = projection.observations
    known = np.isfinite(observed.value) & districts[observed.municipality]
    pairs = np.unique(np.stack([observed.indicator[known], observed.municipality[known]]), axis=1)
    _, counts = np.unique(pairs[0], return_counts=True)
    return int((counts >= int(districts.sum())).sum()), len(counts)
