"""A change of a contract for each rule of its promises, which shows the rule."""

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from contracts.compatibility.contract_rules import findings, rewritten, withdrawn
from contracts.compatibility.finding import Finding
from contracts.contract import Contract
from contracts.contract_file import contract_of


class Change(NamedTuple):
    """A change of one attribute of the contract BASE."""

    place: str
    """The attribute, with dots between the names of its holders; f: of the field f."""
    released: Any
    """Its released value; None: none."""
    contract: Any
    """Its changed value; None: none."""


BASE: dict[str, Any] = {
    "type": "record",
    "name": "Sale",
    "namespace": "shop",
    "doc": "A sale.",
    "owner": "shop",
    "compatibility": "FULL_TRANSITIVE",
    "topic": {"name": "sales", "key": ["id"], "partitions": 1, "config": {}},
    "fields": [
        {"name": "id", "type": "string", "doc": "Identity of the sale."},
        {"name": "f", "type": "string", "doc": "A text."},
        {"name": "n", "type": "int", "doc": "A number."},
        {"name": "sold_at", "doc": "When it was sold.",
         "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "paid_at", "doc": "When it was paid.",
         "type": {"type": "long", "logicalType": "timestamp-millis"}},
    ],
}  # fmt: skip
EXAMPLES = {
    "limit-tightened": Change("f.pattern", "[A-Z]{2,4}", "[A-Z]{3}"),
    "value-removed": Change("f.pattern", "card|cash|cheque", "card|cash"),
    "topic-renamed": Change("topic.name", "sales", "receipts"),
    "partitions-changed": Change("topic.partitions", 4, 8),
    "cleanup-changed": Change("topic.config.cleanup.policy", "delete", "compact"),
    "retention-shortened": Change("topic.config.retention.ms", "-1", "604800000"),
    "message-size-lowered": Change("topic.config.max.message.bytes", "2097152", "1048576"),
    "log-time-changed": Change("topic.config.message.timestamp.type", "LogAppendTime", None),
    "event-time-changed": Change("event_time", "sold_at", "paid_at"),
    "job-role-changed": Change("flink", "source", None),
    "contract-withdrawn": Change("file", "sale.avsc", None),
    "withdrawn-too-early": Change("file", "sale.avsc", None),
    "successor-unlinked": Change("succeeds", "receipt", None),
    "successor-linked": Change("succeeds", None, "receipt"),
    "successor-undone": Change("file", "sale.avsc", None),
    "limit-loosened": Change("n.maximum", 1000, 2000),
    "value-added": Change("f.pattern", "card|cash", "card|cash|cheque"),
    "limit-undecided": Change("f.pattern", "[A-Z]{3}", "(?!XXX)[A-Z]{3}"),
    "meaning-changed": Change("n.doc", "Units sold (+).", "Units sold (-)."),
    "level-lowered": Change("compatibility", "FULL_TRANSITIVE", "BACKWARD"),
    "topic-setting-unknown": Change("topic.config.min.insync.replicas", "2", "1"),
    "limit-rewritten": Change("f.pattern", "card|cash", "cash|card"),
    "retention-lengthened": Change("topic.config.retention.ms", "604800000", "-1"),
    "topic-setting-changed": Change("topic.config.segment.ms", "3600000", "1800000"),
    "level-raised": Change("compatibility", "BACKWARD", "FULL"),
    "subjects-renamed": Change("subject_name_strategy", "TopicNameStrategy", "RecordNameStrategy"),
    "owner-changed": Change("owner", "shop", "warehouse"),
    "contract-rewritten": Change("n.aliases", None, ["count"]),
}
"""Rule id -> the change with which the check reports it."""


def contracts_of(change: Change) -> tuple[Contract, Contract]:
    """Return (released version, contract) of a change."""
    released, contract = (_document(change.place, value) for value in change[1:])
    return (
        contract_of(Path("released/sale/1.avsc"), json.dumps(released), released),
        contract_of(Path("sale.avsc"), json.dumps(contract), contract),
    )


def contract_finding_of(rule_id: str) -> Finding:
    """Check the example of a rule and return the rule's finding."""
    released, contract = contracts_of(EXAMPLES[rule_id])
    if EXAMPLES[rule_id].place == "file":
        return _withdrawn(rule_id, released, contract)
    if rule_id == "contract-rewritten":
        return rewritten(contract, released)
    return next(each for each in findings(contract, released) if each.rule.id == rule_id)


def _withdrawn(rule_id: str, released: Contract, contract: Contract) -> Finding:
    other = replace(contract, path=Path("receipt.avsc"), flink="source")
    stays: dict[str, list[Contract]] = {
        "withdrawn-too-early": [replace(other, succeeds="sale")],
        "successor-undone": [other],
    }
    newest = replace(released, flink="source", succeeds="receipt")
    ((_, finding),) = withdrawn({"sale": newest}, stays.get(rule_id, []))
    return finding


def _document(place: str, value: Any) -> dict[str, Any]:
    document = deepcopy(BASE)
    holder: dict[str, Any] = document
    fields = {field["name"]: field for field in document["fields"]}
    first, _, rest = place.partition(".")
    if first in fields:
        holder, place = fields[first], rest
    elif first == "topic":
        holder, place = document["topic"], rest
        if rest.startswith("config."):
            holder, place = document["topic"]["config"], rest.removeprefix("config.")
    if value is not None and place != "file":
        holder[place] = value
    return document
