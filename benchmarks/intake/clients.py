"""Who brings mails: so many at once, each over one connection or with a new one for each mail."""

import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO, cast

DESK = "after-sale@marketplace.example"
TEXT = (
    "The lamp that I ordered flickers since the second evening. I tried another bulb and another socket.\r\n"
    * 20
)


def mails(count: int, mark: str) -> list[bytes]:
    """Mails of 2 kB, no two alike."""
    return [
        f"From: Cy <cy{number}@shop.example>\r\nTo: {DESK}\r\nSubject: The lamp {number}\r\n"
        f"Message-ID: <{mark}.{number}@shop.example>\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{TEXT}.\r\n".encode()
        for number in range(count)
    ]


def brought_a_second(port: int, letters: Sequence[bytes], *, clients: int, keep: bool) -> float:
    """How many of these mails a second were answered with 250."""
    return at_once(clients, letters, lambda mine: _bring(port, mine, keep=keep))


def at_once(clients: int, things: Sequence[bytes], work: Callable[[Sequence[bytes]], None]) -> float:
    """So many threads work off their share of the things; how many a second that was."""
    shares = [things[number::clients] for number in range(clients)]
    with ThreadPoolExecutor(clients) as threads:
        began = time.perf_counter()
        list(threads.map(work, shares))
        return len(things) / (time.perf_counter() - began)


def _bring(port: int, letters: Sequence[bytes], *, keep: bool) -> None:
    for group in [letters] if keep else [[letter] for letter in letters]:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with client.makefile("rwb") as file:
                line = cast(BinaryIO, file)
                _expect(line, b"220")
                _say(line, b"LHLO shop.example\r\n", b"250")
                for letter in group:
                    _say(line, b"MAIL FROM:<cy@shop.example>\r\n", b"250")
                    _say(line, f"RCPT TO:<{DESK}>\r\n".encode(), b"250")
                    _say(line, b"DATA\r\n", b"354")
                    _say(line, letter, b"250")
                _say(line, b"QUIT\r\n", b"221")


def _say(line: BinaryIO, words: bytes, wanted: bytes) -> None:
    line.write(words)
    line.flush()
    _expect(line, wanted)


def _expect(line: BinaryIO, wanted: bytes) -> None:
    while (told := line.readline())[3:4] == b"-":
        pass
    assert told.startswith(wanted), told
