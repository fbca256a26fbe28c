"""The contracts (*.avsc), every version ever published (released/), and what reads and writes them.

generated/ holds a dataclass for each contract; rules.py says what a value that breaks
its contract is; wire.py turns records into the bytes that Kafka carries, and back.
"""
