"""What is on the shelf: compacted topics as tables, joined where they are read."""
