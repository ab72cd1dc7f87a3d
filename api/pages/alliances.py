"""The alliance workshop: a need becomes candidates with reasons, and those a board of seats, all in the address."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.http.caching import depends_on_graph, today
from api.http.current import snapshot, words
from api.http.viewer import Role, viewer
from api.pages.alliance_board import BOARD, board_of
from api.pages.alliance_need import LONGEST, Wish, read_wish
from api.pages.forms import RIGHT, Wrong
from api.pages.frame import SIGN_IN, record_url, term
from api.pages.names import name_of
from api.questions.alliances import compose
from api.questions.directory import Entry, RecordsAsked, find_records
from api.questions.partners import find_partners
from api.words.alliances import PARTS, TeamExplainer, amount_of, grouped
from api.words.partners import PartnerExplainer
from api.words.suggestions import Explainer
from graph_service.errors import Ambiguous, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.vocabulary import load_vocabulary
from matching.naming.municipalities import plain
from matching.naming.nodes import find_node
from matching.partners.matcher import PartnerSuggestion
from matching.teams.composer import LEAST, MOST

alliances = Blueprint("alliance_pages", __name__)
depends_on_graph(alliances)

NEED, CANDIDATES = "/alliances", "/alliances/candidates"
A_LIST = 20
MOST_LISTED = 100
A_PAGE = 20
SHOWN_AMOUNT = 5e-4


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could take part, in words."""

    key: NodeKey
    rank: int
    name: str
    url: str
    about: str
    share: float
    """Of the best one's score."""
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    table: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Existing:
    """An alliance that is recorded, to be checked."""

    name: str
    check: str
    about: str


