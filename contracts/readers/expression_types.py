"""Types of SQL expressions, as far as they are certain: by Flink's names, without precision."""

from collections.abc import Callable

from sqlglot import exp

TYPES = {
    exp.DType.TEXT: "STRING",
    exp.DType.VARCHAR: "STRING",
    exp.DType.CHAR: "STRING",
    exp.DType.TINYINT: "INT",
    exp.DType.SMALLINT: "INT",
    exp.DType.INT: "INT",
    exp.DType.BIGINT: "BIGINT",
    exp.DType.DECIMAL: "DECIMAL",
    exp.DType.BOOLEAN: "BOOLEAN",
    exp.DType.BINARY: "BYTES",
    exp.DType.VARBINARY: "BYTES",
    exp.DType.TIMESTAMP: "TIMESTAMP",
    exp.DType.TIMESTAMPNTZ: "TIMESTAMP",
}
"""SQLGlot's type -> name of the Flink type."""
NUMBERS = ("INT", "BIGINT", "DECIMAL")
WIDER = {"INT": ("BIGINT", "DECIMAL"), "BIGINT": ("DECIMAL",)}
"""Type -> types into which an INSERT converts it."""
STRINGS = (exp.Concat, exp.ConcatWs, exp.Substring, exp.Upper, exp.Lower, exp.Trim)
SAME = (exp.Paren, exp.Alias, exp.Neg, exp.Sum, exp.Min, exp.Max)
"""Expressions of the type of their first part."""


def fits(written: str, field: str) -> bool:
    """Return True if an INSERT takes values of one type for a field of another."""
    return written == field or field in WIDER.get(written, ())


def name_of(flink_type: str) -> str | None:
    """Return the name of a type in Flink's words, such as DECIMAL for DECIMAL(18, 2)."""
    name = flink_type.partition("(")[0].strip()
    return name if name in TYPES.values() else None


def type_of(node: exp.Expr | None, of_column: Callable[[exp.Column], str | None]) -> str | None:  # noqa: PLR0911 - one case a node type
    """Return an expression's type; None if it is not certain. of_column: a column's."""
    match node:
        case exp.Column():
            return of_column(node)
        case exp.Cast():
            return TYPES.get(node.to.this)
        case exp.Literal():
            return "STRING" if node.is_string else None
        case exp.Boolean() | exp.Predicate() | exp.Not() | exp.And() | exp.Or():
            return "BOOLEAN"
        case exp.Count():
            return "BIGINT"
        case exp.Case():
            results = [each.args["true"] for each in node.args["ifs"]] + [node.args.get("default")]
            types = {
                type_of(each, of_column)
                for each in results
                if each is not None and not isinstance(each, exp.Null)
            }
            return types.pop() if len(types) == 1 else None
    if isinstance(node, STRINGS):
        return "STRING"
    return type_of(node.this, of_column) if isinstance(node, SAME) else None
