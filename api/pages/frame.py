"""What all pages share: the frame around them, the words and numbers of templates, and how an error looks."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.metadata import version
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import quote, urlencode, urlsplit

from flask import Flask, Response, current_app, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from api.http.caching import BUILT, leave_out
from api.http.current import services, snapshot, words
from api.http.negotiation import COOKIE as LANGUAGE_COOKIE
from api.http.viewer import Role, viewer
from api.language import N_
from api.pages.assets import Assets
from api.pages.freshness import DataStatus, amounts, data_status
from api.questions.sources import list_datasets
from api.settings import LANGUAGES
from api.words.places import beside
from api.words.terms import label_words, term_words
from graph_service.errors import GraphServiceError, StoreError
from graph_service.keys import Label, NodeKey
from graph_service.vocabulary import load_vocabulary

THEME_COOKIE = "kompass_theme"
THEMES = ("light", "dark")
YEAR = 365 * 24 * 60 * 60

NAVIGATION = (
    (N_("Compare"), "/peers"),
    (N_("Practice"), "/practices"),
    (N_("Exchanges"), "/exchanges"),
    (N_("Alliance"), "/alliances"),
    (N_("Requests"), "/requests"),
    (N_("Offers"), "/offers"),
    (N_("Network"), "/network"),
    (N_("Atlas"), "/atlas"),
    (N_("Data"), "/data"),
)
"""The main navigation: three doors for each of three groups of users; one that this installation lacks is left out."""
OF_A_PLACE = MappingProxyType(
    {
        "peers": "/peers",
        "compare": "/peers",
        "lens": "/peers",
        "practices": "/practices",
        "offers": "/offers",
    }
)
"""Behind which door the pages of a municipality are: /municipalities/08119/compare is behind /peers."""
FOOTER = ("indicators", "practices", "sources")
"""What every page says of the data."""
SIGN_IN = "/sign-in"
ACCOUNT = "/account"

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Door:
    """A link of the frame, and whether the reader stands behind it."""

    label: str
    url: str
    current: bool


def install_pages(app: Flask) -> None:
    """Give templates what all of them use."""
    assets = Assets(app.static_folder or "", app.static_url_path or "/static")
    app.extensions[BUILT] = assets.build
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        _=_say,
        ngettext=_say_many,
        language=lambda: words().language,
        language_url=language_url,
        theme=theme,
        navigation=navigation,
        has_page=has_page,
        record_url=record_url,
        operator=lambda: services().settings.operator,
        contact=lambda: services().settings.contact,
        imprint_url=lambda: services().settings.imprint_url,
        source_url=lambda: services().settings.source_url,
        account_door=account_door,
        data_status=shown_status,
        amounts_in=lambda status: amounts(status, words(), FOOTER),
        stale=lambda: services().stale,
        release=version("buendniskompass"),
        stylesheets=assets.stylesheets,
        script=assets.script,
        here=lambda: request.full_path.rstrip("?"),
        url_with=url_with,
        term=term,
        viewer=viewer,
        role=Role,
    )
    app.jinja_env.filters.update(
        number=lambda value, digits=None: words().number(value, digits),
        percent=lambda share, digits=0: words().percent(share, digits),
        period=lambda text: words().period(text),
        day=lambda day: words().date(day if isinstance(day, date) else date.fromisoformat(str(day)[:10])),
        moment=lambda time: words().moment(time),
        listed=lambda items: words().list(items),
        phrase=lambda text: words().phrase(text),
        theirs=theirs,
        beside=beside,
        first_of=first_of,
    )
    app.after_request(_remember_language)
    app.after_request(assets.keep)


def _say(message: str, /, **values: object) -> str:
    return words()(message, **values)


def _say_many(one: str, many: str, n: int, /, **values: object) -> str:
    return words().plural(one, many, n, **values)


def language_url(language: str) -> str:
    """The page at hand in another language."""
    return url_with(lang=language)


def theirs(text: str) -> str:
    """Somebody's own words, which are in the installation's language even where the page speaks another."""
    home = services().settings.language
    return Markup('<span lang="{}">{}</span>').format(home, text) if text and home != words().language else text


def url_with(**values: object) -> str:
    """The page at hand with these query values changed; None takes one away."""
    kept = {name: request.args.getlist(name) for name in request.args if name not in values}
    asked = [(name, each) for name, each_of in kept.items() for each in each_of]
    asked += [(name, str(value)) for name, value in values.items() if value is not None]
    return f"{request.path}?{urlencode(asked)}" if asked else request.path


def theme() -> str:
    """Light or dark if the reader chose one, else nothing."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def navigation() -> list[Door]:
    """The pages of the main navigation that this installation has."""
    return [Door(words()(label), path, path == _door()) for label, path in NAVIGATION if has_page(path)]


