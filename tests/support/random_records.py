"""A sale, and random records of every contract."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from hypothesis import strategies as st

from contracts.contract import Contract, Field
from schemas import generated
from schemas.generated import Transaction
from schemas.record import Record
from schemas.wire import Encoder

SCHEMA_ID = 258
ENCODER = Encoder(lambda *_: SCHEMA_ID)
FIRST_TIME, LAST_TIME = datetime(1, 1, 2), datetime(9999, 12, 30)
SALE = Transaction(
    event_id="e1",
    receipt_id="r1",
    line_no=1,
    store_id="north",
    terminal_id="till",
    sku="milk",
    quantity=2,
    line_amount=Decimal("2.40"),
    unit_price=Decimal("1.20"),
    currency="EUR",
    occurred_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    recorded_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
)


def values(field: Field) -> st.SearchStrategy[Any]:
    """Return a strategy of every value that a field's contract allows."""
    bounds = field.constraints
    match field.type.logical:
        case "string" if "pattern" in bounds:
            allowed: st.SearchStrategy[Any] = st.from_regex(bounds["pattern"], fullmatch=True)
        case "string" if "identifier" in bounds:
            shortest, longest = bounds["minLength"], bounds["maxLength"]
            visible = st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"])
            allowed = (
                st.text(visible, min_size=shortest, max_size=longest)
                .map(lambda text: normalize("NFC", text).strip())
                .filter(lambda text: shortest <= len(text) <= longest)
            )
        case "string":
            allowed = st.text(
                st.characters(codec="utf-8"),
                min_size=bounds.get("minLength", 0),
                max_size=bounds.get("maxLength"),
            )
        case "int" | "long":
            bits = 31 if field.type.logical == "int" else 63
            highest = bounds.get("maximum", 2**bits - 1)
            allowed = st.integers(bounds.get("minimum", -(2**bits)), highest)
        case "boolean":
            allowed = st.booleans()
        case "decimal":
            maximum = 10**field.type.precision - 1
            minimum = 0 if "minimum" in bounds else -maximum
            allowed = st.integers(minimum, maximum).map(
                lambda n: Decimal(n) / Decimal(10**field.type.scale)
            )
        case "timestamp-millis":
            allowed = st.datetimes(FIRST_TIME, LAST_TIME, timezones=st.just(UTC)).map(
                lambda time: time.replace(microsecond=time.microsecond // 1000 * 1000)
            )
        case "bytes":
            allowed = st.binary(max_size=200)
        case other:
            raise AssertionError(other)
    return st.one_of(st.none(), allowed) if field.nullable else allowed


def records(contract: Contract) -> st.SearchStrategy[Record]:
    kind = getattr(generated, contract.name)
    return st.fixed_dictionaries({f.name: values(f) for f in contract.fields}).map(
        lambda fields: kind(**fields)
    )
