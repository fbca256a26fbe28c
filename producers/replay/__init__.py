"""Real exports of tills and stores as events: a file, a mapping, and one command.

mapping.py says what a mapping may say; reading.py gives a file's lines in batches; conversion.py
turns them into records; play.py sends them.
"""
