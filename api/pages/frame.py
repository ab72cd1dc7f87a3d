"""What all pages share: the frame around them, and how an error looks."""

from collections.abc import Mapping

from flask import Flask, Response


def install_pages(app: Flask) -> None:
    """Give templates what all of them use."""


def render_problem(details: Mapping[str, object], status: int) -> Response:
    """An error as a page."""
    return Response(str(details["detail"]), status, content_type="text/plain; charset=utf-8")
