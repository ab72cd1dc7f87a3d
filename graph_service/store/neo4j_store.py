"""The store for shared installations: Neo4j 5 over Bolt; the only module that knows the driver."""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
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
from graph_service.store.neo4j_migrate import migrate as bring_up_to_date
from graph_service.store.neo4j_reader import Neo4jReader
from graph_service.store.neo4j_writer import Neo4jWriter

T = TypeVar("T")

CONNECT_SECONDS = 10.0
RETRY_SECONDS = 10.0
FETCH = 10_000

_BY_CODE: Sequence[tuple[str, type[StoreError], str]] = (
    (r"Security\.CredentialsExpired", StoreUnauthorised, "a user whose first password has been changed"),
    (r"Security\.(Unauthorized|AuthenticationRateLimit|Token)", StoreUnauthorised, "the right user and password"),
    (r"Security\.", StoreUnauthorised, "a user who may do this"),
    (r"Database\.DatabaseNotFound", StoreError, "a database of this name on the server"),
    (r"MemoryPool|OutOfMemory|MemoryLimit", StoreFull, "more memory on the Neo4j server for one transaction"),
    (r"ReadOnly|NotALeader", StoreReadOnly, "a server that can be written"),
    (
        r"LockAcquisition|LockClientStopped|DeadlockDetected|TransactionTimedOut",
        StoreBusy,
        "no other writer for so long",
    ),
    (r"DatabaseUnavailable|Unavailable|Terminated|NotAvailable", StoreUnavailable, "a Neo4j server that answers"),
)
"""What the server's status codes mean, the first match counting."""


class _Connected:
    """Runs statements in a transaction or, for migrations, in a session."""

    def __init__(self, runner: neo4j.ManagedTransaction | neo4j.Session) -> None:
        self._runner = runner

    def ask(self, query: str, /, **parameters: object) -> Iterator[Sequence[Any]]:
        """The rows that a query returns."""
        return map(methodcaller("values"), self._runner.run(query, parameters))

    def tell(self, query: str, /, **parameters: object) -> None:
        """Run a statement to its end."""
        deque(self.ask(query, **parameters), maxlen=0)


class _Rehearsed(Exception):
    """Carries a result out of a transaction that is taken back."""

    def __init__(self, result: object) -> None:
        self.result = result


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

    def write(self, work: Callable[[Writer], T]) -> T:
        """Run a unit of work: all of it or none."""
        return self._write(work)

    def rehearse(self, work: Callable[[Writer], T]) -> T:
        """Run a unit of work and take it back."""

        def taken_back(writer: Writer) -> T:
            raise _Rehearsed(work(writer))

        try:
            return self._write(taken_back)
        except _Rehearsed as rehearsed:
            result: T = rehearsed.result  # type: ignore[assignment]  # what work returned
            return result

    def close(self) -> None:
        """Let go of the connections."""
        self._driver.close()

    def _write(self, work: Callable[[Writer], T]) -> T:
        """The driver may try again until the lock is held; the work itself runs once.

        Records may come from a generator: a second run would find it exhausted and retire everything.
        """
        started = False

        def attempt(transaction: neo4j.ManagedTransaction) -> T:
            nonlocal started
            if started:
                raise StoreUnavailable("a Neo4j server that keeps the transaction to its end", "", self._place)
            writer = Neo4jWriter(_Connected(transaction))
            started = True
            with self._errors():
                result = work(writer)
                writer.finish()
            return result

        with self._errors(), self._session() as session:
            return session.execute_write(attempt)

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
            code, message = error.code or "", error.message or str(error)
            for pattern, kind, expected in _BY_CODE:
                if re.search(pattern, code):
                    raise kind(expected, message, self._place) from error
            raise StoreError("a Neo4j server that can do this", f"{code}: {message}", self._place) from error
        except (exceptions.UnsupportedServerProduct, exceptions.ConfigurationError) as error:
            raise StoreTooOld("a Neo4j server of version 5 or newer", error, self._place) from error
        except exceptions.DriverError as error:
            raise StoreUnavailable("a Neo4j server that answers", error, self._place) from error
