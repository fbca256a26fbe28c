"""Exports of the contracts, judged by the tools of the other languages and formats."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from codegen.exports.command import FORMATS, export
from contracts.contract import Contract
from contracts.contract_file import load_all
from schemas.generated import InventoryLevel, Product, Transaction
from schemas.violations import ContractViolationError

CONTRACTS = load_all()
ODCS = jsonschema.Draft201909Validator(
    json.loads(Path("tests/conformance/odcs/3.1.0.json").read_text("utf-8"))
)
NOW = datetime(2026, 3, 2, 9, 30, 0, 250_000, tzinfo=UTC)
SALE = Transaction(
    event_id="it's one",
    receipt_id="ré 7",
    line_no=1,
    store_id="north",
    terminal_id="till",
    sku="milk",
    quantity=-2,
    line_amount=Decimal("-12.30"),
    unit_price=Decimal("0.05"),
    currency="CHF",
    occurred_at=NOW,
    recorded_at=NOW,
)
LEVEL = InventoryLevel(
    store_id="north", sku="milk", on_hand=-3, sold=4, returned=0, received=1, version=9,
    last_movement_at=NOW,
)  # fmt: skip
PRODUCT = Product(
    sku="milk", name="Milk", category="Dairy", unit_price=Decimal("1.20"), reorder_point=5,
    order_up_to=9, lead_time=2,
)  # fmt: skip
VALID = (SALE, LEVEL, PRODUCT, replace(SALE, unit_price=None))
BAD_VALUES: list[tuple[str, Any]] = [
    ("event_id", ""),
    ("event_id", "e" * 201),
    ("event_id", " e1"),
    ("line_no", 0),
    ("quantity", 1_000_001),
    ("quantity", -1_000_001),
    ("line_amount", Decimal("10000000000.00")),
    ("unit_price", Decimal("-0.01")),
    ("currency", "EURO"),
    ("currency", "eur"),
    ("currency", None),
]
INVALID = [(replace(SALE, **{name: value}), name) for name, value in BAD_VALUES]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each format, as the command writes it."""
    root = tmp_path_factory.mktemp("exports")
    for name in FORMATS:
        written = CliRunner().invoke(export, ["--format", name, "--out", str(root / name)])
        assert written.exit_code == 0, written.output
    return root


def stem_of(record: Any) -> str:
    return {contract.name: contract.stem for contract in CONTRACTS}[type(record).__name__]


def test_the_invalid_records_break_the_contract() -> None:
    for record in VALID:
        record.validate()
    for record, name in INVALID:
        with pytest.raises(ContractViolationError) as broken:
            record.validate()
        assert broken.value.field == name


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.stem)
def test_odcs_documents_fit_the_standard(contract: Contract, folder: Path) -> None:
    text = (folder / "odcs" / f"{contract.stem}.odcs.yaml").read_text("utf-8")
    document = yaml.safe_load(text)
    ODCS.validate(document)
    (described,) = document["schema"]
    assert described["physicalName"] == contract.topic.name
    assert [each["name"] for each in described["properties"]] == [f.name for f in contract.fields]
    assert document["team"]["name"] == contract.owner


def test_odcs_has_limits_keys_and_docs(folder: Path) -> None:
    document = yaml.safe_load((folder / "odcs" / "transaction.odcs.yaml").read_text("utf-8"))
    fields = {each["name"]: each for each in document["schema"][0]["properties"]}
    assert fields["quantity"]["logicalTypeOptions"] == {"minimum": -1_000_000, "maximum": 1_000_000}
    assert fields["currency"]["logicalTypeOptions"] == {"pattern": "^(?:[A-Z]{3})$"}
    assert fields["sku"]["partitionKeyPosition"] == 2
    assert "sold (+) or returned (-)" in fields["quantity"]["description"]
    level = yaml.safe_load((folder / "odcs" / "inventory_level.odcs.yaml").read_text("utf-8"))
    assert level["schema"][0]["properties"][1]["primaryKeyPosition"] == 2


def plain(record: Any) -> dict[str, Any]:
    """A record as `gate quarantine show --json` prints it."""
    written = json.dumps(
        record.to_dict(),
        default=lambda value: value.isoformat() if isinstance(value, datetime) else str(value),
    )
    values: dict[str, Any] = json.loads(written)
    return values


