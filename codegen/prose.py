"""Attributes of a contract in plain words."""

from contracts import markdown
from contracts.contract import Contract, Field

MILLISECONDS = {"day": 86_400_000, "hour": 3_600_000, "minute": 60_000, "second": 1_000}
MODES = {
    "BACKWARD": "a new version reads what {older} wrote",
    "FORWARD": "{older} reads what a new version writes",
    "FULL": "a new version and {older} read each other's records",
}
KEEPING = ("cleanup.policy", "retention.ms")
"""Topic settings that kept() describes."""


def kept(config: dict[str, str]) -> str:
    """Describe which records a topic keeps, and for how long."""
    policy = config.get("cleanup.policy", "delete")
    records = "the newest record of each key" if "compact" in policy else "every record"
    if "delete" not in policy:
        return f"{records}, for ever"
    age = config.get("retention.ms")
    if age is None:
        return f"{records}, for as long as the broker's own `log.retention` says"
    return f"{records}, {'for ever' if age == '-1' else f'for {duration(age)}'}"


def duration(milliseconds: str) -> str:
    """Format milliseconds in the largest unit that divides them."""
    for unit, size in MILLISECONDS.items():
        if milliseconds.isdecimal() and int(milliseconds) and int(milliseconds) % size == 0:
            count = int(milliseconds) // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{milliseconds} ms"


def compatibility(contract: Contract) -> str:
    mode, _, transitive = contract.compatibility.partition("_")
    return MODES[mode].format(older="every older one" if transitive else "the one before")


def kind(field: Field) -> str:
    """Describe a field's type."""
    whole = field.type.precision - field.type.scale
    plain = {
        "string": "text",
        "int": "whole number of 32 bits",
        "long": "whole number of 64 bits",
        "boolean": "true or false",
        "bytes": "bytes",
        "decimal": f"decimal, {whole} digits before the point and {field.type.scale} after it",
        "timestamp-millis": "time in UTC, to the millisecond",
    }[field.type.logical]
    return f"{plain}, or null" if field.nullable else plain


def limits(field: Field, identifier: str = "identifier") -> str:
    """Describe a field's constraints as Markdown; empty for none. identifier: the word for it."""
    bounds = field.constraints
    shortest, longest = bounds.get("minLength"), bounds.get("maxLength")
    phrases = []
    if "identifier" in bounds:
        phrases.append(identifier)
    if "minimum" in bounds and "maximum" in bounds:
        phrases.append(f"{bounds['minimum']} to {bounds['maximum']}")
    elif "minimum" in bounds:
        phrases.append(f"{bounds['minimum']} or more")
    elif "maximum" in bounds:
        phrases.append(f"{bounds['maximum']} or less")
    if shortest is not None or longest is not None:
        upper = "or more" if longest is None else f"to {longest}"
        phrases.append(f"{shortest or 0} {upper} characters")
    if "pattern" in bounds:
        phrases.append(f"matches {markdown.code(bounds['pattern'])}")
    return ", ".join(phrases)
