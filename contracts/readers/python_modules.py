"""Python modules that read or write fields of the contracts.

A use of a field is an attribute (`sale.quantity`), a keyword of its class's constructor or of
`replace`, or a keyword of a class pattern. The class of `sale` follows from annotations, isinstance
and class patterns of the module, else from the annotations of the same name in its folder; where
they leave it open, every contract that the module imports and that has the field counts. A field
that is reached by getattr, key() or to_dict() is not seen, and nothing of a module that Python
cannot parse.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from contracts.contract import Contract
from contracts.readers.python_names import Names, Types, contract_classes, types_of
from contracts.readers.relation import FieldRef
from contracts.text_file import text_of

OUTSIDE = {"tests", "benchmarks", "schemas", "contracts", "codegen"}
SHARED = {"views"}
"""Folders whose names other folders use."""
SORTING = {"sorted", "min", "max"}
"""Functions whose argument `key` takes the elements of their first one."""
Scope = dict[str, Types | None]


class Use(NamedTuple):
    """The use of a field in a module."""

    file: Path
    line: int
    ref: FieldRef
    writes: bool
    """True: the module gives the field its value."""


class Unread(NamedTuple):
    """A module that Python cannot parse."""

    file: Path
    line: int
    what: str


def uses(
    contracts: Iterable[Contract], project: Path, removed: Iterable[FieldRef] = ()
) -> tuple[list[Use], list[Unread]]:
    """Return every use below a project's folder. removed: fields that only records had."""
    every = list(contracts)
    fields: dict[str, set[str]] = {each.stem: {f.name for f in each.fields} for each in every}
    for ref in removed:
        fields.setdefault(ref.contract, set()).add(ref.field)
    stems = {each.name: each.stem for each in every}
    classes = contract_classes(stems, (each.stem for each in every if each.flink == "source"))
    folders: dict[str, dict[Path, ast.Module]] = defaultdict(dict)
    unread: list[Unread] = []
    for path in _modules(project):
        try:
            tree = ast.parse(text_of(path))
        except SyntaxError as error:
            unread.append(Unread(path, error.lineno or 1, f"no Python: {error.msg}"))
        except (OSError, ValueError, RecursionError) as error:
            unread.append(Unread(path, getattr(error, "line", 1), f"not readable: {error}"))
        else:
            folders[path.relative_to(project).parts[0]][path] = tree
    result: list[Use] = []
    for top, modules in folders.items():
        shared = [tree for name in SHARED & folders.keys() for tree in folders[name].values()]
        trees = [*modules.values(), *(shared if top not in SHARED else [])]
        names = Names(dict(classes))
        for tree in trees:
            names.collect_aliases(tree)
        for tree in trees:
            names.collect(tree)
        for path, tree in modules.items():
            visitor = _Module(path, fields, names, tree)
            visitor.visit(tree)
            result += visitor.uses
    return sorted(set(result)), unread


def _modules(project: Path) -> Iterator[Path]:
    for folder in sorted(each for each in project.iterdir() if each.is_dir()):
        is_environment = (folder / "pyvenv.cfg").exists()
        if folder.name not in OUTSIDE and not folder.name.startswith(".") and not is_environment:
            yield from sorted(folder.rglob("*.py"))


