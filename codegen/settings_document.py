"""The settings document: every field of `Settings`, with its variable, default and meaning."""

import ast
import inspect
from dataclasses import fields
from textwrap import dedent

from connect.settings import PREFIX, Settings
from contracts.markdown import code, table, text

HEAD = """\
<!-- Generated from connect/settings.py by `make schemas`: change that file, not this one. -->
# Settings

Each setting is an environment variable. A variable that begins with `INVENTORY_` and is not in
this table is an error, as is a value that does not fit.
"""


def document() -> str:
    """Return docs/settings.md. Raises KeyError for a field without a docstring below it."""
    meanings = docstrings(Settings)
    rows = [
        (code(PREFIX + field.name.upper()), _default(field.default), text(meanings[field.name]))
        for field in fields(Settings)
    ]
    return "\n".join([HEAD, *table(("variable", "default", "meaning"), rows), ""])


def docstrings(described: type) -> dict[str, str]:
    """Field name -> the docstring below the field."""
    (definition,) = ast.parse(dedent(inspect.getsource(described))).body
    assert isinstance(definition, ast.ClassDef)
    meanings = {}
    for field, below in zip(definition.body, definition.body[1:], strict=False):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(meaning))),
            ):
                meanings[name] = meaning
    return meanings


def _default(value: object) -> str:
    return code(str(value)) if str(value) else "empty"
