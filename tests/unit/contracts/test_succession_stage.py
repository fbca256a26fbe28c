"""The stage of a succession is the first whose condition is not met."""

import pytest

from contracts.contract_file import load_all
from contracts.evolution.stage import Progress
from tests.support.succession_road import Road


def test_the_stage_is_the_first_whose_condition_is_not_met(converted: Road) -> None:
    old, new = load_all(converted.folder)

    def stage(
        lacking: tuple[str, ...], waiting: int, readers: tuple[str, ...], records: int
    ) -> int:
        progress = Progress(
            old=old,
            new=new,
            lacking=lacking,
            lacking_accepted=(),
            waiting={"transactions": waiting},
            readers=readers,
            records=records,
        )
        assert f"stage {progress.stage} of 5" in progress.sentence()
        return progress.stage

    assert stage(("transactions-v2",), 7, ("the job",), 7) == 1
    assert stage((), 7, ("the job",), 7) == 2
    assert stage((), 0, ("the job",), 7) == 3
    assert stage((), 0, (), 7) == 4
    assert stage((), 0, (), 0) == 5


@pytest.mark.parametrize(
    ("lacking", "accepted", "sentence"),
    [
        (("transactions-v2",), ("accepted-transactions-v2",),
         "transactions-v2 does not exist: `python -m contracts apply`, then restart the gate"),
        ((), ("accepted-transactions-v2",),
         "the gate does not write accepted-transactions-v2 yet: restart it "
         "(`python -m stack restart gate`)"),
    ],
)  # fmt: skip
def test_the_first_stage_names_the_topic_that_is_really_missing(
    converted: Road, lacking: tuple[str, ...], accepted: tuple[str, ...], sentence: str
) -> None:
    old, new = load_all(converted.folder)
    progress = Progress(
        old=old,
        new=new,
        lacking=lacking,
        lacking_accepted=accepted,
        waiting={},
        readers=(),
        records=1,
    )
    assert sentence in progress.sentence()
    assert ("contracts apply" in progress.sentence()) is bool(lacking)
