"""Who complements whom: actors for a need, by signals whose weights are learned from past alliances."""
