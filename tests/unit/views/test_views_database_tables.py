"""A record is in the database as it was, and comes back; the same in SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from sqlalchemy import Engine, func, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from connect.errors import UserError
from connect.settings import Settings
from contracts.contract_file import load_all
from schemas.generated import SalesPerMinute
from schemas.record import Record
from tests.support.random_records import records
from tests.support.store_records import AT, level, product
from views.database.engine import open_database, writing
from views.database.tables import METADATA, TABLES

SHARED_DATABASE = hypothesis(suppress_health_check=[HealthCheck.function_scoped_fixture])
CONTRACTS = [each for each in load_all() if each.name in {kept.__name__ for kept in TABLES}]
RECORDS = st.one_of([records(contract) for contract in CONTRACTS])
NULL, PICTURE = "\0", "\u2400"


@pytest.fixture
def engine(database: Settings) -> Engine:
    return open_database(database)


def read_back(engine: Engine, record: Record) -> Record:
    """Write a record, read it, and undo the writing."""
    table = TABLES[type(record)]
    with engine.connect() as connection, connection.begin() as transaction:
        connection.execute(insert(table), record.to_dict())
        row = connection.execute(select(table)).mappings().one()
        transaction.rollback()
    return type(record).from_dict(dict(row))


def with_pictures(record: Record) -> Record:
    """Return the record with U+2400 for each null character, which PostgreSQL cannot hold."""
    fields = record.to_dict()
    for name, value in fields.items():
        if isinstance(value, str):
            fields[name] = value.replace(NULL, PICTURE)
    return record.from_dict(fields)


@SHARED_DATABASE
@given(record=RECORDS)
def test_every_allowed_record_comes_back_as_it_was(engine: Engine, record: Record) -> None:
    assert read_back(engine, record) == with_pictures(record)


def test_a_null_character_is_written_as_its_picture(engine: Engine) -> None:
    assert read_back(engine, replace(product("a"), name="A\0B")) == replace(
        product("a"), name="A\u2400B"
    )


def test_names_sort_by_code_point_whatever_the_locale(engine: Engine) -> None:
    names = ["b", "B", "a", "ä", "Z", "\U0001f34c", "\ufb00"]
    table = TABLES[type(product("a"))]
    with writing(engine) as connection:
        connection.execute(insert(table), [product(name).to_dict() for name in names])
        read = connection.scalars(select(table.c.sku).order_by(table.c.sku)).all()
    assert read == sorted(names)


def test_sums_of_amounts_are_exact(engine: Engine) -> None:
    price = Decimal("99999999.99")
    table = TABLES[type(product("a"))]
    with writing(engine) as connection:
        for number in range(3):
            row = replace(product(str(number)), unit_price=price)
            connection.execute(insert(table), row.to_dict())
        assert connection.scalar(select(func.sum(table.c.unit_price))) == 3 * price


def test_a_moment_can_be_compared_and_sorted(engine: Engine) -> None:
    moments = [
        datetime.fromisoformat(moment).replace(tzinfo=UTC)
        for moment in ("0001-01-01", "1999-12-31T23:59:59.999", "2000-01-01", "9999-12-31")
    ]
    table = METADATA.tables["sales_per_minute"]
    with writing(engine) as connection:
        for at in reversed(moments):
            row = SalesPerMinute(
                store_id="S", sku="a", currency="EUR", minute_start=at, units=1, revenue=Decimal(0)
            )
            connection.execute(insert(table), row.to_dict())
        minutes = select(table.c.minute_start).order_by(table.c.minute_start)
        assert connection.scalars(minutes).all() == moments
        after = minutes.where(table.c.minute_start > moments[1])
        assert connection.scalars(after).all() == moments[2:]


def test_a_moment_has_the_milliseconds_of_the_contract_and_no_more(engine: Engine) -> None:
    offset = timedelta(milliseconds=123, microseconds=400)
    stored = read_back(engine, level("a", 1, last_movement_at=AT + offset))
    assert stored == level("a", 1, last_movement_at=AT + timedelta(milliseconds=123))


def test_a_table_has_the_contract_s_fields_and_the_message_key(engine: Engine) -> None:
    made = inspect(engine)
    for record_type, table in TABLES.items():
        key = made.get_pk_constraint(table.name)["constrained_columns"]
        assert sorted(key) == sorted(record_type.KEY)
        columns = [each["name"] for each in made.get_columns(table.name)]
        assert columns == [field.name for field in record_type.FIELDS]


def test_a_transaction_is_written_whole_or_not_at_all(engine: Engine) -> None:
    table = TABLES[type(product("a"))]

    def write_one_twice() -> None:
        with writing(engine) as connection:
            for sku in "aba":
                connection.execute(insert(table), product(sku).to_dict())

    with pytest.raises(IntegrityError):
        write_one_twice()
    with engine.connect() as connection:
        assert not connection.scalar(select(func.count()).select_from(table))


def test_a_reader_sees_one_state_while_another_connection_writes(engine: Engine) -> None:
    table = TABLES[type(product("a"))]
    count = select(func.count()).select_from(table)
    with engine.connect() as reader:
        assert reader.scalar(count) == 0
        with writing(engine) as connection:
            connection.execute(insert(table), product("a").to_dict())
        assert reader.scalar(count) == 0
    with engine.connect() as reader:
        assert reader.scalar(count) == 1


def test_opening_twice_keeps_the_rows(database: Settings) -> None:
    table = TABLES[type(product("a"))]
    with writing(open_database(database)) as connection:
        connection.execute(insert(table), product("a").to_dict())
    with open_database(database).connect() as connection:
        assert connection.scalar(select(func.count()).select_from(table)) == 1


def test_sqlite_lets_readers_and_the_writer_work_at_once(tmp_path: Path) -> None:
    with open_database(Settings(state=tmp_path)).connect() as connection:
        assert connection.scalar(text("pragma journal_mode")) == "wal"
        assert connection.scalar(text("pragma synchronous")) == 1


@pytest.mark.parametrize(
    "url", ["postgres", "mysql://user@host/x", "postgresql://host:port/x", "://"]
)
def test_an_address_of_no_known_database_is_named(url: str) -> None:
    with pytest.raises(UserError, match="INVENTORY_DATABASE: expected a URL such as postgresql"):
        open_database(Settings(database=url))


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:////tmp/a.sqlite?mode=ro"]
)
def test_an_address_that_is_another_database_in_each_process_is_named(url: str) -> None:
    with pytest.raises(UserError, match="expected a URL of SQLite with the path of a file"):
        open_database(Settings(database=url))


def test_a_server_that_does_not_answer_is_named_with_what_to_do() -> None:
    nowhere = Settings(database="postgresql+psycopg://user@127.0.0.1:1/stock")
    with pytest.raises(UserError, match=r"127\.0\.0\.1:1/stock fails: .*: check that the server"):
        open_database(nowhere)


def test_a_file_that_cannot_be_opened_is_named_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "missing" / "stock.sqlite"
    with pytest.raises(UserError) as error:
        open_database(Settings(state=tmp_path, database=f"sqlite:///{file}"))
    remedy = f"check the free space and the owner of the folder {file.parent}, and that it is there"
    assert remedy in error.value.message
    assert "pgpass" not in error.value.message


def test_a_state_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "state"
    file.touch()
    with pytest.raises(UserError, match=r"The state folder .* cannot be written"):
        open_database(Settings(state=file))


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "read-model.sqlite").write_bytes(b"no database, and long enough" * 100)
    with pytest.raises(
        UserError, match=r"read-model\.sqlite fails: file is not a database: delete"
    ):
        open_database(Settings(state=tmp_path))
