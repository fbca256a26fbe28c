"""A REST API of Flink that gives the answers of a test."""

import json
from functools import partial
from typing import Any

from connect.settings import Settings
from tests.support.certificates import Certificate
from tests.support.http_server import Answer, HttpServer, Request

UNKNOWN_CLIENT: Answer = (401, {"errors": ["Unauthorized"]})
NO_JOB: Answer = (404, {"errors": ["Job j not found", "org.apache.flink…: trace"]})


class FlinkRest(HttpServer):
    """Serves answers by method and path.

    An answer that is a list is given one by one, the last of them for ever.
    """

    def __init__(
        self,
        certificate: Certificate | None = None,
        clients: Certificate | None = None,
        token: str = "",
    ) -> None:
        """certificate: for TLS; clients: the one that clients must have; token: theirs."""
        self.answers: dict[str, Answer | list[Answer]] = {}
        """By "GET /jobs/overview" and the like, without a query."""
        self.bodies: dict[str, Any] = {}
        """Content of the newest request, by the same keys."""
        self._token = token
        super().__init__(
            self._respond, partial(certificate.secure, clients=clients) if certificate else None
        )
        self.settings = Settings(flink=self.url.removeprefix("http://"))

    def _respond(self, request: Request) -> Answer:
        key = f"{request.method} {request.path}"
        self.bodies[key] = json.loads(request.body) if request.body else None
        if self._token and request.headers["Authorization"] != f"Bearer {self._token}":
            return UNKNOWN_CLIENT
        return self.answer(key)

    def answer(self, key: str) -> Answer:
        answers = self.answers[key]
        if isinstance(answers, list):
            return answers.pop(0) if len(answers) > 1 else answers[0]
        return answers
