"""The house's own sign-on, against a real OpenID provider, with a browser between the two."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import flask
import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from oidc_provider_mock import User
from oidc_provider_mock import app as provider_app
from oidc_provider_mock._app import AuthorizationCodeGrant
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from api.app import create_app
from api.http.sign_on import identity_of, role_of
from api.http.viewer import Role
from api.service_settings import SignOnSettings
from api.services import Services
from api.settings import Settings
from graph_service.errors import InvalidValue

HERE = "http://127.0.0.1"
CALLBACK = "/sign-in/office/callback"
ROLES = (("kompass-editor", "editor"), ("kompass-office", "office"), ("kompass-admin", "admin"))
MARIA = {
    "email": "maria@stadt.example",
    "email_verified": True,
    "name": "Maria Muster",
    "realm_access": {"roles": ["other", "kompass-editor", "kompass-office"]},
    "ags": "08136",
}


OURS, STRANGER = RSAKey.generate_key(2048), RSAKey.generate_key(2048)


class Provider:
    """A provider as it stands in an office, strict about PKCE; told what to say wrongly, it does."""

    def __init__(self) -> None:
        self.app = provider_app(
            require_nonce=True,
            user_claims=[User(sub="maria", claims=dict(MARIA)), User(sub="gast", claims={"email": "g@x.example"})],
        )
        self.challenges: set[str] = set()
        self.verified = 0
        self.change: Callable[[dict[str, object]], dict[str, object]] | None = None
        self.key: RSAKey | None = None
        self.called = ""
        self.app.before_request(self._check_pkce)
        self.app.after_request(self._spoil)
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def _check_pkce(self) -> tuple[dict[str, str], int] | None:
        request = flask.request
        if request.path == "/oauth2/authorize":
            assert request.args["code_challenge_method"] == "S256"
            assert len(request.args["state"]) >= 20
            self.challenges.add(request.args["code_challenge"])
        if request.path == "/oauth2/token":
            made = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(made).rstrip(b"=").decode() not in self.challenges:
                return {"error": "invalid_grant"}, 400
            self.verified += 1
        return None

    def _spoil(self, response: flask.Response) -> flask.Response:
        if self.change and flask.request.path == "/oauth2/token" and response.status_code == 200:
            said = json.loads(response.get_data())
            header, payload, _ = said["id_token"].split(".")
            read = [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (header, payload)]
            key = self.key or STRANGER
            said["id_token"] = jwt.encode({"alg": "RS256", **read[0]}, self.change(read[1]), key)
            response.set_data(json.dumps(said))
        if self.called and flask.request.path == "/.well-known/openid-configuration":
            response.set_data(json.dumps(json.loads(response.get_data()) | {"issuer": self.called}))
        if self.key and flask.request.path == "/jwks":
            response.set_data(json.dumps({"keys": [self.key.as_dict(private=False)]}))
        return response

    def lie(self, *, with_our_key: bool = True, **claims: object) -> None:
        """Say something else in ID tokens, signed by the provider's key, or by somebody else's."""
        self.key = OURS if with_our_key else None

        def change(said: dict[str, object]) -> dict[str, object]:
            said.pop("at_hash", None)
            return {name: value for name, value in (said | claims).items() if value is not None}

        self.change = change


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    found = Provider()
    thread = Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


@pytest.fixture
def provider(running: Provider) -> Provider:
    """The provider, honest again whatever it was told before."""
    running.change = running.key = None
    running.called = ""
    running.verified = 0
    return running


Make = Callable[..., Flask]


@pytest.fixture
def make_app(tmp_path: Path, provider: Provider) -> Make:
    def made(**changes: object) -> Flask:
        values = {
            "issuer": provider.issuer,
            "client_id": "kompass",
            "client_secret": "geheim",
            "role_claim": "realm_access.roles",
            "roles": ROLES,
            "municipality_claim": "ags",
        }
        settings = Settings(
            store=f"sqlite:///{tmp_path / 'kompass.db'}",
            cache=tmp_path,
            url=HERE,
            sign_on=SignOnSettings(**(values | changes)),
        )
        return create_app(settings)

    return made


@pytest.fixture
def app(make_app: Make) -> Flask:
    return make_app()


@pytest.fixture
def services(app: Flask) -> Services:
    return app.extensions["kompass"]


def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def leave(client: FlaskClient, then: str = "/account") -> str:
    """Go to the provider; its address."""
    answer = client.get(f"/sign-in/office?next={then}", base_url=HERE)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def at_provider(address: str, sub: str = "maria", action: str = "authorize") -> str:
    """Sign in there; the address to come back to, without the site."""
    answer = requests.post(address, data={"sub": sub, "action": action}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == HERE + CALLBACK
    return f"{back.path}?{back.query}"


def come_back(client: FlaskClient, path: str) -> TestResponse:
    return client.get(path, base_url=HERE)


def sign_in(client: FlaskClient, sub: str = "maria", then: str = "/account") -> TestResponse:
    return come_back(client, at_provider(leave(client, then), sub))


def who(client: FlaskClient) -> dict[str, object] | None:
    answer = client.get("/api/v1/me", base_url=HERE)
    return answer.json["account"] if answer.status_code == 200 else None


def test_whoever_the_provider_recognises_is_signed_in_with_role_and_municipality(app, provider):
    client = browser(app)
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    me = who(client)
    assert (me["email"], me["name"], me["role"]) == ("maria@stadt.example", "Maria Muster", "office")
    assert me["municipality"] == "municipality:08136"
    assert provider.verified == 1
    cookies = [value.split(";")[0] for value in answer.headers.getlist("Set-Cookie")]
    assert any(re.fullmatch(r"kompass_session=[\w-]{43}", cookie) for cookie in cookies)
    assert "kompass_sign_on=" in cookies


def test_the_same_person_gets_the_same_account(app, services):
    for _ in range(2):
        sign_in(browser(app))
    assert len(services.accounts.registry.all()) == 1


def test_the_sign_in_page_offers_it(app):
    assert "/sign-in/office?next=" in browser(app).get("/sign-in?next=/peers").text


def test_somebody_without_a_role_stays_outside(app):
    client = browser(app)
    assert sign_in(client, "gast").status_code == 403
    assert who(client) is None


def test_an_account_made_by_an_administrator_is_joined_by_its_verified_address(make_app):
    app = make_app(roles=())
    made = app.extensions["kompass"].accounts.registry.add("maria@stadt.example", Role.READER)
    client = browser(app)
    sign_in(client)
    assert who(client)["id"] == made.id
    assert who(client)["role"] == "reader"


def test_an_address_that_is_not_verified_takes_no_account(app, services, provider):
    services.accounts.registry.add("maria@stadt.example", Role.ADMIN)
    provider.lie(email_verified=False)
    client = browser(app)
    assert sign_in(client).status_code == 409
    assert who(client) is None


def test_saying_no_at_the_provider_signs_nobody_in(app):
    client = browser(app)
    assert come_back(client, at_provider(leave(client), action="deny")).status_code == 401
    assert who(client) is None


def test_a_way_back_works_once(app):
    client = browser(app)
    path = at_provider(leave(client))
    assert come_back(client, path).status_code == 303
    client.delete_cookie("kompass_session", domain="127.0.0.1")
    assert come_back(client, path).status_code == 401
    assert who(client) is None


def test_another_browser_cannot_be_made_to_come_back(app):
    attacker, victim = browser(app), browser(app)
    path = at_provider(leave(attacker))
    leave(victim)
    assert come_back(victim, path).status_code == 401
    assert who(victim) is None


@pytest.mark.parametrize("change", [("state=", "state=x"), ("code=", "code=x")])
def test_a_changed_way_back_leads_nowhere(app, change):
    client = browser(app)
    assert come_back(client, at_provider(leave(client)).replace(*change)).status_code == 401
    assert who(client) is None


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=access_denied"])
def test_a_way_back_that_was_never_begun_leads_nowhere(app, query):
    assert come_back(browser(app), CALLBACK + query).status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": "another-client", "azp": "kompass"},
        {"aud": None},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"sub": None},
    ],
)
def test_a_token_that_was_not_made_for_this_sign_in_is_refused(app, provider, claims):
    client = browser(app)
    way = leave(client)
    provider.lie(**claims)
    assert come_back(client, at_provider(way)).status_code == 401
    assert who(client) is None


def test_a_token_signed_by_somebody_else_is_refused(app, provider):
    provider.lie(with_our_key=False)
    client = browser(app)
    assert sign_in(client).status_code == 401


def test_a_token_like_it_signed_by_the_provider_is_accepted(app, provider):
    provider.lie()
    client = browser(app)
    assert sign_in(client).status_code == 303
    assert who(client)["role"] == "office"


def test_claims_that_the_token_leaves_out_are_asked_for(app, provider):
    provider.lie(email=None, realm_access=None)
    client = browser(app)
    assert sign_in(client).status_code == 303
    assert (who(client)["email"], who(client)["role"]) == ("maria@stadt.example", "office")


def test_a_client_without_a_secret_is_protected_by_pkce(make_app, provider, monkeypatch):
    # this provider knows such clients, but does not list them
    monkeypatch.setattr(AuthorizationCodeGrant, "TOKEN_ENDPOINT_AUTH_METHODS", ["none"])
    client = browser(make_app(client_secret=""))
    assert sign_in(client).status_code == 303
    assert provider.verified == 1


def test_a_provider_that_calls_itself_otherwise_is_not_used(app, provider):
    provider.called = "https://other.example"
    assert browser(app).get("/sign-in/office", base_url=HERE).status_code == 503


def test_a_provider_that_is_down_is_said_and_passwords_still_work(make_app):
    app = make_app(issuer="http://127.0.0.1:9")
    answer = browser(app).get("/sign-in/office", base_url=HERE)
    assert answer.status_code == 503
    assert browser(app).get("/sign-in").status_code == 200


def test_without_a_provider_there_is_no_such_page(tmp_path):
    app = create_app(Settings(store=f"sqlite:///{tmp_path / 'kompass.db'}", cache=tmp_path))
    assert browser(app).get("/sign-in/office").status_code == 404
    assert "/sign-in/office" not in browser(app).get("/sign-in").text


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_to_another_site_afterwards(app, then):
    assert sign_in(browser(app), then=then).headers["Location"] == "/"


def test_the_address_of_the_way_back_is_set_and_not_taken_from_the_request(app):
    answer = browser(app).get("/sign-in/office", base_url="http://evil.example")
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert asked["redirect_uri"] == [HERE + CALLBACK]
    assert asked["scope"] == ["openid email profile"]
    assert {"nonce", "state", "code_challenge"} <= asked.keys()
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "HttpOnly" in answer.headers["Set-Cookie"]


# --- what claims stand for ---


@pytest.mark.parametrize(
    ("said", "role"),
    [
        (["kompass-editor", "kompass-admin"], Role.ADMIN),
        ("kompass-office", Role.OFFICE),
        (["nothing"], None),
        ([], None),
        (None, None),
        ({"kompass-admin": True}, None),
        ("kompass-admin-not", None),
    ],
)
def test_the_highest_role_counts_and_nothing_else_gives_one(said, role):
    assert role_of(said, ROLES) is role


def test_a_claim_may_have_a_dot_in_its_own_name():
    settings = SignOnSettings(issuer="https://i", client_id="c", role_claim="https://stadt.example/roles", roles=ROLES)
    claims = {"sub": "1", "email": "a@b.example", "https://stadt.example/roles": "kompass-editor"}
    assert identity_of(claims, settings).role is Role.EDITOR


def test_a_wrong_municipality_is_refused():
    settings = SignOnSettings(issuer="https://i", client_id="c", municipality_claim="ags")
    with pytest.raises(InvalidValue):
        identity_of({"sub": "1", "email": "a@b.example", "ags": "Aalen / Württemberg"}, settings)
