"""What a policy would have decided over past orders, and what it would have cost, exactly.

The only place that knows DuckDB and Spark; a decision never comes here.
"""

import importlib
from collections.abc import Sequence
from typing import Literal

from aftersale.policy.policy import Policy

from .duckdb_engine import run_in_duckdb
from .errors import BacktestError
from .orders import Orders
from .question import Engine, Progress, Question
from .report import Line, Report, report_of

type EngineName = Literal["duckdb", "spark"]

__all__ = ["BacktestError", "EngineName", "Line", "Orders", "Report", "run"]


def run(
    policy: Policy,
    orders: Orders | str,
    *,
    engine: EngineName = "duckdb",
    against: Policy | None = None,
    by: Sequence[str] = (),
    progress: Progress | None = None,
) -> Report:
    """Back-tests a policy over past orders; with `against` also how it differs from that version.

    `by` breaks the counts down: "month", "supplier", or a fact that is a choice, such as "tender".
    `progress` is told from 0 to 1 how far it is. Raises BacktestError.
    """
    where = Orders(orders) if isinstance(orders, str) else orders
    question = Question(policy, where, against, tuple(dict.fromkeys(by)), progress)
    return report_of(question, _engine(engine)(question))


def _engine(name: EngineName) -> Engine:
    if name == "duckdb":
        return run_in_duckdb
    try:
        # Spark is an optional package, and starts a Java of its own.
        module = importlib.import_module(f"{__name__}.spark_engine")
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("pyspark"):
            raise
        raise BacktestError("Spark is not installed", "pip install aftersale[spark]") from None
    found: Engine = module.run_in_spark
    return found
