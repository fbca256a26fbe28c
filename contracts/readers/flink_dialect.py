"""Flink's SQL for SQLGlot: its generic dialect, with tables as arguments of functions.

Flink 2.3, "Process Table Functions": f(input => TABLE t PARTITION BY (a, b)).
"""

from collections.abc import Callable
from typing import Any, ClassVar

from sqlglot import Dialect, TokenType, exp, parser, tokens
from sqlglot.tokenizer_core import Token


class TableArgument(exp.Expression):
    """A table that a function reads, with the columns that partition its rows."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "partition": False, "order": False}


def _with_unit(name: str) -> Callable[[list[Any]], exp.Expr]:
    """Return the builder of a function whose first argument is a unit, such as SECOND."""
    return lambda args: exp.Anonymous(this=name, expressions=[exp.var(args[0].name), *args[1:]])


class Flink(Dialect):
    """Flink SQL, as far as the job's statements use it."""

    class Tokenizer(tokens.Tokenizer):
        IDENTIFIERS: ClassVar[list[str | tuple[str, str]]] = ["`"]
        KEYWORDS: ClassVar[dict[str, TokenType]] = {
            **tokens.Tokenizer.KEYWORDS,
            "BYTES": TokenType.VARBINARY,
            "STRING": TokenType.TEXT,
        }

    class Parser(parser.Parser):
        OPTIONAL_ALIAS_TOKEN_CTE = False
        FUNCTIONS: ClassVar[dict[str, Any]] = {
            **parser.Parser.FUNCTIONS,
            **{name: _with_unit(name) for name in ("TIMESTAMPADD", "TIMESTAMPDIFF")},
        }
        LAMBDAS: ClassVar[dict[TokenType, Any]] = {
            **parser.Parser.LAMBDAS,
            TokenType.FARROW: lambda self, names: self.expression(
                exp.Kwarg(this=exp.var(names[0].name), expression=self.named_argument())
            ),
        }

        def _parse_as_command(self, start: Token) -> exp.Command:
            """Refuse what SQLGlot cannot read, which it would return as unread text."""
            self.raise_error("Unexpected word", self._curr or start)
            return super()._parse_as_command(start)

        def _parse_csv(
            self, parse_method: Callable[[], Any], sep: TokenType = TokenType.COMMA
        ) -> list[Any]:
            """Refuse a list with an empty place, as Flink does: a,,b or a, FROM."""
            places = list[Token]()
            empty = list[Token]()

            def noted() -> Any:
                item = parse_method()
                places.append(self._prev)
                if item is None:
                    empty.append(self._prev)
                return item

            items = super()._parse_csv(noted, sep)
            if empty and len(places) > 1:
                self.raise_error("Expected a value beside the comma", empty[0])
            return items

        def named_argument(self) -> exp.Expr | None:
            return self._table_argument() or self._parse_disjunction() or self._parse_select()

        def _parse_select_or_expression(self, alias: bool = False) -> exp.Expr | None:
            return self._table_argument() or super()._parse_select_or_expression(alias)

        def _table_argument(self) -> exp.Expr | None:
            if not self._match(TokenType.TABLE):
                return None
            table, partition = self._parse_table_parts(), None
            if self._match(TokenType.PARTITION_BY):
                partition = self._parse_wrapped_csv(self._parse_column, optional=True)
            return self.expression(
                TableArgument(this=table, partition=partition, order=self._parse_order())
            )
