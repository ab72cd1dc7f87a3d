"""The choice that makes the bundled sample: which indicators, which practices, from which of the publishers' files."""
