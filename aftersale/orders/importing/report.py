"""What an import has to say: what is new, what was refused and why, and which payments do not add up."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from aftersale.base.money import Money


@dataclass(frozen=True, slots=True)
class Remark:
    """One row that was refused or left out.

    `origin` is where it stands in the reader's own file; `table` is empty
    where the profile itself remarked on the source.
    """

    table: str
    origin: str
    order: str
    field: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.origin} ({self.table})" if self.origin and self.table else self.origin or self.table
        whose = f", order {self.order}" if self.order else ""
        return f"{where}{whose}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An order whose payments are not the sum of its components; it is imported all the same."""

    order: str
    expected: Money
    paid: Money

    @property
    def difference(self) -> Money:
        """What was paid beyond the price; negative where less was paid."""
        return self.paid - self.expected

    def __str__(self) -> str:
        return f"order {self.order}: costs {self.expected}, paid {self.paid}, difference {self.difference}"


@dataclass(slots=True)
class ImportReport:
    """What came of one import. `imported` is False where a refused row kept everything out."""

    imported: bool = False
    new: int = 0
    unchanged: int = 0
    new_customers: int = 0
    new_suppliers: int = 0
    new_parcels: int = 0
    new_events: int = 0
    rejected_orders: int = 0
    rejections: list[Remark] = field(default_factory=list)
    left_out: list[Remark] = field(default_factory=list)
    mismatches: list[Mismatch] = field(default_factory=list)

    @property
    def changed_nothing(self) -> bool:
        return not any((self.new, self.new_customers, self.new_suppliers, self.new_parcels, self.new_events))

    def json_lines(self) -> Iterable[str]:
        """Every refused row, row left out and mismatch, as one JSON object a line."""
        for what, remarks in (("rejected", self.rejections), ("left_out", self.left_out)):
            for remark in remarks:
                yield json.dumps({"what": what, **asdict(remark)}, ensure_ascii=False)
        for one in self.mismatches:
            yield json.dumps(
                {
                    "what": "payments",
                    "order": one.order,
                    "currency": one.expected.currency,
                    "expected": str(one.expected.decimal),
                    "paid": str(one.paid.decimal),
                    "difference": str(one.difference.decimal),
                }
            )
