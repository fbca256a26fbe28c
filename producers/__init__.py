"""What puts events into Kafka: a simulated store chain, its supplier, and real exports."""
