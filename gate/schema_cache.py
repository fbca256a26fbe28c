"""Schemas by id, fetched in the background so that no record waits long for the registry."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

from connect import registry
from connect.registry import UnknownSchemaError
from connect.settings import Settings

ANSWER_SECONDS = 3.0
"""Time limit of a request to the registry."""
WAIT_SECONDS = 0.2
"""Time for which the first record with an id waits."""
UNKNOWN_SECONDS = 10.0
"""Time for which an id stays unknown without another request: replicas may lag behind."""
UNKNOWN_LIMIT = 10_000
"""Unknown ids that are kept."""


class RegistryUnavailableError(Exception):
    """The registry has not answered yet, neither with a schema nor that there is none."""


class SchemaCache:
    """Maps a schema id to its schema.

    Raises UnknownSchemaError, or RegistryUnavailableError: then try again later.
    """

    def __init__(self, fetch: Callable[[int], str]) -> None:
        self._fetch = fetch
        self._schemas: dict[int, str] = {}
        self._unknown_until: dict[int, float] = {}
        self._requests: dict[int, Future[str]] = {}
        self._executor = ThreadPoolExecutor(1, "registry")

    def __call__(self, schema_id: int) -> str:
        if schema_id in self._schemas:
            return self._schemas[schema_id]
        if monotonic() < self._unknown_until.get(schema_id, 0):
            raise UnknownSchemaError(f"The registry has no schema {schema_id}.")
        request = self._requests.get(schema_id)
        wait = 0.0
        if request is None:
            request = self._executor.submit(self._fetch, schema_id)
            self._requests[schema_id] = request
            wait = WAIT_SECONDS
        try:
            schema = request.result(wait)
        except UnknownSchemaError:
            if len(self._unknown_until) >= UNKNOWN_LIMIT:
                self._unknown_until.clear()
            self._unknown_until[schema_id] = monotonic() + UNKNOWN_SECONDS
            del self._requests[schema_id]
            raise
        except TimeoutError:
            if request.done():
                del self._requests[schema_id]
            raise RegistryUnavailableError from None
        except Exception as error:  # noqa: BLE001 - of many kinds, from several libraries
            del self._requests[schema_id]
            raise RegistryUnavailableError(f"{error}") from None
        self._schemas[schema_id] = schema
        del self._requests[schema_id]
        return schema

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)


def open_cache(settings: Settings) -> SchemaCache:
    """Open a cache over the registry; each fetch is one request without retries."""
    client = registry.unchecked_client(settings, ANSWER_SECONDS, retries=0)
    return SchemaCache(lambda schema_id: registry.schema_text(client, schema_id))
