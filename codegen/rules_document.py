"""The compatibility rules as a document: docs/compatibility-rules.md."""

import json
from collections.abc import Iterator

from contracts import markdown
from contracts.compatibility import contract_rule_examples
from contracts.compatibility.finding import Rule, Severity
from contracts.compatibility.rule_examples import EXAMPLES, finding_of, value_of
from contracts.compatibility.rules import RULES
from contracts.compatibility.statement_rule_table import STATEMENTS

HEADER = (
    "<!-- Generated from contracts/compatibility/rules.py by `make schemas`: "
    "change that file, not this one. -->"
)
INTRODUCTION = """\
`python -m contracts check` compares every contract with each of its released versions, in the
directions that the compatibility mode of the newest one asks for. It compares limits, topic, mode
and docs with those of the newest one. `python -m contracts compat` compares any two schemas. Each
difference is a finding of one of these rules. A breaking or dangerous finding ends the check with
exit code 1.

The effects are those on this project's decoder, on Flink 2.3's `avro-confluent` format and on
a Confluent registry. Each example is made by the check itself: two schemas of a record with the
field `f`, or a released attribute of a contract and the changed one, then the finding, and a value
that the writer can send or that only one of the two contracts allows."""
STATEMENT_INTRODUCTION = """\
`check` also reads the statements in `flink/sql` and the declared consumers in `consumers/`, and
compares the fields that they read and write with the contracts. Each finding names the file and
line of the statement or consumer."""
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
    lines += ["", "## Statements and consumers", "", STATEMENT_INTRODUCTION, ""]
    lines += markdown.table(
        ("rule", "severity", "compares", "effect", "remedy"),
        [
            (f"`{rule.id}`", str(rule.severity), *map(markdown.text, _sentences(rule)))
            for rule in STATEMENTS.values()
        ],
    )
    return "\n".join(lines) + "\n"


def _sentences(rule: Rule) -> tuple[str, str, str]:
    return rule.compares, rule.effect, rule.remedy


def _section(rule: Rule) -> Iterator[str]:
    yield from ("", f"### {rule.id}", "")
    yield f"{markdown.text(rule.effect)}"
    if rule.remedy:
        yield from ("", f"Remedy: {markdown.text(rule.remedy)}")
    if rule.hurts:
        yield from ("", f"Hurts: {', '.join(rule.hurts)}.")
    yield from ("", "```text")
    yield from (
        _promise_example(rule)
        if rule.id in contract_rule_examples.EXAMPLES
        else _schema_example(rule)
    )
    yield "```"


def _promise_example(rule: Rule) -> Iterator[str]:
    place, *values = contract_rule_examples.EXAMPLES[rule.id]
    finding = contract_rule_examples.contract_finding_of(rule.id)
    for name, value in zip(("released", "contract"), values, strict=True):
        yield f"{name}: {place} {'is absent' if value is None else json.dumps(value)}"
    yield f"finding:  {finding.what}"
    if finding.value is not None:
        yield f"value:    {json.dumps({finding.field: finding.value}, ensure_ascii=False)}"


def _schema_example(rule: Rule) -> Iterator[str]:
    pair, value = EXAMPLES[rule.id], value_of(rule.id)
    yield f"reader:  {_compact(pair.reader)}"
    yield f"writer:  {_compact(pair.writer)}"
    yield f"finding: {finding_of(rule.id).what}"
    if value is not None and rule.severity is not Severity.SAFE:
        yield f"value:   {value}"


def _compact(schema: dict[str, object]) -> str:
    """Show the fields of an example's record, or its name where that is the difference."""
    fields = json.dumps(schema["fields"])
    return fields if schema["namespace"] == "shop" else f"{schema['namespace']}.Sale {fields}"
