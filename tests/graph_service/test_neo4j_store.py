"""What concerns Neo4j alone: the graph as a person finds it in Cypher, and one clear error for whatever fails."""

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from neo4j_server import Address, Start, connected, free_port

from graph_service.errors import (
    GraphServiceError,
    InvalidValue,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreNotMigrated,
    StoreTooNew,
    StoreTooOld,
    StoreUnauthorised,
    StoreUnavailable,
)
from graph_service.keys import NodeKey, indicator_key, municipality_key
from graph_service.model import (
    Actor,
    Boundary,
    Concept,
    Dataset,
    Edge,
    EdgeType,
    Indicator,
    Level,
    Municipality,
    ObservationTable,
    Practice,
)
from graph_service.store.contract import GraphStore, Writer
from graph_service.store.neo4j_migrate import statements, steps
from graph_service.store.open import open_store

AACHEN, KREIS = municipality_key("05334002"), municipality_key("05334")
REGISTER = Dataset(id="register", title="Gemeindeverzeichnis", precedence=50)
LIST = Dataset(id="list", title="Liste")


@pytest.fixture
def store(empty_neo4j: Address) -> Iterator[GraphStore]:
    with closing(open_store(empty_neo4j.url, password=empty_neo4j.password)) as store:
        yield store


@pytest.fixture
def cypher(neo4j_address: Address) -> Iterator[Callable[[str], list[list[object]]]]:
    """Asks the database as a person would, beside the store."""
    with connected(neo4j_address) as driver:
        yield lambda query: [record.values() for record in driver.execute_query(query).records]


def fill(tx: Writer) -> None:
    table = ObservationTable(["05334002"] * 2, ["kids"] * 2, ["2019", "2020"], np.array([np.nan, 0.25]), [".", ""])
    tx.replace(
        REGISTER,
        [
            Municipality(key=AACHEN, name="Aachen", population=252_769, valid_from=date(2009, 10, 21)),
            Municipality(key=KREIS, name="Städteregion Aachen"),
            Edge(EdgeType.PART_OF, AACHEN, KREIS, {"since": date(2009, 10, 21)}),
            Boundary(AACHEN, '{"type":"Point"}'),
            Indicator(key=indicator_key("kids"), name="Kinder"),
            table,
        ],
    )
    tx.replace(
        LIST,
        [
            Municipality(key=AACHEN, name="Oche", kind="Stadt"),
            Actor(key=NodeKey("actor:a"), name="Mädchentreff", languages=("de", "tr")),
            Edge(EdgeType.LOCATED_IN, NodeKey("actor:a"), AACHEN),
            Edge(EdgeType.LOCATED_IN, NodeKey("actor:unknown"), AACHEN),
        ],
    )


