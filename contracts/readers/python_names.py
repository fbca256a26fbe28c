"""Names of a folder's Python code with the contracts whose records they hold, by annotation."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Types = frozenset[str]
"""Contracts of the records that an expression can be; empty: no record."""
OPEN = {"Any", "Record", "object", "T", "Self"}
"""Annotations that leave the type open."""
CONTAINER_METHODS = {"get", "pop", "values", "items", "setdefault", "copy"}
WRAPPERS = {
    "enumerate",
    "sorted",
    "list",
    "tuple",
    "set",
    "min",
    "max",
    "next",
    "iter",
    "reversed",
    "replace",
}


@dataclass(slots=True)
class Names:
    """The annotated names of a folder."""

    classes: dict[str, Types]
    """Generated classes and aliases of them such as EVENTS; the folder's own are no records."""
    variables: dict[str, Types | None] = field(default_factory=dict)
    """Parameters and variables by name, whichever function has them."""
    attributes: dict[str, Types | None] = field(default_factory=dict)
    """Attributes of objects and results of functions by name, whichever class has them."""

    def collect(self, tree: ast.Module) -> None:
        """Add the annotations of a module."""
        for node in ast.walk(tree):
            match node:
                case ast.arg(arg=name, annotation=ast.expr() as annotation):
                    _join(self.variables, name, self.of(annotation))
                case ast.AnnAssign(target=ast.Attribute(attr=name)):
                    _join(self.attributes, name, self.of(node.annotation))
                case ast.FunctionDef(name=name, returns=ast.expr() as annotation):
                    _join(self.attributes, name, self.of(annotation))
                case ast.ClassDef(name=name):
                    self.classes.setdefault(name, frozenset())
                    for each in node.body:
                        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                            _join(self.attributes, each.target.id, self.of(each.annotation))

    def collect_aliases(self, tree: ast.Module) -> None:
        """Add the module's own names of classes: `R = TypeVar("R", OpenOrder, OpenTransfer)`."""
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)]) if name[:1].isupper():
                    types = self.of(node.value)
                    if types:
                        self.classes.setdefault(name, types)
                case ast.ImportFrom():
                    for each in node.names:
                        if each.asname and each.name in self.classes:
                            self.classes.setdefault(each.asname, self.classes[each.name])

    def of(self, annotation: ast.expr) -> Types | None:
        """Return the contracts that an annotation names; None if it leaves the type open."""
        names = set(_identifiers(annotation))
        types = frozenset[str]().union(*(self.classes[name] for name in names & {*self.classes}))
        return types if types or not names & OPEN else None


def contract_classes(stems: Mapping[str, str], events: Iterable[str]) -> dict[str, Types]:
    """Return the generated classes and their unions. stems: by class name."""
    every = frozenset(events)
    return {name: frozenset({stem}) for name, stem in stems.items()} | {
        "EVENTS": every,
        "AnyEvent": every,
    }


def types_of(  # noqa: PLR0911 - one case a node type
    node: ast.expr, scope: Mapping[str, Types | None], names: Names
) -> Types | None:
    """Return the contracts of an expression's records, or of the records in it; None: unknown."""
    match node:
        case ast.Name(id=name):
            # Another function's variable of the same name proves no more than a record's class.
            return scope[name] if name in scope else names.variables.get(name) or None
        case ast.Attribute(attr=name):
            return names.attributes.get(name)
        case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in CONTAINER_METHODS:
            return types_of(value, scope, names)
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in WRAPPERS:
            return types_of(first, scope, names)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return names.classes.get(name, names.attributes.get(name))
        case ast.Subscript(value=value) | ast.Starred(value=value) | ast.NamedExpr(value=value):
            return types_of(value, scope, names)
        case ast.GeneratorExp(elt=element) | ast.ListComp(elt=element):
            return types_of(element, scope, names)
        case ast.IfExp(body=left, orelse=right):
            return _either(types_of(left, scope, names), types_of(right, scope, names))
        case ast.BoolOp(values=[left, *_]):
            return types_of(left, scope, names)
    return None


def _identifiers(annotation: ast.expr) -> Iterator[str]:
    for node in ast.walk(annotation):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.Constant(value=str(text)) if text.isidentifier():
                yield text


def _join(table: dict[str, Types | None], name: str, types: Types | None) -> None:
    table[name] = _either(table[name], types) if name in table else types


def _either(left: Types | None, right: Types | None) -> Types | None:
    if left is None or right is None:
        return left or right
    return left | right
