"""Lines of Java's Log4j like those of connect.part_log."""

from connect.part_log import JSON

TIME = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z'}{UTC}"
LEVEL = "level{WARN=WARNING}"


def pattern(log_format: str, part: str, trace: str = "full") -> str:
    """Return the pattern of a layout.

    log_format: setting; trace: lines of an exception's trace that the line has, "full" for all.
    """
    name, thrown = "%c{1} - ", f"%throwable{{{trace}}}"
    if log_format == JSON:
        encoded = f"%enc{{{name}%m {thrown}}}{{JSON}}"
        fields = f'"time": "{TIME}", "level": "%{LEVEL}", "part": "{part}", "message": "{encoded}"'
        return f"{{{fields}}}%n"
    return f"{TIME} %-7{LEVEL} {part}: {name}%enc{{%m}}{{CRLF}} {thrown}%n"
