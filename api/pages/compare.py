"""Up to five municipalities beside one's own: figures on common scales, over time, what they face and have tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.http.caching import depends_on_graph
from api.http.current import snapshot, words
from api.pages.compare_rows import Head, themes
from api.pages.figures import nearest
from api.pages.frame import record_url, term
from api.pages.municipality import place_tabs
from api.pages.names import name_of
from api.pages.peers_controls import lens_links
from api.pages.peers_view import view_of
from api.questions.comparison import MOST, Comparison, compare
from api.questions.peers import PeerExplained, usual_lens
from api.questions.standing import level_of
from api.words.challenges import severity_words
from api.words.comparison import answer_words, challenges_words, named_beside, structure_words, tried_words
from api.words.peers import lens_name, told_apart
from api.words.suggestions import Explainer
from graph_service.errors import Ambiguous, NotFound
from graph_service.keys import NodeKey
from matching.inventory.offers import Rating
from matching.peers.challenges import SEVERITY

comparison = Blueprint("comparison", __name__)
depends_on_graph(comparison)

SIGNS = "ABCDE"
"""What the others are called in pictures, in their order."""


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike another one is: two scores that stay apart."""

    head: Head
    structure: str
    structure_share: float
    challenges: str
    challenges_share: float | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The others that were asked for, and what in it was not understood."""

    keys: tuple[NodeKey, ...]
    problems: tuple[str, ...]
    candidates: tuple[tuple[str, str], ...]
    exact: bool
    """Whether the address names them by their codes already."""


@comparison.get("/municipalities/<string:code>/compare")
def show_comparison(code: str) -> Response | str:
    """The comparison; without others it offers the nearest ones."""
    here, speak = snapshot(), words()
    key = here.municipality(code)
    chosen = chosen_others(key)
    if not chosen.exact and not chosen.problems:
        return redirect(_address(key, chosen.keys), 303)
    view = view_of(key)
    explainer = Explainer(here.projection, speak)
    found = named_beside(compare(here, view.asked, chosen.keys), explainer)
    heads = _heads(found, explainer)
    differing = request.args.get("only") == "differences"
    rows = [each for each in found.rows if each.differs or not differing]
    return render_template(
        "compare.html",
        key=key,
        name=found.names[0],
        chosen=chosen,
        heads=heads,
        tabs=place_tabs(key, ""),
        answer=answer_words(found, speak),
        alike=[_alike(pair, head, explainer) for pair, head in zip(found.pairs, heads[1:], strict=True)],
        lens=lens_name(view.asked.lens, speak.language),
        lenses=lens_links(view, f"/municipalities/{key.local}/compare"),
        peers=view.address(f"/municipalities/{key.local}/peers"),
        keep=_address(key, chosen.keys),
        themes=list(themes(found, rows, heads, explainer)),
        differing=differing,
        total=len(found.rows),
        shown=len(rows),
        toggle=_address(key, chosen.keys, only=None if differing else "differences"),
        challenges=[
            (term("challenge", id), _rated(row)) for id, row in found.challenges
        ],
        tried=_tried(found, heads),
        suggested=_suggested(key, chosen.keys),
        most=MOST,
        files=_files(key, chosen.keys),
        sources=explainer.sources(each.indicator.key.local for each in rows),
        level=_level(key),
    )  # fmt: skip


def chosen_others(key: NodeKey) -> Chosen:
    """The others in the address: codes, or names that somebody typed."""
    here, speak = snapshot(), words()
    level = level_of(here.projection, key)
    keys: list[NodeKey] = []
    problems: list[str] = []
    candidates: list[tuple[str, str]] = []
    texts = [text for each in request.args.getlist("with") if (text := each.strip()[:200])]
    for text in texts:
        try:
            keys.append(here.municipality(text, level))
        except Ambiguous as error:
            problems.append(speak("Several are called “{text}”. Which one do you mean?", text=text))
            candidates += told_apart(error.candidates, Explainer(here.projection, speak))
        except NotFound:
            problems.append(speak("No municipality is known as “{text}”.", text=text))
    wanted = tuple(each for each in dict.fromkeys(keys) if each != key)
    if len(wanted) > MOST:
        problems.append(speak("At most {n} can be compared at once; the first ones are shown.", n=MOST))
    exact = texts == [each.local for each in wanted]
    return Chosen(wanted[:MOST], tuple(problems), tuple(candidates), exact)


def _address(key: NodeKey, others: Sequence[NodeKey], **changed: str | None) -> str:
    kept = {name: value for name in ("lens", "title", "weights", "only") if (value := request.args.get(name))} | changed
    asked = [
        (name, value) for name, value in kept.items() if value and (name, value) != ("lens", usual_lens(snapshot()).id)
    ]
    asked += [("with", each.local) for each in others]
    path = f"/municipalities/{key.local}/compare"
    return f"{path}?{urlencode(asked)}" if asked else path


def _files(key: NodeKey, others: Sequence[NodeKey]) -> list[tuple[str, str]]:
    speak = words()
    asked = [("with", each.local) for each in others]
    asked += [(name, value) for name in ("lens", "title", "weights") if (value := request.args.get(name))]
    query, base = f"?{urlencode(asked)}" if asked else "", f"/municipalities/{key.local}"
    return [
        (speak("Table (XLSX)"), f"{base}/compare.xlsx{query}"),
        (speak("Table (CSV)"), f"{base}/compare.csv{query}"),
        (speak("Council paper (DOCX)"), f"{base}/peers.docx{query}"),
    ]


def _heads(found: Comparison, explainer: Explainer) -> list[Head]:
    heads = []
    for n, (key, name) in enumerate(zip(found.keys, found.names, strict=True)):
        rest = [each for each in found.keys[1:] if each != key]
        heads.append(
            Head(
                key, SIGNS[n - 1] if n else "", name, explainer.place(key), record_url(key),
                _address(found.keys[0], rest) if n else "",
            )
        )  # fmt: skip
    return heads


def _level(key: NodeKey) -> str:
    level = level_of(snapshot().projection, key)
    return term("level", level.value) if level else ""


def _alike(pair: PeerExplained | None, head: Head, explainer: Explainer) -> Alike:
    return Alike(
        head,
        structure_words(pair, explainer),
        pair.closeness if pair else 0.0,
        challenges_words(pair, explainer.words),
        pair.challenge_score if pair and pair.challenges else None,
    )


def _rated(row: Sequence[Rating | None]) -> list[tuple[str, float, str]]:
    """How hard each rates a challenge: in words, as a share, and who said so when."""
    speak, cells = words(), []
    for each in row:
        if each is None:
            cells.append((speak("not rated"), -1.0, ""))
            continue
        role = term("rater_role", each.rater_role) if each.rater_role else ""
        when = speak.date(each.rated_on) if each.rated_on else ""
        cells.append(
            (
                severity_words(each.severity, speak),
                each.severity / SEVERITY,
                ", ".join(filter(None, (role, when))),
            )
        )
    return cells


def _tried(found: Comparison, heads: Sequence[Head]) -> list[tuple[Head, list[tuple[str, str, str]]]]:
    """For each of them what was tried there: name, page, and how it stands."""
    return [
        (
            head,
            [
                (
                    each.name,
                    record_url(each.key),
                    tried_words(each, term("practice_status", each.status) if each.status else "", words()),
                )
                for each in tried
            ],
        )
        for head, tried in zip(heads, found.tried, strict=True)
    ]


def _suggested(key: NodeKey, chosen: Sequence[NodeKey]) -> list[tuple[str, str]]:
    """The nearest ones that are not there yet: name, and the address with them."""
    if len(chosen) >= MOST:
        return []
    found = [each for each in nearest(snapshot(), key) if each not in chosen][:MOST]
    return [(name_of(each), _address(key, (*chosen, each))) for each in found]
