"""A practice of which no evidence is recorded is nowhere said to have been applied."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from flask.testing import FlaskClient

from api.app import create_app
from api.settings import Settings
from tests.api.conftest import write_texts


@pytest.fixture
def client(loaded, package: Path, store: str, tmp_path: Path) -> FlaskClient:
    tables = {
        "practices": "key,title,evidence\npreis,Integrationspreis,none\ncafe,Lerncafé,documented\n",
        "applications": "practice,municipality\npreis,90002\ncafe,90002\npreis,90004\n",
    }
    loaded("import", "package", write_texts(package.with_name("practices"), tables))
    return create_app(Settings(store=store, cache=tmp_path, language="en")).test_client()


def test_the_network_says_from_where_it_is_known(client):
    page = client.get("/network?lang=en").text
    told = re.findall(r'nw-relation">([a-z ]+)', page)
    assert sorted(told) == ["is applied in", "is known from", "is known from"]
    card = client.get("/network?lang=en&start=municipality:90002&at=municipality:90002").text
    assert "is where this is known from:" in card


def test_the_comparison_says_that_nobody_knows_what_was_done(client):
    page = client.get("/municipalities/90001/compare?lang=en&with=90002").text
    award, other = (
        page.partition(f"{name}</a>")[2].partition("</li>")[0] for name in ("Integrationspreis", "Lerncafé")
    )
    assert "without evidence of what was done" in award
    assert "evidence" not in other


def test_only_what_was_tried_is_counted_among_peers(client):
    page = client.get("/municipalities/90001/peers?lang=en&level=district").text
    assert page.count("one practice recorded") == 1


def test_the_council_paper_does_not_say_that_nothing_is_recorded_where_it_lists_an_award(client):
    body = client.get("/municipalities/90001/peers.docx?lang=en&with=90004").data
    said = "\n".join(each.text for each in Document(BytesIO(body)).paragraphs)
    assert "only entries without evidence are recorded" in said
    assert "Nothing is recorded" not in said
    assert "What did not work out" not in said
