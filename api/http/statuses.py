"""What statuses are called in the description, whatever Python writes it: 3.13 renamed two."""

from http import HTTPStatus

KEPT = {413: "Request Entity Too Large", 422: "Unprocessable Entity"}


def phrase_of(status: int) -> str:
    """A status in words."""
    return KEPT.get(status) or HTTPStatus(status).phrase


def name_of(status: int) -> str:
    """The name of an answer that all routes share."""
    return KEPT[status].upper().replace(" ", "_") if status in KEPT else HTTPStatus(status).name
