"""The commands plan and apply, on contracts of a folder and a world of dicts."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.deployment import command
from tests.support.contract_sandbox import Change, ContractSandbox, field
from tests.support.deployment_model import Model


class Pipeline(ContractSandbox):
    """The contract, released once, and a world."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.model = Model()
        self.release()

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, [*arguments, "--schemas", str(self.folder)])


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    made = Pipeline(tmp_path)
    monkeypatch.setattr(command, "_live", lambda: made.model)
    return made


OPTIONAL = field("pallet", ["null", "string"], default=None)
REQUIRED = field("pallet", "string")


def test_plan_ends_with_2_for_changes_and_0_for_none_and_changes_nothing(
    pipeline: Pipeline,
) -> None:
    planned = pipeline.run("plan")
    assert (planned.exit_code, pipeline.model.log) == (2, [])
    assert "create    topic transactions: 4 partitions" in planned.output
    assert "create    subject transactions-value: released version 1" in planned.output
    applied = pipeline.run("apply")
    assert applied.exit_code == 0
    assert planned.output in applied.output
    again = pipeline.run("plan")
    assert again.exit_code == 0
    assert "nothing   1 topics and 2 subjects agree" in again.output
    assert "nothing to do" in again.output


@pytest.mark.parametrize(
    ("change", "said"), [(OPTIONAL, "contracts release"), (REQUIRED, "default-missing")]
)
def test_a_contract_that_is_not_released_or_breaks_is_a_conflict(
    pipeline: Pipeline, change: Change, said: str
) -> None:
    pipeline.edit(change)
    for asked in ("plan", "apply"):
        refused = pipeline.run(asked)
        assert refused.exit_code == 1
        assert "conflict  contract transaction.avsc" in refused.output
        assert said in refused.output
    assert pipeline.model.log == []


def test_a_released_version_is_registered(pipeline: Pipeline) -> None:
    pipeline.run("apply")
    pipeline.edit(OPTIONAL)
    pipeline.release()
    planned = pipeline.run("plan")
    assert planned.exit_code == 2
    assert "Plan: 1 create." in planned.output
    assert "subject transactions-value: released version 2" in planned.output


def test_an_unfit_contract_is_no_change(pipeline: Pipeline) -> None:
    pipeline.edit(lambda d: d.pop("owner"))
    assert pipeline.run("plan").exit_code == 1


def test_a_drifted_world_is_named_and_mended_as_far_as_may_be(pipeline: Pipeline) -> None:
    pipeline.run("apply")
    model = pipeline.model
    model.topics["transactions"][1].update({"retention.ms": "1000", "segment.ms": "1"})
    model.topics |= {"Transactions": (1, {}), "payments": (1, {})}
    model.modes["transactions-value"] = "NONE"
    model.subjects["transactions-value"][2] = '"string"'
    model.subjects["other-value"] = {1: '"string"'}
    planned = pipeline.run("plan")
    assert planned.exit_code == 2
    for said in (
        "topic transactions: retention.ms 1000 -> -1; changed by hand",
        "topic transactions: segment.ms = 1 is not in the contract; left as it is",
        "topic Transactions: another spelling of transactions; left as it is",
        "subject transactions-value: mode NONE -> FULL_TRANSITIVE; changed by hand",
        "subject transactions-value: version 2 is none that was released; left as it is",
        "subject other-value: no contract knows it; left as it is",
    ):
        assert f"drift     {said}" in planned.output
    assert "payments" not in planned.output
    assert pipeline.run("apply").exit_code == 0
    assert model.config("transactions")["retention.ms"] == "-1"
    assert model.modes["transactions-value"] == "FULL_TRANSITIVE"
    assert model.deleted == []
    left = pipeline.run("plan")
    assert left.exit_code == 0
    assert left.output.count("drift") == 4
    names = ["subject/other-value", "version/transactions-value/2"]
    told = [part for name in names for part in ("--delete", name)]
    assert pipeline.run("apply", *told).exit_code == 0
    assert sorted(model.deleted) == names
    assert pipeline.run("apply", *told).exit_code == 0


def test_what_belongs_to_a_contract_is_not_deleted(pipeline: Pipeline) -> None:
    pipeline.run("apply")
    refused = pipeline.run("apply", "--delete", "subject/transactions-value")
    assert refused.exit_code == 1
    assert "belongs to a contract" in refused.output
    assert pipeline.model.deleted == []


def test_a_written_plan_is_carried_out_and_again_changes_nothing(pipeline: Pipeline) -> None:
    file = str(pipeline.folder / "rollout.json")
    assert pipeline.run("plan", "--out", file).exit_code == 2
    assert pipeline.run("apply", "--plan", file).exit_code == 0
    done = list(pipeline.model.log)
    assert len(done) == 5
    assert pipeline.run("apply", "--plan", file).exit_code == 0
    assert pipeline.model.log == done


def test_a_written_plan_is_refused_when_the_world_or_the_contracts_changed(
    pipeline: Pipeline,
) -> None:
    file = str(pipeline.folder / "rollout.json")
    pipeline.run("plan", "--out", file)
    pipeline.model.subjects["other-value"] = {1: '"string"'}
    refused = pipeline.run("apply", "--plan", file)
    assert refused.exit_code == 1
    assert "no longer as they were" in refused.output
    del pipeline.model.subjects["other-value"]
    pipeline.edit(lambda d: d["topic"]["config"].update({"segment.ms": "1"}))
    assert pipeline.run("apply", "--plan", file).exit_code == 1
    assert pipeline.model.log == []


def test_the_plan_as_json_is_the_file(pipeline: Pipeline) -> None:
    file = pipeline.folder / "rollout.json"
    printed = pipeline.run("plan", "--format", "json", "--out", str(file))
    assert json.loads(printed.output) == json.loads(file.read_text("utf-8"))


FORMAT_2 = '{"format": 2, "where": "the model", "delete": [], "steps": []}'


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', FORMAT_2, "\x00"])
def test_what_is_no_plan_is_refused_with_a_sentence(pipeline: Pipeline, text: str) -> None:
    file = pipeline.folder / "rollout.json"
    file.write_text(text, "utf-8")
    refused = pipeline.run("apply", "--plan", str(file))
    assert refused.exit_code == 1
    assert "expected a plan as `python -m contracts plan --out rollout.json` writes it" in (
        refused.output
    )
    assert pipeline.run("apply", "--plan", f"{file}.none").exit_code == 1


def test_a_contract_that_is_gone_leaves_its_topic_named(pipeline: Pipeline) -> None:
    pipeline.run("apply")
    pipeline.path.unlink()
    left = pipeline.run("plan")
    assert left.exit_code == 0
    assert "drift     topic transactions: only older versions of the contracts have it" in (
        left.output
    )
    assert "drift     subject transactions-key: no contract knows it" in left.output


def test_many_subjects_of_others_are_counted(pipeline: Pipeline) -> None:
    pipeline.run("apply")
    pipeline.model.subjects |= {f"other-{number:03}": {1: '"string"'} for number in range(100)}
    left = pipeline.run("plan")
    assert "drift     80 more subjects that no contract knows" in left.output
    assert "other-020" not in left.output
    assert len(json.loads(pipeline.run("plan", "--format", "json").output)["steps"]) == 100
