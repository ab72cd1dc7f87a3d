"""Mails wait in a queue and reach a real mail server, over STARTTLS, whatever that server does meanwhile."""

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from clock import Clock
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.jobs.work import make_worker
from api.mail.outbox import MailQueue, Postman
from api.service_settings import MailSettings
from api.services import Services
from api.settings import Settings
from api.state import StateDatabase
from graph_service.errors import InvalidValue


class Inbox:
    """What a mail server does with mail: keeps it, unless it was told to say something else."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = ""
        self.encrypted: list[bool] = []
        self.users: list[str] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the server's own names
        if self.answer:
            return self.answer
        self.encrypted.append(session.ssl is not None)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  # the library calls it by this name
        if address.startswith("unbekannt"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def log_in(self, server, session, envelope, mechanism, data: LoginPassword) -> AuthResult:
        self.users.append(data.login.decode())
        return AuthResult(success=data.password == b"geheim", handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    day = timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - day)
        .not_valid_after(datetime.now(UTC) + day)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox, certificate) -> Iterator[Controller]:
    """A mail server that takes mail over TLS alone, from whoever has signed in."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = Controller(
        inbox,
        hostname="127.0.0.1",
        port=port,
        server_hostname="mail.test",
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=inbox.log_in,
        enable_SMTPUTF8=True,
    )
    running.start()
    yield running
    running.stop(no_assert=True)


@pytest.fixture
def queue(state: StateDatabase, clock: Clock) -> MailQueue:
    return MailQueue(state, clock=clock)


@pytest.fixture
def postman(queue: MailQueue, server: Controller, certificate) -> Callable[..., Postman]:
    port = server.port

    def made(**changes: object) -> Postman:
        values = {"scheme": "smtp", "host": "127.0.0.1", "port": port, "user": "kompass", "password": "geheim"}
        settings = MailSettings(**(values | {"sender": "Kompass <kompass@stadt.example>"} | changes))
        return Postman(queue, settings, tls=ssl.create_default_context(cafile=str(certificate[0])))

    return made


def test_a_mail_arrives_encrypted_with_its_umlauts_and_nothing_is_kept_of_it(queue, postman, inbox, state):
    queue.put("buero@stadt.example", "Grüße aus Köln", "Schöne Grüße\nhttps://k.example/x\n", reply_to="a@b.example")
    assert postman().round() == 1
    (mail,) = inbox.mails
    assert (mail["To"], mail["From"]) == ("buero@stadt.example", "Kompass <kompass@stadt.example>")
    assert (mail["Subject"], mail["Reply-To"]) == ("Grüße aus Köln", "a@b.example")
    assert mail.get_content().replace("\r\n", "\n") == "Schöne Grüße\nhttps://k.example/x\n"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@stadt.example>")
    assert inbox.encrypted == [True]
    assert inbox.users == ["kompass"]
    assert queue.waiting() == 0


def test_an_address_with_umlauts_is_reached(queue, postman, inbox):
    queue.put("jürgen@köln.example", "Hallo", "Hallo\n")
    assert postman().round() == 1
    assert inbox.mails[0]["To"] == "jürgen@köln.example"


def test_many_mails_go_over_one_connection_in_the_order_in_which_they_came(queue, postman, inbox, clock):
    for n in range(5):
        queue.put("buero@stadt.example", f"Nummer {n}", "Text\n")
        clock.goes_on(seconds=1)
    assert postman().round() == 5
    assert [mail["Subject"] for mail in inbox.mails] == [f"Nummer {n}" for n in range(5)]
    assert inbox.users == ["kompass"]


def test_what_a_server_cannot_take_now_is_tried_again_after_growing_pauses(queue, postman, inbox, clock):
    queue.put("buero@stadt.example", "Hallo", "Text\n")
    inbox.answer = "451 later please"
    for minutes in (1, 2, 4, 8):
        assert postman().round() == 0
        clock.goes_on(minutes=minutes, seconds=-1)
        assert queue.claim() is None
        clock.goes_on(seconds=1)
    inbox.answer = ""
    assert postman().round() == 1


