"""The read model: topics as tables, and the figures computed from them."""
