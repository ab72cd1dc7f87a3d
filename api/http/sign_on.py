"""The house's own sign-on: OpenID Connect by Authlib (authorization code with PKCE, state and nonce).

What has to be remembered while somebody is at the provider is kept here, tied to their browser by a cookie, and used
once; the browser never sees the verifier or the nonce.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from authlib.oauth2.rfc6749.errors import OAuth2Error
from flask import g
from joserfc.errors import JoseError

from api.accounts.identities import SIGN_ON_LIVES, Identity
from api.accounts.keys import digest, new_secret
from api.accounts.model import ROLES, Clock, utc_now
from api.http.errors import Forbidden, Unauthorised
from api.http.viewer import Role
from api.service_settings import SignOnSettings
from api.state import StateDatabase
from graph_service.errors import GraphServiceError
from graph_service.keys import NodeKey, municipality_key

PART = "sign-on"
STEPS = (
    """
CREATE TABLE sign_ons (
    digest BLOB PRIMARY KEY,
    browser BLOB NOT NULL,
    said TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
""",
)
PATIENCE = 10.0
"""Seconds that the provider may take to answer."""
WELL_KNOWN = "/.well-known/openid-configuration"

log = logging.getLogger(__name__)


class SignOnUnavailable(GraphServiceError):
    """The house's own sign-on does not answer; signing in with a password still works."""

    code = "sign-on-unavailable"


class _Remembered(FlaskIntegration):  # type: ignore[misc]  # Authlib has no types
    """Where Authlib keeps what it needs to remember: our database instead of a cookie."""

    def __init__(self, state: StateDatabase, clock: Clock) -> None:
        super().__init__("office")
        self._database = state
        self._clock = clock

    def set_state_data(self, session: Any, state: str, data: Mapping[str, Any]) -> None:  # noqa: ARG002 - Authlib's
        """Remember what belongs to a state, for the browser at hand."""
        now = int(self._clock().timestamp())
        with self._database.write() as connection:
            connection.execute("DELETE FROM sign_ons WHERE expires_at <= ?", (now,))
            connection.execute(
                "INSERT INTO sign_ons VALUES (?, ?, ?, ?)",
                (digest(state), digest(g.sign_on_browser), json.dumps(data), now + int(SIGN_ON_LIVES.total_seconds())),
            )

    def get_state_data(self, session: Any, state: str | None) -> dict[str, Any] | None:  # noqa: ARG002 - Authlib's
        """What belongs to a state that this browser began, once: asking for it forgets it."""
        with self._database.write() as connection:
            row = connection.execute(
                "DELETE FROM sign_ons WHERE digest = ? AND browser = ? AND expires_at > ? RETURNING said",
                (digest(state or ""), digest(g.sign_on_browser), int(self._clock().timestamp())),
            ).fetchone()
        if row is None:
            return None
        said = dict(json.loads(row["said"]))
        g.sign_on_next = said.pop("next")
        return said

    def clear_state_data(self, session: Any, state: str | None) -> None:
        """Nothing: it was forgotten when it was asked for."""


class SignOn:
    """Sends people to the provider, and recognises them when they come back."""

    def __init__(self, state: StateDatabase, settings: SignOnSettings, *, clock: Clock = utc_now) -> None:
        """Talk to this provider; it is asked for its addresses and keys when first needed."""
        state.migrate(PART, STEPS)
        self._settings = settings
        self._remembered = _Remembered(state, clock)
        self._client = FlaskOAuth2App(
            self._remembered,
            name="office",
            client_id=settings.client_id,
            client_secret=settings.client_secret or None,
            server_metadata_url=settings.issuer + WELL_KNOWN,
            client_kwargs={
                "scope": settings.scopes,
                "code_challenge_method": "S256",
                "default_timeout": PATIENCE,
                **({} if settings.client_secret else {"token_endpoint_auth_method": "none"}),
            },
        )

    def begin(self, back: str, then: str) -> tuple[str, str]:
        """The provider's address to go to, and the secret to keep in this browser.

        ``back`` is where the provider sends people, ``then`` where they wanted to go. Raises SignOnUnavailable.
        """
        g.sign_on_browser = new_secret()
        try:
            self._check_issuer()
            begun = self._client.create_authorization_url(back)
        except (requests.RequestException, OAuthError, OAuth2Error, ValueError, KeyError, RuntimeError) as error:
            raise _unavailable(error) from error
        self._remembered.set_state_data(None, begun["state"], {**begun, "redirect_uri": back, "next": then})
        return str(begun["url"]), g.sign_on_browser

    def finish(self, browser: str) -> tuple[Identity, str]:
        """Whom the provider has recognised, from the request with which they come back, and where they wanted to go.

        Raises Unauthorised where anything is not as it was begun, Forbidden where too little is known,
        SignOnUnavailable.
        """
        g.sign_on_browser = browser
        settings = self._settings
        expected = {
            "iss": {"essential": True, "value": settings.issuer},
            "aud": {"essential": True, "value": settings.client_id},
        }
        try:
            self._check_issuer()
            token = self._client.authorize_access_token(claims_options=expected)
            claims = dict(token.get("userinfo") or {})
            if claims and not {"email", settings.role_claim.partition(".")[0]} <= claims.keys():
                claims = self._more(token, claims)
        except requests.RequestException as error:
            raise _unavailable(error) from error
        except (OAuthError, OAuth2Error, JoseError, ValueError, KeyError, RuntimeError) as error:
            log.warning("the sign-on was not confirmed: %s", type(error).__name__)
            raise Unauthorised("a sign-on that was begun here and that the provider confirms") from error
        if not claims.get("sub"):
            raise Unauthorised("a sign-on that was begun here and that the provider confirms")
        return identity_of(claims, settings), g.sign_on_next

    def _more(self, token: Mapping[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
        """What the provider says of the same person when asked, beneath what it has signed."""
        if "userinfo_endpoint" not in self._client.load_server_metadata():
            return claims
        asked = dict(self._client.userinfo(token=token))
        if asked.get("sub") != claims.get("sub"):
            raise ValueError("the provider speaks of somebody else")
        return asked | claims

    def _check_issuer(self) -> None:
        """A provider that calls itself otherwise could pass for another one (OpenID Connect Discovery, 4.3)."""
        said = str(self._client.load_server_metadata().get("issuer", ""))
        if said.rstrip("/") != self._settings.issuer:
            raise ValueError("the provider has another issuer than KOMPASS_OIDC_ISSUER")


def identity_of(claims: Mapping[str, Any], settings: SignOnSettings) -> Identity:
    """What claims stand for here; raises Forbidden without an address, InvalidValue for a wrong municipality."""
    email = claims.get("email")
    if not isinstance(email, str) or not email:
        raise Forbidden("an e-mail address in the claims of the provider")
    place = _claim(claims, settings.municipality_claim) if settings.municipality_claim else None
    return Identity(
        issuer=settings.issuer,
        subject=str(claims["sub"]),
        email=email,
        email_verified=claims.get("email_verified") is True,
        name=str(claims.get("name") or "")[:200],
        role=role_of(_claim(claims, settings.role_claim), settings.roles),
        municipality=_municipality(place),
    )


def role_of(said: Any, roles: tuple[tuple[str, str], ...]) -> Role | None:
    """The highest role that a claim (a value, or a list of values) stands for, if any."""
    values = {str(each) for each in said} if isinstance(said, list) else {str(said)}
    found = [Role(role) for value, role in roles if value in values]
    return max(found, key=ROLES.index, default=None)


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name; where there is none of this name, a dot leads into an object."""
    if name in claims:
        return claims[name]
    first, _, rest = name.partition(".")
    inner = claims.get(first)
    return _claim(inner, rest) if rest and isinstance(inner, Mapping) else None


def _municipality(said: Any) -> NodeKey | None:
    text = str(said or "")
    return None if not text else NodeKey(text) if ":" in text else municipality_key(text)


def _unavailable(error: Exception) -> SignOnUnavailable:
    log.warning("the sign-on cannot be used: %s", type(error).__name__)
    return SignOnUnavailable("an answer of the sign-on of your office; a password still works")
