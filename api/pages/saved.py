"""Kept addresses: keeping the page at hand under a name, finding it again, calling it something else, forgetting it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.http.auth import require_session
from api.http.current import services, words
from api.http.errors import STATUS
from api.http.viewer import viewer
from api.language import N_
from api.pages.frame import SIGN_IN, local_path
from api.pages.sign_in import refusal, sentence
from api.saved import Saved

saved = Blueprint("saved_pages", __name__, url_prefix="/saved")

KINDS = (
    ("network", N_("Views of the network"), ("/network",)),
    ("peers", N_("Comparisons"), ("/peers", "/compare", "/municipalities")),
    ("alliances", N_("Alliances"), ("/alliances",)),
    ("others", N_("Everything else"), ("/",)),
)
"""How the list is put in order: name, heading, and where such addresses lead."""


@dataclass(frozen=True, slots=True)
class Group:
    """What is kept of one kind."""

    id: str
    heading: str
    items: list[Saved]


@saved.get("")
def show_saved() -> str | Response:
    """The list; with ?address= also the form that keeps it. Who is not signed in may do that first."""
    if viewer().account is None:
        return redirect(f"{SIGN_IN}?{urlencode({'next': request.full_path.rstrip('?')})}", 303)
    return _page(require_session(), name=request.args.get("name", ""))


def _page(account: str, *, name: str = "", problem: str = "") -> str:
    items = services().saved.of(account)
    kept = next((each for each in items if each.id == request.args.get("kept")), None)
    return render_template(
        "saved.html",
        groups=list(_groups(items)),
        count=len(items),
        address=local_path(request.values.get("address"), ""),
        name=name[:120],
        kept=kept,
        forgotten=request.args.get("forgotten", ""),
        forgotten_address=local_path(request.args.get("was"), ""),
        problem=problem,
    )


def _groups(items: list[Saved]) -> Iterator[Group]:
    """The kept ones by what they show, each once."""
    left = list(items)
    for id, heading, paths in KINDS:
        mine = [each for each in left if id == "others" or _lies_in(each.address, paths)]
        left = [each for each in left if each not in mine]
        if mine:
            yield Group(id, words()(heading), mine)


def _lies_in(address: str, paths: tuple[str, ...]) -> bool:
    path = urlsplit(address).path
    return any(path == each or path.startswith(f"{each}/") for each in paths)


@saved.post("")
def keep() -> Response | tuple[str, int]:
    """Keep an address; the list then says so."""
    account = require_session()
    name, address = request.form.get("name", ""), local_path(request.form.get("address"), "")
    made: list[Saved] = []
    return _then(
        account, lambda: made.append(services().saved.keep(account, name, address)), lambda: {"kept": made[0].id}, name
    )


@saved.post("/<string:id>/renamed")
def rename(id: str) -> Response | tuple[str, int]:
    """Call one something else."""
    account = require_session()
    name = request.form.get("name", "")
    return _then(account, lambda: services().saved.rename(account, id, name), lambda: {"kept": id})


@saved.post("/<string:id>/forgotten")
def forget(id: str) -> Response | tuple[str, int]:
    """Forget one; the list then offers to keep it after all."""
    account = require_session()
    was = services().saved.get(account, id)
    gone = {"forgotten": was.name, "was": was.address}
    return _then(account, lambda: services().saved.forget(account, id), lambda: gone)


def _then(
    account: str, act: Callable[[], object], said: Callable[[], dict[str, str]], name: str = ""
) -> Response | tuple[str, int]:
    """Back to the list, which says what was done, or what was wrong."""
    if error := refusal(act):
        return _page(account, name=name, problem=sentence(error)), STATUS[error.code]
    return redirect(f"/saved?{urlencode(said())}", 303)
