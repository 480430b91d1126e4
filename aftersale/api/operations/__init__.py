"""The operations: each finds the row that this user may see, calls one verb, tells what came of it."""
