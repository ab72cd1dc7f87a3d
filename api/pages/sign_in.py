"""Signing in and out, by password or by the house's own sign-on, and setting a password by a link."""

from collections.abc import Callable

from flask import Blueprint, make_response, redirect, render_template, request
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from api.accounts.attempts import TooManyAttempts
from api.accounts.identities import SIGN_ON_LIVES
from api.http.auth import must_be_secure, remote_address, sign_in, sign_out
from api.http.current import services, words
from api.http.errors import STATUS, Unauthorised
from api.http.viewer import viewer
from api.mail.account_links import send_forgotten
from api.pages.frame import local_path
from graph_service.errors import GraphServiceError

signing_in = Blueprint("signing_in", __name__)

ROUTE = "/sign-in/office"
COOKIE = "kompass_sign_on"
"""Ties a sign-on at the provider to the browser in which it was begun."""


def refusal(action: Callable[[], object]) -> GraphServiceError | None:
    """Do what a form asks for; what was wrong with it, if anything, for the form to say beside its fields."""
    try:
        action()
    except GraphServiceError as error:
        if STATUS.get(error.code, 500) >= 500:
            raise
        return error
    return None


@signing_in.get("/sign-in")
def show_sign_in() -> str | Response:
    """The form."""
    then = local_path(request.args.get("next"))
    return redirect(then, 303) if viewer().account else _form(then)


@signing_in.post("/sign-in")
def sign_in_with_password() -> Response | tuple[str, int]:
    """Sign in, and go on to where one wanted to."""
    then = local_path(request.form.get("next"))
    email, password = request.form.get("email", ""), request.form.get("password", "")
    response = make_response(redirect(then, 303))
    error = refusal(
        lambda: sign_in(
            response, services().accounts.sign_in.with_password(email, password, remote_address()), "password"
        )
    )
    return (_form(then, email, error), STATUS[error.code]) if error else response


def _form(then: str, email: str = "", error: GraphServiceError | None = None) -> str:
    settings = services().settings
    return render_template(
        "sign_in.html",
        keeping=then.startswith("/saved"),
        then=then,
        email=email,
        problem=sentence(error),
        saved=request.args.get("done") == "password" and error is None,
        office=ROUTE if settings.sign_on else None,
        mail=settings.mail is not None,
    )


@signing_in.post("/sign-out")
def end_session() -> Response:
    """Sign out, and begin again at the start page."""
    return sign_out(make_response(redirect("/", 303)))


@signing_in.get(ROUTE)
def go_to_provider() -> Response:
    """Send somebody to the house's own sign-on."""
    url, browser = services().sign_on.begin(_callback(), local_path(request.args.get("next")))
    response = redirect(url, 303)
    response.set_cookie(
        COOKIE,
        browser,
        max_age=int(SIGN_ON_LIVES.total_seconds()),
        path=ROUTE,
        httponly=True,
        samesite="Lax",
        secure=must_be_secure(),
    )
    return response


@signing_in.get(f"{ROUTE}/callback")
def come_back() -> FlaskResponse:
    """Recognise whoever comes back from the provider, and go on to where they wanted to."""
    identity, then = services().sign_on.finish(request.cookies.get(COOKIE, ""))
    account = services().accounts.identities.account(identity)
    response = make_response(redirect(local_path(then), 303))
    response.delete_cookie(COOKIE, path=ROUTE, httponly=True, samesite="Lax", secure=must_be_secure())
    return sign_in(response, account, "sign-on")


def _callback() -> str:
    return f"{services().settings.url}{ROUTE}/callback"


@signing_in.get("/password/forgotten")
def show_forgotten() -> str:
    """The form that asks for a link."""
    return render_template("password_forgotten.html", mail=services().settings.mail is not None, sent=False, email="")


@signing_in.post("/password/forgotten")
def ask_for_link() -> str | tuple[str, int]:
    """Send a link, and say the same whether there is such an account or not."""
    email = request.form.get("email", "")
    error = refusal(lambda: send_forgotten(services(), email, remote_address()))
    mail = services().settings.mail is not None
    page = render_template(
        "password_forgotten.html", mail=mail, sent=error is None, email=email, problem=sentence(error)
    )
    return (page, STATUS[error.code]) if error else page


@signing_in.get("/password/<string(maxlength=200):secret>")
def show_new_password(secret: str) -> str:
    """The form for a new password, while the link is good."""
    return render_template("password_set.html", owner=services().accounts.sign_in.link_owner(secret))


@signing_in.post("/password/<string(maxlength=200):secret>")
def set_password(secret: str) -> Response | tuple[str, int]:
    """Set the password, and have the person sign in with it."""
    found = services().accounts.sign_in
    owner = found.link_owner(secret)
    error = refusal(lambda: found.password_by_link(secret, request.form.get("password", "")))
    if error:
        return render_template("password_set.html", owner=owner, problem=sentence(error)), STATUS[error.code]
    return redirect("/sign-in?done=password", 303)


def sentence(error: GraphServiceError | None) -> str:
    """What was wrong with a form, for the person who filled it in."""
    match error:
        case None:
            return ""
        case TooManyAttempts():
            return words().plural(
                "Several attempts have failed. Please wait one second.",
                "Several attempts have failed. Please wait {n} seconds.",
                error.retry_after,
            )
        case Unauthorised():
            return words()("The e-mail address or the password is not right.")
    return words()("What is needed: {what}.", what=words().phrase(error.expected))
