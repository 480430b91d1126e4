"""Bounds on work, so wide that a slow or busy machine does not reach them: only endless work does."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time

ENDLESS = 120


@contextmanager
def ending() -> Iterator[None]:
    """Hold that what is done here ends: within two minutes of this process, where tests do it in seconds.

    Its input is large enough that work which grows with the square of it takes longer than that.
    """
    started = process_time()
    yield
    assert process_time() - started < ENDLESS
