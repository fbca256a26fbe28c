"""Clients of Kafka and the Schema Registry, settings, errors, shutdown and progress."""
