"""Tables of any form with a column map: lists of actors, offers and practices, and indicators."""
