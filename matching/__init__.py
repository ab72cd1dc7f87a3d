"""Pure functions of a projection: who is comparable, who complements whom, and why."""
