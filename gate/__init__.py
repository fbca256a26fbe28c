"""The gate between the public topics and the topics that the job reads.

Flink's source cannot skip a bad record, reads bytes left over after a record as the beginning of
the next one, and accepts another contract's record when its fields happen to fit. So the gate
validates every record first. It forwards a valid one unchanged and sends an invalid one to the
quarantine with the rule that it breaks; it drops nothing.
"""
