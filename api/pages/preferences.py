"""What a reader chooses for the pages, kept in cookies: German or English, light or dark."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from api.http.negotiation import COOKIE as LANGUAGE_COOKIE
from api.pages.frame import THEME_COOKIE, THEMES, local_path, set_cookie
from api.settings import LANGUAGES

preferences = Blueprint("preferences", __name__)


@preferences.post("/theme")
def choose_theme() -> Response:
    """Remember light or dark, or nothing of both, and go back to where the reader was."""
    chosen = request.form.get("theme", "")
    response = redirect(local_path(request.form.get("next")), 303)
    set_cookie(response, THEME_COOKIE, chosen if chosen in THEMES else "")
    return response


@preferences.post("/language")
def choose_language() -> Response:
    """Remember a language, and go back to where the reader was."""
    chosen = request.form.get("language", "")
    response = redirect(local_path(request.form.get("next")), 303)
    set_cookie(response, LANGUAGE_COOKIE, chosen if chosen in LANGUAGES else "")
    return response
