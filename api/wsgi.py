"""The application for any WSGI server: `api.wsgi:make` makes it from the environment's settings."""

from pathlib import Path

from flask import Flask

from api.app import create_app
from api.logs import configure
from api.settings import Settings, metrics_folder


def make() -> Flask:
    """The application; raises InvalidValue for a wrong setting."""
    settings = Settings.from_environment()
    configure(settings.log_level, settings.log_format)
    folder = metrics_folder()
    return create_app(settings, workers_folder=Path(folder) if folder else None)
