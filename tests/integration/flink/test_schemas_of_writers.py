"""Java parses every schema that the gate takes for a version of a contract."""

from typing import Any

import pytest
from py4j.protocol import Py4JJavaError
from pyflink.java_gateway import get_gateway
from pyflink.util.java_utils import add_jars_to_context_class_loader
from rich.console import Console

from connect.settings import Settings
from stack.fetch import fetch
from tests.support.odd_schemas import READ_BY_JAVA, REFUSED_BY_JAVA

pytestmark = pytest.mark.slow
PARSER = "org.apache.flink.avro.shaded.org.apache.avro.Schema$Parser"


@pytest.fixture(scope="module")
def parser_class() -> Any:
    settings = Settings()
    fetch(settings.state, Console(quiet=True), ["flink"])
    jars = settings.flink_artifacts.resolve().glob("flink-sql-*.jar")
    add_jars_to_context_class_loader([jar.as_uri() for jar in jars])
    loader = get_gateway().jvm.Thread.currentThread().getContextClassLoader()
    return loader.loadClass(PARSER)


def parse(parser_class: Any, text: str) -> None:
    """Parse as the registry's client does a schema by its id: with defaults of any type."""
    gateway = get_gateway()
    constructor = parser_class.getDeclaredConstructor(gateway.new_array(gateway.jvm.Class, 0))
    parser = constructor.newInstance(gateway.new_array(gateway.jvm.Object, 0))
    parser.setValidateDefaults(False).parse(text)


@pytest.mark.parametrize("oddity", READ_BY_JAVA)
def test_java_parses_what_the_gate_takes(parser_class: Any, oddity: str) -> None:
    parse(parser_class, READ_BY_JAVA[oddity])


@pytest.mark.parametrize("oddity", REFUSED_BY_JAVA)
def test_java_parses_nothing_of_what_the_gate_refuses_as_that(
    parser_class: Any, oddity: str
) -> None:
    with pytest.raises(Py4JJavaError):
        parse(parser_class, REFUSED_BY_JAVA[oddity])
