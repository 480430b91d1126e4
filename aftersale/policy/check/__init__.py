"""The checks of a policy, one file each: gaps, conflicts, dead clauses, broken promises. Not built yet."""
