"""Data dictionary of the contracts: docs/contracts.md."""

import json
from collections.abc import Iterable

from codegen import prose
from contracts import markdown
from contracts.contract import Contract, Field
from contracts.data_flow import Participant, readers, writers

HEADER = (
    "<!-- Generated from schemas/*.avsc by `make schemas`: change those files, not this one. -->"
)
INTRODUCTION = """\
Every record that goes through Kafka: what it means, where it is, who writes and who reads it.
Keys and values are Avro, in the registry under `<topic>-key` and `<topic>-value` unless a contract
names another strategy. For programs, the same as AsyncAPI: [asyncapi.json](asyncapi.json). What
changed when: [CHANGELOG.md](../schemas/released/CHANGELOG.md).

An identifier is text in Unicode NFC without white space at its ends, and without control and other
invisible characters: what looks equal on a screen is equal in the data. A quantity has a maximum,
so that a barcode that was scanned into its field does not become stock.
"""


def document(contracts: list[Contract]) -> str:
    """Render the document."""
    lines = [
        HEADER,
        "# Contracts",
        "",
        INTRODUCTION,
        *_diagram(contracts),
        "",
        *_contents(contracts),
    ]
    for contract in contracts:
        lines += ["", *_section(contract)]
    return "\n".join(lines) + "\n"


def _diagram(contracts: list[Contract]) -> list[str]:
    """Draw writers, topics and readers, left to right."""
    participants: dict[str, Participant] = {}
    flows = []
    for number, contract in enumerate(contracts):
        sides = writers(contract), readers(contract)
        participants |= {each.name: each for side in sides for each in side}
        before, after = (" & ".join(each.name for each in side) for side in sides)
        topic = f'topic{number}[("{contract.topic.name}")]'
        flows.append("    " + " --> ".join(part for part in (before, topic, after) if part))
    nodes = [
        f'    {name}["{name}<br/><i>{each.folder}/</i>"]' for name, each in participants.items()
    ]
    return ["```mermaid", "flowchart LR", *nodes, *flows, "```"]


def _contents(contracts: list[Contract]) -> list[str]:
    head = ["contract", "topic", "written by", "read by", "owner"]
    return markdown.table(
        head,
        (
            [
                f"[{contract.name}](#{contract.name.lower()})",
                markdown.code(contract.topic.name),
                _names(writers(contract)),
                _names(readers(contract)),
                markdown.text(contract.owner),
            ]
            for contract in contracts
        ),
    )


def _section(contract: Contract) -> list[str]:
    file, topic = contract.path.name, contract.topic
    config = {k: v for k, v in topic.config.items() if k not in prose.KEEPING}
    facts = [
        ("contract", f"[{markdown.code(f'schemas/{file}')}](../schemas/{file})"),
        ("topic", markdown.code(topic.name)),
        ("partitions", str(topic.partitions)),
        ("key", ", ".join(map(markdown.code, topic.key))),
        ("kept", prose.kept(topic.config)),
    ]
    if config:
        settings = (markdown.code(f"{name}={value}") for name, value in config.items())
        facts.append(("other settings", ", ".join(settings)))
    if contract.event_time:
        facts.append(("event time", markdown.code(contract.event_time)))
    subjects = ", ".join(map(markdown.code, contract.subjects))
    facts += [
        ("compatibility", f"{contract.compatibility}: {prose.compatibility(contract)}"),
        ("owner", markdown.text(contract.owner)),
        *([("subjects", subjects)] if contract.value_subject != f"{topic.name}-value" else []),
        ("written by", _places(writers(contract))),
        ("read by", _places(readers(contract))),
    ]
    return [
        f"## {contract.name}",
        "",
        markdown.text(contract.doc),
        "",
        *markdown.table(("", ""), facts),
        "",
        *markdown.table(
            ("field", "type", "limits", "default", "meaning"), map(_field, contract.fields)
        ),
    ]


def _field(field: Field) -> tuple[str, ...]:
    default = json.dumps(field.default, ensure_ascii=False)
    return (
        markdown.code(field.name),
        prose.kind(field),
        prose.limits(field, identifier="[identifier](#contracts)"),
        markdown.code(default) if field.has_default else "",
        markdown.text(field.doc),
    )


def _names(participants: Iterable[Participant]) -> str:
    return ", ".join(each.name for each in participants) or "no service of this project"


def _places(participants: Iterable[Participant]) -> str:
    links = (f"{each.name} ([{each.folder}/](../{each.folder}))" for each in participants)
    return ", ".join(links) or "no service of this project"
