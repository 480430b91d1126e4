"""What the page of the figures is made of."""

from textwrap import wrap
from typing import NamedTuple

from benchmarks.goals import Goal


class Section(NamedTuple):
    """A title, its lines and its goals."""

    title: str
    lines: list[str]
    goals: list[Goal]


def prose(text: str) -> list[str]:
    """A paragraph, in lines of one width."""
    return wrap(" ".join(text.split()), 110, break_long_words=False, break_on_hyphens=False)
