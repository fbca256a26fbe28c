"""Only the registry's own answer makes a schema unknown, and only then a reader skips a record."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient

from connect import registry
from connect.errors import UserError
from connect.registry import UnknownSchemaError
from connect.settings import Settings

HOST = "127.0.0.1"
NOT_FOUND = json.dumps({"error_code": 40403, "message": "Schema not found"}).encode()
ANSWERS = {1: NOT_FOUND, 2: b"<html>no such page</html>", 3: b'{"error_code": 40401}'}
"""Bodies of 404 answers by schema id: the registry's own, a proxy's, another code's."""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        schema_id = int(self.path.split("?")[0].rsplit("/", 1)[1])
        self.send_response(404)
        self.end_headers()
        self.wfile.write(ANSWERS[schema_id])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def client() -> Iterator[SchemaRegistryClient]:
    server = ThreadingHTTPServer((HOST, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = Settings(registry=f"http://{HOST}:{server.server_port}")
    yield registry.unchecked_client(settings, seconds=2, retries=0)
    server.shutdown()
    server.server_close()


def test_the_registry_s_own_code_makes_a_schema_unknown(client: SchemaRegistryClient) -> None:
    with pytest.raises(UnknownSchemaError, match="no schema 1"):
        registry.schema_text(client, 1)


@pytest.mark.parametrize("schema_id", [2, 3])
def test_any_other_404_is_no_answer(client: SchemaRegistryClient, schema_id: int) -> None:
    with pytest.raises(UserError, match=f"did not return schema {schema_id}") as error:
        registry.schema_text(client, schema_id)
    assert not isinstance(error.value, UnknownSchemaError)


def test_a_registry_that_is_away_is_no_answer() -> None:
    away = Settings(registry=f"http://{HOST}:1")
    with pytest.raises(UserError, match="did not return schema 7") as error:
        registry.schema_text(registry.unchecked_client(away, seconds=1, retries=0), 7)
    assert not isinstance(error.value, UnknownSchemaError)
