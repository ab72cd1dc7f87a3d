"""Names as people write them: of municipalities, of organisations, of any node."""
