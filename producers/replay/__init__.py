"""Replay of exports of tills and stores as events: a file, a mapping and one command.

mapping.py defines a mapping; unpack.py, file_kind.py and file_parts.py read a file into a table of
workspace.py; proposals.py evaluates the mapping's SQL over it; conversion.py turns the results into
records; reading.py does all of this, and replay.py sends the records.

mapping_proposal.py proposes a mapping: known_exports.py by the columns of an export, or
guessed_mapping.py by their names (column_names.py) and values (column_content.py), of stock also
stock_columns.py; mapping_toml.py writes it. dry_run.py shows the events that a mapping makes.
"""
