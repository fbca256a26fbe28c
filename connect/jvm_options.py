"""Options of the JVMs that are started here."""

LATE_OPTIMISATION = [
    "-XX:Tier4InvocationThreshold=50000",
    "-XX:Tier4MinInvocationThreshold=6000",
    "-XX:Tier4CompileThreshold=150000",
    "-XX:Tier4BackEdgeThreshold=400000",
]
"""The optimising compiler takes ten times as many calls of a method as Java's default: records soon
make that many, and what a start calls, such as Flink's planner, does not. Planning took 15 s of CPU
with the default, and 9 s so."""
SMALL_BEGIN = ["-Xms64m"]
"""The heap grows from here by need, instead of from a sixty-fourth of the machine's memory."""
