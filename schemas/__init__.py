"""Contracts (*.avsc), their released versions (released/), and the code that reads and writes them.

generated/ holds a dataclass for each contract, avro/ the Avro library; violations.py words the
messages for contract violations; wire.py encodes records for Kafka and decodes them.
"""
