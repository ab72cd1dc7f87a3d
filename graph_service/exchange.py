"""The exchange package: its tables and columns, and which record each row stands for.

One declaration for reading and writing, and long because it leaves no table out: a package is a Frictionless Tabular
Data Package (a folder or .zip with ``datapackage.json`` and CSV in UTF-8). What cells may hold stands in `cells`;
`docs/exchange-package.md` describes it for people.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from graph_service.cells import CellType, Column
from graph_service.keys import Label
from graph_service.model import EdgeType

DESCRIPTOR = "datapackage.json"


@dataclass(frozen=True, slots=True)
class Link:
    """A column of keys that stands for edges between the row's node and others, without properties."""

    column: str
    type: EdgeType
    other: Label
    concept_kind: str = ""
    outgoing: bool = True
    many: bool = True


@dataclass(frozen=True, slots=True)
class End:
    """The column that names one end of an edge table's rows."""

    column: str
    label: Label
    concept_kind: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the package: its rows are nodes (``label``), edges (``edge``) or something of their own."""

    name: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    label: Label | None = None
    links: tuple[Link, ...] = ()
    edge: EdgeType | None = None
    source: End | None = None
    target: End | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    """Column → field of the node or property of the edge."""
    extension: bool = False

    @property
    def file(self) -> str:
        """The table's file name."""
        return f"{self.name}.csv"

    def column(self, name: str) -> Column | None:
        """The column of this name, if the table has one."""
        return next((c for c in self.columns if c.name == name), None)


_T = CellType
_VISIBILITY = Column("visibility", _T.VISIBILITY, extension=True)
_NAME = Column("name", required=True)
_TITLE = Column("title", required=True)
_KEY = Column("key", _T.KEY, required=True, filled=True)
_LONGITUDE = Column("longitude", _T.NUMBER, low=-180, high=180)
_LATITUDE = Column("latitude", _T.NUMBER, low=-90, high=90)


def _end(name: str, refers: str, type: CellType = _T.KEY) -> Column:
    return Column(name, type, required=True, filled=True, refers=refers)


def _keys(name: str, refers: str = "", *, extension: bool = False) -> Column:
    return Column(name, _T.KEYS, extension=extension, refers=refers)


def _dates(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, _T.DATE) for name in names)


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _lists(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, _T.TEXTS) for name in names)


_FIELDS = Link("fields", EdgeType.IN_FIELD, Label.CONCEPT, "field")
_GROUPS = Link("target_groups", EdgeType.FOR_GROUP, Label.CONCEPT, "target_group")
_CHALLENGES = Link("challenges", EdgeType.ADDRESSES, Label.CONCEPT, "challenge")
_PLACE = Link("municipality", EdgeType.LOCATED_IN, Label.MUNICIPALITY, many=False)


def _nodes(
    name: str,
    label: Label,
    columns: tuple[Column, ...],
    links: tuple[Link, ...] = (),
    *,
    renamed: Mapping[str, str] | None = None,
    extension: bool = False,
) -> Table:
    columns = (*columns, _VISIBILITY)
    linked = {link.column for link in links}
    keys = {"key", "id"} if label is not Label.CONCEPT else {"id"}
    special = {"requests": {"requester"}}.get(name, set())
    plain = [c.name for c in columns if c.name not in linked | keys | special]
    properties = {column: (renamed or {}).get(column, column) for column in plain}
    return Table(
        name,
        columns,
        tuple(c.name for c in columns if c.name in ("key", "id")) if label is not Label.CONCEPT else ("id", "kind"),
        label=label,
        links=links,
        properties=MappingProxyType(properties),
        extension=extension,
    )