def test_a_mail_that_one_server_cannot_take_does_not_hold_up_the_others(queue, postman, inbox):
    queue.put("unbekannt@stadt.example", "Hallo", "Text\n")
    queue.put("buero@stadt.example", "Hallo", "Text\n")
    assert postman().round() == 1
    assert queue.waiting() == 0


def test_a_server_that_is_down_loses_nothing(queue, postman, server, inbox, clock):
    queue.put("buero@stadt.example", "Hallo", "Text\n")
    assert postman(port=1).round() == 0
    assert queue.waiting() == 1
    clock.goes_on(minutes=1)
    assert postman().round() == 1


def test_a_wrong_password_loses_nothing(queue, postman, inbox):
    queue.put("buero@stadt.example", "Hallo", "Text\n")
    assert postman(password="falsch").round() == 0
    assert queue.waiting() == 1
    assert inbox.mails == []


def test_after_two_days_a_mail_is_given_up(queue, postman, inbox, clock):
    queue.put("buero@stadt.example", "Hallo", "Text\n")
    inbox.answer = "451 later please"
    tries = 0
    while queue.waiting():
        postman().round()
        tries += 1
        clock.goes_on(hours=4)
    assert tries < 20


def test_a_sender_that_died_leaves_its_mail_to_the_next_one(queue, postman, clock):
    queue.put("buero@stadt.example", "Hallo", "Text\n")
    assert queue.claim() is not None
    assert postman().round() == 0
    clock.goes_on(minutes=10)
    assert postman().round() == 1


def test_a_server_with_somebody_elses_certificate_gets_no_mail(queue, server, inbox):
    queue.put("buero@stadt.example", "Hallo", "Text\n")
    port = server.port
    settings = MailSettings(scheme="smtp", host="127.0.0.1", port=port, sender="kompass@stadt.example")
    assert Postman(queue, settings).round() == 0
    assert inbox.mails == []


def test_the_log_says_what_failed_without_naming_anybody(queue, postman, caplog):
    queue.put("unbekannt@stadt.example", "Geheime Sache", "Text\n")
    queue.put("buero@stadt.example", "Geheime Sache", "Text\n")
    postman(password="falsch").round()
    postman().round()
    assert "mail" in caplog.text
    for personal in ("stadt.example", "Geheime", "falsch"):
        assert personal not in caplog.text


def test_a_mail_belongs_to_the_transaction_in_which_it_was_put(queue, state):
    def put_and_fail() -> None:
        with state.write():
            queue.put("buero@stadt.example", "Hallo", "Text\n")
            raise InvalidValue("something else")

    with pytest.raises(InvalidValue):
        put_and_fail()
    assert queue.waiting() == 0


@pytest.mark.parametrize(
    ("recipient", "subject", "body"),
    [("a@b.de\nBcc: c@d.de", "x", "x"), ("a@b.de", "x\r\nBcc: c@d.de", "x"), ("a@b.de", "x", "x" * 20_001)],
)
def test_nobody_smuggles_in_a_header(queue, recipient, subject, body):
    with pytest.raises(InvalidValue):
        queue.put(recipient, subject, body)


def test_the_worker_sends_what_waits(tmp_path, inbox, server, certificate, monkeypatch):
    monkeypatch.setattr(
        "api.mail.outbox.ssl.create_default_context", partial(ssl.create_default_context, cafile=str(certificate[0]))
    )
    settings = MailSettings(
        scheme="smtp", host="127.0.0.1", port=server.port, user="kompass", password="geheim", sender="k@stadt.example"
    )
    services = Services(
        Settings(store=f"sqlite:///{tmp_path / 'kompass.db'}", cache=tmp_path, url="https://k.example", mail=settings)
    )
    services.mails.put("buero@stadt.example", "Hallo", "Text\n")
    make_worker(services).run(once=True)
    assert [mail["Subject"] for mail in inbox.mails] == ["Hallo"]
    services.close()
