"""A simulated store chain: its catalogue, stock, tills, staff and supplier."""
