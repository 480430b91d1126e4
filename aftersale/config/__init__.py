"""Settings, addresses and the command line: where the rooms are put together."""
