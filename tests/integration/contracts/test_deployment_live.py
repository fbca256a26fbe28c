"""Plan and apply on a real broker and registry: drift, interruptions, conflicts."""

import json
import signal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from confluent_kafka.admin import NewTopic  # type: ignore[attr-defined]

from connect import kafka, registry
from contracts.__main__ import main
from contracts.contract_file import load_all
from contracts.deployment.apply import apply_plan
from contracts.deployment.backend import LiveBackend
from contracts.deployment.desired import desired_state
from contracts.deployment.plan import Plan, plan
from stack.runtime import Stack
from tests.support.contract_sandbox import field
from tests.support.deployment_drill import Drill

pytestmark = pytest.mark.slow

UNREACHABLE = {"INVENTORY_REGISTRY": "http://127.0.0.1:1"}


def test_exit_codes_are_2_for_changes_then_0_and_1_without_a_registry(drill: Drill) -> None:
    codes = []
    for command in ("plan", "apply", "plan", "apply"):
        process = drill.process(command)
        output, errors = process.communicate(timeout=60)
        codes.append(process.returncode)
        assert errors == ""
    assert codes == [2, 0, 0, 0]
    assert "nothing   1 topics and 2 subjects agree with the contracts" in output
    unreachable = CliRunner().invoke(main, ["plan"], env=drill.stack.environment() | UNREACHABLE)
    assert unreachable.exit_code == 1


def test_drift_is_listed_and_corrected_except_for_deletions(drill: Drill) -> None:
    drill.run("apply")
    clean = drill.state()
    drill.set("retention.ms", "3600000")
    drill.set("max.message.bytes", "1000")
    drill.ask("PUT", f"config/{drill.value}", compatibility="NONE")
    foreign = drill.rewritten(field("forced", "string"))
    drill.ask("POST", f"subjects/{drill.value}/versions", schema=foreign)
    named = f"{drill.value}-Referred"
    key = json.loads(drill.ask("GET", f"subjects/{drill.key}/versions/1")["schema"])
    name = f"{key['namespace']}.{key['name']}"
    record = {"type": "record", "name": "R", "fields": [{"name": "x", "type": name}]}
    reference = {"name": name, "subject": drill.key, "version": 1}
    for subject in (named, drill.value):
        drill.ask(
            "POST",
            f"subjects/{subject}/versions",
            schema=json.dumps(record),
            references=[reference],
        )
    misspelt = drill.topic.replace("-", "_")
    drill.admin.create_topics([NewTopic(misspelt, 1, 1)])[misspelt].result(30)

    planned = drill.run("plan")
    assert planned.exit_code == 2
    corrected = [
        f"topic {drill.topic}: retention.ms 3600000 -> -1; changed by hand",
        f"subject {drill.value}: mode NONE -> FULL_TRANSITIVE; changed by hand",
    ]
    kept = [
        f"topic {drill.topic}: max.message.bytes = 1000 is not in the contract",
        f"topic {misspelt}: another spelling of {drill.topic}",
        f"subject {drill.value}: registry version 3 was never released",
        f"subject {drill.value}: registry version 4 was never released",
    ]
    for description in corrected + kept:
        assert f"drift     {description}" in planned.output
    applied = drill.run("apply")
    assert applied.exit_code == 0
    assert [line for line in applied.output.splitlines() if line.startswith("done")] == [
        f"done      {description}" for description in corrected
    ]
    after = drill.run("plan")
    assert after.exit_code == 0
    assert all(f"drift     {description}" in after.output for description in kept)
    assert len(drill.state()[2][1][1]) == 4

    names = [
        f"version/{drill.value}/3",
        f"version/{drill.value}/4",
        f"setting/{drill.topic}/max.message.bytes",
    ]
    approved = [part for name in names for part in ("--delete", name)]
    assert drill.run("apply", *approved).exit_code == 0
    assert drill.state() == clean
    assert named in drill.ask("GET", "subjects")
    assert drill.run("apply", *approved).exit_code == 0
    drill.admin.delete_topics([misspelt])[misspelt].result(30)
    drill.ask("DELETE", f"subjects/{named}")


def test_a_shorter_retention_needs_approval(drill: Drill) -> None:
    drill.edit(lambda d: d["topic"]["config"].update({"retention.ms": "86400000"}))
    drill.release()
    drill.run("apply")
    drill.set("retention.ms", "-1")
    assert "Kafka may then delete records" in drill.run("apply").output
    assert drill.state()[1]["retention.ms"] == "-1"
    assert drill.run("plan").exit_code == 2
    assert drill.run("apply", "--delete", f"records/{drill.topic}").exit_code == 0
    assert drill.state()[1]["retention.ms"] == "86400000"


def test_another_number_of_partitions_is_a_conflict(drill: Drill) -> None:
    drill.admin.create_topics([NewTopic(drill.topic, 2, 1)])[drill.topic].result(30)
    for command in ("plan", "apply"):
        refused = drill.run(command)
        assert refused.exit_code == 1
        assert "has 2 partitions and transaction.avsc declares 4" in refused.output
    assert drill.value not in drill.ask("GET", "subjects")


