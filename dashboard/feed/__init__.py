"""Topics → snapshots: one thread reads Kafka for all pages."""
