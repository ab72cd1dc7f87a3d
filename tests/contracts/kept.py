"""What tests of stores put in, and all that a store holds and shows."""

from datetime import date

import numpy as np

from graph_service.keys import NodeKey, indicator_key, municipality_key
from graph_service.model import (
    Actor,
    Alliance,
    Dataset,
    Edge,
    EdgeType,
    Indicator,
    Level,
    Municipality,
    ObservationTable,
    Series,
)
from graph_service.store.contract import Changes, GraphStore, Reader

AACHEN, TRIER, KOELN = (municipality_key(code) for code in ("05334002", "07211000", "05315000"))
NAN = float("nan")

REGISTER = Dataset(id="register", title="Gemeindeverzeichnis", publisher="Destatis", precedence=50)
LIST = Dataset(id="list", title="Liste des Landkreises Böblingen", precedence=80, retrieved_on=date(2024, 2, 29))

aachen = Municipality(key=AACHEN, name="Aachen", level=Level.MUNICIPALITY, population=252_769, area_km2=160.85)
trier = Municipality(key=TRIER, name="Trier", level=Level.MUNICIPALITY)
koeln = Municipality(key=KOELN, name="Köln", kind="kreisfreie Stadt", valid_from=date(1975, 1, 1))
kids = Indicator(key=indicator_key("kids"), name="Kinder", polarity=0)
part_of = Edge(EdgeType.PART_OF, AACHEN, KOELN, {"since": date(2009, 10, 21)})


def put_in(store: GraphStore, dataset: Dataset, *records: object) -> Changes:
    return store.write(lambda tx: tx.replace(dataset, records))


def observations(*rows: tuple[str, str, str, float, str]) -> ObservationTable:
    municipality, indicator, period, value, flag = ([row[i] for row in rows] for i in range(5))
    return ObservationTable(municipality, indicator, period, np.array(value, dtype=float), flag)


def text(series: Series) -> str:
    """A series as text, because NaN is never equal to itself."""
    return repr(series)


def whole(store: GraphStore) -> dict[str, object]:
    """Everything a store holds and shows, comparable with another's."""

    def look(reader: Reader) -> dict[str, object]:
        datasets = reader.datasets()
        return {
            "datasets": [(status.dataset, status.counts) for status in datasets],
            "claimed": [[repr(c) for c in reader.claimed(status.dataset.id)] for status in datasets],
            "nodes": list(reader.nodes()),
            "edges": list(reader.edges()),
            "series": [text(s) for s in reader.series()],
            "boundaries": list(reader.boundaries()),
        }

    return store.read(look)


ANNA, BERT, BUND = NodeKey("actor:anna-stift"), NodeKey("actor:bert"), NodeKey("alliance:bund")
PARTIES = (
    Actor(key=ANNA, name="Anna-Stift"),
    Actor(key=BERT, name="Bert e. V."),
    Alliance(key=BUND, name="Bündnis für Bildung"),
)


def member(actor: NodeKey, **properties: object) -> Edge:
    return Edge(EdgeType.MEMBER_OF, actor, BUND, properties)
