"""Kept addresses: keeping the page at hand under a name, the list of them, forgetting one."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.http.auth import require_session
from api.http.current import services
from api.pages.frame import local_path

saved = Blueprint("saved_pages", __name__, url_prefix="/saved")


@saved.get("")
def show_saved() -> str:
    """The list; with ?address= also the form that keeps it."""
    account = require_session()
    address = local_path(request.args.get("address"), "")
    return render_template(
        "saved.html", items=services().saved.of(account), address=address, name=request.args.get("name", "")[:120]
    )


@saved.post("")
def keep() -> Response:
    """Keep an address, and go back to it."""
    address = local_path(request.form.get("address"), "")
    services().saved.keep(require_session(), request.form.get("name", ""), address)
    return redirect("/saved", 303)


@saved.post("/<string:id>/forgotten")
def forget(id: str) -> Response:
    """Forget one."""
    services().saved.forget(require_session(), id)
    return redirect("/saved", 303)
