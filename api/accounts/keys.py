"""Random secrets and what is kept of them: a digest is enough to recognise a secret, and useless to a thief."""

import hashlib
import hmac
import secrets

from api.state import StateDatabase

TOKEN_PREFIX = "bk_"  # noqa: S105 - not a secret: it lets scanners recognise a token that leaked


def new_id() -> str:
    """An id without meaning."""
    return secrets.token_hex(8)


def new_secret() -> str:
    """A secret of 256 random bits, fit for addresses and cookies."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is kept of a random secret; too long to be guessed, so no slow hash is needed."""
    return hashlib.sha256(secret.encode()).digest()


def installation_key(state: StateDatabase, name: str) -> bytes:
    """This installation's own random key for a purpose, made when first asked for."""
    with state.read() as connection:
        row = connection.execute("SELECT value FROM secrets WHERE name = ?", (name,)).fetchone()
    if row is None:
        with state.write() as connection:
            connection.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?)", (name, secrets.token_bytes(32)))
            row = connection.execute("SELECT value FROM secrets WHERE name = ?", (name,)).fetchone()
    return bytes(row["value"])


def mark(key: bytes, text: str) -> bytes:
    """A mark that stands for a text without saying it, the same each time, different in each installation."""
    return hmac.digest(key, text.encode(), "sha256")
