"""Which municipality became which: mergers, splits and changed keys."""
