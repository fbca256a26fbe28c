"""A backup is read back as it was written, or refused with the name of the damaged file."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup import manifest, segment
from backup.manifest import FILE, SUFFIX, Backup
from backup.segment import SavedMessage
from connect.errors import UserError
from tests.support.saved_backup import saved

OPTIONAL_BYTES = st.none() | st.binary(max_size=40)
HEADERS = st.none() | st.lists(st.tuples(st.text(max_size=8), OPTIONAL_BYTES), max_size=3)
TIMES = st.integers(-(2**63), 2**63 - 1)
MESSAGES = st.lists(
    st.builds(SavedMessage, st.integers(0, 2**62), TIMES, OPTIONAL_BYTES, OPTIONAL_BYTES, HEADERS),
    max_size=30,
)


@given(MESSAGES, st.integers(1, 7))
def test_any_messages_are_read_as_they_were_written(
    messages: list[SavedMessage], group: int
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment, "GROUP_MESSAGES", group)
        file = Path(folder) / "messages"
        assert segment.write(file, iter(messages)) == len(messages)
        assert list(segment.read(file)) == messages


def test_no_more_than_a_group_is_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "GROUP_BYTES", 10_000)
    groups: list[int] = []
    table = segment._table

    def noting(group: list[SavedMessage]) -> Any:
        groups.append(len(group))
        return table(group)

    monkeypatch.setattr(segment, "_table", noting)

    def messages() -> Iterator[SavedMessage]:
        for offset in range(1_000):
            yield SavedMessage(offset, 1, b"key", bytes(997), None)

    segment.write(tmp_path / "messages", messages())
    assert max(groups) == 10


def test_an_intact_backup_is_what_was_saved(tmp_path: Path) -> None:
    backup = saved(tmp_path)
    read = manifest.verified(tmp_path)
    assert json.loads(json.dumps(read.groups)) == json.loads(json.dumps(backup.groups))
    assert replace(read, groups={}) == replace(backup, groups={})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    saved(folder)
    return folder


@given(st.data())
def test_a_backup_with_any_damaged_byte_or_cut_is_refused_by_the_name_of_the_file(
    whole: Path, data: st.DataObject
) -> None:
    intact = manifest.verified(whole)
    name = data.draw(st.sampled_from(sorted(file.name for file in whole.iterdir())))
    content = (whole / name).read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    is_cut = data.draw(st.booleans())
    byte = data.draw(st.integers(0, 255).filter(lambda each: each != content[at]))
    damaged = content[:at] if is_cut else content[:at] + bytes([byte]) + content[at + 1 :]
    with TemporaryDirectory() as there:
        copy = Path(there) / "copy"
        shutil.copytree(whole, copy)
        (copy / name).write_bytes(damaged)
        read, refusal = read_or_refused(copy)
    if read is not None:
        # Another blank between two values of the list is no damage.
        assert (read, name) == (intact, FILE)
    else:
        assert str(copy / name) in refusal
        assert "expected" in refusal


def read_or_refused(folder: Path) -> tuple[Backup | None, str]:
    try:
        return manifest.verified(folder), ""
    except UserError as error:
        return None, error.message


@pytest.mark.parametrize("name", [FILE, f"shipments-0-1{SUFFIX}"])
def test_a_backup_without_one_of_its_files_is_refused_by_its_name(
    tmp_path: Path, name: str
) -> None:
    saved(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(UserError) as error:
        manifest.verified(tmp_path)
    assert name in error.value.message


def test_what_a_killed_backup_has_left_is_no_part_of_the_one_before(tmp_path: Path) -> None:
    backup = saved(tmp_path)
    (tmp_path / f"shipments-0-2{SUFFIX}").write_bytes(b"cut")
    (tmp_path / f".{FILE}.new").write_bytes(b"{")
    assert manifest.verified(tmp_path).messages == backup.messages


def test_a_new_list_deletes_the_files_that_it_does_not_name_and_no_others(tmp_path: Path) -> None:
    saved(tmp_path)
    (tmp_path / f"shipments-0-0{SUFFIX}").write_bytes(b"of a backup that was killed")
    (tmp_path / "sales.parquet").write_bytes(b"of somebody else")
    saved(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {
        FILE,
        "sales.parquet",
        f"shipments-0-1{SUFFIX}",
    }
