"""Money, ports, notifications and references: what every room stands on."""
