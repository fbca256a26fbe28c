"""What is on the shelf, as read from Kafka: compacted topics as tables, joined where they are read."""
