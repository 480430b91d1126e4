"""A card's removal, from the request to the receipt."""
