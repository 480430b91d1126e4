"""A figure with its goal, as the page tells it."""

from typing import NamedTuple


class Goal(NamedTuple):
    """`value` should be at most `goal`, or with `at_least` not less; `about` names what to say of a miss."""

    what: str
    value: float
    goal: float
    about: str = ""
    at_least: bool = False
    form: str = "{:.2f}"

    @property
    def reached(self) -> bool:
        """Whether the figure is as good as wished."""
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def __str__(self) -> str:
        told = self.form.format(self.value)
        return told if self.reached else f"{told}, **missed**"

    @property
    def wanted(self) -> str:
        """The goal in words."""
        return f"{'at least' if self.at_least else 'at most'} {self.form.format(self.goal)}"
