"""Where municipalities lie, and which of them are neighbours."""