def test_plan_and_registry_refuse_a_breaking_change(drill: Drill) -> None:
    drill.run("apply")
    before = drill.state()
    broken = drill.rewritten(field("forced", "string"))
    drill.edit(field("forced", "string"))
    for command in ("plan", "apply"):
        refused = drill.run(command)
        assert refused.exit_code == 1
        assert "default-missing" in refused.output
    url = f"{drill.stack.settings.registry_url}/subjects/{drill.value}/versions"
    assert requests.post(url, json={"schema": broken}, timeout=10).status_code == 409
    assert drill.state() == before


@pytest.mark.parametrize("mode", ["FULL_TRANSITIVE", "NONE"])
def test_a_version_that_the_registry_would_refuse_is_a_conflict(drill: Drill, mode: str) -> None:
    drill.run("apply")
    drill.ask("PUT", f"config/{drill.value}", compatibility="NONE")
    forced = drill.rewritten(field("forced", "string"))
    drill.ask("POST", f"subjects/{drill.value}/versions", schema=forced)
    drill.ask("PUT", f"config/{drill.value}", compatibility=mode)
    drill.edit(field("weight", ["null", "int"], default=None))
    drill.release()
    before = drill.state()
    for command in ("plan", "apply"):
        refused = drill.run(command)
        assert refused.exit_code == 1
        assert "would refuse released version 3 of transaction.avsc (409)" in refused.output
        assert "not compatible with registry version 3 there" in refused.output
    assert drill.state() == before
    assert drill.run("apply", "--delete", f"version/{drill.value}/3").exit_code == 0
    assert drill.run("plan").exit_code == 0


def made(drill: Drill, approved: frozenset[str]) -> tuple[Plan, LiveBackend]:
    settings = drill.stack.settings
    live = LiveBackend(kafka.admin(settings), registry.client(settings), "the registry")
    desired = desired_state(load_all(drill.folder), drill.folder / "released")
    return plan(desired, live.actual_state(desired), approved), live


def drift(drill: Drill) -> frozenset[str]:
    """Cause drift that four steps correct; return the deletions among them."""
    drill.run("apply")
    drill.set("retention.ms", "3600000")
    drill.set("segment.ms", "3600000")
    drill.ask("PUT", f"config/{drill.value}", compatibility="NONE")
    foreign = drill.rewritten(field("forced", "string"))
    drill.ask("POST", f"subjects/{drill.value}/versions", schema=foreign)
    return frozenset({f"version/{drill.value}/3", f"setting/{drill.topic}/segment.ms"})


@pytest.mark.parametrize(("begin", "steps"), [(lambda _: frozenset(), 6), (drift, 4)])
def test_stopping_after_any_step_and_running_again_reaches_the_same_state(
    stack: Stack, tmp_path: Path, begin: Any, steps: int
) -> None:
    ends = []
    for last in range(steps + 1):
        folder = tmp_path / str(last)
        folder.mkdir()
        drill = Drill(stack, folder, f"stopped-after-{last}-of-{steps}")
        approved = begin(drill)
        first, live = made(drill, approved)
        assert len(first.todo) == steps
        assert len(list(islice(apply_plan(first, live), last))) == last
        second, live = made(drill, approved)
        assert second.todo == first.todo[last:]
        assert first.leads_to(second)
        assert len(list(apply_plan(second, live))) == steps - last
        ends.append(drill.state())
    assert ends == ends[:1] * (steps + 1)


def test_sigkill_after_any_step_and_running_again_reaches_the_same_state(
    stack: Stack, tmp_path: Path
) -> None:
    ends = []
    for last in range(5):
        folder = tmp_path / str(last)
        folder.mkdir()
        drill = Drill(stack, folder, f"killed-after-{last}")
        drill.run("plan", "--out", str(folder / "rollout.json"))
        process = drill.process("apply", "--plan", str(folder / "rollout.json"))
        assert process.stdout
        # Line 0 is the plan's last line: at that moment apply performs its first step.
        lines = (line for line in process.stdout if line.startswith(("Plan:", "done")))
        for _ in islice(lines, last + 1):
            pass
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
        assert drill.run("apply", "--plan", str(folder / "rollout.json")).exit_code == 0
        assert drill.run("plan").exit_code == 0
        ends.append(drill.state())
    assert ends == ends[:1] * 5


def test_a_saved_plan_is_refused_after_a_change(drill: Drill) -> None:
    file = str(drill.folder / "rollout.json")
    drill.run("plan", "--out", file)
    drill.ask("POST", f"subjects/{drill.value}/versions", schema='"string"')
    refused = drill.run("apply", "--plan", file)
    assert refused.exit_code == 1
    assert "have changed since this plan was made" in refused.output
    assert drill.topic not in drill.admin.list_topics(timeout=10).topics
