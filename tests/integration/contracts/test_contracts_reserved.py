"""The list of words that Flink SQL reserves is what its own parser says."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connect.settings import Settings
from contracts.naming import RESERVED

pytestmark = pytest.mark.slow
TOKENS = "org.apache.flink.sql.parser.impl.FlinkSqlParserImplConstants"


@pytest.fixture(scope="module")
def tables() -> Any:
    from pyflink.table import EnvironmentSettings, TableEnvironment  # noqa: PLC0415 - loads Java

    from flink.configuration import prepare_process  # noqa: PLC0415

    prepare_process(Settings())
    return TableEnvironment.create(EnvironmentSettings.in_streaming_mode())


def tokens(folder: Path) -> Iterator[str]:
    """Every word that the parser has a token for, in lower case."""
    import pyflink  # noqa: PLC0415
    from pyflink.java_gateway import get_gateway  # noqa: PLC0415

    (loader,) = (Path(pyflink.__path__[0]) / "lib").glob("flink-table-planner-loader-*.jar")
    with zipfile.ZipFile(loader) as jar:
        planner = jar.extract("flink-table-planner.jar", folder)
    gateway = get_gateway()
    urls = gateway.new_array(gateway.jvm.java.net.URL, 1)
    urls[0] = gateway.jvm.java.io.File(planner).toURI().toURL()
    constants = gateway.jvm.java.net.URLClassLoader(urls, None).loadClass(TOKENS)
    for image in constants.getField("tokenImage").get(None):
        word = image.strip('"').lower()
        if word.isidentifier():
            yield word


def is_column(tables: Any, word: str) -> bool:
    """Return True if the parser accepts a word as an unquoted column name."""
    from py4j.protocol import Py4JJavaError  # noqa: PLC0415

    try:
        tables._j_tenv.getParser().parse(f"CREATE TABLE named ({word} INT) WITH ('a' = 'b')")
    except Py4JJavaError:
        return False
    return True


def test_the_list_is_every_word_that_the_parser_takes_for_no_column(
    tables: Any, tmp_path: Path
) -> None:
    words = set(tokens(tmp_path))
    assert len(words) > 700
    assert {word for word in words if not is_column(tables, word)} == RESERVED
