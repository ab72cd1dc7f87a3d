"""Whose data these are, and who says what of a record: told from the store, as far as the audience may see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from api.services import Services
from api.snapshot import Snapshot
from graph_service.errors import NotFound
from graph_service.keys import NodeKey
from graph_service.projection import Projection
from graph_service.store.contract import DatasetStatus, Reader
from graph_service.visibility import Audience


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset, in the order in which datasets are believed, with how many claims of it are seen."""

    id: str
    title: str
    publisher: str
    licence: str
    url: str
    retrieved_on: date | None
    territory_date: date | None
    precedence: int
    updated_at: datetime
    claims: dict[str, int]


@dataclass(frozen=True, slots=True)
class Sources:
    """The datasets of which anything is seen."""

    revision: int
    items: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class ClaimFound:
    """What one dataset says of a record since when."""

    dataset: str
    properties: Mapping[str, object]
    since: datetime


@dataclass(frozen=True, slots=True)
class ClaimsFound:
    """Who says what of a record, in the order in which they are believed."""

    revision: int
    key: NodeKey
    claims: tuple[ClaimFound, ...]


def list_datasets(services: Services, snapshot: Snapshot) -> tuple[DatasetStatus, ...]:
    """All datasets of the store, read once for a snapshot. Raises StoreError, at once while the store is away."""

    def read(_: Projection) -> tuple[DatasetStatus, ...]:
        services.expect_store()
        return tuple(services.store.read(lambda reader: reader.datasets()))

    return snapshot.prepared("datasets", read)


def list_sources(services: Services, audience: Audience) -> Sources:
    """The datasets; counted once for a snapshot. Raises StoreError, at once while the store is away."""
    snapshot = services.snapshot(audience)

    def count(_: Projection) -> Sources:
        if not snapshot.sight.hides:
            return Sources(snapshot.revision, tuple(map(_source, list_datasets(services, snapshot))))
        services.expect_store()
        return services.read(audience, _sources)

    return snapshot.prepared("sources", count)


def find_source(services: Services, audience: Audience, id: str) -> Source:
    """One dataset; raises NotFound for a hidden one as for none."""
    for each in list_sources(services, audience).items:
        if each.id == id:
            return each
    raise NotFound("a known dataset", id)


def find_claims(services: Services, audience: Audience, key: NodeKey) -> ClaimsFound:
    """Who says what of a record; raises NotFound."""

    def work(reader: Reader, snapshot: Snapshot) -> ClaimsFound:
        if not snapshot.sight.shows(key):
            raise NotFound("a known node", key)
        told = tuple(ClaimFound(each.dataset, each.properties, each.since) for each in reader.claims(key))
        return ClaimsFound(snapshot.revision, key, told)

    return services.read(audience, work)


def _sources(reader: Reader, snapshot: Snapshot) -> Sources:
    return Sources(snapshot.revision, tuple(map(_source, reader.datasets())))


def _source(status: DatasetStatus) -> Source:
    each = status.dataset
    return Source(
        each.id,
        each.title,
        each.publisher,
        each.licence,
        each.url,
        each.retrieved_on,
        each.territory_date,
        each.precedence,
        status.updated_at,
        dict(status.counts),
    )
