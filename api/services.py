"""What answers questions: the store and snapshots of it, one for each audience, opened when first needed."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

from api.revisions import Revisions
from api.settings import Settings
from api.snapshot import Snapshot
from api.state import StateDatabase
from graph_service.errors import NotFound, StoreBusy, StoreUnavailable
from graph_service.keys import NodeKey
from graph_service.model import Level
from graph_service.projection import Projection
from graph_service.projection_cache import ProjectionCache, cache_folder
from graph_service.seen import SeenReader
from graph_service.store.contract import GraphStore, Reader
from graph_service.store.open import open_store
from graph_service.visibility import OFFICE, Audience
from matching.peers.lens import Lens
from matching.peers.matcher import PeerRanker

if TYPE_CHECKING:  # not for a cycle: most commands need no accounts, and hashing takes long to import
    from api.accounts.service import Accounts
    from api.http.sign_on import SignOn
    from api.jobs.imports import ImportJobs
    from api.mail.outbox import MailQueue
    from api.saved import SavedAddresses

T = TypeVar("T")

_TRIES = 5
"""How often what is read from the store begins anew because it was written meanwhile."""


def _of_one_revision(snapshot: Snapshot, work: Callable[[Reader, Snapshot], T], reader: Reader) -> tuple[T] | None:
    """What the work makes of a snapshot's revision; None where the store has another one, before or after."""
    if reader.revision() != snapshot.revision:
        return None
    found = work(SeenReader(reader, snapshot.sight), snapshot)
    return (found,) if reader.revision() == snapshot.revision else None


class Services:
    """Opens each part once, for any number of threads; nothing else puts parts together."""

    def __init__(
        self, settings: Settings, *, patience: float = 0.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Remember the settings; nothing is opened yet.

        ``patience``: for how many seconds the revision is taken to be the same without asking the store.
        """
        self.settings = settings
        self._opening = RLock()
        self._revisions = Revisions(self._revision, self._project, patience, clock)

    @property
    def store(self) -> GraphStore:
        """The store of the settings, brought up to date; raises StoreError."""
        with self._opening:
            return self._store

    @cached_property
    def _store(self) -> GraphStore:
        return self.open_store(self.settings.store)

    @property
    def state(self) -> StateDatabase:
        """The service's own database beside the graph; raises StoreError."""
        with self._opening:
            return self._state

    @cached_property
    def _state(self) -> StateDatabase:
        return StateDatabase.within(self.settings.state)

    @property
    def saved(self) -> "SavedAddresses":
        """What people keep under a name; raises StoreError."""
        with self._opening:
            return self._saved

    @cached_property
    def _saved(self) -> "SavedAddresses":
        from api.saved import SavedAddresses

        return SavedAddresses(self.state)

    @property
    def accounts(self) -> "Accounts":
        """Who has an account; raises StoreError."""
        with self._opening:
            return self._accounts

    @cached_property
    def _accounts(self) -> "Accounts":
        from api.accounts.service import Accounts

        return Accounts.on(self.state)

    @property
    def imports(self) -> "ImportJobs":
        """The imports that people ask for and the worker does; raises StoreError."""
        with self._opening:
            return self._imports

    @cached_property
    def _imports(self) -> "ImportJobs":
        from api.jobs.imports import ImportJobs

        return ImportJobs.on(self.state, self.settings)

    @property
    def mails(self) -> "MailQueue":
        """What waits for the mail server; raises StoreError."""
        with self._opening:
            return self._mails

    @cached_property
    def _mails(self) -> "MailQueue":
        from api.mail.outbox import MailQueue

        return MailQueue(self.state)

    @property
    def sign_on(self) -> "SignOn":
        """The house's own sign-on; raises NotFound where there is none, StoreError."""
        with self._opening:
            return self._sign_on

    @cached_property
    def _sign_on(self) -> "SignOn":
        from api.http.sign_on import SignOn

        if self.settings.sign_on is None:
            raise NotFound("a sign-on of the house (KOMPASS_OIDC_ISSUER)")
        return SignOn(self.state, self.settings.sign_on)

    @cached_property
    def store_identity(self) -> str:
        """The name that tells this store's revisions from another's; raises StoreError."""
        self.expect_store()
        return self.store.read(lambda reader: reader.identity())

    def open_store(self, url: str, *, migrate: bool = True) -> GraphStore:
        """Another store by its address, with the password of the settings; raises StoreError."""
        return open_store(url, password=self.settings.neo4j_password, migrate=migrate)

    def at(self, url: str) -> "Services":
        """The same services on another store."""
        return Services(replace(self.settings, store=url))

    def snapshot(self, audience: Audience = OFFICE, *, at_once: bool = False) -> Snapshot:
        """The newest revision that is known as an audience sees it; ``at_once``: as the store has it at this moment.

        While the store cannot be reached the last known one answers, which `stale` tells; raises StoreError where
        there is none yet.
        """
        return self._revisions.newest(at_once=at_once).snapshot(audience)

    def ready(self, audience: Audience = OFFICE) -> Snapshot:
        """The same for who need not see what was written a moment ago.

        While what is in use is made ready for a newer revision, the earlier one answers; raises StoreError.
        """
        return self._revisions.ready().snapshot(audience)

    def read(self, audience: Audience, work: Callable[[Reader, Snapshot], T]) -> T:
        """Run a unit of work that is shown what the audience may see of the revision of its snapshot.

        Raises StoreError, also where the store is written faster than it can be read.
        """
        for attempt in range(_TRIES):
            snapshot = self.snapshot(audience, at_once=attempt > 0)
            found = self.store.read(partial(_of_one_revision, snapshot, work))
            if found is not None:
                return found[0]
        raise StoreBusy("a moment without writing", f"{_TRIES} writes while reading")

    def expect_store(self) -> None:
        """Raise StoreUnavailable where it is known that the store cannot be asked, so that nobody waits for it."""
        if self.stale:
            raise StoreUnavailable("a store that answers")

    @property
    def stale(self) -> bool:
        """Whether answers come from the last known revision because the store cannot be asked."""
        return self._revisions.stale

    def is_earlier(self, snapshot: Snapshot) -> bool:
        """Whether a newer revision than this is known."""
        return self._revisions.is_earlier(snapshot)

    def moved(self) -> None:
        """Say that this process has just written: the next question finds it; raises StoreError."""
        self._revisions.moved()

    def _revision(self) -> int:
        return self.store.read(lambda reader: reader.revision())

    def _project(self) -> Projection:
        return self._cache.open(self.store)

    def projection(self, audience: Audience = OFFICE) -> Projection:
        """The projection of the store's present revision, kept until the revision moves."""
        return self.snapshot(audience).projection

    def municipality(self, text: str, level: Level | None = None) -> NodeKey:
        """The municipality that a code, key or name means, at this level if there are several; raises NotFound."""
        return self.snapshot().municipality(text, level)

    def peers(self, lens: Lens) -> PeerRanker:
        """The ranker of a lens on the present revision."""
        return self.snapshot().peers(lens)

    @cached_property
    def _cache(self) -> ProjectionCache:
        return ProjectionCache(cache_folder(self.store, self.settings.cache))

    def close(self) -> None:
        """Close what was opened."""
        self._revisions.close()
        if "_store" in self.__dict__:
            self.store.close()
        if "_state" in self.__dict__:
            self.state.close()
