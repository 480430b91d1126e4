"""The accounts by name. Each is opened when it is first asked for."""

from aftersale.ledger.models import Account, AccountKind


def escrow_of(order_code: str, currency: str) -> Account:
    """What customers paid for an order, until it is refunded or released to its suppliers."""
    return _account(AccountKind.ESCROW, f"order:{order_code}", currency)


def escrow_name(order_code: str) -> str:
    return f"{AccountKind.ESCROW.value}:order:{order_code}"


def payable_to(supplier_code: str, currency: str) -> Account:
    """What a supplier is owed; negative when refunds took back more than is owed now."""
    return _account(AccountKind.SUPPLIER_PAYABLE, f"{supplier_code}:{currency}", currency)


def balance_of(customer: int, currency: str) -> Account:
    """What a customer has paid in ahead, as far as orders paid from it tell."""
    return _account(AccountKind.CUSTOMER_BALANCE, f"{customer}:{currency}", currency)


def provider_clearing(provider: str, currency: str) -> Account:
    """What a payment provider holds for us, as a negative balance."""
    return _account(AccountKind.PROVIDER_CLEARING, f"{provider}:{currency}", currency)


def bank_clearing(currency: str) -> Account:
    """What our bank account holds, as a negative balance."""
    return _account(AccountKind.BANK_CLEARING, currency, currency)


def refunds(currency: str) -> Account:
    """What was paid back beyond what customers had paid: a loss until someone gets it back."""
    return _account(AccountKind.REFUNDS, currency, currency)


def fees(currency: str) -> Account:
    """The marketplace's own fees."""
    return _account(AccountKind.FEES, currency, currency)


def _account(kind: AccountKind, owner: str, currency: str) -> Account:
    account, _ = Account.objects.get_or_create(
        name=f"{kind.value}:{owner}", defaults={"kind": kind, "currency": currency}
    )
    assert account.currency == currency, f"{account} is kept in {account.currency}, not in {currency}"
    return account
