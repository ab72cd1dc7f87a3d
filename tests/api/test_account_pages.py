"""The pages of an account work as a person uses them, without script."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.accounts.model import ROLES, Scope
from api.accounts.passwords import Passwords
from api.accounts.service import Accounts
from api.app import create_app
from api.http.viewer import Role
from api.pages.account import ROLE_WORDS, SCOPE_WORDS
from api.service_settings import MailSettings
from api.services import Services
from api.settings import Settings

GOOD = "ein Apfel im Schnee"
BETTER = "drei Birnen am Zaun"
MAIL = MailSettings(scheme="smtp+plain", host="localhost", port=1, sender="kompass@stadt.example")
Make = Callable[..., Flask]


@pytest.fixture
def make_app(tmp_path: Path) -> Make:
    def made(**changes: object) -> Flask:
        services = Services(Settings(store=f"sqlite:///{tmp_path / 'kompass.db'}", cache=tmp_path, **changes))
        services.__dict__["_accounts"] = Accounts.on(services.state, passwords=Passwords(memory_kib=8, rounds=1))
        services.accounts.registry.add("buero@stadt.example", Role.OFFICE, name="Büro", password=GOOD)
        return create_app(services.settings, services)

    return made


@pytest.fixture
def app(make_app: Make) -> Flask:
    return make_app()


@pytest.fixture
def accounts(app: Flask) -> Accounts:
    return app.extensions["kompass"].accounts


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def sign_in(client: FlaskClient, password: str = GOOD, then: str = "/account") -> TestResponse:
    return client.post("/sign-in", data={"email": "buero@stadt.example", "password": password, "next": then})


def test_a_person_signs_in_and_arrives_where_she_wanted_to(client):
    page = client.get("/sign-in?next=/account")
    assert 'value="/account"' in page.text
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert "buero@stadt.example" in client.get("/account").text
    assert client.get("/sign-in").status_code == 303


def test_a_wrong_password_is_said_on_the_form_and_never_repeated(client):
    answer = sign_in(client, "nicht das richtige")
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert 'value="buero@stadt.example"' in answer.text
    assert "nicht das richtige" not in answer.text


@pytest.mark.parametrize("then", ["https://evil.example", "//evil.example", "/\\evil.example", ""])
def test_nobody_is_sent_to_another_site(client, then):
    assert sign_in(client, then=then).headers["Location"] == "/"


def test_whoever_is_not_signed_in_sees_no_account(client):
    for path in ("/account", "/account/export"):
        assert client.get(path).status_code == 401
    for path in ("/account", "/account/password", "/account/tokens", "/account/erasure", "/account/tokens/x"):
        assert client.post(path).status_code == 401


def test_signing_out_ends_the_session(client):
    sign_in(client)
    assert client.post("/sign-out").headers["Location"] == "/"
    assert client.get("/account").status_code == 401


def test_pages_of_an_account_are_kept_by_nobody(client):
    sign_in(client)
    assert client.get("/account").headers["Cache-Control"] == "no-store"


def test_one_button_of_the_account_is_the_first_to_use(client):
    sign_in(client)
    page = client.get("/account").text
    assert page.count("kern-btn--primary") == 1
    assert 'href="/peers"' in client.get("/saved").text.partition("kern-btn--primary")[2][:20]


def test_name_and_language_are_changed(client, accounts):
    sign_in(client)
    answer = client.post("/account", data={"name": "Jugendamt", "language": "en"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account?done=about")
    assert "Name und Sprache sind gespeichert" in client.get("/account?done=about").text
    assert client.get("/account?done=x").status_code == 200
    changed = accounts.registry.find("buero@stadt.example")
    assert (changed.name, changed.language) == ("Jugendamt", "en")
    assert client.post("/account", data={"name": "x", "language": "fr"}).status_code == 422


def test_a_token_is_shown_once_and_revoked(client, accounts):
    sign_in(client)
    made = client.post("/account/tokens", data={"name": "Skript", "scopes": ["read", "import"], "days": "7"})
    secret = re.search(r"<code>(bk_[\w-]{43})</code>", made.text)[1]
    _, token = accounts.tokens.find(secret)
    assert token.scopes == {Scope.READ, Scope.IMPORT}
    again = client.get("/account").text
    assert secret not in again
    assert "Skript" in again
    assert client.post(f"/account/tokens/{token.id}").status_code == 303
    assert accounts.tokens.find(secret) is None
    assert "Skript" not in client.get("/account").text


@pytest.mark.parametrize("wrong", [{"days": "x"}, {"days": "999"}, {"name": ""}, {"scopes": []}])
def test_a_token_that_cannot_be_is_said_beside_its_form(client, wrong):
    sign_in(client)
    answer = client.post("/account/tokens", data={"name": "Skript", "scopes": ["read"], "days": "7"} | wrong)
    assert answer.status_code == 422
    assert answer.text.index('id="tokens"') < answer.text.rindex('role="alert"')


def test_a_session_elsewhere_is_ended(client, app):
    sign_in(client)
    elsewhere = app.test_client()
    sign_in(elsewhere)
    (path,) = re.findall(r'action="(/account/sessions/[^"]+)"', client.get("/account").text)
    assert client.post(path).status_code == 303
    assert elsewhere.get("/account").status_code == 401
    assert client.get("/account").status_code == 200


def test_the_password_is_changed_and_signed_in_with_anew(client):
    sign_in(client)
    assert client.post("/account/password", data={"old": BETTER, "new": BETTER}).status_code == 401
    assert client.post("/account/password", data={"old": GOOD, "new": "kurz"}).status_code == 422
    assert (
        client.post("/account/password", data={"old": GOOD, "new": BETTER}).headers["Location"]
        == "/sign-in?done=password"
    )
    assert "Das neue Passwort gilt" in client.get("/sign-in?done=password").text
    assert client.get("/account").status_code == 401
    assert sign_in(client, BETTER).status_code == 303


def test_the_own_data_are_handed_over_and_erased(client, accounts):
    sign_in(client)
    exported = client.get("/account/export")
    assert exported.json["records"]["accounts"][0]["name"] == "Büro"
    assert "attachment" in exported.headers["Content-Disposition"]
    assert client.post("/account/erasure", data={"password": BETTER}).status_code == 401
    assert client.post("/account/erasure", data={"password": GOOD}).status_code == 303
    assert accounts.registry.all() == []


def test_a_forgotten_password_is_set_by_the_mailed_link(make_app):
    app = make_app(mail=MAIL, url="https://kompass.example")
    client = app.test_client()
    assert "/password/forgotten" in client.get("/sign-in").text
    pages = [
        client.post("/password/forgotten", data={"email": email}).text.replace(email, "…")
        for email in ("buero@stadt.example", "x@stadt.example")
    ]
    assert pages[0] == pages[1]
    body = app.extensions["kompass"].mails.claim().body
    path = re.search(r"https://kompass\.example(/password/\S+)", body)[1]
    assert "buero@stadt.example" in client.get(path).text
    assert client.post(path, data={"password": "kurz"}).status_code == 422
    assert client.post(path, data={"password": BETTER}).headers["Location"] == "/sign-in?done=password"
    assert client.get(path).status_code == 404
    assert sign_in(client, BETTER).status_code == 303


def test_without_mail_the_page_says_whom_to_ask(client):
    assert "<form" not in re.search(r"<main.*</main>", client.get("/password/forgotten").text, re.DOTALL)[0]
    assert "/password/forgotten" not in client.get("/sign-in").text


def test_another_site_cannot_sign_anybody_in_or_out(client):
    answer = client.post("/sign-in", data={"email": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_every_role_and_scope_has_a_name():
    assert set(ROLE_WORDS) == set(ROLES)
    assert set(SCOPE_WORDS) == set(Scope)
