"""The Flink job from events to inventory levels; its statements are in sql/, in their order."""
