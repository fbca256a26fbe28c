"""The registry's texts, asked for beside the gate's work, so that nothing waits for it long."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

from confluent_kafka.schema_registry.error import SchemaRegistryError

from connect import registry
from connect.registry import UnknownSchemaError
from connect.settings import Settings

ANSWER_SECONDS = 3.0
WAIT_SECONDS = 0.2
UNKNOWN_SECONDS = 10.0
"""How long an id stays unknown without asking again: registries' copies may lag behind."""
MOST_UNKNOWN = 10_000
SCHEMA_NOT_FOUND = 40403
"""The registry's own code: a proxy that answers 404 knows nothing about schemas."""


class RegistryUnavailableError(Exception):
    """The registry has not said what an id is: neither a text nor that there is none."""


class SchemaCache:
    """schema id -> its text. Raises UnknownSchemaError or RegistryUnavailableError (try later)."""

    def __init__(self, fetch: Callable[[int], str]) -> None:
        self._fetch = fetch
        self._known: dict[int, str] = {}
        self._unknown_until: dict[int, float] = {}
        self._asked: dict[int, Future[str]] = {}
        self._asker = ThreadPoolExecutor(1, "registry")

    def __call__(self, schema_id: int) -> str:
        if schema_id in self._known:
            return self._known[schema_id]
        if monotonic() < self._unknown_until.get(schema_id, 0):
            raise UnknownSchemaError(f"The registry has no schema {schema_id}.")
        future = self._asked.get(schema_id)
        wait = 0.0
        if future is None:
            future = self._asked[schema_id] = self._asker.submit(self._fetch, schema_id)
            wait = WAIT_SECONDS
        try:
            text = future.result(wait)
        except UnknownSchemaError:
            if len(self._unknown_until) >= MOST_UNKNOWN:
                self._unknown_until.clear()
            self._unknown_until[schema_id] = monotonic() + UNKNOWN_SECONDS
            del self._asked[schema_id]
            raise
        except TimeoutError:
            if future.done():
                del self._asked[schema_id]
            raise RegistryUnavailableError from None
        except Exception as error:  # noqa: BLE001 - of many kinds, from several libraries
            del self._asked[schema_id]
            raise RegistryUnavailableError(f"{error}") from None
        self._known[schema_id] = text
        del self._asked[schema_id]
        return text

    def close(self) -> None:
        self._asker.shutdown(wait=False, cancel_futures=True)


def fetch_from(settings: Settings) -> Callable[[int], str]:
    """Asks the registry once. Raises UnknownSchemaError only when the registry itself says so."""
    client = registry.unchecked_client(settings, ANSWER_SECONDS, retries=0)

    def fetch(schema_id: int) -> str:
        try:
            return str(client.get_schema(schema_id).schema_str)
        except SchemaRegistryError as error:
            if error.error_code == SCHEMA_NOT_FOUND:
                raise UnknownSchemaError(f"The registry has no schema {schema_id}.") from None
            raise

    return fetch
