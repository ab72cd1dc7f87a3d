"""Settings of what the service talks to: mail servers and the house's own sign-on. Read by `api.settings` alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from graph_service.errors import InvalidValue, Place

VARIABLES = (
    "KOMPASS_URL",
    "KOMPASS_SMTP",
    "KOMPASS_SMTP_PASSWORD",
    "KOMPASS_SMTP_PASSWORD_FILE",
    "KOMPASS_MAIL_FROM",
    "KOMPASS_OIDC_ISSUER",
    "KOMPASS_OIDC_CLIENT_ID",
    "KOMPASS_OIDC_CLIENT_SECRET",
    "KOMPASS_OIDC_CLIENT_SECRET_FILE",
    "KOMPASS_OIDC_SCOPES",
    "KOMPASS_OIDC_ROLE_CLAIM",
    "KOMPASS_OIDC_ROLES",
    "KOMPASS_OIDC_MUNICIPALITY_CLAIM",
)
SMTP_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
"""How to speak to the mail server: with STARTTLS, with TLS from the beginning, or (on the same machine) without."""
MAIL_SERVER = "a mail server such as smtp://user@host:587, smtps://user@host or smtp+plain://localhost"
PUBLIC_ADDRESS = "an address such as https://kompass.example.org"
ROLES = ("reader", "editor", "office", "admin")
"""What an account can be; a test compares them with `api.http.viewer`, which takes long to import."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """The mail server that takes our mail, and who it is from."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self | None:
        """Read the settings; None where there is no mail server. Raises InvalidValue."""
        address = env.get("KOMPASS_SMTP", "").strip()
        if not address:
            return None
        place = Place(column="KOMPASS_SMTP")
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError:
            raise InvalidValue(MAIL_SERVER, address, place) from None
        if parts.password is not None:
            raise InvalidValue("the password in KOMPASS_SMTP_PASSWORD, not in the address", "", place)
        if parts.scheme not in SMTP_PORTS or not parts.hostname or parts.path.strip("/"):
            raise InvalidValue(MAIL_SERVER, address, place)
        if parts.scheme == "smtp+plain" and (parts.username or parts.hostname not in LOOPBACK):
            # a link for a new password must not travel in the clear
            raise InvalidValue("smtp:// or smtps:// for a server on another machine", address, place)
        sender = env.get("KOMPASS_MAIL_FROM", "").strip()
        if "@" not in sender or not sender.isprintable():
            raise InvalidValue("an e-mail address", sender, Place(column="KOMPASS_MAIL_FROM"))
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=port or SMTP_PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=secret("KOMPASS_SMTP_PASSWORD", env),
            sender=sender,
        )


@dataclass(frozen=True, kw_only=True)
class SignOnSettings:
    """An OpenID provider that says who somebody is, and what its claims stand for here."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scopes: str = "openid email profile"
    role_claim: str = "roles"
    roles: tuple[tuple[str, str], ...] = ()
    municipality_claim: str = ""

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self | None:
        """Read the settings; None where there is no provider. Raises InvalidValue."""
        issuer = env.get("KOMPASS_OIDC_ISSUER", "").strip().rstrip("/")
        if not issuer:
            return None
        parts = urlsplit(issuer)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise InvalidValue("an address that starts with https://", issuer, Place(column="KOMPASS_OIDC_ISSUER"))
        client = env.get("KOMPASS_OIDC_CLIENT_ID", "").strip()
        if not client:
            raise InvalidValue("the id of a client at the provider", "", Place(column="KOMPASS_OIDC_CLIENT_ID"))
        return cls(
            issuer=issuer,
            client_id=client,
            client_secret=secret("KOMPASS_OIDC_CLIENT_SECRET", env),
            scopes=env.get("KOMPASS_OIDC_SCOPES", "").strip() or cls.scopes,
            role_claim=env.get("KOMPASS_OIDC_ROLE_CLAIM", "").strip() or cls.role_claim,
            roles=_roles(env.get("KOMPASS_OIDC_ROLES", "")),
            municipality_claim=env.get("KOMPASS_OIDC_MUNICIPALITY_CLAIM", "").strip(),
        )


def public_url(env: Mapping[str, str]) -> str:
    """The address under which people reach the service, for links in mails; raises InvalidValue."""
    url = env.get("KOMPASS_URL", "").strip().rstrip("/")
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise InvalidValue(PUBLIC_ADDRESS, url, Place(column="KOMPASS_URL"))
    return url


def _roles(text: str) -> tuple[tuple[str, str], ...]:
    """``kompass-office=office; kompass-admin=admin``: what values of the role claim stand for."""
    place = Place(column="KOMPASS_OIDC_ROLES")
    found = []
    for part in filter(None, (each.strip() for each in text.split(";"))):
        value, _, role = part.rpartition("=")
        if not value.strip() or role.strip() not in ROLES:
            raise InvalidValue("pairs such as kompass-office=office; kompass-admin=admin", part, place)
        found.append((value.strip(), role.strip()))
    return tuple(found)


def secret(name: str, env: Mapping[str, str]) -> str:
    """A secret, or the first line of the file that the variable with _FILE names; raises InvalidValue."""
    file = env.get(f"{name}_FILE", "").strip()
    if not file:
        return env.get(name, "")
    if env.get(name):
        raise InvalidValue(f"either {name} or {name}_FILE", f"{name}, {name}_FILE", Place(column=name))
    try:
        return Path(file).read_text("utf-8").splitlines()[0]
    except (OSError, UnicodeDecodeError, IndexError) as error:
        raise InvalidValue("a file with the secret in its first line", error, Place(column=f"{name}_FILE")) from None