@alliances.get(NEED)
def describe_need() -> Response | str:
    """What is it about? An alliance that is named goes on to its check."""
    if target := _named_alliance():
        return redirect(target, 303)
    wish = read_wish(request.args)
    if "who" in request.args and not wish.unclear:
        return redirect(wish.address(NEED), 303)
    page = request.args.get("page", 1, type=int)
    found, total = _existing(max(page, 1))
    return render_template(
        "alliances.html",
        steps=_steps(wish, NEED),
        **_asked(wish),
        fields=_terms("field"),
        groups=_terms("target_group"),
        challenges=_challenges(),
        longest=LONGEST,
        existing=found,
        total=total,
        page=max(page, 1),
        pages=-(-total // A_PAGE),
        sought=request.args.get("alliance", "").strip()[:200],
        undone="undone" in request.args,
    )


@alliances.get(CANDIDATES)
def show_candidates() -> Response | str:
    """Who could take part, with reasons for and against."""
    wish = read_wish(request.args)
    if away := _back_to_need(wish, CANDIDATES):
        return away
    here, speak = snapshot(), words()
    limit = min(max(request.args.get("limit", A_LIST, type=int), 1), MOST_LISTED)
    found = find_partners(here, wish.partners(today()), limit=limit + len(wish.without))
    explainer = PartnerExplainer(here.projection, speak)
    suggestions = [each for each in found.suggestions if each.key not in wish.without][:limit]
    best = max((each.score for each in suggestions), default=0.0) or 1.0
    return render_template(
        "alliances_candidates.html",
        steps=_steps(wish, CANDIDATES),
        **_asked(wish),
        answer=_answer(suggestions, found.candidates),
        remarks=list(explainer.remarks(found)),
        candidates=[_candidate(each, explainer, best) for each in suggestions],
        count=found.candidates,
        coverage=found.coverage,
        more=f"{wish.address(CANDIDATES)}&{urlencode({'limit': min(limit * 2, MOST_LISTED)})}"
        if len(suggestions) == limit < MOST_LISTED
        else "",
    )


@alliances.get(BOARD)
def show_board() -> Response | str:
    """The alliance by seats."""
    wish = read_wish(request.args)
    given = {name: request.args.get(name, "").strip()[:LONGEST] for name in ("name", "visibility")}
    return _back_to_need(wish, BOARD) or render_board(wish, given=given)


def render_board(wish: Wish, *, given: Mapping[str, str], wrong: Wrong = RIGHT) -> str:
    """The page of the board; ``given`` is what was typed for a draft, and ``wrong`` why it could not be saved."""
    here = snapshot()
    explainer = Explainer(here.projection, words())
    answer = compose(here, wish.team_need(today()))
    members = [
        f"{member.key.local} {role}".strip() for member in answer.suggestions for role in (member.roles or ("",))
    ]
    return render_template(
        "alliances_board.html",
        steps=_steps(wish, BOARD),
        **_asked(wish),
        board=board_of(answer, wish, TeamExplainer(explainer, amounts=False)),
        without=[(name_of(each), wish.forgetting(each).address(BOARD)) for each in wish.without],
        roles=[(term("alliance_role", each), wish.without_role(each).address(BOARD)) for each in wish.roles],
        size=len(answer.suggestions),
        least=max(LEAST, len(wish.team)),
        most=MOST,
        members=members,
        proposed=given["name"] or _proposed_name(wish),
        visibility=given["visibility"] or "own",
        wrong=wrong,
        on=today(),
        may_save=viewer().role.covers(Role.EDITOR),
        sign_in=f"{SIGN_IN}?{urlencode({'next': wish.address(BOARD)})}",
        shared=f"{request.host_url.rstrip('/')}{wish.address(BOARD)}",
    )


def _answer(suggestions: list[PartnerSuggestion], count: int) -> str:
    speak = words()
    if not suggestions:
        return speak("No recorded actor fits this need.")
    return speak.plural(
        "Of {count} recorded actors one fits: {first}.",
        "Of {count} recorded actors these {n} fit best, first of all: {first}.",
        len(suggestions),
        count=speak.number(count),
        first=suggestions[0].name.removesuffix("."),
    )


def _proposed_name(wish: Wish) -> str:
    parts = [
        ", ".join(term("field", each) for each in wish.all_fields[:2]) or wish.text[:60],
        name_of(wish.municipality) if wish.municipality else "",
    ]
    return words()("Alliance {what}", what=" · ".join(filter(None, parts)))[:200]


def _asked(wish: Wish) -> dict[str, object]:
    """What every step shows of the need."""
    return {
        "wish": wish,
        "place": name_of(wish.municipality) if wish.municipality else wish.place,
        "about": wish.about(),
        "team": [(each.local, name_of(each), record_url(each)) for each in wish.team],
        "hidden": [pair for pair in wish.pairs() if pair[0] not in ("with", "size")],
        "need_url": wish.address(NEED),
        "candidates_url": wish.address(CANDIDATES),
        "board_url": wish.address(BOARD),
    }


def _steps(wish: Wish, current: str) -> list[tuple[str, str, bool]]:
    """The three steps; those that need a need are links once there is one."""
    speak = words()
    labels = (
        (speak("1 What is it about?"), NEED),
        (speak("2 Who could take part?"), CANDIDATES),
        (speak("3 The alliance"), BOARD),
    )
    return [
        (label, wish.address(path) if _open(wish, path, current) else "", path == current) for label, path in labels
    ]


def _open(wish: Wish, path: str, current: str) -> bool:
    return path in (NEED, current) or wish.says_something


def _back_to_need(wish: Wish, path: str) -> Response | None:
    """Where an address does not say enough, or something ambiguous, the first step asks; a typed name is made a key."""
    if wish.unclear or not wish.says_something:
        return redirect(f"{NEED}?{request.query_string.decode()}", 303)
    return redirect(wish.address(path), 303) if "who" in request.args else None


def _candidate(each: PartnerSuggestion, explainer: PartnerExplainer, best: float) -> Candidate:
    return Candidate(
        each.key,
        each.rank,
        each.name,
        record_url(each.key),
        explainer.about(each),
        max(each.score, 0) / best,
        tuple(explainer.speaking_for(each)),
        tuple(explainer.speaking_against(each)),
        tuple(_table(each)),
    )


def _table(each: PartnerSuggestion) -> Iterator[tuple[str, str]]:
    """Every reason with what it adds; the last row is the sum."""
    speak = words()
    for name, reasons in sorted(grouped(each.contributions).items(), key=lambda each: -amount_of(each[1])):
        if abs(amount := amount_of(reasons)) > SHOWN_AMOUNT:
            yield speak(PARTS[name]) if name in PARTS else name, speak.number(amount, 3)
    yield speak("Sum"), speak.number(each.score, 3)


def _terms(kind: str) -> list[tuple[str, str]]:
    language = words().language
    found = [(each.id, each.label(language)) for each in load_vocabulary().terms(kind) if not each.deprecated]
    return found if kind == "target_group" else sorted(found, key=lambda each: plain(each[1]))


def _challenges() -> list[tuple[str, list[tuple[str, str]]]]:
    """The challenges by field of action."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in load_vocabulary().terms("challenge"):
        if not each.deprecated:
            field = (each.broader or "").rpartition(".")[2]
            groups.setdefault(term("field", field), []).append((each.id, each.label(words().language)))
    return sorted(groups.items(), key=lambda each: plain(each[0]))


def _named_alliance() -> str:
    """The check of the alliance whose name was typed, if it is certain."""
    text = request.args.get("alliance", "").strip()[:200]
    if not text:
        return ""
    try:
        return f"{NEED}/{find_node(snapshot().projection, text, (Label.ALLIANCE,)).local}/check"
    except (NotFound, Ambiguous):
        return ""


def _existing(page: int) -> tuple[list[Existing], int]:
    """A page of the alliances that are recorded, those of the name that was typed, by the alphabet."""
    q = request.args.get("alliance", "").strip()[:200]
    found = find_records(snapshot(), RecordsAsked(label=Label.ALLIANCE, q=q, limit=A_PAGE, page=page))
    return [_line(each) for each in found.items], found.total


def _line(each: Entry) -> Existing:
    about = [
        term("alliance_status", each.status) if each.status else "",
        words().list(name_of(town.key) for town in each.municipalities[:3]),
        "; ".join(term("field", field) for field in each.fields[:3]),
    ]
    return Existing(each.name, f"{NEED}/{each.key.local}/check", " · ".join(filter(None, about)))