@pytest.mark.neo4j
class TestTheGraphInCypher:
    @pytest.fixture(autouse=True)
    def _filled(self, store: GraphStore) -> None:
        store.write(fill)

    def test_nodes_have_the_labels_and_plain_properties_of_the_design(self, cypher) -> None:
        assert cypher("MATCH (m:Municipality {name: 'Aachen'}) RETURN properties(m)") == [
            [{"key": AACHEN, "name": "Aachen", "kind": "Stadt", "population": 252_769, "valid_from": "2009-10-21"}]
        ]
        assert cypher("MATCH (a:Actor) RETURN a.key, a.languages") == [["actor:a", ["de", "tr"]]]

    def test_edges_have_the_types_of_the_design_and_say_their_dataset(self, cypher) -> None:
        assert cypher(
            "MATCH (:Municipality {name: 'Aachen'})-[r:PART_OF]->(k:Municipality) RETURN k.name, r.since, r.dataset"
        ) == [["Städteregion Aachen", "2009-10-21", "register"]]
        assert cypher("MATCH (a:Actor)-[:LOCATED_IN]->(m:Municipality) RETURN a.name, m.name") == [
            ["Mädchentreff", "Aachen"]
        ]

    def test_a_series_is_one_node_between_its_municipality_and_its_indicator(self, cypher) -> None:
        query = (
            "MATCH (m:Municipality)-[:HAS_SERIES]->(s:Series)-[:MEASURES]->(i:Indicator {name: 'Kinder'})"
            " RETURN m.name, s.periods, isNaN(s.values[0]), s.values[1], s.flags, s.dataset"
        )
        assert cypher(query) == [["Aachen", ["2019", "2020"], True, 0.25, [".", ""], "register"]]

    def test_who_says_what_can_be_asked(self, cypher) -> None:
        query = (
            "MATCH (d:Dataset)-[c:CLAIMS]->(:Municipality {name: 'Aachen'})"
            " RETURN d.title, c.name, c._since <= datetime() ORDER BY d.precedence"
        )
        assert cypher(query) == [["Gemeindeverzeichnis", "Aachen", True], ["Liste", "Oche", True]]

    def test_what_nobody_names_has_no_label_to_be_found_by(self, cypher) -> None:
        assert cypher("MATCH (n:Actor {key: 'actor:unknown'}) RETURN n") == []
        assert cypher("MATCH (n:Entity {key: 'actor:unknown'}) RETURN labels(n)") == [[["Entity"]]]

    def test_dropping_everything_leaves_nothing_but_the_journal(self, store: GraphStore, cypher) -> None:
        store.write(lambda tx: [tx.drop("register"), tx.drop("list")])
        assert cypher("MATCH (n) WHERE NOT n:JournalEntry RETURN labels(n)") == [[["Store"]]]
        assert cypher("MATCH (n:JournalEntry)--() RETURN count(n)") == [[0]]

    def test_a_key_cannot_be_there_twice(self, cypher) -> None:
        with pytest.raises(Exception, match="already exists"):
            cypher(f"CREATE (:Entity {{key: '{AACHEN}'}})")

    def test_neighbours_are_found_by_index(self, neo4j_address: Address) -> None:
        with connected(neo4j_address) as driver:
            plan = driver.execute_query(f"EXPLAIN MATCH (m:Municipality {{key: '{AACHEN}'}}) RETURN m").summary.plan
        assert "IndexSeek" in str(plan)


@pytest.mark.neo4j
def test_the_queries_of_the_documentation_run_and_name_only_what_exists(
    store: GraphStore, neo4j_address: Address
) -> None:
    page = Path(__file__).parents[2] / "docs" / "neo4j.md"
    queries = re.findall(r"```cypher\n(.+?)```", page.read_text("utf-8"), re.DOTALL)
    assert len(queries) >= 5
    store.write(documented)
    with connected(neo4j_address) as driver:
        for query in queries:
            assert driver.execute_query(query).records, query


def documented(tx: Writer) -> None:
    """A little of everything that the documentation asks for."""
    district, town, other = (municipality_key(code) for code in ("08119", "08119085", "08116"))
    practice, office, field = NodeKey("practice:p"), NodeKey("actor:a"), NodeKey("concept:field.school")
    tx.replace(
        REGISTER,
        [
            Municipality(key=district, name="Rems-Murr-Kreis", level=Level.DISTRICT),
            Municipality(key=other, name="Esslingen", level=Level.DISTRICT),
            Municipality(key=town, name="Winterbach", level=Level.MUNICIPALITY, population=7_700),
            Practice(key=practice, name="Lotsen", url="https://example.org"),
            Actor(key=office, name="Jugendamt", kind="youth-office"),
            Concept(key=field, name="Schule"),
            Indicator(key=indicator_key("kids"), name="Kinder", unit="%"),
            Edge(EdgeType.PART_OF, town, district),
            Edge(EdgeType.ADJACENT_TO, other, district),
            Edge(EdgeType.LOCATED_IN, office, other),
            Edge(EdgeType.APPLIED_IN, practice, town),
            Edge(EdgeType.IN_FIELD, practice, field),
            ObservationTable(["08119"], ["kids"], ["2020"], np.array([1.5]), [""]),
        ],
    )


# --- migrations


def test_a_script_is_split_into_its_statements() -> None:
    script = "// a comment; with a semicolon\nCREATE (a);\n\nMATCH (n)\n  SET n.x = ';'\n;\n"
    assert statements(script) == ["CREATE (a)", "MATCH (n)\n  SET n.x = ';'"]
    numbers = [number for number, _ in steps()]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.neo4j
