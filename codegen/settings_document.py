"""The settings document: every field of `Settings`, and what a change takes for the job."""

import ast
import inspect
from dataclasses import fields
from textwrap import dedent

from connect.job_settings import OTHER_JOBS, REBUILDS, RESTARTS
from connect.settings import PREFIX, Settings
from contracts.markdown import code, table, text

HEAD = """\
<!-- Generated from connect/settings.py by `make schemas`: change that file, not this one. -->
# Settings

Each setting is an environment variable. A variable that begins with `INVENTORY_` and is not in
this table is an error, as is a value that does not fit. Every part reads its settings when it
starts: restart those that use a setting after a change.

**For the job** a change takes a *restart*, after which it continues with its state; a *rebuild*, in
which it calculates all figures anew from the first event; or it is *another job*, beside which the
one that runs has to be stopped first. See [cluster and security](cluster-and-security.md). A local
job has no savepoints: another `INVENTORY_STATE_BACKEND` is a rebuild there.
"""
FOR_THE_JOB = {
    **dict.fromkeys(RESTARTS, "restart"),
    **dict.fromkeys(REBUILDS, "rebuild"),
    **dict.fromkeys(OTHER_JOBS, "another job"),
}


def document() -> str:
    """Return docs/settings.md. Raises KeyError for a field without a docstring below it."""
    meanings = docstrings(Settings)
    rows = [
        (
            code(PREFIX + field.name.upper()),
            _default(field.default),
            text(meanings[field.name]),
            FOR_THE_JOB.get(field.name, ""),
        )
        for field in fields(Settings)
    ]
    head = ("variable", "default", "meaning", "for the job")
    return "\n".join([HEAD, *table(head, rows), ""])


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
