"""What the scrubber leaves of card numbers, and what it takes that is none: judged from its text alone."""

import html
import json
import re
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from aftersale.base.card_numbers import scrub
from aftersale.base.card_numbers.logs import scrub_event
from benchmarks.card_numbers.generate import Message

WRITTEN = Path(__file__).with_name("written_apart.jsonl")
# So many digits of a number in a row must not be left over.
_TOO_MANY = 9
_MARK = re.compile(r"\[card number removed: [A-Za-z ]+ ending [0-9]{4}\]")


@dataclass(slots=True)
class Tally:
    """Card numbers found of all there were, and look-alikes taken of all there were."""

    cards: int = 0
    found: int = 0
    alikes: int = 0
    taken: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found / self.cards if self.cards else 1.0

    @property
    def false_alarms(self) -> float:
        return self.taken / self.alikes if self.alikes else 0.0


def written_apart() -> Iterator[Message]:
    """The messages that people wrote."""
    for line in WRITTEN.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        cards = tuple((card["brand"], card["number"]) for card in row["cards"])
        kind = "with a card number" if cards else "look-alikes"
        yield Message(f"{row['language']}, {kind}", row["text"], cards, tuple(row["keep"]))


def judged(messages: Iterable[Message]) -> dict[str, Tally]:
    """Each kind of message with its tally."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for message in messages:
        _judge(message, tallies[message.kind])
    return dict(tallies)


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    whole = Tally()
    for tally in tallies:
        whole.cards, whole.found = whole.cards + tally.cards, whole.found + tally.found
        whole.alikes, whole.taken = whole.alikes + tally.alikes, whole.taken + tally.taken
        whole.missed += tally.missed
        whole.wrong += tally.wrong
    return whole


def _judge(message: Message, tally: Tally) -> None:
    done = scrub(message.text)
    if not message.cards:
        tally.alikes += 1
        if done.text != message.text:
            tally.taken += 1
            tally.wrong.append(message.text)
        return
    told = [(found.brand, found.last_four) for found in done.found]
    left = _digits_left(done.text)
    for brand, number in message.cards:
        tally.cards += 1
        pieces = (number[at : at + _TOO_MANY] for at in range(len(number) - _TOO_MANY + 1))
        if (brand, number[-4:]) in told and not any(piece in left for piece in pieces):
            tally.found += 1
        else:
            tally.missed.append(message.text)
    # What must stay beside a number counts as a look-alike of its own.
    for words in message.keep:
        tally.alikes += 1
        if words not in done.text:
            tally.taken += 1
            tally.wrong.append(message.text)


def _digits_left(text: str) -> str:
    plain = html.unescape(_MARK.sub(" ", text)).replace("%20", " ")
    plain = re.sub(r"(?<=\d)[OoIl]+(?=\d)", lambda m: m[0].translate(str.maketrans("OoIl", "0011")), plain)
    values = (unicodedata.digit(char, None) for char in plain)
    return "".join(str(value) for value in values if value is not None)


HOSTILE = {
    "one run of digits": "4242424242" * 100_000,
    "groups of four": "4444 " * 200_000,
    "groups of four that pass": "4242 4242 4242 4242 " * 50_000,
    "digits apart": "4 " * 500_000,
    "pairs": "42-" * 333_333,
    "threes": "424 " * 250_000,
    "sixteens": "4242424242424241 " * 58_823,
    "entities": "&#52;" * 200_000,
    "zero width": "4\u200b" * 500_000,
    "letters": "4O" * 500_000,
    "letters in fours": "4OO4 " * 200_000,
    "words": "4242 a " * 142_857,
    "capitals": "AB12" * 250_000,
    "accounts": "DE12 3456 " * 100_000,
    "open tags": "<a " * 333_333,
    "plus signs": "+1 2" * 250_000,
}


def hostile_seconds() -> dict[str, float]:
    """How long a megabyte of each takes."""
    taken = {}
    for name, text in HOSTILE.items():
        start = time.process_time()
        scrub(text)
        taken[name] = time.process_time() - start
    return taken


def lines_a_second() -> float:
    """How many log events go through in a second."""
    events = [
        {"event": "refund settled", "reference": "F3X9T-M2Q7B", "state": "succeeded", "tries": 2},
        {"event": "mail sent", "to": "ann@example.com", "message_id": "<notification-482@shop.example>"},
        {
            "event": "asked again",
            "key": "k7h2m9c4qt0xw8v5b3n6j1r2d4",
            "at": "2026-03-12T14:05:33.123456+00:00",
        },
    ]
    rounds, best = 20_000, 0.0
    for _ in range(3):
        start = time.process_time()
        for _ in range(rounds):
            for event in events:
                scrub_event(None, "info", event)
        best = max(best, rounds * len(events) / (time.process_time() - start))
    return best
