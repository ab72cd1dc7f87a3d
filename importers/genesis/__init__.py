"""Tables of GENESIS-Online, the Regionaldatenbank Deutschland and the Zensus database, flat or as shown on screen."""
