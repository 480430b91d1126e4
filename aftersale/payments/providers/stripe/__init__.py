"""Stripe: refunds, saved cards and charges through its own library. See docs/stripe.md."""

NAME = "stripe"
HEADER = "Stripe-Signature"
