"""Configures logging: events go to standard error, one line each, as text or as JSON."""

import json
import logging
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """One JSON object a line, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "told", {}),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """For people; what an event tells besides stands behind it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and below it where a mistake came from."""
        told = " ".join(f"{name}={value}" for name, value in getattr(record, "told", {}).items())
        line = super().format(record)
        return f"{line} {told}" if told else line


def configure(level: str, form: str = "text") -> None:
    """Log events of this level (a setting: debug, info, warning, error) and above."""
    handler = logging.StreamHandler()
    text = TextLines("%(asctime)s %(levelname)s %(name)s %(message)s")
    handler.setFormatter(JsonLines() if form == "json" else text)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # what the driver logs as an error it also raises, and we say that in one line
    logging.getLogger("neo4j").setLevel(logging.DEBUG if level == "debug" else logging.CRITICAL)
    # at level debug the compiler tells thousands of steps
    logging.getLogger("numba").setLevel(logging.WARNING)
    # that requests wait a moment for a thread is no event
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
