"""Mails as a real server on this machine receives them: every byte, and what its refusals mean."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.mail import mailers

from aftersale.base.errors import PortFailed
from aftersale.base.mail import AddressRefused, Mail
from aftersale.base.smtp import SmtpMail

OUTLOOK = (
    "<BN6PR12MB1346" + "0123456789ABCDEF" + "0123456789ABC" + "@BN6PR12MB1346.namprd12.prod.outlook.com>"
)
LETTER = Mail(
    recipient="ann@example.com",
    subject="New in “A lamp flickers”",
    text="It is the driver.\n",
    html="<p>It is the driver.</p>",
    message_id="<kk3v9@marketplace.example>",
    references=("<CAF0@mail.example.com>", OUTLOOK),
    reply_to="reply+0123456789abcdefghjkmnpqrs@marketplace.example",
    list_unsubscribe="https://after-sale.marketplace.example/mails/stop/0123456789abcdefghjkmnpqrs/",
    bounce_address="bounce+0123456789abcdefghjkmnpqrs@marketplace.example",
)


class Box:
    """A mail server's handler: keeps what arrives, or says `refusals[step]` instead."""

    def __init__(self, **refusals: str) -> None:
        self.arrived: list[Envelope] = []
        self._refusals = refusals

    async def handle_MAIL(  # noqa: N802 - the server's own names
        self, _server: Any, _session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        envelope.mail_from = address
        return self._refusals.get("mail", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        if answer := self._refusals.get("rcpt"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Envelope
    ) -> str:
        if "slow" in self._refusals:
            await asyncio.sleep(3)
        if answer := self._refusals.get("data"):
            return answer
        self.arrived.append(envelope)
        return "250 OK"


class _Server(Controller):
    """Listens where the machine has a port free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def served(settings) -> Callable[..., Any]:
    """Runs a server that the site's mails go to: `with served(Box()) as box`."""

    @contextmanager
    def serve(box: Box, *, client: dict[str, Any] | None = None, **server: Any) -> Iterator[Box]:
        controller = _Server(box, hostname="127.0.0.1", port=0, **server)
        controller.start()
        try:
            port = controller.port
            options = {"host": "127.0.0.1", "port": port, "timeout": 5, **(client or {})}
            settings.MAILERS = {"default": {"BACKEND": "aftersale.base.smtp.Backend", "OPTIONS": options}}
            assert vars(mailers.default)["port"] == port
            yield box
        finally:
            controller.stop()

    return serve


def raw_of(box: Box) -> bytes:
    (envelope,) = box.arrived
    return bytes(envelope.original_content or b"")


def raw_headers(raw: bytes) -> dict[str, str]:
    """The lines of each header as they stand in the mail, put together."""
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    return dict(line.split(": ", 1) for line in head.replace("\r\n ", " ").split("\r\n"))


def test_an_id_of_outlook_and_a_long_link_arrive_letter_by_letter(served):
    assert len(OUTLOOK) == 84
    with served(Box()) as box:
        SmtpMail().send(LETTER)
    headers = raw_headers(raw_of(box))
    assert headers["In-Reply-To"] == OUTLOOK
    assert headers["References"] == f"<CAF0@mail.example.com> {OUTLOOK}"
    assert headers["Message-ID"] == LETTER.message_id
    assert headers["Reply-To"] == LETTER.reply_to
    assert headers["List-Unsubscribe"] == f"<{LETTER.list_unsubscribe}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["From"] == "Wayfare Market <after-sale@marketplace.example>"
    assert headers["To"] == "ann@example.com"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert (
        "NDR" not in headers["X-Auto-Response-Suppress"] and "All" not in headers["X-Auto-Response-Suppress"]
    )
    assert b"=?" not in raw_of(box).replace(headers["Subject"].encode(), b"").partition(b"\r\n\r\n")[0]
    assert (box.arrived[0].mail_from, box.arrived[0].rcpt_tos) == (LETTER.bounce_address, ["ann@example.com"])


def test_ten_long_ids_break_only_between_each_other_and_no_line_is_too_long(served):
    names = tuple(f"<{number}{'x' * 240}@example.com>" for number in range(10))
    with served(Box()) as box:
        SmtpMail().send(changed(references=names))
    assert raw_headers(raw_of(box))["References"].split() == list(names)
    assert max(map(len, raw_of(box).split(b"\r\n"))) <= 998


def test_a_chinese_subject_and_text_arrive_as_every_mail_program_reads_them(served):
    subject = "“台灯一直闪烁，请问应该怎么处理才好呢？我已经试过换灯泡了”里有新的帖子"
    text = "请看这里：\n" + "灯" * 400 + "\n"
    with served(Box()) as box:
        SmtpMail().send(changed(subject=subject, text=text, html=f"<p>{text}</p>"))
    lines = raw_of(box).partition(b"\r\n\r\n")[0].split(b"\r\n")
    encoded = [word for line in lines for word in line.split() if word.startswith(b"=?")]
    assert encoded and all(len(word) <= 75 for word in encoded)
    assert max(map(len, raw_of(box).split(b"\r\n"))) <= 998 and raw_of(box).isascii()
    mail = message_from_bytes(raw_of(box), policy=default)
    assert str(make_header(decode_header(raw_headers(raw_of(box))["Subject"]))) == subject == mail["Subject"]
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == text
    assert mail.get_content_type() == "multipart/alternative"
    assert text.strip() in mail.get_body(("html",)).get_content().replace("\r\n", "\n")


def test_an_acknowledgement_has_no_envelope_sender_so_that_nothing_answers_it(served):
    with served(Box()) as box:
        SmtpMail().send(changed(is_automatic=True))
    headers = raw_headers(raw_of(box))
    assert box.arrived[0].mail_from == "<>"
    assert headers["Auto-Submitted"] == "auto-replied"
    assert headers["X-Auto-Response-Suppress"] == "All"


def test_no_header_can_be_slipped_in(served):
    slipped = "Hello\r\nBcc: eve@example.com"
    with served(Box()) as box:
        for told in (
            {"subject": slipped},
            {"references": (slipped,)},
            {"recipient": slipped},
            {"reply_to": slipped},
        ):
            assert not refusal(changed(**told)).retry
    assert not box.arrived


def test_the_password_is_said_only_after_the_line_became_secret(served, secret):
    server = secret
    heard: list[tuple[bool, bytes]] = []

    def sign_in(
        _server: Any, session: Any, _envelope: Any, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        heard.append((session.ssl is not None, data.password))
        return AuthResult(success=data.password == b"tell nobody")

    asked = {"use_tls": True, "username": "aftersale", "password": "tell nobody"}
    options = {
        "tls_context": server,
        "require_starttls": True,
        "authenticator": sign_in,
        "auth_required": True,
    }
    with served(Box(), client=asked, **options) as box:
        SmtpMail().send(LETTER)
    assert len(box.arrived) == 1 and set(heard) == {(True, b"tell nobody")}

    with served(Box(), client=asked | {"password": "wrong"}, **options) as box:
        error = refusal()
    assert error.retry and not isinstance(error, AddressRefused) and not box.arrived

    heard.clear()
    with served(Box(), client=asked) as box:
        assert refusal().retry
    assert not heard and not box.arrived


def test_a_server_that_cannot_prove_its_name_gets_no_mail(served, secret, monkeypatch):
    server = secret
    monkeypatch.delenv("SSL_CERT_FILE")
    with served(Box(), client={"use_tls": True}, tls_context=server) as box:
        assert refusal().retry
    assert not box.arrived


def test_port_465_is_secret_from_the_start(served, secret):
    server = secret
    with served(Box(), client={"use_ssl": True}, ssl_context=server) as box:
        SmtpMail().send(LETTER)
    assert len(box.arrived) == 1


@pytest.mark.parametrize(
    ("refusals", "retry", "status"),
    [
        ({"rcpt": "550 5.1.1 no such mailbox"}, False, "5.1.1"),
        ({"rcpt": "550 unknown"}, False, "5.0.0"),
        ({"rcpt": "554 5.7.1 relay access denied"}, True, ""),
        ({"rcpt": "452 4.2.2 mailbox full"}, True, ""),
        ({"rcpt": "450 4.7.1 greylisted, come back"}, True, ""),
        ({"data": "554 5.7.1 looks like spam"}, False, ""),
        ({"data": "451 4.3.0 later"}, True, ""),
        ({"mail": "550 5.7.1 we know no such sender"}, True, ""),
        ({"mail": "421 too busy"}, True, ""),
    ],
)
def test_what_a_refusal_means(served, refusals, retry, status):
    with served(Box(**refusals)) as box:
        error = refusal()
    assert (error.retry, getattr(error, "status", "")) == (retry, status)
    assert not box.arrived


def test_a_server_that_is_silent_or_away_is_asked_again(served, settings):
    with served(Box(slow="yes"), client={"timeout": 0.5}):
        assert refusal().retry
    # The server of before is gone.
    assert refusal().retry


def refusal(mail: Mail = LETTER) -> PortFailed:
    with pytest.raises(PortFailed) as caught:
        SmtpMail().send(mail)
    return caught.value


def changed(**told: Any) -> Mail:
    known = {name: getattr(LETTER, name) for name in LETTER.__dataclass_fields__}
    return Mail(**known | told)


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's secrets for 127.0.0.1, which this site trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a mail server")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), start.replace(tzinfo=None)
    )
    builder = builder.not_valid_after(start.replace(tzinfo=None) + timedelta(days=36_500)).add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate = tmp_path / "certificate.pem"
    certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private = tmp_path / "key.pem"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, private)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return context
