"""The commands plan and apply, on a folder of contracts and an in-memory backend."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.deployment import command
from tests.support.contract_sandbox import Change, ContractSandbox, field
from tests.support.deployment_model import Model


class Pipeline(ContractSandbox):
    """A contract, released once, and an in-memory backend."""

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


def test_plan_exits_with_2_for_changes_and_0_for_none(
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
    ("change", "message"), [(OPTIONAL, "contracts release"), (REQUIRED, "default-missing")]
)
def test_an_unreleased_or_incompatible_contract_is_a_conflict(
    pipeline: Pipeline, change: Change, message: str
) -> None:
    pipeline.edit(change)
    for command_name in ("plan", "apply"):
        refused = pipeline.run(command_name)
        assert refused.exit_code == 1
        assert "conflict  contract transaction.avsc" in refused.output
        assert message in refused.output
    assert pipeline.model.log == []


def test_a_released_version_is_registered(pipeline: Pipeline) -> None:
    pipeline.run("apply")
    pipeline.edit(OPTIONAL)
    pipeline.release()
    planned = pipeline.run("plan")
    assert planned.exit_code == 2
    assert "Plan: 1 create." in planned.output
    assert "subject transactions-value: released version 2" in planned.output


def test_a_schema_has_the_number_of_its_release_also_after_one_of_limits_only(
    pipeline: Pipeline,
) -> None:
    pipeline.run("apply")
    pipeline.edit(lambda document: document.update(owner="another team"))
    pipeline.release()
    pipeline.edit(OPTIONAL)
    pipeline.release()
    assert "subject transactions-value: released version 3" in pipeline.run("plan").output


def test_an_invalid_contract_exits_with_1(pipeline: Pipeline) -> None:
    pipeline.edit(lambda d: d.pop("owner"))
    assert pipeline.run("plan").exit_code == 1


def test_drift_is_listed_and_corrected_except_for_deletions(pipeline: Pipeline) -> None:
    pipeline.run("apply")
    model = pipeline.model
    model.topics["transactions"][1].update({"retention.ms": "1000", "segment.ms": "1"})
    model.topics |= {"Transactions": (1, {}), "payments": (1, {})}
    model.modes["transactions-value"] = "NONE"
    model.subjects["transactions-value"][2] = '"string"'
    planned = pipeline.run("plan")
    assert planned.exit_code == 2
    for description in (
        "topic transactions: retention.ms 1000 -> -1; changed by hand",
        "topic transactions: segment.ms = 1 is not in the contract; kept",
        "topic Transactions: another spelling of transactions; kept",
        "subject transactions-value: mode NONE -> FULL_TRANSITIVE; changed by hand",
        "subject transactions-value: registry version 2 was never released; kept",
    ):
        assert f"drift     {description}" in planned.output
    assert "payments" not in planned.output
    assert pipeline.run("apply").exit_code == 0
    assert model.config("transactions")["retention.ms"] == "-1"
    assert model.modes["transactions-value"] == "FULL_TRANSITIVE"
    assert model.deleted == []
    left = pipeline.run("plan")
    assert left.exit_code == 0
    assert left.output.count("drift") == 3
    approved = ("--delete", "version/transactions-value/2")
    assert pipeline.run("apply", *approved).exit_code == 0
    assert model.deleted == ["version/transactions-value/2"]
    assert pipeline.run("apply", *approved).exit_code == 0


def test_a_contracts_subject_cannot_be_deleted(pipeline: Pipeline) -> None:
    pipeline.run("apply")
    refused = pipeline.run("apply", "--delete", "subject/transactions-value")
    assert refused.exit_code == 1
    assert "belongs to a contract" in refused.output
    assert pipeline.model.deleted == []


def test_a_saved_plan_is_applied_once(pipeline: Pipeline) -> None:
    file = str(pipeline.folder / "rollout.json")
    assert pipeline.run("plan", "--out", file).exit_code == 2
    assert pipeline.run("apply", "--plan", file).exit_code == 0
    done = list(pipeline.model.log)
    assert len(done) == 5
    assert pipeline.run("apply", "--plan", file).exit_code == 0
    assert pipeline.model.log == done


def test_a_saved_plan_is_refused_after_a_change(
    pipeline: Pipeline,
) -> None:
    file = str(pipeline.folder / "rollout.json")
    pipeline.run("plan", "--out", file)
    pipeline.model.subjects["transactions-value"] = {1: '"string"'}
    refused = pipeline.run("apply", "--plan", file)
    assert refused.exit_code == 1
    assert "have changed since this plan was made" in refused.output
    del pipeline.model.subjects["transactions-value"]
    pipeline.edit(lambda d: d["topic"]["config"].update({"segment.ms": "1"}))
    assert pipeline.run("apply", "--plan", file).exit_code == 1
    assert pipeline.model.log == []


def test_the_json_output_equals_the_saved_plan(pipeline: Pipeline) -> None:
    file = pipeline.folder / "rollout.json"
    printed = pipeline.run("plan", "--format", "json", "--out", str(file))
    assert json.loads(printed.output) == json.loads(file.read_text("utf-8"))


FORMAT_1 = '{"format": 1, "where": "the model", "delete": [], "steps": []}'


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', FORMAT_1, "\x00"])
def test_an_invalid_plan_file_is_refused(pipeline: Pipeline, text: str) -> None:
    file = pipeline.folder / "rollout.json"
    file.write_text(text, "utf-8")
    refused = pipeline.run("apply", "--plan", str(file))
    assert refused.exit_code == 1
    assert "expected a plan as `python -m contracts plan --out rollout.json` writes it" in (
        refused.output
    )
    assert pipeline.run("apply", "--plan", f"{file}.none").exit_code == 1


def test_a_removed_contract_leaves_its_topic_and_subjects_as_drift(pipeline: Pipeline) -> None:
    pipeline.run("apply")
    pipeline.path.unlink()
    left = pipeline.run("plan")
    assert left.exit_code == 0
    assert "drift     topic transactions: declared by older contract versions only" in (left.output)
    line = "drift     subject transactions-key: declared by older contract versions only; kept"
    assert line in left.output
    assert pipeline.run("apply", "--delete", "subject/transactions-key").exit_code == 0
    assert pipeline.model.deleted == ["subject/transactions-key"]


def test_plan_is_silent_about_2000_subjects_and_500_topics_of_others(pipeline: Pipeline) -> None:
    pipeline.run("apply")
    alone = pipeline.run("plan").output
    model = pipeline.model
    model.subjects |= {f"team-{number}-value": {1: '"string"'} for number in range(2000)}
    model.topics |= {f"team-{number}": (1, {}) for number in range(500)}
    assert pipeline.run("plan").output == alone
    for name in ("subject/team-7-value", "version/team-7-value/1", "setting/team-7/retention.ms"):
        refused = pipeline.run("apply", "--delete", name)
        assert refused.exit_code == 1
        assert "is of no contract" in refused.output
    assert model.deleted == []


def test_a_saved_plan_is_applied_whatever_others_have_registered(pipeline: Pipeline) -> None:
    file = str(pipeline.folder / "rollout.json")
    pipeline.run("plan", "--out", file)
    pipeline.model.subjects["other-value"] = {1: '"string"'}
    assert pipeline.run("apply", "--plan", file).exit_code == 0


def test_a_version_of_a_newer_checkout_is_named_and_kept(pipeline: Pipeline) -> None:
    pipeline.run("apply")
    before = pipeline.path.read_text("utf-8")
    pipeline.edit(OPTIONAL)
    pipeline.release()
    pipeline.run("apply")
    pipeline.path.write_text(before, "utf-8")
    (pipeline.folder / "released" / "transaction" / "2.avsc").unlink()
    planned = pipeline.run("plan")
    assert planned.exit_code == 0
    assert (
        "newer     subject transactions-value: registry version 2 was released by a newer checkout"
        in (planned.output)
    )
    assert "if its file in released/ was deleted here, restore that" in planned.output
    assert "--delete" not in planned.output
    refused = pipeline.run("apply", "--delete", "version/transactions-value/2")
    assert refused.exit_code == 1
    assert "no version that a newer checkout released" in refused.output
    assert pipeline.model.deleted == []


def test_an_applied_field_is_taken_back_by_a_further_release(pipeline: Pipeline) -> None:
    pipeline.run("apply")
    before = pipeline.path.read_text("utf-8")
    pipeline.edit(OPTIONAL)
    pipeline.release()
    pipeline.run("apply")
    pipeline.path.write_text(before, "utf-8")
    assert pipeline.run("release").exit_code == 0
    assert pipeline.run("check").exit_code == 0
    planned = pipeline.run("plan")
    assert planned.exit_code == 0
    assert "newer" not in planned.output
    assert "nothing to do" in planned.output


def test_read_only_and_forbidden_names_are_one_conflict_each(pipeline: Pipeline) -> None:
    pipeline.model.refused |= {"transactions-value", "transactions"}
    pipeline.model.unreadable |= {"transactions-key"}
    for command_name in ("plan", "apply"):
        refused = pipeline.run(command_name)
        assert refused.exit_code == 1
        lines = [line for line in refused.output.splitlines() if line.startswith("conflict")]
        assert sorted(lines) == [
            "conflict  subject transactions-key: no permission",
            "conflict  subject transactions-value: no permission",
            "conflict  topic transactions: no permission",
        ]
    assert pipeline.model.log == []
