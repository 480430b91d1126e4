"""One movement between two accounts, written once and never changed."""
