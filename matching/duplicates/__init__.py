"""Actors that are probably the same, recorded twice."""
