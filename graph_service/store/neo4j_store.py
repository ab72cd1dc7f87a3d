"""The store for shared installations: Neo4j 5 over Bolt; the only module that knows the driver."""

import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import methodcaller
from typing import Any, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

import neo4j
from neo4j import exceptions

from graph_service.errors import (
    InvalidValue,
    Place,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreTooOld,
    StoreUnauthorised,
    StoreUnavailable,
)
from graph_service.store.contract import Reader, Writer
from graph_service.store.journal import UNSIGNED, Signature
from graph_service.store.neo4j_migrate import migrate as bring_up_to_date
from graph_service.store.neo4j_reader import Neo4jReader
from graph_service.store.neo4j_writer import Neo4jWriter

T = TypeVar("T")

CONNECT_SECONDS = 10.0
RETRY_SECONDS = 10.0
PAUSE_SECONDS = 0.5
FETCH = 10_000


def _understood(code: str, found: str, place: Place) -> StoreError:
    """What a status code of the server means to us."""

    def means(*parts: str) -> bool:
        return any(part in code for part in parts)

    if means("Security.CredentialsExpired"):
        return StoreUnauthorised("a user whose first password has been changed", found, place)
    if means("Security.Unauthorized", "Security.AuthenticationRateLimit", "Security.Token"):
        return StoreUnauthorised("the right user and password", found, place)
    if means("Security."):
        return StoreUnauthorised("a user who may do this", found, place)
    if means("Database.DatabaseNotFound"):
        return StoreError("a database of this name on the server", found, place)
    if means("MemoryPool", "OutOfMemory", "MemoryLimit"):
        return StoreFull("more memory on the Neo4j server for one transaction", found, place)
    if means("Cluster."):  # another server leads now, or none yet: it passes
        return StoreUnavailable("a Neo4j server that answers", found, place)
    if means("ReadOnly"):
        return StoreReadOnly("a server that can be written", found, place)
    if means("LockAcquisition", "LockClientStopped", "DeadlockDetected", "TransactionTimedOut"):
        return StoreBusy("no other writer for so long", found, place)
    if means("Unavailable", "NotAvailable", "Terminated"):
        return StoreUnavailable("a Neo4j server that answers", found, place)
    return StoreError("a Neo4j server that can do this", f"{code}: {found}", place)


class _Connected:
    """Runs statements in a transaction or, for migrations, in a session."""

    def __init__(self, runner: neo4j.ManagedTransaction | neo4j.Transaction | neo4j.Session) -> None:
        self._runner = runner

    def ask(self, query: str, /, **parameters: object) -> Iterator[Sequence[Any]]:
        """The rows that a query returns."""
        return map(methodcaller("values"), self._runner.run(query, parameters))

    def tell(self, query: str, /, **parameters: object) -> None:
        """Run a statement to its end."""
        deque(self.ask(query, **parameters), maxlen=0)

    def tell_each(self, query: str, batches: Iterable[Mapping[str, object]]) -> None:
        """Run a statement with each of these parameters."""
        running: neo4j.Result | None = None
        for parameters in batches:
            # a statement that returns something runs while its rows are awaited: time to pack the next batch
            next_one = self._runner.run(f"{query} RETURN count(*)", dict(parameters))
            if running is not None:
                running.consume()
            running = next_one
        if running is not None:
            running.consume()


