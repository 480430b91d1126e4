"""What a policy would have decided over past orders, and its cost; the only room that will import DuckDB or Spark."""
