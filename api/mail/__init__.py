"""What reaches people outside a request: the outbox, letters, first contact, and notices that they asked for."""
