"""Who brings what a request looks for, and who looks for what an actor brings."""
