"""Threads by the thousand, for what is measured on many of them."""
