"""The shipped policy in other engines' own languages, made from the parsed clauses; one file an engine."""
