"""The generated classes give the doc and the limits of each field, as a form needs them."""

import json
from pathlib import Path
from typing import Any

import pytest

import schemas
from schemas import generated
from schemas.record import Record

FOLDER = Path(schemas.__file__).parent
NAMES = {
    "minimum": "minimum",
    "maximum": "maximum",
    "shortest": "minLength",
    "longest": "maxLength",
    "pattern": "pattern",
    "identifier": "identifier",
}
CLASSES: dict[str, type[Record]] = {
    name: getattr(generated, name) for name in generated.__all__ if name[1].islower()
}


def declared() -> list[Any]:
    files = sorted(FOLDER.glob("*.avsc"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


@pytest.mark.parametrize("contract", declared(), ids=lambda each: each["name"])
def test_each_field_has_the_doc_and_the_limits_of_its_contract(contract: Any) -> None:
    fields = {field.name: field for field in CLASSES[contract["name"]].FIELDS}
    assert list(fields) == [field["name"] for field in contract["fields"]]
    for field in contract["fields"]:
        limits = fields[field["name"]].limits
        assert fields[field["name"]].doc == field["doc"]
        for name, declared_name in NAMES.items():
            otherwise = False if name == "identifier" else None
            assert getattr(limits, name) == field.get(declared_name, otherwise), name
