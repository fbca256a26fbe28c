"""The record that a writer means, for a reader's contract."""

from typing import Any

from tests.support.avro_meaning import default, meaning, tree
from tests.support.contract_pairs import Pair


def meant(both: Pair, data: bytes) -> dict[str, Any]:
    """Return the contract's fields as the writer's schema means them. Raises NoMeaningError."""
    written = tree(data, both.writer)
    theirs = {field["name"]: field["type"] for field in both.writer["fields"]}
    return {
        field["name"]: meaning(theirs[field["name"]], written[field["name"]])
        if field["name"] in theirs
        else default(field)
        for field in both.reader["fields"]
    }
