"""What is HTTP and nothing else: who asks, what is let through, how answers leave, and how the service runs."""
