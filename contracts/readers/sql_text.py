"""Text of SQL as the statements that Flink would see, or what is wrong with it."""

import logging
import re
from itertools import pairwise

from sqlglot import TokenType, exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token

from contracts.readers.flink_dialect import Flink
from contracts.readers.reads import UnsupportedQueryError

COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
OTHER_SPACE = re.compile(r"[^\S \t\r\n\f]")
PAIRS = {
    TokenType.L_PAREN: TokenType.R_PAREN,
    TokenType.L_BRACKET: TokenType.R_BRACKET,
    TokenType.L_BRACE: TokenType.R_BRACE,
}


def trees_of(text: str) -> list[exp.Expr | None]:
    """Return the statements of a text. Raises UnsupportedQueryError."""
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    tokens = tokens_of(text)
    _require_plain_spaces(text, tokens)
    _require_pairs(tokens)
    try:
        trees = Flink().parser().parse(tokens, text)
    except ParseError as error:
        first = error.errors[0]
        what = f"{first.get('description')}: {first.get('highlight')}"
        raise UnsupportedQueryError(what, int(first.get("line") or 1)) from None
    if not any(isinstance(tree, exp.Command) for tree in trees):
        _require_commas(tokens)
    return trees


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a text. Raises UnsupportedQueryError for an open quote or comment."""
    try:
        return Flink().tokenize(text)
    except TokenError as error:
        # The tokenizer names the offset of an open quote only.
        place = re.search(r"Missing (.) from \d+:(\d+)", str(error.__cause__))
        mark, start = (place[1], int(place[2])) if place else ("/*", text.rfind("/*"))
        what = f"{mark} is not closed"
        raise UnsupportedQueryError(what, text.count("\n", 0, max(start, 0)) + 1) from None


def _require_plain_spaces(text: str, tokens: list[Token]) -> None:
    """Raise UnsupportedQueryError for a space between words that Flink's parser does not know."""
    ends = [-1, *(token.end for token in tokens)]
    for end, start in zip(ends, [*(token.start for token in tokens), len(text)], strict=True):
        between = COMMENT.sub(lambda hit: " " * len(hit[0]), text[end + 1 : start])
        if other := OTHER_SPACE.search(between):
            what = f"the space U+{ord(other[0]):04X} between two words: write a plain one"
            raise UnsupportedQueryError(what, text.count("\n", 0, end + 1 + other.start()) + 1)


def _require_pairs(tokens: list[Token]) -> None:
    """Raise UnsupportedQueryError for a parenthesis without its other, which SQLGlot may accept."""
    opened = list[Token]()
    for token in tokens:
        if token.token_type in PAIRS:
            opened.append(token)
        elif token.token_type in PAIRS.values():
            if not opened or PAIRS[opened[-1].token_type] is not token.token_type:
                raise UnsupportedQueryError(f"{token.text} closes nothing", token.line)
            opened.pop()
    if opened:
        raise UnsupportedQueryError(f"{opened[-1].text} is not closed", opened[-1].line)


def _require_commas(tokens: list[Token]) -> None:
    """Raise UnsupportedQueryError for two strings side by side, which SQLGlot makes one."""
    for token, following in pairwise(tokens):
        if token.token_type is following.token_type is TokenType.STRING:
            raise UnsupportedQueryError("expected a comma between two strings", token.line)
