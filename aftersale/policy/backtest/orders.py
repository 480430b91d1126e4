"""Where past orders are, and which of their columns say what."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from aftersale.policy.errors import did_you_mean
from aftersale.policy.facts import Fact

from .errors import BacktestError

type Kind = Literal["parquet", "csv", "json", "database"]

# What an order may say beside the facts; only a fact's own name comes before these.
EXTRAS = ("amount", "currency", "at", "supplier", "order")
ENDINGS: Mapping[str, Kind] = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".jsonl": "json",
    ".ndjson": "json",
    ".sqlite3": "database",
    ".sqlite": "database",
    ".db": "database",
}


class Orders(NamedTuple):
    """A table of past orders, one row for each question to the policy.

    `where` is a file, a pattern of Parquet files, or a database. `columns` gives the column of a fact, of
    `amount` (minor units that the return may give back), `currency`, `at`, `supplier` or `order`, where it
    has another name. `same` gives facts the same value in every row. `table` is a database's table or view;
    without one it is the site's own.
    """

    where: str
    columns: Mapping[str, str] = {}
    same: Mapping[str, str] = {}
    table: str = ""

    @property
    def kind(self) -> Kind:
        """What is there, by its name. Raises BacktestError."""
        if self.where.startswith(("postgresql://", "postgres://")):
            return "database"
        kind = ENDINGS.get(Path(self.where).suffix.lower())
        if kind is None:
            help = "orders are read from " + ", ".join(ENDINGS) + " or postgresql://…"
            raise BacktestError(f"{self.where}: its ending does not say what it is", help)
        pattern = kind == "parquet" and "*" in self.where
        if not pattern and not Path(self.where).is_file():
            raise BacktestError(f"{self.where}: there is no such file", "check the path")
        return kind

    def found(self, facts: Mapping[str, Fact], names: Sequence[str]) -> dict[str, str]:
        """The column for each fact and each extra that the table has. Raises BacktestError."""
        lower: dict[str, str] = {name.lower(): name for name in names}
        for name, column in self.columns.items():
            if name not in facts and name not in EXTRAS:
                help = did_you_mean(name, [*facts, *EXTRAS]) or "map a fact, or " + ", ".join(EXTRAS)
                raise BacktestError(f"`{name}` is not a fact of this policy", help)
            if column.lower() not in lower:
                help = did_you_mean(column, names) or "its columns are " + _listed(names)
                raise BacktestError(f"{self.where}: there is no column `{column}`", help)
        found, missing = {}, []
        for name in [*facts, *(extra for extra in EXTRAS if extra not in facts)]:
            column = self.columns.get(name, name).lower()
            if name in self.same:
                continue
            if column in lower:
                found[name] = lower[column]
            elif name in facts:
                missing.append(name)
        if missing:
            raise self._missing(missing, names)
        return found

    def _missing(self, missing: Sequence[str], names: Sequence[str]) -> BacktestError:
        first = missing[0]
        near = did_you_mean(first, names).removeprefix("did you mean `").removesuffix("`?")
        help = f"name the column of a fact as in `--column {first}={near or 'its_column'}`"
        help += f", or give all rows one value as in `--same {first}=…`; its columns are {_listed(names)}"
        listed = ", ".join(f"`{name}`" for name in missing)
        what = "these facts" if len(missing) > 1 else "the fact"
        return BacktestError(f"{self.where}: no column says {what} {listed}", help)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:30]) + (f" and {len(names) - 30} more" if len(names) > 30 else "")
