"""A folder with one contract, transaction.avsc, that a test edits and releases."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contracts import release
from contracts.contract_file import SCHEMAS, load_all

Change = Callable[[dict[str, Any]], object]


class ContractSandbox:
    """A copy of transaction.avsc in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "transaction.avsc"
        self.path.write_bytes((SCHEMAS / "transaction.avsc").read_bytes())

    def edit(self, change: Change) -> None:
        document = json.loads(self.path.read_text("utf-8"))
        change(document)
        self.path.write_text(json.dumps(document), "utf-8")

    def release(self) -> None:
        list(release.release(load_all(self.folder), self.folder / "released"))


def field(name: str, kind: Any, **more: Any) -> Change:
    """Return a change that adds a field."""
    return lambda d: d["fields"].append({"name": name, "type": kind, "doc": "A field.", **more})
