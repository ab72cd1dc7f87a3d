"""Composed alliances: members and roles that fit a need together, and how sound existing ones are."""
