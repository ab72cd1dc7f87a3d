"""Flows by keyboard alone are tried on a small town, where people write; what comes by mail has a town of its own."""

import pytest
from browser.daily import Town

from api.services import Services


@pytest.fixture(scope="module")
def services(town: Town) -> Services:
    """What is behind the pages."""
    return town.services


@pytest.fixture(scope="module")
def service(town: Town) -> str:
    """Where they are."""
    return town.base
