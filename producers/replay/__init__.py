"""Replay of exports of tills and stores as events: a file, a mapping and one command.

mapping.py defines a mapping; open_source.py reads a file's lines in batches; conversion.py turns
them into records; replay.py sends them.
"""
