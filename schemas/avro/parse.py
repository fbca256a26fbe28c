"""Parser of Avro schemas, by the Avro 1.12 specification, and as Java where that leaves room."""

import json
import re
from functools import lru_cache
from typing import Any, NoReturn, Protocol
from unicodedata import ucd_3_2_0 as ucd

from schemas.avro.defaults import has_right_kind
from schemas.avro.schema import PRIMITIVES, Field, Logical, Schema, shared

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FULL_NAME = re.compile(rf"{NAME.pattern}(\.{NAME.pattern})*")
LARGEST_FIXED = 2**31 - 1
LONGEST_NUMBER, LONGEST_KEY, DEEPEST = 1_000, 50_000, 500
"""Characters that Java's JSON parser takes; it takes twice the depth."""
ORDERS = ("ascending", "descending", "ignore")


class _Names(Protocol):
    """The strings that are names; a regular expression is one."""

    def fullmatch(self, text: str, /) -> object: ...


class _JavaNames:
    """Names of letters, digits and _ of any language, which Java takes, too.

    Of Unicode 3.2, which each Java knows; separator: between several names, empty: one name.
    """

    def __init__(self, separator: str) -> None:
        self._separator = separator

    def fullmatch(self, text: str) -> bool:
        names = text.split(self._separator) if self._separator else [text]
        return all(
            name and all(_is_letter(sign) for sign in name) and ucd.category(name[0]) != DIGIT
            for name in names
        )


def _is_letter(sign: str) -> bool:
    category = ucd.category(sign)
    return sign == "_" or (sign <= "\uffff" and (category[0] == "L" or category == DIGIT))


DIGIT = ucd.category("0")
"""Unicode's category."""


class InvalidSchemaError(ValueError):
    """A string that is no Avro schema; the message has the place and the reason."""


@lru_cache(maxsize=64)
def parse(text: str) -> Schema:
    """Parse a schema; callers must not change it. Raises InvalidSchemaError."""
    try:
        document = json.loads(text, parse_constant=_no_number)
        return _Parser().schema(document, "", "")
    except json.JSONDecodeError as error:
        raise InvalidSchemaError(f"not readable as JSON: {error}") from None
    except RecursionError:
        raise InvalidSchemaError("nested deeper than any schema is") from None


def require_java_reads(text: str) -> None:
    """Raise InvalidSchemaError for a writer's schema that Java's parser refuses.

    A registry may keep it, and Flink's job would end at its first record. A default may be of any
    type: a writer's is not used.
    """
    document = json.loads(
        text,
        parse_constant=_no_number,
        parse_int=lambda number: int(_short(number)),
        parse_float=lambda number: float(_short(number)),
    )
    _require_shallow(document)
    _WriterParser().schema(document, "", "")


def _no_number(name: str) -> NoReturn:
    raise InvalidSchemaError(f"not readable as JSON: {name} is no number of JSON")


def _short(number: str) -> str:
    if len(number) > LONGEST_NUMBER:
        raise InvalidSchemaError(f"a number of {len(number):,} digits")
    return number


def _require_shallow(document: Any) -> None:
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise InvalidSchemaError("nested deeper than any schema is")
        objects = [each for each in level if isinstance(each, dict)]
        if any(len(key) > LONGEST_KEY for each in objects for key in each):
            raise InvalidSchemaError(f"a key of more than {LONGEST_KEY:,} characters")
        lists = [each for each in level if isinstance(each, list)]
        level = [part for each in lists for part in each]
        level += [part for each in objects for part in each.values()]


