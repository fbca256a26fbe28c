"""Column types that hold a contract's values exactly, in SQLite and in PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    Numeric,
    Text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from schemas.record import Field, FieldType

POSTGRESQL = "postgresql"


class Characters(TypeDecorator[str]):
    """Text that sorts by its code points, as Python's does, whatever the database's locale.

    The null character, which PostgreSQL cannot hold, is written as its picture, U+2400.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        collation = "C" if dialect.name == POSTGRESQL else None
        return dialect.type_descriptor(Text(collation=collation))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return _with_picture(value)


class _Milliseconds(UserDefinedType[datetime]):
    """PostgreSQL's timestamptz(3): for psycopg, SQLAlchemy drops the precision of its own type."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: Any) -> str:
        return "timestamptz(3)"


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: timestamptz(3), or in SQLite text such as 2026-01-31 09:00:00.000.

    The text sorts as the moments do, and SQLite's own date functions read it.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == POSTGRESQL:
            return _Milliseconds()
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == POSTGRESQL:
            return value
        return value.astimezone(UTC).isoformat(" ", "milliseconds")[: -len("+00:00")]

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


class Amount(TypeDecorator[Decimal]):
    """A decimal of up to 18 digits: numeric, or in SQLite, which has no decimals, an integer.

    The integer counts the smallest units (1230 for 12.30), so that sums are exact there, too.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self.precision, self.scale = precision, scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == POSTGRESQL:
            return dialect.type_descriptor(Numeric(self.precision, self.scale))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == POSTGRESQL:
            return value
        return int(value.scaleb(self.scale))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None or dialect.name == POSTGRESQL:
            return value  # type: ignore[no-any-return]
        return Decimal(value).scaleb(-self.scale)


_PLAIN: dict[FieldType, TypeEngine[Any]] = {
    "string": Characters(),
    "int": Integer(),
    "long": BigInteger(),
    "boolean": Boolean(),
    "bytes": LargeBinary(),
    "timestamp-millis": Instant(),
}


def column_type(field: Field) -> TypeEngine[Any]:
    """Return the column type of a contract's field."""
    if field.type == "decimal":
        return Amount(field.precision, field.scale)
    return _PLAIN[field.type]


def bound_value(of_type: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """Return the conversion of a value for the driver; None where it takes the value as it is."""
    match of_type:
        case Characters():
            return _with_picture
        case Instant() | Amount() if dialect.name != POSTGRESQL:
            return lambda value: of_type.process_bind_param(value, dialect)
    return None


def _with_picture(value: str | None) -> str | None:
    return value.replace("\0", "\u2400") if value else value
