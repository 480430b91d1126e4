"""Saved means, charges and refunds as rows with states; the only writer of the ledger."""
