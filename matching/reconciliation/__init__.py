"""Matches the names in somebody's list with municipalities and actors, and says what is known of them."""
