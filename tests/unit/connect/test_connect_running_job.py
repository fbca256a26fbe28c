"""The installation's job in the list of a cluster's jobs."""

import pytest

from connect.errors import UserError
from connect.running_job import require_running


def test_the_converter_is_not_taken_for_the_job() -> None:
    """Its name begins with that of the job, and it may have started later."""
    tasks = {"running": 1, "total": 1}
    both = {"state": "RUNNING", "tasks": tasks, "start-time": 1}
    job = {**both, "jid": "job", "name": "inventory k"}
    converter = {**both, "jid": "other", "name": "inventory k conversions", "start-time": 2}
    assert require_running({"jobs": [job, converter]}, "inventory k") == "job"
    with pytest.raises(UserError, match="not on the Flink cluster"):
        require_running({"jobs": [converter]}, "inventory k")
