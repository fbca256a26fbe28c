"""Between the public topics and those that the job reads: what is wrong is put aside.

Flink's source cannot pass over a bad record, reads bytes left over after one as the beginning
of the next, and takes another contract's record when its fields fit. So every record is judged
here first. A good one goes on as it came, a bad one into the quarantine with the rule that it
broke; nothing is dropped.
"""
