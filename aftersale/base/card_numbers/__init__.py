"""Card numbers are taken out of what people write before it is stored, mailed or logged."""

from aftersale.base.card_numbers.cutting import cut
from aftersale.base.card_numbers.scrubbing import Found, Scrubbed, scrub

__all__ = ["Found", "Scrubbed", "cut", "scrub"]
