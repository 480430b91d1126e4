"""How long the page of a long thread takes."""
