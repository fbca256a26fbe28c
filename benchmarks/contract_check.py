"""Seconds of `contracts check`: for this project, and for 200 contracts with 20 versions each.

Takes 10 seconds.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click

CONTRACTS = 200
VERSIONS = 20
FIELDS = 12
ROUNDS = 5


def contract(number: int, version: int) -> dict[str, Any]:
    """Build a contract that gains one optional field with each version."""
    types: list[Any] = [
        "string",
        "int",
        "long",
        {"type": "long", "logicalType": "timestamp-millis"},
        {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2},
    ]
    fields: list[dict[str, Any]] = [
        {"name": f"field_{n}", "type": types[n % len(types)], "doc": "One field."}
        for n in range(FIELDS)
    ]
    fields += [
        {"name": f"added_{n}", "type": ["null", types[n % len(types)]], "default": None,
         "doc": "Added later."}
        for n in range(version)
    ]  # fmt: skip
    return {
        "type": "record",
        "name": f"Event{number}",
        "namespace": "benchmark",
        "doc": "An event.",
        "owner": "benchmark",
        "compatibility": "FULL_TRANSITIVE",
        "topic": {"name": f"events-{number}", "key": ["field_0"], "partitions": 1, "config": {}},
        "fields": fields,
    }


def write(folder: Path) -> None:
    """Write the contracts and all their versions."""
    for number in range(CONTRACTS):
        versions = folder / "released" / f"event_{number}"
        versions.mkdir(parents=True)
        for version in range(1, VERSIONS + 1):
            text = json.dumps(contract(number, version), indent=1)
            (versions / f"{version}.avsc").write_text(text, "utf-8")
        text = json.dumps(contract(number, VERSIONS + 1), indent=1)
        (folder / f"event_{number}.avsc").write_text(text, "utf-8")


def seconds(*arguments: str) -> float:
    """Measure the wall time of one `check` process."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "contracts", "check", *arguments], check=True, capture_output=True
    )
    return time.perf_counter() - start


@click.command(help=__doc__)
def main() -> None:
    own = [seconds() for _ in range(ROUNDS)]
    print(f"check of this project: best {min(own):.2f} s, worst {max(own):.2f} s of {ROUNDS}")
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        many = seconds("--schemas", folder)
    print(f"check of {CONTRACTS} contracts with {VERSIONS} versions each: {many:.2f} s")


if __name__ == "__main__":
    main()
