"""What a policy would have decided over past orders, and what it would have cost. Not built yet."""
