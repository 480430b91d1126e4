"""What was bought, by what means it was paid, what was sent and delivered."""