def _door() -> str:
    """The door behind which the reader stands."""
    first, _, rest = request.path[1:].partition("/")
    place, _, page = rest.partition("/")
    return OF_A_PLACE.get(page.partition("/")[0], "") if first == "municipalities" and place else f"/{first}"


def has_page(path: str) -> bool:
    """Whether a page answers here."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the object behind flask's proxy
    return _answers(app, path)


@cache
def _answers(app: Flask, path: str) -> bool:
    try:
        endpoint, _ = app.url_map.bind("").match(path, method="GET")
    except (RequestRedirect, MethodNotAllowed):
        return True
    except HTTPException:
        return False
    return bool(endpoint != "static")


PLACES: Mapping[Label, str] = MappingProxyType(
    {
        Label.MUNICIPALITY: "/municipalities",
        Label.ACTOR: "/actors",
        Label.ALLIANCE: "/alliances",
        Label.PRACTICE: "/practices",
        Label.OFFER: "/offers",
        Label.REQUEST: "/requests",
        Label.EXCHANGE: "/exchanges",
        Label.INDICATOR: "/indicators",
    }
)
"""Where the pages of records are; each has its local key as name."""


def record_url(key: str) -> str:
    """The page of a record; nothing where this installation has no such page."""
    node = NodeKey(key)
    if node.label is Label.CONCEPT:
        kind, _, id = node.local.partition(".")
        listed = kind in ("challenge", "field") and has_page("/practices")
        return f"/practices?{urlencode({kind: id})}" if listed else ""
    place = PLACES[node.label]
    url = f"{place}/{quote(node.local)}"
    return url if has_page(f"{place}/x") else ""


def first_of(items: Sequence[T], most: int) -> Sequence[T]:
    """The first few; all where no more than two would be left over, for a line that counts them is as long."""
    return items if len(items) <= most + 2 else items[:most]


def account_door() -> Door | None:
    """Where to sign in, or one's own account; nothing where the installation has no accounts."""
    if viewer().account is not None and has_page(ACCOUNT):
        return Door(words()("My account"), ACCOUNT, request.path.startswith(ACCOUNT))
    if not has_page(SIGN_IN):
        return None
    back = "/" if request.path == SIGN_IN else request.full_path.rstrip("?")
    return Door(words()("Sign in"), f"{SIGN_IN}?{urlencode({'next': back})}", request.path == SIGN_IN)


def shown_status() -> DataStatus | None:
    """What is in the data, for the footer; nothing while the store cannot be asked."""
    try:
        return snapshot_status()
    except GraphServiceError:
        return None


def snapshot_status() -> DataStatus:
    """What is in the data and how fresh, as the viewer may see it; raises StoreError where nothing is known yet."""
    here = snapshot()
    status = here.prepared("data-status", data_status)
    try:
        return replace(status, sources=len(list_datasets(services(), here)))
    except StoreError:
        leave_out()
        return status


def term(vocabulary: str, id: str) -> str:
    """What a term is called in the reader's language."""
    found = load_vocabulary().find(vocabulary, id)
    language = words().language
    return label_words(found, language) if found else term_words(snapshot().projection, language, vocabulary, id)


def local_path(target: str | None, otherwise: str = "/") -> str:
    """An address to go on to, if it lies within this site."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc or any(ord(c) < 32 for c in target) else target


def set_cookie(response: AnyResponse, name: str, value: str) -> None:
    """Remember a choice of the reader for a year, or forget it."""
    if value:
        response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure)
    else:
        response.delete_cookie(name, samesite="Lax", secure=request.is_secure)


def _remember_language(response: Response) -> Response:
    asked = request.args.get("lang")
    if asked in LANGUAGES and asked != request.cookies.get(LANGUAGE_COOKIE) and not request.path.startswith("/api/"):
        set_cookie(response, LANGUAGE_COOKIE, asked)
    return response
