"""Settings of mail and sign-on are checked when the program starts, and never show a secret."""

import pytest

from api.http.viewer import Role
from api.service_settings import ROLES
from api.settings import Settings
from graph_service.errors import InvalidValue

MAIL = {
    "KOMPASS_URL": "https://kompass.example",
    "KOMPASS_SMTP": "smtp://kompass@mail.example:2525",
    "KOMPASS_MAIL_FROM": "kompass@example.org",
}
SIGN_ON = {
    "KOMPASS_URL": "https://kompass.example",
    "KOMPASS_OIDC_ISSUER": "https://sso.example/realms/stadt/",
    "KOMPASS_OIDC_CLIENT_ID": "kompass",
}


def read(**environment: str) -> Settings:
    return Settings.from_environment(environment)


def test_without_settings_there_is_neither_mail_nor_sign_on():
    settings = read()
    assert (settings.mail, settings.sign_on, settings.url) == (None, None, "")


def test_a_mail_server_is_read_from_its_address():
    mail = read(**MAIL, KOMPASS_SMTP_PASSWORD="geheim").mail
    assert (mail.scheme, mail.host, mail.port, mail.user, mail.password) == (
        "smtp",
        "mail.example",
        2525,
        "kompass",
        "geheim",
    )
    assert read(**MAIL | {"KOMPASS_SMTP": "smtps://mail.example"}).mail.port == 465


def test_a_provider_is_read_with_the_roles_that_its_claims_stand_for():
    sign_on = read(**SIGN_ON, KOMPASS_OIDC_ROLES="kompass-office=office; cn=admins,ou=x=admin").sign_on
    assert sign_on.issuer == "https://sso.example/realms/stadt"
    assert sign_on.roles == (("kompass-office", "office"), ("cn=admins,ou=x", "admin"))


def test_the_roles_of_the_settings_are_those_of_accounts():
    assert set(ROLES) | {"anonymous"} == set(Role)


def test_a_secret_may_stand_in_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text("aus der Datei\n", encoding="utf-8")
    assert read(**MAIL, KOMPASS_SMTP_PASSWORD_FILE=str(file)).mail.password == "aus der Datei"
    assert read(**SIGN_ON, KOMPASS_OIDC_CLIENT_SECRET_FILE=str(file)).sign_on.client_secret == "aus der Datei"


def test_no_secret_is_ever_shown():
    settings = read(**MAIL | SIGN_ON, KOMPASS_SMTP_PASSWORD="geheim1", KOMPASS_OIDC_CLIENT_SECRET="geheim2")
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("KOMPASS_SMTP", MAIL | {"KOMPASS_SMTP": "mail.example"}),
        ("KOMPASS_SMTP", MAIL | {"KOMPASS_SMTP": "smtp://a:geheim@mail.example"}),
        ("KOMPASS_SMTP", MAIL | {"KOMPASS_SMTP": "smtp://mail.example:99999"}),
        ("KOMPASS_SMTP", MAIL | {"KOMPASS_SMTP": "smtp+plain://mail.example"}),
        ("KOMPASS_MAIL_FROM", MAIL | {"KOMPASS_MAIL_FROM": ""}),
        ("KOMPASS_MAIL_FROM", MAIL | {"KOMPASS_MAIL_FROM": "a@b.de\nBcc: c@d.de"}),
        ("KOMPASS_SMTP_PASSWORD", MAIL | {"KOMPASS_SMTP_PASSWORD": "a", "KOMPASS_SMTP_PASSWORD_FILE": "/b"}),
        ("KOMPASS_SMTP_PASSWORD_FILE", MAIL | {"KOMPASS_SMTP_PASSWORD_FILE": "/does/not/exist"}),
        ("KOMPASS_OIDC_ISSUER", SIGN_ON | {"KOMPASS_OIDC_ISSUER": "http://sso.example"}),
        ("KOMPASS_OIDC_CLIENT_ID", SIGN_ON | {"KOMPASS_OIDC_CLIENT_ID": ""}),
        ("KOMPASS_OIDC_ROLES", SIGN_ON | {"KOMPASS_OIDC_ROLES": "x=king"}),
        ("KOMPASS_OIDC_ROLES", SIGN_ON | {"KOMPASS_OIDC_ROLES": "office"}),
        ("KOMPASS_URL", MAIL | {"KOMPASS_URL": ""}),
        ("KOMPASS_URL", {"KOMPASS_URL": "kompass.example.org"}),
    ],
)
def test_a_wrong_setting_is_named_without_a_secret(name, wrong):
    with pytest.raises(InvalidValue) as caught:
        read(**wrong)
    assert name in str(caught.value)
    assert "geheim" not in str(caught.value)
