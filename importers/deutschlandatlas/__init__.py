"""The table file of the Deutschlandatlas: indicators by district, association and municipality."""
