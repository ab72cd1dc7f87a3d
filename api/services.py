"""What answers questions: the store, its projection, and rankers by lens, opened when first needed."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from api.settings import Settings
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from graph_service.projection import Projection
from graph_service.projection_cache import ProjectionCache, cache_folder
from graph_service.store.contract import GraphStore
from graph_service.store.open import open_store
from matching.lens import Lens
from matching.names import find_municipality
from matching.peers import PeerMatcher, PeerRanker


class Services:
    """Opens each part once; nothing else puts parts together."""

    def __init__(self, settings: Settings) -> None:
        """Remember the settings; nothing is opened yet."""
        self.settings = settings

    @cached_property
    def store(self) -> GraphStore:
        """The store of the settings, brought up to date; raises StoreError."""
        return self.open_store(self.settings.store)

    def open_store(self, url: str, *, migrate: bool = True) -> GraphStore:
        """Another store by its address, with the password of the settings; raises StoreError."""
        return open_store(url, password=self.settings.neo4j_password, migrate=migrate)

    def at(self, url: str) -> "Services":
        """The same services on another store."""
        return Services(replace(self.settings, store=url))

    def projection(self) -> Projection:
        """The projection of the store's present revision, kept until the revision moves."""
        kept: Projection | None = self.__dict__.get("_projection")
        if kept is None or kept.revision != self.store.read(lambda reader: reader.revision()):
            kept = self._cache.open(self.store)
            self.__dict__["_projection"] = kept
        return kept

    def municipality(self, text: str, level: Level | None = None) -> NodeKey:
        """The municipality that a code, key or name means, at this level if there are several; raises NotFound."""
        projection = self.projection()
        if not projection.spans[Label.MUNICIPALITY]:
            raise NotFound(
                "a store with municipalities: fill it with `kompass demo` or `kompass import`", "an empty store"
            )
        return find_municipality(projection, text, level)

    def peers(self, lens: Lens) -> PeerRanker:
        """The ranker of a lens on the present revision, kept until the revision moves."""
        projection = self.projection()
        kept: dict[Lens, PeerRanker] = self.__dict__.setdefault("_peers", {})
        found = kept.get(lens)
        if found is None or found.projection is not projection:
            found = kept[lens] = PeerMatcher(lens).fit(projection)
        return found

    @cached_property
    def _cache(self) -> ProjectionCache:
        return ProjectionCache(cache_folder(self.store, self.settings.cache))

    def close(self) -> None:
        """Close the store if it was opened."""
        if "store" in self.__dict__:
            self.store.close()


Accessor = Callable[[], Services]
