"""The first text of a successor: the contract itself, under another name and topic."""

import json
import re

from contracts.contract import Contract
from contracts.json_file import document_of

VERSION = re.compile(r"(.*?)(?:[_-]?[vV](\d+))?")


def stem(contract: Contract) -> str:
    """Return the file name of the next contract, without its ending, such as transaction_v2."""
    return _next(contract.stem, "_v")


def text(contract: Contract) -> str:
    """Return the text of the next contract."""
    _, document = document_of(contract.path)
    topic = document["topic"] | {"name": _next(contract.topic.name, "-v")}
    begin = document | {
        "name": _next(contract.name, "V"),
        "succeeds": contract.stem,
        "topic": topic,
    }
    return (
        json.dumps(
            {name: begin[name] for name in begin if name not in ("flink", "fields")}
            | {"fields": document["fields"]},
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
    )


def _next(name: str, mark: str) -> str:
    match = VERSION.fullmatch(name)
    assert match, "the pattern takes every text"
    return f"{match[1]}{mark}{int(match[2] or 1) + 1}"
