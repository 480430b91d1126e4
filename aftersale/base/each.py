"""Many rows one after another, of which one that fails keeps none of the others waiting."""

from collections.abc import Callable, Iterable

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError

from aftersale.base.errors import AftersaleError

# What a row that nobody thought of may make our code raise.
POISON = (
    AftersaleError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    DatabaseError,
    LookupError,
    ObjectDoesNotExist,
    RecursionError,
    TypeError,
    ValueError,
)


def each_by_itself(
    keys: Iterable[int],
    do: Callable[[int], bool],
    *,
    tell: Callable[[int, Exception], None],
    at_most: int,
    stop: Callable[[], bool] = bool,
) -> int:
    """`do` it for each key in a transaction of its own, until so many were done; returns how many.

    Whoever fails is told of, and the first failure is raised when all others are done: then the caller rests,
    and tries it again.
    """
    done, failed = 0, None
    for key in keys:
        if stop() or done >= at_most:
            break
        try:
            done += do(key)
        except POISON as error:
            tell(key, error)
            failed = failed or error
    if failed is not None:
        raise failed
    return done
