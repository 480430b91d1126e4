"""How long a search over many posts takes."""