def test_a_database_newer_than_the_code_is_refused(store: GraphStore, empty_neo4j: Address, cypher) -> None:
    cypher("MATCH (s:Store) SET s.schema = 9999")
    with pytest.raises(StoreTooNew, match="version 9999"):
        open_store(empty_neo4j.url, password=empty_neo4j.password)


@pytest.mark.neo4j
def test_without_permission_to_migrate_an_empty_database_is_refused_and_left_alone(
    empty_neo4j: Address, cypher
) -> None:
    with pytest.raises(StoreNotMigrated, match="kompass migrate"):
        open_store(empty_neo4j.url, password=empty_neo4j.password, migrate=False)
    assert cypher("MATCH (n) RETURN n") == []
    open_store(empty_neo4j.url, password=empty_neo4j.password).close()
    open_store(empty_neo4j.url, password=empty_neo4j.password, migrate=False).close()


@pytest.mark.neo4j
def test_another_applications_graph_is_refused_and_left_alone(empty_neo4j: Address, cypher) -> None:
    cypher("CREATE (:Film {title: 'Metropolis'})")
    with pytest.raises(StoreCorrupt, match="another application"):
        open_store(empty_neo4j.url, password=empty_neo4j.password)
    assert cypher("MATCH (n) RETURN n.title") == [["Metropolis"]]


