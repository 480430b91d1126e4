"""How long a removal takes from its submission until the card was seen to be gone at the provider."""
