"""A benchmark that is ended by SIGTERM ends what it has started."""

import subprocess
import sys

SCRIPT = """
import time
from benchmarks.pipeline import end_in_order

end_in_order()
try:
    print("started", flush=True)
    time.sleep(60)
finally:
    print("ended its servers", flush=True)
"""


def test_sigterm_ends_a_benchmark_in_order() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    process.terminate()
    assert process.communicate(timeout=30)[0] == "ended its servers\n"
