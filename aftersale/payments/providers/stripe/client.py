"""The one place that knows Stripe's library: one try per call, our own keys, and errors of this house.

The HTTP client comes from outside. Nothing that Stripe says of a person or a card is in an error of ours:
its kind, its code and the name of the request, by which Stripe's own dashboard shows the rest.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import stripe

from aftersale.payments.providers import (
    BadRequest,
    Declined,
    IdempotencyConflict,
    Misconfigured,
    RateLimited,
    Unavailable,
)

stripe.enable_telemetry = False
logging.getLogger("stripe").setLevel(logging.WARNING)  # below, it writes whole answers
type Http = stripe.HTTPClient
# Seconds to connect, and to wait for an answer. Two calls fit in a worker's lease.
TIME_LIMIT = (5.0, 20.0)


def system_http() -> Http:
    return stripe.RequestsClient(timeout=TIME_LIMIT)


class Rejected(BadRequest):
    """Stripe does not accept the request as it is; `code` and `status` say why."""

    def __init__(self, said: str, *, code: str, status: int) -> None:
        super().__init__(said)
        self.code, self.status = code, status


class CardRefused(BadRequest):
    """The card's bank, or Stripe for it, said no; where that can be an answer, it is the value in here."""

    def __init__(self, declined: Declined) -> None:
        super().__init__(f"stripe refused the card: {declined.code}")
        self.declined = declined


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Stripe tells of a declined payment, in an error and on the payment alike."""

    error: Any

    @property
    def declined(self) -> Declined:
        return Declined(
            code=self._said("decline_code") or self._said("code") or "card_declined",
            advice=self._said("advice_code"),
            network_code=self._said("network_decline_code"),
            network_advice=self._said("network_advice_code"),
        )

    def _said(self, name: str) -> str:
        return str(getattr(self.error, name, None) or "")


class Client:
    """Calls of Stripe's API, version and all as its library makes them."""

    def __init__(self, secret_key: str, *, http: Http, api_base: str = "") -> None:
        self._stripe = stripe.StripeClient(
            secret_key,
            http_client=http,
            base_addresses={"api": api_base} if api_base else None,
            max_network_retries=0,
        )

    def __repr__(self) -> str:
        return "Client(secret_key=…)"

    @contextmanager
    def asked(self) -> Iterator[stripe.StripeClient]:
        """The library, whose errors become ours. Raises ProviderFailed."""
        try:
            yield self._stripe
        except stripe.CardError as error:
            raise CardRefused(Refusal(error.error).declined) from None
        except stripe.RateLimitError as error:
            raise RateLimited(_told(error)) from None
        except stripe.IdempotencyError as error:
            raise IdempotencyConflict(_told(error)) from None
        except (stripe.AuthenticationError, stripe.PermissionError) as error:
            raise Misconfigured(_told(error)) from None
        except stripe.InvalidRequestError as error:
            raise Rejected(
                _told(error), code=error.code or "", status=int(error.http_status or 400)
            ) from None
        except stripe.StripeError as error:
            # No answer, a broken one, or 409: the same key is being worked on right now.
            raise Unavailable(_told(error)) from None


def _told(error: stripe.StripeError) -> str:
    if not error.http_status:
        return "stripe did not answer in time"
    code = f" {error.code}" if error.code else ""
    request = f" (request {error.request_id})" if error.request_id else ""
    return f"stripe answered {error.http_status}{code}{request}"
