"""Two installations on one Flink cluster: each sees its own job only."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connect import cluster_rest
from connect.kafka import job_name
from connect.settings import Settings

JOBS = [
    {"jid": "theirs", "name": job_name("k1"), "state": "RUNNING"},
    {"jid": "ended", "name": job_name("k2"), "state": "CANCELED"},
    {"jid": "ours", "name": job_name("k3"), "state": "RESTARTING"},
]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"jobs": JOBS}).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def settings() -> Iterator[Settings]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Settings(flink=f"127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def test_the_job_of_another_kafka_does_not_keep_ours_from_starting(settings: Settings) -> None:
    assert cluster_rest.running(settings, job_name("k2")) is None
    assert cluster_rest.running(settings, job_name("k3")) == "ours"
