"""Our listener as a process of its own on the test's database, and who writes to it."""

import json
import signal
import socket
import subprocess
import time
from contextlib import contextmanager

from aftersale.support.tests.letters import a_mail
from tests.crash.processes import PATIENCE, started

DESK = "after-sale@marketplace.example"
SERVE = ("aftersale", "mail", "serve", "--port", "0")


class Listener:
    def __init__(self, process, log):
        self.process, self.log, self.port = process, log, 0

    def said(self):
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def wait(self, event):
        for _ in range(PATIENCE * 50):
            for line in self.said():
                if line["event"] == event:
                    return line
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)
        raise AssertionError(f"it never said {event}: {self.log.read_text()}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def listening(folder, *options, command=SERVE, **env):
    log = folder / "listener.log"
    with log.open("wb") as output, started("-m", *command, *options, stderr=output, **env) as process:
        listener = Listener(process, log)
        listener.port = int(listener.wait("listening")["at"].rpartition(":")[2])
        yield listener


def swaks(listener, *words, to=DESK, sender="cy@shop.example", protocol="LMTP", data=None):
    """What the real swaks says of a delivery, and how it ended."""
    command = [
        "swaks", "--server", "127.0.0.1", "--port", str(listener.port), "--protocol", protocol,
        "--from", sender, "--to", to, "--timeout", "20", *words,
    ]  # fmt: skip
    if data is not None:
        command += ["--data", "-"]
    done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=120)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


class Talk:
    """A client that says exactly what it is told to."""

    def __init__(self, listener, hello="LHLO shop.example"):
        self.socket = socket.create_connection(("127.0.0.1", listener.port), timeout=20)
        self.file = self.socket.makefile("rb")
        self.greeting = self.hear()
        self.hello = self.say(hello)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def say(self, line):
        self.send(line.encode() + b"\r\n")
        return self.hear()

    def hear(self):
        """One answer, of however many lines; empty when the other side hung up."""
        lines = []
        while line := self.file.readline().decode():
            lines.append(line.rstrip("\r\n"))
            if line[3:4] != "-":
                break
        return "\n".join(lines)

    def begin(self, *recipients, sender="cy@shop.example"):
        """Up to the 354; returns what was said to each recipient."""
        self.say(f"MAIL FROM:<{sender}>")
        answers = [self.say(f"RCPT TO:<{to}>") for to in recipients or (DESK,)]
        assert self.say("DATA").startswith("354")
        return answers

    def end(self):
        return self.say(".")


def letter(**told):
    """A mail as it goes over the wire."""
    return a_mail(**told).replace(b"\n", b"\r\n")
