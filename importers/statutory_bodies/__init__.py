"""The bodies that every German district has by law, derived from the list of districts."""
