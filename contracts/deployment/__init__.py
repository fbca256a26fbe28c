"""From the contracts to a registry and a Kafka that agree with them: look, plan, perform.

wanted.py says what the contracts ask for, found.py what is there; plan.py compares the two
and knows no network; world.py is the way to the real registry and Kafka.
"""
