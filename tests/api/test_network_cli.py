"""``kompass network`` answers in words, as CSV and as JSON, whatever the store holds."""

import csv
import io
import json
from pathlib import Path

import pytest

COMMANDS = ("communities", "brokers", "isolated", "fields", "duplicates")


def write_network(folder: Path) -> Path:
    """Two circles around two alliances, one actor alone, one recorded twice."""
    folder.mkdir(parents=True)
    tables = {
        "vocabulary": ["id,kind,label_de", "school,field,Schule"],
        "municipalities": [
            "key,name,level,parent",
            "90001,Großbärenkreis,district,",
            "90002,Kleinbärenkreis,district,",
            "90002001,Bärenstadt,municipality,90002",
        ],
        "actors": [
            "key,name,kind,municipality,fields",
            "jugendamt,Jugendamt Großbärenkreis,youth-office,90001,school",
            "lernbruecke,Lernbrücke e.V.,volunteer-initiative,90001,school",
            "lernbruecke2,LERNBRUECKE,volunteer-initiative,90001,",
            "vhs,Volkshochschule Bärenstadt,education-provider,90002001,",
            "tafel,Tafel Bärenstadt,volunteer-initiative,90002001,",
        ],
        "alliances": ["key,name,fields", "bildung,Bündnis Bildung,school", "ankommen,Bündnis Ankommen,school"],
        "memberships": [
            "actor,alliance,role",
            "jugendamt,bildung,lead",
            "lernbruecke,bildung,partner",
            "lernbruecke,ankommen,partner",
            "vhs,ankommen,lead",
        ],
        "cooperations": ["actor_a,actor_b,strength,since", "jugendamt,lernbruecke2,knows,2019-05-01"],
    }
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    resources = [{"name": name, "path": f"{name}.csv"} for name in tables]
    (folder / "datapackage.json").write_text(json.dumps({"name": "network", "resources": resources}), encoding="utf-8")
    return folder


@pytest.fixture
def network(kompass, tmp_path):
    """Runs ``kompass network`` on the small network."""
    kompass("import", "package", write_network(tmp_path / "network"))

    def run(*args, **options):
        return kompass("network", *args, **options)

    return run


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("form", ["table", "json", "csv"])
@pytest.mark.parametrize("command", COMMANDS)
def test_an_empty_store_and_one_with_statistics_alone_get_a_helpful_answer(kompass, package, command, form):
    for _ in ("empty", "statistics"):
        answer = kompass("network", command, "--format", form).stdout
        if form == "table":
            assert "Handlungsfeld" in answer if command == "fields" else "keine Akteure" in answer
        elif form == "json":
            assert isinstance(json.loads(answer), dict)
        kompass("import", "package", package)


def test_actors_without_ties_are_said_to_have_none(kompass, tmp_path):
    folder = tmp_path / "actors"
    write_network(folder)
    for name in ("alliances", "memberships", "cooperations"):
        (folder / f"{name}.csv").unlink()
    resources = [{"name": name, "path": f"{name}.csv"} for name in ("vocabulary", "municipalities", "actors")]
    (folder / "datapackage.json").write_text(json.dumps({"name": "actors", "resources": resources}), encoding="utf-8")
    kompass("import", "package", folder)
    for command in ("communities", "brokers"):
        assert "Noch ist kein Akteur mit einem anderen verbunden" in kompass("network", command).stdout
    assert "5 Akteuren sind 5 ohne Verbindungen" in kompass("network", "isolated").stdout
    assert "nicht verbunden" in kompass("network", "paths", "vhs", "tafel", "--type", "MEMBER_OF").stdout


def test_what_is_around_an_actor_is_told_with_the_relation_that_leads_there(network):
    answer = network("ego", "Jugendamt Großbärenkreis", "--depth", 2).stdout
    assert "innerhalb von 2 Schritten" in answer
    assert "ist Mitglied in Bündnis Bildung" in answer
    listed = rows(network("ego", "jugendamt", "--label", "Actor", "--format", "csv").stdout)
    assert [(row["key"], row["hops"]) for row in listed] == [("actor:jugendamt", "0"), ("actor:lernbruecke2", "1")]
    few = json.loads(network("ego", "jugendamt", "--depth", 3, "--limit", 1, "--format", "json").stdout)
    assert len(few["nodes"]) == 2
    assert sum(few["left_out"].values()) > 0
    assert "Weggelassen" in network("ego", "jugendamt", "--depth", 3, "--limit", 1).stdout


