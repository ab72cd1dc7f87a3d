"""Editing the graph by hand: checked rows in the form of the exchange package become records, all of them or none."""
