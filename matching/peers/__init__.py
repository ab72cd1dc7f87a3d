"""Comparable municipalities: seen through a lens, scored with gaps, explained, learned and measured."""