class Neo4jStore:
    """Keeps the graph in a Neo4j database; writers queue at one node, threads share the connections."""

    def __init__(self, url: str, *, password: str | None = None, migrate: bool = True) -> None:
        """Connect to ``neo4j://user@host:7687/database``; without a user nobody signs in. Raises StoreError."""
        parts = urlsplit(url)
        if parts.password is not None:
            raise InvalidValue("a store address without a password: that stands in KOMPASS_NEO4J_PASSWORD")
        self._url = url
        self._database = unquote(parts.path.strip("/")) or None
        self._place = Place(file=url)
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager()
        with self._errors():
            self._driver = self._connect(parts, password)
            try:
                self._check_version()
                with self._session() as session:
                    bring_up_to_date(_Connected(session), url, allowed=migrate)
            except BaseException:
                self._driver.close()
                raise

    @property
    def url(self) -> str:
        """The store's address."""
        return self._url

    def read(self, work: Callable[[Reader], T]) -> T:
        """Run a unit of work that only asks; what others commit meanwhile may show."""
        with self._errors(), self._session() as session:
            return session.execute_read(lambda transaction: work(Neo4jReader(_Connected(transaction))))

    def write(self, work: Callable[[Writer], T], signature: Signature = UNSIGNED) -> T:
        """Run a unit of work: all of it or none."""
        return self._write(work, signature, keep=True)

    def rehearse(self, work: Callable[[Writer], T]) -> T:
        """Run a unit of work and take it back."""
        return self._write(work, UNSIGNED, keep=False)

    def close(self) -> None:
        """Let go of the connections."""
        self._driver.close()

    def _write(self, work: Callable[[Writer], T], signature: Signature, *, keep: bool) -> T:
        """Not a managed transaction: the driver would run the work again after errors that may pass.

        Records may come from a generator, which a second run would find exhausted, and so retire everything.
        """
        with self._errors(), self._session() as session:
            transaction, writer = self._queue(session, signature)
            with transaction:
                result = work(writer)
                writer.finish()
                if not keep:
                    transaction.rollback()
                return result

    def _queue(self, session: neo4j.Session, signature: Signature) -> tuple[neo4j.Transaction, Neo4jWriter]:
        """Begin a transaction and wait until it is this writer's turn; again and again, if the error may pass."""
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            transaction = None
            try:
                transaction = session.begin_transaction()
                return transaction, Neo4jWriter(_Connected(transaction), signature)
            except BaseException as error:
                if transaction is not None:
                    transaction.close()
                passing = isinstance(error, exceptions.DriverError | exceptions.Neo4jError) and error.is_retryable()
                if not passing or time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE_SECONDS)

    def _connect(self, parts: SplitResult, password: str | None) -> neo4j.Driver:
        try:
            host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
            address = f"{parts.scheme}://{host}:{parts.port or 7687}"
        except ValueError:
            raise InvalidValue("a store address such as neo4j://user@host:7687/database", self._url) from None
        if not parts.hostname:
            raise InvalidValue("a store address such as neo4j://user@host:7687/database", self._url)
        return neo4j.GraphDatabase.driver(
            address,
            auth=neo4j.basic_auth(unquote(parts.username), password or "") if parts.username else None,
            connection_timeout=CONNECT_SECONDS,
            connection_acquisition_timeout=CONNECT_SECONDS + RETRY_SECONDS,
            max_transaction_retry_time=RETRY_SECONDS,
            notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
            user_agent="buendniskompass",
        )

    def _session(self) -> neo4j.Session:
        return self._driver.session(database=self._database, fetch_size=FETCH, bookmark_manager=self._bookmarks)

    def _check_version(self) -> None:
        with self._session() as session:
            agent = session.run("RETURN 1").consume().server.agent
        number = re.match(r"Neo4j/(\d+)", agent)
        if number is not None and int(number[1]) < 5:
            raise StoreTooOld("a Neo4j server of version 5 or newer", agent, self._place)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn the driver's and the server's errors into ours."""
        try:
            yield
        except exceptions.Neo4jError as error:
            raise _understood(error.code or "", error.message or str(error), self._place) from error
        except (exceptions.UnsupportedServerProduct, exceptions.ConfigurationError) as error:
            raise StoreTooOld("a Neo4j server of version 5 or newer", error, self._place) from error
        except exceptions.DriverError as error:
            raise StoreUnavailable("a Neo4j server that answers", error, self._place) from error
