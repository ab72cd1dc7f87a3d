"""Signing in and out, tokens, and accounts over HTTP, in a whole application."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.accounts.model import Scope
from api.accounts.passwords import Passwords
from api.accounts.service import Accounts
from api.app import create_app
from api.http.auth import token_viewer
from api.http.viewer import Role, viewer
from api.service_settings import MailSettings
from api.services import Services
from api.settings import Settings
from graph_service.keys import NodeKey

GOOD = "ein Apfel im Schnee"
BETTER = "drei Birnen am Zaun"
API = "/api/v1"
AALEN = NodeKey("municipality:08136")
Make = Callable[..., Flask]


@pytest.fixture
def make_app(tmp_path: Path) -> Make:
    """Makes an application whose passwords are quick to hash."""

    def made(**changes: object) -> Flask:
        settings = Settings(store=f"sqlite:///{tmp_path / 'kompass.db'}", cache=tmp_path, **changes)
        services = Services(settings)
        services.__dict__["_accounts"] = Accounts.on(services.state, passwords=Passwords(memory_kib=8, rounds=1))
        application = create_app(settings, services)
        application.testing = True
        return application

    return made


@pytest.fixture
def app(make_app: Make) -> Flask:
    return make_app()


@pytest.fixture
def services(app: Flask) -> Services:
    return app.extensions["kompass"]


@pytest.fixture
def accounts(services: Services) -> Accounts:
    found = services.accounts
    found.registry.add("chef@stadt.example", Role.ADMIN, password=GOOD)
    found.registry.add("buero@stadt.example", Role.OFFICE, name="Büro", password=GOOD)
    found.registry.add("e@stadt.example", Role.EDITOR, municipality=AALEN, password=GOOD)
    return found


@pytest.fixture
def client(app: Flask, accounts: Accounts) -> FlaskClient:
    return app.test_client()


def sign_in(client: FlaskClient, email: str = "buero@stadt.example", password: str = GOOD) -> TestResponse:
    return client.post(f"{API}/session", json={"email": email, "password": password})


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


# --- sessions ---


def test_without_a_session_one_is_told_how_to_sign_in(client):
    answer = client.get(f"{API}/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json["code"] == "unauthorised"


def test_signing_in_sets_a_cookie_that_no_script_and_no_other_site_can_use(client):
    answer = sign_in(client)
    assert answer.status_code == 201
    assert answer.json["account"]["email"] == "buero@stadt.example"
    assert answer.json["account"]["role"] == "office"
    cookie = answer.headers["Set-Cookie"]
    assert re.match(r"kompass_session=[\w-]{43}; HttpOnly; Path=/; SameSite=Lax\Z", cookie)
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(f"{API}/me").json["account"]["email"] == "buero@stadt.example"


def test_away_from_the_own_machine_the_cookie_travels_over_tls_alone(client):
    answer = client.post(
        f"{API}/session", json={"email": "buero@stadt.example", "password": GOOD}, base_url="http://kompass.example"
    )
    assert "; Secure;" in answer.headers["Set-Cookie"]


def test_signing_in_again_ends_the_session_before(client, app):
    first = sign_in(client).headers["Set-Cookie"].split(";")[0]
    second = sign_in(client).headers["Set-Cookie"].split(";")[0]
    assert first != second
    other = app.test_client(use_cookies=False)
    assert other.get(f"{API}/me", headers={"Cookie": first}).status_code == 401
    assert other.get(f"{API}/me", headers={"Cookie": second}).status_code == 200


def test_a_cookie_that_somebody_planted_is_not_taken_over(client, app):
    client.set_cookie("kompass_session", "planted")
    assert "planted" not in sign_in(client).headers["Set-Cookie"]


def test_signing_out_ends_the_session_for_the_service_too(client, app):
    cookie = sign_in(client).headers["Set-Cookie"].split(";")[0]
    answer = client.delete(f"{API}/session")
    assert answer.status_code == 204
    assert "Expires=Thu, 01 Jan 1970" in answer.headers["Set-Cookie"]
    assert app.test_client(use_cookies=False).get(f"{API}/me", headers={"Cookie": cookie}).status_code == 401


def test_a_session_that_has_ended_is_forgotten_by_the_browser_and_public_pages_go_on(client):
    client.set_cookie("kompass_session", "long-gone")
    answer = client.get(f"{API}/openapi.json")
    assert answer.status_code == 200
    assert "Expires=Thu, 01 Jan 1970" in answer.headers["Set-Cookie"]


def test_wrong_credentials_are_told_alike_and_then_slowed_down(client):
    wrong = [sign_in(client, email, "nicht das richtige") for email in ("buero@stadt.example", "x@stadt.example")]
    assert [answer.status_code for answer in wrong] == [401, 401]
    assert wrong[0].json == wrong[1].json
    for _ in range(3):
        answer = sign_in(client, "buero@stadt.example", "nicht das richtige")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_site_cannot_act_for_whoever_is_signed_in(client, headers):
    sign_in(client)
    answer = client.post(f"{API}/me/tokens", json={"name": "x", "scopes": ["read"]}, headers=headers)
    assert answer.status_code == 403
    assert client.get(f"{API}/me/tokens").json["items"] == []


def test_the_own_sessions_are_listed_and_ended(client, app):
    sign_in(client)
    elsewhere = app.test_client()
    sign_in(elsewhere)
    third = app.test_client()
    sign_in(third)
    listed = client.get(f"{API}/me/sessions").json["items"]
    assert len(listed) == 3
    assert not any("digest" in each for each in listed)
    assert client.delete(f"{API}/me/sessions").status_code == 204
    assert elsewhere.get(f"{API}/me").status_code == 401
    (own,) = client.get(f"{API}/me/sessions").json["items"]
    assert client.delete(f"{API}/me/sessions/{own['id']}").status_code == 204
    assert client.get(f"{API}/me").status_code == 401


# --- the own account ---


def test_the_own_name_and_language_can_be_changed_and_nothing_else(client):
    sign_in(client)
    assert client.patch(f"{API}/me", json={"name": "Amt", "language": "en"}).json["account"]["name"] == "Amt"
    assert client.patch(f"{API}/me", json={"role": "admin"}).status_code == 422
    assert client.patch(f"{API}/me", json={"name": "a\x00b"}).status_code == 422


def test_the_password_is_changed_by_whoever_knows_it(client):
    sign_in(client)
    assert client.put(f"{API}/me/password", json={"old": BETTER, "new": BETTER}).status_code == 401
    assert client.put(f"{API}/me/password", json={"old": GOOD, "new": "kurz"}).status_code == 422
    assert client.put(f"{API}/me/password", json={"old": GOOD, "new": BETTER}).status_code == 204
    assert client.get(f"{API}/me").status_code == 401
    assert sign_in(client, password=BETTER).status_code == 201


def test_everything_about_the_own_account_can_be_had_and_erased(client, accounts):
    sign_in(client)
    exported = client.get(f"{API}/me/export")
    assert exported.json["records"]["accounts"][0]["email"] == "buero@stadt.example"
    assert "attachment" in exported.headers["Content-Disposition"]
    assert client.post(f"{API}/me/erasure", json={"password": BETTER}).status_code == 401
    assert client.post(f"{API}/me/erasure", json={"password": GOOD}).status_code == 204
    assert client.get(f"{API}/me").status_code == 401
    assert sign_in(client).status_code == 401
    assert len(accounts.registry.all()) == 2


# --- tokens ---


def test_a_token_is_made_used_and_revoked(client, app):
    sign_in(client)
    made = client.post(f"{API}/me/tokens", json={"name": "Skript", "scopes": ["write", "read"], "days": 3})
    assert made.status_code == 201
    program = app.test_client()
    told = program.get(f"{API}/me", headers=bearer(made.json["secret"])).json
    assert (told["via"], told["scopes"]) == ("token", ["read", "write"])
    (listed,) = client.get(f"{API}/me/tokens").json["items"]
    assert "secret" not in listed
    assert client.delete(f"{API}/me/tokens/{listed['id']}").status_code == 204
    assert program.get(f"{API}/me", headers=bearer(made.json["secret"])).status_code == 401


@pytest.mark.parametrize("said", ["Bearer", "Bearer bk_nothing", "Basic YTpi", "bk_nothing", "Bearer  bk_ x"])
def test_a_wrong_token_is_refused_even_where_none_is_needed(client, said):
    sign_in(client)
    assert client.get(f"{API}/openapi.json", headers={"Authorization": said}).status_code == 401


@pytest.mark.parametrize(
    ("email", "scopes", "role"),
    [
        ("e@stadt.example", ["read"], "reader"),
        ("e@stadt.example", ["write"], "editor"),
        ("buero@stadt.example", ["read"], "reader"),
        ("buero@stadt.example", ["import"], "office"),
        ("chef@stadt.example", ["read", "write", "import", "office"], "office"),
    ],
)
def test_a_token_can_do_no_more_than_it_was_made_for_and_never_administer(app, accounts, email, scopes, role):
    account = accounts.registry.find(email)
    made, _ = accounts.tokens.create(account.id, "x", map(Scope, scopes))
    seen = token_viewer(account, made)
    assert (seen.role, seen.scopes) == (role, set(scopes))


def test_a_token_loses_what_its_account_loses(app, client, accounts):
    account = accounts.registry.find("buero@stadt.example")
    _, secret = accounts.tokens.create(account.id, "x", [Scope.OFFICE])
    accounts.registry.change(account.id, role=Role.READER)
    with app.test_request_context("/", headers=bearer(secret)):
        app.preprocess_request()
        assert viewer().role is Role.READER


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/me/tokens", {"name": "x", "scopes": ["read"]}),
        ("get", "/me/tokens", None),
        ("get", "/me/export", None),
        ("put", "/me/password", {"old": GOOD, "new": BETTER}),
        ("post", "/me/erasure", {"password": GOOD}),
        ("patch", "/me", {"name": "x"}),
        ("get", "/accounts", None),
        ("delete", "/session", None),
    ],
)
def test_a_token_changes_neither_accounts_nor_tokens(client, app, accounts, method, path, body):
    _, secret = accounts.tokens.create(accounts.registry.find("chef@stadt.example").id, "x", Scope)
    answer = app.test_client().open(f"{API}{path}", method=method, json=body, headers=bearer(secret))
    assert answer.status_code == 403


# --- links ---


def test_without_a_mail_server_nobody_is_promised_a_mail(client):
    for email in ("buero@stadt.example", "x@stadt.example"):
        assert client.post(f"{API}/password/links", json={"email": email}).status_code == 409


MAIL = MailSettings(scheme="smtp+plain", host="localhost", port=1, sender="kompass@stadt.example")


def test_a_forgotten_password_is_replaced_by_a_mailed_link(make_app):
    app = make_app(mail=MAIL, url="https://kompass.example")
    services: Services = app.extensions["kompass"]
    services.accounts.registry.add("buero@stadt.example", Role.OFFICE, password=GOOD)
    client = app.test_client()
    answers = [client.post(f"{API}/password/links", json={"email": f"{n}@stadt.example"}) for n in ("buero", "x")]
    assert [(a.status_code, a.get_data()) for a in answers] == [(202, b"")] * 2
    assert services.mails.waiting() == 1
    mail = services.mails.claim()
    assert mail.recipient == "buero@stadt.example"
    link = re.search(r"https://kompass\.example/password/([\w-]{43})\n", mail.body)[1]
    body = {"link": link, "password": BETTER}
    assert client.put(f"{API}/password", json=body | {"password": "kurz"}).status_code == 422
    assert client.put(f"{API}/password", json=body).status_code == 204
    assert client.put(f"{API}/password", json=body).status_code == 404
    assert sign_in(client, password=BETTER).status_code == 201


# --- administration ---


def test_an_administrator_makes_changes_and_erases_accounts(client, accounts):
    sign_in(client, "chef@stadt.example")
    made = client.post(
        f"{API}/accounts", json={"email": "neu@stadt.example", "role": "editor", "municipality": AALEN, "name": "Neu"}
    )
    assert made.status_code == 201
    id = made.json["account"]["id"]
    assert client.post(f"{API}/accounts", json={"email": "neu@stadt.example", "role": "reader"}).status_code == 409
    accounts.sign_in.password_by_link(made.json["link"].rpartition("/")[2], BETTER)
    assert client.patch(f"{API}/accounts/{id}", json={"municipality": ""}).status_code == 422
    changed = client.patch(f"{API}/accounts/{id}", json={"role": "reader", "municipality": ""}).json
    assert (changed["role"], changed["municipality"], changed["name"]) == ("reader", None, "Neu")
    assert client.patch(f"{API}/accounts/{id}", json={"disabled": True}).json["disabled"] is True
    assert client.get(f"{API}/accounts/{id}").json["disabled"] is True
    assert client.post(f"{API}/accounts/{id}/password/links").status_code == 404
    client.patch(f"{API}/accounts/{id}", json={"disabled": False})
    link = client.post(f"{API}/accounts/{id}/password/links").json["link"]
    accounts.sign_in.password_by_link(link.rpartition("/")[2], GOOD)
    assert client.get(f"{API}/accounts/{id}/export").json["account"] == id
    assert client.delete(f"{API}/accounts/{id}").status_code == 204
    assert client.get(f"{API}/accounts/{id}").status_code == 404


def test_accounts_are_listed_in_pages(client, accounts):
    sign_in(client, "chef@stadt.example")
    seen, path = [], f"{API}/accounts?limit=2"
    while path:
        page = client.get(path)
        seen += [each["email"] for each in page.json["items"]]
        link = re.match(r"<([^>]+)>", page.headers.get("Link", ""))
        path = link and link[1]
    assert sorted(seen) == ["buero@stadt.example", "chef@stadt.example", "e@stadt.example"]


@pytest.mark.parametrize("email", [None, "buero@stadt.example", "e@stadt.example"])
def test_nobody_else_administers(client, accounts, email):
    if email:
        sign_in(client, email)
    id = accounts.registry.find("e@stadt.example").id
    expected = 403 if email else 401
    for method, path, body in (
        ("get", "", None),
        ("post", "", {"email": "n@stadt.example", "role": "admin"}),
        ("get", f"/{id}", None),
        ("patch", f"/{id}", {"role": "admin"}),
        ("delete", f"/{id}", None),
        ("get", f"/{id}/export", None),
        ("post", f"/{id}/password/links", None),
    ):
        assert client.open(f"{API}/accounts{path}", method=method, json=body).status_code == expected


def test_the_last_administrator_cannot_leave(client, accounts):
    sign_in(client, "chef@stadt.example")
    assert client.post(f"{API}/me/erasure", json={"password": GOOD}).status_code == 409
    assert client.get(f"{API}/me").status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/session", {"email": "\ud800", "password": GOOD}),
        ("/session", {"email": "a@b.example", "password": "\udfff" * 12}),
        ("/session", {"email": ["a"], "password": {}}),
        ("/session", []),
        ("/password/links", {"email": "x" * 300}),
    ],
)
def test_what_cannot_be_text_is_refused_not_stumbled_over(client, path, body):
    assert client.post(f"{API}{path}", json=body).status_code == 422


def test_the_log_names_nobody(make_app, caplog):
    app = make_app(mail=MAIL, url="https://kompass.example")
    services: Services = app.extensions["kompass"]
    services.accounts.registry.add("buero@stadt.example", Role.OFFICE, name="Büro", password=GOOD)
    client = app.test_client()
    with caplog.at_level("DEBUG"):
        sign_in(client, password="nicht das richtige")
        sign_in(client)
        client.post(f"{API}/password/links", json={"email": "buero@stadt.example"})
        secret = re.search(r"/password/([\w-]{43})\n", services.mails.claim().body)[1]
        client.get(f"/password/{secret}")
        client.put(f"{API}/password", json={"link": secret, "password": BETTER})
        client.get("/account")
    assert caplog.records
    for personal in ("buero", "Büro", "127.0.0.1", GOOD, BETTER, "nicht das richtige", secret, "bk_"):
        assert personal not in caplog.text