class _Parser:
    name: _Names = NAME
    full_name: _Names = FULL_NAME

    def __init__(self) -> None:
        self.named: dict[str, Schema] = {}

    def schema(self, document: Any, space: str, path: str) -> Schema:
        if isinstance(document, str):
            return self.reference(document, space, path)
        if isinstance(document, list):
            return self.union(document, space, path)
        if not isinstance(document, dict) or "type" not in document:
            _fail(
                path, f"expected a type's name, a list, or an object with a type, got {document!r}"
            )
        return self.object(document, space, path)

    def object(self, document: dict[str, Any], space: str, path: str) -> Schema:
        kind = document["type"]
        match kind:
            case "record" | "error":
                return self.record(document, space, path)
            case "enum":
                return self.enum(document, space, path)
            case "fixed":
                return self.fixed(document, space, path)
            case "array" | "map":
                return self.collection(document, space, path)
            case str() if kind in PRIMITIVES:
                return shared(_with_meaning(Schema(kind), document))
        return self.schema(kind, space, f"{path}/type")

    def collection(self, document: dict[str, Any], space: str, path: str) -> Schema:
        kind = document["type"]
        word = "items" if kind == "array" else "values"
        if word not in document:
            _fail(path, f"expected the type of the {word} of the {kind}")
        part = self.schema(document[word], space, f"{path}/{word}")
        return shared(Schema(kind, parts=[part]))

    def reference(self, name: str, space: str, path: str) -> Schema:
        if name in PRIMITIVES:
            return shared(Schema(name))
        schema = self.named.get(_full(name, space)) or self.named.get(name)
        if schema is None:
            _fail(path, f"{name} is no type of Avro's and is not defined before this place")
        return schema

    def union(self, branches: list[Any], space: str, path: str) -> Schema:
        parts = [
            self.schema(branch, space, f"{path}/{number}") for number, branch in enumerate(branches)
        ]
        seen = set()
        for number, part in enumerate(parts):
            if part.kind == "union":
                _fail(f"{path}/{number}", "a union may not hold a union")
            key = part.name or part.kind
            if key in seen:
                _fail(f"{path}/{number}", f"the union has {key} twice")
            seen.add(key)
        return shared(Schema("union", parts=parts))

    def named_type(self, kind: str, document: dict[str, Any], space: str, path: str) -> Schema:
        name = document.get("name")
        if not isinstance(name, str) or not self.full_name.fullmatch(name):
            _fail(path, f"a {kind} needs a name of letters, digits and _, got {name!r}")
        own_space = document.get("namespace", space)
        if own_space is None:
            own_space = ""
        if not isinstance(own_space, str) or (
            own_space and not self.full_name.fullmatch(own_space)
        ):
            _fail(path, f"expected a namespace of names and dots, got {own_space!r}")
        full = _full(name, own_space)
        if full in self.named or full in PRIMITIVES:
            _fail(
                path,
                f"the name {full} is defined twice"
                if full in self.named
                else f"the name {full} is one of Avro's own types",
            )
        aliases = _names(document.get("aliases", []), self.full_name, f"{path}/aliases")
        space = full.rpartition(".")[0]
        made = Schema(
            kind,
            name=full,
            aliases=tuple(_full(alias, space) for alias in aliases),
            doc=str(document.get("doc") or ""),
        )
        self.named[full] = made
        return made

    def record(self, document: dict[str, Any], space: str, path: str) -> Schema:
        made = self.named_type("record", document, space, path)
        fields = document.get("fields")
        if not isinstance(fields, list):
            _fail(path, "a record needs a list of fields")
        own_space = made.name.rpartition(".")[0]
        for number, field in enumerate(fields):
            made.fields.append(self.field(field, own_space, f"{path}/fields/{number}"))
        for field in made.fields:
            if made.fields_by_name.setdefault(field.name, field) is not field:
                _fail(f"{path}/fields/{field.name}", "the field is there twice")
            self.check_default(field, f"{path}/fields/{field.name}")
        return made

    def check_default(self, field: Field, path: str) -> None:
        if field.has_default and not has_right_kind(field.type, field.default):
            _fail(path, f"the default {json.dumps(field.default)} is no value of {field.type}")

    def field(self, document: Any, space: str, path: str) -> Field:
        if not isinstance(document, dict):
            _fail(path, "expected an object with name and type")
        name = document.get("name")
        if not isinstance(name, str) or not self.name.fullmatch(name):
            _fail(path, f"a field needs a name of letters, digits and _, got {name!r}")
        path = f"{path.rpartition('/')[0]}/{name}"
        if "type" not in document:
            _fail(path, "a field needs a type")
        return Field(
            name,
            self.schema(document["type"], space, f"{path}/type"),
            aliases=_names(document.get("aliases", []), self.name, f"{path}/aliases"),
            has_default="default" in document,
            default=document.get("default"),
            doc=str(document.get("doc") or ""),
        )

    def enum(self, document: dict[str, Any], space: str, path: str) -> Schema:
        made = self.named_type("enum", document, space, path)
        made.symbols = _names(document.get("symbols"), self.name, f"{path}/symbols")
        if len(set(made.symbols)) < len(made.symbols):
            _fail(f"{path}/symbols", "a symbol is there twice")
        made.default = document.get("default")
        if made.default is not None and made.default not in made.symbols:
            _fail(f"{path}/default", f"the default {made.default!r} is none of the symbols")
        return made

    def fixed(self, document: dict[str, Any], space: str, path: str) -> Schema:
        made = self.named_type("fixed", document, space, path)
        size = document.get("size")
        if type(size) is not int or not 0 <= size <= LARGEST_FIXED:
            _fail(path, f"a fixed needs a size in bytes, got {size!r}")
        made.size = size
        return _with_meaning(made, document)


class _WriterParser(_Parser):
    """Parses as Java does where a schema is only read by."""

    name, full_name = _JavaNames(""), _JavaNames(".")

    def object(self, document: dict[str, Any], space: str, path: str) -> Schema:
        if not isinstance(document["type"], str):
            _fail(path, "a type within a type")
        return super().object(document, space, path)

    def named_type(self, kind: str, document: dict[str, Any], space: str, path: str) -> Schema:
        if document.get("namespace", "") is None:
            _fail(path, "a namespace that is null")
        return super().named_type(kind, document, space, path)

    def field(self, document: Any, space: str, path: str) -> Field:
        made = super().field(document, space, path)
        order = document.get("order", ORDERS[0])
        if not isinstance(order, str) or order.lower() not in ORDERS:
            _fail(f"{path.rpartition('/')[0]}/{made.name}", f"the order {order!r}")
        return made

    def check_default(self, field: Field, path: str) -> None:
        """Take any."""


def _with_meaning(schema: Schema, document: dict[str, Any]) -> Schema:
    name = document.get("logicalType")
    if not isinstance(name, str):
        return schema
    schema.logical = Logical(name)
    precision, scale = document.get("precision"), document.get("scale", 0)
    if name == "decimal" and type(precision) is int and type(scale) is int:
        schema.logical = Logical(name, precision, scale)
        if 0 <= scale <= precision and 0 < precision <= _digits(schema):
            schema.decimal = schema.logical
    return schema


def _digits(schema: Schema) -> float:
    """Return the number of decimal digits that a type can always hold."""
    if schema.kind == "fixed":
        return len(str(2 ** (8 * min(schema.size, 10_000) - 1) - 1)) - 1 if schema.size else 0
    return float("inf") if schema.kind == "bytes" else 0


def _full(name: str, space: str) -> str:
    return name if "." in name or not space else f"{space}.{name}"


def _names(values: Any, names: _Names, path: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(
        isinstance(value, str) and names.fullmatch(value) for value in values
    ):
        _fail(path, f"expected a list of names, got {json.dumps(values)}")
    return tuple(values)


def _fail(path: str, reason: str) -> NoReturn:
    raise InvalidSchemaError(f"{path or '/'}: {reason}")
