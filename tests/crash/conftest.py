from tests.money.plugin import _flushes_empty_money_tables

__all__ = ["_flushes_empty_money_tables"]