def test_a_way_is_told_step_by_step_in_the_direction_of_each_relation(network):
    answer = " ".join(network("paths", "Jugendamt Großbärenkreis", "Volkshochschule Bärenstadt").stdout.split())
    names = ("Jugendamt Großbärenkreis", "Bündnis Bildung", "Lernbrücke e.V.", "Bündnis Ankommen", "Volkshochschule")
    assert f"Weg 1: {' – '.join(names)}" in answer
    assert "Volkshochschule Bärenstadt ist Mitglied in Bündnis Ankommen" in answer
    steps = rows(network("paths", "jugendamt", "vhs", "--limit", 1, "--format", "csv").stdout)
    assert [(row["step"], row["type"]) for row in steps] == [(str(i), "MEMBER_OF") for i in range(1, 5)]
    assert "seit" in network("paths", "jugendamt", "lernbruecke2", "--limit", 1).stdout


def test_communities_brokers_and_who_is_alone(network):
    found = json.loads(network("communities", "--format", "json").stdout)
    assert found["actors"] == 4
    first = json.loads(network("communities", "--members", 1, "--format", "json").stdout)
    assert {row["key"] for row in first} >= {each["key"] for each in found["communities"][0]["central"]}
    brokers = json.loads(network("brokers", "--format", "json").stdout)
    assert brokers["exact"]
    assert brokers["brokers"][0]["key"] == "actor:lernbruecke"
    assert [row["key"] for row in rows(network("isolated", "--format", "csv").stdout)] == ["actor:tafel"]
    assert rows(network("isolated", "--municipality", "Großbärenkreis", "--format", "csv").stdout) == []
    error = network("communities", "--members", 99, code=1).stderr
    assert "die Nummer einer Gemeinschaft" in error


def test_fields_and_links_between_municipalities(network):
    (field,) = rows(network("fields", "--format", "csv").stdout)
    assert (field["field"], field["actors"], field["alliances"], field["pairs"]) == ("school", "3", "2", "2")
    answer = network("between", "Großbärenkreis", "Kleinbärenkreis").stdout
    assert "Bündnisse mit Mitgliedern aus beiden: 1" in answer
    assert "Bündnis Ankommen: Lernbrücke e.V. – Volkshochschule Bärenstadt" in answer
    assert json.loads(network("between", "90001", "90002", "--format", "json").stdout)["counts"] == {
        "joint-alliance": 1
    }


def test_a_person_decides_about_likely_duplicates_and_may_take_it_back(network):
    pair = [("actor:lernbruecke", "actor:lernbruecke2")]

    def proposed() -> list[tuple[str, str]]:
        return [(row["one"], row["other"]) for row in rows(network("duplicates", "--format", "csv").stdout)]

    answer = network("duplicates").stdout
    assert "ähnliche Namen" in answer
    assert "kompass network merge" in answer
    assert proposed() == pair
    assert "derselbe Akteur" in network("merge", "lernbruecke2", "lernbruecke", "--reason", "gleiche Anschrift").stdout
    assert proposed() == []
    network("undo", "lernbruecke", "lernbruecke2")
    assert proposed() == pair
    assert "verschiedene Akteure" in network("distinguish", "lernbruecke", "lernbruecke2").stdout
    assert proposed() == []
    assert "sehen keine zwei Einträge so aus" in network("duplicates", "Lernbrücke e.V.").stdout
    network("undo", "lernbruecke", "lernbruecke2")
    assert "von Hand eingetragene Entscheidung" in network("undo", "lernbruecke", "lernbruecke2", code=1).stderr


def test_a_name_that_is_nobodys_or_of_several_is_answered_with_what_is_near(network):
    error = network("ego", "Lernbrüke", code=1).stderr
    assert "Lernbrücke e.V." in error
    assert "empty" not in error
    assert "verschiedene Akteure" in network("merge", "vhs", "vhs", code=1).stderr


def test_a_node_of_an_empty_store_is_asked_for_with_a_hint_how_to_fill_it(kompass):
    assert "kompass demo" in kompass("network", "ego", "Berlin", code=1).stderr
    assert "kompass demo" in kompass("network", "paths", "a", "b", code=1).stderr


def test_english_is_spoken_on_request(network):
    assert "Two" not in network("isolated").stdout
    answer = network("ego", "jugendamt", KOMPASS_LANG="en").stdout
    assert "around Jugendamt Großbärenkreis within one step" in answer
