"""A stand-in for a Neo4j cluster: two addresses before one real server, of which one leads, as the test says.

The Community edition cannot be a cluster. What a cluster says to the driver is said here instead: who leads (ROUTE),
and NotALeader by who does not. Everything else goes through to the server and back, so data and transactions are real.
"""

import contextlib
import socket
import struct
import threading
from typing import Any

RUN, BEGIN, COMMIT, ROLLBACK, RESET, ROUTE, GOODBYE = 0x10, 0x11, 0x12, 0x13, 0x0F, 0x66, 0x02
SUCCESS, RECORD, IGNORED, FAILURE = 0x70, 0x71, 0x7E, 0x7F
_BOLT_5_4 = b"\x60\x60\xb0\x17" + b"\x00\x00\x04\x05" + bytes(12)
_READING = b"\x84mode\x81r"
_REFUSAL = {"code": "Neo.ClientError.Cluster.NotALeader", "message": "No longer the leader"}


def packed(value: Any) -> bytes:
    """A value as PackStream, as far as it is needed here."""
    if isinstance(value, int):
        return b"\xc9" + struct.pack(">h", value)
    if isinstance(value, str):
        return b"\xd0" + bytes([len(value.encode())]) + value.encode()
    if isinstance(value, list):
        return bytes([0x90 + len(value)]) + b"".join(map(packed, value))
    return bytes([0xA0 + len(value)]) + b"".join(packed(k) + packed(v) for k, v in value.items())


def message(tag: int, *fields: Any) -> bytes:
    """A message of the protocol."""
    return bytes([0xB0 + len(fields), tag]) + b"".join(map(packed, fields))


class Wire:
    """One side of a connection, message by message."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection

    def exactly(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            more = self.socket.recv(count - len(found))
            if not more:
                raise ConnectionError("the other side has left")
            found += more
        return found

    def receive(self) -> bytes:
        found = b""
        while True:
            (size,) = struct.unpack(">H", self.exactly(2))
            if size:
                found += self.exactly(size)
            elif found:
                return found

    def send(self, told: bytes) -> None:
        parts = [told[i : i + 0xFFFF] for i in range(0, len(told), 0xFFFF)]
        self.socket.sendall(b"".join(struct.pack(">H", len(part)) + part for part in parts) + b"\x00\x00")


class Cluster:
    """Two members; ``leader`` is the number of the one that leads, None while they elect."""

    def __init__(self, host: str, port: int) -> None:
        """Stand before this server."""
        self.leader: int | None = 0
        self.cut_after_commit = False
        self.written: list[int] = []
        """By which member transactions that write were begun."""
        self._server = host, port
        self._closed = False
        self._open: list[socket.socket] = []
        self.listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        self.ports = [each.getsockname()[1] for each in self.listeners]
        for number in range(2):
            threading.Thread(target=self._listen, args=(number,), daemon=True).start()

    def close(self) -> None:
        self._closed = True
        for each in self.listeners:
            each.close()
        self.drop()

    def drop(self) -> None:
        """Cut every connection, as an election may."""
        while self._open:
            connection = self._open.pop()
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _listen(self, number: int) -> None:
        while not self._closed:
            try:
                connection, _ = self.listeners[number].accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(number, connection), daemon=True).start()

    def _serve(self, number: int, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, socket.create_connection(self._server) as behind:
            client, server = Wire(connection), Wire(behind)
            client.exactly(20)
            behind.sendall(_BOLT_5_4)
            connection.sendall(server.exactly(4))
            _Talk(self, number, client, server).go_on()

    def table(self) -> dict[str, Any]:
        """Who may be asked for what."""
        addresses = [f"127.0.0.1:{port}" for port in self.ports]
        leading = [] if self.leader is None else [addresses[self.leader]]
        reading = [each for each in addresses if each not in leading] or addresses
        servers = [
            {"role": role, "addresses": those}
            for role, those in (("WRITE", leading), ("READ", reading), ("ROUTE", addresses))
        ]
        return {"rt": {"ttl": 300, "db": "neo4j", "servers": servers}}


class _Talk:
    """One connection of the driver with one member."""

    def __init__(self, cluster: Cluster, number: int, client: Wire, server: Wire) -> None:
        self.cluster, self.number, self.client, self.server = cluster, number, client, server
        self.writing = self.failed = False

    def go_on(self) -> None:
        while True:
            told = self.client.receive()
            tag = told[1]
            if tag == ROUTE:
                self.client.send(message(SUCCESS, self.cluster.table()))
            elif self.failed and tag not in (RESET, GOODBYE):
                self.client.send(message(IGNORED))
            elif self._refused(tag, told):
                self._refuse()
            else:
                self._pass_on(tag, told)

    def _refused(self, tag: int, told: bytes) -> bool:
        begins = tag == BEGIN and _READING not in told
        if begins and self.cluster.leader == self.number:
            self.writing = True
            self.cluster.written.append(self.number)
        return (begins or (self.writing and tag in (RUN, COMMIT))) and self.cluster.leader != self.number

    def _refuse(self) -> None:
        if self.writing:  # a member that leads no longer gives up what it had begun
            self.server.send(message(RESET))
            self.server.receive()
        self.writing, self.failed = False, True
        self.client.send(message(FAILURE, _REFUSAL))

    def _pass_on(self, tag: int, told: bytes) -> None:
        self.server.send(told)
        if tag == GOODBYE:
            raise ConnectionError("the driver has left")
        while True:
            answer = self.server.receive()
            if tag == COMMIT and self.writing and self.cluster.cut_after_commit:
                self.cluster.cut_after_commit = False
                raise ConnectionError("cut")
            self.client.send(answer)
            if answer[1] != RECORD:
                break
        if tag in (COMMIT, ROLLBACK, RESET):
            self.writing = False
        self.failed = self.failed and tag != RESET
