"""What one gets back later, by the means with which one pays an order now: shown before paying."""

from dataclasses import dataclass

from aftersale.orders.models import Order, SupplierGroup
from aftersale.returns.facts import MAINLAND
from aftersale.returns.policies import policy_of, version_for
from aftersale.returns.rights import MeansRights, rights_before_paying


@dataclass(frozen=True, slots=True)
class PartRights:
    """What each means of payment gives for the goods of these suppliers of an order."""

    suppliers: tuple[str, ...]
    means: tuple[MeansRights, ...]


def rights_of_paying(order: Order, *, means: tuple[str, ...], language: str) -> list[PartRights]:
    """The rights by each of `means`, suppliers with the same terms together.

    By the version of the order's day: a newer one counts only where it is kinder, so this is the least.
    """
    policy = policy_of(version_for(order.day_of(order.ordered_at)))
    alike: dict[tuple[str, bool], list[SupplierGroup]] = {}
    for group in order.groups.all():
        alike.setdefault((group.terms, group.country == MAINLAND), []).append(group)
    found = []
    for (terms, mainland), groups in alike.items():
        rights = rights_before_paying(policy, supplier_terms=terms, mainland=mainland, language=language)
        suppliers = tuple(group.supplier.name for group in groups)
        found.append(PartRights(suppliers, tuple(one for one in rights if one.tender in means)))
    return found
