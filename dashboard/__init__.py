"""Live inventory for the people in a store: a feed from Kafka, a web page and an export."""
