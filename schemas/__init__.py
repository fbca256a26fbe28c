"""Contracts (*.avsc), their released versions (released/), and the Avro code of their records.

generated/ holds a dataclass for each contract, avro/ the Avro library; violations.py words the
messages for contract violations; wire.py encodes records for Kafka and decodes them.
"""
