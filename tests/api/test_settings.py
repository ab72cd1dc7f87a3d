"""Settings are read once, checked, and never show a password."""

from dataclasses import replace
from pathlib import Path

import pytest

from api.settings import Settings, locale_language
from graph_service.errors import InvalidValue


def test_without_any_setting_the_store_is_a_file_beside_and_the_language_german():
    settings = Settings.from_environment({})
    assert (settings.store, settings.language, settings.log_level) == ("sqlite:///kompass.db", "de", "warning")
    assert settings.neo4j_password is None


def test_every_setting_is_read():
    settings = Settings.from_environment(
        {
            "KOMPASS_STORE": "neo4j://me@host:7687/kompass",
            "KOMPASS_NEO4J_PASSWORD": "secret",
            "KOMPASS_LANG": "en",
            "KOMPASS_CACHE": "/var/cache/kompass",
            "KOMPASS_STATE": "/var/lib/kompass",
            "KOMPASS_MAX_UPLOAD_MB": "20",
            "KOMPASS_FETCH_PRIVATE": "yes",
            "KOMPASS_LOG_LEVEL": "DEBUG",
            "OTHER": "is not ours",
        }
    )
    assert settings == Settings(
        store="neo4j://me@host:7687/kompass",
        neo4j_password="secret",
        language="en",
        cache=Path("/var/cache/kompass"),
        state_folder=Path("/var/lib/kompass"),
        max_upload_mb=20,
        fetch_private=True,
        log_level="debug",
    )


@pytest.mark.parametrize(
    ("store", "folder"),
    [
        ("sqlite:///kompass.db", Path("kompass.db.state")),
        ("sqlite:////var/lib/gr%C3%BCn/kompass.db", Path("/var/lib/grün/kompass.db.state")),
    ],
)
def test_the_state_lies_beside_an_sqlite_store_and_follows_another_one(store, folder):
    assert replace(Settings.from_environment({}), store=store).state == folder


def test_the_state_of_a_neo4j_store_lies_with_the_users_data_and_a_setting_goes_before():
    neo4j = Settings.from_environment({"KOMPASS_STORE": "neo4j://me@host:7687/kompass"})
    assert neo4j.state.is_absolute()
    assert neo4j.state.name == "buendniskompass"
    assert replace(neo4j, state_folder=Path("/srv/state")).state == Path("/srv/state")


def test_a_password_is_never_shown():
    assert "secret" not in repr(Settings.from_environment({"KOMPASS_NEO4J_PASSWORD": "secret"}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KOMPASS_LANG", "fr"),
        ("KOMPASS_LOG_LEVEL", "loud"),
        ("KOMPASS_STOER", "sqlite:///x.db"),
        ("KOMPASS_MAX_UPLOAD_MB", "0"),
        ("KOMPASS_MAX_UPLOAD_MB", "many"),
        ("KOMPASS_MAX_UPLOAD_MB", "5000"),
        ("KOMPASS_FETCH_PRIVATE", "perhaps"),
    ],
)
def test_a_wrong_or_unknown_setting_is_named(name, value):
    with pytest.raises(InvalidValue) as caught:
        Settings.from_environment({name: value})
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "de"),
        ({"LANG": "C"}, "de"),
        ({"LANG": "C.UTF-8"}, "de"),
        ({"LANG": "POSIX"}, "de"),
        ({"LANG": "de_AT.UTF-8"}, "de"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "fr_FR"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "de_DE@euro"}, "de"),
        ({"LANG": ""}, "de"),
    ],
)
def test_the_language_is_german_unless_the_locale_names_another(environment, language):
    assert locale_language(environment) == language
    assert Settings.from_environment(environment).language == language
