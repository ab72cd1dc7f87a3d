"""In which language a request is answered: what its cookie says, else what the browser prefers, else German."""

from flask import Request

from api.settings import LANGUAGES

COOKIE = "kompass_lang"


def wanted_language(request: Request, default: str) -> str:
    """One of LANGUAGES. A page's ``?lang=`` speaks first; who prefers neither language gets the default."""
    for asked in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if asked in LANGUAGES:
            return asked
    return request.accept_languages.best_match(LANGUAGES) or default
