"""A producer whose broker stores nothing."""

import time
from typing import Any


class SlowKafka:
    """In place of a producer: it stores nothing until it is opened."""

    def __init__(self, producer: Any) -> None:
        self.is_open = False
        self.flushes = 0
        self._producer = producer
        self._held: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def send(self, *arguments: Any, **options: Any) -> None:
        self._held.append((arguments, options))

    def poll(self, seconds: float) -> None:
        self._producer.poll(seconds)

    def flush(self, seconds: float) -> int:
        self.flushes += 1
        if not self.is_open:
            time.sleep(0.01)
            return len(self._held)
        held, self._held = self._held, []
        for arguments, options in held:
            self._producer.send(*arguments, **options)
        return int(self._producer.flush(seconds))

    def __len__(self) -> int:
        return len(self._held) + len(self._producer)
