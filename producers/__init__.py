"""Producers of events: a simulated store chain, its supplier, and replays of real exports."""
