"""Renderers of the files that are generated from the contracts in schemas/*.avsc."""
