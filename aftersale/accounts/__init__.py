"""Customers, agents and suppliers; sign-in; keys for machines."""
