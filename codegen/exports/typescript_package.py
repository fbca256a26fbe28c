"""A TypeScript package: an interface for each contract, and a reader of its records.

The reader uses the npm package avsc. A decimal is text with all its digits, a time is a Date; a
long that JavaScript's numbers cannot hold is an error, as avsc reports it.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from contracts.contract import Contract, Field
from contracts.set_version import set_version

READER = Path(__file__).with_name("reader.ts")
TYPES = {
    "string": "string",
    "int": "number",
    "long": "number",
    "boolean": "boolean",
    "bytes": "Buffer",
    "decimal": "string",
    "timestamp-millis": "Date",
}
COMPILER = {
    "target": "ES2022",
    "module": "NodeNext",
    "moduleResolution": "NodeNext",
    "strict": True,
    "declaration": True,
    "esModuleInterop": True,
    "skipLibCheck": True,
    "types": ["node"],
    "rootDir": "src",
    "outDir": "dist",
}


def files(contracts: list[Contract]) -> dict[Path, str]:
    """Render the package."""
    source = Path("src")
    rendered = {
        Path("package.json"): _json(_manifest(contracts[0])),
        Path("tsconfig.json"): _json({"compilerOptions": COMPILER, "include": ["src"]}),
        source / "reader.ts": READER.read_text("utf-8"),
        source / "index.ts": _index(contracts),
    }
    for contract in contracts:
        rendered[source / f"{contract.stem}.ts"] = "\n".join([*_module(contract), ""])
    return rendered


def _manifest(first: Contract) -> dict[str, object]:
    return {
        "name": f"{first.namespace.lower()}-contracts",
        "version": set_version(first.path.parent / "released"),
        "type": "module",
        "exports": "./dist/index.js",
        "types": "./dist/index.d.ts",
        "scripts": {"build": "tsc", "prepare": "tsc"},
        "dependencies": {"avsc": "^5.7.9"},
        "devDependencies": {"@types/node": "^20.0.0", "typescript": "^5.6.0"},
    }


def _index(contracts: list[Contract]) -> str:
    modules = [*(contract.stem for contract in contracts), "reader"]
    return "".join(f'export * from "./{module}.js";\n' for module in modules)


def _module(contract: Contract) -> Iterator[str]:
    yield f"// Generated from the contract {contract.path.name}: change that file, not this one."
    yield 'import type { Contract } from "./reader.js";'
    yield ""
    yield _comment(contract.doc)
    yield f"export interface {contract.name} {{"
    for field in contract.fields:
        yield f"  {_comment(field.doc)}"
        yield f"  {field.name}: {_type(field)};"
    yield "}"
    yield ""
    yield f"export const {contract.name}Contract: Contract<{contract.name}> = {{"
    yield f"  name: {json.dumps(contract.name)},"
    yield f"  topic: {json.dumps(contract.topic.name)},"
    yield f"  key: {json.dumps(contract.topic.key)},"
    yield f"  schema: {contract.schema},"
    yield f"  keySchema: {contract.key_schema},"
    yield "};"


def _type(field: Field) -> str:
    return TYPES[field.type.logical] + (" | null" if field.nullable else "")


def _comment(text: str) -> str:
    return "/** " + text.replace("*/", "*\\/") + " */"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
