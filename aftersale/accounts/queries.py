"""Reads about people and machines."""

from django.db.models import Q, QuerySet

from aftersale.accounts.models import ApiKey, User
from aftersale.base.errors import NotYours


def person_called(email_or_code: str) -> User:
    """The one with this e-mail or this customer code. Raises NotYours."""
    called = email_or_code.strip()
    found = User.objects.filter(Q(email=called.lower()) | Q(customer_code=called)).first()
    if found is None:
        raise NotYours(f"nobody has the e-mail or the customer code {called}")
    return found


def all_keys() -> QuerySet[ApiKey]:
    """Every key ever made, the newest first, with whom it acts as."""
    return ApiKey.objects.select_related("user").order_by("-created_at", "-pk")
