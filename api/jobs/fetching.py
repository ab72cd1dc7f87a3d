"""Fetches a file from a web address that a person gave: http and https only, bounded, never from the own network.

A name may mean another address from one moment to the next, so the address that was checked is the one connected to.
"""

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from typing import IO
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from api.http.errors import TooLarge
from graph_service.errors import InvalidValue, Place, SourceError

MOST_REDIRECTS = 5
MOST_SECONDS = 900.0
_CHUNK = 1 << 16
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REDIRECTS = (301, 302, 303, 307, 308)

Tick = Callable[[int, int | None], None]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def check_url(url: str) -> SplitResult:
    """A web address that may be fetched from; raises InvalidValue."""
    expected = "a web address that begins with http:// or https://"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidValue(expected, url) from None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or port == 0 or len(url) > 2000:
        raise InvalidValue(expected, url)
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        raise InvalidValue(expected, url)
    if parts.username is not None or parts.password is not None:
        raise InvalidValue("a web address without user and password", parts.hostname)
    return parts


def fetch(url: str, target: IO[bytes], *, most: int, private: bool = False, tick: Tick = lambda *_: None) -> str:
    """Write what an address answers with into a file, at most so many bytes; return what it is called.

    ``private``: the own network is allowed, too. Raises SourceError, InvalidValue, TooLarge.
    """
    until = time.monotonic() + MOST_SECONDS
    for _ in range(MOST_REDIRECTS + 1):
        parts = check_url(url)
        with _answer(parts, private) as response:
            if response.status in _REDIRECTS and "Location" in response.headers:
                following = urljoin(url, response.headers["Location"])
                if parts.scheme == "https" and urlsplit(following).scheme != "https":
                    raise SourceError("an encrypted address after an encrypted one", following, _place(parts))
                url = following
                continue
            if response.status != 200:
                raise SourceError("an answer with a file", f"HTTP status {response.status}", _place(parts))
            _copy(response, target, most, until, tick, _place(parts))
            return _name(response, parts)
    raise SourceError(f"at most {MOST_REDIRECTS} redirects", url)


@contextmanager
def _answer(parts: SplitResult, private: bool) -> Iterator[urllib3.BaseHTTPResponse]:
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    refused: Exception | None = None
    for address in _addresses(host, port, private):
        pool = _pool(parts.scheme, host, str(address), port)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        wanted = {"Host": parts.netloc, "Accept-Encoding": "identity", "User-Agent": "buendniskompass"}
        try:
            response = pool.urlopen(
                "GET",
                path,
                headers=wanted,
                retries=False,
                redirect=False,
                preload_content=False,
                assert_same_host=False,
            )
        except HTTPError as error:
            refused = error
            pool.close()
            continue
        try:
            yield response
        except HTTPError as error:
            raise SourceError("an answer that arrives whole", type(error).__name__, _place(parts)) from None
        finally:
            response.close()
            pool.close()
        return
    raise SourceError("an address that answers", type(refused).__name__, _place(parts)) from None


def _pool(scheme: str, host: str, address: str, port: int) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(connect=10, read=60)
    if scheme == "http":
        return urllib3.HTTPConnectionPool(address, port, timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        address,
        port,
        timeout=timeout,
        server_hostname=host,
        assert_hostname=host,
        ssl_context=ssl.create_default_context(),
    )


def _addresses(host: str, port: int, private: bool) -> list[Address]:
    """What a name means now; raises SourceError where one of its addresses is of the own network."""
    place = Place(file=host)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise SourceError("the name of a computer that is known", host, place) from None
    addresses = list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))
    if not private and not all(map(is_public, addresses)):
        raise SourceError("an address outside the own network (KOMPASS_FETCH_PRIVATE)", host, place)
    return addresses


def is_public(address: Address) -> bool:
    """Whether an address is one of the internet, also as what it carries within."""
    if isinstance(address, ipaddress.IPv6Address):
        teredo = address.teredo
        inner = [address.ipv4_mapped, address.sixtofour, *(teredo or ())]
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(each is not None and not is_public(each) for each in inner):
            return False
        if address.ipv4_mapped is not None:
            return True
    return address.is_global and not address.is_multicast


def _copy(
    response: urllib3.BaseHTTPResponse, target: IO[bytes], most: int, until: float, tick: Tick, place: Place
) -> None:
    length = response.headers.get("Content-Length", "")
    total = int(length) if length.isascii() and length.isdigit() else None
    too_large = TooLarge(f"a file of at most {most >> 20} MB", "", place)
    if total is not None and total > most:
        raise too_large
    size = 0
    for chunk in response.stream(_CHUNK, decode_content=True):
        size += len(chunk)
        if size > most:
            raise too_large
        if time.monotonic() > until:
            raise SourceError(f"an answer within {MOST_SECONDS:g} s", f"{size} bytes", place)
        target.write(chunk)
        tick(size, total)


def _name(response: urllib3.BaseHTTPResponse, parts: SplitResult) -> str:
    """What the sender calls the file, else the end of the address; not to be trusted."""
    message = Message()
    message["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    return message.get_filename() or unquote(parts.path.rpartition("/")[2]) or "file"


def _place(parts: SplitResult) -> Place:
    return Place(file=parts.hostname or "")
