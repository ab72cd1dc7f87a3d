"""Data out again: the exchange package, and forms for the programs that people use."""
