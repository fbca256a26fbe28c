"""Independent recount of everything that the job publishes.

The audit shares only the contracts with the job: it reads every event, derives the expected
ledger, levels, orders, transfers and days in plain Python, and compares them with the topics.
"""