@pytest.mark.neo4j
def test_opening_twice_at_once_migrates_once(empty_neo4j: Address, cypher) -> None:
    stores: list[GraphStore] = []
    threads = [
        threading.Thread(target=lambda: stores.append(open_store(empty_neo4j.url, password=empty_neo4j.password)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores) == 3
    assert cypher("MATCH (s:Store) RETURN s.revision, s.schema") == [[0, steps()[-1][0]]]
    for store in stores:
        store.close()


# --- what can go wrong on the way to the server


@pytest.mark.parametrize("scheme", ["neo4j", "bolt", "neo4j+ssc", "bolt+s"])
def test_a_server_that_is_not_there_is_said_to_be_unavailable(scheme: str) -> None:
    url = f"{scheme}://127.0.0.1:{free_port()}"
    with pytest.raises(StoreUnavailable) as caught:
        open_store(url)
    assert caught.value.place.file == url


@pytest.mark.parametrize("url", ["neo4j://", "neo4j:///graph", "neo4j://host:port", "bolt://host:99999"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidValue):
        open_store(url)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidValue) as caught:
        open_store("neo4j://anna:geheim@127.0.0.1:7687")
    assert "geheim" not in str(caught.value)


@pytest.mark.neo4j
def test_a_database_that_the_server_does_not_have_is_named(neo4j_address: Address) -> None:
    with pytest.raises(StoreError, match=r"a database of this name.*gibtesnicht"):
        open_store(f"{neo4j_address.url.partition('?')[0]}/gibtesnicht", password=neo4j_address.password)


@contextmanager
def speaking(*answers: bytes) -> Iterator[str]:
    """A server that answers each message with the next of these bytes, whatever it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client, suppress(OSError):
                    for answer in answers:
                        client.recv(65536)
                        client.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"bolt://127.0.0.1:{listener.getsockname()[1]}"


def success(**properties: str) -> bytes:
    """A Bolt SUCCESS message: one structure 0x70 with a map of short texts, in one chunk."""

    def packed(text: str) -> bytes:
        return bytes([0x80 + len(text)]) + text.encode()

    body = (
        b"\xb1\x70" + bytes([0xA0 + len(properties)]) + b"".join(packed(k) + packed(v) for k, v in properties.items())
    )
    return len(body).to_bytes(2, "big") + body + b"\0\0"


@pytest.mark.parametrize(
    "answers",
    [
        (b"\0\0\0\0",),
        (b"\0\0\0\3",),
        (b"\0\0\4\4", success(server="Neo4j/4.4.40", id="b"), success() + success(server="Neo4j/4.4.40")),
    ],
    ids=["no common protocol", "protocol of 2018", "Neo4j 4.4"],
)
def test_a_server_older_than_5_is_refused(answers: tuple[bytes, ...]) -> None:
    with speaking(*answers) as url, pytest.raises(StoreTooOld, match="version 5 or newer"):
        open_store(url)


def test_something_that_does_not_speak_bolt_is_no_neo4j_server() -> None:
    with speaking(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url, pytest.raises(GraphServiceError) as caught:
        open_store(url)
    assert isinstance(caught.value, StoreUnavailable | StoreTooOld)


@pytest.mark.neo4j
def test_wrong_missing_and_first_passwords_are_each_refused_in_one_sentence(
    own_neo4j: Start,
) -> None:
    server = own_neo4j(password=True)
    url = f"neo4j://neo4j@127.0.0.1:{server.port}"
    for password in ("falsch", None):
        with pytest.raises(StoreUnauthorised, match="the right user and password"):
            open_store(url, password=password)
    with pytest.raises(StoreUnauthorised):
        open_store(f"neo4j://127.0.0.1:{server.port}")
    with pytest.raises(StoreUnauthorised, match="first password has been changed"):
        open_store(url, password="neo4j")
    with connected(Address(url, "neo4j")) as driver:
        driver.execute_query("ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO 'geheim:@/ü'", database_="system")
    with closing(open_store(url, password="geheim:@/ü")) as store:
        assert store.read(lambda tx: tx.revision()) == 0
        assert store.url == url


@pytest.mark.neo4j
def test_a_server_that_crashes_in_the_middle_of_a_write_keeps_the_earlier_state_whole(
    own_neo4j: Start,
) -> None:
    server = own_neo4j()
    url = f"neo4j://127.0.0.1:{server.port}"
    with closing(open_store(url)) as store:
        store.write(fill)
        before = store.read(lambda tx: (tx.revision(), list(tx.nodes()), list(tx.edges()), repr(list(tx.series()))))
        runs = []

        def work(tx: Writer) -> None:
            runs.append(1)
            tx.drop("register")
            tx.replace(LIST, [Municipality(key=municipality_key(str(i)), name="x") for i in range(5_000)])
            server.crash()
            tx.put(Municipality(key=AACHEN, name="nie"))

        with pytest.raises(StoreUnavailable):
            store.write(work)
        assert runs == [1], "work that began is never begun again: its records may be used up"
        with pytest.raises(StoreUnavailable):
            store.write(lambda tx: tx.put(Municipality(key=AACHEN, name="nie")))
        with pytest.raises(StoreUnavailable):
            store.read(lambda tx: tx.revision())
        server.start()
        after = store.read(lambda tx: (tx.revision(), list(tx.nodes()), list(tx.edges()), repr(list(tx.series()))))
        assert after == before, "and the same store object works again"
        store.write(lambda tx: tx.put(Municipality(key=AACHEN, name="Aachen!")))
        assert store.read(lambda tx: tx.node(AACHEN)).name == "Aachen!"


@pytest.mark.neo4j
def test_a_write_too_large_for_the_servers_memory_is_refused_and_leaves_everything(own_neo4j: Start) -> None:
    server = own_neo4j(settings={"db.memory.transaction.max": "20m"})
    with closing(open_store(f"neo4j://127.0.0.1:{server.port}")) as store:
        store.write(fill)
        towns = [Municipality(key=municipality_key(str(i)), name="x" * 200) for i in range(40_000)]
        with pytest.raises(StoreFull, match="more memory"):
            store.write(lambda tx: tx.replace(REGISTER, towns))
        assert store.read(lambda tx: (tx.revision(), tx.node(AACHEN).name)) == (1, "Aachen")


def test_the_driver_is_imported_ahead_where_it_will_be_needed_and_nowhere_else():
    # processes that are copied of one share what was imported before
    said = "import sys; from graph_service.store.open import import_driver; import_driver(sys.argv[1])"
    for url, there in (("neo4j://localhost", "True"), ("bolt+s://localhost", "True"), ("sqlite:///a.db", "False")):
        command = [sys.executable, "-c", f"{said}; print('neo4j' in sys.modules)", url]
        assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == there