def _edges(
    name: str,
    edge: EdgeType,
    source: End,
    target: End,
    columns: tuple[Column, ...],
    identity: str = "",
    *,
    types: tuple[CellType, CellType] = (_T.KEY, _T.KEY),
    renamed: Mapping[str, str] | None = None,
    extension: bool = False,
) -> Table:
    ends = (
        _end(source.column, _REFERS.get(source.label, ""), types[0]),
        _end(target.column, _REFERS.get(target.label, "") if not target.concept_kind else "", types[1]),
    )
    return Table(
        name,
        (*ends, *columns, _VISIBILITY),
        (source.column, target.column, *identity.split()),
        edge=edge,
        source=source,
        target=target,
        properties=MappingProxyType({c.name: (renamed or {}).get(c.name, c.name) for c in columns}),
        extension=extension,
    )


_REFERS = {
    Label.MUNICIPALITY: "municipalities",
    Label.ACTOR: "actors",
    Label.ALLIANCE: "alliances",
    Label.PRACTICE: "practices",
}


def _tables() -> tuple[Table, ...]:
    return (
        _nodes(
            "municipalities",
            Label.MUNICIPALITY,
            (
                _KEY,
                _NAME,
                Column("level", _T.LEVEL, required=True),
                Column("kind"),
                Column("parent", _T.KEY, refers="municipalities"),
                Column("population", _T.INTEGER, low=0, high=1e10),
                Column("area_km2", _T.NUMBER, low=0, high=1e8),
                _LONGITUDE,
                _LATITUDE,
                *_dates("valid_from", "valid_until"),
                Column("territory_date", _T.DATE, extension=True),
                Column("population_date", _T.DATE, extension=True),
            ),
            (Link("parent", EdgeType.PART_OF, Label.MUNICIPALITY, many=False),),
        ),
        _edges(
            "parts",
            EdgeType.PART_OF,
            End("municipality", Label.MUNICIPALITY),
            End("parent", Label.MUNICIPALITY),
            _dates("since", "until"),
            extension=True,
        ),
        _edges(
            "types",
            EdgeType.OF_TYPE,
            End("municipality", Label.MUNICIPALITY),
            End("type", Label.CONCEPT),
            _dates("since"),
            "since",
            extension=True,
        ),
        _edges(
            "successions",
            EdgeType.SUCCEEDED_BY,
            End("predecessor", Label.MUNICIPALITY),
            End("successor", Label.MUNICIPALITY),
            (*_dates("on"), Column("change"), Column("population_share", _T.NUMBER)),
            "on",
            extension=True,
        ),
        _edges(
            "adjacencies",
            EdgeType.ADJACENT_TO,
            End("municipality_a", Label.MUNICIPALITY),
            End("municipality_b", Label.MUNICIPALITY),
            (Column("border_km", _T.NUMBER),),
            extension=True,
        ),
        _nodes(
            "indicators",
            Label.INDICATOR,
            (
                Column("id", _T.KEY, required=True, filled=True),
                *_texts("label_de", "label_en", "unit", "theme"),
                Column("polarity", _T.INTEGER, low=-1, high=1),
                Column("scale", _T.SCALE),
                *_texts("source", "licence", "url"),
            ),
            renamed={"label_de": "name"},
        ),
        Table(
            "observations",
            (
                _end("municipality", "municipalities"),
                _end("indicator", "indicators"),
                Column("period", _T.PERIOD, required=True, filled=True),
                Column("value", _T.NUMBER),
                Column("flag"),
            ),
            ("municipality", "indicator", "period"),
        ),
        _nodes(
            "actors",
            Label.ACTOR,
            (
                _KEY,
                _NAME,
                Column("kind"),
                Column("municipality", _T.KEY, refers="municipalities"),
                _LONGITUDE,
                _LATITUDE,
                _keys("fields"),
                _keys("target_groups"),
                *_lists("languages", "resources", "needs"),
                *_texts("description", "url"),
                *_dates("assured_on"),
                _keys("serves", "municipalities", extension=True),
                Column("legal_basis", extension=True),
                Column("contact_role", extension=True),
            ),
            (_PLACE, _FIELDS, _GROUPS, Link("serves", EdgeType.SERVES, Label.MUNICIPALITY)),
        ),
        _nodes(
            "alliances",
            Label.ALLIANCE,
            (
                _KEY,
                _NAME,
                Column("kind"),
                _keys("municipalities", "municipalities"),
                _keys("fields"),
                _keys("challenges"),
                Column("description"),
                *_dates("started_on", "ended_on"),
                Column("status"),
                _keys("target_groups", extension=True),
            ),
            (Link("municipalities", EdgeType.ACTS_IN, Label.MUNICIPALITY), _FIELDS, _CHALLENGES, _GROUPS),
        ),
        _edges(
            "memberships",
            EdgeType.MEMBER_OF,
            End("actor", Label.ACTOR),
            End("alliance", Label.ALLIANCE),
            (Column("role"), *_dates("since", "until")),
            "role since",
        ),
        _edges(
            "cooperations",
            EdgeType.COOPERATES_WITH,
            End("actor_a", Label.ACTOR),
            End("actor_b", Label.ACTOR),
            (Column("strength"), *_dates("since", "until")),
            "since",
        ),
        _nodes(
            "practices",
            Label.PRACTICE,
            (
                _KEY,
                _TITLE,
                Column("description"),
                _keys("fields"),
                _keys("challenges"),
                _keys("target_groups"),
                *_texts("evidence", "url"),
                Column("programme", extension=True),
                Column("source", extension=True),
                Column("published_on", extension=True),
                _keys("carried_by", "actors", extension=True),
            ),
            (_FIELDS, _CHALLENGES, _GROUPS, Link("carried_by", EdgeType.CARRIED_BY, Label.ACTOR)),
            renamed={"title": "name"},
        ),
        _edges(
            "applications",
            EdgeType.APPLIED_IN,
            End("practice", Label.PRACTICE),
            End("municipality", Label.MUNICIPALITY),
            (
                Column("actor", _T.KEY, refers="actors"),
                Column("status"),
                *_dates("started_on", "ended_on"),
                Column("outcome"),
            ),
            "started_on actor",
            renamed={"started_on": "since", "ended_on": "until"},
        ),
        _edges(
            "ratings",
            EdgeType.FACES,
            End("municipality", Label.MUNICIPALITY),
            End("challenge", Label.CONCEPT, "challenge"),
            (
                Column("severity", _T.INTEGER, required=True, filled=True, low=0, high=4),
                *_dates("rated_on"),
                Column("rater_role"),
            ),
            "rated_on rater_role",
        ),
        _nodes(
            "offers",
            Label.OFFER,
            (
                _KEY,
                _NAME,
                Column("kind"),
                Column("provider", _T.KEY, refers="actors"),
                _keys("municipalities", "municipalities"),
                _keys("fields"),
                _keys("target_groups"),
                *_lists("languages"),
                Column("age_min", _T.INTEGER, low=0, high=120),
                Column("age_max", _T.INTEGER, low=0, high=120),
                *_texts("department", "status"),
                *_dates("funded_until", "assured_on"),
                Column("improvement_note"),
                _keys("challenges", extension=True),
            ),
            (
                Link("provider", EdgeType.OFFERS, Label.ACTOR, outgoing=False, many=False),
                Link("municipalities", EdgeType.SERVES, Label.MUNICIPALITY),
                _FIELDS,
                _GROUPS,
                _CHALLENGES,
            ),
        ),
        _nodes(
            "requests",
            Label.REQUEST,
            (
                _KEY,
                _TITLE,
                Column("requester", _T.NODE),
                Column("municipality", _T.KEY, refers="municipalities"),
                *_lists("resources"),
                _keys("fields"),
                _keys("target_groups"),
                Column("description"),
                *_dates("open_from", "open_until"),
                Column("status"),
                _keys("challenges", extension=True),
            ),
            (_PLACE, _FIELDS, _GROUPS, _CHALLENGES),
            renamed={"title": "name"},
        ),
        _nodes(
            "exchanges",
            Label.EXCHANGE,
            (
                _KEY,
                _TITLE,
                *_texts("format", "state", "description"),
                *_dates("planned_on", "held_on"),
                _keys("municipalities", "municipalities"),
                _keys("practices", "practices"),
                _keys("topics"),
            ),
            (
                Link("municipalities", EdgeType.INVOLVES, Label.MUNICIPALITY),
                Link("practices", EdgeType.ABOUT, Label.PRACTICE),
                Link("topics", EdgeType.ABOUT, Label.CONCEPT),
            ),
            renamed={"title": "name"},
            extension=True,
        ),
        _edges(
            "adoptions",
            EdgeType.ADOPTED,
            End("municipality", Label.MUNICIPALITY),
            End("practice", Label.PRACTICE),
            (*_texts("decision", "reason"), *_dates("on")),
            "on",
            extension=True,
        ),
        *(
            _edges(
                name,
                type,
                End("actor_a", Label.ACTOR),
                End("actor_b", Label.ACTOR),
                (*_dates("on"), *_texts("reason")),
                extension=True,
            )
            for name, type in (("same_actors", EdgeType.SAME_AS), ("different_actors", EdgeType.DIFFERENT_FROM))
        ),
        _nodes(
            "vocabulary",
            Label.CONCEPT,
            (
                Column("id", _T.KEY, required=True, filled=True),
                Column("kind", _T.KEY, required=True, filled=True),
                *_texts("broader", "label_de", "label_en"),
            ),
            renamed={"label_de": "name"},
        ),
        Table(
            "links",
            (
                Column("type", required=True, filled=True),
                _end("source", "", _T.NODE),
                _end("target", "", _T.NODE),
                Column("properties", _T.JSON),
            ),
            ("type", "source", "target", "properties"),
            extension=True,
        ),
    )


TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _tables()})
"""Every table by its name, in the order in which they are read and written."""

NODE_TABLES: Mapping[Label, Table] = MappingProxyType({t.label: t for t in TABLES.values() if t.label is not None})
EDGE_TABLES: Mapping[EdgeType, Table] = MappingProxyType({t.edge: t for t in TABLES.values() if t.edge is not None})

_VOCABULARIES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("municipalities", "kind"): "municipality_kind",
        ("municipalities", "level"): "level",
        ("actors", "kind"): "actor_kind",
        ("actors", "resources"): "resource",
        ("actors", "needs"): "resource",
        ("alliances", "kind"): "alliance_kind",
        ("alliances", "status"): "alliance_status",
        ("memberships", "role"): "alliance_role",
        ("cooperations", "strength"): "cooperation_strength",
        ("practices", "evidence"): "evidence",
        ("applications", "status"): "practice_status",
        ("ratings", "rater_role"): "rater_role",
        ("offers", "kind"): "offer_kind",
        ("offers", "status"): "offer_status",
        ("requests", "resources"): "resource",
        ("requests", "status"): "request_status",
        ("exchanges", "format"): "exchange_format",
        ("exchanges", "state"): "exchange_state",
        ("adoptions", "decision"): "decision",
        ("indicators", "theme"): "theme",
        ("indicators", "scale"): "scale",
        ("successions", "change"): "territorial_change",
    }
)
"""Which vocabulary the ids in a column of text belong to."""


def vocabulary_of(table: Table, column: str) -> str:
    """The kind of vocabulary whose ids stand in a column, or "" where it is free."""
    for link in table.links:
        if link.column == column:
            return link.concept_kind
    if table.target is not None and table.target.column == column:
        return table.target.concept_kind
    return _VOCABULARIES.get((table.name, column), "")


def concept_parts(local: str, kind: str | None) -> tuple[str, str]:
    """The kind and the id that a concept's local key consists of; the kind is "" where it has none."""
    if kind and local.startswith(f"{kind}.") and len(local) > len(kind) + 1:
        return kind, local[len(kind) + 1 :]
    first, _, rest = local.partition(".")
    return (first, rest) if first and rest else ("", local)
