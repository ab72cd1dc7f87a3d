"""The outside: the only place that knows HTTP, the environment and language."""
