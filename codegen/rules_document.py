"""The compatibility rules as a document: docs/compatibility-rules.md."""

import json
from collections.abc import Iterator

from contracts import markdown
from contracts.compatibility.finding import Rule, Severity
from contracts.compatibility.rule_examples import EXAMPLES, finding_of, value_of
from contracts.compatibility.rules import RULES

HEADER = (
    "<!-- Generated from contracts/compatibility/rules.py by `make schemas`: "
    "change that file, not this one. -->"
)
INTRODUCTION = """\
`python -m contracts check` compares every contract with each of its released versions, in the
directions that its compatibility mode asks for; `python -m contracts compat` compares any two
schemas. Each difference is a finding of one of these rules. A breaking or dangerous finding ends
the check with exit code 1.

The effects are those on this project's decoder, on Flink 2.3's `avro-confluent` format and on
a Confluent registry. Each example is made by the check itself: two schemas of
a record with the field `f`, the finding, and a value that the writer can send."""
TITLES = {
    Severity.BREAKING: "Breaking: a record cannot be read, or is read with another meaning",
    Severity.DANGEROUS: "Dangerous: readers with an older schema or another library may fail",
    Severity.SAFE: "Safe: every reader reads every record",
}


def document() -> str:
    """Render the document."""
    lines = [HEADER, "# Compatibility rules", "", INTRODUCTION, ""]
    lines += markdown.table(
        ("rule", "severity", "compares"),
        [
            (f"[`{rule.id}`](#{rule.id})", str(rule.severity), markdown.text(rule.compares))
            for rule in RULES.values()
        ],
    )
    for severity, title in TITLES.items():
        lines += ["", f"## {title}"]
        for rule in RULES.values():
            if rule.severity is severity:
                lines += _section(rule)
    return "\n".join(lines) + "\n"


def _section(rule: Rule) -> Iterator[str]:
    pair, value = EXAMPLES[rule.id], value_of(rule.id)
    yield from ("", f"### {rule.id}", "")
    yield f"{markdown.text(rule.effect)}"
    if rule.remedy:
        yield from ("", f"Remedy: {markdown.text(rule.remedy)}")
    yield from ("", "```text")
    yield f"reader:  {_compact(pair.reader)}"
    yield f"writer:  {_compact(pair.writer)}"
    yield f"finding: {finding_of(rule.id).what}"
    if value is not None and rule.severity is not Severity.SAFE:
        yield f"value:   {value}"
    yield "```"


def _compact(schema: dict[str, object]) -> str:
    """Show the fields of an example's record, or its name where that is the difference."""
    fields = json.dumps(schema["fields"])
    return fields if schema["namespace"] == "shop" else f"{schema['namespace']}.Sale {fields}"
