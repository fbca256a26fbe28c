"""Where Kafka, the Schema Registry and Flink are, and how to reach them."""
