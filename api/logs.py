"""Configures logging: events go to standard error, one line each."""

import logging


def configure(level: str) -> None:
    """Log events of this level (a setting: debug, info, warning, error) and above."""
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    # what the driver logs as an error it also raises, and we say that in one line
    logging.getLogger("neo4j").setLevel(logging.DEBUG if level == "debug" else logging.CRITICAL)
