"""Exports of INKAR, the indicators of spatial and urban development of the BBSR."""
