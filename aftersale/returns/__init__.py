"""A return: from the customer's request to the money back, and an order's completion."""
