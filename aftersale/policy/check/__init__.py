"""The checks of a policy, one file each: gaps, conflicts, dead clauses, broken promises; the only room that will import Z3."""
