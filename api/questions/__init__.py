"""Questions that the command line, the HTTP service and the pages ask in the same way."""