class _Module(ast.NodeVisitor):
    def __init__(
        self, path: Path, fields: Mapping[str, set[str]], names: Names, tree: ast.Module
    ) -> None:
        self.path, self.fields, self.names = path, fields, names
        self.scope: Scope = {}
        self.uses: list[Use] = []
        imported = {
            each.asname or each.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for each in node.names
        }
        self.imported = frozenset[str]().union(
            *(names.classes[name] for name in imported & {*names.classes})
        )

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outer = self.scope
        self.scope = {**outer, "self": frozenset(), "cls": frozenset()}
        for name, types in self._bindings(node):
            self.scope[name] = types
        self.generic_visit(node)
        self.scope = outer

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        self._within(dict(self._narrowed(node.test)), node.body)
        self._within({}, node.orelse)

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        for case in node.cases:
            narrowed: Scope = {}
            if isinstance(node.subject, ast.Name):
                types = [self.names.classes.get(name) for name in _pattern_classes(case.pattern)]
                if types and None not in types:
                    narrowed[node.subject.id] = frozenset[str]().union(*(t for t in types if t))
            self.visit(case.pattern)
            self._within(narrowed, [*([case.guard] if case.guard else []), *case.body])

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        name = _last(node.cls)
        for each in node.kwd_attrs:
            self._use(self.names.classes.get(name, frozenset()), each, node.lineno, writes=False)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        types = types_of(node.value, self.scope, self.names)
        if isinstance(node.value, ast.Name) and node.value.id in self.names.classes:
            types = frozenset()
        known = self.imported if types is None else types
        self._use(known, node.attr, node.lineno, writes=isinstance(node.ctx, ast.Store))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = _last(node.func)
        if name in SORTING and node.args:
            self.scope |= {
                arg.arg: types_of(node.args[0], self.scope, self.names)
                for keyword in node.keywords
                if isinstance(keyword.value, ast.Lambda)
                for arg in keyword.value.args.args
            }
        if name == "replace" and node.args:
            types = types_of(node.args[0], self.scope, self.names)
        else:
            types = self.names.classes.get(name, frozenset())
        known = self.imported if types is None else types
        for keyword in node.keywords:
            if keyword.arg:
                self._use(known, keyword.arg, keyword.value.lineno, writes=True)
        self.generic_visit(node)

    def _use(self, types: Types, name: str, line: int, *, writes: bool) -> None:
        self.uses += [
            Use(self.path, line, FieldRef(stem, name), writes)
            for stem in types
            if name in self.fields.get(stem, ())
        ]

    def _within(self, narrowed: Scope, body: Iterable[ast.AST]) -> None:
        outer = self.scope
        self.scope = {**outer, **narrowed}
        for each in body:
            self.visit(each)
        self.scope = outer

    def _bindings(self, function: ast.FunctionDef) -> Iterator[tuple[str, Types | None]]:
        """Yield the types of a function's names, those by isinstance last."""
        narrowed: list[tuple[str, Types]] = []
        for node in ast.walk(function):
            match node:
                case ast.arg(arg=name, annotation=ast.expr() as annotation):
                    yield self._bound(name, self.names.of(annotation))
                case ast.AnnAssign(target=ast.Name(id=name)):
                    yield self._bound(name, self.names.of(node.annotation))
                case (
                    ast.Assign(targets=[target], value=value)
                    | ast.For(target=target, iter=value)
                    | ast.comprehension(target=target, iter=value)
                    | ast.NamedExpr(target=target, value=value)
                ):
                    for name, source in _pairs(target, value):
                        types = types_of(source, self.scope, self.names)
                        if types is not None:
                            yield self._bound(name, types)
                case ast.ExceptHandler(name=str(name)):
                    yield self._bound(name, frozenset())
                case ast.Assert(test=test) | ast.UnaryOp(op=ast.Not(), operand=test):
                    narrowed += self._narrowed(test)
            if isinstance(node, ast.comprehension):
                for test in node.ifs:
                    narrowed += self._narrowed(test)
        yield from narrowed

    def _bound(self, name: str, types: Types | None) -> tuple[str, Types | None]:
        self.scope[name] = types  # the next bindings of the function may use it
        return name, types

    def _narrowed(self, test: ast.expr) -> Iterator[tuple[str, Types]]:
        """Yield the names that isinstance narrows in a condition that holds."""
        match test:
            case ast.BoolOp(op=ast.And(), values=values):
                for value in values:
                    yield from self._narrowed(value)
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), classes]):
                types = self.names.of(classes)
                if types:
                    yield name, types


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names of a target, each with the expression that it is taken from."""
    match target, value:
        case ast.Name(id=name), _:
            yield name, value
        case ast.Tuple(elts=targets), ast.Tuple(elts=values):
            for each, source in zip(targets, values, strict=False):
                yield from _pairs(each, source)
        case ast.Tuple(elts=targets), _:
            for each in targets:
                yield from _pairs(each, value)


def _pattern_classes(pattern: ast.pattern) -> Iterator[str]:
    match pattern:
        case ast.MatchClass(cls=cls):
            yield _last(cls)
        case ast.MatchOr(patterns=patterns):
            for each in patterns:
                yield from _pattern_classes(each)
        case ast.MatchAs(pattern=ast.pattern() as inner):
            yield from _pattern_classes(inner)
        case _:
            yield ""


def _last(node: ast.expr) -> str:
    """Return the last name of a dotted name."""
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
