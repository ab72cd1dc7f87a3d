"""Read-only questions about the network of one revision: who is near, between, together, alone."""
