"""Deploy the contracts to Kafka and a schema registry: desired and actual state, plan, apply.

`plan` compares the two states and performs no input or output; `backend` is the only way to
Kafka and the registry.
"""
