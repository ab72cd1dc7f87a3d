"""What the graph is and where it is kept."""
