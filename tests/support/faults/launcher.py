"""python -m tests.support.faults.launcher CLOCK PLANTED MODULE …: run a module of the pipeline.

CLOCK is a file with the seconds by which the clock of this process is wrong: it jumps when the file
changes. PLANTED names a mistake of planted_faults that the process is to make; "-": none. The
module itself is not changed, and knows nothing of either.
"""

import runpy
import sys
import time
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

from schemas import clock

NOTHING = "-"


def shift_clock(file: Path) -> None:
    """Let the process take the time from a clock that is wrong; before other modules import it."""
    right = time.time

    def wrong_by() -> float:
        try:
            return float(file.read_text())
        except (OSError, ValueError):  # there is no jump, or it is written at this moment
            return 0.0

    def utc_now() -> datetime:
        return clock.whole_milliseconds(datetime.now(UTC) + timedelta(seconds=wrong_by()))

    time.time = lambda: right() + wrong_by()
    clock.utc_now = utc_now


def main() -> None:
    clock_file, planted, module, *arguments = sys.argv[1:]
    shift_clock(Path(clock_file))
    if planted != NOTHING:
        import_module("tests.support.faults.planted_faults").plant(planted)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
