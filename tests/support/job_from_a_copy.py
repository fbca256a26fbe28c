"""A pipeline whose job runs from a changed copy of the tree, and its page Pipeline."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page
from rich.console import Console

from stack.runtime import Stack
from tests.support import browser
from tests.support.patience import until
from tests.support.running_pipeline import RunningPipeline
from tests.support.tree_copy import TreeCopy


@contextmanager
def pipeline_without_job() -> Iterator[RunningPipeline]:
    """Start all but the job, with a checkpoint each two seconds."""
    with Stack.on_free_ports(["registry", "kafka"], checkpoint_seconds=2) as stack:
        stack.names += ["gate", "job", "views", "dashboard"]
        stack.fetch(Console(quiet=True))
        running = RunningPipeline(stack)
        applied = running.run("contracts", "apply")
        assert applied.returncode == 0, applied.stderr
        for name in ("gate", "views", "dashboard"):
            stack.start(name)
        for name in ("gate", "views", "dashboard"):
            stack.wait(name)
        yield running


@contextmanager
def pipeline_page(pipeline: RunningPipeline) -> Iterator[Page]:
    """Open the page Pipeline in a browser."""
    settings = pipeline.settings
    with browser.browser() as opened:
        opened.goto(f"http://{settings.host}:{settings.dashboard_port}/pipeline")
        yield opened


@contextmanager
def job_of(tree: TreeCopy) -> Iterator[None]:
    """Run the job from a copy, once it is healthy."""
    with tree.service("flink.job"):
        until(tree.world.stack.processes["job"].healthy)
        yield
