"""python -m backup create | verify | restore: save an installation, and bring it back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import click
from confluent_kafka import KafkaException

from backup.create import create
from backup.manifest import SUFFIX, Backup, verified
from backup.restore import restore
from connect.errors import UserError
from connect.safe_text import for_terminal
from connect.settings import Settings

FOLDER = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
OWNER_ONLY = 0o077
"""Rights that new files do not get."""


@click.group()
def main() -> None:
    """Back up an installation while it runs, and restore it into an empty one."""


@main.command("create")
@FOLDER
def create_command(folder: Path) -> None:
    """Back up into a folder; into that of an earlier backup, only what is new."""
    begun = monotonic()
    with _failures("The backup before this one, if any, is whole"), _private_files():
        backup = create(Settings.from_environment(), folder, _note)
    new = [
        each.messages
        for topic in backup.topics.values()
        for each in topic.segments
        if each.name.endswith(f"-{backup.number}{SUFFIX}")
    ]
    click.echo(
        f"Backed up {sum(new):,} new messages in {monotonic() - begun:.1f} s. {_content(backup)}"
    )


@main.command()
@FOLDER
def verify(folder: Path) -> None:
    """Check that every file of a backup is there and whole."""
    click.echo(f"The backup in {folder} is whole. {_content(verified(folder))}")


@main.command("restore")
@FOLDER
def restore_command(folder: Path) -> None:
    """Restore a backup into an empty installation: Kafka, registry and database."""
    begun = monotonic()
    with _failures("Empty the installation, then restore again"):
        backup = restore(Settings.from_environment(), folder, _note)
    seconds = monotonic() - begun
    click.echo(f"Restored in {seconds:.1f} s. {_content(backup)}")


@contextmanager
def _private_files() -> Iterator[None]:
    """Let only their owner read new files."""
    before = os.umask(OWNER_ONLY)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _failures(remedy: str) -> Iterator[None]:
    """Raise UserError when Kafka does not answer, or a disk takes nothing more."""
    try:
        yield
    except KafkaException as error:
        raise UserError(
            f"Kafka does not answer ({error.args[0].name()} {error.args[0].str()}): check that its "
            f"brokers are healthy. {remedy}."
        ) from None
    except OSError as error:
        raise UserError(f"{error}. {remedy}.") from None


def _note(sentence: str) -> None:
    click.echo(for_terminal(sentence), err=True)


def _content(backup: Backup) -> str:
    files = sum(len(topic.segments) for topic in backup.topics.values())
    size = sum(each.size for topic in backup.topics.values() for each in topic.segments)
    return (
        f"It has {backup.messages:,} messages of {len(backup.topics)} topics in {files:,} files, "
        f"{size / 1e6:,.1f} MB, and every event that Kafka acknowledged before "
        f"{backup.time:%Y-%m-%d %H:%M:%S} UTC."
    )


if __name__ == "__main__":
    main(prog_name="python -m backup")
