"""Views of small networks, and a service on one, for tests."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from network_graphs import a, actors, b, edge, field, member, projection_of, town

from api.app import create_app
from api.questions.network_shown import View, ViewAsked
from api.questions.network_view import find_view_within
from api.settings import Settings
from api.snapshot import Snapshot
from graph_service.keys import Label, NodeKey, concept_key, municipality_key
from graph_service.model import Alliance, Edge, EdgeType, Level, Municipality, Practice
from graph_service.projection import Projection
from graph_service.seen import Sight
from graph_service.visibility import PUBLIC

TOWN = municipality_key("90001001")
DISTRICT = municipality_key("90001")


def seen(projection: Projection) -> Snapshot:
    return Snapshot(projection, PUBLIC, Sight.of(projection, PUBLIC))


def find_view(snapshot: Snapshot, asked: ViewAsked) -> View:
    found = find_view_within(snapshot, asked, 300)
    assert found is not None
    return found


def small() -> Projection:
    """0, 1, 2 in an alliance that began in 2019; 2 works with 3; 4 is alone; 0 and 3 are in a town of a district."""
    return projection_of(
        *actors(5),
        Alliance(key=b(0), name="Bündnis 0", started_on=date(2019, 1, 1), ended_on=date(2021, 6, 30)),
        Municipality(key=DISTRICT, name="Kreis", level=Level.DISTRICT, longitude=9.0, latitude=48.0),
        Municipality(key=TOWN, name="Stadt", level=Level.MUNICIPALITY, longitude=9.2, latitude=48.1),
        town("90001002", "Leerstadt"),
        field("school"),
        *(member(a(i), b(0)) for i in range(3)),
        Edge(EdgeType.COOPERATES_WITH, a(2), a(3), {"strength": "integrated", "since": date(2015, 1, 1)}),
        edge(EdgeType.LOCATED_IN, a(0), TOWN),
        edge(EdgeType.LOCATED_IN, a(3), TOWN),
        edge(EdgeType.PART_OF, TOWN, DISTRICT),
        edge(EdgeType.IN_FIELD, b(0), concept_key("field", "school")),
    )


def keys(view: View) -> set[str]:
    return {item.key for item in view.items}


def view_of(**asked: Any) -> View:
    return find_view(seen(small()), ViewAsked(**asked))


def client_of(kompass: Callable[..., object], store: str, package: Path, tmp_path: Path) -> FlaskClient:
    tables = {
        "actors": "key,name,municipality\none,Verein <b>Eins</b>,90001\ntwo,Verein Zwei,90001\nthree,Drei,90003\n",
        "alliances": "key,name,municipalities\nall,Bündnis für alle,90001\n",
        "memberships": "actor,alliance\none,all\ntwo,all\n",
        "cooperations": "actor_a,actor_b\ntwo,three\n",
    }
    description = json.loads((package / "datapackage.json").read_text("utf-8"))
    for name, rows in tables.items():
        (package / f"{name}.csv").write_text(rows, encoding="utf-8")
        description["resources"].append({"name": name, "path": f"{name}.csv"})
    (package / "datapackage.json").write_text(json.dumps(description), encoding="utf-8")
    kompass("import", "package", str(package))
    return create_app(Settings(store=store, cache=tmp_path)).test_client()


def text(client: FlaskClient, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def awarded(*, proven: int = 1, unproven: int = 2) -> Projection:
    """A town with practices, and with entries of which only an award is known."""
    known = [Practice(key=NodeKey.of(Label.PRACTICE, f"p{i}"), name=f"Lernpaten {i}") for i in range(proven)]
    known += [
        Practice(key=NodeKey.of(Label.PRACTICE, f"u{i}"), name=f"Preis {i}", evidence="none") for i in range(unproven)
    ]
    return projection_of(town("90001001", "Stadt"), *known, *(edge(EdgeType.APPLIED_IN, p.key, TOWN) for p in known))
