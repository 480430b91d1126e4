"""The listener for mail: LMTP or SMTP, each mail stored before its 250.

aiosmtpd speaks the protocol on an event loop; the database is asked in a few threads. What is between
a client and us can break anywhere: until the 250 was sent, the mail is the client's to bring again.
"""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import close_old_connections, connections

from aftersale.base.ports import Ports
from aftersale.support.mail.delivering import Fate, Outcome, can_be_an_address, deliver, look_up
from aftersale.support.mail.parsing import LARGEST

MOST_RECIPIENTS = 50
# Servers that bring us mail may write longer lines than the standard's thousand.
_LONGEST_LINE = 64 * 1024
_FULL = b"421 4.3.2 too many connections, try again later\r\n"
_GOODBYE = b"421 4.3.2 the service is stopping, try again later\r\n"
_AFTER_DATA = ("552 Error: Too much mail data", "500 Line too long")
log = structlog.get_logger("mail")


@dataclass(frozen=True, slots=True)
class Limits:
    connections: int = 50
    threads: int = 4
    # Seconds for one command, and for the whole of a mail.
    patience: float = 300
    # Seconds that a mail on its way may take when we are asked to stop.
    grace: float = 10
    largest: int = LARGEST


class Door:
    """What aiosmtpd asks of us, and who is connected."""

    def __init__(self, *, ports: Ports, speaks_smtp: bool, limits: Limits) -> None:
        self.limits = limits
        self.protocol = "SMTP" if speaks_smtp else "LMTP"
        self.sessions: set[MailSession] = set()
        self.is_stopping = False
        self._ports = ports
        self._kind: type[MailSession] = MailSession if speaks_smtp else LmtpSession
        self._threads = ThreadPoolExecutor(limits.threads, thread_name_prefix="mail")

    def session(self) -> asyncio.Protocol:
        """A conversation with one client; too many are told to come again."""
        if self.is_stopping or len(self.sessions) >= self.limits.connections:
            return _Full()
        return self._kind(self)

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, offers: list[str]
    ) -> list[str]:
        session.host_name = name
        return [*offers[:-1], "250-PIPELINING", offers[-1]]

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not can_be_an_address(address):
            return "553 5.1.7 the sender's address cannot be read"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return f"452 4.5.3 more than {MOST_RECIPIENTS} recipients at once"
        outcome = await self._ask(partial(look_up, ports=self._ports, recipient=address))
        if outcome.fate is Fate.TAKEN:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
            return "250 2.1.5 OK"
        log.info("recipient not taken", outcome=outcome.fate.name.lower())
        return _reply(outcome)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Store it for each recipient: LMTP answers for each, SMTP with the one answer that loses nothing."""
        raw, sender = envelope.original_content or b"", envelope.mail_from or ""
        store = partial(
            deliver,
            ports=self._ports,
            raw=raw,
            sender="" if sender == "<>" else sender,
            via=self.protocol.lower(),
        )
        outcomes = {
            recipient: await self._ask(partial(store, recipient=recipient))
            for recipient in dict.fromkeys(envelope.rcpt_tos)
        }
        if isinstance(server, LMTP):
            return "\r\n".join(_reply(outcomes[recipient]) for recipient in envelope.rcpt_tos)
        return _reply(max(outcomes.values(), key=lambda outcome: outcome.fate.value))

    async def handle_exception(self, error: Exception) -> str:
        log.warning("a client's words could not be read", error=type(error).__name__)
        return "451 4.3.0 this failed here, try again later"

    async def stop(self) -> None:
        """Send the idle away, let mails on their way arrive for a while, and end all threads."""
        self.is_stopping = True
        for session in tuple(self.sessions):
            session.leave_when_idle()
        loop = asyncio.get_running_loop()
        latest = loop.time() + self.limits.grace
        while self.sessions and loop.time() < latest:
            await asyncio.sleep(0.05)
        for session in tuple(self.sessions):
            session.leave()
        # What a thread has in hand is finished.
        self._threads.shutdown(wait=True)

    async def _ask(self, act: Callable[[], Outcome]) -> Outcome:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _with_database, act)


class MailSession(SMTP):
    """One client's conversation, bounded in all it may send."""

    line_length_limit = _LONGEST_LINE

    def __init__(self, door: Door) -> None:
        super().__init__(
            door,
            data_size_limit=door.limits.largest,
            enable_SMTPUTF8=True,
            hostname=socket.gethostname(),
            ident="Aftersale",
            timeout=door.limits.patience,
            loop=asyncio.get_running_loop(),
        )
        self._door = door
        self._bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._door.sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._door.sessions.discard(self)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        # aiosmtpd reads what is too much to its end, and keeps a line that never ends.
        self._bytes += len(data)
        if self._bytes > 2 * self._door.limits.largest:
            self.leave(b"552 5.3.4 too much mail data\r\n")
        else:
            super().data_received(data)

    def leave_when_idle(self) -> None:
        if self.envelope is None or not self.envelope.mail_from:
            self.leave()

    def leave(self, words: bytes = _GOODBYE) -> None:
        """Say so and hang up; what is under way in a thread goes on."""
        transport: Any = self.transport
        if transport is not None and not transport.is_closing():
            transport.write(words)
            transport.close()

    async def push(self, status: Any) -> None:
        await super().push(self._for_all(status))

    async def smtp_DATA(self, arg: str) -> None:
        await super().smtp_DATA(arg)
        if self._door.is_stopping:
            self.leave_when_idle()

    def _set_post_data_state(self) -> None:
        self._bytes = 0
        super()._set_post_data_state()  # type: ignore[no-untyped-call]

    def _for_all(self, status: Any) -> Any:
        return status


class LmtpSession(MailSession, LMTP):
    """The same with LMTP's greeting, and an answer for each recipient."""

    def _for_all(self, status: Any) -> Any:
        # These are of aiosmtpd itself, which answers once: a client with two recipients would wait for ever.
        if isinstance(status, str) and status.startswith(_AFTER_DATA) and self.envelope is not None:
            return "\r\n".join([status] * max(1, len(self.envelope.rcpt_tos)))
        return status


class _Full(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        log.warning("too many connections")
        transport.write(_FULL)
        transport.close()


def listen(door: Door, *, host: str, port: int) -> None:
    """Take mails in until a signal ends it; the mail on its way is finished first."""
    # Its lines would tell what clients wrote; ours tell what happened.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    for settings in connections.settings.values():
        # A connection lives for a minute, not for a mail; a broken one is noticed before each use.
        settings.update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
    asyncio.run(_listen(door, host, port))


async def _listen(door: Door, host: str, port: int) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _ask_to_stop, loop, stop)
    server = await loop.create_server(door.session, host, port, backlog=door.limits.connections)
    where = ", ".join("{}:{}".format(*each.getsockname()[:2]) for each in server.sockets)
    log.info("listening", at=where, protocol=door.protocol)
    await stop.wait()
    server.close()
    await door.stop()
    log.info("stopped")


def _ask_to_stop(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    stop.set()
    for number in (signal.SIGTERM, signal.SIGINT):
        # The second signal means it: what was not answered with 250 is brought again.
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)


def _with_database(act: Callable[[], Outcome]) -> Outcome:
    close_old_connections()
    return act()


def _reply(outcome: Outcome) -> str:
    match outcome.fate:
        case Fate.TAKEN:
            return "250 2.0.0 stored"
        case Fate.NOBODY:
            return f"550 5.1.1 {outcome.reason}"
        case Fate.REFUSED:
            return f"554 5.6.0 {outcome.reason}"
        case Fate.LATER:
            return f"451 4.3.0 {outcome.reason}"
