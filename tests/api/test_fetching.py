"""Fetching from a web address: bounded, over http and https only, and never into the own network unless allowed."""

import gzip
import io
import ipaddress
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from web_server import CSV, answer, redirect, serving

from api.http.errors import TooLarge
from api.jobs import fetching
from api.jobs.fetching import fetch, is_public
from graph_service.errors import InvalidValue, SourceError


def fetched(url: str, **options: int) -> tuple[str, bytes]:
    target = io.BytesIO()
    return fetch(url, target, **{"most": 1 << 20, "private": True, **options}), target.getvalue()


def test_a_file_is_fetched_and_called_as_its_address_ends() -> None:
    ticks: list[tuple[int, int | None]] = []
    with serving({"/daten/Tr%C3%A4ger.csv?v=1": answer()}) as site:
        target, url = io.BytesIO(), f"{site}/daten/Tr%C3%A4ger.csv?v=1"
        name = fetch(url, target, most=1000, private=True, tick=lambda *told: ticks.append(told))
    assert (name, target.getvalue()) == ("Träger.csv", CSV)
    assert ticks[-1] == (len(CSV), len(CSV))


def test_the_senders_name_goes_before_the_address() -> None:
    named = answer(Content_Disposition='attachment; filename="list.csv"')
    with serving({"/download?id=7": named}) as site:
        assert fetched(f"{site}/download?id=7") == ("list.csv", CSV)


def test_redirects_are_followed_a_few_times() -> None:
    steps = {f"/{n}": redirect(f"/{n + 1}") for n in range(10)}
    with serving({**steps, "/10": answer(), "/elsewhere": redirect("file:///etc/passwd")}) as site:
        assert fetched(f"{site}/6")[1] == CSV
        with pytest.raises(SourceError, match="redirects"):
            fetched(f"{site}/0")
        with pytest.raises(InvalidValue, match="http://"):
            fetched(f"{site}/elsewhere")


@pytest.mark.parametrize("told", ["", str(2 << 20)])
def test_what_is_too_large_is_refused_whether_it_says_so_or_not(told: str) -> None:
    large = b"x" * (2 << 20)

    def send(request: BaseHTTPRequestHandler) -> None:
        with suppress(OSError):  # who asked may have gone
            answer(large, Content_Length=told)(request)

    with serving({"/": send}) as site, pytest.raises(TooLarge, match="1 MB"):
        fetched(site + "/")


def test_a_compressed_answer_counts_by_what_it_unpacks_to() -> None:
    bomb = gzip.compress(b"\0" * (4 << 20))
    with serving(
        {"/": answer(bomb, Content_Encoding="gzip"), "/b": answer(gzip.compress(CSV), Content_Encoding="gzip")}
    ) as site:
        with pytest.raises(TooLarge):
            fetched(site + "/")
        assert fetched(site + "/b")[1] == CSV


def test_an_answer_that_breaks_off_is_no_file() -> None:
    with serving({"/": answer(Content_Length="500")}) as site, pytest.raises(SourceError, match="whole"):
        fetched(site + "/")


def test_an_error_of_the_other_side_is_said() -> None:
    with serving({"/": answer(b"no", 404)}) as site, pytest.raises(SourceError, match="404"):
        fetched(site + "/")


def test_a_computer_that_does_not_answer_is_said() -> None:
    with serving({}) as site:
        closed = site
    with pytest.raises(SourceError, match="an address that answers"):
        fetched(closed)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433"])
def test_the_own_computer_is_not_asked_unless_allowed(host: str) -> None:
    asked: list[str] = []

    def send(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)

    with serving({"/": send}) as site:
        port = site.rpartition(":")[2]
        with pytest.raises(SourceError):
            fetched(f"http://{host}:{port}/", private=False)
    assert asked == []


def test_a_redirect_into_the_own_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    with serving({"/": redirect("http://inside.example/secret")}) as site:
        port = int(site.rpartition(":")[2])

        def known(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
            asked.append(host)
            address = "192.168.1.7" if host == "inside.example" else "127.0.0.1"
            return [(2, 1, 6, "", (address, port))]

        monkeypatch.setattr(fetching.socket, "getaddrinfo", known)
        monkeypatch.setattr(fetching, "is_public", lambda a: is_public(a) or a.is_loopback)
        with pytest.raises(SourceError, match="own network"):
            fetched(f"http://open.example:{port}/", private=False)
    assert [host for host in asked if host != "127.0.0.1"] == ["open.example", "inside.example"]


def test_the_address_that_was_checked_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that means a public address first and an inner one when it is asked again gains nothing."""
    answers = iter(["127.0.0.1"])
    with serving({"/": answer()}) as site:
        port = int(site.rpartition(":")[2])
        real = fetching.socket.getaddrinfo

        def known(host: str, *given: object, **named: object) -> object:
            return [(2, 1, 6, "", (next(answers), port))] if host == "rebind.example" else real(host, *given, **named)

        monkeypatch.setattr(fetching.socket, "getaddrinfo", known)
        assert fetched(f"http://rebind.example:{port}/")[1] == CSV


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's certificate for this name, and a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(secret + made.public_bytes(pem))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "both.pem")
    return server, ssl.create_default_context(cadata=made.public_bytes(pem).decode())


def test_an_encrypted_address_is_asked_by_its_checked_number_and_must_prove_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, trusting = certificate(tmp_path, "files.example")
    real = fetching.socket.getaddrinfo

    def known(host: str, port: int, *given: object, **named: object) -> object:
        return [(2, 1, 6, "", ("127.0.0.1", port))] if "example" in host else real(host, port, *given, **named)

    answers = {"/": answer(), "/down": redirect("http://files.example/")}
    with serving(answers, server) as site:
        port = site.rpartition(":")[2]
        monkeypatch.setattr(fetching.socket, "getaddrinfo", known)
        with pytest.raises(SourceError):
            fetched(f"https://files.example:{port}/")
        monkeypatch.setattr(fetching.ssl, "create_default_context", lambda: trusting)
        assert fetched(f"https://files.example:{port}/")[1] == CSV
        with pytest.raises(SourceError):
            fetched(f"https://other.example:{port}/")
        with pytest.raises(SourceError, match="encrypted"):
            fetched(f"https://files.example:{port}/down")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.org/a.csv",
        "file:///etc/passwd",
        "gopher://example.org/",
        "http://",
        "//example.org/a.csv",
        "http://example.org:99999/",
        "http://[::1",
        "http://ada:secret@example.org/",
        "http://example.org/a b",
        "http://example.org/\r\nHost: inside",
        "http://example.org/" + "a" * 2000,
    ],
)
def test_what_is_no_web_address_is_refused_and_no_password_repeated(url: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        fetched(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("::ffff:93.184.216.34", True),
        ("10.0.0.1", False),
        ("172.16.3.4", False),
        ("192.168.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
    ],
)
def test_addresses_of_the_own_network_are_known_in_every_guise(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public
