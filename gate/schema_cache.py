"""Schemas by id, fetched in the background: only records of a schema without an answer wait."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from connect import registry
from connect.expiring_set import ExpiringSet
from connect.registry import UnknownSchemaError
from connect.settings import Settings
from connect.unknown_schemas import UNKNOWN_SECONDS, unknown_schema
from gate.reasons import UndecidedError

ANSWER_SECONDS = 3.0
"""Time limit of a request to the registry."""
REQUESTS_AT_ONCE = 4
LARGEST_QUEUE = 128
"""Requests without an answer; further ids are requested when there is room."""
RETRY_SECONDS = 0.5
"""Time after a request that failed until the id is requested again."""


class RegistryUnavailableError(UndecidedError):
    """The registry has not answered yet, neither with a schema nor that there is none."""


K = TypeVar("K")
V = TypeVar("V")


class SchemaCache(Generic[K, V]):
    """Maps an id to its schema, or another name of a schema to its id, and never waits.

    Raises UnknownSchemaError, or RegistryUnavailableError: then try again later.
    """

    def __init__(self, fetch: Callable[[K], V]) -> None:
        self._fetch = fetch
        self._schemas: dict[K, V] = {}
        self._unknown: ExpiringSet[K] = ExpiringSet(UNKNOWN_SECONDS)
        self._failed: ExpiringSet[K] = ExpiringSet(RETRY_SECONDS)
        self._requests: dict[K, Future[V]] = {}
        self._executor = ThreadPoolExecutor(REQUESTS_AT_ONCE, "registry")

    def __call__(self, schema_id: K) -> V:
        self.request(schema_id)
        if schema_id in self._schemas:
            return self._schemas[schema_id]
        if schema_id in self._unknown:
            raise unknown_schema(schema_id)
        raise RegistryUnavailableError

    def request(self, schema_id: K) -> None:
        """Ask for a schema unless it is known, and note the answer if there is one."""
        if schema_id in self._schemas:
            return
        if schema_id in self._requests:
            self._note_answer(schema_id)
        elif schema_id not in self._unknown and schema_id not in self._failed:
            if len(self._requests) >= LARGEST_QUEUE:
                for each in list(self._requests):
                    self._note_answer(each)
            if len(self._requests) < LARGEST_QUEUE:
                self._requests[schema_id] = self._executor.submit(self._fetch, schema_id)

    def _note_answer(self, schema_id: K) -> None:
        request = self._requests[schema_id]
        if not request.done():
            return
        del self._requests[schema_id]
        try:
            self._schemas[schema_id] = request.result()
        except UnknownSchemaError:
            self._unknown.add(schema_id)
        except Exception:  # noqa: BLE001 - of many kinds, from several libraries
            self._failed.add(schema_id)

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)


Guid = tuple[str, str]
"""(the contract's subject, GUID)"""


def open_caches(settings: Settings) -> tuple[SchemaCache[int, str], SchemaCache[Guid, int]]:
    """Open caches over the registry, of schemas by id and of ids by GUID.

    Each fetch is one try.
    """
    client = registry.unchecked_client(settings, ANSWER_SECONDS, retries=0)
    return (
        SchemaCache(lambda schema_id: registry.schema_text(client, schema_id)),
        SchemaCache(
            lambda guid: registry.schema_id_of_guid(client, settings.prefixed(guid[0]), guid[1])
        ),
    )
