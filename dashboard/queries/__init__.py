"""Figures of the pages, read from the database in short transactions."""
