"""What a decision can come to: the Outcomes table."""

import re
from typing import NamedTuple

from .facts import Fact, check_name
from .nodes import Sum
from .source import Section, Text
from .sums import Sums

_PERCENT = re.compile(r"(\d{1,3}) ?%")

_FORMS = "write `nothing`, `100 %` or a sum of money facts"


class Outcome(NamedTuple):
    """An outcome; a higher `rank` is kinder.

    It pays `pays_percent` of what this return may give back, or the sum of facts `pays` in minor units of
    `currency`, or nothing.
    """

    name: str
    rank: int
    meaning: str
    next_step: str
    pays_percent: int | None = None
    pays: Sum | None = None
    currency: str = ""


def read_outcomes(section: Section, facts: dict[str, Fact]) -> dict[str, Outcome]:
    """The table `| Outcome | Rank | Pays | Meaning | Next step |`. Raises DocumentError."""
    outcomes: dict[str, Outcome] = {}
    ranks: dict[int, str] = {}
    for table in section.tables:
        places = [table.column(name) for name in ("Outcome", "Rank", "Pays", "Meaning", "Next step")]
        for row in table.rows:
            name, rank, pays, meaning, next_step = (row[place] for place in places)
            check_name(name, "an outcome")
            if name.value in outcomes:
                raise name.error(f"`{name.value}` stands twice", "give each outcome one row")
            if not re.fullmatch(r"[0-9]{1,9}", rank.value):
                raise rank.error(
                    f"`{rank.value}` is not a rank", "write a whole number; a higher one is kinder"
                )
            if (other := ranks.setdefault(int(rank.value), name.value)) != name.value:
                raise rank.error(f"`{other}` has this rank too", "give each outcome its own rank")
            outcome = Outcome(name.value, int(rank.value), meaning.value, next_step.value)
            outcomes[name.value] = _paying(outcome, pays, facts)
    if not outcomes:
        raise section.title.error(
            "there is no outcome", "add a table `| Outcome | Rank | Pays | Meaning | Next step |`"
        )
    return outcomes


def _paying(outcome: Outcome, pays: Text, facts: dict[str, Fact]) -> Outcome:
    """The outcome with what its `Pays` cell says."""
    if pays.value == "nothing":
        return outcome
    if percent := _PERCENT.fullmatch(pays.value):
        if int(percent[1]) > 100:
            raise pays.error("more than 100 %", "write a percentage from 0 to 100")
        return outcome._replace(pays_percent=int(percent[1]))
    reader = Sums(pays, facts, {})
    total = reader.sum()
    reader.end(_FORMS)
    if total.unit in ("", "number", "date"):
        raise pays.error("this pays no money", _FORMS)
    if absent := [name for name in total.sum.facts if facts[name].may_be_absent]:
        raise pays.error(f"`{absent[0]}` may be absent", "pay from facts that are always there")
    return outcome._replace(pays=total.sum, currency=total.unit)
