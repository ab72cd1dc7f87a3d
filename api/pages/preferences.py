"""What a reader chooses for the pages, kept in a cookie: light or dark."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from api.pages.frame import THEME_COOKIE, THEMES, local_path, set_cookie

preferences = Blueprint("preferences", __name__)


@preferences.post("/theme")
def choose_theme() -> Response:
    """Remember light or dark, or nothing of both, and go back to where the reader was."""
    chosen = request.form.get("theme", "")
    response = redirect(local_path(request.form.get("next")), 303)
    set_cookie(response, THEME_COOKIE, chosen if chosen in THEMES else "")  # type: ignore[arg-type]
    return response
