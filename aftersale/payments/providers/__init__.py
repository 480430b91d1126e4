"""One slot for each provider of money movements; one contract suite runs against all."""
