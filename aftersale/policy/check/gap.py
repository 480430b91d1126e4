"""Gaps: orders that no clause decides."""

from collections.abc import Iterator

from .finding import Finding
from .study import Study


def gaps(study: Study) -> Iterator[Finding]:
    """The smallest order that nothing answers."""
    world = study.world
    nothing = list(world.unmatch.values())
    found = world.ask(*nothing).found
    if found == "unknown":
        yield study.not_proved("gap", (), "whether every order is decided")
    elif found == "yes":
        yield Finding(
            "gap",
            "error",
            (),
            "no clause decides this order",
            study.written.title,
            study.example(nothing),
            suggest=("write a clause for such orders", "widen the `when` of a clause that should decide"),
        )
