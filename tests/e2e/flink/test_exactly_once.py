"""INVENTORY_DELIVERY=exactly-once: a job killed within its transactions publishes nothing twice."""

import os
import signal
import threading
import time
from collections import Counter

import pytest
from rich.console import Console

from stack.runtime import Stack
from tests.support.running_pipeline import RunningPipeline

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SECONDS_TO_SETTLE = 120


def test_every_level_is_published_once_after_kill_9_under_load() -> None:
    with Stack.on_free_ports(
        ["registry", "kafka"], delivery="exactly-once", gate="off", checkpoint_seconds=2
    ) as stack:
        stack.names += ["job"]
        stack.fetch(Console(quiet=True))
        pipeline = RunningPipeline(stack)
        assert pipeline.run("contracts", "apply").returncode == 0
        pipeline.start_job()
        for _ in range(2):
            load = threading.Thread(target=pipeline.send, args=(6_000, 1_000))
            load.start()
            time.sleep(4.5)
            job = stack.pid("job")
            assert job
            os.kill(job, signal.SIGKILL)
            load.join()
            stack.wait("job")
            assert not pipeline.differences(SECONDS_TO_SETTLE)
        published = Counter((row.key(), row.version) for row in pipeline.published())
        assert len(published) > 1_000
        assert not [level for level, times in published.items() if times > 1]
        audited = pipeline.run("audit")
        assert audited.returncode == 0, audited.stdout + audited.stderr
