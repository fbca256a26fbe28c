"""Whether a contract's new version can hurt those who still read or write an older one.

The rules are the specification's ("Schema Resolution", Avro 1.12) as PyPI avro's port of
Java's checker applies them; a key's schema may not change at all, since its bytes decide
partition and identity.
"""

from pathlib import Path

from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.errors import AvroException
from avro.schema import parse

from codegen.contract import SCHEMAS, Contract, load
from connect.errors import Problem


def released(contract: Contract, folder: Path = SCHEMAS / "released") -> list[Contract]:
    """Every version ever published, the oldest first."""
    paths = (folder / contract.stem).glob("*.avsc")
    return [load(path) for path in sorted(paths, key=lambda path: int(path.stem))]


def is_released(contract: Contract, versions: list[Contract]) -> bool:
    """Whether the newest published version says the same to every reader and writer."""
    return bool(versions) and contract.subjects == versions[-1].subjects


def findings(contract: Contract, versions: list[Contract]) -> list[str]:
    """One sentence for each way in which the contract breaks with its published versions."""
    mode, _, transitive = contract.compatibility.partition("_")
    problems = []
    if versions and contract.key_schema != versions[0].key_schema:
        problems.append(
            f"{contract.path.name}: topic.key: the message key differs from released/"
            f"{contract.stem}/{versions[0].path.name}; it decides partition and identity "
            "and never changes: make a new topic instead."
        )
    for version in versions if transitive else versions[-1:]:
        name = f"released/{contract.stem}/{version.path.name}"
        if mode in ("BACKWARD", "FULL"):
            problems += [
                f"{contract.path.name}: cannot read what {name} wrote: {reason}"
                for reason in unreadable(contract.schema, version.schema)
            ]
        if mode in ("FORWARD", "FULL"):
            problems += [
                f"{contract.path.name}: what it writes cannot be read by {name}: {reason}"
                for reason in unreadable(version.schema, contract.schema)
            ]
    return problems


def unreadable(reader: str, writer: str) -> list[str]:
    """Why data of one schema cannot be read by another; empty when it can.

    Raises Problem when a text is no Avro schema.
    """
    try:
        result = ReaderWriterCompatibilityChecker().get_compatibility(parse(reader), parse(writer))
    except AvroException as error:
        raise Problem(f"Not an Avro schema: {error}") from None
    if result.compatibility is SchemaCompatibilityType.compatible:
        return []
    pairs = zip(sorted(result.locations), sorted(result.messages), strict=False)
    return [f"{place}: {message}" for place, message in pairs] or ["not compatible"]
