"""How an error looks as a page: what happened, what it means, what to do."""

import logging
from collections.abc import Mapping

from flask import Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from api.http.current import words
from api.http.errors import LinkEnded
from api.language import N_
from api.pages.frame import local_path
from graph_service.keys import Label

log = logging.getLogger(__name__)

WHAT_NOW: Mapping[int, tuple[str, str, str]] = {
    401: (
        N_("Please sign in"),
        N_("This page is for people with an account at this installation."),
        N_("Sign in, then you come back to this page."),
    ),
    403: (
        N_("Your account may not do this"),
        N_("The page is there, but your role does not include it."),
        N_("Whoever looks after the accounts at your office can change that."),
    ),
    404: (
        N_("There is no such page here"),
        N_("The address may be mistyped, or what it showed was removed or renamed."),
        N_("Search for what you were looking for, or begin at the start page."),
    ),
    405: (
        N_("This address cannot be opened by itself"),
        N_("It only takes what a form sends."),
        N_("Go back to the page with the form and send it from there."),
    ),
    409: (
        N_("That is not clear yet"),
        N_("Several fit what was asked for, or it contradicts what is recorded."),
        N_("Choose one of the possibilities, or change what you entered."),
    ),
    413: (
        N_("That is too much at once"),
        N_("More was sent than is accepted in one go."),
        N_("Send a smaller file or a shorter text."),
    ),
    422: (
        N_("Something in the address or the form does not fit"),
        N_("One of the values is not possible here."),
        N_("Correct it and try again."),
    ),
    429: (
        N_("Too many requests in a short time"),
        N_("The service slows down so that it stays available to everybody."),
        N_("Wait a minute and try again."),
    ),
    503: (
        N_("The data cannot be reached right now"),
        N_("The service runs, but its database does not answer. Nothing was lost."),
        N_("Try again in a few minutes. If it lasts, tell whoever runs this installation."),
    ),
    500: (
        N_("Something went wrong on our side"),
        N_("This is a mistake in the program, not in what you did."),
        N_("Try again. If it happens once more, tell whoever runs this installation when and on which page."),
    ),
}
"""What to say for a status: what happened, what it means, what to do."""

LINK_ENDED = (
    N_("This link is no longer valid"),
    N_("Such links can be used once, and only for a certain time."),
    N_("If you have used it already, there is nothing more to do. Otherwise have a new one sent to you."),
)
"""What to say where a page was reached by a link from a mail."""
RESENT = "/password/"
"""Where links lie that anybody can have sent anew."""

_PLAINLY = frozenset({401, 403, 404, 429, 500, 503})
"""Where the technical sentence tells a reader nothing more."""


_PASSING = frozenset({429, 500, 503})
"""What may be over when the same is asked once more."""
_SECRET = frozenset({"password", "old", "new"})
"""Fields of forms that are never shown again."""


def render_problem(details: Mapping[str, object], status: int, error: Exception | None = None) -> Response:
    """An error as a page."""
    ended = isinstance(error, LinkEnded)
    title, meaning, remedy = LINK_ENDED if ended else WHAT_NOW.get(status) or WHAT_NOW[422 if status < 500 else 500]
    speak = words()
    try:
        page = render_template(
            "error.html",
            title=speak(title),
            meaning=speak(meaning),
            remedy=speak(remedy),
            status=status,
            detail=details.get("detail", "") if _tells_more(details, status) else "",
            sought=_sought(details, status),
            fresh=f"{RESENT}forgotten" if ended and request.path.startswith(RESENT) else "",
            candidates=details.get("candidates", ()),
            unsent=_unsent() if status == 401 else [],
            again=local_path(request.full_path.rstrip("?")) if status in _PASSING and request.method == "GET" else "",
        )
    except Exception:  # the frame itself is broken: say so without it, rather than nothing
        log.exception("the page for status %d cannot be made", status)
        return Response(f"{speak(title)}\n\n{speak(remedy)}\n", status, content_type="text/plain; charset=utf-8")
    return make_response(page, status)


def _tells_more(details: Mapping[str, object], status: int) -> bool:
    """Whether the technical sentence is ours and says something to a reader."""
    return "expected" in details and status not in _PLAINLY


def _sought(details: Mapping[str, object], status: int) -> str:
    """What an address named that is not recorded, so that it can be searched for."""
    found = str(details.get("found") or "") if status == 404 and "expected" in details else ""
    label, _, local = found.partition(":")
    return local if local and label.capitalize() in set(Label) else found


def _unsent() -> list[tuple[str, str]]:
    """What was in a form that came after its session had ended, so that it can be sent once more and nothing is lost.

    Only pages of this site can have sent it: forms of other sites are refused before.
    """
    try:
        if request.method != "POST" or request.files or not _SECRET.isdisjoint(request.form):
            return []
    except HTTPException:  # more than is taken at once, or no form at all
        return []
    return [(name, value) for name, values in request.form.lists() for value in values]
