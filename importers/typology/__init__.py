"""The types that the BBSR gives to districts and municipalities."""