def validator(folder: Path, stem: str) -> jsonschema.Draft202012Validator:
    document = json.loads((folder / "jsonschema" / f"{stem}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def test_json_schemas_accept_records_and_refuse_what_breaks_the_contract(folder: Path) -> None:
    for contract in CONTRACTS:
        validator(folder, contract.stem)
    for record in VALID:
        validator(folder, stem_of(record)).validate(plain(record))
    for record, name in INVALID:
        errors = list(validator(folder, stem_of(record)).iter_errors(plain(record)))
        assert {error.path[0] for error in errors} == {name}, record
    without = plain(SALE)
    del without["sku"], without["unit_price"]
    (missing,) = validator(folder, "transaction").iter_errors(without)
    assert "'sku' is a required property" in missing.message


def test_the_java_project_has_the_registered_schemas(folder: Path) -> None:
    sources = folder / "java" / "src" / "main" / "avro"
    for contract in CONTRACTS:
        for name, registered in (
            (contract.name, contract.schema),
            (f"{contract.name}Key", contract.key_schema),
        ):
            assert json.loads((sources / f"{name}.avsc").read_text("utf-8")) == json.loads(
                registered
            )
    assert "<artifactId>avro-maven-plugin</artifactId>" in (folder / "java/pom.xml").read_text()


def test_typescript_has_an_interface_with_each_field(folder: Path) -> None:
    sources = folder / "typescript" / "src"
    index = (sources / "index.ts").read_text("utf-8")
    for contract in CONTRACTS:
        text = (sources / f"{contract.stem}.ts").read_text("utf-8")
        assert f"export interface {contract.name} {{" in text
        for field in contract.fields:
            assert f"\n  {field.name}: " in text
        assert f'export * from "./{contract.stem}.js";' in index
    sale = (sources / "transaction.ts").read_text("utf-8")
    assert "  unit_price: string | null;\n" in sale
    assert "  occurred_at: Date;\n" in sale


def literal(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case datetime():
            return f"'{value.isoformat()}'"
    return str(value)


def insert(record: Any) -> str:
    values = record.to_dict()
    table = type(record).TOPIC.replace("-", "_")
    names = ", ".join(f'"{name}"' for name in values)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(map(literal, values.values()))});\n"


def tables(folder: Path, dialect: str) -> str:
    files = sorted((folder / dialect).glob("*.sql"))
    assert len(files) == len(CONTRACTS)
    return "".join(file.read_text("utf-8") for file in files)


@pytest.fixture(scope="module")
def postgres() -> Iterator[list[str]]:
    """Start a PostgreSQL server on a socket of its own; yield the command of its client."""
    servers = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not servers:
        pytest.skip("no PostgreSQL server is installed")
    programs, user = servers[-1].parent, "postgres" if os.getuid() == 0 else None
    home = Path(subprocess.check_output(["mktemp", "-d"], user=user, text=True).strip())
    data = str(home / "data")

    def run(*command: str) -> None:
        subprocess.run(command, user=user, cwd=home, check=True, stdout=subprocess.DEVNULL)

    run(str(programs / "initdb"), "-D", data, "-A", "trust", "-U", "test", "-E", "UTF8", "-N")
    options = f"-k {home} -c listen_addresses='' -c fsync=off"
    run(str(programs / "pg_ctl"), "-D", data, "-o", options, "-w", "-l", f"{home}/log", "start")
    yield [
        str(programs / "psql"), "-h", str(home), "-U", "test", "-d", "postgres", "-qtA",
        "-v", "ON_ERROR_STOP=1",
    ]  # fmt: skip
    run(str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(home)


def test_postgres_accepts_records_and_refuses_what_breaks_the_contract(
    folder: Path, postgres: list[str]
) -> None:
    def execute(sql: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(postgres, input=sql, text=True, capture_output=True, check=False)

    created = execute(tables(folder, "postgres") + "".join(map(insert, VALID)))
    assert created.returncode == 0, created.stderr
    for record, name in INVALID:
        refused = execute(insert(record))
        assert refused.returncode, name
        assert name in refused.stderr or "numeric field overflow" in refused.stderr
    assert "duplicate key" in execute(insert(LEVEL)).stderr
    same = f"occurred_at = {literal(NOW)}"
    selected = execute(f"SELECT line_amount, unit_price, {same} FROM transactions LIMIT 1;")
    assert selected.stdout == "-12.30|0.05|t\n"
    comment = "SELECT col_description('transactions'::regclass, 7);"
    assert "Units sold (+) or returned (-)" in execute(comment).stdout


DUCKDB = """
import duckdb, json, sys
tables, valid, invalid = json.load(sys.stdin)
database = duckdb.connect()
for statement in (tables, *valid):
    database.execute(statement)
for statement in invalid:
    try:
        database.execute(statement)
    except duckdb.Error:
        continue
    sys.exit(f"accepted: {statement}")
"""


@pytest.mark.nightly
def test_duckdb_accepts_records_and_refuses_what_breaks_the_contract(
    folder: Path, tmp_path: Path
) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path)], check=True)
    subprocess.run([tmp_path / "bin" / "pip", "install", "--quiet", "duckdb"], check=True)
    statements = (
        tables(folder, "duckdb"),
        [insert(record) for record in VALID],
        [insert(record) for record, _ in INVALID],
    )
    done = subprocess.run(
        [tmp_path / "bin" / "python", "-c", DUCKDB],
        input=json.dumps(statements),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
