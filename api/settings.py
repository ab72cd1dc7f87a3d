"""The settings, read once from the environment; nothing else in the project looks there."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from platformdirs import user_cache_path, user_data_path

from api import service_settings
from api.service_settings import MailSettings, SignOnSettings, public_url
from graph_service.errors import InvalidValue, Place

LANGUAGES = ("de", "en")
LOG_LEVELS = ("debug", "info", "warning", "error")
VARIABLES = (
    "KOMPASS_STORE",
    "KOMPASS_NEO4J_PASSWORD",
    "KOMPASS_NEO4J_PASSWORD_FILE",
    "KOMPASS_LANG",
    "KOMPASS_CACHE",
    "KOMPASS_STATE",
    "KOMPASS_MAX_UPLOAD_MB",
    "KOMPASS_FETCH_PRIVATE",
    "KOMPASS_LOG_LEVEL",
    "KOMPASS_LOG_FORMAT",
    "KOMPASS_METRICS",
    "KOMPASS_PROXIES",
    "KOMPASS_RATE_LIMIT",
    "KOMPASS_CORS",
    "KOMPASS_OPERATOR",
    "KOMPASS_CONTACT",
    "KOMPASS_IMPRINT_URL",
    "KOMPASS_PRIVACY_URL",
    "KOMPASS_SOURCE_URL",
    *service_settings.VARIABLES,
)
"""The environment variables that are ours; `docs/settings.md` describes each."""
LOG_FORMATS = ("text", "json")
MOST_PROXIES = 5
_RATE = re.compile(r"[1-9]\d{0,6} per (second|minute|hour)")
MOST_UPLOAD_MB = 500
"""No importer reads a larger file."""


class Metrics(StrEnum):
    """Who may read the figures of the service."""

    LOCAL = "local"
    ALL = "all"
    OFF = "off"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an installation decides. Checked once built; raises InvalidValue."""

    store: str = "sqlite:///kompass.db"
    neo4j_password: str | None = None
    language: str = "de"
    cache: Path = Path()
    state_folder: Path | None = None
    max_upload_mb: int = 200
    fetch_private: bool = False
    operator: str = ""
    contact: str = ""
    imprint_url: str = ""
    privacy_url: str = ""
    source_url: str = ""
    log_level: str = "warning"
    log_format: str = "text"
    metrics: Metrics = Metrics.LOCAL
    proxies: int = 0
    rate_limit: str = ""
    cors: tuple[str, ...] = ()
    url: str = ""
    mail: MailSettings | None = None
    sign_on: SignOnSettings | None = None

    def __post_init__(self) -> None:
        _check("language", self.language, LANGUAGES)
        _check("log_level", self.log_level, LOG_LEVELS)
        _check("log_format", self.log_format, LOG_FORMATS)
        if not 1 <= self.max_upload_mb <= MOST_UPLOAD_MB:
            raise InvalidValue(f"a whole number from 1 to {MOST_UPLOAD_MB}", self.max_upload_mb)
        for name in ("imprint_url", "privacy_url", "source_url"):
            address = getattr(self, name)
            if address and not address.startswith(("https://", "http://")):
                raise InvalidValue("a web address", address, Place(column=f"KOMPASS_{name.upper()}"))
        if (self.mail or self.sign_on) and not self.url:
            raise InvalidValue(service_settings.PUBLIC_ADDRESS, "", Place(column="KOMPASS_URL"))

    def __repr__(self) -> str:
        shown = {f.name: getattr(self, f.name) for f in fields(self)}
        if self.neo4j_password is not None:
            shown |= {"neo4j_password": "…"}
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

    @property
    def state(self) -> Path:
        """The folder of what the service keeps beside the graph; follows the store unless it was set."""
        if self.state_folder is not None:
            return self.state_folder
        parts = urlsplit(self.store)
        if parts.scheme == "sqlite":
            file = Path(unquote(parts.path[1:]))
            return file.with_name(f"{file.name}.state")
        return user_data_path("buendniskompass")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the settings; raises InvalidValue naming the variable. An unknown KOMPASS_ variable is a mistake too."""
        env = os.environ if environment is None else environment
        for name in sorted(env):
            # variables that end in _COMPLETE belong to shell completion, _TEST_ ones to the tests
            if name.startswith("KOMPASS_") and name not in VARIABLES and not name.startswith("KOMPASS_TEST_"):
                raise InvalidValue("a setting: " + ", ".join(VARIABLES), name, Place(table="environment"))
        language = env.get("KOMPASS_LANG") or locale_language(env)
        level = env.get("KOMPASS_LOG_LEVEL", "").lower() or cls.log_level
        _check("KOMPASS_LANG", language, LANGUAGES)
        _check("KOMPASS_LOG_LEVEL", level, LOG_LEVELS)
        return cls(
            store=env.get("KOMPASS_STORE") or cls.store,
            neo4j_password=service_settings.secret("KOMPASS_NEO4J_PASSWORD", env) or None,
            language=language,
            cache=Path(env["KOMPASS_CACHE"]) if env.get("KOMPASS_CACHE") else user_cache_path("buendniskompass"),
            state_folder=Path(env["KOMPASS_STATE"]) if env.get("KOMPASS_STATE") else None,
            max_upload_mb=_number("KOMPASS_MAX_UPLOAD_MB", env, cls.max_upload_mb, MOST_UPLOAD_MB),
            fetch_private=_yes("KOMPASS_FETCH_PRIVATE", env),
            operator=env.get("KOMPASS_OPERATOR", "").strip(),
            contact=env.get("KOMPASS_CONTACT", "").strip(),
            imprint_url=env.get("KOMPASS_IMPRINT_URL", "").strip(),
            privacy_url=env.get("KOMPASS_PRIVACY_URL", "").strip(),
            source_url=env.get("KOMPASS_SOURCE_URL", "").strip(),
            log_level=level,
            log_format=_choice("KOMPASS_LOG_FORMAT", env, LOG_FORMATS),
            metrics=Metrics(_choice("KOMPASS_METRICS", env, tuple(Metrics))),
            proxies=_number("KOMPASS_PROXIES", env, cls.proxies, MOST_PROXIES),
            rate_limit=_rate("KOMPASS_RATE_LIMIT", env),
            cors=_origins("KOMPASS_CORS", env),
            url=public_url(env),
            mail=MailSettings.from_environment(env),
            sign_on=SignOnSettings.from_environment(env),
        )


def _check(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InvalidValue(f"one of {', '.join(choices)}", value, Place(column=name))


def _number(name: str, environment: Mapping[str, str], otherwise: int, most: int) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise InvalidValue(f"a whole number from 1 to {most}", text, Place(column=name))
    return int(text)


def _choice(name: str, environment: Mapping[str, str], choices: tuple[str, ...]) -> str:
    """One of these; the first where nothing is set."""
    text = environment.get(name, "").strip().lower() or choices[0]
    _check(name, text, choices)
    return text


def _rate(name: str, environment: Mapping[str, str]) -> str:
    text = environment.get(name, "").strip().lower()
    if text and not _RATE.fullmatch(text):
        raise InvalidValue("a rate such as 600 per minute", text, Place(column=name))
    return text


def _origins(name: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Addresses of other sites, separated by commas, without paths."""
    found = tuple(each.strip().rstrip("/") for each in environment.get(name, "").split(",") if each.strip())
    for each in found:
        parts = urlsplit(each)
        if each != "*" and (parts.scheme not in ("https", "http") or not parts.netloc or parts.path):
            raise InvalidValue("addresses of sites such as https://map.example.org", each, Place(column=name))
    return found


def _yes(name: str, environment: Mapping[str, str]) -> bool:
    text = environment.get(name, "").strip().lower() or "no"
    _check(name, text, ("yes", "no"))
    return text == "yes"


def locale_language(environment: Mapping[str, str]) -> str:
    """German, unless the locale names another language than German: then English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        locale = environment.get(name, "").partition(".")[0].partition("@")[0]
        if locale:
            language = locale.partition("_")[0].lower()
            return "de" if language in ("c", "posix", "de") else "en"
    return "de"


def announce_metrics_folder(folder: Path) -> None:
    """Tell the metrics library where several processes put their figures together: it looks in the environment."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def metrics_folder() -> str:
    """Where several processes put their figures together, if somebody told; "" otherwise."""
    return os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")


def announce_store(url: str) -> None:
    """Tell workers that read the settings themselves which store the command line named."""
    os.environ["KOMPASS_STORE"] = url


def announce_language(language: str) -> None:
    """Tell gettext which language to speak: it, and libraries that use it, look in the environment alone."""
    os.environ["LANGUAGE"] = language
