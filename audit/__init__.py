"""An independent reader of the topics: is what was published what the definitions say?

It shares nothing with the job but the contracts: it reads every event, works out in plain
Python what every ledger entry, level, order, transfer and day must be, and compares.
"""
