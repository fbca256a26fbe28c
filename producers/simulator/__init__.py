"""A store chain that never was: its catalogue, its opening stock and its tills."""
